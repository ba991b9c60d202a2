//! Today, search, register: rows of households and visits.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PhaseView;
use crate::domain::{Outcome, Standing, VisitState};

/// `today.view` → the worker's first page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TodayView {
    pub today: String,
    pub phase: Option<PhaseView>,
    pub lists: Vec<ListProgress>,
    /// returned visits first, then drafts
    pub returned: Vec<VisitRow>,
    pub drafts: Vec<VisitRow>,
    /// households where nobody was home, with the day to try again
    pub try_again: Vec<HouseholdRow>,
    pub leaflets_due: u32,
    pub conflicts: u32,
    /// changes not yet on the server
    pub unsynced: u32,
    pub last_synced: Option<String>,
}

/// 一般农户 / 重点户 / 脱贫户及已消除 / 未消除: work left by list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListProgress {
    pub list: ListKind,
    pub label: String,
    pub total: u32,
    pub done: u32,
    pub left: u32,
}

pub use crate::domain::ListKind;

/// `households.search` and `register.query`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct HouseholdQuery {
    /// name, pinyin, initials, ID tail, hamlet, phone tail
    #[ts(as = "Option<String>", optional)]
    pub text: String,
    pub list: Option<ListKind>,
    /// area code prefix
    pub area: Option<String>,
    pub progress: Option<ProgressFilter>,
    /// has a risk found this campaign
    pub at_risk: Option<bool>,
    pub risk_kind: Option<String>,
    /// place (the default), name, last_visit, standing, progress, population, risks
    pub sort: Option<String>,
    /// the other way round
    pub reverse: Option<bool>,
    #[ts(as = "Option<u32>", optional)]
    pub offset: u32,
    /// 1–500
    #[ts(as = "Option<u32>", optional)]
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProgressFilter {
    Left,
    Draft,
    Done,
    Unsynced,
    LeafletDue,
    Attempted,
    Partly,
    Conflict,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdPage {
    pub total: u32,
    pub rows: Vec<HouseholdRow>,
}

/// `register.export` → a file that was written for a person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportedView {
    /// where it lies on this computer
    pub file: String,
    pub households: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HouseholdRow {
    pub id: String,
    pub head_name: String,
    pub village: String,
    pub hamlet: String,
    pub grid: String,
    pub population: u32,
    pub standing: Standing,
    pub standing_label: String,
    pub list: ListKind,
    pub priority: bool,
    pub progress: HouseholdProgress,
    /// words for the progress: 未排查, 有草稿, 已排查, 待填重点户表 …
    pub progress_label: String,
    /// last four of the head's ID number
    pub id_tail: String,
    pub phone_masked: String,
    /// risk labels found this campaign
    pub risks: Vec<String>,
    pub last_visit: Option<String>,
    pub unsynced: bool,
    pub conflicts: u32,
    /// its judgement hangs on something that is not decided: 暂定
    pub provisional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdProgress {
    /// nothing done yet
    Left,
    /// a visit is open on this device
    Draft,
    /// visited without being done (nobody home, away, refused …)
    Attempted,
    /// some forms of the household are done, others are due
    Partly,
    Done,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitRow {
    pub id: String,
    pub household: String,
    pub head_name: String,
    pub hamlet: String,
    pub form: String,
    pub form_title: String,
    pub state: VisitState,
    pub outcome: Option<Outcome>,
    pub outcome_label: Option<String>,
    pub date: String,
    pub collector: String,
    /// what people call the device it was made with, in a household's view; empty where that is not known
    pub device: String,
    /// answered questions of a draft; how many are asked is known only to the running form (`visit.view`)
    pub answered: u32,
    /// why it came back
    pub returned_for: Option<String>,
    /// the household has another finished visit with this form in this campaign (kept and flagged)
    pub second: bool,
    /// this person's own visit: may be reopened to correct it
    pub mine: bool,
}
