//! One household: facts, members, history, conflicts, and its corrections.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChoiceView, ConflictView, Control, HouseholdRow, VisitRow};

/// `household.view`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdRequest {
    pub id: String,
}

/// `household.at`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdAtRequest {
    pub id: String,
    /// ISO day: as known at its end, in China
    pub on: String,
}

/// `household.at` → the household as it was known at the end of a day, by the clocks of those who wrote. Read-only.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdAtView {
    pub on: String,
    /// the days on which something was written, ascending
    pub days: Vec<String>,
    /// there was a file by then; else nothing was known
    pub founded: bool,
    pub facts: Vec<FactView>,
    pub members: Vec<MemberView>,
    pub measures: Vec<FactView>,
    pub visits: Vec<VisitRow>,
    /// written after that day, newest first (of the latest 200 changes)
    pub since: Vec<HistoryView>,
}

/// `household.view`, and the answer of every correction.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdView {
    pub row: HouseholdRow,
    pub address: String,
    /// label → value, with the path of the fact; masked where personal
    pub facts: Vec<FactView>,
    pub members: Vec<MemberView>,
    pub visits: Vec<VisitRow>,
    pub measures: Vec<FactView>,
    /// the forms due now, in order, with why
    pub forms_due: Vec<FormDue>,
    pub findings: Vec<FindingView>,
    pub history: Vec<HistoryView>,
    /// what waits for a person's decision
    pub conflicts: Vec<ConflictView>,
    /// what is computed here hangs on something that is not decided: 暂定
    pub provisional: bool,
    /// head of each household whose file was merged into this one, with its id
    pub merged_from: Vec<(String, String)>,
    /// head of the household into whose file this one was merged, and its id: this one is closed
    pub merged_into: Option<(String, String)>,
    pub safety: SafetyView,
    /// hash of the file's content
    pub digest: String,
    /// edits are permitted
    pub editable: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FactView {
    pub path: String,
    pub label: String,
    pub value: String,
    pub masked: bool,
    pub conflict: bool,
    /// editable in place: the control to use
    pub control: Option<Control>,
    pub choices: Vec<ChoiceView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MemberView {
    pub id: String,
    pub name: String,
    pub relation: String,
    pub age: Option<u32>,
    pub sex: String,
    pub id_number_masked: String,
    /// living, education or schooling, health, work … as label/value
    pub facts: Vec<FactView>,
    pub removed: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FormDue {
    pub slug: String,
    pub title: String,
    pub why: String,
    pub done: bool,
    /// may be filled, nobody asks for it
    pub optional: bool,
    /// open draft of this form on this device
    pub draft: Option<String>,
}

/// A finding of the rules, explaining itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FindingView {
    pub rule: String,
    pub paragraph: String,
    pub words: String,
    /// name and value of each number that made it true
    pub numbers: Vec<(String, String)>,
    /// info, warning, error
    pub severity: String,
    /// question names or fact paths it points at
    pub fields: Vec<String>,
    /// hangs on something that two people said differently and nobody has decided: 暂定
    pub provisional: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HistoryView {
    pub at: String,
    pub who: String,
    pub device: String,
    /// 登记导入, 入户排查, 更正 …
    pub what: String,
    /// label, before, after
    pub changes: Vec<(String, String, String)>,
}

/// Where the household's answers are safe.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SafetyView {
    pub on_this_device: bool,
    pub on_server: bool,
    /// when the server confirmed
    pub confirmed_at: Option<String>,
    pub words: String,
}

/// `household.set_fact`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SetFactRequest {
    pub household: String,
    pub path: String,
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: serde_json::Value,
}

/// `member.add`: facts by their name (`name`, `id_number`, `relation`, `living` …), as the register knows them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddMemberRequest {
    pub household: String,
    #[ts(type = "Record<string, string | number | boolean | string[] | null>")]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

/// `member.remove`: how the person left (code of list `living`: dead, moved_out, reduced), or empty when the entry
/// itself was a mistake (a tombstone stays either way).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RemoveMemberRequest {
    pub household: String,
    pub member: String,
    #[serde(default)]
    #[ts(optional)]
    pub living: Option<String>,
}

/// What of a person may be shown in full, once, with a row in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Revealed {
    IdNumber,
    Phone,
}

/// `reveal`: the ID number of a member, or the phone of the household (`member` empty).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RevealRequest {
    pub household: String,
    #[serde(default)]
    #[ts(optional)]
    pub member: Option<String>,
    pub what: Revealed,
}

/// `reveal` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RevealView {
    pub value: String,
}

/// `household.add`: a household that is on no list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddHouseholdRequest {
    pub head_name: String,
    pub head_id_number: String,
    pub grid: String,
    pub hamlet: String,
    pub phone: String,
}
