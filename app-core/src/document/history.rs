//! Who changed what, from what to what: the file's history, for people and for accounts of a decision.

use std::collections::{HashMap, HashSet};

use automerge::{ActorId, Change, legacy};

use super::doc::{Actor, Hash, HouseholdDoc, actor_bytes, from_scalar};
use super::scalar::Scalar;
use crate::error::{Error, Result};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub hash: Hash,
    pub actor: Actor,
    /// who that is, if the caller knows
    pub who: Option<String>,
    /// seconds since 1970 by the author's clock
    pub time: i64,
    /// what was written, by path
    pub values: Vec<StepValue>,
}

/// One value of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepValue {
    /// the whole path in segments
    pub path: Vec<String>,
    /// what stood there for its author; several = a conflict that this change decided
    pub before: Vec<Scalar>,
    pub after: Scalar,
}

type OpId = (u64, ActorId);

/// Paths of maps and values of operations met so far.
#[derive(Default)]
struct Reader {
    maps: HashMap<OpId, Vec<String>>,
    values: HashMap<OpId, Scalar>,
}

impl HouseholdDoc {
    /// Every change, oldest first. `who` names an actor.
    pub fn history(&self, who: &dyn Fn(&Actor) -> Option<String>) -> Vec<Step> {
        let mut reader = Reader::default();
        let changes = self.doc.get_changes(&[]);
        changes.iter().map(|change| reader.step(change, who)).collect()
    }
}

impl HouseholdDoc {
    /// The file as it stood at a moment (seconds since 1970): of its changes those that were made until then by their
    /// authors' clocks, and that rest on nothing made later. `None` before the file was founded.
    ///
    /// # Errors
    /// `damaged` when the file cannot be read change by change.
    pub fn as_of(&self, at: i64) -> Result<Option<Self>> {
        let mut kept = HashSet::new();
        let mut changes = Vec::new();
        // Each change comes after those it rests on.
        for change in self.doc.get_changes(&[]) {
            if change.timestamp() <= at && change.deps().iter().all(|d| kept.contains(d)) {
                kept.insert(change.hash());
                changes.push(change);
            }
        }
        if changes.is_empty() {
            return Ok(None);
        }
        let mut then = Self::unfounded(self.id);
        then.doc.apply_changes(changes).map_err(|e| {
            Error::damaged("档案的历史读不出。 The file's history cannot be read.").because(e.to_string())
        })?;
        Ok(Some(then))
    }
}

impl Reader {
    fn step(&mut self, change: &Change, who: &dyn Fn(&Actor) -> Option<String>) -> Step {
        let decoded = change.decode();
        let actor = actor_bytes(&decoded.actor_id);
        let mut values: Vec<StepValue> = Vec::new();
        let mut decided: HashMap<Vec<String>, Vec<Scalar>> = HashMap::new();
        for (counter, op) in (decoded.start_op.get()..).zip(&decoded.operations) {
            let Some(path) = self.path(op) else { continue };
            let mut before: Vec<Scalar> =
                op.pred.iter().filter_map(|p| self.values.get(&(p.counter(), p.actor().clone())).cloned()).collect();
            let id = (counter, decoded.actor_id.clone());
            match &op.action {
                legacy::OpType::Make(_) => {
                    self.maps.insert(id, path);
                }
                legacy::OpType::Delete => {
                    decided.insert(path, before);
                }
                legacy::OpType::Put(value) => {
                    let Some(after) = from_scalar(value) else { continue };
                    self.values.insert(id, after.clone());
                    before.extend(decided.remove(&path).unwrap_or_default());
                    values.push(StepValue { path, before, after });
                }
                legacy::OpType::Increment(_) | legacy::OpType::MarkBegin(_) | legacy::OpType::MarkEnd(_) => {}
            }
        }
        Step { hash: change.hash().0, actor, who: who(&actor), time: change.timestamp(), values }
    }

    fn path(&self, op: &legacy::Op) -> Option<Vec<String>> {
        let legacy::Key::Map(key) = &op.key else { return None };
        let mut path = match &op.obj {
            legacy::ObjectId::Root => Vec::new(),
            legacy::ObjectId::Id(id) => self.maps.get(&(id.counter(), id.actor().clone()))?.clone(),
        };
        path.extend(key.split('/').map(str::to_owned));
        Some(path)
    }
}
