//! Words of forms other than the one in force: what a question was called and what an answer meant when it was given.

use std::sync::Arc;

use super::form_view::without_note;
use crate::xlsform::{Form, Kind};

/// What the first of these forms that asks it calls a question.
pub(super) fn label(forms: &[Arc<Form>], name: &str, language: &str) -> Option<String> {
    let mut labels = forms.iter().filter_map(|f| Some(f.question(f.find(name)?).label.plain(language)));
    labels.find(|l| !l.is_empty())
}

/// What an answer means in the first of these forms that has such choices; `None` = what it says.
pub(super) fn value(forms: &[Arc<Form>], name: &str, text: &str, language: &str, between: &str) -> Option<String> {
    forms.iter().find_map(|form| said(form, name, text, language, between))
}

fn said(form: &Form, name: &str, text: &str, language: &str, between: &str) -> Option<String> {
    let question = form.question(form.find(name)?);
    let list = form.lists.get(question.list.filter(|_| question.kind.has_choices())?)?;
    let codes: Vec<&str> = if question.kind == Kind::SelectOne && list.index.contains_key(text) {
        vec![text]
    } else {
        text.split_whitespace().collect()
    };
    let label = |code: &&str| {
        let choice = list.choices.get(*list.index.get(*code)? as usize)?;
        Some(without_note(&choice.label.plain(language)).to_owned())
    };
    let labels: Option<Vec<String>> = codes.iter().map(label).collect();
    labels.filter(|l| !l.is_empty()).map(|l| l.join(between))
}
