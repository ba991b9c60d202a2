//! Stories of one phone, from ticket to receipt: lost answers, refusals, a restored server, a household that leaves. The
//! other end is a small server in memory ([`village`]) that can be told to fail; the real one is met in the workspace's
//! `tests/`.

mod corrections;
mod problems;
mod receipts;
mod rounds;
mod session;
pub(crate) mod village;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{App, Fixed, Setup};
use crate::storage::Cost;
use crate::sync::enrol::Ticket;
use village::Village;

pub(crate) const PIN: &str = "246810";

pub(crate) fn noon() -> DateTime<Utc> {
    "2023-06-01T04:00:00Z".parse().unwrap()
}

pub(crate) fn setup(village: &Village, now: DateTime<Utc>) -> Setup {
    let village = village.clone();
    Setup {
        clock: Arc::new(Fixed(now)),
        cost: Cost::CHEAP,
        connect: Arc::new(move |_| Ok(Box::new(village.clone()))),
        exports: None,
    }
}

pub(crate) fn ticket(code: &str) -> Ticket {
    Ticket::parse(code, "https://ruhu.example:8480").unwrap()
}

/// A phone enrolled for 李建国, with the pack fetched.
pub(crate) struct Phone {
    pub dir: tempfile::TempDir,
    pub app: App,
    pub village: Village,
}

impl Phone {
    pub(crate) fn enrolled(village: &Village, code: &str) -> Self {
        village.ticket(code);
        let dir = tempfile::tempdir().unwrap();
        let app = App::open_with(dir.path(), setup(village, noon())).unwrap();
        app.enrol(&ticket(code), PIN, "李建国的手机").unwrap();
        let phone = Self { dir, app, village: village.clone() };
        phone.app.sync().unwrap();
        phone
    }

    /// Closes the app as a kill would, and opens it again.
    pub(crate) fn restarted(self) -> Self {
        let Self { dir, app, village } = self;
        drop(app);
        let app = App::open_with(dir.path(), setup(&village, noon())).unwrap();
        app.unlock(PIN).unwrap();
        Self { dir, app, village }
    }

    /// The same phone at another time.
    pub(crate) fn at(self, now: DateTime<Utc>) -> Self {
        let Self { dir, app, village } = self;
        drop(app);
        let app = App::open_with(dir.path(), setup(&village, now)).unwrap();
        app.unlock(PIN).unwrap();
        Self { dir, app, village }
    }

    /// The standard ending: sync twice, nothing waits, both ends hold the same.
    pub(crate) fn agrees(&self) {
        self.app.sync().unwrap();
        let second = self.app.sync().unwrap();
        assert_eq!((second.round.changes_up, second.round.changes_down), (0, 0));
        assert_eq!(self.app.status().unwrap().waiting_changes, 0);
        for (id, digest) in self.app.digests().unwrap() {
            assert_eq!(Some(digest), self.village.digest(id));
        }
        assert!(self.app.read(|tx| tx.is_current()).unwrap());
    }
}
