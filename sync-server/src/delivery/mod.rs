//! What a device has not heard yet: changes since its cursor, whole files of a scope that is new to it, *forget* for one
//! that left. A round costs what is new in the device's grids and nothing else.
//!
//! Here live [`answer`] (in order: compare after a restore, catch up, forget, grow) and its parts. Pure over
//! [`crate::store::Reads`]; what may not live here: judgement, writing, HTTP.
//!
//! The cursor says all: `seq` = the log is applied up to here for every area in `areas`; `growing` = of this area the
//! households up to that id are there too. Files sent whole carry the state of the same read, so nothing falls between.

mod catch_up;
mod compare;
mod grow;
mod records;
mod scope;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use app_core::domain::{Area, Person};
use app_core::wire::message::{ActorName, AreaName, Cursor, Held, Pulled, Whole};
use app_core::wire::record::Carried;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::error::Result;
use crate::store::Reads;
use crate::store::opened::sendable;
use crate::store::rows::PersonRow;

/// Who asks, and from where.
pub struct Asked<'a> {
    /// the device
    pub device: &'a str,
    /// its person
    pub person: &'a PersonRow,
    /// the areas whose households the person may read
    pub scope: Vec<Area>,
    /// where the device stands
    pub cursor: &'a Cursor,
    /// what it holds, after a changed epoch
    pub held: &'a [Held],
    /// files it could not read
    pub want: &'a [ByteBuf],
    /// households of which it has just brought something: it holds these, wherever they lie
    pub brought: Vec<Uuid>,
    /// the changes it has just pushed: these alone are not sent back. Other work of its own that lies after the cursor it
    /// does not know of: it was put back to an older copy of itself.
    pub pushed: HashSet<[u8; 32]>,
    /// records are there up to this place only
    pub records_from: Option<u64>,
    /// the records it has just pushed
    pub pushed_records: HashSet<[u8; 32]>,
    /// the server's epoch
    pub epoch: &'a str,
    /// the most bytes to send, before compression
    pub budget: usize,
}

/// What the device is told.
#[derive(Default)]
pub struct Delivery {
    /// where it stands then
    pub cursor: Cursor,
    /// there is more
    pub more: bool,
    /// households new to the device
    pub whole: Vec<Whole>,
    /// changes by household
    pub changes: Vec<Pulled>,
    /// households that left its scope
    pub forget: Vec<ByteBuf>,
    /// households of which it knows more than the server
    pub lacking: Vec<ByteBuf>,
    /// changes of the device that had been parked and have gone in after all
    pub released: Vec<ByteBuf>,
    /// records of its areas
    pub records: Vec<Carried>,
    /// there are more records: these go up to this place only
    pub records_to: Option<u64>,
    /// who wrote; yet to be signed
    pub actors: Vec<ActorName>,
    /// the person, when news
    pub person: Option<Person>,
    /// names of areas, when news
    pub areas: Vec<AreaName>,
}

/// What is gathered on the way.
struct Gathering<'a> {
    r: &'a dyn Reads,
    used: usize,
    budget: usize,
    whole: BTreeMap<Uuid, Whole>,
    changes: BTreeMap<Uuid, Vec<ByteBuf>>,
    forget: BTreeSet<Uuid>,
    actors: BTreeSet<Vec<u8>>,
    /// whether a household lies in the scope now, as far as it was asked
    readable: BTreeMap<Uuid, bool>,
}

impl Gathering<'_> {
    /// Whether a household lies in the scope now.
    fn may_read(&mut self, id: Uuid, scope: &[Area]) -> Result<bool> {
        if let Some(known) = self.readable.get(&id) {
            return Ok(*known);
        }
        let lies = self.r.place(id)?.is_some_and(|place| compare::lies_in(&place.unit, scope));
        self.readable.insert(id, lies);
        Ok(lies)
    }

    /// Whether so many more bytes still fit; the first thing always does, so that every round gets on.
    fn fits(&self, size: usize) -> bool {
        self.used == 0 || self.used.saturating_add(size) <= self.budget
    }

    fn take_whole(&mut self, id: Uuid) -> Result<()> {
        let Some(row) = self.r.household(id)? else { return Ok(()) };
        self.used = self.used.saturating_add(row.snapshot.len()).saturating_add(64);
        self.actors.extend(self.r.actors_in(id)?);
        self.changes.remove(&id);
        self.forget.remove(&id);
        let whole = Whole { household: bytes(id), grid: row.unit, doc: ByteBuf::from(row.snapshot) };
        self.whole.insert(id, whole);
        Ok(())
    }

    fn take_forget(&mut self, id: Uuid) {
        self.used = self.used.saturating_add(18);
        self.whole.remove(&id);
        self.changes.remove(&id);
        self.forget.insert(id);
    }

    fn named(&self) -> Result<Vec<ActorName>> {
        let mut names = Vec::new();
        for actor in &self.actors {
            if let Some(owner) = self.r.owner(actor)? {
                names.push(crate::letters::warrant(actor, owner));
            }
        }
        Ok(names)
    }
}

