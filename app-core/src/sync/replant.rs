//! When this device's branch of a file cannot stay as it was written: a change was refused, or a restored phone has
//! written under a number that was taken. The branch is taken off and what may stay is written again under a new actor.

use std::collections::HashMap;

use crate::document::{Edit, HouseholdDoc, Step};
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::storage::meta::OwnActor;
use crate::storage::{Author, Tx};
use crate::wire::message::Hash;

/// Whether something was written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// everything stayed as it was written
    Kept,
    /// some changes were written again under the new actor
    Rewritten,
}

/// Takes `dropped` out of the file, and what rests on it; the latter, and `again`, are written again under `new`.
/// A file whose founding was dropped stays as it is: there is nothing to put the rest on.
pub fn without(
    tx: &Tx<'_>,
    local: &HouseholdDoc,
    dropped: &[Hash],
    again: &[Hash],
    new: OwnActor,
    now: i64,
) -> Result<Outcome> {
    let id = local.id();
    let Some(stored) = tx.stored(id)? else { return Ok(Outcome::Kept) };
    let mut base = HouseholdDoc::unfounded(id);
    let changes = local.changes();
    let steps = local.history(&|_| None);
    let own = tx.own_actors()?;
    // Only this device's own branch gives way; what it re-offers of others' stays as they wrote it.
    let gives_way =
        |hash: &Hash| again.contains(hash) && steps.iter().any(|s| s.hash == *hash && own.contains(&s.actor));
    let kept = changes.iter().filter(|c| !dropped.contains(&c.hash) && !gives_way(&c.hash));
    // What rests on a dropped one does not get in: `onto` writes it again.
    base.admit_many(kept.map(|c| &c.bytes), None, &mut |_| Ok(()));
    if !base.is_founded() {
        return Ok(Outcome::Kept);
    }
    plant(tx, base, local, &stored.grid, &Dropped { hashes: dropped, others_too: true }, new, now)
}

/// Puts this device's own changes onto a file as the server holds it.
pub fn onto(
    tx: &Tx<'_>,
    mut base: HouseholdDoc,
    local: &HouseholdDoc,
    grid: &str,
    new: OwnActor,
    now: i64,
) -> Result<Outcome> {
    let changes = local.changes();
    let missing = changes.iter().filter(|c| !base.has(&c.hash)).map(|c| c.bytes.clone()).collect::<Vec<_>>();
    if !missing.is_empty() {
        base.admit_many(&missing, None, &mut |_| Ok(()));
    }
    plant(tx, base, local, grid, &Dropped { hashes: &[], others_too: false }, new, now)
}

/// What the server would not take.
struct Dropped<'a> {
    hashes: &'a [Hash],
    /// and pending work of others that rests on it
    others_too: bool,
}

/// Saves `base`. What of `local` does not fit into it never just vanishes, acknowledged or not (a restored server may
/// have lost it): this device's own is written again, another's goes up as it is, and its bytes stay here until the server
/// has answered.
fn plant(
    tx: &Tx<'_>,
    mut base: HouseholdDoc,
    local: &HouseholdDoc,
    grid: &str,
    dropped: &Dropped<'_>,
    new: OwnActor,
    now: i64,
) -> Result<Outcome> {
    let id = local.id();
    let mut outcome = Outcome::Kept;
    let lost: Vec<_> =
        local.changes().into_iter().filter(|c| !base.has(&c.hash) && !dropped.hashes.contains(&c.hash)).collect();
    if !lost.is_empty() {
        let (own, pending) = (tx.own_actors()?, tx.pending_of(id)?);
        let steps: HashMap<Hash, Step> = local.history(&|_| None).into_iter().map(|s| (s.hash, s)).collect();
        let ours = |hash: &Hash| steps.get(hash).is_some_and(|s| own.contains(&s.actor));
        // Where others have built on it, only the server can write it all again, each part under its author.
        let all_as_it_is = !dropped.others_too && !lost.iter().all(|c| ours(&c.hash));
        for change in &lost {
            let step = steps.get(&change.hash).filter(|s| own.contains(&s.actor) && !all_as_it_is);
            if step.is_some_and(|s| rewrite(tx, id, &mut base, s, new.actor).is_ok()) {
                tx.drop_change(&change.hash)?;
                outcome = Outcome::Rewritten;
            } else if dropped.others_too && pending.iter().any(|p| p.hash == change.hash) {
                // Never written again under this device's name.
                tx.settle_refused(
                    &change.hash,
                    "dependency",
                    "这次修改所依据的前一次修改没有被接受，未写入；原内容保留在本机。",
                    now,
                )?;
            } else {
                // Behind what it rests on, whenever it was written.
                tx.drop_change(&change.hash)?;
                tx.log_again(id, &change.hash, &change.bytes, now)?;
            }
        }
    }
    if outcome == Outcome::Rewritten {
        tx.add_own_actor(new)?;
    }
    tx.save(id, grid, &base)?;
    Ok(outcome)
}

fn rewrite(tx: &Tx<'_>, id: HouseholdId, base: &mut HouseholdDoc, step: &Step, new: [u8; 16]) -> Result<()> {
    let edits: Vec<Edit> = step.values.iter().map(|v| Edit { path: v.path.clone(), value: v.after.clone() }).collect();
    let author = Author { actor: new, at: step.time };
    if let Some(written) = base.edit(author.actor, author.at, &edits)? {
        tx.log_again(id, &written.hash, &written.bytes, author.at)?;
    }
    Ok(())
}
