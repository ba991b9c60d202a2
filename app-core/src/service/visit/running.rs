//! A form being filled for a household: the instance, what the file said when it was made, what the journal holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;

use super::super::App;
use super::versions::Versions;
use crate::document::{HouseholdFile, VisitFile};
use crate::error::Result;
use crate::policy::Pack;
use crate::storage::journal::OpenVisit;
use crate::storage::stand::went_on;
use crate::wire::message::Hash;
use crate::xlsform::{Form, Instance, Kind, NodeId, Question, QuestionId, binding};

/// An answer whose question is gone, or whose question no longer takes it: kept, shown, never dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// path it was given at; a `~` and a number behind it when the question was answered anew since
    pub path: String,
    /// name of the question
    pub name: String,
    pub text: String,
}

impl Retired {
    /// Whether its question was answered anew.
    pub fn is_replaced(&self) -> bool {
        self.path.rsplit_once('~').is_some_and(|(_, n)| !n.is_empty())
    }
}

/// What a person did to a question in this visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// nothing: what is shown is known, computed, a default, or empty
    No,
    /// answered, corrected or emptied
    Yes,
}

/// A visit being filled.
pub struct Running {
    pub(super) open: OpenVisit,
    pub(super) pack: Arc<Pack>,
    pub(super) form: Arc<Form>,
    pub(super) instance: Instance,
    /// the facts as the form's bound questions see them
    pub(super) facts: Value,
    pub(super) file: HouseholdFile,
    /// heads of the file when this was made
    pub(super) heads: Vec<Hash>,
    /// day this was made for
    pub(super) on: NaiveDate,
    /// language the labels are in, as the form names it
    pub(super) language: String,
    /// paths of questions with an entry in the journal
    pub(super) touched: BTreeSet<String>,
    /// how many instances were added in this visit
    pub(super) came: u64,
    /// members taken off in this visit: id → how they left (empty: the entry was a mistake)
    pub(super) removed: BTreeMap<String, String>,
    pub(super) retired: Vec<Retired>,
    /// path of a question → rows of the journal under other paths that its answer came from (it was moved or renamed)
    pub(super) strays: BTreeMap<String, Vec<String>>,
    /// a visit of the file, shown for reading: question → what was said
    pub(super) recorded: Option<BTreeMap<String, String>>,
    /// the visit went on in the file from another phone, and the journal holds what that has not seen
    pub(super) went_on: bool,
    /// the versions of the form it went through
    pub(super) versions: Versions,
    /// hash of the pack in force when this was made
    pub(super) in_force: [u8; 32],
}

impl Running {
    /// The visit's row.
    pub fn open(&self) -> &OpenVisit {
        &self.open
    }

    /// The form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The running form.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The pack it runs with.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The household file as it was when the form was made.
    pub fn file(&self) -> &HouseholdFile {
        &self.file
    }

    /// What the file holds of this visit, when it was put down or finished before.
    pub fn before(&self) -> Option<&VisitFile> {
        self.file.visits.iter().find(|v| v.id == self.open.visit)
    }

    /// A visit shown for reading: what was said that day, by question; `None` while it is being filled.
    pub fn recorded(&self) -> Option<&BTreeMap<String, String>> {
        self.recorded.as_ref()
    }

    /// Whether a finished visit is being corrected.
    pub fn correcting(&self) -> bool {
        self.recorded.is_none() && self.before().is_some_and(|v| v.finished)
    }

    /// Whether the visit went on in the file from another phone while this one held something of its own: nothing is
    /// written before the person has chosen (`App::keep_visit`).
    pub fn went_on(&self) -> bool {
        self.went_on
    }

    /// Refuses to write while a choice is to be made.
    pub(super) fn may_write(&self) -> Result<()> {
        if self.went_on { Err(went_on()) } else { Ok(()) }
    }

    /// Answers without a place in the form.
    pub fn retired(&self) -> &[Retired] {
        &self.retired
    }

    /// The day the form is filled for.
    pub fn on(&self) -> NaiveDate {
        self.on
    }

    /// The names that a question has and had: its own, and those that the form says it was called.
    pub fn names_of(&self, name: &str) -> Vec<String> {
        let question = self.form.find(name).map(|q| self.form.question(q));
        let was = question.into_iter().flat_map(was_names).map(str::to_owned);
        std::iter::once(name.to_owned()).chain(was).collect()
    }

    /// What was answered to a question when it was another, and is to be answered again.
    pub fn former(&self, node: NodeId) -> impl Iterator<Item = &Retired> {
        let question = self.instance.question(node);
        let here = move |r: &&Retired| {
            !r.is_replaced()
                && (question.name == r.name || was_called(question, &r.name))
                && self.asked_at(&r.path) == Some(node)
        };
        self.retired.iter().filter(here)
    }

    /// Whether the form is another than its writer last knew.
    pub fn migrated(&self) -> bool {
        self.versions.changed && !self.versions.acknowledged
    }

    /// The versions of the form that the visit went through.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// What a person did to a question in this visit.
    pub fn touched(&self, node: NodeId) -> Touched {
        if self.touched.contains(&self.instance.path(node)) { Touched::Yes } else { Touched::No }
    }

