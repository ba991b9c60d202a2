//! Each sees what lies in the scope, and hears when it changes.

use app_core::domain::Area;
use app_core::wire::message::Cursor;
use sync_server::now;
use sync_server::ops::people;
use sync_server::store::write;

use crate::office::Office;

const GRID1: &str = "999999101201-01";
const GRID2: &str = "999999101201-02";
const VILLAGE: &str = "999999101201";

#[test]
fn li_jianguo_never_receives_a_household_of_another_grid() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID2]);
    wei.sync();
    li.sync();
    let theirs = *wei.docs.keys().next().unwrap();
    wei.visit(theirs, "甲");
    wei.sync();
    li.sync();
    assert_eq!(li.docs.len(), office.households(GRID2).len());
    assert!(li.grids.values().all(|g| g == GRID2));
    // Nor does he when his cursor claims to hold it, or to have been promised it.
    li.cursor.areas.push(GRID1.into());
    let (answer, _) = li.round().unwrap();
    assert!(answer.whole.is_empty() && answer.changes.is_empty());
    li.cursor.growing = Some((GRID1.into(), None));
    li.cursor.areas.clear();
    let (answer, _) = li.round().unwrap();
    assert!(answer.whole.iter().all(|w| w.grid == GRID2));
    // And what he writes there is parked.
    let copy = wei.docs[&theirs].clone();
    li.docs.insert(theirs, copy);
    li.set_phone(theirs, "19911111111");
    li.round().unwrap();
    assert_eq!(li.refused[0].why, "scope");
    office.assert_agrees_with(&mut wei);
}

#[test]
fn a_worker_moved_to_another_grid_hands_in_first_then_forgets_and_grows() {
    let office = Office::with_households(120);
    let person = office.person("覃桂花", "grid_worker1", &[GRID1]);
    let mut qin = crate::phone::Phone::enrol(&office.url(), &office.ticket(&person), "覃桂花").unwrap();
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    qin.sync();
    wei.sync();
    let household = *qin.docs.keys().next().unwrap();
    qin.visit(household, "调走前的最后一户");
    office.move_person(&person, &[GRID2]);
    let synced = qin.sync();
    assert!(qin.refused.is_empty(), "{:?}", qin.refused);
    assert_eq!(synced.forgotten, office.households(GRID1).len());
    assert!(qin.grids.values().all(|g| g == GRID2));
    assert_eq!(qin.docs.len(), office.households(GRID2).len());
    assert_eq!(qin.person.scope, [Area::parse(GRID2).unwrap()]);
    wei.sync();
    assert_eq!(wei.docs[&household].file().visits.len(), 1);
    // She heard two hours ago: what she writes there from here on is not hers any more.
    let device = qin.told.device.clone();
    write(&*office.store, move |w| {
        let changed = w.person(&person)?.unwrap().changed_seq;
        w.seen(&device, now() - 7200, changed)
    })
    .unwrap();
    qin.docs.insert(household, wei.docs[&household].clone());
    qin.set_phone(household, "19911111111");
    qin.sync();
    assert_eq!(qin.refused[0].why, "scope");
    qin.docs.remove(&household);
    office.assert_agrees_with(&mut qin);
    office.assert_agrees_with(&mut wei);
}

#[test]
fn a_grid_widened_to_its_village_sends_only_what_is_missing() {
    let office = Office::with_households(120);
    let person = office.person("覃桂花", "assistant", &[GRID1]);
    let mut qin = crate::phone::Phone::enrol(&office.url(), &office.ticket(&person), "覃桂花").unwrap();
    qin.sync();
    office.move_person(&person, &[VILLAGE]);
    let synced = qin.sync();
    assert_eq!(synced.whole, office.households(VILLAGE).len() - office.households(GRID1).len());
    assert_eq!(qin.cursor.areas, [VILLAGE]);
    office.move_person(&person, &[GRID2]);
    let synced = qin.sync();
    assert_eq!(
        (synced.whole, synced.forgotten),
        (0, office.households(VILLAGE).len() - office.households(GRID2).len())
    );
    office.assert_agrees_with(&mut qin);
}

#[test]
fn a_household_moved_to_another_grid_leaves_one_phone_and_reaches_the_other() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID2]);
    let mut village = office.phone("村委", "village_committee", &[VILLAGE]);
    for phone in [&mut wei, &mut li, &mut village] {
        phone.sync();
    }
    let household = *wei.docs.keys().next().unwrap();
    wei.visit(household, "搬家前");
    wei.sync();
    people::move_household(&*office.store, &household.to_string(), GRID2, now()).unwrap();
    assert_eq!(wei.sync().forgotten, 1);
    assert_eq!(li.sync().whole, 1);
    let seen = village.sync();
    assert_eq!((seen.whole, seen.changes, seen.forgotten), (0, 1, 0));
    for phone in [&mut wei, &mut li, &mut village] {
        office.assert_agrees_with(phone);
    }
    assert_eq!(li.docs[&household].file().visits.len(), 1);
}

#[test]
fn a_new_name_of_the_village_reaches_the_phone() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    wei.sync();
    assert!(wei.round().unwrap().0.areas.is_empty());
    people::add_area(&*office.store, VILLAGE, "上榕社区", now()).unwrap();
    let answer = wei.round().unwrap().0;
    assert!(answer.areas.iter().any(|a| a.name == "上榕社区"));
    assert!(answer.person.is_none());
}

#[test]
fn a_cursor_of_ones_own_making_reads_no_household_that_has_moved_away() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID1]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID2]);
    wei.sync();
    let [moved, stays] = *wei.docs.keys().copied().take(2).collect::<Vec<_>>() else { panic!("two households") };
    for _ in 0..20 {
        wei.visit(moved, "搬家前");
        wei.visit(stays, "正常");
        wei.sync();
    }
    people::move_household(&*office.store, &moved.to_string(), GRID2, now()).unwrap();
    li.sync();
    li.visit(moved, "搬家后");
    li.sync();
    // As if she had stood at the beginning of the log and held the grid: so little at a time that the household's leaving
    // never comes with its changes.
    wei.cursor = Cursor { epoch: wei.cursor.epoch.clone(), seq: 1, areas: vec![GRID1.into()], ..Cursor::default() };
    wei.limit = 1024;
    let mut changes = 0;
    loop {
        let answer = wei.send(&wei.request()).unwrap().0;
        changes += answer.changes.iter().map(|c| c.changes.len()).sum::<usize>();
        assert!(answer.changes.iter().all(|c| c.household.as_slice() != moved.as_bytes()));
        assert!(answer.whole.iter().all(|w| w.household.as_slice() != moved.as_bytes()));
        wei.cursor = answer.cursor;
        if !answer.more {
            break;
        }
    }
    assert!(changes > 5, "what is in her grid she may read: {changes}");
}
