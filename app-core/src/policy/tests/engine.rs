//! The engine itself: unknowns, words, and facts nobody expected.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::households::{House, PACK};
use super::*;

/// The small pack with these rules.
fn pack(rows: &str) -> Result<Pack, Faults> {
    let mut files = small();
    let head = "id,paragraph,applies_to,needs,when,finding,risk_kind,numbers,words,words_en\n";
    files.insert("rules.csv".into(), format!("{head}{rows}").into_bytes());
    Pack::from_files(files)
}

fn fault(rows: &str) -> (u32, String) {
    let fault = pack(rows).unwrap_err().errors.remove(0);
    (fault.row, fault.column)
}

#[test]
fn a_faulty_rule_is_named_by_row_and_column() {
    let good = "a,1,all,,true(),due,,,字,\n";
    assert!(pack(good).is_ok());
    for (row, column) in [
        ("b,1,all,,count(,due,,,字,", "when"),
        ("b,1,all,,frobnicate(1),due,,,字,", "when"),
        ("b,1,all,,,due,,,字,", "when"),
        ("b,1,all,,now/param/income_lime > 0,due,,,字,", "when"),
        ("b,1,all,,members[current()/now/param/lime > 0],due,,,字,", "when"),
        ("b,1,all,,a[b[c[d[e]]]],due,,,字,", "when"),
        ("b,1,everyone,,true(),due,,,字,", "applies_to"),
        ("b,1,all,now/param/no_such_key,true(),due,,,字,", "needs"),
        ("b,1,all,members/name,true(),due,,,字,", "needs"),
        ("b,1,all,,true(),shout,,,字,", "finding"),
        ("b,1,all,,true(),form screening-nobody,,,字,", "finding"),
        ("b,1,all,,true(),risk,,,字,", "risk_kind"),
        ("b,1,all,,true(),risk,laziness,,字,", "risk_kind"),
        ("b,1,all,,true(),due,,n=1 +,字,", "numbers"),
        ("b,1,all,,true(),due,,n=1,字{m},", "words"),
    ] {
        assert_eq!(fault(&format!("{good}{row}\n")), (3, column.to_owned()), "{row}");
    }
}

#[test]
fn words_show_numbers_without_zeros_and_as_many_decimals_as_it_takes() {
    let one = |numbers: &str, words: &str| {
        let pack = pack(&format!("a,1,all,,true(),due,,{numbers},{words},\n")).unwrap();
        judge_json(&pack, &json!({}), day("2023-05-20")).findings.remove(0)
    };
    assert_eq!(one("n=7500.50; m=10 div 4", "{n} {m}").words, "7500.5 2.5");
    assert_eq!(one("n=10 div 3", "{n}").words, "3.33");
    assert_eq!(one("n=7499.9975; line=7500", "{n}<{line}").words, "7499.998<7500");
    let money = one("n=7500.5; line=7500; m=3", "{n}元，低于{line}元，{m}人");
    assert_eq!(money.words, "7500.50元，低于7500.00元，3人", "money to the fen, people as they are");
    assert_eq!(one("n=7499.9975; line=7500", "{n}元<{line}元").words, "7499.998元<7500.00元");
    let odd = one("n=1 div 0; who='韦秀英; 李建国'", "{n}{who}");
    assert_eq!(odd.words, "—韦秀英; 李建国");
    assert_eq!(odd.numbers.get("n"), None);
}

#[test]
fn an_empty_list_is_known_and_a_key_that_is_not_there_is_not() {
    let pack = pack("a,1,all,measures,count(measures) = 0,due,,,没有帮扶措施,\n").unwrap();
    let judge = |facts: Value| judge_json(&pack, &facts, day("2023-05-20"));
    assert!(judge(json!({"measures": []})).says("a"));
    assert_eq!(judge(json!({})).missing("a"), ["measures"]);
    assert_eq!(judge(json!({"measures": null})).missing("a"), ["measures"]);
    assert!(!judge(json!({"measures": [{"family": "work", "item": "employer"}]})).says("a"));
}

#[test]
fn somebody_who_may_live_here_must_be_known_before_people_are_counted() {
    let pack = pack(
        "a,1,all,now/labour,now/labour = 0,due,,p=now/population,{p},\nb,1,all,members/able/willing,true(),due,,,字,\n",
    )
    .unwrap();
    let judge = |members: Value| judge_json(&pack, &json!({"members": members}), day("2023-05-20"));
    assert_eq!(judge(json!([])).missing("a"), ["now/labour"]);
    assert_eq!(judge(json!([{"living": "alive", "work": "none"}, {"work": "none"}])).missing("a"), ["now/labour"]);
    assert_eq!(judge(json!([{"living": "alive"}])).missing("a"), ["now/labour"]);
    assert!(
        judge(json!([{"living": "alive", "work": "none"}, {"living": "dead"}])).says("a"),
        "the dead need no labour"
    );
    assert!(judge(json!([{"living": "alive", "work": "none"}])).says("b"), "nobody is able: nobody to be asked");
    assert_eq!(judge(json!([{"living": "alive", "work": "weak"}])).missing("b"), ["members/able/willing"]);
}

