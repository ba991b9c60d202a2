//! A small fleet, seeded and replayable: phones × rounds × everything that goes wrong. Each piece of work leaves a mark that
//! nothing takes away again (a visit, a member, a household); at the end every mark is on the server, or it is said why not.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::Duration;

use app_core::document::{HouseholdDoc, HouseholdFile, Scalar};
use app_core::domain::Outcome;
use app_core::domain::id::HouseholdId;
use app_core::service::households::NewHousehold;
use app_core::service::visit::Finish;
use serde_json::json;
use sync_server::store::read;

use crate::answers;
use crate::chronicle::Chronicle;
use crate::dice::Dice;
use crate::link::Fault;
use crate::phone::Phone;
use crate::register::{GRID1, GRID2, VILLAGE};
use crate::settle::settle_watched;
use crate::township::Township;

/// Marks of what was said of a field begin so.
const SAID: &str = "said ";

/// What was made, and where it must be found.
#[derive(Debug, Clone)]
struct Mark {
    household: HouseholdId,
    /// id of a visit or member; [`SAID`] and a phone number; empty for a household itself
    what: String,
    by: usize,
    acknowledged: bool,
    /// why it need not be there
    explained: Option<&'static str>,
}

/// What happened, for the eye.
#[derive(Debug, Default, Clone)]
pub struct Told {
    pub rounds: u32,
    pub syncs: u32,
    pub failed_syncs: u32,
    pub marks: u32,
    pub explained: u32,
    pub restores: u32,
    pub put_back: u32,
    pub moves: u32,
    pub refused: u32,
    /// cards that somebody decided
    pub settled: u32,
}

/// The fleet.
pub struct Fleet {
    township: Township,
    phones: Vec<Phone>,
    dice: Dice,
    marks: Vec<Mark>,
    backups: Vec<PathBuf>,
    copies: Vec<Option<tempfile::TempDir>>,
    told: Told,
    chronicle: Chronicle,
}

impl Fleet {
    /// Four phones in two grids and the clerk's, all enrolled.
    pub fn new(seed: u64) -> Self {
        let mut township = Township::village();
        let people: [(&str, &str, &str); 5] = [
            ("韦秀英", "grid_worker1", GRID1),
            ("农小妹", "grid_worker2", GRID1),
            ("李建国", "grid_worker1", GRID2),
            ("莫大山", "assistant", GRID2),
            ("覃桂花", "data_clerk", VILLAGE),
        ];
        let phones: Vec<Phone> =
            people.iter().map(|(name, title, area)| township.phone(name, title, &[area])).collect();
        let backups = vec![township.backup()];
        let copies = phones.iter().map(|_| None).collect();
        let dice = Dice::new(seed);
        let (marks, told, chronicle) = (Vec::new(), Told::default(), Chronicle::default());
        let mut fleet = Self { township, phones, dice, marks, backups, copies, told, chronicle };
        fleet.look();
        fleet
    }

    /// So many rounds; every fiftieth the fleet comes to rest and must agree.
    pub fn run(&mut self, rounds: u32) -> Told {
        for round in 1..=rounds {
            self.told.rounds += 1;
            self.step();
            if round % 50 == 0 || round == rounds {
                self.rest();
            }
        }
        self.told.marks = u32::try_from(self.marks.len()).unwrap();
        self.told.explained = u32::try_from(self.marks.iter().filter(|m| m.explained.is_some()).count()).unwrap();
        self.told.clone()
    }

    fn step(&mut self) {
        let who = self.dice.below(self.phones.len());
        let what = self.dice.below(100);
        self.chronicle.step(self.told.rounds, &format!("{} {}", self.phones[who].name, deed(what)));
        match what {
            0..=34 => (0..=self.dice.below(4)).for_each(|_| self.work(who)),
            35..=69 => self.sync(who),
            70..=76 => self.phones[who].restart(),
            77..=80 => {
                let day = self.dice.below(9) + 1;
                self.phones[who].at(&format!("2023-06-0{day}T0{}:00:00Z", self.dice.below(9)));
            }
            81..=82 => self.phones[who].link.cut(),
            83..=84 => self.phones[who].link.mend(),
            85..=87 => self.relocate(who),
            88..=89 => self.backups.push(self.township.backup()),
            90 => self.restore(),
            91..=92 => {
                self.township.close();
                self.sync(who);
                self.township.open();
            }
            93..=95 => self.copies[who] = Some(self.phones[who].copied()),
            96 => self.put_back(who),
            _ => self.phones[who].link.release(),
        }
        self.chronicle.look(&self.phones[who]);
        self.chronicle.look_at_server(&self.township);
    }

