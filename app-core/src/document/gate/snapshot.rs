//! Whole files, bounded before automerge sees them: one uncompressed document chunk, rows counted, checksum held.

use automerge::{Automerge, ROOT, ReadDoc, Value};

use super::chunk;
use super::columns::document_is_bounded;
use crate::document::doc::{HouseholdDoc, household_id};
use crate::document::guard::guarded;
use crate::document::layout::{self, Child};
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::wire::chunk as wire_chunk;

/// Largest file, bytes: some 20,000 visits.
const MAX_SNAPSHOT: usize = 16 * 1024 * 1024;
/// Most rows of any column.
const MAX_ROWS: u64 = 1_000_000;

impl HouseholdDoc {
    /// Reads a stored or received file. Bounded in memory and time, never panics.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Self::check_snapshot(bytes)?;
        let doc = guarded(|| Automerge::load(bytes)).and_then(|loaded| loaded.ok()).ok_or_else(damaged)?;
        let id = stated_id(&doc).ok_or_else(damaged)?;
        Ok(Self { id, doc })
    }

    /// Reads a file received for a household, and refuses another's.
    pub fn load_of(id: HouseholdId, bytes: &[u8]) -> Result<Self> {
        let loaded = Self::load(bytes)?;
        if loaded.id != id {
            return Err(damaged());
        }
        Ok(loaded)
    }

    /// The bounds alone, without loading.
    pub fn check_snapshot(bytes: &[u8]) -> Result<()> {
        let sound = bytes.len() <= MAX_SNAPSHOT
            && wire_chunk::chunk(bytes)
                .filter(|c| c.kind == wire_chunk::DOCUMENT)
                .and_then(|c| chunk::peek_document(c.data))
                .is_some_and(|(changes, ops)| {
                    document_is_bounded(&changes, MAX_ROWS) && document_is_bounded(&ops, MAX_ROWS)
                });
        if sound { Ok(()) } else { Err(damaged()) }
    }
}

fn damaged() -> Error {
    Error::damaged(
        "户档案文件已损坏，未写入；请重新同步该户。 A household's file is damaged and was not stored: sync again.",
    )
}

/// The household a file says it is of.
pub(super) fn stated_id(doc: &Automerge) -> Option<HouseholdId> {
    let Child::Map(meta) = layout::child(doc, &ROOT, "meta").ok()? else { return None };
    match doc.get(&meta, "id").ok()?? {
        (Value::Scalar(id), _) => household_id(&id),
        (Value::Object(_), _) => None,
    }
}
