//! What two people said differently: cards to decide by one tap.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a card is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// one field, several values
    Field,
    /// one person stands on the roster twice
    SamePerson,
    TwoHeads,
    /// taken off the roster by one, worked on by another who had not seen that
    EditedRemoved,
    /// one person stands on the rosters of several households
    Elsewhere,
    /// two files were made for one household
    TwoFiles,
}

/// A card: both sides, who, when, how they knew, what is suggested.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConflictView {
    /// its name within the household, for `conflict.settle`
    pub id: String,
    pub household: String,
    pub head_name: String,
    pub hamlet: String,
    pub kind: ConflictKind,
    /// of a field: its path; else empty
    pub path: String,
    /// what it is about
    pub label: String,
    /// what to do
    pub hint: String,
    pub values: Vec<ConflictValue>,
    /// why one of them is suggested; empty when none is
    pub suggestion: String,
    /// this person may decide it
    pub may: bool,
    /// who may, when this person may not
    pub who_may: String,
    /// goes back with the decision: what was seen
    pub mark: String,
}

/// One way to decide.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConflictValue {
    /// for `conflict.settle`
    pub key: String,
    /// masked where it identifies a person, but so far shown that the values can be told apart
    pub value: String,
    /// the one shown until someone decides
    pub shown: bool,
    pub suggested: bool,
    pub by: Vec<WroteView>,
}

/// Who said so.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WroteView {
    pub who: String,
    pub at: String,
    /// 入户访问, 电话 …; empty when it did not come with a visit
    pub how: String,
    /// a warning about the clock, or empty
    pub clock: String,
}

/// `conflicts.list`
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ConflictsRequest {
    /// area code prefix
    pub area: Option<String>,
}

/// `conflicts.list` → everything that waits for a decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConflictsView {
    /// households with something to decide
    pub households: u32,
    /// of the first 200 of them
    pub cards: Vec<ConflictView>,
}

/// `conflict.settle`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SettleRequest {
    pub household: String,
    pub id: String,
    /// key of a choice
    pub choice: String,
    /// the card's mark as it was shown
    pub mark: String,
}
