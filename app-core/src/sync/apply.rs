//! The server's answer, applied in one transaction: either all of it stands, with the cursor, or nothing.

use serde_bytes::ByteBuf;

use super::enrol::fresh_actor;
use super::records;
use super::replant::{self, Outcome};
use super::round::{Outgoing, check_receipt};
use crate::approvals::RefusedWhy;
use crate::document::HouseholdDoc;
use crate::domain::Area;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Kind, Result};
use crate::storage::Tx;
use crate::storage::meta::Identity;
use crate::wire;
use crate::wire::message::{Cursor, Hash, Pulled, SyncAnswer, Whole};
use crate::wire::sign;

/// What an answer brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    pub acked: u32,
    pub refused: u32,
    pub changes_down: u32,
    pub households_new: u32,
    pub households_forgotten: u32,
    /// the server has more, or wants something of us
    pub again: bool,
    /// households of which something was pushed and nothing said
    pub unanswered: Vec<HouseholdId>,
    /// records that are new here
    pub records_down: u32,
    /// records whose signature did not hold; they were not taken
    pub records_spoilt: u32,
    /// records were pushed of which the server said nothing
    pub records_unanswered: bool,
    /// packs that the server lacks and that are here
    pub packs_wanted: Vec<String>,
}

/// Applies an answer. `now`: seconds since 1970 by this device.
pub fn apply(tx: &Tx<'_>, identity: &Identity, sent: &Outgoing, answer: &SyncAnswer, now: i64) -> Result<Applied> {
    check_receipt(identity, answer)?;
    let mut applied = Applied { again: answer.more || sent.untold, ..Applied::default() };
    for actor in &answer.actors {
        tx.write_actor(actor)?;
    }
    tx.set_told_actors(sent.actors)?;
    receipt(tx, answer)?;
    acks(tx, sent, answer, now, &mut applied)?;
    for hash in &answer.released {
        tx.drop_change(&self::hash(hash)?)?;
    }
    refusals(tx, identity, answer, now, &mut applied)?;
    for whole in &answer.whole {
        let id = household(&whole.household)?;
        readable(tx, id, &mut applied, |applied| take_whole(tx, identity, id, whole, now, applied))?;
    }
    for pulled in &answer.changes {
        let id = household(&pulled.household)?;
        readable(tx, id, &mut applied, |applied| take_changes(tx, identity, id, pulled, now, applied))?;
    }
    // First what the server lacks: a restored server may name a household in both, and what waits to go up is not forgotten.
    lacking(tx, answer, now, &mut applied)?;
    tx.drop_what_went_on()?;
    forget(tx, answer, &mut applied)?;
    records::apply(tx, identity, sent, answer, &mut applied)?;
    if let Some(person) = &answer.person {
        tx.hear_person(person)?;
    }
    tx.brought_from_before()?;
    // The letter of before the restore is what the server is to be shown next.
    if let Some(letter) = answer.letter.as_ref().filter(|_| !restored(sent, answer)) {
        tx.set_letter(letter)?;
    }
    tx.write_areas(&answer.areas)?;
    tx.add_area_keys(&answer.keys, now)?;
    if let Some(pack) = &answer.pack {
        tx.set_pack_ref(pack)?;
    }
    cursor(tx, identity, sent, answer, &mut applied)?;
    applied.unanswered = unanswered(sent, answer);
    // Records of areas that are new to the person, or of which a restored server has to speak again.
    applied.again |= tx.records_from()?.is_some();
    Ok(applied)
}

/// Takes in one household's part of an answer. A file that cannot be read, here or as it came, stops nothing else: it is
/// noted and asked for whole, once at once and then with every round.
fn readable(
    tx: &Tx<'_>,
    id: HouseholdId,
    applied: &mut Applied,
    take: impl FnOnce(&mut Applied) -> Result<bool>,
) -> Result<()> {
    let mut part = applied.clone();
    match tx.attempt(|| take(&mut part)) {
        Ok(true) => *applied = part,
        Ok(false) => {
            *applied = part;
            applied.again |= tx.set_unread(id)?;
        }
        Err(e) if e.kind == Kind::Damaged => applied.again |= tx.set_unread(id)?,
        Err(e) => return Err(e),
    }
    Ok(())
}

