//! How large a file may grow. A file beyond [`LOADS`] is not read again by anyone, so nothing that would make one is taken,
//! and what comes in as new stops well before, at [`GROWS_TO`]: files already accepted stay readable everywhere, with
//! room for what phones wrote apart.

use automerge::Automerge;

use super::chunk;
use super::columns::most_rows;
use crate::document::doc::HouseholdDoc;
use crate::wire::chunk as wire_chunk;

/// What a file weighs, or may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::document) struct Weight {
    /// of the snapshot
    pub(in crate::document) bytes: usize,
    /// of its longest column
    pub(in crate::document) rows: u64,
}

/// The largest file that is read: some 20,000 visits.
pub(in crate::document) const LOADS: Weight = Weight { bytes: 16 * 1024 * 1024, rows: 1_000_000 };
/// How far a file may grow: colleagues fetch it whole, in one piece, over a village's signal (64 kbit/s: a minute). The
/// longest form each month for ten years makes 130 KiB (`tests/wire/bytes.rs`).
pub(in crate::document) const GROWS_TO: Weight = Weight { bytes: 512 * 1024, rows: 250_000 };

/// What one operation may add to a snapshot beside the bytes of its change: a key that the change wrote once for many.
const AN_OPERATION: usize = 300;

impl Weight {
    /// Whether a file of this weight has its place.
    pub(in crate::document) fn fits(self, room: Self) -> bool {
        self.bytes <= room.bytes && self.rows <= room.rows
    }

    /// At most this after a change of so many bytes and operations.
    pub(in crate::document) fn with(self, bytes: usize, ops: u64) -> Self {
        let added = usize::try_from(ops).unwrap_or(usize::MAX).saturating_mul(AN_OPERATION).saturating_add(bytes);
        // A change's predecessors are no more than the bound of its operations (`columns.rs`), its dependencies fewer.
        let rows = self.rows.saturating_add(crate::document::layout::MAX_OPS);
        Self { bytes: self.bytes.saturating_add(added), rows }
    }

    /// Exactly; nothing when the file could not be read back.
    pub(super) fn of(doc: &Automerge) -> Option<Self> {
        Self::of_snapshot(&doc.save_nocompress())
    }

    /// Exactly; nothing when it is no plain, whole file.
    pub(super) fn of_snapshot(bytes: &[u8]) -> Option<Self> {
        let file = wire_chunk::chunk(bytes).filter(|c| c.kind == wire_chunk::DOCUMENT)?;
        let (changes, ops) = chunk::peek_document(file.data)?;
        let rows = most_rows(&changes, LOADS.rows)?.max(most_rows(&ops, LOADS.rows)?);
        Some(Self { bytes: bytes.len(), rows })
    }
}

impl HouseholdDoc {
    /// Whether something new may still be written into the file.
    pub(in crate::document) fn has_room(&self) -> bool {
        self.weight.fits(GROWS_TO) || Weight::of(&self.doc).is_some_and(|w| w.fits(GROWS_TO))
    }
}