/// What the device has not heard yet.
pub fn answer(r: &dyn Reads, asked: &Asked<'_>) -> Result<Delivery> {
    let last = r.last_seq()?;
    let known = asked.cursor.epoch == asked.epoch && asked.cursor.seq <= last;
    let mut told =
        Delivery { cursor: Cursor { epoch: asked.epoch.to_owned(), ..Cursor::default() }, ..Delivery::default() };
    let seq = if known { asked.cursor.seq } else { 0 };
    tell_person(r, asked, seq, &mut told)?;
    if !known && asked.cursor.seq > 0 && asked.held.is_empty() {
        // Another epoch, or a server that knows less than it acknowledged: the device says next what it holds.
        told.more = true;
        return Ok(told);
    }
    let start = if known { asked.cursor.clone() } else { told.cursor.clone() };
    let from = asked.records_from.filter(|_| known).unwrap_or(start.seq).min(last);
    let used = records::records(r, asked, from, last, &mut told)?;
    let mut got = Gathering {
        r,
        used: 0,
        budget: asked.budget.saturating_sub(used),
        whole: BTreeMap::new(),
        changes: BTreeMap::new(),
        forget: BTreeSet::new(),
        actors: BTreeSet::new(),
        readable: BTreeMap::new(),
    };
    let equal = compare::compare(&mut got, asked, &mut told.lacking)?;
    let mut held = scope::Holding::new(&asked.scope, &start);
    let upto = catch_up::catch_up(&mut got, asked, &held, start.seq, last)?;
    told.cursor.seq = upto;
    if upto == last {
        grow::forget_lost(&mut got, &held, &asked.scope)?;
        grow::grow(&mut got, &mut held, &equal)?;
    }
    wanted(&mut got, asked)?;
    compare::forget_strangers(&mut got, asked)?;
    if upto < last {
        // The next request goes on from there, and not through the same records again.
        told.records_to = told.records_to.or(Some(last));
    }
    told.more = upto < last || !held.complete() || told.records_to.is_some();
    (told.cursor.areas, told.cursor.growing) =
        if upto < last { (start.areas, start.growing) } else { held.into_cursor() };
    told.released = r.released(asked.device, start.seq)?.into_iter().map(ByteBuf::from).collect();
    told.actors = got.named()?;
    told.whole = got.whole.into_values().collect();
    told.changes = got.changes.into_iter().map(|(id, changes)| Pulled { household: bytes(id), changes }).collect();
    told.forget = got.forget.into_iter().map(bytes).collect();
    Ok(told)
}

/// Files that the device could not read, whole, as far as the budget goes; *forget* for those that are not its any more.
fn wanted(got: &mut Gathering<'_>, asked: &Asked<'_>) -> Result<()> {
    for id in asked.want.iter().filter_map(|b| Uuid::from_slice(b).ok()) {
        match got.r.place(id)? {
            Some(place) if compare::lies_in(&place.unit, &asked.scope) => {
                if let Some((unit, snapshot)) = sendable(got.r, id)?
                    && got.fits(snapshot.len())
                {
                    got.take_whole(id)?;
                    let whole = Whole { household: bytes(id), grid: unit, doc: ByteBuf::from(snapshot) };
                    got.whole.insert(id, whole);
                }
            }
            _ => got.take_forget(id),
        }
    }
    Ok(())
}

fn tell_person(r: &dyn Reads, asked: &Asked<'_>, seq: u64, told: &mut Delivery) -> Result<()> {
    let changed = seq == 0 || asked.person.changed_seq > seq;
    if changed {
        told.person = Some(asked.person.person.clone());
    }
    if changed || r.named_since(&asked.person.person.scope, seq)? {
        told.areas = names(r, &asked.person.person.scope)?;
    }
    Ok(())
}

/// Names of the areas in and above a scope.
pub fn names(r: &dyn Reads, scope: &[Area]) -> Result<Vec<AreaName>> {
    Ok(r.areas_around(scope)?.into_iter().map(|a| AreaName { code: a.code, name: a.name }).collect())
}

fn bytes(id: Uuid) -> ByteBuf {
    ByteBuf::from(id.as_bytes().to_vec())
}
