//! The pack that ships, judged over invented households around the edge of each rule.

use serde_json::json;

use super::households::{House, PACK};
use super::{day, judge};

#[test]
fn it_loads_whole() {
    assert_eq!(PACK.slugs().len(), 5);
    assert!(PACK.rules().len() > 20 && PACK.checks().len() > 20);
    assert_eq!(PACK.checklist().iter().filter(|i| i.level == "township").count(), 12);
    assert_eq!(PACK.checklist().iter().filter(|i| i.level == "village").count(), 9);
    for title in crate::domain::Title::ALL {
        assert!(PACK.permits(title).is_some_and(|t| !t.permits.is_empty()), "{title:?}");
    }
}

#[test]
fn each_day_lies_in_one_phase() {
    let phase = |on| PACK.phase_on(day(on)).map(|p| p.id.as_str());
    assert_eq!(phase("2023-05-09"), Some("prepare"));
    assert_eq!(phase("2023-05-12"), Some("field"), "field work begins before preparation ends");
    assert_eq!(phase("2023-06-08"), Some("field"));
    assert_eq!(phase("2023-06-09"), Some("entry"));
    assert_eq!(phase("2023-06-25"), Some("summary"));
    assert_eq!(phase("2023-06-26"), None);
    assert_eq!(PACK.campaign_from(), Some(day("2023-05-10")));
}

#[test]
fn the_forms_compile_and_ask_what_the_rules_read() {
    let faults = PACK.inspect();
    assert!(faults.is_empty(), "{faults}");
    assert!(PACK.slugs().iter().all(|s| PACK.form(s).is_some()));
    assert!(PACK.form("screening-nobody").is_none());
    let unasked = PACK.unasked();
    let only_clearance = unasked.errors.iter().all(|f| f.message.en() == "no form asks risks_gone");
    assert!(only_clearance, "the clearance form is still to come: {unasked}");
}

