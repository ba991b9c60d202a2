//! The views and requests, in the order of a day. Dates are ISO text, money is text with two decimals,
//! counts are u32. Words are in the session's language.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::{Outcome, Standing, VisitState};

// ---- session ----------------------------------------------------------------------------------------------

/// `session.state` → where the app stands; the first call of every screen. `session.lock` closes the database and
/// answers the same.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct SessionView {
    pub stage: SessionStage,
    /// who is enrolled on this device (shown while locked too)
    pub person: Option<PersonView>,
    pub campaign: Option<CampaignView>,
    /// zh-CN or en
    pub language: String,
    /// px of body text: 17, 20, 23
    pub text_size: u32,
    /// PIN attempts: how many are left before the device locks, and how long to wait before the next (seconds)
    pub pin_attempts_left: Option<u32>,
    pub pin_wait_seconds: u32,
    /// version of the app and of the pack in force
    pub app_version: String,
    pub pack_version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(rename_all = "snake_case")]
pub enum SessionStage {
    /// no ticket used yet
    New,
    /// enrolled, database closed
    Locked,
    Open,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct PersonView {
    pub id: String,
    pub name: String,
    /// official Chinese (or English) title
    pub title: String,
    pub at_desk: bool,
    /// names of the areas
    pub areas: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct CampaignView {
    pub name: String,
    pub phases: Vec<PhaseView>,
    /// privacy notice shown once a visit
    pub privacy_notice: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct PhaseView {
    pub id: String,
    pub name: String,
    pub from: String,
    pub to: String,
    /// today lies in it
    pub current: bool,
    /// days from today to `to`; negative when past
    pub days_left: i32,
    /// a note where the notice disagrees with itself
    pub note: Option<String>,
}

/// `session.enrol`: `server` may be empty when `ticket` is a whole ticket line (`ruhu:…`).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct EnrolRequest {
    pub server: String,
    pub ticket: String,
    pub pin: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct UnlockRequest {
    pub pin: String,
}

/// `settings.set`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct SettingsRequest {
    pub language: Option<String>,
    pub text_size: Option<u32>,
}

// ---- lists ------------------------------------------------------------------------------------------------

/// `today.view` → the worker's first page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ListProgress {
    pub list: ListKind,
    pub label: String,
    pub total: u32,
    pub done: u32,
    pub left: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// 一般农户排查
    Ordinary,
    /// 重点户排查
    Priority,
    /// 脱贫户及已消除风险监测对象
    Lifted,
    /// 未消除风险监测对象
    Monitored,
}

/// `households.search` and `register.query`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(default)]
pub struct HouseholdQuery {
    /// name, pinyin, initials, ID tail, hamlet, phone tail
    pub text: String,
    pub list: Option<ListKind>,
    /// area code prefix
    pub area: Option<String>,
    pub progress: Option<ProgressFilter>,
    /// has a risk found this campaign
    pub at_risk: Option<bool>,
    pub risk_kind: Option<String>,
    pub sort: Option<String>,
    pub offset: u32,
    /// 1–500
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(rename_all = "snake_case")]
pub enum ProgressFilter {
    Left,
    Draft,
    Done,
    Unsynced,
    LeafletDue,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct HouseholdPage {
    pub total: u32,
    pub rows: Vec<HouseholdRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
    /// answered and asked questions of a draft
    pub answered: u32,
    pub asked: u32,
    /// why it came back
    pub returned_for: Option<String>,
}

// ---- household --------------------------------------------------------------------------------------------

/// `household.view {id}`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
    pub conflicts: Vec<ConflictView>,
    pub safety: SafetyView,
    /// hash of the file's content
    pub digest: String,
    /// edits are permitted
    pub editable: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct FormDue {
    pub slug: String,
    pub title: String,
    pub why: String,
    pub done: bool,
    /// open draft of this form on this device
    pub draft: Option<String>,
}

/// A finding of the rules, explaining itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct HistoryView {
    pub at: String,
    pub who: String,
    pub device: String,
    /// 登记导入, 入户排查, 更正 …
    pub what: String,
    /// label, before, after
    pub changes: Vec<(String, String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ConflictView {
    pub path: String,
    pub label: String,
    pub values: Vec<ConflictValue>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ConflictValue {
    pub value: String,
    pub who: String,
    pub at: String,
}

/// Where the household's answers are safe.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct SafetyView {
    pub on_this_device: bool,
    pub on_server: bool,
    /// when the server confirmed
    pub confirmed_at: Option<String>,
    pub words: String,
}

/// `household.set_fact` → `HouseholdView`. `household.reveal {household, path}` → the `FactView` unmasked (a member's
/// number is `members/<id>/id_number`); the look is logged.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct SetFactRequest {
    pub household: String,
    pub path: String,
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: serde_json::Value,
}

/// `household.add` → `HouseholdView`: a household that is on no list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct AddHouseholdRequest {
    pub head_name: String,
    pub head_id_number: String,
    pub grid: String,
    pub hamlet: String,
    pub phone: String,
}

// ---- visit ------------------------------------------------------------------------------------------------

/// `visit.open {household, form?}` · `visit.view {visit}` → the whole form as it stands.
/// `visit.privacy_shown {visit}` → null: the notice was read out; logged once.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct VisitView {
    pub id: String,
    pub household: String,
    pub head_name: String,
    pub form: String,
    pub form_title: String,
    pub state: VisitState,
    /// the privacy notice was shown and logged
    pub privacy_shown: bool,
    /// 入户 window: from, to
    pub window: Option<(String, String)>,
    pub sections: Vec<SectionView>,
}

