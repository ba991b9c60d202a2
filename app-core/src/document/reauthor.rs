//! A phone restored from a backup wrote under numbers that the server already knows with other content
//! (`RefusedWhy::Duplicate`): its branch is written again under a new actor, and the old one dropped (findings §6).

use std::collections::{HashMap, HashSet};

use automerge::{ActorId, Change, ChangeHash, ExpandedChange, legacy};

use super::doc::{Actor, Hash, HouseholdDoc, Written};
use super::guard::guarded;
use crate::error::{Error, Result};

/// A file whose branch was written again.
pub struct Reauthored {
    /// the file with the branch under its new actor
    pub doc: HouseholdDoc,
    /// the branch's changes as they are now, oldest first
    pub written: Vec<Written>,
    /// the hashes that are gone
    pub dropped: Vec<Hash>,
}

impl HouseholdDoc {
    /// Writes the changes named in `branch`, and all that rests on them, again under `new`. All of them must be this
    /// device's own (by actors in `own`); `new` must not have written here.
    pub fn reauthored(&self, branch: &[Hash], own: &[Actor], new: Actor) -> Result<Reauthored> {
        let mut rewrite = Rewrite::new(branch, own, new);
        let mut changes = Vec::new();
        for change in self.doc.get_changes(&[]) {
            changes.push(rewrite.pass(change)?);
        }
        let mut doc = automerge::Automerge::new();
        let applied = guarded(|| doc.apply_changes(changes).is_ok());
        if applied != Some(true) {
            return Err(Error::internal(
                "档案重新编号失败，原内容未动。 The changes could not be numbered anew; nothing was touched.",
            ));
        }
        let done = HouseholdDoc::load_of(self.id, &doc.save_nocompress())?;
        if done.digest() != self.digest() {
            return Err(Error::internal(
                "档案重新编号失败，原内容未动。 The changes could not be numbered anew; nothing was touched.",
            ));
        }
        Ok(Reauthored { doc: done, written: rewrite.written, dropped: rewrite.dropped })
    }
}

struct Rewrite {
    branch: HashSet<ChangeHash>,
    own: Vec<ActorId>,
    new: ActorId,
    next_seq: u64,
    /// old hash → new hash
    hashes: HashMap<ChangeHash, ChangeHash>,
    /// operations that carry the new actor now
    moved: HashSet<(u64, ActorId)>,
    written: Vec<Written>,
    dropped: Vec<Hash>,
}

impl Rewrite {
    fn new(branch: &[Hash], own: &[Actor], new: Actor) -> Self {
        Self {
            branch: branch.iter().map(|h| ChangeHash(*h)).collect(),
            own: own.iter().map(|a| ActorId::from(*a)).collect(),
            new: ActorId::from(new),
            next_seq: 1,
            hashes: HashMap::new(),
            moved: HashSet::new(),
            written: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// The change as it is now: itself, or written again.
    fn pass(&mut self, change: Change) -> Result<Change> {
        if *change.actor_id() == self.new {
            return Err(Error::internal("新的编号已被使用。 The new actor is taken."));
        }
        let rests = change.deps().iter().any(|d| self.hashes.contains_key(d));
        if !rests && !self.branch.contains(&change.hash()) {
            return Ok(change);
        }
        if !self.own.contains(change.actor_id()) {
            return Err(Error::internal(
                "他人的修改已建立在这一分支上，不能重新编号。 Others have built on these changes: they cannot be numbered anew.",
            ));
        }
        let again = self.again(change.decode());
        self.hashes.insert(change.hash(), again.hash());
        self.written.push(Written { hash: again.hash().0, bytes: again.raw_bytes().to_vec() });
        self.dropped.push(change.hash().0);
        Ok(again)
    }

    fn again(&mut self, mut change: ExpandedChange) -> Change {
        let ids = change.start_op.get()..change.start_op.get().saturating_add(change.operations.len() as u64);
        let old = std::mem::replace(&mut change.actor_id, self.new.clone());
        self.moved.extend(ids.map(|n| (n, old.clone())));
        change.seq = self.next_seq;
        self.next_seq += 1;
        change.hash = None;
        for dep in &mut change.deps {
            if let Some(now) = self.hashes.get(dep) {
                *dep = *now;
            }
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
        if self.moved.contains(&(id.counter(), id.actor().clone())) {
            legacy::OpId::new(id.counter(), &self.new)
        } else {
            id.clone()
        }
    }
}
