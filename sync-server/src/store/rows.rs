//! Rows as the server speaks of them. Times are seconds since 1970; hashes are SHA-256.

use app_core::domain::{Person, Title};
use uuid::Uuid;

/// A person and when name, title or scope last changed.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// the person, current areas only
    pub person: Person,
    /// log position of the last change
    pub changed_seq: u64,
}

/// A one-time ticket.
#[derive(Debug, Clone)]
pub struct TicketRow {
    /// whose ticket
    pub person: String,
    /// when it expires
    pub expires_at: i64,
    /// when and by which device it was used
    pub used: Option<(i64, String)>,
}

/// A ticket to keep.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// hash of the normalised code
    pub hash: [u8; 32],
    /// whose ticket
    pub person: String,
    /// when it was made
    pub created_at: i64,
    /// when it expires
    pub expires_at: i64,
}

/// An enrolled device.
#[derive(Debug, Clone)]
pub struct DeviceRow {
    /// the server's id of the device
    pub id: String,
    /// whose device
    pub person: String,
    /// what people call it
    pub name: String,
    /// Ed25519 public key
    pub key: Vec<u8>,
    /// when it was enrolled
    pub enrolled_at: i64,
    /// when it was last here (to ten minutes)
    pub seen_at: i64,
    /// the person's change of scope the device has heard of
    pub scope_seq: u64,
    /// since when it has heard of it
    pub heard_at: i64,
    /// when it was revoked
    pub revoked_at: Option<i64>,
}

/// A device to enrol.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// the server's id of the device
    pub id: String,
    /// whose device
    pub person: String,
    /// what people call it
    pub name: String,
    /// Ed25519 public key
    pub key: Vec<u8>,
    /// hash of its bearer token
    pub token_hash: [u8; 32],
    /// now
    pub at: i64,
    /// the person's change of scope the device is told with its enrolment
    pub scope_seq: u64,
}

/// Who writes under an actor id.
#[derive(Debug, Clone)]
pub struct ActorOwner {
    /// the device
    pub device: String,
    /// its name
    pub device_name: String,
    /// its Ed25519 public key
    pub device_key: Vec<u8>,
    /// the person's id
    pub person: String,
    /// the person's name
    pub person_name: String,
    /// the person's title
    pub title: Title,
}

/// A code and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRow {
    /// the code
    pub code: String,
    /// the name
    pub name: String,
}

/// A pack and its files as the wire answers them.
#[derive(Debug, Clone)]
pub struct PackRow {
    /// hash of the pack, hex
    pub hash: String,
    /// `pack.toml` id
    pub id: String,
    /// `pack.toml` version
    pub version: String,
    /// encoded [`app_core::wire::message::PackFiles`]
    pub files: Vec<u8>,
}

/// A pack without its files.
#[derive(Debug, Clone)]
pub struct PackLine {
    /// hash of the pack, hex
    pub hash: String,
    /// `pack.toml` id
    pub id: String,
    /// `pack.toml` version
    pub version: String,
    /// when it came here
    pub added_at: i64,
}

/// A record as stored.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// its place in the log
    pub seq: u64,
    /// its hash
    pub hash: [u8; 32],
    /// its kind
    pub kind: String,
    /// its area
    pub area: String,
    /// when it was first filed, milliseconds
    pub at: i64,
    /// whose it is; empty: the operator's
    pub person: String,
    /// the encoded [`app_core::wire::record::Record`]
    pub bytes: Vec<u8>,
    /// our word on it, encoded
    pub filing: Vec<u8>,
}

/// A record to file.
#[derive(Debug, Clone)]
pub struct NewRecord<'a> {
    /// its hash
    pub hash: &'a [u8; 32],
    /// its kind
    pub kind: &'a str,
    /// its area
    pub area: &'a str,
    /// when it was first filed, milliseconds
    pub at: i64,
    /// whose it is
    pub person: &'a str,
    /// the encoded record
    pub bytes: &'a [u8],
    /// our word on it, encoded
    pub filing: &'a [u8],
    /// now, seconds
    pub now: i64,
}

