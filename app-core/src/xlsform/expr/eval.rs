//! The evaluator: an [`Expr`] over a tree, secondary lists and an environment. Never panics, never recurses
//! deeper than the parser allowed.

use super::ast::{Axis, Expr, Filter, Op, Path, Start, Step, Test};
use super::axes::walk_axis;
use super::functions::dates;
use super::value::{NodeRef, Value};
use crate::xlsform::env::Env;
use crate::xlsform::form::Words;
use crate::xlsform::num::Num;
use crate::xlsform::tree::{NodeId, Tree};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// The secondary instances of a form: choice lists and outside tables, by name.
#[derive(Debug, Default)]
pub struct Lists {
    /// Names, in the order of `trees`.
    pub names: Vec<String>,
    /// The lists as `root/item/<column>`.
    pub trees: Vec<Arc<Tree>>,
}

impl Lists {
    /// No lists at all.
    pub fn none() -> &'static Lists {
        static NONE: Lists = Lists { names: Vec::new(), trees: Vec::new() };
        &NONE
    }
}

/// Who knows the label of a choice (`jr:choice-name`).
pub trait ChoiceNames {
    /// The label of `value` among the choices of the question at `path` (its XPath or bare name).
    fn choice_label(&self, path: &str, value: &str) -> Option<ChoiceLabel<'_>>;
    /// The label of the choice that an `itextId` (`list-0`) stands for.
    fn itext(&self, id: &str) -> Option<&Words>;
}

/// The label of a choice.
#[derive(Debug)]
pub enum ChoiceLabel<'a> {
    /// The value is its own label (choices drawn from answers).
    Itself,
    /// Words in every language.
    Words(&'a Words),
}

/// Everything one evaluation looks at.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The main tree.
    pub tree: &'a Tree,
    /// Secondary instances.
    pub lists: &'a Lists,
    /// The world around.
    pub env: &'a Env,
    /// Labels of choices.
    pub choices: Option<&'a dyn ChoiceNames>,
    /// What `current()` is.
    pub current: NodeRef,
}

/// XPath's context: node, position, size.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// The node.
    pub node: NodeRef,
    /// Its position, from 1.
    pub position: usize,
    /// How many there are.
    pub size: usize,
}

impl Here {
    /// A context of one node.
    pub fn only(node: NodeRef) -> Here {
        Here { node, position: 1, size: 1 }
    }
}

impl<'a> Scope<'a> {
    /// A scope over a plain tree.
    pub fn plain(tree: &'a Tree, lists: &'a Lists, env: &'a Env, current: NodeId) -> Scope<'a> {
        Scope { tree, lists, env, choices: None, current: NodeRef::main(current) }
    }

    /// The tree a node lies in.
    pub fn tree_of(&self, node: NodeRef) -> &'a Tree {
        match node.list.checked_sub(1) {
            None => self.tree,
            Some(i) => self.lists.trees.get(i as usize).map_or(self.tree, |t| t),
        }
    }

