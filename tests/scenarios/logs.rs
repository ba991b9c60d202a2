//! The server's log at its most talkative holds no name, no ID number, no phone, no answer.

use std::fs::File;
use std::process::Stdio;

use ruhu_tests::answers;
use ruhu_tests::programs::{Running, ended, json, phone, server};
use ruhu_tests::register::{self, GRID1, GRID2, secrets};
use ruhu_tests::township::{household, pack_folder};

#[test]
fn the_log_of_a_busy_and_unlucky_day_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (data, wei, book, given, log) = (at("server"), at("wei"), at("r.xlsx"), at("a.json"), at("log"));
    let folder = pack_folder();
    let verbose = |args: &[&str]| {
        let mut command = server(&data, args);
        let file = File::options().create(true).append(true).open(&log).unwrap();
        command.env("RUHU_LOG", "trace").stderr(Stdio::from(file));
        command
    };
    let run = |args: &[&str]| -> serde_json::Value {
        let out = verbose(args).output().unwrap();
        serde_json::from_slice(&out.stdout).unwrap()
    };
    run(&["init", "--name", "桂禾县", "--county", "999999", "--pack", folder.to_str().unwrap()]);
    // A register with faults first: its problems go to the office, not into the log.
    let mut faulty = register::rows();
    faulty[1][9] = "户主".into();
    faulty[4][8] = "99999919".into();
    register::write(&book, &faulty);
    let problems = run(&["import", book.to_str().unwrap()]);
    assert!(problems["errors"].as_array().is_some_and(|e| e.len() >= 2), "{problems}");
    register::write(&book, &register::rows());
    run(&["import", book.to_str().unwrap()]);
    let user = run(&["user", "add", "--name", "韦秀英", "--title", "grid_worker1", "--area", GRID1]);
    let running = Running::start(verbose(&["serve", "--no-tls", "--listen", "127.0.0.1:0"]));
    let ticket = run(&["ticket", "--user", user["id"].as_str().unwrap(), "--url", &running.url]);
    let enrol = ["enrol", "--ticket", ticket["ticket"].as_str().unwrap(), "--device-name", "韦秀英的手机"];
    json(phone(&wei, &enrol));
    let (code, _) = ended(phone(&at("stranger"), &enrol));
    assert_ne!(code, Some(0), "the ticket is used");
    json(phone(&wei, &["sync"]));
    let mut said = answers::ordinary_at_risk();
    said["_remark"] = "屋后滑坡三次".into();
    std::fs::write(&given, said.to_string()).unwrap();
    let id = household("LT001").to_string();
    json(phone(&wei, &["visit", &id, "--form", "screening-ordinary", "--answers", given.to_str().unwrap()]));
    json(phone(&wei, &["set", &id, "profile/phone", "19933330001"]));
    // What a grid worker may not write is parked, and logged without what it was.
    let _ = ended(phone(&wei, &["set", &id, "profile/safety_net", "yes"]));
    json(phone(&wei, &["sync"]));
    run(&["user", "move", "--user", user["id"].as_str().unwrap(), "--area", GRID2]);
    json(phone(&wei, &["sync"]));
    run(&["check"]);
    running.stop();

    let bytes = std::fs::read(&log).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("request") && text.contains("/v1/sync"), "the log was written: {} bytes", bytes.len());
    let mut forbidden = secrets(GRID1);
    forbidden.extend(secrets(GRID2));
    forbidden.extend(["韦秀英", "19933330001", "屋后滑坡三次", "的手机"].map(str::to_owned));
    let code = ticket["code"].as_str().unwrap().to_owned();
    forbidden.push(code);
    let found: Vec<&String> = forbidden.iter().filter(|s| text.contains(s.as_str())).collect();
    assert!(found.is_empty(), "{} names or numbers stand in the log", found.len());
}
