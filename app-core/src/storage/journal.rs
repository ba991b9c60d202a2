//! Open visits: each answer durable when its field is left; one change enters the household file when the visit is
//! finished or put down (4-sync.md). What an answer means is the form's business, not ours: a value is JSON.

use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use super::Tx;
use super::household::household_id;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};

/// Whether a visit is still being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalState {
    /// being filled
    Open,
    /// put down: what it held is in the household file as a draft, and it can be taken up again
    PutDown,
}

impl JournalState {
    fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PutDown => "put_down",
        }
    }
}

/// An open visit.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenVisit {
    pub visit: String,
    pub household: HouseholdId,
    /// slug
    pub form: String,
    /// version of the form it was begun with
    pub form_version: String,
    /// hash of the pack it was begun with
    pub pack: String,
    pub state: JournalState,
    /// seconds since 1970
    pub opened_at: i64,
    pub touched_at: i64,
    /// when the privacy notice was shown
    pub privacy_at: Option<i64>,
    /// window, paper, position in the form: the visit's own notes
    pub more: Value,
}

/// What an entry of the journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// an answer
    Answer,
    /// a person's word against a computed value
    Override,
    /// the answer to a question the form no longer has
    Retired,
    /// an instance of a repeat was added (`true`) or removed (`false`)
    Instance,
}

impl EntryKind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Override => "override",
            Self::Retired => "retired",
            Self::Instance => "instance",
        }
    }

    pub(super) fn parse(code: &str) -> Self {
        match code {
            "override" => Self::Override,
            "retired" => Self::Retired,
            "instance" => Self::Instance,
            _ => Self::Answer,
        }
    }
}

/// One entry of a visit's journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `/group/member[key]/health`
    pub path: String,
    pub value: Value,
    pub kind: EntryKind,
    /// seconds since 1970
    pub at: i64,
}

const COLUMNS: &str = "visit, household, form, form_version, pack, state, opened_at, touched_at, privacy_at, more";

fn open_visit(row: &Row<'_>) -> rusqlite::Result<OpenVisit> {
    let more: String = row.get(9)?;
    Ok(OpenVisit {
        visit: row.get(0)?,
        household: household_id(row, 1)?,
        form: row.get(2)?,
        form_version: row.get(3)?,
        pack: row.get(4)?,
        state: if row.get::<_, String>(5)? == "open" { JournalState::Open } else { JournalState::PutDown },
        opened_at: row.get(6)?,
        touched_at: row.get(7)?,
        privacy_at: row.get(8)?,
        more: serde_json::from_str(&more).unwrap_or(Value::Null),
    })
}

impl Tx<'_> {
    /// Opens a visit, or writes its state, privacy and notes anew; its answers stay.
    pub fn write_visit(&self, v: &OpenVisit) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO journal (visit, household, form, form_version, pack, state, opened_at, touched_at, privacy_at, more)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (visit) DO UPDATE SET form_version = excluded.form_version, pack = excluded.pack,
                   state = excluded.state, touched_at = excluded.touched_at, privacy_at = excluded.privacy_at, more = excluded.more",
            )?
            .execute(params![
                v.visit,
                v.household.to_string(),
                v.form,
                v.form_version,
                v.pack,
                v.state.code(),
                v.opened_at,
                v.touched_at,
                v.privacy_at,
                v.more.to_string()
            ])?;
        self.touched(v.household);
        self.visit_touched(&v.visit);
        Ok(())
    }

    /// A visit of the journal.
    pub fn open_visit(&self, visit: &str) -> Result<Option<OpenVisit>> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM journal WHERE visit = ?1"))?
            .query_row([visit], open_visit)
            .optional()?)
    }

    /// The visits of the journal, of one household or of all, the latest touched first.
    pub fn open_visits(&self, household: Option<HouseholdId>) -> Result<Vec<OpenVisit>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM journal WHERE ?1 IS NULL OR household = ?1 ORDER BY touched_at DESC, visit"
        ))?;
        let rows = statement.query_map([household.map(|h| h.to_string())], open_visit)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Writes one entry; durable when the transaction ends. The visit must be open.
    pub fn write_entry(&self, visit: &str, entry: &Entry) -> Result<()> {
        let known = self
            .conn
            .prepare_cached("UPDATE journal SET touched_at = ?2 WHERE visit = ?1")?
            .execute(params![visit, entry.at])?;
        if known == 0 {
            return Err(Error::invalid("没有这次入户记录。 There is no such open visit."));
        }
        self.conn
            .prepare_cached(
                "INSERT INTO journal_answer (visit, path, value, kind, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (visit, path) DO UPDATE SET value = excluded.value, kind = excluded.kind, at = excluded.at",
            )?
            .execute(params![visit, entry.path, entry.value.to_string(), entry.kind.code(), entry.at])?;
        self.visit_touched(visit);
        Ok(())
    }

    /// Takes one entry back (an override undone).
    pub fn drop_entry(&self, visit: &str, path: &str) -> Result<()> {
        self.conn
            .prepare_cached("DELETE FROM journal_answer WHERE visit = ?1 AND path = ?2")?
            .execute([visit, path])?;
        self.visit_touched(visit);
        Ok(())
    }

    /// The entries of a visit, in the order they were last written.
    pub fn entries(&self, visit: &str) -> Result<Vec<Entry>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT path, value, kind, at FROM journal_answer WHERE visit = ?1 ORDER BY at, path")?;
        let rows = statement.query_map([visit], |r| {
            let (value, kind): (String, String) = (r.get(1)?, r.get(2)?);
            Ok(Entry {
                path: r.get(0)?,
                value: serde_json::from_str(&value).unwrap_or(Value::Null),
                kind: EntryKind::parse(&kind),
                at: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many answers an open visit holds.
    pub fn answered(&self, visit: &str) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM journal_answer WHERE visit = ?1 AND kind IN ('answer', 'override')")?
            .query_row([visit], |r| r.get(0))?)
    }

    /// Takes a visit out of the journal, in the transaction that writes it into the household file.
    pub fn close_visit(&self, visit: &str) -> Result<()> {
        if let Some(v) = self.open_visit(visit)? {
            self.touched(v.household);
        }
        self.conn.prepare_cached("DELETE FROM journal WHERE visit = ?1")?.execute([visit])?;
        self.visit_touched(visit);
        Ok(())
    }
}
