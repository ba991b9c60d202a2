//! Trying a form at the desk: a form of the running pack or of one that is being tried, filled with the facts of a household held
//! here or of an invented one. It runs as a visit does; nothing of it is ever written: it lives in memory until the app is
//! locked or the next two are opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use serde_json::Value;

use super::super::App;
use super::answer::unknown;
use super::finish::{Finish, Summary};
use super::open::row;
use super::running::Running;
use crate::document::{Founding, HouseholdDoc, Place, Source};
use crate::domain::id::{HouseholdId, new_household, short_id};
use crate::domain::{Base, MonitoredKind, Outcome, Standing};
use crate::error::{Error, Result};
use crate::policy::facts::{Facts, Member, Profile};
use crate::policy::{self, Finding, Pack};
use crate::storage::Lens;
use crate::storage::project::campaign_from;
use crate::xlsform::Change;

/// Writes in memory only.
const NOBODY: [u8; 16] = *b"preview-of-forms";

/// Forms being tried at once.
const KEPT: usize = 2;

/// Whose facts the form opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// one that is held here
    Household(HouseholdId),
    /// three invented people of such a standing
    Invented(Standing),
    /// three invented people, such that the pack gives them this form
    Suited,
}

/// A form being tried.
pub struct Preview {
    running: Running,
    doc: HouseholdDoc,
}

/// The forms being tried, by id. Personal data: emptied when the app is locked.
#[derive(Default)]
pub(crate) struct Previews(Mutex<HashMap<String, Preview>>);

impl Previews {
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl App {
    /// Opens a form of a pack for trying; its id.
    ///
    /// # Errors
    /// `invalid` when the pack has no such form or the household is not here.
    pub fn open_preview(&self, pack: Arc<Pack>, form: &str, whom: Whom) -> Result<String> {
        let now = self.local_now();
        let doc = match whom {
            Whom::Household(id) => self.read(|tx| tx.need(id))?,
            Whom::Invented(standing) => invented(&household(standing, false), now.timestamp())?,
            Whom::Suited => invented(&suited(&pack, form, now.date_naive()), now.timestamp())?,
        };
        let compiled = pack.form(form).ok_or_else(|| Error::invalid("没有这张表。 There is no such form."))?;
        let id = format!("preview-{}", short_id());
        let open = row(&id, doc.id(), &pack, &compiled, form, now.timestamp());
        let running = self.running(open, now, pack, &doc)?;
        let mut all = self.previews.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(id.clone(), Preview { running, doc });
        Ok(id)
    }

    /// Looks at a form being tried, or works on it. When `work` fails it is as it was.
    ///
    /// # Errors
    /// `invalid` when it is no longer open; what `work` answers.
    pub fn preview<T>(&self, id: &str, work: impl FnOnce(&mut Preview) -> Result<T>) -> Result<T> {
        self.opened()?;
        let mut all = self.previews.0.lock().unwrap_or_else(PoisonError::into_inner);
        let preview = all.get_mut(id).ok_or_else(|| {
            Error::invalid("这次试填已经关闭，请重新打开。 This preview is no longer open: open it again.")
        })?;
        work(preview)
    }

    /// What the finish page would show.
    pub fn preview_summary<T>(&self, id: &str, then: impl FnOnce(&Running, &Summary) -> T) -> Result<T> {
        self.preview(id, |p| {
            let facts = self.facts_of_preview(p)?;
            Ok(then(&p.running, &Summary::of(&p.running, &facts)))
        })
    }

    /// What the checks would say.
    pub fn preview_checks<T>(&self, id: &str, then: impl FnOnce(&Running, &[Finding]) -> T) -> Result<T> {
        self.preview(id, |p| {
            let facts = self.facts_of_preview(p)?;
            Ok(then(&p.running, &policy::check(p.running.pack(), &facts, p.running.on).findings))
        })
    }

    /// The facts as they would stand if the visit ended now; on a copy of the file.
    fn facts_of_preview(&self, p: &Preview) -> Result<Facts> {
        let edits = self.visit_edits(&p.running, Some(&Finish::with(Outcome::Done)))?;
        let mut doc = HouseholdDoc::load(&p.doc.snapshot())?;
        doc.edit(NOBODY, self.now().timestamp(), &edits)?;
        let lens = Lens { pack: Some(p.running.pack.clone()), on: p.running.on };
        Ok(doc.file().facts(campaign_from(&lens)))
    }
}

impl Preview {
    /// The form.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// The pack it is of.
    pub fn pack(&self) -> Arc<Pack> {
        self.running.pack.clone()
    }

