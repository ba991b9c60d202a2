//! What two people said differently without a network becomes a card on both phones and at the clerk's, and one of them
//! settles it by one tap: delete against edit, settled apart in two ways, one person added twice, two files for one household.

use app_core::document::{Card, Chosen, Subject};
use app_core::domain::id::HouseholdId;
use app_core::error::Kind;
use app_core::service::households::NewHousehold;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE, id_number};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, settle};
use serde_json::json;

/// 韦秀英 and 农小妹 of the first grid, 覃桂花 the clerk.
fn village() -> (Township, Phone, Phone, Phone) {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let clerk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    (township, wei, nong, clerk)
}

fn cards(phone: &Phone, id: HouseholdId) -> Vec<Card> {
    phone.cards(id).unwrap().cards.into_iter().map(|(card, _)| card).collect()
}

fn card(phone: &Phone, id: HouseholdId) -> Card {
    let mut cards = cards(phone, id);
    assert_eq!(cards.len(), 1, "{}: {cards:?}", phone.name);
    cards.remove(0)
}

fn decide(phone: &Phone, id: HouseholdId, card: &Card, key: &str) {
    phone.settle(id, &card.id, key, Some(&card.mark())).unwrap();
}

fn nothing_is_open(phones: &[&Phone]) {
    for phone in phones {
        assert_eq!(phone.all_cards("").unwrap().0, 0, "{}", phone.name);
        assert_eq!(phone.today_page().unwrap().conflicts, 0, "{}", phone.name);
    }
}

