//! Forms that change while a visit is open (2-forms.md "A visit"): the county publishes, 李建国's phone takes it with the next
//! sync, and nothing he typed is lost, whatever changed and however often.

mod altered;
mod corrected;
mod lasting;
mod packs;
mod seen;
mod tables;

use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::service::visit::Finish;
use crate::service::visit::changes::Why;
use crate::testing::Revised;

const LIVING: &str = "living-conditions";

/// The pack in force, changed and published; the phone syncs.
fn publish(phone: &Phone, change: impl FnOnce(&mut Revised)) {
    let pack = phone.app.pack().unwrap();
    let mut revised = Revised::of(pack.files());
    change(&mut revised);
    phone.village.publish(revised.0);
    phone.app.sync().unwrap();
}

/// Half of 2-4 (second) at 覃桂花's.
fn half_done() -> (Phone, HouseholdId, String) {
    let (phone, id) = with(guihua());
    let visit = phone.app.open_visit(id, Some(LIVING)).unwrap();
    for (name, answer) in [
        ("farmland", json!("2.5")),
        ("orchard", json!("1")),
        ("pasture", json!("0.3")),
        ("cooperative", json!("yes")),
        ("road_distance", json!("1.25")),
        ("road_kind", json!("gravel")),
        ("floor_area", json!("96")),
        ("electricity", json!("yes")),
        ("fuel", json!("coal")),
        ("venture_support", json!(["crops", "tourism"])),
    ] {
        say(&phone.app, &visit, name, answer);
    }
    (phone, id, visit)
}

/// Everything of "A visit" at once.
fn everything(r: &mut Revised) {
    r.version(LIVING, "2023052001")
        .remove_choice(LIVING, "fuel", "coal")
        .remove_choice(LIVING, "venture_support", "tourism")
        .cell(LIVING, "cooperative", "type", "integer")
        .rename(LIVING, "farmland", "farmland_area", true)
        .rename(LIVING, "orchard", "fruit_trees", false)
        .remove(LIVING, "pasture")
        .cell(LIVING, "floor_area", "constraint", ". <= 80")
        .move_behind(LIVING, "electricity", "water_surface")
        .add(
            LIVING,
            "road_kind",
            &[&[
                ("type", "text"),
                ("name", "road_name"),
                ("label", "路名"),
                ("label::English (en)", "Name of the road"),
                ("required", "yes"),
            ]],
        );
}

fn told(app: &App, visit: &str) -> Vec<(Why, String, String)> {
    app.visit(visit, |f| Ok(f.changes().into_iter().map(|c| (c.why, c.name, c.text)).collect())).unwrap()
}

fn retired(app: &App, visit: &str) -> Vec<(String, String)> {
    app.visit(visit, |f| Ok(f.retired().iter().map(|r| (r.name.clone(), r.text.clone())).collect())).unwrap()
}

fn said(why: Why, name: &str, text: &str) -> (Why, String, String) {
    (why, name.to_owned(), text.to_owned())
}

