//! 韦秀英's household as each check finds it, and as it does not.

use serde_json::{Value, json};

use super::super::households::House;
use super::{aged, cleared, head, monitored, nearly, ordinary, son};

/// A household's story: as the check finds it, and as it does not.
pub(super) fn households() -> Vec<(&'static str, House, House)> {
    let answers = |house: House, form: &str, answers: Value| house.visit(form, "2023-05-18", answers);
    let priority = |a: Value| answers(ordinary(), "screening-priority", a);
    let risky = |risk: &str| ordinary().with("profile/registered_risks", json!([risk]));
    let watched = |risk: &str, family: &str| {
        monitored()
            .with("profile/registered_risks", json!([risk]))
            .with("measures", if family.is_empty() { json!([]) } else { json!([{"family": family, "item": "x"}]) })
    };
    let home = |house: House, grade: &str| house.with("profile/housing", json!({"only_home": true, "grade": grade}));
    let tap = |house: House, quality: bool| {
        let water = json!({"quantity": true, "quality": quality, "reliability": true, "convenience": true});
        house.with("profile/water", water)
    };
    let met = || priority(json!({"guarantees": "met"}));
    let roster = |patches: &[Value]| {
        let all: Vec<Value> = std::iter::once(head(json!({}))).chain(patches.iter().map(|p| son(p.clone()))).collect();
        House::ordinary().with("members", json!(all))
    };
    let of_two = |house: House, patch: Value| house.with("members", json!([head(json!({})), son(patch)]));
    let idle = json!([head(json!({"work": "none"})), son(json!({"work": "lost"}))]);
    let dates = |identified: &str, cleared_on: &str| {
        cleared().with("profile/identified_on", json!(identified)).with("profile/cleared_on", json!(cleared_on))
    };
    let allowance = |house: House, a: Value| house.with("profile/allowance", a);
    let left = json!({"birth": aged(12), "education": "", "work": "none", "dropout_reason": "厌学"});
    let living = |a: Value| answers(ordinary(), "living-conditions", a);
    let measure =
        |house: House, family: &str, item: &str| house.with("measures", json!([{"family": family, "item": item}]));
    let development = |family: &str, item: &str| {
        measure(answers(monitored(), "screening-monitored", json!({"development": "done"})), family, item)
    };
    let spending = |medical: i64| {
        priority(
            json!({"income_net": 1000, "income_claims": 0, "spend_medical": medical, "spend_schooling": 0, "spend_other": 0}),
        )
    };
    let rich = |net: Value| priority(json!({"population": 2, "income_net": net, "suggestion": "enrol"}));
    vec![
        (
            "head-gone",
            of_two(ordinary(), json!({})).with("members", json!([head(json!({"living": "dead"})), son(json!({}))])),
            ordinary(),
        ),
        (
            "nobody-left",
            ordinary().with("members", json!([head(json!({"living": "dead"})), son(json!({"living": "moved_out"}))])),
            ordinary().with("members", json!([head(json!({"living": "dead"})), son(json!({}))])),
        ),
        (
            "spouse-one",
            roster(&[json!({"relation": "spouse"}), json!({"relation": "spouse"})]),
            roster(&[json!({"relation": "spouse"}), json!({"relation": "spouse", "living": "dead"})]),
        ),
        (
            "father-one",
            roster(&[json!({"relation": "father"}), json!({"relation": "father"})]),
            roster(&[json!({"relation": "father"}), json!({"relation": "wifes_father"})]),
        ),
        (
            "mother-one",
            roster(&[json!({"relation": "mother"}), json!({"relation": "mother"})]),
            roster(&[json!({"relation": "mother"})]),
        ),
        (
            "phone-form",
            ordinary().with("profile/phone", json!("12345678901")),
            ordinary().with("profile/phone", json!("13812345678")),
        ),
        (
            "phone-form",
            ordinary().with("profile/phone", json!("07727123")),
            ordinary().with("profile/phone", json!("0772-7123456")),
        ),
        ("phone-missing", ordinary(), ordinary().with("profile/phone", json!("13812345678"))),
        ("labour-only-security", measure(monitored(), "security", "dibao"), measure(monitored(), "work", "employer")),
        ("illness-risk-facts", risky("illness"), of_two(risky("illness"), json!({"health": ["chronic"]}))),
        ("disability-risk-facts", risky("disability"), of_two(risky("disability"), json!({"health": ["disabled"]}))),
        ("guarantees-housing", home(met(), "C"), home(met(), "B")),
        ("guarantees-water", tap(met(), false), tap(met(), true)),
        (
            "guarantees-school",
            of_two(met(), left.clone()),
            of_two(priority(json!({"guarantees": "unmet"})), left.clone()),
        ),
        ("guarantees-insured", of_two(met(), json!({"insured": false})), of_two(met(), json!({"insured": true}))),
        ("population-answer", priority(json!({"population": 3})), priority(json!({"population": 2}))),
        ("labour-answer", priority(json!({"labour_full": 1})), priority(json!({"labour_full": 2}))),
        ("weak-answer", priority(json!({"labour_weak": 1})), priority(json!({"labour_weak": 0}))),
        ("ill-answer", priority(json!({"ill_major": 1})), priority(json!({"ill_major": 0}))),
        ("pupils-answer", priority(json!({"pupils_compulsory": 1})), priority(json!({"pupils_compulsory": 0}))),
        ("workers-labour", priority(json!({"workers": 3})), priority(json!({"workers": 2}))),
        (
            "workers-unstable-more",
            priority(json!({"workers": 1, "workers_unstable": 2})),
            priority(json!({"workers": 1, "workers_unstable": 1})),
        ),
        ("income-small", priority(json!({"income_net": "99.99"})), priority(json!({"income_net": 100}))),
        ("income-small", priority(json!({"income_net": "0.01"})), priority(json!({"income_net": 0}))),
        ("income-negative", priority(json!({"income_net": "-0.01"})), priority(json!({"income_net": 0}))),
        ("income-high-enrol", rich(json!("40000.01")), rich(json!(40_000))),
        ("spending-income", spending(10_001), spending(10_000)),
        ("schooling-nobody", priority(json!({"spend_schooling": 1})), priority(json!({"spend_schooling": 0}))),
        (
            "schooling-nobody",
            of_two(priority(json!({"spend_schooling": 1})), json!({"schooling": "grade9"})),
            of_two(priority(json!({"spend_schooling": 1})), json!({"schooling": "high1"})),
        ),
        (
            "below-line-watch",
            priority(json!({"versus_line": "below", "suggestion": "watch"})),
            priority(json!({"versus_line": "above", "suggestion": "watch"})),
        ),
        (
            "enrol-no-risk",
            priority(json!({"at_risk": "no", "suggestion": "enrol"})),
            priority(json!({"at_risk": "yes", "suggestion": "enrol"})),
        ),
        (
            "risk-kind-missing",
            answers(ordinary(), "screening-ordinary", json!({"has_risk": "yes"})),
            answers(ordinary(), "screening-ordinary", json!({"has_risk": "yes", "risks": ["illness"]})),
        ),
        (
            "other-risk-remark",
            answers(risky("other"), "screening-priority", json!({})),
            answers(risky("other"), "screening-priority", json!({"remarks": "户主服刑"})),
        ),
        ("schooling-risk-facts", risky("schooling"), of_two(risky("schooling"), json!({"schooling": "high1"}))),
        ("work-risk-facts", risky("work").with("members", idle.clone()), risky("work")),
        (
            "labour-risk-facts",
            risky("labour"),
            roster(&[
                json!({"work": "none"}),
                json!({"work": "none"}),
                json!({"work": "none"}),
                json!({"work": "none"}),
            ])
            .with("profile/registered_risks", json!(["labour"])),
        ),
        (
            "labour-risk-facts",
            roster(&[json!({"work": "none"}), json!({"work": "none"}), json!({"work": "none"})])
                .with("profile/registered_risks", json!(["labour"])),
            roster(&[json!({"work": "none"})]),
        ),
        ("housing-risk-facts", home(risky("housing"), "B"), home(risky("housing"), "C")),
        ("water-risk-facts", tap(risky("water"), true), tap(risky("water"), false)),
        (
            "illness-risk-spending",
            answers(risky("illness"), "screening-priority", json!({"spend_medical": 0})),
            answers(risky("illness"), "screening-priority", json!({"spend_medical": 1})),
        ),
        ("housing-facts-risk", home(risky("illness"), "D"), home(risky("housing"), "D")),
        ("water-facts-risk", tap(risky("illness"), false), tap(risky("water"), false)),
        ("illness-measure", watched("illness", "work"), watched("illness", "health")),
        ("schooling-measure", watched("schooling", ""), watched("schooling", "compulsory_school")),
        ("disability-measure", watched("disability", "health"), watched("disability", "society")),
        ("housing-measure", watched("housing", "living"), watched("housing", "relocation")),
        ("water-measure", watched("water", "infrastructure"), watched("water", "m_water")),
        (
            "severe-subsidy",
            of_two(monitored(), json!({"disability": {"kind": 6, "level": 2}})),
            of_two(monitored(), json!({"disability": {"kind": 6, "level": 3}})),
        ),
        (
            "severe-subsidy",
            of_two(monitored(), json!({"disability": {"kind": 1, "level": 1}})),
            measure(of_two(monitored(), json!({"disability": {"kind": 1, "level": 1}})), "m_security", "disability"),
        ),
        (
            "measure-late",
            monitored().with("profile/identified_on", json!("2023-04-19")),
            monitored().with("profile/identified_on", json!("2023-04-20")),
        ),
        ("development-uncounted", development("work", "training"), development("work", "employer")),
        ("development-uncounted", development("venture", "other"), development("finance", "microcredit")),
        (
            "post-age",
            measure(monitored(), "post", "forest")
                .with("members", json!([head(json!({"birth": aged(70)})), son(json!({"birth": nearly(16)}))])),
            measure(monitored(), "post", "forest")
                .with("members", json!([head(json!({"birth": nearly(70)})), son(json!({"birth": nearly(16)}))])),
        ),
        ("registered-risk-missing", monitored(), watched("water", "")),
        ("identified-missing", monitored(), monitored().with("profile/identified_on", json!("2023-04-20"))),
        (
            "identified-future",
            monitored().with("profile/identified_on", json!("2023-05-21")),
            monitored().with("profile/identified_on", json!("2023-05-20")),
        ),
        ("kind-base", monitored().with("profile/base", json!("ordinary")), monitored()),
        (
            "kind-base",
            monitored().with("profile/monitored_kind", json!("marginal")),
            monitored().with("profile/monitored_kind", json!("sudden_hardship")),
        ),
        (
            "safety-net-labour",
            monitored().with("profile/safety_net", json!(true)),
            monitored().with("profile/safety_net", json!(true)).with("members", idle.clone()),
        ),
        (
            "safety-net-cleared",
            cleared().with("profile/safety_net", json!(true)),
            monitored().with("profile/safety_net", json!(true)),
        ),
        ("cleared-date", cleared(), dates("2022-01-01", "2023-01-01")),
        ("cleared-order", dates("2022-06-02", "2022-06-01"), dates("2022-06-01", "2022-06-01")),
        ("cleared-early", dates("2022-06-02", "2022-12-01"), dates("2022-06-01", "2022-12-01")),
        (
            "cleared-early",
            dates("2022-06-02", "2022-07-01"),
            dates("2022-06-02", "2022-07-01").with("profile/clearance_way", json!("natural")),
        ),
        (
            "cleared-measure",
            cleared().with("profile/clearance_way", json!("support")),
            cleared().with("profile/clearance_way", json!("natural")),
        ),
        ("cleared-no-labour", cleared().with("members", idle.clone()), cleared()),
        ("cleared-housing", home(cleared(), "D"), home(cleared(), "A")),
        ("cleared-water", tap(cleared(), false), tap(cleared(), true)),
        ("cleared-school", of_two(cleared(), left.clone()), of_two(monitored(), left)),
        (
            "allowance-class",
            allowance(ordinary(), json!({"kind": "dibao"})),
            allowance(ordinary(), json!({"kind": "tekun_scattered"})),
        ),
        (
            "tekun-labour",
            allowance(ordinary(), json!({"kind": "tekun_scattered", "whole": true})),
            allowance(ordinary(), json!({"kind": "dibao", "whole": true})),
        ),
        (
            "tekun-labour",
            allowance(ordinary(), json!({"kind": "tekun_institution", "whole": true})),
            allowance(ordinary(), json!({"kind": "tekun_institution", "whole": true})).with("members", idle),
        ),
        (
            "allowance-future",
            allowance(ordinary(), json!({"kind": "dibao", "since": "2023-05-21"})),
            allowance(ordinary(), json!({"kind": "dibao", "since": "2023-05-20"})),
        ),
        (
            "allowance-answer",
            allowance(priority(json!({"allowance_whole": "no"})), json!({"kind": "dibao", "whole": true})),
            allowance(priority(json!({"allowance_whole": "yes"})), json!({"kind": "dibao", "whole": true})),
        ),
        ("farmland-range", living(json!({"farmland": "100.01"})), living(json!({"farmland": 100}))),
        ("woodland-range", living(json!({"orchard": "200.01"})), living(json!({"orchard": 200, "woodland": 0}))),
        ("pasture-range", living(json!({"water_surface": "100.5"})), living(json!({"water_surface": 100}))),
        ("road-range", living(json!({"road_distance": "5.1"})), living(json!({"road_distance": 5}))),
    ]
}
