//! Malformed, oversized, hostile: a 4xx, and the server lives.

use app_core::wire;
use app_core::wire::message::SyncRequest;
use serde_bytes::ByteBuf;

use crate::office::Office;
use crate::phone::{Phone, client, post, random};

const GRID: &str = "999999101201-01";

fn tried(phone: &Phone, body: Vec<u8>) -> u16 {
    post(&phone.http, &format!("{}/v1/sync", phone.url), Some(&phone.told.token), body).0
}

#[test]
fn noise_truncation_and_bombs_cost_a_4xx_and_nothing_else() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let good = wire::encode(&wei.request()).unwrap();
    for cut in 0..good.len() {
        assert_eq!(tried(&wei, good[..cut].to_vec()), 400, "cut at {cut}");
    }
    for _ in 0..200 {
        assert!((400..500).contains(&tried(&wei, random::<300>().to_vec())));
    }
    // 200 MiB of nothing in a few bytes.
    let mut request = wei.request();
    request.pack = "0".repeat(200 << 20);
    let bomb = wire::encode(&request).unwrap();
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    assert_eq!(tried(&wei, bomb), 400);
    // A body it would not read: it says so and hangs up, and may be faster than we are at sending.
    let sent = |token: &str, body| {
        let url = format!("{}/v1/sync", office.url());
        client().post(url).bearer_auth(token).body(body).send().ok().map(|a| a.status().as_u16())
    };
    assert!([None, Some(413)].contains(&sent(&wei.told.token, vec![1; 5 << 20])));
    assert!([None, Some(401)].contains(&sent("stranger", vec![1; 3 << 20])));
    assert_eq!(sent("stranger", vec![1; 10]), Some(401));
    wei.http = client();
    let http = &wei.http;
    assert_eq!(post(http, &format!("{}/v1/enrol", office.url()), None, vec![1; 100]).0, 400);
    assert_eq!(post(http, &format!("{}/v1/nothing", office.url()), None, vec![]).0, 404);
    office.assert_agrees_with(&mut wei);
}

#[test]
fn a_push_signed_by_nobody_or_by_another_is_refused_whole() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let household = *wei.docs.keys().next().unwrap();
    wei.set_phone(household, "19911111111");
    let sent = |edit: &dyn Fn(&mut SyncRequest)| {
        let mut request = wei.request();
        edit(&mut request);
        wei.send(&request).map(|_| ())
    };
    let malformed = Err((400, "malformed".to_owned()));
    assert_eq!(sent(&|r| r.sig = ByteBuf::new()), malformed);
    assert_eq!(sent(&|r| app_core::wire::sign::sign_push(r, &[7; 32]).unwrap()), malformed);
    assert_eq!(sent(&|r| r.push[0].household = ByteBuf::from(vec![1; 15])), malformed);
    assert_eq!(sent(&|r| r.push[0].changes[0].truncate(30)), malformed);
    assert_eq!(sent(&|r| r.v = 99), Err((426, "version".to_owned())));
    office.assert_agrees_with(&mut wei);
}

#[test]
fn a_change_for_the_wrong_household_is_parked_and_both_files_stay_sound() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let ids: Vec<_> = wei.docs.keys().copied().collect();
    wei.set_phone(ids[0], "19911111111");
    wei.outbox[0].0 = ids[1];
    let (answer, _) = wei.round().unwrap();
    assert!(answer.acks.is_empty());
    // The founding of one household under the id of a fresh one.
    let founding = wei.docs[&ids[0]].changes().remove(0).bytes;
    wei.outbox = vec![(uuid::Uuid::new_v4(), Some(GRID.into()), founding)];
    wei.round().unwrap();
    assert_eq!(wei.refused.last().unwrap().why, "author");
    office.assert_sound();
}

#[test]
fn a_household_founded_outside_the_scope_or_nowhere_is_parked() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    wei.found("999999101202-01");
    wei.round().unwrap();
    assert_eq!(wei.refused.last().unwrap().why, "scope");
    wei.found("999999101201");
    wei.round().unwrap();
    assert_eq!(wei.refused.last().unwrap().why, "malformed");
    assert_eq!(office.households("999999").len(), 240);
    office.assert_sound();
}

#[test]
fn a_phone_does_not_found_the_registers_households_before_the_register_does() {
    let ids = Office::with_households(60).households("999999");
    let office = Office::empty();
    let mut mo = office.phone("莫有财", "grid_worker1", &[GRID]);
    mo.sync();
    // Whoever knows the register's numbers knows the ids.
    for (id, _) in &ids {
        mo.found_as(*id, GRID);
    }
    mo.sync();
    assert!(!mo.refused.is_empty() && mo.refused.iter().all(|r| r.why == "author"));
    assert_eq!(mo.refused.len(), ids.len());
    assert!(office.households("999999").is_empty());
    office.import_demo(60);
    mo.docs.clear();
    mo.sync();
    assert_eq!(office.households("999999"), ids);
    let invented = mo.docs.keys().filter(|id| mo.phone_of(**id).as_deref() == Some("19900000099")).count();
    assert_eq!(invented, 0, "the files are the register's");
    office.assert_agrees_with(&mut mo);
}
