//! `visit.checks`: what the checks say, at the field concerned. A contradiction is said where one of its answers stands; a
//! gap waits for the finish page, or the form would be red before it is begun.

use super::finish::finding;
use super::views::{FieldCheck, FindingView, VisitRequest};
use crate::error::Result;
use crate::policy::Finding;
use crate::service::App;
use crate::service::visit::Running;
use crate::xlsform::{NodeId, binding};

/// Names in a finding's words are joined so (`checks.csv`).
const BETWEEN_NAMES: char = '、';

pub(super) fn view(app: &App, ask: VisitRequest) -> Result<Vec<FieldCheck>> {
    super::with_say(app, |say| {
        app.visit_checks(&ask.visit, |form, findings| {
            let said: Vec<(&Finding, FindingView)> = findings.iter().map(|f| (f, finding(say, f))).collect();
            lines(form, &said)
        })
    })
}

/// A line for each answer that a finding concerns.
pub(super) fn lines(form: &Running, said: &[(&Finding, FindingView)]) -> Vec<FieldCheck> {
    let mut out = Vec::new();
    for node in form.instance().walk() {
        for (found, view) in said.iter().filter(|(f, _)| concerns(form, node, f)) {
            out.push(FieldCheck {
                path: form.instance().path(node),
                rule: found.rule.clone(),
                words: view.words.clone(),
                severity: view.severity.clone(),
            });
        }
    }
    out
}

/// Whether a finding points at what was answered here.
fn concerns(form: &Running, node: NodeId, finding: &Finding) -> bool {
    let instance = form.instance();
    let question = instance.question(node);
    if question.kind.is_container() || !question.kind.is_visible() || !instance.relevant(node) {
        return false;
    }
    if instance.value(node).is_empty() {
        return false;
    }
    let fact = binding::fact_of(instance, node);
    let answer = |field: &str| field.strip_prefix("now/answers/").is_some_and(|q| *q == *question.name);
    let points = |field: &String| fact == Some(field.as_str()) || answer(field);
    finding.fields.iter().any(points) && names(form, node, finding)
}

/// A finding that names members concerns only their fields.
fn names(form: &Running, node: NodeId, finding: &Finding) -> bool {
    let Some(who) = finding.numbers.get("who").and_then(|w| w.as_str()) else { return true };
    let Some(member) = form.instance_around(node) else { return true };
    let instance = form.instance();
    let inside = instance.tree().descendants(member);
    let name = inside.into_iter().find(|n| binding::fact_of(instance, *n) == Some("members/*/name"));
    name.is_some_and(|n| who.split(BETWEEN_NAMES).any(|w| w == instance.value(n)))
}
