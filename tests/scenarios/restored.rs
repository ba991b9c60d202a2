//! The server's disk dies and yesterday's backup is restored: a new epoch; phones compare and bring back what it lost.

use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Fault, Phone, Township, answers, settle};
use serde_json::json;
use sync_server::store::{read, write};

#[test]
fn everything_acknowledged_after_the_backup_comes_back_from_the_phones() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    let yesterday = township.backup();

    // Today: acknowledged work, a new household, a correction at the desk; then the disk dies.
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    li.visited(household("LT006"), "screening-ordinary", &answers::ordinary_at_risk());
    let new = app_core::service::households::NewHousehold {
        head_name: "陆大壮".into(),
        grid: GRID2.into(),
        ..Default::default()
    };
    let (added, _) = li.add_household(&new).unwrap();
    desk.set_fact(household("LT003"), "place/hamlet", &json!("小榕屯")).unwrap();
    for phone in [&wei, &li, &desk, &wei] {
        phone.sync();
    }
    assert_eq!((wei.waiting(), li.waiting()), (0, 0), "all of it was acknowledged");
    // Not yet up when it happens.
    wei.visited(household("LT004"), "screening-lifted", &answers::cleared());
    township.restore(&yesterday);
    assert_eq!(township.households(GRID2).len(), 5, "the server has forgotten the new household");

    li.link.then(Fault::AnswerLost);
    assert!(li.try_sync().is_err());
    settle(&township, &[&wei, &li, &desk]);
    for (phone, id, visits) in
        [(&desk, "LT001", 1), (&desk, "LT002", 1), (&desk, "LT004", 1), (&desk, "LT006", 1), (&wei, "LT002", 1)]
    {
        assert_eq!(phone.household(household(id)).unwrap().visits.len(), visits, "{id}");
    }
    assert_eq!(desk.line(added).head_name, "陆大壮");
    assert_eq!(desk.household(household("LT003")).unwrap().place.hamlet, "小榕屯");
}

#[test]
fn the_desk_alone_brings_back_the_work_of_a_phone_that_fell_into_the_river() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let yesterday = township.backup();
    let drowned = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    drowned.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    drowned.sync();
    desk.sync();
    drop(drowned);
    township.restore(&yesterday);
    desk.sync();
    // The backup does not know the phone that wrote: its enrolment was lost with the disk.
    let status = desk.status().unwrap();
    assert!(
        desk.household(household("LT001")).unwrap().visits.len() == 1 || !status.refused.is_empty(),
        "nothing vanishes unseen"
    );
    settle(&township, &[&desk]);
}

#[test]
fn a_server_put_back_twice_still_agrees() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let backup = township.backup();
    for n in 0..2 {
        wei.set_fact(household("LT001"), "place/address", &json!(format!("{n}号"))).unwrap();
        wei.sync();
        township.restore(&backup);
        wei.sync();
    }
    settle(&township, &[&wei]);
    assert_eq!(wei.household(household("LT001")).unwrap().place.address, "1号");
}

/// Makes the phone write under so many further actors: each time it is put back to a copy and has to give way.
fn put_back_times(wei: &mut Phone, times: usize) {
    for n in 0..times {
        let copy = wei.copied();
        // Another field: what the copy does not know of comes back to her, and would stand against what she writes next.
        wei.set_fact(household("LT001"), "place/hamlet", &json!(format!("甲{n}屯"))).unwrap();
        wei.sync();
        wei.put_back_disk(copy.path());
        wei.set_fact(household("LT001"), "place/address", &json!(format!("乙{n}号"))).unwrap();
        wei.sync();
    }
    assert_eq!(wei.read(|tx| tx.own_actors()).unwrap().len(), times + 1);
}

#[test]
fn a_phone_that_writes_under_a_second_actor_is_known_again_after_the_restore() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let yesterday = township.backup();
    put_back_times(&mut wei, 1);
    township.restore(&yesterday);
    // Work of the new actor, on the way when the new epoch is met.
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    let report = wei.sync();
    assert_eq!((report.refused, wei.status().unwrap().refused.len()), (0, 0));
    settle(&township, &[&wei]);
    assert_eq!(wei.household(household("LT002")).unwrap().visits.len(), 1);
    assert_eq!(wei.household(household("LT001")).unwrap().place.address, "乙0号");
}

#[test]
fn a_phone_with_twenty_actors_is_known_again_too() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let yesterday = township.backup();
    put_back_times(&mut wei, 19);
    township.restore(&yesterday);
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    assert_eq!(wei.sync().refused, 0);
    settle(&township, &[&wei]);
    assert_eq!(wei.household(household("LT001")).unwrap().place.address, "乙18号");
}

#[test]
fn a_household_that_the_server_lost_while_its_area_left_does_not_stay_on_the_phone() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    township.move_person(&wei.person, &[GRID2]);
    let moved = township.backup();
    township.move_person(&wei.person, &[GRID1]);
    wei.sync();
    let new = app_core::service::households::NewHousehold {
        head_name: "陆大壮".into(),
        grid: GRID1.into(),
        ..Default::default()
    };
    let (added, _) = wei.add_household(&new).unwrap();
    wei.sync();
    desk.sync();
    // The restored server has her in the other grid and has never heard of the household; the desk brings it back.
    township.restore(&moved);
    settle(&township, &[&wei, &desk]);
    assert!(desk.holds(added) && !wei.holds(added));
}

#[test]
fn visits_in_an_area_given_after_the_backup_are_not_erased_by_the_restore() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    // Tuesday: a second grid, a visit there, acknowledged. Nobody else has fetched it when the disk dies.
    township.move_person(&wei.person, &[GRID1, GRID2]);
    wei.sync();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    assert_eq!(wei.waiting(), 0, "it was acknowledged");
    township.restore(&monday);
    for _ in 0..3 {
        wei.sync();
    }
    desk.sync();
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1, "her letter says that it was her area");
    assert_eq!(wei.status().unwrap().refused.len(), 0);
    settle(&township, &[&wei, &desk]);
    assert!(!wei.holds(household("LT001")), "the restored server has her in the other grid only");
}

