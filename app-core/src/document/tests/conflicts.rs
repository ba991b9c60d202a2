//! What two people said differently becomes a card, and what one of them decides stays decided.

use proptest::prelude::*;

use super::people::*;
use super::properties::Dice;
use crate::document::{Actor, Card, Chosen, Clock, Edit, HouseholdDoc, Scalar, Subject};

const NUMBER: &str = "999999198001010011";

fn settle(doc: &mut HouseholdDoc, who: Actor, card: &Card, key: &str) {
    let choice = card.choices.iter().find(|c| c.key == key).unwrap();
    let edits = doc.settling(card, choice);
    assert!(doc.edit(who, MAY_16 + 600, &edits).unwrap().is_some());
}

fn card(doc: &HouseholdDoc) -> Card {
    let mut cards = doc.cards();
    assert_eq!(cards.len(), 1, "{cards:?}");
    cards.remove(0)
}

fn key_of(card: &Card, value: &str) -> String {
    card.choices.iter().find(|c| c.what == Chosen::Value(value.into())).unwrap().key.clone()
}

fn visit(id: &str, method: &str) -> Vec<Edit> {
    let at = |field: &str, value: &str| Edit::at(["visits", id, field], value);
    vec![at("collector_id", id), at("method", method), at("state", "finished")]
}

#[test]
fn a_card_says_who_how_and_what_is_suggested() {
    let (mut wei, mut li) = (imported(), imported());
    let with = |id: &str, how: &str, phone: &str| {
        let mut edits = visit(id, how);
        edits.push(Edit::new("profile/phone", phone));
        edits
    };
    wei.edit(WEI, MAY_16 + 3_600, &with("vvvvvvvvvvvv", "home", "10000000002")).unwrap();
    li.edit(LI, MAY_16 + 60, &with("wwwwwwwwwwww", "phone", "10000000003")).unwrap();
    meet(&mut wei, &mut li);
    let card = card(&wei);
    assert_eq!((card.id.as_str(), card.choices.len()), ("profile/phone", 2));
    let of = |who| card.choices.iter().flat_map(|c| &c.by).find(|w| w.actor == who).unwrap();
    assert_eq!((of(WEI).how.as_deref(), of(LI).how.as_deref()), (Some("home"), Some("phone")));
    assert_eq!(of(WEI).clock, Clock::Sound);
    let suggested = &card.choices[card.suggested.unwrap()];
    assert_eq!(suggested.what, Chosen::Value("10000000002".into()), "newer, and by somebody who stood before them");
    assert!(card.touches(&["profile", "phone"]) && !card.touches(&["profile", "base"]));
}

#[test]
fn ticks_unite_money_is_never_chosen_and_a_number_by_telephone_neither() {
    let (mut wei, mut li) = (imported(), imported());
    let of = |id: &str, who: Actor, doc: &mut HouseholdDoc, tick: bool, money: &str, phone: &str| {
        let mut edits = visit(id, "phone");
        edits.push(Edit::new("members/aaaaaaaaaaaa/health/disabled", tick));
        edits.push(Edit::new("profile/income_net", money));
        edits.push(Edit::new("profile/phone", phone));
        edit(doc, who, &edits);
    };
    of("vvvvvvvvvvvv", WEI, &mut wei, true, "7499.50", "10000000002");
    of("wwwwwwwwwwww", LI, &mut li, false, "7500", "10000000003");
    meet(&mut wei, &mut li);
    let cards = wei.cards();
    let suggests = |id: &str| {
        let card = cards.iter().find(|c| c.id == id).unwrap();
        card.suggested.map(|n| card.choices[n].what.clone())
    };
    assert_eq!(suggests("members/aaaaaaaaaaaa/health/disabled"), Some(Chosen::Value(true.into())));
    assert_eq!((suggests("profile/income_net"), suggests("profile/phone")), (None, None));
}

#[test]
fn a_clock_that_contradicts_the_others_is_said() {
    let (mut wei, mut li) = (imported(), imported());
    wei.edit(WEI, MAY_16 + 365 * 86_400, &[Edit::new("profile/phone", "10000000002")]).unwrap();
    li.edit(LI, MAY_16 - 86_400, &[Edit::new("profile/phone", "10000000003")]).unwrap();
    meet(&mut wei, &mut li);
    edit(&mut li, LI, &[Edit::new("place/hamlet", "下韦屯")]);
    let card = card(&li);
    let of = |who| card.choices.iter().flat_map(|c| &c.by).find(|w| w.actor == who).unwrap().clock;
    assert_eq!((of(WEI), of(LI)), (Clock::Ahead, Clock::Behind));
}

