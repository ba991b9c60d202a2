//! `ruhu pack` as a person or a script meets it: exit codes and the JSON that is a contract.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023")
}

fn ruhu(args: &[&str], pack: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ruhu")).arg("pack").args(args).arg("--pack").arg(pack).output().unwrap()
}

fn answer(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"))
}

fn judged(facts: &Value, on: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("household.json");
    std::fs::write(&file, facts.to_string()).unwrap();
    ruhu(&["judge", "--facts", file.to_str().unwrap(), "--on", on], &shipped())
}

/// A copy of the shipped pack with one text replaced in one file.
fn spoilt(file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&shipped(), dir.path());
    let path = dir.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    dir
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            std::fs::copy(entry.path(), to).map(drop).unwrap()
        }
    }
}

#[test]
fn wei_xiuyings_household_is_judged_in_words_with_numbers() {
    let members: Vec<Value> = ["ordinary", "none", "none", "lost", "none"]
        .iter()
        .enumerate()
        .map(|(i, work)| json!({"id": i.to_string(), "name": "韦秀英", "living": "alive", "work": work}))
        .collect();
    let out = judged(
        &json!({"profile": {"base": "ordinary", "cleared": false, "priority": true}, "members": members}),
        "2023-05-20",
    );
    assert_eq!(out.status.code(), Some(0));
    let answer = answer(&out);
    assert_eq!(answer["forms"], json!(["screening-priority"]));
    let shortage = &answer["findings"][0];
    assert_eq!(shortage["rule"], "labour-shortage");
    assert_eq!(shortage["numbers"]["population"], json!(5));
    assert_eq!(shortage.as_object().unwrap().len(), 4, "rule, paragraph, words, numbers");
    let unknown = answer["unknown"].as_array().unwrap();
    let line = unknown.iter().find(|u| u["rule"] == "below-line").unwrap();
    assert!(line["missing"].as_array().unwrap().contains(&json!("now/answers/income_net")));
}

#[test]
fn a_faulty_pack_is_refused_by_file_row_and_column() {
    let dir = spoilt("params.csv", "income_line,7500,2023-01-01", "income_line,7500,2023-13-01");
    for args in [&["check"][..], &["judge", "--facts", "never-read.json"]] {
        let out = ruhu(args, dir.path());
        assert_eq!(out.status.code(), Some(2), "{out:?}");
        let error = &answer(&out)["errors"][0];
        assert_eq!(
            (error["file"].as_str(), error["row"].as_u64(), error["column"].as_str()),
            (Some("params.csv"), Some(2), Some("from"))
        );
        assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()));
    }
}

#[test]
fn check_compiles_the_forms_too() {
    assert_eq!(ruhu(&["check"], &shipped()).status.code(), Some(0));
    let dir = spoilt("forms/screening-lifted/survey.csv", "select_one", "select_noone");
    let out = ruhu(&["check"], dir.path());
    assert_eq!(out.status.code(), Some(2));
    let error = &answer(&out)["errors"][0];
    assert_eq!(error["file"], "forms/screening-lifted/survey.csv");
    assert!(error["row"].as_u64().is_some_and(|r| r > 1), "{error}");
}

#[test]
fn facts_that_are_no_json_are_refused_without_repeating_them() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("household.json");
    std::fs::write(&file, "{\"profile\": 李建国").unwrap();
    let out = ruhu(&["judge", "--facts", file.to_str().unwrap()], &shipped());
    assert_eq!(out.status.code(), Some(2));
    let text = String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap();
    assert!(text.contains("not JSON") && !text.contains("李建国"), "{text}");
}
