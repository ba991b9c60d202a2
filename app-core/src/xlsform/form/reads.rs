//! Which questions an expression reads, and within which repeat: the edges of the dependency graph.
//!
//! A walk of the expression over questions instead of nodes. What cannot be told exactly is told too wide, never
//! too narrow: recomputing too often costs time, too seldom a wrong answer.

use super::model::{Form, QuestionId};
use super::types::Kind;
use crate::xlsform::expr::{Axis, Expr, Start, Step, Test};
use crate::xlsform::tree::NodeId;

/// A question that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Read {
    /// Which.
    pub question: QuestionId,
    /// The repeat whose instance both reader and read share; none means any instance.
    pub scope: Option<QuestionId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Document,
    Question {
        id: QuestionId,
        scope: Option<QuestionId>,
    },
    /// An item of a choice list or table.
    Item,
}

pub struct Reader<'f> {
    form: &'f Form,
    at: QuestionId,
    found: Vec<Read>,
}

/// The reads of an expression of this question. In a choice filter, `.` is an item.
pub fn reads(form: &Form, at: QuestionId, expr: &Expr, choice_filter: bool) -> Vec<Read> {
    let mut reader = Reader { form, at, found: Vec::new() };
    let here = if choice_filter { At::Item } else { reader.own() };
    reader.value(expr, here, true);
    reader.found.sort();
    reader.found.dedup();
    reader.found
}

