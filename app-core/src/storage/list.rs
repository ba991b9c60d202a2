//! What lists and the desk ask of the projection: pages of households, counts, members and visits.

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use serde::{Deserialize, Serialize};

use super::Tx;
use super::household::household_id;
use super::search::clean;
use super::shared::{SHARED_OF_ROW, SHARING};
use crate::domain::id::HouseholdId;
use crate::error::Result;

/// A form of a household, and whether it has been filled this campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormState {
    pub slug: String,
    /// why it is due, Chinese and English
    pub why: String,
    pub why_en: String,
    pub done: bool,
    /// may be filled, need not
    pub optional: bool,
}

/// A household as lists see it. Codes, not labels; the phone number and ID tail are not masked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdLine {
    pub id: HouseholdId,
    pub grid: String,
    pub village: String,
    pub hamlet: String,
    pub address: String,
    pub head_name: String,
    pub id_tail: String,
    pub phone: String,
    pub population: u32,
    /// code of `Standing`
    pub standing: String,
    /// code of the list: ordinary, priority, lifted, monitored
    pub list: String,
    pub priority: bool,
    /// left, attempted, partly, done (a draft on this device: `draft`)
    pub progress: String,
    pub forms: Vec<FormState>,
    /// a risk was found this campaign (the priority form's word counts)
    pub at_risk: bool,
    /// codes of risks found this campaign
    pub risks: Vec<String>,
    pub outcome: String,
    pub suggestion: String,
    /// ISO date or empty
    pub last_visit: String,
    pub try_again: String,
    /// codes of leaflets to hand over
    pub leaflets_due: Vec<String>,
    pub conflicts: u32,
    pub digest: String,
    /// a visit is open on this device
    pub draft: bool,
    /// has changes that are only on this device
    pub unsynced: bool,
}

/// What a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// name, pinyin, initials, ID number or tail, hamlet, phone tail
    pub text: String,
    /// code of the list
    pub list: Option<String>,
    /// area code: a prefix of the grid
    pub area: Option<String>,
    pub progress: Option<Progress>,
    /// has (or has not) a risk found this campaign
    pub at_risk: Option<bool>,
    /// code of a risk found this campaign
    pub risk_kind: Option<String>,
    pub suggestion: Option<String>,
    pub sort: Sort,
    /// the other way round
    pub reverse: bool,
    pub offset: u32,
    pub limit: u32,
}

/// Which state of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// anything still to be done
    Left,
    /// a visit is open on this device
    Draft,
    Done,
    /// has changes that are only on this device
    Unsynced,
    /// a leaflet is to be handed over
    LeafletDue,
    /// somebody went, nobody was met
    Attempted,
    /// another form is still to be filled
    Partly,
    /// several values stand
    Conflict,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// best match first, then grid, hamlet, pinyin (the other way round: by grid alone)
    #[default]
    Place,
    /// pinyin of the head's name
    Name,
    /// latest visit first
    LastVisit,
    /// in the order of the notice: 一般农户, 脱贫户, 未消除, 已消除
    Standing,
    /// least done first
    Progress,
    /// most people first
    Population,
    /// most risks first
    Risks,
}

impl Sort {
    /// The order in SQL; the columns after the first are the same both ways, so that rows of one value stay in the order
    /// of lists.
    fn sql(self, reverse: bool) -> String {
        let way = |falls: bool| if falls == reverse { "" } else { " DESC" };
        match self {
            Self::Place if reverse => "r.grid DESC, r.hamlet DESC, r.head_sort DESC, r.id".into(),
            Self::Place => "r.grid, r.hamlet, r.head_sort, r.id".into(),
            Self::Name => format!("r.head_sort{}, r.id", way(false)),
            Self::LastVisit => format!("r.last_visit{}, r.head_sort, r.id", way(true)),
            Self::Standing => format!("{STANDING}{}, r.grid, r.hamlet, r.head_sort, r.id", way(false)),
            Self::Progress => format!("{PROGRESS}{}, r.grid, r.hamlet, r.head_sort, r.id", way(false)),
            Self::Population => format!("r.population{}, r.grid, r.hamlet, r.head_sort, r.id", way(true)),
            Self::Risks => format!("{RISKS}{}, r.grid, r.hamlet, r.head_sort, r.id", way(true)),
        }
    }
}

