//! Work that cannot stay under its numbers, brought by another than its author: the author's phone was put back, and a
//! restored server took what it wrote next under the same numbers. Each such change, and what rests on it, is written
//! again, operation by operation, under an actor made from the old one: nothing of it is lost and its author stays known.
//! The same changes give the same bytes wherever and however often this is done.

use std::collections::HashMap;

use automerge::{ActorId, Change, ChangeHash, ExpandedChange, legacy};
use sha2::{Digest, Sha256};

use super::doc::{Actor, Hash, actor_bytes};
use super::guard::guarded;
use super::layout::{MAX_CHANGE, MAX_OPS};
use crate::wire::chunk as wire_chunk;

/// Changes of one household as they are written again, in the order in which they rest on each other.
#[derive(Default)]
pub struct Graft {
    /// old hash → new hash
    hashes: HashMap<ChangeHash, ChangeHash>,
    /// old actor → new actor and the last number it used
    actors: HashMap<ActorId, (ActorId, u64)>,
    /// operations that carry the new actor now, by counter and old actor
    moved: HashMap<(u64, ActorId), ActorId>,
}

/// A change written again.
pub struct Grafted {
    /// who wrote it first
    pub author: Actor,
    /// under whom it stands now
    pub actor: Actor,
    pub hash: Hash,
    /// raw
    pub bytes: Vec<u8>,
}

impl Graft {
    /// Whether the change rests on one that was written again.
    pub fn bears(&self, bytes: &[u8]) -> bool {
        read(bytes).is_some_and(|change| change.deps().iter().any(|dep| self.hashes.contains_key(dep)))
    }

    /// Writes a change again. It goes through the gate like any other afterwards; `None` when it cannot be read.
    pub fn write_again(&mut self, bytes: &[u8]) -> Option<Grafted> {
        let change = read(bytes)?;
        let again = self.again(guarded(|| change.decode())?, &change.hash());
        self.hashes.insert(change.hash(), again.hash());
        Some(Grafted {
            author: actor_bytes(change.actor_id()),
            actor: actor_bytes(again.actor_id()),
            hash: again.hash().0,
            bytes: again.raw_bytes().to_vec(),
        })
    }

    fn again(&mut self, mut change: ExpandedChange, was: &ChangeHash) -> Change {
        let old = change.actor_id.clone();
        let (new, last) = self.actors.entry(old.clone()).or_insert_with(|| (grafted_actor(&old, was), 0));
        *last = last.saturating_add(1);
        change.seq = *last;
        change.actor_id = new.clone();
        change.hash = None;
        let ids = change.start_op.get()..change.start_op.get().saturating_add(change.operations.len() as u64);
        let new = new.clone();
        self.moved.extend(ids.map(|n| ((n, old.clone()), new.clone())));
        for dep in &mut change.deps {
            *dep = self.hashes.get(dep).copied().unwrap_or(*dep);
        }
        for op in &mut change.operations {
            if let legacy::ObjectId::Id(id) = &mut op.obj {
                *id = self.moved_id(id);
            }
            op.pred = op.pred.iter().map(|id| self.moved_id(id)).collect();
        }
        Change::from(change)
    }

    fn moved_id(&self, id: &legacy::OpId) -> legacy::OpId {
        match self.moved.get(&(id.counter(), id.actor().clone())) {
            Some(new) => legacy::OpId::new(id.counter(), new),
            None => id.clone(),
        }
    }
}

/// The actor of what is written again: made from the old one and the first change that moves, so that two different
/// branches never meet under one.
fn grafted_actor(old: &ActorId, first: &ChangeHash) -> ActorId {
    let made =
        Sha256::new().chain_update(b"ruhu-graft-v1").chain_update(old.to_bytes()).chain_update(first.0).finalize();
    ActorId::from(made.get(..16).unwrap_or(&made))
}

fn read(bytes: &[u8]) -> Option<Change> {
    if bytes.len() > MAX_CHANGE || !super::gate::is_bounded(bytes, MAX_OPS) {
        return None;
    }
    wire_chunk::chunk(bytes).filter(|c| c.kind == wire_chunk::CHANGE)?;
    guarded(|| Change::from_bytes(bytes.to_vec()).ok()).flatten()
}
