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
