//! The dependency graph: what is computed, in which order, and what hangs on each question.

use super::model::{Form, Formula, Question, QuestionId};
use super::reads::{Read, reads};
use crate::told;
use crate::told::Told;
use crate::xlsform::problem::Problem;
use std::collections::HashMap;

/// What a formula decides about its question. The order is that of computation within a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SlotKind {
    Count,
    Relevant,
    Calculation,
    Choices,
    Readonly,
    Required,
    Constraint,
    Words,
}

impl SlotKind {
    /// The column its formula stands in.
    pub fn column(self) -> &'static str {
        match self {
            SlotKind::Count => "repeat_count",
            SlotKind::Relevant => "relevant",
            SlotKind::Calculation => "calculation",
            SlotKind::Choices => "choice_filter",
            SlotKind::Readonly => "readonly",
            SlotKind::Required => "required",
            SlotKind::Constraint => "constraint",
            SlotKind::Words => "label",
        }
    }
}

/// One formula of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Whose.
    pub question: QuestionId,
    /// What it decides.
    pub kind: SlotKind,
    /// On whose nodes it is computed: the question's own, for a repeat's count those around it, which exist even
    /// when no instance does.
    pub home: QuestionId,
}

/// A slot that must be recomputed when a question changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Index into [`Graph::slots`].
    pub slot: u32,
    /// The repeat whose instance both share; none: all nodes of the slot's question.
    pub scope: Option<QuestionId>,
}

/// The graph.
#[derive(Debug, Default)]
pub struct Graph {
    /// All slots in an order in which each comes after what it reads.
    pub slots: Vec<Slot>,
    /// By question: what hangs on its value, relevance or (a repeat) its instances.
    pub edges: Vec<Vec<Edge>>,
    /// By question: its own slots.
    pub own: Vec<Vec<u32>>,
    /// By question: the questions with a setter that it triggers.
    pub triggers: Vec<Vec<QuestionId>>,
}

impl Graph {
    /// The slot of this kind of a question.
    pub fn slot_of(&self, question: QuestionId, kind: SlotKind) -> Option<u32> {
        let own = self.own.get(question.at())?;
        own.iter().copied().find(|s| self.slots.get(*s as usize).is_some_and(|s| s.kind == kind))
    }
}

/// The formulas of a question with what they decide.
pub fn formulas(question: &Question) -> Vec<(SlotKind, &Formula)> {
    let single = [
        (SlotKind::Count, &question.repeat_count),
        (SlotKind::Relevant, &question.relevant),
        (SlotKind::Calculation, &question.calculation),
        (SlotKind::Choices, &question.choice_filter),
        (SlotKind::Choices, &question.seed),
        (SlotKind::Readonly, &question.readonly),
        (SlotKind::Required, &question.required),
        (SlotKind::Constraint, &question.constraint),
    ];
    let words = [&question.label, &question.hint, &question.constraint_message, &question.required_message];
    let singles = single.into_iter().filter_map(|(kind, f)| Some((kind, f.as_ref()?)));
    singles.chain(words.into_iter().flat_map(|w| w.formulas()).map(|f| (SlotKind::Words, f))).collect()
}

struct Builder<'f> {
    form: &'f Form,
    slots: Vec<Slot>,
    reads: Vec<Vec<Read>>,
    at: HashMap<(QuestionId, SlotKind), usize>,
    order: Vec<usize>,
    /// 0 unseen, 1 being visited, 2 done.
    seen: Vec<u8>,
    problems: Vec<Problem>,
}

