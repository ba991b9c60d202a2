//! After a changed epoch: what the device holds against what the server holds.

use std::collections::HashSet;

use app_core::domain::Area;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::{Asked, Gathering, bytes};
use crate::error::Result;

/// Fills `lacking` with households of which the device knows changes that the server does not; gives those that are
/// the same on both sides.
pub(super) fn compare(got: &mut Gathering<'_>, asked: &Asked<'_>, lacking: &mut Vec<ByteBuf>) -> Result<HashSet<Uuid>> {
    let mut equal = HashSet::new();
    for held in asked.held {
        let Ok(id) = Uuid::from_slice(&held.household) else { continue };
        let heads: Vec<[u8; 32]> = held.heads.iter().filter_map(|h| h.as_slice().try_into().ok()).collect();
        let Some(place) = got.r.place(id)? else {
            lacking.push(bytes(id));
            continue;
        };
        if !lies_in(&place.unit, &asked.scope) {
            got.take_forget(id);
        }
        let mut unknown = false;
        for head in &heads {
            unknown |= !got.r.has_change(id, head)?;
        }
        if unknown {
            lacking.push(bytes(id));
        }
        let mut sorted = heads;
        sorted.sort_unstable();
        if sorted == place.heads {
            equal.insert(id);
        }
    }
    Ok(equal)
}

/// What was brought from an area that is the device's no longer is taken, and forgotten there: of a household that came back
/// after a restore, nothing else would say so.
pub(super) fn forget_strangers(got: &mut Gathering<'_>, asked: &Asked<'_>) -> Result<()> {
    for id in &asked.brought {
        if got.r.place(*id)?.is_some_and(|place| !lies_in(&place.unit, &asked.scope)) {
            got.take_forget(*id);
        }
    }
    Ok(())
}

pub(super) fn lies_in(unit: &str, scope: &[Area]) -> bool {
    Area::parse(unit).is_some_and(|u| scope.iter().any(|s| s.contains(&u)))
}
