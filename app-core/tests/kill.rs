//! A phone killed in the middle of a save: every answer that was acknowledged is there, whole, when it is opened again.
//! The child process is this test binary; it writes and says so on its standard output until it is killed (SIGKILL).

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
        app.transact(|tx| tx.write_entry(VISIT, &entry)).unwrap();
        println!("answer {n}");
        app.set_fact(household, "place/address", &json!(format!("第{n}号"))).unwrap();
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
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        let (mut answer, mut fact) = (None, None);
        while let Some(Ok(line)) = lines.next() {
            // The harness prints its own line before the first one, without a line feed.
            let number = line.rsplit(' ').next().and_then(|n| n.parse().ok());
            if line.contains("answer ") {
                answer = number.or(answer);
            } else if line.contains("fact ") {
                fact = number.or(fact);
            }
        }
        (answer, fact)
    });
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn every_acknowledged_answer_survives_a_kill_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path());
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).unwrap();
    let mut acknowledged = 0;
    for byte in random {
        let (answer, fact) = killed_after(dir.path(), Duration::from_millis(150 + u64::from(byte) * 2));
        let app = open(dir.path());
        app.unlock(PIN).unwrap();
        let (household, entries) = app.read(|tx| Ok((tx.household_ids()?[0], tx.entries(VISIT)?))).unwrap();
        if let Some(n) = answer {
            assert!(entries.len() > n, "answer {n} was acknowledged and is gone ({} here)", entries.len());
            acknowledged += 1;
        }
        assert!(entries.iter().all(|e| e.path == format!("/q{}", e.value)), "an answer is torn");
        if let Some(n) = fact {
            let address = app.household(household).unwrap().place.address;
            let kept: usize = address.trim_start_matches('第').trim_end_matches('号').parse().unwrap();
            assert!(kept >= n, "fact {n} was acknowledged, {kept} is here");
        }
        // File, change log and projection were written together.
        let (line, stored, pending) = app
            .read(|tx| Ok((tx.line(household)?.unwrap(), tx.need(household)?, tx.pending(100_000, 1 << 30)?)))
            .unwrap();
        assert_eq!(line.digest, stored.digest());
        assert_eq!(stored.changes().iter().map(|c| c.hash).collect::<Vec<_>>(), pending.iter().map(|p| p.hash).collect::<Vec<_>>());
        app.rebuild().unwrap();
        assert_eq!(app.read(|tx| tx.line(household)).unwrap().unwrap(), line);
    }
    assert!(acknowledged > 0, "no child lived long enough to save anything");
}
