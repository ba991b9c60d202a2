//! One round's changes, in one transaction: each is known already, goes in, or is parked whole with the reason.

use std::collections::HashSet;

use app_core::approvals::{Permits, RefusedWhy};
use app_core::document::{Actor, Admitted, Hash, HouseholdDoc, change_hash};
use app_core::domain::{Area, Person};
use app_core::wire::chunk::change_deps;
use app_core::wire::message::{Ack, Push, Refused};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::judge::{Author, Bringer, Judge};
use super::park::{Parking, Space};
use super::proof::Proofs;
use super::records::Filed;
use super::waiting::{CARRIER, Wish, admit_waiting};
use crate::error::{Error, Result, Why};
use crate::settings::{FORMER_AREA_GRACE, HEARD_GRACE};
use crate::store::Writes;
use crate::store::opened::{Opened, opened};
use crate::store::rows::{HouseholdRow, PushRow, Unsaved};

/// What a device brings.
pub struct Round<'a> {
    /// the device
    pub device: &'a str,
    /// its person, with the areas in which its work is still taken
    pub person: &'a Person,
    /// what each title may do
    pub permits: &'a Permits,
    /// the log position up to which the device has heard
    pub heard: u64,
    /// soon after a restore: a household unknown here may come back without its grid being named
    pub recovery: bool,
    /// what the server has signed for
    pub proofs: &'a Proofs,
    /// the changes, by household
    pub push: &'a [Push],
    /// hashes of all changes, in order
    pub hashes: &'a [Hash],
    /// the device's signature over them
    pub sig: &'a [u8],
    /// now
    pub now: i64,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// households of which something pushed is here now, with their heads
    pub acks: Vec<Ack>,
    /// what was parked
    pub refused: Vec<Refused>,
    /// households of which earlier changes are needed
    pub lacking: Vec<ByteBuf>,
    /// changes that are new here
    pub taken: u64,
    /// their bytes, what the server has signed for apart
    pub bytes: u64,
    /// what became of the records
    pub records: Filed,
}

/// Takes a round's changes.
pub fn take(w: &mut dyn Writes, round: &Round<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if round.hashes.is_empty() {
        return Ok(outcome);
    }
    let mut batch = Batch::default();
    for pushed in round.push {
        let id = Uuid::from_slice(&pushed.household)
            .map_err(|e| Error::new(Why::Malformed, "户编号有误，没有写入；本机内容都在。 A household id is malformed; nothing was written, everything here is safe.").because(e))?;
        let proven = HashSet::new();
        Household { w, round, batch: &mut batch, id, proven, outcome: &mut outcome }.take(pushed)?;
    }
    Ok(outcome)
}

/// What a round's households share.
#[derive(Default)]
struct Batch {
    /// the signed push, kept once something of it goes in
    push: Option<i64>,
    space: Space,
}

/// One household of a round.
pub(super) struct Household<'a> {
    pub(super) w: &'a mut dyn Writes,
    pub(super) round: &'a Round<'a>,
    batch: &'a mut Batch,
    pub(super) id: Uuid,
    /// changes of it that the server has signed for
    pub(super) proven: HashSet<Hash>,
    outcome: &'a mut Outcome,
}

/// A change that goes in.
pub(super) struct Taken {
    pub(super) hash: Hash,
    pub(super) actor: Actor,
    pub(super) bytes: Vec<u8>,
    /// the author's; none of an import
    pub(super) device: Option<String>,
    /// who brought it, where that is another
    pub(super) carrier: Option<String>,
}

