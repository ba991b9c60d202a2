//! Version upon version: what goes and comes back, what is computed otherwise, what was said of each member.

use super::*;

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
