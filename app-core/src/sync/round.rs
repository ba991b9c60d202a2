//! One request of a round: what is new here, signed, with the place we stand at.

use std::collections::{BTreeMap, HashSet};

use serde_bytes::ByteBuf;

use super::enrol::secret;
use super::records;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::storage::Tx;
use crate::storage::change::Pending;
use crate::storage::meta::{Identity, OwnActor};
use crate::wire::chunk::{change_author, change_deps};
use crate::wire::message::{Ack, Hash, Held, PACK_NAME, Proof, Push, SyncAnswer, SyncRequest};
use crate::wire::{self, sign, version};

/// The most changes, and bytes of them, in one request: small enough to get through a village's signal at once.
const CHANGES: usize = 400;
const BYTES: usize = 192 * 1024;

/// The most actors named in one request (the server takes no more).
const ACTORS: usize = 16;

/// The most receipts given back in one request (the server takes no more), and the largest one.
const PROOFS: usize = 4_000;
/// The most they may weigh in one request, a single household's apart: the server takes 4 MiB in all.
const PROOF_BYTES: usize = 1 << 20;
const HELD_MOST: usize = 16 << 20;

/// The most files asked for again in one request.
const WANTED: usize = 64;
/// The most actors of whom the server's word is shown to it (it takes no more).
const VOUCHED: usize = 5_000;

/// A request, and what it pushes.
pub struct Outgoing {
    pub request: SyncRequest,
    pub pushed: Vec<(HouseholdId, Hash)>,
    /// the actor this device writes with now
    pub actor: [u8; 16],
    /// what its visits say of who makes them (`wire::lean`)
    pub words: Vec<u8>,
    /// actors of which the server has heard once it has this
    pub actors: usize,
    /// more of them are to be told before anything is pushed
    pub untold: bool,
}

/// What a round has met so far, beyond what the database knows.
#[derive(Debug, Default)]
pub struct SoFar {
    /// households of which the server took nothing and said nothing: their turn comes in the next round, so that one
    /// file that is damaged there holds up no other
    pub unanswered: Vec<HouseholdId>,
    /// files that could not be read were asked for
    pub asked: bool,
    /// records were pushed and the server said nothing of them, or the pack they need could not be brought: next round
    pub records_wait: bool,
    /// packs that the server asked for in this round
    pub offered: HashSet<String>,
}

/// Gathers the next request. Reads only: asked again after a lost answer, it gathers the same.
pub fn collect(tx: &Tx<'_>, identity: &Identity, so_far: &SoFar) -> Result<Outgoing> {
    let actors = tx.own_actors_whole()?;
    // The first one was told at the enrolment.
    let told = tx.told_actors()?.max(1).min(actors.len());
    let untold = actors.len().saturating_sub(told);
    // Nothing is pushed under an actor of which the server has not heard: a phone with very many tells them first.
    let mut pending = if untold > ACTORS { Vec::new() } else { tx.pending(CHANGES, BYTES, &so_far.unanswered)? };
    let (proofs, waits) = proofs(tx, &pending, &actors)?;
    pending.retain(|p| !waits.contains(&p.household));
    let push = by_household(&pending);
    let (held, vouched, letter) = if tx.comparing()? {
        (tx.held()?.into_iter().map(held).collect(), tx.vouched(VOUCHED)?, tx.letter()?)
    } else {
        (Vec::new(), Vec::new(), None)
    };
    let mut request = SyncRequest {
        v: version::CURRENT,
        cursor: tx.cursor()?,
        push,
        sig: ByteBuf::new(),
        actors: actors.iter().skip(told).take(ACTORS).map(|a| ByteBuf::from(a.nonce.as_slice())).collect(),
        pack: tx.pack_held()?.and_then(|hash| hash.get(..PACK_NAME).map(str::to_owned)).unwrap_or_default(),
        limit: 0,
        held,
        proofs,
        want: if so_far.asked {
            Vec::new()
        } else {
            tx.unread()?.iter().take(WANTED).map(|id| bytes_of(*id)).collect()
        },
        vouched,
        letter,
        before: tx.brings_from_before()?,
        records: if so_far.records_wait { Vec::new() } else { records::outgoing(tx)? },
        records_from: tx.records_from()?,
    };
    sign::sign_push(&mut request, &*secret(&identity.secret)?)
        .ok_or_else(|| Error::damaged("本机待上传的修改损坏。 A change that is to go up is damaged."))?;
    let pushed = grouped(&pending).into_iter().map(|p| (p.household, p.hash)).collect();
    let told = told.saturating_add(request.actors.len());
    let person = tx.person()?;
    let words = person.map_or_else(Vec::new, |p| wire::lean::words(&p.name, &p.id, &identity.device));
    Ok(Outgoing { request, pushed, actor: tx.own_actor()?, words, actors: told, untold: untold > ACTORS })
}

