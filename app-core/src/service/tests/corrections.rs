use serde_json::{Value, json};

use super::village::GRID;
use super::*;
use crate::error::Kind;
use crate::service::households::NewHousehold;
use crate::storage::list::Query;

fn wei() -> NewHousehold {
    NewHousehold {
        head_name: "韦秀英".into(),
        head_id_number: "99999919650307002x".into(),
        grid: GRID.into(),
        hamlet: "上韦屯".into(),
        phone: "13900001234".into(),
    }
}

fn sound() -> NewHousehold {
    NewHousehold { head_id_number: number("99999919650307002"), ..wei() }
}

fn number(body: &str) -> String {
    format!("{body}{}", char::from(crate::domain::id_number::check_digit(body.as_bytes())))
}

#[test]
fn a_household_on_no_list_is_founded_in_the_worker_s_grid_and_found_by_name() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    assert_eq!(phone.app.add_household(&wei()).err().unwrap().kind, Kind::Invalid, "check digit");
    let (id, done) = phone.app.add_household(&sound()).unwrap();
    assert!(done.changes.households.contains(&id));
    let (total, lines) = phone.app.search(&Query { text: "wxy".into(), limit: 9, ..Query::default() }).unwrap();
    assert_eq!((total, lines[0].id, lines[0].village.as_str()), (1, id, "龙塘村"));
    let file = phone.app.household(id).unwrap();
    assert_eq!(file.members[0].fact.sex.as_deref(), Some("female"));
    assert_eq!(file.members[0].fact.birth.as_deref(), Some("1965-03-07"));
    assert_eq!(phone.app.add_household(&sound()).err().unwrap().kind, Kind::Invalid, "the same person twice");
    let elsewhere = NewHousehold { grid: "999999101204-01".into(), ..sound() };
    assert_eq!(phone.app.add_household(&elsewhere).err().unwrap().kind, Kind::Refused);
    phone.agrees();
}

#[test]
fn facts_are_checked_before_they_are_written() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    let (id, _) = phone.app.add_household(&sound()).unwrap();
    let member = phone.app.household(id).unwrap().members[0].fact.id.clone();
    let set = |path: &str, value: Value| phone.app.set_fact(id, path, &value);
    set("profile/phone", json!("13900005678")).unwrap();
    set("profile/housing/only_home", json!("yes")).unwrap();
    set(&format!("members/{member}/work"), json!("ordinary")).unwrap();
    set(&format!("members/{member}/employed_months"), json!("7")).unwrap();
    set(&format!("members/{member}/health"), json!(["chronic", "disabled"])).unwrap();
    set(&format!("members/{member}/health"), json!(["chronic"])).unwrap();
    let file = phone.app.household(id).unwrap();
    assert_eq!(file.profile.housing.unwrap().only_home, Some(true));
    assert_eq!(file.members[0].fact.health, ["chronic"]);
    assert_eq!(file.members[0].fact.employed_months, Some(7));
    assert!(set("profile/phone", json!("13900005678")).unwrap().edited.is_none(), "nothing changes");
    for (path, value) in [
        ("profile/phone", json!("none")),
        ("profile/phone", json!({"a": 1})),
        ("members/nobody/work", json!("ordinary")),
        ("meta/id", json!("x")),
        ("visits/v/state", json!("finished")),
        ("profile", json!("x")),
        ("leaflets/application/given_on", json!("2033-01-01")),
        ("leaflets/circular/given_on", json!("2023-05-20")),
        ("profile/telephone", json!("13900005678")),
        ("profile/housing/grade", json!("Q")),
        ("measures/venture.rockets", json!("yes")),
        ("measures/rockets.crops", json!("yes")),
        ("measures/venture.crops", json!("maybe")),
    ] {
        assert_eq!(set(path, value).err().unwrap().kind, Kind::Invalid, "{path}");
    }
    for (fact, value) in [
        ("work", json!("boss")),
        ("health", json!(["healthy", "chronic"])),
        ("id_number", json!("1")),
        ("employed_months", json!(13)),
        ("disability_level", json!("0")),
        ("sex", json!("both")),
        ("colour", json!("red")),
    ] {
        assert_eq!(set(&format!("members/{member}/{fact}"), value).err().unwrap().kind, Kind::Invalid, "{fact}");
    }
    set("measures/venture.crops", json!("yes")).unwrap();
    set("measures/venture.crops", json!("2023-05-01")).unwrap();
    set("measures/venture.crops", json!("")).unwrap();
    assert_eq!(set("profile/cleared", json!(true)).err().unwrap().kind, Kind::Refused);
    phone.agrees();
}

#[test]
fn a_child_joins_the_roster_and_a_mistaken_entry_leaves_it_with_a_tombstone() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    let (id, _) = phone.app.add_household(&sound()).unwrap();
    let facts = |v: Value| v.as_object().unwrap().clone();
    let child = facts(
        json!({"name": "韦小明", "relation": "grandson", "living": "alive", "id_number": number("99999920150601001"), "health": ["healthy"]}),
    );
    let (member, _) = phone.app.add_member(id, &child).unwrap();
    assert_eq!(phone.app.add_member(id, &child).err().unwrap().kind, Kind::Invalid, "twice");
    assert_eq!(phone.app.add_member(id, &facts(json!({"name": " "}))).err().unwrap().kind, Kind::Invalid);
    assert_eq!(
        phone.app.add_member(id, &facts(json!({"name": "甲", "relation": "boss"}))).err().unwrap().kind,
        Kind::Invalid
    );
    assert_eq!(
        phone.app.add_member(id, &facts(json!({"name": "甲", "colour": "red"}))).err().unwrap().kind,
        Kind::Invalid
    );
    let (guest, _) = phone.app.add_member(id, &facts(json!({"name": "甲"}))).unwrap();
    let alive = |f: &crate::document::MemberFile| f.fact.id == guest && f.fact.living.as_deref() == Some("alive");
    assert!(phone.app.household(id).unwrap().members.iter().any(alive), "who stands on the roster lives here");
    phone.app.remove_member(id, &guest, None).unwrap();
    let line = |app: &App| app.read(|tx| tx.line(id)).unwrap().unwrap();
    assert_eq!(line(&phone.app).population, 2);
    phone.app.remove_member(id, &member, Some("moved_out")).unwrap();
    assert_eq!(phone.app.remove_member(id, &member, None).err().unwrap().kind, Kind::Invalid);
    let file = phone.app.household(id).unwrap();
    assert!(
        file.members.iter().any(|m| m.fact.id == member && m.removed && m.fact.living.as_deref() == Some("moved_out"))
    );
    assert_eq!(line(&phone.app).population, 1);
    phone.agrees();
}
