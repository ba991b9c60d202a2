//! What a new version of the pack would change over everything this device holds, before anybody publishes it: the rules
//! that would begin or cease to speak of a household, the forms that would come or go. Answers of people, overrides
//! among them, are facts: nothing here touches them.

use std::collections::{BTreeMap, BTreeSet};

use super::App;
use crate::domain::Area;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::policy::{Judgement, Pack, judge};
use crate::storage::list::HouseholdLine;

/// Most households listed; the counts are of all.
pub const LISTED: usize = 500;

/// A rule or form and how many households would get or lose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// id of the rule, or `form <slug>`
    pub what: String,
    pub gained: u32,
    pub lost: u32,
}

/// One household that would change.
#[derive(Debug, Clone)]
pub struct Changed {
    pub household: HouseholdLine,
    /// as [`Shift::what`], with the words of the new version
    pub gained: Vec<(String, String)>,
    /// with the words of the running version
    pub lost: Vec<(String, String)>,
}

/// What would change.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// households looked at
    pub households: u32,
    /// households that would change
    pub changed: u32,
    pub shifts: Vec<Shift>,
    /// the first [`LISTED`], in the order of lists
    pub listed: Vec<Changed>,
}

type Said = BTreeMap<String, String>;

impl App {
    /// Judges every household of an area by the running and by a new pack.
    ///
    /// # Errors
    /// `invalid` for an unknown area, or while no pack is in force.
    pub fn what_if(&self, new: &Pack, area: Option<&str>) -> Result<WhatIf> {
        let area = area.unwrap_or_default();
        if !area.is_empty() && Area::parse(area).is_none() {
            return Err(Error::invalid("没有这个区划代码。 There is no such area."));
        }
        let on = self.local_now().date_naive();
        self.read(|tx| {
            let Some(running) = tx.lens().pack.clone() else {
                return Err(Error::invalid("还没有政策包，请先同步。 There is no policy pack yet: sync first."));
            };
            let mut households = 0_u32;
            let mut changed = 0_u32;
            let mut shifts: BTreeMap<String, Shift> = BTreeMap::new();
            let mut first: Vec<(HouseholdId, Difference)> = Vec::new();
            tx.each_facts(area, &mut |id, _, facts| {
                households = households.saturating_add(1);
                let difference = Difference::of(&judge(&running, &facts, on), &judge(new, &facts, on));
                if difference.is_none() {
                    return;
                }
                changed = changed.saturating_add(1);
                difference.count(&mut shifts);
                if first.len() < LISTED {
                    first.push((id, difference));
                }
            })?;
            let mut listed = Vec::new();
            for (id, d) in first {
                if let Some(household) = tx.line(id)? {
                    listed.push(Changed { household, gained: d.gained, lost: d.lost });
                }
            }
            Ok(WhatIf { households, changed, shifts: shifts.into_values().collect(), listed })
        })
    }
}

/// What one household would get and lose.
struct Difference {
    gained: Vec<(String, String)>,
    lost: Vec<(String, String)>,
}

impl Difference {
    fn of(before: &Judgement, after: &Judgement) -> Self {
        let (before, after) = (said(before), said(after));
        let only = |here: &Said, there: &Said| {
            here.iter().filter(|(what, _)| !there.contains_key(*what)).map(|(w, s)| (w.clone(), s.clone())).collect()
        };
        Self { gained: only(&after, &before), lost: only(&before, &after) }
    }

    fn is_none(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }

    fn count(&self, shifts: &mut BTreeMap<String, Shift>) {
        let names: BTreeSet<&String> = self.gained.iter().chain(&self.lost).map(|(what, _)| what).collect();
        for what in names {
            let shift = shifts.entry(what.clone()).or_insert_with(|| Shift { what: what.clone(), gained: 0, lost: 0 });
            let side = if self.gained.iter().any(|(w, _)| w == what) { &mut shift.gained } else { &mut shift.lost };
            *side = side.saturating_add(1);
        }
    }
}

/// What is said of a household, by rule; the words of a rule's first row.
fn said(judgement: &Judgement) -> Said {
    let forms = judgement.forms.iter().filter(|f| !f.optional).map(|f| (format!("form {}", f.slug), f.why.clone()));
    let mut out: Said = forms.collect();
    for finding in &judgement.findings {
        out.entry(finding.rule.clone()).or_insert_with(|| finding.words.clone());
    }
    out
}
