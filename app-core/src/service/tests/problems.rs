//! 莫站长 looks over everything her desk holds: what is wrong in the data, and what another line would change.

use serde_json::json;

use super::village::GRID;
use super::*;
use crate::policy::{Pack, Severity};
use crate::service::households::NewHousehold;
use crate::service::problems::ProblemQuery;

fn number(body: &str) -> String {
    format!("{body}{}", char::from(crate::domain::id_number::check_digit(body.as_bytes())))
}

fn found(phone: &Phone, name: &str, body: &str, tel: &str) -> crate::domain::id::HouseholdId {
    let new = NewHousehold {
        head_name: name.into(),
        head_id_number: number(body),
        grid: GRID.into(),
        hamlet: "上韦屯".into(),
        phone: tel.into(),
    };
    phone.app.add_household(&new).unwrap().0
}

#[test]
fn a_problem_is_listed_by_check_and_by_village_and_gone_when_the_facts_are_right() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    let wei = found(&phone, "韦秀英", "99999919650307002", "");
    found(&phone, "李建国", "99999919700101001", "13900001234");
    let of = |check: &str| {
        let query = ProblemQuery { check: Some(check.into()), ..ProblemQuery::default() };
        phone.app.problems(&query).unwrap()
    };
    let missing = of("phone-missing");
    assert_eq!((missing.households, missing.total), (2, 1));
    assert_eq!(missing.page[0].0.id, wei);
    assert_eq!(missing.page[0].1.len(), 1, "only the check asked for");
    let tally = missing.by_check.iter().find(|t| t.check == "phone-missing").unwrap();
    assert_eq!((tally.households, tally.severity, tally.heading.as_str()), (1, Severity::Warning, "没有联系电话"));
    assert_eq!(missing.by_village.len(), 1);
    assert_eq!((missing.by_village[0].code.as_str(), missing.by_village[0].households), (&GRID[..12], 2));

    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    assert_eq!(of("phone-missing").total, 0);
    let elsewhere = ProblemQuery { area: Some("999999999999".into()), ..ProblemQuery::default() };
    assert_eq!(phone.app.problems(&elsewhere).unwrap().households, 0);
    let nowhere = ProblemQuery { area: Some("nowhere".into()), ..ProblemQuery::default() };
    assert!(phone.app.problems(&nowhere).is_err());
}

#[test]
fn a_page_holds_what_it_should_and_the_headings_name_nobody() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    for i in 1..6 {
        found(&phone, &format!("韦家{i}"), &format!("9999991965030{i}002"), "");
    }
    let page = |offset| ProblemQuery { offset, limit: 2, ..ProblemQuery::default() };
    let names = |offset| {
        let found = phone.app.problems(&page(offset)).unwrap();
        assert_eq!(found.total, 5);
        found.page.iter().map(|(line, _)| line.id).collect::<Vec<_>>()
    };
    let mut all = [names(0), names(2), names(4)].concat();
    assert_eq!(all.len(), 5);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "each household once");
    let gaps = phone.app.problems(&ProblemQuery::default()).unwrap();
    for tally in &gaps.by_check {
        assert!(!tally.heading.contains("韦家") && !tally.heading.is_empty(), "{}", tally.heading);
    }
}

#[test]
fn another_line_shows_who_would_change_and_nothing_is_changed() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    let wei = found(&phone, "韦秀英", "99999919650307002", "");
    found(&phone, "李建国", "99999919700101001", "13900001234");
    let member = phone.app.household(wei).unwrap().members[0].fact.id.clone();
    phone.app.set_fact(wei, &format!("members/{member}/work"), &json!("ordinary")).unwrap();
    let running = phone.app.read(|tx| Ok(tx.lens().pack.clone().unwrap())).unwrap();
    let with = |file: &str, from: &str, to: &str| {
        let mut files = running.files().clone();
        let text = String::from_utf8(files[file].clone()).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        files.insert(file.into(), text.replace(from, to).into_bytes());
        Pack::from_files(files).unwrap()
    };
    let before = phone.app.digests().unwrap();
    let same = phone.app.what_if(&running, None).unwrap().unwrap();
    assert_eq!((same.households, same.changed), (2, 0));
    let small = with("params.csv", "large_household,5", "large_household,1");
    let small = {
        let mut files = small.files().clone();
        let text = String::from_utf8(files["params.csv"].clone()).unwrap();
        files.insert("params.csv".into(), text.replace("labour_share,0.25", "labour_share,1.01").into_bytes());
        Pack::from_files(files).unwrap()
    };
    let found = phone.app.what_if(&small, None).unwrap().unwrap();
    assert_eq!((found.households, found.changed), (2, 1), "only where it is known who can work: {:?}", found.shifts);
    assert_eq!(found.listed[0].household.id, wei);
    assert_eq!(found.listed[0].gained[0].0, "labour-shortage");
    let shift = &found.shifts[0];
    assert_eq!((shift.what.as_str(), shift.gained, shift.lost), ("labour-shortage", 1, 0));
    assert_eq!(phone.app.digests().unwrap(), before);
}

#[test]
fn a_what_if_that_was_stopped_says_nothing_and_the_next_one_runs() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    found(&phone, "韦秀英", "99999919650307002", "");
    let running = phone.app.pack().unwrap();
    assert_eq!(phone.app.what_if_watch().progress(), None, "nothing runs");
    let begun = phone.app.what_if_watch().begin().unwrap();
    assert!(phone.app.what_if(&running, None).is_err(), "one at a time");
    begun.expect(2);
    assert!(begun.step().is_continue());
    assert_eq!(phone.app.what_if_watch().progress(), Some((1, 2)));
    phone.app.what_if_watch().stop();
    assert!(begun.step().is_break());
    drop(begun);
    assert_eq!(phone.app.what_if_watch().progress(), None);
    assert_eq!(phone.app.what_if(&running, None).unwrap().unwrap().households, 1);
}
