//! A finished visit: envelope, answers and corrected facts.

use super::dice::{Dice, name};
use super::forms;
use crate::document::{Actor, Edit, HouseholdDoc, HouseholdFile};
use crate::domain::id::{HouseholdId, short_id_of};

/// Who visits: actor, name, ids as the server gives them.
pub struct Worker {
    pub actor: Actor,
    pub name: String,
    pub person: String,
    pub device: String,
    /// first digits of the hash of the pack the phone runs
    pub pack: String,
}

impl Worker {
    pub fn new(dice: &mut Dice) -> Self {
        let id = |dice: &mut Dice| short_id_of(HouseholdId::from_bytes(dice.bytes()), "id");
        Self {
            actor: dice.bytes(),
            name: name(dice),
            person: id(dice),
            device: id(dice),
            pack: hex::encode(dice.bytes::<6>()),
        }
    }
}

/// The slugs of the five forms.
pub const FORMS: [&str; 5] =
    ["screening-ordinary", "screening-lifted", "screening-monitored", "screening-priority", "living-conditions"];

/// The edits of one finished visit: envelope, answers of the form, and `facts` corrected facts.
/// `at`: seconds since 1970.
pub fn visit(doc: &HouseholdDoc, worker: &Worker, form: &str, facts: usize, at: i64, dice: &mut Dice) -> Vec<Edit> {
    let id = short_id_of(HouseholdId::from_bytes(dice.bytes()), "visit");
    let mut v = Visit { known: doc.file(), id, edits: Vec::new(), dice };
    envelope(&mut v, worker, form, at);
    let method = v.dice.of(&["home", "home", "home", "phone", "proxy"]);
    v.field("method", method);
    if form != "living-conditions" {
        v.answer("method", method);
        v.tick("outreach", &["door", "poster", "broadcast", "web", "message"], 40);
        v.one_of("leaflet_application", &forms::YES_NO);
    }
    match form {
        "screening-monitored" => forms::monitored(&mut v),
        "screening-priority" => forms::priority(&mut v),
        "living-conditions" => forms::living(&mut v),
        _ => forms::risks(&mut v, form),
    }
    forms::corrected(&mut v, facts);
    v.edits
}

fn envelope(v: &mut Visit<'_>, worker: &Worker, form: &str, at: i64) {
    let clock = |secs: i64| {
        chrono::DateTime::from_timestamp(secs, 0).map(|t| t.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
    };
    let lasted = i64::try_from(400 + v.dice.below(2400)).unwrap_or(0);
    v.field("form", form);
    v.field("form_version", &format!("2023.1@{}", worker.pack));
    v.field("state", "finished");
    v.field("outcome", "done");
    v.field("opened_at", &clock(at - lasted));
    v.field("privacy_notice_at", &clock(at - lasted + 20));
    v.field("finished_at", &clock(at));
    v.field("collector", &worker.name);
    v.field("collector_id", &worker.person);
    v.field("device", &worker.device);
}

/// A visit being filled.
pub(super) struct Visit<'a> {
    pub known: HouseholdFile,
    pub id: String,
    pub edits: Vec<Edit>,
    pub dice: &'a mut Dice,
}

impl Visit<'_> {
    pub fn field(&mut self, name: &str, value: &str) {
        self.edits.push(Edit::at(["visits", self.id.as_str(), name], value));
    }

    pub fn answer(&mut self, name: &str, value: &str) {
        self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name], value));
    }

    pub fn count(&mut self, name: &str, most: u64) {
        let n = i64::try_from(self.dice.below(most + 1)).unwrap_or(0);
        self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name], n));
    }

    pub fn one_of(&mut self, name: &str, codes: &[&str]) {
        let code = self.dice.of(codes);
        self.answer(name, code);
    }

    pub fn tick(&mut self, name: &str, codes: &[&str], percent: u64) {
        for code in codes {
            if self.dice.chance(percent) {
                self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name, code], true));
            }
        }
    }

    pub fn money(&mut self, name: &str, most: u64) {
        let yuan = self.dice.below(most);
        let text = if self.dice.chance(20) { format!("{yuan}.50") } else { yuan.to_string() };
        self.answer(name, &text);
    }
}
