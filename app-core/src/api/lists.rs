//! `today.view`, `households.search`, `register.query`.

use chrono::{DateTime, Utc};

use super::say::Say;
use super::views::{HouseholdPage, HouseholdQuery, Nothing, ProgressFilter, TodayView, VisitRow};
use crate::domain::VisitState;
use crate::error::{Error, Result};
use crate::service::App;
use crate::service::today::Draft;
use crate::storage::list::{Progress, Query, Sort};

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
        device: String::new(),
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
