//! Two tablets, one household, every order in which they may meet the server: all that was said stays, or is put to a person.

use app_core::domain::Outcome;
use app_core::service::visit::Finish;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
use serde_json::{Value, json};
use sync_server::ops::people;

/// 韦秀英's and 农小妹's tablets, both without signal from here on, and the clerk's desk.
fn two_tablets() -> (Township, Phone, Phone, Phone) {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    (township, wei, nong, desk)
}

/// The values of a field that wait for a person to choose.
fn open_values(phone: &Phone, field: &str) -> Vec<String> {
    let conflicts = phone.conflicts().unwrap();
    let of = conflicts.iter().flat_map(|(_, c)| c).filter(|c| c.path.join("/") == field);
    let mut values: Vec<String> =
        of.flat_map(|c| c.values.iter().map(|v| v.value.to_json().as_str().unwrap_or_default().to_owned())).collect();
    values.sort();
    values
}

fn phone_number(phone: &Phone) -> Option<String> {
    phone.household(household("LT001")).unwrap().profile.phone
}

#[test]
fn four_sync_orders_of_two_tablets_end_alike() {
    let orders: [&[usize]; 4] = [&[0, 1], &[1, 0], &[0, 1, 0], &[1, 0, 1]];
    let mut ends: Vec<Value> = Vec::new();
    for order in orders {
        let (township, wei, nong, desk) = two_tablets();
        let mo = household("LT001");
        wei.visited(mo, "screening-ordinary", &answers::ordinary());
        wei.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
        wei.set_fact(mo, "place/hamlet", &json!("坡脚屯")).unwrap();
        nong.visited(mo, "living-conditions", &answers::living());
        nong.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
        nong.set_fact(mo, "place/address", &json!("坡脚屯3号")).unwrap();
        for who in order {
            [&wei, &nong][*who].sync();
        }
        settle(&township, &[&wei, &nong, &desk]);
        for phone in [&wei, &nong, &desk] {
            let file = phone.household(mo).unwrap();
            let mut forms: Vec<&str> = file.visits.iter().map(|v| v.form.as_str()).collect();
            forms.sort_unstable();
            assert_eq!(forms, ["living-conditions", "screening-ordinary"], "{order:?} {}", phone.name);
            assert_eq!(open_values(phone, "profile/phone"), ["19911110001", "19911110002"], "{order:?} {}", phone.name);
            assert_eq!((file.place.hamlet.as_str(), file.place.address.as_str()), ("坡脚屯", "坡脚屯3号"));
        }
        let line = desk.line(mo);
        ends.push(json!([line.conflicts, line.forms.iter().map(|f| (f.slug.clone(), f.done)).collect::<Vec<_>>()]));
    }
    assert!(ends.windows(2).all(|two| two[0] == two[1]), "{ends:?}");
}

#[test]
fn three_edits_of_one_against_one_of_the_other_weigh_no_more() {
    for first in [0, 1] {
        let (township, wei, nong, desk) = two_tablets();
        let mo = household("LT001");
        for number in ["19911110001", "19911110002", "19911110003"] {
            wei.set_fact(mo, "profile/phone", &json!(number)).unwrap();
        }
        nong.set_fact(mo, "profile/phone", &json!("19911110009")).unwrap();
        [&wei, &nong][first].sync();
        settle(&township, &[&wei, &nong, &desk]);
        for phone in [&wei, &nong, &desk] {
            // Her last word against the other's only word; what she herself replaced is history, no third choice.
            assert_eq!(open_values(phone, "profile/phone"), ["19911110003", "19911110009"], "{first} {}", phone.name);
        }
        nong.set_fact(mo, "profile/phone", &json!("19911110009")).unwrap();
        settle(&township, &[&wei, &nong, &desk]);
        for phone in [&wei, &nong, &desk] {
            assert_eq!(open_values(phone, "profile/phone"), [""; 0]);
            assert_eq!(phone_number(phone).as_deref(), Some("19911110009"));
        }
    }
}

#[test]
fn a_household_given_to_another_grid_while_both_interview_keeps_both_interviews() {
    for first in [0, 1] {
        let (mut township, wei, _, desk) = two_tablets();
        let li = township.phone("李建国", "grid_worker1", &[GRID2]);
        let mo = household("LT001");
        let visit = wei.open_visit(mo, Some("screening-ordinary")).unwrap();
        wei.said(&visit, "has_risk", &json!("no")).unwrap();
        people::move_household(township.store(), &mo.to_string(), GRID2, sync_server::now()).unwrap();
        li.sync();
        li.visited(mo, "screening-ordinary", &answers::ordinary_at_risk());
        li.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
        wei.visited(mo, "screening-ordinary", &answers::ordinary());
        [&wei, &li][first].sync();
        settle(&township, &[&wei, &li, &desk]);
        assert!(!wei.holds(mo), "it is not of her grid any more");
        for phone in [&li, &desk] {
            let file = phone.household(mo).unwrap();
            let mut collectors: Vec<&str> = file.visits.iter().filter_map(|v| v.collector.as_deref()).collect();
            collectors.sort_unstable();
            assert_eq!(collectors, ["李建国", "韦秀英"], "{first} {}", phone.name);
            assert!(file.visits.iter().all(|v| v.finished));
        }
        assert_eq!(wei.status().unwrap().refused.len(), 0);
    }
}

