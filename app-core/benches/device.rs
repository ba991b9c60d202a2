//! What a person with a phone waits for (7-measures.md): an answer on disk, a search, opening the app. One JSON line each,
//! times in microseconds: `cargo bench -p app-core --bench device [-- HOUSEHOLDS]` (10,000 when not given).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use app_core::document::{Founding, Place, Source};
use app_core::domain::id::household_of_register;
use app_core::domain::{Area, Base, Person, Title};
use app_core::policy::facts::{Facts, Member, Profile};
use app_core::policy::{Pack, check, judge};
use app_core::storage::journal::{Entry, EntryKind, JournalState, OpenVisit};
use app_core::storage::list::{Progress, Query};
use app_core::storage::walk::Spot;
use app_core::storage::{Author, Cost, Key, Lens, Store, Vault};
use chrono::NaiveDate;
use serde_json::json;

const SURNAMES: [&str; 12] = ["韦", "覃", "李", "黄", "陆", "蓝", "莫", "梁", "罗", "何", "潘", "廖"];
const GIVEN: [&str; 20] = [
    "秀", "英", "建", "国", "桂", "花", "志", "强", "小", "明", "凤", "兰", "德", "才", "玉", "梅", "春", "海", "丽",
    "华",
];

fn main() {
    let count: usize = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(10_000);
    let dir = tempfile::tempdir().expect("a folder");
    let key = Key::random().expect("random");
    let pack = Pack::load_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023")).expect("the pack");
    let lens = Lens { pack: Some(Arc::new(pack)), on: NaiveDate::from_ymd_opt(2023, 6, 1).expect("a day") };
    let mut store = Store::open(dir.path(), &key).expect("a database");
    fill(&mut store, &lens, count);
    report("rebuild", &[time(|| store.transact(&lens, |tx| tx.rebuild()).map(drop))]);
    rejudge(&mut store, &lens);
    sweep(&mut store, &lens);
    search(&mut store, &lens);
    answers(&mut store, &lens);
    drop(store);
    open(dir.path(), &key, &lens);
}

/// Households of four, as a register brings them, in one grid of a hundred.
fn fill(store: &mut Store, lens: &Lens, count: usize) {
    let author = Author { actor: *b"ruhu-bench-actor", at: 1_685_000_000 };
    let person = Person {
        id: "p".into(),
        name: "李建国".into(),
        title: Title::TownshipStation,
        scope: Area::parse("999999").into_iter().collect(),
    };
    store.transact(lens, |tx| tx.set_person(&person)).expect("written");
    // Without the pack no permits are looked at: a township station founds nothing.
    let founding_lens = Lens { pack: None, on: lens.on };
    for batch in (0..count).collect::<Vec<_>>().chunks(500) {
        let all = store.transact(&founding_lens, |tx| {
            for n in batch {
                let grid = format!("9999991012{:02}-{:02}", n % 12, n % 97);
                tx.found(household_of_register("999999", &n.to_string()), &grid, &founding(*n, &grid), author)?;
            }
            Ok(())
        });
        all.expect("founded");
    }
}

fn founding(n: usize, grid: &str) -> Founding {
    let member = |i: usize| Member {
        id: format!("m{i:011}"),
        name: Some(name(n * 7 + i * 3)),
        id_number: Some(format!(
            "999999{:04}{:02}{:02}{:04}",
            1940 + (n + i * 23) % 80,
            1 + n % 12,
            1 + n % 28,
            (n * 13 + i) % 10_000
        )),
        relation: Some(if i == 0 { "head" } else { "son" }.into()),
        living: Some("alive".into()),
        work: Some("ordinary".into()),
        health: vec!["healthy".into()],
        ..Member::default()
    };
    Founding {
        place: Place {
            village: format!("第{}村", n % 12),
            hamlet: format!("{}家屯", SURNAMES.get(n % 12).copied().unwrap_or_default()),
            grid: grid.into(),
            ..Place::default()
        },
        facts: Facts {
            profile: Profile { base: Some(Base::Ordinary), phone: Some(format!("139{n:08}")), ..Profile::default() },
            members: (0..4).map(member).collect(),
            ..Facts::default()
        },
        source: Source::Import,
    }
}

