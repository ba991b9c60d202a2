//! File + journal → the running form. The order matters: facts, then instances, then answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::super::App;
use super::super::packs::version_and_pack;
use super::no_such_visit;
use super::open::{entries, row, text};
use super::running::{Running, keyed, keys_of, locate};
use crate::document::{HouseholdDoc, Place, VisitFile};
use crate::domain::id::HouseholdId;
use crate::error::{Error, Kind, Result};
use crate::policy::{Pack, facts_for_form};
use crate::storage::Lens;
use crate::storage::journal::{Entry, EntryKind, OpenVisit};
use crate::storage::project::campaign_from;
use crate::xlsform::{Change, Env, Form, Instance, Kind as QuestionKind, NodeId, binding};

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
        let (pack, _) = self.form_for(&open.form, &open.pack)?;
        let mut running = self.empty(open, self.local_now(), pack)?;
        running.restore(&entries);
        Ok(running)
    }

    /// The form of the pack in force; where that has dropped it, the one it was begun with: a draft is never locked away.
    pub(super) fn form_for(&self, slug: &str, begun_with: &str) -> Result<(Arc<Pack>, Arc<Form>)> {
        let in_force = self.pack()?;
        if let Some(form) = in_force.form(slug) {
            return Ok((in_force, form));
        }
        let pack = self.pack_or_want(begun_with)?.ok_or_else(gone)?;
        let form = pack.form(slug).ok_or_else(gone)?;
        Ok((pack, form))
    }

    /// The form that a visit of the file was made with; until its pack is here, the one in force.
    fn form_made_with(&self, visit: &VisitFile) -> Result<(Arc<Pack>, Arc<Form>)> {
        let name = version_and_pack(visit.form_version.as_deref().unwrap_or_default()).1;
        if let Some(pack) = self.pack_or_want(name)?
            && let Some(form) = pack.form(&visit.form)
        {
            return Ok((pack, form));
        }
        self.form_for(&visit.form, "")
    }

    /// Makes a form that shows a visit of the file as it was said, for reading only.
    pub(super) fn build_from_file(&self, visit: &str) -> Result<Running> {
        let household = self.read(|tx| tx.household_of_visit(visit))?.ok_or_else(no_such_visit)?;
        let file = self.household(household)?;
        let before = file.visits.iter().find(|v| v.id == visit).ok_or_else(no_such_visit)?;
        let (pack, form) = self.form_made_with(before)?;
        let said = before.finished_at.as_ref().or(before.opened_at.as_ref());
        let now = said.and_then(|t| on_that_day(t, self.local_now())).unwrap_or_else(|| self.local_now());
        let open = row(visit, household, &pack, &form, &before.form, now.timestamp()).at_version_of(before);
        let mut running = self.empty(open, now, pack)?;
        running.went_on = false;
        running.restore(&running.entries_of(before, now.timestamp()));
        running.recorded = Some(before.answers.iter().map(|(q, a)| (q.clone(), text(a))).collect());
        Ok(running)
    }

    /// An empty form for a visit of the file that is to be filled further.
    pub(super) fn build_to_fill(&self, household: HouseholdId, visit: &str) -> Result<Running> {
        let file = self.household(household)?;
        let before = file.visits.iter().find(|v| v.id == visit).ok_or_else(no_such_visit)?;
        let begun_with = version_and_pack(before.form_version.as_deref().unwrap_or_default()).1;
        let (pack, form) = self.form_for(&before.form, begun_with)?;
        let now = self.local_now();
        let row = row(visit, household, &pack, &form, &before.form, now.timestamp()).at_version_of(before);
        let privacy_at = before.privacy_notice_at.as_ref().map(|_| now.timestamp());
        self.empty(OpenVisit { privacy_at, ..row }, now, pack)
    }

    /// The form with what the file knows, before any answer.
    fn empty(&self, open: OpenVisit, now: DateTime<FixedOffset>, pack: Arc<Pack>) -> Result<Running> {
        let doc = self.read(|tx| tx.need(open.household))?;
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
        let (in_force, on, language) = (self.pack()?.hash(), self.today(), language(&self.settings()?.language));
        let (file, heads, mark) = (doc.file(), doc.heads(), doc.visit_mark(&open.visit));
        let from = campaign_from(&Lens { pack: Some(pack.clone()), on });
        let form = pack.form(&open.form).ok_or_else(gone)?;
        let went_on = open.stand().went_on(mark.as_deref());
        let versions = self.versions_of(&open, &pack, &form)?;
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
            strays: BTreeMap::new(),
            recorded: None,
            went_on,
            versions,
            in_force,
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
        self.drop_unsaid_instances(entries);
        let placed = self.placed(entries);
        self.touched.extend(placed.answers.keys().cloned());
        self.retired.extend(placed.retired);
        self.strays = placed.strays;
        let answers: Map<String, Value> = placed.answers.into_iter().map(|(path, text)| (path, text.into())).collect();
        let lost = self.instance.restore(&json!({ "answers": answers }));
        debug_assert!(lost.is_empty(), "every path was found before");
    }

    /// What the file holds of this visit as entries of the journal.
    pub(super) fn entries_of(&self, before: &VisitFile, now: i64) -> Vec<Entry> {
        let last = version_and_pack(before.form_version.as_deref().unwrap_or_default()).1;
        let same = hex::encode(self.pack.hash()).starts_with(last) && !last.is_empty();
        let then = if same { Some(&*self.form) } else { self.versions.earlier.first().map(|f| &**f) };
        entries(before, &self.form, then, &self.file, now)
    }

    fn restore_instance(&mut self, entry: &Entry) {
        let Some((repeat, key)) = entry.path.rsplit('/').next().and_then(keyed) else { return };
        let there = entry.value.get("there").and_then(Value::as_bool).unwrap_or(true);
        if !there {
            let living = entry.value.get("living").and_then(Value::as_str).unwrap_or_default();
            if let Some(node) = locate(&self.instance, &entry.path) {
                self.take_off(node, living);
            } else if self.file.members.iter().any(|m| m.fact.id == key) {
                // The form has no roster any more; that the person left was said all the same.
                self.removed.insert(key.to_owned(), living.to_owned());
            }
            return;
        }
        let around = entry.path.strip_suffix(&format!("[{key}]")).unwrap_or(repeat);
        let placed = entry.path.starts_with('/') && self.instance.add_by_path(around, Some(key)).is_ok();
        if !placed {
            // Where the form has no such repeat, what was answered in it is retired, each answer by itself.
            self.add_below(repeat, &keys_of(&entry.path));
        }
    }

    /// Adds an instance by its repeat and all keys around it, joined as the file does; those around it come with it, because the
    /// file names only those in which something was answered.
    fn add_below(&mut self, repeat: &str, keys: &str) {
        let Some(id) = self.form.find(repeat).filter(|id| self.form.question(*id).kind == QuestionKind::Repeat) else {
            return;
        };
        let trail = self.form.trail(id);
        let repeats = trail.iter().filter(|q| self.form.question(**q).kind == QuestionKind::Repeat).count();
        let mut left: VecDeque<&str> = keys.splitn(repeats, '.').collect();
        if left.len() < repeats {
            // A repeat was put around it since: nobody has said in which instance of that it lies.
            return;
        }
        let mut at = String::new();
        for question in trail.iter().skip(1).map(|q| self.form.question(*q)) {
            at = format!("{at}/{}", question.name);
            if question.kind != QuestionKind::Repeat {
                continue;
            }
            let Some(key) = left.pop_front() else { return };
            let path = format!("{at}[{key}]");
            if self.instance.find(&path).is_none() && self.instance.add_by_path(&at, Some(key)).is_err() {
                return;
            }
            at = path;
        }
    }

    /// A repeat begins with an empty instance. Where the file names those that something was said in, it is not one of them.
    fn drop_unsaid_instances(&mut self, entries: &[Entry]) {
        let of_file = |e: &&Entry| e.kind == EntryKind::Instance && !e.path.starts_with('/');
        let named = self.instances_of(entries.iter().filter(of_file));
        if named.is_empty() {
            return;
        }
        let said = self.instances_of(entries.iter());
        let form = self.form.clone();
        let unsaid = |running: &Running, node: NodeId| {
            let (id, parent) = (running.instance.id(node), running.instance.tree().parent(node));
            let question = form.question(id);
            let own = question.kind == QuestionKind::Repeat && running.instance.key(node).is_some();
            let beside = || parent.is_some_and(|p| running.instance.instances(p, id).iter().any(|n| named.contains(n)));
            own && !question.is_bound() && question.repeat_count.is_none() && !said.contains(&node) && beside()
        };
        while let Some(node) = self.instance.walk().into_iter().find(|n| unsaid(self, *n)) {
            if self.instance.remove(node).is_err() {
                return;
            }
        }
    }

    /// The instances that entries lie in.
    fn instances_of<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> BTreeSet<NodeId> {
        let mut out = BTreeSet::new();
        for entry in entries.filter(|e| e.path.contains('[')) {
            let mut at = self.locate(&entry.path);
            while let Some(node) = at {
                if self.instance.key(node).is_some() {
                    out.insert(node);
                }
                at = self.instance.tree().parent(node);
            }
        }
        out
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
