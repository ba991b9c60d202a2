//! Where an open visit stands to the household file. A visit that was put down lies in the file too, and may go on there
//! from another phone of the same person: the journal's row is then older than the file, and must not be written over it.

use serde::{Deserialize, Serialize};

use super::Tx;
use super::journal::OpenVisit;
use crate::document::HouseholdDoc;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Kind, Result};
use crate::wire::message::Hash;

/// The key of [`OpenVisit::more`] it is kept under.
const KEY: &str = "file";

/// What a row of the journal knows of its visit in the household file. The default: nothing of it was in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stand {
    /// the visit in the file when file and journal last agreed ([`HouseholdDoc::visit_mark`])
    pub mark: Option<String>,
    /// paths of the entries that the file does not hold; `None` = all of them
    pub typed: Option<Vec<String>>,
    /// the change by which it was last put down from here (hex)
    pub put_down: Option<String>,
}

impl Stand {
    /// The file holds all that the journal holds.
    pub fn same_as(mark: Option<String>) -> Self {
        Self { mark, typed: Some(Vec::new()), put_down: None }
    }

    /// Whether the file holds something of the visit that is not what the journal was made from.
    pub fn went_on(&self, mark: Option<&str>) -> bool {
        mark.is_some() && self.mark.as_deref() != mark
    }

    /// Whether the journal holds nothing that the file did not hold when they last agreed.
    fn is_copy(&self) -> bool {
        self.typed.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the row may go without anything being lost: the visit went on in the file from all that is here.
    fn is_behind(&self, visit: &str, doc: &HouseholdDoc) -> bool {
        self.is_copy()
            && self.went_on(doc.visit_mark(visit).as_deref())
            && self.put_down.as_deref().is_none_or(|hex| hash(hex).is_some_and(|h| doc.visit_went_on_from(visit, &h)))
    }

    /// Whether the file holds all of it, as it stands.
    fn is_held(&self, visit: &str, doc: &HouseholdDoc) -> bool {
        self.is_copy() && self.mark.is_some() && self.mark == doc.visit_mark(visit)
    }
}

fn hash(text: &str) -> Option<Hash> {
    hex::decode(text).ok()?.try_into().ok()
}

impl OpenVisit {
    /// Where the row stands to the file.
    pub fn stand(&self) -> Stand {
        let kept = self.more.get(KEY).cloned();
        kept.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default()
    }

    /// The row with another stand; its other notes stay.
    #[must_use]
    pub fn standing(mut self, stand: &Stand) -> Self {
        let mut more = self.more.as_object().cloned().unwrap_or_default();
        more.insert(KEY.to_owned(), serde_json::to_value(stand).unwrap_or_default());
        self.more = more.into();
        self
    }
}

impl Tx<'_> {
    /// Takes out of the journal, of the households this transaction wrote, what went on in the file from all that the
    /// journal holds: it is taken up from there. What holds more stays, and its writer is asked.
    pub fn drop_what_went_on(&self) -> Result<()> {
        for row in self.open_visits(None)? {
            if !self.has_touched(row.household) {
                continue;
            }
            if let Some(doc) = self.readable(row.household)?
                && row.stand().is_behind(&row.visit, &doc)
            {
                self.close_visit(&row.visit)?;
            }
        }
        Ok(())
    }

    /// Takes a household's open visits out of the journal if the file holds all of each; whether none is left.
    pub(super) fn drop_what_is_held(&self, id: HouseholdId) -> Result<bool> {
        let rows = self.open_visits(Some(id))?;
        if rows.is_empty() {
            return Ok(true);
        }
        let Some(doc) = self.readable(id)? else { return Ok(false) };
        if !rows.iter().all(|row| row.stand().is_held(&row.visit, &doc)) {
            return Ok(false);
        }
        rows.iter().try_for_each(|row| self.close_visit(&row.visit))?;
        Ok(true)
    }

    /// The file; `None` too when it is damaged: it is fetched again (`sync`).
    fn readable(&self, id: HouseholdId) -> Result<Option<HouseholdDoc>> {
        match self.doc(id) {
            Err(e) if e.kind == Kind::Damaged => Ok(None),
            other => other,
        }
    }
}

/// The visit went on in the file, and the journal holds more: nothing is written before its writer has chosen.
pub fn went_on() -> Error {
    Error::invalid(
        "这次排查已在您的另一部手机上继续；请先打开它，选定以哪一份为准。本机填写的都在。 This visit went on on another phone of yours: open it and choose which is to stand. What was typed here is safe.",
    )
}