#[test]
fn two_phone_numbers_one_card_settled_by_one_tap_without_a_network() {
    let (township, wei, nong, clerk) = village();
    let mo = household("LT001");
    wei.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
    nong.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
    settle(&township, &[&wei, &nong, &clerk]);
    for phone in [&wei, &nong, &clerk] {
        let found = card(phone, mo);
        assert_eq!(found.id, "profile/phone");
        let open = phone.cards(mo).unwrap();
        let names: Vec<&str> =
            found.choices.iter().flat_map(|c| &c.by).map(|w| open.writers[&w.actor].name.as_str()).collect();
        assert!(names.contains(&"韦秀英") && names.contains(&"农小妹"), "{names:?}");
        assert!(open.cards[0].1, "each of them may decide");
        assert!(!phone.may_rest_on(mo).unwrap(), "no case passes on it");
        assert_eq!(phone.line(mo).conflicts, 1);
    }
    nong.link.cut();
    let seen = card(&nong, mo);
    let chosen = seen.choices.iter().find(|c| c.what == Chosen::Value("19911110002".into())).unwrap();
    decide(&nong, mo, &seen, &chosen.key);
    assert!(nong.may_rest_on(mo).unwrap());
    // 韦秀英 has not heard of it and says something new: that is looked at once more, and not lost.
    wei.set_fact(mo, "profile/phone", &json!("19911110003")).unwrap();
    settle(&township, &[&wei, &nong, &clerk]);
    let again = card(&clerk, mo);
    let mut values: Vec<_> = again.choices.iter().map(|c| c.what.clone()).collect();
    values.sort_by_key(|v| format!("{:?}", matches!(v, Chosen::Value(s) if s.as_text() == Some("19911110003"))));
    assert_eq!(values, [Chosen::Value("19911110002".into()), Chosen::Value("19911110003".into())]);
    // What she saw is no longer what stands there: she looks again.
    let stale = nong.settle(mo, &seen.id, &chosen.key, Some(&seen.mark())).unwrap_err();
    assert_eq!(stale.kind, Kind::Invalid);
    decide(&clerk, mo, &again, &again.choices[0].key);
    settle(&township, &[&wei, &nong, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
    let numbers: Vec<_> = [&wei, &nong, &clerk].map(|p| p.household(mo).unwrap().profile.phone).into();
    assert!(numbers.iter().all(|n| *n == numbers[0]));
}

#[test]
fn settled_apart_in_two_ways_is_asked_again_and_settled_alike_is_not() {
    let (township, wei, nong, clerk) = village();
    let (mo, huang) = (household("LT001"), household("LT002"));
    for id in [mo, huang] {
        wei.set_fact(id, "profile/phone", &json!("19911110001")).unwrap();
        nong.set_fact(id, "profile/phone", &json!("19911110002")).unwrap();
    }
    settle(&township, &[&wei, &nong, &clerk]);
    wei.link.cut();
    nong.link.cut();
    let key =
        |card: &Card, n: &str| card.choices.iter().find(|c| c.what == Chosen::Value(n.into())).unwrap().key.clone();
    let (of_mo, of_huang) = (card(&wei, mo), card(&wei, huang));
    decide(&wei, mo, &of_mo, &key(&of_mo, "19911110001"));
    decide(&nong, mo, &of_mo, &key(&of_mo, "19911110002"));
    decide(&wei, huang, &of_huang, &key(&of_huang, "19911110002"));
    decide(&nong, huang, &of_huang, &key(&of_huang, "19911110002"));
    settle(&township, &[&wei, &nong, &clerk]);
    for phone in [&wei, &nong, &clerk] {
        assert_eq!(cards(phone, huang), [], "{}: both decided alike", phone.name);
        assert_eq!(card(phone, mo).choices.len(), 2, "{}: neither decision is lost", phone.name);
    }
    let again = card(&clerk, mo);
    decide(&clerk, mo, &again, &key(&again, "19911110001"));
    settle(&township, &[&nong, &wei, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
    assert_eq!(wei.household(mo).unwrap().profile.phone.as_deref(), Some("19911110001"));
}

#[test]
fn a_son_taken_off_by_one_and_worked_on_by_the_other_is_put_to_a_person() {
    let (township, wei, nong, clerk) = village();
    let mo = household("LT001");
    let son = wei.household(mo).unwrap().members[2].fact.id.clone();
    wei.link.cut();
    nong.link.cut();
    wei.remove_member(mo, &son, Some("moved_out")).unwrap();
    nong.set_fact(mo, &format!("members/{son}/work"), &json!("weak")).unwrap();
    settle(&township, &[&wei, &nong, &clerk]);
    let found = card(&clerk, mo);
    assert_eq!(found.subject, Subject::EditedRemoved { member: son.clone() });
    // Both of them decide without a network, each otherwise; nobody vanishes for it.
    decide(&wei, mo, &found, "removed");
    decide(&nong, mo, &found, "present");
    settle(&township, &[&wei, &nong, &clerk]);
    let again = card(&clerk, mo);
    decide(&clerk, mo, &again, "present");
    settle(&township, &[&wei, &nong, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
    for phone in [&wei, &nong, &clerk] {
        let member = phone.household(mo).unwrap().members.into_iter().find(|m| m.fact.id == son).unwrap();
        assert!(!member.removed);
        assert_eq!((member.fact.living.as_deref(), member.fact.work.as_deref()), (Some("alive"), Some("weak")));
    }
    // Whoever has seen everything and takes him off asks nobody.
    wei.remove_member(mo, &son, Some("moved_out")).unwrap();
    settle(&township, &[&wei, &nong, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
}

#[test]
fn a_daughter_in_law_added_by_both_stays_once_with_what_both_knew() {
    let (township, wei, nong, clerk) = village();
    let mo = household("LT001");
    let number = id_number("19990505", 77);
    let add = |phone: &Phone, more: (&str, serde_json::Value)| {
        let mut facts = json!({"name": "罗小云", "id_number": number, "relation": "daughter_in_law"});
        facts[more.0] = more.1;
        phone.add_member(mo, facts.as_object().unwrap()).unwrap().0
    };
    wei.link.cut();
    nong.link.cut();
    let by_wei = add(&wei, ("work", json!("ordinary")));
    let by_nong = add(&nong, ("education", json!("senior")));
    settle(&township, &[&wei, &nong, &clerk]);
    let found = card(&nong, mo);
    assert!(
        matches!(&found.subject, Subject::SamePerson { members } if members.contains(&by_wei) && members.contains(&by_nong))
    );
    assert_eq!(wei.line(mo).population, 5, "counted twice until somebody decides, and shown as provisional");
    decide(&nong, mo, &found, &by_wei);
    settle(&township, &[&wei, &nong, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
    let kept = clerk.household(mo).unwrap().members.into_iter().find(|m| m.fact.id == by_wei).unwrap();
    assert_eq!((kept.fact.work.as_deref(), kept.fact.education.as_deref()), (Some("ordinary"), Some("senior")));
    assert_eq!(wei.line(mo).population, 4);
}

#[test]
fn a_person_on_two_rosters_belongs_to_one_of_them_whatever_is_chosen_apart() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let clerk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let station = township.phone("陆文斌", "township_station", &["999999101"]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let (mo, lan) = (household("LT001"), household("LT006"));
    let facts = json!({"name": "罗小云", "id_number": id_number("19990505", 78), "relation": "daughter_in_law"});
    let in_mo = wei.add_member(mo, facts.as_object().unwrap()).unwrap().0;
    let in_lan = li.add_member(lan, facts.as_object().unwrap()).unwrap().0;
    settle(&township, &[&wei, &li, &clerk, &station]);
    assert_eq!((cards(&wei, mo), cards(&li, lan)), (vec![], vec![]), "neither phone holds both households");
    let (here, there) = (card(&clerk, mo), card(&clerk, lan));
    assert!(matches!(&here.subject, Subject::Elsewhere { households, .. } if *households == [lan]));
    assert!(matches!(&there.subject, Subject::Elsewhere { households, .. } if *households == [mo]));
    assert_eq!(clerk.all_cards("").unwrap().0, 2);
    // Clerk and station decide apart and contrary to each other: she must not vanish from both rosters.
    decide(&clerk, mo, &here, &mo.to_string());
    decide(&station, lan, &there, &lan.to_string());
    settle(&township, &[&wei, &li, &clerk, &station]);
    let again = card(&clerk, mo);
    assert_eq!(again.id, here.id);
    decide(&clerk, mo, &again, &lan.to_string());
    settle(&township, &[&wei, &li, &clerk, &station]);
    nothing_is_open(&[&wei, &li, &clerk, &station]);
    let off = |phone: &Phone, id, member: &str| {
        phone.household(id).unwrap().members.into_iter().find(|m| m.fact.id == member).unwrap().removed
    };
    assert!(off(&wei, mo, &in_mo) && !off(&li, lan, &in_lan));
}

#[test]
fn two_files_for_one_household_become_one_and_the_clerk_confirms() {
    let (township, wei, nong, clerk) = village();
    let number = id_number("19660606", 79);
    let new = |hamlet: &str| NewHousehold {
        head_name: "罗大贵".into(),
        head_id_number: number.clone(),
        grid: GRID1.into(),
        hamlet: hamlet.into(),
        phone: String::new(),
    };
    wei.link.cut();
    nong.link.cut();
    let (by_wei, _) = wei.add_household(&new("坡脚屯")).unwrap();
    let (by_nong, _) = nong.add_household(&new("坡脚屯")).unwrap();
    let wife = json!({"name": "黄秀珍", "id_number": id_number("19680808", 80), "relation": "spouse"});
    let wife = nong.add_member(by_nong, wife.as_object().unwrap()).unwrap().0;
    settle(&township, &[&wei, &nong, &clerk]);
    let found = card(&wei, by_wei);
    assert_eq!(found.subject, Subject::TwoFiles { other: by_nong });
    assert!(!wei.cards(by_wei).unwrap().cards[0].1, "a grid worker sees it and does not decide it");
    let no = wei.settle(by_wei, &found.id, &by_wei.to_string(), None).unwrap_err();
    assert_eq!(no.kind, Kind::Refused);
    let households = clerk.lines().len();
    decide(&clerk, by_wei, &card(&clerk, by_wei), &by_wei.to_string());
    settle(&township, &[&wei, &nong, &clerk]);
    nothing_is_open(&[&wei, &nong, &clerk]);
    for phone in [&wei, &nong, &clerk] {
        assert!(phone.read(|tx| tx.line(by_nong)).unwrap().is_none(), "{}: closed", phone.name);
        let file = phone.household(by_wei).unwrap();
        assert_eq!(file.merged_from, [by_nong.to_string()]);
        assert!(file.members.iter().any(|m| m.fact.id == wife && !m.removed), "whom only the other file knew");
        assert_eq!(phone.line(by_wei).population, 2);
        assert!(phone.household(by_nong).unwrap().merged_into.is_some(), "and the other can still be read");
    }
    assert_eq!(clerk.lines().len(), households - 1);
}

#[test]
fn two_files_closed_in_favour_of_each_other_are_both_shown_again() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let clerk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let committee = township.phone("陆文斌", "village_committee", &[VILLAGE]);
    let number = id_number("19660606", 81);
    let new = NewHousehold {
        head_name: "罗大贵".into(),
        head_id_number: number,
        grid: GRID1.into(),
        ..NewHousehold::default()
    };
    let (one, _) = wei.add_household(&new).unwrap();
    let (two, _) = nong.add_household(&new).unwrap();
    settle(&township, &[&wei, &nong, &clerk, &committee]);
    decide(&clerk, one, &card(&clerk, one), &one.to_string());
    decide(&committee, one, &card(&committee, one), &two.to_string());
    settle(&township, &[&wei, &nong, &clerk, &committee]);
    for phone in [&wei, &nong, &clerk, &committee] {
        assert!(phone.holds(one) && phone.holds(two), "{}: neither has vanished", phone.name);
    }
    let again = card(&clerk, one);
    decide(&clerk, one, &again, &two.to_string());
    settle(&township, &[&wei, &nong, &clerk, &committee]);
    nothing_is_open(&[&wei, &nong, &clerk, &committee]);
    assert!(!clerk.holds(one) && clerk.holds(two));
    // Had they been two families after all, both would stay.
    let (three, _) =
        wei.add_household(&NewHousehold { head_id_number: id_number("19660606", 82), ..new.clone() }).unwrap();
    let (four, _) = nong.add_household(&NewHousehold { head_id_number: id_number("19660606", 82), ..new }).unwrap();
    settle(&township, &[&wei, &nong, &clerk, &committee]);
    decide(&wei, three, &card(&wei, three), "apart");
    settle(&township, &[&wei, &nong, &clerk, &committee]);
    // One person is still on both rosters: that remains to be said.
    assert!(matches!(card(&clerk, four).subject, Subject::Elsewhere { .. }));
}
