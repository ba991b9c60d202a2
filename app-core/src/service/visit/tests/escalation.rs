use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::service::visit::Finish;

#[test]
fn qin_guihua_s_risk_leads_to_the_priority_form_with_the_roster_known_and_on_to_the_conditions_sheet() {
    let (phone, id) = with(guihua());
    let app = &phone.app;

    let visit = app.open_visit(id, None).unwrap();
    assert_eq!(app.visit(&visit, |f| Ok(f.open.form.clone())).unwrap(), "screening-ordinary");
    assert_eq!(value(app, &visit, "head_id_number"), number("99999919700512002"), "proposed from the roster");
    for (name, answer) in ordinary(true).as_object().unwrap() {
        say(app, &visit, name, answer.clone());
    }
    assert_eq!(problems(app, &visit), Vec::<String>::new());
    let next = app
        .visit_summary(&visit, |_, s| s.forms.iter().filter(|f| !f.done).map(|f| f.slug.clone()).collect::<Vec<_>>());
    assert_eq!(next.unwrap().first().map(String::as_str), Some("screening-priority"));
    let done = app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    assert_eq!(done.next.unwrap().slug, "screening-priority");

    let visit = app.open_visit(id, None).unwrap();
    let typed: Vec<String> = app
        .visit(&visit, |f| {
            let roster = f.instance.walk().into_iter().filter(|n| f.instance_around(*n).is_some());
            let asked = roster.filter(|n| f.instance.required(*n) && f.instance.value(*n).is_empty());
            Ok(asked.map(|n| f.instance.path(n)).collect())
        })
        .unwrap();
    assert_eq!(typed, Vec::<String>::new(), "nothing of the roster is to be typed again");
    assert_eq!(value(app, &visit, "member[mxiaoming001]/schooling"), "primary");
    assert_eq!(value(app, &visit, "population"), "3");
    assert_eq!(value(app, &visit, "screened_risks"), "illness labour");
    for (name, answer) in priority().as_object().unwrap() {
        say(app, &visit, name, answer.clone());
    }
    assert_eq!(value(app, &visit, "versus_line"), "below", "(15000 - 4200.50) / 3 < 7500");
    assert_eq!(value(app, &visit, "at_risk"), "yes");
    assert_eq!(value(app, &visit, "suggestion"), "enrol");
    let done = app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    assert_eq!(done.next.unwrap().slug, "living-conditions");

    let made = app.visit_with_answers(id, "living-conditions", &conditions(), false).unwrap();
    assert_eq!(made.next, None);
    let line = app.read(|tx| tx.line(id)).unwrap().unwrap();
    assert_eq!((line.progress.as_str(), line.list.as_str(), line.suggestion.as_str()), ("done", "priority", "enrol"));
    assert!(!line.draft);
    let file = app.household(id).unwrap();
    let priority = file.visits.iter().find(|v| v.form == "screening-priority").unwrap();
    assert_eq!(priority.window_from.as_deref(), Some("2022-06-01"));
    assert_eq!(priority.window_to.as_deref(), Some("2023-05-31"));
    assert_eq!(priority.collector_id.as_deref(), Some("p-li"));
    assert_eq!(priority.answers["spend_medical"].to_json(), json!("4200.5"));
    assert!(priority.rosters.is_empty(), "the roster is one roster: what is said of members are facts");
    phone.agrees();
}

#[test]
fn what_is_corrected_in_the_visit_is_corrected_in_the_file() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = app.open_visit(id, Some("screening-lifted")).unwrap();
    say(app, &visit, "phone", json!("13800009999"));
    say(app, &visit, "member[mguihua00001]/health", json!(["chronic", "disabled"]));
    say(app, &visit, "member[mguihua00001]/work", json!("lost"));
    let added =
        app.visit(&visit, |f| Ok(f.instance.repeat_at("member").map(|(p, _)| f.instance.path(p)))).unwrap().unwrap();
    let key = app
        .add_instance(&visit, &format!("{added}/member"), |f, _| {
            let last = f.instance.walk().into_iter().filter_map(|n| f.instance.key(n)).next_back().unwrap();
            last.to_owned()
        })
        .unwrap();
    assert_eq!(key.len(), 12);
    for (name, answer) in [
        ("member_name", json!("李小红")),
        ("id_number", json!(number("99999920230301002"))),
        ("relation", json!("daughter")),
        ("living", json!("alive")),
        ("schooling", json!("preschool_age")),
        ("health", json!(["healthy"])),
        ("work", json!("none")),
    ] {
        say(app, &visit, &format!("member[{key}]/{name}"), answer);
    }
    assert_eq!(value(app, &visit, "population"), "4");
    let gone = path(app, &visit, "member[mjianguo0001]/member_name");
    app.remove_instance(&visit, gone.strip_suffix("/member_name").unwrap(), "dead", |_, _| ()).unwrap();
    assert_eq!(value(app, &visit, "population"), "3");
    for (name, answer) in [
        ("method", json!("home")),
        ("has_risk", json!("no")),
        ("leaflet_application", json!("no")),
        ("outreach", json!(["door", "poster"])),
    ] {
        say(app, &visit, name, answer);
    }
    let end = Finish { leaflets_given: vec!["application".into()], ..Finish::with(Outcome::Done) };
    app.finish_visit(&visit, &end).unwrap();

    let file = app.household(id).unwrap();
    assert_eq!(file.profile.phone.as_deref(), Some("13800009999"));
    let member = |id: &str| file.members.iter().find(|m| m.fact.id == id).unwrap();
    assert_eq!(member("mguihua00001").fact.health, ["chronic", "disabled"]);
    assert_eq!(member("mguihua00001").fact.work.as_deref(), Some("lost"));
    assert!(member("mjianguo0001").removed, "a tombstone, not a hole");
    assert_eq!(member("mjianguo0001").fact.living.as_deref(), Some("dead"));
    let new = member(&key);
    assert_eq!(new.fact.name.as_deref(), Some("李小红"));
    assert_eq!((new.fact.sex.as_deref(), new.fact.birth.as_deref()), (Some("female"), Some("2023-03-01")));
    assert_eq!(file.members.last().map(|m| m.fact.id.as_str()), Some(key.as_str()), "at the end of the roster");
    assert_eq!(file.leaflets["application"].given_on.as_deref(), Some("2023-06-01"));
    let changes = app.read(|tx| Ok(tx.need(id)?.changes().len())).unwrap();
    assert_eq!(changes, 2, "founding, and one change for the whole visit");
    phone.agrees();
}
