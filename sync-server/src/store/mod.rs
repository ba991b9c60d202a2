//! The server's memory. Here live the rows ([`rows`]) and the verbs ([`Reads`], [`Writes`]) that the rest of the server
//! speaks; SQL lives in a store below ([`sqlite`]), so that another store can join and pass the same tests.
//! What may not live here: judgement, wire messages, HTTP.
//!
//! A read sees one consistent state. A write is one transaction: durable when [`Store::write`] returns.

pub mod opened;
pub mod people;
pub mod rows;
pub mod sqlite;

use app_core::domain::{Area, Person};
use uuid::Uuid;

use crate::error::Result;
use rows::{
    ActorOwner, AreaRow, ChangeRow, DeviceRow, HouseholdRow, LogRow, NewDevice, NewRecord, NewTicket, News, PackLine,
    PackRow, Parked, ParkedLine, ParkedWish, PersonRow, Place, PushRow, RecordRow, TicketRow, Unsaved,
};

/// A job that reads one consistent state.
pub type ReadJob<'a> = dyn FnMut(&dyn Reads) -> Result<()> + 'a;
/// A job that reads and writes in one transaction.
pub type WriteJob = Box<dyn FnOnce(&mut dyn Writes) -> Result<()> + Send>;

/// A store.
pub trait Store: Send + Sync {
    /// Runs the job on one consistent state.
    fn read(&self, job: &mut ReadJob<'_>) -> Result<()>;
    /// Runs the job in a transaction; when this returns `Ok`, it is durable. Jobs of several callers may share a commit.
    fn write(&self, job: WriteJob) -> Result<()>;
    /// Writes a consistent copy of everything while the server runs.
    fn backup(&self, to: &std::path::Path) -> Result<()>;
    /// The store's own findings about its files and its index of the log; empty when sound.
    fn integrity(&self) -> Result<Vec<String>>;
}

/// What can be asked.
pub trait Reads {
    /// A setting.
    fn setting(&self, key: &str) -> Result<Option<Vec<u8>>>;
    /// A pack by its hash, or by the beginning of it that a visit names (`PACK_NAME` digits or more).
    fn pack(&self, hash: &str) -> Result<Option<PackRow>>;
    /// Names of areas within or above any of `scope`.
    fn areas_around(&self, scope: &[Area]) -> Result<Vec<AreaRow>>;
    /// Every area.
    fn areas(&self) -> Result<Vec<AreaRow>>;
    /// A person by id.
    fn person(&self, id: &str) -> Result<Option<PersonRow>>;
    /// Every person.
    fn people(&self) -> Result<Vec<PersonRow>>;
    /// Former areas of a person that ended at `since` (seconds) or after.
    fn former_areas(&self, person: &str, since: i64) -> Result<Vec<Area>>;
    /// Grids that a household has left at a log position after `seq`, or at `late` (seconds) or after; never before `since`.
    fn left(&self, household: Uuid, seq: u64, late: i64, since: i64) -> Result<Vec<Area>>;
    /// A ticket by the hash of its code.
    fn ticket(&self, hash: &[u8]) -> Result<Option<TicketRow>>;
    /// A device by the hash of its token.
    fn device_by_token(&self, hash: &[u8]) -> Result<Option<DeviceRow>>;
    /// A device by id.
    fn device(&self, id: &str) -> Result<Option<DeviceRow>>;
    /// A device by its public key: a key is one device's.
    fn device_by_key(&self, key: &[u8]) -> Result<Option<DeviceRow>>;
    /// Every device.
    fn devices(&self) -> Result<Vec<DeviceRow>>;
    /// The actors of a device, newest first.
    fn actors_of(&self, device: &str) -> Result<Vec<[u8; 16]>>;
    /// The owner of an actor.
    fn owner(&self, actor: &[u8]) -> Result<Option<ActorOwner>>;
    /// A household.
    fn household(&self, id: Uuid) -> Result<Option<HouseholdRow>>;
    /// Grid and heads of a household.
    fn place(&self, id: Uuid) -> Result<Option<Place>>;
    /// Households of an area with an id above `after`, by id, at most `limit`; with the size of their snapshots.
    fn households_in(&self, area: &Area, after: Option<Uuid>, limit: usize) -> Result<Vec<(Uuid, String, usize)>>;
    /// How many households there are.
    fn count_households(&self) -> Result<u64>;
    /// Enrolled actors that wrote in a household.
    fn actors_in(&self, household: Uuid) -> Result<Vec<Vec<u8>>>;
    /// Whether a change of the household is in the log.
    fn has_change(&self, household: Uuid, hash: &[u8; 32]) -> Result<bool>;
    /// Whether a change of the household is parked.
    fn is_parked(&self, household: Uuid, hash: &[u8; 32]) -> Result<bool>;
    /// Parked changes of a household for one reason, by time of arrival, after a position (time and hash), at most `limit`.
    fn parked(&self, household: Uuid, why: &str, after: Option<(i64, [u8; 32])>, limit: usize) -> Result<Vec<Parked>>;
    /// One parked change.
    fn parked_change(&self, household: Uuid, hash: &[u8; 32]) -> Result<Option<Parked>>;
    /// Parked changes of a household, by time of arrival, that wait for a change; none: that nobody has looked at yet, or
    /// what they waited for has gone in since. Those refused for another reason than that are not among them.
    fn parked_waiting(&self, household: Uuid, on: Option<&[u8; 32]>) -> Result<Vec<[u8; 32]>>;
    /// Parked changes as a list.
    fn parked_lines(&self, wish: &ParkedWish) -> Result<Vec<ParkedLine>>;
    /// Households with parked changes of an actor.
    fn households_parked(&self, actor: &[u8; 16]) -> Result<Vec<Uuid>>;
    /// How many changes are parked of a device, and their bytes.
    fn parked_of(&self, device: &str) -> Result<(u64, u64)>;
    /// Bytes that a device has brought new on a day (`settings::day_of`).
    fn brought(&self, device: &str, day: i64) -> Result<u64>;
    /// Bytes of all parked changes.
    fn parked_bytes(&self) -> Result<u64>;
    /// Changes of a device that were parked and have gone in after all, since a position of the log.
    fn released(&self, device: &str, since: u64) -> Result<Vec<[u8; 32]>>;
    /// The one household whose id begins so; none when there are several.
    fn household_beginning(&self, beginning: &[u8]) -> Result<Option<Uuid>>;
    /// Every change of a household in the order of the log.
    fn changes_of(&self, household: Uuid) -> Result<Vec<ChangeRow>>;
    /// The last sequence number.
    fn last_seq(&self) -> Result<u64>;
    /// The mark of a row of the log, which hangs on all rows before it.
    fn mark(&self, seq: u64) -> Result<Option<Vec<u8>>>;
    /// Positions and sizes of the rows of `areas` after `since`, ascending; bounded by the store, which then says up to where it looked.
    fn news(&self, areas: &[Area], since: u64) -> Result<News>;
    /// A row of the log.
    fn log(&self, seq: u64) -> Result<Option<LogRow>>;
    /// A record by its hash.
    fn record(&self, hash: &[u8; 32]) -> Result<Option<RecordRow>>;
    /// The record at a place of the log.
    fn record_at(&self, seq: u64) -> Result<Option<RecordRow>>;
    /// Records of some kinds in the order in which they were first filed.
    fn records_of(&self, kinds: &[&str]) -> Result<Vec<RecordRow>>;
    /// Places and sizes of the records of an area of `scope`, within or around it, after `since`, ascending.
    fn record_places(&self, scope: &[Area], since: u64) -> Result<Vec<(u64, usize)>>;
    /// When the latest record was filed, milliseconds; 0 when there is none.
    fn latest_record(&self) -> Result<i64>;
    /// Every pack kept here, the oldest first.
    fn packs(&self) -> Result<Vec<PackLine>>;
    /// Whether an area within or above `scope` was named after `since`.
    fn named_since(&self, scope: &[Area], since: u64) -> Result<bool>;
}

/// What can be changed.
pub trait Writes: Reads {
    /// Sets a setting.
    fn set(&mut self, key: &str, value: &[u8]) -> Result<()>;
    /// Keeps a pack.
    fn put_pack(&mut self, pack: &PackRow, at: i64) -> Result<()>;
    /// Names an area; says whether that changed anything.
    fn put_area(&mut self, area: &Area, name: &str, at: i64) -> Result<bool>;
    /// Adds a person or changes name, title and scope.
    fn put_person(&mut self, person: &Person, at: i64) -> Result<()>;
    /// Notes that an area of a person's had ended by then; nothing where it is a present one. Says whether that was news.
    fn end_area(&mut self, person: &str, area: &Area, at: i64) -> Result<bool>;
    /// Keeps a ticket.
    fn put_ticket(&mut self, ticket: &NewTicket) -> Result<()>;
    /// Marks a ticket as used by a device.
    fn use_ticket(&mut self, hash: &[u8], device: &str, at: i64) -> Result<()>;
    /// Gives a device another token.
    fn renew_token(&mut self, device: &str, token_hash: &[u8]) -> Result<()>;
    /// Enrols a device.
    fn put_device(&mut self, device: &NewDevice) -> Result<()>;
    /// Notes that a device was here and which change of its person's scope it has heard of.
    fn seen(&mut self, device: &str, at: i64, scope_seq: u64) -> Result<()>;
    /// Counts bytes that a device has brought new on a day.
    fn add_brought(&mut self, device: &str, day: i64, bytes: u64) -> Result<()>;
    /// Revokes a device; says whether there was one to revoke.
    fn revoke(&mut self, device: &str, at: i64) -> Result<bool>;
    /// Registers an actor of a device; says whether the id was free (or the device's own already).
    fn put_actor(&mut self, actor: &[u8], device: &str, at: i64) -> Result<bool>;
    /// A new household arrives in a grid.
    fn found(&mut self, household: &HouseholdRow, device: Option<&str>, at: i64) -> Result<()>;
    /// Moves a household to another grid.
    fn move_household(&mut self, id: Uuid, to: &str, at: i64) -> Result<()>;
    /// Rewrites heads and snapshot of a household.
    fn save(&mut self, id: Uuid, heads: &[[u8; 32]], snapshot: &[u8]) -> Result<()>;
    /// Appends an accepted change to the log; what is parked and waited for it is to be looked at again.
    fn append(&mut self, change: &Unsaved<'_>) -> Result<u64>;
    /// Files a record; its place in the log.
    fn file_record(&mut self, record: &NewRecord<'_>) -> Result<u64>;
    /// Keeps the signature of a push; gives its id.
    fn put_push(&mut self, push: &PushRow<'_>) -> Result<i64>;
    /// Parks a refused change; one that is parked already gets the new reason, and is to be looked at again.
    fn park(&mut self, parked: &Parked) -> Result<()>;
    /// Notes for which change a parked one waits.
    fn set_waits(&mut self, household: Uuid, hash: &[u8; 32], on: &[u8; 32]) -> Result<()>;
    /// A parked change has been accepted after all.
    fn unpark(&mut self, household: Uuid, hash: &[u8; 32]) -> Result<()>;
    /// Notes an import.
    fn put_import(&mut self, sha256: &[u8], households: u64, founded: u64, at: i64) -> Result<()>;
}

/// Reads and gives back what the job found.
pub fn read<T>(store: &dyn Store, job: impl FnOnce(&dyn Reads) -> Result<T>) -> Result<T> {
    let mut job = Some(job);
    let mut found = None;
    store.read(&mut |r| {
        if let Some(job) = job.take() {
            found = Some(job(r)?);
        }
        Ok(())
    })?;
    found.ok_or_else(|| crate::error::Error::internal("读取没有执行。 The read did not run."))
}

/// Writes and gives back what the job made, once it is durable.
pub fn write<T: Send + 'static>(
    store: &dyn Store,
    job: impl FnOnce(&mut dyn Writes) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (tx, rx) = std::sync::mpsc::channel();
    store.write(Box::new(move |w| {
        // The receiver outlives the job; a closed channel only means that nobody waits any more.
        let _ = tx.send(job(w)?);
        Ok(())
    }))?;
    rx.try_recv().map_err(|e| crate::error::Error::internal("写入没有执行。 The write did not run.").because(e))
}
