//! The gate: the only way in for changes made elsewhere. A crafted change otherwise applies cleanly and leaves a file
//! that can never be loaded again (`automerge-findings` §1, §5). In order, each step cheaper than what it protects:
//!
//! 1. plain change chunk, of bounded size, checksum ours (`chunk.rs`); rows counted before parsing (`columns.rs`)
//! 2. author as expected; known changes are acknowledged; deps known; next seq; `start_op` = 1 + max of deps
//! 3. parsed and decoded under `catch_unwind`
//! 4. every operation: map keys, kinds, sizes, a map only where one may be made, `pred` exactly what the author saw;
//!    each put to the caller's judge with its path (`ops.rs`)
//! 5. applied to a clone under `catch_unwind`; kept only if the change rebuilt from the file equals the bytes received,
//!    and if the file stays one that can be read (`room.rs`)
//!
//! Whole files come in through [`HouseholdDoc::load`], bounded likewise (`snapshot.rs`).

mod chunk;
mod columns;
mod ops;
mod room;
mod snapshot;

use std::collections::HashMap;

use automerge::{Automerge, Change, ChangeHash, ReadDoc};

use super::doc::{Actor, Hash, HouseholdDoc, TIME_RANGE, actor_bytes};
use super::guard::guarded;
use super::layout::{MAX_CHANGE, MAX_OPS};
use super::scalar::Scalar;
use crate::approvals::{self, Permits, RefusedWhy, VisitStanding, Writer};
use crate::wire::chunk as wire_chunk;
pub(super) use room::{GROWS_TO, LOADS, Weight};

pub use crate::wire::chunk::change_hash;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// makes the map of a new member, visit, or container
    Make,
    /// writes a value
    Put,
    /// the first half of deciding a conflict; a put of the same path follows
    Delete,
}

/// One operation a foreign change wants to do, as put to the judge.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// the whole path in segments
    pub path: &'a [String],
    pub action: Action,
    /// with `Put` (but for `meta/id`, which is bytes)
    pub value: Option<&'a Scalar>,
    pub actor: Actor,
    /// the change
    pub change: Hash,
    /// the change founds the file
    pub founding: bool,
    /// for paths in a visit that stood there before this change: whose it is and whether it is finished
    pub visit: Option<&'a VisitStanding>,
}

/// A change that is in the file now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// came in
    New {
        hash: Hash,
        actor: Actor,
        seq: u64,
        /// seconds since 1970 by the author's clock: a claim
        time: i64,
    },
    /// was here before
    AlreadyHere { hash: Hash },
}

/// A change that stays out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub why: RefusedWhy,
    /// words for its author; no personal data
    pub words: String,
    /// the change's hash, when its bytes were sound enough to have one
    pub hash: Option<Hash>,
}

impl Refused {
    fn new(why: RefusedWhy, hash: Option<Hash>) -> Self {
        Self { why, words: why.words().to_owned(), hash }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Refused {}

/// A judge that holds every operation against the writer's permits (`approvals::may_write`).
pub fn judge_by_permits<'a>(
    permits: &'a Permits,
    writer: &'a Writer<'a>,
) -> impl FnMut(&Attempt<'_>) -> Result<(), RefusedWhy> + 'a {
    move |attempt| {
        let write = approvals::Write {
            path: attempt.path,
            text: attempt.value.and_then(Scalar::as_text),
            founding: attempt.founding,
            visit: attempt.visit,
        };
        approvals::may_write(permits, writer, &write)
    }
}

/// The caller's judge over single operations.
pub type Judge<'a> = dyn FnMut(&Attempt<'_>) -> Result<(), RefusedWhy> + 'a;

impl HouseholdDoc {
    /// Takes a change made elsewhere, or says why not; the file is untouched then.
    pub fn admit(
        &mut self,
        bytes: &[u8],
        expected_actor: Option<Actor>,
        judge: &mut Judge<'_>,
    ) -> Result<Admitted, Refused> {
        let mut session = Session::new(self, LOADS);
        let outcome = session.admit(bytes, expected_actor, judge);
        session.keep();
        outcome
    }

    /// Takes many, in order; each stands or falls alone (what rests on a refused one is refused as `Dependency`).
    pub fn admit_many<B: AsRef<[u8]>>(
        &mut self,
        changes: impl IntoIterator<Item = B>,
        expected_actor: Option<Actor>,
        judge: &mut Judge<'_>,
    ) -> Vec<Result<Admitted, Refused>> {
        self.admit_within(LOADS, changes, expected_actor, judge)
    }

