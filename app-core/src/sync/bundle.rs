//! What travels without a server, made and taken in (`wire/bundle.rs`). Another device's changes are judged here by the same code
//! as on the server, under the person that the server's letter names; what is taken in goes to the server in its author's own
//! signed parcel, never under this device's name.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use super::enrol::{fresh_actor, secret};
use super::{records, replant};
use crate::approvals::{Permits, RefusedWhy, Writer};
use crate::document::{Admitted, HouseholdDoc, judge_by_permits};
use crate::domain::id::HouseholdId;
use crate::domain::{Area, Person};
use crate::error::{Error, Result};
use crate::storage::Tx;
use crate::storage::bundle::Witness;
use crate::storage::meta::Identity;
use crate::wire;
use crate::wire::bundle::{
    BUNDLE_MAX, BundleAnswer, CHANGES_MAX, ENVELOPES_MAX, PARCEL_MAX, PARCELS_MAX, Parcel, ParcelBody, pack, parcels,
    unpack,
};
use crate::wire::chunk::change_author;
use crate::wire::message::{Hash, Held, Push, SyncRequest};
use crate::wire::seal::{AreaKey, Sealed, seal};
use crate::wire::{sign, version};

/// Below this many grids a bundle is sealed to each; above, to their villages.
const GRIDS: usize = 48;
/// As long after a new generation of area keys came, things are sealed to the one before as well: a colleague may not have
/// heard of the new one yet.
const OVERLAP: i64 = 3 * 24 * 3600;

/// What a bundle holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// households with work of this device
    pub households: u32,
    /// open visits
    pub drafts: u32,
    /// other people's parcels that go with it
    pub parcels: u32,
    /// envelopes that are not for this device and go on as they came
    pub closed: u32,
}

/// What came in with a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// names of those whose work came
    pub people: BTreeSet<String>,
    /// changes that are new here
    pub changes: u32,
    /// households in which something is new
    pub households: u32,
    /// households of which something waits for what is not here yet
    pub waits: u32,
    /// changes that their author may not make; left to the server
    pub refused: u32,
    /// open visits of this person's other phone, taken up
    pub drafts: u32,
    /// envelopes that are not for this device: carried to the server
    pub closed: u32,
    /// envelopes that were here before
    pub known: u32,
    /// envelopes or parcels that are damaged or forged: not used
    pub spoilt: u32,
}

impl Imported {
    /// Counts another envelope's part in.
    pub fn add(&mut self, part: Self) {
        self.closed = self.closed.saturating_add(part.closed);
        self.known = self.known.saturating_add(part.known);
        self.join(part);
    }

    fn join(&mut self, part: Self) {
        self.people.extend(part.people);
        self.changes = self.changes.saturating_add(part.changes);
        self.households = self.households.saturating_add(part.households);
        self.waits = self.waits.saturating_add(part.waits);
        self.refused = self.refused.saturating_add(part.refused);
        self.drafts = self.drafts.saturating_add(part.drafts);
        self.spoilt = self.spoilt.saturating_add(part.spoilt);
    }
}

/// Everything of this device, and what it carries for others, as a file. `now`: milliseconds since 1970 by this device.
pub fn export(tx: &Tx<'_>, identity: &Identity, now: i64) -> Result<(Vec<u8>, Exported)> {
    let (own, mut exported) = own_parcel(tx, identity, now)?;
    let mut all = vec![own];
    let others = tx.parcels()?;
    exported.parcels = u32::try_from(others.len()).unwrap_or(u32::MAX);
    all.extend(others);
    let mut envelopes = sealed(tx, identity, &all, now / 1000)?;
    let mut size: usize = envelopes.iter().map(|e| e.body.len()).sum();
    for carried in tx.carried(u32::try_from(ENVELOPES_MAX).unwrap_or(u32::MAX))?.into_iter().filter(|c| !c.opened) {
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
    let drafts = tx.drafts_to_send()?;
    for draft in &drafts {
        size = size.saturating_add(draft.entries.iter().map(|e| e.path.len().saturating_add(e.value.len())).sum());
    }
    for id in tx.written_here()? {
        let (Some(stored), Some(doc)) = (tx.stored(id)?, tx.doc(id)?) else { continue };
        let all = doc.changes();
        let mine = |bytes: &[u8]| change_author(bytes).is_some_and(|a| own.iter().any(|o| o.actor == a));
        let founded = all.first().is_some_and(|c| mine(&c.bytes));
        let changes: Vec<ByteBuf> =
            all.into_iter().filter(|c| mine(&c.bytes)).map(|c| ByteBuf::from(c.bytes)).collect();
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

/// What is held of the households in which colleagues' parcels wrote: their phones learn by it where their work is safe.
fn held(tx: &Tx<'_>) -> Result<Vec<Held>> {
    let mut households = BTreeSet::new();
    for body in tx.parcels()?.iter().filter_map(Parcel::read) {
        households.extend(body.round.push.iter().filter_map(|p| HouseholdId::from_slice(&p.household).ok()));
    }
    let mut held = Vec::new();
    for id in households {
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
    let sound = sign::verify_letter(&body.letter, &server)
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
        // A damaged file here stops nothing else: it is fetched again with the next round.
        let part = tx.attempt(|| merge_household(tx, identity, body, id, push, now / 1000))?;
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
        let Some(doc) = tx.doc(id)? else { continue };
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

fn bytes_of(id: HouseholdId) -> ByteBuf {
    ByteBuf::from(id.as_bytes().as_slice())
}

fn to_sync_first() -> Error {
    Error::invalid(
        "本机还没有本网格的密钥，暂时不能带出数据；请先到有网络的地方同步一次。 This phone has no key of its grid yet: sync once where there is signal, then take data along.",
    )
}