    fn look(&mut self) {
        for phone in &self.phones {
            self.chronicle.look(phone);
        }
        self.chronicle.look_at_server(&self.township);
    }

    fn work(&mut self, who: usize) {
        let phone = &self.phones[who];
        // In an order that no random id has a part in: the same seed plays the same story again.
        let mut lines = phone.lines();
        lines.sort_by(|a, b| (&a.grid, &a.head_name).cmp(&(&b.grid, &b.head_name)));
        let line = self.dice.of(&lines);
        let mut household = line.id;
        let made = match self.dice.below(10) {
            0..=2 => phone
                .visit_with_answers(household, "screening-ordinary", &answers::ordinary_at_risk(), false)
                .or_else(|_| phone.visit_with_answers(household, "screening-priority", &answers::nobody_home(), false))
                .map(|m| m.visit),
            3..=4 => {
                let form = line.forms.first().map_or("screening-ordinary", |f| f.slug.as_str());
                phone.visit_with_answers(household, form, &answers::nobody_home(), false).map(|m| m.visit)
            }
            5 => {
                let name = format!("新生{}", self.dice.below(1_000_000));
                phone.add_member(household, json!({"name": name}).as_object().unwrap()).map(|(id, _)| id)
            }
            6 => {
                let file = phone.household(household).unwrap();
                let mut members: Vec<_> =
                    file.members.iter().map(|m| (m.fact.name.clone(), m.fact.id.clone())).collect();
                members.sort();
                let (_, member) = self.dice.of(&members).clone();
                // Taken off already: then there is nothing to do.
                let _ = phone.remove_member(household, &member, Some("moved_out"));
                return;
            }
            7 => {
                let grid = phone.person().unwrap().scope[0].as_str().to_owned();
                let grid = if grid.len() == 15 { grid } else { GRID1.to_owned() };
                let head_name = format!("陆大壮{}", self.told.rounds);
                let new = NewHousehold { head_name, grid, ..NewHousehold::default() };
                phone.add_household(&new).map(|(id, _)| {
                    self.marks.push(Mark {
                        household: id,
                        what: String::new(),
                        by: who,
                        acknowledged: false,
                        explained: None,
                    });
                    String::new()
                })
            }
            8 if lines.iter().any(|l| l.conflicts > 0) => {
                let open: Vec<HouseholdId> = lines.iter().filter(|l| l.conflicts > 0).map(|l| l.id).collect();
                let household = *self.dice.of(&open);
                return self.settle_one(who, household);
            }
            _ => {
                let phone = &self.phones[who];
                // In few households, so that people meet there.
                household = lines[self.dice.below(2.min(lines.len()))].id;
                // Nobody else's number: what became of it can be told.
                let number = format!("199{:06}{:02}", self.told.rounds, self.dice.below(100));
                phone.set_fact(household, "profile/phone", &json!(number)).map(|_| format!("{SAID}{number}"))
            }
        };
        match made {
            Ok(what) if what.is_empty() => {}
            Ok(what) => self.marks.push(Mark { household, what, by: who, acknowledged: false, explained: None }),
            // Outside the area since a moment ago, or asked for a form that is not this household's.
            Err(e) => assert!(
                matches!(e.kind, app_core::error::Kind::Refused | app_core::error::Kind::Invalid),
                "{}: {e}",
                self.phones[who].name
            ),
        }
    }

    /// Decides what is open in a household, by the dice.
    fn settle_one(&mut self, who: usize, household: HouseholdId) {
        let phone = &self.phones[who];
        let open = phone.cards(household).unwrap();
        let may = open.cards.iter().filter(|(_, may)| *may).map(|(card, _)| card);
        // By what it is about and by what is said, never by random ids.
        let mut cards: Vec<_> = may.collect();
        cards.sort_by_key(|card| (card.id.split('/').take(2).collect::<Vec<_>>().join("/"), card.choices.len()));
        let Some(card) = cards.first() else { return };
        let mut keys: Vec<&str> = card.choices.iter().map(|c| c.key.as_str()).collect();
        keys.sort_unstable();
        let key = (*self.dice.of(&keys)).to_owned();
        let phone = &self.phones[who];
        match phone.settle(household, &card.id, &key, Some(&card.mark())) {
            Ok(_) => self.told.settled += 1,
            Err(e) => assert_eq!(e.kind, app_core::error::Kind::Refused, "{}: {e}", phone.name),
        }
    }

