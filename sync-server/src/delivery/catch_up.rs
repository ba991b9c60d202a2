//! The log since the cursor, for the areas of which the device holds something.

use app_core::domain::Area;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::Gathering;
use super::scope::Holding;
use crate::error::Result;
use crate::store::rows::{LogKind, LogRow};

/// Gathers in the order of the log; gives the position up to which everything is gathered.
pub(super) fn catch_up(
    got: &mut Gathering<'_>,
    device: &str,
    scope: &[Area],
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
            take(got, device, scope, held, row, &unit, household)?;
        }
        upto = seq;
    }
    Ok(news.upto)
}

fn take(
    got: &mut Gathering<'_>,
    device: &str,
    scope: &[Area],
    held: &Holding,
    row: LogRow,
    unit: &Area,
    household: Uuid,
) -> Result<()> {
    let stays = |unit: &Area| scope.iter().any(|s| s.contains(unit));
    let other = row.other.as_deref().and_then(Area::parse);
    let held_there = other.as_ref().is_some_and(|o| held.has(o, household));
    match row.kind {
        LogKind::Change => {
            // What another brought is news to its author as well (a lost phone, a change that had to wait).
            let own = row.carrier.as_deref().or(row.device.as_deref()) == Some(device);
            if let (false, true, false, Some(change)) =
                (own, stays(unit), got.whole.contains_key(&household), row.bytes)
            {
                got.used = got.used.saturating_add(change.len()).saturating_add(8);
                got.actors.extend(row.device.and(row.actor));
                got.changes.entry(household).or_default().push(ByteBuf::from(change));
            }
        }
        LogKind::Arrive => {
            let own = row.device.as_deref() == Some(device) && other.is_none();
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
        LogKind::Person | LogKind::Area => {}
    }
    Ok(())
}
