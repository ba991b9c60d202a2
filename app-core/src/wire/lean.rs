//! Changes without what the server knows anyway: half of a short visit's bytes on the line are hashes that no
//! compression removes (findings §4).
//!
//! A lean change lacks the chunk's frame, its author when that is the device's first own actor in the push, and its one
//! dependency when the server can find it: the change before it in the push, or one the server holds of that household.
//! The four bytes of checksum stay, and prove that author and dependency were put back right; the signature of the push
//! (over the full hashes, so: make lean *after* signing, make whole *before* verifying) proves it again.
//!
//! Bytes: flags (1 = author left out, 2 = dependency left out, 4 = the writer's words left out) ‖ checksum (4) ‖ where the
//! words stood (with 4) ‖ the change's data without what was left out. A first byte of `0x85` is a whole chunk: both kinds
//! may stand in [`Push::changes`].
//!
//! The writer's words are name, person and device, which stand side by side in every visit: the server knows them by the
//! token. Likewise the household: of one that the server must hold anyway (each change rests on one left out), only the
//! beginning of its id goes up.

use super::chunk::{CHANGE, MAGIC, Reader, assembled, chunk, hash_of, uleb};
use super::message::{Hash, Push, SyncRequest};

const NO_AUTHOR: u8 = 1;
const NO_DEP: u8 = 2;
const NO_WORDS: u8 = 4;

/// Bytes of a household's id that go up when the server holds it: 48 bits, so that two of a million households that
/// begin alike are one chance in 500; the server then asks for the push whole.
pub const HOUSEHOLD_BEGINNING: usize = 6;

/// An actor's length; another is never left out.
const ACTOR: usize = 16;

/// How many dependencies are tried for one change.
const MOST_TRIES: usize = 64;

/// How many bytes may be hashed to make one push whole: a phone's first guess is right, so that its whole day is a small
/// part of this. The push's signature can be verified only then, and may not cost more before.
const MOST_HASHED: usize = 16 * 1024 * 1024;

/// What may still be hashed.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// What a device and the server both know of who writes.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// the device's current actor
    pub actor: [u8; ACTOR],
    /// as [`words`] makes them; empty = nothing is left out
    pub words: &'a [u8],
}

/// A writer's words as they stand in the changes of their visits.
pub fn words(name: &str, person: &str, device: &str) -> Vec<u8> {
    [name, person, device].concat().into_bytes()
}

/// Makes every change of a signed push lean, and shortens the households that the server must hold.
pub fn make_lean(request: &mut SyncRequest, own: &Own<'_>) {
    for push in &mut request.push {
        let mut rests = push.grid.is_none() && !push.changes.is_empty();
        for change in &mut push.changes {
            match lean(change, own) {
                Some(lean) => {
                    rests &= lean.first().is_some_and(|flags| flags & NO_DEP != 0);
                    *change = lean.into();
                }
                None => rests = false,
            }
        }
        if rests {
            push.household.truncate(HOUSEHOLD_BEGINNING);
        }
    }
}

/// Puts back the households' ids, before [`make_whole`]. `find`: the one household whose id begins so. `false`: there
/// is none, or more than one; the device is to push whole changes.
pub fn whole_households(request: &mut SyncRequest, find: &mut dyn FnMut(&[u8]) -> Option<[u8; 16]>) -> bool {
    request.push.iter_mut().all(|push| {
        if push.household.len() != HOUSEHOLD_BEGINNING {
            return true;
        }
        let found = find(&push.household);
        if let Some(id) = found {
            push.household = id.to_vec().into();
        }
        found.is_some()
    })
}

/// Makes the changes of a push whole again, before its signature is verified. `actors`, `words`: the device's own.
/// `known`: the changes held of a household, newest first. `false`: something lacks that is not known here; the device
/// is to push whole changes.
pub fn make_whole(
    request: &mut SyncRequest,
    actors: &[[u8; ACTOR]],
    words: &[u8],
    known: &mut dyn FnMut(&Push) -> Vec<Hash>,
) -> bool {
    let mut budget = Budget(MOST_HASHED);
    request.push.iter_mut().all(|push| whole_push(push, actors, words, known, &mut budget))
}

/// Whether any change of the push is lean.
pub fn is_lean(push: &Push) -> bool {
    push.changes.iter().any(|c| c.first() != MAGIC.first())
}

