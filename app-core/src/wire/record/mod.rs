//! Records: immutable, signed by the device that made them, ordered by the server (4-sync.md "Two kinds of data"): what must
//! not merge. What a kind means lies in its body; this envelope never changes, so that a record of a kind this version has
//! never heard of is verified, kept and passed on like any other.
//!
//! - A record is known by its [`Record::hash`]. It names the device by its public key, so it can be verified anywhere.
//! - *Who* made it is never a field of it: the server says so when it files the record ([`Filing`]), from the enrolled owner
//!   of the key, and signs that. Devices keep its word and give it back after a restore (`intake/records.rs`).
//! - Kinds: [`packs`] (a pack is proposed, published, withdrawn). A new kind is a file here, its rules in `approvals`.

pub mod packs;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::message::Hash;
use super::sign::{digest, holds, public_key, signature};
use crate::domain::Area;

const RECORD: &[u8] = b"ruhu-record-v1";
const FILED: &[u8] = b"ruhu-filed-v1";

/// Longest name of a kind, bytes.
pub const KIND_MAX: usize = 40;
/// Largest body, bytes.
pub const BODY_MAX: usize = 64 * 1024;
/// Most things a record says it rests on, and the bytes of each.
pub const ABOUT_MAX: usize = 64;
/// Longest of them, bytes.
pub const ABOUT_LEN: usize = 64;
/// Most records in one request.
pub const RECORDS_MAX: usize = 200;
/// The most bytes a stored record, or the server's word on one, may unfold to.
pub const STORED_MAX: usize = 256 << 10;
/// How deep a body may nest.
const MAX_NESTING: usize = 16;

/// One record, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 16 random bytes: two that say the same are two
    #[serde(rename = "n")]
    pub nonce: ByteBuf,
    /// e.g. `pack-proposed`
    #[serde(rename = "k")]
    pub kind: String,
    /// area code: the devices whose areas lie in it, or around it, may see it
    #[serde(rename = "a")]
    pub area: String,
    /// milliseconds since 1970, the device's clock
    #[serde(rename = "t")]
    pub at: i64,
    /// what it rests on: hashes of records, packs, changes; ids
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<ByteBuf>,
    /// CBOR, as the kind says
    #[serde(rename = "b")]
    pub body: ByteBuf,
    /// Ed25519 public key of the device
    #[serde(rename = "d")]
    pub key: ByteBuf,
    /// Ed25519 signature by that key over `"ruhu-record-v1" ‖ hash`
    #[serde(rename = "g")]
    pub sig: ByteBuf,
}

/// The server's signed word that it has filed a record, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// milliseconds since 1970, the server's clock; no two of a server are the same, so this is the order of records
    #[serde(rename = "t")]
    pub at: i64,
    /// the server's id of the person whose device it was; empty: the server's operator
    #[serde(rename = "p")]
    pub person: String,
    #[serde(rename = "n")]
    pub name: String,
    /// code of the title held then
    #[serde(rename = "i")]
    pub title: String,
    /// Ed25519 signature by the server over `"ruhu-filed-v1" ‖` SHA-256 of hash and all of the above (`sign::digest`)
    #[serde(rename = "g")]
    pub sig: ByteBuf,
}

/// A record on its way: down with the server's word; up without one, or, after a restore, with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    #[serde(rename = "r")]
    pub record: Record,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub filing: Option<Filing>,
}

/// A pushed record that is filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordAck {
    /// hash of the record
    #[serde(rename = "h")]
    pub record: ByteBuf,
    #[serde(rename = "f")]
    pub filing: Filing,
}

/// A pushed record that was not taken; the device keeps it with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRefusal {
    /// hash of the record
    #[serde(rename = "h")]
    pub record: ByteBuf,
    /// a code of `approvals::StepRefused`
    pub why: String,
    pub words: String,
}

impl Record {
    /// A record signed by a device's secret key.
    pub fn signed(
        nonce: [u8; 16],
        kind: &str,
        area: &Area,
        at: i64,
        about: &[&[u8]],
        body: Vec<u8>,
        secret: &[u8; 32],
    ) -> Self {
        let mut record = Self {
            nonce: ByteBuf::from(nonce),
            kind: kind.to_owned(),
            area: area.as_str().to_owned(),
            at,
            about: about.iter().map(|a| ByteBuf::from(*a)).collect(),
            body: ByteBuf::from(body),
            key: ByteBuf::from(public_key(secret)),
            sig: ByteBuf::new(),
        };
        record.sig = signature(secret, &record.message());
        record
    }

    /// What it is known by: SHA-256 over the tag and every field but the signature, each with its length before it.
    pub fn hash(&self) -> Hash {
        let at = self.at.to_be_bytes();
        let mut parts: Vec<&[u8]> =
            vec![RECORD, &self.nonce, self.kind.as_bytes(), self.area.as_bytes(), &at, &self.body, &self.key];
        parts.extend(self.about.iter().map(|a| a.as_slice()));
        digest(&parts)
    }

    fn message(&self) -> Vec<u8> {
        [RECORD, &self.hash()[..]].concat()
    }

