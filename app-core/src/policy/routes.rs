//! `routes.csv` and `permits.csv`: the steps of each kind of case, and what each title may do.

use crate::domain::Title;
use crate::told;

use super::fault::Faults;
use super::params::Params;
use super::sheet::{Row, Sheet};

/// The kinds of case (3-rules-and-cases.md "Cases").
pub const CASES: &[&str] = &[
    "enrol",
    "clear",
    "safety_net",
    "development_support",
    "unmark_safety_net",
    "unmark_development_support",
    "remove",
    "roll_back",
];

/// What a title may be permitted to do (docs/pack.md).
pub const PERMITS: &[&str] = &[
    "read",
    "read_full",
    "visit",
    "correct",
    "assign",
    "people",
    "list",
    "clean",
    "enter",
    "import",
    "export",
    "review",
    "notice",
    "submit",
    "endorse",
    "confirm",
    "determine",
    "record_outside",
    "publish",
    "spot_check",
    "report",
];

const LEVELS: &[&str] = &["village", "township", "county", "outside"];
const SCOPES: &[&str] = &["grid", "assigned", "village", "township", "county"];
const ROUTE_COLUMNS: &[&str] = &[
    "case", "order", "step", "label", "label_en", "level", "permit", "optional", "min_days", "max_days", "deadline",
    "source",
];
const PERMIT_COLUMNS: &[&str] = &["title", "label", "label_en", "level", "scope", "permits", "source"];

/// One step of one kind of case.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// one of [`CASES`]
    pub case: String,
    /// 1 …
    pub order: i64,
    /// id of the step
    pub step: String,
    /// the notice's Chinese
    pub label: String,
    /// English
    pub label_en: String,
    /// village, township, county, outside
    pub level: String,
    /// the permit the actor must hold
    pub permit: String,
    /// a route may skip it
    pub optional: bool,
    /// key of the parameter: least days after the previous step; empty = none
    pub min_days: String,
    /// key of the parameter: most days after the previous step; empty = none
    pub max_days: String,
    /// key of the parameter: days from the start of the case; empty = none
    pub deadline: String,
    /// where it comes from
    pub source: String,
}

/// What one title may do, and over how wide an area at most.
#[derive(Debug, Clone, PartialEq)]
pub struct TitlePermits {
    /// the title
    pub title: Title,
    /// the official Chinese
    pub label: String,
    /// English
    pub label_en: String,
    /// where the title works
    pub level: String,
    /// grid, assigned, village, township, county
    pub scope: String,
    /// of [`PERMITS`]
    pub permits: Vec<String>,
    /// where it comes from
    pub source: String,
}

impl TitlePermits {
    /// Whether the title holds this permit.
    pub fn may(&self, permit: &str) -> bool {
        self.permits.iter().any(|p| p == permit)
    }
}

pub(super) fn steps(sheet: &Sheet, params: &Params, faults: &mut Faults) -> Vec<Step> {
    sheet.expect(ROUTE_COLUMNS, &["case", "order", "step", "level", "permit"], faults);
    let mut out: Vec<Step> = Vec::new();
    for row in sheet.rows() {
        let step = Step {
            case: row.one_of("case", CASES, faults),
            order: row.whole("order", faults).unwrap_or_default(),
            step: row.code("step", faults),
            label: row.owned("label"),
            label_en: row.owned("label_en"),
            level: row.one_of("level", LEVELS, faults),
            permit: row.one_of("permit", PERMITS, faults),
            optional: row.yes("optional", faults),
            min_days: parameter(row, "min_days", params, faults),
            max_days: parameter(row, "max_days", params, faults),
            deadline: parameter(row, "deadline", params, faults),
            source: row.owned("source"),
        };
        if out.iter().any(|s| s.case == step.case && s.order == step.order) {
            row.fault(
                "order",
                told!("this case already has a step of this order", "同一类事项已有这个序号的步骤。"),
                faults,
            );
        }
        out.push(step);
    }
    out.sort_by(|a, b| (&a.case, a.order).cmp(&(&b.case, b.order)));
    out
}

fn parameter(row: Row<'_>, column: &str, params: &Params, faults: &mut Faults) -> String {
    let key = row.owned(column);
    if !key.is_empty() && !params.keys().any(|k| k == key) {
        row.fault(column, told!("params.csv has no such key", "params 表中没有这个参数。"), faults);
    }
    key
}

pub(super) fn permits(sheet: &Sheet, faults: &mut Faults) -> Vec<TitlePermits> {
    sheet.expect(PERMIT_COLUMNS, &["title", "scope", "permits"], faults);
    let mut out: Vec<TitlePermits> = Vec::new();
    for row in sheet.rows() {
        let Some(title) = Title::parse(row.text("title")) else {
            row.fault("title", told!("no such title", "没有这种岗位。"), faults);
            continue;
        };
        if out.iter().any(|t| t.title == title) {
            row.fault("title", told!("this title stands twice", "这种岗位出现了两次。"), faults);
        }
        let permits = row.words("permits");
        for permit in &permits {
            if !PERMITS.contains(&permit.as_str()) {
                row.fault("permits", told!("no such permit: {}", "没有这种权限：{}。", permit), faults);
            }
        }
        out.push(TitlePermits {
            title,
            label: row.owned("label"),
            label_en: row.owned("label_en"),
            level: row.owned("level"),
            scope: row.one_of("scope", SCOPES, faults),
            permits,
            source: row.owned("source"),
        });
    }
    out
}
