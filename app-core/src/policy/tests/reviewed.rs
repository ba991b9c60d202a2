//! Faults that a review of `ruhu pack judge` found, each as a story.

use serde_json::json;

use super::households::House;

#[test]
fn a_leaflet_that_is_known_of_is_not_said_to_be_missing() {
    let heard = |answer: &str| {
        House::ordinary().visit("screening-ordinary", "2023-05-15", json!({"leaflet_application": answer})).judged()
    };
    // Nobody knows whether it was handed over: yes leaves that open, no makes it due.
    assert_eq!(heard("yes").missing("leaflets-due"), ["profile/leaflets"]);
    assert!(heard("no").says("leaflets-due"));
    let twice = House::ordinary().with("profile/leaflets", json!([])).visit(
        "screening-ordinary",
        "2023-05-15",
        json!({"leaflet_application": "no"}),
    );
    assert_eq!(twice.judged().findings.iter().filter(|f| f.rule == "leaflets-due").count(), 1, "said once");
}

#[test]
fn a_recheck_is_somebody_elses_visit_at_home() {
    let house = || House::monitored().member("覃桂花", "alive", "ordinary");
    let visit = |who: &str, method: &str, on: &str| {
        json!({"form": "screening-monitored", "finished_on": on, "collector": who, "method": method,
               "answers": {"development": "not_yet"}})
    };
    let judged = |visits: Vec<serde_json::Value>| house().with("visits", json!(visits)).judged().says("recheck-due");
    let first = || visit("wei", "home", "2023-05-15");
    assert!(judged(vec![first()]));
    assert!(judged(vec![first(), visit("wei", "home", "2023-05-18")]), "韦秀英 cannot recheck herself");
    assert!(judged(vec![first(), visit("li", "phone", "2023-05-18")]), "not by telephone");
    assert!(!judged(vec![first(), visit("li", "home", "2023-05-18")]));
    let mut answered = visit("li", "home", "2023-05-18");
    answered.as_object_mut().unwrap().remove("method");
    answered["answers"]["method"] = json!("home");
    assert!(!judged(vec![first(), answered]), "the way of the visit may stand among its answers");
}

#[test]
fn the_day_shown_is_the_one_that_lies_in_this_year() {
    let allowance = json!({"kind": "dibao", "since": "2023-01-10", "applied_on": "2022-12-20"});
    let judged = House::ordinary().with("profile/allowance", allowance).judged();
    assert_eq!(judged.finding("must-be-priority").unwrap().numbers["day"], "2023-01-10");
}

#[test]
fn what_is_not_official_says_so() {
    let judged = House::ordinary().people(9, 2).judged();
    let finding = judged.finding("labour-shortage").unwrap();
    assert_eq!(finding.provisional, ["large_household"]);
    let poor = |on: &str| {
        let answers = json!({"income_net": 7000, "income_claims": 0, "spend_medical": 0, "spend_schooling": 0,
                             "spend_other": 0, "population": 1});
        let judged = House::ordinary().visit("screening-priority", on, answers).judged_on(on);
        judged.findings.into_iter().find(|f| f.rule == "below-line").map(|f| (f.provisional, f.words.contains("暂定")))
    };
    assert_eq!(poor("2023-05-20"), Some((vec![], false)));
    assert_eq!(poor("2024-05-20"), Some((vec!["income_line".to_owned()], true)), "no paper gives the line of 2024");
    assert_eq!(poor("2021-05-20"), None, "7000 is not under the inferred 6000 of 2021");
}

#[test]
fn each_registered_risk_needs_its_measure_before_clearance() {
    let answers = json!({"income_net": 8000, "income_claims": 0, "spend_medical": 0, "spend_schooling": 0,
                         "spend_other": 0, "population": 1, "guarantees": "met", "risks_gone": "yes", "new_risks": []});
    let house = |risks: &[&str], families: &[&str], gone: &str| {
        let mut answers = answers.clone();
        answers["risks_gone"] = json!(gone);
        let measures: Vec<_> = families.iter().map(|f| json!({"family": f, "item": "other"})).collect();
        House::monitored()
            .member("李建国", "alive", "ordinary")
            .with("profile/identified_on", json!("2022-11-20"))
            .with("profile/safety_net", json!(false))
            .with("profile/registered_risks", json!(risks))
            .with("measures", json!(measures))
            .visit("screening-monitored", "2023-05-20", answers)
            .judged()
    };
    let verdict = |judged: super::Judgement| (judged.says("clearable"), judged.says("not-clearable"));
    assert_eq!(verdict(house(&["illness"], &["health"], "yes")), (true, false));
    assert_eq!(verdict(house(&["illness", "housing"], &["health"], "yes")), (false, true));
    assert_eq!(verdict(house(&["illness", "housing"], &["health", "housing"], "yes")), (true, false));
    assert_eq!(verdict(house(&["illness"], &["health"], "no")), (false, true), "the risk is still there");
}