    /// The same for what nobody has accepted yet: refused as `Full` when the file would grow too large. What was
    /// accepted once is taken by [`Self::admit_many`], or two ends could differ for ever.
    pub fn admit_new<B: AsRef<[u8]>>(
        &mut self,
        changes: impl IntoIterator<Item = B>,
        judge: &mut Judge<'_>,
    ) -> Vec<Result<Admitted, Refused>> {
        self.admit_within(GROWS_TO, changes, None, judge)
    }

    pub(super) fn admit_within<B: AsRef<[u8]>>(
        &mut self,
        room: Weight,
        changes: impl IntoIterator<Item = B>,
        expected_actor: Option<Actor>,
        judge: &mut Judge<'_>,
    ) -> Vec<Result<Admitted, Refused>> {
        let mut session = Session::new(self, room);
        let outcomes = changes.into_iter().map(|c| session.admit(c.as_ref(), expected_actor, judge)).collect();
        session.keep();
        outcomes
    }
}

/// A batch on its way in: works on a clone, which replaces the file at the end.
struct Session<'a> {
    target: &'a mut HouseholdDoc,
    work: Automerge,
    /// the file as it last stood when a change had to be undone, and what was accepted since
    undo: Option<Automerge>,
    accepted: Vec<Change>,
    changed: bool,
    /// last sequence number of each actor
    seqs: HashMap<Actor, u64>,
    weight: Weight,
    room: Weight,
}

impl<'a> Session<'a> {
    fn new(target: &'a mut HouseholdDoc, room: Weight) -> Self {
        let work = target.doc.clone();
        let mut seqs = HashMap::new();
        for meta in work.get_changes_meta(&[]) {
            let last = seqs.entry(actor_bytes(&meta.actor)).or_insert(0);
            *last = meta.seq.max(*last);
        }
        let weight = target.weight;
        Self { target, work, undo: None, accepted: Vec::new(), changed: false, seqs, weight, room }
    }

    fn keep(self) {
        if self.changed {
            self.target.doc = self.work;
            self.target.weight = self.weight;
        }
    }

    fn admit(&mut self, bytes: &[u8], expected: Option<Actor>, judge: &mut Judge<'_>) -> Result<Admitted, Refused> {
        let malformed = || Refused::new(RefusedWhy::Malformed, None);
        if bytes.len() > MAX_CHANGE {
            return Err(malformed());
        }
        let chunk = wire_chunk::chunk(bytes).filter(|c| c.kind == wire_chunk::CHANGE).ok_or_else(malformed)?;
        let hash = chunk.hash;
        let refused = |why| Refused::new(why, Some(hash));
        let peek = chunk::peek(chunk.data).ok_or_else(|| refused(RefusedWhy::Malformed))?;
        if expected.is_some_and(|e| e != peek.actor) {
            return Err(refused(RefusedWhy::Author));
        }
        if self.work.get_change_meta_by_hash(&ChangeHash(hash)).is_some() {
            return Ok(Admitted::AlreadyHere { hash });
        }
        let founding = self.stands_in_order(&peek).map_err(refused)?;
        let (change, decoded) = guarded(|| {
            let change = Change::from_bytes(bytes.to_vec()).ok()?;
            let decoded = change.decode();
            Some((change, decoded))
        })
        .flatten()
        .ok_or_else(|| refused(RefusedWhy::Malformed))?;
        // Reading the file at the change's deps goes through automerge as well: guarded. The judge is not.
        let checked = guarded(|| ops::check(&self.work, &decoded, &peek.deps, founding))
            .unwrap_or(Err(RefusedWhy::Malformed))
            .map_err(refused)?;
        judged(&checked, (peek.actor, hash), founding, judge).map_err(refused)?;
        let weight = self.weight.with(bytes.len(), u64::try_from(change.len()).unwrap_or(u64::MAX));
        self.weight = self.apply(&change, hash, bytes, weight).map_err(refused)?;
        self.seqs.insert(peek.actor, peek.seq);
        Ok(Admitted::New { hash, actor: peek.actor, seq: peek.seq, time: peek.time })
    }

