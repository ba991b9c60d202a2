//! The versions of a form that a visit goes through while it is open (2-forms.md "A visit"): it pins the one it was filled
//! with, and a newer one that is published meanwhile takes it over, with what was answered.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::packs::version_and_pack;
use super::running::Running;
use crate::document::VisitFile;
use crate::error::Result;
use crate::policy::Pack;
use crate::storage::journal::OpenVisit;
use crate::wire::message::PACK_NAME;
use crate::xlsform::Form;

/// The key of [`OpenVisit::more`] it is kept under.
const KEY: &str = "forms";

/// What a row of the journal knows of the versions before the one in its `form_version` and `pack`. A version is named as
/// visits name it: `2023051501@1a2b3c4d5e6f`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Lineage {
    /// it was filled with, oldest first
    pub(super) before: Vec<String>,
    /// the one its writer knows, where that is not the one it was last filled with
    pub(super) known: Option<String>,
    /// the one its writer knew before the change was last acknowledged
    pub(super) told_from: Option<String>,
}

/// The versions of the form that a running visit went through.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// the version its writer knew before the last change
    pub from: String,
    /// that version's form, where its pack is at hand
    pub(super) old: Option<Arc<Form>>,
    /// the form is another than that one
    pub(super) changed: bool,
    /// the form is another than the one it was last filled with
    pub(super) moves: bool,
    /// the writer has seen what changed
    pub(super) acknowledged: bool,
    /// every form it was filled with that is at hand, newest first
    pub(super) earlier: Vec<Arc<Form>>,
    /// their packs
    packs: Vec<Arc<Pack>>,
    /// packs it was filled with that are not at hand
    lacking: Vec<String>,
}

impl Versions {
    /// The form its writer knew before the last change, where its pack is at hand.
    pub fn old(&self) -> Option<&Form> {
        self.old.as_deref()
    }

    /// Whether the form has changed since its writer knew it, acknowledged or not.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// Whether the writer has seen what changed.
    pub fn acknowledged(&self) -> bool {
        self.acknowledged
    }

    /// Every form it was filled with that is at hand, newest first.
    pub fn earlier(&self) -> &[Arc<Form>] {
        &self.earlier
    }

    /// What a choice was called that a question took from a table, in the first of those forms that has it; `None` = in none.
    pub fn in_table(&self, question: &str, code: &str, on: NaiveDate) -> Option<String> {
        let all = self.earlier.iter().zip(&self.packs);
        let label = |(form, pack): (&Arc<Form>, &Arc<Pack>)| {
            let question = form.question(form.find(question)?);
            let column =
                |key: &str, usual: &str| question.parameters.get(key).map_or_else(|| usual.to_owned(), Clone::clone);
            let tables = pack.externals(on);
            let table = tables.get(question.file.as_deref()?)?;
            table.only(&column("label", "label"), &column("value", "name"), code).map(ToString::to_string)
        };
        all.filter_map(label).find(|l| !l.is_empty())
    }