/// The server's own receipts for what goes up of others (after a restore): only on its own word it takes that back; and for
/// what it lost of this device, which it then does not judge again. Of each household the newest that cover it, and no more.
/// A receipt of a county's desk names thousands of households: what does not fit into this request, with all that is pending
/// of its household, waits for the next.
fn proofs(tx: &Tx<'_>, pending: &[Pending], own: &[OwnActor]) -> Result<(Vec<Proof>, HashSet<HouseholdId>)> {
    let mut need = needing(pending, own);
    let mut order: Vec<HouseholdId> = Vec::new();
    for p in pending {
        if !order.contains(&p.household) {
            order.push(p.household);
        }
    }
    let mut found: BTreeMap<i64, Proof> = BTreeMap::new();
    let (mut weight, mut waits) = (0_usize, HashSet::new());
    for household in order {
        let Some(mut need) = need.remove(&household) else { continue };
        let changes: Vec<&Pending> = pending.iter().filter(|p| p.household == household).collect();
        let (mut fresh, mut more) = (Vec::new(), 0_usize);
        tx.receipts_naming(household, |id, time, held, sig| {
            let held: Vec<Ack> = crate::wire::decode(held, HELD_MOST)?;
            let before = need.len();
            let covered = covered(&held, household, &changes);
            need.retain(|hash| !covered.contains(hash));
            if need.len() < before && !found.contains_key(&id) {
                more = more.saturating_add(weight_of(&held));
                fresh.push((id, Proof { time, held, sig: ByteBuf::from(sig) }));
            }
            Ok(!need.is_empty())
        })?;
        let over = weight.saturating_add(more) > PROOF_BYTES || found.len().saturating_add(fresh.len()) > PROOFS;
        if over && !fresh.is_empty() && !found.is_empty() {
            waits.insert(household);
            continue;
        }
        weight = weight.saturating_add(more);
        found.extend(fresh);
    }
    Ok((found.into_values().take(PROOFS).collect(), waits))
}

/// The changes that need the server's word, by household.
fn needing(pending: &[Pending], own: &[OwnActor]) -> BTreeMap<HouseholdId, HashSet<Hash>> {
    let is_own = |p: &Pending| change_author(&p.bytes).is_some_and(|a| own.iter().any(|o| o.actor == a));
    // With its founding a household goes up whole, again or for the first time (no receipt names it then).
    let again: HashSet<HouseholdId> = pending.iter().filter(|p| p.grid.is_some()).map(|p| p.household).collect();
    let mut need: BTreeMap<HouseholdId, HashSet<Hash>> = BTreeMap::new();
    for p in pending.iter().filter(|p| !is_own(p) || again.contains(&p.household)) {
        need.entry(p.household).or_default().insert(p.hash);
    }
    need
}

/// About what a receipt weighs on the way: hashes do not fold.
fn weight_of(held: &[Ack]) -> usize {
    held.iter().map(|a| a.household.len().saturating_add(a.heads.iter().map(|h| h.len()).sum::<usize>())).sum()
}

/// What a receipt says of a household: the heads it names, and what they rest on.
fn covered(held: &[Ack], household: HouseholdId, changes: &[&Pending]) -> HashSet<Hash> {
    let named = held.iter().filter(|a| a.household.as_slice() == household.as_bytes().as_slice());
    let mut covered: HashSet<Hash> =
        named.flat_map(|a| &a.heads).filter_map(|h| Hash::try_from(h.as_slice()).ok()).collect();
    for p in changes.iter().rev() {
        if covered.contains(&p.hash) {
            covered.extend(change_deps(&p.bytes).unwrap_or_default());
        }
    }
    covered
}

fn bytes_of(id: HouseholdId) -> ByteBuf {
    ByteBuf::from(id.as_bytes().as_slice())
}

fn held((id, heads): (HouseholdId, Vec<Hash>)) -> Held {
    Held { household: bytes_of(id), heads: heads.iter().map(|h| ByteBuf::from(h.as_slice())).collect() }
}

/// Oldest first within a household, households in the order of their first change.
fn grouped(pending: &[Pending]) -> Vec<&Pending> {
    let mut order: Vec<HouseholdId> = Vec::new();
    for p in pending {
        if !order.contains(&p.household) {
            order.push(p.household);
        }
    }
    order.iter().flat_map(|h| pending.iter().filter(move |p| p.household == *h)).collect()
}

fn by_household(pending: &[Pending]) -> Vec<Push> {
    let mut pushes: Vec<Push> = Vec::new();
    for p in grouped(pending) {
        let household = bytes_of(p.household);
        let bytes = ByteBuf::from(p.bytes.clone());
        match pushes.last_mut().filter(|last| last.household == household) {
            Some(last) => last.changes.push(bytes),
            None => pushes.push(Push { household, grid: p.grid.clone(), changes: vec![bytes] }),
        }
    }
    pushes
}

/// Whether the server's receipt covers the acknowledgements: nothing is called safe without it.
pub fn check_receipt(identity: &Identity, answer: &SyncAnswer) -> Result<()> {
    let key = hex::decode(&identity.server_key).unwrap_or_default();
    if sign::verify_receipt(answer, &key) {
        return Ok(());
    }
    Err(Error::damaged(
        "服务器的回执无法核对，未采用；本机内容都在，可以再同步。 The server's receipt does not hold and was not used; everything here is safe, sync again.",
    ))
}
