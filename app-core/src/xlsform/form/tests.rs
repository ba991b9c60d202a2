use super::*;
use crate::xlsform::{Instance, Problem, workbook};
use proptest::prelude::*;
use std::sync::Arc;

fn compile_md(text: &str) -> Result<Form, Vec<Problem>> {
    let book = workbook::read_markdown(text).map_err(|p| p.errors)?;
    compile(&book, "test").map_err(|p| p.errors)
}

/// One faulty row among good ones, and where the fault must be reported.
fn fault(row: &str) -> Problem {
    let text = format!(
        "| survey | | | | | | | | | |
         | | type | name | label | relevant | calculation | constraint | choice_filter | trigger | repeat_count |
         | | integer | good | 好 | | | | | | |
         | | begin repeat | member | 成员 | | | | | | |
         | | text | who | 谁 | | | | | | |
         | | end repeat | | | | | | | | |
         {row}
         | choices | | |
         | | list_name | name | label |
         | | yes_no | yes | 是 |"
    );
    let mut problems = compile_md(&text).expect_err(row);
    problems.remove(0)
}

#[test]
fn each_fault_names_its_row_and_column() {
    for (row, column, says) in [
        ("| | texxt | a | A |", "type", "not known"),
        ("| | text | 1a | A |", "name", "cannot be a name"),
        ("| | text | | A |", "name", "no name"),
        ("| | text | good | A |", "name", "twice"),
        ("| | text | a | |", "label", "neither label nor hint"),
        ("| | select_one nolist | a | A |", "type", "no list"),
        ("| | text | a | A | ${nobody} = 1 |", "relevant", "no question named"),
        ("| | text | a | A | ${good} = |", "relevant", "too early"),
        ("| | text | a | A | nonsense(${good}) |", "relevant", "not known"),
        ("| | calculate | a | | |", "calculation", "nothing to calculate"),
        ("| | calculate | a | | | substr('a') |", "calculation", "takes 2 to 3"),
        ("| | text | a | A | | | regex(., '[') |", "constraint", "regular expression"),
        ("| | calculate | a | | | digest('a', 'SHA-3') |", "calculation", "not supported"),
        ("| | begin loop over nobody | a | A |", "type", "never ends"),
        ("| | end loop | | |", "type", "ends nothing known"),
        ("| | osm | a | A |", "type", "ask for a geopoint"),
        ("| | select_one_external towns | a | A |", "type", "external_choices sheet"),
        ("| | select_one_from_file towns.pdf | a | A |", "type", ".geojson files only"),
        ("| | calculate | a | | | jr:itext('yes_no-9') |", "calculation", "is no choice"),
        ("| | calculate | a | | | lang('zh') |", "calculation", "not known"),
        ("| | calculate | a | | | jr:choice-name('x', '${good}') |", "calculation", "no choices"),
        ("| | text | a | A | | | | true() |", "choice_filter", "cannot have"),
        ("| | text | a | A | | now() | | | good |", "trigger", "${question}"),
        ("| | text | a | A | | | | | | 3 |", "repeat_count", "cannot have"),
        ("| | calculate | a | | | ${a} + 1 |", "calculation", "circle"),
        ("| | text | a ${who} | A |", "name", "cannot be a name"),
        ("| | text | a | ${nobody} |", "label", "no question named"),
        ("| | end group | | |", "type", "nothing is open"),
        ("| | Text | a | A |", "type", "it is written “text”"),
        ("| | text | meta | A |", "name", "form's own"),
        ("| | audit | b | |", "name", "named “audit”"),
        ("| | text | a | A | ${ good } = 1 |", "relevant", "does not hold"),
    ] {
        let problem = fault(row);
        assert_eq!(problem.sheet, "survey", "{row}");
        assert_eq!(problem.row, Some(6), "{row}: {problem}");
        if column != "calculation" || !says.contains("circle") {
            assert_eq!(problem.column.as_deref(), Some(column), "{row}: {problem}");
        }
        assert!(problem.message.en().contains(says), "{row}: {problem}");
    }
}

#[test]
fn a_circle_is_found_and_named() {
    let problems = compile_md(
        "| survey | | | | |
         | | type | name | label | relevant | calculation |
         | | calculate | a | | | ${b} + 1 |
         | | calculate | b | | | ${c} + 1 |
         | | calculate | c | | | ${a} + 1 |",
    )
    .unwrap_err();
    assert!(problems[0].message.en().contains("a (calculation) → "), "{}", problems[0]);
    let own = "| survey | | | | |
         | | type | name | label | relevant |
         | | begin group | g | G | ${inside} = 1 |
         | | integer | inside | I | |
         | | end group | | | |";
    assert!(compile_md(own).unwrap_err()[0].message.en().contains("circle"));
}

