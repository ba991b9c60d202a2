//! What was parked and can go in now: the changes it rests on came, its author became known, or the operator releases it.
//! What still misses something waits for exactly that: a push reads what it unlocks, and each other one once.

use std::collections::{HashMap, HashSet};

use app_core::approvals::{Permits, RefusedWhy};
use app_core::document::{Actor, Admitted, Hash, HouseholdDoc};
use app_core::domain::{Area, Person};
use app_core::wire::chunk::change_deps;
use uuid::Uuid;

use super::judge::{Author, Bringer, Judge};
use super::push::{Taken, keep};
use crate::error::Result;
use crate::store::Writes;
use crate::store::opened::{Opened, opened};
use crate::store::rows::Parked;

/// Parked changes in memory at once: at most 16 MiB of them.
const PAGE: usize = 64;

/// Who a change was brought by when the server itself takes it from what it had parked, so that its author hears of it.
pub const CARRIER: &str = "parked";

/// What may go in.
pub struct Wish<'a> {
    /// what each title may do
    pub permits: &'a Permits,
    /// codes of the reasons looked at; none: only what waited for another change, as far as that has come
    pub reasons: Option<&'a [&'a str]>,
    /// the operator releases: answers for author and area
    pub vouched: bool,
    /// only these, where the operator names some
    pub only: Option<&'a HashSet<Hash>>,
    /// now
    pub now: i64,
}

/// An actor has become known (what nobody is known to have written costs no colleague's push before): what was parked of it
/// for want of an author, by its own device or on the server's own word,
/// waits for no more than what it rests on. The households concerned.
pub fn author_known(w: &mut dyn Writes, actor: &Actor) -> Result<Vec<Uuid>> {
    let households = w.households_parked(actor)?;
    let Some(owner) = w.owner(actor)? else { return Ok(households) };
    for id in &households {
        let mut after = None;
        loop {
            let page = w.parked(*id, RefusedWhy::Author.code(), after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.hash));
            let explained = |p: &Parked| p.actor == actor && (p.proven || p.device == owner.device);
            for waiting in page.into_iter().filter(explained) {
                let why = RefusedWhy::Dependency;
                w.park(&Parked { why: why.code().to_owned(), words: why.words().to_owned(), ..waiting })?;
            }
        }
    }
    Ok(households)
}

/// An actor has become known: what was parked of it may go in.
pub fn take_parked(w: &mut dyn Writes, permits: &Permits, actor: &Actor, now: i64) -> Result<u64> {
    let mut taken = 0_u64;
    for id in author_known(w, actor)? {
        let wish = Wish { permits, reasons: None, vouched: false, only: None, now };
        taken = taken.saturating_add(release(w, id, &wish)?);
    }
    Ok(taken)
}

/// Takes in what is parked of a household and may go in; how many changes. A household that is not here yet is founded by
/// a release only.
pub fn release(w: &mut dyn Writes, id: Uuid, wish: &Wish<'_>) -> Result<u64> {
    let there = w.household(id)?;
    let (mut doc, unit) = match &there {
        Some(row) => {
            let (Opened::Sound(doc) | Opened::Mended(doc)) = opened(&*w, row)? else { return Ok(0) };
            (doc, Area::parse(&row.unit))
        }
        None if wish.vouched => (HouseholdDoc::unfounded(id), None),
        None => return Ok(0),
    };
    let taken = admit_waiting(w, &mut doc, (id, unit.as_ref()), wish, &[])?;
    let grid = || Area::parse(&doc.file().place.grid).filter(|a| a.as_str().len() == 15);
    match unit.or_else(grid) {
        Some(unit) if !taken.is_empty() => {
            let founder = there.is_none().then_some(CARRIER);
            keep(w, &doc, founder, &unit, &taken, None, wish.now)
        }
        _ => Ok(0),
    }
}

/// Admits what is parked of a household, whatever the order in which it came. `came`: changes that have just been admitted.
pub(super) fn admit_waiting(
    w: &mut dyn Writes,
    doc: &mut HouseholdDoc,
    (id, unit): (Uuid, Option<&Area>),
    wish: &Wish<'_>,
    came: &[Hash],
) -> Result<Vec<Taken>> {
    let mut queue = Queue { w, doc, id, unit, wish, people: HashMap::new(), waits: HashMap::new(), taken: Vec::new() };
    let Some(reasons) = wish.reasons else {
        for unseen in queue.w.parked_waiting(id, None)? {
            queue.look_at(vec![unseen])?;
        }
        for hash in came {
            let unlocked = queue.unlocked_by(hash)?;
            queue.look_at(unlocked)?;
        }
        return Ok(queue.taken);
    };
    for why in reasons {
        let mut after = None;
        loop {
            let page = queue.w.parked(id, why, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.hash));
            for waiting in page.into_iter().filter(|p| wish.only.is_none_or(|only| only.contains(&p.hash))) {
                queue.look_at(vec![waiting.hash])?;
            }
        }
    }
    Ok(queue.taken)
}

