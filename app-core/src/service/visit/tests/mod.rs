//! Stories of visits with the real pack: 李建国 goes from house to house with his phone.

mod changed_form;
mod drafts;
mod escalation;
mod five_forms;
mod monitored;
mod nested;
mod outcomes;
mod random;
mod two_phones;

use serde_json::{Value, json};

use crate::document::{Founding, HouseholdDoc, Place, Source};
use crate::domain::id::{HouseholdId, IMPORT_ACTOR, new_household};
use crate::policy::facts::Facts;
use crate::service::App;
use crate::service::tests::Phone;
use crate::service::tests::village::Village;
use crate::storage::tests::GRID;

/// An ID number with its check digit.
pub(crate) fn number(body: &str) -> String {
    format!("{body}{}", char::from(crate::domain::id_number::check_digit(body.as_bytes())))
}

/// A household of the register, on the server.
pub(crate) fn imported(village: &Village, facts: Value) -> HouseholdId {
    let id = new_household();
    let facts: Facts = serde_json::from_value(facts).unwrap();
    let founding = Founding {
        place: Place {
            county: "柳城县".into(),
            township: "龙头镇".into(),
            village: "龙塘村".into(),
            grid: GRID.into(),
            hamlet: "上韦屯".into(),
            address: String::new(),
        },
        facts,
        source: Source::Import,
    };
    village.import(HouseholdDoc::found(id, &founding, IMPORT_ACTOR, 1_683_000_000).unwrap());
    id
}

/// 覃桂花, ordinary, with her husband and a school child; everything of the roster is known.
pub(crate) fn guihua() -> Value {
    json!({
        "profile": { "base": "ordinary", "phone": "13800000001", "head_name": "覃桂花" },
        "members": [
            { "id": "mguihua00001", "name": "覃桂花", "id_number": number("99999919700512002"), "sex": "female", "relation": "head",
              "living": "alive", "education": "junior", "health": ["chronic"], "work": "weak" },
            { "id": "mjianguo0001", "name": "李建军", "id_number": number("99999919680203001"), "sex": "male", "relation": "spouse",
              "living": "alive", "education": "junior", "health": ["healthy"], "work": "ordinary" },
            { "id": "mxiaoming001", "name": "李小明", "id_number": number("99999920120901001"), "sex": "male", "relation": "son",
              "living": "alive", "schooling": "primary", "health": ["healthy"], "work": "none" }
        ]
    })
}

/// 韦秀英, monitored, not cleared.
pub(crate) fn xiuying() -> Value {
    json!({
        "profile": { "base": "lifted", "monitored_kind": "unstable_lifted", "identified_on": "2022-08-01", "phone": "13800000002",
                     "registered_risks": ["illness"], "head_name": "韦秀英" },
        "members": [
            { "id": "mxiuying0001", "name": "韦秀英", "id_number": number("99999919650307002"), "relation": "head", "living": "alive",
              "education": "primary", "health": ["major_illness"], "work": "lost" },
            { "id": "mdawei000001", "name": "韦大伟", "id_number": number("99999919900101003"), "relation": "son", "living": "alive",
              "education": "junior", "health": ["healthy"], "work": "ordinary" }
        ]
    })
}

/// A phone that holds one household of the register.
pub(crate) fn with(facts: Value) -> (Phone, HouseholdId) {
    let village = Village::new();
    let id = imported(&village, facts);
    (Phone::enrolled(&village, "K7QF3MXD"), id)
}

/// Answers a question by name, or by `member[id]/name`; its path is looked up in the running form.
pub(crate) fn say(app: &App, visit: &str, name: &str, value: Value) {
    let path = path(app, visit, name);
    app.answer(visit, &path, &value, |_, _| ()).unwrap_or_else(|e| panic!("{name}: {e}"));
}

pub(crate) fn path(app: &App, visit: &str, name: &str) -> String {
    app.visit(visit, |form| {
        let node = form.locate(name).unwrap_or_else(|| panic!("no question {name}"));
        Ok(form.instance.path(node))
    })
    .unwrap()
}

/// The stored text of a question.
pub(crate) fn value(app: &App, visit: &str, name: &str) -> String {
    app.visit(visit, |form| Ok(form.instance.value(form.locate(name).unwrap()).to_owned())).unwrap()
}

/// What is missing or wrong.
pub(crate) fn problems(app: &App, visit: &str) -> Vec<String> {
    app.visit_summary(visit, |_, s| s.problems.iter().map(|p| p.path.rsplit('/').next().unwrap().to_owned()).collect())
        .unwrap()
}

/// The least that finishes 2-3.
pub(crate) fn ordinary(has_risk: bool) -> Value {
    let mut answers = json!({
        "method": "home", "has_risk": if has_risk { "yes" } else { "no" }, "leaflet_application": "yes", "outreach": ["door"]
    });
    if has_risk {
        answers["risks"] = json!(["illness", "labour"]);
    }
    answers
}

/// The least that finishes 2-4 (first) after a screening.
pub(crate) fn priority() -> Value {
    json!({
        "workers": 1, "workers_unstable": 0, "ill_chronic": 1, "large_venture": "no", "supporting_children": "no",
        "allowance_whole": "no", "income_net": 15000, "income_claims": 0, "spend_medical": "4200.50", "spend_schooling": 0,
        "spend_other": 0, "exclusion": "no", "guarantees": "met", "burden_ahead": "yes", "can_cope": "no"
    })
}

/// All of 2-4 (second).
pub(crate) fn conditions() -> Value {
    json!({
        "farmland": 2.5, "woodland": 0, "retired_land": 0, "orchard": 1, "pasture": 0, "water_surface": 0, "cooperative": "no",
        "leading_firm": "no", "leading_person": "no", "road_distance": 0.3, "road_kind": "paved", "floor_area": 90,
        "electricity": "yes", "broadcast": "yes", "safe_water": "yes", "dangerous_house": "no", "fuel": "clean"
    })
}
