//! What the screens see: one dispatcher of named methods, `XxxRequest` in, `XxxView` out.
//! No rules here and none in the screens: a view carries words, states and permissions ready to show.
//! Start with [`methods`] (the table the code is made from) and [`views`]; TypeScript is generated from both into
//! `ui/src/api/bindings/` (`bindings.rs`). Words of our own stand in `words.rs`, codes become words in `say.rs`.
//!
//! | method | request | answer | what may go wrong (besides `locked` before unlock, `disk`, `internal`) |
//! |---|---|---|---|
//! | `session.state` | – | `SessionView` | – (never `locked`) |
//! | `session.ticket` | `TicketRequest` | `TicketView` | `invalid` torn or mistyped, `refused` long expired; nothing is sent |
//! | `session.enrol` | `EnrolRequest` | `SessionView` | `invalid` ticket or PIN, `refused` used or expired, `offline` |
//! | `session.unlock` | `UnlockRequest` | `SessionView` | `pin` (attempts left, wait), `locked` |
//! | `session.lock` | – | `SessionView` | – |
//! | `settings.set` | `SettingsRequest` | `SessionView` | `invalid` |
//! | `today.view` | – | `TodayView` | – |
//! | `households.search`, `register.query` | `HouseholdQuery` | `HouseholdPage` | `invalid` order |
//! | `register.export` | `HouseholdQuery` | `ExportedView` | `refused` no permit, `disk` |
//! | `household.view` | `HouseholdRequest` | `HouseholdView` | `invalid` not on this device |
//! | `household.at` | `HouseholdAtRequest` | `HouseholdAtView` | `invalid` not on this device, no date |
//! | `household.add` | `AddHouseholdRequest` | `HouseholdView` | `invalid` ID number, grid outside the scope |
//! | `household.set_fact` | `SetFactRequest` | `HouseholdView` | `invalid` decided elsewhere, wrong value |
//! | `member.add`, `member.remove` | `AddMemberRequest`, `RemoveMemberRequest` | `HouseholdView` | `invalid` |
//! | `conflicts.list` | `ConflictsRequest` | `ConflictsView` | `invalid` area |
//! | `conflict.settle` | `SettleRequest` | `HouseholdView` | `invalid` decided or changed meanwhile, `refused` no permit |
//! | `reveal` | `RevealRequest` | `RevealView` | `invalid`; each success is a row of the audit log |
//! | `visit.open` | `OpenVisitRequest` | `VisitView` | `invalid` no form due or no such form, `offline` no pack yet |
//! | `visit.view`, `visit.privacy_shown` | `VisitRequest` | `VisitView` | `invalid` no such open visit |
//! | `visit.answer` | `AnswerRequest` | `VisitPatch` | `invalid` path, read-only, value that is not of the type; `disk` = not saved |
//! | `visit.add_instance`, `visit.remove_instance` | `AddInstanceRequest`, `RemoveInstanceRequest` | `VisitPatch` | `invalid` |
//! | `visit.checks` | `VisitRequest` | `FieldCheck[]` | `invalid` no such open visit |
//! | `visit.summary` | `VisitRequest` | `FinishView` | `invalid` |
//! | `visit.finish` | `FinishRequest` | `FinishedView` | `invalid` unanswered or wrong (the labels are named), `disk` |
//! | `visit.put_down` | `VisitRequest` | `FinishedView` | `disk` |
//! | `visit.reopen` | `ReopenRequest` | `VisitView` | `invalid` another's visit |
//! | `visit.changes_seen` | `VisitRequest` | `VisitView` | `invalid` no such open visit |
//! | `visit.keep` | `KeepRequest` | `VisitView` | `invalid` no such open visit |
//! | `sync.status` | – | `SyncView` | – |
//! | `sync.now` | – | `SyncView` | – (trouble is part of the view) |
//! | `sync.progress`, `sync.cancel` | – | `SyncProgressView` | – (never `locked`; while `sync.now` runs in another call) |
//! | `overview.view` | `OverviewRequest` | `OverviewView` | `invalid` area |
//! | `overview.clusters` | `OverviewRequest` | `ClustersView` | `invalid` area |
//! | `problems.view` | `ProblemsRequest` | `ProblemsView` | `invalid` area or severity |
//! | `policy.proposals` | – | `ProposalsView` | – |
//! | `policy.propose` | `ProposeRequest` | `ProposalsView` | `form` faulty pack, `invalid` no reason or nothing differs, `refused` |
//! | `policy.publish` | `PublishRequest` | `ProposalsView` | `invalid` no such proposal, `refused` same person, stale, closed |
//! | `policy.withdraw` | `WithdrawRequest` | `ProposalsView` | as `policy.publish`; `invalid` no reason |
//! | `policy.running` | – | `PolicyView` | `offline` no pack yet |
//! | `policy.candidate`, `policy.discard` | – | `CandidateView` or null | – |
//! | `policy.upload` | `UploadRequest` | `CandidateView` (faults are part of it) | `refused` the title may not, `invalid` too large or torn |
//! | `policy.export` | `ExportRequest` | `FileView` | `invalid` no such form, nothing uploaded |
//! | `policy.difference` | `DifferenceRequest` | `DifferenceView` | `invalid` nothing uploaded |
//! | `policy.what_if` | `WhatIfRequest` | `WhatIfView` | `invalid` nothing uploaded, area; `refused` one is running |
//! | `policy.progress`, `policy.stop` | – | `WorkView` | – (asked while a what-if runs) |
//! | `preview.open` | `PreviewRequest` | `VisitView` | `invalid` no such form or household |
//! | the other `preview.*` | as `visit.*` | as `visit.*` | `invalid` no longer open; nothing is ever written |
//! | `areas.list` | – | `AreaView[]` | – |
//! | `pack.codes` | `CodesRequest` | `ChoiceView[]` | – (an unknown list is empty) |

