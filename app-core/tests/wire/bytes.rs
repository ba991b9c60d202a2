//! What a day costs on the line. Other seeds and other devices than those the dictionary was trained on.

use app_core::document::HouseholdDoc;
use app_core::wire::lean::{Own, make_lean, make_whole, whole_households, words};
use app_core::wire::message::{Push, SyncAnswer, SyncRequest, Whole};
use app_core::wire::sign::{public_key, sign_push, verify_push};
use app_core::wire::{decode, encode};
use serde_bytes::ByteBuf;

use app_core::testing::{self, Dice, FORMS, Worker};

/// A household's file and a change made on it that the server lacks.
type Changed = (HouseholdDoc, Vec<u8>);

/// The body of a push as a phone sends it; proven to arrive whole at a server that holds what was imported.
fn body(worker: &Worker, changes: &[Changed], dice: &mut Dice) -> Vec<u8> {
    let pushed: Vec<_> = changes.iter().map(|(doc, change)| (doc.id(), change.clone())).collect();
    let mut request = testing::request(&pushed, dice);
    let secret = dice.bytes();
    sign_push(&mut request, &secret).unwrap();
    let words = words(&worker.name, &worker.person, &worker.device);
    make_lean(&mut request, &Own { actor: worker.actor, words: &words });
    let body = encode(&request).unwrap();
    let mut back: SyncRequest = decode(&body, 1 << 20).unwrap();
    let mut held = |push: &Push| {
        let (doc, _) = changes.iter().find(|(doc, _)| push.household.as_slice() == doc.id().as_bytes()).unwrap();
        vec![doc.change_infos()[0].hash]
    };
    let ids = || changes.iter().map(|(doc, _)| doc.id().into_bytes());
    assert!(whole_households(&mut back, &mut |beginning| ids().find(|id| id.starts_with(beginning))));
    assert!(make_whole(&mut back, &[worker.actor], &words, &mut held));
    assert!(verify_push(&back, &public_key(&secret)));
    for (push, (_, change)) in back.push.iter().zip(&pushed) {
        assert_eq!(push.changes[0].as_slice(), change);
    }
    body
}

/// Middle and largest.
fn spread(mut sizes: Vec<usize>) -> (usize, usize) {
    sizes.sort_unstable();
    (sizes[sizes.len() / 2], sizes[sizes.len() - 1])
}

#[test]
fn a_round_with_a_single_visit_is_about_300_bytes() {
    let mut dice = Dice(77);
    for form in FORMS {
        for facts in [0, 3, 6] {
            let round = |n: u64, dice: &mut Dice| {
                let worker = Worker::new(dice);
                let visit = testing::visited(900_000 + n, &worker, form, facts, dice);
                body(&worker, &[visit], dice).len()
            };
            let (middle, most) = spread((0..20).map(|n| round(n, &mut dice)).collect());
            println!("one visit, {form}, {facts} facts: whole body {middle}, at most {most}");
            assert!(middle <= 450, "{middle}");
        }
    }
    let nothing = encode(&testing::request(&[], &mut dice)).unwrap().len();
    println!("nothing to say: {nothing}");
    assert!(nothing < 120, "{nothing}");
}

#[test]
fn a_days_work_of_thirty_visits_is_at_most_5_kb() {
    for (seed, facts) in [(5, 0), (6, 3), (7, 6)] {
        let mut dice = Dice(seed);
        let worker = Worker::new(&mut dice);
        let visits: Vec<Changed> = (0..30)
            .map(|n| {
                // a day's mix: mostly 2-3 and 2-1
                let form = FORMS[[0, 0, 1, 0, 2, 1, 0, 3, 0, 1][n as usize % 10]];
                testing::visited(910_000 + n, &worker, form, facts, &mut dice)
            })
            .collect();
        let raw: usize = visits.iter().map(|(_, change)| change.len()).sum();
        let len = body(&worker, &visits, &mut dice).len();
        println!("30 visits, {facts} facts each: raw {raw}, body {len}");
        assert!(len <= 5 * 1024, "{len}");
    }
}

#[test]
fn a_first_sync_of_300_households_is_at_most_100_kb() {
    for (visits, limit) in [(0, 70_000), (1, 100 * 1024), (3, 170 * 1024)] {
        let mut dice = Dice(11);
        let workers: Vec<Worker> = (0..3).map(|_| Worker::new(&mut dice)).collect();
        let whole: Vec<Whole> = (0..300)
            .map(|n| {
                let mut doc = testing::imported(920_000 + n, &mut dice);
                for v in 0..visits {
                    let worker = &workers[v % 3];
                    let at = 1_684_200_000 + i64::try_from(n).unwrap() * 400;
                    let edits = testing::visit(&doc, worker, FORMS[n as usize % 2], 3, at, &mut dice);
                    doc.edit(worker.actor, at, &edits).unwrap();
                }
                whole(&doc)
            })
            .collect();
        let answer = SyncAnswer { whole, ..SyncAnswer::default() };
        let started = std::time::Instant::now();
        let body = encode(&answer).unwrap();
        println!("300 households, {visits} visits: body {} ({:?} to encode)", body.len(), started.elapsed());
        assert!(body.len() <= limit, "{}", body.len());
    }
}

fn whole(doc: &HouseholdDoc) -> Whole {
    Whole {
        household: ByteBuf::from(doc.id().as_bytes().to_vec()),
        grid: "999999101203-04".into(),
        doc: ByteBuf::from(doc.snapshot()),
    }
}

/// A file may grow to 512 KiB: colleagues on a bad link fetch it whole.
#[test]
fn ten_years_of_visits_each_month_fit_into_a_household_file() {
    let mut dice = Dice(41);
    let worker = Worker::new(&mut dice);
    for form in FORMS {
        let (mut phone, mut at) = (testing::imported(930_000, &mut dice), 1_684_200_000);
        let mut server = phone.clone();
        for n in 0..120 {
            at += 30 * 86_400;
            let edits = testing::visit(&phone, &worker, form, 3, at, &mut dice);
            let change = phone.edit(worker.actor, at, &edits).unwrap().unwrap();
            let taken = server.admit_new([&change.bytes], &mut |_| Ok(())).remove(0);
            assert!(taken.is_ok(), "{form}: visit {n} of {} bytes", server.snapshot().len());
        }
        let size = server.snapshot().len();
        println!("{form}: 120 visits of three facts each make a file of {size} bytes");
        assert!(size < 256 << 10, "{form}: half of the room at most: {size}");
    }
}
