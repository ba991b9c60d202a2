use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::error::Kind;
use crate::service::visit::{Finish, Touched};

/// Everything a form holds, for comparing.
fn everything(app: &App, visit: &str) -> Value {
    app.visit(visit, |f| Ok(f.instance.result())).unwrap()
}

fn half_filled(app: &App, id: HouseholdId) -> String {
    let visit = app.open_visit(id, Some("screening-priority")).unwrap();
    for (name, answer) in [
        ("method", json!("home")),
        ("population", json!(5)),
        ("income_net", json!("15000.10")),
        ("remarks", json!("  家里有事，改天再填 ")),
        ("member[mguihua00001]/health", json!(["chronic", "major_illness"])),
        ("member[mxiaoming001]/id_number", json!("")),
    ] {
        say(app, &visit, name, answer);
    }
    let roster = path(app, &visit, "member[mguihua00001]/member_name");
    let repeat = roster.split('[').next().unwrap().to_owned();
    app.add_instance(&visit, &repeat, |_, _| ()).unwrap();
    app.remove_instance(&visit, &format!("{repeat}[mjianguo0001]"), "moved_out", |_, _| ()).unwrap();
    visit
}

#[test]
fn a_killed_app_loses_nothing_that_was_typed() {
    let (phone, id) = with(guihua());
    let visit = half_filled(&phone.app, id);
    let before = everything(&phone.app, &visit);
    assert_eq!(before["values"]["population"], json!(5));
    assert_eq!(before["values"]["member"].as_array().unwrap().len(), 3, "one came, one went");
    let phone = phone.restarted();
    assert_eq!(everything(&phone.app, &visit), before);
    assert_eq!(phone.app.open_visit(id, None).unwrap(), visit, "it is taken up again");
    assert_eq!(phone.app.today_page().unwrap().drafts.len(), 1);
    assert!(phone.app.household(id).unwrap().visits.is_empty(), "nothing is in the file yet");
}

#[test]
fn an_override_survives_recomputation_finishing_and_reopening() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    app.visit_with_answers(id, "screening-ordinary", &ordinary(true), false).unwrap();
    let visit = app.open_visit(id, None).unwrap();
    for (name, answer) in priority().as_object().unwrap() {
        say(app, &visit, name, answer.clone());
    }
    say(app, &visit, "population", json!(4));
    say(app, &visit, "suggestion", json!("watch"));
    say(app, &visit, "member[mxiaoming001]/living", json!("moved_out"));
    assert_eq!(value(app, &visit, "population"), "4", "the roster says 2 now, the person said 4");
    say(app, &visit, "member[mxiaoming001]/living", json!("alive"));
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    let record = app.household(id).unwrap().visits.into_iter().find(|v| v.id == visit).unwrap();
    assert_eq!(record.overrides["population"].to_json(), json!(3));
    assert_eq!(record.overrides["suggestion"].to_json(), json!("enrol"));
    assert!(!record.overrides.contains_key("at_risk") && record.answers.contains_key("at_risk"));

    let phone = phone.restarted();
    let app = &phone.app;
    assert_eq!(app.reopen_visit(id, &visit).unwrap(), visit);
    assert_eq!(value(app, &visit, "suggestion"), "watch");
    assert_eq!(value(app, &visit, "income_net"), "15000");
    say(app, &visit, "income_net", json!(90000));
    assert_eq!(value(app, &visit, "at_risk"), "yes", "burden ahead and no means of their own");
    assert_eq!(value(app, &visit, "versus_line"), "above");
    assert_eq!(value(app, &visit, "population"), "4");
    // Given back, the system's word counts again.
    say(app, &visit, "population", Value::Null);
    assert_eq!(value(app, &visit, "population"), "3");
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    let file = app.household(id).unwrap();
    let record = file.visits.iter().find(|v| v.id == visit).unwrap();
    assert!(!record.overrides.contains_key("population"), "{:?}", record.overrides.keys());
    assert_eq!(record.overrides["suggestion"].to_json(), json!("enrol"));
    assert_eq!(file.visits.len(), 2, "corrected, not made twice");
    phone.agrees();
}

