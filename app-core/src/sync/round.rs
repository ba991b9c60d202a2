//! One request of a round: what is new here, signed, with the place we stand at.

use serde_bytes::ByteBuf;

use super::enrol::secret;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::storage::Tx;
use crate::storage::change::Pending;
use crate::storage::meta::Identity;
use crate::wire::message::{Hash, Held, Push, SyncAnswer, SyncRequest};
use crate::wire::{self, sign, version};

/// The most changes, and bytes of them, in one request: small enough to get through a village's signal at once.
const CHANGES: usize = 400;
const BYTES: usize = 192 * 1024;

/// The most actors named in one request (the server takes no more).
const ACTORS: usize = 16;

/// The most actors of whom the server's word is shown to it (it takes no more).
const VOUCHED: usize = 5_000;

/// How much of the pack's hash is named: as much as a visit names of it.
const PACK_DIGITS: usize = 12;

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

/// Gathers the next request. Reads only: asked again after a lost answer, it gathers the same.
pub fn collect(tx: &Tx<'_>, identity: &Identity) -> Result<Outgoing> {
    let actors = tx.own_actors()?;
    // The first one was told at the enrolment.
    let told = tx.told_actors()?.max(1).min(actors.len());
    let untold = actors.len().saturating_sub(told);
    // Nothing is pushed under an actor of which the server has not heard: a phone with very many tells them first.
    let pending = if untold > ACTORS { Vec::new() } else { tx.pending(CHANGES, BYTES)? };
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
        actors: actors.iter().skip(told).take(ACTORS).map(|a| ByteBuf::from(a.as_slice())).collect(),
        pack: tx.pack_held()?.and_then(|hash| hash.get(..PACK_DIGITS).map(str::to_owned)).unwrap_or_default(),
        limit: 0,
        held,
        vouched,
        letter,
    };
    sign::sign_push(&mut request, &*secret(&identity.secret)?)
        .ok_or_else(|| Error::damaged("本机待上传的修改损坏。 A change that is to go up is damaged."))?;
    let pushed = grouped(&pending).into_iter().map(|p| (p.household, p.hash)).collect();
    let told = told.saturating_add(request.actors.len());
    let person = tx.person()?;
    let words = person.map_or_else(Vec::new, |p| wire::lean::words(&p.name, &p.id, &identity.device));
    Ok(Outgoing { request, pushed, actor: tx.own_actor()?, words, actors: told, untold: untold > ACTORS })
}

fn held((id, heads): (HouseholdId, Vec<Hash>)) -> Held {
    Held {
        household: ByteBuf::from(id.as_bytes().as_slice()),
        heads: heads.iter().map(|h| ByteBuf::from(h.as_slice())).collect(),
    }
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
        let household = ByteBuf::from(p.household.as_bytes().as_slice());
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