#[test]
fn a_colleague_who_brings_the_work_first_neither_loses_it_nor_signs_it() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let yesterday = township.backup();
    // Her phone writes under a second actor, of which the backup has not heard: a visit, and a correction on top of it.
    put_back_times(&mut wei, 1);
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    wei.sync();
    wei.set_fact(household("LT002"), "place/address", &json!("榕树下3号")).unwrap();
    wei.sync();
    desk.sync();
    township.restore(&yesterday);
    // The desk brings it all before her phone has said who its second actor is.
    for _ in 0..3 {
        desk.sync();
    }
    settle(&township, &[&wei, &desk]);
    let file = desk.household(household("LT002")).unwrap();
    assert_eq!((file.visits.len(), file.place.address.as_str()), (1, "榕树下3号"));
    let own = desk.read(|tx| tx.own_actors()).unwrap();
    let history = desk.read(|tx| Ok(tx.need(household("LT002"))?.history(&|_| None))).unwrap();
    assert!(history.iter().all(|step| !own.contains(&step.actor)), "nothing of hers stands under the desk's name");
    assert_eq!(desk.status().unwrap().refused.len(), 0, "what came in after all is no longer shown as refused");
}

#[test]
fn who_was_shut_out_after_the_backup_stays_out_and_who_came_in_stays_in() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let lost = township.phone("莫有财", "grid_worker1", &[GRID1]);
    let ticket = township.ticket(&wei.person);
    let monday = township.backup();
    // Tuesday: a phone is lost and revoked, a ticket is used, an area is taken away, a new colleague comes.
    let device = lost.identity().unwrap().device.clone();
    sync_server::ops::people::revoke(township.store(), &device, sync_server::now()).unwrap();
    let second = Phone::new("韦秀英", &wei.person, township.link());
    second.enrol(&ticket).unwrap();
    township.move_person(&wei.person, &[GRID2]);
    let li = township.phone("李建国", "grid_worker1", &[GRID1]);
    li.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    li.sync();
    township.restore_with_people_log(&monday);

    assert!(lost.try_sync().is_err(), "Monday's backup does not let the lost phone in");
    let stranger = Phone::new("陌生人", &wei.person, township.link());
    assert!(stranger.enrol(&ticket).is_err(), "the ticket stays used");
    settle(&township, &[&wei, &second, &li]);
    assert!(!wei.holds(household("LT001")) && wei.holds(household("LT006")), "her area is Tuesday's");
    assert_eq!(li.household(household("LT001")).unwrap().visits.len(), 1, "and his work is back with him");
}

#[test]
fn an_older_file_copied_over_the_server_by_hand_is_noticed_and_nothing_acknowledged_is_lost() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let yesterday = township.backup();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    assert_eq!(wei.waiting(), 0, "acknowledged");
    township.put_back_by_hand(&yesterday);
    // Before her phone comes by, the log has grown well past where it stood for her.
    for n in 0..5 {
        li.set_fact(household("LT006"), "place/address", &json!(format!("{n}号"))).unwrap();
        li.sync();
    }
    settle(&township, &[&li, &wei]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
    settle(&township, &[&li, &wei, &desk]);
}

#[test]
fn a_visit_in_a_household_that_moved_after_the_backup_comes_back_on_the_servers_own_word() {
    let mut township = Township::village();
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let id = household("LT001");
    let monday = township.backup();
    // Tuesday: the household moves into his grid, he visits it, it is acknowledged, the disk dies.
    sync_server::ops::people::move_household(township.store(), &id.to_string(), GRID2, sync_server::now()).unwrap();
    li.sync();
    li.visited(id, "screening-ordinary", &answers::ordinary());
    li.sync();
    assert_eq!(li.waiting(), 0, "it was acknowledged");
    township.restore(&monday);
    for _ in 0..3 {
        li.sync();
    }
    assert_eq!(li.status().unwrap().refused.len(), 0);
    desk.sync();
    assert_eq!(desk.household(id).unwrap().visits.len(), 1);
    settle(&township, &[&li, &desk]);
}

#[test]
fn what_was_signed_for_is_not_judged_again_by_the_title_of_today() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let monday = township.backup();
    let new = app_core::service::households::NewHousehold {
        head_name: "陆大壮".into(),
        grid: GRID1.into(),
        ..Default::default()
    };
    let (added, _) = wei.add_household(&new).unwrap();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.sync();
    // More than one request takes, all of it hers: what is signed for is the last of it.
    for n in 0..30 {
        wei.set_fact(added, "place/address", &json!(format!("榕树下{n}号{}", "榕".repeat(3_000)))).unwrap();
    }
    wei.set_fact(added, "place/address", &json!("榕树下3号")).unwrap();
    wei.sync();
    assert_eq!(wei.waiting(), 0, "it was acknowledged");
    township.restore(&monday);
    // She leads now and visits no more.
    let person = read(township.store(), |r| r.person(&wei.person)).unwrap().unwrap().person;
    let lead = app_core::domain::Person { title: app_core::domain::Title::LeadHamlet, ..person };
    write(township.store(), move |w| w.put_person(&lead, sync_server::now())).unwrap();
    for _ in 0..3 {
        wei.sync();
    }
    assert_eq!(wei.status().unwrap().refused.len(), 0);
    desk.sync();
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
    assert_eq!(desk.household(added).unwrap().place.address, "榕树下3号");
    settle(&township, &[&wei, &desk]);
}
