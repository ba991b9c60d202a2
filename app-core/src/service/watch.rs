//! Long work that a person watches: how far it is, and a way to stop it. Asked while the work holds the database.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::error::{Error, Kind, Result};

/// One piece of work at a time.
#[derive(Debug, Default)]
pub struct Watch {
    busy: AtomicBool,
    stopped: AtomicBool,
    done: AtomicU32,
    total: AtomicU32,
}

impl Watch {
    /// Done and all, while something runs.
    pub fn progress(&self) -> Option<(u32, u32)> {
        let busy = self.busy.load(Ordering::Acquire);
        busy.then(|| (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed)))
    }

    /// Asks what runs to stop; it ends with nothing.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    pub(super) fn begin(&self) -> Result<Running<'_>> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return Err(Error::new(
                Kind::Refused,
                "上一次试算还在进行，请等它结束或停止它。 The one before is still running: wait for it, or stop it.",
            ));
        }
        self.stopped.store(false, Ordering::Release);
        self.done.store(0, Ordering::Relaxed);
        self.total.store(0, Ordering::Relaxed);
        Ok(Running(self))
    }
}

/// What runs; over when this goes, however it ends.
pub(super) struct Running<'a>(&'a Watch);

impl Running<'_> {
    pub(super) fn expect(&self, total: usize) {
        self.0.total.store(u32::try_from(total).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// One more is done; whether to go on.
    pub(super) fn step(&self) -> ControlFlow<()> {
        self.0.done.fetch_add(1, Ordering::Relaxed);
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}
