//! Parent and child: one runs cases and notes which, the other sees that none panics, hangs, grows or dies.

use crate::Settings;
use crate::cases::{Corpus, Counts};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

const PANICKED: i32 = 70;

/// Runs cases until time is up; ends with [`PANICKED`] at the first panic.
pub fn child(settings: &Settings) -> ExitCode {
    let mut corpus = Corpus::read(&settings.corpus);
    let mut counts = Counts::default();
    if let Some(only) = settings.only {
        corpus.show = true;
        corpus.run(settings.seed.wrapping_add(only), &mut counts);
        println!("case {only}: nothing");
        return ExitCode::SUCCESS;
    }
    let mut note = settings.note.as_ref().map(|path| File::create(path).expect("note"));
    let begun = Instant::now();
    let mut case = settings.from;
    let mut slowest = (Duration::ZERO, 0);
    while begun.elapsed() < Duration::from_secs(settings.seconds) {
        if let Some(note) = &mut note {
            note.seek(SeekFrom::Start(0)).and_then(|_| write!(note, "{case:020}")).expect("note");
        }
        let started = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| corpus.run(settings.seed.wrapping_add(case), &mut counts))).is_err() {
            report(case.wrapping_sub(settings.from), &counts, slowest);
            std::process::exit(PANICKED);
        }
        slowest = slowest.max((started.elapsed(), case));
        case += 1;
    }
    report(case.wrapping_sub(settings.from), &counts, slowest);
    ExitCode::SUCCESS
}

fn report(cases: u64, c: &Counts, slowest: (Duration, u64)) {
    println!(
        "{cases} cases: {} expressions, {} forms of which {} ran, {} answers, {} workbooks, {} tables; slowest {} ms (case {})",
        c.expressions,
        c.forms,
        c.compiled,
        c.answers,
        c.workbooks,
        c.tables,
        slowest.0.as_millis(),
        slowest.1
    );
}

/// Starts children one after another until time is up, and says what they found.
pub fn parent(settings: &Settings) -> ExitCode {
    let begun = Instant::now();
    let folder = tempfile::tempdir().expect("scratch");
    let note = folder.path().join("case");
    let (mut from, mut findings, mut peak) = (0, 0, 0);
    while begun.elapsed().as_secs() < settings.seconds && findings < 100 {
        let left = settings.seconds - begun.elapsed().as_secs();
        let mut command = Command::new(std::env::current_exe().expect("own name"));
        let number = |n: u64| n.to_string();
        command.args(["--seed", &number(settings.seed), "--seconds", &number(left), "--from", &number(from)]);
        settings.corpus.iter().for_each(|c| {
            command.arg("--corpus").arg(c);
        });
        let mut running = command.arg("--note").arg(&note).spawn().expect("a child");
        let ended = watch(&mut running, &note, settings, &mut peak);
        if let Some(how) = ended {
            findings += 1;
            let case = at(&note).unwrap_or(from);
            println!("FOUND  seed {} case {case}: {how}", settings.seed);
            from = case + 1;
        }
    }
    println!(
        "seed {}: {} s, peak {peak} MB, {findings} findings, cases up to {}",
        settings.seed,
        begun.elapsed().as_secs(),
        at(&note).unwrap_or(0)
    );
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How a child came to grief; none when its time was up.
fn watch(child: &mut Child, note: &Path, settings: &Settings, peak: &mut u64) -> Option<String> {
    let (mut seen, mut since) = (None, Instant::now());
    loop {
        std::thread::sleep(Duration::from_millis(100));
        if let Some(status) = child.try_wait().expect("a child") {
            return match status.code() {
                Some(0) => None,
                Some(PANICKED) => Some("a panic".into()),
                _ => Some(format!("it died: {status}")),
            };
        }
        let now = at(note);
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
        let held = resident(child.id());
        *peak = held.max(*peak);
        let how = if held > settings.memory {
            format!("more than {} MB", settings.memory)
        } else if since.elapsed().as_secs() > settings.hang {
            format!("longer than {} s", settings.hang)
        } else {
            continue;
        };
        let _ = child.kill();
        let _ = child.wait();
        return Some(how);
    }
}

/// The case at hand.
fn at(note: &Path) -> Option<u64> {
    std::fs::read_to_string(note).ok()?.trim().parse().ok()
}

/// Megabytes a process holds (Linux; elsewhere 0, and only hangs and panics are seen).
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}
