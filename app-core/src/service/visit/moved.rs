//! A visit that one person fills on two phones: put down on one, it may go on from the file on the other. What the first
//! still holds is then older than the file. Where the file has seen all of it, it goes (`storage/stand.rs`, with the round);
//! where it holds more, nothing is written before the person has chosen here.

use super::super::App;
use super::answer::short;
use super::open::put_back;
use super::placed::retired_key;
use super::running::{Running, Touched};
use crate::document::VisitFile;
use crate::error::Result;
use crate::storage::journal::{Entry, EntryKind, OpenVisit};
use crate::storage::stand::Stand;
use crate::storage::{Edited, Tx};
use crate::xlsform::tree::scalar_text;
use crate::xlsform::{NodeId, binding};

impl App {
    /// The person's choice about a visit that went on on another phone. `mine`: what was typed here goes on, over what the
    /// file holds now (a finished visit is being corrected then); only what was typed since both agreed stands against the
    /// file. Else it is given up for what the file holds; a draft is taken up from there.
    pub fn keep_visit(&self, visit: &str, mine: bool) -> Result<()> {
        self.visit(visit, |running| {
            if !running.went_on() {
                return Ok(());
            }
            if mine { self.go_on(running) } else { self.give_up(running) }
        })
        .inspect(|()| self.forget_running(visit))
    }

    fn go_on(&self, running: &Running) -> Result<()> {
        let (open, now) = (&running.open, self.now().timestamp());
        let Some(before) = running.before() else { return Ok(()) };
        self.transact(|tx| {
            let mark = tx.need(open.household)?.visit_mark(&open.visit);
            let ours = tx.entries(&open.visit)?;
            let theirs = running.said_in(before, now);
            let typed = open.stand().typed;
            let is_typed = |e: &Entry| typed.as_ref().is_none_or(|t| t.contains(&e.path));
            let mut kept: Vec<Entry> = Vec::new();
            for entry in ours.iter().filter(|e| is_typed(e)) {
                let full = running.in_full(entry);
                // Two old answers may come to one question: the second stays under the path that it had.
                let taken = kept.iter().any(|k| k.path == full.path);
                kept.push(if taken { entry.clone() } else { full });
            }
            // Typed and without an entry: a computed value was given back to the system.
            let mut paths = typed.clone().unwrap_or_default();
            paths.retain(|path| !ours.iter().any(|e| e.path == *path));
            let stands = |e: &Entry| paths.contains(&e.path) || kept.iter().any(|k| same_place(k, e));
            for entry in &ours {
                tx.drop_entry(&open.visit, &entry.path)?;
            }
            for entry in theirs.iter().filter(|e| !stands(e)).chain(&kept) {
                tx.write_entry(&open.visit, entry)?;
            }
            paths.extend(kept.iter().map(|e| e.path.clone()));
            let stand = Stand { typed: Some(paths), ..Stand::same_as(mark) };
            tx.write_visit(&OpenVisit { touched_at: now, ..open.clone().standing(&stand) })
        })
    }

    fn give_up(&self, running: &Running) -> Result<()> {
        let (me, open, now) = (self.person()?.id, &running.open, self.now().timestamp());
        let draft = running.before().filter(|v| !v.finished && v.collector_id.as_deref() == Some(me.as_str()));
        let theirs = match draft {
            None => None,
            Some(draft) => {
                let fresh = self.build_to_fill(open.household, &open.visit)?;
                Some((fresh.open.clone(), fresh.entries_of(draft, now)))
            }
        };
        self.transact(|tx| {
            tx.close_visit(&open.visit)?;
            theirs.map_or(Ok(()), |(row, entries)| put_back(tx, row, &entries))
        })
    }
}

impl Running {
    /// Of a visit that went on on another phone: what the file holds now and this form says otherwise, question and text.
    pub fn differing(&self) -> Vec<(NodeId, String)> {
        let Some(before) = self.before().filter(|_| self.went_on()) else { return Vec::new() };
        let answers = self.said_in(before, 0).into_iter().filter(|e| e.kind != EntryKind::Instance);
        let said = answers.filter_map(|e| Some((self.locate(&e.path)?, e.value.as_str()?.to_owned())));
        let mut differing: Vec<_> = said.filter(|(node, text)| self.instance.value(*node) != text).collect();
        for (node, text) in self.facts_against() {
            if !differing.iter().any(|(known, _)| *known == node) {
                differing.push((node, text));
            }
        }
        differing
    }

