//! The life of one visit on three devices of one person: begun, gone on with, finished, corrected, each elsewhere.

use app_core::document::VisitFile;
use app_core::domain::Outcome;
use app_core::service::visit::Finish;
use ruhu_tests::register::{GRID1, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, settle};
use serde_json::json;

const FORM: &str = "screening-priority";

/// 韦秀英's two phones and her tablet, the clerk's desk; the visit is begun on the first phone and goes on on the second.
fn begun() -> (Township, [Phone; 3], Phone, String) {
    let mut township = Township::village();
    let first = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let second = township.phone_of(&first.person, "韦秀英");
    let tablet = township.phone_of(&first.person, "韦秀英");
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let mo = household("LT001");
    let visit = first.open_visit(mo, Some(FORM)).unwrap();
    first.said(&visit, "method", &json!("home")).unwrap();
    first.said(&visit, "workers", &json!(1)).unwrap();
    first.put_down_visit(&visit).unwrap();
    first.sync();
    second.sync();
    assert_eq!(second.open_visit(mo, Some(FORM)).unwrap(), visit);
    second.said(&visit, "workers", &json!(2)).unwrap();
    second.said(&visit, "income_net", &json!("15000")).unwrap();
    second.put_down_visit(&visit).unwrap();
    second.sync();
    (township, [first, second, tablet], desk, visit)
}

fn recorded(phone: &Phone) -> VisitFile {
    let mut visits = phone.household(household("LT001")).unwrap().visits;
    assert_eq!(visits.len(), 1, "{}: one visit, on however many devices", phone.name);
    visits.remove(0)
}

fn said(phone: &Phone, name: &str) -> Option<serde_json::Value> {
    recorded(phone).answers.get(name).map(|a| a.to_json())
}

#[test]
fn a_visit_begun_on_one_phone_gone_on_with_on_another_and_finished_on_a_tablet_is_one_visit() {
    let (township, [mut first, second, tablet], desk, visit) = begun();
    let mo = household("LT001");
    tablet.sync();
    assert_eq!(tablet.open_visit(mo, Some(FORM)).unwrap(), visit);
    tablet.said(&visit, "spend_medical", &json!("4200.50")).unwrap();
    tablet.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    tablet.sync();
    // The first phone comes out of a drawer, and has nothing of its own: it lets go without a question.
    first.restart();
    first.sync();
    second.sync();
    for phone in [&first, &second] {
        assert!(phone.today_page().unwrap().drafts.is_empty());
    }
    settle(&township, &[&first, &second, &tablet, &desk]);
    for phone in [&first, &second, &tablet, &desk] {
        assert!(recorded(phone).finished);
        assert_eq!(said(phone, "workers"), Some(json!(2)), "the later word");
        assert_eq!(said(phone, "spend_medical"), Some(json!("4200.5")));
        assert_eq!(recorded(phone).method.as_deref(), Some("home"));
    }
    // Corrected where it was begun: what was said elsewhere stays.
    first.reopen_visit(mo, &visit).unwrap();
    first.said(&visit, "workers", &json!(3)).unwrap();
    first.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    settle(&township, &[&first, &second, &tablet, &desk]);
    for phone in [&first, &second, &tablet, &desk] {
        let all = ["workers", "income_net", "spend_medical"].map(|name| said(phone, name));
        assert_eq!(all, [Some(json!(3)), Some(json!("15000")), Some(json!("4200.5"))]);
        assert_eq!(phone.line(mo).conflicts, 0);
    }
}

#[test]
fn what_two_devices_typed_since_waits_on_each_and_the_last_choice_is_on_all() {
    let (township, [first, second, tablet], desk, visit) = begun();
    let mo = household("LT001");
    // Both phones go on without signal; the tablet finishes meanwhile.
    first.said(&visit, "remarks", &json!("再核实")).unwrap();
    second.open_visit(mo, Some(FORM)).unwrap();
    second.said(&visit, "spend_other", &json!("80")).unwrap();
    tablet.sync();
    tablet.open_visit(mo, Some(FORM)).unwrap();
    tablet.said(&visit, "exclusion", &json!("no")).unwrap();
    tablet.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    settle(&township, &[&tablet, &first, &second, &desk]);
    for phone in [&first, &second] {
        assert!(phone.visit(&visit, |f| Ok(f.went_on())).unwrap(), "nothing goes in before she has chosen");
        assert!(phone.put_down_visit(&visit).is_err());
    }
    // Hers on the first; on the second she lets it go for what stands in the file.
    first.keep_visit(&visit, true).unwrap();
    first.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    settle(&township, &[&first, &second, &tablet, &desk]);
    second.keep_visit(&visit, false).unwrap();
    settle(&township, &[&first, &second, &tablet, &desk]);
    for phone in [&first, &second, &tablet, &desk] {
        let all = ["workers", "exclusion", "remarks", "spend_other"].map(|name| said(phone, name));
        assert_eq!(all, [Some(json!(2)), Some(json!("no")), Some(json!("再核实")), None], "{}", phone.name);
        assert_eq!(phone.line(mo).conflicts, 0);
    }
    assert!(second.today_page().unwrap().drafts.is_empty());
}
