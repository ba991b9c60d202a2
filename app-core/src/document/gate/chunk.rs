//! The head of a foreign change or file and its columns, read by us before automerge sees them.

use super::columns::Column;
use crate::document::doc::{Actor, Hash};
use crate::wire::chunk::Reader;

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
    let actor = read_actor(&mut r)?;
    let (seq, start_op, time) = (r.uleb()?, r.uleb()?, r.sleb()?);
    if r.uleb()? != 0 {
        return None; // a message: ours have none
    }
    let others = r.uleb().filter(|n| *n <= MAX_ACTORS)?;
    for _ in 0..others {
        read_actor(&mut r)?;
    }
    let columns = read_columns(&mut r)?;
    // Extra bytes after the columns would be carried for ever unread.
    let columns = column_data(&mut r, columns)?;
    r.0.is_empty().then_some(Peek { deps, actor, seq, start_op, time, columns })
}

/// The columns of a whole document: those of its changes, those of its operations.
pub(super) fn peek_document(data: &[u8]) -> Option<(Vec<Column<'_>>, Vec<Column<'_>>)> {
    const MAX: u64 = 100_000;
    let mut r = Reader(data);
    let actors = r.uleb().filter(|n| *n <= MAX)?;
    for _ in 0..actors {
        read_actor(&mut r)?;
    }
    let heads = r.uleb().filter(|n| *n <= MAX)?;
    for _ in 0..heads {
        r.take(32)?;
    }
    let (changes, ops) = (read_columns(&mut r)?, read_columns(&mut r)?);
    Some((column_data(&mut r, changes)?, column_data(&mut r, ops)?))
}

fn read_actor(r: &mut Reader<'_>) -> Option<Actor> {
    if r.uleb()? != 16 {
        return None;
    }
    Actor::try_from(r.take(16)?).ok()
}

fn read_columns(r: &mut Reader<'_>) -> Option<Vec<(u64, usize)>> {
    const MAX_COLUMNS: u64 = 32;
    let count = r.uleb().filter(|n| *n <= MAX_COLUMNS)?;
    let mut out = Vec::new();
    for _ in 0..count {
        out.push((r.uleb()?, usize::try_from(r.uleb()?).ok()?));
    }
    Some(out)
}

fn column_data<'a>(r: &mut Reader<'a>, columns: Vec<(u64, usize)>) -> Option<Vec<Column<'a>>> {
    columns.into_iter().map(|(spec, len)| Some(Column { spec, data: r.take(len)? })).collect()
}
