//! Opening a visit: the form that is due, a draft taken up again, one's own finished visit reopened.

use serde_json::{Value, json};

use super::super::App;
use super::placed::retired_path;
use super::running::was_called;
use crate::document::{Answer, HouseholdFile, Scalar, VisitFile};
use crate::domain::id::{HouseholdId, short_id};
use crate::error::{Error, Kind, Result};
use crate::policy::Pack;
use crate::storage::Tx;
use crate::storage::journal::{Entry, EntryKind, JournalState, OpenVisit};
use crate::storage::project::campaign_from;
use crate::storage::stand::Stand;
use crate::xlsform::{Form, Question};

impl App {
    /// Opens a visit with `form` (slug), or with the first form due. An open draft of that form is taken up, be it in the
    /// journal or put down by the same person on another device. The visit's id.
    pub fn open_visit(&self, household: HouseholdId, form: Option<&str>) -> Result<String> {
        let (pack, me, now) = (self.pack()?, self.person()?.id, self.now().timestamp());
        self.transact(|tx| {
            let file = tx.file(household)?;
            let mut drafts = tx.open_visits(Some(household))?;
            drafts.retain(|d| !finished(&file, &d.visit));
            let slug = match form {
                Some(slug) => slug.to_owned(),
                None => match drafts.first() {
                    Some(latest) => latest.form.clone(),
                    None => first_due(tx, &pack, &file)?,
                },
            };
            if let Some(draft) = drafts.into_iter().find(|d| d.form == slug) {
                let visit = draft.visit.clone();
                tx.write_visit(&OpenVisit { state: JournalState::Open, touched_at: now, ..draft })?;
                return Ok(Opening::Open(visit));
            }
            let mine = |v: &&VisitFile| !v.finished && v.form == slug && v.collector_id.as_deref() == Some(&me);
            if let Some(put_down) = file.visits.iter().rev().find(mine) {
                return Ok(Opening::TakeUp(put_down.id.clone()));
            }
            let (visit, form) = (short_id(), pack.form(&slug).ok_or_else(unknown_form)?);
            tx.write_visit(&row(&visit, household, &pack, &form, &slug, now))?;
            Ok(Opening::Open(visit))
        })
        .and_then(|opening| match opening {
            Opening::Open(visit) => Ok(visit),
            Opening::TakeUp(visit) => self.take_up(household, &visit),
        })
    }

    /// Whether a form belongs to a household now: it is due or may be filled, has been filled this campaign (a second visit
    /// is kept and flagged), or is begun already. Any other form is opened only where a person asks for it knowingly.
    ///
    /// # Errors
    /// `invalid` with the forms that are due, in words, when it does not belong there.
    pub fn belongs(&self, household: HouseholdId, slug: &str) -> Result<()> {
        let pack = self.pack()?;
        self.read(|tx| {
            let file = tx.file(household)?;
            pack.form(slug).ok_or_else(unknown_form)?;
            let forms = crate::policy::forms_for(&pack, &file.facts(campaign_from(tx.lens())), tx.lens().on);
            let begun = tx.open_visits(Some(household))?.iter().any(|v| v.form == slug)
                || file.visits.iter().any(|v| v.form == slug);
            if begun || forms.iter().any(|f| f.slug == slug) {
                return Ok(());
            }
            let title = |lang, slug: &str| pack.form_title(slug, lang).unwrap_or(slug).to_owned();
            let due = |lang, none: &str, between: &str| {
                let due: Vec<String> = forms.iter().filter(|f| !f.done).map(|f| title(lang, &f.slug)).collect();
                if due.is_empty() { none.to_owned() } else { due.join(between) }
            };
            Err(Error::invalid(format!(
                "“{}”不是这一户现在应填的表（应填：{}）。确实要填的，请另行确认。 The form {} is not due for this household (due: {}). To fill it all the same, ask for it expressly.",
                title("zh-CN", slug),
                due("zh-CN", "无", "、"),
                title("en", slug),
                due("en", "none", ", "),
            )))
        })
    }

    /// Opens one's own finished visit again, to correct it; it stays finished in the file until it is finished anew. A draft
    /// that was put down is taken up, be it from another device.
    pub fn reopen_visit(&self, household: HouseholdId, visit: &str) -> Result<String> {
        let me = self.person()?.id;
        let (open, file) = self.read(|tx| Ok((tx.open_visit(visit)?.is_some(), tx.file(household)?)))?;
        if open {
            return Ok(visit.to_owned());
        }
        let before = file.visits.iter().find(|v| v.id == visit).ok_or_else(super::no_such_visit)?;
        if before.collector_id.as_deref() != Some(me.as_str()) {
            return Err(Error::new(
                Kind::Refused,
                "这次排查由他人完成，不能修改；需要时可另做一次。 This visit is another's and cannot be changed; make a visit of your own if needed.",
            ));
        }
        self.take_up(household, visit)
    }

    /// Writes what the file holds of a visit into the journal.
    fn take_up(&self, household: HouseholdId, visit: &str) -> Result<String> {
        // Read as it stands there, in the form of now: what that needs of earlier packs is looked up outside a transaction.
        let (row, entries) = {
            let running = self.build_to_fill(household, visit)?;
            let before = running.before().ok_or_else(super::no_such_visit)?;
            (running.open.clone(), running.entries_of(before, running.open.opened_at))
        };
        self.transact(|tx| {
            if tx.open_visit(visit)?.is_none() {
                put_back(tx, row, &entries)?;
            }
            Ok(visit.to_owned())
        })
    }