fn unanswered(sent: &Outgoing, answer: &SyncAnswer) -> Vec<HouseholdId> {
    if sent.request.cursor.epoch != answer.cursor.epoch {
        // A restored server takes nothing before the comparison: all of it goes up again at once.
        return Vec::new();
    }
    let told = |id: &HouseholdId| {
        let named = |bytes: &ByteBuf| bytes.as_slice() == id.as_bytes().as_slice();
        answer.acks.iter().any(|a| named(&a.household))
            || answer.refused.iter().any(|r| named(&r.household))
            || answer.lacking.iter().any(named)
    };
    let mut all: Vec<HouseholdId> = sent.pushed.iter().map(|(id, _)| *id).filter(|id| !told(id)).collect();
    all.dedup();
    all
}

fn acks(tx: &Tx<'_>, sent: &Outgoing, answer: &SyncAnswer, now: i64, applied: &mut Applied) -> Result<()> {
    let refused: Vec<&[u8]> = answer.refused.iter().map(|r| r.change.as_slice()).collect();
    for ack in &answer.acks {
        let id = household(&ack.household)?;
        tx.confirm(id, &hashes(&ack.heads)?, answer.time.div_euclid(1000))?;
        for (_, hash) in sent.pushed.iter().filter(|(h, c)| *h == id && !refused.contains(&c.as_slice())) {
            tx.settle_acked(hash, now)?;
            applied.acked += 1;
        }
    }
    Ok(())
}

/// Keeps what the server has signed that it holds: after a restore this is what it takes others' work back on.
fn receipt(tx: &Tx<'_>, answer: &SyncAnswer) -> Result<()> {
    let held = sign::held(answer);
    if held.is_empty() {
        return Ok(());
    }
    let id = tx.write_receipt(answer.time, &wire::encode(&held)?, &answer.receipt)?;
    for one in &held {
        tx.receipt_names(household(&one.household)?, id)?;
    }
    Ok(())
}

/// What was not taken leaves the file, so that both ends hold the same; its bytes and the reason stay for the author.
/// What rested on it is written again.
fn refusals(tx: &Tx<'_>, identity: &Identity, answer: &SyncAnswer, now: i64, applied: &mut Applied) -> Result<()> {
    let mut households: Vec<HouseholdId> = Vec::new();
    for refused in &answer.refused {
        let id = household(&refused.household)?;
        if !households.contains(&id) {
            households.push(id);
        }
    }
    for id in households {
        let (mut dropped, mut again, mut resting) = (Vec::new(), Vec::new(), Vec::new());
        let local = match tx.doc(id) {
            Err(e) if e.kind == Kind::Damaged => {
                applied.again |= tx.set_unread(id)?;
                None
            }
            other => other?,
        };
        let own = tx.own_actors()?;
        let infos = local.as_ref().map(HouseholdDoc::change_infos).unwrap_or_default();
        for refused in answer.refused.iter().filter(|r| r.household == id.as_bytes().as_slice()) {
            let change = hash(&refused.change)?;
            // Another's is not this device's to write again: its bytes stay here, with the reason.
            let ours = infos.iter().any(|c| c.hash == change && own.contains(&c.actor));
            if refused.why == RefusedWhy::Duplicate.code() && ours {
                again.push(change);
            } else if refused.why == RefusedWhy::Dependency.code() {
                resting.push((change, refused));
            } else {
                tx.settle_refused(&change, &refused.why, &refused.words, now)?;
                dropped.push(change);
                applied.refused += 1;
                if refused.why == RefusedWhy::Scope.code() {
                    // The server may never have known it here (a restore), and then says no *forget*.
                    tx.leave(id)?;
                }
            }
        }
        // What rests on one refused beside it is written again with it. Alone, the server has asked for what is missing
        // before (`lacking`) and asking did not help.
        if dropped.is_empty() && again.is_empty() {
            for (change, refused) in resting {
                tx.settle_refused(&change, &refused.why, &refused.words, now)?;
                dropped.push(change);
                applied.refused += 1;
            }
        }
        readable(tx, id, applied, |applied| {
            if let Some(local) = local {
                replant::without(tx, &local, &dropped, &again, fresh_actor(identity)?, now)?;
                applied.again = true;
            }
            Ok(true)
        })?;
    }
    Ok(())
}

