//! What its writer is told comes before the end of the visit, and is done when it is done.

use super::*;
use crate::error::Kind;

fn answer_all(app: &App, visit: &str) {
    for (name, answer) in conditions().as_object().unwrap() {
        say(app, visit, name, answer.clone());
    }
}

#[test]
fn a_form_that_changes_while_the_finish_page_is_open_is_not_done_unseen() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = app.open_visit(id, Some(LIVING)).unwrap();
    answer_all(app, &visit);
    assert_eq!(problems(app, &visit), [""; 0], "the finish page is open");
    publish(&phone, |r| {
        r.version(LIVING, "2").cell(LIVING, "fuel", "label", "冬天主要燃料");
    });
    let refused = app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap_err();
    assert_eq!(refused.kind, Kind::Invalid);
    assert!(refused.words.contains("更新"), "{refused}");
    assert!(app.household(id).unwrap().visits.is_empty());
    app.changes_seen(&visit).unwrap();
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    assert!(app.household(id).unwrap().visits[0].finished);
    phone.agrees();
}

#[test]
fn nobody_at_home_is_nobody_at_home_in_any_form() {
    let (phone, id, visit) = half_done();
    publish(&phone, everything);
    phone.app.finish_visit(&visit, &Finish::with(Outcome::NobodyHome)).unwrap();
    assert!(phone.app.household(id).unwrap().visits[0].finished);
}

#[test]
fn what_may_stay_empty_is_not_left_to_do_for_ever() {
    let (phone, _, visit) = half_done();
    publish(&phone, |r| {
        let row = |name: &'static str, required: &'static str| {
            vec![
                ("type", "text"),
                ("name", name),
                ("label", name),
                ("label::English (en)", name),
                ("required", required),
            ]
        };
        let (must, may) = (row("road_name", "yes"), row("road_note", ""));
        r.version(LIVING, "2").add(LIVING, "road_kind", &[&must, &may]);
    });
    let left = || {
        let all = phone.app.visit(&visit, |f| Ok(f.changes())).unwrap();
        all.into_iter().filter(|c| !c.done).map(|c| c.name).collect::<Vec<_>>()
    };
    assert_eq!(left(), ["road_name"]);
    say(&phone.app, &visit, "road_name", json!("柳城路"));
    assert_eq!(left(), [""; 0]);
}
