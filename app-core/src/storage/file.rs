//! Household files: read, edit, found, take in from the server, forget. Each write puts file, change log and projection
//! into the same transaction; there is no other way to write a household.

use super::Tx;
use crate::document::{Edit, Founding, HouseholdDoc, HouseholdFile};
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::wire::message::Hash;

/// Who writes, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    pub actor: [u8; 16],
    /// seconds since 1970
    pub at: i64,
}

impl Tx<'_> {
    /// A household's file; `None` when it is not held.
    pub fn doc(&self, id: HouseholdId) -> Result<Option<HouseholdDoc>> {
        self.stored(id)?.map(|s| load(&s.snapshot)).transpose()
    }

    /// A household's file; an error with words when it is not held.
    pub fn need(&self, id: HouseholdId) -> Result<HouseholdDoc> {
        self.doc(id)?.ok_or_else(not_held)
    }

    /// A household's content.
    pub fn file(&self, id: HouseholdId) -> Result<HouseholdFile> {
        Ok(self.need(id)?.file())
    }

    /// Writes all edits as one change of this device; `None` when nothing changes.
    pub fn edit(&self, id: HouseholdId, author: Author, edits: &[Edit]) -> Result<Option<Edited>> {
        let stored = self.stored(id)?.ok_or_else(not_held)?;
        let mut doc = load(&stored.snapshot)?;
        self.permit(id, &stored.grid, Some(&doc), edits)?;
        let Some(written) = doc.edit(author.actor, author.at, edits)? else { return Ok(None) };
        self.log_change(id, None, &written.hash, &written.bytes, author.at)?;
        self.save(id, &stored.grid, &doc)?;
        Ok(Some(Edited { hash: written.hash, bytes: written.bytes.len() }))
    }

    /// Makes a household that is on no list, in a grid of the scope.
    pub fn found(&self, id: HouseholdId, grid: &str, founding: &Founding, author: Author) -> Result<Edited> {
        if self.stored(id)?.is_some() {
            return Err(Error::internal("该户已存在。 The household is here already."));
        }
        let doc = HouseholdDoc::found(id, founding, author.actor, author.at)?;
        let first = doc.changes().into_iter().next().ok_or_else(|| Error::internal("建档失败。 No file was made."))?;
        self.log_change(id, Some(grid), &first.hash, &first.bytes, author.at)?;
        self.save(id, grid, &doc)?;
        Ok(Edited { hash: first.hash, bytes: first.bytes.len() })
    }

    /// Writes a file as it now stands, with its projection.
    pub fn save(&self, id: HouseholdId, grid: &str, doc: &HouseholdDoc) -> Result<()> {
        self.store(id, grid, &doc.snapshot(), &doc.heads())?;
        self.project(id, grid, doc)
    }

    /// Drops a household that left the scope. Its open visits go with it only when the file holds all of each; refused
    /// changes stay for their author. `false` when changes wait to be pushed or a visit is open that holds more: it is kept
    /// then, and asked for again.
    pub fn forget(&self, id: HouseholdId) -> Result<bool> {
        if self.pending_count(Some(id))? > 0 || !self.drop_what_is_held(id)? {
            return Ok(false);
        }
        for table in ["household", "household_row"] {
            self.conn.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?.execute([id.to_string()])?;
        }
        self.unproject(id)?;
        self.conn
            .prepare_cached("DELETE FROM change WHERE household = ?1 AND state = 'acked'")?
            .execute([id.to_string()])?;
        self.touched(id);
        Ok(true)
    }

    /// The hash of each household's content, in order of id; the same on every replica that holds the same file.
    pub fn digests(&self) -> Result<Vec<(HouseholdId, String)>> {
        self.household_ids()?.into_iter().map(|id| Ok((id, self.need(id)?.digest()))).collect()
    }
}

/// One change, written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edited {
    pub hash: Hash,
    /// size of the change
    pub bytes: usize,
}

fn load(snapshot: &[u8]) -> Result<HouseholdDoc> {
    HouseholdDoc::load(snapshot)
}

/// The household is not on this device.
pub fn not_held() -> Error {
    Error::invalid("本机没有这户的档案。 This household is not on this device.")
}
