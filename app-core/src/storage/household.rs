//! Household files in the database. Every write goes through [`Tx::edit`], [`Tx::found`] (this device's author) or
//! [`Tx::put_whole`], [`Tx::admit`] (from the server); each writes file, change log and projection together.

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::Tx;
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::wire::message::Hash;

/// A household as it lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: HouseholdId,
    /// where the server has placed it
    pub grid: String,
    /// the whole file
    pub snapshot: Vec<u8>,
    /// ascending
    pub heads: Vec<Hash>,
    /// heads the server said it holds; empty before the first acknowledgement or delivery
    pub acked: Vec<Hash>,
    /// the server's clock (seconds since 1970) when it last confirmed a change made here
    pub confirmed_at: Option<i64>,
}

/// A household id in a row.
pub(super) fn household_id(row: &Row<'_>, column: usize) -> rusqlite::Result<HouseholdId> {
    let text: String = row.get(column)?;
    Uuid::parse_str(&text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

fn split(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks_exact(32).filter_map(|c| c.try_into().ok()).collect()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        id: household_id(row, 0)?,
        grid: row.get(1)?,
        snapshot: row.get(2)?,
        heads: split(&row.get::<_, Vec<u8>>(3)?),
        acked: split(&row.get::<_, Vec<u8>>(4)?),
        confirmed_at: row.get(5)?,
    })
}

impl Tx<'_> {
    /// A household as it is stored.
    pub fn stored(&self, id: HouseholdId) -> Result<Option<Stored>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, grid, snapshot, heads, acked, confirmed_at FROM household WHERE id = ?1")?
            .query_row([id.to_string()], stored)
            .optional()?)
    }

    /// The ids of all households held, in order.
    pub fn household_ids(&self) -> Result<Vec<HouseholdId>> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM household ORDER BY id")?;
        let rows = statement.query_map([], |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What is held, with heads: for comparing with a server that was restored.
    pub fn held(&self) -> Result<Vec<(HouseholdId, Vec<Hash>)>> {
        let mut statement = self.conn.prepare_cached("SELECT id, heads FROM household ORDER BY id")?;
        let rows = statement.query_map([], |r| Ok((household_id(r, 0)?, split(&r.get::<_, Vec<u8>>(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many households are held.
    pub fn household_count(&self) -> Result<u32> {
        Ok(self.conn.prepare_cached("SELECT count(*) FROM household")?.query_row([], |r| r.get(0))?)
    }

    /// The server confirmed that it holds these heads, at `at` of its clock (seconds since 1970).
    pub fn confirm(&self, id: HouseholdId, heads: &[Hash], at: i64) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE household SET acked = ?2, confirmed_at = ?3 WHERE id = ?1")?
            .execute(params![id.to_string(), heads.concat(), at])?;
        self.touched(id);
        Ok(())
    }

    /// The server delivered these heads.
    pub fn delivered(&self, id: HouseholdId, heads: &[Hash]) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE household SET acked = ?2 WHERE id = ?1")?
            .execute(params![id.to_string(), heads.concat()])?;
        Ok(())
    }

    pub(super) fn store(&self, id: HouseholdId, grid: &str, snapshot: &[u8], heads: &[Hash]) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO household (id, grid, snapshot, heads, acked) VALUES (?1, ?2, ?3, ?4, x'')
                 ON CONFLICT (id) DO UPDATE SET grid = excluded.grid, snapshot = excluded.snapshot, heads = excluded.heads",
            )?
            .execute(params![id.to_string(), grid, snapshot, heads.concat()])?;
        self.touched(id);
        Ok(())
    }
}