impl Household<'_> {
    fn take(&mut self, pushed: &Push) -> Result<()> {
        let mut fresh: Vec<(Hash, &[u8])> = Vec::new();
        let mut known = false;
        for bytes in &pushed.changes {
            let hash = change_hash(bytes).ok_or_else(malformed)?;
            if self.w.has_change(self.id, &hash)? {
                known = true;
            } else {
                fresh.push((hash, bytes));
            }
        }
        self.proven = self.round.proofs.covers(self.id, &fresh);
        let there = self.w.household(self.id)?;
        let unit = match (&there, pushed.grid.as_deref().map(Area::parse)) {
            (Some(row), _) => Area::parse(&row.unit),
            (None, Some(Some(grid))) if grid.as_str().len() == 15 => Some(grid),
            (None, Some(_)) => return self.refuse_all(&fresh, RefusedWhy::Malformed, None),
            (None, None) => None,
        };
        if there.is_none() && unit.is_none() && !self.round.recovery {
            return self.unknown(&fresh);
        }
        if there.is_none() && !self.may_found(&fresh) {
            return self.refuse_all(&fresh, RefusedWhy::Author, pushed.grid.as_deref());
        }
        let mut doc = match &there {
            Some(row) => match opened(&*self.w, row)? {
                Opened::Sound(doc) => doc,
                Opened::Mended(doc) => {
                    self.w.save(self.id, &doc.heads(), &doc.snapshot())?;
                    doc
                }
                // Not the device's fault: it keeps what it brought and hears nothing of it; the others go in.
                Opened::Lost => return Ok(()),
            },
            None => HouseholdDoc::unfounded(self.id),
        };
        let lacking = self.outcome.lacking.len();
        let grid = pushed.grid.as_deref();
        // A lost household says itself where it lies, by what the server has signed for; the rest is judged by that.
        let (signed, new): (Vec<_>, Vec<_>) =
            fresh.into_iter().partition(|(hash, _)| there.is_none() && self.proven.contains(hash));
        let (mut taken, mut grafted) = self.admit(&mut doc, &signed, None, grid)?;
        let known_as = match &there {
            Some(_) => self.where_known(unit.as_ref())?,
            None => self.place(false, unit.clone(), &taken, &doc).or_else(|| unit.clone()),
        };
        let (more, known_too) = self.admit(&mut doc, &new, known_as, grid)?;
        taken.extend(more);
        grafted |= known_too;
        if !taken.is_empty() {
            let Some(unit) = self.place(there.is_some(), unit, &taken, &doc) else {
                let all: Vec<_> = signed.into_iter().chain(new).collect();
                return self.refuse_all(&all, RefusedWhy::Scope, grid);
            };
            let (permits, now) = (self.round.permits, self.round.now);
            let wish = Wish { permits, reasons: None, vouched: false, only: None, now };
            let came: Vec<Hash> = taken.iter().map(|t| t.hash).collect();
            taken.extend(admit_waiting(self.w, &mut doc, (self.id, Some(&unit)), &wish, &came)?);
            self.outcome.bytes = self.outcome.bytes.saturating_add(self.unsigned(&taken));
            let push = self.signed()?;
            let founder = there.is_none().then_some(self.round.device);
            self.outcome.taken += keep(self.w, &doc, founder, &unit, &taken, Some(push), self.round.now)?;
        }
        // While the device is asked for more of this household, nothing of it is called safe.
        let asked = self.outcome.lacking.len() > lacking;
        if !asked && (known || grafted || !taken.is_empty()) {
            let heads = doc.heads().into_iter().map(ByteBuf::from).collect();
            self.outcome.acks.push(Ack { household: bytes(self.id), heads });
        }
        Ok(())
    }

    /// The grid by which the device is judged: the household's, or one of its areas that the household has left without the
    /// device having heard of it, or only just (4-sync.md: accepted, attributed, never dropped).
    fn where_known(&self, unit: Option<&Area>) -> Result<Option<Area>> {
        let r = self.round;
        let Some(unit) = unit else { return Ok(None) };
        if r.person.reaches(unit) {
            return Ok(Some(unit.clone()));
        }
        let (late, since) = (r.now.saturating_sub(HEARD_GRACE), r.now.saturating_sub(FORMER_AREA_GRACE));
        let left = self.w.left(self.id, r.heard, late, since)?;
        Ok(Some(left.into_iter().find(|was| r.person.reaches(was)).unwrap_or_else(|| unit.clone())))
    }

    /// Bytes of what the device itself brings new: neither signed for before nor parked till now.
    fn unsigned(&self, taken: &[Taken]) -> u64 {
        let own = |t: &&Taken| t.carrier.as_deref() != Some(CARRIER) && !self.proven.contains(&t.hash);
        let sizes = taken.iter().filter(own).map(|t| u64::try_from(t.bytes.len()).unwrap_or(u64::MAX));
        sizes.fold(0, u64::saturating_add)
    }

    /// Whether this device may be the one that brings an unknown household. The ids of the register's households are made of
    /// numbers that many know: such a one is founded by the register, or comes back on the server's own word.
    fn may_found(&self, fresh: &[(Hash, &[u8])]) -> bool {
        let founds = |bytes: &[u8]| change_deps(bytes).is_some_and(|deps| deps.is_empty());
        self.id.get_version_num() == 4 || fresh.iter().all(|(h, bytes)| !founds(bytes) || self.proven.contains(h))
    }

    /// The push and its signature, kept with the first change of it that goes in: a push of which nothing is taken leaves
    /// nothing here but what is parked, and that is bounded.
    fn signed(&mut self) -> Result<i64> {
        if let Some(push) = self.batch.push {
            return Ok(push);
        }
        let r = self.round;
        let push = self.w.put_push(&PushRow { device: r.device, at: r.now, hashes: r.hashes, sig: r.sig })?;
        self.batch.push = Some(push);
        Ok(push)
    }

    /// A household nobody here knows, and no grid given: the device is asked for all of it.
    fn unknown(&mut self, fresh: &[(Hash, &[u8])]) -> Result<()> {
        let mut ask = match fresh.first() {
            Some((hash, _)) => !self.w.is_parked(self.id, hash)?,
            None => false,
        };
        let mut parked = Vec::new();
        for (hash, bytes) in fresh {
            let (here, words) = self.park(*hash, bytes, RefusedWhy::Dependency, None)?;
            // What finds no place could not be told from what was never asked for.
            ask &= here;
            parked.push((*hash, words));
        }
        if ask {
            self.outcome.lacking.push(bytes(self.id));
            return Ok(());
        }
        for (hash, words) in parked {
            self.tell_refused(hash, RefusedWhy::Dependency, words);
        }
        Ok(())
    }

    /// What came in, and whether some of it was here already or stands for what was pushed.
    fn admit(
        &mut self,
        doc: &mut HouseholdDoc,
        fresh: &[(Hash, &[u8])],
        unit: Option<Area>,
        grid: Option<&str>,
    ) -> Result<(Vec<Taken>, bool)> {
        let mut taken = Vec::new();
        let mut refused = Vec::new();
        {
            let (device, person) = (self.round.device, self.round.person);
            let bringer = Bringer { device, person, vouched: false, proven: &self.proven };
            let mut judge = Judge::new(&*self.w, &bringer, self.round.permits, unit.clone());
            // What was accepted once is taken whatever the file weighs; it rests on nothing that was not.
            let (signed, new): (Vec<_>, Vec<_>) =
                fresh.iter().copied().partition(|(hash, _)| self.proven.contains(hash));
            let mut outcomes = doc.admit_many(signed.iter().map(|(_, b)| *b), None, &mut |a| judge.judge(a));
            outcomes.extend(doc.admit_new(new.iter().map(|(_, b)| *b), &mut |a| judge.judge(a)));
            for ((hash, bytes), outcome) in signed.iter().chain(&new).zip(outcomes) {
                match outcome {
                    Ok(Admitted::New { actor, .. }) => match judge.author(actor, hash) {
                        Ok(author) => taken.push(taken_of(author, *hash, actor, bytes, device)),
                        // Every change has an operation, and so was judged: its author is known.
                        Err(_) => {
                            return Err(Error::internal(
                                "修改的作者不明，没有写入；本机内容都在。 A change has no author; nothing was written, everything here is safe.",
                            ));
                        }
                    },
                    Ok(Admitted::AlreadyHere { .. }) => {}
                    Err(r) => refused.push((*hash, *bytes, r.why)),
                }
            }
            if let Some(e) = judge.failed.take() {
                return Err(e);
            }
        }
        let before = refused.len();
        taken.extend(self.graft(doc, &mut refused, unit.as_ref())?);
        let known = refused.len() < before;
        self.answer_refused(&refused, grid)?;
        Ok((taken, known))
    }

    fn answer_refused(&mut self, refused: &[(Hash, &[u8], RefusedWhy)], grid: Option<&str>) -> Result<()> {
        let another_reason = refused.iter().any(|(_, _, why)| *why != RefusedWhy::Dependency);
        let mut ask = false;
        for (hash, bytes, why) in refused {
            // What rests on changes that never came is asked for once, and refused when asking did not help.
            let wait = *why == RefusedWhy::Dependency && !another_reason && !self.w.is_parked(self.id, hash)?;
            let (here, words) = self.park(*hash, bytes, *why, grid)?;
            if wait && here {
                ask = true;
            } else {
                self.tell_refused(*hash, *why, words);
            }
        }
        if ask {
            self.outcome.lacking.push(bytes(self.id));
        }
        Ok(())
    }

    /// The household's grid; a lost one that comes back says it itself. Outside the bringer's areas only such a one comes in
    /// whose founding the server has signed for, and its own word on where it lies counts before the bringer's.
    fn place(&self, there: bool, unit: Option<Area>, taken: &[Taken], doc: &HouseholdDoc) -> Option<Area> {
        let itself = || Area::parse(&doc.file().place.grid).filter(|a| a.as_str().len() == 15);
        if there {
            return unit;
        }
        if let Some(unit) = unit.clone().or_else(itself).filter(|u| self.round.person.reaches(u)) {
            return Some(unit);
        }
        let founds = |t: &&Taken| change_deps(&t.bytes).is_some_and(|deps| deps.is_empty());
        let mut foundings = taken.iter().filter(founds).peekable();
        let signed_for = foundings.peek().is_some() && foundings.all(|t| self.proven.contains(&t.hash));
        itself().or(unit).filter(|_| signed_for)
    }

    fn refuse_all(&mut self, fresh: &[(Hash, &[u8])], why: RefusedWhy, grid: Option<&str>) -> Result<()> {
        for (hash, bytes) in fresh {
            let (_, words) = self.park(*hash, bytes, why, grid)?;
            self.tell_refused(*hash, why, words);
        }
        Ok(())
    }

    /// Parks a change; whether it lies here now, and the words for its author.
    fn park(&mut self, hash: Hash, bytes: &[u8], why: RefusedWhy, grid: Option<&str>) -> Result<(bool, String)> {
        let change = Parking { household: self.id, hash, bytes, why, grid, proven: &self.proven };
        self.batch.space.park(self.w, self.round.device, &change, self.round.now)
    }

    fn tell_refused(&mut self, hash: Hash, why: RefusedWhy, words: String) {
        self.outcome.refused.push(Refused {
            household: bytes(self.id),
            change: ByteBuf::from(hash),
            why: why.code().to_owned(),
            words,
        });
    }
}

