//! A question of another type that can hold an answer, but not as it was said: both are kept and the writer is told.

use super::*;

/// A line phone is noted as text; then the form takes numbers.
fn noted(text: &str) -> (Phone, HouseholdId, String) {
    let (phone, id) = with(guihua());
    let line: &[(&str, &str)] =
        &[("type", "text"), ("name", "line_phone"), ("label", "座机"), ("label::English (en)", "Line phone")];
    publish(&phone, |r| {
        r.version(LIVING, "2").add(LIVING, "road_kind", &[line]);
    });
    let visit = phone.app.open_visit(id, Some(LIVING)).unwrap();
    say(&phone.app, &visit, "line_phone", json!(text));
    publish(&phone, |r| {
        r.version(LIVING, "3").cell(LIVING, "line_phone", "type", "integer");
    });
    (phone, id, visit)
}

#[test]
fn a_number_that_loses_its_zero_is_kept_as_it_was_said_and_told() {
    let (phone, id, visit) = noted("07727612345");
    let app = &phone.app;
    assert_eq!(value(app, &visit, "line_phone"), "7727612345");
    assert_eq!(told(app, &visit), [said(Why::Type, "line_phone", "07727612345")]);
    app.put_down_visit(&visit).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].retired.get("line_phone").map(String::as_str), Some("07727612345"));
    app.sync().unwrap();
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    second.app.open_visit(id, Some(LIVING)).unwrap();
    assert_eq!(value(&second.app, &visit, "line_phone"), "7727612345");
    assert_eq!(retired(&second.app, &visit), [two("line_phone", "07727612345")]);
    // Said anew: that stands, and what was said before stays readable.
    say(app, &visit, "line_phone", json!(13900001111_i64));
    assert_eq!(value(app, &visit, "line_phone"), "13900001111");
    assert_eq!(told(app, &visit), [said(Why::Replaced, "line_phone", "07727612345")]);
    let phone = phone.restarted();
    assert_eq!(retired(&phone.app, &visit), [two("line_phone", "07727612345")]);
    phone.app.put_down_visit(&visit).unwrap();
    phone.agrees();
}

#[test]
fn what_stays_what_it_was_is_no_news_and_comes_back_whole_when_the_form_takes_text_again() {
    let (phone, _, visit) = noted("  7612345 ");
    assert_eq!(value(&phone.app, &visit, "line_phone"), "7612345");
    assert_eq!(told(&phone.app, &visit), []);
    let (phone, _, visit) = noted("007");
    publish(&phone, |r| {
        r.version(LIVING, "4").cell(LIVING, "line_phone", "type", "text");
    });
    assert_eq!(value(&phone.app, &visit, "line_phone"), "007");
    assert_eq!(told(&phone.app, &visit), []);
}
