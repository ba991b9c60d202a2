//! Who may write what in a household file, and who may take which step ([`may_step`]). Pure: no IO, no clock, no database; the same code judges on the phone before
//! an edit and on the server before a change comes in (4-sync.md "Nobody gets in, nobody oversteps").
//!
//! Start with [`may_write`] and the table of path classes in `paths.rs`. Which title holds which permits is the pack's
//! (`permits.csv`, [`Permits`]); there is no built-in list, so a pack without permits lets nobody write.

mod paths;
mod permits;
mod publication;
mod refused;
#[cfg(test)]
mod tests;

pub use paths::{PathClass, class_of};
pub use permits::{Permit, Permits};
pub use publication::{Proposed, Step, StepRefused, may_publish, may_step};
pub use refused::RefusedWhy;

use crate::domain::Title;

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    pub title: Title,
    /// the server's id of the person, from the enrolled device, never from the change
    pub person: &'a str,
    /// whether the household lies in the person's areas
    pub in_scope: bool,
}

/// A visit as it stood before the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitStanding {
    /// its `collector_id`
    pub owner: String,
    pub finished: bool,
}

/// One write.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// the whole path in segments
    pub path: &'a [String],
    /// the value, if it is a text
    pub text: Option<&'a str>,
    /// part of the change that founds the file
    pub founding: bool,
    /// for a path in a visit that stood there before
    pub visit: Option<&'a VisitStanding>,
}

/// Whether the writer may do this write.
///
/// - outside the areas: nothing;
/// - visits: with `visit`, one's own only (`collector_id` is the writer); another's visit is never touched, finished or not;
/// - facts: with `correct`; the priority flag, and which of two files is the household's, with `list`; the grid hint with `assign`;
/// - base, kind, registered risks, clearance, safety net: nobody, they follow from imports and decisions
///   (3-rules-and-cases.md "Cases");
/// - founding a household found on the spot: with `visit`, as 一般农户; with `import`, everything.
pub fn may_write(permits: &Permits, writer: &Writer<'_>, write: &Write<'_>) -> Result<(), RefusedWhy> {
    if !writer.in_scope {
        return Err(RefusedWhy::Scope);
    }
    let holds = |permit| permits.holds(writer.title, permit);
    let with = |permit| if holds(permit) { Ok(()) } else { Err(RefusedWhy::Permit) };
    let class = class_of(write.path);
    if write.founding && holds(Permit::Import) && class != PathClass::Unknown {
        return Ok(());
    }
    match class {
        PathClass::Visit => {
            with(Permit::Visit)?;
            own_visit(writer, write)
        }
        PathClass::Fact => with(if write.founding { Permit::Visit } else { Permit::Correct }),
        PathClass::Container | PathClass::Meta if write.founding => with(Permit::Visit),
        PathClass::Base if write.founding && write.text == Some("ordinary") => with(Permit::Visit),
        PathClass::Grid if write.founding => with(Permit::Visit),
        PathClass::Grid => with(Permit::Assign),
        PathClass::Priority | PathClass::Merge => with(Permit::List),
        PathClass::Container | PathClass::Meta | PathClass::Base | PathClass::Derived | PathClass::Unknown => {
            Err(RefusedWhy::Permit)
        }
    }
}

/// A visit is its collector's alone; a new one must be the writer's.
fn own_visit(writer: &Writer<'_>, write: &Write<'_>) -> Result<(), RefusedWhy> {
    if write.visit.is_some_and(|v| v.owner != writer.person) {
        return Err(RefusedWhy::NotYours);
    }
    let names_owner = matches!(write.path, [_, _, field] if field == "collector_id");
    if names_owner && write.text != Some(writer.person) {
        return Err(RefusedWhy::NotYours);
    }
    Ok(())
}
