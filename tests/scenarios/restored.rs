//! The server's disk dies and yesterday's backup is restored: a new epoch; phones compare and bring back what it lost.

use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Fault, Township, answers, settle};
use serde_json::json;

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