/// One page of the form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct SectionView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    pub nodes: Vec<NodeView>,
}

/// A line of a page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum NodeView {
    Question(QuestionView),
    Group(GroupView),
    Repeat(RepeatView),
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct GroupView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    pub nodes: Vec<NodeView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct RepeatView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    /// instances may be added and removed here
    pub editable: bool,
    pub instances: Vec<RepeatInstanceView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct RepeatInstanceView {
    pub path: String,
    pub key: String,
    /// e.g. the member's name and relation
    pub title: String,
    pub nodes: Vec<NodeView>,
    /// every asked question is answered and valid
    pub complete: bool,
}

/// The controls a screen knows; the one switch in `ui/src/forms/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
#[serde(rename_all = "snake_case")]
pub enum Control {
    Text,
    Multiline,
    Integer,
    Decimal,
    /// decimal with Chinese words beside it
    Money,
    Phone,
    IdNumber,
    Date,
    YearMonth,
    Time,
    DateTime,
    YesNo,
    SelectOne,
    SelectMultiple,
    Rank,
    Range,
    Acknowledge,
    Position,
    Picture,
    File,
    Barcode,
    /// text only
    Note,
    /// computed, shown read-only with its explanation
    Computed,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct QuestionView {
    /// `/group/member[key]/health`
    pub path: String,
    pub name: String,
    pub control: Control,
    pub label: String,
    pub hint: String,
    /// text, number, array of codes, or null
    #[ts(type = "string | number | string[] | null")]
    pub value: serde_json::Value,
    /// value as words (choice labels, money in words)
    pub shown: String,
    pub relevant: bool,
    pub required: bool,
    pub readonly: bool,
    /// the value comes from the household file and is shown as *known* until touched
    pub known: bool,
    /// proposed by the system and may be overwritten
    pub proposed: bool,
    pub overridden: bool,
    /// what the system says, when overridden
    pub system_shown: Option<String>,
    /// why the system says so
    pub explanation: Option<String>,
    pub choices: Vec<ChoiceView>,
    /// the message to show at the field, when it was answered and is wrong
    pub violation: Option<String>,
    pub appearance: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ChoiceView {
    pub code: String,
    pub label: String,
}

/// `visit.answer`; `value` null empties the field, for a proposed field it takes the system's value back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct AnswerRequest {
    pub visit: String,
    pub path: String,
    #[ts(type = "string | number | string[] | null")]
    pub value: serde_json::Value,
}

/// `visit.answer`, `visit.add_instance {visit, path}` (path of the repeat), `visit.remove_instance {visit, path}` (path of
/// the instance) → what changed; durable when this arrives.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct VisitPatch {
    /// questions whose value, relevance, validity or choices changed
    pub questions: Vec<QuestionView>,
    /// sections and groups whose relevance changed: path, relevant
    pub groups: Vec<(String, bool)>,
    /// repeats whose instances changed, whole
    pub repeats: Vec<RepeatView>,
    pub saved_at: String,
}

/// `visit.summary {visit}` → the finish page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct FinishView {
    /// unanswered required and invalid answers; finishing as *done* needs none
    pub problems: Vec<ProblemView>,
    /// data-cleaning warnings, which do not block
    pub warnings: Vec<FindingView>,
    /// the judgement in words, line by line: label, value, why
    pub judgement: Vec<JudgementLine>,
    /// what comes next: forms due after this one
    pub next_forms: Vec<FormDue>,
    pub findings: Vec<FindingView>,
    pub outcomes: Vec<OutcomeView>,
    /// leaflets to hand over now
    pub leaflets_due: Vec<ChoiceView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ProblemView {
    pub path: String,
    pub label: String,
    pub message: String,
    /// section to jump to
    pub section: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct JudgementLine {
    pub path: String,
    pub label: String,
    pub value: String,
    pub why: String,
    pub overridden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct OutcomeView {
    pub code: Outcome,
    pub label: String,
    pub hint: String,
}

/// `visit.finish`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct FinishRequest {
    pub visit: String,
    pub outcome: Outcome,
    /// nobody home: the day to try again
    pub try_again_on: Option<String>,
    /// leaflets handed over now (application, support)
    pub leaflets_given: Vec<String>,
    pub remark: Option<String>,
}

/// `visit.finish`, `visit.put_down` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct FinishedView {
    pub household: String,
    /// bytes of the one change
    pub bytes: u32,
    /// the next form due for this household, if any
    pub next_form: Option<FormDue>,
}

// ---- sync -------------------------------------------------------------------------------------------------

/// `sync.status`, `sync.now` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct RefusedView {
    pub household: String,
    pub head_name: String,
    pub reason: String,
    pub at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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

// ---- desk -------------------------------------------------------------------------------------------------

/// `overview.view {area?}` → the supervisor's first page, by village (or by grid within a village).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
#[ts(export, export_to = "../../ui/src/api/bindings/")]
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
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct Count {
    pub code: String,
    pub label: String,
    pub count: u32,
}

/// `areas.list` → the areas in scope, for filters.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct AreaView {
    pub code: String,
    pub name: String,
    /// county, township, village, grid
    pub level: String,
}

/// Every failed call.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../ui/src/api/bindings/")]
pub struct ErrorView {
    pub kind: crate::error::Kind,
    /// what happened, what is safe, what to do
    pub words: String,
}
