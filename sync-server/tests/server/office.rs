//! An office with a server: initialised, with a register, people and tickets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_core::domain::Area;
use rust_xlsxwriter::{Workbook, Worksheet};
use sync_server::ops::{check, init, people};
use sync_server::register::{self, columns::Map, import};
use sync_server::serve::Server;
use sync_server::settings::{ServeOptions, database};
use sync_server::store::sqlite::SqliteStore;
use sync_server::store::{Store, read};
use sync_server::{demo, now, ops};
use uuid::Uuid;

use crate::phone::Phone;

/// A running server and its office.
pub struct Office {
    pub dir: tempfile::TempDir,
    pub data: PathBuf,
    pub store: Arc<dyn Store>,
    runtime: tokio::runtime::Runtime,
    server: Option<Server>,
}

/// The shipped pack.
pub fn pack() -> app_core::policy::Pack {
    init::load_pack(Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../app-core/packs/guangxi-2023"))).unwrap()
}

impl Office {
    /// Set up and serving, without households.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        set_up(&data);
        Self::of(dir, data)
    }

    /// With the invented township, so many households.
    pub fn with_households(households: u32) -> Self {
        let office = Self::empty();
        office.import_demo(households);
        office
    }

    /// Over a data folder that is there.
    pub fn of(dir: tempfile::TempDir, data: PathBuf) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&database(&data), false).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut office = Self { dir, data, store, runtime, server: None };
        office.start(false);
        office
    }

    pub fn start(&mut self, tls: bool) {
        let options =
            ServeOptions { listen: "127.0.0.1:0".parse().unwrap(), tls, metrics_token: None, proxies: Vec::new() };
        self.server = Some(self.runtime.block_on(Server::over(self.store.clone(), &options)).unwrap());
    }

    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop()).unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.server.as_ref().unwrap().address)
    }

    pub fn port(&self) -> u16 {
        self.server.as_ref().unwrap().address.port()
    }

    pub fn import_demo(&self, households: u32) -> import::Imported {
        let file = self.dir.path().join("demo.xlsx");
        let on = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        demo::write_register(&file, demo::Wish { seed: 7, households, on }).unwrap();
        self.import(&file)
    }

    pub fn read_register(&self, file: &Path) -> register::Register {
        let (county, areas) = read(&*self.store, |r| Ok((ops::county(r)?, r.areas()?))).unwrap();
        register::read(file, &Map::new(), &county, &areas, &pack()).unwrap()
    }

    pub fn import(&self, file: &Path) -> import::Imported {
        let found = self.read_register(file);
        assert_eq!(found.errors, []);
        import::import(&*self.store, found, [0; 32], now()).unwrap()
    }

    /// Adds a person; gives the id.
    pub fn person(&self, name: &str, title: &str, areas: &[&str]) -> String {
        let areas: Vec<String> = areas.iter().map(|a| (*a).to_owned()).collect();
        people::add_user(&*self.store, name, title, &areas, now()).unwrap().id
    }

    pub fn move_person(&self, id: &str, areas: &[&str]) {
        let areas: Vec<String> = areas.iter().map(|a| (*a).to_owned()).collect();
        people::move_user(&*self.store, id, &areas, now()).unwrap();
    }

    /// The code of a fresh ticket.
    pub fn ticket(&self, person: &str) -> String {
        people::ticket(&*self.store, person, 72, Some("http://127.0.0.1".into()), now()).unwrap().code
    }

    /// A phone of a new person, enrolled.
    pub fn phone(&self, name: &str, title: &str, areas: &[&str]) -> Phone {
        let person = self.person(name, title, areas);
        Phone::enrol(&self.url(), &self.ticket(&person), name).unwrap()
    }

    /// Households of an area with their grids, by id.
    pub fn households(&self, area: &str) -> Vec<(Uuid, String)> {
        let area = Area::parse(area).unwrap();
        let all = read(&*self.store, |r| r.households_in(&area, None, 100_000)).unwrap();
        all.into_iter().map(|(id, unit, _)| (id, unit)).collect()
    }

    /// The standard ending: everything here is sound.
    pub fn assert_sound(&self) {
        assert_eq!(check::check(&*self.store).unwrap().problems, Vec::<String>::new());
    }

    /// The standard ending: phone and server hold the same files, and nothing is pending.
    pub fn assert_agrees_with(&self, phone: &mut Phone) {
        phone.sync();
        let again = phone.sync();
        assert_eq!((again.whole, again.changes, again.forgotten), (0, 0, 0));
        assert!(phone.outbox.is_empty());
        let all = check::digest(&*self.store).unwrap();
        for (id, doc) in &phone.docs {
            assert_eq!(Some(&doc.digest()), all.get(&id.to_string()), "{id}");
        }
        self.assert_sound();
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A data folder of the invented county.
pub fn set_up(data: &Path) {
    let setup =
        init::Setup { name: "桂禾县".into(), county: Area::parse("999999").unwrap(), hosts: Vec::new(), url: None };
    init::init(data, setup, &pack(), now()).unwrap();
}

/// A workbook with one sheet.
pub fn workbook(file: &Path, rows: &[&[&str]]) {
    let mut sheet = Worksheet::new();
    sheet.set_name("登记表").unwrap();
    for (r, row) in (0_u32..).zip(rows) {
        for (c, cell) in (0_u16..).zip(*row) {
            sheet.write_string(r, c, *cell).unwrap();
        }
    }
    let mut book = Workbook::new();
    book.push_worksheet(sheet);
    book.save(file).unwrap();
}
