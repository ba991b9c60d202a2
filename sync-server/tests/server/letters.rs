//! What an old letter of the server gives back after a restore, and what it does not.

use app_core::domain::Area;
use app_core::wire::message::Letter;
use app_core::wire::sign::sign_letter;
use sync_server::now;
use sync_server::ops::{backup, people};
use sync_server::store::{read, write};
use uuid::Uuid;

use crate::office::Office;
use crate::phone::Phone;

const GRID1: &str = "999999101201-01";
const GRID2: &str = "999999101201-02";
const DAY: i64 = 24 * 3600;

/// The office moves the person on an earlier day, and her phone hears of it then.
fn moved(office: &Office, phone: &Phone, areas: &[&str], at: i64) {
    let areas: Vec<String> = areas.iter().map(|a| (*a).to_owned()).collect();
    people::move_user(&*office.store, &phone.person.id, &areas, at).unwrap();
    let (person, device) = (phone.person.id.clone(), phone.told.device.clone());
    write(&*office.store, move |w| {
        let seq = w.person(&person)?.unwrap().changed_seq;
        w.seen(&device, at, seq)
    })
    .unwrap();
}

/// The letter that the server wrote for the phone on an earlier day.
fn letter(office: &Office, phone: &Phone, areas: &[&str], at: i64) -> Letter {
    let mut letter = phone.told.letter.clone().unwrap();
    letter.person.scope = areas.iter().filter_map(|a| Area::parse(a)).collect();
    letter.at = at;
    let secret = read(&*office.store, sync_server::keys::signing).unwrap().to_bytes();
    sign_letter(&mut letter, &secret);
    letter
}

/// The disk dies; the backup is put on another, with the people log if it was saved.
fn restored(mut office: Office, file: &std::path::Path, log: bool, phones: &mut [&mut Phone]) -> Office {
    office.stop();
    let data = office.dir.path().join("restored");
    backup::restore(&data, file, log.then_some(office.data.as_path()), now()).unwrap();
    let dir = std::mem::replace(&mut office.dir, tempfile::tempdir().unwrap());
    drop(office);
    let office = Office::of(dir, data);
    for phone in phones {
        phone.url = office.url();
        phone.sync();
    }
    office
}

/// Brings a visit in a household together with a letter; the reasons for which it was refused.
fn visit_with(phone: &mut Phone, from: &Phone, household: Uuid, letter: &Letter) -> Vec<String> {
    phone.docs.insert(household, from.docs[&household].clone());
    phone.visit(household, "凭旧信");
    let mut request = phone.request();
    request.letter = Some(letter.clone());
    let (answer, ..) = phone.send(&request).unwrap();
    phone.outbox.clear();
    answer.refused.iter().map(|r| r.why.clone()).collect()
}

#[test]
fn an_old_letter_does_not_give_wei_xiuying_back_the_grid_that_the_office_took_from_her() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID1]);
    wei.sync();
    li.sync();
    let household = *li.docs.keys().next().unwrap();
    let old = letter(&office, &wei, &[GRID1], now() - 3 * DAY);
    moved(&office, &wei, &[GRID2], now() - 2 * DAY);
    wei.sync();
    let monday = office.dir.path().join("monday.sqlite");
    backup::backup(&office.data, &monday).unwrap();
    let office = restored(office, &monday, false, &mut [&mut wei, &mut li]);
    assert_eq!(visit_with(&mut wei, &li, household, &old), ["scope"]);
    office.assert_agrees_with(&mut li);
}

#[test]
fn nor_one_that_was_given_and_taken_since_the_backup_when_the_people_log_tells() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID2]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID1]);
    wei.sync();
    li.sync();
    let household = *li.docs.keys().next().unwrap();
    let monday = office.dir.path().join("monday.sqlite");
    backup::backup(&office.data, &monday).unwrap();
    moved(&office, &wei, &[GRID1, GRID2], now() - 50 * DAY);
    let old = letter(&office, &wei, &[GRID1, GRID2], now() - 50 * DAY);
    moved(&office, &wei, &[GRID2], now() - 40 * DAY);
    let _office = restored(office, &monday, true, &mut [&mut wei, &mut li]);
    assert_eq!(visit_with(&mut wei, &li, household, &old), ["scope"]);
}

#[test]
fn a_letter_shown_again_and_again_writes_nothing_more() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID2]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID1]);
    wei.sync();
    li.sync();
    let household = *li.docs.keys().next().unwrap();
    let monday = office.dir.path().join("monday.sqlite");
    backup::backup(&office.data, &monday).unwrap();
    let given = letter(&office, &wei, &[GRID1, GRID2], now());
    let office = restored(office, &monday, false, &mut [&mut wei, &mut li]);
    // The backup does not know that she was given a second grid: what she did there is taken.
    assert!(visit_with(&mut wei, &li, household, &given).is_empty());
    let last = || read(&*office.store, |r| r.last_seq()).unwrap();
    let before = last();
    for _ in 0..3 {
        let mut request = wei.request();
        request.letter = Some(given.clone());
        wei.send(&request).unwrap();
    }
    assert_eq!(last(), before);
}
