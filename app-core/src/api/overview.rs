//! `overview.view`, `overview.clusters`: work left by area and by when, and where something stands out.

use super::say::Say;
use super::views::{
    AreaDeadline, AreaProgress, ClusterView, ClustersView, Count, DeadlineState, DeadlineView, OverviewRequest,
    OverviewView, PhaseView,
};
use super::words::Word;
use crate::error::Result;
use crate::service::App;
use crate::service::clusters::{About, Cluster};
use crate::storage::list::AreaLine;

/// The phases of `phases.csv` whose work is counted here by area: visits, and errors of the data.
const FIELD: &str = "field";
const CLEANING: &str = "entry";
/// A deadline is near from so many days before it.
const NEAR: i32 = 3;

pub(super) fn view(app: &App, ask: OverviewRequest) -> Result<OverviewView> {
    let page = app.overview(ask.area.as_deref())?;
    let now = app.local_now().format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    super::with_say(app, |say| {
        let name = |code: &str, fallback: &str| match page.names.get(code) {
            Some(name) => name.clone(),
            None if fallback.is_empty() => code.to_owned(),
            None => fallback.to_owned(),
        };
        // A village may go by the name its households give; a grid has its own name or only its code.
        let fallback = |a: &AreaLine| if a.code.len() == 12 { a.village.clone() } else { String::new() };
        let areas: Vec<AreaProgress> = page.areas.iter().map(|a| area(say, a, name(&a.code, &fallback(a)))).collect();
        let area_name = name(&page.area, "");
        Ok(OverviewView {
            totals: totals(say, &page.area, &area_name, &areas),
            area: page.area.clone(),
            area_name,
            as_of: now.clone(),
            phases: say.phases(),
            lists: say.lists(&page.lists),
            areas,
            risk_kinds: say.counts("risk", page.risks.clone()),
            suggestions: say.answers("suggestion", page.suggestions.clone()),
            outcomes: say.counts("outcome", page.outcomes.clone()),
            by_day: days(page.by_day.clone()),
            leaflets: say.counts("leaflet", page.leaflets.clone()),
        })
    })
}

fn days(tally: Vec<(String, u32)>) -> Vec<Count> {
    tally.into_iter().map(|(day, count)| Count { label: day.clone(), code: day, count }).collect()
}

fn area(say: &Say<'_>, a: &AreaLine, name: String) -> AreaProgress {
    AreaProgress {
        code: a.code.clone(),
        name,
        households: a.households,
        people: a.people,
        done: a.done,
        partly: a.partly,
        attempted: a.attempted,
        left: a.left,
        at_risk: a.at_risk,
        to_enrol: a.to_enrol,
        last_visit: super::say::some(&a.last_visit),
        deadline: deadline(say, FIELD, Word::DeadlineVisits, a.households.saturating_sub(a.done)),
    }
}

fn totals(say: &Say<'_>, code: &str, name: &str, areas: &[AreaProgress]) -> AreaProgress {
    let sum = |of: fn(&AreaProgress) -> u32| areas.iter().map(of).fold(0_u32, u32::saturating_add);
    AreaProgress {
        code: code.to_owned(),
        name: name.to_owned(),
        households: sum(|a| a.households),
        people: sum(|a| a.people),
        done: sum(|a| a.done),
        partly: sum(|a| a.partly),
        attempted: sum(|a| a.attempted),
        left: sum(|a| a.left),
        at_risk: sum(|a| a.at_risk),
        to_enrol: sum(|a| a.to_enrol),
        last_visit: areas.iter().filter_map(|a| a.last_visit.clone()).max(),
        deadline: deadline(say, FIELD, Word::DeadlineVisits, sum(|a| a.households).saturating_sub(sum(|a| a.done))),
    }
}

/// A phase for an area in which so many households are not finished; `None` where the pack names no day for it.
fn deadline(say: &Say<'_>, phase: &str, what: Word, left: u32) -> Option<DeadlineView> {
    let PhaseView { name, to, days_left, .. } = say.phases().into_iter().find(|p| p.id == phase && !p.to.is_empty())?;
    let what = what.fill(say.lang, &[&left]);
    let (state, words) = match days_left {
        _ if left == 0 => (DeadlineState::Done, say.word(Word::DeadlineDone)),
        ..0 => (DeadlineState::Over, Word::DeadlineOver.fill(say.lang, &[&days_left.unsigned_abs(), &what])),
        0 => (DeadlineState::Near, Word::DeadlineToday.fill(say.lang, &[&what])),
        _ => {
            let near = if days_left <= NEAR { DeadlineState::Near } else { DeadlineState::Ahead };
            (near, Word::DeadlineAhead.fill(say.lang, &[&days_left, &what]))
        }
    };
    Some(DeadlineView { phase: name, to, days_left, left, state, words })
}

pub(super) fn clusters(app: &App, ask: OverviewRequest) -> Result<ClustersView> {
    let found = app.clusters(ask.area.as_deref())?;
    super::with_say(app, |say| {
        let name = |code: &str| found.names.get(code).map_or(code, String::as_str).to_owned();
        Ok(ClustersView {
            clusters: found.found.iter().map(|c| cluster(say, c, name(&c.area))).collect(),
            explained: Word::ClustersExplained.fill(say.lang, &[&crate::service::clusters::LEAST, &found.compared]),
            cleaning: found
                .with_errors
                .iter()
                .filter_map(|(code, n)| {
                    Some(AreaDeadline {
                        code: code.clone(),
                        deadline: deadline(say, CLEANING, Word::DeadlineErrors, *n)?,
                    })
                })
                .collect(),
        })
    })
}

fn cluster(say: &Say<'_>, c: &Cluster, area_name: String) -> ClusterView {
    let label = match (&c.about, &c.heading) {
        (About::Risk(code), _) => say.label("risk", code),
        (About::Check(_), Some((zh, en))) => crate::policy::pick(say.lang.code(), zh, en).to_owned(),
        (About::Check(id), None) => id.clone(),
    };
    let word = if matches!(c.about, About::Risk(_)) { Word::ClusterOfRisk } else { Word::ClusterOfCheck };
    let words = word.fill(
        say.lang,
        &[
            &c.of_here,
            &c.here,
            &percent(c.here, c.of_here),
            &c.of_elsewhere,
            &c.elsewhere,
            &percent(c.elsewhere, c.of_elsewhere),
        ],
    );
    let (risk, check) = match &c.about {
        About::Risk(code) => (Some(code.clone()), None),
        About::Check(id) => (None, Some(id.clone())),
    };
    ClusterView { area: c.area.clone(), area_name, risk, check, label, words, households: c.here }
}

/// A share in words: whole percent, and "under 1 %" for less.
fn percent(of: u32, all: u32) -> String {
    let tenths = u64::from(of).saturating_mul(1000).checked_div(u64::from(all)).unwrap_or(0);
    match tenths {
        1..10 => "<1%".into(),
        _ => format!("{}%", tenths.saturating_add(5) / 10),
    }
}
