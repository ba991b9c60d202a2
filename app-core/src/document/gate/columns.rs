//! How many rows a column claims, read from its run lengths alone: 106 bytes can claim 30 million operations, and
//! automerge would expand them before any check (findings §5).

use crate::wire::chunk::Reader;

/// One column of a change or document, still packed.
pub(super) struct Column<'a> {
    pub(super) spec: u64,
    pub(super) data: &'a [u8],
}

/// Column specification = id << 4 | deflate << 3 | type.
pub(super) const ACTION: u64 = 0x42;
const OBJ_ACTOR: u64 = 0x01;
const OBJ_COUNTER: u64 = 0x02;
const KEY_TEXT: u64 = 0x15;
const INSERT: u64 = 0x34;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PRED_COUNT: u64 = 0x70;
const PRED_ACTOR: u64 = 0x71;
const PRED_COUNTER: u64 = 0x73;

/// What an edit of maps needs; columns of lists, marks and deflated ones are refused unread.
const CHANGE_COLUMNS: [u64; 10] =
    [OBJ_ACTOR, OBJ_COUNTER, KEY_TEXT, INSERT, ACTION, VALUE_META, VALUE, PRED_COUNT, PRED_ACTOR, PRED_COUNTER];

/// How many operations a change claims; `None` when any column claims more than `limit`, or one is not of our kind.
pub(super) fn count_ops(columns: &[Column<'_>], limit: u64) -> Option<u64> {
    let mut ops = 0;
    for column in columns {
        if !CHANGE_COLUMNS.contains(&column.spec) {
            return None;
        }
        let tally = column.tally(limit)?;
        match column.spec {
            ACTION => ops = tally.rows,
            PRED_COUNT if tally.sum > limit => return None,
            VALUE_META if tally.sum >> 4 > column_len(columns, VALUE) => return None,
            _ => {}
        }
    }
    let claims = |spec: u64| columns.iter().find(|c| c.spec == spec).map(|c| c.tally(limit).map_or(0, |t| t.rows));
    // Rows beyond the last operation would be carried unread.
    [OBJ_ACTOR, OBJ_COUNTER, KEY_TEXT, INSERT, VALUE_META, PRED_COUNT]
        .into_iter()
        .all(|spec| claims(spec).is_none_or(|rows| rows <= ops))
        .then_some(ops)
}

/// The rows of a document's longest column; `None` when one is deflated or claims more than `limit`.
pub(super) fn most_rows(columns: &[Column<'_>], limit: u64) -> Option<u64> {
    columns.iter().try_fold(0, |most, c| {
        let tally = c.tally(limit).filter(|_| c.spec & 8 == 0)?;
        Some(tally.rows.max(most))
    })
}

fn column_len(columns: &[Column<'_>], spec: u64) -> u64 {
    columns.iter().filter(|c| c.spec == spec).map(|c| c.data.len() as u64).sum()
}

/// What a column claims.
#[derive(Default)]
struct Tally {
    rows: u64,
    /// sum of its unsigned values; for value metadata, of the lengths × 16
    sum: u64,
}

impl Column<'_> {
    fn tally(&self, limit: u64) -> Option<Tally> {
        match self.spec & 7 {
            4 => bools(self.data, limit),
            7 => Some(Tally::default()),
            kind => runs(self.data, kind, limit),
        }
    }
}

fn bools(data: &[u8], limit: u64) -> Option<Tally> {
    let mut r = Reader(data);
    let mut rows = 0_u64;
    while !r.0.is_empty() {
        rows = rows.checked_add(r.uleb()?).filter(|n| *n <= limit)?;
    }
    Some(Tally { rows, sum: 0 })
}

/// Run-length encoding: n > 0 = n times the next value; n < 0 = |n| literal values; 0 = the next count of nulls.
fn runs(data: &[u8], kind: u64, limit: u64) -> Option<Tally> {
    let mut r = Reader(data);
    let mut tally = Tally::default();
    let mut add = |rows: u64, value: u64| -> Option<()> {
        tally.rows = tally.rows.checked_add(rows).filter(|n| *n <= limit)?;
        tally.sum = tally.sum.checked_add(value.checked_mul(rows)?)?;
        Some(())
    };
    while !r.0.is_empty() {
        match r.sleb()? {
            0 => add(r.uleb()?, 0)?,
            n if n > 0 => {
                let value = one(&mut r, kind)?;
                add(n.unsigned_abs(), value)?;
            }
            n => {
                let literals = n.unsigned_abs();
                if literals > limit {
                    return None;
                }
                for _ in 0..literals {
                    let value = one(&mut r, kind)?;
                    add(1, value)?;
                }
            }
        }
    }
    Some(tally)
}

/// Skips one value; its size where that matters.
fn one(r: &mut Reader<'_>, kind: u64) -> Option<u64> {
    match kind {
        3 => r.sleb().map(|_| 0),
        5 => {
            let len = r.uleb()?;
            r.take(usize::try_from(len).ok()?)?;
            Some(0)
        }
        // value metadata: length << 4 | type
        6 => r.uleb().map(|v| v & !15),
        0 => r.uleb(),
        _ => r.uleb().map(|_| 0),
    }
}
