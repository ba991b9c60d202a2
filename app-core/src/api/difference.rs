//! `policy.difference`: what the candidate changes, in words, form by form and table by table.

use super::say::Say;
use super::views::{DifferenceGroup, DifferenceLine, DifferenceRequest, DifferenceView};
use super::words::Word;
use crate::error::Result;
use crate::policy::{ChangeKind, Difference};
use crate::service::App;
use crate::service::candidate::Which;

pub(super) fn view(app: &App, ask: DifferenceRequest) -> Result<DifferenceView> {
    let new = app.pack_of(&Which::of(ask.pack.as_deref(), Which::Candidate))?;
    let differences = app.difference(&new)?;
    super::with_say(app, |say| Ok(grouped(&Say { pack: Some(&new), ..*say }, &differences)))
}

/// Groups in the order in which they first come: files are in the order of names, so forms stand together.
pub(super) fn grouped(say: &Say<'_>, differences: &[Difference]) -> DifferenceView {
    let mut groups: Vec<DifferenceGroup> = Vec::new();
    for d in differences {
        let id = group_of(&d.file);
        let words = say.lang.pick(bare(&d.words, '：'), bare(&d.words_en, ':')).to_owned();
        let line = DifferenceLine { what: what(d).to_owned(), words };
        match groups.iter_mut().find(|g| g.id == id) {
            Some(group) => group.lines.push(line),
            None => groups.push(DifferenceGroup { title: title(say, &id), id, lines: vec![line] }),
        }
    }
    for group in &mut groups {
        group.lines.sort_by_key(|l| ORDER.iter().position(|o| *o == l.what));
    }
    let total = u32::try_from(differences.len()).unwrap_or(u32::MAX);
    DifferenceView { total, groups }
}

/// Without “added question:” and the like, which the mark and the heading of the group say.
fn bare(words: &str, colon: char) -> &str {
    words.split_once(colon).map_or(words, |(_, rest)| rest.trim_start())
}

/// What a person looks for first.
const ORDER: [&str; 8] = ["removed", "choice_removed", "renamed", "added", "choice_added", "logic", "changed", "words"];

fn group_of(file: &str) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        ["forms", slug, _] => (*slug).to_owned(),
        [name] => match name.strip_suffix(".csv") {
            Some(known @ ("rules" | "checks" | "params" | "codes")) => known.to_owned(),
            _ => "other".to_owned(),
        },
        _ => "other".to_owned(),
    }
}

fn title(say: &Say<'_>, id: &str) -> String {
    match id {
        "rules" => say.word(Word::TableRules),
        "checks" => say.word(Word::TableChecks),
        "params" => say.word(Word::TableParams),
        "codes" => say.word(Word::TableCodes),
        "other" => say.word(Word::TableOther),
        slug => say.form_title(slug),
    }
}

/// Columns of a form that decide what happens, not what is read.
const LOGIC: [&str; 14] = [
    "type",
    "relevant",
    "constraint",
    "required",
    "calculation",
    "trigger",
    "default",
    "readonly",
    "choice_filter",
    "repeat_count",
    "parameters",
    "appearance",
    "bind::ruhu:fact",
    "bind::ruhu:override",
];

fn what(d: &Difference) -> &'static str {
    let of_form = d.file.starts_with("forms/");
    let choice = d.file.ends_with("/choices.csv");
    match d.kind {
        ChangeKind::Added if choice => "choice_added",
        ChangeKind::Removed if choice => "choice_removed",
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Changed if of_form && d.columns.iter().any(|c| LOGIC.contains(&c.as_str())) => "logic",
        ChangeKind::Changed if of_form && d.columns.iter().all(|c| is_words(c)) => "words",
        ChangeKind::Changed => "changed",
    }
}

fn is_words(column: &str) -> bool {
    ["label", "hint", "constraint_message", "required_message", "bind::ruhu:explain"]
        .iter()
        .any(|words| column.starts_with(words))
}

#[cfg(test)]
mod tests {
    use super::super::words::Lang;
    use super::*;

    fn difference(file: &str, kind: ChangeKind, columns: &[&str]) -> Difference {
        Difference {
            file: file.into(),
            kind,
            id: "q".into(),
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            words: "改".into(),
            words_en: "changed".into(),
        }
    }

    #[test]
    fn what_changed_is_told_apart_and_stands_by_form() {
        let say = Say { lang: Lang::Zh, pack: None, today: chrono::NaiveDate::default(), me: "" };
        let survey = "forms/screening-lifted/survey.csv";
        let view = grouped(
            &say,
            &[
                difference(survey, ChangeKind::Changed, &["label::English (en)"]),
                difference(survey, ChangeKind::Changed, &["label", "relevant"]),
                difference("forms/screening-lifted/choices.csv", ChangeKind::Removed, &[]),
                difference(survey, ChangeKind::Removed, &[]),
                difference("params.csv", ChangeKind::Changed, &["value"]),
                difference("phases.csv", ChangeKind::Added, &[]),
            ],
        );
        assert_eq!(view.total, 6);
        let form = &view.groups[0];
        assert_eq!(form.id, "screening-lifted");
        let whats: Vec<&str> = form.lines.iter().map(|l| l.what.as_str()).collect();
        assert_eq!(whats, ["removed", "choice_removed", "logic", "words"]);
        assert_eq!((view.groups[1].id.as_str(), view.groups[1].title.as_str()), ("params", "参数"));
        assert_eq!(view.groups[2].id, "other");
    }
}
