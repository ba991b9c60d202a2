//! A visit 入户: opened → every answer durable when its field is left → finished with an outcome, or put down as a draft
//! (2-forms.md "A visit", 4-sync.md).
//!
//! Here lives how a form meets a household file; not how a form runs (`xlsform`), nor words for screens (`api`).
//! - [`Running`] (`running.rs`): a form being filled, in memory; it can be made again at any time from the file and the journal
//! - `open.rs`: open, take up, reopen · `build.rs`: file + journal → running form · `answer.rs`: answers, roster, privacy
//! - `collect.rs` + `record.rs` + `written.rs`: running form → the one change of the file · `finish.rs`: summary, finish, put down
//! - `versions.rs`: the forms a visit went through · `placed.rs`: where an answer given in an older form goes in this one ·
//!   `changes.rs`: what the change of the form means for this visit, for the page that tells its writer
//! - `moved.rs`: a visit that went on on another phone of the same person
//! - `preview.rs`: a form of any pack filled for trying, written nowhere
//! - `by_answers.rs`: a whole visit from a JSON of answers (`ruhu phone visit`)
//!
//! The journal is the truth of an open visit; the running form is a cache that is dropped whenever anything fails.

mod answer;
mod build;
mod by_answers;
pub(crate) mod changes;
mod collect;
mod finish;
mod moved;
mod open;
mod placed;
mod preview;
mod record;
mod running;
#[cfg(test)]
pub(crate) mod tests;
mod versions;
mod written;

pub use by_answers::Made;
pub use finish::{Finish, Finished, Paper, Summary};
pub(crate) use preview::Previews;
pub use preview::{Preview, Whom};
pub use running::{Retired, Running, Touched};
pub use versions::Versions;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::App;
use crate::error::{Error, Result};

/// The running forms of an app. Personal data: emptied when the app is locked.
#[derive(Default)]
pub(crate) struct Open(Mutex<HashMap<String, Running>>);

/// Running forms kept at once; the others are made again when they are looked at.
const KEPT: usize = 4;

impl Open {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        // A panic while a form was held may have left it half computed: forget them all, the journal has everything.
        self.0.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut all = poisoned.into_inner();
            all.clear();
            self.0.clear_poison();
            all
        })
    }

    /// Forgets every running form.
    pub(crate) fn clear(&self) {
        self.all().clear();
    }
}

impl App {
    /// Looks at an open visit, or works on it. When `work` fails the running form is dropped and made again from the
    /// journal next time: what is shown is never more than what is saved.
    pub fn visit<T>(&self, visit: &str, work: impl FnOnce(&mut Running) -> Result<T>) -> Result<T> {
        self.opened()?;
        let mut all = self.visits.all();
        let mut running = match all.remove(visit) {
            Some(running) if running.is_current(self)? => running,
            _ => self.build(visit)?,
        };
        let answer = work(&mut running)?;
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(visit.to_owned(), running);
        Ok(answer)
    }

    /// Looks at a visit: as it is being filled, or, when it is not open here, as the file holds it, for reading.
    pub fn look_at_visit<T>(&self, visit: &str, look: impl FnOnce(&Running) -> Result<T>) -> Result<T> {
        if self.read(|tx| tx.open_visit(visit))?.is_some() {
            return self.visit(visit, |running| look(running));
        }
        look(&self.build_from_file(visit)?)
    }

    /// Drops the running form of a visit.
    fn forget_running(&self, visit: &str) {
        self.visits.all().remove(visit);
    }
}

fn no_such_visit() -> Error {
    Error::invalid("没有这次入户记录，或已完成。 There is no such open visit.")
}
