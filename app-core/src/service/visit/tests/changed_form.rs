//! Forms that change while a visit is open (2-forms.md "A visit"): the county publishes, 李建国's phone takes it with the next
//! sync, and nothing he typed is lost, whatever changed and however often.

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
fn a_question_that_vanishes_for_nine_versions_comes_back_with_its_answer() {
    let (phone, id, visit) = half_done();
    let shipped = phone.app.pack().unwrap().files().clone();
    publish(&phone, |r| {
        r.version(LIVING, "2").remove(LIVING, "pasture").remove_choice(LIVING, "fuel", "coal");
    });
    for n in 3..10 {
        publish(&phone, |r| {
            r.version(LIVING, &n.to_string()).cell(LIVING, "woodland", "label", &format!("林地面积{n}"));
        });
        if n == 5 {
            phone.app.put_down_visit(&visit).unwrap();
            phone.app.open_visit(id, Some(LIVING)).unwrap();
        }
        if n == 7 {
            say(&phone.app, &visit, "woodland", json!("4"));
        }
    }
    assert_eq!(retired(&phone.app, &visit), [two("pasture", "0.3")]);
    publish(&phone, |r| {
        r.0 = shipped;
        r.version(LIVING, "10");
    });
    let app = &phone.app;
    assert_eq!((value(app, &visit, "pasture"), value(app, &visit, "fuel")), ("0.3".into(), "coal".into()));
    assert_eq!(retired(app, &visit), []);
    // From the file as well, on a phone that was never there.
    publish(&phone, |r| {
        r.version(LIVING, "11").remove(LIVING, "pasture").remove_choice(LIVING, "venture_support", "tourism");
    });
    phone.app.put_down_visit(&visit).unwrap();
    phone.app.sync().unwrap();
    publish(&phone, |r| {
        r.0 = crate::storage::tests::pack_files();
        r.version(LIVING, "12");
    });
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    second.app.open_visit(id, Some(LIVING)).unwrap();
    assert_eq!(value(&second.app, &visit, "pasture"), "0.3");
    assert_eq!(value(&second.app, &visit, "venture_support"), "crops tourism");
    assert_eq!(value(&second.app, &visit, "woodland"), "4");
    assert_eq!(retired(&second.app, &visit), []);
}

#[test]
fn a_changed_calculation_counts_anew_and_a_persons_word_stands_with_what_the_system_says() {
    let (phone, id) = with(guihua());
    let priority = "screening-priority";
    let visit = phone.app.open_visit(id, Some(priority)).unwrap();
    say(&phone.app, &visit, "labour_full", json!(2));
    assert_eq!(value(&phone.app, &visit, "population"), "3");
    publish(&phone, |r| {
        r.version(priority, "2023052001").cell(priority, "population", "calculation", "${roster_population} + 1").cell(
            priority,
            "labour_full",
            "calculation",
            "${roster_labour_full} + 4",
        );
    });
    let app = &phone.app;
    assert_eq!((value(app, &visit, "population"), value(app, &visit, "labour_full")), ("4".into(), "2".into()));
    assert_eq!(told(app, &visit), [said(Why::Computed, "labour_full", "2")]);
    app.put_down_visit(&visit).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].overrides["labour_full"].to_json(), json!(5), "what the system says now");
    // A question that was plain and is now proposed: what was typed is a person's word, from the file too.
    say(app, &visit, "workers", json!(1));
    app.put_down_visit(&visit).unwrap();
    app.sync().unwrap();
    publish(&phone, |r| {
        r.version(priority, "2023052002").cell(priority, "workers", "calculation", "0").cell(
            priority,
            "workers",
            "bind::ruhu:override",
            "yes",
        );
    });
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    second.app.open_visit(id, Some(priority)).unwrap();
    assert_eq!(value(&second.app, &visit, "workers"), "1");
    assert_eq!(value(&second.app, &visit, "labour_full"), "2");
    assert_eq!(value(&second.app, &visit, "population"), "4");
}

