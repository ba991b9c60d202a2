//! `today.view`, `households.search`, `register.query`, `overview.view`.

use chrono::{DateTime, Utc};

use super::say::Say;
use super::views::{
    AreaProgress, Count, HouseholdPage, HouseholdQuery, Nothing, OverviewRequest, OverviewView, ProgressFilter,
    TodayView, VisitRow,
};
use crate::domain::VisitState;
use crate::error::{Error, Result};
use crate::service::App;
use crate::service::today::Draft;
use crate::storage::list::{AreaLine, Progress, Query, Sort};

pub(super) fn today(app: &App, _: Nothing) -> Result<TodayView> {
    let page = app.today_page()?;
    super::with_say(app, |say| {
        let here = page.drafts.iter().map(|d| draft(say, d));
        let drafts = here.chain(page.drafts_elsewhere.iter().map(|v| say.visit(v))).collect();
        Ok(TodayView {
            today: say.today.to_string(),
            phase: say.phase_now(),
            lists: say.lists(&page.lists),
            returned: Vec::new(),
            drafts,
            try_again: page.try_again.iter().map(|l| say.household(l)).collect(),
            leaflets_due: page.leaflets_due,
            conflicts: page.conflicts,
            unsynced: page.unsynced,
            last_synced: page.last_synced.map(moment),
        })
    })
}

/// An open visit of this device as a row.
pub(super) fn draft(say: &Say<'_>, d: &Draft) -> VisitRow {
    VisitRow {
        id: d.visit.visit.clone(),
        household: d.visit.household.to_string(),
        head_name: d.household.head_name.clone(),
        hamlet: d.household.hamlet.clone(),
        form: d.visit.form.clone(),
        form_title: say.form_title(&d.visit.form),
        state: VisitState::Draft,
        outcome: None,
        outcome_label: None,
        date: moment(d.visit.touched_at).chars().take(10).collect(),
        collector: String::new(),
        answered: d.answered,
        returned_for: None,
        second: false,
        mine: true,
    }
}

/// Seconds since 1970 as ISO text in China's time.
pub(super) fn moment(secs: i64) -> String {
    let at = DateTime::<Utc>::from_timestamp(secs, 0).unwrap_or_default();
    crate::service::local(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub(super) fn search(app: &App, ask: HouseholdQuery) -> Result<HouseholdPage> {
    let (total, lines) = app.households_page(&query(ask)?)?;
    super::with_say(app, |say| Ok(HouseholdPage { total, rows: lines.iter().map(|l| say.household(l)).collect() }))
}

pub(super) fn query(ask: HouseholdQuery) -> Result<Query> {
    let sort = match ask.sort.as_deref() {
        None | Some("" | "place") => Sort::Place,
        Some("name") => Sort::Name,
        Some("last_visit") => Sort::LastVisit,
        Some("standing") => Sort::Standing,
        Some("progress") => Sort::Progress,
        Some("population") => Sort::Population,
        Some("risks") => Sort::Risks,
        Some(_) => return Err(Error::invalid("不支持这种排序。 There is no such order.")),
    };
    let list = ask.list.and_then(|l| serde_json::to_value(l).ok()).and_then(|v| v.as_str().map(str::to_owned));
    Ok(Query {
        text: ask.text,
        list,
        area: ask.area.filter(|a| !a.is_empty()),
        progress: ask.progress.map(|p| match p {
            ProgressFilter::Left => Progress::Left,
            ProgressFilter::Draft => Progress::Draft,
            ProgressFilter::Done => Progress::Done,
            ProgressFilter::Unsynced => Progress::Unsynced,
            ProgressFilter::LeafletDue => Progress::LeafletDue,
            ProgressFilter::Attempted => Progress::Attempted,
            ProgressFilter::Partly => Progress::Partly,
            ProgressFilter::Conflict => Progress::Conflict,
        }),
        at_risk: ask.at_risk,
        risk_kind: ask.risk_kind.filter(|r| !r.is_empty()),
        suggestion: None,
        sort,
        reverse: ask.reverse.unwrap_or_default(),
        offset: ask.offset,
        limit: ask.limit,
    })
}

pub(super) fn overview(app: &App, ask: OverviewRequest) -> Result<OverviewView> {
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
        let areas: Vec<AreaProgress> = page.areas.iter().map(|a| area(a, name(&a.code, &fallback(a)))).collect();
        let area_name = name(&page.area, "");
        Ok(OverviewView {
            totals: totals(&page.area, &area_name, &areas),
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

fn area(a: &AreaLine, name: String) -> AreaProgress {
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
    }
}

fn totals(code: &str, name: &str, areas: &[AreaProgress]) -> AreaProgress {
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
    }
}
