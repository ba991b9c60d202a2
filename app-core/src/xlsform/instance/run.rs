//! Propagation: one changed node → everything that hangs on it, each formula once, in the order of the graph.

use super::{Change, Instance, NodeId, What};
use crate::xlsform::expr::{Expr, NodeRef, Value};
use crate::xlsform::form::{Form, Formula, Question, QuestionId, Shape, SlotKind};
use std::cmp::Reverse;
use std::sync::Arc;

/// Rounds of recomputation one answer may cause: more than any form needs, so that one that feeds itself stops.
const MAX_STEPS: usize = 2_000_000;
/// How often setters may trigger each other after one answer.
const MAX_TRIGGERS: usize = 1_000;

impl Instance {
    /// Recomputes everything from nothing but the answers; the result is the same, or there is a fault.
    pub fn recompute_all(&mut self) -> Vec<Change> {
        for node in self.walk() {
            self.push_own(node);
        }
        self.finish_round()
    }

    /// Stores a text and lets everything that hangs on it know.
    pub(super) fn put(&mut self, node: NodeId, text: String) {
        if self.question(node).kind.has_choices() {
            if self.kept(node) == text {
                return;
            }
            let shown = self.offered_part(node, &text);
            if let Some(state) = self.state_mut(node) {
                state.kept = (shown != text).then_some(text);
            }
            // What is kept may have changed where what is shown has not.
            self.mark(node, |w| w.validity = true);
            self.show(node, shown);
        } else {
            self.show(node, text);
        }
    }

    /// What was answered, offered now or not, asked now or not.
    pub fn kept(&self, node: NodeId) -> &str {
        self.state(node).kept.as_deref().unwrap_or_else(|| self.tree.raw_text(node))
    }

    pub(super) fn show(&mut self, node: NodeId, text: String) {
        if self.tree.raw_text(node) == text {
            return;
        }
        self.tree.set_text(node, text);
        self.changed_value(node);
    }

    fn changed_value(&mut self, node: NodeId) {
        self.mark(node, |w| w.value = true);
        self.fire(node);
        let triggers = self.form.graph.triggers.get(self.id(node).at()).is_some_and(|t| !t.is_empty());
        if triggers {
            self.triggered.push(node);
        }
    }

    /// Notes a change for the answer of this round.
    pub(super) fn mark(&mut self, node: NodeId, how: impl FnOnce(&mut What)) {
        let next = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        let Some(state) = self.states.get_mut(node.at()) else { return };
        let at = *state.changed.get_or_insert(next);
        if at == next {
            self.changes.push(Change { node, what: What::default() });
        }
        if let Some(change) = self.changes.get_mut(at as usize) {
            how(&mut change.what);
        }
    }

    pub(super) fn push(&mut self, slot: u32, node: NodeId) {
        self.queue.push(Reverse(u64::from(slot) << 32 | u64::from(node.0)));
    }

    /// Queues all formulas of one node.
    pub(super) fn push_own(&mut self, node: NodeId) {
        let form = self.form.clone();
        for slot in form.graph.own.get(self.id(node).at()).into_iter().flatten() {
            self.push(*slot, node);
        }
    }

    /// Queues what hangs on a node.
    pub(super) fn fire(&mut self, node: NodeId) {
        let form = self.form.clone();
        for edge in form.graph.edges.get(self.id(node).at()).into_iter().flatten() {
            let Some(slot) = form.graph.slots.get(edge.slot as usize) else { continue };
            if let Some(place) = form.question(slot.home).place {
                self.push(edge.slot, place);
                continue;
            }
            if slot.home == self.id(node) && edge.scope.is_some() && edge.scope == form.repeat_or_self(slot.home) {
                self.push(edge.slot, node);
                continue;
            }
            let within = edge.scope.and_then(|repeat| self.instance_around(node, repeat));
            for target in self.nodes_of(slot.home, within) {
                self.push(edge.slot, target);
            }
        }
    }

    /// The instance of a repeat that a node lies in (or is).
    pub(super) fn instance_around(&self, node: NodeId, repeat: QuestionId) -> Option<NodeId> {
        let mut at = Some(node);
        while let Some(n) = at {
            if self.tree.tag(n) == repeat.0 {
                return Some(n);
            }
            at = self.tree.parent(n);
        }
        None
    }

    /// Works until nothing is left, and hands over what changed.
    pub(super) fn finish_round(&mut self) -> Vec<Change> {
        self.work();
        let mut rounds = 0;
        while !self.beginning.is_empty() {
            // Computed defaults see what was computed before them, in the order of the form.
            for node in std::mem::take(&mut self.beginning) {
                self.run_setters(node, |setter| setter.triggers.is_empty());
                self.work();
            }
        }
        while let Some(source) = self.triggered.pop() {
            rounds += 1;
            if rounds > MAX_TRIGGERS {
                self.triggered.clear();
                break;
            }
            self.run_triggers(source);
            self.work();
        }
        self.check_validity();
        let changes = std::mem::take(&mut self.changes);
        for change in &changes {
            if let Some(state) = self.states.get_mut(change.node.at()) {
                state.changed = None;
            }
        }
        changes.into_iter().filter(|c| c.what != What::default()).collect()
    }

