//! Check and digest: everything here is what the log says.

use std::collections::{BTreeMap, BTreeSet};

use app_core::document::HouseholdDoc;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Result;
use crate::store::{Reads, Store, read};

/// What a check found.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// households looked at
    pub households: u64,
    /// changes looked at
    pub changes: u64,
    /// what is wrong, by household id where it is one's; empty when sound
    pub problems: Vec<String>,
    /// what is sound and yet to be known; empty = nothing
    pub warnings: Vec<String>,
}

/// The files' integrity; every record is what was signed; every document loads; its heads are those stored and those of the log; the projections too.
pub fn check(store: &dyn Store) -> Result<Checked> {
    let mut found = Checked { problems: store.integrity()?, ..Checked::default() };
    read(store, |r| {
        found.problems.extend(super::packs::check(r)?);
        found.warnings.extend(forgotten(r)?);
        every_household(r, |id| {
            found.households += 1;
            if let Err(e) = check_one(r, id, &mut found) {
                found.problems.push(format!("{id}: {e}"));
            }
            Ok(())
        })
    })?;
    Ok(found)
}

/// What a restore without the people log does not know.
fn forgotten(r: &dyn Reads) -> Result<Option<String>> {
    let Some(at) = super::text(r, super::FORGOT_SINCE)?.and_then(|t| t.parse::<i64>().ok()) else { return Ok(None) };
    let day = chrono::DateTime::from_timestamp(at, 0).unwrap_or_default().format("%Y-%m-%d %H:%M UTC");
    Ok(Some(format!(
        "由 {day} 的备份恢复，没有登记记录：此后停用的设备、用过的入网码、调整的人员区域和户所在网格都不知道，请逐一核对（device list、user list）。 Restored from a backup of {day} without the people log: devices shut out, tickets used, areas and households moved after it are not known; go through device list and user list."
    )))
}

fn check_one(r: &dyn Reads, id: Uuid, found: &mut Checked) -> Result<()> {
    let Some(row) = r.household(id)? else { return Ok(()) };
    let stored = HouseholdDoc::load(&row.snapshot)?;
    let mut wrong = Vec::new();
    if stored.id() != id {
        wrong.push("the document is another household's");
    }
    if stored.heads() != row.heads {
        wrong.push("the document's heads are not those stored");
    }
    let log = r.changes_of(id)?;
    found.changes += u64::try_from(log.len()).unwrap_or_default();
    let mut again = HouseholdDoc::unfounded(id);
    let outcomes = again.admit_many(log.iter().map(|c| &c.bytes), None, &mut |_| Ok(()));
    if outcomes.iter().any(Result::is_err) || again.heads() != row.heads || again.digest() != stored.digest() {
        wrong.push("the log does not give the document");
    }
    let mut wrote = BTreeSet::new();
    for change in &log {
        if r.owner(&change.actor)?.is_some() {
            wrote.insert(change.actor.clone());
        }
    }
    if r.actors_in(id)?.into_iter().collect::<BTreeSet<_>>() != wrote {
        wrong.push("the list of its authors is not that of the log");
    }
    found.problems.extend(wrong.into_iter().map(|w| format!("{id}: {w}")));
    Ok(())
}

/// A hash of each household's content, the same on every replica that holds the same file.
pub fn digest(store: &dyn Store) -> Result<BTreeMap<String, String>> {
    read(store, |r| {
        let mut all = BTreeMap::new();
        every_household(r, |id| {
            if let Some(row) = r.household(id)? {
                all.insert(id.to_string(), HouseholdDoc::load(&row.snapshot)?.digest());
            }
            Ok(())
        })?;
        Ok(all)
    })
}

fn every_household(r: &dyn Reads, mut job: impl FnMut(Uuid) -> Result<()>) -> Result<()> {
    let county = super::county(r)?;
    let mut after = None;
    loop {
        let step = r.households_in(&county, after, 500)?;
        let Some((last, ..)) = step.last() else { return Ok(()) };
        after = Some(*last);
        for (id, ..) in step {
            job(id)?;
        }
    }
}
