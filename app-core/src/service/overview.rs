//! The supervisor's first page: work left by area, risks, suggestions, outcomes, days. From the projection alone.

use std::collections::BTreeMap;

use super::App;
use super::today::{ListCount, lists};
use crate::domain::Area;
use crate::error::{Error, Result};
use crate::storage::list::{AreaLine, Group, Query};

/// Counts by code.
pub type Tally = Vec<(String, u32)>;

/// What the page shows; codes, not words.
#[derive(Debug, Clone)]
pub struct Overview {
    /// code of the area; empty = the whole scope
    pub area: String,
    /// one level below it
    pub areas: Vec<AreaLine>,
    pub lists: Vec<ListCount>,
    pub risks: Tally,
    pub suggestions: Tally,
    pub outcomes: Tally,
    /// ISO date → visits finished
    pub by_day: Tally,
    pub leaflets: Tally,
    /// names of areas
    pub names: BTreeMap<String, String>,
}

impl App {
    /// The supervisor's first page for an area (`None` = everything held).
    pub fn overview(&self, area: Option<&str>) -> Result<Overview> {
        let area = self.area_or_scope(area)?;
        self.read(|tx| {
            let q = Query { area: Some(area.clone()), ..Query::default() };
            let count = |group| -> Result<Tally> {
                let mut tally = tx.count_by(group, &q)?;
                tally.retain(|(code, _)| !code.is_empty());
                tally.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                Ok(tally)
            };
            Ok(Overview {
                areas: tx.progress_by_area(&area)?,
                lists: lists(tx, Some(&area))?,
                risks: count(Group::Risk)?,
                suggestions: count(Group::Suggestion)?,
                outcomes: count(Group::Outcome)?,
                by_day: tx.visits_by_day(&area)?,
                leaflets: count(Group::Leaflet)?,
                names: tx.areas()?,
                area: area.clone(),
            })
        })
    }

    /// The code of the area asked for, or of the whole scope.
    pub(super) fn area_or_scope(&self, area: Option<&str>) -> Result<String> {
        match area.filter(|a| !a.is_empty()) {
            Some(code) if Area::parse(code).is_none() => {
                Err(Error::invalid("没有这个区划代码。 There is no such area."))
            }
            Some(code) => Ok(code.to_owned()),
            None => self.whole_scope(),
        }
    }

    /// The one area of the scope, or nothing when it has several (everything held is in scope).
    fn whole_scope(&self) -> Result<String> {
        let scope = self.person()?.scope;
        Ok(match scope.as_slice() {
            [one] => one.as_str().to_owned(),
            _ => String::new(),
        })
    }
}
