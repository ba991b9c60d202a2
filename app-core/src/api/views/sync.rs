//! Where the answers are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::HouseholdRow;

/// `sync.status`, `sync.now` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncView {
    pub server: String,
    /// what its operator calls it
    pub server_name: String,
    pub last_synced: Option<String>,
    pub households_held: u32,
    /// households with changes that are only on this device
    pub waiting: Vec<HouseholdRow>,
    pub waiting_changes: u32,
    pub drafts: u32,
    /// changes the server would not take, with the reason
    pub refused: Vec<RefusedView>,
    pub last_round: Option<RoundView>,
    /// set when the last try failed: what happened, what is safe
    pub trouble: Option<String>,
    /// a receipt covers every finished visit
    pub all_safe: bool,
    pub receipts: ReceiptsView,
}

/// What the server has signed for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReceiptsView {
    /// when it last signed for something of this device, by its own clock
    pub last_signed: Option<String>,
    /// households of which it has signed for everything held here
    pub proven: u32,
    /// the others
    pub unproven: u32,
    /// the first of them (at most 200), in the order of lists
    pub rows: Vec<UnprovenView>,
}

/// A household of which the server has not signed for everything, and why.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UnprovenView {
    pub household: HouseholdRow,
    pub why: String,
}

/// What a round does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    Idle,
    /// the ticket is shown to the server
    Enrolling,
    /// forms and rules are fetched
    Pack,
    /// changes go up, household files come down
    Exchanging,
    /// what came is put in order here
    Filing,
}

/// `sync.progress`, `sync.cancel` → where a round (or an enrolment) under way stands. Counts are from its beginning.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncProgressView {
    /// something is under way
    pub running: bool,
    pub phase: SyncPhase,
    pub requests: u32,
    pub bytes_up: u32,
    /// with what has come of the answer under way
    pub bytes_down: u32,
    /// household files that came and are kept
    pub households: u32,
    pub changes_down: u32,
    /// own changes signed for, of those that waited at the beginning
    pub changes_up: u32,
    pub changes_waiting: u32,
    /// asked to stop: it ends before the next request
    pub stopping: bool,
    /// it can be asked to stop
    pub can_stop: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RefusedView {
    pub household: String,
    pub head_name: String,
    pub reason: String,
    pub at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RoundView {
    pub at: String,
    pub round_trips: u32,
    pub bytes_up: u32,
    pub bytes_down: u32,
    pub changes_up: u32,
    pub changes_down: u32,
    pub households_new: u32,
    pub households_forgotten: u32,
}
