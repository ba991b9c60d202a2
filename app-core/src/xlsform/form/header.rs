//! Headings: aliases, languages, `bind::` columns → one [`Cells`] per row.

use crate::told;
use crate::told::Told;
use crate::xlsform::problem::Problem;
use crate::xlsform::workbook::{Row, Sheet};
use std::collections::BTreeMap;

/// A heading, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The canonical key: `label`, `relevant`, `bind::ruhu:fact`, …
    pub key: String,
    /// The language of a translated column; empty for the unsuffixed one.
    pub language: String,
}

const TRANSLATED: &[&str] = &[
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "image",
    "audio",
    "video",
    "big-image",
];

/// Words before a colon that say where in an XForm an attribute goes.
const GROUPS: [&str; 5] = ["bind", "body", "control", "instance", "media"];

/// Heading words that mean another one (pyxform's aliases).
const ALIASES: &[(&str, &str)] = &[
    ("caption", "label"),
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("relevance", "relevant"),
    ("read_only", "readonly"),
    ("calculate", "calculation"),
    ("constraining_message", "constraint_message"),
    ("requiredmsg", "required_message"),
    ("count", "repeat_count"),
    ("jr:count", "repeat_count"),
    ("list_name", "list_name"),
    ("list name", "list_name"),
    ("bind::relevant", "relevant"),
    ("bind::constraint", "constraint"),
    ("bind::required", "required"),
    ("bind::readonly", "readonly"),
    ("bind::calculate", "calculation"),
    ("bind::jr:constraintmsg", "constraint_message"),
    ("bind::jr:requiredmsg", "required_message"),
    ("body::appearance", "appearance"),
    ("control::appearance", "appearance"),
    ("body::jr:count", "repeat_count"),
    ("control::jr:count", "repeat_count"),
    ("media::image", "image"),
    ("media::audio", "audio"),
    ("media::video", "video"),
    ("media::big-image", "big-image"),
];

/// Understands one heading.
pub fn read(raw: &str) -> Heading {
    let parts: Vec<&str> = if raw.contains("::") {
        raw.split("::").map(str::trim).collect()
    } else {
        // The old single colon, except in names with a prefix such as jr:count.
        match raw.split_once(':') {
            Some((key, language)) if TRANSLATED.contains(&canonical(key).as_str()) => vec![key.trim(), language.trim()],
            Some((group, attribute)) if GROUPS.contains(&group.trim().to_lowercase().as_str()) => {
                vec![group.trim(), attribute.trim()]
            }
            _ => vec![raw.trim()],
        }
    };
    let (first, rest) = match parts.split_first() {
        Some((first, rest)) => (*first, rest),
        None => (raw, [].as_slice()),
    };
    let plain = |key: String, language: String| Heading { key, language };
    match first.to_lowercase().as_str() {
        group if GROUPS.contains(&group) && !rest.is_empty() => {
            let (attribute, language) = match rest {
                [attribute, language, ..] => (*attribute, (*language).to_string()),
                [attribute] => (*attribute, String::new()),
                [] => ("", String::new()),
            };
            let full = format!("{}::{}", first.to_lowercase(), attribute);
            let key = alias(&full.to_lowercase()).map_or(full, str::to_string);
            plain(key, language)
        }
        _ => {
            let key = canonical(first);
            if TRANSLATED.contains(&key.as_str()) {
                plain(key, rest.join("::"))
            } else if rest.is_empty() {
                plain(key, String::new())
            } else {
                plain(raw.trim().to_string(), String::new())
            }
        }
    }
}

fn alias(key: &str) -> Option<&'static str> {
    ALIASES.iter().find(|(from, _)| *from == key).map(|(_, to)| *to)
}

fn canonical(word: &str) -> String {
    let snake = word.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
    alias(&snake).map_or_else(
        || if KNOWN.contains(&snake.as_str()) { snake.clone() } else { word.trim().to_string() },
        str::to_string,
    )
}

/// Canonical keys that are matched whatever their case; others are kept as written (extra columns of choices).
const KNOWN: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "relevant",
    "constraint",
    "constraint_message",
    "required",
    "required_message",
    "readonly",
    "calculation",
    "trigger",
    "default",
    "choice_filter",
    "appearance",
    "parameters",
    "repeat_count",
    "image",
    "audio",
    "video",
    "big-image",
    "list_name",
    "disabled",
    "form_title",
    "form_id",
    "version",
    "default_language",
    "allow_choice_duplicates",
    "save_to",
    "note",
    "namespaces",
    "style",
    "instance_name",
    "public_key",
    "submission_url",
    "order",
    "filter",
];

