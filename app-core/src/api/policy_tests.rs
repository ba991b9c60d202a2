//! 莫局长 of the county tries forms and policy at her desk: uploads, reads what is wrong, compares, asks what if, fills a form for
//! trying. Nothing is in force by any of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::dispatch;
use crate::domain::{Area, Person, Title};
use crate::error::Kind;
use crate::policy::{Pack, workbook};
use crate::service::App;
use crate::service::tests::Phone;
use crate::service::tests::village::Village;
use crate::service::visit::tests::{guihua, with};

fn call(app: &App, method: &str, params: Value) -> Value {
    dispatch(app, method, params).unwrap_or_else(|e| panic!("{method}: {:?} {}", e.kind, e.words))
}

fn sits_at(app: &App, title: Title) {
    let scope = vec![Area::parse("999999").unwrap()];
    let person = Person { id: "p-mo".into(), name: "莫局长".into(), title, scope };
    app.transact(|tx| tx.set_person(&person)).unwrap();
    app.look_again().unwrap();
}

fn edited(pack: &Pack, file: &str, from: &str, to: &str) -> Vec<u8> {
    let mut files = pack.files().clone();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    files.insert(file.into(), text.replacen(from, to, 1).into_bytes());
    workbook::write(&Pack::from_files(files).unwrap()).unwrap()
}

fn upload(app: &App, name: &str, bytes: &[u8]) -> Value {
    call(app, "policy.upload", json!({ "name": name, "content": STANDARD.encode(bytes) }))
}

/// A workbook of one form: sheet, rows.
fn form(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0_u32..).zip(*rows) {
            for (column, text) in (0_u16..).zip(*cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_uploaded_compared_and_asked_what_if_and_nothing_is_in_force() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::CountyBureau);
    let running = call(app, "policy.running", json!({}));
    assert_eq!((&running["version"], &running["may_publish"]), (&json!("2023.1"), &json!(true)));
    assert_eq!(running["forms"].as_array().unwrap().len(), 5);
    let line = running["params"].as_array().unwrap().iter().find(|p| p["key"] == "income_line").unwrap();
    assert_eq!((&line["value"], &line["in_force"]), (&json!("7500"), &json!(true)));
    assert!(call(app, "policy.candidate", json!({})).is_null());
    assert_eq!(dispatch(app, "policy.difference", json!({})).unwrap_err().kind, Kind::Invalid);

    let bytes = edited(&app.pack().unwrap(), "params.csv", "large_household,5", "large_household,3");
    let candidate = upload(app, "县局改线.xlsx", &bytes);
    assert_eq!(
        (&candidate["valid"], &candidate["same"], &candidate["person"]),
        (&json!(true), &json!(false), &json!("莫局长"))
    );
    assert_eq!(call(app, "policy.candidate", json!({})), candidate, "kept");
    let difference = call(app, "policy.difference", json!({}));
    assert_eq!(difference["total"], 1);
    assert_eq!(difference["groups"][0]["title"], "参数");
    assert!(difference["groups"][0]["lines"][0]["words"].as_str().unwrap().contains("5 → 3"));
    let what_if = call(app, "policy.what_if", json!({}));
    assert_eq!((&what_if["households"], &what_if["stopped"]), (&json!(1), &json!(false)));
    assert_eq!(call(app, "policy.progress", json!({}))["running"], false);
    assert_eq!(call(app, "policy.running", json!({}))["hash"], running["hash"], "nothing came in force");
    assert_eq!(app.household(id).unwrap().visits.len(), 0);

    let phone = phone.restarted();
    assert_eq!(call(&phone.app, "policy.candidate", json!({}))["hash"], candidate["hash"], "it survives");
    assert!(call(&phone.app, "policy.discard", json!({})).is_null());
    assert!(call(&phone.app, "policy.candidate", json!({})).is_null());
}

