//! One household: its line, file, visits, history, what the rules say, where it is safe.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::App;
use super::packs::version_and_pack;
use crate::document::{HouseholdFile, Step};
use crate::domain::id::HouseholdId;
use crate::error::Result;
use crate::policy::{self, Finding};
use crate::storage::journal::OpenVisit;
use crate::storage::list::HouseholdLine;
use crate::storage::people::Writer;
use crate::storage::project::campaign_from;
use crate::storage::visits::VisitLine;
use crate::wire::message::PACK_NAME;
use crate::xlsform::Form;

/// Changes shown of a household's history, newest first.
const STEPS: usize = 200;

/// Everything of one household; codes, not words.
#[derive(Debug, Clone)]
pub struct Household {
    pub line: HouseholdLine,
    pub file: HouseholdFile,
    /// those in the file, newest first
    pub visits: Vec<VisitLine>,
    /// those of the journal
    pub open: Vec<OpenVisit>,
    /// newest first
    pub steps: Vec<Step>,
    /// who writes under an actor, where the server has said
    pub writers: HashMap<[u8; 16], Writer>,
    /// of visits made with forms that are not in force: those forms, where they are at hand, the last first
    pub forms: HashMap<String, Vec<Arc<Form>>>,
    pub findings: Vec<Finding>,
    /// changes that are only on this device
    pub pending: u32,
    /// the server's clock when it last confirmed a change made here (seconds since 1970)
    pub confirmed_at: Option<i64>,
    /// changes of this device that the server would not take: they are only here
    pub refused: u32,
    pub areas: BTreeMap<String, String>,
}

impl App {
    /// One household with everything a page shows of it.
    pub fn household_page(&self, id: HouseholdId) -> Result<Household> {
        let pack = self.pack().ok();
        let file = self.household(id)?;
        let forms = self.earlier_forms(&file)?;
        self.read(|tx| {
            let stored = tx.stored(id)?.ok_or_else(crate::storage::file::not_held)?;
            let line = tx.line(id)?.map_or_else(|| tx.closed_line(id), |line| Ok(Some(line)))?;
            let line = line.ok_or_else(crate::storage::file::not_held)?;
            let doc = tx.need(id)?;
            let file = doc.file();
            let mut steps = doc.history(&|_| None);
            steps.reverse();
            steps.truncate(STEPS);
            let mut writers = HashMap::new();
            let authors = steps.iter().map(|s| s.actor);
            for actor in authors.chain(file.conflicts.iter().flat_map(|c| c.values.iter().map(|v| v.actor))) {
                if let Some(writer) = tx.writer(&actor)? {
                    writers.insert(actor, writer);
                }
            }
            let on = tx.lens().on;
            let facts = file.facts(campaign_from(tx.lens()));
            let findings = pack.as_ref().map(|p| policy::judge(p, &facts, on).findings).unwrap_or_default();
            let pending = tx.pending_count(Some(id))?;
            Ok(Household {
                line,
                file,
                visits: tx.visits_of(id)?,
                open: tx.open_visits(Some(id))?,
                steps,
                writers,
                forms,
                findings,
                pending,
                confirmed_at: stored.confirmed_at,
                refused: tx.refused_count(id)?,
                areas: tx.areas()?,
            })
        })
    }

    /// The forms of visits that were made with others than those in force.
    fn earlier_forms(&self, file: &HouseholdFile) -> Result<HashMap<String, Vec<Arc<Form>>>> {
        let in_force = self.pack().map(|p| hex::encode(p.hash())).unwrap_or_default();
        let mut forms = HashMap::new();
        for visit in &file.visits {
            let versions = visit.form_version.iter().chain(visit.earlier_forms.iter().rev());
            let names = versions.map(|v| version_and_pack(v).1);
            let mut of: Vec<Arc<Form>> = Vec::new();
            for name in names.filter(|n| n.len() >= PACK_NAME && !in_force.starts_with(n)) {
                of.extend(self.pack_or_want(name)?.and_then(|p| p.form(&visit.form)));
            }
            if !of.is_empty() {
                forms.insert(visit.id.clone(), of);
            }
        }
        Ok(forms)
    }

    /// Shows one person's ID number (`member`), or the household's phone, in full; each look is a row of the audit log.
    pub fn reveal(&self, id: HouseholdId, member: Option<&str>, what: Reveal) -> Result<String> {
        let now = self.now().timestamp();
        self.transact(|tx| {
            let file = tx.file(id)?;
            let found = match (what, member) {
                (Reveal::IdNumber, Some(member)) => {
                    file.members.iter().find(|m| m.fact.id == member).and_then(|m| m.fact.id_number.clone())
                }
                (Reveal::Phone, _) => file.profile.phone.clone(),
                (Reveal::IdNumber, None) => None,
            };
            let value =
                found.ok_or_else(|| crate::error::Error::invalid("没有这一项可查看。 There is nothing to show."))?;
            let path = match (what, member) {
                (Reveal::IdNumber, Some(member)) => format!("members/{member}/id_number"),
                (Reveal::IdNumber, None) | (Reveal::Phone, _) => "profile/phone".to_owned(),
            };
            tx.write_audit(now, "reveal", id, &path)?;
            Ok(value)
        })
    }
}

/// What may be shown in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reveal {
    IdNumber,
    Phone,
}
