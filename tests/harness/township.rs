//! The township: an office with a real server over a real data folder, people, tickets and registers.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_core::domain::Area;
use app_core::domain::id::{HouseholdId, household_of_register};
use app_core::policy::Pack;
use sync_server::ops::{backup, check, init, people};
use sync_server::register::{self, columns::Map, import};
use sync_server::serve::Server;
use sync_server::settings::{ServeOptions, database};
use sync_server::store::sqlite::SqliteStore;
use sync_server::store::{Store, read};
use sync_server::{demo, now, ops};

use crate::link::Link;
use crate::phone::Phone;

/// The invented county.
pub const COUNTY: &str = "999999";

/// A township.
pub struct Township {
    pub dir: tempfile::TempDir,
    pub data: PathBuf,
    runtime: tokio::runtime::Runtime,
    store: Option<Arc<dyn Store>>,
    server: Option<Server>,
    links: Vec<Link>,
}

/// The shipped pack's folder.
pub fn pack_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../app-core/packs/guangxi-2023")
}

/// The shipped pack.
pub fn pack() -> Pack {
    Pack::load_dir(&pack_folder()).unwrap()
}

impl Township {
    /// Set up and serving, nobody in it yet.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("server");
        let setup =
            init::Setup {
                name: "桂禾县".into(), county: Area::parse(COUNTY).unwrap(), hosts: Vec::new(), url: None
            };
        init::init(&data, setup, &pack(), now()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut township = Self { dir, data, runtime, store: None, server: None, links: Vec::new() };
        township.open();
        township
    }

    /// The village of ten named households (`register`).
    pub fn village() -> Self {
        let township = Self::empty();
        let file = township.dir.path().join("village.xlsx");
        register_write(&file);
        township.import(&file);
        township
    }

    /// The demo's township with about so many households.
    pub fn demo(households: u32, seed: u64) -> Self {
        let township = Self::empty();
        let file = township.dir.path().join("demo.xlsx");
        let on = chrono::NaiveDate::from_ymd_opt(2023, 5, 10).unwrap();
        demo::write_register(&file, demo::Wish { seed, households, on }).unwrap();
        township.import(&file);
        township
    }