/// A list of rules on a screen has no households yet, so no numbers: nothing may be missing from a heading.
#[test]
fn every_rule_and_check_has_a_title_without_holes() {
    for rule in PACK.rules().iter().chain(PACK.checks()) {
        let (zh, en) = rule.heading();
        let first = PACK.rules().iter().chain(PACK.checks()).find(|r| r.id == rule.id).map(|r| r.heading());
        assert_eq!(first, Some((zh.clone(), en.clone())), "{}: one title for an id", rule.id);
        for said in [&zh, &en] {
            assert!(
                !said.is_empty() && !said.contains(['…', '{', '。']) && !said.ends_with('.'),
                "{}: {said}",
                rule.id
            );
        }
        assert!(!zh.is_ascii() && !en.contains(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}: {zh} {en}", rule.id);
    }
}

#[test]
fn every_rule_of_the_table_is_there() {
    let ids = "labour-shortage unstable-work illness disability schooling-cost housing water below-line severe-hardship \
               must-be-priority ledger-due development-support-done development-support-confirm safety-net clearable \
               not-clearable plan-missing safety-secured recheck-due leaflets-due forms-for cluster";
    for id in ids.split_whitespace() {
        assert!(PACK.rules().iter().any(|r| r.id == id), "{id}");
    }
}

#[test]
fn wei_xiuyings_family_of_nine_is_short_of_labour_under_a_quarter_not_at_it() {
    for (people, labour, short) in [
        (9, 2, true),
        (8, 2, false),
        (8, 1, true),
        (5, 1, true),
        (4, 1, false),
        (4, 0, false),
        (5, 0, false),
        (5, 2, false),
    ] {
        let judged = House::ordinary().people(people, labour).judged();
        assert_eq!(judged.says("labour-shortage"), short, "{people} people, {labour} able");
        assert!(judged.missing("labour-shortage").is_empty());
    }
    let judged = House::ordinary().people(9, 2).judged();
    let finding = judged.finding("labour-shortage").unwrap();
    assert_eq!(
        finding.words,
        "家庭人口9人（较多：不少于5人），有劳动力2人，低于家庭成员总数的25%。（暂定标准：家庭人口较多（缺劳力判断））"
    );
    assert_eq!(finding.risk_kind.as_deref(), Some("labour"));
    assert_eq!(finding.numbers["population"], json!(9));
    assert_eq!(finding.paragraph, "附件2-1 三 因缺劳力");
}

#[test]
fn the_dead_and_those_who_moved_away_are_neither_people_nor_labour() {
    let five = House::ordinary().people(5, 1);
    assert!(five.judged().says("labour-shortage"));
    let four =
        House::ordinary().people(4, 1).member("韦老太", "dead", "none").member("韦小妹", "moved_out", "ordinary");
    assert!(!four.judged().says("labour-shortage"));
    let moved_in = House::ordinary().people(4, 1).member("李建国", "moved_in", "lost");
    assert_eq!(moved_in.judged().finding("labour-shortage").unwrap().numbers["population"], json!(5));
    let removed = House::ordinary().people(5, 1).with("members", {
        let mut members = House::ordinary().people(5, 1).0["members"].clone();
        members[4]["removed"] = json!(true);
        members
    });
    assert!(!removed.judged().says("labour-shortage"), "a removed member is not there");
}

#[test]
fn one_fen_under_the_line_is_below_and_at_the_line_is_not() {
    let four = || House::ordinary().people(4, 2);
    let at = four().money(json!(30500), json!(0), json!(300), json!(100), json!(100));
    assert!(!at.judged().says("below-line"));
    assert!(at.judged().missing("below-line").is_empty());
    let under = four().money(json!(30499.99), json!(0), json!(300), json!(100), json!(100)).judged();
    let finding = under.finding("below-line").unwrap();
    assert_eq!(finding.numbers["after"], json!(29999.99));
    assert_eq!(finding.numbers["gap"], json!(0.01));
    assert!(finding.words.contains("差0.01元"), "{}", finding.words);
    assert!(finding.words.contains("人均7499.998元"), "rounding must not hide it: {}", finding.words);
    let text = four().money(json!("30499.99"), json!("0.00"), json!("300"), json!("100"), json!("100")).judged();
    assert!(text.says("below-line"), "amounts as the household file keeps them");
}

#[test]
fn an_unanswered_amount_is_not_nothing() {
    let four = || House::ordinary().people(4, 2);
    let gap = four().money(json!(10), json!(0), json!(null), json!(0), json!(0)).judged();
    assert!(!gap.says("below-line"));
    assert_eq!(gap.missing("below-line"), ["now/answers/spend_medical"]);
    let nobody = House::ordinary().money(json!(10), json!(0), json!(0), json!(0), json!(0)).judged();
    assert_eq!(nobody.missing("below-line"), ["now/answers/population|now/population"]);
    let answered = House::ordinary().visit(
        "screening-priority",
        "2023-05-18",
        json!({"population": 2, "income_net": 14999.98,
        "income_claims": 0, "spend_medical": 0, "spend_schooling": 0, "spend_other": 0}),
    );
    assert!(answered.judged().says("below-line"), "the form's own count stands when the roster is empty");
}

#[test]
fn the_line_is_unknown_in_a_year_the_county_has_not_filled() {
    let house = House::ordinary().people(4, 2).money(json!(1), json!(0), json!(0), json!(0), json!(0));
    assert_eq!(house.judged_on("2022-06-01").missing("below-line"), ["now/param/income_line"]);
}

#[test]
fn hardship_needs_no_own_means_and_one_of_three_and_never_looks_at_exclusion() {
    let house = |guarantees: &str, net: i64, ahead: &str, cope: &str| {
        House::ordinary()
            .people(2, 1)
            .visit(
                "screening-priority",
                "2023-05-18",
                json!({"income_net": net, "income_claims": 0,
            "spend_medical": 0, "spend_schooling": 0, "spend_other": 0, "guarantees": guarantees, "burden_ahead": ahead,
            "can_cope": cope, "exclusion": "yes"}),
            )
            .judged()
    };
    assert!(house("unmet", 50_000, "no", "no").says("severe-hardship"));
    assert!(house("met", 14_999, "no", "no").says("severe-hardship"));
    assert!(house("met", 50_000, "yes", "no").says("severe-hardship"));
    assert!(!house("met", 50_000, "no", "no").says("severe-hardship"));
    assert!(!house("unmet", 1, "yes", "yes").says("severe-hardship"));
}

#[test]
fn new_on_dibao_since_the_first_of_january_must_be_on_the_list() {
    let house = |kind: &str, since: &str| {
        House::ordinary().with("profile/allowance", json!({"kind": kind, "class": "B", "since": since}))
    };
    assert!(house("dibao", "2023-01-01").judged().says("must-be-priority"));
    assert!(!house("dibao", "2022-12-31").judged().says("must-be-priority"));
    assert!(house("tekun_scattered", "2023-03-05").judged().says("must-be-priority"));
    assert!(!house("tekun_institution", "2023-03-05").judged().says("must-be-priority"));
    let applied = House::ordinary().with("profile/allowance", json!({"kind": "dibao", "applied_on": "2023-02-01"}));
    assert!(applied.judged().says("must-be-priority") && applied.judged().says("ledger-due"));
    let monitored = House::monitored().with("profile/allowance", json!({"kind": "dibao", "since": "2023-02-01"}));
    assert!(monitored.judged().says("must-be-priority") && !monitored.judged().says("ledger-due"));
    let enrolled = applied.with("cases", json!([{"kind": "enrol", "state": "determined"}]));
    assert!(!enrolled.judged().says("ledger-due"));
    assert_eq!(
        house("dibao", "").judged().missing("must-be-priority"),
        ["profile/allowance/since|profile/allowance/applied_on"],
        "on dibao, nobody knows since when"
    );
    assert_eq!(House::ordinary().judged().missing("ledger-due").len(), 2);
}

#[test]
fn note_1_counts_neither_other_nor_training() {
    let done = |family: &str, item: &str| {
        House::monitored()
            .with("measures", json!([{"family": family, "item": item}]))
            .judged()
            .says("development-support-done")
    };
    for (family, item) in [
        ("m_venture", "crops"),
        ("venture", "livestock"),
        ("m_work", "employer"),
        ("finance", "microcredit"),
        ("post", "forest"),
    ] {
        assert!(done(family, item), "{family} {item}");
    }
    for (family, item) in [
        ("m_work", "training"),
        ("m_venture", "other"),
        ("venture", "solar"),
        ("m_security", "dibao"),
        ("post", "other"),
    ] {
        assert!(!done(family, item), "{family} {item}");
    }
}

#[test]
fn note_2_asks_for_confirmation_where_somebody_can_work() {
    let house = |labour| {
        House::monitored().people(3, labour).visit(
            "screening-monitored",
            "2023-05-15",
            json!({"development": "not_yet"}),
        )
    };
    assert!(house(1).judged().says("development-support-confirm"));
    assert!(!house(0).judged().says("development-support-confirm"));
    assert!(house(1).judged().says("recheck-due"));
}

#[test]
fn a_safety_net_is_for_scattered_tekun_or_class_a_dibao_without_labour() {
    let house = |kind: &str, class: &str, labour| {
        House::monitored().people(2, labour).with("profile/allowance", json!({"kind": kind, "class": class})).judged()
    };
    assert!(house("tekun_scattered", "", 1).says("safety-net"));
    assert!(house("dibao", "A", 0).says("safety-net"));
    assert!(!house("dibao", "B", 0).says("safety-net"));
    assert!(!house("dibao", "A", 1).says("safety-net"));
    assert_eq!(house("dibao", "", 0).missing("safety-net"), ["profile/allowance/class"], "the class decides");
}

#[test]
fn a_marked_household_is_not_cleared_and_six_months_are_counted_to_the_day() {
    let marked = House::monitored().with("profile/safety_net", json!(true));
    assert!(marked.judged().says("not-clearable"));
    let identified = |on: &str| {
        House::monitored()
            .people(2, 1)
            .with("profile/identified_on", json!(on))
            .with("measures", json!([{"family": "work", "item": "employer"}]))
    };
    assert!(!identified("2022-11-20").judged().says("not-clearable"), "six months today");
    assert!(identified("2022-11-21").judged().says("not-clearable"), "six months tomorrow");
}

#[test]
fn li_jianguo_has_no_plan_or_one_that_forgets_him() {
    let house = || House::monitored().people(2, 1).with("profile/registered_risks", json!(["illness"]));
    assert_eq!(house().judged().missing("plan-missing"), ["profile/plan"]);
    let typed = judge(&PACK, &house().facts(), day("2023-05-20"));
    assert!(typed.says("plan-missing"), "a household file without a plan has none");
    let plan = |items: &[&str]| house().with("profile/plan", json!({"made_on": "2023-05-01", "items": items})).judged();
    assert!(plan(&["illness"]).finding("plan-missing").unwrap().words.contains("1名"));
    assert!(plan(&["member/m0"]).finding("plan-missing").unwrap().words.contains("因病"));
    assert!(!plan(&["member/m0", "illness"]).says("plan-missing"));
}

#[test]
fn housing_and_water_are_said_only_where_they_are_known() {
    let home = |only: bool, grade: &str| {
        House::ordinary().with("profile/housing", json!({"only_home": only, "grade": grade})).judged()
    };
    assert!(home(true, "C").says("housing") && home(true, "D").says("housing"));
    assert!(!home(true, "B").says("housing") && !home(false, "D").says("housing"));
    let water = House::ordinary().with("profile/water", json!({"quantity": true, "quality": false})).judged();
    assert!(water.says("water"));
    assert!(water.missing("water").is_empty(), "one indicator fails: nothing more need be known");
    let half = House::ordinary().with("profile/water", json!({"quantity": true, "quality": true})).judged();
    assert!(!half.says("water"));
    assert_eq!(half.missing("water"), ["profile/water/reliability", "profile/water/convenience"]);
}

#[test]
fn work_is_unstable_by_the_roster_first_then_by_the_answer() {
    let months = |m: i64, willing: bool| {
        let house = House::ordinary().member("覃桂花", "alive", "ordinary");
        let mut members = house.0["members"].clone();
        members[0]["employed_months"] = json!(m);
        members[0]["willing"] = json!(willing);
        house.with("members", members).judged()
    };
    assert!(months(6, true).says("unstable-work"));
    assert!(!months(7, true).says("unstable-work"));
    assert!(!months(0, false).says("unstable-work"));
    let answered = |n: i64| {
        House::ordinary()
            .member("覃桂花", "alive", "ordinary")
            .visit("screening-priority", "2023-05-18", json!({"workers_unstable": n}))
            .judged()
    };
    assert!(answered(1).finding("unstable-work").unwrap().words.contains("入户填写"));
    assert!(!answered(0).says("unstable-work"));
    assert!(!House::ordinary().member("覃桂花", "alive", "ordinary").judged().missing("unstable-work").is_empty());
}

#[test]
fn leaflets_are_due_until_handed_over_and_known() {
    let given =
        |kinds: &[&str]| json!(kinds.iter().map(|k| json!({"kind": k, "given_on": "2023-05-12"})).collect::<Vec<_>>());
    assert!(House::ordinary().with("profile/leaflets", given(&[])).judged().says("leaflets-due"));
    assert!(!House::ordinary().with("profile/leaflets", given(&["application"])).judged().says("leaflets-due"));
    assert!(House::monitored().with("profile/leaflets", given(&["application"])).judged().says("leaflets-due"));
    assert!(
        !House::monitored().with("profile/leaflets", given(&["application", "support"])).judged().says("leaflets-due")
    );
    let unheard = House::ordinary().with("profile/leaflets", given(&["application"])).visit(
        "screening-ordinary",
        "2023-05-15",
        json!({"leaflet_application": "no"}),
    );
    assert!(unheard.judged().says("leaflets-due"));
}

#[test]
fn a_cleared_household_of_unknown_base_is_still_cleared() {
    let judged = House::new(json!({"cleared": true, "priority": false})).judged();
    assert_eq!(judged.slugs(), ["screening-lifted"]);
    assert_eq!(
        House::new(json!({})).judged().missing("forms-for"),
        ["profile/base", "profile/priority|now/answers/has_risk"]
    );
    let enrol = House::new(json!({"standing": "ordinary", "priority": true})).visit(
        "screening-priority",
        "2023-05-18",
        json!({"suggestion": "enrol"}),
    );
    assert_eq!(enrol.judged().slugs(), ["screening-priority", "living-conditions"], "the standing says which base");
    assert_eq!(House::new(json!({"standing": "monitored"})).judged().slugs(), ["screening-monitored"]);
}
