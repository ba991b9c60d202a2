//! A visit: the form as pages, what an answer changed, the finish page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FactView, FindingView, FormDue};
use crate::domain::{Outcome, VisitState};

/// `visit.open`: the first form due when none is named. An open draft of the form is taken up again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OpenVisitRequest {
    pub household: String,
    #[serde(default)]
    #[ts(optional)]
    pub form: Option<String>,
    /// open the form although it is not due for this household: the person was told, and wants it
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub anyway: bool,
}

/// `visit.view` · `visit.privacy_shown` · `visit.summary` · `visit.put_down`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitRequest {
    pub visit: String,
}

/// `visit.keep`: the choice about a visit that went on on another phone of the same person (`VisitView.went_on`).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct KeepRequest {
    pub visit: String,
    /// what was typed here goes on; else it is given up for what the other phone brought
    pub mine: bool,
}

/// `visit.reopen`: one's own finished visit, to correct it; or one's own draft, from whatever device it was put down.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReopenRequest {
    pub household: String,
    pub visit: String,
}

/// `visit.add_instance`: `path` of the repeat.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddInstanceRequest {
    pub visit: String,
    pub path: String,
}

/// `visit.remove_instance`: `path` of the instance. In the roster of members `living` says how the person left
/// (dead, moved_out, reduced); empty = the entry was a mistake. Nothing is lost: a tombstone stays in the file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RemoveInstanceRequest {
    pub visit: String,
    pub path: String,
    #[serde(default)]
    #[ts(optional)]
    pub living: Option<String>,
}

/// `visit.open`, `visit.view`, `visit.privacy_shown`, `visit.reopen`, `visit.keep` → the whole form as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitView {
    pub id: String,
    pub household: String,
    pub head_name: String,
    pub form: String,
    pub form_title: String,
    pub state: VisitState,
    /// the privacy notice was shown and logged
    pub privacy_shown: bool,
    /// income window of the form 排查时往前推12个月: from, to
    pub window: Option<(String, String)>,
    /// a finished visit that was reopened
    pub correcting: bool,
    /// it went on on another phone while something of its own was here: nothing can be written before the choice
    /// (`visit.keep`)
    pub went_on: bool,
    /// then: what the other phone brought and this form says otherwise
    pub elsewhere: Vec<FactView>,
    /// what to know before starting: another visit of this campaign, a changed form …
    pub notices: Vec<String>,
    /// answers that were given to questions the form no longer asks: kept, shown, never dropped
    pub retired: Vec<FactView>,
    /// the form was changed since the visit was begun (or since its writer was last told): shown once before the form, then
    /// reachable from it
    pub changes: Option<FormChangesView>,
    /// questions asked now, and those of them that are answered
    pub answered: u32,
    pub asked: u32,
    pub sections: Vec<SectionView>,
}

/// 这张表改了: what a newer form means for this draft.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FormChangesView {
    /// the writer has seen it (`visit.changes_seen`)
    pub acknowledged: bool,
    /// versions of the form
    pub from: String,
    pub to: String,
    /// what is to be done first; empty when nothing here is touched
    pub items: Vec<FormChangeView>,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormChangeKind {
    /// another type, which does not hold the answer: to be answered again
    Type,
    /// a choice that was ticked is gone: to be answered again
    Choice,
    /// the answer does not meet the form's condition
    Constraint,
    /// not asked before
    New,
    /// computed in another way; the person's word stands
    Computed,
    /// no longer asked; the answer is kept
    Gone,
    /// answered anew; the former answer is kept
    Replaced,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FormChangeView {
    pub kind: FormChangeKind,
    /// the question's path, and the section to jump to; null where it is not asked
    pub path: Option<String>,
    pub section: Option<String>,
    pub label: String,
    /// what was answered, in words
    pub old: String,
    /// what to do, or what became of it
    pub note: String,
    /// nothing is left to do about it
    pub done: bool,
}

/// One page of the form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SectionView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    pub nodes: Vec<NodeView>,
}

