//! Expressions: XPath 1.0 as ODK XForms uses it. Lexer → parser → [`Expr`] → evaluator over a
//! [`Tree`](super::tree::Tree).
//!
//! ```
//! use app_core::xlsform::{Env, Tree, expr};
//! let tree = Tree::from_json(&serde_json::json!({"members": [{"living": "alive"}, {"living": "dead"}], "line": 7500}));
//! let rule = expr::parse("count(${members}[living = 'alive']) = 1 and ${line} > 7000").unwrap();
//! assert!(rule.eval_bool(&tree, tree.root(), &Env::default()));
//! ```
//! Start reading at `ast.rs`; each function family has its file under `functions/`.

mod ast;
mod axes;
mod eval;
pub mod functions;
mod lexer;
mod parser;
mod print;
mod value;

pub use ast::{Axis, Expr, Filter, Op, Path, Start, Step, Test};
pub use eval::{ChoiceLabel, ChoiceNames, Here, Lists, Scope};
pub use lexer::is_name;
pub use value::{NodeRef, Value};

use super::env::Env;
use super::num::Num;
use super::tree::{NodeId, Tree};
use crate::told;
use crate::told::Told;

/// What is wrong with an expression, in words a form's author understands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", .offset + 1)]
pub struct ExprError {
    /// Where, in characters from the beginning (0 is the first).
    pub offset: usize,
    /// What.
    pub message: Told,
}

impl ExprError {
    pub(crate) fn new(offset: usize, message: Told) -> ExprError {
        ExprError { offset, message }
    }

    /// With its place, in both languages.
    pub fn told(&self) -> Told {
        told!("{} (at character {})", "{}（在第 {} 个字符处）", self.message, self.offset.saturating_add(1))
    }
}

/// Parses an expression. Unknown functions and wrong numbers of arguments are errors here, not later.
pub fn parse(text: &str) -> Result<Expr, ExprError> {
    parser::parse(text)
}

impl Expr {
    /// Evaluates over a plain tree; `${name}` means every node of that name below the root.
    ///
    /// Numbers of nodes are text until asked: use [`Expr::eval_bool`], [`Expr::eval_num`] or [`Expr::eval_text`].
    pub fn eval<'a>(&'a self, tree: &'a Tree, node: NodeId, env: &'a Env) -> Value<'a> {
        let lists = Lists::none();
        Scope::plain(tree, lists, env, node).eval(self, Here::only(NodeRef::main(node)))
    }

    /// Evaluates to a boolean.
    pub fn eval_bool(&self, tree: &Tree, node: NodeId, env: &Env) -> bool {
        let scope = Scope::plain(tree, Lists::none(), env, node);
        scope.boolean(&scope.eval(self, Here::only(NodeRef::main(node))))
    }

    /// Evaluates to a number.
    pub fn eval_num(&self, tree: &Tree, node: NodeId, env: &Env) -> Num {
        let scope = Scope::plain(tree, Lists::none(), env, node);
        scope.number(&scope.eval(self, Here::only(NodeRef::main(node))))
    }

    /// Evaluates to text.
    pub fn eval_text(&self, tree: &Tree, node: NodeId, env: &Env) -> String {
        let scope = Scope::plain(tree, Lists::none(), env, node);
        scope.text(&scope.eval(self, Here::only(NodeRef::main(node)))).into_owned()
    }
}

#[cfg(test)]
mod tests;
