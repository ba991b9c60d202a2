//! The function library of ODK XForms (https://getodk.github.io/xforms-spec/#xpath-functions), one file a family.

pub mod choice;
pub mod dates;
pub mod digest;
pub mod geo;
pub mod logic;
pub mod nodes;
pub mod number;
pub mod text;

use super::ast::Expr;
use super::eval::{Here, Scope};
use super::value::Value;
use crate::told;
use crate::told::Told;

/// How a function runs. Arguments come unevaluated, so that `if` and `once` evaluate only what they need.
pub type Run = for<'a> fn(&Scope<'a>, Here, &'a [Expr]) -> Value<'a>;

/// One function: its name, how many arguments it takes, and what it does.
pub struct Function {
    /// The name as written.
    pub name: &'static str,
    /// Fewest arguments.
    pub min: usize,
    /// Most arguments; `usize::MAX` is any number.
    pub max: usize,
    /// What it does.
    pub run: Run,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Function {
    pub(crate) const fn new(name: &'static str, min: usize, max: usize, run: Run) -> Function {
        Function { name, min, max, run }
    }

    /// Whether it takes this many arguments.
    pub fn accepts(&self, count: usize) -> bool {
        (self.min..=self.max).contains(&count)
    }

    /// In words.
    pub fn takes(&self) -> Told {
        match (self.min, self.max) {
            (0, 0) => told!("no arguments", "0 个参数"),
            (1, 1) => told!("1 argument", "1 个参数"),
            (min, max) if min == max => told!("{} arguments", " {} 个参数", min),
            (min, usize::MAX) => told!("{} or more arguments", "至少 {} 个参数", min),
            (min, max) => told!("{} to {} arguments", " {} 到 {} 个参数", min, max),
        }
    }

    /// Whether it gives nodes, so that a path or predicate may follow.
    pub fn gives_nodes(&self) -> bool {
        matches!(self.name, "instance" | "current" | "indexed-repeat" | "randomize" | "if")
    }
}

const ANY: usize = usize::MAX;

/// All functions by family.
const FAMILIES: [&[Function]; 8] =
    [text::ALL, number::ALL, logic::ALL, nodes::ALL, choice::ALL, dates::ALL, geo::ALL, digest::ALL];

/// Every function, for lists and tables.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|f| f.iter())
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|f| f.name == name)
}

/// Texts of arguments, nodes of a node-set one by one.
fn texts<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Vec<std::borrow::Cow<'a, str>> {
    let mut out = Vec::new();
    for arg in args {
        match scope.eval(arg, here) {
            Value::Nodes(nodes) => out.extend(nodes.into_iter().map(|n| scope.node_text(n))),
            other => out.push(scope.text(&other)),
        }
    }
    out
}
