//! The rows.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use app_core::document::Hash;
use serde_json::json;
use sync_server::ops::check;
use sync_server::store::read;
use uuid::Uuid;

use crate::phone::{Cost, Phone, Ready};
use crate::program::{Program, cpu_of};
use crate::say;
use crate::stage::{GRID, Stage};

/// A stage with a phone in each grid, enrolled and in step.
fn phones(stage: &Stage, grids: impl Iterator<Item = usize>) -> (Program, Vec<Phone>) {
    let tickets = stage.tickets(grids);
    let program = Program::serve(&stage.data);
    let phones = (1..)
        .zip(&tickets)
        .map(|(n, (name, code))| {
            let mut phone = Phone::enrol(program.address, name, code, n);
            phone.pull(true);
            phone
        })
        .collect();
    (program, phones)
}

/// Makes everybody's rounds, all cores at work.
fn prepared(phones: &mut [Phone], rounds: usize, visits: usize) -> Vec<Vec<Ready>> {
    std::thread::scope(|scope| {
        let all: Vec<_> = phones.iter_mut().map(|p| scope.spawn(move || p.prepare(rounds, visits))).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    })
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100].as_secs_f64() * 1e3
}

fn each(total: Duration, n: usize) -> f64 {
    total.as_secs_f64() * 1e3 / n as f64
}