#[cfg(test)]
mod bindings;
mod changes;
mod conflicts;
mod control;
mod difference;
mod explain;
mod finish;
mod form_view;
mod history;
mod household;
mod labels;
mod lists;
pub mod methods;
pub mod money;
mod older;
mod overview;
mod policy;
mod policy_desk;
#[cfg(test)]
mod policy_tests;
mod preview;
mod problems;
mod register;
mod say;
mod session;
mod sync;
#[cfg(test)]
mod tests;
pub mod views;
mod visit;
mod visit_checks;
pub mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use self::say::Say;
use self::views::ErrorView;
use self::words::Lang;
use crate::error::{Error, Result};
use crate::service::App;

/// Does one method. Unknown methods and parameters are answered, never a panic: a mistake of ours is caught at this door
/// and the app goes on (every verb is one transaction, so nothing is half done).
pub fn dispatch(app: &App, method: &str, params: Value) -> Result<Value, ErrorView> {
    // Before enrolment the language is not kept anywhere yet: the first page says it.
    let asked = params.get("language").and_then(Value::as_str).map(Lang::of);
    let outcome = catch_unwind(AssertUnwindSafe(|| methods::call(app, method, params)));
    let error = match outcome {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(error)) => error,
        Err(_) => Error::internal(
            "程序出错，刚才的操作没有生效；已保存的内容都在。 Our mistake: nothing was changed, and what was saved is safe.",
        ),
    };
    let kept = || app.state().map_or(Lang::Zh, |s| Lang::of(&s.shown.language));
    let lang = asked.unwrap_or_else(kept);
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    tracing::warn!(method = known(method), kind = ?error.kind, cause, "a call failed");
    Err(ErrorView { kind: error.kind, words: lang.half(&error.words).to_owned() })
}

/// The method's name for the log, which never holds what a caller made up.
fn known(method: &str) -> &'static str {
    methods::METHODS.iter().find(|m| **m == method).copied().unwrap_or("unknown")
}

/// Runs `work` with what turns codes into words: the session's language, the pack, today.
fn with_say<T>(app: &App, work: impl FnOnce(&Say<'_>) -> Result<T>) -> Result<T> {
    let (pack, settings, person) = (app.pack().ok(), app.settings()?, app.person()?);
    work(&Say { lang: Lang::of(&settings.language), pack: pack.as_deref(), today: app.today(), me: &person.id })
}
