//! What rounds with the server cost and brought, the receipts, and the audit of looks in full.

use rusqlite::{OptionalExtension, Row, params};

use super::Tx;
use crate::domain::id::HouseholdId;
use crate::error::Result;

/// One round with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Round {
    /// seconds since 1970
    pub at: i64,
    /// it went through
    pub ok: bool,
    /// requests made
    pub round_trips: u32,
    /// bodies and, for HTTP, nothing else
    pub bytes_up: u32,
    pub bytes_down: u32,
    pub changes_up: u32,
    pub changes_down: u32,
    pub households_new: u32,
    pub households_forgotten: u32,
    /// of the trouble, when it failed
    pub words: String,
}

/// A household of which the server has not signed for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unproven {
    pub household: HouseholdId,
    pub why: WhyUnproven,
}

/// Why there is no proof yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyUnproven {
    /// changes have not gone up
    Waiting,
    /// a change was set aside by the server
    Refused,
    /// nothing of it was ever named by a receipt
    Unsigned,
}

const KEPT: u32 = 500;

fn round(row: &Row<'_>) -> rusqlite::Result<Round> {
    Ok(Round {
        at: row.get(0)?,
        ok: row.get(1)?,
        round_trips: row.get(2)?,
        bytes_up: row.get(3)?,
        bytes_down: row.get(4)?,
        changes_up: row.get(5)?,
        changes_down: row.get(6)?,
        households_new: row.get(7)?,
        households_forgotten: row.get(8)?,
        words: row.get(9)?,
    })
}

impl Tx<'_> {
    /// Notes a round.
    pub fn write_round(&self, r: &Round) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO round (at, ok, trips, bytes_up, bytes_down, changes_up, changes_down, households_new, households_forgotten, words)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                r.at,
                r.ok,
                r.round_trips,
                r.bytes_up,
                r.bytes_down,
                r.changes_up,
                r.changes_down,
                r.households_new,
                r.households_forgotten,
                r.words
            ])?;
        self.conn.prepare_cached("DELETE FROM round WHERE id <= (SELECT max(id) FROM round) - ?1")?.execute([KEPT])?;
        Ok(())
    }

    /// The latest round, or the latest that went through.
    pub fn last_round(&self, ok_only: bool) -> Result<Option<Round>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT at, ok, trips, bytes_up, bytes_down, changes_up, changes_down, households_new, households_forgotten, words
                 FROM round WHERE ok OR NOT ?1 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([ok_only], round)
            .optional()?)
    }

    /// Keeps a receipt of the server: its clock in milliseconds, the acknowledgements as they came, the signature.
    pub fn write_receipt(&self, time_ms: i64, acks: &[u8], signature: &[u8]) -> Result<i64> {
        self.conn
            .prepare_cached("INSERT INTO receipt (time_ms, acks, signature) VALUES (?1, ?2, ?3)")?
            .execute(params![time_ms, acks, signature])?;
        Ok(self.conn.last_insert_rowid())
    }

    /// A receipt names a household. Older ones stay: a server that was restored may name less than it did before.
    pub fn receipt_names(&self, household: HouseholdId, receipt: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO receipt_household (household, receipt) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![household.to_string(), receipt])?;
        Ok(())
    }

    /// Receipts that name a household, the newest first: its id, time, what is held, signature; until `look` has enough
    /// (`false`).
    pub fn receipts_naming(
        &self,
        household: HouseholdId,
        mut look: impl FnMut(i64, i64, &[u8], &[u8]) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "SELECT r.id, r.time_ms, r.acks, r.signature FROM receipt_household h JOIN receipt r ON r.id = h.receipt
             WHERE h.household = ?1 ORDER BY h.receipt DESC",
        )?;
        let mut rows = statement.query([household.to_string()])?;
        while let Some(row) = rows.next()? {
            let (acks, sig): (Vec<u8>, Vec<u8>) = (row.get(2)?, row.get(3)?);
            if !look(row.get(0)?, row.get(1)?, &acks, &sig)? {
                break;
            }
        }
        Ok(())
    }

    /// Whether a receipt names a household.
    pub(super) fn is_receipted(&self, household: HouseholdId) -> Result<bool> {
        let mut statement = self.conn.prepare_cached("SELECT 1 FROM receipt_household WHERE household = ?1 LIMIT 1")?;
        Ok(statement.exists([household.to_string()])?)
    }

    /// When the server last signed for something that came from or went to this device: its clock, milliseconds since 1970.
    pub fn last_receipt(&self) -> Result<Option<i64>> {
        Ok(self.conn.prepare_cached("SELECT max(time_ms) FROM receipt")?.query_row([], |r| r.get(0))?)
    }

    /// The households of which the server has not signed for all that is held here, in the order of lists: how many, and
    /// the first `most` of them. All else in the files came under a receipt or was acknowledged under one.
    pub fn unproven(&self, most: u32) -> Result<(u32, Vec<Unproven>)> {
        const UNPROVEN: &str = "SELECT household AS id FROM change WHERE state IN ('pending', 'refused')
             UNION SELECT id FROM household WHERE id NOT IN (SELECT household FROM receipt_household)";
        let count = format!("SELECT count(*) FROM household WHERE id IN ({UNPROVEN})");
        let count = self.conn.prepare_cached(&count)?.query_row([], |r| r.get(0))?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT h.id,
               (SELECT min(c.state) FROM change c WHERE c.household = h.id AND c.state IN ('pending', 'refused'))
             FROM household h LEFT JOIN household_row r ON r.id = h.id WHERE h.id IN ({UNPROVEN})
             ORDER BY r.grid, r.hamlet, r.head_sort, h.id LIMIT ?1"
        ))?;
        let rows = statement.query_map([most], |r| {
            let why = match r.get::<_, Option<String>>(1)?.as_deref() {
                Some("pending") => WhyUnproven::Waiting,
                Some(_) => WhyUnproven::Refused,
                None => WhyUnproven::Unsigned,
            };
            Ok(Unproven { household: super::household::household_id(r, 0)?, why })
        })?;
        Ok((count, rows.collect::<rusqlite::Result<_>>()?))
    }

    /// How many receipts are kept.
    pub fn receipts(&self) -> Result<u32> {
        Ok(self.conn.prepare_cached("SELECT count(*) FROM receipt")?.query_row([], |r| r.get(0))?)
    }

    /// Notes an act that concerns many households at once (an export), with what it was.
    pub fn write_audit_of_many(&self, at: i64, what: &str, path: &str) -> Result<()> {
        self.conn
            .prepare_cached("INSERT INTO audit (at, what, household, path) VALUES (?1, ?2, '', ?3)")?
            .execute(params![at, what, path])?;
        Ok(())
    }

    /// Notes that something was looked at in full (ID number, phone …) at `at` (seconds since 1970).
    pub fn write_audit(&self, at: i64, what: &str, household: HouseholdId, path: &str) -> Result<()> {
        self.conn
            .prepare_cached("INSERT INTO audit (at, what, household, path) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![at, what, household.to_string(), path])?;
        Ok(())
    }
}