/// Takes a whole file; always `true`.
fn take_whole(
    tx: &Tx<'_>,
    identity: &Identity,
    id: HouseholdId,
    whole: &Whole,
    now: i64,
    applied: &mut Applied,
) -> Result<bool> {
    let mut base = HouseholdDoc::load_of(id, &whole.doc)?;
    let heads = base.heads();
    let taken: Vec<Hash> = base.change_infos().into_iter().map(|c| c.hash).collect();
    tx.keep(id)?;
    match tx.doc(id) {
        Err(e) if e.kind == Kind::Damaged => {
            // The file here is lost, not what was written in it: that lies beside it until the server has it.
            let waiting = tx.pending_of(id)?.into_iter().map(|p| p.bytes);
            base.admit_many(waiting, None, &mut |_| Ok(()));
            tx.save(id, &whole.grid, &base)?;
        }
        Err(e) => return Err(e),
        Ok(Some(local)) => {
            let own = tx.own_actor()?;
            let ours = base.change_infos().into_iter().filter(|c| c.actor == own && !local.has(&c.hash));
            was_put_back(tx, identity, ours.count() > 0)?;
            if replant::onto(tx, base, &local, &whole.grid, fresh_actor(identity)?, now)? == Outcome::Rewritten {
                applied.again = true;
            }
        }
        Ok(None) => {
            applied.households_new += 1;
            tx.save(id, &whole.grid, &base)?;
        }
    }
    // What this device had brought in vain has been taken after all.
    for refused in tx.refused()?.into_iter().filter(|r| r.household == id && taken.contains(&r.hash)) {
        tx.drop_change(&refused.hash)?;
    }
    tx.delivered(id, &heads)?;
    tx.clear_unread(id)?;
    Ok(true)
}

/// Takes changes of others; `false` when they rest on something that is not here.
fn take_changes(
    tx: &Tx<'_>,
    identity: &Identity,
    id: HouseholdId,
    pulled: &Pulled,
    now: i64,
    applied: &mut Applied,
) -> Result<bool> {
    let (grid, mut doc) = match tx.stored(id)? {
        Some(stored) => (Some(stored.grid), HouseholdDoc::load(&stored.snapshot)?),
        // A household that a colleague has just founded may come as its first change.
        None => (None, HouseholdDoc::unfounded(id)),
    };
    let mut outcomes = doc.admit_many(pulled.changes.iter(), None, &mut |_| Ok(()));
    if outcomes.iter().any(|o| matches!(o, Err(r) if r.why == RefusedWhy::Duplicate)) {
        // This device was restored: its branch gives way and is written again under a new actor.
        let again: Vec<Hash> = tx.pending_of(id)?.into_iter().map(|p| p.hash).collect();
        replant::without(tx, &doc, &[], &again, fresh_actor(identity)?, now)?;
        applied.again = true;
        doc = tx.need(id)?;
        outcomes = doc.admit_many(pulled.changes.iter(), None, &mut |_| Ok(()));
    }
    let came = outcomes.iter().filter(|o| matches!(o, Ok(crate::document::Admitted::New { .. }))).count();
    applied.changes_down = applied.changes_down.saturating_add(u32::try_from(came).unwrap_or(u32::MAX));
    let own = tx.own_actor()?;
    let ours = |o: &_| matches!(o, Ok(crate::document::Admitted::New { actor, .. }) if *actor == own);
    was_put_back(tx, identity, outcomes.iter().any(ours))?;
    for (bytes, outcome) in pulled.changes.iter().zip(&outcomes) {
        // What this device had brought in vain has been taken after all.
        if matches!(outcome, Ok(crate::document::Admitted::New { .. }))
            && let Some(hash) = crate::document::change_hash(bytes)
        {
            tx.drop_change(&hash)?;
        }
    }
    if came > 0 && doc.is_founded() {
        applied.households_new += u32::from(grid.is_none());
        tx.save(id, &grid.unwrap_or_else(|| doc.file().place.grid), &doc)?;
    }
    Ok(outcomes.iter().all(Result::is_ok))
}

