//! Who may have written a change, and whether that person may.

use std::collections::{HashMap, HashSet};

use app_core::approvals::{Permits, RefusedWhy, Writer};
use app_core::document::{Actor, Attempt, Hash, judge_by_permits};
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
    /// the operator releases what was parked, and answers for author and area
    pub(super) vouched: bool,
    /// changes that the server itself has signed for: it had them once, whoever brings them back
    pub(super) proven: &'a HashSet<Hash>,
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
    known: HashMap<Actor, Option<Author>>,
    /// the store failed while we looked
    pub(super) failed: Option<crate::Error>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(r: &'a dyn Reads, bringer: &'a Bringer<'a>, permits: &'a Permits, unit: Option<Area>) -> Self {
        Self { r, bringer, permits, unit, known: HashMap::new(), failed: None }
    }

    /// Holds one operation against its author's title and areas. What the server has signed for was judged when it came
    /// in: neither the grid the backup knows nor a title given since takes it back.
    pub(super) fn judge(&mut self, attempt: &Attempt<'_>) -> Result<(), RefusedWhy> {
        let in_scope = self.bringer.vouched || self.unit.as_ref().is_none_or(|u| self.bringer.person.reaches(u));
        match self.author(attempt.actor, &attempt.change)? {
            _ if self.bringer.proven.contains(&attempt.change) => Ok(()),
            Author::Import if attempt.founding && in_scope => Ok(()),
            Author::Import => Err(RefusedWhy::Author),
            Author::Device { person, .. } => {
                let writer = Writer { title: person.title, person: &person.id, in_scope };
                judge_by_permits(self.permits, &writer)(attempt)
            }
        }
    }

    /// The enrolled owner of an actor, if this device may bring this change of that owner: its own, or one that the
    /// server has signed for.
    pub(super) fn author(&mut self, actor: Actor, change: &Hash) -> Result<Author, RefusedWhy> {
        if !self.known.contains_key(&actor) {
            let found = self.look_up(actor).unwrap_or_else(|e| {
                self.failed = Some(e);
                None
            });
            self.known.insert(actor, found);
        }
        let author = self.known.get(&actor).cloned().flatten().ok_or(RefusedWhy::Author)?;
        let own = matches!(&author, Author::Device { device, .. } if device == self.bringer.device);
        if own || self.bringer.vouched || self.bringer.proven.contains(change) {
            return Ok(author);
        }
        Err(RefusedWhy::Author)
    }

    fn look_up(&self, actor: Actor) -> Result<Option<Author>> {
        if actor == IMPORT_ACTOR {
            return Ok(Some(Author::Import));
        }
        let Some(owner) = self.r.owner(&actor)? else { return Ok(None) };
        if owner.device == self.bringer.device {
            return Ok(Some(Author::Device { device: owner.device, person: self.bringer.person.clone() }));
        }
        let person = self.r.person(&owner.person)?;
        Ok(person.map(|p| Author::Device { device: owner.device, person: p.person }))
    }
}
