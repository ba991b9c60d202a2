//! What a hostile device tries after a restore, and with what is parked.

use app_core::approvals::Permits;
use app_core::document::{Edit, Founding, HouseholdDoc, Place, Source};
use app_core::domain::id::{IMPORT_ACTOR, new_household};
use app_core::policy::facts::Facts;
use app_core::wire::sign::actor_of;
use serde_bytes::ByteBuf;
use sync_server::intake::take_parked;
use sync_server::now;
use sync_server::ops::backup;
use sync_server::settings::{BROUGHT_A_DAY, PARKED_BYTES, PARKED_COUNT, day_of};
use sync_server::store::{read, write};

use crate::office::Office;
use crate::phone::{Phone, random};

const GRID: &str = "999999101201-01";

/// Backed up, burnt, restored.
fn burnt(office: Office, phones: &mut [&mut Phone]) -> Office {
    let file = office.dir.path().join("backup.sqlite");
    backup::backup(&office.data, &file).unwrap();
    restored_from(office, &file, phones)
}

/// Burnt, and restored from an earlier backup.
fn restored_from(mut office: Office, file: &std::path::Path, phones: &mut [&mut Phone]) -> Office {
    office.stop();
    let restored = office.dir.path().join("restored");
    backup::restore(&restored, file, None, now()).unwrap();
    let dir = std::mem::replace(&mut office.dir, tempfile::tempdir().unwrap());
    drop(office);
    let office = Office::of(dir, restored);
    for phone in phones {
        phone.url = office.url();
    }
    office
}

fn founded(grid: &str, actor: [u8; 16], source: Source) -> HouseholdDoc {
    let place = Place { grid: grid.to_owned(), ..Place::default() };
    let founding = Founding { place, facts: Facts::default(), source };
    HouseholdDoc::found(new_household(), &founding, actor, 1_684_548_000).unwrap()
}

#[test]
fn after_a_restore_nobody_speaks_for_a_colleague_without_the_servers_own_word() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    wei.sync();
    mo.sync();
    let id = *mo.docs.keys().next().unwrap();
    let office = burnt(office, &mut [&mut wei, &mut mo]);
    // He writes in her name, and makes up a household of the register.
    let mut forged = mo.docs[&id].clone();
    let lie = forged.edit(wei.actor, 1_684_548_000, &[Edit::new("profile/phone", "19900000666")]).unwrap().unwrap();
    mo.outbox.push((id, None, lie.bytes));
    let invented = founded(GRID, IMPORT_ACTOR, Source::Import);
    mo.outbox.push((invented.id(), Some(GRID.into()), invented.changes()[0].bytes.clone()));
    mo.sync();
    let why: Vec<&str> = mo.refused.iter().map(|r| r.why.as_str()).collect();
    assert_eq!(why, ["author", "author"]);
    wei.sync();
    assert_ne!(wei.phone_of(id).as_deref(), Some("19900000666"));
    assert!(read(&*office.store, |r| r.household(invented.id())).unwrap().is_none());
    office.assert_sound();
}

#[test]
fn an_actor_belongs_to_the_key_it_was_made_with() {
    let office = Office::with_households(60);
    let wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    // Naming her actor itself is no request at all; a nonce makes an actor of his own key, whatever he copies.
    let mut request = mo.request();
    request.actors = vec![ByteBuf::from(wei.actor)];
    assert_eq!(mo.send(&request).err(), Some((400, "malformed".into())));
    let nonce = random::<8>();
    request.actors = vec![ByteBuf::from(nonce)];
    mo.send(&request).unwrap();
    let key = read(&*office.store, |r| r.device(&mo.told.device)).unwrap().unwrap().key;
    let owner = read(&*office.store, |r| r.owner(&actor_of(&key, &nonce))).unwrap().unwrap();
    assert_eq!(owner.device, mo.told.device);
    assert_eq!(read(&*office.store, |r| r.owner(&wei.actor)).unwrap().unwrap().device, wei.told.device);
}

/// 240 KB that nothing compresses, for a household that nobody knows: its founding is kept back.
fn freight(actor: [u8; 16]) -> (uuid::Uuid, Option<String>, Vec<u8>) {
    let mut doc = founded(GRID, actor, Source::Phone);
    let edits: Vec<Edit> =
        (0..15).map(|k| Edit::new(&format!("profile/heavy_{k}"), hex::encode(random::<8000>()))).collect();
    let written = doc.edit(actor, 1_684_548_000, &edits).unwrap().unwrap();
    (doc.id(), None, written.bytes)
}

