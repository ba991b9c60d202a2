//! A person moves, a household is split, two are merged; and what a clerk and a station do apart and contrary to each other.

use app_core::document::{Card, Subject};
use app_core::domain::id::HouseholdId;
use app_core::error::Kind;
use ruhu_tests::register::{GRID1, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, settle};

/// 韦秀英 in the first grid, 覃桂花 the clerk, 陆文斌 of the committee.
fn village() -> (Township, Phone, Phone, Phone) {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let clerk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let committee = township.phone("陆文斌", "village_committee", &[VILLAGE]);
    (township, wei, clerk, committee)
}

fn member(phone: &Phone, id: HouseholdId, at: usize) -> String {
    phone.household(id).unwrap().members[at].fact.id.clone()
}

fn on_the_roster(phone: &Phone, id: HouseholdId, member: &str) -> bool {
    phone.household(id).unwrap().members.iter().any(|m| m.fact.id == member && !m.removed)
}

fn card(phone: &Phone, id: HouseholdId) -> Card {
    let mut cards: Vec<Card> = phone.cards(id).unwrap().cards.into_iter().map(|(card, _)| card).collect();
    assert_eq!(cards.len(), 1, "{}: {cards:?}", phone.name);
    cards.remove(0)
}

#[test]
fn a_son_moved_to_two_households_at_once_lives_in_the_one_that_a_person_says() {
    let (township, wei, clerk, committee) = village();
    let (mo, huang, lan) = (household("LT001"), household("LT002"), household("LT006"));
    let son = member(&clerk, mo, 2);
    assert_eq!(wei.move_member(mo, &son, huang).unwrap_err().kind, Kind::Refused, "the clerk does it");
    clerk.move_member(mo, &son, huang).unwrap();
    committee.move_member(mo, &son, lan).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    let asked = card(&clerk, mo);
    assert!(matches!(&asked.subject, Subject::Elsewhere { households, .. } if households.len() == 2));
    assert!(clerk.all_cards("").unwrap().0 >= 3, "all three households say so");
    clerk.settle(mo, &asked.id, &huang.to_string(), Some(&asked.mark())).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    let where_he_is = [mo, huang, lan].map(|id| on_the_roster(&committee, id, &son));
    assert_eq!(where_he_is, [false, true, false]);
    assert_eq!(clerk.all_cards("").unwrap().0, 0);
    // Whoever moves once asks nobody.
    clerk.move_member(huang, &son, lan).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    assert_eq!((clerk.all_cards("").unwrap().0, on_the_roster(&committee, lan, &son)), (0, true));
}

#[test]
fn a_household_split_twice_is_put_to_a_person() {
    let (township, wei, clerk, committee) = village();
    let mo = household("LT001");
    let son = member(&clerk, mo, 2);
    let (by_clerk, _) = clerk.split_household(mo, std::slice::from_ref(&son), &son).unwrap();
    let (by_committee, _) = committee.split_household(mo, std::slice::from_ref(&son), &son).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    for phone in [&wei, &clerk, &committee] {
        assert!(phone.holds(by_clerk) && phone.holds(by_committee));
        assert_eq!(phone.line(mo).population, 2);
        assert_eq!(card(phone, by_clerk).subject, Subject::TwoFiles { other: by_committee });
    }
    let asked = card(&clerk, by_clerk);
    clerk.settle(by_clerk, &asked.id, &by_clerk.to_string(), None).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    assert!(clerk.holds(by_clerk) && !clerk.holds(by_committee));
    let from = clerk.household(by_clerk).unwrap().profile.more.get("split_from").cloned();
    assert_eq!(from, Some(mo.to_string().into()), "the new file says where they came from");
    // Where he went from here was answered twice as well.
    let asked = card(&clerk, mo);
    clerk.settle(mo, &asked.id, &by_clerk.to_string(), None).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    assert_eq!(clerk.all_cards("").unwrap().0, 0);
    assert!(on_the_roster(&wei, by_clerk, &son));
}

#[test]
fn a_household_merged_into_two_is_not_closed_before_a_person_says_into_which() {
    let (township, wei, clerk, committee) = village();
    let (mo, huang, lan) = (household("LT001"), household("LT002"), household("LT006"));
    let head = member(&clerk, mo, 0);
    clerk.merge_household(mo, huang).unwrap();
    assert!(!clerk.holds(mo), "closed here");
    committee.merge_household(mo, lan).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    for phone in [&wei, &clerk, &committee] {
        assert!(phone.holds(mo), "{}: shown again", phone.name);
        assert!(phone.line(mo).conflicts > 0, "{}", phone.name);
    }
    let open = clerk.cards(mo).unwrap().cards;
    let asked = open.iter().map(|(card, _)| card).find(|card| card.id == "profile/merged_into").unwrap();
    let into = asked
        .choices
        .iter()
        .find(|c| matches!(&c.what, app_core::document::Chosen::Value(v) if v.as_text() == Some(&huang.to_string())));
    clerk.settle(mo, &asked.id, &into.unwrap().key, Some(&asked.mark())).unwrap();
    settle(&township, &[&wei, &clerk, &committee]);
    assert!(!clerk.holds(mo) && on_the_roster(&clerk, huang, &head));
    // Their people stand on the other roster still: that is asked, not settled by a machine.
    assert!(clerk.line(lan).conflicts > 0);
}
