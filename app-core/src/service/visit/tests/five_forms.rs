use serde_json::json;

use super::*;
use crate::service::tests::noon;

/// What each form needs at least, for a household it is meant for.
fn least() -> Vec<(&'static str, Value, Value)> {
    let mut lifted = guihua();
    lifted["profile"]["base"] = json!("lifted");
    let mut alone = priority();
    for (name, answer) in [("method", "home"), ("leaflet_application", "yes")] {
        alone[name] = json!(answer);
    }
    alone["outreach"] = json!(["door"]);
    vec![
        ("screening-lifted", lifted, ordinary(false)),
        (
            "screening-monitored",
            xiuying(),
            json!({ "method": "phone", "development": "done", "leaflet_application": "yes", "leaflet_support": "no", "outreach": ["web"] }),
        ),
        ("screening-ordinary", guihua(), ordinary(false)),
        ("screening-priority", guihua(), alone),
        ("living-conditions", guihua(), conditions()),
    ]
}

#[test]
fn each_of_the_five_forms_is_opened_answered_finished_and_synced() {
    for (slug, facts, answers) in least() {
        let (phone, id) = with(facts);
        let made = phone.app.visit_with_answers(id, slug, &answers, false).unwrap_or_else(|e| panic!("{slug}: {e}"));
        assert!(made.bytes > 0);
        let file = phone.app.household(id).unwrap();
        assert_eq!(
            (file.visits.len(), file.visits[0].form.as_str(), file.visits[0].finished),
            (1, slug, true),
            "{slug}"
        );
        for (name, answer) in answers.as_object().unwrap() {
            assert!(file.visits[0].answers.contains_key(name), "{slug}: {name}");
            let said = |v: &Value| crate::xlsform::tree::scalar_text(v);
            let (kept, given) = (said(&file.visits[0].answers[name].to_json()), said(answer));
            let same =
                kept == given || kept.parse::<f64>().ok().zip(given.parse::<f64>().ok()).is_some_and(|(a, b)| a == b);
            assert!(same, "{slug}: {name}: {kept} for {given}");
        }
        phone.agrees();
    }
}

#[test]
fn a_form_that_is_not_due_may_still_be_used_and_a_second_visit_is_kept() {
    let (phone, id) = with(guihua());
    let first = phone.app.visit_with_answers(id, "screening-ordinary", &ordinary(false), false).unwrap();
    let phone = phone.at(noon() + chrono::TimeDelta::hours(2));
    let visit = phone.app.open_visit(id, Some("screening-ordinary")).unwrap();
    assert!(phone.app.visit(&visit, |f| Ok(f.before().is_none())).unwrap());
    let second = phone.app.visit_with_answers(id, "screening-ordinary", &ordinary(true), false).unwrap();
    assert_eq!(second.visit, visit);
    assert_ne!(first.visit, second.visit);
    assert_eq!(phone.app.household(id).unwrap().visits.len(), 2, "both are kept");
    assert_eq!(second.next.unwrap().slug, "screening-priority");
}
