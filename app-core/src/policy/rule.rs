//! `rules.csv` and `checks.csv`: one row compiled. A row that cannot be compiled is a fault of the pack, by column.

use crate::told;
use serde::Serialize;

use super::fault::Faults;
use super::needs::Need;
use super::sheet::{Row, Sheet};
use super::template::Template;
use crate::domain::Standing;
use crate::xlsform::expr::{self, Axis, Expr, Path, Start, Step, Test};

/// Those of a rule come first; a check has two more.
const CHECK_COLUMNS: &[&str] = &[
    "id",
    "paragraph",
    "applies_to",
    "needs",
    "when",
    "finding",
    "risk_kind",
    "numbers",
    "title",
    "title_en",
    "words",
    "words_en",
    "severity",
    "fields",
];
const RULE_COLUMNS: &[&str] = CHECK_COLUMNS.split_at(12).0;
const REQUIRED: &[&str] = &["id", "applies_to", "when", "words"];

/// What kind of thing a finding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// a risk 风险
    Risk,
    /// a judgement a person confirms
    Proposal,
    /// compulsory
    Must,
    /// work to be done
    Due,
    /// can be opened
    May,
    /// must not be done
    Block,
    /// this form is to be filled
    Form,
    /// for statistics above the household
    Watch,
    /// a data-cleaning check that is not met
    Problem,
}

impl FindingKind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Risk, "risk"),
        (Self::Proposal, "proposal"),
        (Self::Must, "must"),
        (Self::Due, "due"),
        (Self::May, "may"),
        (Self::Block, "block"),
        (Self::Form, "form"),
        (Self::Watch, "watch"),
        (Self::Problem, "problem"),
    ];

    /// The code in `rules.csv`.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("problem", |(_, code)| code)
    }
}

/// How bad a problem found by a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// must be corrected
    Error,
    /// should be looked at
    Warning,
}

/// The form a `form` row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormOf {
    pub slug: String,
    pub optional: bool,
}

/// One row of `rules.csv` or `checks.csv`.
#[derive(Debug)]
pub struct Rule {
    /// row of the sheet
    pub row: u32,
    /// stable id; several rows may share it
    pub id: String,
    /// paragraph of the notice
    pub paragraph: String,
    /// kind of finding
    pub kind: FindingKind,
    /// code of list `risk`
    pub risk_kind: Option<String>,
    /// only checks
    pub severity: Option<Severity>,
    /// paths a check points at
    pub fields: Vec<String>,
    pub(super) form: Option<FormOf>,
    /// none = all
    pub(super) applies: Option<Vec<Standing>>,
    pub(super) needs: Vec<Need>,
    pub(super) when: Expr,
    pub(super) numbers: Vec<(String, Expr)>,
    /// what a list calls it, without numbers; empty in packs of before the column was there
    pub(super) title: String,
    /// English
    pub(super) title_en: String,
    pub(super) words: Template,
    pub(super) words_en: Template,
}

impl Rule {
    /// Whether what it says hangs on an open card; a rule that names no fact hangs on any.
    pub fn hangs_on(&self, open: &dyn Fn(&[&str]) -> bool) -> bool {
        self.needs.is_empty() || self.needs.iter().any(|n| n.hangs_on(open))
    }

    /// The parameters it needs, each once.
    pub(super) fn params(&self) -> impl Iterator<Item = &str> {
        let mut seen: Vec<&str> = Vec::new();
        for key in self.needs.iter().flat_map(Need::params) {
            if !seen.contains(&key) {
                seen.push(key);
            }
        }
        seen.into_iter()
    }

    /// What it is called over the households it speaks about, Chinese and English: its title, or what is left of its words
    /// without their numbers.
    pub fn heading(&self) -> (String, String) {
        let or = |title: &String, words: &Template| if title.is_empty() { words.heading() } else { title.clone() };
        (or(&self.title, &self.words), or(&self.title_en, &self.words_en))
    }

    /// Its condition and its numbers.
    pub(super) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.when).chain(self.numbers.iter().map(|(_, e)| e))
    }
}

/// Reads `rules.csv` (or `checks.csv`).
pub(super) fn read(sheet: &Sheet, checks: bool, faults: &mut Faults) -> Vec<Rule> {
    sheet.expect(if checks { CHECK_COLUMNS } else { RULE_COLUMNS }, REQUIRED, faults);
    sheet.rows().filter_map(|row| rule(row, checks, faults)).collect()
}

fn rule(row: Row<'_>, check: bool, faults: &mut Faults) -> Option<Rule> {
    let id = row.code("id", faults);
    let (kind, form) = finding(row, check, faults);
    let risk_kind = row.owned("risk_kind");
    if risk_kind.is_empty() == (kind == FindingKind::Risk) {
        row.fault(
            "risk_kind",
            told!("belongs to the finding risk, and only to it", "finding 为 risk 时必须填写，其他时候留空。"),
            faults,
        );
    }
    let numbers = numbers(row, faults);
    let words = template(row, "words", &numbers, faults);
    let words_en = template(row, "words_en", &numbers, faults);
    let needs = row.words("needs").iter().filter_map(|n| need(row, n, faults)).collect();
    let applies = applies(row, faults);
    let severity = severity(row, check, faults);
    let when = compile(row, "when", &row.required("when", faults), faults)?;
    Some(Rule {
        row: row.number,
        id,
        paragraph: row.owned("paragraph"),
        kind,
        risk_kind: Some(risk_kind).filter(|r| !r.is_empty()),
        severity,
        fields: row.words("fields"),
        form,
        applies,
        needs,
        when,
        numbers,
        title: row.owned("title"),
        title_en: row.owned("title_en"),
        words,
        words_en,
    })
}

