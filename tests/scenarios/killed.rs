//! The real programs, killed with -9 in the middle of a save or a sync, at seeded moments: nothing that was acknowledged is
//! lost, and what was not is there whole or not at all.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use app_core::domain::id::HouseholdId;
use ruhu_tests::programs::{self, Running, json, phone, server};
use ruhu_tests::register::{self, GRID1};
use ruhu_tests::township::{household, pack_folder};
use ruhu_tests::{Dice, answers};
use serde_json::{Value, json as value};
use sync_server::ops::check;
use sync_server::settings::database;
use sync_server::store::sqlite::SqliteStore;

/// A server's folder with the village in it, 韦秀英's phone enrolled and synced, and the running server.
struct Stage {
    _dir: tempfile::TempDir,
    server: PathBuf,
    wei: PathBuf,
    answers: PathBuf,
    running: Option<Running>,
    host: String,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let (data, wei, book, given) = (at("server"), at("wei"), at("r.xlsx"), at("answers.json"));
        let folder = pack_folder();
        json(server(&data, &["init", "--name", "桂禾县", "--county", "999999", "--pack", folder.to_str().unwrap()]));
        register::write(&book, &register::rows());
        json(server(&data, &["import", book.to_str().unwrap()]));
        std::fs::write(&given, answers::ordinary().to_string()).unwrap();
        let user =
            json(server(&data, &["user", "add", "--name", "韦秀英", "--title", "grid_worker1", "--area", GRID1]));
        let running = Running::serve(&data, "127.0.0.1:0");
        let ticket = json(server(&data, &["ticket", "--user", user["id"].as_str().unwrap(), "--url", &running.url]));
        json(phone(&wei, &["enrol", "--ticket", ticket["ticket"].as_str().unwrap()]));
        json(phone(&wei, &["sync"]));
        let host = running.host();
        Self { _dir: dir, server: data, wei, answers: given, running: Some(running), host }
    }

    fn restart_server(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
        self.running = Some(Running::serve(&self.server, &self.host));
    }

    /// The evening: all up, server and phone equal and sound.
    fn settle(&mut self) -> Value {
        json(phone(&self.wei, &["sync"]));
        json(phone(&self.wei, &["sync"]));
        let status = json(phone(&self.wei, &["status"]));
        assert_eq!((&status["waiting_changes"], &status["refused"]), (&value!(0), &value!([])));
        let mine = json(phone(&self.wei, &["digest"]));
        json(phone(&self.wei, &["rebuild"]));
        assert_eq!(json(phone(&self.wei, &["digest"])), mine);
        self.running.take().unwrap().stop();
        let store = SqliteStore::open(&database(&self.server), false).unwrap();
        assert_eq!(check::check(&store).unwrap().problems, Vec::<String>::new());
        let theirs = check::digest(&store).unwrap();
        for (id, hash) in mine["households"].as_object().unwrap() {
            assert_eq!(hash.as_str(), theirs.get(id).map(String::as_str), "{id}");
        }
        json(phone(&self.wei, &["show", &household("LT001").to_string()]))
    }
}

/// Runs a verb and kills it after a while; `true` when it had ended well before.
fn killed(mut command: Command, after: Duration) -> bool {
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap().success()
}

fn visits(wei: &Path, id: HouseholdId) -> usize {
    let shown = json(phone(wei, &["show", &id.to_string()]));
    shown["visits"].as_array().unwrap().iter().filter(|v| v["state"] == "finished").count()
}

/// How long a verb takes here when nobody kills it, so that the kills fall inside it.
fn takes(command: Command) -> Duration {
    let start = std::time::Instant::now();
    json(command);
    start.elapsed()
}

#[test]
fn a_phone_killed_in_the_middle_of_a_save_has_the_visit_whole_or_not_at_all() {
    let mut stage = Stage::new();
    let id = household("LT001");
    let (wei, given) = (stage.wei.clone(), stage.answers.clone());
    let visit = |id: HouseholdId| {
        let file = given.to_str().unwrap();
        phone(&wei, &["visit", &id.to_string(), "--form", "screening-ordinary", "--answers", file])
    };
    let whole = takes(visit(id));
    let (mut dice, mut counted, mut cut) = (Dice::new(11), visits(&stage.wei, id), 0);
    for _ in 0..14 {
        let acknowledged = killed(visit(id), whole * u32::try_from(dice.below(110)).unwrap() / 100);
        let now = visits(&stage.wei, id);
        assert!(now == counted || now == counted + 1, "{counted} and then {now}");
        assert!(!acknowledged || now == counted + 1, "acknowledged and gone");
        cut += u32::from(!acknowledged);
        counted = now;
    }
    assert!(cut >= 3, "the kills came too late: {cut}");
    let shown = stage.settle();
    let finished = shown["visits"].as_array().unwrap().iter().filter(|v| v["state"] == "finished").count();
    assert_eq!(finished, counted, "each of them once on the server");
}

#[test]
fn a_phone_killed_in_the_middle_of_a_sync_brings_everything_up_once() {
    let mut stage = Stage::new();
    let id = household("LT001");
    let wei = stage.wei.clone();
    let sync = || phone(&wei, &["sync"]);
    let whole = takes(sync());
    let (mut dice, mut cut) = (Dice::new(12), 0);
    for n in 0..12 {
        json(phone(&stage.wei, &["set", &id.to_string(), "place/address", &format!("{n}号")]));
        cut += u32::from(!killed(sync(), whole * u32::try_from(dice.below(110)).unwrap() / 100));
    }
    assert!(cut >= 3, "the kills came too late: {cut}");
    let shown = stage.settle();
    assert_eq!(shown["place"]["address"], "11号");
    let store = SqliteStore::open(&database(&stage.server), false).unwrap();
    let log = sync_server::store::read(&store, |r| r.changes_of(id)).unwrap();
    assert_eq!(log.len(), 13, "the founding and twelve corrections, each once");
}

#[test]
fn a_server_killed_in_the_middle_of_rounds_keeps_what_it_acknowledged() {
    let mut stage = Stage::new();
    let id = household("LT001");
    let mut dice = Dice::new(13);
    let mut acknowledged = 0;
    for n in 0..10 {
        json(phone(&stage.wei, &["set", &id.to_string(), "place/address", &format!("{n}号")]));
        let pid = stage.running.as_ref().unwrap().child.id().to_string();
        let after = Duration::from_millis(dice.below(90) as u64);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(after);
            Command::new("kill").args(["-9", &pid]).status().unwrap();
        });
        let (code, said) = programs::ended(phone(&stage.wei, &["sync"]));
        killer.join().unwrap();
        stage.restart_server();
        if code == Some(0) {
            acknowledged = n + 1;
        } else {
            assert_eq!((code, &said["error"]["kind"]), (Some(3), &value!("offline")), "{said}");
            assert!(said["error"]["words"].as_str().unwrap().contains("都已保存"), "{said}");
        }
        let log = sync_server::store::read(&SqliteStore::open(&database(&stage.server), false).unwrap(), |r| {
            r.changes_of(id)
        });
        assert!(log.unwrap().len() > acknowledged, "acknowledged {acknowledged} and lost");
    }
    stage.settle();
}
