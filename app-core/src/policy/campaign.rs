//! `phases.csv` and `checklist.csv`: the campaign's dates (they disagree in places, both are kept and flagged)
//! and the work lists of 附件1-1 (township) and 1-2 (village).

use crate::told;
use chrono::NaiveDate;

use super::fault::Faults;
use super::sheet::Sheet;

const PHASE_COLUMNS: &[&str] = &["id", "label", "label_en", "from", "to", "flag", "source", "note", "note_en"];
const ITEM_COLUMNS: &[&str] = &["level", "number", "phase", "task", "content", "task_en", "content_en", "evidence"];

/// One phase 工作阶段.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// e.g. `field`
    pub id: String,
    /// the notice's Chinese
    pub label: String,
    /// English
    pub label_en: String,
    /// first day, none = open
    pub from: Option<NaiveDate>,
    /// last day, none = open
    pub to: Option<NaiveDate>,
    /// why the row needs a person's eye, e.g. the notice gives two dates
    pub flag: String,
    /// the notice's line
    pub source: String,
    /// what to tell people
    pub note: String,
    /// English
    pub note_en: String,
}

impl Phase {
    /// Whether the day lies in it.
    pub fn holds(&self, on: NaiveDate) -> bool {
        self.from.is_none_or(|d| d <= on) && self.to.is_none_or(|d| d >= on)
    }

    /// The label in a language.
    pub fn label_in(&self, lang: &str) -> &str {
        super::pick(lang, &self.label, &self.label_en)
    }
}

/// One item of a work list 工作清单.
#[derive(Debug, Clone, PartialEq)]
pub struct ChecklistItem {
    /// township, village
    pub level: String,
    /// as numbered in the notice
    pub number: String,
    /// id of the phase
    pub phase: String,
    /// 工作任务
    pub task: String,
    /// 具体工作内容
    pub content: String,
    /// English
    pub task_en: String,
    /// English
    pub content_en: String,
    /// what shows that it was done
    pub evidence: String,
}

pub(super) fn phases(sheet: &Sheet, faults: &mut Faults) -> Vec<Phase> {
    sheet.expect(PHASE_COLUMNS, &["id", "label", "from", "to"], faults);
    let mut out: Vec<Phase> = Vec::new();
    for row in sheet.rows() {
        let phase = Phase {
            id: row.code("id", faults),
            label: row.required("label", faults),
            label_en: row.owned("label_en"),
            from: row.date("from", faults),
            to: row.date("to", faults),
            flag: row.owned("flag"),
            source: row.owned("source"),
            note: row.owned("note"),
            note_en: row.owned("note_en"),
        };
        if phase.from.zip(phase.to).is_some_and(|(from, to)| from > to) {
            row.fault("to", told!("lies before from", "截止日期早于起始日期。"), faults);
        }
        if out.iter().any(|p| p.id == phase.id) {
            row.fault("id", told!("this id stands twice", "这个 id 出现了两次。"), faults);
        }
        out.push(phase);
    }
    out
}

pub(super) fn checklist(sheet: &Sheet, phases: &[Phase], faults: &mut Faults) -> Vec<ChecklistItem> {
    sheet.expect(ITEM_COLUMNS, &["level", "number", "task"], faults);
    let mut out = Vec::new();
    for row in sheet.rows() {
        let item = ChecklistItem {
            level: row.one_of("level", &["township", "village"], faults),
            number: row.required("number", faults),
            phase: row.owned("phase"),
            task: row.required("task", faults),
            content: row.owned("content"),
            task_en: row.owned("task_en"),
            content_en: row.owned("content_en"),
            evidence: row.owned("evidence"),
        };
        if !item.phase.is_empty() && !phases.iter().any(|p| p.id == item.phase) {
            row.fault("phase", told!("phases.csv has no phase of this id", "phases 表中没有这个阶段。"), faults);
        }
        out.push(item);
    }
    out
}
