//! One round's changes, in one transaction: each is known already, goes in, or is parked whole with the reason.

use app_core::approvals::{Permits, RefusedWhy};
use app_core::document::{Actor, Admitted, Hash, HouseholdDoc, change_hash};
use app_core::domain::{Area, Person};
use app_core::wire::message::{Ack, Push, Refused};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::judge::{Author, Bringer, Judge};
use crate::error::{Error, Result, Why};
use crate::store::Writes;
use crate::store::rows::{HouseholdRow, Parked, PushRow, Unsaved};

/// What a device brings.
pub struct Round<'a> {
    /// the device
    pub device: &'a str,
    /// its person, with the areas in which its work is still taken
    pub person: &'a Person,
    /// what each title may do
    pub permits: &'a Permits,
    /// soon after a restore
    pub recovery: bool,
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
}

/// Takes a round's changes.
pub fn take(w: &mut dyn Writes, round: &Round<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if round.hashes.is_empty() {
        return Ok(outcome);
    }
    let push = w.put_push(&PushRow { device: round.device, at: round.now, hashes: round.hashes, sig: round.sig })?;
    for pushed in round.push {
        let id = Uuid::from_slice(&pushed.household)
            .map_err(|e| Error::new(Why::Malformed, "户编号有误，没有写入；本机内容都在。 A household id is malformed; nothing was written, everything here is safe.").because(e))?;
        Household { w, round, push: Some(push), id, outcome: &mut outcome }.take(pushed)?;
    }
    Ok(outcome)
}

/// How many households with parked changes are looked at when actors become known.
const RETRIED_AT_ONCE: usize = 1_000;

/// After a restore: colleagues may have brought a device's work before it had told its newer actors. Now they are known.
pub fn take_parked(w: &mut dyn Writes, round: &Round<'_>) -> Result<u64> {
    let mut outcome = Outcome::default();
    let waiting = w.households_parked(RefusedWhy::Author.code(), RETRIED_AT_ONCE)?;
    if waiting.is_empty() {
        return Ok(0);
    }
    for id in waiting {
        let Some(row) = w.household(id)? else { continue };
        let Some(unit) = Area::parse(&row.unit) else { continue };
        let mut doc = HouseholdDoc::load(&row.snapshot)
            .map_err(|e| Error::internal("服务器上的一份档案损坏，没有写入；本机内容都在，请告知管理员。 A file on the server is damaged; nothing was written, everything here is safe. Tell the administrator.").because(e))?;
        let mut household = Household { w: &mut *w, round, push: None, id, outcome: &mut outcome };
        let taken = household.awaited(&mut doc, &unit)?;
        if !taken.is_empty() {
            household.keep(&doc, false, &unit, &taken)?;
        }
    }
    Ok(outcome.taken)
}

/// One household of a round.
pub(super) struct Household<'a> {
    pub(super) w: &'a mut dyn Writes,
    pub(super) round: &'a Round<'a>,
    /// the signed push it came with; none for what was parked
    push: Option<i64>,
    pub(super) id: Uuid,
    outcome: &'a mut Outcome,
}