#[test]
fn other_sheets_are_watched_too() {
    let problem = |text: &str| compile_md(text).unwrap_err().remove(0);
    assert!(problem("| choices | |\n| | list_name | name |\n| | a | b |").message.en().contains("no sheet"));
    let twice = problem(
        "| survey | | | |\n| | type | name | label |\n| | select_one l | a | A |\n| choices | | |\n| | list_name | name | label |\n| | l | x | X |\n| | l | x | Y |",
    );
    assert_eq!((twice.sheet.as_str(), twice.row, twice.column.as_deref()), ("choices", Some(3), Some("name")));
    let columns = problem("| survey | | | |\n| | type | name | label | caption |\n| | text | a | A | B |");
    assert_eq!((columns.row, columns.message.en().contains("mean the same")), (Some(1), true));
    let open = problem("| survey | | | |\n| | type | name | label |\n| | begin group | g | G |\n| | text | a | A |");
    assert_eq!((open.row, open.message.en().contains("never ends")), (Some(2), true));
}

#[test]
fn or_other_adds_its_choice_and_its_question() {
    let form = compile_md("| survey | | | |\n| | type | name | label |\n| | select_one l or_other | a | A |\n| choices | | |\n| | list_name | name | label |\n| | l | x | X |").unwrap();
    let mut instance = Instance::new(Arc::new(form), crate::xlsform::Env::default());
    let (a, other) = (instance.find("a").unwrap(), instance.find("a_other").unwrap());
    assert_eq!(instance.offered(a), ["x", "other"]);
    assert!(!instance.relevant(other));
    instance.set(a, "other").unwrap();
    assert!(instance.relevant(other));
}

#[test]
fn words_come_in_the_language_asked_for() {
    let form = compile_md("| survey | | | |\n| | type | name | label | label::English (en) |\n| | integer | n | 人数 | People |\n| | note | t | 共${n}人 | ${n} people |").unwrap();
    assert_eq!(form.languages, ["", "English (en)"]);
    let mut instance = Instance::new(Arc::new(form), crate::xlsform::Env::default());
    let (n, t) = (instance.find("n").unwrap(), instance.find("t").unwrap());
    instance.set(n, "4").unwrap();
    assert_eq!(instance.label(t), "共4人");
    instance.set_language("en");
    assert_eq!(instance.label(t), "4 people");
    instance.set_language("fr");
    assert_eq!(instance.label(t), "共4人");
}

#[test]
fn the_five_forms_of_the_notice_are_read() {
    let pack = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023/forms");
    for slug in
        ["screening-lifted", "screening-monitored", "screening-ordinary", "screening-priority", "living-conditions"]
    {
        let form = crate::xlsform::read_form(&pack.join(slug)).unwrap_or_else(|e| panic!("{slug}: {e}"));
        assert_eq!(form.id, slug);
        let mut instance = Instance::new(Arc::new(form), crate::xlsform::Env::default());
        assert!(instance.recompute_all().iter().all(|c| !c.what.value && !c.what.relevance), "{slug}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_formulas_are_refused_or_run(a in "[${}a-c0-9 ()+*/.,=<>'\\[\\]]{0,24}", b in "(\\$\\{[abm]\\}|position\\(\\.\\.\\)|count|sum|\\(|\\)|\\[|\\]|/|\\.\\.|[=+<*]| |1|'x'){0,14}") {
        let text = format!(
            "| survey | | | | | | |
             | | type | name | label | relevant | calculation | repeat_count |
             | | integer | a | A | | | |
             | | calculate | b | | | {} | |
             | | begin repeat | m | M | {} | | |
             | | integer | c | C | {} | | |
             | | end repeat | | | | | |",
            a.replace('|', "\\|"), b.replace('|', "\\|"), a.replace('|', "\\|")
        );
        if let Ok(form) = compile_md(&text) {
            let mut instance = Instance::new(Arc::new(form), crate::xlsform::Env::default());
            let node = instance.find("a").unwrap();
            let _ = instance.set(node, "2");
            let _ = instance.add_by_path("m", None);
            let _ = instance.result();
        }
    }
}
