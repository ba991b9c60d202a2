//! A bundle: what devices have written, sealed, on its way without a server (4-sync.md): a file on a card, a film of QR codes,
//! two phones on one hotspot. Anyone may carry one; colleagues of the area open and merge it; the server takes it from whoever
//! brings it, as if its author had come.
//!
//! - A **parcel** is what one device says: its letter (the server's word on whose it is), a signed push of its own changes as in
//!   a round, its records, the drafts of its open visits, and what it holds of others' work. Signed by the device.
//! - An **envelope** is one or more parcels, sealed (`seal`): the sender's own, and those it had opened before.
//! - A bundle is a list of envelopes: those the sender could not open go on as they are.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::message::{Hash, Held, Letter, Refused, SyncRequest};
use super::seal::Sealed;
use super::sign::{digest, holds, signature};
use crate::error::{Error, Result};

/// The first bytes of a bundle's file: what it is, and the version of this layout.
pub const MAGIC: &[u8; 8] = b"RUHUBDL1";
/// The largest bundle, bytes.
pub const BUNDLE_MAX: usize = 16 << 20;
/// The most envelopes in one bundle.
pub const ENVELOPES_MAX: usize = 64;
/// The most parcels in one envelope.
pub const PARCELS_MAX: usize = 64;
/// The most bytes of changes and drafts in one parcel; an envelope of several holds no more than twice that, so that it fits
/// into one request.
pub const PARCEL_MAX: usize = 1 << 20;
/// The most changes in one parcel: the server takes no more in one push.
pub const CHANGES_MAX: usize = 4_000;
/// The most open visits in one parcel.
pub const DRAFTS_MAX: usize = 500;
/// The most households of which a parcel says that they are held.
pub const HELD_MAX: usize = 20_000;
/// The most an envelope may unfold to.
pub const UNFOLDED_MAX: usize = 32 << 20;

const PARCEL: &[u8] = b"ruhu-parcel-v1";
const MAX_NESTING: usize = 32;

/// What one device says, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// CBOR of [`ParcelBody`]: exactly the bytes that were signed
    #[serde(rename = "b")]
    pub body: ByteBuf,
    /// Ed25519 signature by the key of the letter over `"ruhu-parcel-v1" ‖` SHA-256 of the body
    #[serde(rename = "g")]
    pub sig: ByteBuf,
}

/// What a parcel says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ParcelBody {
    /// protocol version
    #[serde(rename = "v")]
    pub v: u32,
    /// the server's word on whose device this is
    #[serde(rename = "l")]
    pub letter: Letter,
    /// milliseconds since 1970, the device's clock
    #[serde(rename = "t")]
    pub at: i64,
    /// its own changes, signed as in a round; the nonces of all its actors; its records
    #[serde(rename = "r")]
    pub round: SyncRequest,
    /// its open visits, as far as they have been typed
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<Draft>,
    /// what it holds of households in which others have written
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
}

/// An open visit: a row of the journal and its entries (`storage/journal.rs`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    #[serde(rename = "i")]
    pub visit: String,
    #[serde(rename = "h")]
    pub household: ByteBuf,
    #[serde(rename = "f")]
    pub form: String,
    #[serde(rename = "fv")]
    pub form_version: String,
    #[serde(rename = "k")]
    pub pack: String,
    #[serde(rename = "o")]
    pub opened_at: i64,
    #[serde(rename = "t")]
    pub touched_at: i64,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub privacy_at: Option<i64>,
    /// JSON
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    pub more: String,
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<DraftEntry>,
}

/// One entry of an open visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftEntry {
    #[serde(rename = "p")]
    pub path: String,
    /// JSON
    #[serde(rename = "v")]
    pub value: String,
    /// `answer`, `override`, `retired`, `instance`
    #[serde(rename = "k")]
    pub kind: String,
    #[serde(rename = "t")]
    pub at: i64,
}

