//! What the change of a form means for an open visit: what its writer is told once, and may look up again.

use super::running::{Running, Touched, was_called};
use crate::xlsform::{NodeId, ViolationKind};

/// Why a question is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// its type is another, which cannot hold what was answered: to be answered again
    Type,
    /// a choice that was ticked is gone: to be answered again
    Choice,
    /// what was answered does not meet the form's condition (any more)
    Constraint,
    /// it was not asked before
    New,
    /// it is computed in another way; the person's word stands
    Computed,
    /// no longer asked; the answer is kept
    Gone,
    /// answered anew since; the former answer is kept
    Replaced,
}

/// One thing to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormChange {
    pub why: Why,
    /// where in this form
    pub node: Option<NodeId>,
    /// path it was answered at, in whatever form
    pub path: String,
    /// name of the question
    pub name: String,
    /// what was answered, as stored
    pub text: String,
    /// nothing is left to do about it
    pub done: bool,
}

impl Running {
    /// What the change of the form means here, what is to be done first.
    pub fn changes(&self) -> Vec<FormChange> {
        if !self.versions.changed() {
            return Vec::new();
        }
        let mut all = self.to_be_answered_again();
        all.extend(self.newly_asked());
        all.extend(self.computed_otherwise());
        all.extend(self.no_longer_asked());
        all
    }

    fn at(&self, why: Why, node: NodeId, text: &str, done: bool) -> FormChange {
        let path = self.instance.path(node);
        FormChange {
            why,
            node: Some(node),
            path,
            name: self.instance.question(node).name.clone(),
            text: text.to_owned(),
            done,
        }
    }

    fn to_be_answered_again(&self) -> Vec<FormChange> {
        let mut out = Vec::new();
        for retired in self.retired.iter().filter(|r| !r.is_replaced()) {
            if let Some(node) = self.asked_at(&retired.path) {
                let mut change = self.at(Why::Type, node, &retired.text, false);
                change.path.clone_from(&retired.path);
                out.push(change);
            }
        }
        for node in self.instance.walk() {
            if self.touched(node) == Touched::No || !self.instance.relevant(node) {
                continue;
            }
            let strange = self.instance.strange(node);
            if self.was_a_choice(node) {
                out.push(self.at(Why::Type, node, self.instance.value(node), false));
            } else if !strange.is_empty() {
                out.push(self.at(Why::Choice, node, &strange.join(" "), false));
            } else if self.instance.violation(node).is_some_and(|v| v.kind == ViolationKind::Constraint) {
                out.push(self.at(Why::Constraint, node, self.instance.value(node), false));
            }
        }
        out
    }

    /// Whether a field that is no choice now holds what was a choice: a code, which says little there.
    fn was_a_choice(&self, node: NodeId) -> bool {
        let question = self.instance.question(node);
        let Some(old) = self.versions.old().filter(|_| !question.kind.has_choices()) else { return false };
        let Some(was) = old.find(&question.name).map(|id| old.question(id)) else { return false };
        let list = was.list.and_then(|at| old.lists.get(at));
        let value = self.instance.value(node);
        !value.is_empty() && list.is_some_and(|l| value.split_whitespace().all(|code| l.index.contains_key(code)))
    }

    /// The question at which a retired answer would be given again.
    pub(super) fn asked_at(&self, path: &str) -> Option<NodeId> {
        let node = self.locate(path.split_once('~').map_or(path, |(path, _)| path))?;
        let question = self.instance.question(node);
        let computed = question.calculation.is_some() && !question.overridable;
        (question.kind.is_answered() && question.kind.is_visible() && !computed).then_some(node)
    }

    fn newly_asked(&self) -> Vec<FormChange> {
        let Some(old) = self.versions.old() else { return Vec::new() };
        let was_there = |name: &str| old.iter().any(|(_, q)| q.name == name);
        let mut seen = Vec::new();
        let mut out = Vec::new();
        for node in self.instance.walk() {
            let question = self.instance.question(node);
            let id = self.instance.id(node);
            let asked = question.kind.is_answered() && question.kind.is_visible() && self.instance.relevant(node);
            let before = was_there(&question.name) || old.iter().any(|(_, q)| was_called(question, &q.name));
            if !asked || before || self.instance.readonly(node) || seen.contains(&id) {
                continue;
            }
            seen.push(id);
            // What may stay empty is not left to do.
            let said = !self.instance.value(node).is_empty() || !self.instance.required(node);
            let done = said && self.instance.violation(node).is_none();
            out.push(self.at(Why::New, node, "", done));
        }
        out
    }

    fn computed_otherwise(&self) -> Vec<FormChange> {
        let Some(old) = self.versions.old() else { return Vec::new() };
        let mut out = Vec::new();
        for node in self.instance.walk().into_iter().filter(|n| self.instance.is_overridden(*n)) {
            let question = self.instance.question(node);
            let source = |q: &crate::xlsform::Question| q.calculation.as_ref().map(|c| c.source.clone());
            let before = old.find(&question.name).map(|id| source(old.question(id)));
            if before.is_some_and(|b| b != source(question)) {
                out.push(self.at(Why::Computed, node, self.instance.value(node), true));
            }
        }
        out
    }

    fn no_longer_asked(&self) -> Vec<FormChange> {
        let gone = self.retired.iter().filter(|r| r.is_replaced() || self.asked_at(&r.path).is_none());
        let change = |r: &super::running::Retired| FormChange {
            why: if r.is_replaced() { Why::Replaced } else { Why::Gone },
            node: self.asked_at(&r.path),
            path: r.path.clone(),
            name: r.name.clone(),
            text: r.text.clone(),
            done: true,
        };
        gone.map(change).collect()
    }
}
