//! File + journal → the running form. The order matters: facts, then instances, then answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::super::App;
use super::no_such_visit;
use super::open::{entries, row, text};
use super::running::{Retired, Running, keyed, locate};
use crate::document::{HouseholdDoc, Place};
use crate::error::{Error, Kind, Result};
use crate::policy::{Pack, facts_for_form};
use crate::storage::Lens;
use crate::storage::journal::{Entry, EntryKind, OpenVisit};
use crate::storage::project::campaign_from;
use crate::xlsform::{Change, Env, Instance, NodeId, binding};

/// A session's language as the forms' columns name it: the Chinese columns are unsuffixed.
pub(super) fn language(setting: &str) -> String {
    if setting.starts_with("en") { "en".to_owned() } else { String::new() }
}

impl App {
    /// Makes the running form of an open visit.
    pub(super) fn build(&self, visit: &str) -> Result<Running> {
        let (open, entries) = self.read(|tx| {
            let open = tx.open_visit(visit)?.ok_or_else(no_such_visit)?;
            Ok((open, tx.entries(visit)?))
        })?;
        let mut running = self.empty(open, self.local_now())?;
        running.restore(&entries);
        Ok(running)
    }

    /// Makes a form that shows a visit of the file as it was said, for reading only.
    pub(super) fn build_from_file(&self, visit: &str) -> Result<Running> {
        let household = self.read(|tx| tx.household_of_visit(visit))?.ok_or_else(no_such_visit)?;
        let (file, pack) = (self.household(household)?, self.pack()?);
        let before = file.visits.iter().find(|v| v.id == visit).ok_or_else(no_such_visit)?;
        let form = pack.form(&before.form).ok_or_else(gone)?;
        let said = before.finished_at.as_ref().or(before.opened_at.as_ref());
        let now = said.and_then(|t| on_that_day(t, self.local_now())).unwrap_or_else(|| self.local_now());
        let open = row(visit, household, &pack, &form, &before.form, now.timestamp());
        let mut running = self.empty(open, now)?;
        running.went_on = false;
        running.restore(&entries(before, &form, &file, now.timestamp()));
        running.recorded = Some(before.answers.iter().map(|(q, a)| (q.clone(), text(a))).collect());
        Ok(running)
    }

    /// The form with what the file knows, before any answer.
    fn empty(&self, open: OpenVisit, now: DateTime<FixedOffset>) -> Result<Running> {
        let (doc, pack) = (self.read(|tx| tx.need(open.household))?, self.pack()?);
        self.running(open, now, pack, &doc)
    }

    /// The form of a pack with what a household file knows.
    pub(super) fn running(
        &self,
        open: OpenVisit,
        now: DateTime<FixedOffset>,
        pack: Arc<Pack>,
        doc: &HouseholdDoc,
    ) -> Result<Running> {
        let (on, language) = (self.today(), language(&self.settings()?.language));
        let (file, heads, mark) = (doc.file(), doc.heads(), doc.visit_mark(&open.visit));
        let from = campaign_from(&Lens { pack: Some(pack.clone()), on });
        let went_on = open.stand().went_on(mark.as_deref());
        let form = pack.form(&open.form).ok_or_else(gone)?;
        let mut facts = facts_for_form(&pack, &file.facts(from), now.date_naive());
        if let Value::Object(all) = &mut facts {
            all.insert("place".into(), names(&file.place));
        }
        let env = Env {
            externals: pack.externals(now.date_naive()),
            device_id: self.identity()?.device.clone(),
            username: self.person()?.name,
            language: language.clone(),
            ..Env::at(now)
        };
        let mut instance = Instance::new(form.clone(), env);
        binding::prefill(&mut instance, &facts);
        let migrated = open.pack != hex::encode(pack.hash()) && open.form_version != form.version;
        Ok(Running {
            open,
            form,
            instance,
            facts,
            heads,
            on,
            language,
            touched: BTreeSet::new(),
            came: 0,
            removed: BTreeMap::new(),
            retired: Vec::new(),
            recorded: None,
            went_on,
            migrated,
            pack,
            file,
        })
    }
}

