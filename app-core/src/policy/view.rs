//! A household as the rules see it: its facts plus what the engine derives of them, as `household/now/…`.
//! The tree is described in docs/pack.md "The facts tree that rules see".

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::day::Day;
use super::facts::day;
use crate::domain::id_number::Fault as IdFault;
use crate::domain::{IdNumber, Standing};
use crate::xlsform::tree::scalar_text;
use crate::xlsform::{NodeId, Tree};

/// Facts nest three deep; a hostile file is cut here.
const MAX_DEPTH: usize = 8;
/// Most nodes of one household; hostile facts are cut here.
const MAX_NODES: usize = 200_000;
/// Nodes the engine derives for each member; a fact of that name is not taken from outside.
const DERIVED: &[&str] = &["is_present", "is_able", "age", "id_sex", "id_birth", "id_person", "id_problem"];

/// One household on one day.
pub(super) struct View<'a> {
    pub day: &'a Day,
    pub facts: &'a Value,
    /// members who are not removed
    pub members: Vec<&'a Value>,
    pub standing: Option<Standing>,
    /// latest finished answers of this campaign
    pub answers: BTreeMap<&'a str, &'a Value>,
    /// slug → finishing date ("" when not given)
    pub asked: BTreeMap<&'a str, &'a str>,
}

impl<'a> View<'a> {
    pub fn new(facts: &'a Value, day: &'a Day) -> View<'a> {
        let members = list(facts, "members").iter().filter(|m| m.get("removed") != Some(&Value::Bool(true)));
        let (answers, asked) = answers(facts);
        View { day, facts, members: members.collect(), standing: standing(facts), answers, asked }
    }

    /// Members alive or moved in.
    pub fn population(&self) -> usize {
        self.members.iter().filter(|m| counts(m)).count()
    }

    /// Those among them with ordinary, skilled or weak labour.
    pub fn labour(&self) -> usize {
        self.members.iter().filter(|m| able(m)).count()
    }

    /// The tree, root element `household`.
    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new("household");
        let root = tree.root();
        if let Value::Object(map) = self.facts {
            for (name, value) in map {
                match name.as_str() {
                    "now" => {}
                    "members" => self.members.iter().for_each(|m| self.member(&mut tree, m)),
                    "visits" => list(self.facts, "visits").iter().for_each(|v| self.visit(&mut tree, v)),
                    _ => put(&mut tree, root, name, value, 0),
                }
            }
        }
        self.now(&mut tree);
        tree
    }

    fn member(&self, tree: &mut Tree, member: &Value) {
        let node = tree.add(tree.root(), "members");
        for (name, value) in member.as_object().into_iter().flatten() {
            if !DERIVED.contains(&name.as_str()) {
                put(tree, node, name, value, 1);
            }
        }
        if text_at(member, "living").is_some() {
            leaf(tree, node, "is_present", yes_no(counts(member)));
            // Whoever is gone is not able, whether or not his labour is known.
            if text_at(member, "work").is_some() || !counts(member) {
                leaf(tree, node, "is_able", yes_no(able(member)));
            }
        }
        let number = text_at(member, "id_number").filter(|t| t.len() <= 64).map(IdNumber::new);
        let birth = text_at(member, "birth").and_then(day).or_else(|| number.as_ref().and_then(IdNumber::birth));
        if let Some(age) = birth.and_then(|b| age(b, self.day.on)) {
            leaf(tree, node, "age", &age.to_string());
        }
        if let Some(number) = number {
            id_nodes(tree, node, &number);
        }
    }

    fn visit(&self, tree: &mut Tree, visit: &Value) {
        let node = tree.add(tree.root(), "visits");
        for (name, value) in visit.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("answers", Value::Object(answers)) => {
                    let below = tree.add(node, "answers");
                    for (question, answer) in answers.iter().filter(|(q, _)| self.day.names(q)) {
                        put(tree, below, question, answer, 2);
                    }
                }
                _ => put(tree, node, name, value, 1),
            }
        }
    }

    fn now(&self, tree: &mut Tree) {
        let now = tree.add(tree.root(), "now");
        if let Some(standing) = self.standing {
            leaf(tree, now, "standing", standing.code());
        }
        leaf(tree, now, "population", &self.population().to_string());
        leaf(tree, now, "labour", &self.labour().to_string());
        leaf(tree, now, "today", &self.day.today);
        leaf(tree, now, "year_start", &self.day.year_start);
        // An empty list leaves no node: without this "none were handed over" looks like "nobody knows".
        if super::needs::is_known(self.facts.pointer("/profile/leaflets")) {
            leaf(tree, now, "leaflets_known", "yes");
        }
        let param = tree.add(now, "param");
        for (key, value) in self.day.params.iter().filter(|(key, _)| self.day.names(key)) {
            leaf(tree, param, key, value);
        }
        let answers = tree.add(now, "answers");
        for (question, value) in self.answers.iter().filter(|(q, _)| self.day.names(q)) {
            // An answered multiple choice with nothing ticked is an empty node, so that = '' can say so.
            leaf(tree, answers, question, &fact_text(value));
        }
        let asked = tree.add(now, "asked");
        for (slug, date) in &self.asked {
            leaf(tree, asked, slug, date);
        }
    }
}

