//! Our side of what ODK's engine does otherwise or not at all: small forms, each answer with the sentence of the
//! specification (or the arithmetic) that it follows from. `tests/oracles/xforms/known.mjs` and the catalogue of
//! `docs/xlsform.md` name these tests.

use super::{Env, Instance, form, workbook};
use chrono::DateTime;
use std::sync::Arc;

fn visit(table: &str) -> Instance {
    let book = workbook::read_markdown(table).unwrap();
    let form = form::compile(&book, "proof").unwrap_or_else(|p| panic!("{p}"));
    Instance::new(Arc::new(form), Env::at(DateTime::parse_from_rfc3339("2023-05-20T09:30:00+08:00").unwrap()))
}

/// What a calculation gives in a form with text `a`, integers `n` and `m`, decimal `d`, date `day`, answered as said.
fn calculated(formula: &str, answers: &[(&str, &str)]) -> String {
    let mut visit = visit(&format!(
        "| survey | | | | |
         | | type | name | label | calculation |
         | | text | a | A | |
         | | integer | n | N | |
         | | integer | m | M | |
         | | decimal | d | D | |
         | | date | day | 日 | |
         | | calculate | out | | {} |",
        formula.replace('|', "\\|")
    ));
    for (name, text) in answers {
        let node = visit.find(name).unwrap();
        visit.set(node, text).unwrap();
    }
    visit.value(visit.find("out").unwrap()).to_string()
}

/// A formula, the answers it reads, and what it gives.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

