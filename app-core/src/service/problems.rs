//! The checks over everything this device holds: which households have which problems, by check and by village. Nothing is
//! stored: a problem is gone when the facts are right.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::App;
use crate::domain::Area;
use crate::error::{Error, Result};
use crate::policy::facts::Facts;
use crate::policy::{self, Finding, Severity};
use crate::storage::list::HouseholdLine;
use crate::storage::walk::Spot;

/// Most households of a page.
pub const PAGE: u32 = 200;

/// What the list asks for.
#[derive(Debug, Clone, Default)]
pub struct ProblemQuery {
    /// area code; `None` = everything held
    pub area: Option<String>,
    /// only households with this check
    pub check: Option<String>,
    /// only problems of this weight
    pub severity: Option<Severity>,
    pub offset: u32,
    /// 0 = 50
    pub limit: u32,
}

/// How often one check found something.
#[derive(Debug, Clone)]
pub struct CheckTally {
    pub check: String,
    pub severity: Severity,
    pub paragraph: String,
    /// what the check says, Chinese and English, without the names
    pub heading: String,
    pub heading_en: String,
    pub households: u32,
}

/// A village and its households with problems.
#[derive(Debug, Clone, Default)]
pub struct VillageTally {
    /// 12 digits
    pub code: String,
    pub households: u32,
    pub with_errors: u32,
    /// with warnings and no error
    pub with_warnings: u32,
}

/// Everything the list shows.
#[derive(Debug, Clone)]
pub struct Problems {
    pub area: String,
    /// households looked at
    pub households: u32,
    pub by_check: Vec<CheckTally>,
    pub by_village: Vec<VillageTally>,
    /// households that the query matches
    pub total: u32,
    pub page: Vec<(HouseholdLine, Vec<Finding>)>,
    /// names of areas
    pub names: BTreeMap<String, String>,
}

impl App {
    /// Runs every check of the pack over the households of an area.
    ///
    /// # Errors
    /// `invalid` for an unknown area; what the database may answer.
    pub fn problems(&self, query: &ProblemQuery) -> Result<Problems> {
        let area = query.area.clone().unwrap_or_default();
        if !area.is_empty() && Area::parse(&area).is_none() {
            return Err(Error::invalid("没有这个区划代码。 There is no such area."));
        }
        let on = self.local_now().date_naive();
        self.read(|tx| {
            let Some(pack) = tx.lens().pack.clone() else { return Ok(Problems::nowhere(area.clone(), tx.areas()?)) };
            let places = tx.places(&area)?;
            let mut sweep = Sweep::new(query);
            // Counted everywhere; said in words only on the page.
            let look = |_: &Spot, facts: &Facts| -> Vec<Brief> {
                let found = policy::check(&pack, facts, on).findings.into_iter();
                found.map(|f| (f.rule, f.severity.unwrap_or(Severity::Warning))).collect()
            };
            tx.walk(&places, look, |n, found| {
                if let Some(place) = places.get(n) {
                    sweep.take(n, &place.grid, &found);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            sweep.name(&pack);
            let mut page = Vec::new();
            for place in sweep.page().into_iter().filter_map(|n| places.get(n)) {
                let Some(line) = tx.line(place.id)? else { continue };
                let findings = policy::check(&pack, &tx.facts(place.id)?, on).findings;
                page.push((line, findings.into_iter().filter(|f| asked(query, &f.rule, f.severity)).collect()));
            }
            Ok(Problems {
                area: area.clone(),
                households: sweep.households,
                total: u32::try_from(sweep.matching.len()).unwrap_or(u32::MAX),
                by_check: sweep.by_check.into_values().collect(),
                by_village: sweep.by_village.into_values().collect(),
                page,
                names: tx.areas()?,
            })
        })
    }
}

impl Problems {
    /// Before the first pack: nothing can be said.
    fn nowhere(area: String, names: BTreeMap<String, String>) -> Self {
        let (by_check, by_village, page) = (Vec::new(), Vec::new(), Vec::new());
        Self { area, households: 0, by_check, by_village, total: 0, page, names }
    }
}

/// A check that found something.
type Brief = (String, Severity);

fn asked(query: &ProblemQuery, check: &str, severity: Option<Severity>) -> bool {
    query.severity.is_none_or(|s| severity.unwrap_or(Severity::Warning) == s)
        && query.check.as_ref().is_none_or(|c| c == check)
}

/// The counts while they are made.
struct Sweep<'q> {
    query: &'q ProblemQuery,
    households: u32,
    by_check: BTreeMap<String, CheckTally>,
    by_village: BTreeMap<String, VillageTally>,
    /// numbers of the households that the query matches
    matching: Vec<usize>,
}

impl<'q> Sweep<'q> {
    fn new(query: &'q ProblemQuery) -> Self {
        Self { query, households: 0, by_check: BTreeMap::new(), by_village: BTreeMap::new(), matching: Vec::new() }
    }

    fn take(&mut self, n: usize, grid: &str, found: &[Brief]) {
        self.households = self.households.saturating_add(1);
        let village = grid.get(..12).unwrap_or(grid);
        let tally = self.by_village.entry(village.to_owned()).or_default();
        if tally.code.is_empty() {
            village.clone_into(&mut tally.code);
        }
        tally.households = tally.households.saturating_add(1);
        let error = found.iter().any(|(_, severity)| *severity == Severity::Error);
        let place = match (error, found.is_empty()) {
            (true, _) => Some(&mut tally.with_errors),
            (false, false) => Some(&mut tally.with_warnings),
            (false, true) => None,
        };
        if let Some(count) = place {
            *count = count.saturating_add(1);
        }
        self.count_checks(found);
        if found.iter().any(|(check, severity)| asked(self.query, check, Some(*severity))) {
            self.matching.push(n);
        }
    }

    /// The households of the page, in the order of lists.
    fn page(&mut self) -> Vec<usize> {
        self.matching.sort_unstable();
        let limit = if self.query.limit == 0 { 50 } else { self.query.limit.min(PAGE) };
        let offset = usize::try_from(self.query.offset).unwrap_or(usize::MAX);
        self.matching.iter().skip(offset).take(usize::try_from(limit).unwrap_or(usize::MAX)).copied().collect()
    }

    /// A check with several rows counts a household once.
    fn count_checks(&mut self, found: &[Brief]) {
        for (at, (check, severity)) in found.iter().enumerate() {
            if found.iter().take(at).any(|(before, _)| before == check) {
                continue;
            }
            let tally = self.by_check.entry(check.clone()).or_insert_with(|| CheckTally {
                check: check.clone(),
                severity: *severity,
                paragraph: String::new(),
                heading: String::new(),
                heading_en: String::new(),
                households: 0,
            });
            tally.households = tally.households.saturating_add(1);
        }
    }

    fn name(&mut self, pack: &policy::Pack) {
        for check in pack.checks() {
            if let Some(tally) = self.by_check.get_mut(&check.id).filter(|t| t.heading.is_empty()) {
                (tally.heading, tally.heading_en) = check.heading();
                tally.paragraph.clone_from(&check.paragraph);
            }
        }
    }
}
