//! A data folder with a register, people and tickets; the founding itself is not measured here.

use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use app_core::document::HouseholdDoc;
use app_core::domain::Area;
use app_core::domain::id::IMPORT_ACTOR;
use sync_server::now;
use sync_server::ops::{init, people};
use sync_server::settings::database;
use sync_server::store::rows::{HouseholdRow, Unsaved};
use sync_server::store::sqlite::SqliteStore;
use sync_server::store::{Writes, write};

use app_core::testing::{self, Dice};

/// Households in a grid.
pub const GRID: usize = 300;

/// A data folder.
pub struct Stage {
    pub data: PathBuf,
    _dir: tempfile::TempDir,
}

/// The code of grid `n`: 90 grids a village, 90 villages a township.
pub fn grid(n: usize) -> String {
    format!("999999{:03}{:03}-{:02}", 101 + n / 8_100, 201 + n / 90 % 90, 1 + n % 90)
}

impl Stage {
    /// With so many households, [`GRID`] in each grid.
    pub fn new(households: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../app-core/packs/guangxi-2023");
        let setup =
            init::Setup {
                name: "九九县".into(), county: Area::parse("999999").unwrap(), hosts: Vec::new(), url: None
            };
        init::init(&data, setup, &init::load_pack(Some(pack.into())).unwrap(), now()).unwrap();
        let stage = Self { data, _dir: dir };
        stage.fill(households);
        stage
    }

    pub fn store(&self) -> SqliteStore {
        SqliteStore::open(&database(&self.data), false).unwrap()
    }

    /// Bytes on disk.
    pub fn size(&self) -> u64 {
        std::fs::metadata(database(&self.data)).unwrap().len()
    }

    /// Two threads found, one writes.
    fn fill(&self, households: usize) {
        let store = self.store();
        std::thread::scope(|scope| {
            let (made, ready) = sync_channel(4);
            for half in 0..2 {
                let made = made.clone();
                scope.spawn(move || {
                    for batch in (0..households).step_by(500).skip(half).step_by(2) {
                        let mut dice = Dice(0x5275_6875 + batch as u64);
                        let docs: Vec<(usize, HouseholdDoc)> = (batch..households.min(batch + 500))
                            .map(|n| (n, testing::imported(n as u64, &mut dice)))
                            .collect();
                        made.send(docs).unwrap();
                    }
                });
            }
            drop(made);
            for docs in ready {
                write(&store, move |w| docs.iter().try_for_each(|(n, doc)| found(w, *n, doc))).unwrap();
            }
        });
    }

    /// People with a ticket each: whose, and its code. `grids` = the grid of each.
    pub fn tickets(&self, grids: impl Iterator<Item = usize>) -> Vec<(String, String)> {
        let (store, mut dice) = (self.store(), Dice(77));
        grids
            .map(|n| {
                let name = testing::name(&mut dice);
                let user = people::add_user(&store, &name, "grid_worker1", &[grid(n)], now()).unwrap();
                let url = Some("http://127.0.0.1".to_owned());
                (name, people::ticket(&store, &user.id, 72, url, now()).unwrap().code)
            })
            .collect()
    }
}

/// As an import does it.
fn found(w: &mut dyn Writes, n: usize, doc: &HouseholdDoc) -> sync_server::Result<()> {
    let unit = grid(n / GRID);
    let row = HouseholdRow { id: doc.id(), unit: unit.clone(), heads: doc.heads(), snapshot: doc.snapshot() };
    w.found(&row, None, now())?;
    for change in doc.changes() {
        w.append(&Unsaved {
            household: doc.id(),
            unit: &unit,
            hash: change.hash,
            bytes: &change.bytes,
            actor: &IMPORT_ACTOR,
            device: None,
            carrier: None,
            push: None,
            at: now(),
        })?;
    }
    Ok(())
}
