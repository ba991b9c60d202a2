//! Every error is said in both languages, Chinese first: a screen shows the half that its reader reads, the command
//! line both. Reads the sources of phone and server.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use app_core::api::words::Lang;

const SAID: [&str; 4] = ["Error::invalid(", "Error::internal(", "Error::damaged(", "Error::new("];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.to_string_lossy().contains("test") {
            into.push(path);
        }
    }
}

/// The first literal after each call that makes an error, where it belongs to the call.
fn said(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let mut found = Vec::new();
    for call in SAID {
        for (at, _) in text.match_indices(call) {
            let rest = &text[at + call.len()..];
            let Some(open) = rest.find('"') else { continue };
            if rest[..open].contains(';') || rest[..open].contains(")\n") {
                continue;
            }
            let mut words = String::new();
            let mut signs = rest[open + 1..].chars();
            while let Some(sign) = signs.next() {
                match sign {
                    '"' => break,
                    '\\' => words.extend(signs.next()),
                    other => words.push(other),
                }
            }
            found.push(words);
        }
    }
    found
}

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn an_error_says_the_same_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "../sync-server/src", "../app-shell/src"] {
        sources(&root.join(folder), &mut files);
    }
    let (mut looked, mut faults) = (0, Vec::new());
    for file in files {
        for words in said(&std::fs::read_to_string(&file).unwrap()) {
            if !chinese(&words) {
                continue;
            }
            looked += 1;
            let (zh, en) = (Lang::Zh.half(&words), Lang::En.half(&words));
            if zh == en || !chinese(zh) || chinese(en) {
                faults.push(format!("{}: {words}", file.display()));
            }
        }
    }
    assert!(looked > 120, "only {looked} errors were found");
    assert!(faults.is_empty(), "{} of {looked} are not in both languages:\n{}", faults.len(), faults.join("\n"));
}

/// The two literals of each `told!(…)`, as written.
fn told(text: &str) -> Vec<(String, String)> {
    let literal = |rest: &str| -> Option<(String, usize)> {
        let open = rest.find(|c: char| !c.is_whitespace() && c != ',')?;
        rest[open..].starts_with('"').then_some(())?;
        let (mut words, mut escaped) = (String::new(), false);
        for (at, sign) in rest[open + 1..].char_indices() {
            match sign {
                '"' if !escaped => return Some((words, open + 1 + at + 1)),
                '\\' if !escaped => escaped = true,
                other => {
                    words.push(other);
                    escaped = false;
                }
            }
        }
        None
    };
    let pair = |(at, call): (usize, &str)| {
        let rest = &text[at + call.len()..];
        let (en, end) = literal(rest)?;
        let (zh, _) = literal(&rest[end..])?;
        Some((en, zh))
    };
    text.match_indices("told!(").filter_map(pair).collect()
}

/// What may stand in a sentence: `{}`, `{0}`.
fn holes(text: &str) -> usize {
    let text = text.replace("{{", "").replace("}}", "");
    text.matches('{').count()
}

/// Names of XLSForm's own columns and words stay as they are; whole English sentences do not.
#[test]
fn every_fault_of_a_workbook_is_said_in_chinese_too() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let (mut looked, mut faults) = (0, Vec::new());
    for file in files.iter().filter(|f| !f.ends_with("told.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(
            !text.contains("Told::both(") || file.ends_with("policy/upload.rs"),
            "{}: a sentence is made by told!, in both languages",
            file.display()
        );
        let whole = text.matches("told!(").count();
        let found = told(&text);
        assert_eq!(found.len(), whole, "{}: told! takes two literals", file.display());
        for (en, zh) in found {
            looked += 1;
            let sentence = zh.ends_with(['。', '？', '）', '：', '”']) || holes(&zh) > 0 || zh.chars().count() < 12;
            // A repeated hole (`{0}` twice) stands twice in both.
            if chinese(&en) || !chinese(&zh) && !zh.contains("“,”") || holes(&en) != holes(&zh) || !sentence {
                faults.push(format!("{}: {en} / {zh}", file.display()));
            }
        }
    }
    assert!(looked > 130, "only {looked} sentences were found");
    assert!(faults.is_empty(), "{} of {looked}:\n{}", faults.len(), faults.join("\n"));
}