    /// Notes that the privacy notice was shown, once a visit.
    pub fn privacy_shown(&self, visit: &str) -> Result<()> {
        let now = self.now().timestamp();
        self.visit(visit, |running| {
            if running.open.privacy_at.is_none() {
                running.open.privacy_at = Some(now);
                self.transact(|tx| {
                    tx.write_audit(now, "privacy_notice", running.open.household, visit)?;
                    tx.write_visit(&running.open)
                })?;
            }
            Ok(())
        })
    }
}

/// The first form due that is neither done nor optional; then the first that is not done.
fn first_due(tx: &Tx<'_>, pack: &Pack, file: &HouseholdFile) -> Result<String> {
    let forms = crate::policy::forms_for(pack, &file.facts(campaign_from(tx.lens())), tx.lens().on);
    let due = forms.iter().find(|f| !f.done && !f.optional).or_else(|| forms.iter().find(|f| !f.done));
    due.map(|f| f.slug.clone()).ok_or_else(|| {
        Error::invalid("本户没有待填的表；需要再次排查的，请指明用哪张表。 No form is due for this household; to visit it again, say with which form.")
    })
}

fn finished(file: &HouseholdFile, visit: &str) -> bool {
    file.visits.iter().any(|v| v.id == visit && v.finished)
}

fn unknown_form() -> Error {
    Error::invalid("没有这张表。 There is no such form.")
}

/// What opening found.
enum Opening {
    /// it is open
    Open(String),
    /// the file holds a draft to be taken up
    TakeUp(String),
}

pub(super) fn row(visit: &str, household: HouseholdId, pack: &Pack, form: &Form, slug: &str, now: i64) -> OpenVisit {
    OpenVisit {
        visit: visit.to_owned(),
        household,
        form: slug.to_owned(),
        form_version: form.version.clone(),
        pack: hex::encode(pack.hash()),
        state: JournalState::Open,
        opened_at: now,
        touched_at: now,
        privacy_at: None,
        more: json!({}),
    }
}

/// Puts a visit of the file into the journal: a row at the version it was filled with, and what the file holds of it.
pub(super) fn put_back(tx: &Tx<'_>, row: OpenVisit, entries: &[Entry]) -> Result<()> {
    let mark = tx.need(row.household)?.visit_mark(&row.visit);
    let visit = row.visit.clone();
    tx.write_visit(&row.standing(&Stand::same_as(mark)))?;
    entries.iter().try_for_each(|entry| tx.write_entry(&visit, entry))
}

/// What the file holds of a visit as entries of a journal. A finished visit's bound answers were written through: the fact
/// of today stands (someone may have corrected it since); a draft's were not, so they come back. What the system proposed
/// and nobody overwrote is computed again. `then` is the form it was filled with; where that is not at hand, everything
/// counts as said by a person.
pub(super) fn entries(
    before: &VisitFile,
    form: &Form,
    then: Option<&Form>,
    file: &HouseholdFile,
    now: i64,
) -> Vec<Entry> {
    // A renamed question is the same fact as before.
    let is_fact =
        |name: &str, in_repeat| before.finished && asked(form, name, in_repeat).is_some_and(Question::is_bound);
    let proposed = |name: &str| then.is_some_and(|f| f.find(name).is_some_and(|q| f.question(q).overridable));
    let mut out = Vec::new();
    let mut push = |path: String, value: Value, kind| out.push(Entry { path, value, kind, at: now });
    for (name, answer) in &before.answers {
        let overridable = asked(form, name, false).is_some_and(|q| q.overridable);
        if is_fact(name, false) || (proposed(name) && !before.overrides.contains_key(name)) {
            continue;
        }
        push(name.clone(), text(answer).into(), if overridable { EntryKind::Override } else { EntryKind::Answer });
    }
    for (repeat, rows) in &before.rosters {
        for (key, row) in rows {
            if !file.members.iter().any(|m| m.fact.id == *key) {
                push(format!("{repeat}[{key}]"), json!({ "there": true }), EntryKind::Instance);
            }
            for (name, answer) in row.iter().filter(|(name, _)| !is_fact(name, true)) {
                push(format!("{repeat}[{key}]/{name}"), text(answer).into(), EntryKind::Answer);
            }
        }
    }
    for (key, text) in &before.retired {
        push(retired_path(key), text.as_str().into(), EntryKind::Retired);
    }
    out
}

/// The question that takes an answer of this name, in a repeat or outside: the one of that name, else one that had it.
pub(super) fn asked<'a>(form: &'a Form, name: &str, in_repeat: bool) -> Option<&'a Question> {
    let all = || form.iter().map(|(_, q)| q).filter(|q| !q.kind.is_container() && q.repeat.is_some() == in_repeat);
    all().find(|q| q.name == name).or_else(|| all().find(|q| was_called(q, name)))
}

/// An answer as the form stores it.
pub(super) fn text(answer: &Answer) -> String {
    match answer {
        Answer::Many(codes) => codes.join(" "),
        Answer::One(Scalar::Text(text)) => text.clone(),
        Answer::One(Scalar::Int(n)) => n.to_string(),
        Answer::One(Scalar::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
    }
}