fn finding(row: Row<'_>, check: bool, faults: &mut Faults) -> (FindingKind, Option<FormOf>) {
    let words = row.words("finding");
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    let form = |slug: &str, optional| (FindingKind::Form, Some(FormOf { slug: slug.to_owned(), optional }));
    match parts.as_slice() {
        [] if check => (FindingKind::Problem, None),
        ["form", slug] => form(slug, false),
        ["form", slug, "optional"] => form(slug, true),
        [word] if *word != "form" => match FindingKind::ALL.iter().find(|(_, w)| w == word) {
            Some((kind, _)) => (*kind, None),
            None => {
                row.fault("finding", told!("no such finding", "没有这种结论（finding）。"), faults);
                (FindingKind::Watch, None)
            }
        },
        _ => {
            row.fault(
                "finding",
                told!(
                    "write one word, or form and a slug (and optional)",
                    "应写一个词，或写“form 表名”（可加 optional）。"
                ),
                faults,
            );
            (FindingKind::Watch, None)
        }
    }
}

fn severity(row: Row<'_>, check: bool, faults: &mut Faults) -> Option<Severity> {
    match row.text("severity") {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        _ => {
            if check {
                row.fault("severity", told!("write error or warning", "应写 error 或 warning。"), faults);
            }
            None
        }
    }
}

fn applies(row: Row<'_>, faults: &mut Faults) -> Option<Vec<Standing>> {
    let words = row.words("applies_to");
    if words.iter().any(|w| w == "all") {
        return None;
    }
    if words.is_empty() {
        row.fault("applies_to", told!("write standings, or all", "应写农户类别，或写 all。"), faults);
    }
    let all = [Standing::Ordinary, Standing::Lifted, Standing::Monitored, Standing::Cleared];
    let standing = |word: &String| {
        let found = all.into_iter().find(|s| s.code() == word);
        if found.is_none() {
            row.fault("applies_to", told!("no such standing: {}", "没有这种农户类别：{}。", word), faults);
        }
        found
    };
    Some(words.iter().filter_map(standing).collect())
}

fn need(row: Row<'_>, written: &str, faults: &mut Faults) -> Option<Need> {
    Need::parse(written).map_err(|message| row.fault("needs", message, faults)).ok()
}

/// `name=expression; name=expression`; a `;` or `=` inside quotes belongs to the expression.
fn numbers(row: Row<'_>, faults: &mut Faults) -> Vec<(String, Expr)> {
    let mut out: Vec<(String, Expr)> = Vec::new();
    for part in split_unquoted(row.text("numbers"), ';') {
        if part.trim().is_empty() {
            continue;
        }
        let Some((name, text)) = part.split_once('=') else {
            row.fault(
                "numbers",
                told!("write name=expression; name=expression", "应写作 名称=公式; 名称=公式。"),
                faults,
            );
            continue;
        };
        let name = name.trim().to_owned();
        if name.is_empty() || out.iter().any(|(n, _)| *n == name) {
            row.fault(
                "numbers",
                told!("the name {} is empty or stands twice", "名称“{}”是空的，或出现了两次。", name),
                faults,
            );
        }
        if let Some(expr) = compile(row, "numbers", text.trim(), faults) {
            out.push((name, expr));
        }
    }
    out
}

fn split_unquoted(text: &str, at: char) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut quote) = (0usize, None);
    for (i, c) in text.char_indices() {
        match quote {
            Some(q) if q == c => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == at => {
                out.extend(text.get(start..i));
                start = i.saturating_add(c.len_utf8());
            }
            Some(_) | None => {}
        }
    }
    out.extend(text.get(start..));
    out
}

fn template(row: Row<'_>, column: &str, numbers: &[(String, Expr)], faults: &mut Faults) -> Template {
    let template = Template::new(row.text(column));
    for slot in template.slots() {
        if !numbers.iter().any(|(name, _)| name == slot) {
            row.fault(column, told!("{{{}}} is not among the numbers", "numbers 一列里没有 {{{}}}。", slot), faults);
        }
    }
    template
}

fn compile(row: Row<'_>, column: &str, text: &str, faults: &mut Faults) -> Option<Expr> {
    match expr::parse(text) {
        Ok(expr) => Some(from_root(expr)),
        Err(e) => {
            row.fault(column, e.told(), faults);
            None
        }
    }
}

/// `${members}` is a child of the root, so it is turned into `current()/members`: a child step instead of a walk over
/// the whole tree for each of 100,000 households.
fn from_root(expr: Expr) -> Expr {
    let all = |list: Vec<Expr>| list.into_iter().map(from_root).collect::<Vec<_>>();
    let steps =
        |list: Vec<Step>| list.into_iter().map(|s| Step { predicates: all(s.predicates), ..s }).collect::<Vec<_>>();
    match expr {
        Expr::Ref(name) if matches!(&*name, "members" | "measures" | "visits" | "cases") => Expr::Path(Path {
            start: Start::Current,
            steps: vec![Step { axis: Axis::Child, test: Test::Name(name), predicates: Vec::new() }],
        }),
        Expr::Path(p) => Expr::Path(Path { start: p.start, steps: steps(p.steps) }),
        Expr::Filter(mut f) => {
            f.base = from_root(f.base);
            f.predicates = all(f.predicates);
            f.steps = steps(f.steps);
            Expr::Filter(f)
        }
        Expr::Call(function, args) => Expr::Call(function, all(args)),
        Expr::Chain(first, rest) => {
            Expr::Chain(Box::new(from_root(*first)), rest.into_iter().map(|(op, e)| (op, from_root(e))).collect())
        }
        Expr::Negate(e) => Expr::Negate(Box::new(from_root(*e))),
        Expr::Number(_) | Expr::Text(_) | Expr::Ref(_) | Expr::Place(_) => expr,
    }
}