const STANDING: &str = "CASE r.standing WHEN 'ordinary' THEN 0 WHEN 'lifted' THEN 1 WHEN 'monitored' THEN 2 ELSE 3 END";
const PROGRESS: &str = "CASE r.progress WHEN 'left' THEN 0 WHEN 'attempted' THEN 1 WHEN 'partly' THEN 2 ELSE 3 END";
const RISKS: &str = "json_array_length(r.risks)";

fn columns() -> String {
    format!(
        "r.id, r.grid, r.village, r.hamlet, r.address, r.head_name, r.id_tail, r.phone, r.population, r.standing,
 r.list, r.priority, r.progress, r.forms, r.risks, r.outcome, r.suggestion, r.last_visit, r.try_again, r.leaflets_due,
 r.conflicts + {SHARED_OF_ROW}, r.digest, r.at_risk,
 EXISTS (SELECT 1 FROM journal j WHERE j.household = r.id),
 EXISTS (SELECT 1 FROM change c WHERE c.household = r.id AND c.state = 'pending')"
    )
}

fn json<T: serde::de::DeserializeOwned + Default>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    // Written by this layer alone; a damaged one reads as empty and `rebuild` mends it.
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn line(r: &Row<'_>) -> rusqlite::Result<HouseholdLine> {
    Ok(HouseholdLine {
        id: household_id(r, 0)?,
        grid: r.get(1)?,
        village: r.get(2)?,
        hamlet: r.get(3)?,
        address: r.get(4)?,
        head_name: r.get(5)?,
        id_tail: r.get(6)?,
        phone: r.get(7)?,
        population: r.get(8)?,
        standing: r.get(9)?,
        list: r.get(10)?,
        priority: r.get(11)?,
        progress: r.get(12)?,
        forms: json(r, 13)?,
        risks: json(r, 14)?,
        outcome: r.get(15)?,
        suggestion: r.get(16)?,
        last_visit: r.get(17)?,
        try_again: r.get(18)?,
        leaflets_due: json(r, 19)?,
        conflicts: r.get(20)?,
        digest: r.get(21)?,
        at_risk: r.get(22)?,
        draft: r.get(23)?,
        unsynced: r.get(24)?,
    })
}

/// Conditions and their parameters, in step.
#[derive(Default)]
struct Where {
    sql: Vec<String>,
    params: Vec<Sql>,
}

impl Where {
    fn and(&mut self, sql: &str, params: impl IntoIterator<Item = String>) {
        self.sql.push(sql.to_owned());
        self.params.extend(params.into_iter().map(Sql::Text));
    }

    fn text(&self) -> String {
        if self.sql.is_empty() { "1".into() } else { self.sql.join(" AND ") }
    }
}

fn conditions(q: &Query, typed: &str) -> Where {
    let mut w = Where::default();
    if is_id_number(typed) {
        let number = typed.to_uppercase();
        w.and("r.id IN (SELECT household FROM member_row WHERE id_number = ?)", [number]);
    } else if !typed.is_empty() {
        w.and("(instr(s.head, ?) OR instr(s.others, ?))", [typed.to_owned(), typed.to_owned()]);
    }
    if let Some(list) = &q.list {
        w.and("r.list = ?", [list.clone()]);
    }
    if let Some(area) = &q.area {
        // A range instead of LIKE, so that the index serves: codes are digits and a hyphen, all below '~'.
        w.and("r.grid >= ? AND r.grid < ?", [area.clone(), format!("{area}~")]);
    }
    if let Some(at_risk) = q.at_risk {
        w.and(if at_risk { "r.at_risk" } else { "NOT r.at_risk" }, []);
    }
    if let Some(kind) = &q.risk_kind {
        w.and("instr(r.risks, ?)", [format!("\"{kind}\"")]);
    }
    if let Some(suggestion) = &q.suggestion {
        w.and("r.suggestion = ?", [suggestion.clone()]);
    }
    match q.progress {
        None => {}
        Some(Progress::Left) => w.and("r.progress <> 'done'", []),
        Some(Progress::Done) => w.and("r.progress = 'done'", []),
        Some(Progress::Draft) => w.and("EXISTS (SELECT 1 FROM journal j WHERE j.household = r.id)", []),
        Some(Progress::Unsynced) => {
            w.and("EXISTS (SELECT 1 FROM change c WHERE c.household = r.id AND c.state = 'pending')", []);
        }
        Some(Progress::LeafletDue) => w.and("r.leaflets_due <> '[]'", []),
        Some(Progress::Attempted) => w.and("r.progress = 'attempted'", []),
        Some(Progress::Partly) => w.and("r.progress = 'partly'", []),
        Some(Progress::Conflict) => w.and(&format!("(r.conflicts > 0 OR r.id IN ({SHARING}))"), []),
    }
    w
}

