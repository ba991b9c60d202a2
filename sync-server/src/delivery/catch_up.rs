//! The log since the cursor, for the areas of which the device holds something.

use app_core::document::change_hash;
use app_core::domain::Area;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::scope::Holding;
use super::{Asked, Gathering};
use crate::error::Result;
use crate::store::rows::{LogKind, LogRow};

/// Gathers in the order of the log; gives the position up to which everything is gathered.
pub(super) fn catch_up(
    got: &mut Gathering<'_>,
    asked: &Asked<'_>,
    held: &Holding,
    since: u64,
    last: u64,
) -> Result<u64> {
    let areas = held.areas();
    if areas.is_empty() {
        return Ok(last);
    }
    let news = got.r.news(&areas, since)?;
    let mut upto = since;
    for (seq, size) in news.rows {
        if !got.fits(size) {
            return Ok(upto);
        }
        if let Some(row) = got.r.log(seq)?
            && let (Some(unit), Some(household)) = (Area::parse(&row.unit), row.household)
            && held.has(&unit, household)
        {
            take(got, asked, held, row, &unit, household)?;
        }
        upto = seq;
    }
    Ok(news.upto)
}

fn take(
    got: &mut Gathering<'_>,
    asked: &Asked<'_>,
    held: &Holding,
    row: LogRow,
    unit: &Area,
    household: Uuid,
) -> Result<()> {
    let stays = |unit: &Area| asked.scope.iter().any(|s| s.contains(unit));
    let other = row.other.as_deref().and_then(Area::parse);
    let held_there = other.as_ref().is_some_and(|o| held.has(o, household));
    match row.kind {
        LogKind::Change => {
            // Its own work is news to a device that was put back to an older copy, or brought by another. What was written
            // before a household moved away is filed where it was: a cursor is the device's word, where it is now is ours.
            if let (true, false, Some(change)) = (stays(unit), got.whole.contains_key(&household), row.bytes)
                && got.may_read(household, &asked.scope)?
                && !change_hash(&change).is_some_and(|hash| asked.pushed.contains(&hash))
            {
                got.used = got.used.saturating_add(change.len()).saturating_add(8);
                got.actors.extend(row.device.and(row.actor));
                got.changes.entry(household).or_default().push(ByteBuf::from(change));
            }
        }
        LogKind::Arrive => {
            let own = other.is_none() && asked.brought.contains(&household);
            let now = got.r.place(household)?.and_then(|p| Area::parse(&p.unit));
            if !own && !held_there && now.is_some_and(|n| stays(&n)) && !got.whole.contains_key(&household) {
                got.take_whole(household)?;
            }
        }
        LogKind::Leave => {
            if !held_there {
                got.take_forget(household);
            }
        }
        LogKind::Person | LogKind::Area | LogKind::Record => {}
    }
    Ok(())
}