    pub(super) fn work(&mut self) {
        let form = self.form.clone();
        let mut last = None;
        let mut steps = 0usize;
        while let Some(Reverse(item)) = self.queue.pop() {
            // The same work queued twice comes out side by side.
            if last == Some(item) {
                continue;
            }
            last = Some(item);
            steps += 1;
            if steps > MAX_STEPS {
                self.queue.clear();
                return;
            }
            let (slot, node) = ((item >> 32) as u32, NodeId(item as u32));
            if let Some(found) = form.graph.slots.get(slot as usize) {
                self.compute(&form, found.question, found.kind, node);
            }
        }
    }

    fn compute(&mut self, form: &Arc<Form>, id: QuestionId, kind: SlotKind, node: NodeId) {
        let question = form.question(id);
        let truth = |this: &Self, formula: &Option<Formula>, absent: bool| {
            formula.as_ref().map_or(absent, |f| this.scope(node).eval_bool(&f.expr, Self::here(node)))
        };
        match kind {
            SlotKind::Count => self.recount(form, node, id),
            SlotKind::Relevant => {
                let relevant = truth(self, &question.relevant, true);
                self.set_relevant(node, relevant);
            }
            SlotKind::Calculation => self.calculate(node, question),
            SlotKind::Choices => self.refilter(node, question),
            SlotKind::Readonly => {
                let readonly = truth(self, &question.readonly, false);
                self.decide(node, readonly, |s| &mut s.readonly);
            }
            SlotKind::Required => {
                let required = truth(self, &question.required, false);
                self.decide(node, required, |s| &mut s.required);
            }
            SlotKind::Constraint => {
                let satisfied = truth(self, &question.constraint, true);
                if let Some(state) = self.state_mut(node) {
                    state.satisfied = satisfied;
                }
                self.mark(node, |_| {});
            }
            SlotKind::Words => self.mark(node, |w| w.words = true),
        }
    }

    fn decide(&mut self, node: NodeId, value: bool, which: fn(&mut super::State) -> &mut bool) {
        let Some(place) = self.state_mut(node).map(which) else { return };
        if *place != value {
            *place = value;
            self.mark(node, |w| w.validity = true);
        }
    }

    fn set_relevant(&mut self, node: NodeId, relevant: bool) {
        let Some(state) = self.state_mut(node) else { return };
        if state.relevant != relevant {
            state.relevant = relevant;
            let above = self.tree.parent(node).is_some_and(|p| self.tree.hidden(p));
            self.reveal(node, !above);
        }
    }

    /// Carries relevance down from a node whose surroundings are relevant or not.
    pub(super) fn reveal(&mut self, node: NodeId, above: bool) {
        let shown = above && self.state(node).relevant;
        if self.tree.hidden(node) != shown {
            return;
        }
        self.tree.set_hidden(node, !shown);
        self.mark(node, |w| w.relevance = true);
        if shown && let Some(slot) = self.form.graph.slot_of(self.id(node), SlotKind::Calculation) {
            self.push(slot, node);
        }
        if !self.tree.raw_text(node).is_empty() {
            self.changed_value(node);
        } else if self.question(node).kind.is_container() {
            self.fire(node);
        }
        for child in self.tree.children(node).to_vec() {
            self.reveal(child, shown);
        }
    }

    fn calculate(&mut self, node: NodeId, question: &Question) {
        // As ODK does, a value is computed only while it is relevant; it is computed when it becomes so.
        if self.tree.hidden(node) {
            return;
        }
        let Some(formula) = &question.calculation else { return };
        let (text, numeric) = self.evaluate(node, question, formula);
        let Some(state) = self.state_mut(node) else { return };
        state.numeric = numeric;
        if question.overridable {
            let changed = state.system.as_ref() != Some(&text);
            state.system = Some(text.clone());
            if state.given {
                if changed {
                    self.mark(node, |w| w.system = true);
                }
                return;
            }
        }
        if self.kept(node) == text {
            return;
        }
        self.put(node, text);
    }

    /// Evaluates a formula to stored text, and whether it gave a number.
    pub(super) fn evaluate(&self, node: NodeId, question: &Question, formula: &Formula) -> (String, bool) {
        let scope = self.scope(node);
        let value = scope.eval(&formula.expr, Self::here(node));
        let number = match &value {
            Value::Num(n) => Some(*n),
            _ => None,
        };
        let numeric = number.is_some()
            || matches!(&value, Value::Nodes(nodes) if nodes.first().is_some_and(|n| self.is_numeric(*n)));
        let text = scope.text(&value).into_owned();
        (question.computed(text, number), numeric)
    }

    fn is_numeric(&self, node: NodeRef) -> bool {
        node.list == 0
            && match self.question(node.node).shape {
                Shape::Integer | Shape::Decimal => true,
                Shape::Computed => self.state(node.node).numeric,
                _ => false,
            }
    }

    /// Sees which of the changed nodes became violated or stopped to be.
    fn check_validity(&mut self) {
        let mut i = 0;
        while let Some(node) = self.changes.get(i).map(|c| c.node) {
            i += 1;
            let now = self.violation_kind(node);
            let Some(state) = self.state_mut(node) else { continue };
            if state.violated != now {
                state.violated = now;
                self.mark(node, |w| w.validity = true);
            }
        }
    }

    /// Evaluates an outside expression at a node, as the form's own are.
    pub fn evaluate_at(&self, node: NodeId, expr: &Expr) -> String {
        self.scope(node).eval_text(expr, Self::here(node)).into_owned()
    }
}
