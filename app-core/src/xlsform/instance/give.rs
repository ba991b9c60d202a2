//! What puts values in: a person, facts from elsewhere, triggers and computed defaults.

use super::{Change, Instance, Kind, NodeId, Refused};
use crate::xlsform::form::Setter;

impl Instance {
    /// Answers a question; empty text clears. Says what changed, the question itself included.
    pub fn set(&mut self, node: NodeId, text: &str) -> Result<Vec<Change>, Refused> {
        if self.readonly(node) {
            return Err(Refused::Readonly);
        }
        self.prefill(node, text)
    }

    /// As [`Instance::set`], for values that come from elsewhere: they may fill what a person cannot change.
    pub fn prefill(&mut self, node: NodeId, text: &str) -> Result<Vec<Change>, Refused> {
        let question = self.question(node);
        if question.kind.is_container() || self.states.get(node.at()).is_none() {
            return Err(Refused::Unknown);
        }
        if question.calculation.is_some() && !question.overridable {
            return Err(Refused::Computed);
        }
        let text = question.canonical(text)?;
        let overridable = question.overridable;
        if overridable && text.is_empty() {
            // Emptying an overridable answer gives it back to the system.
            return Ok(self.clear_override(node));
        }
        if let Some(state) = self.state_mut(node) {
            state.given = true;
        }
        if overridable {
            self.mark(node, |w| w.system = true);
        }
        self.put(node, text);
        Ok(self.finish_round())
    }

    /// Gives an overwritten question back to the system.
    pub fn clear_override(&mut self, node: NodeId) -> Vec<Change> {
        if self.question(node).overridable
            && let Some(state) = self.state_mut(node)
        {
            state.given = false;
            let system = state.system.clone().unwrap_or_default();
            self.mark(node, |w| w.system = true);
            self.put(node, system);
        }
        self.finish_round()
    }

    /// What the system says of an overridable question, overwritten or not.
    pub fn system_value(&self, node: NodeId) -> Option<&str> {
        self.state(node).system.as_deref()
    }

    /// Whether a person has overwritten the system's value.
    pub fn is_overridden(&self, node: NodeId) -> bool {
        self.question(node).overridable && self.state(node).given
    }
}

impl Instance {
    /// Runs the setters that a changed question triggers.
    pub(super) fn run_triggers(&mut self, source: NodeId) {
        let form = self.form.clone();
        let source_id = self.id(source);
        for target in form.graph.triggers.get(source_id.at()).into_iter().flatten() {
            let shared =
                form.trail(*target).into_iter().zip(form.trail(source_id)).take_while(|(a, b)| a == b).map(|(a, _)| a);
            let repeat = shared.filter(|q| form.question(*q).kind == Kind::Repeat).last();
            let within = repeat.and_then(|r| self.instance_around(source, r));
            for node in self.nodes_of(*target, within) {
                self.run_setters(node, |setter| setter.triggers.contains(&source_id));
            }
        }
    }

    /// Runs the setters of a node that are meant.
    pub(super) fn run_setters(&mut self, node: NodeId, meant: impl Fn(&Setter) -> bool) {
        if self.tree.hidden(node) {
            return;
        }
        let form = self.form.clone();
        let question = form.question(self.id(node));
        for setter in question.setters.iter().filter(|s| meant(s)) {
            let (text, numeric) = self.evaluate(node, question, &setter.formula);
            if let Some(state) = self.state_mut(node) {
                state.numeric = numeric;
            }
            self.put(node, text);
        }
    }
}
