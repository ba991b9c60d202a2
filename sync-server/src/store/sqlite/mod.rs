//! The embedded store: one SQLite file (WAL, synchronous FULL, foreign keys, STRICT tables). The only door to rusqlite.
//!
//! Here live SQL and connections: [`open`] opens and migrates, [`writer`] is the one writing thread with group commit,
//! [`pool`] the readers, [`reads`] and [`writes`] the verbs. No judgement, no wire.

mod log_file;
mod open;
mod pool;
mod reads;
mod records;
mod writer;
mod writes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::{ReadJob, Store, WriteJob};
use crate::error::{Error, Result};

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        Self::internal("服务器数据库出错，没有写入；设备上的内容都在。 The server's database failed; nothing was written, what is on the devices is safe.").because(e)
    }
}

pub use open::beside;

/// The SQLite store of a data folder.
pub struct SqliteStore {
    path: PathBuf,
    pool: pool::Pool,
    writer: writer::Writer,
}

impl SqliteStore {
    /// Opens the database of a data folder; `create` makes it when it is not there.
    pub fn open(file: &Path, create: bool) -> Result<Self> {
        let writing = open::writing(file, create)?;
        Ok(Self {
            path: file.to_owned(),
            pool: pool::Pool::new(file, 4),
            writer: writer::Writer::start(writing, log_file::LogFile::open(file)?)?,
        })
    }
}

impl Store for SqliteStore {
    fn read(&self, job: &mut ReadJob<'_>) -> Result<()> {
        self.pool.with(|conn| {
            let tx = conn.unchecked_transaction()?;
            job(&reads::View::of(&tx))?;
            tx.commit()?;
            Ok(())
        })
    }

    fn write(&self, job: WriteJob) -> Result<()> {
        self.writer.run(job)
    }

    fn backup(&self, to: &Path) -> Result<()> {
        open::create_private(to)?;
        self.pool.with(|conn| {
            let mut target = Connection::open(to)?;
            let backup = rusqlite::backup::Backup::new(conn, &mut target)?;
            // 1,000 pages at a time, so that the running server keeps its turn between them.
            backup.run_to_completion(1000, Duration::from_millis(1), None)?;
            drop(backup);
            target.execute_batch("PRAGMA journal_mode = DELETE;")?;
            target.close().map_err(|(_, e)| e)?;
            std::fs::File::open(to)?.sync_all()?;
            Ok(())
        })
    }

    fn integrity(&self) -> Result<Vec<String>> {
        let conn = open::reading(&self.path)?;
        let mut found = Vec::new();
        for pragma in ["integrity_check", "foreign_key_check"] {
            let mut stmt = conn.prepare(&format!("PRAGMA {pragma}"))?;
            let mut rows = stmt.query([])?;
            while let Some(row) = rows.next()? {
                let line: String = row.get(0)?;
                if line != "ok" {
                    found.push(format!("{pragma}: {line}"));
                }
            }
        }
        let mut stale = conn.prepare(
            "SELECT unit FROM log GROUP BY unit HAVING max(seq) IS NOT (SELECT last_seq FROM unit WHERE code = log.unit)",
        )?;
        let mut rows = stale.query([])?;
        while let Some(row) = rows.next()? {
            found.push(format!("unit {}: its last position is not that of the log", row.get::<_, String>(0)?));
        }
        Ok(found)
    }
}
