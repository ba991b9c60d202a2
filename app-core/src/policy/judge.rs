//! The rules over one household on one day. Computed judgements are proposals that explain themselves; a rule whose
//! facts are missing answers *unknown* and says what is missing, it never says no.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};

use super::facts::Facts;
use super::pack::Pack;
use super::params::Param;
use super::rule::{FindingKind, Rule, Severity};
use super::template::{Number, Numbers};
use super::view::View;
use crate::xlsform::expr::Value as ExprValue;
use crate::xlsform::{Num, Tree};

/// What the rules say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Judgement {
    /// what is so, in the order of the rows
    pub findings: Vec<Finding>,
    /// what cannot be said yet; a rule that is true in one way is not listed for its other ways
    pub unknown: Vec<Unknown>,
    /// the forms that apply, in the order of the rows, each once
    pub forms: Vec<FormFor>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// id of the rule or check
    pub rule: String,
    /// paragraph of the notice
    pub paragraph: String,
    /// kind of thing said
    pub kind: FindingKind,
    /// Chinese words with the numbers in them
    pub words: String,
    /// English words; empty when the pack has none
    pub words_en: String,
    /// the numbers that made it true
    pub numbers: Map<String, Value>,
    /// parameters it rests on that nobody official has confirmed
    pub provisional: Vec<String>,
    /// code of list `risk`, with kind risk
    pub risk_kind: Option<String>,
    /// paths it points at (checks)
    pub fields: Vec<String>,
    /// only checks
    pub severity: Option<Severity>,
}

/// A rule that lacks facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// id of the rule or check
    pub rule: String,
    /// the entries of `needs` that are not known, each once
    pub missing: Vec<String>,
}

/// A form that applies to the household, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormFor {
    /// slug
    pub slug: String,
    /// Chinese reason
    pub why: String,
    /// English reason
    pub why_en: String,
    /// paragraph of the notice
    pub paragraph: String,
    /// may be filled, need not
    pub optional: bool,
    /// a visit with this form was finished this campaign
    pub done: bool,
}

/// Judges a household by `rules.csv`.
pub fn judge(pack: &Pack, facts: &Facts, on: NaiveDate) -> Judgement {
    judge_json(pack, &json(facts), on)
}

/// The same over facts as JSON (the input of `ruhu pack judge`), where a fact that is not there differs from an empty
/// list. Any JSON is taken; what is not a fact is not seen.
pub fn judge_json(pack: &Pack, facts: &Value, on: NaiveDate) -> Judgement {
    run(pack, pack.rules().iter(), facts, on)
}

/// A household known only by its standing has a base too, where the standing says which.
fn with_base(facts: &Value) -> Cow<'_, Value> {
    let Some(profile) = facts.get("profile").and_then(Value::as_object) else { return Cow::Borrowed(facts) };
    let standing = profile.get("standing").and_then(Value::as_str);
    if super::needs::is_known(profile.get("base")) || !matches!(standing, Some("ordinary" | "lifted")) {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.clone();
    if let Some(Value::Object(profile)) = facts.get_mut("profile") {
        profile.insert("base".to_owned(), Value::from(standing));
    }
    Cow::Owned(facts)
}

/// Runs `checks.csv` over a household: what to correct while the person who knows is still there.
pub fn check(pack: &Pack, facts: &Facts, on: NaiveDate) -> Judgement {
    run(pack, pack.checks().iter(), &json(facts), on)
}

/// Only the `form` rows, for lists that ask nothing else of each household.
pub(super) fn forms(pack: &Pack, facts: &Facts, on: NaiveDate) -> Vec<FormFor> {
    run(pack, pack.rules().iter().filter(|r| r.form.is_some()), &json(facts), on).forms
}

/// Facts of a household file as JSON. The file is the whole truth about lists and about the support plan: where it
/// holds none, there is none (an allowance or a dwelling that nobody recorded stays unknown).
pub(super) fn json(facts: &Facts) -> Value {
    // Facts are plain data with text keys: this cannot fail.
    let mut json = serde_json::to_value(facts).unwrap_or_default();
    if let Some(Value::Object(profile)) = json.get_mut("profile") {
        profile.entry("plan").or_insert_with(|| Value::Object(Map::new()));
    }
    json
}

