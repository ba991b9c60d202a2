//! `ruhu phone bundle …`: what travels without a server (docs/cli.md).

use std::path::{Path, PathBuf};

use app_core::error::{Error, Result};
use app_core::service::App;
use app_core::service::bundle::read_file;
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write this phone's work, and what it carries for others, into a sealed file
    Export { file: PathBuf },
    /// Take in a sealed file: merge what is for this phone, carry all of it to the server
    Import { file: PathBuf },
}

/// Does it.
pub fn answer(app: &App, verb: &Verb) -> Result<Value> {
    match verb {
        Verb::Export { file } => export(app, file),
        Verb::Import { file } => import(app, file),
    }
}

fn export(app: &App, file: &Path) -> Result<Value> {
    let (bytes, what) = app.export_bundle()?;
    std::fs::write(file, &bytes).map_err(|e| {
        Error::invalid("文件写不出，请换一个位置；本机内容都在。 The file cannot be written: choose another place; everything here is safe.").because(e)
    })?;
    Ok(json!({
        "bytes": bytes.len(),
        "households": what.households,
        "drafts": what.drafts,
        "parcels": what.parcels,
        "closed": what.closed,
    }))
}

fn import(app: &App, file: &Path) -> Result<Value> {
    let came = app.import_bundle(&read_file(file)?)?;
    Ok(json!({
        "people": came.people,
        "changes": came.changes,
        "households": came.households,
        "waits": came.waits,
        "refused": came.refused,
        "drafts": came.drafts,
        "closed": came.closed,
        "known": came.known,
        "spoilt": came.spoilt,
    }))
}
