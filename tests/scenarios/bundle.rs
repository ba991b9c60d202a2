//! Without a server: two phones meet in a village without signal, a phone falls into the river, a stranger carries a card.

use app_core::domain::Outcome;
use app_core::error::Kind;
use app_core::service::households::NewHousehold;
use app_core::service::visit::Finish;
use app_core::wire;
use app_core::wire::bundle::{BundleAnswer, Parcel, ParcelBody, pack};
use app_core::wire::message::{Push, SyncRequest};
use app_core::wire::seal::seal;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
use serde_json::json;
use sync_server::ops::parked;

/// Two grid workers of one grid, both synced this morning, now without signal.
fn colleagues(township: &mut Township) -> (Phone, Phone) {
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    wei.link.cut();
    nong.link.cut();
    (wei, nong)
}

/// A card goes from one phone into the other.
fn given(from: &Phone, to: &Phone) -> app_core::sync::bundle::Imported {
    let (file, _) = from.export_bundle().unwrap();
    to.import_bundle(&file).unwrap_or_else(|e| panic!("{} → {}: {e}", from.name, to.name))
}

fn digest(phone: &Phone, id: &str) -> String {
    phone.read(|tx| tx.need(household(id))).unwrap().digest()
}

#[test]
fn two_phones_agree_in_a_village_without_network_and_one_of_them_brings_both_works() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let (wei, nong) = colleagues(&mut township);
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary_at_risk());
    let new = NewHousehold { head_name: "陆大壮".into(), grid: GRID1.into(), ..Default::default() };
    let (added, _) = nong.add_household(&new).unwrap();
    wei.visited(household("LT002"), "screening-lifted", &answers::lifted());
    wei.set_fact(household("LT001"), "profile/phone", &json!("19911110009")).unwrap();

    let came = given(&nong, &wei);
    assert_eq!((came.households, came.changes, came.waits, came.refused), (2, 2, 0, 0), "{came:?}");
    assert_eq!(came.people.iter().collect::<Vec<_>>(), ["农小妹"]);
    given(&wei, &nong);
    for id in ["LT001", "LT002"] {
        assert_eq!(digest(&wei, id), digest(&nong, id), "{id}");
        assert_eq!(nong.household(household(id)).unwrap().visits.len(), 1);
    }
    assert_eq!(wei.line(added).head_name, "陆大壮");
    // 农小妹's phone says where her work is safe: on 韦秀英's.
    assert_eq!(nong.also_held_by(household("LT001")).unwrap(), ["韦秀英"]);
    assert!(nong.waiting() > 0, "the server has none of it yet");
    // 韦秀英 writes on top of what came, and is the one who finds signal. Her round first brings what she carries.
    wei.set_fact(added, "place/hamlet", &json!("坡脚屯")).unwrap();
    wei.link.mend();
    let report = wei.sync();
    assert_eq!((report.refused, wei.carrying().unwrap().envelopes), (0, 0));
    desk.sync();
    let file = desk.household(household("LT001")).unwrap();
    assert_eq!((file.visits.len(), file.visits[0].collector.as_deref()), (1, Some("农小妹")), "under her own name");
    assert_eq!(desk.household(added).unwrap().place.hamlet, "坡脚屯");
    nong.link.mend();
    assert_eq!(nong.sync().refused, 0);
    settle(&township, &[&wei, &nong, &desk]);
}

