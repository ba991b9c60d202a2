//! Forms: an XLSForm workbook → [`Form`] → [`Instance`]; and the expression language, also over plain trees.
//!
//! Lives here: reading of workbooks, expressions, the running of a form. May not live here: households, files of
//! the device, screens. Outside crate behind this door: calamine.
pub mod env;
pub mod expr;
pub mod num;
pub mod tree;

pub use env::{Env, Table};
pub use num::Num;
pub use tree::{NodeId, Tree};
