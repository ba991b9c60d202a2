//! This device's parcel, and the envelopes it goes in.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use super::{Exported, bytes_of, to_sync_first};
use crate::domain::Area;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Kind, Result};
use crate::storage::Tx;
use crate::storage::meta::Identity;
use crate::sync::enrol::secret;
use crate::sync::records;
use crate::wire;
use crate::wire::bundle::{
    BUNDLE_MAX, CHANGES_MAX, DRAFTS_MAX, ENVELOPES_MAX, HELD_MAX, PARCEL_MAX, PARCELS_MAX, Parcel, ParcelBody, pack,
};
use crate::wire::chunk::change_author;
use crate::wire::message::{Held, Push, SyncRequest};
use crate::wire::seal::{AreaKey, Sealed, seal};
use crate::wire::{sign, version};

/// Below this many grids a bundle is sealed to each; above, to their villages.
const GRIDS: usize = 48;
/// As long after a new generation of area keys came, things are sealed to the one before as well: a colleague may not have
/// heard of the new one yet.
const OVERLAP: i64 = 3 * 24 * 3600;

/// Everything of this device, and what it carries for others, as a file. `now`: milliseconds since 1970 by this device.
pub fn export(tx: &Tx<'_>, identity: &Identity, now: i64) -> Result<(Vec<u8>, Exported)> {
    let (own, mut exported) = own_parcel(tx, identity, now)?;
    let mut all = vec![own];
    let others = tx.parcels()?;
    exported.parcels = u32::try_from(others.len()).unwrap_or(u32::MAX);
    all.extend(others);
    let mut envelopes = sealed(tx, identity, &all, now / 1000)?;
    let mut size: usize = envelopes.iter().map(|e| e.body.len()).sum();
    for carried in tx.carried(None, u32::try_from(ENVELOPES_MAX).unwrap_or(u32::MAX))?.into_iter().filter(|c| !c.opened)
    {
        size = size.saturating_add(carried.sealed.body.len()).saturating_add(8192);
        if envelopes.len() < ENVELOPES_MAX && size < BUNDLE_MAX {
            exported.closed = exported.closed.saturating_add(1);
            envelopes.push(carried.sealed);
        }
    }
    Ok((pack(&envelopes)?, exported))
}

/// Colleagues' parcels, sealed anew: a restored server may have lost what they brought.
pub fn parcels_again(tx: &Tx<'_>, identity: &Identity, now: i64) -> Result<()> {
    let all = tx.parcels()?;
    if !all.is_empty() {
        for envelope in sealed(tx, identity, &all, now / 1000)? {
            tx.carry(&envelope, true, now)?;
        }
    }
    tx.set_parcels_again(false)
}

/// What this device says: its own changes, drafts and records.
fn own_parcel(tx: &Tx<'_>, identity: &Identity, now: i64) -> Result<(Parcel, Exported)> {
    let letter = tx.letter()?.ok_or_else(to_sync_first)?;
    let own = tx.own_actors_whole()?;
    let (mut push, mut size, mut count, mut exported) = (Vec::new(), 0_usize, 0_usize, Exported::default());
    let mut drafts = tx.drafts_to_send()?;
    drafts.truncate(DRAFTS_MAX);
    for draft in &drafts {
        size = size.saturating_add(draft.entries.iter().map(|e| e.path.len().saturating_add(e.value.len())).sum());
    }
    for id in tx.written_here()? {
        let Some(stored) = tx.stored(id)? else { continue };
        let mine = |bytes: &[u8]| change_author(bytes).is_some_and(|a| own.iter().any(|o| o.actor == a));
        let all = changes_of(tx, id)?;
        let founded = all.first().is_some_and(|bytes| mine(bytes));
        let changes: Vec<ByteBuf> = all.into_iter().filter(|bytes| mine(bytes)).map(ByteBuf::from).collect();
        let bytes: usize = changes.iter().map(|c| c.len()).sum();
        let fits = size.saturating_add(bytes) <= PARCEL_MAX && count.saturating_add(changes.len()) <= CHANGES_MAX;
        if changes.is_empty() || !fits && !push.is_empty() {
            continue;
        }
        size = size.saturating_add(bytes);
        count = count.saturating_add(changes.len());
        push.push(Push { household: bytes_of(id), grid: founded.then_some(stored.grid), changes });
    }
    exported.households = u32::try_from(push.len()).unwrap_or(u32::MAX);
    exported.drafts = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
    let mut round = SyncRequest {
        v: version::CURRENT,
        push,
        actors: own.iter().map(|a| ByteBuf::from(a.nonce)).collect(),
        records: records::unfiled(tx)?,
        ..SyncRequest::default()
    };
    let secret = secret(&identity.secret)?;
    sign::sign_push(&mut round, &secret)
        .ok_or_else(|| Error::damaged("本机待带出的修改损坏。 A change that is to go along is damaged."))?;
    let body = ParcelBody { v: version::CURRENT, letter, at: now, round, drafts, held: held(tx)? };
    Ok((Parcel::signed(&body, &secret)?, exported))
}

