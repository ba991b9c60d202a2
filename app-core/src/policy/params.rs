//! `params.csv`: the numbers of the policy, each over a period.

use crate::told;
use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::fault::Faults;
use super::sheet::{Row, Sheet};

const COLUMNS: &[&str] = &["key", "value", "from", "to", "unit", "provisional", "source", "label", "label_en"];

/// One value of one parameter over one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// e.g. `income_line`
    pub key: String,
    /// as written; empty = a slot the county has to fill
    pub value: String,
    /// first day, none = open
    pub from: Option<NaiveDate>,
    /// last day, none = open
    pub to: Option<NaiveDate>,
    /// yuan, days, months …
    pub unit: String,
    /// nobody official has confirmed it; screens say so
    pub provisional: bool,
    /// where it comes from
    pub source: String,
    /// Chinese label
    pub label: String,
    /// English label
    pub label_en: String,
}

impl Param {
    /// The value as an exact decimal.
    pub fn decimal(&self) -> Option<Decimal> {
        Decimal::from_str(&self.value).ok()
    }

    fn holds(&self, on: NaiveDate) -> bool {
        self.from.is_none_or(|d| d <= on) && self.to.is_none_or(|d| d >= on)
    }
}

/// All parameters.
#[derive(Debug, Default)]
pub struct Params {
    by_key: BTreeMap<String, Vec<Param>>,
}

impl Params {
    pub(super) fn read(sheet: &Sheet, faults: &mut Faults) -> Params {
        sheet.expect(COLUMNS, &["key", "value"], faults);
        let mut out = Params::default();
        for row in sheet.rows() {
            let param = param(row, faults);
            let rows = out.by_key.entry(param.key.clone()).or_default();
            if rows.iter().any(|p: &Param| p.from == param.from) {
                row.fault(
                    "from",
                    told!("this key already has a row that begins on this day", "同一参数已有一行从这一天开始。"),
                    faults,
                );
            }
            rows.push(param);
        }
        out
    }

    /// The row in force on a day whose value is given: the latest `from` ≤ day, `to` open or ≥ day.
    pub fn on(&self, key: &str, on: NaiveDate) -> Option<&Param> {
        let rows = self.by_key.get(key)?;
        rows.iter().filter(|p| p.holds(on)).max_by_key(|p| p.from).filter(|p| !p.value.is_empty())
    }

    /// Every row, by key, as written.
    pub fn all(&self) -> impl Iterator<Item = &Param> {
        self.by_key.values().flatten()
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }
}

fn param(row: Row<'_>, faults: &mut Faults) -> Param {
    let (from, to) = (row.date("from", faults), row.date("to", faults));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        row.fault("to", told!("lies before from", "截止日期早于起始日期。"), faults);
    }
    Param {
        key: row.code("key", faults),
        value: row.owned("value"),
        from,
        to,
        unit: row.owned("unit"),
        provisional: row.yes("provisional", faults),
        source: row.owned("source"),
        label: row.owned("label"),
        label_en: row.owned("label_en"),
    }
}