/// A line of a page.
#[expect(clippy::large_enum_variant, reason = "most lines are questions, and a page lives for one answer")]
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum NodeView {
    Question(QuestionView),
    Group(GroupView),
    Repeat(RepeatView),
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct GroupView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    pub nodes: Vec<NodeView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RepeatView {
    pub path: String,
    pub label: String,
    pub relevant: bool,
    /// instances may be added and removed here
    pub editable: bool,
    pub instances: Vec<RepeatInstanceView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
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
    /// not wrong, but to be looked at (the roster says otherwise); does not block
    pub warning: Option<String>,
    /// choices that were ticked and are cancelled since, in words
    pub cancelled: Vec<String>,
    /// what was answered when the question was another, and cannot hold, in words
    pub former: Vec<String>,
    pub appearance: String,
    /// `range`: start, end, step
    pub range: Option<(String, String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChoiceView {
    pub code: String,
    pub label: String,
}

/// `visit.answer`; `value` null empties the field, for a proposed field it takes the system's value back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnswerRequest {
    pub visit: String,
    pub path: String,
    #[ts(type = "string | number | string[] | null")]
    pub value: serde_json::Value,
}

/// `visit.answer`, `visit.add_instance`, `visit.remove_instance` → what changed; durable when this arrives.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitPatch {
    /// questions whose value, relevance, validity or choices changed
    pub questions: Vec<QuestionView>,
    /// sections and groups whose relevance changed: path, relevant
    pub groups: Vec<(String, bool)>,
    /// repeats whose instances changed, whole
    pub repeats: Vec<RepeatView>,
    /// repeat instances whose title or completeness changed: path, title, complete
    pub instances: Vec<(String, String, bool)>,
    pub answered: u32,
    pub asked: u32,
    /// the form was changed meanwhile and its writer has not seen how: the whole visit is to be looked at again
    pub form_changed: bool,
    pub saved_at: String,
}

/// `visit.summary {visit}` → the finish page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FinishView {
    /// unanswered required and invalid answers; finishing as *done* needs none
    pub problems: Vec<ProblemView>,
    /// data-cleaning warnings, which do not block
    pub warnings: Vec<FindingView>,
    /// the judgement in words, line by line: label, value, why
    pub judgement: Vec<JudgementLine>,
    /// things of this household that wait for a person's decision: until then the judgement is 暂定
    pub undecided: u32,
    /// what comes next: forms due after this one
    pub next_forms: Vec<FormDue>,
    pub findings: Vec<FindingView>,
    pub outcomes: Vec<OutcomeView>,
    /// leaflets to hand over now
    pub leaflets_due: Vec<ChoiceView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ProblemView {
    pub path: String,
    pub label: String,
    pub message: String,
    /// section to jump to
    pub section: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct JudgementLine {
    pub path: String,
    pub label: String,
    pub value: String,
    pub why: String,
    pub overridden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OutcomeView {
    pub code: Outcome,
    pub label: String,
    pub hint: String,
}

/// `visit.finish`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FinishRequest {
    pub visit: String,
    pub outcome: Outcome,
    /// nobody home: the day to try again
    #[serde(default)]
    #[ts(optional)]
    pub try_again_on: Option<String>,
    /// leaflets handed over now (application, support)
    #[serde(default)]
    pub leaflets_given: Vec<String>,
    #[serde(default)]
    #[ts(optional)]
    pub remark: Option<String>,
    /// 纸质录入: who filled the sheet and on which day; the person at the device is the typist
    #[serde(default)]
    #[ts(optional)]
    pub paper: Option<PaperEntry>,
}

/// A visit entered from paper: collector and day of the visit; never counts as evidence made in the house.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PaperEntry {
    pub collector: String,
    pub date: String,
}

/// `visit.finish`, `visit.put_down` →
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FinishedView {
    pub household: String,
    /// bytes of the one change
    pub bytes: u32,
    /// the next form due for this household, if any
    pub next_form: Option<FormDue>,
}

/// One line of `visit.checks`: a data check (checks.csv) that speaks of an answer in this form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FieldCheck {
    /// path of the question
    pub path: String,
    /// id of the check
    pub rule: String,
    pub words: String,
    /// warning, error
    pub severity: String,
}
