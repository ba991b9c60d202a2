//! How long a person waits for a form: loading `screening-priority`, and one answer with everything that hangs on it.
//! Prints one JSON line a measure: name, unit, p50, p99, samples. `cargo bench -p app-core --bench form`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement, not the product"
)]

use app_core::xlsform::{self, Env, Instance, Kind, NodeId, tables};
use chrono::{DateTime, NaiveDate};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023")
}

fn report(name: &str, mut nanos: Vec<u128>) {
    nanos.sort_unstable();
    let at = |share: f64| nanos[((nanos.len() - 1) as f64 * share) as usize] as f64 / 1000.0;
    println!(
        r#"{{"measure":"{name}","unit":"µs","p50":{:.2},"p99":{:.2},"samples":{}}}"#,
        at(0.5),
        at(0.99),
        nanos.len()
    );
}

/// The same sequence of pseudo-random numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// A form of 250 questions, which ODK's engine is timed on as well (`tests/oracles/xforms/bench.mjs`).
fn wide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/xforms/wide.md")
}

fn start(form: &Path, members: usize) -> Instance {
    let day: NaiveDate = "2023-05-20".parse().unwrap();
    let env = Env::at(DateTime::parse_from_rfc3339("2023-05-20T09:00:00+08:00").unwrap())
        .with_externals(tables::load(&pack(), day).unwrap());
    let form = Arc::new(xlsform::read_form(form).unwrap());
    let mut instance = Instance::new(form, env);
    if instance.form().find("member").is_some() {
        for n in 0..members {
            instance.add_by_path(&member_path(&instance), Some(&format!("m{n}"))).unwrap();
        }
    }
    instance
}

fn member_path(instance: &Instance) -> String {
    let id = instance.form().find("member").unwrap();
    let parent = instance.form().question(id).parent.unwrap();
    let above = instance.path(instance.form().question(parent).place.unwrap());
    format!("{above}/member")
}

fn value(instance: &Instance, node: NodeId, dice: &mut Dice) -> String {
    match instance.question(node).kind {
        Kind::SelectOne => {
            let offered = instance.offered(node);
            if offered.is_empty() { String::new() } else { offered[dice.below(offered.len())].clone() }
        }
        Kind::SelectMultiple => {
            instance.offered(node).into_iter().filter(|_| dice.below(3) == 0).collect::<Vec<_>>().join(" ")
        }
        Kind::Integer => dice.below(8).to_string(),
        Kind::Decimal => format!("{}.{:02}", dice.below(90_000), dice.below(100)),
        Kind::Date => format!("2022-0{}-15", dice.below(9) + 1),
        _ => format!("韦秀英{}", dice.below(1000)),
    }
}

fn answers(name: &str, form: &Path, members: usize) {
    let mut instance = start(form, members);
    let mut dice = Dice(20_230_515);
    let mut nanos = Vec::new();
    for _ in 0..20_000 {
        let asked: Vec<NodeId> = instance
            .walk()
            .into_iter()
            .filter(|n| instance.question(*n).kind.is_answered() && instance.relevant(*n) && !instance.readonly(*n))
            .collect();
        let node = asked[dice.below(asked.len())];
        let text = value(&instance, node, &mut dice);
        let started = Instant::now();
        let changes = black_box(instance.set(node, &text));
        nanos.push(started.elapsed().as_nanos());
        changes.expect("an offered value of the question's type");
    }
    report(name, nanos);
}

fn loads(name: &str, form: &Path) {
    let mut loads = Vec::new();
    for _ in 0..300 {
        let started = Instant::now();
        let form = Arc::new(xlsform::read_form(form).unwrap());
        black_box(Instance::new(form, Env::default()));
        loads.push(started.elapsed().as_nanos());
    }
    report(name, loads);
}

fn main() {
    let form = |slug: &str| pack().join("forms").join(slug);
    loads("load screening-priority", &form("screening-priority"));
    loads("load a form of 250 questions", &wide());
    for members in [4, 30] {
        let name = format!("one answer, screening-priority, {members} members");
        answers(&name, &form("screening-priority"), members);
    }
    answers("one answer, a form of 250 questions", &wide(), 0);
    for slug in ["screening-lifted", "screening-monitored", "screening-ordinary", "living-conditions"] {
        answers(&format!("one answer, {slug}, 4 members"), &form(slug), 4);
    }
}
