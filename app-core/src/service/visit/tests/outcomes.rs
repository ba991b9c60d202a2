use chrono::NaiveDate;
use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::error::Kind;
use crate::service::visit::{Finish, Paper};

#[test]
fn nobody_home_is_finished_with_questions_open_and_tried_again() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = app.open_visit(id, None).unwrap();
    say(app, &visit, "method", json!("home"));
    assert_eq!(app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap_err().kind, Kind::Invalid);
    let past = Finish { try_again_on: NaiveDate::from_ymd_opt(2023, 5, 1), ..Finish::with(Outcome::NobodyHome) };
    assert_eq!(app.finish_visit(&visit, &past).unwrap_err().kind, Kind::Invalid);
    let end = Finish {
        try_again_on: NaiveDate::from_ymd_opt(2023, 6, 3),
        remark: Some("邻居说赶集去了".into()),
        ..Finish::with(Outcome::NobodyHome)
    };
    let done = app.finish_visit(&visit, &end).unwrap();
    assert_eq!(done.next.unwrap().slug, "screening-ordinary", "still to be done");
    let today = app.today_page().unwrap();
    assert_eq!(today.try_again.iter().map(|l| (l.id, l.try_again.as_str())).collect::<Vec<_>>(), [(id, "2023-06-03")]);
    assert_eq!(today.try_again[0].progress, "attempted");
    assert!(today.drafts.is_empty());
    // A visit that is done the next day takes it off the list.
    app.visit_with_answers(id, "screening-ordinary", &ordinary(false), false).unwrap();
    let today = app.today_page().unwrap();
    assert!(today.try_again.is_empty());
    assert_eq!(today.lists[0].done, 1);
    phone.agrees();
}

#[test]
fn a_visit_from_paper_names_its_collector_and_its_typist() {
    let (phone, id) = with(guihua());
    let mut answers = ordinary(false);
    answers["_paper"] = json!({ "collector": "覃美兰", "date": "2023-05-28" });
    answers["_remark"] = json!("纸质表");
    let made = phone.app.visit_with_answers(id, "screening-ordinary", &answers, false).unwrap();
    let file = phone.app.household(id).unwrap();
    let visit = file.visits.iter().find(|v| v.id == made.visit).unwrap();
    assert_eq!(visit.collector.as_deref(), Some("覃美兰"));
    assert_eq!(visit.paper_typist.as_deref(), Some("李建国"));
    assert_eq!(visit.paper_date.as_deref(), Some("2023-05-28"));
    let tomorrow = Paper { collector: "覃美兰".into(), date: NaiveDate::from_ymd_opt(2023, 6, 2).unwrap() };
    let visit = phone.app.open_visit(id, Some("screening-ordinary")).unwrap();
    let end = Finish { paper: Some(tomorrow), ..Finish::with(Outcome::Refused) };
    assert_eq!(phone.app.finish_visit(&visit, &end).unwrap_err().kind, Kind::Invalid);
}

#[test]
fn the_privacy_notice_is_logged_once_a_visit() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = app.open_visit(id, None).unwrap();
    app.privacy_shown(&visit).unwrap();
    app.privacy_shown(&visit).unwrap();
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].privacy_notice_at.as_deref(), Some("2023-06-01T12:00:00"));
    assert_eq!(app.open_visits_of(id), 0);
    assert_eq!(audit(app).iter().filter(|row| holds(row, "privacy_notice")).count(), 1);
}

/// The rows of the audit log.
fn audit(app: &App) -> Vec<String> {
    app.store().as_ref().unwrap().dump("audit")
}

/// Whether a dumped row (its texts are printed as bytes) holds a text.
fn holds(row: &str, text: &str) -> bool {
    row.contains(format!("{:?}", text.as_bytes()).trim_matches(['[', ']']))
}

#[test]
fn a_full_view_of_a_number_is_a_row_of_the_log_and_the_log_holds_no_number() {
    use crate::service::household_view::Reveal;
    let (phone, id) = with(guihua());
    let app = &phone.app;
    assert_eq!(app.reveal(id, Some("mguihua00001"), Reveal::IdNumber).unwrap(), number("99999919700512002"));
    assert_eq!(app.reveal(id, None, Reveal::Phone).unwrap(), "13800000001");
    assert_eq!(app.reveal(id, Some("mnobody00001"), Reveal::IdNumber).unwrap_err().kind, Kind::Invalid);
    let rows = audit(app);
    assert_eq!(rows.iter().filter(|r| holds(r, "reveal")).count(), 2, "a look at nothing is no look");
    assert!(rows.iter().all(|r| !holds(r, "13800000001") && !holds(r, "99999919700512002")), "{rows:?}");
}

impl App {
    fn open_visits_of(&self, id: HouseholdId) -> usize {
        self.read(|tx| tx.open_visits(Some(id))).unwrap().len()
    }
}

#[test]
fn unknown_names_are_all_named_and_nothing_is_opened() {
    let (phone, id) = with(guihua());
    let mut answers = ordinary(false);
    answers["has_risks"] = json!("no");
    answers["member"] = json!([{ "id": "mguihua00001", "helth": ["healthy"] }]);
    let refused = phone.app.visit_with_answers(id, "screening-ordinary", &answers, false).unwrap_err();
    assert!(refused.words.contains("has_risks") && refused.words.contains("member/helth"), "{}", refused.words);
    assert_eq!(phone.app.open_visits_of(id), 0);
    let wrong = json!({ "has_risk": "perhaps" });
    assert_eq!(phone.app.visit_with_answers(id, "screening-ordinary", &wrong, false).unwrap_err().kind, Kind::Invalid);
    assert_eq!(phone.app.visit_with_answers(id, "screening-lunar", &json!({}), false).unwrap_err().kind, Kind::Invalid);
    assert_eq!(
        phone.app.visit_with_answers(id, "screening-ordinary", &json!([1]), false).unwrap_err().kind,
        Kind::Invalid
    );
}

#[test]
fn members_are_found_by_id_then_number_then_name_and_else_are_new() {
    let (phone, id) = with(guihua());
    let mut answers = ordinary(false);
    answers["member"] = json!([
        { "id": "mguihua00001", "relation": "head" },
        { "id_number": number("99999919680203001"), "member_name": "李建君" },
        { "member_name": "李小明", "relation": "grandson" },
        { "member_name": "李小明", "id_number": number("99999920200101001"), "relation": "son" }
    ]);
    phone.app.visit_with_answers(id, "screening-ordinary", &answers, false).unwrap();
    let file = phone.app.household(id).unwrap();
    let names: Vec<(&str, &str)> =
        file.members.iter().map(|m| (m.fact.name.as_deref().unwrap(), m.fact.relation.as_deref().unwrap())).collect();
    assert_eq!(names, [("覃桂花", "head"), ("李建君", "spouse"), ("李小明", "grandson"), ("李小明", "son")]);
    assert_eq!(file.members[3].fact.living.as_deref(), Some("alive"), "2-3 does not ask; who is added lives there");
}