#[test]
fn a_phone_in_the_river_costs_nothing_that_a_colleague_had() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let (wei, nong) = colleagues(&mut township);
    nong.visited(household("LT002"), "screening-lifted", &answers::lifted());
    // In the middle of a visit they sit down for tea.
    let visit = nong.open_visit(household("LT001"), Some("screening-ordinary")).unwrap();
    nong.said(&visit, "method", &json!("phone")).unwrap();
    nong.said(&visit, "outreach", &json!(["web", "poster"])).unwrap();
    let came = given(&nong, &wei);
    assert_eq!(came.drafts, 0, "an open visit is its worker's: 韦秀英 only carries it");
    assert!(wei.today_page().unwrap().drafts.is_empty());
    let person = nong.person.clone();
    drop(nong);
    township.revoke_devices_of(&person);

    // A new phone, far from the server again after its enrolment; 韦秀英 gives back what she has.
    let again = township.phone_of(&person, "农小妹");
    assert_eq!(again.household(household("LT002")).unwrap().visits.len(), 0);
    again.link.cut();
    let came = given(&wei, &again);
    assert_eq!((came.drafts, came.waits, came.refused), (1, 0, 0), "{came:?}");
    assert_eq!(again.household(household("LT002")).unwrap().visits.len(), 1);
    again.reopen_visit(household("LT001"), &visit).unwrap();
    again.said(&visit, "outreach", &json!(["poster"])).unwrap();
    again.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    wei.link.mend();
    again.link.mend();
    wei.sync();
    again.sync();
    desk.sync();
    assert_eq!(desk.household(household("LT002")).unwrap().visits.len(), 1);
    let file = desk.household(household("LT001")).unwrap();
    assert_eq!(
        (file.visits[0].method.as_deref(), &file.visits[0].answers["outreach"].to_json()),
        (Some("phone"), &json!(["poster"]))
    );
    settle(&township, &[&wei, &again, &desk]);
}

#[test]
fn a_stranger_carries_what_he_cannot_read() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let stranger = township.phone("李建国", "grid_worker1", &[GRID2]);
    let (wei, nong) = colleagues(&mut township);
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let (file, _) = nong.export_bundle().unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("农小妹"), "sealed");
    stranger.link.cut();
    let came = stranger.import_bundle(&file).unwrap();
    assert_eq!((came.closed, came.changes, came.people.len()), (1, 0, 0), "{came:?}");
    // The same card twice is the same card; and he passes it on to 韦秀英, who can read it.
    assert_eq!(stranger.import_bundle(&file).unwrap().known, 1);
    assert_eq!(given(&stranger, &wei).changes, 1);
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 1);
    stranger.link.mend();
    stranger.sync();
    assert_eq!(stranger.carrying().unwrap().envelopes, 0);
    assert!(!stranger.holds(household("LT001")));
    desk.sync();
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
    for phone in [&wei, &nong] {
        phone.link.mend();
    }
    settle(&township, &[&wei, &nong, &stranger, &desk]);
}

#[test]
fn what_a_stolen_phone_writes_waits_for_a_person() {
    let mut township = Township::village();
    let (wei, nong) = colleagues(&mut township);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    township.revoke_devices_of(&nong.person);
    // The phones' clocks stand in June 2023: the finder gives it to 韦秀英 after it was shut out, by the carrier's clock.
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let (file, _) = nong.export_bundle().unwrap();
    let mut wei = wei;
    wei.at("2099-01-01T04:00:00Z");
    assert_eq!(wei.import_bundle(&file).unwrap().changes, 1, "her phone has not heard of it");
    wei.link.mend();
    wei.sync();
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 0, "and hears of it now");
    let id = household("LT001").to_string();
    let wish = parked::wish(None, Some(&id), None).unwrap();
    let waits = parked::list(township.store(), &wish, None, 10).unwrap().parked;
    assert_eq!((waits.len(), waits[0].why.as_str()), (1, "revoked"));
    desk.sync();
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 0);
    settle(&township, &[&wei, &desk]);
}

#[test]
fn a_stranger_hears_nothing_of_what_was_refused() {
    let mut township = Township::village();
    let stranger = township.phone("李建国", "grid_worker1", &[GRID2]);
    let (wei, nong) = colleagues(&mut township);
    township.revoke_devices_of(&nong.person);
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let (file, _) = nong.export_bundle().unwrap();
    let mut stranger = stranger;
    stranger.at("2099-01-01T04:00:00Z");
    assert_eq!(stranger.import_bundle(&file).unwrap().closed, 1);
    stranger.link.take_seen();
    stranger.sync();
    let seen = stranger.link.take_seen();
    let answer = seen.iter().find(|e| e.path == "/v1/bundle").expect("he brought it");
    let answer: BundleAnswer = wire::decode(&answer.down, 1 << 20).unwrap();
    assert!(answer.opened && answer.refused.is_empty(), "{answer:?}");
    wei.link.mend();
    settle(&township, &[&wei, &stranger]);
}

