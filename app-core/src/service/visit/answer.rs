//! Answers and the roster: each entry is in the journal, durable, before the call returns.

use serde_json::{Value, json};

use super::super::App;
use super::running::{Retired, Running, keyed, keys_of};
use crate::domain::id::short_id;
use crate::error::{Error, Result};
use crate::storage::journal::{Entry, EntryKind, JournalState, OpenVisit};
use crate::xlsform::{Change, Kind, NodeId, Refused};

/// How a member may leave (codes of list `living`); empty = the entry was a mistake.
const LEAVING: [&str; 4] = ["", "dead", "moved_out", "reduced"];

/// What is to be written for one answer.
pub(super) struct Step {
    path: String,
    /// `None`: the system's value is taken back
    entry: Option<Entry>,
    /// what stood there before and this form could not hold: kept beside it
    replaced: Vec<Entry>,
    /// rows under other paths that this answer takes the place of
    strays: Vec<String>,
}

impl Step {
    fn of(entry: Entry) -> Self {
        Self { path: entry.path.clone(), entry: Some(entry), replaced: Vec::new(), strays: Vec::new() }
    }
}

/// The path under which an answer or an instance is taken from the file (`open::entries`): the question's name, behind its repeat
/// with the keys of all instances around.
pub(super) fn short(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    match path.rsplit('/').find_map(keyed) {
        None => name.to_owned(),
        Some((repeat, _)) if keyed(name).is_some() => format!("{repeat}[{}]", keys_of(path)),
        Some((repeat, _)) => format!("{repeat}[{}]/{name}", keys_of(path)),
    }
}

impl App {
    /// Answers one question: null empties it, or gives an overridable one back to the system. The answer is durable when
    /// `then` is called with what changed; `then` makes the caller's answer while the form is at hand.
    pub fn answer<T>(
        &self,
        visit: &str,
        path: &str,
        value: &Value,
        then: impl FnOnce(&Running, &[Change]) -> T,
    ) -> Result<T> {
        let now = self.now().timestamp();
        self.visit(visit, |running| {
            // A screen that was opened before the form changed names a question as it was then.
            let node = running.locate(path).ok_or_else(unknown);
            match node.and_then(|node| running.take(node, value, now)) {
                Ok((step, changes)) => {
                    self.write_steps(running, &[step], now)?;
                    Ok(then(running, &changes))
                }
                Err(why) => {
                    let Some(entry) = running.said_to_the_old(path, value, now) else { return Err(why) };
                    self.write_steps(running, &[Step::of(entry)], now)?;
                    *running = self.build(visit)?;
                    Ok(then(running, &[]))
                }
            }
        })
    }

    /// Adds an instance to a repeat; in the roster that is a new member, who gets an id.
    pub fn add_instance<T>(&self, visit: &str, path: &str, then: impl FnOnce(&Running, &[Change]) -> T) -> Result<T> {
        let now = self.now().timestamp();
        self.visit(visit, |running| {
            let (step, changes) = running.add(path, &short_id(), now)?;
            self.write_steps(running, &[step], now)?;
            Ok(then(running, &changes))
        })
    }

    /// Takes an instance off. A member of the file leaves a tombstone when the visit is finished, with `living` saying how
    /// (dead, moved_out, reduced; empty = the entry was a mistake); what was typed stays in the journal until then.
    pub fn remove_instance<T>(
        &self,
        visit: &str,
        path: &str,
        living: &str,
        then: impl FnOnce(&Running, &[Change]) -> T,
    ) -> Result<T> {
        let now = self.now().timestamp();
        self.visit(visit, |running| {
            let (step, changes) = running.drop_instance(path, living, now)?;
            self.write_steps(running, &[step], now)?;
            Ok(then(running, &changes))
        })
    }

