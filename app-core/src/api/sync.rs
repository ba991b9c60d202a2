//! `sync.status` and `sync.now`.

use super::lists::moment;
use super::views::{Nothing, RefusedView, RoundView, SyncView};
use super::words::{Lang, Word};
use crate::error::Result;
use crate::service::App;
use crate::storage::round::Round;

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
    let mut refused = Vec::new();
    for change in &status.refused {
        refused.push((line(change.household)?.map(|l| l.head_name).unwrap_or_default(), change));
    }
    super::with_say(app, |say| {
        Ok(SyncView {
            server: status.server.clone(),
            last_synced: status.last_good_round.as_ref().map(|r| moment(r.at)),
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
        })
    })
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
