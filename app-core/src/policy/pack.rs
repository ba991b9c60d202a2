//! The pack in memory: everything a county may change without a programmer (docs/pack.md), checked as a whole.

use crate::told;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Days, NaiveDate};

use super::campaign::{self, ChecklistItem, Phase};
use super::codes::{Code, Codes};
use super::day::{Day, Externals, Names};
use super::fault::Faults;
use super::files::{self, Files};
use super::forms::Forms;
use super::manifest::Manifest;
use super::params::{Param, Params};
use super::routes::{self, Step, TitlePermits};
use super::rule::{self, Rule};
use super::sheet::Sheet;
use super::texts::{self, FormTitle, NoticePoint};
use super::vet;
use crate::domain::Title;
use crate::xlsform::Table;

/// The sheets with columns of their own; every other `.csv` beside them is a table for `pulldata`.
const SHEETS: &[&str] = &[
    "params.csv",
    "codes.csv",
    "phases.csv",
    "checklist.csv",
    "routes.csv",
    "permits.csv",
    "rules.csv",
    "checks.csv",
    "forms.csv",
    "notices.csv",
];

/// A loaded pack. Cheap to share behind an `Arc`; loading costs milliseconds.
#[derive(Debug)]
pub struct Pack {
    pub(super) files: Files,
    hash: [u8; 32],
    manifest: Manifest,
    pub(super) params: Params,
    codes: Codes,
    phases: Vec<Phase>,
    checklist: Vec<ChecklistItem>,
    steps: Vec<Step>,
    permits: Vec<TitlePermits>,
    titles: Vec<FormTitle>,
    notices: Vec<NoticePoint>,
    rules: Vec<Rule>,
    checks: Vec<Rule>,
    names: Arc<Names>,
    pub(super) tables: HashMap<String, Arc<Table>>,
    pub(super) forms: Forms,
    /// the day last asked for; a whole register is judged on one day
    day: Mutex<Option<Arc<Day>>>,
}

impl Pack {
    /// Reads a pack from its folder (`app-core/packs/<id>/`).
    pub fn load_dir(dir: &Path) -> Result<Pack, Faults> {
        Pack::from_files(files::read_dir(dir)?)
    }

    /// Reads a pack from what phone and server store and send: path → bytes. Bounded; every fault is named.
    pub fn from_files(files: Files) -> Result<Pack, Faults> {
        let mut faults = files::inspect(&files);
        if !faults.is_empty() {
            return Err(faults);
        }
        for needed in ["pack.toml", "params.csv", "codes.csv", "phases.csv", "rules.csv"] {
            if !files.contains_key(needed) {
                faults.add(needed, 0, "", told!("this file is missing", "缺少这张工作表。"));
            }
        }
        let pack = Pack::read(files, &mut faults);
        vet::cross("rules.csv", &pack.rules, &pack, &mut faults);
        vet::cross("checks.csv", &pack.checks, &pack, &mut faults);
        for slug in pack.slugs() {
            if !pack.files.keys().any(|f| f.strip_prefix("forms/").is_some_and(|f| f.starts_with(&format!("{slug}/"))))
            {
                faults.add(
                    "pack.toml",
                    0,
                    "forms",
                    told!("there is no folder forms/{}", "缺少这张表的工作表：forms/{}。", slug),
                );
            }
        }
        faults.or(pack)
    }

    fn read(files: Files, faults: &mut Faults) -> Pack {
        let manifest = files.get("pack.toml").map(|b| Manifest::read(b, faults)).unwrap_or_default();
        let params = sheet(&files, "params.csv", faults).map(|s| Params::read(&s, faults)).unwrap_or_default();
        let codes = sheet(&files, "codes.csv", faults).map(|s| Codes::read(&s, faults)).unwrap_or_default();
        let phases = sheet(&files, "phases.csv", faults).map(|s| campaign::phases(&s, faults)).unwrap_or_default();
        let checklist = sheet(&files, "checklist.csv", faults)
            .map(|s| campaign::checklist(&s, &phases, faults))
            .unwrap_or_default();
        let steps = sheet(&files, "routes.csv", faults).map(|s| routes::steps(&s, &params, faults)).unwrap_or_default();
        let permits = sheet(&files, "permits.csv", faults).map(|s| routes::permits(&s, faults)).unwrap_or_default();
        let titles =
            sheet(&files, "forms.csv", faults).map(|s| texts::titles(&s, &manifest.forms, faults)).unwrap_or_default();
        let notices = sheet(&files, "notices.csv", faults).map(|s| texts::notices(&s, faults)).unwrap_or_default();
        let rules = sheet(&files, "rules.csv", faults).map(|s| rule::read(&s, false, faults)).unwrap_or_default();
        let checks = sheet(&files, "checks.csv", faults).map(|s| rule::read(&s, true, faults)).unwrap_or_default();
        let names = Arc::new(vet::names(rules.iter().chain(&checks)));
        let tables = tables(&files, faults);
        let hash = files::hash(&files);
        let forms = Forms::new(&manifest.forms);
        let day = Mutex::default();
        Pack {
            files,
            hash,
            manifest,
            params,
            codes,
            phases,
            checklist,
            steps,
            permits,
            titles,
            notices,
            rules,
            checks,
            names,
            tables,
            forms,
            day,
        }
    }

    /// The files, as they are stored and sent.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// SHA-256 of the files; two packs with the same hash are the same policy.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// `pack.toml`
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Slugs of the forms in the notice's order.
    pub fn slugs(&self) -> &[String] {
        &self.manifest.forms
    }

