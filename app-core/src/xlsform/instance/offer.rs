//! Which choices a question offers, and in which order: filtered, drawn from answers, shuffled.

use super::{Instance, NodeId};
use crate::xlsform::expr::functions::nodes;
use crate::xlsform::expr::{Here, NodeRef, Value};
use crate::xlsform::form::Question;
use crate::xlsform::num::Num;

impl Instance {
    /// Which choices are offered now; what was chosen is shown while it is among them.
    pub(super) fn refilter(&mut self, node: NodeId, question: &Question) {
        let (drawn, offered) = match question.drawn {
            Some(_) => (self.draw(node, question), None),
            None => match self.filtered(node, question) {
                None => return,
                offered => (Vec::new(), offered),
            },
        };
        let Some(state) = self.states.get_mut(node.at()) else { return };
        if state.offered == offered && state.drawn == drawn {
            return;
        }
        (state.offered, state.drawn) = (offered, drawn);
        self.mark(node, |w| w.choices = true);
        let kept = self.kept(node).to_string();
        let shown = self.offered_part(node, &kept);
        if let Some(state) = self.state_mut(node) {
            state.kept = (shown != kept).then_some(kept);
        }
        self.show(node, shown);
    }

    /// The choices drawn from answers.
    fn draw(&self, node: NodeId, question: &Question) -> Vec<String> {
        let Some(formula) = &question.choice_filter else { return Vec::new() };
        let scope = self.scope(node);
        let answers =
            scope.eval_nodes(&formula.expr, Self::here(node)).into_iter().map(|n| scope.node_text(n).into_owned());
        let mut drawn: Vec<String> = Vec::new();
        for answer in answers {
            // Two of one name could not be told apart, and nothing is no choice.
            if !answer.is_empty() && !drawn.contains(&answer) {
                drawn.push(answer);
            }
        }
        self.shuffled(node, question, drawn)
    }

    /// The indices of the choices that a filter keeps, in the order shown; none where every choice stands in its place.
    fn filtered(&self, node: NodeId, question: &Question) -> Option<Vec<u32>> {
        let tree = self.lists.trees.get(question.list?)?;
        if question.choice_filter.is_none() && !question.is_shuffled() {
            return None;
        }
        let scope = self.scope(node);
        let items = tree.children(tree.root());
        let list = u32::try_from(question.list?).unwrap_or(u32::MAX).saturating_add(1);
        let keeps = |i: usize, item: NodeId| {
            let here = Here { node: NodeRef { list, node: item }, position: i.saturating_add(1), size: items.len() };
            question.choice_filter.as_ref().is_none_or(|filter| match scope.eval(&filter.expr, here) {
                Value::Num(n) => n == Num::from(here.position),
                other => scope.boolean(&other),
            })
        };
        let kept = items.iter().enumerate().filter(|(i, item)| keeps(*i, **item)).map(|(i, _)| i as u32).collect();
        Some(self.shuffled(node, question, kept))
    }

    /// In a random order, if the author wants it: that of the seed, else one that stays for this filling.
    fn shuffled<T>(&self, node: NodeId, question: &Question, items: Vec<T>) -> Vec<T> {
        if question.is_shuffled() {
            let seed = match &question.seed {
                Some(seed) => nodes::seed(&self.scope(node).eval_text(&seed.expr, Self::here(node))),
                None => self.env.now.timestamp_millis().wrapping_add(i64::from(node.0)),
            };
            return nodes::shuffle(items, seed);
        }
        items
    }
}