/// The changes of a file; of one that cannot be read, those that lie beside it because the server has not got them.
fn changes_of(tx: &Tx<'_>, id: HouseholdId) -> Result<Vec<Vec<u8>>> {
    match tx.doc(id) {
        Ok(doc) => Ok(doc.map(|d| d.changes().into_iter().map(|c| c.bytes).collect()).unwrap_or_default()),
        Err(e) if e.kind == Kind::Damaged => Ok(tx.pending_of(id)?.into_iter().map(|p| p.bytes).collect()),
        Err(e) => Err(e),
    }
}

/// What is held of the households in which colleagues' parcels wrote: their phones learn by it where their work is safe.
fn held(tx: &Tx<'_>) -> Result<Vec<Held>> {
    let mut households = BTreeSet::new();
    for body in tx.parcels()?.iter().filter_map(Parcel::read) {
        households.extend(body.round.push.iter().filter_map(|p| HouseholdId::from_slice(&p.household).ok()));
    }
    let mut held = Vec::new();
    for id in households.into_iter().take(HELD_MAX) {
        if let Some(stored) = tx.stored(id)? {
            let heads = stored.heads.iter().map(|h| ByteBuf::from(h.as_slice())).collect();
            held.push(Held { household: bytes_of(id), heads });
        }
    }
    Ok(held)
}

/// Parcels in as few envelopes as fit, sealed to the server and to the grids they speak of.
fn sealed(tx: &Tx<'_>, identity: &Identity, all: &[Parcel], now: i64) -> Result<Vec<Sealed>> {
    let server = hex::decode(&identity.server_key).unwrap_or_default();
    let mut groups: Vec<(Vec<&Parcel>, usize)> = Vec::new();
    for parcel in all {
        let size = parcel.body.len();
        match groups.last_mut().filter(|(group, held)| {
            group.len() < PARCELS_MAX && held.saturating_add(size) <= PARCEL_MAX.saturating_mul(2)
        }) {
            Some((group, held)) => {
                group.push(parcel);
                *held = held.saturating_add(size);
            }
            None => groups.push((vec![parcel], size)),
        }
    }
    let mut envelopes = Vec::new();
    for (group, _) in groups {
        let keys = keys_for(tx, &group, now)?;
        envelopes.push(seal(&wire::encode(&group)?, &server, &keys)?);
    }
    Ok(envelopes)
}

/// The keys of the grids that some parcels speak of, as far as this device has them.
fn keys_for(tx: &Tx<'_>, group: &[&Parcel], now: i64) -> Result<Vec<AreaKey>> {
    let person = tx.person()?.ok_or_else(to_sync_first)?;
    let mut areas: BTreeSet<Area> = BTreeSet::new();
    for body in group.iter().filter_map(|p| p.read()) {
        for push in &body.round.push {
            let Ok(id) = HouseholdId::from_slice(&push.household) else { continue };
            let grid = push.grid.clone().or(tx.stored(id)?.map(|s| s.grid));
            areas.extend(grid.and_then(|g| Area::parse(&g)));
        }
        areas.extend(body.letter.person.scope.iter().filter(|a| person.reaches(a)).cloned());
    }
    if areas.len() > GRIDS {
        areas = areas.iter().map(|a| a.village().unwrap_or_else(|| a.clone())).collect();
    }
    let keys = tx.area_keys()?;
    let newest = keys.iter().map(|(k, _)| k.generation).max().unwrap_or_default();
    let since = keys.iter().filter(|(k, _)| k.generation == newest).map(|(_, at)| *at).min().unwrap_or_default();
    let before = keys.iter().map(|(k, _)| k.generation).filter(|g| *g < newest).max();
    let overlaps = now.saturating_sub(since) < OVERLAP;
    let wanted = |g: u32| g == newest || overlaps && Some(g) == before;
    let found: Vec<AreaKey> = areas
        .iter()
        .flat_map(|area| keys.iter().filter(|(k, _)| wanted(k.generation)).filter_map(|(k, _)| k.of(area)))
        .collect();
    if found.is_empty() { Err(to_sync_first()) } else { Ok(found) }
}