    /// Whether it keeps the bounds and is signed by the key it names.
    pub fn verify(&self) -> bool {
        self.is_sound() && holds(&self.key, &self.message(), &self.sig)
    }

    fn is_sound(&self) -> bool {
        let kind = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        self.nonce.len() == 16
            && (1..=KIND_MAX).contains(&self.kind.len())
            && self.kind.bytes().all(kind)
            && self.area().is_some()
            && self.about.len() <= ABOUT_MAX
            && self.about.iter().all(|a| a.len() <= ABOUT_LEN)
            && self.body.len() <= BODY_MAX
    }

    /// Its area; `None` where it is not one of the four shapes.
    pub fn area(&self) -> Option<Area> {
        Area::parse(&self.area)
    }
}

impl Filing {
    /// Makes it the server's word on a record.
    pub fn sign(&mut self, record: &Hash, secret: &[u8; 32]) {
        self.sig = signature(secret, &self.message(record));
    }

    /// Whether it is the server's own word on this record.
    pub fn verify(&self, record: &Hash, server_key: &[u8]) -> bool {
        holds(server_key, &self.message(record), &self.sig)
    }

    fn message(&self, record: &Hash) -> Vec<u8> {
        let at = self.at.to_be_bytes();
        let parts: [&[u8]; 5] = [record, &at, self.person.as_bytes(), self.name.as_bytes(), self.title.as_bytes()];
        [FILED, &digest(&parts)[..]].concat()
    }
}

/// Whether a device with these areas may see a record of an area: one lies in the other.
pub fn meets(area: &Area, scope: &[Area]) -> bool {
    scope.iter().any(|s| s.contains(area) || area.contains(s))
}

/// A body as CBOR; `None` where it cannot be written (ours always can) or is too large.
pub fn to_body<T: Serialize>(body: &T) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    ciborium::into_writer(body, &mut out).ok()?;
    (out.len() <= BODY_MAX).then_some(out)
}

/// Reads a body; `None` where it is not of this kind. Fields of later versions are passed over.
pub fn from_body<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut rest = body;
    let read = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_NESTING).ok()?;
    rest.is_empty().then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let county = Area::parse("999999").unwrap();
        Record::signed([7; 16], "pack-proposed", &county, 1_684_200_000_000, &[&[1; 32]], vec![1], &[9; 32])
    }

    /// Alters one thing of a record.
    type Spoil = fn(&mut Record);

    #[test]
    fn a_record_verifies_as_it_was_signed_and_in_no_other_way() {
        assert!(record().verify());
        let spoils: [Spoil; 9] = [
            |r| r.nonce = ByteBuf::from([8; 16]),
            |r| r.kind = "pack-published".into(),
            |r| r.area = "999998".into(),
            |r| r.at += 1,
            |r| r.about.clear(),
            |r| r.body.push(0),
            |r| r.key = ByteBuf::from(public_key(&[8; 32])),
            |r| r.sig = ByteBuf::from([0; 64]),
            |r| {
                // What moves from one field into the next is something else.
                r.kind = "pack-propose".into();
                r.area = "d999999".into();
            },
        ];
        for (n, spoil) in spoils.into_iter().enumerate() {
            let mut spoilt = record();
            spoil(&mut spoilt);
            assert!(!spoilt.verify(), "{n}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_does_not_verify_even_when_it_is_signed() {
        let county = Area::parse("999999").unwrap();
        let sign = |kind: &str, about: usize, body: usize| {
            let about: Vec<&[u8]> = vec![&[1; 32]; about];
            Record::signed([7; 16], kind, &county, 0, &about, vec![0; body], &[9; 32])
        };
        assert!(sign("of-a-later-version", ABOUT_MAX, BODY_MAX).verify());
        for (kind, about, body) in [
            ("", 0, 0),
            ("Pack", 0, 0),
            (&"k".repeat(KIND_MAX + 1), 0, 0),
            ("k", ABOUT_MAX + 1, 0),
            ("k", 0, BODY_MAX + 1),
        ] {
            assert!(!sign(kind, about, body).verify(), "{kind} {about} {body}");
        }
    }

    #[test]
    fn the_servers_word_is_on_one_record_and_one_person() {
        let hash = record().hash();
        let mut word = Filing {
            at: 5,
            person: "p1".into(),
            name: "黄素兰".into(),
            title: "county_bureau".into(),
            sig: ByteBuf::new(),
        };
        word.sign(&hash, &[3; 32]);
        let key = public_key(&[3; 32]);
        assert!(word.verify(&hash, &key));
        assert!(!word.verify(&[0; 32], &key));
        assert!(!word.verify(&hash, &public_key(&[4; 32])));
        assert!(!Filing { person: "p2".into(), ..word.clone() }.verify(&hash, &key));
        assert!(!Filing { at: 6, ..word }.verify(&hash, &key));
    }

    #[test]
    fn a_record_is_for_the_areas_within_it_and_around_it() {
        let area = |code: &str| Area::parse(code).unwrap();
        let grid = [area("999999101203-04")];
        assert!(meets(&area("999999"), &grid) && meets(&area("999999101203-04"), &[area("999999")]));
        assert!(!meets(&area("999999101204"), &grid) && !meets(&area("999999"), &[]));
    }
}
