//! Phones put back to an older copy of themselves, and servers restored to a day on which they had not heard of somebody.
//! What was acknowledged is on the server in the end, whoever still has it.

use app_core::service::households::NewHousehold;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
use serde_json::json;

/// Makes the phone write under a second actor, and gives the copy that has not heard of it.
fn with_a_second_actor(phone: &mut Phone) -> tempfile::TempDir {
    let copy = phone.copied();
    phone.set_fact(household("LT004"), "place/hamlet", &json!("甲屯")).unwrap();
    phone.sync();
    phone.put_back_disk(copy.path());
    phone.set_fact(household("LT004"), "place/address", &json!("乙号")).unwrap();
    phone.sync();
    assert_eq!(phone.read(|tx| tx.own_actors()).unwrap().len(), 2);
    copy
}

/// Fleet seed 10: nobody could say any more who the actor was, so its visit was refused as `author` on every phone that
/// brought it, and the colleague's acknowledged visit that rested on it as `dependency`.
#[test]
fn a_phone_that_forgot_its_actor_and_a_server_that_never_heard_of_it_lose_no_visit() {
    let mut township = Township::village();
    let mut li = township.phone("李建国", "grid_worker1", &[GRID1]);
    let mut mo = township.phone("莫大山", "assistant", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let copy = with_a_second_actor(&mut li);
    let early = mo.copied();
    // 李建国 visits under his second actor; 莫大山 builds on it. Both are acknowledged, and the desk has both.
    li.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    li.sync();
    mo.sync();
    mo.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    mo.sync();
    desk.sync();
    li.put_back(copy.path());
    mo.put_back(early.path());
    township.restore(&monday);
    desk.sync();
    settle(&township, &[&li, &mo, &desk]);
    for phone in [&desk, &li, &mo] {
        assert_eq!(phone.household(household("LT001")).unwrap().visits.len(), 2, "{}", phone.name);
        assert!(phone.status().unwrap().refused.is_empty(), "{}", phone.name);
    }
    // What 李建国 wrote still stands under his name.
    let history = desk.read(|tx| Ok(tx.need(household("LT001"))?.history(&|_| None))).unwrap();
    let visit = history.iter().find(|s| s.values.iter().any(|v| v.path[0] == "visits")).unwrap();
    let writer = desk.read(|tx| tx.writer(&visit.actor)).unwrap().unwrap();
    assert_eq!(writer.name, "李建国");
}

/// Fleet seed 6: the same, and what nobody could vouch for was the founding of a household.
#[test]
fn a_household_founded_under_a_forgotten_actor_comes_back() {
    let mut township = Township::village();
    let mut nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let monday = township.backup();
    let copy = with_a_second_actor(&mut nong);
    let new = NewHousehold { head_name: "陆大壮".into(), grid: GRID1.into(), ..NewHousehold::default() };
    let (added, _) = nong.add_household(&new).unwrap();
    nong.sync();
    wei.sync();
    wei.visited(added, "screening-ordinary", &answers::nobody_home());
    wei.sync();
    nong.put_back(copy.path());
    township.restore(&monday);
    wei.sync();
    settle(&township, &[&nong, &wei]);
    assert_eq!(nong.household(added).unwrap().visits.len(), 1);
    assert!(wei.status().unwrap().refused.is_empty());
}

#[test]
fn a_phone_put_back_is_sent_its_own_acknowledged_work_and_takes_a_new_actor() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let before = wei.read(|tx| tx.own_actor()).unwrap();
    let copy = wei.copied();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let new = NewHousehold { head_name: "陆大壮".into(), grid: GRID1.into(), ..NewHousehold::default() };
    let (added, _) = wei.add_household(&new).unwrap();
    wei.sync();
    wei.put_back_disk(copy.path());
    assert!(!wei.holds(added) && wei.household(household("LT001")).unwrap().visits.is_empty());
    // Nothing new to bring: she only looks.
    wei.sync();
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 1);
    assert!(wei.holds(added), "the household she founded is hers again");
    assert_ne!(wei.read(|tx| tx.own_actor()).unwrap(), before, "she does not go on under numbers that are taken");
    settle(&township, &[&wei]);
}

#[test]
fn a_phone_put_back_behind_several_rounds_has_everything_again() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let copy = wei.copied();
    for n in 0..3 {
        wei.set_fact(household("LT002"), "place/address", &json!(format!("{n}号"))).unwrap();
        wei.sync();
    }
    wei.put_back(copy.path());
    wei.set_fact(household("LT002"), "profile/phone", &json!("19900000000")).unwrap();
    wei.sync();
    settle(&township, &[&wei]);
    let file = wei.household(household("LT002")).unwrap();
    assert_eq!((file.place.address.as_str(), file.profile.phone.as_deref()), ("2号", Some("19900000000")));
}

#[test]
fn a_phone_enrolled_after_the_backup_is_let_in_again_and_delivers() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let person = township.person("韦秀英", "grid_worker1", &[GRID1]);
    let monday = township.backup();
    let wei = township.phone_of(&person, "韦秀英");
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    township.restore(&monday);
    wei.sync();
    settle(&township, &[&wei, &desk]);
    for number in ["LT001", "LT002"] {
        assert_eq!(desk.household(household(number)).unwrap().visits.len(), 1, "{number}");
    }
    assert!(wei.status().unwrap().refused.is_empty());
}

