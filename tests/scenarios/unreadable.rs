//! One household file is damaged, or grew too large: it stops nobody and nothing else.

use app_core::domain::id::HouseholdId;
use ruhu_tests::register::{GRID1, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Township, answers, settle};
use serde_json::json;
use sync_server::store::{read, write};

/// The server's disk spoils one file; with `heads` the log does not give it any more either. What stood there before.
fn spoil(township: &Township, id: HouseholdId, heads_too: bool) -> (Vec<[u8; 32]>, Vec<u8>) {
    let row = read(township.store(), |r| r.household(id)).unwrap().unwrap();
    let heads = if heads_too { vec![[7; 32]] } else { row.heads.clone() };
    write(township.store(), move |w| w.save(id, &heads, b"not a file")).unwrap();
    (row.heads, row.snapshot)
}

#[test]
fn a_damaged_file_on_the_server_is_made_again_from_the_log() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    spoil(&township, household("LT001"), false);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    wei.sync();
    assert_eq!(wei.waiting(), 0);
    settle(&township, &[&wei]);
}

#[test]
fn a_damaged_file_is_fetched_again_by_a_phone_that_could_not_read_it() {
    let mut township = Township::village();
    spoil(&township, household("LT001"), false);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    assert!(wei.holds(household("LT002")), "the others came");
    wei.sync();
    assert!(wei.holds(household("LT001")), "and this one too, as the log gives it");
    wei.set_fact(household("LT001"), "place/hamlet", &json!("小榕屯")).unwrap();
    settle(&township, &[&wei]);
}

#[test]
fn a_file_that_is_lost_on_the_server_holds_up_no_other_and_everyone_is_told() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let before = spoil(&township, household("LT001"), true);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    wei.sync();
    assert_eq!(wei.status().unwrap().waiting, [household("LT001")], "it waits on the phone; the other went up");
    assert!(wei.status().unwrap().refused.is_empty());

    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    assert_eq!(desk.household(household("LT002")).unwrap().visits.len(), 1);
    assert!(!desk.holds(household("LT001")));
    let said = desk.status().unwrap().trouble.unwrap();
    assert!(said.contains("1 户") && said.contains("管理员"), "{said}");

    // The administrator puts the file back.
    write(township.store(), move |w| w.save(household("LT001"), &before.0, &before.1)).unwrap();
    for phone in [&wei, &desk] {
        phone.sync();
    }
    settle(&township, &[&wei, &desk]);
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
}
