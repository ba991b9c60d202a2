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
            "该户不在你的工作范围内，没有写入。 This household is outside your area; nothing was written."
        }
        RefusedWhy::NotYours => "这是他人的入户记录，不能改动。 This is another person's visit; nothing was written.",
        RefusedWhy::Permit
        | RefusedWhy::Malformed
        | RefusedWhy::Author
        | RefusedWhy::Duplicate
        | RefusedWhy::Dependency
        | RefusedWhy::Full => "你的岗位不能修改这一项，没有写入。 Your title may not change this; nothing was written.",
    };
    Error::new(Kind::Refused, words).because(why.code())
}