impl Reader<'_> {
    fn own(&self) -> At {
        At::Question { id: self.at, scope: self.form.repeat_or_self(self.at) }
    }

    fn note(&mut self, states: &[At], deep: bool) {
        for state in states {
            let At::Question { id, scope } = *state else { continue };
            self.found.push(Read { question: id, scope });
            // The text of a group is the text of all in it.
            if deep && self.form.question(id).kind == Kind::Group {
                let inside = self.below(id);
                self.found.extend(inside.into_iter().map(|question| Read { question, scope }));
            }
        }
    }

    /// Records what a value of this expression depends on.
    fn value(&mut self, expr: &Expr, here: At, deep: bool) {
        let nodes = self.nodes(expr, here, deep);
        self.note(&nodes, deep);
    }

    /// The states of the nodes an expression gives; records everything read on the way.
    fn nodes(&mut self, expr: &Expr, here: At, deep: bool) -> Vec<At> {
        match expr {
            Expr::Number(_) | Expr::Text(_) => Vec::new(),
            Expr::Place(node) => self.placed(*node),
            // Unresolved names do not occur in a compiled form; reading everything is the safe answer.
            Expr::Ref(_) => self.everything(),
            Expr::Path(path) => {
                let start = match path.start {
                    Start::Here => here,
                    Start::Current => self.own(),
                    Start::Document => At::Document,
                };
                self.steps(vec![start], &path.steps)
            }
            Expr::Filter(filter) => {
                let base = self.nodes(&filter.base, here, deep);
                self.predicates(&base, &filter.predicates);
                self.steps(base, &filter.steps)
            }
            Expr::Call(function, args) => {
                let shallow = matches!(function.name, "count" | "position" | "indexed-repeat" | "name" | "local-name");
                let mut out = Vec::new();
                for arg in args {
                    let states = self.nodes(arg, here, deep && !shallow);
                    self.note(&states, deep && !shallow);
                    out.extend(states);
                }
                if let ("jr:choice-name", Some(Expr::Text(path))) = (function.name, args.get(1)) {
                    self.labels(path);
                }
                if function.name == "jr:itext" {
                    let named = self.form.lists.iter().flat_map(|l| l.references());
                    let shown = named.filter_map(|(_, name)| self.form.named_in_choice(name));
                    self.found.extend(shown.map(|question| Read { question, scope: None }));
                }
                match function.name {
                    "instance" => vec![At::Item],
                    "current" => vec![self.own()],
                    "string" | "number" | "string-length" | "normalize-space" if args.is_empty() => {
                        self.note(&[here], deep);
                        Vec::new()
                    }
                    _ if function.gives_nodes() || function.name == "coalesce" => out,
                    _ => Vec::new(),
                }
            }
            Expr::Chain(first, rest) => {
                let mut out = self.nodes(first, here, deep);
                for (_, e) in rest {
                    out.extend(self.nodes(e, here, deep));
                }
                self.note(&out, deep);
                out
            }
            Expr::Negate(e) => {
                self.value(e, here, deep);
                Vec::new()
            }
        }
    }

    /// What the labels of a question's choices show.
    fn labels(&mut self, path: &str) {
        let form = self.form;
        let asked = form.find_path(path).or_else(|| form.find(path.rsplit('/').next()?));
        let list = asked.and_then(|id| form.lists.get(form.question(id).list?));
        let named = list.into_iter().flat_map(|l| l.references()).filter_map(|(_, name)| form.named_in_choice(name));
        self.found.extend(named.map(|question| Read { question, scope: None }));
    }

    fn placed(&self, node: NodeId) -> Vec<At> {
        let id = QuestionId(self.form.template.tag(node));
        vec![At::Question { id, scope: None }]
    }

    fn everything(&self) -> Vec<At> {
        self.form.iter().map(|(id, _)| At::Question { id, scope: None }).collect()
    }

    fn below(&self, id: QuestionId) -> Vec<QuestionId> {
        let mut out = Vec::new();
        let mut todo = self.form.question(id).children.clone();
        while let Some(q) = todo.pop() {
            out.push(q);
            todo.extend(&self.form.question(q).children);
        }
        out
    }

    fn predicates(&mut self, states: &[At], predicates: &[Expr]) {
        if predicates.is_empty() {
            return;
        }
        self.note(states, false);
        for predicate in predicates {
            for state in states {
                self.value(predicate, *state, true);
            }
        }
    }

    fn steps(&mut self, mut states: Vec<At>, steps: &[Step]) -> Vec<At> {
        for step in steps {
            let mut next: Vec<At> = Vec::new();
            for state in &states {
                for found in self.step(*state, step) {
                    if !next.contains(&found) {
                        next.push(found);
                    }
                }
            }
            self.predicates(&next, &step.predicates);
            states = next;
        }
        states
    }

    fn step(&self, at: At, step: &Step) -> Vec<At> {
        let moved = match (at, step.axis) {
            (At::Item, _) => return vec![At::Item],
            (_, Axis::Itself) => vec![at],
            (At::Document, Axis::Child) => vec![At::Question { id: QuestionId::ROOT, scope: None }],
            (At::Document, _) | (_, Axis::Following | Axis::Preceding) => {
                let mut all = self.everything();
                all.push(At::Question { id: QuestionId::ROOT, scope: None });
                all.push(At::Document);
                all
            }
            (At::Question { id, scope }, Axis::Child) => self.children(id, scope),
            (At::Question { id, scope }, Axis::Parent) => vec![self.parent(id, scope)],
            (At::Question { id, scope }, Axis::Ancestor | Axis::AncestorOrSelf) => {
                self.ancestors(id, scope, step.axis, at)
            }
            (At::Question { id, scope }, Axis::Descendant | Axis::DescendantOrSelf) => {
                let mut out: Vec<At> = self.below(id).into_iter().map(|q| At::Question { id: q, scope }).collect();
                if step.axis == Axis::DescendantOrSelf {
                    out.push(at);
                }
                out
            }
            (At::Question { id, scope }, Axis::FollowingSibling | Axis::PrecedingSibling) => {
                match self.parent(id, scope) {
                    At::Question { id, scope } => self.children(id, scope),
                    other => vec![other],
                }
            }
        };
        moved.into_iter().filter(|m| self.fits(*m, &step.test)).collect()
    }

    fn fits(&self, at: At, test: &Test) -> bool {
        match (test, at) {
            (Test::Name(name), At::Question { id, .. }) => self.form.question(id).name == **name,
            (Test::Name(_) | Test::Any, At::Document) => false,
            _ => true,
        }
    }

    fn children(&self, id: QuestionId, scope: Option<QuestionId>) -> Vec<At> {
        self.form.question(id).children.iter().map(|c| At::Question { id: *c, scope }).collect()
    }

    fn parent(&self, id: QuestionId, scope: Option<QuestionId>) -> At {
        let Some(parent) = self.form.question(id).parent else { return At::Document };
        // Leaving the instance that was fixed: from here on only the next repeat outside is.
        let scope = if scope == Some(id) { self.form.repeat_or_self(parent) } else { scope };
        At::Question { id: parent, scope }
    }

    fn ancestors(&self, id: QuestionId, scope: Option<QuestionId>, axis: Axis, at: At) -> Vec<At> {
        let mut out = if axis == Axis::AncestorOrSelf { vec![at] } else { Vec::new() };
        let mut up = self.parent(id, scope);
        loop {
            out.push(up);
            let At::Question { id, scope } = up else { return out };
            up = self.parent(id, scope);
        }
    }
}
