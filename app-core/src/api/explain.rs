//! Why the system says so: the form's own explanation with the values put in.

use rust_decimal::Decimal;

use super::form_view::FormView;
use super::words::Word;
use crate::xlsform::{NodeId, QuestionId};

/// The explanation of a computed or proposed question, while the system says anything.
pub(super) fn of(view: &FormView<'_>, node: NodeId) -> Option<String> {
    let instance = view.form.instance();
    let question = instance.question(node);
    let says = match question.overridable {
        true => instance.system_value(node).unwrap_or_default().to_owned(),
        false => view.text(node),
    };
    if says.is_empty() {
        return None;
    }
    let find = |ending: &str| question.attributes.iter().find(|(k, _)| k.ends_with(ending)).map(|(_, v)| v.as_str());
    let template = find(":explain_en").filter(|_| view.language() == "en").or_else(|| find(":explain"))?;
    Some(fill(view, node, template))
}

/// Replaces each `{name}` by the value of that question, nearest first; what is not a question stays as written.
fn fill(view: &FormView<'_>, near: NodeId, template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match nearest(view, near, name) {
            Some(node) => {
                let shown = view.shown(node);
                let unit = view.say.lang.pick("元", " yuan");
                // Templates write the unit themselves.
                let bare = if tail.starts_with(unit.trim_start()) || tail.starts_with(unit) {
                    shown.trim_end_matches(unit)
                } else {
                    &shown
                };
                let fen = tail.starts_with('元').then(|| Decimal::from_str_exact(bare).ok()).flatten();
                let fen = fen.map(super::money::figures);
                let bare = fen.as_deref().unwrap_or(bare);
                out.push_str(if bare.is_empty() { Word::NotGiven.say(view.say.lang) } else { bare });
            }
            None => out.push_str(&format!("{{{name}}}")),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The question of that name in the same instance, else outside all repeats.
fn nearest(view: &FormView<'_>, near: NodeId, name: &str) -> Option<NodeId> {
    let instance = view.form.instance();
    if let Some(around) = view.form.instance_around(near) {
        let inside = instance.tree().descendants(around).into_iter().find(|n| instance.question(*n).name == name);
        if inside.is_some() {
            return inside;
        }
    }
    let id: QuestionId = view.form.form().find(name)?;
    view.form.form().question(id).place
}
