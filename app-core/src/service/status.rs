//! Where everything is: what waits here, what the server has, what it would not take.

use super::App;
use crate::domain::Person;
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::storage::change::RefusedChange;
use crate::storage::journal::OpenVisit;
use crate::storage::round::{Round, Unproven};

/// The most households listed on the sync page.
const LISTED: u32 = 200;

/// The state of one device.
#[derive(Debug, Clone)]
pub struct Status {
    pub person: Person,
    pub server: String,
    pub server_name: String,
    pub households: u32,
    /// households with changes that are only on this device
    pub waiting: Vec<HouseholdId>,
    pub waiting_changes: u32,
    pub refused: Vec<RefusedChange>,
    pub drafts: Vec<OpenVisit>,
    pub last_round: Option<Round>,
    /// the latest that went through
    pub last_good_round: Option<Round>,
    /// why the latest failed
    pub trouble: Option<String>,
    pub conflicts: u32,
    /// when the server last signed for something of this device (its clock, milliseconds since 1970)
    pub last_signed_ms: Option<i64>,
    /// households of which it has not signed for all that is here, and the first of them
    pub unproven: u32,
    pub unproven_first: Vec<Unproven>,
    /// hash of the pack in force, if it is here
    pub pack: Option<String>,
    /// signed records that the server has not got
    pub waiting_records: u32,
    /// signed records that it would not take
    pub refused_records: u32,
}

impl App {
    /// The state of this device.
    pub fn status(&self) -> Result<Status> {
        let (identity, person) = (self.identity()?, self.person()?);
        self.read(|tx| {
            let (unproven, unproven_first) = tx.unproven(LISTED)?;
            let (waiting_records, refused_records) = tx.record_counts()?;
            Ok(Status {
                waiting_records,
                refused_records,
                person,
                server: identity.server.clone(),
                server_name: identity.server_name.clone(),
                households: tx.household_count()?,
                waiting: tx.waiting()?,
                waiting_changes: tx.pending_count(None)?,
                refused: tx.refused()?,
                drafts: tx.open_visits(None)?,
                last_round: tx.last_round(false)?,
                last_good_round: tx.last_round(true)?,
                trouble: tx.trouble()?,
                conflicts: tx.in_conflict()?,
                last_signed_ms: tx.last_receipt()?,
                unproven,
                unproven_first,
                pack: tx.pack_held()?,
            })
        })
    }
}
