//! The shape of an expression after parsing.

use super::functions::Function;
use crate::xlsform::num::Num;
use crate::xlsform::tree::NodeId;

/// An XPath expression as ODK XForms uses it. Made by [`super::parse`].
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number.
    Number(Num),
    /// A quoted text.
    Text(Box<str>),
    /// `${name}`, not yet resolved: every node of that name below the root.
    Ref(Box<str>),
    /// A location path.
    Path(Path),
    /// Something that gives nodes, narrowed by predicates and continued by steps.
    Filter(Box<Filter>),
    /// A function call.
    Call(&'static Function, Vec<Expr>),
    /// Operators of one precedence, left to right: `a + b - c`.
    Chain(Box<Expr>, Vec<(Op, Expr)>),
    /// Unary minus.
    Negate(Box<Expr>),
    /// One node known by place: what a form makes of an absolute path outside every repeat.
    Place(NodeId),
}

/// A location path.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Where it begins.
    pub start: Start,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// `/`
    Document,
    /// The context node.
    Here,
    /// `current()`: the node whose expression this is.
    Current,
}

/// `base[predicate]…/steps`
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What gives the nodes.
    pub base: Expr,
    /// Conditions on the whole set of them.
    pub predicates: Vec<Expr>,
    /// Steps onward.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The direction.
    pub axis: Axis,
    /// Which nodes.
    pub test: Test,
    /// Conditions.
    pub predicates: Vec<Expr>,
}

/// XPath's axes over elements (attributes and namespaces are not part of a form's data).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are XPath's")]
pub enum Axis {
    Child,
    Parent,
    Itself,
    Ancestor,
    AncestorOrSelf,
    Descendant,
    DescendantOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
}

impl Axis {
    /// All axes with their names.
    pub const ALL: [(Axis, &'static str); 11] = [
        (Axis::Child, "child"),
        (Axis::Parent, "parent"),
        (Axis::Itself, "self"),
        (Axis::Ancestor, "ancestor"),
        (Axis::AncestorOrSelf, "ancestor-or-self"),
        (Axis::Descendant, "descendant"),
        (Axis::DescendantOrSelf, "descendant-or-self"),
        (Axis::FollowingSibling, "following-sibling"),
        (Axis::PrecedingSibling, "preceding-sibling"),
        (Axis::Following, "following"),
        (Axis::Preceding, "preceding"),
    ];

    /// The name in an expression.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(a, _)| *a == self).map_or("child", |(_, n)| n)
    }

    /// Whether positions count backwards.
    pub fn is_reverse(self) -> bool {
        matches!(self, Axis::Ancestor | Axis::AncestorOrSelf | Axis::PrecedingSibling | Axis::Preceding | Axis::Parent)
    }
}

/// Which nodes a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A name.
    Name(Box<str>),
    /// `*`
    Any,
    /// `node()`
    Node,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are XPath's")]
pub enum Op {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Plus,
    Minus,
    Times,
    Div,
    Mod,
    Union,
}

impl Op {
    /// Precedence: higher binds tighter.
    pub fn level(self) -> u8 {
        match self {
            Op::Or => 1,
            Op::And => 2,
            Op::Eq | Op::Ne => 3,
            Op::Lt | Op::Le | Op::Gt | Op::Ge => 4,
            Op::Plus | Op::Minus => 5,
            Op::Times | Op::Div | Op::Mod => 6,
            Op::Union => 8,
        }
    }

    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Or => "or",
            Op::And => "and",
            Op::Eq => "=",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Plus => "+",
            Op::Minus => "-",
            Op::Times => "*",
            Op::Div => "div",
            Op::Mod => "mod",
            Op::Union => "|",
        }
    }
}

/// Precedence of unary minus.
pub const NEGATE_LEVEL: u8 = 7;

impl Expr {
    /// Visits this expression and everything inside it.
    pub fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        match self {
            Expr::Path(p) => walk_steps(&p.steps, see),
            Expr::Filter(f) => {
                f.base.walk(see);
                f.predicates.iter().for_each(|p| p.walk(see));
                walk_steps(&f.steps, see);
            }
            Expr::Call(_, args) => args.iter().for_each(|a| a.walk(see)),
            Expr::Chain(first, rest) => {
                first.walk(see);
                rest.iter().for_each(|(_, e)| e.walk(see));
            }
            Expr::Negate(e) => e.walk(see),
            Expr::Number(_) | Expr::Text(_) | Expr::Ref(_) | Expr::Place(_) => {}
        }
    }

    /// The names used as `${name}`, each once, in order of appearance.
    pub fn references(&self) -> Vec<&str> {
        let mut out: Vec<&str> = Vec::new();
        self.walk(&mut |e| {
            if let Expr::Ref(name) = e
                && !out.contains(&&**name)
            {
                out.push(name);
            }
        });
        out
    }
}

fn walk_steps<'a>(steps: &'a [Step], see: &mut dyn FnMut(&'a Expr)) {
    steps.iter().flat_map(|s| &s.predicates).for_each(|p| p.walk(see));
}
