//! Lists of households: search, register, and the pages made of them. Reads the projection only.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

/// One household as lists show it; codes, not words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseholdLine {
    pub id: String,
    pub grid: String,
    /// names
    pub village: String,
    pub hamlet: String,
    pub address: String,
    pub head_name: String,
    pub id_tail: String,
    pub phone: String,
    pub population: u32,
    pub standing: String,
    pub list: String,
    pub priority: bool,
    /// left, attempted, partly, done
    pub progress: String,
    /// JSON `[{slug, why, why_en, done, optional}]`
    pub forms: String,
    /// JSON `[code]`
    pub risks: String,
    pub outcome: String,
    /// ISO date or empty
    pub last_visit: String,
    /// ISO date or empty
    pub try_again: String,
    pub conflicts: u32,
    /// a change of this household is not yet on the server
    pub unsynced: bool,
    /// slug of a form with an open draft here, or empty
    pub draft: String,
}

/// Which households, in which order.
#[derive(Debug, Clone, Default)]
pub struct HouseholdFilter {
    /// words that must all be found in the search row
    pub text: String,
    pub list: Option<String>,
    /// area code: itself or an ancestor of the household's grid
    pub area: Option<String>,
    pub work: Option<Work>,
    pub at_risk: Option<bool>,
    pub risk: Option<String>,
    /// `grid` (default), `name`, `last_visit`, `population`, `try_again`; with `-` in front backwards
    pub sort: String,
    pub offset: u32,
    pub limit: u32,
}

/// Progress as a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// anything still to do
    Left,
    /// an open draft here
    Draft,
    Done,
    /// something only on this device
    Unsynced,
    LeafletDue,
    /// nobody was home, and a day to try again is set
    TryAgain,
}

const COLUMNS: &str = "h.id, h.grid, h.village, h.hamlet, h.address, h.head_name, h.id_tail, h.phone, h.population, \
    h.standing, h.list, h.priority, h.progress, h.forms, h.risks, h.outcome, h.last_visit, h.try_again, h.conflicts, \
    EXISTS (SELECT 1 FROM change c WHERE c.household = h.id AND c.state = 'pending'), \
    COALESCE((SELECT j.form FROM journal j WHERE j.household = h.id ORDER BY j.touched_at DESC LIMIT 1), '')";

/// The page of households that fit, and how many fit in all.
pub fn households(db: &Connection, filter: &HouseholdFilter) -> rusqlite::Result<(u32, Vec<HouseholdLine>)> {
    let (from, values) = conditions(filter);
    let total = db.prepare_cached(&format!("SELECT COUNT(*) FROM {from}"))?;
    let total = one_count(total, &values)?;
    let sql = format!("SELECT {COLUMNS} FROM {from} ORDER BY {} LIMIT ? OFFSET ?", order(filter));
    let mut values = values;
    if !filter.text.trim().is_empty() {
        // who is called so comes before whose relative is called so
        values.push(Value::Text(like(first_word(&filter.text))));
    }
    values.push(Value::Integer(i64::from(filter.limit.clamp(1, 500))));
    values.push(Value::Integer(i64::from(filter.offset)));
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), line)?.collect::<Result<_, _>>()?;
    Ok((total, rows))
}

/// One household's line.
pub fn household(db: &Connection, id: &str) -> rusqlite::Result<Option<HouseholdLine>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM household_row h WHERE h.id = ?"))?;
    let mut rows = statement.query_map([id], line)?;
    rows.next().transpose()
}

fn one_count(mut statement: rusqlite::CachedStatement<'_>, values: &[Value]) -> rusqlite::Result<u32> {
    statement.query_row(params_from_iter(values), |row| row.get(0))
}

fn conditions(filter: &HouseholdFilter) -> (String, Vec<Value>) {
    let mut from = String::from("household_row h");
    let mut wheres: Vec<&str> = Vec::new();
    let mut values = Vec::new();
    let words: Vec<&str> = filter.text.split_whitespace().collect();
    if !words.is_empty() {
        from.push_str(" JOIN search s ON s.household = h.id");
    }
    for word in words {
        wheres.push("(s.head LIKE ? ESCAPE '\\' OR s.others LIKE ? ESCAPE '\\')");
        values.extend([Value::Text(like(word)), Value::Text(like(word))]);
    }
    let mut text = |condition: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            wheres.push(condition);
            values.push(Value::Text(value.clone()));
        }
    };
    text("h.list = ?", &filter.list);
    text("EXISTS (SELECT 1 FROM json_each(h.risks) r WHERE r.value = ?)", &filter.risk);
    if let Some(area) = &filter.area {
        wheres.push("h.grid >= ? AND h.grid < ?");
        values.extend([Value::Text(area.clone()), Value::Text(format!("{area}~"))]);
    }
    match filter.at_risk {
        Some(true) => wheres.push("h.risks <> '[]'"),
        Some(false) => wheres.push("h.risks = '[]'"),
        None => {}
    }
    if let Some(work) = filter.work {
        wheres.push(work_condition(work));
    }
    if !wheres.is_empty() {
        from.push_str(" WHERE ");
        from.push_str(&wheres.join(" AND "));
    }
    (from, values)
}

fn work_condition(work: Work) -> &'static str {
    match work {
        Work::Left => "h.progress <> 'done'",
        Work::Done => "h.progress = 'done'",
        Work::Draft => "EXISTS (SELECT 1 FROM journal j WHERE j.household = h.id)",
        Work::Unsynced => "EXISTS (SELECT 1 FROM change c WHERE c.household = h.id AND c.state = 'pending')",
        Work::LeafletDue => "h.leaflets_due <> '[]'",
        Work::TryAgain => "h.try_again <> ''",
    }
}

fn order(filter: &HouseholdFilter) -> String {
    let (column, down) = match filter.sort.strip_prefix('-') {
        Some(column) => (column, " DESC"),
        None => (filter.sort.as_str(), ""),
    };
    let by = match column {
        "name" => format!("h.head_sort{down}, h.id"),
        "last_visit" => format!("h.last_visit{down}, h.grid, h.head_sort, h.id"),
        "population" => format!("h.population{down}, h.grid, h.head_sort, h.id"),
        "try_again" => format!("h.try_again{down}, h.grid, h.head_sort, h.id"),
        _ => format!("h.grid{down}, h.head_sort, h.id"),
    };
    if filter.text.trim().is_empty() { by } else { format!("s.head LIKE ? ESCAPE '\\' DESC, {by}") }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

/// Latin letters and digits must open a token (`wxy`, `weixiuying`, `0011`); Chinese may stand anywhere in it (`秀英`).
fn like(word: &str) -> String {
    let mut pattern = String::from(if word.is_ascii() { "%\n" } else { "%" });
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.extend(c.to_lowercase());
    }
    pattern.push('%');
    pattern
}

fn line(row: &Row<'_>) -> rusqlite::Result<HouseholdLine> {
    Ok(HouseholdLine {
        id: row.get(0)?,
        grid: row.get(1)?,
        village: row.get(2)?,
        hamlet: row.get(3)?,
        address: row.get(4)?,
        head_name: row.get(5)?,
        id_tail: row.get(6)?,
        phone: row.get(7)?,
        population: row.get(8)?,
        standing: row.get(9)?,
        list: row.get(10)?,
        priority: row.get(11)?,
        progress: row.get(12)?,
        forms: row.get(13)?,
        risks: row.get(14)?,
        outcome: row.get(15)?,
        last_visit: row.get(16)?,
        try_again: row.get(17)?,
        conflicts: row.get(18)?,
        unsynced: row.get(19)?,
        draft: row.get(20)?,
    })
}
