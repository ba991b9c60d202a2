//! The worker's first page: work left by list, what is open, what is due.

use super::App;
use crate::error::Result;
use crate::storage::Tx;
use crate::storage::journal::OpenVisit;
use crate::storage::list::{Group, HouseholdLine, Progress, Query};
use crate::storage::visits::VisitLine;

/// Most households offered for another try at once.
const TRIES: u32 = 50;

/// Households of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCount {
    /// code of the list
    pub list: String,
    pub total: u32,
    pub done: u32,
}

/// An open visit on this device.
#[derive(Debug, Clone)]
pub struct Draft {
    pub visit: OpenVisit,
    pub household: HouseholdLine,
    /// entries of the journal
    pub answered: u32,
}

/// What the first page shows; codes, not words.
#[derive(Debug, Clone)]
pub struct Today {
    pub lists: Vec<ListCount>,
    /// open here, the latest touched first
    pub drafts: Vec<Draft>,
    /// put down by this person on another device
    pub drafts_elsewhere: Vec<VisitLine>,
    pub try_again: Vec<HouseholdLine>,
    /// households to which a leaflet is to be handed
    pub leaflets_due: u32,
    pub conflicts: u32,
    /// changes not yet on the server
    pub unsynced: u32,
    /// seconds since 1970
    pub last_synced: Option<i64>,
}

/// Work by list within an area (`None` = all that is held).
pub fn lists(tx: &Tx<'_>, area: Option<&str>) -> Result<Vec<ListCount>> {
    let q = Query { area: area.map(str::to_owned), ..Query::default() };
    let done = tx.count_by(Group::List, &Query { progress: Some(Progress::Done), ..q.clone() })?;
    let of = |list: &str| done.iter().find(|(l, _)| l == list).map_or(0, |(_, n)| *n);
    let all = tx.count_by(Group::List, &q)?;
    Ok(all.into_iter().map(|(list, total)| ListCount { done: of(&list), list, total }).collect())
}

impl App {
    /// The worker's first page.
    pub fn today_page(&self) -> Result<Today> {
        let me = self.person()?.id;
        self.read(|tx| {
            let drafts = drafts(tx)?;
            let here: Vec<&str> = drafts.iter().map(|d| d.visit.visit.as_str()).collect();
            let mut elsewhere = tx.drafts_of(&me)?;
            elsewhere.retain(|v| !here.contains(&v.visit.as_str()));
            let tries = tx.to_try_again(TRIES)?;
            let try_again = tries.into_iter().filter_map(|id| tx.line(id).transpose()).collect::<Result<_>>()?;
            let due = Query { progress: Some(Progress::LeafletDue), limit: 1, ..Query::default() };
            Ok(Today {
                lists: lists(tx, None)?,
                drafts_elsewhere: elsewhere,
                drafts,
                try_again,
                leaflets_due: tx.households(&due)?.0,
                conflicts: tx.in_conflict()?,
                unsynced: tx.pending_count(None)?,
                last_synced: tx.last_round(true)?.map(|r| r.at),
            })
        })
    }
}

fn drafts(tx: &Tx<'_>) -> Result<Vec<Draft>> {
    let mut found = Vec::new();
    for visit in tx.open_visits(None)? {
        let id = visit.household;
        let line = tx.line(id)?.map_or_else(|| tx.closed_line(id), |line| Ok(Some(line)))?;
        let Some(household) = line else { continue };
        found.push(Draft { answered: tx.answered(&visit.visit)?, household, visit });
    }
    Ok(found)
}
