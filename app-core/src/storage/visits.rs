//! Visits as lists show them: those in the files (the projection), with the household's name beside each.

use rusqlite::{Row, params};

use super::Tx;
use super::household::household_id;
use crate::domain::id::HouseholdId;
use crate::error::Result;

/// A visit of a household file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitLine {
    pub visit: String,
    pub household: HouseholdId,
    pub head_name: String,
    pub hamlet: String,
    /// slug
    pub form: String,
    /// draft, finished
    pub state: String,
    /// code or empty
    pub outcome: String,
    /// ISO: finished, or opened when it is a draft
    pub date: String,
    pub collector: String,
    pub collector_id: String,
    /// finished in this campaign
    pub in_campaign: bool,
}

const COLUMNS: &str =
    "v.visit, v.household, coalesce(r.head_name, ''), coalesce(r.hamlet, ''), v.form, v.state, v.outcome,
 CASE v.finished_at WHEN '' THEN v.opened_at ELSE v.finished_at END, v.collector, v.collector_id, v.in_campaign";

fn line(r: &Row<'_>) -> rusqlite::Result<VisitLine> {
    Ok(VisitLine {
        visit: r.get(0)?,
        household: household_id(r, 1)?,
        head_name: r.get(2)?,
        hamlet: r.get(3)?,
        form: r.get(4)?,
        state: r.get(5)?,
        outcome: r.get(6)?,
        date: r.get(7)?,
        collector: r.get(8)?,
        collector_id: r.get(9)?,
        in_campaign: r.get(10)?,
    })
}

impl Tx<'_> {
    /// The visits in a household's file, newest first.
    pub fn visits_of(&self, household: HouseholdId) -> Result<Vec<VisitLine>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM visit_row v LEFT JOIN household_row r ON r.id = v.household WHERE v.household = ?1 ORDER BY 8 DESC, 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([household.to_string()], line)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The household in whose file a visit stands.
    pub fn household_of_visit(&self, visit: &str) -> Result<Option<HouseholdId>> {
        let mut statement = self.conn.prepare_cached("SELECT household FROM visit_row WHERE visit = ?1 LIMIT 1")?;
        Ok(statement.query_map([visit], |r| household_id(r, 0))?.next().transpose()?)
    }

    /// Drafts in the files that this person put down, newest first.
    pub fn drafts_of(&self, collector: &str) -> Result<Vec<VisitLine>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM visit_row v LEFT JOIN household_row r ON r.id = v.household
             WHERE v.state = 'draft' AND v.collector_id = ?1 ORDER BY 8 DESC, 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([collector], line)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Households where nobody was home, by the day to try again: at most `limit`.
    pub fn to_try_again(&self, limit: u32) -> Result<Vec<HouseholdId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM household_row WHERE try_again <> '' AND progress <> 'done' ORDER BY try_again, grid, head_sort LIMIT ?1",
        )?;
        let rows = statement.query_map(params![limit], |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Households with something that waits for a person's decision.
    pub fn in_conflict(&self) -> Result<u32> {
        Ok(self.households_with_cards("", 0)?.0)
    }
}
