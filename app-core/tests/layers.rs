//! The house's one structural rule: imports go down only (docs/ARCHITECTURE.md). Reads the `crate::layer` paths of every
//! source file, and the doors to outside crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Layers from the bottom up; those on one line may not use each other unless the pair is in `BESIDE`.
const LAYERS: [&[&str]; 9] = [
    &["error", "stdout", "told"],
    &["domain"],
    &["xlsform", "policy", "approvals", "reports"],
    &["document", "wire"],
    &["storage"],
    &["sync"],
    &["service"],
    &["api"],
    &["testing"],
];

/// `policy` runs the forms' expressions; the gate answers in the wire's words.
const BESIDE: [(&str, &str); 2] = [("policy", "xlsform"), ("document", "wire")];

/// Only this layer may name this crate.
const DOORS: [(&str, &str); 6] = [
    ("automerge", "document"),
    ("rusqlite", "storage"),
    ("reqwest", "sync"),
    ("calamine", "xlsform"),
    ("ciborium", "wire"),
    ("zstd", "wire"),
];

/// What the server may use of the core; service, storage, sync and api are the phone's.
const SERVER_MAY: [&str; 10] =
    ["error", "stdout", "told", "domain", "xlsform", "policy", "approvals", "document", "wire", "reports"];

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn height(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// Code lines only: comments may name anything.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// The identifiers that follow `prefix` where it starts a path.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let starts = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (starts && end > 0).then_some(&rest[..end])
    })
}

#[test]
fn imports_go_down_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut breaches = Vec::new();
    let mut seen = 0;
    for file in &files {
        let relative = file.strip_prefix(&source).unwrap();
        let layer = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own) = height(layer) else { continue };
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in code(&text) {
            for used in names_after(line, "crate::") {
                let Some(other) = height(used) else { continue };
                seen += 1;
                // Builders for tests are for the tests of every layer.
                if used == "testing" && relative.components().any(|c| c.as_os_str() == "tests") {
                    continue;
                }
                if used != layer && other >= own && !BESIDE.contains(&(layer, used)) {
                    breaches.push(format!("{}:{number}: {layer} uses {used}", relative.display()));
                }
            }
            for (outside, door) in DOORS {
                if layer != door && names_after(line, &format!("{outside}::")).next().is_some() {
                    breaches.push(format!("{}:{number}: {outside} outside its door {door}", relative.display()));
                }
            }
        }
    }
    assert!(seen > 20, "the test reads no imports any more ({seen})");
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_server_uses_only_what_both_ends_share() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sync-server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut breaches = Vec::new();
    for file in &files {
        let relative = file.strip_prefix(&source).unwrap();
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in code(&text) {
            for used in names_after(line, "app_core::") {
                if height(used).is_some() && !SERVER_MAY.contains(&used) {
                    breaches.push(format!("{}:{number}: the server uses {used}", relative.display()));
                }
            }
            if names_after(line, "rusqlite::").next().is_some() && !relative.starts_with("store") {
                breaches.push(format!("{}:{number}: rusqlite outside store/", relative.display()));
            }
        }
    }
    assert!(!files.is_empty());
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}
