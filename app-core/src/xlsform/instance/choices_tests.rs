//! Choices that come from answers, change their words or their order; ranges; what was last saved.

use super::*;
use crate::xlsform::{Problems, form, workbook};

const FORM: &str = "
| survey |
|        | type                     | name    | label | choice_filter | calculation | parameters               | default            |
|        | text                     | town    | Town  |               |             |                          | ${last-saved#town} |
|        | begin_repeat             | person  | P     |               |             |                          |                    |
|        | text                     | pname   | Name  |               |             |                          |                    |
|        | integer                  | age     | Age   |               |             |                          |                    |
|        | select_one ${pname}      | friend  | F     |               |             |                          |                    |
|        | end_repeat               |         |       |               |             |                          |                    |
|        | select_one ${pname}      | head    | Head  |               |             |                          |                    |
|        | select_multiple ${pname} | adults  | Adult | ${age} > 17   |             |                          |                    |
|        | calculate                | headage |       |               | ${person}[pname = current()/../head]/age | |            |
|        | select_one place         | where   | Where |               |             |                          |                    |
|        | calculate                | said    |       |               | jr:choice-name(${where}, '${where}') | |                |
|        | select_multiple place    | mixed   | Mixed |               |             | randomize=true seed=42   |                    |
|        | range                    | mark    | Mark  |               |             | start=10 end=0 step=2    |                    |
|        | range                    | share   | Share |               |             | start=0 end=1 step=0.25  |                    |
| choices |
|        | list_name | name | label        |
|        | place     | in   | in ${town}   |
|        | place     | out  | out of it    |
|        | place     | far  | far          |
";

fn compiled(text: &str) -> Result<form::Form, Problems> {
    form::compile(&workbook::read_markdown(text)?, "drawn")
}

fn filling(env: Env) -> Instance {
    Instance::new(Arc::new(compiled(FORM).unwrap_or_else(|e| panic!("{e}"))), env)
}

fn family() -> Instance {
    let mut visit = filling(Env::default());
    for (key, name, age) in [("1", "韦 秀英", "58"), ("b", "李建国", "9"), ("c", "覃桂花", "30"), ("d", "", "40")]
    {
        visit.add_by_path("person", Some(key)).unwrap();
        set(&mut visit, &format!("/person[{key}]/pname"), name).unwrap();
        set(&mut visit, &format!("/person[{key}]/age"), age).unwrap();
    }
    visit
}

fn set(visit: &mut Instance, path: &str, text: &str) -> Result<Vec<Change>, Refused> {
    let node = visit.find(path).unwrap_or_else(|| panic!("no {path}"));
    visit.set(node, text)
}

fn value(visit: &Instance, path: &str) -> String {
    visit.value(visit.find(path).unwrap()).to_string()
}

fn offered(visit: &Instance, path: &str) -> Vec<String> {
    visit.offered(visit.find(path).unwrap())
}

#[test]
fn the_members_answered_so_far_are_the_choices() {
    let mut visit = family();
    assert_eq!(offered(&visit, "head"), ["韦 秀英", "李建国", "覃桂花"], "nobody without a name");
    assert_eq!(offered(&visit, "/person[b]/friend"), offered(&visit, "head"), "inside the repeat too");
    assert_eq!(offered(&visit, "adults"), ["韦 秀英", "覃桂花"]);
    set(&mut visit, "head", "韦 秀英").unwrap();
    assert_eq!((value(&visit, "head").as_str(), value(&visit, "headage").as_str()), ("韦 秀英", "58"));
    // She is renamed: what was chosen is no longer offered, is kept, and comes back with the name.
    set(&mut visit, "/person[1]/pname", "韦秀英").unwrap();
    assert_eq!(value(&visit, "head"), "");
    let head = visit.find("head").unwrap();
    assert_eq!(visit.violation(head).unwrap().kind, ViolationKind::Choice);
    set(&mut visit, "/person[1]/pname", "韦 秀英").unwrap();
    assert_eq!(value(&visit, "head"), "韦 秀英");
    set(&mut visit, "adults", "李建国 覃桂花").unwrap();
    assert_eq!(value(&visit, "adults"), "覃桂花", "a child is not offered");
    let before = offered(&visit, "head");
    visit.recompute_all();
    assert_eq!(offered(&visit, "head"), before);
}

#[test]
fn the_words_of_a_choice_follow_an_answer() {
    let mut visit = filling(Env::default());
    set(&mut visit, "where", "in").unwrap();
    set(&mut visit, "town", "龙头镇").unwrap();
    let label = |visit: &Instance| visit.choices(visit.find("where").unwrap())[0].label.clone();
    assert_eq!((label(&visit).as_str(), value(&visit, "said").as_str()), ("in 龙头镇", "in 龙头镇"));
    let changes = set(&mut visit, "town", "大埔镇").unwrap();
    let asked = visit.find("where").unwrap();
    assert!(changes.iter().any(|c| c.node == asked && c.what.words), "the screen hears of it");
    assert_eq!((label(&visit).as_str(), value(&visit, "said").as_str()), ("in 大埔镇", "in 大埔镇"));
}

#[test]
fn a_seed_gives_the_order_that_odk_gives() {
    use crate::xlsform::expr::functions::nodes::{seed, shuffle};
    // As @getodk/xforms-engine 0.22 shuffles them.
    for (given, order) in [
        ("42", "illness none school work water"),
        ("7", "water work illness none school"),
        ("", "school work none illness water"),
        ("11", "water illness work school none"),
    ] {
        let risks = vec!["illness", "work", "school", "water", "none"];
        assert_eq!(shuffle(risks, seed(given)).join(" "), order, "{given}");
    }
    let visit = filling(Env::default());
    let mut mixed = offered(&visit, "mixed");
    assert_eq!(mixed, offered(&filling(Env::default()), "mixed"));
    mixed.sort();
    assert_eq!(mixed, ["far", "in", "out"]);
}

#[test]
fn a_range_takes_what_lies_between_its_ends() {
    let mut visit = filling(Env::default());
    for good in ["0", "10", "6"] {
        set(&mut visit, "mark", good).unwrap();
    }
    for bad in ["-1", "11"] {
        assert!(matches!(set(&mut visit, "mark", bad), Err(Refused::OutOfRange(..))), "{bad}");
    }
    assert!(matches!(set(&mut visit, "mark", "2.5"), Err(Refused::Malformed(_))), "whole steps, whole answers");
    assert_eq!(value(&visit, "mark"), "6", "what was refused is not stored");
    set(&mut visit, "share", "0.75").unwrap();
    assert!(set(&mut visit, "share", "1.25").is_err());
    for parameters in ["start=a", "step=0", "start=1 end=3 step=5", "begin=1"] {
        let text = format!("| survey |\n| | type | name | label | parameters |\n| | range | r | R | {parameters} |\n");
        let problem = compiled(&text).unwrap_err().errors.remove(0);
        assert_eq!((problem.row, problem.column.as_deref()), (Some(2), Some("parameters")), "{parameters}");
    }
}

#[test]
fn what_was_last_saved_is_at_hand_the_next_time() {
    let mut first = filling(Env::default());
    assert_eq!(value(&first, "town"), "", "nothing was saved yet");
    set(&mut first, "town", "龙头镇").unwrap();
    let second = filling(Env { last_saved: Some(first.saved()), ..Env::default() });
    assert_eq!(value(&second, "town"), "龙头镇");
}

#[test]
fn what_choices_cannot_be_drawn_from_is_said_by_row() {
    for (row, column) in [
        ("| | select_one ${town} | a | A | |", "type"),
        ("| | select_one ${nobody} | a | A | |", "type"),
        ("| | select_one ${person} | a | A | |", "type"),
        ("| | select_one ${pname} | a | A | ${nobody} > 1 |", "type"),
    ] {
        let text = format!(
            "| survey |\n| | type | name | label | choice_filter |\n| | text | town | T | |\n\
             | | begin_repeat | person | P | |\n| | text | pname | N | |\n| | end_repeat | | | |\n{row}\n"
        );
        let problem = compiled(&text).unwrap_err().errors.remove(0);
        assert_eq!((problem.row, problem.column.as_deref()), (Some(6), Some(column)), "{row}: {problem}");
    }
    let list = |kind: &str, name: &str, label: &str| {
        format!(
            "| survey |\n| | type | name | label |\n| | {kind} l | a | A |\n| choices |\n| | list_name | name | label |\n\
             | | l | {name} | {label} |\n"
        )
    };
    let fault = |text: &str| compiled(text).unwrap_err().errors.remove(0);
    assert_eq!(fault(&list("select_one", "a", "to ${nobody}")).column.as_deref(), Some("label"));
    assert_eq!(fault(&list("select_multiple", "a b", "A")).column.as_deref(), Some("name"));
    assert!(compiled(&list("select_one", "a b", "A")).is_ok(), "one answer may hold blanks");
}