#[test]
fn what_is_wrong_is_said_by_the_sheet_and_row_of_the_workbook_and_mended_it_is_taken() {
    let (phone, _) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::TownshipStation);
    let head: &[&str] = &["type", "name", "label", "label::English (en)", "relevant"];
    let settings: &[&[&str]] = &[&["form_title", "form_id", "version"], &["排查", "screening-lifted", "2"]];
    // A blank row is no row of the form, and the author counts it.
    let survey = |relevant: &'static str| -> Vec<u8> {
        let asked: &[&str] = &["text", "a", "甲", "A", ""];
        let shown: &[&str] = &["text", "c", "乙", "C", relevant];
        form(&[("survey", &[head, asked, &[], shown]), ("settings", settings)])
    };
    let faulty = upload(app, "一张表.xlsx", &survey("${b} = 'yes'"));
    assert_eq!(faulty["valid"], false);
    assert_eq!(
        faulty["faults"],
        json!([{ "sheet": "survey", "row": 4, "column": "relevant", "words": "没有名为“b”的问题。" }])
    );
    assert_eq!(dispatch(app, "policy.what_if", json!({})).unwrap_err().kind, Kind::Invalid);
    let mended = upload(app, "一张表.xlsx", &survey("${a} = 'yes'"));
    assert_eq!((&mended["valid"], &mended["form"]), (&json!(true), &json!("脱贫户及已消除风险监测对象户排查表")));
    assert_eq!(mended["version"], "2023.1+20230601120000");
    let lines = call(app, "policy.difference", json!({}))["groups"][0]["lines"].clone();
    assert!(lines.as_array().unwrap().iter().any(|l| l["what"] == "removed"), "{lines}");
    let other = form(&[("survey", &[head, &["text", "a", "甲", "A", ""]])]);
    assert_eq!(upload(app, "x.xlsx", &other)["faults"][0]["column"], "form_id");
    let torn = upload(app, "坏.xlsx", b"PK\x03\x04 not a workbook");
    assert_eq!(torn["faults"].as_array().unwrap().len(), 1);
}

#[test]
fn the_running_pack_saved_and_uploaded_is_the_same_and_a_form_alone_too() {
    let (phone, _) = with(guihua());
    sits_at(&phone.app, Title::CountyBureau);
    for ask in [json!({}), json!({ "form": "screening-priority" })] {
        let file = call(&phone.app, "policy.export", ask);
        let back = call(&phone.app, "policy.upload", json!({ "name": file["name"], "content": file["content"] }));
        assert_eq!((&back["valid"], &back["same"]), (&json!(true), &json!(true)), "{}", back["faults"]);
    }
}

#[test]
fn a_grid_worker_may_not_upload_and_nothing_is_kept() {
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    let bytes = workbook::write(&phone.app.pack().unwrap()).unwrap();
    let ask = json!({ "name": "a.xlsx", "content": STANDARD.encode(bytes) });
    assert_eq!(dispatch(&phone.app, "policy.upload", ask).unwrap_err().kind, Kind::Refused);
    assert!(call(&phone.app, "policy.candidate", json!({})).is_null());
    assert_eq!(call(&phone.app, "policy.running", json!({}))["may_upload"], false);
}

fn find<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    match node {
        Value::Object(map) if map.get("name").is_some_and(|n| n == name) => Some(node),
        Value::Object(map) => map.values().find_map(|v| find(v, name)),
        Value::Array(items) => items.iter().find_map(|v| find(v, name)),
        _ => None,
    }
}

#[test]
fn a_form_is_filled_for_trying_as_a_visit_is_and_nothing_is_written() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::CountyBureau);
    let before = app.digests().unwrap();
    let visit = call(app, "visit.open", json!({ "household": id, "form": "screening-ordinary" }));
    let tried = call(app, "preview.open", json!({ "form": "screening-ordinary", "household": id }));
    assert_eq!(tried["sections"], visit["sections"], "the same pages");
    assert_eq!(tried["head_name"], "覃桂花");

    let ask = |name: &str, value: Value| {
        let view = call(app, "preview.view", json!({ "visit": tried["id"] }));
        let path = find(&view["sections"], name).unwrap()["path"].clone();
        call(app, "preview.answer", json!({ "visit": tried["id"], "path": path, "value": value }))
    };
    let patch = ask("has_risk", json!("yes"));
    assert_eq!(find(&patch["questions"], "risks").unwrap()["relevant"], true);
    let shown = call(app, "preview.privacy_shown", json!({ "visit": tried["id"] }));
    assert_eq!(shown["privacy_shown"], true);
    let summary = call(app, "preview.summary", json!({ "visit": tried["id"] }));
    assert!(!summary["problems"].as_array().unwrap().is_empty());
    assert!(call(app, "preview.checks", json!({ "visit": tried["id"] })).is_array());
    let roster = find_repeat(&tried["sections"]).unwrap()["path"].clone();
    let grown = call(app, "preview.add_instance", json!({ "visit": tried["id"], "path": roster }));
    assert_eq!(grown["repeats"][0]["instances"].as_array().unwrap().len(), 4);

    assert_eq!(app.digests().unwrap(), before, "the household is as it was");
    let held = call(app, "visit.view", json!({ "visit": visit["id"] }));
    assert_eq!(held["sections"], visit["sections"], "and so is the visit that is really open");
    assert!(dispatch(app, "visit.view", json!({ "visit": tried["id"] })).is_err(), "no visit");
    assert!(dispatch(app, "visit.finish", json!({ "visit": tried["id"], "outcome": "done" })).is_err());
}

