//! `ruhu phone what-if`: docs/cli.md.

use std::path::Path;

use app_core::error::Result;
use app_core::policy::workbook;
use app_core::service::App;
use app_core::service::what_if::{Changed, Said, Shift, WhatIf};
use serde_json::{Value, json};

/// Judges by the pack in force and by this one.
pub fn answer(app: &App, path: &Path, area: Option<&str>) -> Result<Value> {
    let pack = workbook::load(path)?;
    pack.inspect().or(())?;
    // Nobody stops it from another thread: there is always an answer.
    let found = app.what_if(&pack, area)?.unwrap_or_default();
    let WhatIf { households, changed, shifts, listed } = found;
    Ok(json!({
        "pack": { "id": pack.manifest().id, "version": pack.manifest().version, "hash": hex::encode(pack.hash()) },
        "households": households,
        "changed": changed,
        "shifts": shifts.iter().map(shift).collect::<Vec<_>>(),
        "listed": listed.iter().map(household).collect::<Vec<_>>(),
    }))
}

fn shift(s: &Shift) -> Value {
    json!({ "what": s.what, "gained": s.gained, "lost": s.lost })
}

fn household(c: &Changed) -> Value {
    let said = |all: &[(String, Said)]| -> Vec<Value> {
        all.iter().map(|(what, s)| json!({ "what": what, "words": s.words, "words_en": s.words_en })).collect()
    };
    json!({
        "id": c.household.id,
        "head_name": c.household.head_name,
        "village": c.household.village,
        "gained": said(&c.gained),
        "lost": said(&c.lost),
        "overrides": c.overrides,
    })
}