    /// Whether the value comes from the household file and nobody has touched it in this visit.
    pub fn is_known(&self, node: NodeId) -> bool {
        self.touched(node) == Touched::No
            && !self.instance.value(node).is_empty()
            && binding::fact_of(&self.instance, node).is_some()
    }

    /// Whether a repeat is the household's roster.
    pub fn is_roster(&self, repeat: QuestionId) -> bool {
        let question = self.form.question(repeat);
        question.attributes.iter().any(|(k, v)| k.ends_with(":fact") && v.trim_matches('/') == "members")
    }

    /// The node of a repeat's instance around a node (the node itself included).
    pub fn instance_around(&self, node: NodeId) -> Option<NodeId> {
        let mut at = Some(node);
        while let Some(n) = at {
            if self.instance.question(n).kind == Kind::Repeat && self.instance.key(n).is_some() {
                return Some(n);
            }
            at = self.instance.tree().parent(n);
        }
        None
    }

    /// The days the income and spending of this form are counted over, where it says them.
    pub fn window(&self) -> Option<(String, String)> {
        let day = |name: &str| {
            let node = self.instance.find(name)?;
            let value = self.instance.value(node);
            (!value.is_empty()).then(|| value.to_owned())
        };
        Some((day("window_from")?, day("window_to")?))
    }

    /// Whether nothing changed since this was made: file, pack, day, language.
    pub(super) fn is_current(&self, app: &App) -> Result<bool> {
        let heads = app.read(|tx| Ok(tx.stored(self.open.household)?.map(|s| s.heads)))?;
        Ok(heads.as_ref() == Some(&self.heads)
            && app.pack()?.hash() == self.in_force
            && app.today() == self.on
            && super::build::language(&app.settings()?.language) == self.language
            && !self.versions.gained(app)?)
    }

    /// The node an entry of the journal is about: its path; where the form was rearranged, the question of that name in
    /// the instance of that key.
    pub(super) fn locate(&self, path: &str) -> Option<NodeId> {
        locate(&self.instance, path)
    }
}

/// See [`Running::locate`].
pub(super) fn locate(instance: &Instance, path: &str) -> Option<NodeId> {
    if let Some(node) = instance.find(path).filter(|_| path.starts_with('/')) {
        return Some(node);
    }
    let last = path.rsplit('/').next()?;
    let keys = keys_of(path);
    let all = instance.walk();
    if let Some((name, _)) = keyed(last) {
        let fits = |n: NodeId| instance.tree().name(n) == name && instance.key(n).is_some();
        return in_instance(instance, &all, &keys, &fits);
    }
    let find = |called: &dyn Fn(&Question) -> bool| {
        let fits = |n: NodeId| {
            let question = instance.question(n);
            !question.kind.is_container() && called(question)
        };
        in_instance(instance, &all, &keys, &fits)
    };
    find(&|q| q.name == last).or_else(|| find(&|q| was_called(q, last)))
}

/// The first fitting node in the instance of these keys. Where repeats were put into one another or taken apart, the innermost
/// key has to do, if it is only one's.
fn in_instance(instance: &Instance, all: &[NodeId], keys: &str, fits: &dyn Fn(NodeId) -> bool) -> Option<NodeId> {
    let fitting = || all.iter().copied().filter(|n| fits(*n));
    if let Some(found) = fitting().find(|n| keys_around(instance, *n) == keys) {
        return Some(found);
    }
    let inner = keys.rsplit('.').next().filter(|k| !k.is_empty())?;
    let mut near = fitting().filter(|n| keys_around(instance, *n).rsplit('.').next() == Some(inner));
    near.next().filter(|_| near.next().is_none())
}

/// Whether the form says that a question had this name before (`bind::ruhu:was`).
pub(super) fn was_called(question: &Question, name: &str) -> bool {
    was_names(question).any(|was| was == name)
}

fn was_names(question: &Question) -> impl Iterator<Item = &str> {
    question.attributes.iter().filter(|(k, _)| k.ends_with(":was")).flat_map(|(_, v)| v.split_whitespace())
}

/// `member[k3f9]` → (`member`, `k3f9`)
pub(super) fn keyed(segment: &str) -> Option<(&str, &str)> {
    segment.strip_suffix(']')?.split_once('[')
}

/// The keys of the instances that a path goes through, outermost first, as the file joins them: `a[k1]/b[k2]/c` and `b[k1.k2]/c`
/// both → `k1.k2`.
pub(super) fn keys_of(path: &str) -> String {
    path.split('/').filter_map(keyed).map(|(_, key)| key).collect::<Vec<_>>().join(".")
}

/// The keys of the instances around a node, itself included, outermost first.
fn keys_around(instance: &Instance, node: NodeId) -> String {
    let mut keys = Vec::new();
    let mut at = Some(node);
    while let Some(n) = at {
        keys.extend(instance.key(n));
        at = instance.tree().parent(n);
    }
    keys.reverse();
    keys.join(".")
}
