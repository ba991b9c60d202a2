//! The rows after another pack came into force. What hangs on parameters, rules and forms alone is judged again from the
//! facts as they were projected, on all cores: a county is over it in seconds. Where the campaign's first day moved too,
//! or an older edition made the rows, everything is projected anew.

use std::thread::available_parallelism;

use chrono::NaiveDate;

use super::project::{self, EDITION};
use super::{Lens, Tx};
use crate::error::{Error, Result};
use crate::policy::Pack;
use crate::policy::facts::Facts;

/// Households judged at a time.
const BATCH: usize = 8_000;

/// What is read of a household, and what is written back.
struct Row {
    num: i64,
    facts: String,
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
        let (mut after, mut looked_at) = (i64::MIN, 0_usize);
        loop {
            let rows = self.batch(after)?;
            let Some(last) = rows.last() else { break };
            after = last.num;
            looked_at = looked_at.saturating_add(rows.len());
            for changed in judged(&pack, self.lens().on, &rows)? {
                self.conn
                    .prepare_cached("UPDATE household_row SET forms = ?1, progress = ?2 WHERE rowid = ?3")?
                    .execute((changed.forms, changed.progress, changed.num))?;
            }
        }
        self.set_projected_with(&mark(self.lens()))?;
        Ok(u32::try_from(looked_at).unwrap_or(u32::MAX))
    }

    fn batch(&self, after: i64) -> Result<Vec<Row>> {
        // In the order of the file, page by page: every page is decrypted.
        let mut found = self.conn.prepare_cached(
            "SELECT h.rowid, f.facts, h.forms, h.progress FROM household_row h JOIN facts_row f ON f.household = h.id
             WHERE h.rowid > ?1 ORDER BY h.rowid LIMIT ?2",
        )?;
        let rows = found.query_map((after, i64::try_from(BATCH).unwrap_or(i64::MAX)), |r| {
            Ok(Row { num: r.get(0)?, facts: r.get(1)?, forms: r.get(2)?, progress: r.get(3)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
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

/// Those whose row must say something else now.
fn judged(pack: &Pack, on: NaiveDate, rows: &[Row]) -> Result<Vec<Row>> {
    let cores = available_parallelism().map_or(1, usize::from);
    let share = rows.len().div_ceil(cores).max(1);
    let parts: Vec<Result<Vec<Row>>> = std::thread::scope(|scope| {
        let one = |part: &[Row]| part.iter().filter_map(|row| changed(pack, on, row).transpose()).collect();
        let threads: Vec<_> = rows.chunks(share).map(|part| scope.spawn(move || one(part))).collect();
        let failed = || Err(Error::internal("重新研判失败。 Judging again failed."));
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| failed())).collect()
    });
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

fn changed(pack: &Pack, on: NaiveDate, row: &Row) -> Result<Option<Row>> {
    let damaged =
        |e: serde_json::Error| Error::damaged("本机列表损坏，请重建。 The rows are damaged: rebuild.").because(e);
    let facts: Facts = serde_json::from_str(&row.facts).map_err(damaged)?;
    let forms = project::forms(pack, &facts, on);
    let progress = project::progress(&forms, &facts).to_owned();
    let forms = project::to_json(&forms)?;
    let same = forms == row.forms && progress == row.progress;
    Ok((!same).then(|| Row { num: row.num, facts: String::new(), forms, progress }))
}
