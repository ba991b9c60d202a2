//! Every check of the pack that ships, on both sides of its edge. A row is one household that the check speaks about and
//! one that it leaves alone; [`every_check_has_a_row`] sees that no check is without.
//!
//! 韦秀英, 43, is the head; 李小明, 18, her son, is the member that most rows change. The day is 2023-05-20.

mod households;
mod members;

use households::households;
use members::members;
use serde_json::{Value, json};

use super::super::judge::check;
use super::super::tests::households::{House, PACK};
use super::*;
use crate::domain::id_number::check_digit;

/// An ID number of the invented region 999999: date of birth as YYYYMMDD, a sequence whose last digit is odd for men.
fn number(birth: &str, sequence: &str) -> String {
    let body = format!("999999{birth}{sequence}");
    let digit = char::from(check_digit(body.as_bytes()));
    format!("{body}{digit}")
}

/// The date of birth of somebody who is so old today.
fn aged(years: i32) -> String {
    format!("{}-05-20", 2023 - years)
}

/// The date of birth of somebody who will be so old tomorrow.
fn nearly(years: i32) -> String {
    format!("{}-05-21", 2023 - years)
}

fn patched(mut base: Value, patch: Value) -> Value {
    for (name, value) in patch.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

fn head(patch: Value) -> Value {
    let head = json!({"id": "m0", "name": "韦秀英", "living": "alive", "relation": "head", "sex": "female",
        "birth": aged(43), "id_number": number("19800520", "002"), "health": ["healthy"], "work": "ordinary",
        "education": "junior"});
    patched(head, patch)
}

fn son(patch: Value) -> Value {
    let son = json!({"id": "m1", "name": "李小明", "living": "alive", "relation": "son", "sex": "male",
        "birth": aged(18), "health": ["healthy"], "work": "ordinary", "education": "senior"});
    patched(son, patch)
}

fn ordinary() -> House {
    House::ordinary().with("members", json!([head(json!({})), son(json!({}))]))
}

fn monitored() -> House {
    House::monitored().with("members", json!([head(json!({})), son(json!({}))]))
}

fn cleared() -> House {
    House::cleared().with("members", json!([head(json!({})), son(json!({}))]))
}

fn said(house: &House, id: &str) -> bool {
    let judged = check(&PACK, &house.facts(), day("2023-05-20"));
    let found = judged.finding(id);
    if let Some(found) = found {
        assert!(
            !found.words.contains('{') && !found.words_en.contains('{'),
            "{id}: {} {}",
            found.words,
            found.words_en
        );
        assert!(!found.fields.is_empty() && !found.words_en.is_empty(), "{id}");
    }
    found.is_some()
}

#[test]
fn li_xiaoming_is_spoken_of_on_one_side_of_each_edge_only() {
    for (id, found, quiet) in members() {
        let house = |patch: &Value| House::monitored().with("members", json!([head(json!({})), son(patch.clone())]));
        assert!(said(&house(&found), id), "{id} should speak of {found}");
        assert!(!said(&house(&quiet), id), "{id} should not speak of {quiet}");
    }
}

#[test]
fn wei_xiuyings_household_is_spoken_of_on_one_side_of_each_edge_only() {
    for (id, found, quiet) in households() {
        assert!(said(&found, id), "{id} should speak of {}", found.0);
        assert!(!said(&quiet, id), "{id} should not speak of {}", quiet.0);
    }
}

#[test]
fn every_check_has_a_row() {
    let members = members();
    let households = households();
    let mut told: Vec<&str> = members.iter().map(|r| r.0).chain(households.iter().map(|r| r.0)).collect();
    told.sort_unstable();
    told.dedup();
    let mut checks: Vec<&str> = PACK.checks().iter().map(|c| c.id.as_str()).collect();
    checks.sort_unstable();
    checks.dedup();
    assert_eq!(told, checks);
    assert!(checks.len() >= 60, "at least 60 checks: 3-rules-and-cases.md");
}

#[test]
fn a_household_in_order_is_left_alone() {
    let house = ordinary()
        .with("profile/phone", json!("13812345678"))
        .with("members", json!([head(json!({})), son(json!({"id_number": number("20050520", "001")}))]));
    let findings = check(&PACK, &house.facts(), day("2023-05-20")).findings;
    assert!(findings.is_empty(), "{findings:?}");
}
