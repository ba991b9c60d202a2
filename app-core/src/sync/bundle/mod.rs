//! What travels without a server, made and taken in (`wire/bundle.rs`). Another device's changes are judged here by the same code
//! as on the server, under the person that the server's letter names; what is taken in goes to the server in its author's own
//! signed parcel, never under this device's name.
//!
//! [`out`]: what leaves. [`take`]: what comes in, and what the server made of it.

pub mod out;
pub mod take;

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use crate::domain::id::HouseholdId;
use crate::error::Error;

/// What a bundle holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// households with work of this device
    pub households: u32,
    /// open visits
    pub drafts: u32,
    /// other people's parcels that go with it
    pub parcels: u32,
    /// envelopes that are not for this device and go on as they came
    pub closed: u32,
}

/// What came in with a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// names of those whose work came
    pub people: BTreeSet<String>,
    /// changes that are new here
    pub changes: u32,
    /// households in which something is new
    pub households: u32,
    /// households of which something waits for what is not here yet
    pub waits: u32,
    /// changes that their author may not make; left to the server
    pub refused: u32,
    /// open visits of this person's other phone, taken up
    pub drafts: u32,
    /// envelopes that are not for this device: carried to the server
    pub closed: u32,
    /// envelopes that were here before
    pub known: u32,
    /// envelopes or parcels that are damaged or forged: not used
    pub spoilt: u32,
}

impl Imported {
    /// Counts another envelope's part in.
    pub fn add(&mut self, part: Self) {
        self.closed = self.closed.saturating_add(part.closed);
        self.known = self.known.saturating_add(part.known);
        self.join(part);
    }

    fn join(&mut self, part: Self) {
        self.people.extend(part.people);
        self.changes = self.changes.saturating_add(part.changes);
        self.households = self.households.saturating_add(part.households);
        self.waits = self.waits.saturating_add(part.waits);
        self.refused = self.refused.saturating_add(part.refused);
        self.drafts = self.drafts.saturating_add(part.drafts);
        self.spoilt = self.spoilt.saturating_add(part.spoilt);
    }
}

fn bytes_of(id: HouseholdId) -> ByteBuf {
    ByteBuf::from(id.as_bytes().as_slice())
}

fn to_sync_first() -> Error {
    Error::invalid(
        "本机还没有本网格的密钥，暂时不能带出数据；请先到有网络的地方同步一次。 This phone has no key of its grid yet: sync once where there is signal, then take data along.",
    )
}
