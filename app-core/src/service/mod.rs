//! The app's verbs: each is one transaction and returns what changed. Here no SQL, no automerge, no screens.
//!
//! [`App`] owns the data directory, the clock, the open database and the pack in force. A verb reads
//! `app.pack()`, then does its work in [`App::transact`] (or [`App::read`]) with the verbs of [`crate::storage::Tx`]; who
//! writes it asks there ([`App::author`]).
//! Files are named by their noun: `session` (enrol, PIN), `households`, `linked` (move, split, merge), `conflicts`, `facts`, `members`,
//! `round` (sync), `bundle` (what travels without a server), `status`,
//! `policy` (a pack is published by two people); the visit has its own folder.

pub mod as_of;
pub mod bundle;
pub mod candidate;
pub mod clock;
pub mod clusters;
pub mod conflicts;
pub mod facts;
pub mod household_view;
pub mod households;
pub mod linked;
pub mod members;
pub mod overview;
mod packs;
pub mod policy;
pub mod problems;
pub mod register;
pub mod round;
pub mod session;
pub mod status;
#[cfg(test)]
pub(crate) mod tests;
pub mod today;
pub mod visit;
pub mod watch;
pub mod what_if;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

pub use clock::{Clock, Fixed, System};

use crate::domain::Person;
use crate::error::{Error, Kind, Result};
use crate::policy::Pack;
pub use crate::storage::Author;
use crate::storage::meta::{Identity, Settings};
use crate::storage::{Changes, Cost, Lens, Store, Tx};
use crate::sync::progress::Progress;
use crate::sync::transport::{Connect, http_connect};

/// China's civil time, whatever the device is set to: dates of visits are dates there.
pub const CHINA: i32 = 8 * 3600;

/// What an [`App`] is made with; tests bring their own clock, cheap PIN and link.
pub struct Setup {
    pub clock: Arc<dyn Clock>,
    pub cost: Cost,
    pub connect: Arc<Connect>,
    /// where files for people go (exports); `None`: a folder beside the database
    pub exports: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { clock: Arc::new(System), cost: Cost::FULL, connect: Arc::new(http_connect), exports: None }
    }
}

/// What is known while the database is open. Cheap to clone.
#[derive(Clone)]
struct Opened {
    identity: Arc<Identity>,
    person: Person,
    pack: Option<Arc<Pack>>,
    settings: Settings,
}

/// The core of one device. Shared between threads; every verb takes `&self`.
pub struct App {
    dir: PathBuf,
    setup: Setup,
    store: Mutex<Option<Store>>,
    opened: RwLock<Option<Opened>>,
    /// one round at a time
    pub(crate) rounds: Mutex<()>,
    /// where long work with the server stands
    pub(crate) progress: Progress,
    /// forms being filled; a cache of the journal
    pub(crate) visits: visit::Open,
    /// earlier packs, loaded
    packs: packs::Loaded,
    /// forms being tried
    pub(crate) previews: visit::Previews,
    /// of a what-if
    watch: watch::Watch,
}

impl App {
    /// Opens the core on a data folder, which is made if absent. The database stays closed until [`App::unlock`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(dir, Setup::default())
    }

    /// As [`App::open`], with a clock, PIN cost and link of one's own.
    pub fn open_with(dir: impl AsRef<Path>, setup: Setup) -> Result<Self> {
        let dir = dir.as_ref().to_path_buf();
        std::fs::create_dir_all(&dir).map_err(crate::storage::fault::disk)?;
        Ok(Self {
            dir,
            setup,
            store: Mutex::default(),
            opened: RwLock::default(),
            rounds: Mutex::default(),
            progress: Progress::default(),
            visits: visit::Open::default(),
            packs: packs::Loaded::default(),
            previews: visit::Previews::default(),
            watch: watch::Watch::default(),
        })
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.setup.clock.now()
    }

    /// Now in China, for what people read.
    pub fn local_now(&self) -> DateTime<FixedOffset> {
        local(self.now())
    }

    /// Today in China.
    pub fn today(&self) -> NaiveDate {
        self.local_now().date_naive()
    }

    /// The pack in force; [`Kind::Locked`] while closed, [`Kind::Offline`] before the first round brought one.
    pub fn pack(&self) -> Result<Arc<Pack>> {
        self.opened()?.pack.ok_or_else(|| {
            Error::new(
                Kind::Offline,
                "政策包尚未下载，请先同步一次。 The policy pack has not been fetched yet: sync once.",
            )
        })
    }

    /// Whose device this is, and the scope.
    pub fn person(&self) -> Result<Person> {
        Ok(self.opened()?.person)
    }

    /// This device to the server.
    pub fn identity(&self) -> Result<Arc<Identity>> {
        Ok(self.opened()?.identity)
    }

    /// How the screens are set.
    pub fn settings(&self) -> Result<Settings> {
        Ok(self.opened()?.settings)
    }

    /// Who writes now: this device's actor and the clock. Asked within the transaction that writes: a round under way may
    /// have given the device a new actor, and a file that lacks what it wrote under the one before.
    pub fn author(&self, tx: &Tx<'_>) -> Result<Author> {
        Ok(Author { actor: tx.own_actor()?, at: self.now().timestamp() })
    }

    /// One transaction that writes; all or nothing.
    pub fn transact<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.transact_noting(work).map(|(value, _)| value)
    }

    /// As [`App::transact`], and what it changed.
    pub fn transact_noting<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<(T, Changes)> {
        let lens = self.lens()?;
        let mut store = self.store();
        store.as_mut().ok_or_else(locked)?.transact(&lens, work)
    }

    /// One consistent look.
    pub fn read<T>(&self, look: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let lens = self.lens()?;
        let mut store = self.store();
        store.as_mut().ok_or_else(locked)?.read(&lens, look)
    }

    fn lens(&self) -> Result<Lens> {
        Ok(Lens { pack: self.opened()?.pack, on: self.today() })
    }

    fn store(&self) -> MutexGuard<'_, Option<Store>> {
        // A panic in a verb has rolled its transaction back: the connection is sound.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> Result<Opened> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(locked)
    }

    fn set_opened(&self, opened: Option<Opened>) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = opened;
    }
}

/// A moment in China's civil time.
pub fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let china = FixedOffset::east_opt(CHINA).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    at.with_timezone(&china)
}

fn locked() -> Error {
    Error::new(Kind::Locked, "请先输入密码。 Enter the PIN first.")
}