#[test]
fn a_device_cannot_fill_the_disk_with_what_is_refused_and_hears_that_only_it_has_it() {
    let office = Office::with_households(60);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    mo.sync();
    let before = read(&*office.store, |r| r.last_seq()).unwrap();
    for _ in 0..5 {
        mo.outbox = (0..16).map(|_| freight(mo.actor)).collect();
        mo.round().unwrap();
    }
    mo.outbox.clear();
    let (count, bytes) = read(&*office.store, |r| r.parked_of(&mo.told.device)).unwrap();
    assert!(count > 30 && count <= PARKED_COUNT && bytes <= PARKED_BYTES, "{count} {bytes}");
    assert!(mo.refused.iter().any(|r| r.why == "dependency" && r.words.contains("只保存在本机")));
    assert_eq!(read(&*office.store, |r| r.last_seq()).unwrap(), before);
    // Honest work of the same device still goes in.
    let id = *mo.docs.keys().next().unwrap();
    mo.visit(id, "照常入户");
    mo.sync();
    office.assert_agrees_with(&mut mo);
}

#[test]
fn what_nobody_is_known_to_have_written_is_looked_at_when_its_author_is_known_and_not_at_every_push() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    wei.sync();
    mo.sync();
    let id = *mo.docs.keys().next().unwrap();
    // He writes under an actor of his that he has not named yet: twice, and the second came first.
    let actor = actor_of(&app_core::wire::sign::public_key(&mo.secret), &random::<8>());
    let mut copy = mo.docs[&id].clone();
    let said = |doc: &mut HouseholdDoc, text: &str| {
        doc.edit(actor, 1_684_548_000, &[Edit::new("profile/phone", text)]).unwrap().unwrap()
    };
    let (first, second) = (said(&mut copy, "19977000001"), said(&mut copy, "19977000002"));
    for change in [&first, &second] {
        mo.outbox = vec![(id, None, change.bytes.clone())];
        mo.round().unwrap();
    }
    mo.outbox.clear();
    let lies = |hash| read(&*office.store, |r| Ok((r.is_parked(id, hash)?, r.has_change(id, hash)?))).unwrap();
    assert_eq!((lies(&first.hash), lies(&second.hash)), ((true, false), (true, false)));

    // The register of actors alone moves nothing, whoever pushes: thousands of these would cost every colleague.
    let device = mo.told.device.clone();
    write(&*office.store, move |w| w.put_actor(&actor, &device, now())).unwrap();
    wei.visit(id, "照常入户");
    wei.sync();
    assert_eq!(lies(&first.hash), (true, false));
    let permits = Permits::from_rows([("grid_worker1", ["visit", "correct"])]);
    let taken = write(&*office.store, move |w| take_parked(w, &permits, &actor, now())).unwrap();
    assert_eq!((taken, lies(&first.hash), lies(&second.hash)), (2, (false, true), (false, true)));
    wei.sync();
    office.assert_agrees_with(&mut wei);
}

#[test]
fn what_a_named_author_left_waiting_goes_in_with_the_change_it_rests_on() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    wei.sync();
    mo.sync();
    let id = *mo.docs.keys().next().unwrap();
    // It rests on a visit of hers that the server has not seen yet, and its actor is not named yet.
    wei.visit(id, "先到的后交");
    let nonce = random::<8>();
    let actor = actor_of(&app_core::wire::sign::public_key(&mo.secret), &nonce);
    let mut copy = wei.docs[&id].clone();
    let change = copy.edit(actor, 1_684_548_000, &[Edit::new("profile/phone", "19977000001")]).unwrap().unwrap();
    let parked = sync_server::store::rows::Parked {
        household: id,
        hash: change.hash,
        device: mo.told.device.clone(),
        why: "author".into(),
        words: String::new(),
        unit: None,
        bytes: change.bytes.clone(),
        actor: actor.to_vec(),
        proven: false,
        at: now(),
    };
    write(&*office.store, move |w| w.park(&parked)).unwrap();
    let mut request = mo.request();
    request.actors = vec![ByteBuf::from(nonce)];
    mo.send(&request).unwrap();
    let here = |hash| read(&*office.store, |r| r.has_change(id, hash)).unwrap();
    assert!(!here(&change.hash));
    wei.sync();
    assert!(here(&change.hash), "her visit came, and it with it");
    wei.sync();
    office.assert_agrees_with(&mut wei);
}

#[test]
fn one_phone_does_not_fill_the_disk_with_what_is_accepted() {
    let office = Office::with_households(60);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    mo.sync();
    wei.sync();
    let id = *mo.docs.keys().next().unwrap();
    mo.visit(id, "照常入户");
    let size = mo.outbox[0].2.len() as u64;
    let request = mo.request();
    mo.send(&request).unwrap();
    mo.sync();
    let brought = |phone: &Phone, day| read(&*office.store, |r| r.brought(&phone.told.device, day)).unwrap();
    let (today, device) = (day_of(now()), mo.told.device.clone());
    // Whatever midnight does: today or the day that has just begun.
    assert_eq!(brought(&mo, today) + brought(&mo, today - 1), size, "what came twice is counted once");
    write(&*office.store, move |w| w.add_brought(&device, day_of(now()), BROUGHT_A_DAY)).unwrap();
    mo.visit(id, "太多了");
    assert_eq!(mo.round().unwrap_err(), (429, "quota".to_owned()));
    assert_eq!(mo.outbox.len(), 1, "it stays with him, for tomorrow");
    wei.visit(id, "同一天，别人照常");
    wei.sync();
    // Yesterday's does not count.
    let device = mo.told.device.clone();
    write(&*office.store, move |w| w.add_brought(&device, day_of(now()) - 1, 1)).unwrap();
    mo.sync();
    wei.sync();
    office.assert_agrees_with(&mut mo);
    office.assert_agrees_with(&mut wei);
}

