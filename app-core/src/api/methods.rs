//! The table of methods: name, where it is done, request, answer, once. The dispatcher and the TypeScript map are both
//! made from it. Every method may answer [`ErrorView`] instead; which kinds a person may meet stands in `mod.rs`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::views::*;
use super::{
    conflicts, difference, finish, household, lists, overview, policy, policy_desk, preview, problems, register,
    session, sync, visit, visit_checks,
};
use crate::error::{Error, Result};
use crate::service::App;

/// Calls `$then!` with the whole table.
macro_rules! method_table {
    ($then:ident) => {
        $then! {
            "session.state" session::state: Nothing => SessionView,
            "session.ticket" session::ticket: TicketRequest => TicketView,
            "session.enrol" session::enrol: EnrolRequest => SessionView,
            "session.unlock" session::unlock: UnlockRequest => SessionView,
            "session.lock" session::lock: Nothing => SessionView,
            "settings.set" session::settings: SettingsRequest => SessionView,
            "today.view" lists::today: Nothing => TodayView,
            "households.search" lists::search: HouseholdQuery => HouseholdPage,
            "register.query" lists::search: HouseholdQuery => HouseholdPage,
            "register.export" register::export: HouseholdQuery => ExportedView,
            "household.view" household::view: HouseholdRequest => HouseholdView,
            "household.at" household::at: HouseholdAtRequest => HouseholdAtView,
            "household.add" household::add: AddHouseholdRequest => HouseholdView,
            "household.set_fact" household::set_fact: SetFactRequest => HouseholdView,
            "member.add" household::add_member: AddMemberRequest => HouseholdView,
            "member.remove" household::remove_member: RemoveMemberRequest => HouseholdView,
            "conflicts.list" conflicts::list: ConflictsRequest => ConflictsView,
            "conflict.settle" conflicts::settle: SettleRequest => HouseholdView,
            "reveal" household::reveal: RevealRequest => RevealView,
            "visit.open" visit::open: OpenVisitRequest => VisitView,
            "visit.view" visit::view: VisitRequest => VisitView,
            "visit.privacy_shown" visit::privacy_shown: VisitRequest => VisitView,
            "visit.answer" visit::answer: AnswerRequest => VisitPatch,
            "visit.add_instance" visit::add_instance: AddInstanceRequest => VisitPatch,
            "visit.remove_instance" visit::remove_instance: RemoveInstanceRequest => VisitPatch,
            "visit.checks" visit_checks::view: VisitRequest => Vec<FieldCheck>,
            "visit.summary" finish::summary: VisitRequest => FinishView,
            "visit.finish" finish::finish: FinishRequest => FinishedView,
            "visit.put_down" finish::put_down: VisitRequest => FinishedView,
            "visit.reopen" visit::reopen: ReopenRequest => VisitView,
            "visit.changes_seen" visit::changes_seen: VisitRequest => VisitView,
            "visit.keep" visit::keep: KeepRequest => VisitView,
            "sync.status" sync::status: Nothing => SyncView,
            "sync.now" sync::now: Nothing => SyncView,
            "sync.progress" sync::progress: Nothing => SyncProgressView,
            "sync.cancel" sync::cancel: Nothing => SyncProgressView,
            "overview.view" overview::view: OverviewRequest => OverviewView,
            "overview.clusters" overview::clusters: OverviewRequest => ClustersView,
            "problems.view" problems::view: ProblemsRequest => ProblemsView,
            "policy.proposals" policy::proposals: Nothing => ProposalsView,
            "policy.propose" policy::propose: ProposeRequest => ProposalsView,
            "policy.publish" policy::publish: PublishRequest => ProposalsView,
            "policy.withdraw" policy::withdraw: WithdrawRequest => ProposalsView,
            "policy.running" policy_desk::running: Nothing => PolicyView,
            "policy.candidate" policy_desk::candidate: Nothing => Option<CandidateView>,
            "policy.upload" policy_desk::upload: UploadRequest => Option<CandidateView>,
            "policy.discard" policy_desk::discard: Nothing => Option<CandidateView>,
            "policy.forms" policy_desk::pack_forms: PackFormsRequest => PackFormsView,
            "policy.export" policy_desk::export: ExportRequest => FileView,
            "policy.difference" difference::view: DifferenceRequest => DifferenceView,
            "policy.what_if" policy_desk::what_if: WhatIfRequest => WhatIfView,
            "policy.progress" policy_desk::progress: Nothing => WorkView,
            "policy.stop" policy_desk::stop: Nothing => WorkView,
            "preview.open" preview::open: PreviewRequest => VisitView,
            "preview.view" preview::view: VisitRequest => VisitView,
            "preview.privacy_shown" preview::privacy_shown: VisitRequest => VisitView,
            "preview.answer" preview::answer: AnswerRequest => VisitPatch,
            "preview.add_instance" preview::add_instance: AddInstanceRequest => VisitPatch,
            "preview.remove_instance" preview::remove_instance: RemoveInstanceRequest => VisitPatch,
            "preview.checks" preview::checks: VisitRequest => Vec<FieldCheck>,
            "preview.summary" preview::summary: VisitRequest => FinishView,
            "areas.list" session::areas: Nothing => Vec<AreaView>,
            "pack.codes" session::codes: CodesRequest => Vec<ChoiceView>,
        }
    };
}

macro_rules! names {
    ($($name:literal $handler:path: $request:ty => $answer:ty,)*) => {
        /// Every method's name.
        pub const METHODS: &[&str] = &[$($name),*];

        /// Shows every method's name, request and answer to `see`.
        #[cfg(test)]
        pub(super) fn each(see: &mut impl super::bindings::SeeMethod) {
            $(see.method::<$request, $answer>($name);)*
        }
    };
}

method_table!(names);

macro_rules! calls {
    ($($name:literal $handler:path: $request:ty => $answer:ty,)*) => {
        /// Does a method.
        pub(super) fn call(app: &App, method: &str, params: Value) -> Result<Value> {
            match method {
                $($name => done::<$request, $answer>(app, params, $handler),)*
                _ => Err(Error::invalid("没有这个功能。 There is no such method.")),
            }
        }
    };
}

method_table!(calls);

fn done<Request: DeserializeOwned, Answer: Serialize>(
    app: &App,
    params: Value,
    handler: fn(&App, Request) -> Result<Answer>,
) -> Result<Value> {
    // No parameters is the empty object: methods that need none may be called with nothing.
    let params = if params.is_null() { Value::Object(serde_json::Map::new()) } else { params };
    // serde's message may quote a value: it goes neither to the screen nor to the log.
    let request = serde_json::from_value(params)
        .map_err(|_| Error::invalid("请求的内容不对。 The request is not as it should be."))?;
    let answer = handler(app, request)?;
    serde_json::to_value(answer)
        .map_err(|e| Error::internal("结果无法写出。 The answer could not be written.").because(e.to_string()))
}