#[test]
fn one_person_added_twice_is_one_card_and_the_kept_entry_takes_over_what_the_other_knew() {
    let (mut wei, mut li) = (imported(), imported());
    let add = |id: &str, more: Edit| {
        vec![Edit::at(["members", id, "name"], "黄小丽"), Edit::at(["members", id, "id_number"], NUMBER), more]
    };
    edit(&mut wei, WEI, &add("dddddddddddd", Edit::new("members/dddddddddddd/work", "weak")));
    edit(&mut li, LI, &add("eeeeeeeeeeee", Edit::new("members/eeeeeeeeeeee/health/chronic", true)));
    meet(&mut wei, &mut li);
    let found = card(&wei);
    assert!(matches!(&found.subject, Subject::SamePerson { members } if members.len() == 2));
    settle(&mut wei, WEI, &found, "dddddddddddd");
    meet(&mut wei, &mut li);
    let member = |id: &str| li.file().members.into_iter().find(|m| m.fact.id == id).unwrap();
    let (kept, gone) = (member("dddddddddddd"), member("eeeeeeeeeeee"));
    assert!(!kept.removed && gone.removed && li.cards().is_empty());
    assert_eq!((kept.fact.work.as_deref(), kept.fact.health), (Some("weak"), vec!["chronic".to_owned()]));
}

#[test]
fn contrary_choices_of_one_person_never_lose_the_person() {
    let (mut wei, mut li) = (imported(), imported());
    for (doc, who, id) in [(&mut wei, WEI, "dddddddddddd"), (&mut li, LI, "eeeeeeeeeeee")] {
        edit(doc, who, &[Edit::at(["members", id, "name"], "黄小丽"), Edit::at(["members", id, "id_number"], NUMBER)]);
    }
    meet(&mut wei, &mut li);
    let found = card(&wei);
    settle(&mut wei, WEI, &found, "dddddddddddd");
    settle(&mut li, LI, &found, "eeeeeeeeeeee");
    meet(&mut wei, &mut li);
    let again = card(&wei);
    assert_eq!(again.id, found.id);
    let of = |who| again.choices.iter().find(|c| c.by.iter().any(|w| w.actor == who)).unwrap().key.clone();
    assert_eq!((of(WEI).as_str(), of(LI).as_str()), ("dddddddddddd", "eeeeeeeeeeee"));
    settle(&mut li, LI, &again, "dddddddddddd");
    meet(&mut wei, &mut li);
    let on: Vec<String> = wei
        .file()
        .members
        .into_iter()
        .filter(|m| !m.removed && m.fact.id_number.is_some())
        .map(|m| m.fact.id)
        .collect();
    assert_eq!((on, wei.cards()), (vec!["dddddddddddd".to_owned()], vec![]));
}

#[test]
fn two_heads_are_a_card_and_contrary_choices_leave_no_household_without_one() {
    let (mut wei, mut li) = (imported(), imported());
    let head = |id: &str| Edit::at(["members", id, "relation"], "head");
    edit(&mut wei, WEI, &[head("bbbbbbbbbbbb"), Edit::new("members/aaaaaaaaaaaa/relation", "father")]);
    edit(&mut li, LI, &[head("cccccccccccc"), Edit::new("members/aaaaaaaaaaaa/relation", "father")]);
    meet(&mut wei, &mut li);
    let found = card(&wei);
    assert!(matches!(&found.subject, Subject::TwoHeads { members } if *members == ["bbbbbbbbbbbb", "cccccccccccc"]));
    settle(&mut wei, WEI, &found, "bbbbbbbbbbbb");
    settle(&mut li, LI, &found, "cccccccccccc");
    meet(&mut wei, &mut li);
    let again = card(&li);
    settle(&mut li, LI, &again, "cccccccccccc");
    meet(&mut wei, &mut li);
    let heads: Vec<String> = wei
        .file()
        .members
        .into_iter()
        .filter(|m| m.fact.relation.as_deref() == Some("head"))
        .map(|m| m.fact.id)
        .collect();
    assert_eq!((heads, wei.cards()), (vec!["cccccccccccc".to_owned()], vec![]));
}

