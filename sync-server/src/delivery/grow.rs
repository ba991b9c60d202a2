//! A scope that grew sends whole files, in the order of household ids, resumable at any of them; one that shrank sends
//! *forget*.

use std::collections::HashSet;

use app_core::domain::Area;
use uuid::Uuid;

use super::Gathering;
use super::scope::Holding;
use crate::error::Result;

/// Households looked at in one step.
const STEP: usize = 256;

/// Everything held in a lost area and no longer in the scope.
pub(super) fn forget_lost(got: &mut Gathering<'_>, held: &Holding, scope: &[Area]) -> Result<()> {
    for area in &held.lost {
        let mut after = None;
        loop {
            let found = got.r.households_in(area, after, STEP)?;
            let Some((last, ..)) = found.last() else { break };
            after = Some(*last);
            for (id, unit, _) in &found {
                let stays = Area::parse(unit).is_some_and(|u| scope.iter().any(|s| s.contains(&u)));
                if !stays {
                    got.take_forget(*id);
                }
            }
        }
    }
    Ok(())
}

/// Whole files of the areas wanted, as far as the budget goes; `equal` = households the device holds just as they are.
pub(super) fn grow(got: &mut Gathering<'_>, held: &mut Holding, equal: &HashSet<Uuid>) -> Result<()> {
    while let Some((area, mut after)) = held.wanted.first().cloned() {
        loop {
            let found = got.r.households_in(&area, after, STEP)?;
            let Some((last, ..)) = found.last() else { break };
            after = Some(*last);
            for (id, unit, size) in &found {
                let there = Area::parse(unit).is_some_and(|u| held.keeps(&u));
                if there || equal.contains(id) || got.whole.contains_key(id) {
                    held.grown_to(*id);
                    continue;
                }
                if !got.fits(*size) {
                    return Ok(());
                }
                got.take_whole(*id)?;
                held.grown_to(*id);
            }
        }
        held.grown(area);
    }
    Ok(())
}
