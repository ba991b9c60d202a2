//! Who may have written a change, and whether that person may.

use std::collections::HashMap;

use app_core::approvals::{Permits, RefusedWhy, Writer};
use app_core::document::{Actor, Attempt, judge_by_permits};
use app_core::domain::id::IMPORT_ACTOR;
use app_core::domain::{Area, Person};

use crate::error::Result;
use crate::store::Reads;

/// The device that brings changes, and whom it speaks for.
pub(super) struct Bringer<'a> {
    /// the device
    pub(super) device: &'a str,
    /// its person, with the areas in which its work is still taken
    pub(super) person: &'a Person,
    /// soon after a restore, a device may bring back what the server lost, also the work of others
    pub(super) recovery: bool,
}

/// Who wrote a change.
#[derive(Debug, Clone)]
pub(super) enum Author {
    /// an enrolled device's person
    Device { device: String, person: Person },
    /// the import
    Import,
}

/// Judges the changes of one household.
pub(super) struct Judge<'a> {
    r: &'a dyn Reads,
    bringer: &'a Bringer<'a>,
    permits: &'a Permits,
    /// the household's grid; none while a lost one is being brought back
    unit: Option<Area>,
    known: HashMap<Actor, Result<Author, RefusedWhy>>,
    /// the store failed while we looked
    pub(super) failed: Option<crate::Error>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(r: &'a dyn Reads, bringer: &'a Bringer<'a>, permits: &'a Permits, unit: Option<Area>) -> Self {
        Self { r, bringer, permits, unit, known: HashMap::new(), failed: None }
    }

    /// Holds one operation against its author's title and areas.
    pub(super) fn judge(&mut self, attempt: &Attempt<'_>) -> Result<(), RefusedWhy> {
        let in_scope = self.unit.as_ref().is_none_or(|u| self.bringer.person.reaches(u));
        match self.author(attempt.actor)? {
            Author::Import if attempt.founding && in_scope => Ok(()),
            Author::Import => Err(RefusedWhy::Author),
            Author::Device { person, .. } => {
                let writer = Writer { title: person.title, person: &person.id, in_scope };
                judge_by_permits(self.permits, &writer)(attempt)
            }
        }
    }

    /// The enrolled owner of an actor, if this device may bring that owner's changes.
    pub(super) fn author(&mut self, actor: Actor) -> Result<Author, RefusedWhy> {
        if let Some(known) = self.known.get(&actor) {
            return known.clone();
        }
        let found = self.look_up(actor).unwrap_or_else(|e| {
            self.failed = Some(e);
            Err(RefusedWhy::Author)
        });
        self.known.insert(actor, found.clone());
        found
    }

    fn look_up(&self, actor: Actor) -> Result<Result<Author, RefusedWhy>> {
        if actor == IMPORT_ACTOR {
            return Ok(if self.bringer.recovery { Ok(Author::Import) } else { Err(RefusedWhy::Author) });
        }
        let Some(owner) = self.r.owner(&actor)? else { return Ok(Err(RefusedWhy::Author)) };
        if owner.device == self.bringer.device {
            return Ok(Ok(Author::Device { device: owner.device, person: self.bringer.person.clone() }));
        }
        if !self.bringer.recovery {
            return Ok(Err(RefusedWhy::Author));
        }
        let person = self.r.person(&owner.person)?;
        Ok(person.map(|p| Author::Device { device: owner.device, person: p.person }).ok_or(RefusedWhy::Author))
    }
}