#[test]
fn facts_cannot_write_what_the_engine_derives() {
    let pack =
        pack("a,1,all,,now/population > 0 or members/is_present = 'yes' or now/param/income_line > 7500,due,,,字,\n")
            .unwrap();
    let forged = json!({"now": {"population": 5, "param": {"income_line": 9000}}, "members": [{"is_present": "yes", "living": "dead"}]});
    assert!(!judge_json(&pack, &forged, day("2023-05-20")).says("a"));
}

#[test]
fn members_carry_age_and_what_their_number_says() {
    let pack = pack("a,1,all,,members/age = 43 and members/id_sex = 'male' and members/id_birth = '1980-01-01' and not(members/id_problem),due,,,字,\n\
        b,1,all,,members/age = 42,due,,,字,\nc,1,all,,members/id_problem = 'digit',due,,,字,\n").unwrap();
    let on = |number: &str, on: &str| judge_json(&pack, &json!({"members": [{"id_number": number}]}), day(on));
    assert!(on("999999198001010011", "2023-05-20").says("a"));
    assert!(on("999999198001010011", "2022-12-31").says("b"));
    assert!(on("999999198001010012", "2023-05-20").says("c"));
}

#[test]
fn typed_facts_and_json_are_judged_alike() {
    let house = House::monitored()
        .people(6, 1)
        .money(json!(1), json!(2), json!(3), json!(4), json!(5))
        .with("profile/leaflets", json!([]))
        .with("profile/registered_risks", json!(["illness"]))
        .with("profile/plan", json!({}));
    let typed = judge(&PACK, &house.facts(), day("2023-05-20"));
    assert_eq!(typed, house.judged());
    assert!(!typed.findings.is_empty() && !typed.unknown.is_empty());
}

#[test]
fn checks_point_at_fields_and_name_the_person() {
    let house = House::ordinary()
        .with("members", json!([{"id": "a", "name": "覃桂花", "living": "alive", "id_number": "999999198001010012"}]));
    let found = check(&PACK, &house.facts(), day("2023-05-20"));
    let digit = found.finding("id-digit").unwrap();
    assert!(digit.words.starts_with("覃桂花"), "{}", digit.words);
    assert_eq!(digit.fields, ["members/*/id_number"]);
    assert_eq!(digit.severity, Some(Severity::Error));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z0-9一 -]{0,12}".prop_map(Value::from),
        prop_oneof![Just("alive"), Just("yes"), Just("dibao"), Just("2023-01-01"), Just("ordinary")]
            .prop_map(Value::from),
    ];
    let key = || {
        prop_oneof![
            Just("profile"),
            Just("members"),
            Just("visits"),
            Just("answers"),
            Just("measures"),
            Just("allowance"),
            Just("living"),
            Just("work"),
            Just("base"),
            Just("kind"),
            Just("since"),
            Just("id_number"),
            Just("birth"),
            Just("finished_on"),
            Just("form"),
            Just("income_net"),
            Just("family"),
            Just("plan"),
            Just("items"),
            Just("now"),
            Just("health")
        ]
        .prop_map(str::to_owned)
    };
    leaf.prop_recursive(5, 80, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key(), inner, 0..6).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn judging_never_panics_on_any_facts(facts in any_json()) {
        let judged = judge_json(&PACK, &facts, day("2023-05-20"));
        prop_assert!(judged.unknown.iter().all(|u| !u.missing.is_empty()));
        let _ = serde_json::to_string(&judged).unwrap();
    }

    #[test]
    fn the_line_is_drawn_by_exact_arithmetic(fen in -5_000_000i64..20_000_000, people in 1usize..9, spend in 0i64..500_000) {
        let yuan = |fen: i64| json!(format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100));
        let house = House::ordinary().people(people, 1).money(yuan(fen), yuan(0), yuan(spend), yuan(0), yuan(0));
        let below = fen - spend < 750_000 * people as i64;
        prop_assert_eq!(house.judged().says("below-line"), below);
    }

    #[test]
    fn a_hostile_rule_is_refused_or_judged(when in "[a-z0-9()$\\{\\}\\[\\]/*.='| <>+-]{1,40}") {
        if let Ok(pack) = pack(&format!("a,1,all,,\"{when}\",due,,,字,\n")) {
            let _ = judge_json(&pack, &House::ordinary().people(3, 1).0, day("2023-05-20"));
        }
    }
}
