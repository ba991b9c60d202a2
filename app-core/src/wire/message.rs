//! The messages, as CBOR maps with short named fields. Sizes are bounded by the framing, never by trust.
//!
//! | request | route | answer |
//! |---|---|---|
//! | [`EnrolRequest`] | `POST /v1/enrol` | [`EnrolAnswer`] |
//! | [`SyncRequest`] | `POST /v1/sync` | [`SyncAnswer`] |
//! | – | `GET /v1/pack/{hash}` | [`PackFiles`] |
//! | [`PackFiles`] | `POST /v1/pack` | [`PackRef`] |
//! | [`super::bundle::BundleRequest`] | `POST /v1/bundle` | [`super::bundle::BundleAnswer`] |
//!
//! Bodies: CBOR, then zstd (`framing`). `Authorization: Bearer <token>` on all but enrol.
//! A refusal of a whole request is an HTTP status with a [`Refusal`] body.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::record::{Carried, RecordAck, RecordRefusal};
use super::seal::AreaKey;
pub use crate::approvals::RefusedWhy;

/// 32 bytes: hash of an automerge change, or a head.
pub type Hash = [u8; 32];

/// A device presents a one-time ticket and its new keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// protocol version
    pub v: u32,
    /// the ticket's code as typed; case, blanks and hyphens do not matter
    pub code: String,
    /// Ed25519 public key made on the device
    pub key: ByteBuf,
    /// of the device's first actor (8 random bytes): the actor id is [`crate::wire::sign::actor_of`] key and nonce, so
    /// that nobody else can claim it
    pub nonce: ByteBuf,
    /// what people call the device
    pub device_name: String,
    /// Ed25519 signature by `key` over `"ruhu-enrol-v1" ‖ code (normalised) ‖ key ‖ nonce`
    pub sig: ByteBuf,
    /// in place of a ticket (`code` is empty): a device that this server enrolled and no longer knows (a restore)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

/// What an enrolled device is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolAnswer {
    pub device: String,
    /// bearer token, kept hashed on the server
    pub token: String,
    pub person: crate::domain::Person,
    /// Ed25519 public key with which the server signs receipts
    pub server_key: ByteBuf,
    pub server_name: String,
    pub epoch: String,
    pub pack: PackRef,
    pub areas: Vec<AreaName>,
    /// lets the device in again after a restore
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// of the person's areas: for what travels without a server (`wire::bundle`)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<AreaKey>,
}

/// The server's signed word about a device and its person. The device keeps it: the backup from which the server is
/// restored may have heard of neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// the server's id of the device
    #[serde(rename = "d")]
    pub device: String,
    /// what people call the device
    #[serde(rename = "n")]
    pub name: String,
    /// the device's Ed25519 public key
    #[serde(rename = "k")]
    pub key: ByteBuf,
    #[serde(rename = "p")]
    pub person: crate::domain::Person,
    /// when it was written, seconds since 1970 by the server's clock: an area that ended later is not given back by it;
    /// 0 in letters of the first days, which give back none that ever ended
    #[serde(rename = "t", default, skip_serializing_if = "undated")]
    pub at: i64,
    /// Ed25519 signature by the server over `"ruhu-letter-dated-v1" ‖` (`"ruhu-letter-v1"` where undated) SHA-256 of all of
    /// the above (`sign`)
    #[serde(rename = "g")]
    pub sig: ByteBuf,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn undated(at: &i64) -> bool {
    *at == 0
}

/// The fewest digits of its hash that name a pack: a visit and a round name so many.
pub const PACK_NAME: usize = 12;

/// The pack in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// SHA-256 of the pack's files (see `policy::pack`), hex
    pub hash: String,
    pub id: String,
    pub version: String,
}

/// A pack's files: path within the pack → bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PackFiles {
    pub files: std::collections::BTreeMap<String, ByteBuf>,
}

/// A code and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaName {
    pub code: String,
    pub name: String,
}

