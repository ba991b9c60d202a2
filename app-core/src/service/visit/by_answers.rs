//! A whole visit from a JSON of answers: `ruhu phone visit ID --form SLUG --answers FILE.json [--draft]` (docs/cli.md).
//! Name → value; a repeat is an array of objects; members are found by `id`, else ID number, else name, else are new.
//! Keys that begin with `_` say how the visit ends.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::App;
use super::answer::Step;
use super::finish::{Finish, Paper};
use super::running::Running;
use crate::domain::id::{HouseholdId, short_id};
use crate::domain::{IdNumber, Outcome};
use crate::error::{Error, Result};
use crate::storage::list::FormState;
use crate::xlsform::{Kind, NodeId, QuestionId, binding};

/// A visit made from answers.
#[derive(Debug, Clone)]
pub struct Made {
    pub visit: String,
    pub form: String,
    /// `None`: put down as a draft
    pub outcome: Option<Outcome>,
    /// bytes of the one change
    pub bytes: usize,
    pub next: Option<FormState>,
}

/// The keys that are no questions.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ending {
    #[serde(rename = "_outcome")]
    outcome: Option<Outcome>,
    #[serde(rename = "_try_again_on")]
    try_again_on: Option<NaiveDate>,
    #[serde(rename = "_leaflets_given")]
    leaflets_given: Vec<String>,
    #[serde(rename = "_remark")]
    remark: Option<String>,
    #[serde(rename = "_paper")]
    paper: Option<PaperJson>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperJson {
    collector: String,
    date: NaiveDate,
}

impl App {
    /// Opens (or takes up) a visit, answers, and finishes it, or puts it down as a draft. Unknown names are refused before
    /// anything is opened; a visit that cannot be finished stays open with its answers.
    pub fn visit_with_answers(&self, household: HouseholdId, slug: &str, answers: &Value, draft: bool) -> Result<Made> {
        let (answers, end) = split(answers)?;
        self.names_exist(slug, &answers)?;
        let visit = self.open_visit(household, Some(slug))?;
        self.privacy_shown(&visit)?;
        // Who brings all answers by their names has the form in force before them.
        self.changes_seen(&visit)?;
        let now = self.now().timestamp();
        self.visit(&visit, |running| {
            let steps = running.take_all(&answers, now)?;
            self.write_steps(running, &steps, now)
        })?;
        let outcome = end.outcome;
        let finished = if draft { self.put_down_visit(&visit)? } else { self.finish_visit(&visit, &end)? };
        Ok(Made {
            visit,
            form: slug.to_owned(),
            outcome: (!draft).then_some(outcome),
            bytes: finished.edited.map_or(0, |e| e.bytes),
            next: finished.next,
        })
    }

