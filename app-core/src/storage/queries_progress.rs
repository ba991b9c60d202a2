//! Counts for the worker's first page and the supervisor's: work left by list and by area, risks, outcomes, days.
//! Reads the projection only.

use rusqlite::{Connection, Params};

/// Households of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCount {
    pub list: String,
    pub total: u32,
    pub done: u32,
}

/// Progress of one area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaCount {
    /// village or grid code
    pub code: String,
    pub households: u32,
    pub people: u32,
    pub done: u32,
    pub partly: u32,
    pub attempted: u32,
    pub left: u32,
    pub at_risk: u32,
    pub to_enrol: u32,
    /// ISO date or empty
    pub last_visit: String,
}

/// A finished or open visit as lists show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisitLine {
    pub visit: String,
    pub household: String,
    pub head_name: String,
    pub hamlet: String,
    pub form: String,
    /// draft, finished
    pub state: String,
    /// code or empty
    pub outcome: String,
    /// ISO
    pub date: String,
    pub collector: String,
    pub collector_id: String,
    pub in_campaign: bool,
}

/// Codes and how often they occur, most frequent first.
pub type Tally = Vec<(String, u32)>;

/// Work by list, within an area (empty = all that is held).
pub fn lists(db: &Connection, area: &str) -> rusqlite::Result<Vec<ListCount>> {
    let sql = "SELECT list, COUNT(*), SUM(progress = 'done') FROM household_row \
               WHERE grid >= ?1 AND grid < ?1 || '~' GROUP BY list ORDER BY list";
    rows(db, sql, [area], |r| Ok(ListCount { list: r.get(0)?, total: r.get(1)?, done: r.get(2)? }))
}

/// Progress by the first `digits` characters of the grid code (12 = village, 15 = grid), within an area.
pub fn areas(db: &Connection, area: &str, digits: u32) -> rusqlite::Result<Vec<AreaCount>> {
    let sql = "SELECT substr(grid, 1, ?2), COUNT(*), SUM(population), SUM(progress = 'done'), SUM(progress = 'partly'), \
                      SUM(progress = 'attempted'), SUM(progress = 'left'), SUM(risks <> '[]'), \
                      SUM(suggestion = 'enrol'), MAX(last_visit) \
               FROM household_row WHERE grid >= ?1 AND grid < ?1 || '~' GROUP BY 1 ORDER BY 1";
    rows(db, sql, (area, digits), |r| {
        Ok(AreaCount {
            code: r.get(0)?,
            households: r.get(1)?,
            people: r.get(2)?,
            done: r.get(3)?,
            partly: r.get(4)?,
            attempted: r.get(5)?,
            left: r.get(6)?,
            at_risk: r.get(7)?,
            to_enrol: r.get(8)?,
            last_visit: r.get(9)?,
        })
    })
}

/// Households by risk kind found this campaign.
pub fn risks(db: &Connection, area: &str) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT r.value, COUNT(*) FROM household_row h, json_each(h.risks) r \
         WHERE h.grid >= ?1 AND h.grid < ?1 || '~' GROUP BY 1 ORDER BY 2 DESC, 1",
        [area],
    )
}

/// Households by the suggestion of the priority form.
pub fn suggestions(db: &Connection, area: &str) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT suggestion, COUNT(*) FROM household_row \
         WHERE suggestion <> '' AND grid >= ?1 AND grid < ?1 || '~' GROUP BY 1 ORDER BY 2 DESC, 1",
        [area],
    )
}

/// Households by the outcome of their latest visit this campaign.
pub fn outcomes(db: &Connection, area: &str) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT outcome, COUNT(*) FROM household_row \
         WHERE outcome <> '' AND grid >= ?1 AND grid < ?1 || '~' GROUP BY 1 ORDER BY 2 DESC, 1",
        [area],
    )
}

/// Households to which a leaflet is still to be handed, by kind.
pub fn leaflets_due(db: &Connection, area: &str) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT l.value, COUNT(*) FROM household_row h, json_each(h.leaflets_due) l \
         WHERE h.grid >= ?1 AND h.grid < ?1 || '~' GROUP BY 1 ORDER BY 1",
        [area],
    )
}

/// Visits of this campaign finished per day, oldest first.
pub fn by_day(db: &Connection, area: &str) -> rusqlite::Result<Tally> {
    tally(
        db,
        "SELECT substr(v.finished_at, 1, 10), COUNT(*) FROM visit_row v JOIN household_row h ON h.id = v.household \
         WHERE v.state = 'finished' AND v.in_campaign = 1 AND h.grid >= ?1 AND h.grid < ?1 || '~' GROUP BY 1 ORDER BY 1",
        [area],
    )
}

/// How many leaflets are due, households with conflicts, and changes that are only here.
pub fn loose_ends(db: &Connection) -> rusqlite::Result<(u32, u32, u32)> {
    db.query_row(
        "SELECT (SELECT COUNT(*) FROM household_row WHERE leaflets_due <> '[]'), \
                (SELECT COUNT(*) FROM household_row WHERE conflicts > 0), \
                (SELECT COUNT(*) FROM change WHERE state = 'pending')",
        [],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )
}

/// The visits of a household, newest first.
pub fn visits_of(db: &Connection, household: &str) -> rusqlite::Result<Vec<VisitLine>> {
    let sql = "SELECT v.visit, v.household, h.head_name, h.hamlet, v.form, v.state, v.outcome, \
                      CASE v.finished_at WHEN '' THEN v.opened_at ELSE v.finished_at END, v.collector, v.collector_id, \
                      v.in_campaign \
               FROM visit_row v JOIN household_row h ON h.id = v.household WHERE v.household = ?1 ORDER BY 8 DESC, 1";
    rows(db, sql, [household], |r| {
        Ok(VisitLine {
            visit: r.get(0)?,
            household: r.get(1)?,
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
    })
}

fn tally<P: Params>(db: &Connection, sql: &str, with: P) -> rusqlite::Result<Tally> {
    rows(db, sql, with, |r| Ok((r.get(0)?, r.get(1)?)))
}

fn rows<T, P: Params>(
    db: &Connection,
    sql: &str,
    with: P,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    statement.query_map(with, read)?.collect()
}
