//! `bundle.export`, `bundle.import`: this device's work as a sealed file, and a file of others taken in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::views::{BundleFileView, BundleImportRequest, BundleImportView, FileView, Nothing};
use super::words::Word;
use crate::error::{Error, Result};
use crate::service::App;
use crate::sync::bundle::Imported;
use crate::wire::bundle::BUNDLE_MAX;

/// The ending of a bundle's file.
const ENDING: &str = "ruhu";

pub(super) fn export(app: &App, _: Nothing) -> Result<BundleFileView> {
    let (bytes, what) = app.export_bundle()?;
    let now = app.local_now();
    let name = app.person()?.name;
    super::with_say(app, |say| {
        let mut words = vec![Word::BundleOut.fill(say.lang, &[&what.households, &what.drafts])];
        if what.parcels > 0 {
            words.push(Word::BundleOutOthers.fill(say.lang, &[&what.parcels]));
        }
        if what.closed > 0 {
            words.push(Word::BundleClosed.fill(say.lang, &[&what.closed]));
        }
        let name = format!("{}-{}-{}.{ENDING}", say.word(Word::Bundle), name, now.format("%m-%d-%H%M"));
        let file = FileView { name, content: STANDARD.encode(&bytes), media: "application/octet-stream".to_owned() };
        Ok(BundleFileView { file, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX), words })
    })
}

pub(super) fn import(app: &App, ask: BundleImportRequest) -> Result<BundleImportView> {
    // Four characters carry three bytes.
    if ask.content.len() / 4 > BUNDLE_MAX / 3 {
        return Err(Error::invalid(
            "文件过大，不是入户数据包，没有收进任何内容。 The file is too large to be a bundle; nothing was taken in.",
        ));
    }
    let bytes = STANDARD.decode(ask.content.as_bytes()).map_err(|_| {
        Error::invalid("文件没有传完整，没有收进任何内容。 The file did not come whole; nothing was taken in.")
    })?;
    let came = app.import_bundle(&bytes)?;
    super::with_say(app, |say| {
        Ok(BundleImportView { words: lines(say, &came), news: came.changes > 0 || came.drafts > 0 })
    })
}

/// What came, line by line; what is not there is not said.
fn lines(say: &super::say::Say<'_>, came: &Imported) -> Vec<String> {
    let mut lines = Vec::new();
    let people: Vec<&str> = came.people.iter().map(String::as_str).collect();
    if came.changes > 0 {
        let who = people.join(say.lang.pick("、", ", "));
        lines.push(Word::BundleIn.fill(say.lang, &[&who, &came.households, &came.changes]));
    }
    for (count, word) in [
        (came.drafts, Word::BundleDrafts),
        (came.waits, Word::BundleWaits),
        (came.refused, Word::BundleRefused),
        (came.closed, Word::BundleClosed),
        (came.spoilt, Word::BundleSpoilt),
    ] {
        if count > 0 {
            lines.push(word.fill(say.lang, &[&count]));
        }
    }
    if lines.is_empty() {
        lines.push(say.word(Word::BundleNothing));
    }
    lines
}
