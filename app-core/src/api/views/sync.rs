//! Where the answers are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::HouseholdRow;

/// `sync.status`, `sync.now` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncView {
    pub server: String,
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