fn run<'r>(pack: &Pack, rules: impl Iterator<Item = &'r Rule>, facts: &Value, on: NaiveDate) -> Judgement {
    let day = pack.day(on);
    let facts = with_base(facts);
    let view = View::new(&facts, &day);
    let tree = view.tree();
    let mut out = Judgement::default();
    // Rows of one id are alternatives: one that is true answers for the id.
    let mut answered: BTreeSet<&str> = BTreeSet::new();
    for rule in rules {
        if one(rule, &view, &tree, &mut out) {
            answered.insert(&rule.id);
        }
    }
    out.unknown.retain(|u| !answered.contains(u.rule.as_str()));
    out
}

/// Runs one row; whether it is true.
fn one(rule: &Rule, view: &View<'_>, tree: &Tree, out: &mut Judgement) -> bool {
    if let Some(standings) = &rule.applies {
        match view.standing {
            Some(standing) if !standings.contains(&standing) => return false,
            Some(_) => {}
            // Whether it applies is itself not known.
            None => return unknown(rule, vec!["profile/base".to_owned()], out),
        }
    }
    let missing: Vec<String> = rule.needs.iter().filter(|n| !n.known(view)).map(|n| n.written.clone()).collect();
    if !missing.is_empty() {
        return unknown(rule, missing, out);
    }
    if !rule.when.eval_bool(tree, tree.root(), &view.day.env) {
        return false;
    }
    let numbers = numbers(rule, view, tree);
    let provisional: Vec<&Param> = rule.params().filter_map(|key| view.day.provisional(key)).collect();
    let (words, words_en) = said(rule, &numbers, &provisional);
    match &rule.form {
        Some(form) => {
            let done = view.asked.contains_key(form.slug.as_str());
            add_form(
                out,
                FormFor {
                    slug: form.slug.clone(),
                    why: words,
                    why_en: words_en,
                    paragraph: rule.paragraph.clone(),
                    optional: form.optional,
                    done,
                },
            );
        }
        None => out.findings.push(Finding {
            rule: rule.id.clone(),
            paragraph: rule.paragraph.clone(),
            kind: rule.kind,
            words,
            words_en,
            numbers: numbers.json(),
            provisional: provisional.iter().map(|p| p.key.clone()).collect(),
            risk_kind: rule.risk_kind.clone(),
            fields: rule.fields.clone(),
            severity: rule.severity,
        }),
    }
    true
}

/// The words, Chinese and English; whoever reads them is told which figures nobody official has confirmed.
fn said(rule: &Rule, numbers: &Numbers, provisional: &[&Param]) -> (String, String) {
    let (mut words, mut words_en) = (rule.words.fill(numbers), rule.words_en.fill(numbers));
    if !provisional.is_empty() {
        let labels = |of: fn(&Param) -> &str| provisional.iter().map(|p| of(p)).collect::<Vec<_>>();
        words.push_str(&format!("（暂定标准：{}）", labels(|p| &p.label).join("、")));
        words_en.push_str(&format!(" (provisional: {})", labels(|p| &p.label_en).join(", ")));
    }
    (words, words_en)
}

/// A form stands once; required beats optional.
fn add_form(out: &mut Judgement, form: FormFor) {
    match out.forms.iter_mut().find(|f| f.slug == form.slug) {
        Some(there) if there.optional && !form.optional => *there = form,
        Some(_) => {}
        None => out.forms.push(form),
    }
}

fn unknown(rule: &Rule, missing: Vec<String>, out: &mut Judgement) -> bool {
    match out.unknown.iter_mut().find(|u| u.rule == rule.id) {
        Some(there) => {
            for path in missing {
                if !there.missing.contains(&path) {
                    there.missing.push(path);
                }
            }
        }
        None => out.unknown.push(Unknown { rule: rule.id.clone(), missing }),
    }
    false
}

fn numbers(rule: &Rule, view: &View<'_>, tree: &Tree) -> Numbers {
    let env = &view.day.env;
    let value = |expr: &crate::xlsform::expr::Expr| match expr.eval(tree, tree.root(), env) {
        ExprValue::Num(n) => Number::Num(n),
        ExprValue::Bool(b) => Number::Text(if b { "yes" } else { "no" }.to_owned()),
        ExprValue::Text(text) => of_text(&text),
        ExprValue::Nodes(_) => of_text(&expr.eval_text(tree, tree.root(), env)),
    };
    let values = rule.numbers.iter().map(|(name, expr)| (name.clone(), value(expr)));
    Numbers::new(values.collect(), &rule.words.money())
}

fn of_text(text: &str) -> Number {
    Num::parse(text).map_or_else(|| Number::Text(text.to_owned()), Number::Num)
}
