//! What comes in: opened, judged, merged, kept to be carried on.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use super::{Imported, to_sync_first};
use crate::approvals::{Permits, RefusedWhy, Writer};
use crate::document::{Admitted, HouseholdDoc, judge_by_permits};
use crate::domain::id::HouseholdId;
use crate::domain::{Area, Person};
use crate::error::{Kind, Result};
use crate::storage::Tx;
use crate::storage::bundle::Witness;
use crate::storage::meta::Identity;
use crate::sync::enrol::fresh_actor;
use crate::sync::replant;
use crate::wire;
use crate::wire::bundle::{BundleAnswer, Parcel, ParcelBody, parcels, unpack};
use crate::wire::message::{Hash, Push};
use crate::wire::seal::{AreaKey, Sealed};
use crate::wire::{sign, version};

/// The envelopes of a bundle.
pub fn envelopes(file: &[u8]) -> Result<Vec<Sealed>> {
    unpack(file)
}

/// Takes in one envelope: opens it if it is for this device, merges what may be merged, and keeps it to carry it to the server.
/// `now`: milliseconds since 1970 by this device.
pub fn take_in(tx: &Tx<'_>, identity: &Identity, envelope: &Sealed, now: i64) -> Result<Imported> {
    let keys: Vec<AreaKey> = tx.area_keys()?.into_iter().map(|(key, _)| key).collect();
    let mut imported = Imported::default();
    let Some(opened) = envelope.open_as_device(&keys, &tx.grids()?) else {
        match tx.carry(envelope, false, now)? {
            true => imported.closed = 1,
            false => imported.known = 1,
        }
        return Ok(imported);
    };
    let Ok(found) = parcels(&opened) else {
        imported.spoilt = 1;
        return Ok(imported);
    };
    let mut others = false;
    for parcel in &found {
        match sound(identity, parcel) {
            Some(body) => {
                others |= body.letter.device != identity.device;
                imported.join(merge(tx, identity, parcel, &body, now)?);
            }
            None => imported.spoilt = imported.spoilt.saturating_add(1),
        }
    }
    if others && !tx.carry(envelope, true, now)? {
        imported.known = 1;
    }
    Ok(imported)
}

/// Looks again at what waited for changes that have come since.
pub fn look_again(tx: &Tx<'_>, identity: &Identity, now: i64) -> Result<Imported> {
    let mut imported = Imported::default();
    for parcel in tx.take_waiting_parcels()? {
        if let Some(body) = sound(identity, &parcel) {
            imported.join(merge(tx, identity, &parcel, &body, now)?);
        }
    }
    Ok(imported)
}

/// What a parcel says, if the device signed it and the server's letter says whose that device is.
fn sound(identity: &Identity, parcel: &Parcel) -> Option<ParcelBody> {
    let body = parcel.read()?;
    let server = hex::decode(&identity.server_key).ok()?;
    let sound = body.is_bounded()
        && sign::verify_letter(&body.letter, &server)
        && sign::verify_push(&body.round, &body.letter.key)
        && (version::OLDEST..=version::CURRENT).contains(&body.v);
    sound.then_some(body)
}

fn merge(tx: &Tx<'_>, identity: &Identity, parcel: &Parcel, body: &ParcelBody, now: i64) -> Result<Imported> {
    let mut imported = Imported::default();
    let key = body.letter.key.as_slice();
    let own = body.letter.device == identity.device;
    if !own {
        tx.keep_parcel(parcel, body)?;
        imported.people.insert(body.letter.person.name.clone());
    }
    for push in &body.round.push {
        let Ok(id) = HouseholdId::from_slice(&push.household) else { continue };
        let part = match tx.attempt(|| merge_household(tx, identity, body, id, push, now / 1000)) {
            // A damaged file here stops nothing else: it is fetched again with the next round, and then looked at again.
            Err(e) if e.kind == Kind::Damaged => {
                tx.set_unread(id)?;
                Imported { waits: 1, ..Imported::default() }
            }
            other => other?,
        };
        if part.waits > 0 {
            tx.parcel_waits(key, id)?;
        }
        imported.join(part);
    }
    for held in body.held.iter().filter(|_| !own) {
        let Ok(id) = HouseholdId::from_slice(&held.household) else { continue };
        if tx.stored(id)?.is_some() {
            let heads = held.heads.iter().filter_map(|h| Hash::try_from(h.as_slice()).ok()).collect();
            tx.write_witness(id, key, &Witness { name: body.letter.person.name.clone(), heads, at: body.at })?;
        }
    }
    let person = tx.person()?.ok_or_else(to_sync_first)?;
    if person.id == body.letter.person.id {
        imported.drafts = drafts(tx, body)?;
    }
    tx.drop_what_went_on()?;
    Ok(imported)
}

