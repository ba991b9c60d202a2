//! What was refused lies on the server with the reason: the operator sees it and may take it in after all.

use app_core::domain::id::HouseholdId;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Fault, Phone, Township, answers, settle};
use serde_json::json;
use sync_server::ops::parked;
use sync_server::store::rows::ParkedWish;
use sync_server::store::{read, write};

/// She heard two hours ago that her grid is another's now.
fn heard_long_ago(township: &Township, phone: &Phone) {
    let (device, person) = (phone.identity().unwrap().device.clone(), phone.person.clone());
    write(township.store(), move |w| {
        let changed = w.person(&person)?.unwrap().changed_seq;
        w.seen(&device, sync_server::now() - 7200, changed)
    })
    .unwrap();
}

fn parked_of(township: &Township, id: HouseholdId) -> Vec<parked::ParkedView> {
    let wish = parked::wish(None, Some(&id.to_string()), None).unwrap();
    parked::list(township.store(), &wish, None, 100).unwrap().parked
}

#[test]
fn what_was_written_before_the_area_left_is_taken_though_the_link_broke_half_way() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let (first, last) = (household("LT001"), household("LT002"));
    wei.link.cut();
    // More than one request takes; the interview is the last of it.
    for n in 0..30 {
        wei.set_fact(first, "place/address", &json!(format!("{n}号{}", "榕".repeat(3_000)))).unwrap();
    }
    wei.visited(last, "screening-ordinary", &answers::ordinary());
    township.move_person(&wei.person, &[GRID2]);
    wei.link.mend();
    let mut requests = 0;
    wei.link.plan(move || {
        requests += 1;
        (requests > 1).then_some(Fault::NoSignal)
    });
    assert!(wei.try_sync().is_err(), "she heard of her new grid, and then the bus drove into the valley");
    assert!(wei.waiting() > 0 && wei.holds(household("LT006")));
    heard_long_ago(&township, &wei);
    wei.link.mend();
    wei.sync();
    assert_eq!((wei.status().unwrap().refused.len(), wei.waiting()), (0, 0));
    assert!(!wei.holds(last) && !wei.holds(first));
    desk.sync();
    assert_eq!(desk.household(last).unwrap().visits.len(), 1);
    settle(&township, &[&wei, &desk]);
}

#[test]
fn an_interview_finished_long_after_the_area_left_is_seen_and_can_be_released() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let id = household("LT001");
    // Begun before she heard, finished two hours after.
    wei.open_visit(id, Some("screening-ordinary")).unwrap();
    township.move_person(&wei.person, &[GRID2]);
    // She hears of it, and no more for two hours.
    let mut requests = 0;
    wei.link.plan(move || {
        requests += 1;
        (requests > 1).then_some(Fault::NoSignal)
    });
    let _ = wei.try_sync();
    heard_long_ago(&township, &wei);
    wei.link.mend();
    wei.visited(id, "screening-ordinary", &answers::ordinary());
    wei.sync();
    // Nothing vanishes: her phone names it with the reason, the server has it whole.
    let refused = wei.status().unwrap().refused;
    assert_eq!(refused.iter().map(|r| (r.household, r.why.as_str())).collect::<Vec<_>>(), [(id, "scope")]);
    let lying = parked_of(&township, id);
    assert_eq!(lying.len(), 1);
    assert_eq!((lying[0].why.as_str(), lying[0].user.as_deref()), ("scope", Some(wei.person.as_str())));

    let done = parked::release(township.store(), &id.to_string(), &[], sync_server::now()).unwrap();
    assert_eq!((done.released, done.left.len()), (1, 0));
    desk.sync();
    assert_eq!(desk.household(id).unwrap().visits.len(), 1);
    wei.sync();
    assert_eq!(wei.status().unwrap().refused, [], "she hears that it has gone in");
    settle(&township, &[&wei, &desk]);
    assert!(parked_of(&township, id).is_empty());
}

