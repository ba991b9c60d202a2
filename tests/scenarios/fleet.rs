//! The fleet: short here; `RUHU_FLEET_ROUNDS=100000 RUHU_FLEET_SEED=7 cargo nextest run -p ruhu-tests fleet` for a night.

use ruhu_tests::fleet::Fleet;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|v| v.parse().unwrap())
}

#[test]
fn four_phones_and_a_desk_lose_nothing_whatever_goes_wrong() {
    let rounds = u32::try_from(number("RUHU_FLEET_ROUNDS").unwrap_or(200)).unwrap();
    let seeds = number("RUHU_FLEET_SEED").map_or_else(|| vec![1, 2], |seed| vec![seed]);
    let share = rounds / u32::try_from(seeds.len()).unwrap();
    for seed in seeds {
        println!("seed {seed}: {:?}", Fleet::new(seed).run(share));
    }
}