    /// Step 2; whether the change founds the file.
    fn stands_in_order(&self, peek: &chunk::Peek<'_>) -> Result<bool, RefusedWhy> {
        let ops = columns::count_ops(&peek.columns, MAX_OPS).filter(|n| *n > 0).ok_or(RefusedWhy::Malformed)?;
        if !TIME_RANGE.contains(&peek.time) {
            return Err(RefusedWhy::Malformed);
        }
        let founding = self.work.get_heads().is_empty();
        let mut max_op = 0;
        for dep in &peek.deps {
            let meta = self.work.get_change_meta_by_hash(&ChangeHash(*dep)).ok_or(RefusedWhy::Dependency)?;
            max_op = meta.max_op.max(max_op);
        }
        let last = self.seqs.get(&peek.actor).copied().unwrap_or(0);
        match peek.seq {
            seq if seq <= last => return Err(RefusedWhy::Duplicate),
            seq if seq != last.saturating_add(1) => return Err(RefusedWhy::Dependency),
            _ => {}
        }
        // A second beginning would bring a second set of containers and hide the first.
        let beginning = peek.deps.is_empty();
        let end = peek.start_op.checked_add(ops).ok_or(RefusedWhy::Malformed)?;
        if beginning != founding || Some(peek.start_op) != u64::checked_add(max_op, 1) || u32::try_from(end).is_err() {
            return Err(RefusedWhy::Malformed);
        }
        Ok(founding)
    }

    /// Step 5; gives what the file weighs then.
    fn apply(&mut self, change: &Change, hash: Hash, bytes: &[u8], weight: Weight) -> Result<Weight, RefusedWhy> {
        let (work, id, room) = (&mut self.work, self.target.id, self.room);
        let applied = guarded(|| {
            let sound = work.apply_changes([change.clone()]).is_ok()
                && work.get_change_by_hash(&ChangeHash(hash)).is_some_and(|c| c.raw_bytes() == bytes)
                && is_file_of(work, id);
            // The estimate is cheap and never too low; only near the bound is the file weighed.
            let weight = if weight.fits(room) { Some(weight) } else { Weight::of(work).filter(|w| w.fits(room)) };
            if sound { weight.ok_or(RefusedWhy::Full) } else { Err(RefusedWhy::Malformed) }
        });
        let why = match applied {
            Some(Ok(weight)) => {
                self.accepted.push(change.clone());
                self.changed = true;
                return Ok(weight);
            }
            Some(Err(why)) => why,
            None => RefusedWhy::Malformed,
        };
        self.undo();
        Err(why)
    }

    /// The clone may be half changed: it is made again from what was accepted, and remembered so, that a push full of
    /// bad changes does not cost all the good ones each time.
    fn undo(&mut self) {
        let mut work = self.undo.as_ref().unwrap_or(&self.target.doc).clone();
        let accepted = std::mem::take(&mut self.accepted);
        if guarded(|| work.apply_changes(accepted).is_ok()) != Some(true) {
            // Cannot be: each of them applied before. Keep what the file was.
            (work, self.changed) = (self.target.doc.clone(), false);
        }
        self.undo = Some(work.clone());
        self.work = work;
    }
}

fn judged(
    checked: &ops::Checked,
    (actor, change): (Actor, Hash),
    founding: bool,
    judge: &mut Judge<'_>,
) -> Result<(), RefusedWhy> {
    for op in &checked.ops {
        let visit = match op.path.as_slice() {
            [root, id, ..] if root == "visits" => checked.visits.get(id).and_then(Option::as_ref),
            _ => None,
        };
        judge(&Attempt {
            path: &op.path,
            action: op.action,
            value: op.value.as_ref(),
            actor,
            change,
            founding,
            visit,
        })?;
    }
    Ok(())
}

/// The actor a change names; nothing else of it is looked at.
pub fn actor_of(bytes: &[u8]) -> Option<Actor> {
    let chunk = wire_chunk::chunk(bytes).filter(|c| c.kind == wire_chunk::CHANGE)?;
    chunk::peek(chunk.data).map(|peek| peek.actor)
}

/// Whether a change claims no more operations than `limit`: asked before it is parsed (a short one can claim millions).
pub(super) fn is_bounded(bytes: &[u8], limit: u64) -> bool {
    let chunk = wire_chunk::chunk(bytes).filter(|c| c.kind == wire_chunk::CHANGE);
    chunk.and_then(|c| chunk::peek(c.data)).is_some_and(|peek| columns::count_ops(&peek.columns, limit).is_some())
}

/// Whether the file says it is this household's.
fn is_file_of(doc: &Automerge, id: crate::domain::id::HouseholdId) -> bool {
    snapshot::stated_id(doc) == Some(id)
}