fn name(n: usize) -> String {
    let pick = |list: &[&'static str], i: usize| list.get(i % list.len()).copied().unwrap_or_default();
    format!("{}{}{}", pick(&SURNAMES, n), pick(&GIVEN, n / 5), pick(&GIVEN, n / 11 + 3))
}

/// The pack with a higher income line.
fn raised(lens: &Lens) -> Pack {
    let mut files = lens.pack.as_ref().expect("a pack").files().clone();
    let params = String::from_utf8(files.remove("params.csv").expect("parameters")).expect("text");
    files.insert("params.csv".into(), params.replacen("income_line,7500,", "income_line,8000,", 1).into_bytes());
    Pack::from_files(files).expect("a pack")
}

/// The county raises the income line: what a list says of each household is judged again; then every rule over each.
fn rejudge(store: &mut Store, lens: &Lens) {
    let raised = Lens { pack: Some(Arc::new(raised(lens))), on: lens.on };
    let mut looked_at = 0;
    let again = time(|| store.transact(&raised, |tx| tx.refresh()).map(|(n, _)| looked_at = n));
    report("rejudge_lists", &[again]);
    let all = Query { limit: 1_000_000, ..Query::default() };
    let ids: Vec<_> = store.read(lens, |tx| tx.households(&all)).expect("read").1.into_iter().map(|l| l.id).collect();
    assert_eq!(ids.len(), looked_at as usize);
    let facts: Vec<Facts> =
        store.read(lens, |tx| ids.iter().map(|id| Ok(tx.file(*id)?.facts(None))).collect()).expect("facts");
    let (pack, cores) =
        (raised.pack.as_ref().expect("a pack"), std::thread::available_parallelism().map_or(1, usize::from));
    let judged = time(|| {
        std::thread::scope(|scope| {
            for part in facts.chunks(facts.len().div_ceil(cores)) {
                scope.spawn(move || part.iter().for_each(|f| drop(std::hint::black_box(judge(pack, f, lens.on)))));
            }
        });
        Ok(())
    });
    report("judge_every_rule", &[judged]);
}

/// The desk looks over the whole register: every check over every household, and what another income line would change.
fn sweep(store: &mut Store, lens: &Lens) {
    let (pack, raised) = (lens.pack.as_ref().expect("a pack"), raised(lens));
    let mut found = 0_usize;
    let checked = time(|| {
        store.read(lens, |tx| {
            let look = |_: &Spot, facts: &Facts| check(pack, facts, lens.on).findings.len();
            tx.walk(&tx.places("")?, look, |_, n| {
                found += n;
                Ok(ControlFlow::Continue(()))
            })
        })
    });
    assert!(found > 0);
    report("every_check_over_every_household", &[checked]);
    let mut changed = 0_usize;
    let what_if = time(|| {
        store.read(lens, |tx| {
            let look = |_: &Spot, facts: &Facts| {
                let (before, after) = (judge(pack, facts, lens.on), judge(&raised, facts, lens.on));
                before.findings.len() != after.findings.len()
            };
            tx.walk(&tx.places("")?, look, |_, differs| {
                changed += usize::from(differs);
                Ok(ControlFlow::Continue(()))
            })
        })
    });
    std::hint::black_box(changed);
    report("what_if", &[what_if]);
}

fn search(store: &mut Store, lens: &Lens) {
    for (what, text) in [
        ("name", "秀英"),
        ("initials", "wxy"),
        ("pinyin", "weixiu"),
        ("id_tail", "0029"),
        ("hamlet", "韦家屯"),
        ("none", "王五六"),
    ] {
        let query = Query { text: text.into(), limit: 50, ..Query::default() };
        let times =
            (0..100).map(|_| time(|| store.read(lens, |tx| tx.households(&query)).map(drop))).collect::<Vec<_>>();
        report(&format!("search_{what}"), &times);
    }
    let left =
        Query { progress: Some(Progress::Left), area: Some("999999101203".into()), limit: 50, ..Query::default() };
    let times = (0..100).map(|_| time(|| store.read(lens, |tx| tx.households(&left)).map(drop))).collect::<Vec<_>>();
    report("filter_village_left", &times);
}

fn answers(store: &mut Store, lens: &Lens) {
    let household = household_of_register("999999", "0");
    let visit = OpenVisit {
        visit: "v00000000001".into(),
        household,
        form: "screening-ordinary".into(),
        form_version: "1".into(),
        pack: "00".into(),
        state: JournalState::Open,
        opened_at: 1,
        touched_at: 1,
        privacy_at: None,
        more: json!({}),
    };
    store.transact(lens, |tx| tx.write_visit(&visit)).expect("opened");
    let times: Vec<u128> = (0..500)
        .map(|n| {
            let entry = Entry { path: format!("/q{}", n % 30), value: json!("yes"), kind: EntryKind::Answer, at: n };
            time(|| store.transact(lens, |tx| tx.write_entry("v00000000001", &entry)).map(drop))
        })
        .collect();
    report("answer_durable", &times);
}

fn open(dir: &Path, key: &Key, lens: &Lens) {
    let mut vault = Vault::create(dir, key, "246810", Cost::FULL).expect("a vault");
    report("pin", &[time(|| vault.open("246810", 0).map(drop))]);
    let first = Query { limit: 50, ..Query::default() };
    let times = (0..20)
        .map(|_| {
            time(|| {
                let mut store = Store::open(dir, key)?;
                store.read(lens, |tx| tx.households(&first)).map(drop)
            })
        })
        .collect::<Vec<_>>();
    report("open_and_first_page", &times);
}

fn time(work: impl FnOnce() -> app_core::Result<()>) -> u128 {
    let start = Instant::now();
    work().expect("it works");
    start.elapsed().as_micros()
}

#[expect(clippy::print_stdout, reason = "the bench's answer")]
fn report(what: &str, times: &[u128]) {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = |share: usize| sorted.get((sorted.len() * share / 100).min(sorted.len() - 1)).copied().unwrap_or_default();
    println!("{}", json!({ "what": what, "n": times.len(), "p50_us": at(50) as u64, "p99_us": at(99) as u64 }));
}