#[test]
fn a_release_does_not_give_a_title_more_than_it_may() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let id = household("LT002");
    wei.visited(id, "screening-lifted", &answers::lifted());
    // By the time it goes up, her title may no longer visit.
    let person = read(township.store(), |r| r.person(&wei.person)).unwrap().unwrap().person;
    let lead = app_core::domain::Person { title: app_core::domain::Title::LeadHamlet, ..person };
    write(township.store(), move |w| w.put_person(&lead, sync_server::now())).unwrap();
    wei.sync();
    let done = parked::release(township.store(), &id.to_string(), &[], sync_server::now()).unwrap();
    assert_eq!((done.released, done.left.len()), (0, 1));
    let dropped = parked::discard(township.store(), &wish(id), 0, sync_server::now()).unwrap();
    assert_eq!(dropped, 1);
    settle(&township, &[&wei, &desk]);
}

fn wish(id: HouseholdId) -> ParkedWish {
    parked::wish(None, Some(&id.to_string()), None).unwrap()
}

#[test]
fn what_was_written_in_a_household_that_the_office_moved_meanwhile_is_taken_and_attributed() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let (moved, large) = (household("LT001"), household("LT002"));
    wei.link.cut();
    wei.visited(moved, "screening-ordinary", &answers::ordinary());
    for n in 0..30 {
        // More than one request takes.
        wei.set_fact(large, "place/address", &json!(format!("{n}号{}", "榕".repeat(3_000)))).unwrap();
    }
    let two_hours_ago = sync_server::now() - 7200;
    write(township.store(), move |w| {
        w.move_household(moved, GRID2, two_hours_ago)?;
        w.move_household(large, GRID2, two_hours_ago)
    })
    .unwrap();
    wei.link.mend();
    let mut requests = 0;
    wei.link.plan(move || {
        requests += 1;
        (requests > 1).then_some(Fault::NoSignal)
    });
    assert!(wei.try_sync().is_err(), "she heard of it, and the rest of her work waits");
    assert!(wei.waiting() > 0);
    wei.link.mend();
    wei.sync();
    assert_eq!((wei.status().unwrap().refused.len(), wei.waiting()), (0, 0));
    assert!(!wei.holds(moved) && !wei.holds(large));
    for who in [&li, &desk] {
        who.sync();
        let file = who.household(moved).unwrap();
        assert_eq!(file.visits.iter().map(|v| v.collector.as_deref()).collect::<Vec<_>>(), [Some("韦秀英")]);
        assert!(who.household(large).unwrap().place.address.starts_with("29号"));
    }
    settle(&township, &[&wei, &li, &desk]);
}

#[test]
fn what_is_written_long_after_she_heard_that_the_household_left_is_parked() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let id = household("LT001");
    // Begun before, so that the household stays on her phone.
    wei.open_visit(id, Some("screening-ordinary")).unwrap();
    let two_hours_ago = sync_server::now() - 7200;
    write(township.store(), move |w| w.move_household(id, GRID2, two_hours_ago)).unwrap();
    wei.sync();
    wei.visited(id, "screening-ordinary", &answers::ordinary());
    wei.sync();
    assert_eq!(wei.status().unwrap().refused.iter().map(|r| r.why.as_str()).collect::<Vec<_>>(), ["scope"]);
    assert_eq!(parked_of(&township, id).len(), 1);
    parked::release(township.store(), &id.to_string(), &[], sync_server::now()).unwrap();
    wei.sync();
    settle(&township, &[&wei, &desk]);
}

#[test]
fn a_household_that_was_moved_stays_moved_after_a_restore() {
    let mut township = Township::village();
    let backup = township.backup();
    let id = household("LT001");
    sync_server::ops::people::move_household(township.store(), &id.to_string(), GRID2, sync_server::now()).unwrap();
    sync_server::ops::people::move_household(township.store(), &id.to_string(), GRID1, sync_server::now()).unwrap();
    sync_server::ops::people::move_household(township.store(), &id.to_string(), GRID2, sync_server::now()).unwrap();
    township.restore_with_people_log(&backup);
    assert!(township.households(GRID2).contains(&id));
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    assert!(li.holds(id));
    settle(&township, &[&li]);
}