#[test]
fn what_was_said_of_each_member_is_kept_of_each_member() {
    let (phone, id) = with(guihua());
    let form = "screening-ordinary";
    let nickname: &[(&str, &str)] =
        &[("type", "text"), ("name", "nickname"), ("label", "小名"), ("label::English (en)", "Nickname")];
    publish(&phone, |r| {
        r.version(form, "2").add(form, "relation", &[nickname]);
    });
    let visit = phone.app.open_visit(id, Some(form)).unwrap();
    say(&phone.app, &visit, "member[mguihua00001]/nickname", json!("阿花"));
    say(&phone.app, &visit, "member[mxiaoming001]/nickname", json!("明仔"));
    // Moved out of the repeat: three names have no place in one field.
    publish(&phone, |r| {
        r.version(form, "3").move_behind(form, "nickname", "has_risk");
    });
    let all = [two("nickname", "明仔"), two("nickname", "阿花")];
    let mut kept = retired(&phone.app, &visit);
    kept.sort();
    assert_eq!(kept, all);
    say(&phone.app, &visit, "nickname", json!("一家人"));
    phone.app.put_down_visit(&visit).unwrap();
    let file = phone.app.household(id).unwrap();
    assert_eq!(file.visits[0].retired["member/mxiaoming001/nickname"], "明仔");
    assert_eq!(file.visits[0].retired["member/mguihua00001/nickname"], "阿花");
    phone.app.sync().unwrap();
    // And back into it: theirs come back, the one of the family is kept.
    publish(&phone, |r| {
        r.version(form, "4").move_behind(form, "nickname", "relation");
    });
    for (app, whose) in [(&phone.app, "the phone's"), (&Phone::enrolled(&phone.village, "M4NDW9XY").app, "another's")] {
        app.open_visit(id, Some(form)).unwrap();
        assert_eq!(value(app, &visit, "member[mxiaoming001]/nickname"), "明仔", "{whose}");
        assert_eq!(value(app, &visit, "member[mguihua00001]/nickname"), "阿花", "{whose}");
        assert_eq!(retired(app, &visit), [two("nickname", "一家人")], "{whose}");
    }
}

