//! The policy pack and what follows from it: parameters, codes, rules, which form is for whom. Pure: no clock, no
//! database; the only IO is reading a pack from its folder.
//!
//! Here live the loader of every file of docs/pack.md and the judge over [`facts::Facts`]. Here may not live a number,
//! a date or a list of the policy: those are rows of the pack. Start with [`Pack`], then [`facts`] (what rules see of
//! a household).

pub mod campaign;
pub mod codes;
mod day;
pub mod difference;
pub mod facts;
pub mod fault;
pub mod files;
mod forms;
pub mod judge;
pub mod manifest;
mod needs;
pub mod pack;
pub mod params;
pub mod routes;
pub mod routing;
pub mod rule;
pub mod sheet;
mod template;
pub mod texts;
pub mod upload;
mod vet;
mod view;
pub mod workbook;

#[cfg(test)]
mod tests;

pub use day::Externals;
pub use difference::{ChangeKind, Difference, difference};
pub use fault::{Fault, Faults};
pub use files::{Files, hash as pack_hash};
pub use judge::{Finding, FormFor, Judgement, Unknown, check, judge, judge_json};
pub use pack::Pack;
pub use routing::{derived, facts_for_form, forms_for, list_of};
pub use rule::{FindingKind, Rule, Severity};
pub use texts::NoticePoint;

/// The text in a language: `en…` English where there is any, else Chinese.
pub(crate) fn pick<'a>(lang: &str, zh: &'a str, en: &'a str) -> &'a str {
    if lang.starts_with("en") && !en.is_empty() { en } else { zh }
}
