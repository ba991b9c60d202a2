//! The end of a visit: what the finish page shows, finishing with an outcome, putting down. One change of the file, one
//! transaction with its projection and the end of the journal.

use chrono::NaiveDate;

use super::super::App;
use super::collect::Making;
use super::moved::put_down;
use super::running::Running;
use crate::document::Edit;
use crate::domain::Outcome;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::policy::facts::Facts;
use crate::policy::{self, Finding, FormFor};
use crate::storage::Edited;
use crate::storage::journal::{JournalState, OpenVisit};
use crate::storage::list::FormState;
use crate::storage::project::{campaign_from, leaflets_due};
use crate::xlsform::Violation;

/// Labels named when a visit cannot be finished as done.
const NAMED: usize = 5;

/// How a visit ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    pub outcome: Outcome,
    /// nobody home: the day to try again
    pub try_again_on: Option<NaiveDate>,
    /// codes of leaflets handed over now
    pub leaflets_given: Vec<String>,
    pub remark: Option<String>,
    pub paper: Option<Paper>,
}

impl Finish {
    /// With an outcome and nothing else.
    pub fn with(outcome: Outcome) -> Self {
        Self { outcome, try_again_on: None, leaflets_given: Vec::new(), remark: None, paper: None }
    }
}

/// A visit entered from paper: the person at the device is the typist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub collector: String,
    pub date: NaiveDate,
}

/// What the finish page shows; the household as it would be if the visit were finished as done.
#[derive(Debug, Clone)]
pub struct Summary {
    /// unanswered and invalid answers
    pub problems: Vec<Violation>,
    /// data-cleaning checks over the household
    pub checks: Vec<Finding>,
    pub findings: Vec<Finding>,
    /// the household's forms then, in order
    pub forms: Vec<FormFor>,
    /// codes
    pub leaflets_due: Vec<String>,
}

impl Summary {
    pub(super) fn of(running: &Running, facts: &Facts) -> Self {
        let judgement = policy::judge(&running.pack, facts, running.on);
        let standing = facts.standing().unwrap_or(crate::domain::Standing::Ordinary);
        Self {
            problems: running.instance.violations(),
            checks: policy::check(&running.pack, facts, running.on).findings,
            findings: judgement.findings,
            forms: judgement.forms,
            leaflets_due: leaflets_due(facts, standing).into_iter().map(str::to_owned).collect(),
        }
    }
}

/// A visit that entered the file.
#[derive(Debug, Clone)]
pub struct Finished {
    pub household: HouseholdId,
    /// the one change; `None` when the file said all of it already
    pub edited: Option<Edited>,
    /// the next form due
    pub next: Option<FormState>,
}

impl App {
    /// What the finish page shows.
    pub fn visit_summary<T>(&self, visit: &str, then: impl FnOnce(&Running, &Summary) -> T) -> Result<T> {
        self.visit(visit, |running| {
            let summary = Summary::of(running, &self.facts_so_far(running)?);
            Ok(then(running, &summary))
        })
    }

    /// The checks over the household as this visit would leave it now: for the field concerned, while the person who knows
    /// is still there.
    pub fn visit_checks<T>(&self, visit: &str, then: impl FnOnce(&Running, &[Finding]) -> T) -> Result<T> {
        self.visit(visit, |running| {
            let facts = self.facts_so_far(running)?;
            Ok(then(running, &policy::check(&running.pack, &facts, running.on).findings))
        })
    }

    /// The facts as they would stand if the visit ended now, done.
    fn facts_so_far(&self, running: &Running) -> Result<Facts> {
        let edits = self.visit_edits(running, Some(&Finish::with(Outcome::Done)))?;
        let household = running.open.household;
        self.read(|tx| {
            let author = self.author(tx)?;
            let mut doc = tx.need(household)?;
            doc.edit(author.actor, author.at, &edits)?;
            Ok(doc.file().facts(campaign_from(tx.lens())))
        })
    }

    /// Finishes a visit: the record of the visit, the facts it changed, members who came and went, leaflets handed over.
    /// `done` is refused while something is unanswered or wrong, or the form has changed and its writer has not seen how; any other outcome may leave questions open.
    pub fn finish_visit(&self, visit: &str, end: &Finish) -> Result<Finished> {
        self.check_end(end)?;
        self.visit(visit, |running| {
            if end.outcome == Outcome::Done && running.migrated() {
                return Err(Error::invalid("这张表刚刚更新了，请先看看改了什么，再完成；已填的内容都在。 The form has just been changed: look at what changed first, then finish; what was filled in is safe."));
            }
            let problems = running.instance.violations();
            if end.outcome == Outcome::Done && !problems.is_empty() {
                return Err(unfinished(running, &problems));
            }
            running.instance.finish(self.local_now());
            let edits = self.visit_edits(running, Some(end))?;
            self.enter(running, &edits, true)
        })
        .inspect(|_| self.forget_running(visit))
    }

