//! `codes.csv`: the code lists, frozen once shipped; a code is closed by `to`, never renamed.

use crate::told;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::fault::Faults;
use super::sheet::Sheet;

const COLUMNS: &[&str] = &["list", "code", "label", "label_en", "order", "sex", "from", "to", "provisional", "source"];

/// One code of one list.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// e.g. `relation`
    pub list: String,
    /// e.g. `spouse`
    pub code: String,
    /// the official Chinese
    pub label: String,
    /// English
    pub label_en: String,
    /// place in the list
    pub order: i64,
    /// `male`, `female`, or empty for either (relation)
    pub sex: String,
    /// first day, none = open
    pub from: Option<NaiveDate>,
    /// last day, none = open
    pub to: Option<NaiveDate>,
    /// nobody official has confirmed it
    pub provisional: bool,
    /// where it comes from
    pub source: String,
}

impl Code {
    /// The label in a language: `en…` English, anything else Chinese.
    pub fn label_in(&self, lang: &str) -> &str {
        super::pick(lang, &self.label, &self.label_en)
    }

    /// Whether it may be chosen on this day.
    pub fn open_on(&self, on: NaiveDate) -> bool {
        self.from.is_none_or(|d| d <= on) && self.to.is_none_or(|d| d >= on)
    }
}

/// All code lists.
#[derive(Debug, Default)]
pub struct Codes {
    lists: BTreeMap<String, Vec<Code>>,
}

impl Codes {
    pub(super) fn read(sheet: &Sheet, faults: &mut Faults) -> Codes {
        sheet.expect(COLUMNS, &["list", "code", "label"], faults);
        let mut out = Codes::default();
        for (i, row) in sheet.rows().enumerate() {
            let code = Code {
                list: row.code("list", faults),
                code: row.code("code", faults),
                label: row.required("label", faults),
                label_en: row.owned("label_en"),
                order: row.whole("order", faults).unwrap_or_else(|| i64::try_from(i).unwrap_or(i64::MAX)),
                sex: row.one_of("sex", &["male", "female"], faults),
                from: row.date("from", faults),
                to: row.date("to", faults),
                provisional: row.yes("provisional", faults),
                source: row.owned("source"),
            };
            let list = out.lists.entry(code.list.clone()).or_default();
            if list.iter().any(|c: &Code| c.code == code.code) {
                row.fault(
                    "code",
                    told!("this code stands twice in its list", "同一列表里这个代码出现了两次。"),
                    faults,
                );
            }
            list.push(code);
        }
        out.lists.values_mut().for_each(|list| list.sort_by_key(|c| c.order));
        out
    }

    /// A list in order, closed codes included; empty when unknown.
    pub fn list(&self, list: &str) -> &[Code] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Every code of every list, by the name of the list.
    pub fn all(&self) -> impl Iterator<Item = &Code> {
        self.lists.values().flatten()
    }

    /// One code.
    pub fn get(&self, list: &str, code: &str) -> Option<&Code> {
        self.list(list).iter().find(|c| c.code == code)
    }
}
