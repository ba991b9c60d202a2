//! The pack's forms: `forms/<slug>/{survey,choices,settings}.csv`, compiled when first asked for and kept.

use crate::told;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::fault::Faults;
use super::files::Files;
use super::pack::Pack;
use super::rule::Rule;
use super::sheet::Sheet;
use crate::xlsform::workbook::{self, Workbook};
use crate::xlsform::{Form, form};

type Compiled = OnceLock<Result<Arc<Form>, Faults>>;

/// Forms by slug.
#[derive(Debug, Default)]
pub(super) struct Forms {
    by_slug: BTreeMap<String, Compiled>,
}

impl Forms {
    pub fn new(slugs: &[String]) -> Forms {
        Forms { by_slug: slugs.iter().map(|s| (s.clone(), Compiled::new())).collect() }
    }
}

impl Pack {
    /// A form of the pack, compiled once and shared; `None` when the pack has no such form or it is faulty
    /// ([`Pack::inspect`] says why).
    pub fn form(&self, slug: &str) -> Option<Arc<Form>> {
        self.compiled(slug)?.as_ref().ok().cloned()
    }

    fn compiled(&self, slug: &str) -> Option<&Result<Arc<Form>, Faults>> {
        Some(self.forms.by_slug.get(slug)?.get_or_init(|| compile(&self.files, slug)))
    }

    /// What loading does not look at, because it costs time: compiles every form. A server runs this before it
    /// publishes a pack.
    pub fn inspect(&self) -> Faults {
        let mut faults = Faults::default();
        for slug in self.slugs() {
            if let Some(Err(found)) = self.compiled(slug) {
                faults.extend(found.clone());
            }
        }
        faults
    }

    /// Answers that rules and checks need and no form asks for: not a fault (a form may follow), but such a rule
    /// stays *unknown* for everybody.
    pub fn unasked(&self) -> Faults {
        let mut out = Faults::default();
        self.questions("rules.csv", self.rules(), &mut out);
        self.questions("checks.csv", self.checks(), &mut out);
        out
    }

    fn questions(&self, file: &str, rules: &[Rule], faults: &mut Faults) {
        let forms: Vec<Arc<Form>> = self.slugs().iter().filter_map(|s| self.form(s)).collect();
        let asked = |question: &str| forms.iter().any(|f| f.iter().any(|(_, q)| &*q.name == question));
        for rule in rules {
            for question in rule.needs.iter().flat_map(super::needs::Need::answers) {
                if !asked(question) {
                    faults.add(
                        file,
                        rule.row,
                        "needs",
                        told!("no form asks {}", "没有表单询问 {}，用到它的规则无法判断。", question),
                    );
                }
            }
        }
    }
}

fn compile(files: &Files, slug: &str) -> Result<Arc<Form>, Faults> {
    let mut faults = Faults::default();
    let folder = format!("forms/{slug}/");
    let mut book = Workbook::default();
    for (path, bytes) in files {
        let Some(name) = path.strip_prefix(&folder).and_then(|n| n.strip_suffix(".csv")) else { continue };
        book.sheets.push(sheet(name, Sheet::read(path, bytes, &mut faults)));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    form::compile(&book, slug).map(Arc::new).map_err(|problems| {
        for p in problems.errors {
            faults.add(
                &format!("{folder}{}.csv", p.sheet),
                p.row.unwrap_or_default(),
                &p.column.unwrap_or_default(),
                p.message,
            );
        }
        faults
    })
}

fn sheet(name: &str, sheet: Sheet) -> workbook::Sheet {
    let rows = sheet.rows.into_iter().map(|(number, cells)| workbook::Row { number, cells }).collect();
    workbook::Sheet { name: name.to_owned(), columns: sheet.columns, rows }
}