/// `phones` push `visits` visits a round, `rounds` times, as fast as they are answered.
pub fn throughput(phones: usize, visits: usize, rounds: usize) {
    let stage = Stage::new(phones * GRID);
    let (program, mut all) = self::phones(&stage, 0..phones);
    let ready = prepared(&mut all, rounds, visits);
    let start = Barrier::new(phones + 1);
    let (mut begun, mut cpu, mut own) = (Instant::now(), Duration::ZERO, Duration::ZERO);
    let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = all
            .iter_mut()
            .zip(&ready)
            .map(|(phone, rounds)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let one = |r| {
                        let sent = Instant::now();
                        phone.push(r).unwrap();
                        sent.elapsed()
                    };
                    rounds.iter().map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        (cpu, own) = (program.cpu(), cpu_of("self"));
        begun = Instant::now();
        start.wait();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    let (took, cpu, own) = (begun.elapsed(), program.cpu() - cpu, cpu_of("self") - own);
    latencies.sort_unstable();
    let total = phones * visits * rounds;
    let of = if visits == 1 { "one visit a round".to_owned() } else { format!("{visits} visits a round") };
    say(
        &format!("{of}, {phones} phones: visits a second"),
        "1/s",
        json!({ "value": total as f64 / took.as_secs_f64(), "load_cpu_ms": each(own, total) }),
    );
    say(&format!("{of}, {phones} phones: server CPU per visit"), "ms", json!({ "value": each(cpu, total) }));
    say(
        &format!("{of}, {phones} phones: a round"),
        "ms",
        json!({ "p50": at(&latencies, 50), "p99": at(&latencies, 99), "memory_mib": program.memory().1 }),
    );
    program.stop();
    assert_eq!(check::check(&stage.store()).unwrap().problems, Vec::<String>::new());
}

/// A hundred phones at once, ten to a grid of 300 households with a visit in each; before them, one alone.
pub fn first_syncs() {
    const GRIDS: usize = 10;
    let stage = Stage::new(GRIDS * GRID);
    let (program, mut first) = phones(&stage, 0..GRIDS);
    let ready = prepared(&mut first, GRID / 30, 30);
    for (phone, rounds) in first.iter_mut().zip(&ready) {
        rounds.iter().for_each(|r| phone.take_in(r));
    }
    let tickets = stage.tickets((0..110).map(|n| n % GRIDS));
    let mut new: Vec<Phone> =
        (1_000..).zip(&tickets).map(|(n, (name, code))| Phone::enrol(program.address, name, code, n)).collect();
    // The first of them alone, one after the other: what the server spends on one.
    let cpu = program.cpu();
    let costs: Vec<Cost> = new.drain(..10).map(|mut p| p.pull(false)).collect();
    assert!(costs.iter().all(|c| c.households == GRID));
    let cpu = each(program.cpu() - cpu, costs.len());
    say("first sync, 300 households of one visit: server CPU", "ms", json!({ "value": cpu }));
    say(
        "first sync, 300 households of one visit: body down",
        "bytes",
        json!({ "value": costs.iter().map(|c| c.down).sum::<usize>() / costs.len(), "rounds": costs[0].rounds }),
    );
    let (begun, cpu, start) = (Instant::now(), program.cpu(), Barrier::new(new.len()));
    let one = |phone: &mut Phone| {
        start.wait();
        phone.pull(false)
    };
    let costs: Vec<Cost> = std::thread::scope(|scope| {
        let threads: Vec<_> = new.iter_mut().map(|p| scope.spawn(|| one(p))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let took = begun.elapsed();
    assert!(costs.iter().all(|c| c.households == GRID));
    let mut slowest: Vec<Duration> = costs.iter().map(|c| c.took).collect();
    slowest.sort_unstable();
    say(
        "100 first syncs at once: all done",
        "s",
        json!({ "value": took.as_secs_f64(), "server_cpu_s": (program.cpu() - cpu).as_secs_f64(), "memory_mib": program.memory().1 }),
    );
    say("100 first syncs at once: one of them", "ms", json!({ "p50": at(&slowest, 50), "p99": at(&slowest, 99) }));
    program.stop();
}

/// 32 phones in full load while the server is killed, several times; everything acknowledged is there.
pub fn killed() {
    const PHONES: usize = 32;
    const LIVES: u64 = 5;
    let stage = Stage::new(PHONES * GRID);
    let (program, mut all) = phones(&stage, 0..PHONES);
    let ready = prepared(&mut all, 300, 1);
    let done: Vec<AtomicUsize> = ready.iter().map(|_| AtomicUsize::new(0)).collect();
    let mut acknowledged: Vec<(Uuid, Hash)> = Vec::new();
    let mut program = Some(program);
    let (mut unknown, mut lost) = (0, 0);
    for life in 0..LIVES {
        let running = program.take().unwrap();
        std::thread::scope(|scope| {
            let threads: Vec<_> = all
                .iter_mut()
                .zip(&ready)
                .zip(&done)
                .map(|((phone, rounds), done)| {
                    scope.spawn(move || {
                        let mut sure: Vec<(Uuid, Hash)> = Vec::new();
                        for round in rounds.iter().skip(done.load(Ordering::SeqCst)) {
                            if phone.push(round).is_none() {
                                return (sure, true);
                            }
                            done.fetch_add(1, Ordering::SeqCst);
                            sure.extend(&round.hashes);
                        }
                        (sure, false)
                    })
                })
                .collect();
            // At another moment in each life, while 32 rounds are under way.
            std::thread::sleep(Duration::from_millis(700 + 137 * life));
            running.kill();
            for (sure, cut) in threads.into_iter().map(|t| t.join().unwrap()) {
                acknowledged.extend(sure);
                unknown += usize::from(cut);
            }
        });
        // What is there after the crash, as the program finds it.
        let store = stage.store();
        for (id, hash) in &acknowledged {
            lost += usize::from(!read(&store, |r| r.has_change(*id, hash)).unwrap());
        }
        drop(store);
        let again = Program::serve(&stage.data);
        all.iter_mut().for_each(|p| p.reconnect(again.address));
        program = Some(again);
    }
    // Everything goes in after all, and once: rounds cut in the middle are sent again.
    std::thread::scope(|scope| {
        for ((phone, rounds), done) in all.iter_mut().zip(&ready).zip(&done) {
            scope.spawn(move || rounds.iter().skip(done.load(Ordering::SeqCst)).for_each(|r| phone.take_in(r)));
        }
    });
    program.take().unwrap().stop();
    let (found, files) = (check::check(&stage.store()).unwrap(), check::digest(&stage.store()).unwrap());
    assert_eq!(found.problems, Vec::<String>::new());
    assert_eq!(found.changes as usize, PHONES * (GRID + 300), "each visit once");
    for doc in all.iter().flat_map(|p| &p.docs) {
        assert_eq!(files.get(&doc.id().to_string()), Some(&doc.digest()), "phone and server hold the same");
    }
    say(
        "kill -9 in full load, 32 phones: acknowledged visits lost",
        "visits",
        json!({ "value": lost, "kills": LIVES, "acknowledged": acknowledged.len(), "rounds_cut": unknown }),
    );
}

/// The same phone's rounds on registers of growing size.
pub fn growth(most: usize) {
    const ROUNDS: usize = 600;
    let sizes = [1_000, 10_000, 100_000, 1_000_000];
    let mut first = None;
    for households in sizes.into_iter().filter(|n| *n <= most) {
        let stage = Stage::new(households);
        // In the middle of the register.
        let (program, mut all) = phones(&stage, std::iter::once(households / GRID / 2));
        let ready = all[0].prepare(2 * ROUNDS, 1);
        let phone = &mut all[0];
        let (warm, ready) = ready.split_at(ROUNDS);
        warm.iter().for_each(|r| phone.take_in(r));
        let (pushed, push_cpu) = timed(&program, ready, |r| phone.take_in(r));
        let (empty, empty_cpu) = timed(&program, &[(); 4 * ROUNDS], |()| phone.nothing());
        let base = *first.get_or_insert((push_cpu, empty_cpu));
        let name = |what: &str| format!("{what}, {households} households held by the server: CPU a round");
        let mib = stage.size() >> 20;
        say(
            &name("one visit"),
            "ms",
            json!({ "value": push_cpu, "ratio": push_cpu / base.0, "round_p50_ms": at(&pushed, 50), "database_mib": mib }),
        );
        say(
            &name("nothing to do"),
            "ms",
            json!({ "value": empty_cpu, "ratio": empty_cpu / base.1, "round_p50_ms": at(&empty, 50), "memory_mib": program.memory().1 }),
        );
        program.stop();
    }
}

/// Latencies, ascending, and the server's processor time for each, ms.
fn timed<T>(program: &Program, inputs: &[T], mut f: impl FnMut(&T)) -> (Vec<Duration>, f64) {
    let cpu = program.cpu();
    let mut all: Vec<Duration> = inputs
        .iter()
        .map(|input| {
            let sent = Instant::now();
            f(input);
            sent.elapsed()
        })
        .collect();
    all.sort_unstable();
    (all, each(program.cpu() - cpu, inputs.len()))
}
