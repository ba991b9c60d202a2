//! Backup, restore, check, TLS, figures.

use app_core::domain::Area;
use sync_server::now;
use sync_server::ops::{backup, check, people, qr};
use sync_server::store::{read, write};

use crate::office::Office;
use crate::phone::{Phone, client};

const GRID: &str = "999999101201-01";

#[test]
fn phones_bring_back_what_a_restored_server_lost() {
    let mut office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker2", &[GRID]);
    wei.sync();
    li.sync();
    let ids: Vec<_> = wei.docs.keys().copied().collect();
    wei.visit(ids[0], "备份之前");
    wei.sync();
    let file = office.dir.path().join("backup.sqlite");
    backup::backup(&office.data, &file).unwrap();
    assert!(backup::backup(&office.data, &file).is_err(), "a backup is not overwritten");
    // After the backup: Wei visits, Li sees it and adds to it, Wei finds a household; then the server burns.
    wei.visit(ids[0], "备份之后");
    wei.visit(ids[1], "备份之后");
    let new = wei.found(GRID);
    wei.sync();
    li.sync();
    li.set_phone(ids[0], "19922222222");
    li.sync();
    wei.set_phone(ids[1], "19911111111");
    office.stop();
    let restored = office.dir.path().join("restored");
    let epoch = backup::restore(&restored, &file, None, now()).unwrap().epoch;
    assert_ne!(epoch, wei.cursor.epoch);
    assert!(backup::restore(&restored, &file, None, now()).is_err(), "a server is not overwritten");
    let dir = std::mem::replace(&mut office.dir, tempfile::tempdir().unwrap());
    drop(office);
    let office = Office::of(dir, restored);
    for phone in [&mut wei, &mut li] {
        phone.url = office.url();
    }
    // Li comes first, with Wei's work in his files as well.
    li.sync();
    wei.sync();
    li.sync();
    assert!(wei.refused.is_empty() && li.refused.is_empty(), "{:?} {:?}", wei.refused, li.refused);
    assert_eq!(wei.cursor.epoch, epoch);
    office.assert_agrees_with(&mut wei);
    office.assert_agrees_with(&mut li);
    assert_eq!(wei.docs[&ids[0]].file().visits.len(), 2);
    assert_eq!(li.phone_of(ids[1]).as_deref(), Some("19911111111"));
    assert!(li.docs.contains_key(&new));
    let all = check::digest(&*office.store).unwrap();
    assert_eq!(all.len(), 121);
}