fn find_repeat(node: &Value) -> Option<&Value> {
    match node {
        Value::Object(map) if map.get("node").is_some_and(|n| n == "repeat") => Some(node),
        Value::Object(map) => map.values().find_map(find_repeat),
        Value::Array(items) => items.iter().find_map(find_repeat),
        _ => None,
    }
}

/// What was tried and then broke (a bad disk; a later app that reads more strictly) can still be looked at and thrown away.
#[test]
fn a_damaged_candidate_says_so_and_can_be_discarded() {
    let (phone, _) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::CountyBureau);
    let bytes = edited(&app.pack().unwrap(), "params.csv", "large_household,5", "large_household,3");
    let mut files = app.pack().unwrap().files().clone();
    files.remove("codes.csv");
    for (damage, says) in [(0, "已损坏"), (1, "已损坏"), (2, "缺少这张工作表")] {
        upload(app, "县局改线.xlsx", &bytes);
        app.transact(|tx| {
            let mut kept = tx.candidate()?.unwrap();
            match damage {
                0 => kept.report = "{".into(),
                1 => return tx.tear_candidate(),
                _ => kept.files = Some(files.clone()),
            }
            tx.write_candidate(&kept)
        })
        .unwrap();
        let seen = call(app, "policy.candidate", json!({}));
        assert_eq!(seen["valid"], false);
        assert!(seen["faults"][0]["words"].as_str().unwrap().contains(says), "{}", seen["faults"]);
        assert!(dispatch(app, "policy.propose", json!({ "note": "改线" })).is_err());
        assert!(call(app, "policy.discard", json!({})).is_null());
    }
}

/// Every form opens on a household that would really get it, and its head has a name.
#[test]
fn an_invented_household_suits_the_form_that_is_tried() {
    let (phone, _) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::CountyBureau);
    for (form, list) in [
        ("screening-ordinary", "ordinary"),
        ("screening-lifted", "lifted"),
        ("screening-monitored", "monitored"),
        ("screening-priority", "ordinary"),
        ("living-conditions", "ordinary"),
    ] {
        let view = call(app, "preview.open", json!({ "form": form }));
        let id = view["id"].as_str().unwrap();
        app.preview(id, |p| {
            let facts = p.running().file().facts(None);
            assert_eq!(facts.standing().map(|s| s.code()), Some(list), "{form}");
            assert_eq!(facts.profile.more["head_name"], "韦秀英");
            Ok(())
        })
        .unwrap();
    }
    let forms = call(app, "policy.forms", json!({ "pack": "running" }));
    assert_eq!((forms["forms"].as_array().unwrap().len(), &forms["version"]), (5, &json!("2023.1")));
}

#[test]
fn invented_people_stand_in_for_a_household_of_each_standing() {
    let (phone, _) = with(guihua());
    let app = &phone.app;
    sits_at(app, Title::CountyBureau);
    for (standing, form) in [
        ("ordinary", "screening-priority"),
        ("lifted", "screening-lifted"),
        ("monitored", "screening-monitored"),
        ("cleared", "screening-lifted"),
    ] {
        let view = call(app, "preview.open", json!({ "form": form, "standing": standing }));
        assert_eq!(view["head_name"], "韦秀英");
        assert_eq!(find_repeat(&view["sections"]).unwrap()["instances"].as_array().unwrap().len(), 3);
        call(app, "preview.summary", json!({ "visit": view["id"] }));
    }
    assert_eq!(app.digests().unwrap().len(), 1, "nobody was founded");
    app.lock();
    app.unlock(crate::service::tests::PIN).unwrap();
    assert!(app.preview("preview-x", |_| Ok(())).is_err());
}