    /// The server starts, or starts again.
    pub fn open(&mut self) {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&database(&self.data), false).unwrap());
        let options = ServeOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            tls: false,
            metrics_token: None,
            proxies: Vec::new(),
        };
        let server = self.runtime.block_on(Server::over(store.clone(), &options)).unwrap();
        self.store = Some(store);
        self.server = Some(server);
        self.point_links();
    }

    /// The server stops; phones find nobody.
    pub fn close(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop()).unwrap();
        }
        self.store = None;
        self.point_links();
    }

    fn point_links(&self) {
        for link in &self.links {
            link.leads_to(self.address());
        }
    }

    /// Where the server listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|s| s.address)
    }

    /// What the server remembers.
    pub fn store(&self) -> &dyn Store {
        &**self.store.as_ref().unwrap()
    }

    /// The evening's backup; the file.
    pub fn backup(&self) -> PathBuf {
        let file = self.dir.path().join(format!("backup-{}", app_core::domain::id::short_id()));
        backup::backup(&self.data, &file).unwrap();
        file
    }

    /// The server's disk dies; the backup is restored on another.
    pub fn restore(&mut self, file: &Path) {
        self.close();
        self.data = self.dir.path().join(format!("server-{}", app_core::domain::id::short_id()));
        backup::restore(&self.data, file, None, now()).unwrap();
        self.open();
    }

    /// The same, but the old server's people log could be saved.
    pub fn restore_with_people_log(&mut self, file: &Path) {
        self.close();
        let old = std::mem::replace(
            &mut self.data,
            self.dir.path().join(format!("server-{}", app_core::domain::id::short_id())),
        );
        let done = backup::restore(&self.data, file, Some(&old), now()).unwrap();
        assert!(done.carried.is_some());
        self.open();
    }

    /// Somebody copies an older file over the server's by hand.
    pub fn put_back_by_hand(&mut self, file: &Path) {
        self.close();
        for old in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{old}", database(&self.data).display()));
        }
        std::fs::copy(file, database(&self.data)).unwrap();
        self.open();
    }

    /// Reads a register as the office does, for this county and its areas.
    pub fn read_register(&self, file: &Path) -> sync_server::Result<register::Register> {
        let (county, areas) = read(self.store(), |r| Ok((ops::county(r)?, r.areas()?))).unwrap();
        register::read(file, &Map::new(), &county, &areas, &pack())
    }

    /// Imports a register that has no faults.
    pub fn import(&self, file: &Path) -> import::Imported {
        let found = self.read_register(file).unwrap();
        assert_eq!(found.errors, []);
        import::import(self.store(), found, [0; 32], now()).unwrap()
    }

    /// A person; the id.
    pub fn person(&self, name: &str, title: &str, areas: &[&str]) -> String {
        let areas: Vec<String> = areas.iter().map(|a| (*a).to_owned()).collect();
        people::add_user(self.store(), name, title, &areas, now()).unwrap().id
    }

    /// Everybody's name, as the office sees it.
    pub fn people(&self) -> Vec<String> {
        people::users(self.store()).unwrap().into_iter().map(|u| u.name).collect()
    }

    /// How many devices the office sees of a person.
    pub fn devices_of(&self, person: &str) -> usize {
        people::devices(self.store()).unwrap().iter().filter(|d| d.user == person).count()
    }

    /// Shuts out every device of a person.
    pub fn revoke_devices_of(&self, person: &str) {
        for device in people::devices(self.store()).unwrap().iter().filter(|d| d.user == person) {
            people::revoke(self.store(), &device.id, now()).unwrap();
        }
    }

    /// Gives a person other areas.
    pub fn move_person(&self, id: &str, areas: &[&str]) {
        let areas: Vec<String> = areas.iter().map(|a| (*a).to_owned()).collect();
        people::move_user(self.store(), id, &areas, now()).unwrap();
    }

    /// A fresh ticket's code.
    pub fn ticket(&self, person: &str) -> String {
        people::ticket(self.store(), person, 72, Some("http://127.0.0.1".into()), now()).unwrap().code
    }

    /// A link to this server.
    pub fn link(&mut self) -> Link {
        let link = Link::new();
        link.leads_to(self.address());
        self.links.push(link.clone());
        link
    }

    /// A device of a new person, enrolled and synced once.
    pub fn phone(&mut self, name: &str, title: &str, areas: &[&str]) -> Phone {
        let person = self.person(name, title, areas);
        self.phone_of(&person, name)
    }

    /// A further device of a person, enrolled and synced once.
    pub fn phone_of(&mut self, person: &str, name: &str) -> Phone {
        let (link, code) = (self.link(), self.ticket(person));
        let phone = Phone::new(name, person, link);
        phone.enrol(&code).unwrap();
        phone.sync();
        phone
    }

    /// Households of an area, by id.
    pub fn households(&self, area: &str) -> Vec<HouseholdId> {
        let area = Area::parse(area).unwrap();
        let all = read(self.store(), |r| r.households_in(&area, None, 1_000_000)).unwrap();
        all.into_iter().map(|(id, ..)| id).collect()
    }

    /// The server finds nothing wrong with itself.
    pub fn assert_sound(&self) {
        assert_eq!(check::check(self.store()).unwrap().problems, Vec::<String>::new());
    }
}

impl Drop for Township {
    fn drop(&mut self) {
        self.close();
    }
}

/// The household with that number in the village's register.
pub fn household(number: &str) -> HouseholdId {
    household_of_register(COUNTY, number)
}

fn register_write(file: &Path) {
    crate::register::write(file, &crate::register::rows());
}