    /// Puts a visit down: the file holds it as a draft, the journal keeps it to be taken up again.
    pub fn put_down_visit(&self, visit: &str) -> Result<Finished> {
        self.visit(visit, |running| {
            if running.correcting() {
                // The file keeps the finished visit; the correction waits here.
                let household = running.open.household;
                self.park(running)?;
                return Ok(Finished { household, edited: None, next: None });
            }
            let edits = self.visit_edits(running, None)?;
            self.enter(running, &edits, false)
        })
        .inspect(|_| self.forget_running(visit))
    }

    /// One transaction: the change with its projection, and the journal closed or marked. The form was made from the heads
    /// it knows; a file that moved on meanwhile is looked at again by the caller's next try.
    fn enter(&self, running: &Running, edits: &[Edit], finished: bool) -> Result<Finished> {
        running.may_write()?;
        let (open, now) = (&running.open, self.now().timestamp());
        self.transact(|tx| {
            let heads = tx.stored(open.household)?.map(|s| s.heads);
            if heads.as_ref() != Some(&running.heads) {
                return Err(Error::invalid("同步刚刚更新了这户的档案，请核对后再完成；已填的内容都在。 A sync has just updated this household: look again, then finish; what was filled in is safe."));
            }
            let edited = tx.edit(open.household, self.author(tx)?, edits)?;
            if finished {
                tx.close_visit(&open.visit)?;
            } else {
                let stand = put_down(tx, running, edited.as_ref())?;
                let open = running.moved_on().standing(&stand);
                tx.write_visit(&OpenVisit { state: JournalState::PutDown, touched_at: now, ..open })?;
            }
            let forms = tx.line(open.household)?.map(|l| l.forms).unwrap_or_default();
            let next = forms.into_iter().find(|f| !f.done && !f.optional);
            Ok(Finished { household: open.household, edited, next })
        })
    }

    fn park(&self, running: &Running) -> Result<()> {
        running.may_write()?;
        let now = self.now().timestamp();
        self.transact(|tx| {
            tx.write_visit(&OpenVisit { state: JournalState::PutDown, touched_at: now, ..running.open.clone() })
        })
    }

    pub(super) fn visit_edits(&self, running: &Running, end: Option<&Finish>) -> Result<Vec<Edit>> {
        let (person, identity) = (self.person()?, self.identity()?);
        Ok(running.edits(&Making {
            person_id: &person.id,
            person_name: &person.name,
            device: &identity.device,
            now: self.local_now(),
            end,
        }))
    }

    fn check_end(&self, end: &Finish) -> Result<()> {
        let (pack, today) = (self.pack()?, self.today());
        if end.leaflets_given.iter().any(|l| !pack.codes("leaflet").iter().any(|c| c.code == *l)) {
            return Err(Error::invalid("没有这种明白纸。 There is no such leaflet."));
        }
        if end.try_again_on.is_some_and(|day| day < today) {
            return Err(Error::invalid("再访日期不能早于今天。 The day to try again may not lie before today."));
        }
        if end.paper.as_ref().is_some_and(|p| p.date > today || p.collector.trim().is_empty()) {
            return Err(Error::invalid(
                "纸质录入须有采集人，日期不能晚于今天。 From paper: name the collector; the date may not lie after today.",
            ));
        }
        if end.remark.as_ref().is_some_and(|r| r.len() > 4000) {
            return Err(Error::invalid("备注太长。 The remark is too long."));
        }
        Ok(())
    }
}

/// Which questions still want an answer: labels of the form, never an answer.
fn unfinished(running: &Running, problems: &[Violation]) -> Error {
    let label = |p: &Violation| {
        let words = running.form.find(&p.name).map(|q| running.form.question(q).label.plain("")).unwrap_or_default();
        format!("{}（{}）", if words.is_empty() { p.name.clone() } else { words }, p.name)
    };
    let named: Vec<String> = problems.iter().take(NAMED).map(label).collect();
    let more = if problems.len() > NAMED { "……" } else { "" };
    Error::invalid(format!(
        "还有{0}项未填或需核对：{1}{more}。已填的内容都在。 Not finished: {0} questions are unanswered or wrong; what was filled in is safe.",
        problems.len(),
        named.join("、")
    ))
}