#[test]
fn what_the_server_has_signed_for_comes_back_whole_though_it_lies_outside_the_bringers_areas() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let file = office.dir.path().join("monday.sqlite");
    backup::backup(&office.data, &file).unwrap();
    // Founded and signed for; then she works elsewhere, for longer than any grace, and the disk dies.
    let id = wei.found(GRID);
    wei.visit(id, "名册之外的一户");
    wei.sync();
    assert!(!wei.receipts.is_empty());
    let office = restored_from(office, &file, &mut [&mut wei]);
    let elsewhere = app_core::domain::Person {
        scope: vec![app_core::domain::Area::parse("999999101202-01").unwrap()],
        ..wei.person.clone()
    };
    write(&*office.store, move |w| w.put_person(&elsewhere, now() - 40 * 24 * 3600)).unwrap();
    wei.set_phone(id, "19955500000");
    wei.sync();
    let row = read(&*office.store, |r| r.household(id)).unwrap().expect("it is back");
    assert_eq!(row.unit, GRID);
    assert!(!wei.docs.contains_key(&id), "and not hers any more");
    let whys: Vec<&str> = wei.refused.iter().map(|r| r.why.as_str()).collect();
    assert_eq!(whys, ["scope"], "what she wrote there since lies parked");
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    mo.sync();
    assert_eq!(mo.docs[&id].file().visits.len(), 1);
    office.assert_agrees_with(&mut mo);
    // Without the server's word it is refused as before.
    let unsigned = wei.found(GRID);
    wei.sync();
    assert!(read(&*office.store, |r| r.household(unsigned)).unwrap().is_none());
}

#[test]
fn a_push_reads_of_the_parked_ones_only_what_it_unlocks() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    wei.sync();
    mo.sync();
    let id = *mo.docs.keys().next().unwrap();
    // Two chains of his; of the first the beginning is kept back, of the second all but the end.
    let copy = mo.docs[&id].clone();
    let chain = |text: &str| {
        let mut doc = copy.clone();
        let nonce = random::<8>();
        let actor = actor_of(&app_core::wire::sign::public_key(&mo.secret), &nonce);
        let device = mo.told.device.clone();
        write(&*office.store, move |w| w.put_actor(&actor, &device, now())).unwrap();
        (0..4)
            .map(|n| {
                doc.edit(actor, 1_684_548_000, &[Edit::new("place/address", format!("{text}{n}"))]).unwrap().unwrap()
            })
            .collect::<Vec<_>>()
    };
    let (one, other) = (chain("甲"), chain("乙"));
    for change in [&one[3], &one[2], &one[1], &other[3], &other[1]] {
        mo.outbox = vec![(id, None, change.bytes.clone())];
        mo.send(&mo.request()).unwrap();
    }
    mo.outbox.clear();
    let waits = |on: Option<&[u8; 32]>| read(&*office.store, |r| r.parked_waiting(id, on)).unwrap();
    // Each is looked at once, with the first push after it, and then knows for what it waits.
    wei.visit(id, "照常入户");
    wei.sync();
    assert_eq!(waits(None), Vec::<[u8; 32]>::new());
    assert_eq!(waits(Some(&one[0].hash)), [one[1].hash]);
    assert_eq!(waits(Some(&one[1].hash)), [one[2].hash]);
    assert_eq!(waits(Some(&other[2].hash)), [other[3].hash]);
    assert_eq!(waits(Some(&other[0].hash)), [other[1].hash]);
    // The first comes: its chain goes in, the other stays.
    for change in &one {
        mo.docs.get_mut(&id).unwrap().admit(&change.bytes, None, &mut |_| Ok(())).unwrap();
    }
    mo.outbox = vec![(id, None, one[0].bytes.clone())];
    mo.sync();
    let here = |hash| read(&*office.store, |r| r.has_change(id, hash)).unwrap();
    assert!(one.iter().all(|c| here(&c.hash)) && !other.iter().any(|c| here(&c.hash)));
    // What comes another way than with a push (an import, a release) unlocks as well.
    let (first, unit) = (other[0].clone(), GRID.to_owned());
    write(&*office.store, move |w| {
        w.append(&sync_server::store::rows::Unsaved {
            household: id,
            unit: &unit,
            hash: first.hash,
            bytes: &first.bytes,
            actor: &app_core::document::actor_of(&first.bytes).unwrap(),
            device: None,
            carrier: None,
            push: None,
            at: now(),
        })
    })
    .unwrap();
    assert_eq!(waits(None), [other[1].hash]);
}
