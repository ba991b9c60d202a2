//! One person, two phones: what was put down on one and went on on the other is never written over with what is older.

use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::error::Kind;
use crate::service::visit::Finish;

/// 李建国 puts 覃桂花's visit down on his first phone; the second has it.
fn put_down_and_taken_along() -> (Phone, Phone, HouseholdId, String) {
    let (first, id) = with(guihua());
    let visit = first.app.open_visit(id, Some("screening-priority")).unwrap();
    say(&first.app, &visit, "method", json!("home"));
    say(&first.app, &visit, "remarks", json!("家里有事，改天再填"));
    first.app.put_down_visit(&visit).unwrap();
    first.app.sync().unwrap();
    let second = Phone::enrolled(&first.village, "M4NDW9XY");
    (first, second, id, visit)
}

fn finished_on(phone: &Phone, id: HouseholdId, visit: &str) {
    assert_eq!(phone.app.open_visit(id, Some("screening-priority")).unwrap(), visit);
    say(&phone.app, visit, "remarks", json!("已核实"));
    say(&phone.app, visit, "income_net", json!(15000));
    say(&phone.app, visit, "exclusion", json!("no"));
    phone.app.finish_visit(visit, &Finish::with(Outcome::Refused)).unwrap();
    phone.app.sync().unwrap();
}

fn remarks(app: &App, id: HouseholdId) -> Value {
    app.household(id).unwrap().visits[0].answers["remarks"].to_json()
}

fn is_open(app: &App, visit: &str) -> bool {
    app.read(|tx| tx.open_visit(visit)).unwrap().is_some()
}

#[test]
fn a_draft_finished_on_the_second_phone_is_not_taken_up_again_on_the_first() {
    let (first, second, id, visit) = put_down_and_taken_along();
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    assert!(first.app.today_page().unwrap().drafts.is_empty(), "nothing is left to finish");
    assert!(first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).is_err());
    assert!(first.app.put_down_visit(&visit).is_err());
    // Read as it was finished; corrected from there, and nothing of it is unsaid.
    let shown = first.app.look_at_visit(&visit, |f| Ok(f.recorded().unwrap()["remarks"].clone())).unwrap();
    assert_eq!(shown, "已核实");
    first.app.reopen_visit(id, &visit).unwrap();
    say(&first.app, &visit, "remarks", json!("更正"));
    first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = first.app.household(id).unwrap();
    assert_eq!(remarks(&first.app, id), json!("更正"));
    assert_eq!(file.visits[0].answers["exclusion"].to_json(), json!("no"));
    first.agrees();
    second.agrees();
}

#[test]
fn a_draft_put_down_later_on_the_second_phone_is_taken_up_from_the_file() {
    let (first, second, id, visit) = put_down_and_taken_along();
    second.app.open_visit(id, Some("screening-priority")).unwrap();
    say(&second.app, &visit, "remarks", json!("填了一半"));
    second.app.put_down_visit(&visit).unwrap();
    second.app.sync().unwrap();
    first.app.sync().unwrap();
    let today = first.app.today_page().unwrap();
    assert_eq!((today.drafts.len(), today.drafts_elsewhere.len()), (0, 1));
    assert_eq!(first.app.open_visit(id, Some("screening-priority")).unwrap(), visit);
    assert_eq!(value(&first.app, &visit, "remarks"), "填了一半");
    assert_eq!(value(&first.app, &visit, "method"), "home");
    first.app.put_down_visit(&visit).unwrap();
    first.agrees();
}

#[test]
fn what_was_typed_since_on_the_first_phone_is_kept_and_nothing_is_written_before_she_has_chosen() {
    let (first, second, id, visit) = put_down_and_taken_along();
    say(&first.app, &visit, "income_claims", json!(7));
    say(&first.app, &visit, "member[mguihua00001]/education", json!("senior"));
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    let first = first.restarted();
    assert_eq!(first.app.today_page().unwrap().drafts.len(), 1, "what was typed is not lost");
    assert!(first.app.look_at_visit(&visit, |f| Ok(f.went_on())).unwrap());
    assert_eq!(value(&first.app, &visit, "income_claims"), "7");
    for refused in [
        first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).err().unwrap(),
        first.app.put_down_visit(&visit).err().unwrap(),
        first.app.reopen_visit(id, &visit).and_then(|_| first.app.put_down_visit(&visit)).err().unwrap(),
    ] {
        assert_eq!(refused.kind, Kind::Invalid);
        assert!(refused.words.contains("另一部"), "{refused}");
    }
    assert_eq!(remarks(&first.app, id), json!("已核实"));
    let other: Vec<String> = first.app.visit(&visit, |f| Ok(f.differing().into_iter().map(|d| d.1).collect())).unwrap();
    assert_eq!(other, ["no", "15000", "已核实", "junior"], "what the other phone brought is shown beside hers");

    // Hers goes on as a correction of what was finished: only what she typed since stands against it.
    first.app.keep_visit(&visit, true).unwrap();
    assert_eq!(value(&first.app, &visit, "income_claims"), "7");
    assert_eq!(value(&first.app, &visit, "remarks"), "已核实");
    assert_eq!(value(&first.app, &visit, "exclusion"), "no");
    let first = first.restarted();
    assert!(first.app.visit(&visit, |f| Ok(f.correcting() && !f.went_on())).unwrap());
    assert_eq!(value(&first.app, &visit, "remarks"), "已核实");
    first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = first.app.household(id).unwrap();
    assert_eq!(file.visits[0].answers["income_claims"].to_json(), json!("7"));
    assert_eq!(file.visits[0].answers["exclusion"].to_json(), json!("no"));
    assert_eq!(remarks(&first.app, id), json!("已核实"));
    first.agrees();
    second.agrees();
}

