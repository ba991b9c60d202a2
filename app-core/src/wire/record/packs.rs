//! The records by which two people publish a pack (issue 3 "Change in mid-campaign"), and what follows from them, at both
//! ends alike. Hashes are 32 bytes; the rules are `approvals::may_step`.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{Filing, Record, from_body};
use crate::wire::message::Hash;

/// Somebody proposes a pack.
pub const PROPOSED: &str = "pack-proposed";
/// Somebody else puts it in force.
pub const PUBLISHED: &str = "pack-published";
/// A proposal is taken back, or turned down.
pub const WITHDRAWN: &str = "pack-withdrawn";
/// All of them.
pub const KINDS: [&str; 3] = [PROPOSED, PUBLISHED, WITHDRAWN];

/// Most lines of the difference that a proposal carries.
pub const SUMMARY_MAX: usize = 40;

/// Body of [`PROPOSED`]; rests on pack and base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackProposed {
    /// hash of the pack
    #[serde(rename = "p")]
    pub pack: ByteBuf,
    /// its id
    #[serde(rename = "i")]
    pub id: String,
    /// its version
    #[serde(rename = "v")]
    pub version: String,
    /// hash of the pack in force that it was compared with
    #[serde(rename = "b")]
    pub base: ByteBuf,
    /// why
    #[serde(rename = "n")]
    pub note: String,
    /// the first lines of the difference, Chinese and English
    #[serde(rename = "s", default)]
    pub summary: Vec<(String, String)>,
    /// how many more lines there are
    #[serde(rename = "m", default)]
    pub more: u32,
}

/// Body of [`PUBLISHED`]; rests on proposal and pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackPublished {
    /// hash of the proposal; empty: the server's operator put it in force without one, and the server signed
    #[serde(rename = "o")]
    pub proposal: ByteBuf,
    /// hash of the pack
    #[serde(rename = "p")]
    pub pack: ByteBuf,
    /// its id
    #[serde(rename = "i", default)]
    pub id: String,
    /// its version
    #[serde(rename = "v", default)]
    pub version: String,
}

/// Body of [`WITHDRAWN`]; rests on the proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackWithdrawn {
    /// hash of the proposal
    #[serde(rename = "o")]
    pub proposal: ByteBuf,
    /// why
    #[serde(rename = "n")]
    pub note: String,
}

/// A record about packs, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackRecord {
    Proposed(PackProposed),
    Published(PackPublished),
    Withdrawn(PackWithdrawn),
}

impl PackRecord {
    /// Reads a record of one of [`KINDS`]; `None` where the body is not of its kind.
    pub fn read(record: &Record) -> Option<Self> {
        let body = &record.body;
        match record.kind.as_str() {
            PROPOSED => {
                from_body(body).filter(|b: &PackProposed| b.pack.len() == 32 && b.base.len() == 32).map(Self::Proposed)
            }
            PUBLISHED => from_body(body)
                .filter(|b: &PackPublished| b.pack.len() == 32 && matches!(b.proposal.len(), 0 | 32))
                .map(Self::Published),
            WITHDRAWN => from_body(body).filter(|b: &PackWithdrawn| b.proposal.len() == 32).map(Self::Withdrawn),
            _ => None,
        }
    }

    /// The pack whose files it needs to be there.
    pub fn pack(&self) -> Option<&[u8]> {
        match self {
            Self::Proposed(b) => Some(&b.pack),
            Self::Published(b) => Some(&b.pack),
            Self::Withdrawn(_) => None,
        }
    }
}

/// How a proposal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// in force; else withdrawn
    pub published: bool,
    /// hash of the record that ended it
    pub record: Hash,
    /// milliseconds since 1970: the server's clock once it is filed
    pub at: i64,
    /// by whom, once it is filed
    pub filing: Option<Filing>,
    /// why, of a withdrawal
    pub note: String,
}

/// A proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// hash of its record
    pub id: Hash,
    pub made: PackProposed,
    /// milliseconds since 1970: the server's clock once it is filed
    pub at: i64,
    /// by whom, once it is filed
    pub filing: Option<Filing>,
    pub end: Option<End>,
}

/// The proposals that records of [`KINDS`] make, given in the order of filing: the first record that ends one counts.
pub fn proposals<'a>(records: impl IntoIterator<Item = (&'a Record, Option<&'a Filing>)>) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = Vec::new();
    for (record, filing) in records {
        let at = filing.map_or(record.at, |f| f.at);
        let filing = filing.cloned();
        let (proposal, end) = match PackRecord::read(record) {
            Some(PackRecord::Proposed(made)) => {
                all.push(Proposal { id: record.hash(), made, at, filing, end: None });
                continue;
            }
            Some(PackRecord::Published(b)) => {
                (b.proposal, End { published: true, record: record.hash(), at, filing, note: String::new() })
            }
            Some(PackRecord::Withdrawn(b)) => {
                (b.proposal, End { published: false, record: record.hash(), at, filing, note: b.note })
            }
            None => continue,
        };
        if let Some(open) = all.iter_mut().find(|p| p.id[..] == proposal[..] && p.end.is_none()) {
            open.end = Some(end);
        }
    }
    all
}
