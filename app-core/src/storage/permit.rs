//! Before this device writes: the same judgement as on the server (`approvals`), so that nobody types an hour into
//! something that will be refused.

use super::Tx;
use crate::approvals::{Permits, RefusedWhy, VisitStanding, Write, Writer, may_write};
use crate::document::{Edit, HouseholdDoc, HouseholdFile};
use crate::domain::id::HouseholdId;
use crate::domain::{Area, Person};
use crate::error::{Error, Kind, Result};

impl Tx<'_> {
    /// Whether this person may write these edits to a household in `grid`. Without a pack nothing is known of permits:
    /// the server judges. A household that left the area stays here while a visit is open or something waits; what was
    /// begun there may be brought to its end, and the server takes it for a while (`HEARD_GRACE` there).
    pub(super) fn permit(&self, id: HouseholdId, grid: &str, doc: Option<&HouseholdDoc>, edits: &[Edit]) -> Result<()> {
        let (Some(pack), Some(person)) = (self.lens().pack.as_ref(), self.person()?) else { return Ok(()) };
        let rows = pack.permits(person.title).map(|t| (person.title.code(), t.permits.iter().map(String::as_str)));
        let permits = Permits::from_rows(rows);
        let in_scope = reaches(&person, grid) || self.leaving()?.contains(&id);
        let writer = Writer { title: person.title, person: &person.id, in_scope };
        let file = doc.filter(|_| edits.iter().any(in_visit)).map(HouseholdDoc::file);
        for edit in edits {
            let visit = file.as_ref().and_then(|f| standing(f, edit));
            let write =
                Write { path: &edit.path, text: edit.value.as_text(), founding: doc.is_none(), visit: visit.as_ref() };
            may_write(&permits, &writer, &write).map_err(refused)?;
        }
        Ok(())
    }

    /// Whether this person may write these edits to a household that is here.
    pub fn may_edit(&self, id: HouseholdId, edits: &[Edit]) -> Result<bool> {
        let Some(stored) = self.stored(id)? else { return Ok(false) };
        let doc = HouseholdDoc::load(&stored.snapshot)?;
        match self.permit(id, &stored.grid, Some(&doc), edits) {
            Ok(()) => Ok(true),
            Err(e) if e.kind == Kind::Refused => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// The person as the server says now. What waits of households that are no longer in the person's areas was written
    /// before this device knew: the server is told so until it has all of it (`SyncRequest::before`), or a link that
    /// breaks between two rounds would make a day's work a trespass.
    pub fn hear_person(&self, person: &Person) -> Result<()> {
        if self.person()?.is_some_and(|known| known.scope != person.scope) {
            let mut bringing = self.bringing()?;
            for id in self.waiting()? {
                let out = self.stored(id)?.is_some_and(|stored| !reaches(person, &stored.grid));
                if out && !bringing.contains(&id) {
                    bringing.push(id);
                }
            }
            self.set_bringing(&bringing)?;
            self.records_for(&person.scope)?;
        }
        self.set_person(person)
    }

    /// The household has left the areas of this device: what waits of it was written before this was known here.
    pub fn hear_it_left(&self, id: HouseholdId) -> Result<()> {
        let mut bringing = self.bringing()?;
        if self.pending_count(Some(id))? > 0 && !bringing.contains(&id) {
            bringing.push(id);
            self.set_bringing(&bringing)?;
        }
        Ok(())
    }

    /// Whether something written before the last change of areas still waits.
    pub fn brings_from_before(&self) -> Result<bool> {
        for id in self.bringing()? {
            if self.pending_count(Some(id))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Forgets which households were brought from before, as far as nothing of them waits any more: what is written in
    /// them from here on was not.
    pub fn brought_from_before(&self) -> Result<()> {
        let list = self.bringing()?;
        let mut left = Vec::new();
        for id in &list {
            if self.pending_count(Some(*id))? > 0 {
                left.push(*id);
            }
        }
        if left.len() < list.len() { self.set_bringing(&left) } else { Ok(()) }
    }
}

fn reaches(person: &Person, grid: &str) -> bool {
    Area::parse(grid).is_some_and(|area| person.reaches(&area))
}

fn in_visit(edit: &Edit) -> bool {
    edit.path.first().is_some_and(|root| root == "visits")
}

fn standing(file: &HouseholdFile, edit: &Edit) -> Option<VisitStanding> {
    let id = edit.path.get(1).filter(|_| in_visit(edit))?;
    let visit = file.visits.iter().find(|v| v.id == *id)?;
    Some(VisitStanding { owner: visit.collector_id.clone().unwrap_or_default(), finished: visit.finished })
}

fn refused(why: RefusedWhy) -> Error {
    let words = match why {
        RefusedWhy::Scope => {
            "该户不在您的工作范围内，没有写入。 This household is outside your area; nothing was written."
        }
        RefusedWhy::NotYours => "这是他人的入户记录，不能改动。 This is another person's visit; nothing was written.",
        RefusedWhy::Permit
        | RefusedWhy::Malformed
        | RefusedWhy::Author
        | RefusedWhy::Duplicate
        | RefusedWhy::Dependency
        | RefusedWhy::Full => "您的岗位不能修改这一项，没有写入。 Your title may not change this; nothing was written.",
    };
    Error::new(Kind::Refused, words).because(why.code())
}
