//! The database file and its transactions.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use zeroize::Zeroizing;

use super::schema;
use super::vault::Key;
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::policy::Pack;

/// The name of the database file in the data directory.
pub const FILE: &str = "ruhu.db";

/// How household files are looked at when they are projected: the pack in force and today.
#[derive(Clone)]
pub struct Lens {
    /// `None` until the first pack has been fetched: lists then follow the standing alone
    pub pack: Option<Arc<Pack>>,
    /// today in China
    pub on: NaiveDate,
}

/// What a transaction changed, for screens to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// households written, added or forgotten
    pub households: BTreeSet<HouseholdId>,
    /// visits whose journal was written
    pub visits: BTreeSet<String>,
    /// a new pack came into force
    pub pack: bool,
    /// name, title or scope of the person
    pub person: bool,
    /// records came, were made, filed or refused
    pub records: bool,
}

impl Changes {
    /// Takes in another's.
    pub fn join(&mut self, other: Self) {
        self.households.extend(other.households);
        self.visits.extend(other.visits);
        self.pack |= other.pack;
        self.person |= other.person;
        self.records |= other.records;
    }
}

/// The open database.
pub struct Store {
    conn: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens (or makes) the database in `dir` under `key` and brings it to the newest step.
    /// A wrong key or a damaged file is [`crate::error::Kind::Damaged`].
    pub fn open(dir: &Path, key: &Key) -> Result<Self> {
        let path = dir.join(FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(&path, flags)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        // A raw key: SQLCipher's own derivation (107 ms) is not needed on top of argon2id.
        let pragma = Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", key.hex().as_str()));
        conn.execute_batch(&pragma)?;
        conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get::<_, i64>(0))?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
        )?;
        schema::migrate(&mut conn)?;
        Ok(Self { conn, path })
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The one write path: everything `work` writes is committed together, or nothing is.
    pub fn transact<T>(&mut self, lens: &Lens, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<(T, Changes)> {
        let conn = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tx = Tx { conn, lens, changes: RefCell::default() };
        let value = work(&tx)?;
        let Tx { conn, changes, .. } = tx;
        conn.commit()?;
        Ok((value, changes.into_inner()))
    }

    /// A consistent look; whatever is written in it is undone.
    pub fn read<T>(&mut self, lens: &Lens, look: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let conn = self.conn.transaction_with_behavior(TransactionBehavior::Deferred)?;
        look(&Tx { conn, lens, changes: RefCell::default() })
    }

    /// What tells the file from a copy of it: when it was made, and its number, as far as the disk says. A copy put in its
    /// place has another; a disk put back to an earlier state as a whole has the same.
    pub fn mark(&self) -> Result<String> {
        let meta = std::fs::metadata(&self.path).map_err(super::fault::disk)?;
        let made = meta.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&meta);
        #[cfg(not(unix))]
        let number = 0;
        Ok(format!("{}/{number}", made.map_or(0, |d| d.as_nanos())))
    }

    /// Whether SQLite finds the file sound.
    pub fn check(&self) -> Result<bool> {
        let verdict: String = self.conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
        Ok(verdict == "ok")
    }

    /// Lets the file grow to `pages` of 4 KiB at most: a full disk for tests.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) {
        self.conn.pragma_update(None, "max_page_count", pages).unwrap();
    }

    /// Every row of a table as text, ordered: for comparing projections.
    #[cfg(test)]
    pub(crate) fn dump(&self, table: &str) -> Vec<String> {
        let mut statement = self.conn.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows: Vec<String> = statement
            .query_map([], |r| {
                Ok((0..columns).map(|i| format!("{:?}", r.get_ref(i).unwrap())).collect::<Vec<_>>().join("|"))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        rows.sort();
        rows
    }
}

/// One transaction. The nouns' files (`household.rs`, `journal.rs` …) add their verbs to it.
pub struct Tx<'a> {
    pub(super) conn: rusqlite::Transaction<'a>,
    pub(super) lens: &'a Lens,
    changes: RefCell<Changes>,
}

impl Tx<'_> {
    /// The pack in force and today, as this transaction sees them.
    pub fn lens(&self) -> &Lens {
        self.lens
    }

    /// A part that stands or falls alone: when it fails, what it wrote is undone and the rest of the transaction goes on.
    pub fn attempt<T>(&self, part: impl FnOnce() -> Result<T>) -> Result<T> {
        self.conn.execute_batch("SAVEPOINT part")?;
        let done = part();
        self.conn.execute_batch(if done.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" })?;
        done
    }

    pub(super) fn touched(&self, household: HouseholdId) {
        self.changes.borrow_mut().households.insert(household);
    }

    pub(super) fn has_touched(&self, household: HouseholdId) -> bool {
        self.changes.borrow().households.contains(&household)
    }

    pub(super) fn visit_touched(&self, visit: &str) {
        self.changes.borrow_mut().visits.insert(visit.to_owned());
    }

    pub(super) fn note(&self, note: impl FnOnce(&mut Changes)) {
        note(&mut self.changes.borrow_mut());
    }
}