/// The cells of a row by key and language.
pub struct Cells<'a> {
    /// The sheet's name.
    pub sheet: &'a str,
    /// The row's number.
    pub row: u32,
    columns: &'a [Column],
    cells: &'a Row,
}

/// A heading with where it stands.
pub struct Column {
    /// Understood.
    pub heading: Heading,
    /// As written.
    pub raw: String,
}

/// Understands all headings of a sheet; two that mean the same are a problem.
pub fn columns(sheet: &Sheet) -> Result<Vec<Column>, Problem> {
    let mut out: Vec<Column> = Vec::new();
    for raw in &sheet.columns {
        let heading = read(raw);
        let twin = out.iter().find(|c| c.heading == heading && !raw.is_empty());
        if let Some(twin) = twin {
            return Err(Problem::cell(
                &sheet.name,
                1,
                raw,
                told!("the columns “{}” and “{}” mean the same", "“{}”和“{}”是同一列，只能留一个。", twin.raw, raw),
            ));
        }
        out.push(Column { heading, raw: raw.clone() });
    }
    Ok(out)
}

impl<'a> Cells<'a> {
    /// The cells of one row.
    pub fn new(sheet: &'a Sheet, columns: &'a [Column], row: &'a Row) -> Cells<'a> {
        Cells { sheet: &sheet.name, row: row.number, columns, cells: row }
    }

    fn filled(&self) -> impl Iterator<Item = (&'a Column, &'a str)> {
        self.columns.iter().zip(&self.cells.cells).map(|(c, t)| (c, t.as_str())).filter(|(_, t)| !t.is_empty())
    }

    /// The cell of this key in the unsuffixed column; empty if there is none.
    pub fn get(&self, key: &str) -> &'a str {
        self.filled().find(|(c, _)| c.heading.key == key && c.heading.language.is_empty()).map_or("", |(_, t)| t)
    }

    /// The cell with the quotation marks that word processors bend made straight: for expressions and names.
    pub fn code(&self, key: &str) -> String {
        self.get(key).replace(['‘', '’'], "'").replace(['“', '”'], "\"")
    }

    /// The cell of this key in every language that has it.
    pub fn languages(&self, key: &str) -> Vec<(&'a str, &'a str)> {
        self.filled().filter(|(c, _)| c.heading.key == key).map(|(c, t)| (c.heading.language.as_str(), t)).collect()
    }

    /// The cells whose key begins so, with what follows.
    pub fn prefixed(&self, prefix: &str) -> BTreeMap<String, String> {
        self.filled()
            .filter_map(|(c, t)| Some((c.heading.key.strip_prefix(prefix)?.to_string(), t.to_string())))
            .collect()
    }

    /// All filled cells under headings nobody else reads.
    pub fn others(&self, known: &[&str]) -> Vec<(String, String)> {
        self.filled()
            .filter(|(c, _)| {
                !c.raw.is_empty() && !known.contains(&c.heading.key.as_str()) && c.heading.language.is_empty()
            })
            .map(|(c, t)| (c.heading.key.clone(), t.to_string()))
            .collect()
    }

    /// The heading as written of a key.
    pub fn raw(&self, key: &str) -> String {
        let found = self.columns.iter().find(|c| c.heading.key == key);
        found.map_or_else(|| key.to_string(), |c| c.raw.clone())
    }

    /// A problem of this row's cell.
    pub fn problem(&self, key: &str, message: Told) -> Problem {
        Problem::cell(self.sheet, self.row, &self.raw(key), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_as_people_write_them() {
        for (raw, key, language) in [
            ("Type", "type", ""),
            ("label::English (en)", "label", "English (en)"),
            ("label:English", "label", "English"),
            ("constraint message", "constraint_message", ""),
            ("bind::ruhu:fact", "bind::ruhu:fact", ""),
            ("bind::relevant", "relevant", ""),
            ("bind::jr:constraintMsg::fr", "constraint_message", "fr"),
            ("media::image::fr", "image", "fr"),
            ("bind:relevant", "relevant", ""),
            ("bind:jr:constraintMsg", "constraint_message", ""),
            ("list name", "list_name", ""),
            ("read_only", "readonly", ""),
            ("District", "District", ""),
        ] {
            assert_eq!(read(raw), Heading { key: key.into(), language: language.into() }, "{raw}");
        }
    }
}