pub(super) fn taken_of(author: Author, hash: Hash, actor: Actor, bytes: &[u8], bringer: &str) -> Taken {
    let device = match author {
        Author::Device { device, .. } => Some(device),
        Author::Import => None,
    };
    let carrier = (device.as_deref() != Some(bringer)).then(|| bringer.to_owned());
    Taken { hash, actor, bytes: bytes.to_vec(), device, carrier }
}

/// Writes file and log; how many changes. `founder`: who brings a household that is new here.
pub(super) fn keep(
    w: &mut dyn Writes,
    doc: &HouseholdDoc,
    founder: Option<&str>,
    unit: &Area,
    taken: &[Taken],
    push: Option<i64>,
    now: i64,
) -> Result<u64> {
    let (household, heads, snapshot) = (doc.id(), doc.heads(), doc.snapshot());
    let unit = unit.as_str();
    match founder {
        Some(device) => {
            let row = HouseholdRow { id: household, unit: unit.to_owned(), heads, snapshot };
            w.found(&row, Some(device), now)?;
        }
        None => w.save(household, &heads, &snapshot)?,
    }
    for change in taken {
        w.append(&Unsaved {
            household,
            unit,
            hash: change.hash,
            bytes: &change.bytes,
            actor: &change.actor,
            device: change.device.as_deref(),
            carrier: change.carrier.as_deref(),
            push: push.filter(|_| change.carrier.as_deref() != Some(CARRIER)),
            at: now,
        })?;
        w.unpark(household, &change.hash)?;
    }
    Ok(u64::try_from(taken.len()).unwrap_or_default())
}

fn malformed() -> Error {
    Error::new(
        Why::Malformed,
        "收到的数据有误，没有写入；本机内容都在。 A change is malformed; nothing was written, everything here is safe.",
    )
}

fn bytes(id: Uuid) -> ByteBuf {
    ByteBuf::from(id.as_bytes().to_vec())
}
