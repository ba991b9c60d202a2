//! A first fetch over a slow link, with somebody looking on: it can be stopped between two answers, everything that came
//! is kept, and the next round goes on from there. So do many changes on their way up.

use std::time::{Duration, Instant};

use app_core::error::Kind;
use app_core::sync::progress::Phase;
use ruhu_tests::{Fault, Phone, Township};
use serde_json::json;

/// So many households that their files take at least three answers: one may be on its way when somebody stops.
const HOUSEHOLDS: u32 = 2_400;

/// So many changes that they take three requests on their way up (400 in one).
const CHANGED: u32 = 1_000;

fn desk(township: &mut Township) -> Phone {
    let person = township.person("黄志明", "township_station", &["999999101"]);
    let (link, code) = (township.link(), township.ticket(&person));
    let phone = Phone::new("黄志明", &person, link);
    phone.enrol(&code).unwrap();
    phone.link.plan(|| Some(Fault::Slow(Duration::from_millis(60))));
    phone
}

/// Looks on until `until` holds of the round under way; what was seen.
fn watch(phone: &Phone, until: impl Fn(&app_core::sync::progress::Standing) -> bool) {
    let begun = Instant::now();
    while !until(&phone.progress()) {
        assert!(begun.elapsed() < Duration::from_secs(120), "never came to it: {:?}", phone.progress());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_first_fetch_is_watched_stopped_and_gone_on_with() {
    let mut township = Township::demo(HOUSEHOLDS, 5);
    let all = township.households("999999").len();
    let phone = desk(&mut township);
    let stopped = std::thread::scope(|threads| {
        let round = threads.spawn(|| phone.try_sync());
        watch(&phone, |now| now.phase == Phase::Exchanging && now.households > 0);
        let seen = phone.progress();
        assert!(seen.requests >= 2 && seen.bytes_down > 10_000, "{seen:?}");
        assert!(phone.stop_sync());
        round.join().unwrap()
    });
    let error = stopped.err().unwrap();
    assert_eq!(error.kind, Kind::Stopped);
    let kept = phone.lines().len();
    assert!(kept > 0 && kept < all, "{kept} of {all}");
    let status = phone.status().unwrap();
    assert_eq!(status.trouble.as_deref(), Some(error.words.as_str()));
    assert!(status.last_good_round.is_none(), "a stopped round is no good round");
    assert_eq!(phone.progress().phase, Phase::Idle);

    // The rest comes, and of what is here nothing comes twice.
    let report = phone.sync();
    assert_eq!(report.round.households_new as usize, all - kept);
    assert_eq!(phone.lines().len(), all);
    assert_eq!(phone.status().unwrap().trouble, None);
}

#[test]
fn a_round_stopped_again_and_again_still_comes_to_its_end() {
    let mut township = Township::demo(HOUSEHOLDS, 6);
    let all = township.households("999999").len();
    let phone = desk(&mut township);
    let mut stops = 0;
    let mut held = 0;
    loop {
        let outcome = std::thread::scope(|threads| {
            let round = threads.spawn(|| phone.try_sync());
            // One answer each time, then the wish to stop.
            watch(&phone, |now| now.households > 0 || now.phase == Phase::Idle && round.is_finished());
            phone.stop_sync();
            round.join().unwrap()
        });
        let now = phone.lines().len();
        match outcome {
            Err(e) => assert_eq!(e.kind, Kind::Stopped),
            Ok(_) => break,
        }
        assert!(now > held, "each try brings something: {now} after {held}");
        held = now;
        stops += 1;
        assert!(stops < 50);
    }
    assert!(stops > 0, "one answer held everything: the story tells nothing");
    phone.sync();
    assert_eq!(phone.lines().len(), all);
}

#[test]
fn what_had_not_gone_up_when_somebody_stopped_goes_up_next_time_once() {
    let mut township = Township::demo(CHANGED, 7);
    let phone = desk(&mut township);
    phone.sync();
    let ids = township.households("999999");
    for id in &ids {
        phone.set_fact(*id, "place/address", &json!("新村一组")).unwrap();
    }
    let stopped = std::thread::scope(|threads| {
        let round = threads.spawn(|| phone.try_sync());
        watch(&phone, |now| now.changes_up > 0);
        let seen = phone.progress();
        assert_eq!(seen.changes_waiting as usize, ids.len());
        phone.stop_sync();
        round.join().unwrap()
    });
    assert_eq!(stopped.err().unwrap().kind, Kind::Stopped);
    let status = phone.status().unwrap();
    let waiting = status.waiting_changes as usize;
    assert!(waiting > 0 && waiting < ids.len(), "{waiting} of {}", ids.len());
    // What is proven at the server and what is not stands on the sync page, household by household.
    assert_eq!(status.unproven as usize, waiting);
    assert!(status.last_signed_ms.is_some());
    let report = phone.sync();
    assert_eq!(report.acked as usize, waiting);
    let status = phone.status().unwrap();
    assert_eq!((status.waiting_changes, status.unproven), (0, 0));
}