    /// The privacy notice was shown.
    pub fn privacy_shown(&mut self, at: i64) {
        self.running.open.privacy_at = Some(at);
    }

    /// As [`App::answer`], written nowhere.
    pub fn answer(&mut self, path: &str, value: &Value) -> Result<Vec<Change>> {
        let node = self.running.instance.find(path).ok_or_else(unknown)?;
        Ok(self.running.take(node, value, 0)?.1)
    }

    /// As [`App::add_instance`].
    pub fn add_instance(&mut self, path: &str) -> Result<Vec<Change>> {
        Ok(self.running.add(path, &short_id(), 0)?.1)
    }

    /// As [`App::remove_instance`].
    pub fn remove_instance(&mut self, path: &str, living: &str) -> Result<Vec<Change>> {
        Ok(self.running.drop_instance(path, living, 0)?.1)
    }
}

/// The first of these households that the pack gives this form; an ordinary one where it gives it to none of them.
fn suited(pack: &Pack, form: &str, on: NaiveDate) -> Facts {
    let standings = [Standing::Ordinary, Standing::Lifted, Standing::Monitored, Standing::Cleared];
    let mut all = [false, true].into_iter().flat_map(|priority| standings.map(|s| household(s, priority)));
    let given = |facts: &Facts| policy::forms_for(pack, facts, on).iter().any(|due| due.slug == form);
    all.find(given).unwrap_or_else(|| household(Standing::Ordinary, false))
}

/// 韦秀英, her husband and a grandson: nobody's real numbers.
fn household(standing: Standing, priority: bool) -> Facts {
    let member = |id: &str, name: &str, body: &str, relation: &str| Member {
        id: id.to_owned(),
        name: Some(name.to_owned()),
        id_number: Some(format!("{body}{}", char::from(crate::domain::id_number::check_digit(body.as_bytes())))),
        relation: Some(relation.to_owned()),
        living: Some("alive".to_owned()),
        ..Member::default()
    };
    let (base, monitored_kind, cleared) = match standing {
        Standing::Ordinary => (Base::Ordinary, None, None),
        Standing::Lifted => (Base::Lifted, None, None),
        Standing::Monitored => (Base::Lifted, Some(MonitoredKind::UnstableLifted), None),
        Standing::Cleared => (Base::Lifted, Some(MonitoredKind::UnstableLifted), Some(true)),
    };
    let risks = if monitored_kind.is_some() { vec!["illness".to_owned()] } else { Vec::new() };
    Facts {
        profile: Profile {
            base: Some(base),
            priority: priority.then_some(true),
            monitored_kind,
            cleared,
            registered_risks: risks,
            phone: Some("13900000000".to_owned()),
            more: [("head_name".to_owned(), HEAD.into())].into(),
            ..Profile::default()
        },
        members: vec![
            member("preview00001", HEAD, "99999919650307002", "head"),
            member("preview00002", "李建国", "99999919630812001", "spouse"),
            member("preview00003", "李小明", "99999920120521003", "grandson"),
        ],
        ..Facts::default()
    }
}

const HEAD: &str = "韦秀英";

fn invented(facts: &Facts, at: i64) -> Result<HouseholdDoc> {
    let place = Place {
        county: "虚构县".to_owned(),
        township: "龙泉镇（虚构）".to_owned(),
        village: "上韦村".to_owned(),
        hamlet: "上韦屯".to_owned(),
        ..Place::default()
    };
    let founding = Founding { place, facts: facts.clone(), source: Source::Phone };
    HouseholdDoc::found(new_household(), &founding, NOBODY, at)
}
