//! The checks over everything this device holds: which households have which problems, by check and by village. Nothing is
//! stored: a problem is gone when the facts are right.

use std::collections::BTreeMap;

use super::App;
use crate::domain::Area;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::policy::{self, Finding, Severity};
use crate::storage::list::HouseholdLine;

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
            let mut sweep = Sweep::new(query);
            if let Some(pack) = &tx.lens().pack {
                tx.each_facts(&area, &mut |id, grid, facts| {
                    sweep.take(id, grid, policy::check(pack, &facts, on).findings);
                })?;
                sweep.name(pack);
            }
            let mut page = Vec::new();
            for (id, findings) in sweep.page {
                if let Some(line) = tx.line(id)? {
                    page.push((line, findings));
                }
            }
            Ok(Problems {
                area: area.clone(),
                households: sweep.households,
                by_check: sweep.by_check.into_values().collect(),
                by_village: sweep.by_village.into_values().collect(),
                total: sweep.total,
                page,
                names: tx.areas()?,
            })
        })
    }
}

/// The counts while they are made.
struct Sweep<'q> {
    query: &'q ProblemQuery,
    limit: u32,
    households: u32,
    total: u32,
    by_check: BTreeMap<String, CheckTally>,
    by_village: BTreeMap<String, VillageTally>,
    page: Vec<(HouseholdId, Vec<Finding>)>,
}

impl<'q> Sweep<'q> {
    fn new(query: &'q ProblemQuery) -> Self {
        let limit = if query.limit == 0 { 50 } else { query.limit.min(PAGE) };
        Self {
            query,
            limit,
            households: 0,
            total: 0,
            by_check: BTreeMap::new(),
            by_village: BTreeMap::new(),
            page: Vec::new(),
        }
    }

    fn take(&mut self, id: HouseholdId, grid: &str, findings: Vec<Finding>) {
        self.households = self.households.saturating_add(1);
        let village = grid.get(..12).unwrap_or(grid);
        let tally = self.by_village.entry(village.to_owned()).or_default();
        if tally.code.is_empty() {
            village.clone_into(&mut tally.code);
        }
        tally.households = tally.households.saturating_add(1);
        let error = findings.iter().any(|f| f.severity == Some(Severity::Error));
        let place = match (error, findings.is_empty()) {
            (true, _) => Some(&mut tally.with_errors),
            (false, false) => Some(&mut tally.with_warnings),
            (false, true) => None,
        };
        if let Some(count) = place {
            *count = count.saturating_add(1);
        }
        self.count_checks(&findings);
        let wanted = |f: &Finding| {
            self.query.severity.is_none_or(|s| f.severity == Some(s))
                && self.query.check.as_ref().is_none_or(|c| *c == f.rule)
        };
        let matching: Vec<Finding> = findings.into_iter().filter(wanted).collect();
        if matching.is_empty() {
            return;
        }
        let shown = u32::try_from(self.page.len()).unwrap_or(u32::MAX);
        if self.total >= self.query.offset && shown < self.limit {
            self.page.push((id, matching));
        }
        self.total = self.total.saturating_add(1);
    }

    /// A check with several rows counts a household once.
    fn count_checks(&mut self, findings: &[Finding]) {
        let mut counted: Vec<&str> = Vec::new();
        for finding in findings {
            if counted.contains(&finding.rule.as_str()) {
                continue;
            }
            counted.push(&finding.rule);
            let tally = self.by_check.entry(finding.rule.clone()).or_insert_with(|| CheckTally {
                check: finding.rule.clone(),
                severity: finding.severity.unwrap_or(Severity::Warning),
                paragraph: finding.paragraph.clone(),
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
            }
        }
    }
}
