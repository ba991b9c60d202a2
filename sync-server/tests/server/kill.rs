//! The real program, killed in the middle: everything acknowledged is there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sync_server::demo;
use sync_server::ops::check;
use sync_server::settings::database;
use sync_server::store::read;
use sync_server::store::sqlite::SqliteStore;

use crate::office::set_up;
use crate::phone::Phone;

pub fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ruhu-server"));
    command.args(args).arg("--data").arg(data).arg("--json").env("RUHU_LOG", "error");
    command
}

pub fn asked(data: &Path, args: &[&str]) -> serde_json::Value {
    let out = program(data, args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Starts the server; gives its address.
pub fn serve(data: &Path) -> (Child, String) {
    let mut child =
        program(data, &["serve", "--listen", "127.0.0.1:0", "--no-tls"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    (child, told["url"].as_str().unwrap().to_owned())
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (data, xlsx) = (dir.path().join("data"), dir.path().join("r.xlsx"));
    set_up(&data);
    let on = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
    demo::write_register(&xlsx, demo::Wish { seed: 3, households: 60, on }).unwrap();
    asked(&data, &["import", xlsx.to_str().unwrap()]);
    let grid = "999999101201-01";
    let user =
        asked(&data, &["user", "add", "--name", "韦秀英", "--title", "village_committee", "--area", "999999101201"]);
    let (mut child, mut url) = serve(&data);
    let ticket = asked(&data, &["ticket", "--user", user["id"].as_str().unwrap()]);
    assert!(ticket["ticket"].as_str().unwrap().starts_with(&format!("ruhu:{url}#")));
    let mut phone = Phone::enrol(&url, ticket["code"].as_str().unwrap(), "韦秀英").unwrap();
    phone.sync();
    let ids: Vec<_> = phone.docs.keys().copied().collect();
    let mut acknowledged = Vec::new();
    for life in 0..3 {
        let pid = child.id();
        // From another thread, at another moment in each life, while rounds are under way.
        let killer = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(120 + 70 * life));
            Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
        });
        for n in 0.. {
            let id = ids[n % ids.len()];
            phone.visit(id, "访");
            let request = phone.request();
            let body = app_core::wire::encode(&request).unwrap();
            let sent = phone.http.post(format!("{url}/v1/sync")).bearer_auth(&phone.told.token).body(body).send();
            let Ok(bytes) = sent.and_then(|a| a.error_for_status()).and_then(|a| a.bytes()) else { break };
            let Ok(answer) = app_core::wire::decode(&bytes, 1 << 20) else { break };
            let pushed = app_core::wire::sign::push_hashes(&request).unwrap();
            acknowledged.extend(pushed.into_iter().map(|h| (id, h)));
            phone.apply(&answer);
        }
        killer.join().unwrap();
        child.wait().unwrap();
        let store = SqliteStore::open(&database(&data), false).unwrap();
        for (id, hash) in &acknowledged {
            let there = read(&store, |r| {
                // A change of another household of the same push counts under its own.
                let mut found = r.has_change(*id, hash)?;
                for other in &ids {
                    found |= r.has_change(*other, hash)?;
                }
                Ok(found)
            });
            assert!(there.unwrap(), "acknowledged and lost");
        }
        drop(store);
        (child, url) = serve(&data);
        phone.url.clone_from(&url);
    }
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    // What was on its way goes in now, once.
    phone.sync();
    assert!(phone.outbox.is_empty() && phone.refused.is_empty());
    let visits: usize = phone.docs.values().map(|d| d.file().visits.len()).sum();
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success(), "SIGTERM is a graceful stop");
    let store = SqliteStore::open(&database(&data), false).unwrap();
    assert_eq!(check::check(&store).unwrap().problems, Vec::<String>::new());
    let digests = check::digest(&store).unwrap();
    assert!(phone.docs.iter().all(|(id, d)| digests[&id.to_string()] == d.digest()));
    assert!(visits >= acknowledged.len());
    assert!(phone.grids.values().any(|g| g == grid));
}

#[test]
fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, xlsx) = (dir.path().join("data"), dir.path().join("r.xlsx"));
    set_up(&data);
    let on = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
    demo::write_register(&xlsx, demo::Wish { seed: 3, households: 60, on }).unwrap();
    asked(&data, &["import", xlsx.to_str().unwrap()]);
    let user =
        asked(&data, &["user", "add", "--name", "韦秀英", "--title", "village_committee", "--area", "999999101201"]);
    let ticket = asked(&data, &["ticket", "--user", user["id"].as_str().unwrap(), "--url", "http://127.0.0.1"]);
    // No file may grow beyond what the database is now and a little more: as a full disk would have it.
    let blocks = std::fs::metadata(database(&data)).unwrap().len() / 512 + 200;
    let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut limited = Command::new("sh");
    limited.args(["-c", &line, env!("CARGO_BIN_EXE_ruhu-server"), "serve", "--listen", "127.0.0.1:0", "--no-tls"]);
    limited.arg("--data").arg(&data).env("RUHU_LOG", "off").stdout(Stdio::piped());
    let mut child = limited.spawn().unwrap();
    let mut told = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut told).unwrap();
    let url = serde_json::from_str::<serde_json::Value>(&told).unwrap()["url"].as_str().unwrap().to_owned();
    let mut phone = Phone::enrol(&url, ticket["code"].as_str().unwrap(), "韦秀英").unwrap();
    phone.sync();
    let ids: Vec<_> = phone.docs.keys().copied().collect();
    let mut full = None;
    for n in 0..2000 {
        phone.visit(ids[n % ids.len()], &"排查情况".repeat(200));
        if let Err(refused) = phone.round() {
            full = Some(refused);
            break;
        }
        assert!(phone.outbox.is_empty());
    }
    assert_eq!(full, Some((500, "internal".to_owned())), "the disk filled up");
    assert!(!phone.outbox.is_empty(), "what was not taken stays on the phone");
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
    // Space again: everything is there, and the rest goes in.
    let (mut child, url) = serve(&data);
    phone.url = url;
    phone.sync();
    assert!(phone.outbox.is_empty() && phone.refused.is_empty());
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
    let store = SqliteStore::open(&database(&data), false).unwrap();
    assert_eq!(check::check(&store).unwrap().problems, Vec::<String>::new());
    let digests = check::digest(&store).unwrap();
    assert!(phone.docs.iter().all(|(id, d)| digests[&id.to_string()] == d.digest()));
}
