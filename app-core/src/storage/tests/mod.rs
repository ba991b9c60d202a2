//! Stories of one device's memory: search, rebuild, a full disk, the journal.

mod disk;
mod journal;
mod projection;
mod search;

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Author, Key, Lens, Store};
use crate::document::{Founding, Place, Source};
use crate::domain::id::{HouseholdId, new_household};
use crate::domain::{Area, Base, Person, Title};
use crate::policy::facts::{Facts, Member, Profile};
use crate::policy::{Files, Pack};

pub(crate) const LI: Author = Author { actor: [7; 16], at: 1_686_000_000 };
pub(crate) const GRID: &str = "999999101203-04";

pub(crate) fn pack() -> Arc<Pack> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023");
    Arc::new(Pack::load_dir(&dir).unwrap())
}

#[allow(dead_code)]
pub(crate) fn pack_files() -> Files {
    pack().files().clone()
}

pub(crate) fn lens() -> Lens {
    Lens { pack: Some(pack()), on: NaiveDate::from_ymd_opt(2023, 6, 1).unwrap() }
}

/// 李建国, grid worker.
pub(crate) fn li() -> Person {
    Person {
        id: "p-li".into(),
        name: "李建国".into(),
        title: Title::GridWorker1,
        scope: vec![Area::parse(GRID).unwrap()],
    }
}

pub(crate) struct Phone {
    pub dir: tempfile::TempDir,
    pub key: Key,
    pub store: Store,
    pub lens: Lens,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = Key::random().unwrap();
        let mut store = Store::open(dir.path(), &key).unwrap();
        let lens = lens();
        store.transact(&lens, |tx| tx.set_person(&li())).unwrap();
        Self { dir, key, store, lens }
    }

    pub(crate) fn do_<T>(&mut self, work: impl FnOnce(&super::Tx<'_>) -> crate::Result<T>) -> T {
        self.store.transact(&self.lens, work).unwrap().0
    }

    /// Founds a household of a head and others; its id.
    pub(crate) fn household(&mut self, head: (&str, &str), others: &[(&str, &str)], hamlet: &str) -> HouseholdId {
        let id = new_household();
        let founding = founding(head, others, hamlet);
        self.do_(|tx| tx.found(id, GRID, &founding, LI));
        id
    }
}

pub(crate) fn founding(head: (&str, &str), others: &[(&str, &str)], hamlet: &str) -> Founding {
    let member = |(i, (name, number)): (usize, &(&str, &str))| Member {
        id: format!("m{i:011}"),
        name: Some((*name).into()),
        id_number: (!number.is_empty()).then(|| (*number).into()),
        relation: Some(if i == 0 { "head" } else { "other" }.into()),
        living: Some("alive".into()),
        ..Member::default()
    };
    let everyone: Vec<(&str, &str)> = std::iter::once(head).chain(others.iter().copied()).collect();
    Founding {
        place: Place { village: "龙塘村".into(), hamlet: hamlet.into(), grid: GRID.into(), ..Place::default() },
        facts: Facts {
            profile: Profile { base: Some(Base::Ordinary), phone: Some("13900001234".into()), ..Profile::default() },
            members: everyone.iter().enumerate().map(member).collect(),
            ..Facts::default()
        },
        source: Source::Phone,
    }
}