fn is_id_number(typed: &str) -> bool {
    matches!(typed.len(), 18 | 20 | 22) && typed.get(..17).is_some_and(|b| b.bytes().all(|c| c.is_ascii_digit()))
}

impl Tx<'_> {
    /// A page of households, and how many there are in all.
    pub fn households(&self, q: &Query) -> Result<(u32, Vec<HouseholdLine>)> {
        let typed = clean(&q.text);
        let w = conditions(q, &typed);
        let searched = !typed.is_empty() && !is_id_number(&typed);
        // CROSS keeps the narrow table outside: the other way round every page of the wide one is decrypted.
        let from =
            if searched { "search s CROSS JOIN household_row r ON r.id = s.household" } else { "household_row r" };
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM {from} WHERE {}", w.text()))?
            .query_row(params_from_iter(w.params.iter()), |r| r.get(0))?;
        // First the ids of the page in order, then their lines: columns of rows that are not shown are never made.
        let ids = self.page(q, from, searched.then_some(typed), w)?;
        let lines = ids.into_iter().filter_map(|id| self.line(id).transpose());
        Ok((total, lines.collect::<Result<_>>()?))
    }

    fn page(&self, q: &Query, from: &str, typed: Option<String>, w: Where) -> Result<Vec<HouseholdId>> {
        let mut order = q.sort.sql(q.reverse);
        let text = w.text();
        let mut params = w.params;
        if let Some(typed) = typed.filter(|_| q.sort == Sort::Place && !q.reverse) {
            // The head whose token begins so, then the head, then others of the household.
            order = format!("CASE WHEN instr(s.head, ?) THEN 0 WHEN instr(s.head, ?) THEN 1 ELSE 2 END, {order}");
            params.extend([Sql::Text(format!("\n{typed}")), Sql::Text(typed)]);
        }
        params.extend([Sql::Integer(q.limit.into()), Sql::Integer(q.offset.into())]);
        let sql = format!("SELECT r.id FROM {from} WHERE {text} ORDER BY {order} LIMIT ? OFFSET ?");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(params), |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One household as lists see it.
    pub fn line(&self, id: HouseholdId) -> Result<Option<HouseholdLine>> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {} FROM household_row r WHERE r.id = ?1", columns()))?
            .query_row([id.to_string()], line)
            .optional()?)
    }

    /// The household on whose roster an ID number stands.
    pub fn household_of_number(&self, number: &str) -> Result<Option<HouseholdId>> {
        Ok(self
            .conn
            .prepare_cached("SELECT household FROM member_row WHERE id_number = ?1 AND id_number <> '' AND NOT removed ORDER BY household LIMIT 1")?
            .query_row([number], |r| household_id(r, 0))
            .optional()?)
    }

    /// Households by one column of the projection, counted, under the query's filters: for the desk's overview.
    pub fn count_by(&self, group: Group, q: &Query) -> Result<Vec<(String, u32)>> {
        let w = conditions(&Query { text: String::new(), ..q.clone() }, "");
        let (column, from) = match group {
            Group::List => ("r.list", "household_row r"),
            Group::Progress => ("r.progress", "household_row r"),
            Group::Standing => ("r.standing", "household_row r"),
            Group::Outcome => ("r.outcome", "household_row r"),
            Group::Suggestion => ("r.suggestion", "household_row r"),
            Group::Village => ("substr(r.grid, 1, 12)", "household_row r"),
            Group::Grid => ("r.grid", "household_row r"),
            Group::Risk => ("e.value", "household_row r, json_each(r.risks) e"),
            Group::Leaflet => ("e.value", "household_row r, json_each(r.leaflets_due) e"),
        };
        let sql = format!("SELECT {column}, count(*) FROM {from} WHERE {} GROUP BY 1 ORDER BY 1", w.text());
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(w.params), |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Progress by area: the areas one level below `area` (grids within a village, else villages).
    pub fn progress_by_area(&self, area: &str) -> Result<Vec<AreaLine>> {
        let digits = if area.len() >= 12 { 15 } else { 12 };
        let mut statement = self.conn.prepare_cached(
            "SELECT substr(grid, 1, ?3), min(village), count(*), sum(population),
               sum(progress = 'done'), sum(progress = 'partly'), sum(progress = 'attempted'), sum(progress = 'left'),
               sum(at_risk), sum(suggestion = 'enrol'), max(last_visit)
             FROM household_row WHERE grid >= ?1 AND grid < ?2 GROUP BY 1 ORDER BY 1",
        )?;
        let rows = statement.query_map(rusqlite::params![area, format!("{area}~"), digits], |r| {
            Ok(AreaLine {
                code: r.get(0)?,
                village: r.get(1)?,
                households: r.get(2)?,
                people: r.get(3)?,
                done: r.get(4)?,
                partly: r.get(5)?,
                attempted: r.get(6)?,
                left: r.get(7)?,
                at_risk: r.get(8)?,
                to_enrol: r.get(9)?,
                last_visit: r.get(10)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The areas one level below `area`: households, and those visited this campaign.
    pub fn count_areas(&self, area: &str) -> Result<Vec<AreaCount>> {
        let digits = if area.len() >= 12 { 15 } else { 12 };
        let mut statement = self.conn.prepare_cached(
            "SELECT substr(grid, 1, ?3), count(*), sum(last_visit <> '')
             FROM household_row WHERE grid >= ?1 AND grid < ?2 GROUP BY 1 ORDER BY 1",
        )?;
        let rows = statement.query_map(rusqlite::params![area, format!("{area}~"), digits], |r| {
            Ok(AreaCount { code: r.get(0)?, households: r.get(1)?, visited: r.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Households with each risk found this campaign, by the areas one level below `area`: area, code of the risk, count.
    pub fn risks_by_area(&self, area: &str) -> Result<Vec<(String, String, u32)>> {
        let digits = if area.len() >= 12 { 15 } else { 12 };
        let mut statement = self.conn.prepare_cached(
            "SELECT substr(r.grid, 1, ?3), e.value, count(*) FROM household_row r, json_each(r.risks) e
             WHERE r.grid >= ?1 AND r.grid < ?2 GROUP BY 1, 2 ORDER BY 1, 2",
        )?;
        let rows = statement.query_map(rusqlite::params![area, format!("{area}~"), digits], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Finished visits of the campaign per day within an area: ISO date, visits.
    pub fn visits_by_day(&self, area: &str) -> Result<Vec<(String, u32)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT substr(v.finished_at, 1, 10), count(*) FROM visit_row v JOIN household_row r ON r.id = v.household
             WHERE v.state = 'finished' AND v.in_campaign AND r.grid >= ?1 AND r.grid < ?2 GROUP BY 1 ORDER BY 1",
        )?;
        let rows = statement.query_map([area, &format!("{area}~")], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// By what households are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    List,
    Progress,
    Standing,
    Outcome,
    Suggestion,
    /// code of the village
    Village,
    Grid,
    /// a household counts under each risk found
    Risk,
    /// a household counts under each leaflet due
    Leaflet,
}

/// The households of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaCount {
    pub code: String,
    pub households: u32,
    /// with a finished visit this campaign
    pub visited: u32,
}

/// The work in one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaLine {
    pub code: String,
    /// name of the village the households give
    pub village: String,
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
