//! What can be said of a form only when all of it is read: that names exist, that triggers can go off.

use super::model::{Form, Question, QuestionId};
use super::types::Kind;
use super::words::split;
use crate::told;
use crate::xlsform::problem::Problem;
use std::collections::HashMap;

/// What nobody answers cannot set off a trigger.
pub fn triggers(form: &Form, problems: &mut Vec<Problem>) {
    let silent = |q: &Question| {
        let computed = q.calculation.is_some() || q.setters.iter().any(|s| !s.triggers.is_empty());
        q.kind == Kind::Calculate || (computed && q.label.is_empty() && q.hint.is_empty())
    };
    for (_, question) in form.iter() {
        let sources = question.setters.iter().flat_map(|s| &s.triggers).map(|id| form.question(*id));
        for source in sources.filter(|source| silent(source)) {
            let message = told!(
                "“{}” is not shown to anyone, so it cannot be a trigger",
                "“{}”不在屏幕上显示，不能用作触发（trigger）。",
                source.name
            );
            problems.push(Problem::cell("survey", question.row, "trigger", message));
        }
    }
}

/// References in settings: each names a question.
pub fn settings(form: &Form, settings: &HashMap<String, String>, problems: &mut Vec<Problem>) {
    for (key, text) in settings {
        for name in split(text).into_iter().filter_map(Result::err) {
            let name = name.strip_prefix("last-saved#").unwrap_or(&name);
            if form.find(name).is_none() {
                let message = told!("there is no question named “{}”", "没有名为“{}”的问题。", name);
                problems.push(Problem::cell("settings", 2, key, message));
            }
        }
    }
}

/// What choices say must exist; names of choices that may be stored side by side hold no blanks.
pub fn choices(form: &Form, problems: &mut Vec<Problem>) {
    for (at, list) in form.lists.iter().enumerate() {
        for (choice, name) in list.references().filter(|(_, name)| form.named_in_choice(name).is_none()) {
            let message = told!("there is no question named “{}”", "没有名为“{}”的问题。", name);
            problems.push(Problem::cell("choices", choice.row, "label", message));
        }
        let several = |(_, q): &(QuestionId, &Question)| q.list == Some(at) && q.kind != Kind::SelectOne;
        let Some((_, question)) = form.iter().find(several) else { continue };
        for choice in list.choices.iter().filter(|c| c.name.contains(char::is_whitespace)) {
            let message = told!(
                "“{}” holds blanks, so “{}” could not tell it apart",
                "选项代码“{}”里有空格，多选题“{}”分不清它。",
                choice.name,
                question.name
            );
            problems.push(Problem::cell("choices", choice.row, "name", message));
        }
    }
}