#[test]
fn a_screen_that_was_open_when_the_form_changed_loses_no_word() {
    let (phone, _, visit) = half_done();
    let app = &phone.app;
    let paths: Vec<String> =
        ["pasture", "electricity", "cooperative", "floor_area"].map(|n| path(app, &visit, n)).to_vec();
    publish(&phone, everything);
    for (path, typed) in paths.iter().zip([json!("7"), json!("no"), json!("no"), json!("70")]) {
        app.answer(&visit, path, &typed, |_, _| ()).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    assert_eq!((value(app, &visit, "electricity"), value(app, &visit, "floor_area")), ("no".into(), "70".into()));
    let kept = retired(app, &visit);
    assert!(kept.contains(&two("pasture", "7")) && kept.contains(&two("cooperative", "no")), "{kept:?}");
}

#[test]
fn a_pack_that_is_announced_and_does_not_come_stops_nothing() {
    let (phone, id, visit) = half_done();
    phone.village.0.lock().unwrap().packs_missing = true;
    let mut revised = Revised::of(phone.app.pack().unwrap().files());
    everything(&mut revised);
    phone.village.publish(revised.0);
    phone.app.set_fact(id, "profile/phone", &json!("13900005678")).unwrap();
    assert!(phone.app.sync().is_err(), "the round says what is missing");
    assert_eq!(phone.app.status().unwrap().waiting_changes, 0, "and what was filled in went up all the same");
    // And again, now that it is known to be missing; the visit goes on with the form it has.
    phone.app.set_fact(id, "profile/phone", &json!("13900005679")).unwrap();
    assert!(phone.app.sync().is_err());
    assert_eq!(phone.app.status().unwrap().waiting_changes, 0);
    say(&phone.app, &visit, "pasture", json!("2"));
    let phone = phone.restarted();
    assert_eq!(value(&phone.app, &visit, "pasture"), "2");
    phone.app.put_down_visit(&visit).unwrap();
    phone.village.0.lock().unwrap().packs_missing = false;
    phone.app.sync().unwrap();
    assert!(phone.app.visit(&visit, |f| Ok(f.migrated())).unwrap());
    assert!(retired(&phone.app, &visit).contains(&two("pasture", "2")));
    phone.agrees();
}

#[test]
fn an_old_visit_is_read_in_the_form_it_was_made_with_on_a_device_that_never_had_it() {
    let (phone, _, visit) = half_done();
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    phone.app.sync().unwrap();
    publish(&phone, everything);
    publish(&phone, |r| {
        r.version(LIVING, "2023052101");
    });
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    let read = |app: &App| {
        app.look_at_visit(&visit, |f| {
            let shown = f.instance().find("/section_life/fuel").map(|n| f.instance().value(n).to_owned());
            Ok((f.form().version.clone(), shown.unwrap_or_default(), f.retired().len()))
        })
        .unwrap()
    };
    assert_eq!(read(&phone.app), ("2023051501".into(), "coal".into(), 0));
    // Not at hand yet: everything is readable all the same, and the next round brings the form.
    let (version, _, kept) = read(&second.app);
    assert_eq!((version.as_str(), kept), ("2023052101", 3));
    second.app.sync().unwrap();
    assert_eq!(read(&second.app), ("2023051501".into(), "coal".into(), 0));
    let quiet = second.app.sync().unwrap();
    assert_eq!(quiet.round.round_trips, 1, "it is not asked for again");
}

#[test]
fn a_pack_that_nobody_has_any_more_is_asked_for_once_a_day_and_a_form_that_was_dropped_stays_open() {
    let (phone, id, visit) = half_done();
    publish(&phone, |r| {
        let manifest = String::from_utf8(r.0["pack.toml"].clone()).unwrap().replace(", \"living-conditions\"]", "]");
        r.0.insert("pack.toml".into(), manifest.into_bytes());
        r.0.retain(|path, _| !path.starts_with("forms/living-conditions/"));
        let rules = String::from_utf8(r.0["rules.csv"].clone()).unwrap();
        let left: Vec<&str> = rules.lines().filter(|l| !l.contains("living-conditions")).collect();
        r.0.insert("rules.csv".into(), (left.join("\n") + "\n").into_bytes());
        let titles = String::from_utf8(r.0["forms.csv"].clone()).unwrap();
        let left: Vec<&str> = titles.lines().filter(|l| !l.starts_with("living-conditions")).collect();
        r.0.insert("forms.csv".into(), (left.join("\n") + "\n").into_bytes());
    });
    assert!(phone.app.pack().unwrap().form(LIVING).is_none());
    assert_eq!(phone.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    say(&phone.app, &visit, "pasture", json!("2"));
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Away)).unwrap();
    assert_eq!(phone.app.household(id).unwrap().visits[0].answers["pasture"].to_json(), json!("2"));
    assert_eq!(phone.app.look_at_visit(&visit, |f| Ok(f.form().version.clone())).unwrap(), "2023051501");
    phone.agrees();
    // Wanted of a server that was put back to before it: no trouble, no asking at each round.
    phone.app.pack_or_want("0123456789ab").unwrap();
    assert_eq!(phone.app.sync().unwrap().round.round_trips, 2);
    assert_eq!(phone.app.sync().unwrap().round.round_trips, 1);
}

#[test]
fn names_that_no_pack_can_have_are_not_asked_for_and_a_full_list_lets_the_longest_asked_go() {
    let (phone, ..) = half_done();
    let wanted = || phone.app.read(|tx| tx.packs_wanted()).unwrap();
    for no in ["0123456789a", "0123456789abc", "0123456789aZ", "0123456789AB", "../../../../pack"] {
        phone.app.pack_or_want(no).unwrap();
    }
    assert_eq!(wanted().len(), 0);
    phone.app.pack_or_want(&"ab".repeat(32)).unwrap();
    for n in 0..63 {
        phone.app.pack_or_want(&format!("{n:012x}")).unwrap();
    }
    // Nothing was asked yet: what is new waits.
    phone.app.pack_or_want("ffffffffffff").unwrap();
    assert!(wanted().len() == 64 && !wanted().contains_key("ffffffffffff"));
    // The server has none of them.
    phone.app.sync().unwrap();
    let asked: Vec<String> = wanted().into_iter().filter(|(_, at)| *at > 0).map(|(n, _)| n).collect();
    assert_eq!(asked.len(), 8);
    phone.app.pack_or_want("ffffffffffff").unwrap();
    assert!(wanted().len() == 64 && wanted().contains_key("ffffffffffff"));
    assert_eq!(asked.iter().filter(|n| !wanted().contains_key(*n)).count(), 1);
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
