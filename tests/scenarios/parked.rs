//! What was refused lies on the server with the reason: the operator sees it and may take it in after all.

use app_core::domain::id::HouseholdId;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
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
fn an_interview_finished_long_after_the_area_left_is_seen_and_can_be_released() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let id = household("LT001");
    wei.visited(id, "screening-ordinary", &answers::ordinary());
    township.move_person(&wei.person, &[GRID2]);
    heard_long_ago(&township, &wei);
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
