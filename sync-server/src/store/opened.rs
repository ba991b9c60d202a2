//! A stored file, opened. A snapshot that does not load is made again from the log, which holds every change: one damaged
//! row stops nothing else.

use app_core::document::HouseholdDoc;
use uuid::Uuid;

use super::Reads;
use super::rows::HouseholdRow;
use crate::error::Result;

/// A file as the server holds it.
pub enum Opened {
    /// as it is stored
    Sound(HouseholdDoc),
    /// made again from the log; the stored snapshot is damaged
    Mended(HouseholdDoc),
    /// neither the snapshot nor the log gives the file: `restore` is needed
    Lost,
}

/// Opens a household's file.
pub fn opened(r: &dyn Reads, row: &HouseholdRow) -> Result<Opened> {
    if let Ok(doc) = HouseholdDoc::load_of(row.id, &row.snapshot) {
        return Ok(Opened::Sound(doc));
    }
    let mut doc = HouseholdDoc::unfounded(row.id);
    let log = r.changes_of(row.id)?;
    let outcomes = doc.admit_many(log.iter().map(|c| &c.bytes), None, &mut |_| Ok(()));
    if outcomes.iter().all(|o| o.is_ok()) && doc.heads() == row.heads {
        tracing::warn!("a stored file was damaged and has been made again from the log");
        return Ok(Opened::Mended(doc));
    }
    tracing::error!("a stored file is damaged and the log does not give it: run `check`, then `restore`");
    Ok(Opened::Lost)
}

/// A household's file for sending: sound, made again, or nothing.
pub fn sendable(r: &dyn Reads, id: Uuid) -> Result<Option<(String, Vec<u8>)>> {
    let Some(row) = r.household(id)? else { return Ok(None) };
    Ok(match opened(r, &row)? {
        Opened::Sound(_) => Some((row.unit, row.snapshot)),
        Opened::Mended(doc) => Some((row.unit, doc.snapshot())),
        Opened::Lost => None,
    })
}
