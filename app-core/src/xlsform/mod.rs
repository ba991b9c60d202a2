//! Forms: an XLSForm workbook → [`Form`] → [`Instance`]; and the expression language, also over plain trees.
//!
//! Lives here: reading of workbooks, expressions, the running of a form. May not live here: households, files of
//! the device, screens. Outside crate behind this door: calamine.
pub mod env;
pub mod expr;
pub mod form;
pub mod instance;
pub mod num;
mod problem;
pub mod tree;
pub mod workbook;

pub use env::{Env, Table};
pub use form::{Form, Kind, Question, QuestionId, Shape};
pub use instance::{Change, Instance, Refused, View, Violation, ViolationKind, What};
pub use num::Num;
pub use problem::{Problem, Problems};
pub use tree::{NodeId, Tree};

use std::path::Path;

/// Reads a form: a folder of CSV sheets, an `.xlsx` workbook or an `.md` file.
pub fn read_form(path: &Path) -> Result<Form, Problems> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    form::compile(&workbook::read(path)?, &stem)
}