/// `POST /v1/bundle`: an envelope that a device carried.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleRequest {
    /// protocol version
    #[serde(rename = "v")]
    pub v: u32,
    #[serde(rename = "s")]
    pub sealed: Sealed,
    /// when it came to the carrier, milliseconds since 1970 by the carrier's clock
    #[serde(rename = "t")]
    pub came_at: i64,
}

/// What became of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BundleAnswer {
    /// the server could open it: what it said is durable here, or parked with a reason for its author
    #[serde(rename = "o", default)]
    pub opened: bool,
    /// changes that are new to the server
    #[serde(rename = "n", default)]
    pub taken: u64,
    /// changes that it parked: they leave the carrier's files too
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
}

impl Parcel {
    /// What a device says, signed by its secret key.
    pub fn signed(body: &ParcelBody, secret: &[u8; 32]) -> Result<Self> {
        let bytes = cbor(body)?;
        let sig = signature(secret, &message(&bytes));
        Ok(Self { body: ByteBuf::from(bytes), sig })
    }

    /// What it says, if the signature is that of the letter's key. Whether the letter is the server's word is for the caller.
    pub fn read(&self) -> Option<ParcelBody> {
        let body: ParcelBody =
            ciborium::de::from_reader_with_recursion_limit(self.body.as_slice(), MAX_NESTING).ok()?;
        holds(&body.letter.key, &message(&self.body), &self.sig).then_some(body)
    }
}

impl ParcelBody {
    /// Whether it keeps within the bounds of one: a changed program could name a household ten thousand times to no purpose,
    /// and each time costs a look at its file.
    pub fn is_bounded(&self) -> bool {
        let changes: usize = self.round.push.iter().map(|p| p.changes.len()).sum();
        let mut named: Vec<&[u8]> = self.round.push.iter().map(|p| p.household.as_slice()).collect();
        named.sort_unstable();
        named.dedup();
        changes <= CHANGES_MAX
            && named.len() == self.round.push.len()
            && self.round.push.iter().all(|p| !p.changes.is_empty())
            && self.drafts.len() <= DRAFTS_MAX
            && self.held.len() <= HELD_MAX
    }
}

fn message(body: &[u8]) -> Vec<u8> {
    [PARCEL, &digest(&[body])[..]].concat()
}

/// The envelope's hash, by which a carrier and the server know it.
pub fn envelope_hash(sealed: &Sealed) -> Hash {
    digest(&[&sealed.nonce, &sealed.body])
}

/// A bundle as a file.
pub fn pack(envelopes: &[Sealed]) -> Result<Vec<u8>> {
    let mut out = MAGIC.to_vec();
    out.extend(cbor(&envelopes)?);
    Ok(out)
}

/// The envelopes of a file.
pub fn unpack(file: &[u8]) -> Result<Vec<Sealed>> {
    if file.len() > BUNDLE_MAX {
        return Err(not_a_bundle());
    }
    let Some(mut rest) = file.strip_prefix(MAGIC.as_slice()) else { return Err(not_a_bundle()) };
    let envelopes: Vec<Sealed> = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_NESTING)
        .map_err(|e| not_a_bundle().because(e.to_string()))?;
    if !rest.is_empty() || envelopes.len() > ENVELOPES_MAX {
        return Err(not_a_bundle());
    }
    Ok(envelopes)
}

fn not_a_bundle() -> Error {
    Error::invalid(
        "这不是入户数据包，或文件不完整，没有采用；本机内容都在。 This is no Ruhu bundle, or the file is torn; nothing was used, everything here is safe.",
    )
}

/// The parcels of an opened envelope.
pub fn parcels(opened: &[u8]) -> Result<Vec<Parcel>> {
    let mut parcels: Vec<Parcel> = super::decode(opened, UNFOLDED_MAX)?;
    parcels.truncate(PARCELS_MAX);
    Ok(parcels)
}

fn cbor<T: Serialize>(what: &T) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(what, &mut bytes).map_err(|e| {
        Error::internal("数据包无法写出，没有写出。 The bundle could not be made; nothing was written.")
            .because(e.to_string())
    })?;
    Ok(bytes)
}
