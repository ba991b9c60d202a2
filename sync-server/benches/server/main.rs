//! What a server bears (7-measures.md): real phones with their own keys against the real `ruhu-server`, on 127.0.0.1, over
//! HTTP, every visit signed, judged and synced to disk before its answer. One JSON line a measure:
//! `cargo bench -p sync-server --bench server [-- ROW…] [-- --households 1000000]` (rows: throughput first kill growth).
//!
//! Visits are made and signed beforehand; in the measured time a phone only encodes, sends and decodes. Both sides share the
//! machine's cores, so what is stated is the least the server does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement, not the product"
)]

mod phone;
mod program;
mod rows;
mod stage;

use serde_json::{Value, json};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let most = args.iter().filter_map(|a| a.parse().ok()).next_back().unwrap_or(100_000);
    let wanted: Vec<&str> =
        args.iter().map(String::as_str).filter(|a| !a.starts_with('-') && a.parse::<usize>().is_err()).collect();
    let wants = |row: &str| wanted.is_empty() || wanted.contains(&row);
    if wants("throughput") {
        for (phones, visits, rounds) in [(8, 1, 400), (32, 1, 150), (8, 30, 25), (32, 30, 6)] {
            rows::throughput(phones, visits, rounds);
        }
    }
    if wants("first") {
        rows::first_syncs();
    }
    if wants("kill") {
        rows::killed();
    }
    if wants("growth") {
        rows::growth(most);
    }
}

/// One line of the answer.
fn say(what: &str, unit: &str, figures: Value) {
    let mut line = json!({ "what": what, "unit": unit });
    if let (Some(line), Value::Object(figures)) = (line.as_object_mut(), figures) {
        line.extend(figures);
    }
    println!("{line}");
}