    /// Whether a pack that was lacking is at hand now: what is shown of former answers can be said in its words.
    pub(super) fn gained(&self, app: &App) -> Result<bool> {
        for name in &self.lacking {
            if app.pack_or_want(name)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a row's pack (a hash, or the beginning of one) is the pack of this hash.
fn is_pack(name: &str, hash: &str) -> bool {
    name == hash || (name.len() >= PACK_NAME && hash.starts_with(name))
}

/// How visits name a version.
pub(super) fn named(version: &str, pack: &str) -> String {
    format!("{version}@{}", pack.get(..PACK_NAME).unwrap_or(pack))
}

impl OpenVisit {
    pub(super) fn lineage(&self) -> Lineage {
        self.more.get(KEY).cloned().and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default()
    }

    pub(super) fn of_lineage(mut self, lineage: &Lineage) -> Self {
        let mut more = self.more.as_object().cloned().unwrap_or_default();
        more.insert(KEY.to_owned(), serde_json::to_value(lineage).unwrap_or_default());
        self.more = more.into();
        self
    }

    /// The row of a visit that is taken up from the file: it stands at the version it was last filled with.
    pub(super) fn at_version_of(self, before: &VisitFile) -> Self {
        let (version, pack) = version_and_pack(before.form_version.as_deref().unwrap_or_default());
        let pack = if is_pack(pack, &self.pack) { self.pack.clone() } else { pack.to_owned() };
        let lineage = Lineage { before: before.earlier_forms.clone(), ..Lineage::default() };
        Self { form_version: version.to_owned(), pack, ..self }.of_lineage(&lineage)
    }
}

/// A table that is no part of a form: what is computed from a parameter is computed anew, nothing is asked otherwise.
const PARAMS: &str = "params";

/// Whether two packs have the same form under a slug, the tables it names included.
fn same_form(a: &Pack, b: &Pack, slug: &str) -> bool {
    let folder = format!("forms/{slug}/");
    let tables = |p: &Pack| p.form(slug).map(|f| f.tables.clone()).unwrap_or_default();
    let mut named: Vec<String> = tables(a).into_iter().chain(tables(b)).filter(|t| t != PARAMS).collect();
    named.iter_mut().for_each(|table| table.push_str(".csv"));
    let of = |p: &Pack| -> Vec<(String, Vec<u8>)> {
        let inside = p.files().iter().filter(|(path, _)| path.starts_with(&folder) || named.contains(path));
        inside.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    of(a) == of(b)
}

impl App {
    /// What an open visit went through, for a form of this pack.
    pub(super) fn versions_of(&self, open: &OpenVisit, pack: &Pack, form: &Form) -> Result<Versions> {
        let (hash, lineage) = (hex::encode(pack.hash()), open.lineage());
        let last = named(&open.form_version, &open.pack);
        let now = named(&form.version, &hash);
        let known = lineage.known.clone().unwrap_or_else(|| last.clone());
        let acknowledged = known == now && lineage.told_from.is_some();
        let from = if acknowledged { lineage.told_from.clone().unwrap_or_default() } else { known };
        let differs = |version: &str| -> Result<(bool, Option<Arc<Form>>)> {
            let (number, name) = version_and_pack(version);
            if is_pack(name, &hash) {
                return Ok((false, None));
            }
            Ok(match self.pack_or_want(name)? {
                Some(old) => (!same_form(&old, pack, &open.form), old.form(&open.form)),
                None => (number != form.version, None),
            })
        };
        let (changed, old) = differs(&from)?;
        let moves = differs(&last)?.0;
        let (mut earlier, mut packs, mut lacking) = (Vec::new(), Vec::new(), Vec::new());
        if changed || moves || !lineage.before.is_empty() {
            for version in std::iter::once(&last).chain(lineage.before.iter().rev()) {
                let name = version_and_pack(version).1;
                if is_pack(name, &hash) {
                    continue;
                }
                let Some(pack) = self.pack_or_want(name)? else {
                    lacking.push(name.to_owned());
                    continue;
                };
                if let Some(form) = pack.form(&open.form) {
                    earlier.push(form);
                    packs.push(pack);
                }
            }
        }
        let from = version_and_pack(&from).0.to_owned();
        Ok(Versions { from, old, changed, moves, acknowledged, earlier, packs, lacking })
    }

    /// The writer has seen what the change of the form means for this visit. It can be looked at again.
    pub fn changes_seen(&self, visit: &str) -> Result<()> {
        self.visit(visit, |running| {
            if !running.migrated() {
                return Ok(());
            }
            let open = &running.open;
            let mut lineage = open.lineage();
            let last = named(&open.form_version, &open.pack);
            lineage.told_from = Some(lineage.known.unwrap_or(last));
            lineage.known = Some(running.version());
            let open = open.clone().of_lineage(&lineage);
            self.transact(|tx| tx.write_visit(&open))?;
            running.versions.acknowledged = true;
            running.open = open;
            Ok(())
        })
    }
}

impl Running {
    /// The version it is filled with now.
    pub(super) fn version(&self) -> String {
        named(&self.form.version, &hex::encode(self.pack.hash()))
    }

    /// The row once something is written with this form.
    pub(super) fn moved_on(&self) -> OpenVisit {
        let hash = hex::encode(self.pack.hash());
        if is_pack(&self.open.pack, &hash) {
            return self.open.clone();
        }
        let last = named(&self.open.form_version, &self.open.pack);
        let mut lineage = self.open.lineage();
        if self.versions.moves && lineage.before.last() != Some(&last) {
            lineage.before.push(last.clone());
        }
        if lineage.known.is_none() && self.versions.changed {
            lineage.known = Some(last);
        }
        OpenVisit { form_version: self.form.version.clone(), pack: hash, ..self.open.clone() }.of_lineage(&lineage)
    }
}