    /// Writes what was taken, in one transaction.
    pub(super) fn write_steps(&self, running: &mut Running, steps: &[Step], now: i64) -> Result<()> {
        running.may_write()?;
        let visit = running.open.visit.clone();
        let (before, mut stand) = (running.open.stand(), running.open.stand());
        if let Some(typed) = &mut stand.typed {
            let paths = steps.iter().flat_map(|s| s.replaced.iter().map(|e| &e.path).chain([&s.path]));
            for path in paths {
                if !typed.contains(path) {
                    typed.push(path.clone());
                }
            }
        }
        let moved_on = running.moved_on();
        let moves = moved_on.pack != running.open.pack;
        self.transact(|tx| {
            if running.open.state == JournalState::PutDown || moves || stand != before {
                // What is typed now is typed into the form in force, and is no longer only what was put down.
                let open = OpenVisit { state: JournalState::Open, touched_at: now, ..moved_on.standing(&stand) };
                tx.write_visit(&open)?;
                running.open = open;
            }
            for step in steps {
                // What the file had said of it, and what it was called before.
                tx.drop_entry(&visit, &short(&step.path))?;
                step.strays.iter().try_for_each(|path| tx.drop_entry(&visit, path))?;
                step.replaced.iter().try_for_each(|entry| tx.write_entry(&visit, entry))?;
                match &step.entry {
                    Some(entry) => tx.write_entry(&visit, entry)?,
                    None => tx.drop_entry(&visit, &step.path)?,
                }
            }
            Ok(())
        })
    }
}

impl Running {
    /// Puts an answer into the form and says what is to be written.
    pub(super) fn take(&mut self, node: NodeId, value: &Value, now: i64) -> Result<(Step, Vec<Change>)> {
        let kind = self.instance.question(node).kind;
        if !kind.is_answered() || !kind.is_visible() {
            // Hidden questions read facts; nobody answers them.
            return Err(unknown());
        }
        let text = self.stored_text(node, value)?;
        let path = self.instance.path(node);
        let strange = self.instance.strange(node).join(" ");
        let changes = self.instance.set(node, &text).map_err(|why| refused(&why))?;
        let mut strays = self.strays.remove(&path).unwrap_or_default();
        let replaced = self.replaced(node, &strange, &mut strays, now);
        let overridable = self.instance.question(node).overridable;
        if overridable && text.is_empty() {
            self.touched.remove(&path);
            return Ok((Step { path, entry: None, replaced, strays }, changes));
        }
        self.touched.insert(path.clone());
        let kind = if overridable { EntryKind::Override } else { EntryKind::Answer };
        let entry = Some(Entry { path: path.clone(), value: text.into(), kind, at: now });
        Ok((Step { path, entry, replaced, strays }, changes))
    }

    /// What stood at a question and its form cannot hold, before it is answered anew: choices that are gone, a text of another
    /// type, another old answer that came to the same question. Each goes to a row of its own, as retired; `strays`: rows that go,
    /// those that what stood there came from among them.
    fn replaced(&mut self, node: NodeId, strange: &str, strays: &mut Vec<String>, now: i64) -> Vec<Entry> {
        let here = self.instance.path(node);
        let mut texts: Vec<String> = Some(strange.to_owned()).filter(|t| !t.is_empty()).into_iter().collect();
        let is_here =
            |r: &Retired| strays.contains(&r.path) || (!r.is_replaced() && self.asked_at(&r.path) == Some(node));
        let (gone, left): (Vec<Retired>, Vec<Retired>) = self.retired.iter().cloned().partition(is_here);
        self.retired = left;
        texts.extend(gone.iter().map(|r| r.text.clone()));
        strays.extend(gone.into_iter().map(|r| r.path).filter(|path| *path != here));
        let name = self.instance.question(node).name.clone();
        let mut out = Vec::new();
        let mut n = 0_u32;
        for text in texts {
            let path = loop {
                n = n.saturating_add(1);
                let path = format!("{here}~{n}");
                if self.retired.iter().all(|r| r.path != path) {
                    break path;
                }
            };
            self.retired.push(Retired { path: path.clone(), name: name.clone(), text: text.clone() });
            out.push(Entry { path, value: text.into(), kind: EntryKind::Retired, at: now });
        }
        out
    }

    /// An answer that a screen gave to the form as it was before a change of which its writer does not know yet, and that this
    /// form has no place for: it is kept as what it was said to.
    fn said_to_the_old(&self, path: &str, value: &Value, now: i64) -> Option<Entry> {
        if !self.migrated() {
            return None;
        }
        let form = self.versions.old.as_deref()?;
        let plain: String = path.split('/').map(|s| keyed(s).map_or(s, |(name, _)| name)).collect::<Vec<_>>().join("/");
        let question = form.question(form.find_path(&plain)?);
        let text = question.canonical(&crate::xlsform::tree::scalar_text(value)).ok()?;
        let takes = question.kind.is_answered() && question.kind.is_visible() && !text.is_empty();
        takes.then(|| Entry { path: path.to_owned(), value: text.into(), kind: EntryKind::Answer, at: now })
    }

