use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::service::visit::Finish;

fn begun(app: &App, id: HouseholdId) -> String {
    let visit = app.open_visit(id, None).unwrap();
    assert_eq!(app.visit(&visit, |f| Ok(f.open.form.clone())).unwrap(), "screening-monitored");
    for (name, answer) in [
        ("method", json!("home")),
        ("leaflet_application", json!("yes")),
        ("leaflet_support", json!("yes")),
        ("outreach", json!(["door"])),
    ] {
        say(app, &visit, name, answer);
    }
    visit
}

#[test]
fn note_1_any_income_raising_measure_but_training_and_other_ticks_done() {
    let (phone, id) = with(xiuying());
    let app = &phone.app;
    let visit = begun(app, id);
    assert_eq!(value(app, &visit, "development"), "");
    say(app, &visit, "m_work", json!(["training"]));
    assert_eq!(value(app, &visit, "development"), "", "training does not count");
    say(app, &visit, "m_venture", json!(["crops", "other"]));
    say(app, &visit, "m_venture_other", json!(["solar"]));
    assert_eq!(value(app, &visit, "development"), "done");
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    let file = app.household(id).unwrap();
    let measures: Vec<&str> = file.measures.keys().map(String::as_str).collect();
    assert_eq!(measures, ["venture.crops", "venture.other", "venture.solar", "work.training"]);
    assert_eq!(file.profile.monitored_kind, Some(crate::domain::MonitoredKind::UnstableLifted), "decided elsewhere");

    // Next time they are known, and unticking ends them.
    let visit = app.open_visit(id, Some("screening-monitored")).unwrap();
    assert_eq!(value(app, &visit, "m_venture"), "crops other");
    assert_eq!(value(app, &visit, "m_venture_other"), "solar");
    say(app, &visit, "m_venture", json!(["other"]));
    app.finish_visit(&visit, &Finish::with(Outcome::Away)).unwrap();
    assert!(!app.household(id).unwrap().measures.contains_key("venture.crops"));
    phone.agrees();
}

#[test]
fn note_2_labour_and_not_yet_must_be_confirmed() {
    let (phone, id) = with(xiuying());
    let app = &phone.app;
    let visit = begun(app, id);
    say(app, &visit, "development", json!("not_yet"));
    assert_eq!(problems(app, &visit), ["development_confirmed"]);
    let refused = app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap_err();
    assert!(refused.words.contains("development_confirmed"), "{}", refused.words);
    say(app, &visit, "development_confirmed", json!("yes"));
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
}

#[test]
fn registered_risks_are_decided_elsewhere() {
    let (phone, id) = with(xiuying());
    let visit = begun(&phone.app, id);
    let path = path(&phone.app, &visit, "registered_risks");
    let refused = phone.app.answer(&visit, &path, &json!(["labour"]), |_, _| ()).unwrap_err();
    assert_eq!(refused.kind, crate::error::Kind::Invalid);
    assert_eq!(value(&phone.app, &visit, "registered_risks"), "illness");
}
