//! A phone killed in the middle of a save, or whose disk is full: every answer that was acknowledged is there, whole, when
//! it is opened again. The child process is this test binary; it writes and says so on its standard output until it is
//! killed (SIGKILL) or cannot write any more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app_core::domain::{Area, Person, Title};
use app_core::error::Result;
use app_core::service::households::NewHousehold;
use app_core::service::{App, Setup};
use app_core::storage::Cost;
use app_core::storage::journal::{Entry, EntryKind, JournalState, OpenVisit};
use app_core::sync::enrol::Ticket;
use app_core::sync::transport::{Reply, Route, Transport};
use app_core::wire;
use app_core::wire::message::{EnrolAnswer, EnrolRequest, PackRef};
use serde_bytes::ByteBuf;
use serde_json::json;

const PIN: &str = "246810";
const GRID: &str = "999999101203-04";
const VISIT: &str = "v00000000001";
const CHILD: &str = "RUHU_KILL_CHILD";

/// Answers an enrolment and nothing else.
struct Office;

impl Transport for Office {
    fn send(&self, _: Route<'_>, _: Option<&str>, body: Option<&[u8]>, _: usize) -> Result<Reply> {
        let request: EnrolRequest = wire::decode(body.unwrap(), 1 << 16)?;
        assert!(wire::sign::verify_enrol(&request));
        let answer = EnrolAnswer {
            device: "d1".into(),
            token: "t".into(),
            person: Person {
                id: "p-wei".into(),
                name: "韦秀英".into(),
                title: Title::GridWorker1,
                scope: vec![Area::parse(GRID).unwrap()],
            },
            server_key: ByteBuf::from([0; 32]),
            server_name: "龙头镇".into(),
            epoch: "e1".into(),
            pack: PackRef { hash: "00".into(), id: "none".into(), version: "0".into() },
            areas: Vec::new(),
            keys: Vec::new(),
            letter: None,
        };
        Ok(Reply { status: 200, body: wire::encode(&answer)? })
    }
}

fn open(dir: &Path) -> App {
    let setup = Setup { cost: Cost::CHEAP, connect: Arc::new(|_| Ok(Box::new(Office))), ..Setup::default() };
    App::open_with(dir, setup).unwrap()
}

/// An enrolled phone with one household and an open visit in `dir`.
fn prepare(dir: &Path) {
    let app = open(dir);
    app.enrol(&Ticket::parse("K7QF3MXD", "https://ruhu.example").unwrap(), PIN, "手机").unwrap();
    let new = NewHousehold { head_name: "覃桂花".into(), grid: GRID.into(), ..NewHousehold::default() };
    let (household, _) = app.add_household(&new).unwrap();
    let visit = OpenVisit {
        visit: VISIT.into(),
        household,
        form: "screening-ordinary".into(),
        form_version: "1".into(),
        pack: "00".into(),
        state: JournalState::Open,
        opened_at: 1,
        touched_at: 1,
        privacy_at: None,
        more: json!({}),
    };
    app.transact(|tx| tx.write_visit(&visit)).unwrap();
}

/// Not a test of its own: what the killed process does.
#[test]
fn the_child() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let app = open(Path::new(&dir));
    app.unlock(PIN).unwrap();
    let (household, mut n) = app.read(|tx| Ok((tx.household_ids()?[0], tx.entries(VISIT)?.len()))).unwrap();
    loop {
        let entry = Entry { path: format!("/q{n}"), value: json!(n), kind: EntryKind::Answer, at: n as i64 };
        if let Err(error) = app.transact(|tx| tx.write_entry(VISIT, &entry)) {
            println!("{:?} {}", error.kind, error.words);
            return;
        }
        println!("answer {n}");
        if let Err(error) = app.set_fact(household, "place/address", &json!(format!("第{n}号"))) {
            println!("{:?} {}", error.kind, error.words);
            return;
        }
        println!("fact {n}");
        n += 1;
    }
}

/// Runs the child for a while, kills it, and gives the last answer and fact it had acknowledged.
fn killed_after(dir: &Path, delay: Duration) -> (Option<usize>, Option<usize>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || acknowledged(output).0);
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// The last answer and fact acknowledged on the child's output, and the trouble it ended with.
fn acknowledged(output: impl std::io::Read) -> ((Option<usize>, Option<usize>), String) {
    let (mut answer, mut fact, mut trouble) = (None, None, String::new());
    for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
        // The harness prints its own line before the first one, without a line feed.
        let number = line.rsplit(' ').next().and_then(|n| n.parse().ok());
        if line.contains("answer ") {
            answer = number.or(answer);
        } else if line.contains("fact ") {
            fact = number.or(fact);
        } else if line.contains("Disk") || line.contains("Internal") || line.contains("Damaged") {
            trouble = line;
        }
    }
    ((answer, fact), trouble)
}

/// Everything acknowledged is there, and file, change log and projection agree.
fn everything_is_there(dir: &Path, answer: Option<usize>, fact: Option<usize>) {
    let app = open(dir);
    app.unlock(PIN).unwrap();
    let (household, entries) = app.read(|tx| Ok((tx.household_ids()?[0], tx.entries(VISIT)?))).unwrap();
    if let Some(n) = answer {
        assert!(entries.len() > n, "answer {n} was acknowledged and is gone ({} here)", entries.len());
    }
    assert!(entries.iter().all(|e| e.path == format!("/q{}", e.value)), "an answer is torn");
    if let Some(n) = fact {
        let address = app.household(household).unwrap().place.address;
        let kept: usize = address.trim_start_matches('第').trim_end_matches('号').parse().unwrap();
        assert!(kept >= n, "fact {n} was acknowledged, {kept} is here");
    }
    let (line, doc, pending) = app
        .read(|tx| Ok((tx.line(household)?.unwrap(), tx.need(household)?, tx.pending(100_000, 1 << 30, &[])?)))
        .unwrap();
    assert_eq!(line.digest, doc.digest());
    let hashes: Vec<_> = doc.changes().iter().map(|c| c.hash).collect();
    assert_eq!(hashes, pending.iter().map(|p| p.hash).collect::<Vec<_>>());
    app.rebuild().unwrap();
    assert_eq!(app.read(|tx| tx.line(household)).unwrap().unwrap(), line);
}

#[test]
fn every_acknowledged_answer_survives_a_kill_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path());
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).unwrap();
    let mut lived = 0;
    for byte in random {
        let (answer, fact) = killed_after(dir.path(), Duration::from_millis(150 + u64::from(byte) * 2));
        everything_is_there(dir.path(), answer, fact);
        lived += u32::from(answer.is_some());
    }
    assert!(lived > 0, "no child lived long enough to save anything");
}

/// The kernel refuses to let files grow beyond some size: as a full disk, seen from SQLite.
#[test]
fn when_the_disk_is_full_the_app_says_so_and_everything_before_is_there() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path());
    let child = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 700; exec \"$0\" --exact the_child --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, dir.path())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let ((answer, fact), trouble) = acknowledged(child.stdout.as_slice());
    assert!(trouble.contains("Disk") && trouble.contains("此前保存的内容都在"), "{trouble}");
    assert!(answer.is_some() && fact.is_some());
    everything_is_there(dir.path(), answer, fact);
}
