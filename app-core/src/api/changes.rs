//! 这张表改了: what the change of a form means for an open draft, in words, each with the way to its field.

use super::form_view::FormView;
use super::older;
use super::views::{FactView, FormChangeKind, FormChangeView, FormChangesView};
use super::words::Word;
use crate::service::visit::changes::{FormChange, Why};
use crate::service::visit::{Retired, Running};
use crate::xlsform::NodeId;

/// `None` where the form is the one its writer knows.
pub(super) fn of(view: &FormView<'_>) -> Option<FormChangesView> {
    let form = view.form;
    let items: Vec<FormChangeView> = form.changes().iter().map(|c| item(view, c)).collect();
    let reading = form.recorded().is_some() || form.went_on();
    (form.versions().changed() && !reading && !(items.is_empty() && form.versions().acknowledged())).then(|| {
        FormChangesView {
            acknowledged: form.versions().acknowledged(),
            from: form.versions().from.clone(),
            to: form.form().version.clone(),
            items,
        }
    })
}

fn item(view: &FormView<'_>, change: &FormChange) -> FormChangeView {
    let instance = view.form.instance();
    let path = change.node.map(|n| instance.path(n));
    let section =
        path.as_deref().and_then(|p| p.split('/').nth(1)).map(|s| format!("/{}", s.split('[').next().unwrap_or(s)));
    let kind = match change.why {
        Why::Type => FormChangeKind::Type,
        Why::Choice => FormChangeKind::Choice,
        Why::Constraint => FormChangeKind::Constraint,
        Why::New => FormChangeKind::New,
        Why::Computed => FormChangeKind::Computed,
        Why::Gone => FormChangeKind::Gone,
        Why::Replaced => FormChangeKind::Replaced,
    };
    FormChangeView {
        kind,
        label: label(view, change),
        old: old(view, change),
        note: note(view, change),
        path,
        section,
        done: change.done,
    }
}

fn label(view: &FormView<'_>, change: &FormChange) -> String {
    let now = change.node.map(|n| view.form.instance().label(n)).filter(|l| !l.is_empty());
    let label = now.unwrap_or_else(|| name_of(view, &change.name));
    match whose(view, change.node, &change.path) {
        Some(who) => format!("{who}：{label}"),
        None => label,
    }
}

/// What a question was called, or is.
fn name_of(view: &FormView<'_>, name: &str) -> String {
    let form = view.form.form();
    let now = || form.find(name).map(|q| form.question(q).label.plain(view.language())).filter(|l| !l.is_empty());
    let before = older::label(view.form.versions().earlier(), name, view.language());
    before.or_else(now).unwrap_or_else(|| name.to_owned())
}

/// Of whom something was said: in the roster.
fn whose(view: &FormView<'_>, node: Option<NodeId>, path: &str) -> Option<String> {
    if let Some(node) = node.and_then(|n| view.form.instance_around(n)) {
        return Some(view.instance_title(node, 0));
    }
    let key = path.rsplit('/').skip(1).find_map(|s| s.strip_suffix(']')?.split_once('[').map(|(_, key)| key))?;
    view.form.file().members.iter().find(|m| m.fact.id == key).and_then(|m| m.fact.name.clone())
}

fn old(view: &FormView<'_>, change: &FormChange) -> String {
    say(view, &change.name, &change.text)
}

/// A stored text as the form said it in which it was answered.
fn say(view: &FormView<'_>, name: &str, text: &str) -> String {
    let between = view.say.lang.pick("、", ", ");
    let (versions, on) = (view.form.versions(), view.form.on());
    let listed = |name: &String| older::value(versions.earlier(), name, text, view.language(), between);
    let in_table = |name: &String| {
        let whole = versions.in_table(name, text, on);
        let each = || text.split_whitespace().map(|code| versions.in_table(name, code, on)).collect::<Option<Vec<_>>>();
        whole.or_else(|| each().filter(|words| !words.is_empty()).map(|words| words.join(between)))
    };
    let names = view.form.names_of(name);
    let before = names.iter().find_map(listed).or_else(|| names.iter().find_map(in_table));
    before.unwrap_or_else(|| text.to_owned())
}

fn note(view: &FormView<'_>, change: &FormChange) -> String {
    let instance = view.form.instance();
    let word = match change.why {
        Why::Type => Word::ChangeType,
        Why::Choice => Word::ChangeChoice,
        Why::New => Word::ChangeNew,
        Why::Gone => Word::ChangeGone,
        Why::Replaced => Word::ChangeReplaced,
        Why::Constraint => {
            let message = change.node.and_then(|n| instance.violation(n)).map(|v| v.message).filter(|m| !m.is_empty());
            return message.unwrap_or_else(|| view.say.word(Word::Invalid));
        }
        Why::Computed => {
            let system = change.node.map(|n| view.say_value(n, instance.system_value(n).unwrap_or_default()));
            return Word::ChangeComputed.fill(view.say.lang, &[&system.unwrap_or_default()]);
        }
    };
    view.say.word(word)
}

/// The choices of a question that were ticked and are none any more, as the form said them that had them.
pub(super) fn cancelled(view: &FormView<'_>, node: NodeId) -> Vec<String> {
    let instance = view.form.instance();
    let name = &instance.question(node).name;
    instance.strange(node).iter().map(|code| say(view, name, code)).collect()
}

/// What was answered to a question when it was another, and is to be answered again.
pub(super) fn former(view: &FormView<'_>, node: NodeId) -> Vec<String> {
    let mut texts: Vec<String> = view.form.former(node).map(|r| say(view, &r.name, &r.text)).collect();
    if view.form.recorded().is_some() {
        let name = &view.form.instance().question(node).name;
        texts = texts.into_iter().map(|text| masked(name, text)).collect();
    }
    texts
}

/// Every answer without a place in the form, choices that are gone included.
pub(super) fn all_retired(form: &Running, view: &FormView<'_>) -> Vec<FactView> {
    let mut all: Vec<FactView> = form.retired().iter().map(|r| retired(form, view, r)).collect();
    let instance = form.instance();
    for node in instance.walk() {
        let strange = instance.strange(node);
        if !strange.is_empty() {
            let name = instance.question(node).name.clone();
            all.push(retired(form, view, &Retired { path: instance.path(node), name, text: strange.join(" ") }));
        }
    }
    all
}

/// An answer without a place in the form.
fn retired(form: &Running, view: &FormView<'_>, retired: &Retired) -> FactView {
    let label = name_of(view, &retired.name);
    FactView {
        path: retired.path.clone(),
        label: match whose(view, None, &retired.path) {
            Some(who) => format!("{who}：{label}"),
            None => label,
        },
        value: match (say(view, &retired.name, &retired.text), form.recorded().is_some()) {
            (text, true) => masked(&retired.name, text),
            (text, false) => text,
        },
        masked: false,
        conflict: false,
        control: None,
        choices: Vec::new(),
    }
}

/// In a visit that is only read, numbers that identify a person are masked.
fn masked(name: &str, text: String) -> String {
    match name {
        n if n.ends_with("id_number") => super::say::masked_id(&text),
        n if n.ends_with("phone") => super::say::masked_phone(&text),
        _ => text,
    }
}
