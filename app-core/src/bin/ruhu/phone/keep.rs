//! `keep`: the choice about a visit that went on on another phone of the same person.

use app_core::error::Result;
use app_core::service::App;
use clap::ValueEnum;
use serde_json::{Value, json};

/// Which of the two goes on.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Whose {
    /// what was typed here
    Mine,
    /// what the other phone brought
    Theirs,
}

/// Chooses; `differing` = how many answers stood against each other. Nothing is to be chosen when `went_on` is false.
pub fn answer(app: &App, visit: &str, whose: Whose) -> Result<Value> {
    let (went_on, differing) = app.visit(visit, |running| Ok((running.went_on(), running.differing().len())))?;
    app.keep_visit(visit, matches!(whose, Whose::Mine))?;
    let open = app.read(|tx| tx.open_visit(visit))?.is_some();
    Ok(json!({ "visit": visit, "went_on": went_on, "differing": differing, "open": open }))
}