#[test]
fn a_person_s_answer_where_the_system_had_none_comes_back_on_reopening() {
    let (phone, id) = with(json!({ "profile": { "base": "ordinary", "head_name": "黄阿妹" }, "members": [] }));
    let app = &phone.app;
    let mut answers = priority();
    for (name, value) in [
        ("method", json!("home")),
        ("leaflet_application", json!("yes")),
        ("outreach", json!(["door"])),
        ("population", json!(4)),
        ("labour_full", json!(1)),
        ("labour_weak", json!(0)),
        ("pupils_beyond", json!(0)),
        ("pupils_compulsory", json!(1)),
        ("disabled_severe", json!(0)),
        ("ill_major", json!(1)),
    ] {
        answers[name] = value;
    }
    let made = app.visit_with_answers(id, "screening-priority", &answers, false).unwrap();
    app.reopen_visit(id, &made.visit).unwrap();
    assert_eq!(value(app, &made.visit, "population"), "4");
    assert_eq!(value(app, &made.visit, "ill_major"), "1");
    assert_eq!(value(app, &made.visit, "disabled_severe"), "0");
    assert!(problems(app, &made.visit).is_empty());
    app.finish_visit(&made.visit, &Finish::with(Outcome::Done)).unwrap();
}

#[test]
fn a_visit_put_down_is_a_draft_in_the_file_and_is_taken_up_on_her_other_phone() {
    let (phone, id) = with(guihua());
    let visit = half_filled(&phone.app, id);
    let before = everything(&phone.app, &visit);
    phone.app.put_down_visit(&visit).unwrap();
    let file = phone.app.household(id).unwrap();
    assert!(!file.visits[0].finished);
    assert_eq!(file.profile.phone.as_deref(), Some("13800000001"));
    assert!(file.members.iter().all(|m| !m.removed), "a draft changes no fact");
    assert_eq!(everything(&phone.app, &visit), before);
    phone.app.sync().unwrap();

    let other = Phone::enrolled(&phone.village, "M4NDW9XY");
    assert_eq!(other.app.today_page().unwrap().drafts_elsewhere.len(), 1);
    let there = other.app.open_visit(id, None).unwrap();
    let there = if there == visit { there } else { other.app.open_visit(id, Some("screening-priority")).unwrap() };
    assert_eq!(there, visit);
    assert_eq!(value(&other.app, &visit, "income_net"), "15000.1");
    assert_eq!(value(&other.app, &visit, "population"), "5");
    assert_eq!(value(&other.app, &visit, "member[mguihua00001]/health"), "chronic major_illness");
    let touched = other.app.visit(&visit, |f| Ok(f.touched(f.locate("income_net").unwrap()))).unwrap();
    assert_eq!(touched, Touched::Yes);
    other.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = other.app.household(id).unwrap();
    assert!(file.visits[0].finished);
    let said = file.visits[0].rosters.values().flat_map(|r| r.values()).flat_map(|a| a.values());
    assert!(said.into_iter().all(|a| a.to_json() == json!([])), "what was drafted of members is a fact now");
    assert_eq!(file.members[0].fact.health, ["chronic", "major_illness"]);
    other.agrees();
}

#[test]
fn another_s_finished_visit_is_not_reopened() {
    let (phone, id) = with(guihua());
    let record = crate::document::Edit::at(["visits", "vothers00001", "collector_id"], "p-wei");
    let state = crate::document::Edit::at(["visits", "vothers00001", "state"], "finished");
    let form = crate::document::Edit::at(["visits", "vothers00001", "form"], "screening-ordinary");
    {
        let mut village = phone.village.0.lock().unwrap();
        let doc = village.households.get_mut(&id).unwrap();
        doc.edit([3; 16], 1_685_000_000, &[record, state, form]).unwrap();
    }
    let other = Phone::enrolled(&phone.village, "M4NDW9XY");
    assert_eq!(other.app.reopen_visit(id, "vothers00001").unwrap_err().kind, Kind::Refused);
    assert_eq!(other.app.reopen_visit(id, "vnothere0001").unwrap_err().kind, Kind::Invalid);
}

#[test]
fn locking_the_phone_forgets_the_running_forms() {
    let (phone, id) = with(guihua());
    let visit = half_filled(&phone.app, id);
    phone.app.lock();
    assert_eq!(phone.app.visit(&visit, |_| Ok(())).unwrap_err().kind, Kind::Locked);
    phone.app.unlock(crate::service::tests::PIN).unwrap();
    assert_eq!(value(&phone.app, &visit, "population"), "5");
}