#[test]
fn a_household_that_leaves_the_grid_takes_the_pending_edits_along() {
    let (mut township, wei, nong, desk) = two_tablets();
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let mo = household("LT001");
    wei.link.cut();
    nong.link.cut();
    wei.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
    wei.visited(mo, "screening-ordinary", &answers::ordinary());
    nong.set_fact(mo, "place/address", &json!("坡脚屯3号")).unwrap();
    people::move_household(township.store(), &mo.to_string(), GRID2, sync_server::now()).unwrap();
    settle(&township, &[&wei, &nong, &li, &desk]);
    assert!(!wei.holds(mo) && !nong.holds(mo));
    for phone in [&li, &desk] {
        let file = phone.household(mo).unwrap();
        assert_eq!((file.visits.len(), file.place.address.as_str()), (1, "坡脚屯3号"), "{}", phone.name);
        assert_eq!(file.profile.phone.as_deref(), Some("19911110001"));
    }
    assert_eq!((wei.status().unwrap().refused.len(), nong.status().unwrap().refused.len()), (0, 0));
}

#[test]
fn create_update_update_arrives_in_any_order_with_days_between() {
    // Who brings the founding, who the first and who the second update; each speaks to the server on another day.
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let (mut township, mut wei, mut nong, mut desk) = two_tablets();
        let mo = household("LT001");
        // Created, and known to all three.
        let visit = wei.open_visit(mo, Some("screening-ordinary")).unwrap();
        wei.said(&visit, "method", &json!("home")).unwrap();
        wei.put_down_visit(&visit).unwrap();
        let mut second = township.phone_of(&wei.person, "韦秀英");
        wei.sync();
        second.sync();
        // Updated on three devices apart: the draft on her second phone, facts by the colleague and at the desk.
        second.visited(mo, "screening-ordinary", &answers::ordinary());
        nong.set_fact(mo, "place/address", &json!("坡脚屯3号")).unwrap();
        desk.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
        for (days, who) in order.iter().enumerate() {
            let day = format!("2023-06-{:02}T04:00:00Z", 3 + days * 6);
            for phone in [&mut wei, &mut nong, &mut desk, &mut second] {
                phone.at(&day);
            }
            [&second, &nong, &desk][*who].sync();
        }
        settle(&township, &[&wei, &second, &nong, &desk]);
        for phone in [&wei, &second, &nong, &desk] {
            let file = phone.household(mo).unwrap();
            assert_eq!(file.visits.len(), 1, "{order:?} {}", phone.name);
            assert!(file.visits[0].finished, "{order:?}");
            assert_eq!(file.place.address, "坡脚屯3号", "{order:?}");
            assert_eq!(file.profile.phone.as_deref(), Some("19911110001"), "{order:?}");
            assert_eq!(phone.line(mo).conflicts, 0, "{order:?}");
        }
    }
}

#[test]
fn a_visit_taken_up_again_cleared_answered_anew_and_completed_says_the_new_on_every_device() {
    let (mut township, wei, nong, desk) = two_tablets();
    let second = township.phone_of(&wei.person, "韦秀英");
    let mo = household("LT001");
    let visit = wei.visited(mo, "screening-ordinary", &answers::ordinary_at_risk()).visit;
    settle(&township, &[&wei, &second, &nong, &desk]);
    // On her other phone: opened again, emptied; without what must be said it is not completed.
    second.reopen_visit(mo, &visit).unwrap();
    second.said(&visit, "has_risk", &Value::Null).unwrap();
    second.said(&visit, "outreach", &Value::Null).unwrap();
    assert!(second.finish_visit(&visit, &Finish::with(Outcome::Done)).is_err());
    // Until then every other device reads it as it was finished, whatever is synced.
    settle(&township, &[&wei, &second, &nong, &desk]);
    let said = |phone: &Phone| {
        let file = phone.household(mo).unwrap();
        assert_eq!(file.visits.len(), 1, "{}", phone.name);
        let answers = &file.visits[0].answers;
        ["has_risk", "risks", "outreach"].map(|name| answers.get(name).map(|a| a.to_json()))
    };
    for phone in [&wei, &nong, &desk] {
        assert_eq!(said(phone), [Some(json!("yes")), Some(json!(["illness", "work"])), Some(json!(["door"]))]);
    }
    second.said(&visit, "has_risk", &json!("no")).unwrap();
    second.said(&visit, "outreach", &json!(["poster"])).unwrap();
    second.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    settle(&township, &[&wei, &second, &nong, &desk]);
    for phone in [&wei, &second, &nong, &desk] {
        let [risk, risks, outreach] = said(phone);
        assert_eq!((risk, outreach), (Some(json!("no")), Some(json!(["poster"]))), "{}", phone.name);
        assert!(risks.is_none_or(|r| r == json!([])), "{}", phone.name);
        assert_eq!(phone.line(mo).conflicts, 0);
    }
}