/// `2023-05-20T10:00:00` in China.
fn on_that_day(text: &str, now: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let civil = NaiveDateTime::parse_from_str(text.get(..19)?, "%Y-%m-%dT%H:%M:%S").ok()?;
    civil.and_local_timezone(*now.offset()).single()
}

impl Running {
    /// Puts the journal's entries back.
    fn restore(&mut self, entries: &[Entry]) {
        let place = |e: &Entry| e.value.get("place").and_then(Value::as_u64).unwrap_or_default();
        let mut instances: Vec<&Entry> = entries.iter().filter(|e| e.kind == EntryKind::Instance).collect();
        instances.sort_by_key(|e| place(e));
        self.came = instances.iter().map(|e| place(e)).max().unwrap_or_default();
        for entry in instances {
            self.restore_instance(entry);
        }
        let mut answers = Map::new();
        // What came from the file is under the question's name alone; what was typed since stands before it, whatever the
        // clock said then.
        let said = entries.iter().filter(|e| e.kind != EntryKind::Instance);
        let (typed, taken): (Vec<&Entry>, Vec<&Entry>) = said.partition(|e| e.path.starts_with('/'));
        for entry in taken.into_iter().chain(typed) {
            let text = entry.value.as_str().unwrap_or_default();
            match self.place_of(&entry.path, text) {
                Some((path, text)) => {
                    self.touched.insert(path.clone());
                    answers.insert(path, text.into());
                }
                None => self.retire(entry, text),
            }
        }
        let lost = self.instance.restore(&json!({ "answers": answers }));
        debug_assert!(lost.is_empty(), "every path was found before");
    }

    /// Where an answer goes in this form, and the text as stored; `None` when the form has no place for it.
    pub(super) fn place_of(&self, path: &str, text: &str) -> Option<(String, String)> {
        let node = self.locate(path)?;
        let question = self.instance.question(node);
        if question.kind.is_container() || (question.calculation.is_some() && !question.overridable) {
            return None;
        }
        let text = question.canonical(text).ok()?;
        Some((self.instance.path(node), text))
    }

    fn restore_instance(&mut self, entry: &Entry) {
        let Some((repeat, key)) = entry.path.rsplit('/').next().and_then(keyed) else { return };
        let there = entry.value.get("there").and_then(Value::as_bool).unwrap_or(true);
        if !there {
            if let Some(node) = locate(&self.instance, &entry.path) {
                self.take_off(node, entry.value.get("living").and_then(Value::as_str).unwrap_or_default());
            }
            return;
        }
        let around = entry.path.strip_suffix(&format!("[{key}]")).unwrap_or(repeat);
        let added = self.instance.add_by_path(around, Some(key)).is_ok();
        if !added && self.instance.add_by_path(repeat, Some(key)).is_err() {
            self.retired.push(Retired { path: entry.path.clone(), name: repeat.to_owned(), text: key.to_owned() });
        }
    }

    /// Takes an instance out of the form; a member known to the file is remembered with the way of leaving.
    pub(super) fn take_off(&mut self, node: NodeId, living: &str) -> Vec<Change> {
        let key = self.instance.key(node).unwrap_or_default().to_owned();
        if self.is_roster(self.instance.id(node)) && self.file.members.iter().any(|m| m.fact.id == key) {
            self.removed.insert(key, living.to_owned());
        }
        // Only a node that is no repeat is refused, and this one has a key.
        self.instance.remove(node).unwrap_or_default()
    }

    fn retire(&mut self, entry: &Entry, text: &str) {
        if text.is_empty() {
            return;
        }
        let name = entry.path.rsplit('/').next().unwrap_or_default().to_owned();
        self.retired.push(Retired { path: entry.path.clone(), name, text: text.to_owned() });
    }
}

fn names(p: &Place) -> Value {
    json!({
        "county": p.county, "township": p.township, "village": p.village, "hamlet": p.hamlet, "address": p.address
    })
}

fn gone() -> Error {
    Error::new(
        Kind::Form,
        "这张表已不在现行政策包中；已填的内容都在本机。 The form is no longer in the pack in force; what was filled in is on this device.",
    )
}