#[test]
fn even_the_register_comes_back_from_the_phones() {
    let mut office = Office::empty();
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    // The last backup is older than the import.
    let file = office.dir.path().join("backup.sqlite");
    backup::backup(&office.data, &file).unwrap();
    office.import_demo(120);
    wei.sync();
    station.sync();
    let household = *wei.docs.keys().next().unwrap();
    wei.visit(household, "导入之后");
    wei.sync();
    let before = check::digest(&*office.store).unwrap();
    office.stop();
    let restored = office.dir.path().join("restored");
    backup::restore(&restored, &file, None, now()).unwrap();
    let dir = std::mem::replace(&mut office.dir, tempfile::tempdir().unwrap());
    drop(office);
    let office = Office::of(dir, restored);
    for phone in [&mut wei, &mut station] {
        phone.url = office.url();
    }
    wei.sync();
    // The worker's phone brings its grid, with the grid it lies in; nothing else is hers to bring.
    assert_eq!(office.households("999999").len(), office.households(GRID).len());
    station.sync();
    assert!(wei.refused.is_empty() && station.refused.is_empty());
    assert_eq!(check::digest(&*office.store).unwrap(), before);
    // The register imported once more finds them all, in their grids.
    let again = office.import_demo(120);
    assert_eq!((again.founded, again.present, again.elsewhere), (0, 120, 0));
    assert_eq!(check::digest(&*office.store).unwrap(), before);
    office.assert_agrees_with(&mut wei);
    office.assert_agrees_with(&mut station);
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing_behind() {
    let office = Office::with_households(60);
    let file = office.dir.path().join("backup.sqlite");
    backup::backup(&office.data, &file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let to = office.dir.path().join("restored");
    for broken in [&whole[..whole.len() / 2], b"not a database at all".as_slice()] {
        std::fs::write(&file, broken).unwrap();
        assert!(backup::restore(&to, &file, None, now()).is_err());
        assert!(!sync_server::settings::database(&to).exists());
    }
}

#[test]
fn check_names_the_household_whose_file_does_not_fit_the_log() {
    let office = Office::with_households(60);
    office.assert_sound();
    let before = check::digest(&*office.store).unwrap();
    assert_eq!(before, check::digest(&*office.store).unwrap());
    let (one, other) = (office.households("999999")[0].0, office.households("999999")[1].0);
    write(&*office.store, move |w| {
        let row = w.household(other)?.unwrap();
        w.save(one, &row.heads, &row.snapshot)
    })
    .unwrap();
    let found = check::check(&*office.store).unwrap();
    assert!(found.problems.iter().any(|p| p.contains(&one.to_string())), "{:?}", found.problems);
    assert!(!found.problems.iter().any(|p| p.contains(&other.to_string())));
}

#[test]
fn the_same_register_twice_changes_nothing() {
    let office = Office::with_households(120);
    let before = check::digest(&*office.store).unwrap();
    let again = office.import_demo(120);
    assert_eq!((again.founded, again.present, again.elsewhere, again.areas), (0, 120, 0, 0));
    assert_eq!(check::digest(&*office.store).unwrap(), before);
    // And on another server of the same day it gives the same files.
    let other = Office::with_households(120);
    assert_eq!(check::digest(&*other.store).unwrap(), before);
}

#[test]
fn a_phone_that_pins_the_certificate_of_its_ticket_syncs_over_tls() {
    let mut office = Office::with_households(60);
    office.stop();
    office.start(true);
    let person = office.person("韦秀英", "grid_worker1", &[GRID]);
    let ticket = people::ticket(&*office.store, &person, 72, None, now()).unwrap();
    let cert = read(&*office.store, sync_server::keys::certificate).unwrap();
    let print = hex::encode(sync_server::officer::sha256(&cert));
    let url = format!("https://127.0.0.1:{}", office.port());
    assert_eq!(ticket.ticket, format!("ruhu:{url}#{}.{print}.{}", ticket.code, ticket.expires_at));
    assert!(qr::svg(&ticket.ticket).unwrap().contains("<svg"));
    let stranger = client();
    assert!(stranger.get(format!("{url}/healthz")).send().is_err(), "an unknown certificate is not trusted");
    let trusting = reqwest::blocking::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_der(&cert).unwrap()])
        .build()
        .unwrap();
    let mut phone = Phone::enrol_with(trusting, &url, &ticket.code, "韦秀英").unwrap();
    phone.sync();
    assert_eq!(phone.docs.len(), office.households(GRID).len());
}

#[test]
fn health_readiness_and_figures_hold_no_names() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let get = |path: &str| wei.http.get(format!("{}{path}", office.url())).send().unwrap();
    assert_eq!(get("/healthz").text().unwrap(), "ok");
    assert_eq!(get("/readyz").text().unwrap(), "ok");
    let figures = get("/metrics").text().unwrap();
    assert!(figures.contains("ruhu_requests_total"), "{figures}");
    assert!(!figures.contains("韦秀英") && !figures.contains(&wei.told.token));
    let forwarded =
        wei.http.get(format!("{}/metrics", office.url())).header("x-forwarded-for", "10.1.1.1").send().unwrap();
    assert_eq!(forwarded.status().as_u16(), 403);
}

#[test]
fn people_and_areas_outside_the_county_are_refused_with_words() {
    let office = Office::empty();
    let add = |title: &str, area: &str| people::add_user(&*office.store, "某人", title, &[area.to_owned()], now());
    assert!(add("king", "999999").unwrap_err().words.contains("grid_worker1"));
    assert!(add("grid_worker1", "888888101201-01").unwrap_err().words.contains("888888101201-01"));
    assert!(people::add_area(&*office.store, "88", "外县", now()).is_err());
    assert!(Area::parse("88").is_none());
}