fn whole_push(
    push: &mut Push,
    actors: &[[u8; ACTOR]],
    words: &[u8],
    known: &mut dyn FnMut(&Push) -> Vec<Hash>,
    budget: &mut Budget,
) -> bool {
    if !is_lean(push) {
        return true;
    }
    let mut deps = known(push);
    deps.truncate(MOST_TRIES);
    let mut before: Option<Hash> = None;
    for change in &mut push.changes {
        let candidates = before.iter().chain(&deps);
        match whole(change, actors, words, candidates, budget) {
            Some((hash, bytes)) => {
                before = Some(hash);
                *change = bytes.into();
            }
            None => return false,
        }
    }
    true
}

/// The parts of a change chunk's data: dependencies, author, the rest.
struct Parts<'a> {
    deps: &'a [u8],
    dep_count: u64,
    actor: &'a [u8],
    rest: &'a [u8],
}

fn parts(data: &[u8]) -> Option<Parts<'_>> {
    let mut r = Reader(data);
    let dep_count = r.uleb().filter(|n| *n <= MOST_TRIES as u64)?;
    r.take(usize::try_from(dep_count).ok()?.checked_mul(32)?)?;
    let deps = data.get(..data.len().checked_sub(r.0.len())?)?;
    if r.uleb()? != ACTOR as u64 {
        return None;
    }
    let actor = r.take(ACTOR)?;
    Some(Parts { deps, dep_count, actor, rest: r.0 })
}

fn lean(bytes: &[u8], own: &Own<'_>) -> Option<Vec<u8>> {
    let whole = chunk(bytes).filter(|c| c.kind == CHANGE)?;
    let parts = parts(whole.data)?;
    let mut flags = 0;
    let mut out = vec![0];
    out.extend(whole.hash.iter().take(4));
    if parts.dep_count == 1 {
        flags |= NO_DEP;
    } else {
        out.extend_from_slice(parts.deps);
    }
    if parts.actor == own.actor {
        flags |= NO_AUTHOR;
    } else {
        out.extend_from_slice(parts.actor);
    }
    match position(parts.rest, own.words) {
        Some(at) => {
            flags |= NO_WORDS;
            out.extend(uleb(at as u64));
            out.extend_from_slice(parts.rest.get(..at)?);
            out.extend_from_slice(parts.rest.get(at.checked_add(own.words.len())?..)?);
        }
        None => out.extend_from_slice(parts.rest),
    }
    if let Some(first) = out.first_mut() {
        *first = flags;
    }
    Some(out)
}

fn position(rest: &[u8], words: &[u8]) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    rest.windows(words.len()).position(|w| w == words)
}

fn whole<'a>(
    bytes: &[u8],
    actors: &[[u8; ACTOR]],
    words: &[u8],
    candidates: impl Iterator<Item = &'a Hash> + Clone,
    budget: &mut Budget,
) -> Option<(Hash, Vec<u8>)> {
    if let Some(found) = chunk(bytes).filter(|c| c.kind == CHANGE) {
        return Some((found.hash, bytes.to_vec()));
    }
    let mut r = Reader(bytes);
    let flags = *r.take(1)?.first()?;
    if flags & !(NO_AUTHOR | NO_DEP | NO_WORDS) != 0 {
        return None;
    }
    let checksum = r.take(4)?;
    let given_deps = if flags & NO_DEP == 0 { Some(dep_list(&mut r)?) } else { None };
    let given_actor = if flags & NO_AUTHOR == 0 { Some(r.take(ACTOR)?) } else { None };
    let (before, words) = if flags & NO_WORDS == 0 {
        (&[][..], &[][..])
    } else {
        let at = usize::try_from(r.uleb()?).ok()?;
        (r.take(at)?, words)
    };
    let rest = [before, words, r.0];
    let all_actors = given_actor.into_iter().chain(actors.iter().map(<[u8; ACTOR]>::as_slice));
    let tries = if given_actor.is_some() { 1 } else { actors.len() };
    for actor in all_actors.take(tries) {
        let head = [&[ACTOR as u8], actor].concat();
        let mut fits = |deps: &[u8]| {
            if !budget.spend(bytes.len()) {
                return None;
            }
            let data = [&[deps, head.as_slice()], rest.as_slice()].concat();
            let hash = hash_of(CHANGE, &data);
            (hash.get(..4) == Some(checksum)).then(|| (hash, assembled(CHANGE, &hash, &data)))
        };
        let found = match given_deps {
            Some(deps) => fits(deps),
            None => candidates.clone().find_map(|dep| fits(&[&[1], dep.as_slice()].concat())),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn dep_list<'a>(r: &mut Reader<'a>) -> Option<&'a [u8]> {
    let before = r.0;
    let count = r.uleb().filter(|n| *n <= MOST_TRIES as u64)?;
    r.take(usize::try_from(count).ok()?.checked_mul(32)?)?;
    before.get(..before.len().checked_sub(r.0.len())?)
}
