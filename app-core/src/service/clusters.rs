//! Where one kind of risk, or one kind of data problem, stands out: each area against all the others in view.
//!
//! The statistic is plain on purpose, so that it can be said in words. An area stands out when it has at least
//! [`LEAST`] such households, its share is at least twice the others' share, and so many would come about by chance less
//! than once in twenty times, all comparisons made at once taken into account. It says where to look first, not what is wrong.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::App;
use crate::error::Result;
use crate::policy::facts::Facts;
use crate::policy::{self, Severity};
use crate::storage::list::AreaCount;

/// Fewer households than this are cases, not a cluster.
pub const LEAST: u32 = 4;
/// An area of fewer households than this has no share worth the name; nor have fewer elsewhere.
const LEAST_AREA: u32 = 10;
/// How many times the others' share.
const TIMES: f64 = 2.0;
/// The most that chance may explain, over all comparisons.
const CHANCE: f64 = 0.05;
/// The most clusters shown.
const MOST: usize = 20;

/// What there is much of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// code of a kind of risk, among households visited this campaign
    Risk(String),
    /// id of a check, among all households
    Check(String),
}

/// An area where something stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    pub area: String,
    pub about: About,
    /// what a check says, Chinese and English, without the names
    pub heading: Option<(String, String)>,
    pub here: u32,
    pub of_here: u32,
    pub elsewhere: u32,
    pub of_elsewhere: u32,
}

/// What was found in the areas one level below the one looked at.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    /// the least likely to be chance first
    pub found: Vec<Cluster>,
    /// how many comparisons were made
    pub compared: u32,
    /// households with an error of the checks, by area; all areas are named
    pub with_errors: BTreeMap<String, u32>,
    pub names: BTreeMap<String, String>,
}

/// Households with something, by area and by what it is.
type Counts = BTreeMap<About, BTreeMap<String, u32>>;

