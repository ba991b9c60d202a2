//! Foreign bytes read by us before automerge sees them: chunk header, checksum, the head of a change, its columns.

use sha2::{Digest, Sha256};

use super::columns::Column;
use crate::document::doc::{Actor, Hash};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Kinds of chunks; deflated changes (2) and bundles (3) have no use here and no limit in automerge.
pub(super) const DOCUMENT: u8 = 0;
pub(super) const CHANGE: u8 = 1;

/// A chunk whose checksum holds and which fills its bytes exactly.
pub(super) struct Chunk<'a> {
    pub(super) kind: u8,
    pub(super) hash: Hash,
    pub(super) data: &'a [u8],
}

/// Reads the header and proves the checksum (automerge does not, for changes).
pub(super) fn chunk(bytes: &[u8]) -> Option<Chunk<'_>> {
    let mut r = Reader(bytes);
    if r.take(4)? != MAGIC {
        return None;
    }
    let checksum = r.take(4)?;
    let kind = *r.take(1)?.first()?;
    let before = r.0;
    let len = r.uleb()?;
    let written = before.len().checked_sub(r.0.len())?;
    let data = r.0;
    if u64::try_from(data.len()).ok()? != len {
        return None;
    }
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    hasher.update(before.get(..written)?);
    hasher.update(data);
    let hash: Hash = hasher.finalize().into();
    (hash.get(..4)? == checksum).then_some(Chunk { kind, hash, data })
}

/// The head of a change and its columns.
pub(super) struct Peek<'a> {
    pub(super) deps: Vec<Hash>,
    pub(super) actor: Actor,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) time: i64,
    pub(super) columns: Vec<Column<'a>>,
}

/// Reads a change chunk's data. `None`: not of the plain shape our own changes have.
pub(super) fn peek(data: &[u8]) -> Option<Peek<'_>> {
    /// more heads than devices that could have edited one household apart
    const MAX_DEPS: u64 = 64;
    const MAX_ACTORS: u64 = 256;
    let mut r = Reader(data);
    let count = r.uleb().filter(|n| *n <= MAX_DEPS)?;
    let mut deps = Vec::new();
    for _ in 0..count {
        deps.push(Hash::try_from(r.take(32)?).ok()?);
    }
    let actor = r.actor()?;
    let (seq, start_op, time) = (r.uleb()?, r.uleb()?, r.sleb()?);
    if r.uleb()? != 0 {
        return None; // a message: ours have none
    }
    let others = r.uleb().filter(|n| *n <= MAX_ACTORS)?;
    for _ in 0..others {
        r.actor()?;
    }
    let columns = r.columns()?;
    // Extra bytes after the columns would be carried for ever unread.
    let columns = r.column_data(columns)?;
    r.0.is_empty().then_some(Peek { deps, actor, seq, start_op, time, columns })
}

/// The columns of a whole document: those of its changes, those of its operations.
pub(super) fn peek_document(data: &[u8]) -> Option<(Vec<Column<'_>>, Vec<Column<'_>>)> {
    const MAX: u64 = 100_000;
    let mut r = Reader(data);
    let actors = r.uleb().filter(|n| *n <= MAX)?;
    for _ in 0..actors {
        r.actor()?;
    }
    let heads = r.uleb().filter(|n| *n <= MAX)?;
    for _ in 0..heads {
        r.take(32)?;
    }
    let (changes, ops) = (r.columns()?, r.columns()?);
    Some((r.column_data(changes)?, r.column_data(ops)?))
}

/// A cursor over bytes; every read is checked.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    pub(super) fn uleb(&mut self) -> Option<u64> {
        let mut out = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            out |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(out);
            }
        }
        None
    }

    pub(super) fn sleb(&mut self) -> Option<i64> {
        let mut out = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            out |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let used = shift + 7;
                if used < 64 && byte & 0x40 != 0 {
                    out |= -1_i64 << used;
                }
                return Some(out);
            }
        }
        None
    }

    fn actor(&mut self) -> Option<Actor> {
        if self.uleb()? != 16 {
            return None;
        }
        Actor::try_from(self.take(16)?).ok()
    }

    fn columns(&mut self) -> Option<Vec<(u64, usize)>> {
        const MAX_COLUMNS: u64 = 32;
        let count = self.uleb().filter(|n| *n <= MAX_COLUMNS)?;
        let mut out = Vec::new();
        for _ in 0..count {
            out.push((self.uleb()?, usize::try_from(self.uleb()?).ok()?));
        }
        Some(out)
    }

    fn column_data(&mut self, columns: Vec<(u64, usize)>) -> Option<Vec<Column<'a>>> {
        columns.into_iter().map(|(spec, len)| Some(Column { spec, data: self.take(len)? })).collect()
    }
}