/// A household as stored.
#[derive(Debug, Clone)]
pub struct HouseholdRow {
    /// the household
    pub id: Uuid,
    /// its grid
    pub unit: String,
    /// heads of the document, ascending
    pub heads: Vec<[u8; 32]>,
    /// uncompressed snapshot
    pub snapshot: Vec<u8>,
}

/// Where a household is and what the server holds of it.
#[derive(Debug, Clone)]
pub struct Place {
    /// its grid
    pub unit: String,
    /// heads of the document, ascending
    pub heads: Vec<[u8; 32]>,
}

/// A change in the log.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// its hash
    pub hash: [u8; 32],
    /// the raw chunk
    pub bytes: Vec<u8>,
    /// its actor
    pub actor: Vec<u8>,
}

/// A change to append.
#[derive(Debug, Clone)]
pub struct Unsaved<'a> {
    /// the household
    pub household: Uuid,
    /// its grid now
    pub unit: &'a str,
    /// hash of the change
    pub hash: [u8; 32],
    /// the raw chunk
    pub bytes: &'a [u8],
    /// who wrote it
    pub actor: &'a [u8],
    /// the author's device; `None` for an import
    pub device: Option<&'a str>,
    /// the device that brought it, where that is another
    pub carrier: Option<&'a str>,
    /// the push it came in
    pub push: Option<i64>,
    /// now
    pub at: i64,
}

/// A push and its signature.
#[derive(Debug, Clone)]
pub struct PushRow<'a> {
    /// who pushed
    pub device: &'a str,
    /// now
    pub at: i64,
    /// the hashes of the changes, in order
    pub hashes: &'a [[u8; 32]],
    /// the signature
    pub sig: &'a [u8],
}

/// A refused change.
#[derive(Debug, Clone)]
pub struct Parked {
    /// the household it was meant for
    pub household: Uuid,
    /// its hash
    pub hash: [u8; 32],
    /// who pushed it
    pub device: String,
    /// code of `RefusedWhy`
    pub why: String,
    /// words for the author
    pub words: String,
    /// the grid given with a household founded on a phone
    pub unit: Option<String>,
    /// the change, whole
    pub bytes: Vec<u8>,
    /// under which actor it was written
    pub actor: Vec<u8>,
    /// the server has signed for it
    pub proven: bool,
    /// when it was parked
    pub at: i64,
}

/// Which parked changes to list, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct ParkedWish {
    /// of this device
    pub device: Option<String>,
    /// of this household
    pub household: Option<Uuid>,
    /// for this reason
    pub why: Option<String>,
    /// after this position
    pub after: Option<(i64, [u8; 32])>,
    /// at most so many
    pub limit: usize,
}

/// A parked change without its bytes.
#[derive(Debug, Clone)]
pub struct ParkedLine {
    /// the household it was meant for
    pub household: Uuid,
    /// its hash
    pub hash: [u8; 32],
    /// who pushed it
    pub device: String,
    /// code of `RefusedWhy`
    pub why: String,
    /// the grid given with a household founded on a phone
    pub unit: Option<String>,
    /// when it was parked
    pub at: i64,
    /// of the change, bytes
    pub size: u64,
}

/// What a row of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// a change of a household
    Change,
    /// a household arrives in the grid (`other` = where from; none = new)
    Arrive,
    /// a household leaves the grid (`other` = where to)
    Leave,
    /// a person's name, title or scope changed
    Person,
    /// an area was named
    Area,
    /// a record was filed
    Record,
}

/// A row of the log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// its position
    pub seq: u64,
    /// what it is
    pub kind: LogKind,
    /// the grid it is filed under
    pub unit: String,
    /// the household
    pub household: Option<Uuid>,
    /// the other grid of a move
    pub other: Option<String>,
    /// the raw chunk of a change
    pub bytes: Option<Vec<u8>>,
    /// the actor of a change
    pub actor: Option<Vec<u8>>,
    /// the author's device
    pub device: Option<String>,
    /// who brought it, where that is another
    pub carrier: Option<String>,
}

/// Positions in the log.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// position and size of each row, ascending
    pub rows: Vec<(u64, usize)>,
    /// everything up to here was looked at
    pub upto: u64,
}
