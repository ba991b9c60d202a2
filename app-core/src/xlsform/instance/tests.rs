use super::*;
use crate::xlsform::{Table, binding, form, workbook};
use proptest::prelude::*;
use serde_json::json;

/// A small form that has everything: sections, a roster, an override, filters, a trigger, a count.
const FORM: &str = "
| survey  |                          |           |              |                       |                                  |                    |             |               |                     |           |
|         | type                     | name      | label        | relevant              | calculation                      | constraint         | required    | choice_filter | bind::ruhu:override | bind::ruhu:fact | repeat_count | trigger | default |
|         | begin group              | home      | 家庭         |                       |                                  |                    |             |               |                     |           | | | |
|         | integer                  | people    | 人口         |                       | if(count(${member}) > 0, count(${member}[living = 'alive']), '') | . >= 1 | yes |    | yes                 | | | | |
|         | decimal                  | income    | ${people}人的收入 |                  |                                  | . >= 0             | yes         |               |                     | | | | |
|         | calculate                | per_head  |              |                       | if(${income} = '' or ${people} = '', '', ${income} div ${people}) |  |  |        |                     | | | | |
|         | end group                |           |              |                       |                                  |                    |             |               |                     | | | | |
|         | begin repeat             | member    | 成员         |                       |                                  |                    |             |               |                     | members | | | |
|         | calculate                | serial    |              |                       | position(..)                     |                    |             |               |                     | | | | |
|         | text                     | name      | 姓名         |                       |                                  |                    | yes         |               |                     | members/*/name | | | |
|         | select_one living        | living    | 状态         |                       |                                  |                    |             |               |                     | members/*/living | | | |
|         | decimal                  | pay       | 收入         | ${living} = 'alive'   |                                  |                    |             |               |                     | members/*/pay | | | |
|         | calculate                | share     |              |                       | if(${pay} = '' or ${total} = 0, '', ${pay} div ${total}) |  |   |               |                     | | | | |
|         | end repeat               |           |              |                       |                                  |                    |             |               |                     | | | | |
|         | calculate                | total     |              |                       | sum(${member}[pay != '']/pay)    |                    |             |               |                     | | | | |
|         | begin group              | poor      | 困难         | ${per_head} < 7500 and ${per_head} != '' |               |                    |             |               |                     | | | | |
|         | select_one county        | county    | 县           |                       |                                  |                    |             |               |                     | profile/county | | | |
|         | select_one town          | town      | 镇           |                       |                                  |                    |             | county = ${county} |                | | | | |
|         | select_multiple risk     | risks     | 风险         |                       |                                  | not(selected(., 'none') and count-selected(.) > 1) | |  |              | | | | |
|         | text                     | why       | 原因         | selected(${risks}, 'other') |                            |                    | yes         |               |                     | | | | |
|         | end group                |           |              |                       |                                  |                    |             |               |                     | | | | |
|         | text                     | stamped   | 记录         |                       | concat('由', ${county}, '填')     |                    |             |               |                     | | | ${county} | |
|         | integer                  | fields    | 地块数       |                       |                                  |                    |             |               |                     | | | | 1 |
|         | begin repeat             | field     | 地块         |                       |                                  |                    |             |               |                     | | ${fields} | | |
|         | decimal                  | area      | 亩           |                       |                                  |                    |             |               |                     | | | | |
|         | end repeat               |           |              |                       |                                  |                    |             |               |                     | | | | |
|         | calculate                | land      |              |                       | sum(${area})                     |                    |             |               |                     | | | | |
| choices |                          |           |              |        |
|         | list_name                | name      | label        | county |
|         | living                   | alive     | 正常         |        |
|         | living                   | dead      | 死亡         |        |
|         | county                   | liucheng  | 柳城         |        |
|         | county                   | luzhai    | 鹿寨         |        |
|         | town                     | longtou   | 龙头         | liucheng |
|         | town                     | dapu      | 大埔         | liucheng |
|         | town                     | zhongdu   | 中渡         | luzhai |
|         | risk                     | illness   | 因病         |        |
|         | risk                     | other     | 其他         |        |
|         | risk                     | none      | 无           |        |
";

fn visit() -> Instance {
    let book = workbook::read_markdown(FORM).unwrap();
    let form = form::compile(&book, "visit").unwrap_or_else(|e| panic!("{e}"));
    Instance::new(Arc::new(form), Env::default())
}

fn node(visit: &Instance, path: &str) -> NodeId {
    visit.find(path).unwrap_or_else(|| panic!("no {path}"))
}

fn set(visit: &mut Instance, path: &str, text: &str) -> Vec<(String, What)> {
    let node = node(visit, path);
    let changes = visit.set(node, text).unwrap_or_else(|e| panic!("{path}: {e}"));
    changes.into_iter().map(|c| (visit.path(c.node), c.what)).collect()
}

fn value(visit: &Instance, path: &str) -> String {
    visit.value(node(visit, path)).to_string()
}

#[test]
fn one_answer_says_what_it_changed_and_touches_nothing_else() {
    let mut visit = visit();
    set(&mut visit, "people", "4");
    let changes = set(&mut visit, "income", "28000");
    let of = |path: &str| changes.iter().find(|(p, _)| p == path).map(|(_, w)| *w).unwrap_or_default();
    assert!(
        of("/home/income").value && of("/home/per_head").value && of("/poor").relevance && of("/poor/risks").relevance
    );
    assert!(!changes.iter().any(|(p, _)| p == "/land" || p == "/stamped" || p == "/home/people"));
    assert_eq!(value(&visit, "per_head"), "7000");
    assert_eq!(visit.label(node(&visit, "income")), "4人的收入");
    assert!(set(&mut visit, "people", "5").iter().any(|(p, w)| p == "/home/income" && w.words));
}

#[test]
fn an_answer_given_stands_and_the_system_says_what_it_would_have_been() {
    let mut visit = visit();
    for (id, living) in [("wei", "alive"), ("li", "dead")] {
        visit.add_by_path("member", Some(id)).unwrap();
        set(&mut visit, &format!("/member[{id}]/living"), living);
    }
    assert_eq!(value(&visit, "people"), "1");
    set(&mut visit, "people", "3");
    visit.add_by_path("member", Some("qin")).unwrap();
    set(&mut visit, "/member[qin]/living", "alive");
    let people = node(&visit, "people");
    assert_eq!((value(&visit, "people").as_str(), visit.system_value(people)), ("3", Some("2")));
    assert!(visit.is_overridden(people));
    visit.recompute_all();
    assert_eq!(value(&visit, "people"), "3");
    visit.clear_override(people);
    assert_eq!(value(&visit, "people"), "2");
    assert!(!visit.is_overridden(people));
    set(&mut visit, "people", "");
    assert_eq!(value(&visit, "people"), "2", "an emptied answer is the system's again");
}

#[test]
fn members_come_and_go_by_their_keys() {
    let mut visit = visit();
    for (id, pay) in [("wei", "100.10"), ("li", "50"), ("qin", "0.05")] {
        visit.add_by_path("member", Some(id)).unwrap();
        set(&mut visit, &format!("/member[{id}]/living"), "alive");
        set(&mut visit, &format!("/member[{id}]/pay"), pay);
    }
    assert_eq!(value(&visit, "total"), "150.15");
    assert_eq!(value(&visit, "/member[qin]/serial"), "3");
    let share = visit.tree().child(node(&visit, "/member[li]"), "share").unwrap();
    let before = visit.value(share).to_string();
    visit.remove(node(&visit, "/member[wei]")).unwrap();
    assert_eq!(value(&visit, "total"), "50.05");
    assert_eq!(value(&visit, "/member[qin]/serial"), "2");
    assert_ne!(visit.value(share), before, "the others' shares follow");
    visit.add_by_path("member", Some("wei")).unwrap();
    assert_eq!(value(&visit, "/member[wei]/pay"), "100.1", "who comes back has what was said of him");
    assert_eq!(value(&visit, "/member[wei]/serial"), "3");
    assert_eq!(value(&visit, "total"), "150.15");
}

#[test]
fn what_is_not_relevant_is_empty_outside_and_kept_inside() {
    let mut visit = visit();
    set(&mut visit, "people", "4");
    set(&mut visit, "income", "1");
    set(&mut visit, "risks", "other");
    assert!(visit.violations().iter().any(|v| v.name == "why" && v.kind == ViolationKind::Required));
    set(&mut visit, "why", "父亲住院");
    set(&mut visit, "income", "400000");
    assert_eq!(value(&visit, "why"), "");
    assert_eq!(visit.result()["values"]["why"], json!(null));
    assert!(!visit.violations().iter().any(|v| v.name == "why"));
    set(&mut visit, "income", "1");
    assert_eq!(value(&visit, "why"), "父亲住院");
}

#[test]
fn a_choice_no_longer_offered_is_asked_again_and_returns() {
    let mut visit = visit();
    set(&mut visit, "people", "4");
    set(&mut visit, "income", "1");
    set(&mut visit, "county", "liucheng");
    assert_eq!(visit.offered(node(&visit, "town")), ["longtou", "dapu"]);
    set(&mut visit, "town", "dapu");
    set(&mut visit, "county", "luzhai");
    assert_eq!(value(&visit, "town"), "");
    assert!(visit.violations().iter().any(|v| v.name == "town" && v.kind == ViolationKind::Choice));
    set(&mut visit, "county", "liucheng");
    assert_eq!(value(&visit, "town"), "dapu");
}

#[test]
fn constraints_and_types_are_watched() {
    let mut visit = visit();
    set(&mut visit, "people", "0");
    assert!(visit.violations().iter().any(|v| v.name == "people" && v.kind == ViolationKind::Constraint));
    assert_eq!(visit.set(node(&visit, "people"), "vier"), Err(Refused::Malformed("a whole number")));
    assert_eq!(visit.set(node(&visit, "people"), "4.5"), Err(Refused::Malformed("a whole number")));
    assert_eq!(visit.set(node(&visit, "per_head"), "1"), Err(Refused::Readonly));
    assert_eq!(visit.set(node(&visit, "home"), "1"), Err(Refused::Unknown));
    set(&mut visit, "income", " 7500.00 ");
    assert_eq!(visit.result()["values"]["income"], json!(7500));
    set(&mut visit, "people", "4");
    set(&mut visit, "risks", "none illness none");
    assert_eq!(visit.result()["values"]["risks"], json!(["illness", "none"]));
    assert!(visit.violations().iter().any(|v| v.name == "risks"));
}

#[test]
fn counted_repeats_follow_their_number_and_lose_nothing() {
    let mut visit = visit();
    assert_eq!(visit.result()["values"]["field"], json!([{"area": null}]));
    set(&mut visit, "fields", "3");
    for (i, area) in [(1, "1.5"), (2, "2"), (3, "0.25")] {
        set(&mut visit, &format!("/field[{i}]/area"), area);
    }
    assert_eq!(value(&visit, "land"), "3.75");
    set(&mut visit, "fields", "1");
    assert_eq!(value(&visit, "land"), "1.5");
    set(&mut visit, "fields", "3");
    assert_eq!(value(&visit, "land"), "3.75");
}

#[test]
fn a_trigger_sets_once_and_then_leaves_alone() {
    let mut visit = visit();
    assert_eq!(value(&visit, "stamped"), "");
    set(&mut visit, "people", "4");
    set(&mut visit, "income", "1");
    set(&mut visit, "county", "luzhai");
    assert_eq!(value(&visit, "stamped"), "由luzhai填");
    set(&mut visit, "stamped", "手工");
    set(&mut visit, "income", "2");
    assert_eq!(value(&visit, "stamped"), "手工");
}

#[test]
fn facts_fill_what_is_bound_and_changes_are_found() {
    let facts = json!({"profile": {"county": "luzhai"}, "members": [
        {"id": "wei", "name": "韦秀英", "living": "alive", "pay": 10},
        {"id": "li", "name": "李建国", "living": "alive"},
        {"id": "old", "name": "覃桂花", "removed": true}]});
    let mut visit = visit();
    binding::prefill(&mut visit, &facts);
    assert_eq!((value(&visit, "people").as_str(), value(&visit, "/member[wei]/pay").as_str()), ("2", "10"));
    assert!(binding::changes(&visit, &facts).is_empty());
    set(&mut visit, "/member[li]/pay", "20.5");
    let refused = visit.fill(
        &json!({"member": [{"name": "韦秀英二"}, {}, {"id": "new", "name": "李小明"}], "nonsense": 1, "per_head": 3}),
    );
    assert!(refused.iter().any(|(n, why)| n == "nonsense" && *why == Refused::Unknown));
    let found = binding::changes(&visit, &facts);
    let at = |path: &str| found.iter().find(|c| c.path == path).map(|c| c.value.clone());
    assert_eq!(at("members/li/pay"), Some(json!(20.5)));
    assert_eq!(at("members/wei/name"), Some(json!("韦秀英二")));
    assert_eq!(at("members/new/name"), Some(json!("李小明")));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_draft_is_put_back_as_it_was() {
    let mut one = visit();
    one.add_by_path("member", Some("wei")).unwrap();
    set(&mut one, "/member[wei]/living", "alive");
    set(&mut one, "/member[wei]/pay", "3");
    set(&mut one, "people", "4");
    set(&mut one, "income", "1");
    set(&mut one, "county", "liucheng");
    set(&mut one, "town", "dapu");
    set(&mut one, "county", "luzhai");
    set(&mut one, "fields", "2");
    set(&mut one, "/field[2]/area", "7");
    let saved = one.answers();
    let mut two = visit();
    assert!(two.restore(&saved).is_empty());
    assert_eq!(two.result(), one.result());
    assert_eq!(two.answers(), saved);
    set(&mut two, "county", "liucheng");
    assert_eq!(value(&two, "town"), "dapu", "what is not offered now was kept too");
    let mut other = saved.clone();
    other["answers"]["/gone"] = json!("x");
    assert_eq!(visit().restore(&other), ["/gone"]);
}

#[test]
fn running_totals_look_at_the_instance_before() {
    let book = workbook::read_markdown(
        "| survey | | | | |
         | | type | name | label | calculation |
         | | begin repeat | step | s | |
         | | integer | gain | g | |
         | | calculate | total | | ${gain} + coalesce(indexed-repeat(${total}, ${step}, position(..) - 1), 0) |
         | | end repeat | | | |",
    )
    .unwrap();
    let mut run = Instance::new(Arc::new(form::compile(&book, "run").unwrap()), Env::default());
    for _ in 0..3 {
        run.add_by_path("step", None).unwrap();
    }
    for (i, gain) in [(1, "5"), (2, "7"), (3, "1"), (4, "2")] {
        set(&mut run, &format!("/step[{i}]/gain"), gain);
    }
    assert_eq!(value(&run, "/step[4]/total"), "15");
    set(&mut run, "/step[1]/gain", "6");
    assert_eq!(value(&run, "/step[4]/total"), "16");
}

#[test]
fn tables_beside_the_form_answer_by_the_day() {
    let text = "key,value,from,to\nline,7500,2023-01-01,\nline,6000,2021-01-01,2021-12-31\n";
    let day = |d: &str| d.parse().unwrap();
    let table: Table = crate::xlsform::tables::parse(text, day("2023-05-20")).unwrap();
    assert_eq!(table.lookup("value", "key", "line"), Some("7500"));
    let table = crate::xlsform::tables::parse(text, day("2021-05-20")).unwrap();
    assert_eq!(table.lookup("value", "key", "line"), Some("6000"));
    assert_eq!(crate::xlsform::tables::parse(text, day("2022-05-20")).unwrap().lookup("value", "key", "line"), None);
}

/// What a person may do to the form above.
#[derive(Clone, Debug)]
enum Act {
    Set(usize, &'static str),
    Member(usize, &'static str, &'static str),
    Add(&'static str),
    Remove(&'static str),
    Clear,
}

const KEYS: [&str; 3] = ["wei", "li", "qin"];

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let values = prop::sample::select(vec![
        "",
        "0",
        "1",
        "3",
        "28000",
        "7500.50",
        "liucheng",
        "luzhai",
        "dapu",
        "longtou",
        "other",
        "illness other",
        "none",
        "alive",
    ]);
    let act = prop_oneof![
        4 => (0usize..8, values.clone()).prop_map(|(q, v)| Act::Set(q, v)),
        4 => (prop::sample::select(KEYS.to_vec()), prop::sample::select(vec!["name", "living", "pay"]), values)
            .prop_map(|(k, q, v)| Act::Member(KEYS.iter().position(|x| *x == k).unwrap(), q, v)),
        2 => prop::sample::select(KEYS.to_vec()).prop_map(Act::Add),
        1 => prop::sample::select(KEYS.to_vec()).prop_map(Act::Remove),
        1 => Just(Act::Clear),
    ];
    prop::collection::vec(act, 0..40)
}

fn act(visit: &mut Instance, act: &Act) {
    let names = ["people", "income", "county", "town", "risks", "why", "fields", "stamped"];
    match act {
        // What the type refuses is refused; that is not what is tested here.
        Act::Set(q, v) => drop(visit.find(names[*q]).map(|n| visit.set(n, v))),
        Act::Member(k, q, v) => drop(visit.find(&format!("/member[{}]/{q}", KEYS[*k])).map(|n| visit.set(n, v))),
        Act::Add(k) => drop(visit.add_by_path("member", Some(k))),
        Act::Remove(k) => drop(visit.find(&format!("/member[{k}]")).map(|n| visit.remove(n))),
        Act::Clear => drop(visit.find("people").map(|n| visit.clear_override(n))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn recomputing_everything_changes_nothing(todo in acts()) {
        let mut visit = visit();
        for one in &todo {
            act(&mut visit, one);
            let before = visit.result();
            let stray: Vec<String> = visit.recompute_all().iter().filter(|c| c.what.value || c.what.relevance || c.what.validity || c.what.choices).map(|c| visit.path(c.node)).collect();
            prop_assert!(stray.is_empty(), "{:?} after {:?}", stray, one);
            prop_assert_eq!(visit.result(), before);
        }
    }

    #[test]
    fn a_draft_put_back_equals_the_visit(todo in acts()) {
        let mut one = visit();
        todo.iter().for_each(|a| act(&mut one, a));
        let mut two = visit();
        prop_assert!(two.restore(&one.answers()).is_empty());
        prop_assert_eq!(two.result(), one.result());
    }
}