#[test]
fn she_may_leave_hers_for_what_stands_in_the_file() {
    let (first, second, id, visit) = put_down_and_taken_along();
    say(&first.app, &visit, "income_claims", json!(7));
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    first.app.keep_visit(&visit, false).unwrap();
    assert!(!is_open(&first.app, &visit));
    assert_eq!(remarks(&first.app, id), json!("已核实"));
    assert!(first.app.today_page().unwrap().drafts.is_empty());
    first.agrees();
}

#[test]
fn what_a_draft_in_the_file_cannot_hold_is_not_dropped_with_it() {
    let (first, second, id, visit) = put_down_and_taken_along();
    let repeat = path(&first.app, &visit, "member[mguihua00001]/member_name").split('[').next().unwrap().to_owned();
    let husband = format!("{repeat}[mjianguo0001]");
    first.app.remove_instance(&visit, &husband, "moved_out", |_, _| ()).unwrap();
    first.app.put_down_visit(&visit).unwrap();
    first.app.sync().unwrap();
    second.app.sync().unwrap();
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    assert!(first.app.look_at_visit(&visit, |f| Ok(f.went_on())).unwrap(), "that he moved out stands in no file");
    first.app.keep_visit(&visit, true).unwrap();
    assert!(first.app.visit(&visit, |f| Ok(f.instance.find(&husband).is_none())).unwrap());
    first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    assert!(first.app.household(id).unwrap().members.iter().any(|m| m.removed));
    first.agrees();
}

#[test]
fn both_put_it_down_without_a_signal_and_neither_is_dropped_unseen() {
    let (first, second, id, visit) = put_down_and_taken_along();
    say(&first.app, &visit, "income_claims", json!(7));
    first.app.put_down_visit(&visit).unwrap();
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    assert!(first.app.household(id).unwrap().visits[0].finished);
    assert!(first.app.look_at_visit(&visit, |f| Ok(f.went_on())).unwrap());
    second.app.sync().unwrap();
}

#[test]
fn a_correction_begun_after_the_finish_waits_through_a_sync_and_goes_in() {
    let (first, second, id, visit) = put_down_and_taken_along();
    finished_on(&second, id, &visit);
    first.app.sync().unwrap();
    first.app.reopen_visit(id, &visit).unwrap();
    say(&first.app, &visit, "remarks", json!("更正"));
    first.app.put_down_visit(&visit).unwrap();
    second.app.set_fact(id, "profile/phone", &json!("13900005678")).unwrap();
    second.app.sync().unwrap();
    first.app.sync().unwrap();
    let first = first.restarted();
    assert_eq!(first.app.reopen_visit(id, &visit).unwrap(), visit);
    assert_eq!(value(&first.app, &visit, "remarks"), "更正");
    assert!(first.app.visit(&visit, |f| Ok(f.correcting() && !f.went_on())).unwrap());
    first.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    assert_eq!(remarks(&first.app, id), json!("更正"));
    assert_eq!(first.app.household(id).unwrap().profile.phone.as_deref(), Some("13900005678"));
    first.agrees();
}

#[test]
fn a_household_that_left_the_area_is_not_held_by_a_draft_that_the_file_has() {
    let (first, second, id, visit) = put_down_and_taken_along();
    finished_on(&second, id, &visit);
    first.village.0.lock().unwrap().forget.push(id);
    first.app.sync().unwrap();
    assert!(first.app.digests().unwrap().is_empty());
    assert!(!is_open(&first.app, &visit));
}

#[test]
fn what_is_taken_back_after_taking_up_stays_taken_back() {
    let (first, second, id, visit) = put_down_and_taken_along();
    let app = &second.app;
    app.open_visit(id, Some("screening-priority")).unwrap();
    say(app, &visit, "remarks", json!("在第二部手机上改"));
    let second = second.restarted();
    assert_eq!(value(&second.app, &visit, "remarks"), "在第二部手机上改", "whatever the clock says");
    drop(first);
}