#[test]
fn an_edit_against_a_removal_is_a_card_until_someone_decides() {
    let (mut wei, mut li) = (imported(), imported());
    let gone = [Edit::new("members/cccccccccccc/removed", true), Edit::new("members/cccccccccccc/living", "moved_out")];
    edit(&mut wei, WEI, &gone);
    edit(&mut li, LI, &[Edit::new("members/cccccccccccc/schooling", "grade7")]);
    meet(&mut wei, &mut li);
    let found = card(&wei);
    let by: Vec<Actor> = found.choices.iter().map(|c| c.by[0].actor).collect();
    assert_eq!(by, [WEI, LI]);
    // He stays off: the card goes and does not come back.
    let (mut off, mut other) = (wei.clone(), li.clone());
    settle(&mut off, WEI, &found, "removed");
    meet(&mut off, &mut other);
    assert!(other.cards().is_empty() && other.file().members[2].removed);
    // Work of somebody who had seen that he was taken off is no clash; work apart from the choice is one again.
    edit(&mut li, LI, &[Edit::new("members/cccccccccccc/education", "primary")]);
    meet(&mut li, &mut other);
    assert!(other.cards().is_empty());
    let mut qin = imported();
    edit(&mut qin, QIN, &[Edit::new("members/cccccccccccc/work", "weak")]);
    meet(&mut qin, &mut other);
    let mut li = qin;
    // He is there again, and so is how he lives.
    let found = card(&other);
    settle(&mut other, WEI, &found, "present");
    meet(&mut li, &mut other);
    let member = li.file().members[2].clone();
    assert!(!member.removed && li.cards().is_empty());
    assert_eq!(member.fact.living.as_deref(), Some("alive"));
    assert_eq!(member.fact.schooling.as_deref(), Some("grade7"));
}

#[test]
fn whoever_removes_after_having_seen_the_edit_makes_no_card() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut li, LI, &[Edit::new("members/cccccccccccc/schooling", "grade7")]);
    meet(&mut wei, &mut li);
    edit(&mut wei, WEI, &[Edit::new("members/cccccccccccc/removed", true)]);
    meet(&mut wei, &mut li);
    assert!(li.cards().is_empty());
}

#[test]
fn contrary_choices_about_a_removed_member_are_asked_again() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("members/cccccccccccc/removed", true)]);
    edit(&mut li, LI, &[Edit::new("members/cccccccccccc/schooling", "grade7")]);
    meet(&mut wei, &mut li);
    let found = card(&wei);
    settle(&mut wei, WEI, &found, "removed");
    settle(&mut li, LI, &found, "present");
    meet(&mut wei, &mut li);
    let again = card(&wei);
    settle(&mut wei, WEI, &again, "removed");
    meet(&mut wei, &mut li);
    assert!(li.cards().is_empty() && li.file().members[2].removed);
}

#[test]
fn an_id_number_is_decided_with_what_it_says() {
    let (mut wei, mut li) = (imported(), imported());
    let number = |n: &str, sex: &str, birth: &str| {
        [
            Edit::new("members/aaaaaaaaaaaa/id_number", n),
            Edit::new("members/aaaaaaaaaaaa/sex", sex),
            Edit::new("members/aaaaaaaaaaaa/birth", birth),
        ]
    };
    let digit = |seventeen: &str| {
        let last = crate::domain::id_number::check_digit(seventeen.as_bytes());
        format!("{seventeen}{}", char::from(last))
    };
    let (one, two) = (digit("99999919800101001"), digit("99999919810202002"));
    edit(&mut wei, WEI, &number(&one, "male", "1980-01-01"));
    edit(&mut li, LI, &number(&two, "female", "1981-02-02"));
    meet(&mut wei, &mut li);
    let found = card(&wei);
    settle(&mut wei, WEI, &found, &key_of(&found, &two));
    meet(&mut wei, &mut li);
    let member = li.file().members[0].fact.clone();
    assert!(li.cards().is_empty());
    assert_eq!((member.sex.as_deref(), member.birth.as_deref()), (Some("female"), Some("1981-02-02")));
}

/// What one of three people does: say a number, hear another out, decide what is open.
#[derive(Debug, Clone)]
enum Deed {
    Say(usize, u8),
    Meet(usize, usize),
    Settle(usize, usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => (0..4_usize, 0..4_u8).prop_map(|(who, n)| Deed::Say(who, n)),
        3 => (0..4_usize, 0..4_usize).prop_map(|(a, b)| Deed::Meet(a, b)),
        2 => (0..4_usize, 0..4_usize).prop_map(|(who, n)| Deed::Settle(who, n)),
    ]
}

