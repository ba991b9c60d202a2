//! A visit begun on one phone and finished on another, by one person: what was acknowledged stays as it was finished.

use app_core::domain::Outcome;
use app_core::service::visit::Finish;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
use serde_json::json;

/// 韦秀英 has put 桂花's visit down on her first phone; both her phones and the server have the draft.
fn put_down(township: &mut Township) -> (Phone, Phone, String) {
    let first = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let second = township.phone_of(&first.person, "韦秀英");
    let visit = first.open_visit(household("LT001"), Some("screening-ordinary")).unwrap();
    first.said(&visit, "method", &json!("phone")).unwrap();
    first.said(&visit, "outreach", &json!(["web"])).unwrap();
    first.put_down_visit(&visit).unwrap();
    first.sync();
    second.sync();
    (first, second, visit)
}

fn finished(phone: &Phone, visit: &str) {
    let made = phone.visited(household("LT001"), "screening-ordinary", &answers::ordinary_at_risk());
    assert_eq!(made.visit, visit, "the draft was taken up");
    phone.sync();
}

/// Method, channels, finished: as the server's file says it to a third device.
fn said_at_the_desk(desk: &Phone) -> (Option<String>, serde_json::Value, bool) {
    desk.sync();
    let file = desk.household(household("LT001")).unwrap();
    assert_eq!(file.visits.len(), 1);
    let visit = &file.visits[0];
    (visit.method.clone(), visit.answers["outreach"].to_json(), visit.finished)
}

#[test]
fn a_visit_finished_on_the_second_phone_is_not_written_over_from_the_first() {
    let mut township = Township::village();
    let (mut first, second, visit) = put_down(&mut township);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let early = first.copied();
    finished(&second, &visit);
    let as_finished = said_at_the_desk(&desk);
    assert!(as_finished.2);
    // She comes back to the first phone; then that phone is put back to when the draft lay in it, and again.
    for disk in [None, Some(false), Some(true)] {
        match disk {
            Some(true) => first.put_back_disk(early.path()),
            Some(false) => first.put_back(early.path()),
            None => {}
        }
        first.sync();
        assert!(first.today_page().unwrap().drafts.is_empty(), "{disk:?}");
        assert!(first.finish_visit(&visit, &Finish::with(Outcome::Refused)).is_err());
        assert_eq!(said_at_the_desk(&desk), as_finished);
    }
    first.reopen_visit(household("LT001"), &visit).unwrap();
    first.said(&visit, "outreach", &json!(["poster"])).unwrap();
    first.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    first.sync();
    let corrected = said_at_the_desk(&desk);
    assert_eq!((corrected.0, corrected.1), (as_finished.0, json!(["poster"])));
    settle(&township, &[&first, &second, &desk]);
}

#[test]
fn what_she_typed_since_waits_for_her_choice_and_nothing_of_either_is_lost() {
    let mut township = Township::village();
    let (first, second, visit) = put_down(&mut township);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    first.said(&visit, "outreach", &json!(["message"])).unwrap();
    finished(&second, &visit);
    let as_finished = said_at_the_desk(&desk);
    first.sync();
    assert!(first.finish_visit(&visit, &Finish::with(Outcome::Done)).is_err());
    settle(&township, &[&first, &second, &desk]);
    assert_eq!(said_at_the_desk(&desk), as_finished, "nothing goes in before she has chosen");
    first.keep_visit(&visit, true).unwrap();
    first.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    first.sync();
    let (method, channels, _) = said_at_the_desk(&desk);
    assert_eq!((method, channels), (as_finished.0, json!(["message"])), "hers since, all else as it was finished");
    settle(&township, &[&first, &second, &desk]);
}

#[test]
fn a_household_that_left_her_area_leaves_the_first_phone_with_its_stale_draft() {
    let mut township = Township::village();
    let (first, second, visit) = put_down(&mut township);
    finished(&second, &visit);
    township.move_person(&first.person, &[GRID2]);
    first.sync();
    first.sync();
    assert!(!first.holds(household("LT001")));
    assert!(first.read(|tx| tx.open_visits(None)).unwrap().is_empty());
    settle(&township, &[&first, &second]);
}

#[test]
fn a_phone_without_a_screen_chooses_too() {
    use ruhu_tests::programs::{ended, json as done, phone};
    let mut township = Township::village();
    let (mut first, second, visit) = put_down(&mut township);
    first.open_visit(household("LT001"), Some("screening-ordinary")).unwrap();
    first.said(&visit, "outreach", &json!(["door"])).unwrap();
    second.visited(household("LT001"), "screening-ordinary", &answers::ordinary_at_risk());
    second.sync();
    first.sync();
    let folder = first.dir.path().to_path_buf();
    first.close();
    let cheap = |args: &[&str]| {
        let mut command = phone(&folder, args);
        command.env("RUHU_TEST_CHEAP_PIN", "1");
        command
    };
    let chosen = done(cheap(&["keep", &visit, "mine"]));
    assert_eq!((&chosen["went_on"], &chosen["open"]), (&json!(true), &json!(true)));
    assert!(chosen["differing"].as_u64().unwrap() > 0);
    assert_eq!(done(cheap(&["keep", &visit, "theirs"]))["went_on"], json!(false), "once");
    assert_eq!(ended(cheap(&["keep", "no-such-visit", "mine"])).0, Some(2));
    first.restart();
    assert_eq!(
        first
            .visit(&visit, |f| Ok(f
                .instance()
                .find("/section_other/outreach")
                .map(|n| f.instance().value(n).to_owned())))
            .unwrap()
            .as_deref(),
        Some("door")
    );
}
