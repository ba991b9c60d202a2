//! Labels, hints and messages: by language, with `${…}` inside.

use super::model::Formula;

/// A text column in all its languages.
#[derive(Clone, Debug, Default)]
pub struct Words {
    by_language: Vec<(String, Vec<Piece>)>,
}

/// A stretch of a label.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As written.
    Text(String),
    /// The value of an expression (a `${name}`).
    Value(Formula),
}

impl Words {
    pub(crate) fn push(&mut self, language: &str, pieces: Vec<Piece>) {
        self.by_language.push((language.to_string(), pieces));
    }

    /// Whether there are none in any language.
    pub fn is_empty(&self) -> bool {
        self.by_language.is_empty()
    }

    /// The languages there are.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.by_language.iter().map(|(l, _)| l.as_str())
    }

    /// The pieces in a language (`English (en)`, or only `en`), else in the unsuffixed column, else in any.
    pub fn pieces(&self, language: &str) -> &[Piece] {
        let exact = self.by_language.iter().find(|(l, _)| l == language);
        let code = || self.by_language.iter().find(|(l, _)| !language.is_empty() && code_of(l) == Some(language));
        let plain = || self.by_language.iter().find(|(l, _)| l.is_empty());
        exact.or_else(code).or_else(plain).or(self.by_language.first()).map_or(&[], |(_, p)| p)
    }

    /// All formulas in all languages.
    pub fn formulas(&self) -> impl Iterator<Item = &Formula> {
        self.by_language.iter().flat_map(|(_, p)| p).filter_map(|p| match p {
            Piece::Value(f) => Some(f),
            Piece::Text(_) => None,
        })
    }

    /// The words without values, `${…}` as written: for lists, exports and tools.
    pub fn plain(&self, language: &str) -> String {
        let words = self.pieces(language).iter().map(|p| match p {
            Piece::Text(t) => t.as_str(),
            Piece::Value(f) => f.source.as_str(),
        });
        words.collect()
    }
}

/// `en` of `English (en)`.
fn code_of(language: &str) -> Option<&str> {
    let (_, rest) = language.rsplit_once('(')?;
    Some(rest.strip_suffix(')')?.trim())
}

/// Splits `a ${b} c` into texts and names.
pub fn split(text: &str) -> Vec<Result<String, String>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            out.push(Ok(before.to_string()));
        }
        out.push(Err(name.to_string()));
        rest = tail;
    }
    if !rest.is_empty() {
        out.push(Ok(rest.to_string()));
    }
    out
}