#[test]
fn a_restored_server_gets_back_what_a_colleague_had_brought() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let yesterday = township.backup();
    let (wei, nong) = colleagues(&mut township);
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    given(&nong, &wei);
    drop(nong);
    wei.link.mend();
    wei.sync();
    township.restore(&yesterday);
    wei.sync();
    desk.sync();
    settle(&township, &[&wei, &desk]);
    assert_eq!(desk.household(household("LT001")).unwrap().visits.len(), 1);
}

#[test]
fn what_rests_on_work_that_is_not_here_waits_for_the_next_round() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let (wei, nong) = colleagues(&mut township);
    // The desk corrects something at noon; 农小妹 hears of it and writes on top; 韦秀英 has heard of neither.
    desk.set_fact(household("LT001"), "profile/phone", &json!("19911110009")).unwrap();
    desk.sync();
    nong.link.mend();
    nong.sync();
    nong.link.cut();
    assert_eq!(nong.household(household("LT001")).unwrap().profile.phone.as_deref(), Some("19911110009"));
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    nong.visited(household("LT002"), "screening-lifted", &answers::lifted());
    let came = given(&nong, &wei);
    assert_eq!((came.changes, came.waits), (1, 1), "{came:?}");
    wei.link.mend();
    wei.sync();
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 1);
    nong.link.mend();
    settle(&township, &[&wei, &nong, &desk]);
}

#[test]
fn a_torn_or_changed_file_brings_nothing_and_harms_nothing() {
    let mut township = Township::village();
    let (wei, nong) = colleagues(&mut township);
    nong.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let (file, _) = nong.export_bundle().unwrap();
    for at in (0..file.len()).step_by(7) {
        assert_eq!(wei.import_bundle(&file[..at]).unwrap_err().kind, Kind::Invalid, "torn at {at}");
        let mut changed = file.clone();
        changed[at] ^= 0x55;
        if let Ok(came) = wei.import_bundle(&changed) {
            // Where the bit hit another reader's way in, it may be read all the same; nothing else may come of it.
            assert!(came.changes <= 1 && came.refused == 0, "{at}: {came:?}");
        }
    }
    let came = wei.import_bundle(&file).unwrap();
    assert!(came.spoilt == 0 && came.refused == 0);
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 1);
    wei.link.mend();
    nong.link.mend();
    settle(&township, &[&wei, &nong]);
}

#[test]
fn a_changed_program_that_names_a_household_ten_thousand_times_is_not_listened_to() {
    let mut township = Township::village();
    let (wei, nong) = colleagues(&mut township);
    let identity = nong.identity().unwrap();
    let secret: [u8; 32] = hex::decode(&identity.secret).unwrap().try_into().unwrap();
    let (letter, keys) = nong.read(|tx| Ok((tx.letter()?.unwrap(), tx.area_keys()?))).unwrap();
    let push = Push { household: household("LT001").as_bytes().to_vec().into(), grid: None, changes: Vec::new() };
    let round = SyncRequest { v: 1, push: vec![push; 10_000], ..SyncRequest::default() };
    let body = ParcelBody { v: 1, letter, at: 1, round, drafts: Vec::new(), held: Vec::new() };
    let parcel = Parcel::signed(&body, &secret).unwrap();
    let keys: Vec<_> = keys.into_iter().map(|(key, _)| key).collect();
    let server = hex::decode(&identity.server_key).unwrap();
    let envelope = seal(&wire::encode(&vec![parcel]).unwrap(), &server, &keys).unwrap();
    let came = wei.import_bundle(&pack(&[envelope]).unwrap()).unwrap();
    assert_eq!((came.spoilt, came.changes), (1, 0), "{came:?}");
}