/// Where a device stands in the server's log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// the server's epoch; another one (a restore) sends the device back to comparing heads
    #[serde(rename = "e")]
    pub epoch: String,
    /// the last log sequence number applied
    #[serde(rename = "s")]
    pub seq: u64,
    /// the server's mark on that row of its log: shows it whether it still is the log this was read from
    #[serde(rename = "m", default, skip_serializing_if = "serde_bytes_empty")]
    pub mark: ByteBuf,
    /// scope codes whose households the device holds whole, as of `seq`
    #[serde(rename = "a", default)]
    pub areas: Vec<String>,
    /// a scope that is being fetched: code, and the last household id received of it
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub growing: Option<(String, Option<[u8; 16]>)>,
}

/// One round: what is new here, and where we stand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SyncRequest {
    pub v: u32,
    #[serde(rename = "c")]
    pub cursor: Cursor,
    /// new changes, oldest first within a household
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub push: Vec<Push>,
    /// one Ed25519 signature over `"ruhu-push-v1" ‖ SHA-256 of the change hashes in order`; empty when nothing is pushed
    #[serde(rename = "g", default, skip_serializing_if = "serde_bytes_empty")]
    pub sig: ByteBuf,
    /// nonces (8 bytes) of further actors this device writes with from now on (after a restore)
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<ByteBuf>,
    /// the first 12 hex digits of the hash of the pack the device runs (the rest would cost 25 bytes a round; a pack that
    /// is fetched is checked against its whole hash)
    #[serde(rename = "k", default, skip_serializing_if = "String::is_empty")]
    pub pack: String,
    /// the most bytes the device wants back (0 = the server's default of 256 KiB)
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    pub limit: u32,
    /// after a changed epoch: what the device holds, so that the server can say what it lacks
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// households whose file could not be read on the device: sent whole again, or to be forgotten
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub want: Vec<ByteBuf>,
    /// after a restore: receipts for what is brought of others, whose work the server takes back on its own word only
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
    /// with `held`: who the actors are by the server's own signed word, for a backup that had not heard of them
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub vouched: Vec<ActorName>,
    /// with `held`: the device's letter, for a backup made before its person was given another area
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// some of what waits was written before the device heard that its person's areas had changed; said until all of it is
    /// up, in however many rounds and days (absent: no)
    #[serde(rename = "b", default, skip_serializing_if = "is_false")]
    pub before: bool,
    /// records made here, or, after a restore, lost by the server and given back with its own word
    #[serde(rename = "j", default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Carried>,
    /// records are here up to this place of the log only (absent: as far as the cursor says)
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<u64>,
}

/// A receipt of the server, given back to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    /// milliseconds since 1970, the server's clock
    #[serde(rename = "t")]
    pub time: i64,
    /// what it covers (`wire::sign::held`)
    #[serde(rename = "k")]
    pub held: Vec<Ack>,
    /// the receipt
    #[serde(rename = "r")]
    pub sig: ByteBuf,
}

/// Changes of one household.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Push {
    /// 16 bytes, or the beginning of one that the server holds (`wire::lean`)
    #[serde(rename = "h")]
    pub household: ByteBuf,
    /// the grid of a household founded on this device; absent otherwise
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<String>,
    /// raw uncompressed automerge change chunks, or lean ones (`wire::lean`)
    #[serde(rename = "c")]
    pub changes: Vec<ByteBuf>,
}

/// What a device holds of a household.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    #[serde(rename = "h")]
    pub household: ByteBuf,
    pub heads: Vec<ByteBuf>,
}

