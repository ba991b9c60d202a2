//! From the household file to the rows that lists, search and the desk read. Nothing here is a source: `rebuild` drops
//! the rows and makes them again from the files, identical.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::params;
use serde_json::Value;

use super::list::{FormState, HouseholdLine};
use super::rejudge::mark;
use super::schema::PROJECTION;
use super::search::{add, add_name, add_place, pinyin, tail};
use super::{Lens, Tx};
use crate::document::{HouseholdDoc, HouseholdFile, MemberFile};
use crate::domain::id::HouseholdId;
use crate::domain::{IdNumber, Standing};
use crate::error::{Error, Result};
use crate::policy::facts::{Facts, VisitFact};
use crate::policy::{self, Pack};

/// Raised whenever the meaning of a projected column changes: older rows are then made anew.
pub(super) const EDITION: u32 = 2;

/// Living statuses that count as population (2-forms.md).
const COUNTED: [&str; 2] = ["alive", "moved_in"];

impl Tx<'_> {
    /// Projects one household anew.
    pub(super) fn project(&self, id: HouseholdId, grid: &str, doc: &HouseholdDoc) -> Result<()> {
        let file = doc.file();
        let key = id.to_string();
        self.unproject(id)?;
        if doc.is_closed(&file) {
            // Another file is this household's: it stands in no list and no count; its visits can be read.
            return self.insert_visits(&key, &file);
        }
        let cards = u32::try_from(doc.cards_of(&file).len()).unwrap_or(u32::MAX);
        let summary = Summary::of(&file, self.lens());
        self.insert_household(&key, grid, &file, &summary, cards, &doc.digest())?;
        for (place, m) in (0_i64..).zip(&file.members) {
            self.insert_member(&key, place, m)?;
        }
        self.insert_visits(&key, &file)?;
        self.insert_search(&key, grid, &file)
    }

    pub(super) fn unproject(&self, id: HouseholdId) -> Result<()> {
        let key = id.to_string();
        self.conn.prepare_cached("DELETE FROM household_row WHERE id = ?1")?.execute([&key])?;
        for table in ["facts_row", "member_row", "visit_row", "search"] {
            self.conn.prepare_cached(&format!("DELETE FROM {table} WHERE household = ?1"))?.execute([&key])?;
        }
        Ok(())
    }

    /// Drops every projected row and makes it again from the household files; how many households.
    pub fn rebuild(&self) -> Result<u32> {
        for table in PROJECTION {
            self.conn.execute(&format!("DELETE FROM {table}"), [])?;
        }
        let ids = self.household_ids()?;
        for id in &ids {
            let Some(stored) = self.stored(*id)? else { continue };
            // One damaged file takes nothing from the others: it is fetched again (`sync`).
            match HouseholdDoc::load(&stored.snapshot) {
                Ok(doc) => self.project(*id, &stored.grid, &doc)?,
                Err(_) => {
                    self.set_unread(*id)?;
                }
            }
        }
        self.set_projected_with(&mark(self.lens()))?;
        Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
    }

    /// Whether the rows were made with the pack in force and this edition of the projection.
    pub fn is_current(&self) -> Result<bool> {
        Ok(self.projected_with()?.is_some_and(|made| made == mark(self.lens())))
    }

    /// The line of a household whose file is closed: it stands in no list, and is still read.
    pub fn closed_line(&self, id: HouseholdId) -> Result<Option<HouseholdLine>> {
        let Some(stored) = self.stored(id)? else { return Ok(None) };
        let doc = HouseholdDoc::load(&stored.snapshot)?;
        let file = doc.file();
        if !doc.is_closed(&file) {
            return Ok(None);
        }
        let s = Summary::of(&file, self.lens());
        Ok(Some(HouseholdLine {
            id,
            grid: stored.grid,
            village: file.place.village.clone(),
            hamlet: file.place.hamlet.clone(),
            address: file.place.address.clone(),
            head_name: head_name(&file),
            id_tail: head(&file).and_then(|m| m.fact.id_number.as_deref()).map_or_else(String::new, id_tail),
            phone: file.profile.phone.clone().unwrap_or_default(),
            population: s.population,
            standing: s.standing.code().to_owned(),
            list: s.list.to_owned(),
            priority: file.profile.priority == Some(true),
            progress: s.progress.to_owned(),
            // Nothing is to be done in it any more.
            forms: Vec::new(),
            at_risk: s.at_risk,
            risks: s.risks.into_iter().collect(),
            outcome: s.outcome,
            suggestion: s.suggestion,
            last_visit: s.last_visit,
            try_again: String::new(),
            leaflets_due: Vec::new(),
            conflicts: 0,
            digest: doc.digest(),
            draft: false,
            unsynced: self.pending_count(Some(id))? > 0,
        }))
    }

    fn insert_household(
        &self,
        key: &str,
        grid: &str,
        file: &HouseholdFile,
        s: &Summary,
        cards: u32,
        digest: &str,
    ) -> Result<()> {
        let head = head(file);
        let name = head_name(file);
        let id_tail = head.and_then(|m| m.fact.id_number.as_deref()).map_or_else(String::new, id_tail);
        self.conn
            .prepare_cached(
                "INSERT INTO household_row (id, grid, village, hamlet, address, head_name, head_sort, id_tail, phone, population,
                   standing, list, priority, progress, forms, at_risk, risks, outcome, suggestion, last_visit, try_again,
                   leaflets_due, conflicts, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
            )?
            .execute(params![
                key,
                grid,
                file.place.village,
                file.place.hamlet,
                file.place.address,
                name,
                pinyin(&name),
                id_tail,
                file.profile.phone.clone().unwrap_or_default(),
                s.population,
                s.standing.code(),
                s.list,
                file.profile.priority == Some(true),
                s.progress,
                to_json(&s.forms)?,
                s.at_risk,
                to_json(&s.risks)?,
                s.outcome,
                s.suggestion,
                s.last_visit,
                s.try_again,
                to_json(&s.leaflets_due)?,
                cards,
                digest,
            ])?;
        self.conn
            .prepare_cached("INSERT INTO facts_row (household, facts) VALUES (?1, ?2)")?
            .execute([key, &to_json(&s.facts)?])?;
        Ok(())
    }

    fn insert_member(&self, key: &str, place: i64, m: &MemberFile) -> Result<()> {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        self.conn
            .prepare_cached(
                "INSERT INTO member_row (household, member, place, name, id_number, relation, sex, birth, living, work, removed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                key,
                m.fact.id,
                place,
                text(&m.fact.name),
                m.fact.id_number.as_deref().map_or_else(String::new, |n| IdNumber::new(n).reveal().to_owned()),
                text(&m.fact.relation),
                text(&m.fact.sex),
                text(&m.fact.birth),
                text(&m.fact.living),
                text(&m.fact.work),
                m.removed
            ])?;
        Ok(())
    }

    fn insert_visits(&self, key: &str, file: &HouseholdFile) -> Result<()> {
        let from = campaign_from(self.lens()).map_or_else(String::new, |d| d.to_string());
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        for v in &file.visits {
            self.conn
                .prepare_cached(
                    "INSERT INTO visit_row (household, visit, form, state, outcome, method, opened_at, finished_at, collector,
                       collector_id, in_campaign) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    key,
                    v.id,
                    v.form,
                    if v.finished { "finished" } else { "draft" },
                    text(&v.outcome),
                    text(&v.method),
                    text(&v.opened_at),
                    text(&v.finished_at),
                    text(&v.collector),
                    text(&v.collector_id),
                    v.finished_on().is_some_and(|on| on >= from.as_str()),
                ])?;
        }
        Ok(())
    }

    fn insert_search(&self, key: &str, grid: &str, file: &HouseholdFile) -> Result<()> {
        let head = head(file).map(|m| m.fact.id.clone());
        let (mut first, mut others) = (String::new(), String::new());
        add_name(&mut first, &head_name(file));
        for m in file.members.iter().filter(|m| !m.removed) {
            let is_head = Some(&m.fact.id) == head.as_ref();
            let into = if is_head { &mut first } else { &mut others };
            if let Some(name) = m.fact.name.as_deref().filter(|n| !is_head || *n != head_name(file)) {
                add_name(into, name);
            }
            if let Some(number) = &m.fact.id_number {
                add(into, &id_tail(number));
            }
        }
        if let Some(phone) = &file.profile.phone {
            add(&mut first, &tail(phone, 4));
        }
        add_place(&mut others, &file.place.hamlet);
        add(&mut others, &file.place.address);
        add(&mut others, grid);
        self.conn
            .prepare_cached("INSERT INTO search (household, head, others) VALUES (?1, ?2, ?3)")?
            .execute([key, &first, &others])?;
        Ok(())
    }
}