fn check(table: &[Case<'_>]) {
    for (formula, answers, says) in table {
        assert_eq!(calculated(formula, answers), *says, "{formula} with {answers:?}");
    }
}

#[test]
fn equal_numbers_are_equal() {
    check(&[
        ("${n} = ${d}", &[("n", "5"), ("d", "5.0")], "true"),
        ("${n} = ${d} or ${n} <= 3", &[("n", "5"), ("d", "5")], "true"),
        ("${n} = ${d}", &[("n", "5"), ("d", "5.01")], "false"),
        ("${d} = 0.1 + 0.2", &[("d", "0.3")], "true"),
    ]);
}

#[test]
fn date_is_a_day() {
    check(&[
        ("date('2023-05-20T09:30:00.000+08:00')", &[], "2023-05-20"),
        ("date('2023-05-20T23:30:00.000+00:00')", &[], "2023-05-21"),
        ("today() = date(now())", &[], "true"),
        ("date(${n})", &[("n", "6")], "1970-01-07"),
        ("date(0)", &[], "1970-01-01"),
        ("date(${day} + 30)", &[], ""),
        ("date('nonsense')", &[], ""),
    ]);
}

#[test]
fn days_become_a_date() {
    let visit = visit(
        "| survey | | | | | |
         | | type | name | label | calculation | bind::type |
         | | calculate | when | | 19000 | date |
         | | text | a | A | | |",
    );
    // 52 years of 365 days and 13 leap days are 18,993; the 7 left are 2022-01-08.
    assert_eq!(visit.value(visit.find("when").unwrap()), "2022-01-08");
}

#[test]
fn what_is_no_number_is_called_so() {
    check(&[("string(number('x'))", &[], "NaN"), ("number('x')", &[], ""), ("1 div 0", &[], "Infinity")]);
}

#[test]
fn the_sum_of_nothing_is_0() {
    check(&[("sum(//nobody)", &[], "0"), ("count(//nobody)", &[], "0")]);
}

#[test]
fn lengths_count_characters() {
    check(&[
        ("string-length('入户 𠮷')", &[], "4"),
        ("substr('a𠮷b', 1, 2)", &[], "𠮷"),
        ("substring('a𠮷b', 3)", &[], "b"),
        ("translate('𠮷', '𠮷', '吉')", &[], "吉"),
    ]);
}

#[test]
fn after_means_behind_the_whole() {
    check(&[
        ("substring-after('2023-05-20', '2023-')", &[], "05-20"),
        ("substring-after('2023-05-20', '2023-05-20')", &[], ""),
        ("substring-after('abc', '')", &[], "abc"),
        ("substring-before('abc', '')", &[], ""),
    ]);
}

#[test]
fn substring_counts_as_xpath_does() {
    check(&[
        ("substring('12345', 2, -1)", &[], ""),
        ("substring('12345', 0, 3)", &[], "12"),
        ("substring('12345', 1.5, 2.6)", &[], "234"),
        ("substring('12345', 0 div 0, 3)", &[], ""),
        ("substring('12345', -42, 1 div 0)", &[], "12345"),
    ]);
}

#[test]
fn signs_that_odks_parser_does_not_take() {
    check(&[
        ("--${n}", &[("n", "3")], "3"),
        ("-${n} + --${m}", &[("n", "1"), ("m", "2")], "1"),
        ("count(/data/a | /data/n | /data/a)", &[], "2"),
        ("count(/data/n/preceding-sibling::a | //d)", &[], "2"),
        ("name(/data/n/following-sibling::d)", &[], "d"),
        ("count(/data/a/following-sibling::day/preceding-sibling::m)", &[], "1"),
        ("count(/data/day/ancestor::data)", &[], "1"),
    ]);
}

#[test]
fn digests_are_those_of_their_standards() {
    // RFC 1321 A.5; FIPS 180-4 examples.
    check(&[
        ("digest('abc', 'MD5', 'hex')", &[], "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('', 'MD5', 'base64')", &[], "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("digest('abc', 'SHA-1', 'hex')", &[], "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("digest('abc', 'SHA-1')", &[], "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("digest('abc', 'SHA-256', 'hex')", &[], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("string-length(digest('abc', 'SHA-384', 'hex'))", &[], "96"),
        ("string-length(digest('abc', 'SHA-512', 'hex'))", &[], "128"),
    ]);
}

#[test]
fn what_chance_gives_has_its_shape() {
    for _ in 0..50 {
        check(&[
            ("regex(uuid(), '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')", &[], "true"),
            ("string-length(uuid(12))", &[], "12"),
            ("random() >= 0 and random() < 1", &[], "true"),
            ("string-length(once(uuid()))", &[], "36"),
        ]);
    }
}

#[test]
fn nothing_is_no_choice() {
    let mut visit = visit(
        "| survey | | | | |
         | | type | name | label | choice_filter |
         | | begin repeat | member | 成员 | |
         | | text | who | 姓名 | |
         | | integer | age | 年龄 | |
         | | end repeat | | | |
         | | select_one ${who} | grown | 成年人 | ${age} > 17 |",
    );
    let age = visit.find("age").unwrap();
    visit.set(age, "70").unwrap();
    let grown = visit.find("grown").unwrap();
    assert!(visit.offered(grown).is_empty());
    let who = visit.find("who").unwrap();
    visit.set(who, "韦秀英").unwrap();
    assert_eq!(visit.offered(grown), ["韦秀英"]);
}

#[test]
fn a_trigger_stays_in_its_instance() {
    let mut visit = visit(
        "| survey | | | | | |
         | | type | name | label | calculation | trigger |
         | | begin repeat | member | 成员 | | |
         | | text | who | 姓名 | | |
         | | text | greeting | 问候 | concat('你好', ${who}) | ${who} |
         | | end repeat | | | | |",
    );
    let (second, _) = visit.add_by_path("member", Some("li")).unwrap();
    let path = visit.path(second);
    let who = visit.find(&format!("{path}/who")).unwrap();
    visit.set(who, "李建国").unwrap();
    assert_eq!(visit.value(visit.find(&format!("{path}/greeting")).unwrap()), "你好李建国");
    assert_eq!(visit.value(visit.find("greeting").unwrap()), "");
}

#[test]
fn a_place_of_the_same_name_is_offered_in_each_county() {
    let mut visit = visit(
        "| survey | | | | |
         | | type | name | label | choice_filter |
         | | select_one county | county | 县 | |
         | | select_one town | town | 镇 | county = ${county} |
         | choices | | | |
         | | list_name | name | label | county |
         | | county | liucheng | 柳城 | |
         | | county | luzhai | 鹿寨 | |
         | | town | dongquan | 东泉 | liucheng |
         | | town | dongquan | 东泉 | luzhai |
         | settings | |
         | | allow_choice_duplicates |
         | | yes |",
    );
    let (county, town) = (visit.find("county").unwrap(), visit.find("town").unwrap());
    visit.set(county, "luzhai").unwrap();
    visit.set(town, "dongquan").unwrap();
    assert_eq!(visit.value(town), "dongquan");
}

#[test]
fn external_choices_are_filtered_and_the_older_types_have_their_limits() {
    let mut visit = visit(
        "| survey | | | | |
         | | type | name | label | choice_filter |
         | | text | county | 县 | |
         | | select_one_external town | town | 镇 | county=${county} |
         | | phone number | phone | 电话 | |
         | | percentage | share | 比例 | |
         | | start-geopoint | where | | |
         | | background-audio | sound | | |
         | external_choices | | | |
         | | list_name | name | label | county |
         | | town | dapu | 大埔 | liucheng |
         | | town | zhongdu | 中渡 | luzhai |",
    );
    let find = |visit: &Instance, name: &str| visit.find(name).unwrap();
    let (county, town) = (find(&visit, "county"), find(&visit, "town"));
    visit.set(county, "luzhai").unwrap();
    assert_eq!(visit.offered(town), ["zhongdu"]);
    let (phone, share) = (find(&visit, "phone"), find(&visit, "share"));
    visit.set(phone, "139x").unwrap();
    visit.set(share, "101").unwrap();
    assert_eq!(visit.violations().iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["phone", "share"]);
    assert!(!visit.question(find(&visit, "where")).kind.is_visible());
    assert_eq!(visit.value(find(&visit, "sound")), "");
}

#[test]
fn metadata_comes_from_the_phone() {
    let mut visit = visit(
        "| survey | | | |
         | | type | name | label |
         | | start | begun | |
         | | end | done | |
         | | today | day | |
         | | text | a | A |",
    );
    let text = |visit: &Instance, name: &str| visit.value(visit.find(name).unwrap()).to_string();
    assert_eq!(text(&visit, "begun"), "2023-05-20T09:30:00.000+08:00");
    assert_eq!((text(&visit, "day"), text(&visit, "done")), ("2023-05-20".into(), String::new()));
    visit.finish(DateTime::parse_from_rfc3339("2023-05-20T10:00:00+08:00").unwrap());
    assert_eq!(text(&visit, "done"), "2023-05-20T10:00:00.000+08:00");
}

#[test]
fn settings_of_other_programs_are_passed_over() {
    let visit = visit(
        "| survey | | | | |
         | | type | name | label | save_to |
         | | text | a | A | kept |
         | settings | | | | |
         | | style | instance_name | public_key | submission_url |
         | | pages | ${a} | KEY | https://example.org |
         | entities | | |
         | | dataset | label |
         | | trees | ${a} |",
    );
    assert_eq!(visit.form().questions.len(), 2);
    assert!(visit.violations().is_empty());
}

#[test]
fn counts_within_counts_stay_within_bounds() {
    // Found by the fuzzer: a thousand in a thousand in a thousand was built until the memory was gone.
    let visit = visit(
        "| survey | | | | | |
         | | type | name | label | repeat_count | calculation |
         | | begin repeat | a | A | 1000 | |
         | | begin repeat | b | B | 1000 | |
         | | begin repeat | c | C | 1000 | |
         | | text | who | 姓名 | | |
         | | end repeat | | | | |
         | | end repeat | | | | |
         | | end repeat | | | | |
         | | calculate | all | | | count(${c}) |",
    );
    assert!(visit.walk().len() <= 50_010, "{}", visit.walk().len());
    assert_ne!(visit.value(visit.find("all").unwrap()), "");
}

/// What a calculation bound to a type stores.
fn bound(formula: &str, to: &str) -> String {
    let visit = visit(&format!(
        "| survey | | | | | |
         | | type | name | label | calculation | bind::type |
         | | calculate | out | | {formula} | {to} |
         | | text | a | A | | |"
    ));
    visit.value(visit.find("out").unwrap()).to_string()
}

#[test]
fn what_is_not_of_the_type_is_not_stored() {
    // Found by the differential run: a computed default put the words of another question into a date.
    for (formula, to, says) in [
        ("'abc'", "date", ""),
        ("'2023-05-20'", "date", "2023-05-20"),
        ("now()", "date", ""),
        ("'abc'", "int", ""),
        ("'7.9'", "int", "7"),
        ("'abc'", "decimal", ""),
        ("1 div 0", "decimal", ""),
        ("concat('1', '2')", "decimal", "12"),
        ("'abc'", "time", ""),
        ("'09:30'", "time", "09:30"),
        ("'2023-05-20'", "dateTime", ""),
        ("'abc'", "string", "abc"),
    ] {
        assert_eq!(bound(formula, to), says, "{formula} as {to}");
    }
}

#[test]
fn whole_numbers_have_64_bits() {
    assert_eq!(bound("13900000001", "int"), "13900000001");
    assert_eq!(bound("'999999195003071234'", "int"), "999999195003071234");
}
