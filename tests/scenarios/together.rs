//! Two people work on one household apart: both works stay, and where they wrote the same field both are shown both values.

use ruhu_tests::register::GRID1;
use ruhu_tests::township::household;
use ruhu_tests::{Township, answers, settle};
use serde_json::json;

#[test]
fn two_visits_to_one_household_apart_are_both_kept() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let mo = household("LT001");
    wei.link.cut();
    nong.link.cut();
    wei.visited(mo, "screening-ordinary", &answers::ordinary());
    nong.visited(mo, "screening-ordinary", &answers::ordinary_at_risk());
    let members: Vec<String> = wei.household(mo).unwrap().members.into_iter().map(|m| m.fact.id).collect();
    // Different facts: both stay, no conflict. The same fact: both stay, and both are shown.
    wei.set_fact(mo, "place/hamlet", &json!("坡脚屯")).unwrap();
    nong.set_fact(mo, "place/address", &json!("坡脚屯3号")).unwrap();
    wei.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
    nong.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
    wei.set_fact(mo, &format!("members/{}/health", members[2]), &json!(["chronic"])).unwrap();
    nong.set_fact(mo, &format!("members/{}/health", members[2]), &json!(["disabled"])).unwrap();
    wei.link.mend();
    nong.link.mend();
    settle(&township, &[&wei, &nong]);

    for phone in [&wei, &nong] {
        let file = phone.household(mo).unwrap();
        assert_eq!(file.visits.len(), 2, "{}", phone.name);
        assert_eq!((file.place.hamlet.as_str(), file.place.address.as_str()), ("坡脚屯", "坡脚屯3号"));
        let mut health = file.members[2].fact.health.clone();
        health.sort();
        assert_eq!(health, ["chronic", "disabled"], "two people's ticks unite");
        let conflicts = phone.conflicts().unwrap();
        let of_phone: Vec<_> =
            conflicts.iter().flat_map(|(_, c)| c).filter(|c| c.path.join("/") == "profile/phone").collect();
        assert_eq!(of_phone.len(), 1, "{}: {conflicts:?}", phone.name);
        assert_eq!(of_phone[0].values.len(), 2);
        assert!(phone.line(mo).conflicts >= 1);
    }

    // One of them asks the household and decides; the card goes away for both.
    wei.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
    settle(&township, &[&wei, &nong]);
    for phone in [&wei, &nong] {
        let left = phone.conflicts().unwrap();
        assert!(left.iter().flat_map(|(_, c)| c).all(|c| c.path.join("/") != "profile/phone"), "{left:?}");
        assert_eq!(phone.household(mo).unwrap().profile.phone.as_deref(), Some("19911110002"));
    }
}

#[test]
fn two_contrary_decisions_apart_are_a_new_conflict() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let mo = household("LT001");
    let say = |phone: &ruhu_tests::Phone, n: &str| {
        phone.set_fact(mo, "profile/phone", &json!(n)).unwrap();
    };
    say(&wei, "19911110001");
    say(&nong, "19911110002");
    settle(&township, &[&wei, &nong]);
    // Each decides for a value that stands there already; whichever wins, the other's decision must not vanish.
    say(&wei, "19911110001");
    say(&nong, "19911110002");
    settle(&township, &[&wei, &nong]);
    for phone in [&wei, &nong] {
        assert_eq!(phone.line(mo).conflicts, 1, "{}", phone.name);
    }
    say(&nong, "19911110002");
    settle(&township, &[&wei, &nong]);
    assert_eq!(wei.line(mo).conflicts, 0);
}

#[test]
fn the_same_words_typed_apart_are_no_conflict() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    for phone in [&wei, &nong] {
        phone.set_fact(household("LT001"), "profile/phone", &json!("19911110009")).unwrap();
    }
    settle(&township, &[&wei, &nong]);
    assert!(wei.conflicts().unwrap().is_empty() && nong.conflicts().unwrap().is_empty());
}

#[test]
fn a_member_removed_on_one_phone_and_edited_on_the_other_is_seen_by_both() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let mo = household("LT001");
    let son = wei.household(mo).unwrap().members[2].fact.id.clone();
    wei.remove_member(mo, &son, Some("moved_out")).unwrap();
    nong.set_fact(mo, &format!("members/{son}/work"), &json!("weak")).unwrap();
    settle(&township, &[&wei, &nong]);
    for phone in [&wei, &nong] {
        let file = phone.household(mo).unwrap();
        let member = file.members.iter().find(|m| m.fact.id == son).unwrap();
        assert!(member.removed, "the tombstone stays");
        assert_eq!(member.fact.work.as_deref(), Some("weak"), "and so does the other's edit");
    }
}