    fn sync(&mut self, who: usize) {
        let phone = &self.phones[who];
        if self.dice.chance(35) {
            let fault = match self.dice.below(7) {
                0 => Fault::NoSignal,
                1 => Fault::RequestTorn(self.dice.below(3000)),
                2 => Fault::AnswerLost,
                3 => Fault::AnswerTorn(self.dice.below(8000)),
                4 => Fault::Twice,
                5 => Fault::Slow(Duration::from_millis(5)),
                _ => Fault::Late,
            };
            self.chronicle.note(&format!("{fault:?}"));
            phone.link.then(fault);
        }
        self.told.syncs += 1;
        let tried = phone.try_sync();
        phone.link.rests();
        match tried {
            Ok(report) => {
                self.chronicle.note(&format!("went through: {report:?}"));
                self.told.refused += report.refused;
                assert_eq!(phone.waiting(), 0, "{}: a round that went through leaves nothing waiting", phone.name);
                self.acknowledge(who);
            }
            Err(e) => {
                self.told.failed_syncs += 1;
                self.chronicle.note(&format!("failed: {:?}", e.kind));
                let fine = matches!(e.kind, app_core::error::Kind::Offline | app_core::error::Kind::Damaged);
                assert!(fine, "{}: {e} {:?}", phone.name, std::error::Error::source(&e));
            }
        }
    }

    fn acknowledge(&mut self, who: usize) {
        for mark in self.marks.iter_mut().filter(|m| m.by == who) {
            mark.acknowledged = true;
        }
    }

    /// Told to its author; the bytes are parked on the server and stay on the phone.
    fn was_refused(&self, mark: &Mark) -> bool {
        let refused = self.phones[mark.by].status().unwrap().refused;
        refused.iter().any(|r| r.household == mark.household)
    }

    fn relocate(&mut self, who: usize) {
        if who + 1 == self.phones.len() {
            return;
        }
        let area = *self.dice.of(&[GRID1, GRID2, VILLAGE]);
        self.township.move_person(&self.phones[who].person, &[area]);
        self.told.moves += 1;
    }

    fn restore(&mut self) {
        let at = self.dice.below(self.backups.len());
        let backup = self.backups[at].clone();
        self.chronicle.disk(&format!("backup {at} of {} is restored", self.backups.len()));
        self.township.restore(&backup);
        self.told.restores += 1;
        // What no phone holds any more was only on the disk that died.
        for at in 0..self.marks.len() {
            let mark = self.marks[at].clone();
            if mark.acknowledged && mark.explained.is_none() && !self.anybody_holds(&mark) {
                self.marks[at].explained = Some("only the dead disk had it");
            }
        }
    }

    fn put_back(&mut self, who: usize) {
        let Some(copy) = self.copies[who].take() else { return };
        // Another file in its place, or the disk as a whole: then the phone cannot tell by itself.
        if self.dice.chance(50) {
            self.phones[who].put_back(copy.path());
        } else {
            self.chronicle.note("with the whole disk");
            self.phones[who].put_back_disk(copy.path());
        }
        self.told.put_back += 1;
        for at in 0..self.marks.len() {
            let mark = self.marks[at].clone();
            if mark.by == who && mark.explained.is_none() && !self.anybody_holds(&mark) && !self.server_holds(&mark) {
                self.marks[at].explained = Some(if mark.acknowledged {
                    "only the dead disk of the server and the dead disk of its author had it"
                } else {
                    "made after the copy and never synced"
                });
            }
        }
        self.copies[who] = Some(copy);
    }

    fn anybody_holds(&self, mark: &Mark) -> bool {
        self.phones.iter().any(|p| holds(p, mark))
    }

    fn server_holds(&self, mark: &Mark) -> bool {
        let row = read(self.township.store(), |r| r.household(mark.household)).unwrap();
        row.is_some_and(|row| in_doc(&HouseholdDoc::load(&row.snapshot).unwrap(), mark))
    }

