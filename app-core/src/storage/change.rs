//! The change log: what was written on this device, and where it is by now.

use rusqlite::{Row, params};

use super::Tx;
use super::household::household_id;
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::wire::chunk::change_author;
use crate::wire::message::Hash;

/// A change that is to go up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub seq: i64,
    pub hash: Hash,
    pub household: HouseholdId,
    /// set on the first change of a household founded here
    pub grid: Option<String>,
    /// raw change
    pub bytes: Vec<u8>,
}

/// A change the server would not take; kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedChange {
    pub hash: Hash,
    pub household: HouseholdId,
    /// code of the refusal, as on the wire
    pub why: String,
    pub words: String,
    /// seconds since 1970
    pub at: i64,
}

/// The most bytes, and changes, of one household that go up together; the server takes no more in one push.
const WHOLE_BYTES: usize = 16 << 20;
const WHOLE_COUNT: usize = 4_000;

const PENDING: &str = "SELECT seq, hash, household, grid, bytes FROM change WHERE state = 'pending'";

fn pending(row: &Row<'_>) -> rusqlite::Result<Pending> {
    Ok(Pending {
        seq: row.get(0)?,
        hash: hash(row, 1)?,
        household: household_id(row, 2)?,
        grid: row.get(3)?,
        bytes: row.get(4)?,
    })
}

fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get::<_, [u8; 32]>(column)
}

impl Tx<'_> {
    pub(super) fn log_change(
        &self,
        household: HouseholdId,
        grid: Option<&str>,
        hash: &Hash,
        bytes: &[u8],
        at: i64,
    ) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO change (hash, household, grid, bytes, state, made_at) VALUES (?1, ?2, ?3, ?4, 'pending', ?5)
                 ON CONFLICT (hash) DO UPDATE SET state = 'pending', bytes = excluded.bytes, settled_at = NULL, why = '', words = ''",
            )?
            .execute(params![hash.as_slice(), household.to_string(), grid, bytes, at])?;
        Ok(())
    }

    /// A change written again under a new actor.
    pub fn log_again(&self, household: HouseholdId, hash: &Hash, bytes: &[u8], at: i64) -> Result<()> {
        self.log_change(household, None, hash, bytes, at)
    }

    /// A change is no longer: it was written again.
    pub fn drop_change(&self, hash: &Hash) -> Result<()> {
        self.conn.prepare_cached("DELETE FROM change WHERE hash = ?1")?.execute([hash.as_slice()])?;
        Ok(())
    }

    /// Every change of a household goes up again, its founding first, and last what waits beside the file because it did
    /// not fit into it; `false` when it is not held.
    pub fn offer_again(&self, household: HouseholdId, at: i64) -> Result<bool> {
        let Some(stored) = self.stored(household)? else { return Ok(false) };
        let beside = self.pending_of(household)?;
        self.conn
            .prepare_cached("DELETE FROM change WHERE household = ?1 AND state <> 'refused'")?
            .execute([household.to_string()])?;
        let doc = self.need(household)?;
        for (i, c) in doc.changes().iter().enumerate() {
            let grid = (i == 0).then_some(stored.grid.as_str());
            self.log_change(household, grid, &c.hash, &c.bytes, at)?;
        }
        for p in beside.iter().filter(|p| !doc.has(&p.hash)) {
            self.log_change(household, None, &p.hash, &p.bytes, at)?;
        }
        self.touched(household);
        Ok(true)
    }

    /// The oldest changes that are to go up, but for those of some households: at most `count`, and at most `bytes` of
    /// them (but always one). A household that a restored server lost, whole or in part, is not torn apart: what the server
    /// has signed are its latest changes, and those speak for the earlier ones only beside them.
    pub fn pending(&self, count: usize, bytes: usize, but: &[HouseholdId]) -> Result<Vec<Pending>> {
        let mut statement = self.conn.prepare_cached(&format!("{PENDING} ORDER BY seq"))?;
        let mut rows = statement.query([])?;
        let own = self.own_actors()?;
        let (mut found, mut size, mut torn): (Vec<Pending>, _, Option<HouseholdId>) = (Vec::new(), 0_usize, None);
        while let Some(row) = rows.next()? {
            if but.contains(&household_id(row, 2)?) {
                continue;
            }
            let next = pending(row)?;
            size = size.saturating_add(next.bytes.len());
            let together = torn == Some(next.household) && size <= bytes.max(WHOLE_BYTES) && found.len() < WHOLE_COUNT;
            if !found.is_empty() && (found.len() >= count || size > bytes) && !together {
                break;
            }
            let of_others = change_author(&next.bytes).is_some_and(|author| !own.contains(&author));
            if of_others || next.grid.is_some() && self.is_receipted(next.household)? {
                torn = Some(next.household);
            }
            found.push(next);
        }
        Ok(found)
    }

    /// The changes of one household that are to go up, oldest first.
    pub fn pending_of(&self, household: HouseholdId) -> Result<Vec<Pending>> {
        let mut statement = self.conn.prepare_cached(&format!("{PENDING} AND household = ?1 ORDER BY seq"))?;
        let rows = statement.query_map([household.to_string()], pending)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many changes are only on this device, of one household or of all.
    pub fn pending_count(&self, household: Option<HouseholdId>) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM change WHERE state = 'pending' AND (?1 IS NULL OR household = ?1)")?
            .query_row([household.map(|h| h.to_string())], |r| r.get(0))?)
    }

    /// How many changes of a household the server would not take; they stay on this device.
    pub fn refused_count(&self, household: HouseholdId) -> Result<u32> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM change WHERE state = 'refused' AND household = ?1")?
            .query_row([household.to_string()], |r| r.get(0))?)
    }

    /// The households with changes that are only on this device.
    pub fn waiting(&self) -> Result<Vec<HouseholdId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT household FROM change WHERE state = 'pending' GROUP BY household ORDER BY min(seq)",
        )?;
        let rows = statement.query_map([], |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A pushed change is durable on the server: its bytes live on in the household file.
    pub fn settle_acked(&self, hash: &Hash, at: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "UPDATE change SET state = 'acked', bytes = x'', settled_at = ?2, why = '', words = '' WHERE hash = ?1 AND state <> 'acked'",
            )?
            .execute(params![hash.as_slice(), at])?;
        Ok(())
    }

    /// A pushed change was not taken.
    pub fn settle_refused(&self, hash: &Hash, why: &str, words: &str, at: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "UPDATE change SET state = 'refused', settled_at = ?2, why = ?3, words = ?4 WHERE hash = ?1 AND state = 'pending'",
            )?
            .execute(params![hash.as_slice(), at, why, words])?;
        Ok(())
    }

    /// What the server would not take, the latest first.
    pub fn refused(&self) -> Result<Vec<RefusedChange>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, household, why, words, settled_at FROM change WHERE state = 'refused' ORDER BY seq DESC",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(RefusedChange {
                hash: hash(r, 0)?,
                household: household_id(r, 1)?,
                why: r.get(2)?,
                words: r.get(3)?,
                at: r.get::<_, Option<i64>>(4)?.unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
