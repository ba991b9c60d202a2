//! Answers that never arrive, or half, or twice: each piece of work is there exactly once.

use std::time::Duration;

use ruhu_tests::register::{GRID1, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Fault, Phone, Township, answers, settle};
use serde_json::json;

fn with_three_visits(township: &mut Township) -> Phone {
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    wei.set_fact(household("LT003"), "profile/phone", &json!("19900000033")).unwrap();
    wei
}

fn each_once(township: &mut Township, wei: &Phone) {
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    settle(township, &[wei, &desk]);
    for id in ["LT001", "LT002"] {
        assert_eq!(desk.household(household(id)).unwrap().visits.len(), 1, "{id}");
    }
    let doc = desk.read(|tx| tx.need(household("LT003"))).unwrap();
    assert_eq!(doc.change_infos().len(), 2, "the founding and one correction");
}

#[test]
fn an_answer_lost_after_the_server_committed_changes_nothing() {
    let mut township = Township::village();
    let wei = with_three_visits(&mut township);
    wei.link.then(Fault::AnswerLost);
    let said = wei.try_sync().unwrap_err();
    assert!(said.words.contains("都已保存"), "{said}");
    assert_eq!(wei.waiting(), 3, "nothing is called safe that the server has not signed for");
    let report = wei.sync();
    assert_eq!((report.acked, report.refused), (3, 0));
    each_once(&mut township, &wei);
}

#[test]
fn an_answer_cut_at_any_byte_changes_nothing() {
    let mut township = Township::village();
    let wei = with_three_visits(&mut township);
    for at in [0, 1, 20, 60, 100, 150, 200, 260, 320, 400, 10_000] {
        wei.link.then(Fault::AnswerTorn(at));
        assert!(wei.try_sync().is_err(), "cut at {at}");
        assert_eq!(wei.waiting(), 3);
    }
    each_once(&mut township, &wei);
}

#[test]
fn a_request_cut_at_any_byte_changes_nothing() {
    let mut township = Township::village();
    let wei = with_three_visits(&mut township);
    for at in [0, 1, 40, 160, 300, 500, 700, 10_000] {
        wei.link.then(Fault::RequestTorn(at));
        assert!(wei.try_sync().is_err(), "cut at {at}");
        assert_eq!(wei.waiting(), 3);
    }
    each_once(&mut township, &wei);
}

#[test]
fn a_request_that_arrives_twice_or_late_is_taken_once() {
    let mut township = Township::village();
    let wei = with_three_visits(&mut township);
    wei.link.then(Fault::Late);
    assert!(wei.try_sync().is_err());
    wei.visited(household("LT004"), "screening-lifted", &answers::cleared());
    // The new round overtakes the old one, which arrives after it.
    wei.sync();
    wei.link.release();
    wei.set_fact(household("LT003"), "place/hamlet", &json!("小榕屯")).unwrap();
    wei.link.then(Fault::Twice);
    wei.sync();
    wei.set_fact(household("LT005"), "place/hamlet", &json!("小榕屯")).unwrap();
    wei.link.then(Fault::Slow(Duration::from_millis(300)));
    wei.sync();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    settle(&township, &[&wei, &desk]);
    let count = |id| desk.read(|tx| tx.need(household(id))).unwrap().change_infos().len();
    assert_eq!([count("LT001"), count("LT002"), count("LT003"), count("LT004"), count("LT005")], [2, 2, 3, 2, 2]);
}

#[test]
fn the_first_sync_is_cut_again_and_again_and_comes_to_its_end() {
    let mut township = Township::village();
    let person = township.person("韦秀英", "grid_worker1", &[GRID1]);
    let link = township.link();
    let code = township.ticket(&person);
    let wei = Phone::new("韦秀英", &person, link);
    wei.link.then(Fault::AnswerLost);
    let said = wei.enrol(&code).unwrap_err();
    assert!(said.words.contains("连不上"), "{said}");
    // The ticket is used on the server; the same phone asks again with the same keys.
    wei.enrol(&code).unwrap();
    for fault in [Fault::AnswerLost, Fault::AnswerTorn(3000), Fault::RequestTorn(90), Fault::AnswerTorn(200)] {
        wei.link.then(fault);
        assert!(wei.try_sync().is_err(), "{fault:?}");
    }
    wei.sync();
    assert_eq!(wei.lines().len(), 5);
    settle(&township, &[&wei]);
}