#[test]
fn a_worker_taken_on_after_the_backup_is_not_forgotten_either() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID2]);
    // The office moves her before the disk dies: what counts is what it said last.
    township.move_person(&wei.person, &[GRID1]);
    wei.sync();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    township.restore(&monday);
    settle(&township, &[&wei, &desk]);
    for number in ["LT001", "LT002"] {
        assert_eq!(desk.household(household(number)).unwrap().visits.len(), 1, "{number}");
    }
    assert_eq!(wei.person().unwrap().scope[0].as_str(), GRID1);
}

#[test]
fn a_device_revoked_on_the_restored_server_does_not_get_in_by_its_letter() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let monday = township.backup();
    township.revoke_devices_of(&wei.person);
    assert!(wei.try_sync().is_err());
    assert_eq!(township.devices_of(&wei.person), 1);
    // Revoked, restored, revoked again by the office before she calls.
    township.restore(&monday);
    township.revoke_devices_of(&wei.person);
    assert!(wei.try_sync().is_err());
    assert_eq!(township.devices_of(&wei.person), 1, "no second device was made for her");
}

#[test]
fn the_work_of_a_drowned_phone_that_enrolled_after_the_backup_comes_back_under_its_name() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let drowned = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    drowned.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    drowned.sync();
    desk.sync();
    drop(drowned);
    township.restore(&monday);
    desk.sync();
    settle(&township, &[&desk]);
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
    assert!(desk.status().unwrap().refused.is_empty());
    // The office sees her among its people, without an area until it gives her one.
    assert!(township.people().contains(&"韦秀英".to_owned()));
}

#[test]
fn a_phone_that_is_a_copy_writes_under_a_new_actor_before_it_meets_anybody() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let before = wei.read(|tx| tx.own_actor()).unwrap();
    let copy = wei.copied();
    wei.restart();
    assert_eq!(wei.read(|tx| tx.own_actor()).unwrap(), before, "a start is no restore");
    wei.put_back(copy.path());
    assert_ne!(wei.read(|tx| tx.own_actor()).unwrap(), before);
    settle(&township, &[&wei]);
}

/// Fleet seed 10, round 400: her phone went on under a number that had been taken, the restored server took that, and what the
/// desk still held under it did not fit any more. It left the desk's files without a word, with what others had built on it.
#[test]
fn what_the_desk_holds_under_a_number_taken_twice_is_kept_with_its_author() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let morning = wei.copied();
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    wei.sync();
    nong.sync();
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    nong.sync();
    desk.sync();
    desk.set_fact(household("LT001"), "place/hamlet", &json!("小榕屯")).unwrap();
    desk.sync();
    drop(nong);
    wei.put_back_disk(morning.path());
    township.restore(&monday);
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    wei.sync();
    settle(&township, &[&desk, &wei]);
    for phone in [&desk, &wei] {
        let file = phone.household(household("LT001")).unwrap();
        assert_eq!((file.visits.len(), file.place.hamlet.as_str()), (3, "小榕屯"), "{}", phone.name);
        let history = phone.read(|tx| Ok(tx.need(household("LT001"))?.history(&|_| None))).unwrap();
        let mut writers: Vec<String> = history
            .iter()
            .filter(|s| s.values.iter().any(|v| v.path[0] == "visits"))
            .map(|s| phone.read(|tx| tx.writer(&s.actor)).unwrap().unwrap().name)
            .collect();
        writers.sort();
        assert_eq!(writers, ["农小妹", "韦秀英", "韦秀英"], "{}", phone.name);
        assert!(phone.status().unwrap().refused.is_empty(), "{}", phone.name);
    }
}

#[test]
fn what_lies_between_and_is_the_desks_own_comes_back_with_the_rest() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let morning = wei.copied();
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    wei.sync();
    desk.sync();
    desk.set_fact(household("LT001"), "place/hamlet", &json!("小榕屯")).unwrap();
    desk.sync();
    nong.sync();
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    nong.sync();
    desk.sync();
    drop(nong);
    wei.put_back_disk(morning.path());
    township.restore(&monday);
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    wei.sync();
    settle(&township, &[&desk, &wei]);
    let file = wei.household(household("LT001")).unwrap();
    assert_eq!((file.visits.len(), file.place.hamlet.as_str()), (3, "小榕屯"));
    assert!(desk.status().unwrap().refused.is_empty());
}

/// Fleet seed 102: no phone was put back. Hers had forgotten the household with its area, and the restored server gave it to her
/// again without her own work, which only colleagues still held; she wrote on under its numbers.
#[test]
fn a_household_fetched_again_from_a_restored_server_takes_no_number_twice() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let monday = township.backup();
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    wei.sync();
    nong.sync();
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    nong.sync();
    township.move_person(&wei.person, &[GRID2]);
    wei.sync();
    assert!(!wei.holds(household("LT001")));
    township.restore(&monday);
    wei.sync();
    let actors = |phone: &Phone| -> Vec<[u8; 16]> {
        phone.read(|tx| Ok(tx.need(household("LT001"))?.change_infos())).unwrap().iter().map(|c| c.actor).collect()
    };
    let first = wei.read(|tx| tx.own_actors()).unwrap()[0];
    wei.visited(household("LT001"), "screening-ordinary", &answers::nobody_home());
    assert!(!actors(&wei).contains(&first), "the number is another's by now");
    wei.sync();
    settle(&township, &[&wei, &nong]);
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 3);
    assert!(nong.status().unwrap().refused.is_empty());
}
