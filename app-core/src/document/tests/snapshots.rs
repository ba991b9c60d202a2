//! Whole files from outside: bounded, refused or sound.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT};

use super::craft::{chunk, data_of, run, uleb};
use super::people::*;
use crate::document::{Edit, HouseholdDoc};

#[test]
fn damaged_and_foreign_files_are_refused() {
    let whole = imported().snapshot();
    for cut in 0..whole.len() {
        assert!(HouseholdDoc::load(&whole[..cut]).is_err());
    }
    assert!(HouseholdDoc::load(&[whole.as_slice(), &[0]].concat()).is_err());
    // changes appended to the document would be read by automerge; our files are one chunk
    let appended = [whole.as_slice(), imported().changes()[0].bytes.as_slice()].concat();
    assert!(HouseholdDoc::load(&appended).is_err());
    assert!(HouseholdDoc::load(&imported().changes()[0].bytes).is_err());
    assert!(HouseholdDoc::load_of(household(), &whole).is_ok());
    assert!(HouseholdDoc::load_of(crate::domain::id::new_household(), &whole).is_err());
}

#[test]
fn deflated_columns_are_refused() {
    let mut doc = AutoCommit::new();
    let meta = doc.put_object(ROOT, "meta", ObjType::Map).unwrap();
    doc.put(&meta, "id", household().as_bytes().to_vec()).unwrap();
    for n in 0..500 {
        doc.put(&meta, format!("k{n}"), "x".repeat(20)).unwrap();
    }
    assert!(HouseholdDoc::load(&doc.save_nocompress()).is_ok());
    assert!(HouseholdDoc::load(&doc.save()).is_err());
}

#[test]
fn a_small_file_that_claims_millions_of_rows_is_refused() {
    let mut data = vec![0, 0, 0]; // no actors, no heads, no change columns
    uleb(&mut data, 1);
    uleb(&mut data, 0x42);
    let bomb = run(30_000_000, 1);
    uleb(&mut data, bomb.len() as u64);
    data.extend(bomb);
    assert!(HouseholdDoc::check_snapshot(&chunk(0, &data)).is_err());
}

#[test]
fn a_deeply_nested_file_is_read_without_overflowing_the_stack() {
    let mut doc = AutoCommit::new();
    let meta = doc.put_object(ROOT, "meta", ObjType::Map).unwrap();
    doc.put(&meta, "id", household().as_bytes().to_vec()).unwrap();
    let mut map = doc.put_object(ROOT, "profile", ObjType::Map).unwrap();
    for n in 0..20_000 {
        doc.put(&map, "v", n).unwrap();
        map = doc.put_object(&map, "n", ObjType::Map).unwrap();
    }
    let nested = HouseholdDoc::load(&doc.save_nocompress()).unwrap();
    nested.file();
    nested.digest();
}

#[test]
fn mutated_files_never_panic_and_what_loads_can_be_saved() {
    let mut wei = imported();
    edit(&mut wei, WEI, &[Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-wei")]);
    let whole = wei.snapshot();
    let data = data_of(&whole);
    let mut rng = super::properties::Dice(2023);
    for _ in 0..super::properties::mutants() {
        let mutant = chunk(0, &super::properties::mutate(data, &mut rng));
        if let Ok(loaded) = HouseholdDoc::load(&mutant) {
            loaded.file();
            loaded.digest();
        }
    }
}
