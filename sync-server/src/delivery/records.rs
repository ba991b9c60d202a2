//! Records that a device has not got: those of its areas, and of the areas around them, after a place in the log. They are
//! counted apart from households, so that neither keeps the other waiting for ever.

use app_core::wire::record::Carried;

use super::{Asked, Delivery};
use crate::error::Result;
use crate::intake::records::{read_filing, read_record};
use crate::store::Reads;

/// Gathers records after `from`, at most `budget` bytes of them but always one; the bytes. Sets `records_to` where there
/// are more.
pub(super) fn records(r: &dyn Reads, asked: &Asked<'_>, from: u64, last: u64, told: &mut Delivery) -> Result<usize> {
    if from >= last {
        return Ok(0);
    }
    let mut used = 0_usize;
    let mut place = from;
    for (seq, size) in r.record_places(&asked.scope, from)? {
        if used > 0 && used.saturating_add(size) > asked.budget / 2 {
            told.records_to = Some(place);
            return Ok(used);
        }
        place = seq;
        let Some(row) = r.record_at(seq)? else { continue };
        if asked.pushed_records.contains(&row.hash) {
            continue;
        }
        used = used.saturating_add(size);
        told.records.push(Carried { record: read_record(&row)?, filing: Some(read_filing(&row)?) });
    }
    Ok(used)
}