/// A change that goes in.
pub(super) struct Taken {
    pub(super) hash: Hash,
    pub(super) actor: Actor,
    pub(super) bytes: Vec<u8>,
    pub(super) author: Author,
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
        let mut doc = match &there {
            // Ours is damaged: not the device's fault, which keeps what it brought.
            Some(row) => HouseholdDoc::load(&row.snapshot)
                .map_err(|e| Error::internal("服务器上的一份档案损坏，没有写入；本机内容都在，请告知管理员。 A file on the server is damaged; nothing was written, everything here is safe. Tell the administrator.").because(e))?,
            None => HouseholdDoc::unfounded(self.id),
        };
        let bringer = Bringer { device: self.round.device, person: self.round.person, recovery: self.round.recovery };
        let lacking = self.outcome.lacking.len();
        let (mut taken, grafted) = self.admit(&mut doc, &fresh, &bringer, unit.clone(), pushed.grid.as_deref())?;
        if !taken.is_empty() {
            let Some(unit) = self.place(there.is_some(), unit, &doc)? else {
                return self.refuse_all(&fresh, RefusedWhy::Scope, pushed.grid.as_deref());
            };
            taken.extend(self.awaited(&mut doc, &unit)?);
            self.keep(&doc, there.is_none(), &unit, &taken)?;
        }
        // While the device is asked for more of this household, nothing of it is called safe.
        let asked = self.outcome.lacking.len() > lacking;
        if !asked && (known || grafted || !taken.is_empty()) {
            let heads = doc.heads().into_iter().map(ByteBuf::from).collect();
            self.outcome.acks.push(Ack { household: bytes(self.id), heads });
        }
        Ok(())
    }

    /// A household nobody here knows, and no grid given: the device is asked for all of it.
    fn unknown(&mut self, fresh: &[(Hash, &[u8])]) -> Result<()> {
        let asked_before = match fresh.first() {
            Some((hash, _)) => self.w.is_parked(self.id, hash)?,
            None => true,
        };
        for (hash, bytes) in fresh {
            self.park(*hash, bytes, RefusedWhy::Dependency, None)?;
            if asked_before {
                self.tell_refused(*hash, RefusedWhy::Dependency);
            }
        }
        if !asked_before {
            self.outcome.lacking.push(bytes(self.id));
        }
        Ok(())
    }

    /// What came in, and whether some of it was here already or stands for what was pushed.
    fn admit(
        &mut self,
        doc: &mut HouseholdDoc,
        fresh: &[(Hash, &[u8])],
        bringer: &Bringer<'_>,
        unit: Option<Area>,
        grid: Option<&str>,
    ) -> Result<(Vec<Taken>, bool)> {
        let mut taken = Vec::new();
        let mut refused = Vec::new();
        {
            let mut judge = Judge::new(&*self.w, bringer, self.round.permits, unit.clone());
            let outcomes = doc.admit_many(fresh.iter().map(|(_, b)| *b), None, &mut |a| judge.judge(a));
            for ((hash, bytes), outcome) in fresh.iter().zip(outcomes) {
                match outcome {
                    Ok(Admitted::New { actor, .. }) => match judge.author(actor) {
                        Ok(author) => taken.push(Taken {
                            hash: *hash,
                            actor,
                            bytes: bytes.to_vec(),
                            carrier: carrier(&author, bringer.device),
                            author,
                        }),
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
        taken.extend(self.graft(doc, &mut refused, bringer, unit.as_ref())?);
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
            self.park(*hash, bytes, *why, grid)?;
            if wait {
                ask = true;
            } else {
                self.tell_refused(*hash, *why);
            }
        }
        if ask {
            self.outcome.lacking.push(bytes(self.id));
        }
        Ok(())
    }

    /// The household's grid; a lost one that comes back says it itself.
    fn place(&self, there: bool, unit: Option<Area>, doc: &HouseholdDoc) -> Result<Option<Area>> {
        let unit = match unit {
            Some(unit) => Some(unit),
            None => Area::parse(&doc.file().place.grid).filter(|a| a.as_str().len() == 15),
        };
        Ok(unit.filter(|u| there || self.round.person.reaches(u)))
    }

    /// Changes that waited for the ones that came now, brought by whomever.
    fn awaited(&mut self, doc: &mut HouseholdDoc, unit: &Area) -> Result<Vec<Taken>> {
        let mut taken = Vec::new();
        // By time of arrival, which is not the order in which they rest on each other: again, as long as one gets in.
        let mut left = self.w.parked(self.id, RefusedWhy::Dependency.code())?;
        left.extend(self.w.parked(self.id, RefusedWhy::Author.code())?);
        loop {
            let before = left.len();
            let mut still = Vec::new();
            for waiting in left {
                match self.admit_parked(doc, unit, &waiting)? {
                    Some(change) => taken.push(change),
                    None => still.push(waiting),
                }
            }
            if still.is_empty() || still.len() == before {
                return Ok(taken);
            }
            left = still;
        }
    }

    fn admit_parked(&self, doc: &mut HouseholdDoc, unit: &Area, waiting: &Parked) -> Result<Option<Taken>> {
        let Some(person) = self.person_of(&waiting.device)? else { return Ok(None) };
        let bringer = Bringer { device: &waiting.device, person: &person, recovery: self.round.recovery };
        let mut judge = Judge::new(&*self.w, &bringer, self.round.permits, Some(unit.clone()));
        let outcome = doc.admit(&waiting.bytes, None, &mut |a| judge.judge(a));
        if let Some(e) = judge.failed.take() {
            return Err(e);
        }
        let Ok(Admitted::New { actor, .. }) = outcome else { return Ok(None) };
        let Ok(author) = judge.author(actor) else { return Ok(None) };
        // Brought by the server itself, so that its author hears of it too.
        let carrier = Some("parked".to_owned());
        Ok(Some(Taken { hash: waiting.hash, actor, bytes: waiting.bytes.clone(), author, carrier }))
    }

    fn person_of(&self, device: &str) -> Result<Option<Person>> {
        let Some(row) = self.w.device(device)?.filter(|d| d.revoked_at.is_none()) else { return Ok(None) };
        Ok(self.w.person(&row.person)?.map(|p| p.person))
    }

    fn keep(&mut self, doc: &HouseholdDoc, new: bool, unit: &Area, taken: &[Taken]) -> Result<()> {
        let (heads, snapshot) = (doc.heads(), doc.snapshot());
        if new {
            let row = HouseholdRow { id: self.id, unit: unit.as_str().to_owned(), heads, snapshot };
            self.w.found(&row, Some(self.round.device), self.round.now)?;
        } else {
            self.w.save(self.id, &heads, &snapshot)?;
        }
        for change in taken {
            let device = match &change.author {
                Author::Device { device, .. } => Some(device.as_str()),
                Author::Import => None,
            };
            self.w.append(&Unsaved {
                household: self.id,
                unit: unit.as_str(),
                hash: change.hash,
                bytes: &change.bytes,
                actor: &change.actor,
                device,
                carrier: change.carrier.as_deref(),
                push: self.push,
                at: self.round.now,
            })?;
            self.w.unpark(self.id, &change.hash)?;
            self.outcome.taken += 1;
        }
        Ok(())
    }

    fn refuse_all(&mut self, fresh: &[(Hash, &[u8])], why: RefusedWhy, grid: Option<&str>) -> Result<()> {
        for (hash, bytes) in fresh {
            self.park(*hash, bytes, why, grid)?;
            self.tell_refused(*hash, why);
        }
        Ok(())
    }

    fn park(&mut self, hash: Hash, bytes: &[u8], why: RefusedWhy, grid: Option<&str>) -> Result<()> {
        let parked = Parked {
            household: self.id,
            hash,
            device: self.round.device.to_owned(),
            why: why.code().to_owned(),
            words: why.words().to_owned(),
            unit: grid.map(str::to_owned),
            bytes: bytes.to_vec(),
        };
        self.w.park(&parked, self.round.now)
    }

    fn tell_refused(&mut self, hash: Hash, why: RefusedWhy) {
        self.outcome.refused.push(Refused {
            household: bytes(self.id),
            change: ByteBuf::from(hash),
            why: why.code().to_owned(),
            words: why.words().to_owned(),
        });
    }
}

pub(super) fn carrier(author: &Author, device: &str) -> Option<String> {
    match author {
        Author::Device { device: own, .. } if own == device => None,
        Author::Device { .. } | Author::Import => Some(device.to_owned()),
    }
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
