//! The table of methods: name, request, answer, once. The dispatcher and the TypeScript map are both made from it.

use super::views::*;

/// Calls `$then!` with the whole table.
macro_rules! method_table {
    ($then:ident) => {
        $then! {
            "session.state" Nothing => SessionView,
            "session.enrol" EnrolRequest => SessionView,
            "session.unlock" UnlockRequest => SessionView,
            "session.lock" Nothing => SessionView,
            "settings.set" SettingsRequest => SessionView,
            "today.view" Nothing => TodayView,
            "households.search" HouseholdQuery => HouseholdPage,
            "register.query" HouseholdQuery => HouseholdPage,
            "household.view" HouseholdRequest => HouseholdView,
            "household.add" AddHouseholdRequest => HouseholdView,
            "household.set_fact" SetFactRequest => HouseholdView,
            "member.add" AddMemberRequest => HouseholdView,
            "member.remove" RemoveMemberRequest => HouseholdView,
            "reveal" RevealRequest => RevealView,
            "visit.open" OpenVisitRequest => VisitView,
            "visit.view" VisitRequest => VisitView,
            "visit.privacy_shown" VisitRequest => VisitView,
            "visit.answer" AnswerRequest => VisitPatch,
            "visit.add_instance" AddInstanceRequest => VisitPatch,
            "visit.remove_instance" RemoveInstanceRequest => VisitPatch,
            "visit.summary" VisitRequest => FinishView,
            "visit.finish" FinishRequest => FinishedView,
            "visit.put_down" VisitRequest => FinishedView,
            "visit.reopen" ReopenRequest => VisitView,
            "sync.status" Nothing => SyncView,
            "sync.now" Nothing => SyncView,
            "overview.view" OverviewRequest => OverviewView,
            "areas.list" Nothing => Vec<AreaView>,
            "pack.codes" CodesRequest => Vec<ChoiceView>,
        }
    };
}

macro_rules! names {
    ($($name:literal $request:ty => $answer:ty,)*) => {
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
