//! What a new version of the pack would change over everything this device holds, before anybody publishes it: the rules
//! that would begin or cease to speak of a household, the forms that would come or go. Answers of people, overrides
//! among them, are facts: nothing here touches them.

use std::collections::{BTreeMap, BTreeSet};

use super::App;
use super::watch::Watch;
use crate::document::HouseholdFile;
use crate::domain::Area;
use crate::error::{Error, Result};
use crate::policy::facts::Facts;
use crate::policy::{FindingKind, Judgement, Pack, judge};
use crate::storage::list::HouseholdLine;
use crate::storage::walk::Spot;

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
    /// as [`Shift::what`], with what the new version says
    pub gained: Vec<(String, Said)>,
    /// with what the running version says
    pub lost: Vec<(String, Said)>,
    /// answers of finished visits where a person's word stands against the system's: kept as they are
    pub overrides: u32,
}

/// What would change.
#[derive(Debug, Clone, Default)]
pub struct WhatIf {
    /// households looked at
    pub households: u32,
    /// households that would change
    pub changed: u32,
    pub shifts: Vec<Shift>,
    /// the first [`LISTED`], in the order of lists
    pub listed: Vec<Changed>,
}

/// Chinese and English words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub words: String,
    pub words_en: String,
}

impl App {
    /// Judges every household of an area by the running and by a new pack. `None` when it was stopped
    /// ([`App::what_if_watch`]).
    ///
    /// # Errors
    /// `invalid` for an unknown area, or while no pack is in force; `refused` while another one runs.
    pub fn what_if(&self, new: &Pack, area: Option<&str>) -> Result<Option<WhatIf>> {
        let area = area.unwrap_or_default();
        if !area.is_empty() && Area::parse(area).is_none() {
            return Err(Error::invalid("没有这个区划代码。 There is no such area."));
        }
        let on = self.local_now().date_naive();
        let watch = self.watch.begin()?;
        self.read(|tx| {
            let Some(running) = tx.lens().pack.clone() else {
                return Err(Error::invalid("还没有政策包，请先同步。 There is no policy pack yet: sync first."));
            };
            let places = tx.places(area)?;
            watch.expect(places.len());
            let mut tally = Tally::default();
            let look = |_: &Spot, facts: &Facts| {
                Some(Difference::of(&judge(&running, facts, on), &judge(new, facts, on))).filter(|d| !d.is_none())
            };
            tx.walk(&places, look, |n, difference| {
                if let Some(difference) = difference {
                    tally.take(n, difference);
                }
                Ok(watch.step())
            })?;
            if watch.is_stopped() {
                return Ok(None);
            }
            let mut listed = Vec::new();
            for (n, d) in tally.first {
                let Some(place) = places.get(n) else { continue };
                if let Some(household) = tx.line(place.id)? {
                    let overrides = overrides(&tx.file(place.id)?);
                    listed.push(Changed { household, gained: d.gained, lost: d.lost, overrides });
                }
            }
            Ok(Some(WhatIf {
                households: u32::try_from(places.len()).unwrap_or(u32::MAX),
                changed: tally.changed,
                shifts: tally.shifts.into_values().collect(),
                listed,
            }))
        })
    }

    /// How far a what-if is, and the way to stop it.
    pub fn what_if_watch(&self) -> &Watch {
        &self.watch
    }
}

fn overrides(file: &HouseholdFile) -> u32 {
    let all = file.visits.iter().filter(|v| v.finished).map(|v| v.overrides.len()).sum::<usize>();
    u32::try_from(all).unwrap_or(u32::MAX)
}

/// The counts while they are made.
#[derive(Default)]
struct Tally {
    changed: u32,
    shifts: BTreeMap<String, Shift>,
    first: BTreeMap<usize, Difference>,
}

impl Tally {
    fn take(&mut self, n: usize, difference: Difference) {
        self.changed = self.changed.saturating_add(1);
        difference.count(&mut self.shifts);
        self.first.insert(n, difference);
        if self.first.len() > LISTED {
            self.first.pop_last();
        }
    }
}

/// What one household would get and lose.
struct Difference {
    gained: Vec<(String, Said)>,
    lost: Vec<(String, Said)>,
}

impl Difference {
    fn of(before: &Judgement, after: &Judgement) -> Self {
        let (before, after) = (said(before), said(after));
        let only = |here: &AllSaid, there: &AllSaid| {
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

type AllSaid = BTreeMap<String, Said>;

/// What is said of a household, by rule; the words of a rule's first row.
fn said(judgement: &Judgement) -> AllSaid {
    let words = |words: &str, words_en: &str| Said { words: words.to_owned(), words_en: words_en.to_owned() };
    let required = judgement.forms.iter().filter(|f| !f.optional);
    let mut out: AllSaid = required.map(|f| (format!("form {}", f.slug), words(&f.why, &f.why_en))).collect();
    for finding in judgement.findings.iter().filter(|f| f.kind != FindingKind::Form) {
        out.entry(finding.rule.clone()).or_insert_with(|| words(&finding.words, &finding.words_en));
    }
    out
}
