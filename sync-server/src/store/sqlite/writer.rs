//! The one writing thread. Jobs that wait at the same time share one commit (and so one fsync); each has a savepoint,
//! so that one that fails leaves the others whole. A caller hears of success only after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::log_file::LogFile;
use super::reads::View;
use crate::error::{Error, Result};
use crate::store::WriteJob;
use crate::store::people::Entry;

/// Most jobs in one commit.
const BATCH: usize = 64;

/// A job and where its caller waits.
type Waiting = (WriteJob, SyncSender<Result<()>>);

/// The writing thread.
pub(super) struct Writer {
    jobs: Option<SyncSender<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread, which owns the connection.
    pub(super) fn start(conn: Connection, people: LogFile) -> Result<Self> {
        let (jobs, waiting) = sync_channel(1024);
        let mut people = people;
        let thread = std::thread::Builder::new()
            .name("ruhu-writer".into())
            .spawn(move || serve(&conn, &mut people, &waiting))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs a job; returns when it is durable.
    pub(super) fn run(&self, job: WriteJob) -> Result<()> {
        let (done, answer) = sync_channel(1);
        let gone = || {
            Error::internal(
                "服务器写入已停止；设备上的内容都在。 The server's writer has stopped; what is on the devices is safe.",
            )
        };
        self.jobs.as_ref().ok_or_else(gone)?.send((job, done)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(conn: &Connection, people: &mut LogFile, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match waiting.try_recv() {
                Ok(next) => batch.push(next),
                Err(_) => break,
            }
        }
        commit(conn, people, batch);
    }
    if let Err(e) = conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);") {
        tracing::warn!(error = %e, "the last checkpoint failed; the log is replayed at the next start");
    }
}

/// Read by workers on their phones as well as by the operator: what happened, what is safe, what to do.
const FULL: &str = "服务器磁盘已满或写不进，这次没有写入；手机和电脑上的内容都在，请告知管理员。 The server's disk is full or cannot be written: nothing was taken; what is on the devices is safe, tell the administrator.";

/// One transaction for the batch, then the answers.
fn commit(conn: &Connection, people: &mut LogFile, batch: Vec<Waiting>) {
    let mut answers = Vec::with_capacity(batch.len());
    if let Err(e) = conn.execute_batch("BEGIN IMMEDIATE") {
        tracing::error!(error = %e, "a write could not begin");
        for (_, done) in batch {
            let _ = done.send(Err(Error::internal(FULL)));
        }
        return;
    }
    let mut entries = Vec::new();
    for (job, done) in batch {
        answers.push((done, savepoint(conn, job, &mut entries)));
    }
    // Who may come in is written down first: what is committed is never missing there.
    let ended = people.append(&entries).and_then(|()| Ok(conn.execute_batch("COMMIT")?));
    if let Err(e) = &ended {
        tracing::error!(error = %e, "a commit failed");
        let _ = conn.execute_batch("ROLLBACK");
    }
    for (done, result) in answers {
        let result = match &ended {
            Ok(()) => result,
            Err(_) => Err(Error::internal(FULL)),
        };
        let _ = done.send(result);
    }
}

fn savepoint(conn: &Connection, job: WriteJob, entries: &mut Vec<Entry>) -> Result<()> {
    conn.execute_batch("SAVEPOINT job")?;
    let mut tx = View::of(conn);
    // A panic in one job must not take the writer, and with it the server, down.
    let result = catch_unwind(AssertUnwindSafe(|| job(&mut tx)))
        .unwrap_or_else(|_| Err(Error::internal("服务器处理时出错，没有写入；设备上的内容都在。 The server stumbled and wrote nothing; what is on the devices is safe.")));
    match result {
        Ok(()) => {
            conn.execute_batch("RELEASE job")?;
            entries.append(&mut tx.1);
            Ok(())
        }
        Err(e) => {
            conn.execute_batch("ROLLBACK TO job; RELEASE job")?;
            Err(e)
        }
    }
}
