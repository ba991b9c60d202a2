//! Who changed what, from what to what: the file's history, for people and for accounts of a decision.

use std::collections::HashMap;

use automerge::{ActorId, Change, legacy};

use super::doc::{Actor, Hash, HouseholdDoc, actor_bytes, from_scalar};
use super::scalar::Scalar;

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
