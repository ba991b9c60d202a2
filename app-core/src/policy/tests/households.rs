//! Invented households as facts in JSON, built up story by story.

use serde_json::{Value, json};

use super::*;
use std::path::Path;
use std::sync::LazyLock;

/// The pack that ships.
pub(crate) static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023");
    Pack::load_dir(&dir).unwrap_or_else(|faults| panic!("{faults}"))
});

/// A household under construction.
pub(crate) struct House(pub Value);

impl House {
    /// Nothing known but the profile.
    pub fn new(profile: Value) -> House {
        House(json!({"profile": profile, "members": [], "measures": [], "cases": [], "visits": []}))
    }

    pub fn ordinary() -> House {
        House::new(json!({"base": "ordinary", "monitored_kind": null, "cleared": false, "priority": false}))
    }

    pub fn lifted() -> House {
        House::new(json!({"base": "lifted", "cleared": false, "priority": false}))
    }

    pub fn monitored() -> House {
        House::new(json!({"base": "lifted", "monitored_kind": "unstable_lifted", "cleared": false, "priority": false}))
    }

    pub fn cleared() -> House {
        House::new(json!({"base": "lifted", "monitored_kind": "unstable_lifted", "cleared": true, "priority": false}))
    }

    pub fn with(mut self, path: &str, value: Value) -> House {
        let mut at = &mut self.0;
        for part in path.split('/') {
            at = &mut at[part];
        }
        *at = value;
        self
    }

    pub fn member(mut self, name: &str, living: &str, work: &str) -> House {
        let members = self.0["members"].as_array_mut().unwrap();
        let id = format!("m{}", members.len());
        members.push(json!({"id": id, "name": name, "living": living, "work": work, "health": ["healthy"]}));
        self
    }

    /// So many people, the first of them able to work.
    pub fn people(mut self, people: usize, labour: usize) -> House {
        for i in 0..people {
            let work = ["ordinary", "skilled", "weak"][i % 3];
            self = self.member("韦家人", "alive", if i < labour { work } else { "none" });
        }
        self
    }

    pub fn visit(mut self, form: &str, on: &str, answers: Value) -> House {
        let visit = json!({"form": form, "finished_on": on, "method": "home", "answers": answers});
        self.0["visits"].as_array_mut().unwrap().push(visit);
        self
    }

    /// A priority visit with income, claims and the three spendings in yuan.
    pub fn money(self, net: Value, claims: Value, medical: Value, schooling: Value, other: Value) -> House {
        self.visit(
            "screening-priority",
            "2023-05-18",
            json!({"income_net": net, "income_claims": claims, "spend_medical": medical,
                   "spend_schooling": schooling, "spend_other": other}),
        )
    }

    pub fn judged_on(&self, on: &str) -> Judgement {
        judge_json(&PACK, &self.0, day(on))
    }

    pub fn judged(&self) -> Judgement {
        self.judged_on("2023-05-20")
    }

    /// The same facts as the app holds them.
    pub fn facts(&self) -> facts::Facts {
        serde_json::from_value(self.0.clone()).unwrap()
    }
}

impl Judgement {
    pub fn finding(&self, rule: &str) -> Option<&Finding> {
        self.findings.iter().find(|f| f.rule == rule)
    }

    pub fn says(&self, rule: &str) -> bool {
        self.finding(rule).is_some()
    }

    pub fn missing(&self, rule: &str) -> Vec<&str> {
        let unknown = self.unknown.iter().find(|u| u.rule == rule);
        unknown.map(|u| u.missing.iter().map(String::as_str).collect()).unwrap_or_default()
    }

    /// What must be filled.
    pub fn slugs(&self) -> Vec<&str> {
        self.forms.iter().filter(|f| !f.optional).map(|f| f.slug.as_str()).collect()
    }
}