fn id_tail(number: &str) -> String {
    // A disability certificate begins with the resident number: people know that one's last four.
    let resident: String = IdNumber::new(number).reveal().chars().take(18).collect();
    tail(&resident, 4)
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::internal("投影失败。 A row could not be made.").because(e))
}

/// The first day of the campaign: the earliest phase of the pack.
pub fn campaign_from(lens: &Lens) -> Option<NaiveDate> {
    lens.pack.as_ref()?.phases().iter().filter_map(|p| p.from).min()
}

/// 户主: the member whose relation says so, else the first who is not removed.
fn head(file: &HouseholdFile) -> Option<&MemberFile> {
    let mut present = file.members.iter().filter(|m| !m.removed);
    present.clone().find(|m| m.fact.relation.as_deref() == Some("head")).or_else(|| present.next())
}

fn head_name(file: &HouseholdFile) -> String {
    head(file).and_then(|m| m.fact.name.clone()).or_else(|| file.head_name.clone()).unwrap_or_default()
}

/// What the rows say beyond what stands in the file.
struct Summary {
    facts: Facts,
    population: u32,
    standing: Standing,
    list: &'static str,
    progress: &'static str,
    forms: Vec<FormState>,
    at_risk: bool,
    risks: BTreeSet<String>,
    outcome: String,
    suggestion: String,
    last_visit: String,
    try_again: String,
    leaflets_due: Vec<&'static str>,
}

