//! One device: the real core in a folder of its own, under a clock that stands where the story says.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_core::domain::id::HouseholdId;
use app_core::error::Result;
use app_core::service::round::RoundReport;
use app_core::service::visit::Made;
use app_core::service::{App, Fixed, Setup};
use app_core::storage::Cost;
use app_core::storage::list::{HouseholdLine, Query};
use app_core::sync::enrol::Ticket;
use app_core::sync::transport::http_connect;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::link::Link;

/// Everybody's PIN.
pub const PIN: &str = "246810";

/// A device. It derefs to the core, so that every verb of the app is at hand.
pub struct Phone {
    pub name: String,
    pub person: String,
    pub dir: tempfile::TempDir,
    pub link: Link,
    now: DateTime<Utc>,
    app: Option<App>,
}

impl Deref for Phone {
    type Target = App;

    fn deref(&self) -> &App {
        self.app.as_ref().unwrap()
    }
}

/// The stories' first day: in the field phase, noon in China.
pub fn first_of_june() -> DateTime<Utc> {
    "2023-06-01T04:00:00Z".parse().unwrap()
}

impl Phone {
    /// A new device, not enrolled.
    pub fn new(name: &str, person: &str, link: Link) -> Self {
        let (dir, now) = (tempfile::tempdir().unwrap(), first_of_june());
        let app = Some(App::open_with(dir.path(), setup(now)).unwrap());
        Self { name: name.into(), person: person.into(), dir, link, now, app }
    }

    /// Uses a ticket over the device's link.
    pub fn enrol(&self, code: &str) -> Result<()> {
        let ticket = Ticket::parse(code, &self.link.url()).unwrap();
        self.app.as_ref().unwrap().enrol(&ticket, PIN, &format!("{}的手机", self.name))
    }

    /// A whole round that must go through.
    pub fn sync(&self) -> RoundReport {
        self.app
            .as_ref()
            .unwrap()
            .sync()
            .unwrap_or_else(|e| panic!("{}: {e} {:?}", self.name, std::error::Error::source(&e)))
    }

    /// A whole round, whatever comes of it.
    pub fn try_sync(&self) -> Result<RoundReport> {
        self.app.as_ref().unwrap().sync()
    }

    /// Closed as by a kill, and opened again.
    pub fn restart(&mut self) {
        self.app = None;
        let app = App::open_with(self.dir.path(), setup(self.now)).unwrap();
        app.unlock(PIN).unwrap();
        self.app = Some(app);
    }

    /// Closed, for a program of its own to work on the folder; [`Phone::restart`] opens it again.
    pub fn close(&mut self) {
        self.app = None;
    }

    /// A copy of everything on the device, as a phone's own backup makes it.
    pub fn copied(&mut self) -> tempfile::TempDir {
        self.app = None;
        let copy = tempfile::tempdir().unwrap();
        copy_files(self.dir.path(), copy.path());
        self.restart();
        copy
    }

    /// The device is put back to an earlier copy: what was not synced since is gone with it.
    pub fn put_back(&mut self, copy: &Path) {
        self.app = None;
        for file in files(self.dir.path()) {
            std::fs::remove_file(file).unwrap();
        }
        copy_files(copy, self.dir.path());
        self.restart();
    }

    /// The whole disk is put back to an earlier state: not even its files can tell.
    pub fn put_back_disk(&mut self, copy: &Path) {
        self.app = None;
        for file in files(self.dir.path()) {
            if !copy.join(file.file_name().unwrap()).exists() {
                std::fs::remove_file(file).unwrap();
            }
        }
        // Written over, not put in their place.
        copy_files(copy, self.dir.path());
        self.restart();
    }

    /// The same device at another time.
    pub fn at(&mut self, now: &str) {
        self.now = now.parse().unwrap();
        self.restart();
    }

    /// A whole visit.
    pub fn visited(&self, household: HouseholdId, form: &str, answers: &Value) -> Made {
        self.visit_with_answers(household, form, answers, false).unwrap_or_else(|e| panic!("{} {form}: {e}", self.name))
    }

    /// One answer of an open visit, durable when this returns.
    pub fn said(&self, visit: &str, name: &str, value: &Value) -> Result<()> {
        let path = self.visit(visit, |running| {
            let instance = running.instance();
            let node = instance.walk().into_iter().find(|n| instance.question(*n).name == name);
            Ok(instance.path(node.unwrap_or_else(|| panic!("no question {name}"))))
        })?;
        self.answer(visit, &path, value, |_, _| ())
    }

    /// Every household on the device.
    pub fn lines(&self) -> Vec<HouseholdLine> {
        self.search(&Query { limit: 1_000_000, ..Query::default() }).unwrap().1
    }

    /// One household as lists show it.
    pub fn line(&self, id: HouseholdId) -> HouseholdLine {
        self.read(|tx| tx.line(id)).unwrap().unwrap()
    }

    /// Whether the household is on the device.
    pub fn holds(&self, id: HouseholdId) -> bool {
        self.read(|tx| tx.line(id)).unwrap().is_some()
    }

    /// Changes that are only here.
    pub fn waiting(&self) -> u32 {
        self.status().unwrap().waiting_changes
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect()
}

fn copy_files(from: &Path, to: &Path) {
    for file in files(from) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// The real link, a cheap PIN, a clock that stands still.
pub fn setup(now: DateTime<Utc>) -> Setup {
    Setup { clock: Arc::new(Fixed(now)), cost: Cost::CHEAP, connect: Arc::new(http_connect), exports: None }
}