/// The server's answer to a round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SyncAnswer {
    pub v: u32,
    #[serde(rename = "c")]
    pub cursor: Cursor,
    /// more is waiting: ask again with the new cursor
    #[serde(rename = "m", default, skip_serializing_if = "is_false")]
    pub more: bool,
    /// what was pushed and is now durable here (also when it was here before)
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub acks: Vec<Ack>,
    /// what was pushed and is parked
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// households new to the device, whole
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub whole: Vec<Whole>,
    /// changes to households the device holds
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Pulled>,
    /// households that left the device's scope
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<ByteBuf>,
    /// households whose changes the server lacks (after a restore): push all of them again
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<ByteBuf>,
    /// changes of this device that had been refused and have gone in after all (hashes)
    #[serde(rename = "y", default, skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<ByteBuf>,
    /// with `person`: the letter that says so
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// who the actors in `whole` and `changes` are
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<ActorName>,
    /// set when the device's pack is not the one in force
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackRef>,
    /// set when the person's name, title or scope changed since the device's cursor, and on a first round
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub person: Option<crate::domain::Person>,
    /// names of areas, with `person`
    #[serde(rename = "z", default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaName>,
    /// keys of the person's areas, with `person`
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<AreaKey>,
    /// records of the device's areas since its cursor
    #[serde(rename = "j", default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Carried>,
    /// there are more records: these go up to this place of the log only
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub records_to: Option<u64>,
    /// records that were pushed and are filed
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub filed: Vec<RecordAck>,
    /// records that were pushed and not taken
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub unfiled: Vec<RecordRefusal>,
    /// hashes of packs that a pushed record names and the server lacks: `POST /v1/pack`, then push the record again
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub packs_wanted: Vec<ByteBuf>,
    /// milliseconds since 1970, the server's clock
    #[serde(rename = "t")]
    pub time: i64,
    /// Ed25519 signature over `"ruhu-receipt-v1" ‖ time (8 bytes big-endian) ‖ SHA-256 over what the server holds of each
    /// household named in the answer` (`wire::sign::held`: household ‖ count ‖ hashes in order); empty when none is
    #[serde(rename = "r", default, skip_serializing_if = "serde_bytes_empty")]
    pub receipt: ByteBuf,
}

/// A household whose pushed changes are durable on the server, with the heads the server now holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ack {
    #[serde(rename = "h")]
    pub household: ByteBuf,
    /// in ascending order
    pub heads: Vec<ByteBuf>,
}

/// A change that was not taken, and why (words for its author).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    #[serde(rename = "h")]
    pub household: ByteBuf,
    pub change: ByteBuf,
    /// a code of [`RefusedWhy`]
    pub why: String,
    pub words: String,
}

/// A whole household file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Whole {
    #[serde(rename = "h")]
    pub household: ByteBuf,
    #[serde(rename = "g")]
    pub grid: String,
    /// automerge snapshot, uncompressed inside
    #[serde(rename = "d")]
    pub doc: ByteBuf,
}

/// Changes to one household, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pulled {
    #[serde(rename = "h")]
    pub household: ByteBuf,
    #[serde(rename = "c")]
    pub changes: Vec<ByteBuf>,
}

/// Who writes under an actor id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorName {
    #[serde(rename = "a")]
    pub actor: ByteBuf,
    #[serde(rename = "p")]
    pub person: String,
    #[serde(rename = "n")]
    pub name: String,
    #[serde(rename = "d")]
    pub device: String,
    /// makes it the server's signed word
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub warrant: Option<Warrant>,
}

/// What a restored server needs to know again whose an actor is, and its signature. Every device that holds work of the
/// actor holds this too: else that work could come back from nobody but the author's own phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warrant {
    /// the server's id of the device
    #[serde(rename = "i")]
    pub device: String,
    /// the device's Ed25519 public key
    #[serde(rename = "k")]
    pub key: ByteBuf,
    #[serde(rename = "t")]
    pub title: crate::domain::Title,
    /// Ed25519 signature by the server over `"ruhu-actor-v1" ‖` SHA-256 of all fields of the [`ActorName`] (`sign`)
    #[serde(rename = "g")]
    pub sig: ByteBuf,
}

/// The body of a refused request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refusal {
    /// `ticket_unknown`, `ticket_used`, `ticket_expired`, `attempts`, `device_revoked`, `token`, `version`, `too_large`,
    /// `malformed`, `busy`, `quota`, `permit`, `invalid`, `not_found`, `whole` (a lean change lacks what is not known here: push again, whole)
    pub why: String,
    /// words for the person, Chinese
    pub words: String,
}

fn serde_bytes_empty(b: &ByteBuf) -> bool {
    b.is_empty()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_false(b: &bool) -> bool {
    !*b
}