/// Builds the graph of a form whose formulas are resolved.
pub fn build(form: &Form) -> Result<Graph, Vec<Problem>> {
    let mut builder = Builder {
        form,
        slots: Vec::new(),
        reads: Vec::new(),
        at: HashMap::new(),
        order: Vec::new(),
        seen: Vec::new(),
        problems: Vec::new(),
    };
    builder.collect();
    builder.collect_choices();
    builder.seen = vec![0; builder.slots.len()];
    for slot in 0..builder.slots.len() {
        builder.visit(slot, &mut Vec::new());
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    Ok(builder.finish())
}

impl Builder<'_> {
    fn collect(&mut self) {
        for (id, question) in self.form.iter() {
            for (kind, formula) in formulas(question) {
                let home = if kind == SlotKind::Count { question.parent.unwrap_or(id) } else { id };
                let slot = Slot { question: id, kind, home };
                let found = reads(self.form, home, &formula.expr, kind == SlotKind::Choices);
                self.add(slot, found);
            }
        }
    }

    /// What the labels of choices show.
    fn collect_choices(&mut self) {
        for (id, question) in self.form.iter() {
            let Some(list) = question.list.and_then(|at| self.form.lists.get(at)) else { continue };
            let named = list.references().filter_map(|(_, name)| self.form.named_in_choice(name));
            let found: Vec<Read> = named.map(|question| Read { question, scope: None }).collect();
            if !found.is_empty() {
                self.add(Slot { question: id, kind: SlotKind::Words, home: id }, found);
            }
        }
    }

    fn add(&mut self, slot: Slot, found: Vec<Read>) {
        let key = (slot.question, slot.kind);
        match self.at.get(&key).and_then(|i| self.reads.get_mut(*i)) {
            Some(known) => known.extend(found),
            None => {
                self.at.insert(key, self.slots.len());
                self.slots.push(slot);
                self.reads.push(found);
            }
        }
    }

    /// The slots that decide how a question reads: its own and the relevance and number of what is around it.
    fn deciders(&self, question: QuestionId) -> Vec<usize> {
        let mut out = Vec::new();
        for (i, id) in self.form.trail(question).into_iter().rev().enumerate() {
            for kind in [SlotKind::Count, SlotKind::Relevant, SlotKind::Calculation, SlotKind::Choices] {
                let of_self = matches!(kind, SlotKind::Calculation | SlotKind::Choices);
                if !of_self || i == 0 {
                    out.extend(self.at.get(&(id, kind)));
                }
            }
        }
        out
    }

    /// What must be computed before this slot.
    fn before(&self, index: usize) -> Vec<usize> {
        let Some(slot) = self.slots.get(index) else { return Vec::new() };
        let mut out = Vec::new();
        for read in self.reads.get(index).into_iter().flatten() {
            // A calculation may look at its own question in other instances (a running total), never at itself.
            let other = read.question == slot.question
                && slot.kind == SlotKind::Calculation
                && read.scope != self.form.repeat_or_self(slot.question);
            out.extend(self.deciders(read.question).into_iter().filter(|d| !(other && *d == index)));
        }
        // A question is computed only while it is relevant, so relevance comes first; what nobody reads comes last.
        if slot.kind != SlotKind::Relevant && slot.kind != SlotKind::Count {
            out.extend(self.deciders(slot.question).into_iter().filter(|d| {
                *d != index && self.slots.get(*d).is_some_and(|s| s.question != slot.question || s.kind < slot.kind)
            }));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    fn visit(&mut self, index: usize, path: &mut Vec<usize>) {
        match self.seen.get(index) {
            Some(0) => {}
            Some(1) => return self.cycle(index, path),
            _ => return,
        }
        self.mark(index, 1);
        path.push(index);
        // Chains are as long as a form has formulas at most; the depth is bounded by MAX_CHAIN for hostile forms.
        if path.len() > MAX_CHAIN {
            self.problem(
                index,
                told!("more than {} formulas hang on each other in a row", "连环引用的公式超过 {} 个。", MAX_CHAIN),
            );
        } else {
            for next in self.before(index) {
                self.visit(next, path);
            }
        }
        path.pop();
        self.mark(index, 2);
        self.order.push(index);
    }

    fn mark(&mut self, index: usize, state: u8) {
        if let Some(seen) = self.seen.get_mut(index) {
            *seen = state;
        }
    }

    fn cycle(&mut self, index: usize, path: &[usize]) {
        let from = path.iter().position(|i| *i == index).unwrap_or(0);
        let ring: Vec<usize> = path.iter().skip(from).copied().collect();
        let names: Vec<String> = ring
            .iter()
            .chain([&index])
            .filter_map(|i| self.slots.get(*i))
            .map(|s| format!("{} ({})", self.form.question(s.question).name, s.kind.column()))
            .collect();
        self.problem(index, told!("the formulas go round in a circle: {}", "公式循环引用：{}。", names.join(" → ")));
    }

    fn problem(&mut self, index: usize, message: Told) {
        let Some(slot) = self.slots.get(index) else { return };
        let row = self.form.question(slot.question).row;
        self.problems.push(Problem::cell("survey", row, slot.kind.column(), message));
    }

    fn finish(self) -> Graph {
        let count = self.form.questions.len();
        let mut graph = Graph {
            slots: Vec::new(),
            edges: vec![Vec::new(); count],
            own: vec![Vec::new(); count],
            triggers: vec![Vec::new(); count],
        };
        for index in &self.order {
            let (Some(slot), Some(reads)) = (self.slots.get(*index), self.reads.get(*index)) else { continue };
            let number = u32::try_from(graph.slots.len()).unwrap_or(u32::MAX);
            graph.slots.push(*slot);
            if let Some(own) = graph.own.get_mut(slot.home.at()) {
                own.push(number);
            }
            for read in reads {
                let edge = Edge { slot: number, scope: read.scope };
                if let Some(edges) = graph.edges.get_mut(read.question.at())
                    && !edges.contains(&edge)
                {
                    edges.push(edge);
                }
            }
        }
        for (id, question) in self.form.iter() {
            for source in question.setters.iter().flat_map(|s| &s.triggers) {
                if let Some(list) = graph.triggers.get_mut(source.at()) {
                    list.push(id);
                }
            }
        }
        graph
    }
}

/// The longest chain of formulas hanging on each other (the visit recurses that deep).
const MAX_CHAIN: usize = 1500;
