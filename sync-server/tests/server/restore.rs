//! Restoring beside what a dead server left, and restoring that is cut short.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sync_server::now;
use sync_server::ops::{self, backup, people};
use sync_server::settings::{database, people_log};
use sync_server::store::read;
use sync_server::store::sqlite::SqliteStore;

use crate::kill::{asked, program, serve};
use crate::office::{Office, set_up};
use crate::phone::Phone;

const GRID: &str = "999999101201-01";

/// The file of SQLite beside a database.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn names(data: &Path) -> BTreeSet<String> {
    let store = SqliteStore::open(&database(data), false).unwrap();
    let all = read(&store, |r| r.people()).unwrap();
    all.into_iter().map(|p| p.person.name).collect()
}

#[test]
fn what_a_killed_server_left_in_its_log_is_neither_mixed_into_the_backup_nor_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (data, monday) = (dir.path().join("data"), dir.path().join("monday.sqlite"));
    set_up(&data);
    asked(&data, &["user", "add", "--name", "韦秀英", "--title", "grid_worker1", "--area", GRID]);
    asked(&data, &["backup", monday.to_str().unwrap()]);
    let (mut child, url) = serve(&data);
    let user = asked(&data, &["user", "add", "--name", "李建国", "--title", "grid_worker1", "--area", GRID]);
    let ticket = asked(&data, &["ticket", "--user", user["id"].as_str().unwrap()]);
    Phone::enrol(&url, ticket["code"].as_str().unwrap(), "李建国").unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (file, moved) = (database(&data), dir.path().join("moved.sqlite"));
    let wal = std::fs::read(beside(&file, "-wal")).unwrap();
    assert!(!wal.is_empty(), "his enrolment stands in the log only");
    assert!(
        backup::restore(&dir.path().join("other"), &file, None, now()).is_err(),
        "a database without its log is no backup"
    );

    // The operator moves the database away, and only that.
    std::fs::rename(&file, &moved).unwrap();
    let refused = backup::restore(&data, &monday, None, now()).unwrap_err();
    assert!(refused.words.contains("ruhu-server.sqlite-"), "{}", refused.words);
    assert!(!program(&data, &["init", "--name", "桂禾县", "--county", "999999"]).output().unwrap().status.success());
    assert!(!file.exists());
    assert_eq!(std::fs::read(beside(&file, "-wal")).unwrap(), wal, "nothing of his was touched");

    for suffix in ["-wal", "-shm"] {
        std::fs::rename(beside(&file, suffix), beside(&moved, suffix)).unwrap();
    }
    std::fs::rename(people_log(&file), people_log(&moved)).unwrap();
    backup::restore(&data, &monday, None, now()).unwrap();
    assert_eq!(names(&data), BTreeSet::from(["韦秀英".to_owned()]));
    let old = dir.path().join("old");
    std::fs::create_dir(&old).unwrap();
    for suffix in ["", "-wal"] {
        std::fs::rename(beside(&moved, suffix), beside(&database(&old), suffix)).unwrap();
    }
    assert_eq!(names(&old).len(), 2, "what was moved away is whole");
}

/// Every file of a folder with its size.
fn sight(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut seen = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let size = entry.metadata().map(|m| m.len()).unwrap_or_default();
        seen.insert(entry.path(), size);
        seen.extend(sight(&entry.path()));
    }
    seen
}

#[test]
fn a_restore_killed_between_its_steps_leaves_no_half_server_that_starts() {
    let office = Office::with_households(120);
    let lost = office.phone("莫有财", "grid_worker1", &[GRID]);
    let monday = office.dir.path().join("monday.sqlite");
    backup::backup(&office.data, &monday).unwrap();
    let before = read(&*office.store, ops::epoch).unwrap();
    for n in 0..60 {
        office.person(&format!("韦秀{n}"), "grid_worker1", &[GRID]);
    }
    people::revoke(&*office.store, &lost.told.device, now()).unwrap();
    let whole = |data: &Path| {
        let store = SqliteStore::open(&database(data), false).unwrap();
        let (epoch, recovery, device) =
            read(&store, |r| Ok((ops::epoch(r)?, ops::in_recovery(r, now())?, r.device(&lost.told.device)?))).unwrap();
        assert_ne!(epoch, before, "a new epoch");
        assert!(recovery && device.unwrap().revoked_at.is_some(), "and Tuesday's revocation");
        let log = std::fs::read_to_string(people_log(&database(data))).unwrap();
        assert!(log.contains("revoked") && log.contains("韦秀59"), "which the next restore finds again");
    };
    let args = ["restore", monday.to_str().unwrap(), "--people", office.data.to_str().unwrap()];
    let mut cut = 0;
    for step in 1..500 {
        let data = office.dir.path().join(format!("restored{step}"));
        let mut child = program(&data, &args).stdout(Stdio::null()).spawn().unwrap();
        let (mut seen, mut steps) = (BTreeMap::new(), 0);
        let done = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            let now = sight(&data);
            if now != seen {
                (seen, steps) = (now, steps + 1);
            }
            if steps == step {
                child.kill().unwrap();
                break child.wait().ok().filter(std::process::ExitStatus::success);
            }
        };
        if database(&data).exists() {
            whole(&data);
        } else {
            cut += 1;
            let told = program(&data, &["serve", "--listen", "127.0.0.1:0", "--no-tls"]).output().unwrap();
            assert!(!told.status.success(), "nothing to serve");
            asked(&data, &args);
            whole(&data);
        }
        if done.is_some() {
            assert!(cut > 0, "some were cut");
            return;
        }
    }
    panic!("the restore never ends");
}