    /// Whoever left a form open finishes it, also in an area that is no longer theirs.
    fn finish_what_is_open(&mut self) {
        for (by, phone) in self.phones.iter().enumerate() {
            for open in phone.read(|tx| tx.open_visits(None)).unwrap() {
                // Where it went on from another copy of this phone, one of both is chosen first: by turns the one and the other.
                phone.keep_visit(&open.visit, self.marks.len().is_multiple_of(2)).unwrap();
                if phone.read(|tx| tx.open_visits(None)).unwrap().iter().all(|v| v.visit != open.visit) {
                    continue;
                }
                // By its id: a phone put back may hold open what the file knows as finished; that is a correction then.
                phone
                    .finish_visit(&open.visit, &Finish::with(Outcome::NobodyHome))
                    .unwrap_or_else(|e| panic!("{}: an open {} cannot be finished: {e}", phone.name, open.form));
                self.marks.push(Mark {
                    household: open.household,
                    what: open.visit,
                    by,
                    acknowledged: false,
                    explained: None,
                });
            }
        }
    }

    /// Everybody has signal: all agree, and every mark is found.
    fn rest(&mut self) {
        self.finish_what_is_open();
        self.chronicle.step(self.told.rounds, "everybody has signal and syncs until all is quiet");
        let (all, township, chronicle) = (self.phones.iter().collect::<Vec<_>>(), &self.township, &mut self.chronicle);
        let settled = catch_unwind(AssertUnwindSafe(|| {
            settle_watched(township, &all, &mut |phone| {
                chronicle.look(phone);
                chronicle.look_at_server(township);
            });
        }));
        if let Err(panic) = settled {
            self.tell_of_named_in(&panic);
            resume_unwind(panic);
        }
        for who in 0..self.phones.len() {
            self.acknowledge(who);
        }
        let clerk = self.phones.len() - 1;
        for at in 0..self.marks.len() {
            let mark = &self.marks[at];
            if mark.explained.is_none() && !holds(&self.phones[clerk], mark) && self.was_refused(mark) {
                self.marks[at].explained = Some("refused, and shown");
            }
        }
        let lost: Vec<&Mark> =
            self.marks.iter().filter(|m| m.explained.is_none() && !holds(&self.phones[clerk], m)).collect();
        if let Some(first) = lost.first() {
            println!("{}", self.chronicle.tell(first.household));
            println!("what was lost: {} {:?}", first.what, self.chronicle.change_of(&first.what));
        }
        assert!(lost.is_empty(), "{} lost and unexplained: {lost:?} {:?}", lost.len(), self.told);
    }

    /// The stories of the households of which a failure speaks.
    fn tell_of_named_in(&self, panic: &Box<dyn Any + Send>) {
        let words = panic.downcast_ref::<String>().map_or("", String::as_str);
        for word in words.split(|c: char| !c.is_ascii_hexdigit() && c != '-').filter(|w| w.len() == 36) {
            println!("{}", self.chronicle.tell(word.parse().unwrap()));
        }
    }
}

/// What a throw of the dice does, in words.
fn deed(what: usize) -> &'static str {
    match what {
        0..=34 => "works",
        35..=69 => "syncs",
        70..=76 => "is killed and starts again",
        77..=80 => "has another clock",
        81..=82 => "loses the signal",
        83..=84 => "has signal again",
        85..=87 => "is given another area",
        88..=89 => "sees the evening's backup made",
        90 => "sees the server's disk die",
        91..=92 => "syncs while the server is down",
        93..=95 => "copies the phone",
        96 => "puts the phone back to its copy",
        _ => "gets late requests through",
    }
}

fn holds(phone: &Phone, mark: &Mark) -> bool {
    let doc = phone.read(|tx| tx.doc(mark.household)).unwrap();
    doc.is_some_and(|doc| in_doc(&doc, mark))
}

/// Whether a mark is there; what was said of a field stands there, or somebody who had seen it said otherwise.
fn in_doc(doc: &HouseholdDoc, mark: &Mark) -> bool {
    let Some(number) = mark.what.strip_prefix(SAID) else { return in_file(&doc.file(), mark) };
    let is = |value: &Scalar| value.as_text() == Some(number);
    let of_phone = |path: &[String]| path == ["profile", "phone"];
    let stands = doc.file().profile.phone.as_deref() == Some(number)
        || doc.conflicts().iter().any(|c| of_phone(&c.path) && c.values.iter().any(|v| is(&v.value)));
    let history = || doc.history(&|_| None);
    stands || history().iter().flat_map(|s| &s.values).any(|v| of_phone(&v.path) && v.before.iter().any(is))
}

fn in_file(file: &HouseholdFile, mark: &Mark) -> bool {
    mark.what.is_empty()
        || file.visits.iter().any(|v| v.id == mark.what)
        || file.members.iter().any(|m| m.fact.id == mark.what)
}