    fn names_exist(&self, slug: &str, answers: &Map<String, Value>) -> Result<()> {
        let form = self.pack()?.form(slug).ok_or_else(|| Error::invalid("没有这张表。 There is no such form."))?;
        let mut unknown = Vec::new();
        for (name, value) in answers {
            match form.find(name).map(|q| form.question(q)) {
                Some(question) if question.kind == Kind::Repeat => {
                    let rows = value
                        .as_array()
                        .ok_or_else(|| Error::invalid(format!("{name}: 应为数组。 An array of objects is wanted.")))?;
                    for row in rows {
                        let row = row.as_object().ok_or_else(|| {
                            Error::invalid(format!("{name}: 应为对象数组。 An array of objects is wanted."))
                        })?;
                        let inside = |n: &&String| {
                            !matches!(n.as_str(), "id" | "_removed")
                                && form.find(n).is_none_or(|q| form.question(q).repeat != form.find(name))
                        };
                        unknown.extend(row.keys().filter(inside).map(|n| format!("{name}/{n}")));
                    }
                }
                Some(question) if question.repeat.is_none() && !question.kind.is_container() => {}
                _ => unknown.push(name.clone()),
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        unknown.sort();
        unknown.dedup();
        Err(Error::invalid(format!("表中没有这些问题：{}。 The form has no such questions.", unknown.join(", "))))
    }
}

/// The answers, and how the visit ends.
fn split(all: &Value) -> Result<(Map<String, Value>, Finish)> {
    let all =
        all.as_object().ok_or_else(|| Error::invalid("答案应为 JSON 对象。 The answers must be a JSON object."))?;
    let (ending, answers): (Map<String, Value>, Map<String, Value>) =
        all.clone().into_iter().partition(|(name, _)| name.starts_with('_'));
    let ending: Ending = serde_json::from_value(Value::Object(ending)).map_err(|_| {
        Error::invalid("以“_”开头的键不对：_outcome、_try_again_on、_leaflets_given、_remark、_paper。 A key that begins with “_” is not as it should be.")
    })?;
    let end = Finish {
        outcome: ending.outcome.unwrap_or(Outcome::Done),
        try_again_on: ending.try_again_on,
        leaflets_given: ending.leaflets_given,
        remark: ending.remark,
        paper: ending.paper.map(|p| Paper { collector: p.collector, date: p.date }),
    };
    Ok((answers, end))
}

impl Running {
    /// Takes all answers, in the order of the form, so that each finds its question as the form means it.
    fn take_all(&mut self, answers: &Map<String, Value>, now: i64) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        let root = self.instance.tree().root();
        self.take_in(root, answers, now, &mut steps)?;
        Ok(steps)
    }

    fn take_in(&mut self, parent: NodeId, answers: &Map<String, Value>, now: i64, steps: &mut Vec<Step>) -> Result<()> {
        let form = self.form.clone();
        for child in &form.question(self.instance.id(parent)).children {
            let question = form.question(*child);
            match (question.kind, answers.get(&question.name)) {
                (Kind::Repeat, Some(Value::Array(rows))) => self.take_rows(parent, *child, rows, now, steps)?,
                (Kind::Group, _) => {
                    if let Some(group) = self.instance.tree().child(parent, &question.name) {
                        self.take_in(group, answers, now, steps)?;
                    }
                }
                (_, Some(value)) => {
                    if let Some(node) = self.instance.tree().child(parent, &question.name) {
                        steps.extend(self.take_one(node, value, now)?);
                    }
                }
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// An answer that says what stands there already is no answer (a known fact stays known, a read-only one is no error).
    fn take_one(&mut self, node: NodeId, value: &Value, now: i64) -> Result<Option<Step>> {
        let name = self.instance.question(node).name.clone();
        let named = |mut e: Error| {
            e.words = format!("{name}: {}", e.words);
            e
        };
        let same = self.stored_text(node, value).is_ok_and(|t| self.same(node, &t));
        let question = self.instance.question(node);
        let fixed = self.instance.readonly(node) || (question.calculation.is_some() && !question.overridable);
        if same && (fixed || self.is_known(node)) {
            return Ok(None);
        }
        self.take(node, value, now).map(|(step, _)| Some(step)).map_err(named)
    }

    fn same(&self, node: NodeId, text: &str) -> bool {
        let sorted = |t: &str| {
            let mut words: Vec<String> = t.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        let stands = self.instance.tree().raw_text(node);
        stands == text || (self.instance.question(node).kind == Kind::SelectMultiple && sorted(stands) == sorted(text))
    }

    fn take_rows(
        &mut self,
        parent: NodeId,
        repeat: QuestionId,
        rows: &[Value],
        now: i64,
        steps: &mut Vec<Step>,
    ) -> Result<()> {
        let mut used: Vec<NodeId> = Vec::new();
        for row in rows {
            let Some(row) = row.as_object() else { continue };
            let there = self.instance.instances(parent, repeat);
            let free: Vec<NodeId> = there.into_iter().filter(|n| !used.contains(n)).collect();
            let node = match self.match_row(repeat, &free, row)? {
                Some(node) => node,
                None => {
                    let around = self.instance.path(parent);
                    let path = format!("{around}/{}", self.form.question(repeat).name);
                    let (step, _) = self.add(&path, &short_id(), now)?;
                    steps.push(step);
                    self.instance
                        .instances(parent, repeat)
                        .into_iter()
                        .rfind(|n| !free.contains(n))
                        .ok_or_else(super::answer::unknown)?
                }
            };
            used.push(node);
            if row.get("_removed") == Some(&Value::Bool(true)) {
                let living = row.get("living").and_then(Value::as_str).unwrap_or_default();
                let (step, _) = self.drop_instance(&self.instance.path(node), living, now)?;
                steps.push(step);
                continue;
            }
            self.take_in(node, row, now, steps)?;
        }
        Ok(())
    }

    /// The instance a row is about. In the roster: the member of that id, ID number or name. Elsewhere: the next one.
    fn match_row(&self, repeat: QuestionId, free: &[NodeId], row: &Map<String, Value>) -> Result<Option<NodeId>> {
        if let Some(id) = row.get("id").and_then(Value::as_str) {
            let found = free.iter().copied().find(|n| self.instance.key(*n) == Some(id));
            return found.map(Some).ok_or_else(|| {
                Error::invalid("id: 名册中没有此人，或出现了两次。 There is no such member, or it stands twice.")
            });
        }
        if !self.is_roster(repeat) {
            return Ok(free.first().copied());
        }
        let by = |fact: &str, alike: &dyn Fn(&str, &str) -> bool| {
            let wanted = self.row_text(repeat, fact, row)?;
            free.iter().copied().find(|n| self.member_text(*n, fact).is_some_and(|has| alike(&has, &wanted)))
        };
        let number = |a: &str, b: &str| IdNumber::new(a) == IdNumber::new(b);
        let by_number = by("members/*/id_number", &number);
        Ok(by_number.or_else(|| {
            // A row with a number of its own is that person or nobody: a namesake with another number is another.
            let fits = |n: &NodeId| match (
                self.row_text(repeat, "members/*/id_number", row),
                self.member_text(*n, "members/*/id_number"),
            ) {
                (Some(wanted), Some(has)) => number(&wanted, &has),
                _ => true,
            };
            by("members/*/name", &|a, b| a == b).filter(fits)
        }))
    }

    fn row_text(&self, repeat: QuestionId, fact: &str, row: &Map<String, Value>) -> Option<String> {
        let children = &self.form.question(repeat).children;
        let bound =
            |q: &&QuestionId| self.form.question(**q).attributes.iter().any(|(k, v)| k.ends_with(":fact") && v == fact);
        let name = &self.form.question(*children.iter().find(bound)?).name;
        row.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
    }

    fn member_text(&self, member: NodeId, fact: &str) -> Option<String> {
        let inside = self.instance.tree().descendants(member);
        let node = inside.into_iter().find(|n| binding::fact_of(&self.instance, *n) == Some(fact))?;
        let text = self.instance.tree().raw_text(node);
        (!text.is_empty()).then(|| text.to_owned())
    }
}