    /// The facts that answers given in this visit say otherwise, and what the file says.
    fn facts_against(&self) -> Vec<(NodeId, String)> {
        let path = |node: NodeId| {
            let fact = binding::fact_of(&self.instance, node)?;
            let key = self.instance_around(node).and_then(|i| self.instance.key(i)).unwrap_or_default();
            Some(fact.replacen("/*/", &format!("/{key}/"), 1))
        };
        let answered: Vec<NodeId> =
            self.instance.walk().into_iter().filter(|n| self.touched(*n) == Touched::Yes).collect();
        let changes = binding::changes(&self.instance, &self.facts).into_iter();
        let found = changes.filter_map(|c| {
            let node = answered.iter().find(|n| path(**n).as_deref() == Some(c.path.as_str()))?;
            Some((*node, scalar_text(&c.before)))
        });
        found.collect()
    }

    /// What the file holds of the visit, as entries of the journal under their whole paths.
    fn said_in(&self, before: &VisitFile, now: i64) -> Vec<Entry> {
        self.entries_of(before, now).iter().map(|e| self.in_full(e)).collect()
    }

    /// An entry under the whole path of its question, where the form has a place for it.
    fn in_full(&self, entry: &Entry) -> Entry {
        let text = entry.value.as_str().unwrap_or_default();
        let place = match entry.kind {
            EntryKind::Instance | EntryKind::Retired => None,
            EntryKind::Answer | EntryKind::Override => self.place_of(&entry.path, text),
        };
        Entry { path: place.map_or_else(|| entry.path.clone(), |(path, _)| path), ..entry.clone() }
    }
}

/// Whether two entries are about one question, or one instance (which the file names without the groups around it).
fn same_place(a: &Entry, b: &Entry) -> bool {
    let both = a.kind == EntryKind::Instance && b.kind == EntryKind::Instance;
    a.path == b.path || (both && short(&a.path) == short(&b.path))
}

/// Where a row stands to the file once the visit has been put down in it: a draft in the file does not hold everything (who
/// was taken off the roster, what was emptied); that stays the journal's own.
pub(super) fn put_down(tx: &Tx<'_>, running: &Running, edited: Option<&Edited>) -> Result<Stand> {
    let doc = tx.need(running.open.household)?;
    let file = doc.file();
    let visit = &running.open.visit;
    let Some(before) = file.visits.iter().find(|v| v.id == *visit) else { return Ok(Stand::default()) };
    let held = running.placed(&running.entries_of(before, 0));
    let sorted = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words
    };
    let is_retired = |e: &Entry| {
        let text = e.value.as_str().unwrap_or_default();
        held.retired.iter().any(|r| r.text == text && retired_key(&r.path) == retired_key(&e.path))
    };
    let ours = tx.entries(visit)?;
    let is_held = |e: &Entry| match e.kind {
        EntryKind::Instance => {
            let at = running.locate(&e.path).map_or_else(|| e.path.clone(), |n| running.instance.path(n));
            let inside = format!("{at}/");
            e.value.get("there").and_then(serde_json::Value::as_bool).unwrap_or(true)
                // One in which nothing was said is nothing to lose.
                && (held.answers.keys().any(|path| path.starts_with(&inside))
                    || !ours.iter().any(|other| other.path.starts_with(&inside)))
        }
        _ => {
            let text = e.value.as_str().unwrap_or_default();
            let place = running.place_of(&e.path, text);
            let alike = |at: &str, held: &str, text: &str| {
                held == text || (running.takes_several(at) && sorted(held) == sorted(text))
            };
            place.is_some_and(|(at, text)| held.answers.get(&at).is_some_and(|h| alike(&at, h, &text))) || is_retired(e)
        }
    };
    let more = ours.iter().filter(|e| !is_held(e)).map(|e| e.path.clone()).collect();
    let before = running.open.stand().put_down;
    let put_down = edited.map(|e| hex::encode(e.hash)).or(before);
    Ok(Stand { typed: Some(more), put_down, ..Stand::same_as(doc.visit_mark(visit)) })
}
