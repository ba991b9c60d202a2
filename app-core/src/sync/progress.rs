//! Where long work with the server stands, for whoever looks from another thread; and the wish that it stop.
//!
//! The work says what it does as it does it ([`Progress::enters`], [`Progress::heard`] …); a screen looks whenever it likes
//! ([`Progress::look`]) and never waits for the database. A wish to stop is met between two requests only: what the server
//! was asked for is taken in first, so nothing that came over a slow link is thrown away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Kind, Result};

/// What is being done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// nothing
    #[default]
    Idle,
    /// the ticket or the letter is shown to the server
    Enrolling,
    /// the forms and rules are fetched
    Pack,
    /// changes go up, household files and changes come down
    Exchanging,
    /// what came is put in order here (lists and judgements); nothing goes over the wire
    Filing,
}

/// A look at the work. Counts are of this piece of work, from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    pub phase: Phase,
    /// requests made
    pub requests: u32,
    /// bytes of bodies
    pub bytes_up: u32,
    pub bytes_down: u32,
    /// of the answer that is coming in now, not yet part of `bytes_down`
    pub bytes_coming: u32,
    /// household files that came and are kept
    pub households: u32,
    /// changes of others that came and are kept
    pub changes_down: u32,
    /// own changes that the server has signed for, of those that waited at the beginning
    pub changes_up: u32,
    pub changes_waiting: u32,
    /// it will stop before its next request
    pub stopping: bool,
}

/// The state of the one piece of long work. Shared between threads.
#[derive(Debug, Default)]
pub struct Progress {
    standing: Mutex<Standing>,
    stop: AtomicBool,
}

impl Progress {
    /// How it stands now; [`Phase::Idle`] with the last counts when nothing is under way.
    pub fn look(&self) -> Standing {
        let stopping = self.stop.load(Ordering::Acquire);
        Standing { stopping, ..self.standing().clone() }
    }

    /// Asks the work under way to stop; whether there was any.
    pub fn stop(&self) -> bool {
        let standing = self.standing();
        let busy = standing.phase != Phase::Idle;
        if busy {
            // Under the lock, so that the wish never falls on the piece of work after this one.
            self.stop.store(true, Ordering::Release);
        }
        busy
    }

    /// A piece of work begins with nothing done; it ends when the guard is dropped, however it ends.
    pub(crate) fn begin(&self, phase: Phase) -> Working<'_> {
        let mut standing = self.standing();
        *standing = Standing { phase, ..Standing::default() };
        self.stop.store(false, Ordering::Release);
        Working(self)
    }

    /// The work goes on with something else.
    pub(crate) fn enters(&self, phase: Phase) {
        self.standing().phase = phase;
    }

    /// What came is put in order. Only within a round: at the unlocking nobody looks, and nothing is to be stopped.
    pub(crate) fn files(&self) {
        let mut standing = self.standing();
        if standing.phase != Phase::Idle {
            standing.phase = Phase::Filing;
        }
    }

    /// Between two requests: an error of kind [`Kind::Stopped`] when somebody asked for that.
    pub(crate) fn may_go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Acquire) { Err(stopped()) } else { Ok(()) }
    }

    /// A request of so many bytes goes out.
    pub(crate) fn asked(&self, up: u32) {
        let mut standing = self.standing();
        standing.requests = standing.requests.saturating_add(1);
        standing.bytes_up = standing.bytes_up.saturating_add(up);
        standing.bytes_coming = 0;
    }

    /// So many bytes of its answer have come so far.
    pub(crate) fn hears(&self, so_far: u32) {
        self.standing().bytes_coming = so_far;
    }

    /// The answer is whole.
    pub(crate) fn heard(&self, down: u32) {
        let mut standing = self.standing();
        standing.bytes_down = standing.bytes_down.saturating_add(down);
        standing.bytes_coming = 0;
    }

    /// So many own changes wait to go up.
    pub(crate) fn waits(&self, changes: u32) {
        self.standing().changes_waiting = changes;
    }

    /// What an answer brought is kept.
    pub(crate) fn kept(&self, households: u32, changes_down: u32, changes_up: u32) {
        let mut standing = self.standing();
        standing.households = standing.households.saturating_add(households);
        standing.changes_down = standing.changes_down.saturating_add(changes_down);
        standing.changes_up = standing.changes_up.saturating_add(changes_up);
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A piece of work under way.
#[derive(Debug)]
pub(crate) struct Working<'a>(&'a Progress);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut standing = self.0.standing();
        standing.phase = Phase::Idle;
        standing.bytes_coming = 0;
        self.0.stop.store(false, Ordering::Release);
    }
}

fn stopped() -> Error {
    Error::new(
        Kind::Stopped,
        "已按要求停止：已取得的都保存在本机，没有送出的也都在；再同步会从停下的地方接着做。 Stopped as asked: what came is kept here, what has not gone up is safe, and the next sync goes on from where it stopped.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_stop_meets_the_work_under_way_and_never_the_next() {
        let progress = Progress::default();
        assert!(!progress.stop(), "nothing to stop");
        {
            let _working = progress.begin(Phase::Exchanging);
            progress.may_go_on().unwrap();
            assert!(progress.stop());
            assert!(progress.look().stopping);
            assert_eq!(progress.may_go_on().err().unwrap().kind, Kind::Stopped);
        }
        assert_eq!(progress.look().phase, Phase::Idle);
        let _next = progress.begin(Phase::Pack);
        progress.may_go_on().unwrap();
        assert!(!progress.look().stopping);
    }

    #[test]
    fn bytes_that_are_coming_are_counted_once() {
        let progress = Progress::default();
        let _working = progress.begin(Phase::Exchanging);
        progress.asked(100);
        progress.hears(1_000);
        progress.hears(3_000);
        assert_eq!((progress.look().bytes_down, progress.look().bytes_coming), (0, 3_000));
        progress.heard(4_096);
        let now = progress.look();
        assert_eq!((now.requests, now.bytes_up, now.bytes_down, now.bytes_coming), (1, 100, 4_096, 0));
    }
}
