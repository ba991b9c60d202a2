//! The fleet: eight short seeds here. A night of it: `RUHU_FLEET_SEED=1-500 RUHU_FLEET_ROUNDS=1000 cargo nextest run -p
//! ruhu-tests fleet`. What fails is played again by the line it prints, which also tells the story of the household it lost.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use ruhu_tests::fleet::Fleet;

/// Seeds played at the same time.
const HANDS: usize = 2;

#[test]
fn four_phones_and_a_desk_lose_nothing_whatever_goes_wrong() {
    let rounds = std::env::var("RUHU_FLEET_ROUNDS").map_or(100, |r| r.parse().unwrap());
    let wish = std::env::var("RUHU_FLEET_SEED").unwrap_or_else(|_| "1-8".into());
    let (first, last) = wish.split_once('-').unwrap_or((&wish, &wish));
    let (next, last): (AtomicU64, u64) = (AtomicU64::new(first.parse().unwrap()), last.parse().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed > last {
                        return;
                    }
                    play(seed, rounds);
                }
            });
        }
    });
}

fn play(seed: u64, rounds: u32) {
    match catch_unwind(AssertUnwindSafe(|| Fleet::new(seed).run(rounds))) {
        Ok(told) => println!("seed {seed}: {told:?}"),
        Err(panic) => {
            println!(
                "again: RUHU_FLEET_SEED={seed} RUHU_FLEET_ROUNDS={rounds} cargo nextest run -p ruhu-tests fleet --no-capture"
            );
            resume_unwind(panic);
        }
    }
}
