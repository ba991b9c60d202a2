//! Opening: pragmas, migrations, a file only its owner reads.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::error::{Error, Result};

/// Steps in order; released ones are never edited.
const STEPS: &[&str] = &[
    include_str!("../../../../migrations/server/sqlite/0001_first.sql"),
    include_str!("../../../../migrations/server/sqlite/0002_guard.sql"),
    include_str!("../../../../migrations/server/sqlite/0003_quota.sql"),
    include_str!("../../../../migrations/server/sqlite/0004_records.sql"),
    include_str!("../../../../migrations/server/sqlite/0005_moves.sql"),
    include_str!("../../../../migrations/server/sqlite/0006_waits.sql"),
];

/// The one writing connection; migrates.
pub(super) fn writing(file: &Path, create: bool) -> Result<Connection> {
    if create {
        create_private(file)?;
    } else if !file.exists() {
        if file.with_file_name(crate::settings::RESTORING).exists() {
            return Err(Error::invalid(
                "上次恢复没有做完，这里还没有服务器，请再运行一次 restore。 A restore was cut short and there is no server here: run `restore` again.",
            ));
        }
        return Err(Error::invalid(
            "此目录不是服务器数据目录，请先运行 init。 There is no server here: run `init` first.",
        ));
    }
    // One thread owns it: SQLite's own locks would only cost.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(file, flags)?;
    conn.busy_timeout(Duration::from_secs(20))?;
    // 32 MiB of pages: what a day's pushes touch again and again. A checkpoint each 16 MiB of log instead of each 4.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;",
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    Migrations::new(STEPS.iter().map(|sql| M::up(sql)).collect()).to_latest(&mut conn).map_err(|e| {
        Error::invalid("数据库版本比本程序新，或升级失败。 The database is newer than this program, or could not be brought up to date.").because(e)
    })?;
    Ok(conn)
}

/// A reading connection.
pub(super) fn reading(file: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(20))?;
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA foreign_keys = ON;")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// What SQLite keeps beside a database while it is in use, and leaves there when it is killed.
pub fn beside(file: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        name.into()
    })
}

/// Makes an empty file that only its owner can read; refuses one that is there, or whose log is: SQLite would throw away
/// the last commits of a database that was moved, or play them into another.
pub(super) fn create_private(file: &Path) -> Result<()> {
    if beside(file).iter().any(|p| p.exists()) {
        return Err(Error::invalid(
            "此处还有数据库留下的日志（-wal、-shm 或 -journal），没有写入；请连同它所属的数据库一起移走。 The log of a database (-wal, -shm or -journal) lies here; nothing was written. Move it away together with its database.",
        ));
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|e| {
        if e.kind() == std::io::ErrorKind::AlreadyExists {
            Error::invalid("文件已存在，没有覆盖。 The file is there already; nothing was overwritten.").because(e)
        } else {
            Error::from(e)
        }
    })?;
    Ok(())
}
