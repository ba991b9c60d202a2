//! `ruhu form` and the manners of every verb, as a stranger's program meets them: exit codes, JSON, closed pipes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test or a bench stops at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const FORM: &str = "
| survey |
|        | type              | name  | label | constraint | required | calculation | relevant    |
|        | text              | nm    | Name  |            | yes      |             |             |
|        | integer           | age   | Age   |            |          |             |             |
|        | decimal           | money | Money |            |          |             |             |
|        | select_one c      | s     | One   |            |          |             |             |
|        | select_multiple c | m     | Many  |            |          |             |             |
|        | begin_group       | g     | Group |            |          |             | ${age} > 10 |
|        | text              | deep  | Deep  |            |          |             |             |
|        | end_group         |       |       |            |          |             |             |
|        | begin_repeat      | r     | Rep   |            |          |             |             |
|        | integer           | v     | V     | . < 5      |          |             |             |
|        | end_repeat        |       |       |            |          |             |             |
|        | calculate         | total |       |            |          | sum(${v})   |             |
| choices |
|        | list_name | name | label |
|        | c         | a    | A     |
|        | c         | b    | B     |
";

fn ruhu(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ruhu")).current_dir(folder).args(args).output().unwrap()
}

fn said(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"))
}

/// Runs the form over answers, from the folder both lie in, named without a path.
fn run(answers: &Value) -> Output {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("form.md"), FORM).unwrap();
    std::fs::write(dir.path().join("answers.json"), answers.to_string()).unwrap();
    ruhu(dir.path(), &["form", "run", "form.md", "--answers", "answers.json", "--today", "2023-05-20"])
}

fn filled(answers: Value) -> Value {
    let out = run(&answers);
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    said(&out)
}

fn kinds(filled: &Value) -> Vec<(String, String)> {
    let text = |v: &Value, key: &str| v[key].as_str().unwrap().to_owned();
    filled["violations"].as_array().unwrap().iter().map(|v| (text(v, "name"), text(v, "kind"))).collect()
}

#[test]
fn a_form_named_without_a_path_runs_in_the_current_folder() {
    let filled = filled(json!({"nm": "韦秀英", "age": 30, "m": ["b", "a"], "deep": "x", "r": [{"v": 3}, {"v": 4}]}));
    assert_eq!(filled["violations"], json!([]));
    assert_eq!(
        filled["values"],
        json!({"nm": "韦秀英", "age": 30, "money": null, "s": null, "m": ["a", "b"], "deep": "x",
               "r": [{"v": 3}, {"v": 4}], "total": 7})
    );
}

#[test]
fn an_answer_of_the_wrong_shape_is_a_violation_and_never_another_answer() {
    let filled = filled(json!({
        "nm": {"first": "秀英"}, "age": "thirty", "money": [12], "s": ["a"], "m": ["a", {"b": 1}],
        "r": [5, {"v": 1, "w": 2}], "v": 3, "nobody": 1
    }));
    let mut kinds = kinds(&filled);
    kinds.sort();
    let of = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(
        kinds,
        of(&[
            ("age", "type"),
            ("m", "type"),
            ("money", "type"),
            ("nm", "required"),
            ("nm", "type"),
            ("nobody", "unknown"),
            ("r", "type"),
            ("s", "type"),
            ("v", "unknown"),
            ("w", "unknown"),
        ])
    );
    assert_eq!(filled["values"]["r"], json!([{"v": 1}]), "what is no object makes no instance");
    assert_eq!(filled["values"]["money"], Value::Null);
}

#[test]
fn a_repeat_has_as_many_instances_as_the_file_says() {
    assert_eq!(filled(json!({"nm": "a"}))["values"]["r"], json!([{"v": null}]), "the form begins with one");
    assert_eq!(filled(json!({"nm": "a", "r": []}))["values"]["r"], json!([]));
    assert_eq!(filled(json!({"nm": "a", "r": [{"v": 1}, {}]}))["values"]["r"], json!([{"v": 1}, {"v": null}]));
}

#[test]
fn names_are_flat_and_may_also_stand_under_their_group() {
    for answers in
        [json!({"age": 11, "g": {"deep": "x"}}), json!({"g": {"age": 5, "other": 1}, "age": 11, "deep": "x"})]
    {
        assert_eq!(filled(answers.clone())["values"]["deep"], json!("x"), "{answers}");
    }
    let strangers = kinds(&filled(json!({"nm": "a", "g": {"other": 1}})));
    assert_eq!(strangers, [("other".to_owned(), "unknown".to_owned())]);
}

#[test]
fn answers_that_are_no_object_are_refused() {
    for answers in [json!([]), json!(5), json!(null), json!("x")] {
        let out = run(&answers);
        assert_eq!(out.status.code(), Some(2), "{answers}");
        assert_eq!(said(&out)["errors"][0]["sheet"], "answers.json");
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("form.md"), "| survey |\n| | type | name |\n| | integr | a |\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ruhu"))
        .current_dir(dir.path())
        .args(["form", "check", "form.md"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe has no reader before a byte is written.
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(2), "the form is still faulty: {out:?}");
    assert!(out.stderr.is_empty(), "{out:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_nobody_can_have_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_ruhu"))
        .args(["form", "check"])
        .arg(dir.path())
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1), "{out:?}");
    assert!(!out.stderr.is_empty());
}

#[test]
fn a_phones_folder_may_stand_before_or_after_the_verb_and_mistakes_are_json() {
    let dir = tempfile::tempdir().unwrap();
    let phone = dir.path().join("phone");
    let phone = phone.to_str().unwrap();
    for args in [
        ["phone", "--data", phone, "--pin", "246810", "--json", "status"],
        ["phone", "status", "--data", phone, "--pin", "246810", "--json"],
    ] {
        let out = ruhu(dir.path(), &args);
        assert_eq!((out.status.code(), &said(&out)["error"]["kind"]), (Some(3), &json!("locked")), "{args:?}");
    }
    for args in [
        vec!["phone", "--json", "status", "--pin", "246810"],
        vec!["phone", "--json", "--data", phone, "show", "not-an-id"],
        vec!["phone", "--json", "--data", phone, "fly"],
    ] {
        let out = ruhu(dir.path(), &args);
        assert_eq!((out.status.code(), &said(&out)["error"]["kind"]), (Some(2), &json!("invalid")), "{args:?}");
    }
}
