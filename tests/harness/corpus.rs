//! Visits as phones really send them, for the dictionary of the wire and for counting bytes: the demo's township, the real
//! app, forms filled through the engine's own questions, one round for each visit. The same seed asks the same dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app_core::domain::Outcome;
use app_core::domain::id::HouseholdId;
use app_core::service::visit::Finish;
use app_core::service::{App, Clock, Setup};
use app_core::storage::Cost;
use app_core::storage::list::Query;
use app_core::sync::enrol::Ticket;
use app_core::sync::transport::http_connect;
use app_core::wire;
use app_core::wire::message::{SyncAnswer, SyncRequest};
use app_core::xlsform::{Instance, Kind, NodeId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::link::Link;
use crate::phone::PIN;
use crate::township::Township;

/// The slugs of the five forms.
pub const FORMS: [&str; 5] =
    ["screening-ordinary", "screening-lifted", "screening-monitored", "screening-priority", "living-conditions"];

const NAMES: [&str; 12] = [
    "韦秀英",
    "李建国",
    "覃桂花",
    "莫大山",
    "农小妹",
    "黄文军",
    "梁彩云",
    "陆永福",
    "蓝冬妹",
    "潘志强",
    "罗家明",
    "廖素芬",
];

const WORDS: [&str; 8] =
    ["情况属实", "长期在外务工，春节回家", "今年收成一般", "无", "已核实", "住院一次", "与父母同住", "待复查"];

/// One visit on its way.
pub struct Sent {
    pub form: &'static str,
    /// roster facts corrected
    pub facts: usize,
    /// the body as it went over the wire
    pub body: Vec<u8>,
    /// what is in it, changes lean
    pub request: SyncRequest,
}

/// A clock that goes on when it is told to.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

struct Worker {
    app: App,
    clock: Arc<Ticking>,
    link: Link,
    _dir: tempfile::TempDir,
    households: Vec<HouseholdId>,
}

/// A township at work.
pub struct Corpus {
    workers: Vec<Worker>,
    township: Township,
    dice: Dice,
}

impl Corpus {
    /// A worker in each of the first villages.
    pub fn new(seed: u64, households: u32, workers: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut township = Township::demo(households, seed);
        let workers = (1..=workers)
            .map(|n| {
                let area = format!("9999991012{n:02}");
                let name = dice.of(&NAMES);
                let person = township.person(name, "grid_worker1", &[&area]);
                let (link, code) = (township.link(), township.ticket(&person));
                // Any moment of the field phase.
                let start = 1_684_800_000 + i64::try_from(dice.below(1_200_000)).unwrap();
                let clock = Arc::new(Ticking(AtomicI64::new(start)));
                let dir = tempfile::tempdir().unwrap();
                let setup =
                    Setup { clock: clock.clone(), cost: Cost::CHEAP, connect: Arc::new(http_connect), exports: None };
                let app = App::open_with(dir.path(), setup).unwrap();
                app.enrol(&Ticket::parse(&code, &link.url()).unwrap(), PIN, &format!("{name}的手机")).unwrap();
                app.sync().unwrap();
                let query = Query { limit: 1_000_000, ..Query::default() };
                let households = app.search(&query).unwrap().1.into_iter().map(|l| l.id).collect();
                Worker { app, clock, link, _dir: dir, households }
            })
            .collect();
        Self { workers, township, dice }
    }

    /// Up to `many` visits with a form, up to `facts` roster facts corrected in each; a round for each visit.
    pub fn visits(&mut self, form: &'static str, many: usize, facts: usize) -> Vec<Sent> {
        let one = |n| {
            let worker = n % self.workers.len();
            let facts = if facts == 0 { 0 } else { self.dice.below(facts + 1) };
            self.visit(worker, form, facts)
        };
        (0..many).filter_map(one).collect()
    }

    /// A first sync of another phone in a village: the answer.
    pub fn first_sync(&mut self, village: usize) -> (SyncAnswer, usize) {
        let area = format!("9999991012{village:02}");
        let phone = self.township.phone("覃桂花", "grid_worker2", &[&area]);
        let mut seen = phone.link.take_seen();
        let at = seen.iter().position(|e| e.path == "/v1/sync").unwrap();
        let body = seen.swap_remove(at).down;
        (wire::decode(&body, 64 << 20).unwrap(), body.len())
    }

    fn visit(&mut self, worker: usize, form: &'static str, facts: usize) -> Option<Sent> {
        let worker = &self.workers[worker];
        let household = *self.dice.of(&worker.households);
        let visit = worker.app.open_visit(household, Some(form)).unwrap();
        worker.tick(5 + self.dice.below(30));
        worker.app.privacy_shown(&visit).unwrap();
        worker.fill(&visit, form, &mut self.dice);
        let corrected = (0..facts).filter(|_| worker.correct(&visit, &mut self.dice)).count();
        worker.tick(300 + self.dice.below(2_400));
        // A form that does not fit this household is put down; what is asked for is what was sent.
        let done = worker.app.finish_visit(&visit, &Finish::with(Outcome::Done));
        if done.is_err() {
            worker.app.put_down_visit(&visit).unwrap();
        }
        worker.app.sync().unwrap();
        worker.tick(600);
        let seen = worker.link.take_seen().into_iter().filter(|e| e.path == "/v1/sync");
        let mut pushes = seen.map(|e| (wire::decode::<SyncRequest>(&e.up, 1 << 20).unwrap(), e.up));
        let (request, body) = pushes.find(|(request, _)| !request.push.is_empty())?;
        done.is_ok().then_some(Sent { form, facts: corrected, body, request })
    }
}

impl Worker {
    fn tick(&self, seconds: usize) {
        self.clock.0.fetch_add(i64::try_from(seconds).unwrap(), Ordering::SeqCst);
    }

    fn look<T>(&self, visit: &str, of: impl FnOnce(&Instance) -> T) -> T {
        self.app.visit(visit, |running| Ok(of(running.instance()))).unwrap()
    }

    /// Answers whatever is asked and not known, until nothing more is.
    fn fill(&self, visit: &str, form: &str, dice: &mut Dice) {
        let mut passed_over: Vec<String> = Vec::new();
        for _ in 0..6 {
            let open: Vec<(String, bool)> = self.look(visit, |i| {
                let asked = i.walk().into_iter().filter(|n| is_asked(i, *n) && i.value(*n).is_empty());
                asked.map(|n| (i.path(n), i.required(n))).collect()
            });
            for (path, required) in open {
                if passed_over.contains(&path) {
                    continue;
                }
                if !required && !self.worth_it(visit, &path, dice) {
                    passed_over.push(path);
                    continue;
                }
                self.answer(visit, form, &path, dice);
            }
        }
    }

    /// What may stay open mostly does.
    fn worth_it(&self, visit: &str, path: &str, dice: &mut Dice) -> bool {
        let node = |i: &Instance| i.find(path).map(|n| i.question(n)).filter(|q| q.repeat.is_none()).map(|q| q.kind);
        match self.look(visit, node) {
            Some(Kind::SelectMultiple) => dice.chance(30),
            Some(Kind::SelectOne) => dice.chance(50),
            Some(Kind::Text) => dice.chance(8),
            Some(_) => dice.chance(10),
            None => false,
        }
    }

    fn answer(&self, visit: &str, form: &str, path: &str, dice: &mut Dice) {
        for _ in 0..8 {
            let Some((kind, name, offered)) = self
                .look(visit, |i| i.find(path).map(|n| (i.question(n).kind, i.question(n).name.clone(), i.offered(n))))
            else {
                return;
            };
            let value = value(kind, &name, form, &offered, dice);
            let taken = self.app.answer(visit, path, &value, |running, _| {
                let i = running.instance();
                i.find(path).is_some_and(|n| i.violation(n).is_none())
            });
            if taken.unwrap_or(false) {
                return;
            }
        }
        let _ = self.app.answer(visit, path, &Value::Null, |_, _| ());
    }

    /// Another value for a fact of the roster; whether there was one.
    fn correct(&self, visit: &str, dice: &mut Dice) -> bool {
        let rows: Vec<(String, String, Vec<String>)> = self.look(visit, |i| {
            let nodes = i.walk().into_iter().filter(|n| {
                let q = i.question(*n);
                q.repeat.is_some() && q.kind == Kind::SelectOne && is_asked(i, *n) && !i.value(*n).is_empty()
            });
            nodes.map(|n| (i.path(n), i.value(n).to_owned(), i.offered(n))).collect()
        });
        if rows.is_empty() {
            return false;
        }
        let (path, before, offered) = dice.of(&rows);
        let problems = self.look(visit, |i| i.violations().len());
        let value = dice.of(offered);
        let sound = self.app.answer(visit, path, &json!(value), |r, _| r.instance().violations().len() <= problems);
        if value == before || !sound.unwrap_or(false) {
            let _ = self.app.answer(visit, path, &json!(before), |_, _| ());
            return false;
        }
        true
    }
}

fn is_asked(i: &Instance, node: NodeId) -> bool {
    let kind = i.question(node).kind;
    i.relevant(node) && !kind.is_container() && kind.is_visible() && kind != Kind::Note && !i.readonly(node)
}

fn value(kind: Kind, name: &str, form: &str, offered: &[String], dice: &mut Dice) -> Value {
    match kind {
        // Most households are at no risk, and most of what is asked of a house is in order.
        Kind::SelectOne if name == "has_risk" => json!(if dice.chance(12) { "yes" } else { "no" }),
        Kind::SelectOne => json!(dice.of(offered)),
        Kind::SelectMultiple => {
            let most = 1 + dice.below(3);
            let mut some: Vec<&String> = (0..most).map(|_| dice.of(offered)).collect();
            some.sort();
            some.dedup();
            json!(some)
        }
        Kind::Integer => json!(dice.below(4)),
        Kind::Decimal if form == "living-conditions" => json!(format!("{}.{}", dice.below(120), dice.below(10))),
        Kind::Decimal if dice.chance(30) => json!(0),
        Kind::Decimal if dice.chance(20) => json!(format!("{}.5", dice.below(60_000))),
        Kind::Decimal => json!(dice.below(60_000)),
        Kind::Date => json!(format!("20{}-0{}-1{}", 10 + dice.below(13), 1 + dice.below(9), dice.below(9))),
        _ if name.contains("phone") => json!(format!("139{:08}", dice.below(100_000_000))),
        _ => json!(dice.of(&WORDS)),
    }
}