/// The changes of one household.
fn merge_household(
    tx: &Tx<'_>,
    identity: &Identity,
    body: &ParcelBody,
    id: HouseholdId,
    push: &Push,
    now: i64,
) -> Result<Imported> {
    let mut imported = Imported::default();
    let stored = tx.stored(id)?;
    let founds = push.grid.as_deref().and_then(Area::parse).filter(|g| g.as_str().len() == 15);
    let grid = stored.as_ref().and_then(|s| Area::parse(&s.grid)).or(founds);
    let (author, me) = (&body.letter.person, tx.person()?.ok_or_else(to_sync_first)?);
    let Some(grid) = grid.filter(|g| me.reaches(g) && author.reaches(g)) else { return Ok(imported) };
    // The ids of the register's households are made of numbers that many know: such a one is founded by the register.
    if stored.is_none() && id.get_version_num() != 4 {
        return Ok(imported);
    }
    let Some(permits) = permits(tx, author) else {
        imported.waits = 1;
        return Ok(imported);
    };
    let mut doc = tx.doc(id)?.unwrap_or_else(|| HouseholdDoc::unfounded(id));
    let actors: Vec<[u8; 16]> = body.round.actors.iter().map(|nonce| sign::actor_of(&body.letter.key, nonce)).collect();
    let writer = Writer { title: author.title, person: &author.id, in_scope: true };
    let mut judge = judge_by_permits(&permits, &writer);
    let outcomes = doc.admit_new(push.changes.iter(), &mut |attempt| {
        if actors.contains(&attempt.actor) { judge(attempt) } else { Err(RefusedWhy::Author) }
    });
    let own = tx.own_actors()?;
    let mut back = false;
    for (bytes, outcome) in push.changes.iter().zip(&outcomes) {
        match outcome {
            Ok(Admitted::New { actor, hash, .. }) => {
                imported.changes = imported.changes.saturating_add(1);
                if own.contains(actor) {
                    // This device's own work comes back to it (it was put back to an older copy): it goes up from here.
                    tx.log_again(id, hash, bytes, now)?;
                    back = true;
                } else if tx.writer(actor)?.is_none() {
                    tx.write_actor(&named(body, *actor))?;
                }
            }
            Ok(Admitted::AlreadyHere { .. }) => {}
            Err(r) if r.why == RefusedWhy::Dependency => imported.waits = 1,
            // Another branch of a phone that was put back: the server sorts that out, and that phone writes again.
            Err(r) if r.why == RefusedWhy::Duplicate => imported.waits = 1,
            Err(_) => imported.refused = imported.refused.saturating_add(1),
        }
    }
    if imported.changes > 0 && doc.is_founded() {
        imported.households = 1;
        tx.save(id, grid.as_str(), &doc)?;
    }
    if back {
        tx.add_own_actor(fresh_actor(identity)?)?;
    }
    Ok(imported)
}

fn named(body: &ParcelBody, actor: [u8; 16]) -> wire::message::ActorName {
    wire::message::ActorName {
        actor: ByteBuf::from(actor),
        person: body.letter.person.id.clone(),
        name: body.letter.person.name.clone(),
        device: body.letter.name.clone(),
        warrant: None,
    }
}

/// What the author's title may do, by the pack in force here; `None` without a pack.
fn permits(tx: &Tx<'_>, author: &Person) -> Option<Permits> {
    let pack = tx.lens().pack.as_ref()?;
    let rows = pack.permits(author.title).map(|t| (author.title.code(), t.permits.iter().map(String::as_str)));
    Some(Permits::from_rows(rows))
}

/// Open visits of this person's other phone.
fn drafts(tx: &Tx<'_>, body: &ParcelBody) -> Result<u32> {
    let mut taken = 0_u32;
    for draft in &body.drafts {
        let Ok(id) = HouseholdId::from_slice(&draft.household) else { continue };
        let Some(doc) = tx.doc(id).or_else(|e| if e.kind == Kind::Damaged { Ok(None) } else { Err(e) })? else {
            continue;
        };
        let finished = doc.file().visits.iter().any(|v| v.id == draft.visit && v.finished);
        if !finished && tx.take_up_draft(id, draft)? {
            taken = taken.saturating_add(1);
        }
    }
    Ok(taken)
}

/// The server has an envelope: what of it it would not take leaves the files here as well.
pub fn delivered(tx: &Tx<'_>, identity: &Identity, hash: &Hash, answer: &BundleAnswer, now: i64) -> Result<()> {
    let mut households: BTreeSet<HouseholdId> = BTreeSet::new();
    let stays = [RefusedWhy::Duplicate.code(), RefusedWhy::Dependency.code()];
    let refused: Vec<_> = answer.refused.iter().filter(|r| !stays.contains(&r.why.as_str())).collect();
    households.extend(refused.iter().filter_map(|r| HouseholdId::from_slice(&r.household).ok()));
    for id in households {
        let Some(local) = tx.doc(id)? else { continue };
        let dropped: Vec<Hash> = refused
            .iter()
            .filter(|r| r.household == id.as_bytes().as_slice())
            .filter_map(|r| Hash::try_from(r.change.as_slice()).ok())
            .filter(|h| local.has(h))
            .collect();
        if !dropped.is_empty() {
            replant::without(tx, &local, &dropped, &[], fresh_actor(identity)?, now)?;
        }
    }
    if answer.opened {
        tx.envelope_delivered(hash)
    } else {
        tx.envelope_refused(hash, "服务器打不开这个数据包。 The server could not open this envelope.")
    }
}
