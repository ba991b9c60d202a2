//! The supervisor's first page, areas, errors.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ListProgress, PhaseView};

/// `overview.view`
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct OverviewRequest {
    /// area code; the whole scope when absent
    #[ts(optional)]
    pub area: Option<String>,
}

/// `overview.view` → the supervisor's first page, by village (or by grid within a village).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OverviewView {
    pub area: String,
    pub area_name: String,
    pub as_of: String,
    pub phases: Vec<PhaseView>,
    pub totals: AreaProgress,
    pub areas: Vec<AreaProgress>,
    pub lists: Vec<ListProgress>,
    /// risk kinds found this campaign: code, label, households
    pub risk_kinds: Vec<Count>,
    pub suggestions: Vec<Count>,
    pub outcomes: Vec<Count>,
    /// visits finished per day: date, visits
    pub by_day: Vec<Count>,
    pub leaflets: Vec<Count>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AreaProgress {
    pub code: String,
    pub name: String,
    pub households: u32,
    pub people: u32,
    pub done: u32,
    pub partly: u32,
    pub attempted: u32,
    pub left: u32,
    pub at_risk: u32,
    pub to_enrol: u32,
    pub last_visit: Option<String>,
    /// of the field work: by when, and what is left; absent where the pack names no day
    pub deadline: Option<DeadlineView>,
}

/// A phase of the campaign for one area: by when, and how much is left there.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DeadlineView {
    /// name of the phase
    pub phase: String,
    /// ISO date
    pub to: String,
    /// from today; negative when past
    pub days_left: i32,
    /// households not finished
    pub left: u32,
    pub state: DeadlineState,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// nothing is left
    Done,
    Ahead,
    /// three days or fewer
    Near,
    Over,
}

/// `overview.clusters` → where to look first. Takes a walk over every household: asked for apart from the page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ClustersView {
    pub clusters: Vec<ClusterView>,
    /// how it is reckoned, in words
    pub explained: String,
    /// data cleaning by area: households with errors, and the phase's day
    pub cleaning: Vec<AreaDeadline>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AreaDeadline {
    pub code: String,
    pub deadline: DeadlineView,
}

/// An area where one kind of risk or one check stands out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ClusterView {
    pub area: String,
    pub area_name: String,
    /// code of the risk kind, where it is about one
    pub risk: Option<String>,
    /// id of the check, where it is about one
    pub check: Option<String>,
    pub label: String,
    /// how many here and elsewhere
    pub words: String,
    pub households: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Count {
    pub code: String,
    pub label: String,
    pub count: u32,
}

/// `problems.view`: the checks over everything held.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ProblemsRequest {
    /// area code; everything held when absent
    #[ts(optional)]
    pub area: Option<String>,
    /// id of a check
    #[ts(optional)]
    pub check: Option<String>,
    /// error, warning
    #[ts(optional)]
    pub severity: Option<String>,
    pub offset: u32,
    /// 0 = 50; most 200
    pub limit: u32,
}

/// `problems.view` → the households with something to correct.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ProblemsView {
    /// households looked at
    pub households: u32,
    /// households that match
    pub total: u32,
    /// most households first
    pub checks: Vec<CheckCount>,
    /// in the order of codes
    pub villages: Vec<VillageProblems>,
    pub rows: Vec<ProblemHousehold>,
}

/// A check and how many households it speaks about.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckCount {
    pub check: String,
    /// what it says, without the names
    pub words: String,
    /// error, warning
    pub severity: String,
    pub paragraph: String,
    pub households: u32,
}

/// A village and its households with problems.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VillageProblems {
    pub code: String,
    pub name: String,
    pub households: u32,
    pub with_errors: u32,
    pub with_warnings: u32,
}

/// A household and what to correct.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ProblemHousehold {
    pub household: super::HouseholdRow,
    pub problems: Vec<super::FindingView>,
}

/// `areas.list` → the areas in scope, for filters.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AreaView {
    pub code: String,
    pub name: String,
    /// county, township, village, grid
    pub level: String,
}

/// `pack.codes` → the codes of a list, in order, as `ChoiceView[]`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CodesRequest {
    pub list: String,
}

/// The parameters of a method that takes none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(type = "Record<string, never>")]
pub struct Nothing {}

/// Every failed call.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ErrorView {
    pub kind: crate::error::Kind,
    /// what happened, what is safe, what to do; in the language of the screen
    pub words: String,
}
