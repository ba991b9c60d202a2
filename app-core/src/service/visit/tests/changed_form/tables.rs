//! Choices that a form takes from a table of the pack: a table that changes is a form that changes, for the forms that name it.

use super::*;

const ROADS: &str = "name,label\nr209,国道209\nr310,省道310\n";

/// 2-4 (second) asks for the road nearby, from `roads.csv`, and for the relation of who answers, from the code lists.
fn with_roads() -> (Phone, HouseholdId, String) {
    let (phone, id) = with(guihua());
    publish(&phone, |r| {
        r.0.insert("roads.csv".into(), ROADS.into());
        r.0.insert("other.csv".into(), "name,label\na,b\n".into());
        let road: &[(&str, &str)] = &[
            ("type", "select_one_from_file roads.csv"),
            ("name", "road"),
            ("label", "附近的路"),
            ("label::English (en)", "Road nearby"),
            ("required", "yes"),
        ];
        let who: &[(&str, &str)] = &[
            ("type", "select_one_from_file codes.csv"),
            ("name", "who"),
            ("label", "谁回答"),
            ("label::English (en)", "Who answers"),
            ("parameters", "value=code label=label"),
            ("choice_filter", "list = 'relation'"),
        ];
        r.version(LIVING, "2").add(LIVING, "road_kind", &[road, who]);
    });
    let visit = phone.app.open_visit(id, Some(LIVING)).unwrap();
    say(&phone.app, &visit, "road", json!("r209"));
    say(&phone.app, &visit, "who", json!("spouse"));
    (phone, id, visit)
}

fn migrated(app: &App, visit: &str) -> bool {
    app.visit(visit, |f| Ok(f.migrated())).unwrap()
}

#[test]
fn a_choice_that_leaves_its_table_is_told_and_kept() {
    let (phone, id, visit) = with_roads();
    let app = &phone.app;
    publish(&phone, |r| {
        r.0.insert("other.csv".into(), "name,label\na,c\n".into());
    });
    assert!(!migrated(app, &visit), "a table that the form does not name is no change of it");
    publish(&phone, |r| {
        r.0.insert("roads.csv".into(), ROADS.replace("r209,国道209\n", "r357,国道357\n").into());
    });
    assert!(migrated(app, &visit));
    assert_eq!(told(app, &visit), [said(Why::Choice, "road", "r209")]);
    assert_eq!(value(app, &visit, "road"), "");
    let words = app.visit(&visit, |f| Ok(f.versions().in_table("road", "r209", f.on()))).unwrap();
    assert_eq!(words.as_deref(), Some("国道209"));
    app.put_down_visit(&visit).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].retired.get("road").map(String::as_str), Some("r209"));
    assert!(!file.visits[0].answers.contains_key("road"));
    // Answered again, then the road is on the list again: the new answer stands.
    say(app, &visit, "road", json!("r357"));
    publish(&phone, |r| {
        r.0.insert("roads.csv".into(), format!("{ROADS}r357,国道357\n").into());
    });
    assert_eq!(value(app, &visit, "road"), "r357");
    assert_eq!(retired(app, &visit), [two("road", "r209")]);
    app.put_down_visit(&visit).unwrap();
    phone.agrees();
}

#[test]
fn a_code_that_is_struck_off_the_list_is_told_to_the_form_that_takes_it_from_there() {
    let (phone, _, visit) = with_roads();
    let app = &phone.app;
    publish(&phone, |r| {
        let codes = String::from_utf8(r.0["codes.csv"].clone()).unwrap();
        let left: Vec<&str> = codes.lines().filter(|l| !l.starts_with("relation,spouse,")).collect();
        r.0.insert("codes.csv".into(), (left.join("\n") + "\n").into_bytes());
    });
    assert!(migrated(app, &visit));
    assert_eq!(told(app, &visit), [said(Why::Choice, "who", "spouse")]);
    assert_eq!(value(app, &visit, "road"), "r209");
}
