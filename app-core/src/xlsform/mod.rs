//! Forms: an XLSForm workbook → [`Form`] → [`Instance`]; and the expression language, also over plain trees.
//!
//! Lives here: reading of workbooks, expressions, the running of a form, bound questions over plain JSON. May not
//! live here: households, the device's files, screens, rules. Outside crate behind this door: calamine.
//!
//! Where to start: `form/model.rs` is what a form is, `instance/run.rs` how an answer spreads, `expr/ast.rs` the
//! language. `docs/xlsform.md` says what is supported.
//!
//! ```
//! use app_core::xlsform::{self, Env, Instance};
//! use std::sync::Arc;
//! let book = xlsform::workbook::read_markdown("
//! | survey |         |          |        |                         |             |
//! |        | type    | name     | label  | relevant                | calculation |
//! |        | integer | people   | 人口   |                         |             |
//! |        | decimal | income   | 收入   |                         |             |
//! |        | calculate | per_head |      |                         | ${income} div ${people} |
//! |        | text    | why      | 原因   | ${per_head} < 7500      |             |
//! ").unwrap();
//! let form = Arc::new(xlsform::form::compile(&book, "example").unwrap());
//! let mut visit = Instance::new(form, Env::default());
//! let node = visit.find("people").unwrap();
//! visit.set(node, "4").unwrap();
//! let changes = visit.set(visit.find("/income").unwrap(), "28000.00").unwrap();
//! assert!(changes.iter().any(|c| visit.path(c.node) == "/why" && c.what.relevance));
//! assert_eq!(visit.value(visit.find("per_head").unwrap()), "7000");
//! ```
//!
//! - [`read_form`] reads a folder, `.xlsx` or `.md`; problems carry sheet, row, column. A [`Form`] is immutable: share it.
//! - [`Instance`]: `find(path)` or `walk()` gives nodes; `view(node)` everything a screen needs; `set` answers and
//!   says what changed; `add`/`remove` instances of repeats under the caller's keys; `prefill` for values from
//!   elsewhere; `system_value`/`clear_override` for overridable answers; `answers`/`restore` for drafts; `result` for
//!   `ruhu form run`.
//! - [`binding`]: bound questions, filled from facts and collected as changes of facts.
//! - [`expr::parse`] and [`expr::Expr`] over [`Tree::from_json`]: rules.

pub mod binding;
pub mod env;
pub mod expr;
mod features;
pub mod form;
pub mod instance;
pub mod num;
mod problem;
pub mod tables;
pub mod tree;
pub mod workbook;

#[cfg(test)]
mod proofs;

pub use env::{Env, Table};
pub use form::{Form, Kind, Question, QuestionId, Shape};
pub use instance::{Change, ChoiceView, Instance, Refused, View, Violation, ViolationKind, What};
pub use num::Num;
pub use problem::{Problem, Problems};
pub use tree::{NodeId, Tree};

use std::path::Path;

/// Reads a form: a folder of CSV sheets, an `.xlsx` workbook or an `.md` file.
pub fn read_form(path: &Path) -> Result<Form, Problems> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    form::compile(&workbook::read(path)?, &stem)
}