/// Called when the database has been opened; `file`: what tells its file from a copy of it. In another file than last time
/// this device may have been put back to an older copy: it writes under a new actor from here, before it writes anything.
pub fn notice_put_back(tx: &Tx<'_>, file: &str) -> Result<()> {
    match tx.file_mark()? {
        Some(known) if known == file => return Ok(()),
        Some(_) => {
            if let Some(identity) = tx.identity()? {
                tx.add_own_actor(fresh_actor(&identity)?)?;
            }
        }
        None => {}
    }
    tx.set_file_mark(file)
}

/// Work under the actor this device writes with comes from elsewhere: the device was put back to an older copy of itself,
/// and would go on under numbers that are taken. It writes under a new actor from here.
fn was_put_back(tx: &Tx<'_>, identity: &Identity, ours_came: bool) -> Result<()> {
    if ours_came { tx.add_own_actor(fresh_actor(identity)?) } else { Ok(()) }
}

fn forget(tx: &Tx<'_>, answer: &SyncAnswer, applied: &mut Applied) -> Result<()> {
    for bytes in &answer.forget {
        let id = household(bytes)?;
        tx.clear_unread(id)?;
        if !tx.leaving()?.contains(&id) {
            tx.hear_it_left(id)?;
        }
        tx.leave(id)?;
    }
    for id in tx.leaving()? {
        let grid = tx.stored(id)?.map(|s| s.grid);
        if tx.forget(id)? {
            tx.keep(id)?;
            applied.households_forgotten += 1;
            // Its grid came back to this person while something of it waited: whether it is there still, the server says.
            let back = grid.is_some_and(|grid| holds(&answer.cursor, &grid));
            if back && answer.forget.iter().all(|f| f[..] != id.as_bytes()[..]) {
                applied.again |= tx.set_unread(id)?;
            }
        }
    }
    Ok(())
}

/// Whether a grid lies in an area that the cursor says is here whole.
fn holds(cursor: &Cursor, grid: &str) -> bool {
    let within = |grid: &Area| cursor.areas.iter().filter_map(|a| Area::parse(a)).any(|a| a.contains(grid));
    Area::parse(grid).is_some_and(|grid| within(&grid))
}

/// The server lost these (a restore): all their changes go up again.
fn lacking(tx: &Tx<'_>, answer: &SyncAnswer, now: i64, applied: &mut Applied) -> Result<()> {
    for bytes in &answer.lacking {
        let id = household(bytes)?;
        readable(tx, id, applied, |applied| {
            applied.again |= tx.offer_again(id, now)?;
            Ok(true)
        })?;
    }
    Ok(())
}

fn cursor(tx: &Tx<'_>, identity: &Identity, sent: &Outgoing, answer: &SyncAnswer, applied: &mut Applied) -> Result<()> {
    let next = &answer.cursor;
    let restored = restored(sent, answer);
    if restored {
        tx.doubt_records()?;
        tx.set_parcels_again(true)?;
        // A backup does not know the actors of which it was told since.
        tx.set_told_actors(0)?;
        // And it may give us files that lack our own latest work, which only colleagues still hold: what we write in
        // them takes no number of that.
        tx.add_own_actor(fresh_actor(identity)?)?;
    }
    if restored && sent.request.held.is_empty() {
        tx.set_comparing(true)?;
        applied.again = true;
    } else if !sent.request.held.is_empty() {
        tx.set_comparing(false)?;
    }
    tx.set_cursor(next)
}

/// Another epoch, or a server that knows less than it acknowledged.
fn restored(sent: &Outgoing, answer: &SyncAnswer) -> bool {
    let (before, next) = (&sent.request.cursor, &answer.cursor);
    !before.epoch.is_empty() && (before.epoch != next.epoch || next.seq < before.seq)
}

fn household(bytes: &[u8]) -> Result<HouseholdId> {
    HouseholdId::from_slice(bytes).map_err(|e| damaged().because(e))
}

fn hash(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| damaged())
}

fn hashes(list: &[ByteBuf]) -> Result<Vec<Hash>> {
    list.iter().map(|b| hash(b)).collect()
}

fn damaged() -> Error {
    Error::damaged(
        "服务器的回答有误，未采用；本机内容都在，可以再同步。 The server's answer is damaged and was not used; everything here is safe, sync again.",
    )
}
