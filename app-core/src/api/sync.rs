//! `sync.status`, `sync.now`; `sync.progress` and `sync.cancel` while a round runs on another thread.

use super::lists::moment;
use super::views::{
    Nothing, ReceiptsView, RefusedView, RoundView, SyncPhase, SyncProgressView, SyncView, UnprovenView,
};
use super::words::{Lang, Word};
use crate::error::Result;
use crate::service::App;
use crate::service::status::Status;
use crate::storage::round::{Round, WhyUnproven};
use crate::sync::progress::Phase;

pub(super) fn now(app: &App, nothing: Nothing) -> Result<SyncView> {
    // Why a round failed stands in the view (`trouble`): what was typed is safe either way, so the page shows it.
    let failed = app.sync().err();
    let mut view = status(app, nothing)?;
    if let Some(error) = failed {
        tracing::warn!(kind = ?error.kind, "a round failed");
        // Said even where it could not be written down: a full disk.
        view.trouble = Some(language(app)?.half(&error.words).to_owned());
    }
    Ok(view)
}

pub(super) fn status(app: &App, _: Nothing) -> Result<SyncView> {
    let status = app.status()?;
    let line = |id| app.read(|tx| tx.line(id));
    let mut waiting = Vec::new();
    for id in &status.waiting {
        waiting.extend(line(*id)?);
    }
    let mut unproven = Vec::new();
    for one in &status.unproven_first {
        unproven.extend(line(one.household)?.map(|l| (l, one.why)));
    }
    let mut refused = Vec::new();
    for change in &status.refused {
        refused.push((line(change.household)?.map(|l| l.head_name).unwrap_or_default(), change));
    }
    super::with_say(app, |say| {
        Ok(SyncView {
            server: status.server.clone(),
            server_name: status.server_name.clone(),
            last_synced: last_synced(&status).map(moment),
            households_held: status.households,
            waiting: waiting.iter().map(|l| say.household(l)).collect(),
            waiting_changes: status.waiting_changes,
            drafts: u32::try_from(status.drafts.len()).unwrap_or(u32::MAX),
            refused: refused
                .iter()
                .map(|(head_name, c)| RefusedView {
                    household: c.household.to_string(),
                    head_name: head_name.clone(),
                    reason: say.word(reason(&c.why)),
                    at: moment(c.at),
                })
                .collect(),
            last_round: status.last_round.as_ref().map(round),
            trouble: status.trouble.as_deref().map(|t| say.lang.half(t).to_owned()),
            all_safe: status.waiting_changes == 0 && status.refused.is_empty(),
            receipts: ReceiptsView {
                last_signed: status.last_signed_ms.map(|ms| moment(ms.div_euclid(1000))),
                proven: status.households.saturating_sub(status.unproven),
                unproven: status.unproven,
                rows: unproven
                    .iter()
                    .map(|(line, why)| UnprovenView {
                        household: say.household(line),
                        why: say.word(unproven_word(*why)),
                    })
                    .collect(),
            },
        })
    })
}

/// Where the round under way stands. Needs no PIN and no database: a screen asks several times a second.
pub(super) fn progress(app: &App, _: Nothing) -> Result<SyncProgressView> {
    let now = app.progress();
    Ok(SyncProgressView {
        running: now.phase != Phase::Idle,
        phase: match now.phase {
            Phase::Idle => SyncPhase::Idle,
            Phase::Enrolling => SyncPhase::Enrolling,
            Phase::Pack => SyncPhase::Pack,
            Phase::Exchanging => SyncPhase::Exchanging,
            Phase::Filing => SyncPhase::Filing,
        },
        requests: now.requests,
        bytes_up: now.bytes_up,
        bytes_down: now.bytes_down.saturating_add(now.bytes_coming),
        households: now.households,
        changes_down: now.changes_down,
        changes_up: now.changes_up,
        changes_waiting: now.changes_waiting,
        stopping: now.stopping,
        can_stop: matches!(now.phase, Phase::Pack | Phase::Exchanging),
    })
}

/// Asks the round under way to stop before its next request; harmless when none is.
pub(super) fn cancel(app: &App, nothing: Nothing) -> Result<SyncProgressView> {
    app.stop_sync();
    progress(app, nothing)
}

fn unproven_word(why: WhyUnproven) -> Word {
    match why {
        WhyUnproven::Waiting => Word::UnprovenWaiting,
        WhyUnproven::Refused => Word::UnprovenRefused,
        WhyUnproven::Unsigned => Word::UnprovenUnsigned,
    }
}

/// Why a change was set aside; the server's code in words of the screen's language.
fn reason(why: &str) -> Word {
    match why {
        "scope" => Word::RefusedScope,
        "permit" => Word::RefusedPermit,
        "not_yours" => Word::RefusedNotYours,
        "duplicate" => Word::RefusedDuplicate,
        "dependency" => Word::RefusedDependency,
        _ => Word::RefusedOther,
    }
}

/// A round that was broken off may have brought something all the same: what the server signed for says so.
fn last_synced(status: &Status) -> Option<i64> {
    status.last_good_round.as_ref().map(|r| r.at).or(status.last_signed_ms.map(|ms| ms.div_euclid(1000)))
}

fn language(app: &App) -> Result<Lang> {
    Ok(Lang::of(&app.settings()?.language))
}

fn round(r: &Round) -> RoundView {
    RoundView {
        at: moment(r.at),
        round_trips: r.round_trips,
        bytes_up: r.bytes_up,
        bytes_down: r.bytes_down,
        changes_up: r.changes_up,
        changes_down: r.changes_down,
        households_new: r.households_new,
        households_forgotten: r.households_forgotten,
    }
}