fn id_nodes(tree: &mut Tree, node: NodeId, number: &IdNumber) {
    if let Some(sex) = number.sex() {
        leaf(tree, node, "id_sex", sex);
    }
    if let Some(birth) = number.birth() {
        leaf(tree, node, "id_birth", &birth.to_string());
    }
    if let Some(person) = number.reveal().get(..18) {
        leaf(tree, node, "id_person", person);
    }
    let problem = match number.fault() {
        None => return,
        Some(IdFault::Length) => "length",
        Some(IdFault::BirthDate) => "date",
        Some(IdFault::CheckDigit) => "digit",
        Some(IdFault::Characters | IdFault::Disability) => "form",
    };
    leaf(tree, node, "id_problem", problem);
}

fn put(tree: &mut Tree, parent: NodeId, name: &str, value: &Value, depth: usize) {
    if depth > MAX_DEPTH || tree.len() > MAX_NODES {
        return;
    }
    match value {
        Value::Null => {}
        Value::Object(map) => {
            let node = tree.add(parent, name);
            map.iter().for_each(|(name, value)| put(tree, node, name, value, depth.saturating_add(1)));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().for_each(|item| put(tree, parent, name, item, depth.saturating_add(1)));
        }
        _ => {
            let text = fact_text(value);
            // A measure's family is the question's name with or without m_.
            let text = if name == "family" { text.strip_prefix("m_").unwrap_or(&text).to_owned() } else { text };
            leaf(tree, parent, name, &text);
        }
    }
}

fn leaf(tree: &mut Tree, parent: NodeId, name: &str, text: &str) {
    let node = tree.add(parent, name);
    tree.set_text(node, text);
}

/// The text of a scalar or of a multiple choice; yes and no for booleans.
pub(super) fn fact_text(value: &Value) -> String {
    match value {
        Value::Bool(b) => yes_no(*b).to_owned(),
        other => scalar_text(other),
    }
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text_at<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).filter(|t| !t.is_empty())
}

/// Whether a member counts as population: alive or moved in. Unknown is not counted; rules that count ask for
/// `members/*/living` and answer *unknown* then (import and the roster set `alive` for whoever stands in the register).
pub(super) fn counts(member: &Value) -> bool {
    matches!(text_at(member, "living"), Some("alive" | "moved_in"))
}

/// Whether a member counts as labour: population, and ordinary, skilled or weak (弱半) labour.
pub(super) fn able(member: &Value) -> bool {
    counts(member) && matches!(text_at(member, "work"), Some("ordinary" | "skilled" | "weak"))
}

fn age(birth: NaiveDate, on: NaiveDate) -> Option<i32> {
    let years = on.year().checked_sub(birth.year())?;
    let before = (on.month(), on.day()) < (birth.month(), birth.day());
    years.checked_sub(i32::from(before)).filter(|a| *a >= 0)
}

/// Standing of facts in JSON; the same derivation as [`super::facts::Facts::standing`].
fn standing(facts: &Value) -> Option<Standing> {
    let profile = facts.get("profile")?;
    if profile.get("cleared") == Some(&Value::Bool(true)) || text_at(profile, "cleared") == Some("yes") {
        return Some(Standing::Cleared);
    }
    if text_at(profile, "monitored_kind").is_some() {
        return Some(Standing::Monitored);
    }
    match (text_at(profile, "base"), text_at(profile, "standing")) {
        (Some("ordinary"), _) | (None, Some("ordinary")) => Some(Standing::Ordinary),
        (Some("lifted"), _) | (None, Some("lifted")) => Some(Standing::Lifted),
        (None, Some("monitored")) => Some(Standing::Monitored),
        (None, Some("cleared")) => Some(Standing::Cleared),
        _ => None,
    }
}

type Answers<'v> = (BTreeMap<&'v str, &'v Value>, BTreeMap<&'v str, &'v str>);

/// The latest answers and finishing dates over the visits that were done (a visit where nobody was home answers
/// nothing). Visits count in the order of their dates, those of one day in the order given. A question left empty
/// in a later form does not unsay an earlier answer; a multiple choice with nothing ticked (`[]`) does.
fn answers(facts: &Value) -> Answers<'_> {
    let done = |v: &&Value| matches!(text_at(v, "outcome"), None | Some("done"));
    let mut visits: Vec<&Value> = list(facts, "visits").iter().filter(done).collect();
    visits.sort_by_key(|v| text_at(v, "finished_on").unwrap_or_default());
    let mut answers = BTreeMap::new();
    let mut asked = BTreeMap::new();
    for visit in visits {
        if let Some(slug) = text_at(visit, "form") {
            asked.insert(slug, text_at(visit, "finished_on").unwrap_or_default());
        }
        for (question, answer) in visit.get("answers").and_then(Value::as_object).into_iter().flatten() {
            let scalar = |v: &Value| !v.is_object() && !v.is_array();
            let fits = scalar(answer) || answer.as_array().is_some_and(|a| a.iter().all(scalar));
            if fits && super::needs::is_known(Some(answer)) {
                answers.insert(question.as_str(), answer);
            }
        }
    }
    (answers, asked)
}
