//! Forms and policy at the desk: what runs, what is being tried, what that would change, and a form filled for trying.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `policy.running` → the pack in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PolicyView {
    pub id: String,
    pub title: String,
    pub region: String,
    pub version: String,
    /// the first 12 characters
    pub hash: String,
    pub valid_from: Option<String>,
    /// when this computer took it
    pub since: Option<String>,
    pub forms: Vec<PolicyForm>,
    pub rules: Vec<PolicyRule>,
    pub checks: Vec<PolicyRule>,
    pub params: Vec<PolicyParam>,
    /// answers that rules need and no form asks for
    pub warnings: Vec<FaultView>,
    /// the person here may upload and try
    pub may_upload: bool,
    /// the person here may propose and publish
    pub may_publish: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PolicyForm {
    pub slug: String,
    pub title: String,
    pub version: String,
    /// questions that a person sees
    pub questions: u32,
}

/// A rule or a check, its rows of the same id together.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PolicyRule {
    pub id: String,
    pub paragraph: String,
    /// what it says, without names and numbers
    pub words: String,
    /// risk, proposal, must, due, may, block, form, watch, problem
    pub kind: String,
    /// error, warning; checks only
    pub severity: Option<String>,
}

/// One value of one parameter over one period.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PolicyParam {
    pub key: String,
    pub label: String,
    /// empty = a slot that the county has not filled
    pub value: String,
    pub unit: String,
    pub from: Option<String>,
    pub to: Option<String>,
    /// nobody official has confirmed it
    pub provisional: bool,
    pub source: String,
    /// it is the one that counts today
    pub in_force: bool,
}

/// Something wrong in a workbook, where the person sees it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FaultView {
    /// of their workbook; empty = the whole file
    pub sheet: String,
    /// as a spreadsheet counts; 0 = the whole sheet
    pub row: u32,
    /// heading of the column; empty = the whole row
    pub column: String,
    pub words: String,
}

/// `policy.upload`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UploadRequest {
    /// of the file
    pub name: String,
    /// the .xlsx, base64; at most 8 MB of file
    pub content: String,
}

/// `policy.upload`, `policy.candidate` → the workbook that is being tried; it is in force nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CandidateView {
    pub name: String,
    pub at: String,
    /// who uploaded it
    pub person: String,
    /// title of the form, where the workbook held one form
    pub form: Option<String>,
    /// the forms it has; empty when it is faulty
    pub forms: Vec<PolicyForm>,
    pub version: String,
    /// the first 12 characters; empty when it is faulty
    pub hash: String,
    pub valid: bool,
    /// it is the pack in force
    pub same: bool,
    /// at most 200
    pub faults: Vec<FaultView>,
    pub warnings: Vec<FaultView>,
}

/// `policy.forms`: the forms of a version
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PackFormsRequest {
    /// `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
    #[ts(optional)]
    pub pack: Option<String>,
}

/// `policy.forms`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PackFormsView {
    pub version: String,
    pub forms: Vec<PolicyForm>,
}

/// `policy.export`
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ExportRequest {
    /// slug: this form alone, as an XLSForm; the whole pack when absent
    #[ts(optional)]
    pub form: Option<String>,
    /// `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
    #[ts(optional)]
    pub pack: Option<String>,
}

/// `policy.export` → a file to save.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FileView {
    pub name: String,
    /// base64
    pub content: String,
    pub media: String,
}

/// `policy.difference`
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DifferenceRequest {
    /// `running`, `candidate`, or the hash of a version whose files are here; absent = what is being tried
    #[ts(optional)]
    pub pack: Option<String>,
}

/// `policy.difference` → what the candidate changes, in words.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DifferenceView {
    pub total: u32,
    pub groups: Vec<DifferenceGroup>,
}

/// The changes in one form, or in one table of the pack.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DifferenceGroup {
    /// slug of a form, or `rules`, `checks`, `params`, `codes`, `other`
    pub id: String,
    pub title: String,
    pub lines: Vec<DifferenceLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DifferenceLine {
    /// added, removed, renamed, choice_added, choice_removed, logic, words, changed
    pub what: String,
    pub words: String,
}

/// `policy.what_if`
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct WhatIfRequest {
    /// `running`, `candidate`, or the hash of a version whose files are here; absent = what is being tried
    #[ts(optional)]
    pub pack: Option<String>,
    /// area code; everything held when absent
    #[ts(optional)]
    pub area: Option<String>,
}

/// `policy.what_if` → what the candidate would change over the register. Nothing is written; answers of people stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct WhatIfView {
    /// it was stopped and says nothing
    pub stopped: bool,
    /// households looked at
    pub households: u32,
    /// households that would change
    pub changed: u32,
    pub shifts: Vec<ShiftView>,
    /// the first 500
    pub rows: Vec<WhatIfHousehold>,
}

/// A rule or form and how many households would get or lose it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ShiftView {
    pub what: String,
    /// title of the form, or what the rule says
    pub words: String,
    pub gained: u32,
    pub lost: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WhatIfHousehold {
    pub household: super::HouseholdRow,
    /// by the new version only
    pub gained: Vec<String>,
    /// by the running version only
    pub lost: Vec<String>,
    /// answers of people against the system's, which stay
    pub overrides: u32,
}

/// `policy.progress` → how far the what-if is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct WorkView {
    pub running: bool,
    pub done: u32,
    pub total: u32,
}

/// `preview.open` → a `VisitView` whose id goes to the other `preview.*`, which answer as `visit.*` do and write nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PreviewRequest {
    /// slug
    pub form: String,
    /// `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
    #[ts(optional)]
    pub pack: Option<String>,
    /// a household held here; an invented one when absent
    #[ts(optional)]
    pub household: Option<String>,
    /// of the invented household; absent = one that this form is for
    #[ts(optional)]
    pub standing: Option<crate::domain::Standing>,
}
