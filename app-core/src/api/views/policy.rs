//! Publishing a pack by two people: what is proposed, what stands, what this person may do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `policy.proposals`, `policy.propose`, `policy.publish`, `policy.withdraw` → what stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ProposalsView {
    /// by the server's word; its files may still be on the way
    pub in_force: Option<PackView>,
    pub may_propose: bool,
    /// why not
    pub may_not_propose: Option<String>,
    /// the latest first
    pub proposals: Vec<ProposalView>,
    /// what was put in force, the latest first
    pub published: Vec<PublicationView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PackView {
    /// hex
    pub hash: String,
    pub id: String,
    pub version: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ProposalView {
    /// hex; what `policy.publish` and `policy.withdraw` take
    pub id: String,
    pub pack: PackView,
    /// hash of the pack that it was compared with
    pub base: String,
    /// why
    pub note: String,
    /// the first lines of the difference
    pub summary: Vec<String>,
    /// how many more lines there are
    pub more: u32,
    /// empty until the server has it: this person then
    pub proposed_by: String,
    pub proposed_by_title: String,
    pub proposed_at: String,
    pub state: ProposalStateView,
    pub state_words: String,
    /// who published or withdrew it; empty until the server has it
    pub decided_by: String,
    pub decided_at: Option<String>,
    /// why it was withdrawn
    pub decided_note: String,
    /// the decision is on this device only
    pub decision_waits: bool,
    /// why the server would not take it, or the latest decision about it
    pub refused: Option<String>,
    /// the pack's files are on this device: difference and what-if can be shown
    pub files_here: bool,
    pub may_publish: bool,
    /// why not: the button's hint
    pub may_not_publish: Option<String>,
    /// to withdraw one's own, or not to agree to another's
    pub may_withdraw: bool,
    /// the person here proposed it
    pub mine: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProposalStateView {
    /// on this device only
    Waiting,
    /// another person may publish it
    Open,
    Published,
    Withdrawn,
    /// another pack came in force since
    Stale,
    /// the server would not take it
    Refused,
}

/// A pack that was put in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PublicationView {
    pub pack: PackView,
    pub at: String,
    /// empty: the server's operator, without a second person
    pub by: String,
    /// empty where nobody proposed it
    pub proposed_by: String,
}

/// `policy.propose`: the candidate that was uploaded for trying; or a pack of this device by its hash (`pack`); or files.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ProposeRequest {
    /// hash (hex) of a pack whose files are on this device
    pub pack: Option<String>,
    /// path inside the pack → base64
    pub files: Option<BTreeMap<String, String>>,
    /// why
    pub note: String,
}

/// `policy.publish`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PublishRequest {
    /// id of the proposal
    pub proposal: String,
}

/// `policy.withdraw`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WithdrawRequest {
    /// id of the proposal
    pub proposal: String,
    /// why
    pub note: String,
}
