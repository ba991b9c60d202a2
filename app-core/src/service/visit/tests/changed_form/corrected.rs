//! A finished visit corrected in a newer form: what a colleague found out since is the fact, whatever the questions are called.

use super::*;

/// Somebody corrects a fact elsewhere; both ends have it.
fn elsewhere(phone: &Phone, id: HouseholdId, path: &str, text: &str) {
    let other = Phone::enrolled(&phone.village, "M4NDW9XY");
    other.app.set_fact(id, path, &json!(text)).unwrap();
    other.app.sync().unwrap();
    phone.app.sync().unwrap();
}

fn phone_number(app: &App, id: HouseholdId) -> Option<String> {
    app.household(id).unwrap().profile.phone
}

#[test]
fn a_correction_after_a_rename_writes_no_old_number_over_a_newer_one() {
    let (phone, id) = with(guihua());
    let (app, form) = (&phone.app, "screening-lifted");
    let visit = app.open_visit(id, Some(form)).unwrap();
    say(app, &visit, "phone", json!("13900001111"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    app.sync().unwrap();
    elsewhere(&phone, id, "profile/phone", "13900002222");
    publish(&phone, |r| {
        r.version(form, "2").rename(form, "phone", "contact", true);
    });
    app.reopen_visit(id, &visit).unwrap();
    assert_eq!(value(app, &visit, "contact"), "13900002222");
    say(app, &visit, "method", json!("phone"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    assert_eq!(phone_number(app, id).as_deref(), Some("13900002222"));
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].answers["contact"].to_json(), json!("13900001111"), "what was said that day");
    assert!(file.visits[0].retired.is_empty(), "{:?}", file.visits[0].retired);
    // And what is said anew is the fact.
    app.reopen_visit(id, &visit).unwrap();
    say(app, &visit, "contact", json!("13900003333"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    assert_eq!(phone_number(app, id).as_deref(), Some("13900003333"));
    phone.agrees();
}

#[test]
fn what_a_form_did_not_ask_for_a_while_comes_back_as_said_and_not_as_the_fact() {
    let (phone, id) = with(guihua());
    let (app, form) = (&phone.app, "screening-lifted");
    let shipped = app.pack().unwrap().files().clone();
    let visit = app.open_visit(id, Some(form)).unwrap();
    say(app, &visit, "phone", json!("13900001111"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    app.sync().unwrap();
    publish(&phone, |r| {
        r.version(form, "2").remove(form, "phone");
    });
    app.reopen_visit(id, &visit).unwrap();
    say(app, &visit, "method", json!("phone"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    app.sync().unwrap();
    elsewhere(&phone, id, "profile/phone", "13900002222");
    publish(&phone, |r| {
        r.0 = shipped;
        r.version(form, "3");
    });
    app.reopen_visit(id, &visit).unwrap();
    assert_eq!(value(app, &visit, "phone"), "13900002222");
    assert_eq!(retired(app, &visit), [two("phone", "13900001111")], "and it stays readable");
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    assert_eq!(phone_number(app, id).as_deref(), Some("13900002222"));
    phone.agrees();
}

#[test]
fn what_was_said_of_a_member_before_it_was_a_fact_stays_said_and_is_not_written_over_it() {
    let (phone, id) = with(guihua());
    let (app, form) = (&phone.app, "screening-ordinary");
    publish(&phone, |r| {
        r.version(form, "2").add(
            form,
            "relation",
            &[&[("type", "text"), ("name", "learned"), ("label", "学历"), ("label::English (en)", "Schooling")]],
        );
    });
    let visit = app.open_visit(id, Some(form)).unwrap();
    say(app, &visit, "member[mguihua00001]/learned", json!("junior"));
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    app.sync().unwrap();
    elsewhere(&phone, id, "members/mguihua00001/education", "senior");
    publish(&phone, |r| {
        r.version(form, "3").rename(form, "learned", "education", true).cell(
            form,
            "education",
            "bind::ruhu:fact",
            "members/*/education",
        );
    });
    app.reopen_visit(id, &visit).unwrap();
    assert_eq!(value(app, &visit, "member[mguihua00001]/education"), "senior");
    app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    let file = app.household(id).unwrap();
    let guihua = file.members.iter().find(|m| m.fact.id == "mguihua00001").unwrap();
    assert_eq!(guihua.fact.education.as_deref(), Some("senior"));
    assert_eq!(file.visits[0].rosters["member"]["mguihua00001"]["learned"].to_json(), json!("junior"));
    phone.agrees();
}