    /// The text of a node.
    pub fn node_text(&self, node: NodeRef) -> Cow<'a, str> {
        self.tree_of(node).string_value(node.node)
    }

    /// Evaluates.
    pub fn eval(&self, expr: &'a Expr, here: Here) -> Value<'a> {
        match expr {
            Expr::Number(n) => Value::Num(*n),
            Expr::Text(t) => Value::Text(Cow::Borrowed(t)),
            Expr::Place(id) => Value::Nodes(vec![NodeRef::main(*id)]),
            Expr::Ref(name) => Value::Nodes(self.named(name)),
            Expr::Path(path) => Value::Nodes(self.path(path, here)),
            Expr::Filter(filter) => Value::Nodes(self.filter(filter, here)),
            Expr::Call(function, args) => (function.run)(self, here, args),
            Expr::Negate(e) => Value::Num(self.number(&self.eval(e, here)).negate()),
            Expr::Chain(first, rest) => self.chain(first, rest, here),
        }
    }

    /// Evaluates to text.
    pub fn eval_text(&self, expr: &'a Expr, here: Here) -> Cow<'a, str> {
        match expr {
            Expr::Place(id) => self.tree.string_value(*id),
            _ => {
                let value = self.eval(expr, here);
                self.text(&value)
            }
        }
    }

    /// Evaluates to a number.
    pub fn eval_num(&self, expr: &'a Expr, here: Here) -> Num {
        match expr {
            Expr::Place(id) => text_number(&self.tree.string_value(*id)),
            Expr::Number(n) => *n,
            _ => self.number(&self.eval(expr, here)),
        }
    }

    /// Evaluates to a boolean.
    pub fn eval_bool(&self, expr: &'a Expr, here: Here) -> bool {
        self.boolean(&self.eval(expr, here))
    }

    /// Evaluates to nodes; anything else is no nodes.
    pub fn eval_nodes(&self, expr: &'a Expr, here: Here) -> Vec<NodeRef> {
        match self.eval(expr, here) {
            Value::Nodes(nodes) => nodes,
            _ => Vec::new(),
        }
    }

    /// XPath's `string()`.
    pub fn text(&self, value: &Value<'a>) -> Cow<'a, str> {
        match value {
            Value::Nodes(nodes) => nodes.first().map_or(Cow::Borrowed(""), |n| self.node_text(*n)),
            Value::Num(n) => Cow::Owned(n.to_string()),
            Value::Text(t) => t.clone(),
            Value::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
        }
    }

    /// XPath's `number()`, with ISO dates counted in days since 1970-01-01.
    pub fn number(&self, value: &Value<'a>) -> Num {
        match value {
            Value::Nodes(nodes) => nodes.first().map_or(Num::NAN, |n| text_number(&self.node_text(*n))),
            Value::Num(n) => *n,
            Value::Text(t) => text_number(t),
            Value::Bool(b) => Num::from(i64::from(*b)),
        }
    }

    /// XPath's `boolean()`.
    pub fn boolean(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Num(n) => n.truthy(),
            Value::Text(t) => !t.is_empty(),
            Value::Bool(b) => *b,
        }
    }

    fn chain(&self, first: &'a Expr, rest: &'a [(Op, Expr)], here: Here) -> Value<'a> {
        match rest.first().map(|(op, _)| *op) {
            Some(Op::Or) => {
                Value::Bool(self.eval_bool(first, here) || rest.iter().any(|(_, e)| self.eval_bool(e, here)))
            }
            Some(Op::And) => {
                Value::Bool(self.eval_bool(first, here) && rest.iter().all(|(_, e)| self.eval_bool(e, here)))
            }
            Some(Op::Union) => {
                let mut nodes = self.eval_nodes(first, here);
                for (_, e) in rest {
                    nodes.extend(self.eval_nodes(e, here));
                }
                self.sort(&mut nodes);
                Value::Nodes(nodes)
            }
            Some(Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge) => {
                let mut left = self.eval(first, here);
                for (op, e) in rest {
                    left = Value::Bool(self.compare(*op, &left, &self.eval(e, here)));
                }
                left
            }
            _ => {
                let mut left = self.eval_num(first, here);
                for (op, e) in rest {
                    let right = self.eval_num(e, here);
                    left = match op {
                        Op::Plus => left.plus(right),
                        Op::Minus => left.minus(right),
                        Op::Times => left.times(right),
                        Op::Div => left.over(right),
                        _ => left.modulo(right),
                    };
                }
                Value::Num(left)
            }
        }
    }

    /// XPath's comparisons, existential over nodes.
    fn compare(&self, op: Op, left: &Value<'a>, right: &Value<'a>) -> bool {
        match (left, right) {
            (Value::Bool(_), _) | (_, Value::Bool(_)) if matches!(op, Op::Eq | Op::Ne) => {
                (self.boolean(left) == self.boolean(right)) == (op == Op::Eq)
            }
            (Value::Nodes(nodes), Value::Bool(b)) => {
                holds(op, Num::from(i64::from(!nodes.is_empty())), Num::from(i64::from(*b)))
            }
            (Value::Bool(b), Value::Nodes(nodes)) => {
                holds(op, Num::from(i64::from(*b)), Num::from(i64::from(!nodes.is_empty())))
            }
            (Value::Nodes(l), Value::Nodes(r)) => l.iter().any(|a| {
                r.iter().any(|b| self.atoms(op, &Value::Text(self.node_text(*a)), &Value::Text(self.node_text(*b))))
            }),
            (Value::Nodes(l), r) => l.iter().any(|a| self.atoms(op, &Value::Text(self.node_text(*a)), r)),
            (l, Value::Nodes(r)) => r.iter().any(|b| self.atoms(op, l, &Value::Text(self.node_text(*b)))),
            (l, r) => self.atoms(op, l, r),
        }
    }

    fn atoms(&self, op: Op, left: &Value<'a>, right: &Value<'a>) -> bool {
        match (op, left, right) {
            (Op::Eq, Value::Text(a), Value::Text(b)) => a == b,
            (Op::Ne, Value::Text(a), Value::Text(b)) => a != b,
            (op, a, b) => holds(op, self.number(a), self.number(b)),
        }
    }

    fn named(&self, name: &str) -> Vec<NodeRef> {
        let below = self.tree.descendants(self.tree.root());
        below.into_iter().filter(|n| self.tree.name(*n) == name).map(NodeRef::main).collect()
    }

    fn path(&self, path: &'a Path, here: Here) -> Vec<NodeRef> {
        let start = match path.start {
            Start::Here => here.node,
            Start::Current => self.current,
            Start::Document => NodeRef::main(NodeId::DOCUMENT),
        };
        self.steps(vec![start], &path.steps)
    }

    fn filter(&self, filter: &'a Filter, here: Here) -> Vec<NodeRef> {
        let mut nodes = self.eval_nodes(&filter.base, here);
        for predicate in &filter.predicates {
            nodes = self.keep(nodes, predicate);
        }
        self.steps(nodes, &filter.steps)
    }

    fn steps(&self, mut nodes: Vec<NodeRef>, steps: &'a [Step]) -> Vec<NodeRef> {
        let mut i = 0;
        while let Some(step) = steps.get(i) {
            i += 1;
            // `//name` without predicates is one walk instead of two.
            if step.axis == Axis::DescendantOrSelf
                && step.predicates.is_empty()
                && step.test == Test::Node
                && let Some(next) = steps.get(i)
                && next.axis == Axis::Child
                && next.predicates.is_empty()
            {
                i += 1;
                nodes = self.step(&nodes, Axis::Descendant, &next.test, &[]);
                continue;
            }
            nodes = self.step(&nodes, step.axis, &step.test, &step.predicates);
        }
        nodes
    }

    fn step(&self, nodes: &[NodeRef], axis: Axis, test: &'a Test, predicates: &'a [Expr]) -> Vec<NodeRef> {
        let mut out = Vec::new();
        for node in nodes {
            let tree = self.tree_of(*node);
            let mut found = Vec::new();
            walk_axis(tree, node.node, axis, &mut |n| {
                let fits = match test {
                    Test::Name(name) => tree.name(n) == &**name,
                    Test::Any => n != NodeId::DOCUMENT,
                    Test::Node => true,
                };
                if fits {
                    found.push(NodeRef { list: node.list, node: n });
                }
            });
            for predicate in predicates {
                found = self.keep(found, predicate);
            }
            out.append(&mut found);
        }
        // One context node, or children of distinct nodes, come in document order and once each.
        if axis.is_reverse() || (nodes.len() > 1 && !matches!(axis, Axis::Child | Axis::Itself)) {
            self.sort(&mut out);
        }
        out
    }

    /// The nodes for which a predicate holds. Candidates arrive in document order, or reversed for reverse axes.
    fn keep(&self, nodes: Vec<NodeRef>, predicate: &'a Expr) -> Vec<NodeRef> {
        let size = nodes.len();
        let mut position = 0;
        nodes
            .into_iter()
            .filter(|node| {
                position += 1;
                match self.eval(predicate, Here { node: *node, position, size }) {
                    Value::Num(n) => n == Num::from(position),
                    other => self.boolean(&other),
                }
            })
            .collect()
    }

    /// Document order, each node once.
    pub fn sort(&self, nodes: &mut Vec<NodeRef>) {
        if nodes.len() < 2 {
            return;
        }
        nodes.sort_by(|a, b| match a.list.cmp(&b.list) {
            Ordering::Equal => self.tree_of(*a).document_order(a.node, b.node),
            other => other,
        });
        nodes.dedup();
    }
}

fn holds(op: Op, a: Num, b: Num) -> bool {
    let Some(order) = a.compare(b) else { return op == Op::Ne };
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// A text as a number: XPath's grammar, else an ISO date as days since 1970-01-01, else NaN.
pub fn text_number(text: &str) -> Num {
    Num::parse(text).or_else(|| dates::days_of_text(text)).unwrap_or(Num::NAN)
}