impl Summary {
    fn of(file: &HouseholdFile, lens: &Lens) -> Self {
        let facts = file.facts(campaign_from(lens));
        let forms = lens.pack.as_deref().map_or_else(Vec::new, |pack| forms(pack, &facts, lens.on));
        let last = facts.visits.last();
        let counted = |m: &&crate::policy::facts::Member| m.living.as_deref().is_none_or(|l| COUNTED.contains(&l));
        let standing = facts.standing().unwrap_or(Standing::Ordinary);
        Self {
            population: u32::try_from(facts.members.iter().filter(counted).count()).unwrap_or(u32::MAX),
            standing,
            list: policy::list_of(&facts).code(),
            progress: progress(&forms, &facts),
            at_risk: at_risk(&facts),
            risks: risks(&facts),
            outcome: last.and_then(|v| v.outcome.clone()).unwrap_or_default(),
            suggestion: latest(&facts, "suggestion").and_then(Value::as_str).unwrap_or_default().to_owned(),
            last_visit: last.and_then(|v| v.finished_on.clone()).unwrap_or_default(),
            try_again: try_again(file),
            leaflets_due: leaflets_due(&facts, standing),
            forms,
            facts,
        }
    }
}

pub(super) fn forms(pack: &Pack, facts: &Facts, on: NaiveDate) -> Vec<FormState> {
    policy::forms_for(pack, facts, on)
        .into_iter()
        .map(|f| FormState { slug: f.slug, why: f.why, why_en: f.why_en, done: f.done, optional: f.optional })
        .collect()
}

fn is_done(v: &VisitFact) -> bool {
    v.outcome.as_deref().is_none_or(|o| o == "done")
}

pub(super) fn progress(forms: &[FormState], facts: &Facts) -> &'static str {
    let needed: Vec<&FormState> = forms.iter().filter(|f| !f.optional).collect();
    let done = needed.iter().filter(|f| f.done).count();
    let visited = facts.visits.iter().any(is_done);
    if (done == needed.len() && done > 0) || (needed.is_empty() && visited) {
        "done"
    } else if done > 0 || visited {
        "partly"
    } else if !facts.visits.is_empty() {
        "attempted"
    } else {
        "left"
    }
}

/// The latest finished answer to a question this campaign, over all forms.
fn latest<'a>(facts: &'a Facts, question: &str) -> Option<&'a Value> {
    facts.visits.iter().rev().filter(|v| is_done(v)).find_map(|v| v.answers.get(question)).filter(|a| !a.is_null())
}

fn codes(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Risk kinds found this campaign: of 2-1 or 2-3 (`risks`, while `has_risk` says so) and of 2-2 (`new_risks`).
fn risks(facts: &Facts) -> BTreeSet<String> {
    let screened = latest(facts, "has_risk").is_some_and(|a| a == "yes");
    let found = if screened { codes(latest(facts, "risks")) } else { Vec::new() };
    found.into_iter().chain(codes(latest(facts, "new_risks"))).collect()
}

/// The priority form's word counts where it was given; else whether a risk was found.
fn at_risk(facts: &Facts) -> bool {
    match latest(facts, "at_risk").and_then(Value::as_str) {
        Some("yes") => true,
        Some("no") => false,
        _ => latest(facts, "has_risk").is_some_and(|a| a == "yes") || !codes(latest(facts, "new_risks")).is_empty(),
    }
}

/// The day to try again, of the latest finished visit if nobody was home.
fn try_again(file: &HouseholdFile) -> String {
    let last = file.visits.iter().filter(|v| v.finished).max_by_key(|v| v.finished_at.clone());
    last.filter(|v| v.outcome.as_deref() == Some("nobody_home"))
        .and_then(|v| v.extra.get("try_again_on"))
        .and_then(|s| s.as_text())
        .unwrap_or_default()
        .to_owned()
}

/// 四(二): application leaflet to every household, support leaflet to every monitored one; due = not handed over, or the
/// household said it does not know it.
pub(crate) fn leaflets_due(facts: &Facts, standing: Standing) -> Vec<&'static str> {
    let due = |kind: &str, question: &str| {
        !facts.profile.leaflets.iter().any(|l| l.kind == kind && l.given_on.is_some())
            || latest(facts, question).is_some_and(|a| a == "no")
    };
    let monitored = matches!(standing, Standing::Monitored);
    let mut found = Vec::new();
    if due("application", "leaflet_application") {
        found.push("application");
    }
    if monitored && due("support", "leaflet_support") {
        found.push("support");
    }
    found
}
