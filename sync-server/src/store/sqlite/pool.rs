//! Reading connections, opened as they are needed.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use super::open;
use crate::error::Result;

/// At most `size` reading connections.
pub(super) struct Pool {
    file: PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    unopened: usize,
}

impl Pool {
    /// A pool over the file; opens nothing yet.
    pub(super) fn new(file: &Path, size: usize) -> Self {
        Self {
            file: file.to_owned(),
            state: Mutex::new(State { idle: Vec::new(), unopened: size }),
            returned: Condvar::new(),
        }
    }

    /// Runs with a connection; waits for one when all are out.
    pub(super) fn with<T>(&self, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let lease = Lease { conn: Some(self.take()?), pool: self };
        match &lease.conn {
            Some(conn) => job(conn),
            None => Err(crate::error::Error::internal(
                "服务器没有可用的连接，请稍后再试。 The server has no free connection: try again in a while.",
            )),
        }
    }

    fn take(&self) -> Result<Connection> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = state.idle.pop() {
                return Ok(conn);
            }
            if state.unopened > 0 {
                state.unopened -= 1;
                drop(state);
                return open::reading(&self.file).inspect_err(|_| self.unopened());
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn unopened(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).unopened += 1;
        self.returned.notify_one();
    }
}

/// Gives the connection back also when the job panics (its transaction has rolled back by then).
struct Lease<'a> {
    conn: Option<Connection>,
    pool: &'a Pool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.pool.state.lock().unwrap_or_else(PoisonError::into_inner).idle.push(conn);
            self.pool.returned.notify_one();
        }
    }
}