struct Queue<'a> {
    w: &'a mut dyn Writes,
    doc: &'a mut HouseholdDoc,
    id: Uuid,
    unit: Option<&'a Area>,
    wish: &'a Wish<'a>,
    people: HashMap<String, Option<Person>>,
    /// which parked changes wait for a change, of those seen here
    waits: HashMap<Hash, Vec<Hash>>,
    taken: Vec<Taken>,
}

impl Queue<'_> {
    /// Admits changes if they can be, and then what waited for them.
    fn look_at(&mut self, mut next: Vec<Hash>) -> Result<()> {
        while let Some(hash) = next.pop() {
            let Some(waiting) = self.w.parked_change(self.id, &hash)? else { continue };
            if self.doc.has(&hash) {
                self.w.unpark(self.id, &hash)?;
                continue;
            }
            let deps = change_deps(&waiting.bytes).unwrap_or_default();
            if let Some(missing) = deps.into_iter().find(|d| !self.doc.has(d)) {
                self.waits.entry(missing).or_default().push(hash);
                self.w.set_waits(self.id, &hash, &missing)?;
                continue;
            }
            if let Some(taken) = self.admit(waiting)? {
                self.taken.push(taken);
                next.extend(self.unlocked_by(&hash)?);
            } else {
                // All that it rests on is here: nothing that comes can help it any more.
                self.w.set_waits(self.id, &hash, &hash)?;
            }
        }
        Ok(())
    }

    /// What may go in now that a change has: the latest first, as [`Self::look_at`] takes them from the end.
    fn unlocked_by(&mut self, hash: &Hash) -> Result<Vec<Hash>> {
        let mut unlocked = self.waits.remove(hash).unwrap_or_default();
        let wished = |h: &Hash| self.wish.only.is_none_or(|only| only.contains(h));
        let known = self.w.parked_waiting(self.id, Some(hash))?;
        unlocked.extend(known.into_iter().filter(|h| !unlocked.contains(h)).filter(wished).collect::<Vec<_>>());
        unlocked.reverse();
        Ok(unlocked)
    }

    fn admit(&mut self, waiting: Parked) -> Result<Option<Taken>> {
        let Some(person) = self.person(&waiting.device)? else { return Ok(None) };
        let proven: HashSet<Hash> = waiting.proven.then_some(waiting.hash).into_iter().collect();
        let bringer = Bringer { device: &waiting.device, person: &person, vouched: self.wish.vouched, proven: &proven };
        let mut judge = Judge::new(&*self.w, &bringer, self.wish.permits, self.unit.cloned());
        let outcome = match waiting.proven {
            true => self.doc.admit_many([&waiting.bytes], None, &mut |a| judge.judge(a)).pop(),
            false => self.doc.admit_new([&waiting.bytes], &mut |a| judge.judge(a)).pop(),
        };
        if let Some(e) = judge.failed.take() {
            return Err(e);
        }
        let Some(Ok(Admitted::New { actor, hash, .. })) = outcome else { return Ok(None) };
        let Ok(author) = judge.author(actor, &hash) else { return Ok(None) };
        let device = match &author {
            Author::Device { device, .. } => Some(device.clone()),
            Author::Import => None,
        };
        Ok(Some(Taken { hash, actor, bytes: waiting.bytes, device, carrier: Some(CARRIER.to_owned()) }))
    }

    /// The person of a device; what a revoked one has left behind only the operator releases.
    fn person(&mut self, device: &str) -> Result<Option<Person>> {
        if let Some(known) = self.people.get(device) {
            return Ok(known.clone());
        }
        let row = self.w.device(device)?.filter(|d| self.wish.vouched || d.revoked_at.is_none());
        let person = match row {
            Some(row) => self.w.person(&row.person)?.map(|p| p.person),
            None => None,
        };
        self.people.insert(device.to_owned(), person.clone());
        Ok(person)
    }
}