    /// The text a form stores of an answer given as JSON.
    pub(super) fn stored_text(&self, node: NodeId, value: &Value) -> Result<String> {
        let question = self.instance.question(node);
        let text = match (question.kind, value) {
            (Kind::Acknowledge, Value::Bool(true)) => "OK".to_owned(),
            (Kind::Acknowledge, Value::Bool(false)) => String::new(),
            (_, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (_, Value::Object(_)) => return Err(refused(&Refused::Malformed("an answer"))),
            (_, Value::Array(items)) if !question.kind.has_choices() || !items.iter().all(Value::is_string) => {
                return Err(refused(&Refused::Malformed("an answer")));
            }
            (_, value) => crate::xlsform::tree::scalar_text(value),
        };
        let text = question.canonical(&text).map_err(|why| refused(&why))?;
        self.choices_exist(node, &text)?;
        Ok(text)
    }

    /// A code must be of the question's list (it may be one that is not offered just now).
    fn choices_exist(&self, node: NodeId, text: &str) -> Result<()> {
        let question = self.instance.question(node);
        let Some(list) = question.list.and_then(|at| self.form.lists.get(at)).filter(|_| question.kind.has_choices())
        else {
            return Ok(());
        };
        let codes: Vec<&str> =
            if question.kind == Kind::SelectOne { vec![text] } else { text.split_whitespace().collect() };
        if codes.iter().all(|c| c.is_empty() || list.index.contains_key(*c)) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "“{}”没有这个选项。 There is no such choice in {}.",
            question.label.plain(""),
            question.name
        )))
    }

    /// Adds an instance under a key.
    pub(super) fn add(&mut self, path: &str, key: &str, now: i64) -> Result<(Step, Vec<Change>)> {
        let (parent, repeat) = self.instance.repeat_at(path).ok_or_else(unknown)?;
        if self.form.question(repeat).repeat_count.is_some() {
            return Err(Error::invalid("这里的项数由系统计算，不能增减。 The number of these is computed."));
        }
        let (node, changes) = self.instance.add(parent, repeat, Some(key)).map_err(|why| refused(&why))?;
        // Several may come within one second: their order is kept apart from the time.
        self.came = self.came.saturating_add(1);
        let path = self.instance.path(node);
        let value = json!({ "there": true, "place": self.came });
        Ok((Step::of(Entry { path, value, kind: EntryKind::Instance, at: now }), changes))
    }

    /// Takes an instance off.
    pub(super) fn drop_instance(&mut self, path: &str, living: &str, now: i64) -> Result<(Step, Vec<Change>)> {
        let found = self.instance.find(path).filter(|n| self.instance.key(*n).is_some());
        let node = found.ok_or_else(unknown)?;
        if !LEAVING.contains(&living) {
            return Err(Error::invalid(
                "离开原因应为死亡、转出或减少。 The way of leaving is dead, moved_out or reduced.",
            ));
        }
        if self.form.question(self.instance.id(node)).repeat_count.is_some() {
            return Err(Error::invalid("这里的项数由系统计算，不能增减。 The number of these is computed."));
        }
        let path = self.instance.path(node);
        let changes = self.take_off(node, living);
        let value = json!({ "there": false, "living": living });
        Ok((Step::of(Entry { path, value, kind: EntryKind::Instance, at: now }), changes))
    }
}

pub(super) fn unknown() -> Error {
    Error::invalid("表中没有这一项。 There is no such question in the form.")
}

/// Why the form did not take an answer, in words.
pub(super) fn refused(why: &Refused) -> Error {
    let words = match why {
        Refused::Unknown => return unknown(),
        Refused::Readonly => {
            "此项由认定或登记决定，不能在这里修改。 This is decided elsewhere and cannot be changed here."
        }
        Refused::Computed => "此项由系统计算，不能修改。 This is computed and cannot be changed.",
        Refused::OutOfRange(least, most) => {
            return Error::invalid(format!(
                "应在 {least} 与 {most} 之间，没有保存。 The answer is not between {least} and {most}; it was not saved."
            ));
        }
        Refused::Malformed(what) => {
            return Error::invalid(format!(
                "填写的内容格式不对，没有保存。 The answer is not {what}; it was not saved."
            ));
        }
    };
    Error::invalid(words)
}
