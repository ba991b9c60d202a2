//! What a household file and the wire cost: load, gate, read, digest, save; encode and decode of a day and of a first
//! sync. Times in µs, sizes in bytes, one JSON line a measure: `cargo bench -p app-core --bench document`. With `-- dump FILE`
//! it only writes the same households and a day's visits as JSON, for the peers of `tests/peers`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement, not the product"
)]

use std::hint::black_box;
use std::time::Instant;

use app_core::approvals::{Permits, Writer};
use app_core::document::{HouseholdDoc, judge_by_permits};
use app_core::domain::Title;
use app_core::testing::{self, Dice, FORMS, Worker};
use app_core::wire::lean::{Own, make_lean, words};
use app_core::wire::message::{SyncAnswer, SyncRequest, Whole};
use app_core::wire::sign::{public_key, sign_push, verify_push};
use app_core::wire::{decode, encode};
use serde_bytes::ByteBuf;

const SAMPLES: usize = 500;

fn report(name: &str, mut nanos: Vec<u128>) {
    nanos.sort_unstable();
    let at = |percent: usize| nanos[(nanos.len() - 1) * percent / 100] as f64 / 1000.0;
    println!(r#"{{"measure":"{name}","unit":"µs","p50":{:.1},"p99":{:.1},"samples":{}}}"#, at(50), at(99), nanos.len());
}

fn size(name: &str, bytes: usize) {
    println!(r#"{{"measure":"{name}","unit":"bytes","value":{bytes}}}"#);
}

fn timed<T>(inputs: &[T], mut f: impl FnMut(&T)) -> Vec<u128> {
    inputs
        .iter()
        .map(|input| {
            let start = Instant::now();
            f(input);
            start.elapsed().as_nanos()
        })
        .collect()
}

/// A file with `visits` in it, and the change of the next one.
fn next_visit(n: u64, visits: usize, worker: &Worker, dice: &mut Dice) -> (HouseholdDoc, Vec<u8>) {
    let mut doc = testing::imported(n, dice);
    let mut at = 1_684_200_000;
    for _ in 0..visits {
        at += 3_600;
        let edits = testing::visit(&doc, worker, FORMS[n as usize % 4], 3, at, dice);
        doc.edit(worker.actor, at, &edits).unwrap();
    }
    let before = doc.clone();
    let edits = testing::visit(&doc, worker, FORMS[n as usize % 4], 3, at + 3_600, dice);
    let written = doc.edit(worker.actor, at + 3_600, &edits).unwrap().unwrap();
    (before, written.bytes)
}

fn documents(visits: usize) {
    let mut dice = Dice(17);
    let worker = Worker::new(&mut dice);
    let inputs: Vec<_> = (0..SAMPLES as u64).map(|n| next_visit(n, visits, &worker, &mut dice)).collect();
    let snapshots: Vec<Vec<u8>> = inputs.iter().map(|(doc, _)| doc.snapshot()).collect();
    let permits = Permits::from_rows([("grid_worker1", ["visit", "correct"])]);
    let writer = Writer { title: Title::GridWorker1, person: &worker.person, in_scope: true };
    let name = |what: &str| format!("document {what}, {visits} visits");
    size(&name("snapshot"), snapshots.iter().map(Vec::len).sum::<usize>() / SAMPLES);
    report(&name("load"), timed(&snapshots, |s| drop(black_box(HouseholdDoc::load(s).unwrap()))));
    let mut clones: Vec<_> = inputs.clone();
    let mut admitted = Vec::new();
    for (doc, change) in &mut clones {
        let start = Instant::now();
        doc.admit(change, Some(worker.actor), &mut judge_by_permits(&permits, &writer)).unwrap();
        admitted.push(start.elapsed().as_nanos());
    }
    report(&name("admit one visit"), admitted);
    report(&name("file"), timed(&inputs, |(d, _)| drop(black_box(d.file()))));
    report(&name("digest"), timed(&inputs, |(d, _)| drop(black_box(d.digest()))));
    report(&name("save"), timed(&inputs, |(d, _)| drop(black_box(d.snapshot()))));
    report(&name("history"), timed(&inputs, |(d, _)| drop(black_box(d.history(&|_| None)))));
}

fn wire() {
    let mut dice = Dice(23);
    let worker = Worker::new(&mut dice);
    let secret = dice.bytes();
    for visits in [1_u64, 30] {
        let requests: Vec<SyncRequest> = (0..50)
            .map(|day| {
                let changes: Vec<_> = (0..visits)
                    .map(|n| {
                        let form = FORMS[[0, 0, 1, 0, 2, 1, 0, 3, 0, 1][n as usize % 10]];
                        let (doc, change) = testing::visited(day * 100 + n, &worker, form, 6, &mut dice);
                        (doc.id(), change)
                    })
                    .collect();
                let mut request = testing::request(&changes, &mut dice);
                sign_push(&mut request, &secret).unwrap();
                request
            })
            .collect();
        let words = words(&worker.name, &worker.person, &worker.device);
        let lean = |r: &SyncRequest| {
            let mut r = r.clone();
            make_lean(&mut r, &Own { actor: worker.actor, words: &words });
            r
        };
        let bodies: Vec<Vec<u8>> = requests.iter().map(|r| encode(&lean(r)).unwrap()).collect();
        let name = |what: &str| format!("wire {what}, {visits} visits of 6 facts");
        size(&name("push body"), bodies.iter().map(Vec::len).sum::<usize>() / bodies.len());
        report(&name("encode push"), timed(&requests, |r| drop(black_box(encode(&lean(r)).unwrap()))));
        report(&name("decode push"), timed(&bodies, |b| drop(black_box(decode::<SyncRequest>(b, 1 << 20).unwrap()))));
        let key = public_key(&secret);
        report(&name("verify push"), timed(&requests, |r| assert!(verify_push(r, &key))));
    }
    first_sync(&worker, &mut dice);
    let nothing = testing::request(&[], &mut dice);
    let answer = SyncAnswer { v: 1, cursor: nothing.cursor.clone(), time: 1_684_200_000_000, ..SyncAnswer::default() };
    size("wire nothing to do, up and down", encode(&nothing).unwrap().len() + encode(&answer).unwrap().len());
}

fn first_sync(worker: &Worker, dice: &mut Dice) {
    for visits in [0, 1, 3] {
        let whole = (0..300)
            .map(|n| {
                let (doc, _) = next_visit(5_000 + n, visits, worker, dice);
                Whole {
                    household: ByteBuf::from(doc.id().as_bytes().to_vec()),
                    grid: "999999101203-04".into(),
                    doc: ByteBuf::from(doc.snapshot()),
                }
            })
            .collect();
        let answer = SyncAnswer { whole, ..SyncAnswer::default() };
        let body = encode(&answer).unwrap();
        let name = |what: &str| format!("wire {what}, 300 households of {visits} visits");
        size(&name("first sync"), body.len());
        report(&name("encode"), timed(&[(); 10], |()| drop(black_box(encode(&answer).unwrap()))));
        report(&name("decode"), timed(&[(); 10], |()| drop(black_box(decode::<SyncAnswer>(&body, 64 << 20).unwrap()))));
    }
}

/// What a file says, as a peer would keep it.
fn content(doc: &HouseholdDoc) -> serde_json::Value {
    let file = doc.file();
    let mut facts = serde_json::to_value(file.facts(None)).unwrap();
    let p = &file.place;
    facts["place"] = serde_json::json!({ "county": p.county, "township": p.township, "village": p.village, "grid": p.grid, "hamlet": p.hamlet });
    for (to, from) in facts["visits"].as_array_mut().unwrap().iter_mut().zip(&file.visits) {
        to["opened_at"] = from.opened_at.clone().into();
        to["collector"] = from.collector.clone().into();
        to["device"] = from.device.clone().into();
    }
    facts
}

/// A grid of 300 households of one visit; a day of 30 more visits of six facts, each in a household of its own.
fn dump(path: &str) {
    let mut dice = Dice(23);
    let worker = Worker::new(&mut dice);
    let (mut grid, mut day) = (Vec::new(), Vec::new());
    for n in 0..300_u64 {
        let (mut doc, _) = next_visit(5_000 + n, 1, &worker, &mut dice);
        grid.push(serde_json::json!({ "id": doc.id(), "facts": content(&doc) }));
        if n % 10 == 0 {
            let form = FORMS[[0, 0, 1, 0, 2, 1, 0, 3, 0, 1][(n / 10 % 10) as usize]];
            let edits = testing::visit(&doc, &worker, form, 6, 1_684_300_000, &mut dice);
            doc.edit(worker.actor, 1_684_300_000, &edits).unwrap().unwrap();
            day.push(serde_json::json!({ "id": doc.id(), "facts": content(&doc) }));
        }
    }
    std::fs::write(path, serde_json::json!({ "grid": grid, "day": day }).to_string()).unwrap();
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|a| a == "dump") {
        return dump(&args[at + 1]);
    }
    for visits in [0, 3, 10] {
        documents(visits);
    }
    wire();
}
