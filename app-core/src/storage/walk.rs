//! The one walk over the facts of many households: read here, looked at on all cores, taken in here again. What hangs on the
//! pack alone (lists after a new version, the checks, what-if) is made so; a county is over it in seconds.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use super::Tx;
use super::household::household_id;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::policy::facts::Facts;

/// Households handed to a core at a time.
const BATCH: usize = 256;

/// Where a household stands in the lists.
#[derive(Debug, Clone)]
pub struct Spot {
    /// number of its row
    pub(super) num: i64,
    pub id: HouseholdId,
    /// code
    pub grid: String,
}

/// What was read of a household, with its number in the order of lists.
type Read<R> = (usize, R);

impl Tx<'_> {
    /// The households within an area (empty = all), in the order of lists.
    pub fn places(&self, area: &str) -> Result<Vec<Spot>> {
        let mut found = self.conn.prepare_cached(
            "SELECT rowid, id, grid FROM household_row WHERE grid >= ?1 AND grid < ?2 ORDER BY grid, hamlet, head_sort, id",
        )?;
        let rows = found.query_map([area, &format!("{area}~")], |r| {
            Ok(Spot { num: r.get(0)?, id: household_id(r, 1)?, grid: r.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Looks at the facts of each of these households on all cores. `take` gets the number of the place and what was seen,
    /// in no order, on this thread; it may end the walk.
    ///
    /// # Errors
    /// `damaged` when facts cannot be read; what `take` answers.
    pub fn walk<T: Send>(
        &self,
        places: &[Spot],
        look: impl Fn(&Spot, &Facts) -> T + Sync,
        take: impl FnMut(usize, T) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let look = |n: usize, text: String| {
            let facts = facts_of(&text)?;
            places.get(n).map(|place| look(place, &facts)).ok_or_else(failed)
        };
        self.walk_rows(places, |place| self.facts_text(place), look, take)
    }

    /// As [`Tx::walk`], with what is read of a household said by `read`.
    pub(super) fn walk_rows<R: Send, T: Send>(
        &self,
        places: &[Spot],
        read: impl Fn(&Spot) -> Result<R>,
        look: impl Fn(usize, R) -> Result<T> + Sync,
        mut take: impl FnMut(usize, T) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        // In the order of the file: every page is decrypted.
        let mut order: Vec<(usize, &Spot)> = places.iter().enumerate().collect();
        order.sort_unstable_by_key(|(_, place)| place.num);
        let cores = available_parallelism().map_or(1, usize::from);
        let (give, wanted) = sync_channel::<Vec<Read<R>>>(cores);
        let (done, seen) = channel::<Result<Vec<Read<T>>>>();
        let wanted = Mutex::new(wanted);
        let (wanted, look) = (&wanted, &look);
        std::thread::scope(move |scope| {
            for _ in 0..cores {
                let done = done.clone();
                scope.spawn(move || work(wanted, &done, look));
            }
            drop(done);
            let mut taken = 0_usize;
            let mut take_in = |batch: Result<Vec<Read<T>>>| -> Result<ControlFlow<()>> {
                for (n, item) in batch? {
                    taken = taken.saturating_add(1);
                    if take(n, item)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            };
            for part in order.chunks(BATCH) {
                let rows = part.iter().map(|(n, place)| Ok((*n, read(place)?))).collect::<Result<Vec<_>>>()?;
                give.send(rows).map_err(|_| failed())?;
                for batch in seen.try_iter() {
                    if take_in(batch)?.is_break() {
                        return Ok(());
                    }
                }
            }
            drop(give);
            for batch in seen.iter() {
                if take_in(batch)?.is_break() {
                    return Ok(());
                }
            }
            if taken == order.len() { Ok(()) } else { Err(failed()) }
        })
    }

    /// The facts of one household as they were projected.
    pub fn facts(&self, id: HouseholdId) -> Result<Facts> {
        let text: String = self
            .conn
            .prepare_cached("SELECT facts FROM facts_row WHERE household = ?1")?
            .query_row([id.to_string()], |r| r.get(0))?;
        facts_of(&text)
    }

    fn facts_text(&self, place: &Spot) -> Result<String> {
        Ok(self
            .conn
            .prepare_cached("SELECT facts FROM facts_row WHERE household = ?1")?
            .query_row([place.id.to_string()], |r| r.get(0))?)
    }
}

/// One core's part, until nothing more comes or nobody takes it.
fn work<R, T>(
    wanted: &Mutex<Receiver<Vec<Read<R>>>>,
    done: &Sender<Result<Vec<Read<T>>>>,
    look: &(impl Fn(usize, R) -> Result<T> + Sync),
) {
    loop {
        let next = wanted.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(rows) = next else { return };
        // A mistake of ours in one household is an error of the walk, not the end of the app.
        let part = || rows.into_iter().map(|(n, row)| Ok((n, look(n, row)?))).collect::<Result<Vec<_>>>();
        let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(part)).unwrap_or_else(|_| Err(failed()));
        if done.send(seen).is_err() {
            return;
        }
    }
}

pub(super) fn facts_of(text: &str) -> Result<Facts> {
    serde_json::from_str(text)
        .map_err(|e| Error::damaged("本机列表损坏，请重建。 The rows are damaged: rebuild.").because(e))
}

fn failed() -> Error {
    Error::internal("逐户研判失败。 Looking over the households failed.")
}
