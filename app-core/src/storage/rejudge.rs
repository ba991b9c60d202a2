//! The rows after another pack came into force. What hangs on parameters, rules and forms alone is judged again from the
//! facts as they were projected, on all cores: a county is over it in seconds. Where the campaign's first day moved too,
//! or an older edition made the rows, everything is projected anew.

use std::ops::ControlFlow;

use chrono::NaiveDate;

use super::project::{self, EDITION};
use super::walk::{Spot, facts_of};
use super::{Lens, Tx};
use crate::error::Result;
use crate::policy::Pack;

/// What is read of a household.
struct Row {
    facts: String,
    forms: String,
    progress: String,
}

/// What its row must say now.
struct Now {
    forms: String,
    progress: String,
}

impl Tx<'_> {
    /// Makes the rows those of the pack in force; how many households were looked at.
    pub fn refresh(&self) -> Result<u32> {
        let Some(pack) = self.lens().pack.clone() else { return self.rebuild() };
        let only_the_pack = self.projected_with()?.is_some_and(|made| made.starts_with(&before_pack(self.lens())));
        if !only_the_pack {
            return self.rebuild();
        }
        let (places, on) = (self.places("")?, self.lens().on);
        self.walk_rows(
            &places,
            |place| self.row(place),
            |_, row| changed(&pack, on, &row),
            |n, now: Option<Now>| {
                if let (Some(now), Some(place)) = (now, places.get(n)) {
                    self.conn
                        .prepare_cached("UPDATE household_row SET forms = ?1, progress = ?2 WHERE rowid = ?3")?
                        .execute((now.forms, now.progress, place.num))?;
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        self.set_projected_with(&mark(self.lens()))?;
        Ok(u32::try_from(places.len()).unwrap_or(u32::MAX))
    }

    fn row(&self, place: &Spot) -> Result<Row> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT f.facts, h.forms, h.progress FROM household_row h JOIN facts_row f ON f.household = h.id
                 WHERE h.rowid = ?1",
            )?
            .query_row([place.num], |r| Ok(Row { facts: r.get(0)?, forms: r.get(1)?, progress: r.get(2)? }))?)
    }
}

/// With what the rows were made: edition, the campaign's first day, pack.
pub(super) fn mark(lens: &Lens) -> String {
    let pack = lens.pack.as_ref().map_or_else(|| "-".to_owned(), |p| hex::encode(p.hash()));
    format!("{}{pack}", before_pack(lens))
}

fn before_pack(lens: &Lens) -> String {
    let from = project::campaign_from(lens).map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!("{EDITION}/{from}/")
}

/// What the row must say now; `None` where it says so already.
fn changed(pack: &Pack, on: NaiveDate, row: &Row) -> Result<Option<Now>> {
    let facts = facts_of(&row.facts)?;
    let forms = project::forms(pack, &facts, on);
    let progress = project::progress(&forms, &facts).to_owned();
    let forms = project::to_json(&forms)?;
    let same = forms == row.forms && progress == row.progress;
    Ok((!same).then_some(Now { forms, progress }))
}