    /// What a form is called; `None` = the pack gives it no name of its own beside the form's title.
    pub fn form_title(&self, slug: &str, lang: &str) -> Option<&str> {
        let title = self.titles.iter().find(|t| t.slug == slug)?;
        Some(super::pick(lang, &title.label, &title.label_en))
    }

    /// The points of a text that is read out (`privacy`), in order.
    pub fn notice(&self, id: &str) -> impl Iterator<Item = &NoticePoint> {
        let id = id.to_owned();
        self.notices.iter().filter(move |p| p.notice == id)
    }

    /// A parameter on a day; `None` = unknown (no row, or a slot the county has not filled).
    pub fn param(&self, key: &str, on: NaiveDate) -> Option<&Param> {
        self.params.on(key, on)
    }

    /// All parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// A code list in order, closed codes included; empty when unknown.
    pub fn codes(&self, list: &str) -> &[Code] {
        self.codes.list(list)
    }

    /// The label of a code; `lang` `en…` = English, else Chinese.
    pub fn label(&self, list: &str, code: &str, lang: &str) -> Option<&str> {
        self.codes.get(list, code).map(|c| c.label_in(lang))
    }

    /// Every code of every list.
    pub fn all_codes(&self) -> impl Iterator<Item = &Code> {
        self.codes.all()
    }

    /// `rules.csv`, compiled.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// `checks.csv`, compiled.
    pub fn checks(&self) -> &[Rule] {
        &self.checks
    }

    /// The tables for `pulldata` by file stem: `params` as in force on the day, `codes`, and the pack's own tables.
    pub fn externals(&self, on: NaiveDate) -> Externals {
        self.day(on).env.externals.clone()
    }

    pub(super) fn day(&self, on: NaiveDate) -> Arc<Day> {
        let mut last = self.day.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref().filter(|d| d.on == on) {
            Some(day) => day.clone(),
            None => {
                let day = Arc::new(Day::new(self, on, self.names.clone()));
                *last = Some(day.clone());
                day
            }
        }
    }

    /// The phases as written.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// The phase the campaign is in: of those that hold, the first that has begun by name of a date, else the first
    /// still to end. `None` after the last.
    pub fn phase_on(&self, on: NaiveDate) -> Option<&Phase> {
        let holding = || self.phases.iter().filter(|p| p.holds(on));
        holding().find(|p| p.from.is_some()).or_else(|| holding().next())
    }

    /// First day of the campaign: the earliest phase that has one, else the day the pack is valid from. Visits before
    /// it are not of this campaign.
    pub fn campaign_from(&self) -> Option<NaiveDate> {
        self.phases.iter().filter_map(|p| p.from).min().or_else(|| self.manifest.valid_from_day())
    }

    /// 附件1-1 and 1-2.
    pub fn checklist(&self) -> &[ChecklistItem] {
        &self.checklist
    }

    /// The steps of a kind of case, in order.
    pub fn route(&self, case: &str) -> impl Iterator<Item = &Step> {
        let case = case.to_owned();
        self.steps.iter().filter(move |s| s.case == case)
    }

    /// What a title may do; `None` = nothing.
    pub fn permits(&self, title: Title) -> Option<&TitlePermits> {
        self.permits.iter().find(|t| t.title == title)
    }

    /// The same pack with other phases (the columns of `phases.csv`): a county may set its own dates.
    /// The hash changes with them, so that phones take the new dates like any new version.
    pub fn with_phases(&self, csv: Vec<u8>) -> Result<Pack, Faults> {
        let mut files = self.files.clone();
        files.insert("phases.csv".into(), csv);
        Pack::from_files(files)
    }

    /// `phases.csv` with every date moved by so many days; for [`Pack::with_phases`] (demo, a delayed campaign).
    pub fn phases_shifted(&self, days: i64) -> Vec<u8> {
        let shift = |d: Option<NaiveDate>| d.and_then(|d| shifted(d, days)).map(|d| d.to_string()).unwrap_or_default();
        let mut out = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = out.write_record(["id", "label", "label_en", "from", "to", "flag", "source", "note", "note_en"]);
        for p in &self.phases {
            let (from, to) = (shift(p.from), shift(p.to));
            let row = [&p.id, &p.label, &p.label_en, &from, &to, &p.flag, &p.source, &p.note, &p.note_en];
            let _ = out.write_record(row.map(String::as_bytes));
        }
        out.into_inner().unwrap_or_default()
    }

    /// The 12 whole calendar months before the month of the visit (往前推12个月; parameter `income_window`):
    /// first and last day. `None` when the parameter is unknown.
    pub fn income_window(&self, visit: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        use chrono::{Datelike, Months};
        let months: u32 = self.param("income_window", visit)?.value.parse().ok()?;
        let month = NaiveDate::from_ymd_opt(visit.year(), visit.month(), 1)?;
        Some((month.checked_sub_months(Months::new(months))?, month.pred_opt()?))
    }
}

fn shifted(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(by) } else { date.checked_add_days(by) }
}

fn sheet(files: &Files, name: &str, faults: &mut Faults) -> Option<Sheet> {
    files.get(name).map(|bytes| Sheet::read(name, bytes, faults))
}

fn tables(files: &Files, faults: &mut Faults) -> HashMap<String, Arc<Table>> {
    let mut out = HashMap::new();
    for (name, bytes) in files {
        let Some(stem) = name.strip_suffix(".csv").filter(|s| !s.contains('/')) else { continue };
        if !SHEETS.contains(&name.as_str()) {
            let sheet = Sheet::read(name, bytes, faults);
            let rows = sheet.rows.into_iter().map(|(_, cells)| cells).collect();
            out.insert(stem.to_owned(), Arc::new(Table::new(sheet.columns, rows)));
        }
    }
    out
}