#[test]
fn an_enrolment_that_stands_in_the_people_log_only_does_not_stop_the_restore() {
    let mut office = Office::with_households(60);
    let monday = office.dir.path().join("monday.sqlite");
    let wei = office.person("韦秀英", "grid_worker1", &[GRID]);
    backup::backup(&office.data, &monday).unwrap();
    // The power goes after the log is written and before the commit: the phone asks again with the same key.
    let mut phone = Phone::enrol(&office.url(), &office.ticket(&wei), "韦秀英").unwrap();
    office.stop();
    let log = std::fs::read_to_string(people_log(&database(&office.data))).unwrap();
    let first: String = log
        .lines()
        .filter(|line| line.contains(&phone.told.device))
        .map(|line| {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(device) = entry.get_mut("device").filter(|d| d.is_object()) {
                device["token_hash"] = serde_json::json!("ab".repeat(32));
            }
            format!("{}\n", entry.to_string().replace(&phone.told.device, "uncommitted0"))
        })
        .collect();
    assert!(first.contains("\"key\""), "{first}");
    let saved = office.dir.path().join("saved.jsonl");
    let again = log.lines().position(|line| line.contains(&phone.told.device)).unwrap();
    let (before, after): (Vec<_>, Vec<_>) = log.lines().enumerate().partition(|(n, _)| *n < again);
    let text = |lines: Vec<(usize, &str)>| lines.iter().map(|(_, line)| format!("{line}\n")).collect::<String>();
    std::fs::write(&saved, format!("{}{first}{}", text(before), text(after))).unwrap();

    let restored = office.dir.path().join("restored");
    backup::restore(&restored, &monday, Some(&saved), now()).unwrap();
    let dir = std::mem::replace(&mut office.dir, tempfile::tempdir().unwrap());
    drop(office);
    let office = Office::of(dir, restored);
    let devices = people::devices(&*office.store).unwrap();
    assert_eq!(devices.len(), 1);
    phone.url = office.url();
    phone.sync();
    office.assert_agrees_with(&mut phone);
    // The log goes on with both, and the restore after that reads it too.
    let twice = office.dir.path().join("twice");
    backup::restore(&twice, &monday, Some(&office.data), now()).unwrap();
}

#[test]
fn what_a_restore_without_the_people_log_forgets_is_said_and_the_log_lies_beside_each_backup() {
    let dir = tempfile::tempdir().unwrap();
    let (data, monday) = (dir.path().join("data"), dir.path().join("monday.sqlite"));
    set_up(&data);
    asked(&data, &["backup", monday.to_str().unwrap()]);
    let log = std::fs::read(people_log(&monday)).unwrap();
    let user = asked(&data, &["user", "add", "--name", "李建国", "--title", "grid_worker1", "--area", GRID]);
    let tuesday = dir.path().join("tuesday.sqlite");
    asked(&data, &["backup", tuesday.to_str().unwrap()]);
    let later = std::fs::read(people_log(&tuesday)).unwrap();
    assert!(later.starts_with(&log) && later.len() > log.len(), "李建国 stands in the later one");
    assert!(backup::backup(&data, &tuesday).is_err(), "neither is written over");

    let without = dir.path().join("without");
    let told = backup::restore(&without, &monday, None, now()).unwrap();
    assert_eq!((told.carried, told.later_log.as_deref()), (None, Some("tuesday.people.jsonl")));
    let warned = asked(&without, &["check"]);
    assert_eq!(warned["warnings"].as_array().map(Vec::len), Some(1));
    assert!(!names(&without).contains("李建国"));

    let with = dir.path().join("with");
    let told = backup::restore(&with, &monday, Some(&people_log(&tuesday)), now()).unwrap();
    assert!(told.carried.is_some_and(|n| n > 0) && told.later_log.is_none());
    assert_eq!(asked(&with, &["check"])["warnings"].as_array().map(Vec::len), Some(0));
    assert!(names(&with).contains("李建国"), "{user}");
}