impl App {
    /// Compares the areas one level below `area` (`None` = the whole scope), over risks found and over the checks.
    ///
    /// # Errors
    /// `invalid` for an unknown area; what the database may answer.
    pub fn clusters(&self, area: Option<&str>) -> Result<Clusters> {
        let area = self.area_or_scope(area)?;
        let on = self.today();
        self.read(|tx| {
            let areas = tx.count_areas(&area)?;
            let mut counts = Counts::new();
            for (code, kind, n) in tx.risks_by_area(&area)? {
                counts.entry(About::Risk(kind)).or_default().insert(code, n);
            }
            let mut with_errors: BTreeMap<String, u32> = areas.iter().map(|a| (a.code.clone(), 0)).collect();
            let pack = tx.lens().pack.clone();
            if let Some(pack) = &pack {
                let digits = if area.len() >= 12 { 15 } else { 12 };
                let places = tx.places(&area)?;
                let look = |_: &_, facts: &Facts| -> Vec<(String, bool)> {
                    let found = policy::check(pack, facts, on).findings.into_iter();
                    let mut ids: Vec<(String, bool)> =
                        found.map(|f| (f.rule, f.severity == Some(Severity::Error))).collect();
                    ids.sort();
                    // A check with several rows counts a household once.
                    ids.dedup_by(|a, b| a.0 == b.0);
                    ids
                };
                tx.walk(&places, look, |n, found| {
                    if let Some(place) = places.get(n) {
                        let code = place.grid.get(..digits).unwrap_or(&place.grid).to_owned();
                        if found.iter().any(|(_, error)| *error) {
                            count(with_errors.entry(code.clone()).or_default());
                        }
                        for (id, _) in found {
                            count(counts.entry(About::Check(id)).or_default().entry(code.clone()).or_default());
                        }
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
            }
            let (mut found, compared) = compare(&areas, &counts);
            for cluster in &mut found {
                if let (About::Check(id), Some(pack)) = (&cluster.about, &pack) {
                    cluster.heading = pack.checks().iter().find(|c| c.id == *id).map(|c| c.heading());
                }
            }
            Ok(Clusters { found, compared, with_errors, names: tx.areas()? })
        })
    }
}

fn count(n: &mut u32) {
    *n = n.saturating_add(1);
}

/// Every area against the others, in everything of which there is any.
fn compare(areas: &[AreaCount], counts: &Counts) -> (Vec<Cluster>, u32) {
    let size = |about: &About, a: &AreaCount| if matches!(about, About::Risk(_)) { a.visited } else { a.households };
    let compared = areas.len().saturating_mul(counts.len());
    let compared = u32::try_from(compared).unwrap_or(u32::MAX);
    let mut found: Vec<(f64, Cluster)> = Vec::new();
    for (about, by_area) in counts {
        let all: u32 = by_area.values().fold(0, |s, n| s.saturating_add(*n));
        let of_all: u32 = areas.iter().fold(0, |s, a| s.saturating_add(size(about, a)));
        for area in areas {
            let here = by_area.get(&area.code).copied().unwrap_or(0);
            let of_here = size(about, area);
            let (elsewhere, of_elsewhere) = (all.saturating_sub(here), of_all.saturating_sub(of_here));
            if let Some(chance) = stands_out(here, of_here, elsewhere, of_elsewhere, compared) {
                let (area, about) = (area.code.clone(), about.clone());
                found.push((chance, Cluster { area, about, heading: None, here, of_here, elsewhere, of_elsewhere }));
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (&a.1.area, &a.1.about).cmp(&(&b.1.area, &b.1.about))));
    // One area with the same households under several checks is still one place to look at: nothing is dropped, but the
    // list stays short.
    (found.into_iter().map(|(_, c)| c).take(MOST).collect(), compared)
}

/// How often chance alone would do that, over all comparisons; `None` where it is no cluster.
fn stands_out(here: u32, of_here: u32, elsewhere: u32, of_elsewhere: u32, compared: u32) -> Option<f64> {
    if here < LEAST || of_here < LEAST_AREA || of_elsewhere < LEAST_AREA || here > of_here {
        return None;
    }
    // One more of each, so that "none elsewhere" does not mean "impossible".
    let share = (f64::from(elsewhere) + 1.0) / (f64::from(of_elsewhere) + 2.0);
    if f64::from(here) / f64::from(of_here) < TIMES * share {
        return None;
    }
    let chance = at_least(here, of_here, share) * f64::from(compared.max(1));
    (chance < CHANCE).then_some(chance)
}

/// The probability that of `n` households, each with probability `p`, at least `k` have it (binomial).
fn at_least(k: u32, n: u32, p: f64) -> f64 {
    if p >= 1.0 {
        return 1.0;
    }
    // The first term by logarithms, the others from it: no factorial overflows.
    let choose: f64 = (0..k).map(|i| (f64::from(n - i) / f64::from(i + 1)).ln()).sum();
    let mut term = (choose + f64::from(k) * p.ln() + f64::from(n - k) * (-p).ln_1p()).exp();
    let mut sum = 0.0;
    for i in k..=n {
        sum += term;
        term *= f64::from(n - i) / f64::from(i + 1) * p / (1.0 - p);
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn village(code: &str, households: u32, visited: u32) -> AreaCount {
        AreaCount { code: code.into(), households, visited }
    }

    fn risk(of: &str, counts: &[(&str, u32)]) -> (About, BTreeMap<String, u32>) {
        (About::Risk(of.into()), counts.iter().map(|(a, n)| ((*a).to_owned(), *n)).collect())
    }

    #[test]
    fn the_tail_is_the_binomial_s() {
        // By hand: of 4 with 1/2, at least 3 = 5/16; of 10 with 1/10, at least 1 = 1 - 0.9^10.
        assert!((at_least(3, 4, 0.5) - 0.3125).abs() < 1e-12);
        assert!((at_least(1, 10, 0.1) - (1.0 - 0.9_f64.powi(10))).abs() < 1e-12);
        assert!((at_least(0, 30, 0.3) - 1.0).abs() < 1e-12);
        assert!(at_least(3_000, 3_000, 0.001) >= 0.0);
    }

    #[test]
    fn nine_ill_of_thirty_eight_stand_out_where_elsewhere_it_is_one_in_thirty() {
        let areas =
            [village("999999101201", 60, 38), village("999999101202", 400, 200), village("999999101203", 400, 200)];
        let counts: Counts =
            [risk("illness", &[("999999101201", 9), ("999999101202", 7), ("999999101203", 6)])].into_iter().collect();
        let (found, compared) = compare(&areas, &counts);
        assert_eq!(compared, 3);
        assert_eq!(found.len(), 1);
        let c = &found[0];
        assert_eq!((c.area.as_str(), c.here, c.of_here, c.elsewhere, c.of_elsewhere), ("999999101201", 9, 38, 13, 400));
    }

    #[test]
    fn a_few_cases_a_small_area_and_what_is_everywhere_are_no_cluster() {
        assert!(stands_out(3, 40, 1, 400, 10).is_none(), "three are cases");
        assert!(stands_out(4, 6, 1, 400, 10).is_none(), "six households have no share");
        assert!(stands_out(10, 40, 80, 400, 10).is_none(), "as elsewhere");
        assert!(stands_out(7, 40, 30, 400, 1).is_some_and(|c| c < CHANCE));
        assert!(stands_out(7, 40, 30, 400, 1_000).is_none(), "among a thousand comparisons one such is chance");
    }
}