fn two(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn an_open_draft_moves_to_the_newer_form_and_its_writer_is_told_what_that_means() {
    let (phone, _, visit) = half_done();
    let app = &phone.app;
    publish(&phone, everything);
    assert!(app.visit(&visit, |f| Ok(f.migrated())).unwrap());
    for (name, kept) in
        [("farmland_area", "2.5"), ("electricity", "yes"), ("road_kind", "gravel"), ("venture_support", "crops")]
    {
        assert_eq!(value(app, &visit, name), kept, "{name}");
    }
    let told = told(app, &visit);
    for expected in [
        said(Why::Type, "cooperative", "yes"),
        said(Why::Choice, "fuel", "coal"),
        said(Why::Choice, "venture_support", "tourism"),
        said(Why::Constraint, "floor_area", "96"),
        said(Why::New, "fruit_trees", ""),
        said(Why::New, "road_name", ""),
        said(Why::Gone, "orchard", "1"),
        said(Why::Gone, "pasture", "0.3"),
    ] {
        assert!(told.contains(&expected), "{expected:?} in {told:?}");
    }
    assert_eq!(told.len(), 8, "{told:?}");
    let wrong = problems(app, &visit);
    for name in ["cooperative", "fuel", "venture_support", "floor_area", "road_name", "fruit_trees"] {
        assert!(wrong.iter().any(|p| p == name), "{name} in {wrong:?}");
    }
    // Once: and to be looked at again.
    app.changes_seen(&visit).unwrap();
    let phone = phone.restarted();
    let (migrated, changed) = phone.app.visit(&visit, |f| Ok((f.migrated(), f.changes().len()))).unwrap();
    assert!(!migrated);
    assert_eq!(changed, 8);
    say(&phone.app, &visit, "road_name", json!("柳城路"));
    assert_eq!(phone.app.visit(&visit, |f| Ok(f.changes().len())).unwrap(), 8, "what was told stays, done or not");
}

#[test]
fn what_has_no_place_is_in_the_file_too_and_another_phone_takes_it_up() {
    let (phone, id, visit) = half_done();
    publish(&phone, everything);
    phone.app.put_down_visit(&visit).unwrap();
    let file = phone.app.household(id).unwrap();
    let kept = &file.visits[0].retired;
    for (name, text) in
        [("cooperative", "yes"), ("fuel", "coal"), ("venture_support", "tourism"), ("orchard", "1"), ("pasture", "0.3")]
    {
        assert_eq!(kept.get(name).map(String::as_str), Some(text), "{name} of {kept:?}");
    }
    assert_eq!(file.visits[0].answers["venture_support"].to_json(), json!(["crops"]));
    assert!(!file.visits[0].answers.contains_key("fuel"));
    assert_eq!(file.visits[0].earlier_forms.len(), 1);
    phone.app.sync().unwrap();
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    assert_eq!(second.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    assert_eq!(value(&second.app, &visit, "venture_support"), "crops");
    assert_eq!(value(&second.app, &visit, "farmland_area"), "2.5");
    let again: Vec<String> = problems(&second.app, &visit);
    assert!(again.contains(&"fuel".to_owned()) && again.contains(&"venture_support".to_owned()), "{again:?}");
    let mut kept = retired(&second.app, &visit);
    kept.sort();
    assert_eq!(kept, [two("cooperative", "yes"), two("orchard", "1"), two("pasture", "0.3")]);
    // It goes on there; the first phone has seen all of it and lets go.
    say(&second.app, &visit, "fuel", json!("clean"));
    second.app.put_down_visit(&visit).unwrap();
    second.app.sync().unwrap();
    phone.app.sync().unwrap();
    assert_eq!(phone.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    assert!(!phone.app.visit(&visit, |f| Ok(f.went_on())).unwrap());
    assert_eq!(value(&phone.app, &visit, "fuel"), "clean");
    assert!(retired(&phone.app, &visit).contains(&two("fuel", "coal")), "the choice that is gone stays readable");
    phone.app.put_down_visit(&visit).unwrap();
    phone.agrees();
    second.agrees();
}

#[test]
fn what_is_answered_again_keeps_what_stood_there_before() {
    let (phone, id, visit) = half_done();
    publish(&phone, everything);
    let app = &phone.app;
    for (name, answer) in [("cooperative", json!(3)), ("fuel", json!("clean")), ("venture_support", json!(["crops"]))] {
        say(app, &visit, name, answer);
    }
    let mut kept = retired(app, &visit);
    kept.sort();
    let all = [
        two("cooperative", "yes"),
        two("fuel", "coal"),
        two("orchard", "1"),
        two("pasture", "0.3"),
        two("venture_support", "tourism"),
    ];
    assert_eq!(kept, all);
    let phone = phone.restarted();
    let app = &phone.app;
    let mut kept = retired(app, &visit);
    kept.sort();
    assert_eq!(kept, all, "after a restart too");
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = app.household(id).unwrap();
    let visit = &file.visits[0];
    assert_eq!(visit.answers["cooperative"].to_json(), json!(3));
    let mut texts: Vec<&str> = visit.retired.values().map(String::as_str).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["0.3", "1", "coal", "tourism", "yes"]);
    phone.agrees();
}

#[test]
fn a_visit_that_ends_before_it_is_answered_again_keeps_the_old_answers() {
    let (phone, id, visit) = half_done();
    publish(&phone, everything);
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Away)).unwrap();
    let file = phone.app.household(id).unwrap();
    assert_eq!(file.visits[0].retired.get("fuel").map(String::as_str), Some("coal"));
    assert_eq!(file.visits[0].retired.get("venture_support").map(String::as_str), Some("tourism"));
    // Corrected later, in the same form: nothing of it goes.
    let visit = phone.app.reopen_visit(id, &visit).unwrap();
    say(&phone.app, &visit, "road_name", json!("柳城路"));
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Away)).unwrap();
    assert_eq!(phone.app.household(id).unwrap().visits[0].retired, file.visits[0].retired);
    phone.agrees();
}

#[test]
fn what_was_said_to_a_question_that_became_a_note_is_kept() {
    let (phone, id, visit) = half_done();
    let app = &phone.app;
    publish(&phone, |r| {
        r.version(LIVING, "2023052001").cell(LIVING, "road_distance", "type", "note");
    });
    assert!(retired(app, &visit).contains(&two("road_distance", "1.25")), "{:?}", retired(app, &visit));
    app.put_down_visit(&visit).unwrap();
    let file = app.household(id).unwrap();
    let written = file.visits.iter().find(|v| v.id == visit).unwrap();
    assert!(written.retired.values().any(|text| text == "1.25"), "{:?}", written.retired);
}

#[test]
fn two_answers_that_come_to_one_question_both_stay_when_it_is_corrected() {
    let (phone, _, visit) = half_done();
    let app = &phone.app;
    publish(&phone, |r| {
        r.version(LIVING, "2023052001").remove(LIVING, "pasture").rename(LIVING, "orchard", "trees", true).cell(
            LIVING,
            "trees",
            "bind::ruhu:was",
            "orchard pasture",
        );
    });
    let stands = value(app, &visit, "trees");
    let other = if stands == "1" { "0.3" } else { "1" };
    assert!(retired(app, &visit).iter().any(|(_, text)| text == other), "{stands}: {:?}", retired(app, &visit));
    say(app, &visit, "trees", json!("2"));
    assert!(retired(app, &visit).iter().any(|(_, text)| text == other), "{:?}", retired(app, &visit));
    // The phone is switched off and on.
    app.forget_running(&visit);
    assert_eq!(value(app, &visit, "trees"), "2");
    assert!(retired(app, &visit).iter().any(|(_, text)| text == other), "{:?}", retired(app, &visit));
}
