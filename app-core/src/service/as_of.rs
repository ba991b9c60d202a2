//! One household as it was known at the end of a day, and what was written since: read-only, from the file's own history.

use chrono::{Duration, NaiveDate, NaiveTime};

use super::household_view::Household;
use super::{App, CHINA};
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::storage::visits::VisitLine;

/// A household at the end of a day in China.
#[derive(Debug, Clone)]
pub struct AsOf {
    /// the file and its visits as of then; what else the page holds is of today
    pub page: Household,
    /// the page of today with the changes since: a change is read by the file that holds it
    pub since: Household,
    /// the days on which something was written, ascending
    pub days: Vec<NaiveDate>,
    /// it was founded by then; else the page is the one of today and nothing was known
    pub founded: bool,
}

impl App {
    /// The household at the end of `on`: facts, members, measures and visits as they stood; `since.steps` holds what was
    /// written after that day, newest first.
    ///
    /// # Errors
    /// `invalid` for a household that is not here.
    pub fn household_as_of(&self, id: HouseholdId, on: NaiveDate) -> Result<AsOf> {
        let mut page = self.household_page(id)?;
        let end = (on + Duration::days(1)).and_time(NaiveTime::MIN).and_utc().timestamp() - i64::from(CHINA);
        let (then, all) = self.read(|tx| {
            let doc = tx.need(id)?;
            let steps = doc.history(&|_| None);
            let days = steps.iter().filter_map(|s| chrono::DateTime::from_timestamp(s.time, 0));
            let days: Vec<NaiveDate> = days.map(|at| super::local(at).date_naive()).collect();
            Ok((doc.as_of(end - 1)?.map(|d| d.file()), days))
        })?;
        let mut days = all;
        days.sort_unstable();
        days.dedup();
        let founded = then.is_some();
        page.steps.retain(|s| s.time >= end);
        page.open.clear();
        let since = page.clone();
        page.visits = match &then {
            Some(file) => page.visits.iter().filter_map(|line| stood(line, file)).collect(),
            None => Vec::new(),
        };
        if let Some(file) = then {
            page.file = file;
        }
        Ok(AsOf { page, since, days, founded })
    }
}

/// A visit as the file of that day has it.
fn stood(line: &VisitLine, file: &crate::document::HouseholdFile) -> Option<VisitLine> {
    let visit = file.visits.iter().find(|v| v.id == line.visit)?;
    let date = visit.finished_at.clone().or_else(|| visit.opened_at.clone()).unwrap_or_default();
    Some(VisitLine {
        state: if visit.finished { "finished" } else { "draft" }.to_owned(),
        outcome: visit.outcome.clone().unwrap_or_default(),
        date,
        ..line.clone()
    })
}