/// One thing that was written, and what its author saw: the model that automerge is held against.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    value: String,
    over: Vec<usize>,
}

/// What stands for somebody who knows these: what nothing known was written over.
fn stands(known: &[usize], said: &[Said]) -> Vec<String> {
    let over: Vec<usize> = known.iter().flat_map(|n| said[*n].over.clone()).collect();
    let mut left: Vec<String> = known.iter().filter(|n| !over.contains(n)).map(|n| said[*n].value.clone()).collect();
    left.sort();
    left.dedup();
    left
}

fn shown(doc: &HouseholdDoc) -> Vec<String> {
    let values = doc.conflicts().into_iter().find(|c| c.path == ["profile", "phone"]).map(|c| c.values);
    let mut texts: Vec<String> = match values {
        Some(values) => values.iter().map(|v| v.value.as_text().unwrap().to_owned()).collect(),
        None => vec![doc.file().profile.phone.unwrap()],
    };
    texts.sort();
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Four people say and decide apart and meet in any order. At each moment everybody sees just what a model without
    /// automerge says: nothing that nobody decided over is lost, and what was decided over never comes back, in whichever
    /// order changes come in.
    #[test]
    fn what_was_settled_stays_settled_in_every_order(deeds in prop::collection::vec(deed(), 4..28), shuffle in any::<u64>()) {
        const WHO: [Actor; 4] = [WEI, LI, QIN, [0x44; 16]];
        let mut docs = [imported(), imported(), imported(), imported()];
        let mut said = vec![Said { value: "10000000001".into(), over: vec![] }];
        let mut knows = vec![vec![0_usize]; 4];
        for deed in &deeds {
            let write = |who: usize, value: String, docs: &mut [HouseholdDoc; 4], said: &mut Vec<Said>, knows: &mut Vec<Vec<usize>>| {
                // Everything its author knows lies under it; only what stood there counts.
                said.push(Said { value, over: knows[who].clone() });
                knows[who].push(said.len() - 1);
                let _ = docs;
            };
            match deed {
                Deed::Say(who, n) => {
                    let value = format!("1999999000{n}");
                    let edits = [Edit::new("profile/phone", value.as_str())];
                    if docs[*who].edit(WHO[*who], MAY_16 + 60, &edits).unwrap().is_some() {
                        write(*who, value, &mut docs, &mut said, &mut knows);
                    }
                }
                Deed::Meet(a, b) if a != b => {
                    let theirs = docs[*b].changes();
                    for outcome in docs[*a].admit_many(theirs.iter().map(|c| &c.bytes), None, &mut anything) {
                        prop_assert!(outcome.is_ok());
                    }
                    for n in knows[*b].clone() {
                        if !knows[*a].contains(&n) { knows[*a].push(n); }
                    }
                }
                Deed::Meet(..) => {}
                Deed::Settle(who, n) => {
                    let Some(card) = docs[*who].cards().into_iter().next() else { continue };
                    let choice = card.choices[n % card.choices.len()].clone();
                    let edits = docs[*who].settling(&card, &choice);
                    prop_assert!(docs[*who].edit(WHO[*who], MAY_16 + 600, &edits).unwrap().is_some());
                    prop_assert!(docs[*who].cards().is_empty(), "one tap settles it");
                    let Chosen::Value(Scalar::Text(value)) = choice.what else { panic!("a phone number") };
                    write(*who, value, &mut docs, &mut said, &mut knows);
                }
            }
            for (doc, known) in docs.iter().zip(&knows) {
                prop_assert_eq!(shown(doc), stands(known, &said));
            }
        }
        let all: Vec<usize> = (0..said.len()).collect();
        let mut changes: Vec<Vec<u8>> = docs.iter().flat_map(HouseholdDoc::changes).map(|c| c.bytes).collect();
        let mut dice = Dice(shuffle | 1);
        for _ in 0..3 {
            for i in (1..changes.len()).rev() {
                changes.swap(i, dice.below(i + 1));
            }
            let mut late = imported();
            super::properties::deliver(&mut late, &changes);
            prop_assert_eq!(shown(&late), stands(&all, &said));
            prop_assert_eq!(late.cards().len(), usize::from(stands(&all, &said).len() > 1));
        }
    }
}
