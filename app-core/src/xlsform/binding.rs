//! Bound questions: a question that **is** a fact of something outside (`bind::…:fact`), over plain JSON.
//!
//! Paths: `a/b/c` into objects; on a repeat the name of an array of objects (`members`), and inside it
//! `members/*/c`; `measures/<family>` on a multiple choice: the `item`s of that `family` in the array `measures`.
//! The instances of a bound repeat are keyed by the `id` of their objects.

use super::form::{Kind, Shape};
use super::instance::Instance;
use super::tree::{NodeId, scalar_text};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// A fact that a bound question would change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactChange {
    /// The path, with the instance's key in place of `*`: `members/k3f9/health`.
    pub path: String,
    /// The new value: null (emptied), text, number, or a list of codes.
    pub value: Json,
    /// What the facts said before.
    pub before: Json,
}

/// The fact a question is bound to.
pub fn fact_of(instance: &Instance, node: NodeId) -> Option<&str> {
    let attributes = &instance.question(node).attributes;
    attributes.iter().find(|(k, _)| k.ends_with(":fact")).map(|(_, v)| v.trim().trim_matches('/'))
}

/// Fills every bound question with what the facts know, and gives bound repeats their instances.
pub fn prefill(instance: &mut Instance, facts: &Json) {
    let root = instance.tree().root();
    prefill_in(instance, root, facts, None);
}

fn prefill_in(instance: &mut Instance, parent: NodeId, facts: &Json, member: Option<(&str, &Json)>) {
    let form = instance.form().clone();
    for child in form.question(instance.id(parent)).children.clone() {
        let question = form.question(child);
        if question.kind == Kind::Repeat {
            let fact = question.attributes.iter().find(|(k, _)| k.ends_with(":fact")).map(|(_, v)| v.as_str());
            let Some(fact) = fact else { continue };
            let items = look(facts, fact).and_then(Json::as_array).cloned().unwrap_or_default();
            for (i, item) in items.iter().enumerate().filter(|(_, m)| m.get("removed") != Some(&Json::Bool(true))) {
                let key = key_of(item, i);
                if let Ok((node, _)) = instance.add(parent, child, Some(&key)) {
                    prefill_in(instance, node, facts, Some((fact, item)));
                }
            }
            continue;
        }
        let Some(node) = instance.tree().child(parent, &question.name) else { continue };
        if question.kind == Kind::Group {
            prefill_in(instance, node, facts, member);
            continue;
        }
        let Some(fact) = fact_of(instance, node) else { continue };
        let known = known_value(instance, node, fact, facts, member);
        let text = scalar_text(&known);
        if !text.is_empty() {
            // A fact that the question's type cannot hold is left for the person to answer.
            let _ = instance.prefill(node, &text);
        }
    }
}

/// The key of an object of a bound repeat: its `id`, else its place counted from 1.
fn key_of(item: &Json, index: usize) -> String {
    match item.get("id").map(scalar_text) {
        Some(id) if !id.is_empty() => id,
        _ => index.saturating_add(1).to_string(),
    }
}

fn look<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('/').filter(|p| !p.is_empty()).try_fold(json, |at, part| at.get(part))
}

/// What the facts say of a bound question; null if nothing.
fn known_value(instance: &Instance, node: NodeId, fact: &str, facts: &Json, member: Option<(&str, &Json)>) -> Json {
    if let Some((prefix, item)) = member
        && let Some(rest) = fact.strip_prefix(prefix).and_then(|r| r.strip_prefix("/*/"))
    {
        return look(item, rest).cloned().unwrap_or(Json::Null);
    }
    if let Some(family) = fact.strip_prefix("measures/") {
        return measures(instance, node, family, facts);
    }
    look(facts, fact).cloned().unwrap_or(Json::Null)
}

/// The measures of a family that are choices of this question.
fn measures(instance: &Instance, node: NodeId, family: &str, facts: &Json) -> Json {
    let own: Vec<String> = instance.offered(node);
    let list = facts.get("measures").and_then(Json::as_array);
    let stands = |m: &&Json| {
        let named = m.get("family").and_then(Json::as_str).unwrap_or_default();
        named.strip_prefix("m_").unwrap_or(named) == family && m.get("removed") != Some(&Json::Bool(true))
    };
    let items = list.into_iter().flatten().filter(stands).filter_map(|m| m.get("item")?.as_str());
    Json::from(items.filter(|i| own.iter().any(|o| o == i)).collect::<Vec<_>>())
}

/// The facts that the answers would change: bound, relevant, not hidden, and different from what the facts say.
pub fn changes(instance: &Instance, facts: &Json) -> Vec<FactChange> {
    let mut out = Vec::new();
    for node in instance.walk() {
        let question = instance.question(node);
        if question.kind.is_container() || question.kind == Kind::Hidden || !instance.relevant(node) {
            continue;
        }
        // What nobody may change and nobody computed is shown only.
        if instance.readonly(node) {
            continue;
        }
        let Some(fact) = fact_of(instance, node) else { continue };
        let item = around(instance, node, facts);
        let member = item.as_ref().map(|(prefix, _, item)| (prefix.as_str(), item));
        let before = known_value(instance, node, fact, facts, member);
        let value = instance.value_json(node);
        let same = match question.shape {
            Shape::Many => sorted(&before) == sorted(&value),
            _ => scalar_text(&before) == scalar_text(&value),
        };
        if !same {
            let path = item
                .as_ref()
                .map_or_else(|| fact.to_string(), |(_, key, _)| fact.replacen("/*/", &format!("/{key}/"), 1));
            out.push(FactChange { path, value, before });
        }
    }
    out
}

/// The bound repeat around a node: its fact, the instance's key and what the facts say of it.
fn around(instance: &Instance, node: NodeId, facts: &Json) -> Option<(String, String, Json)> {
    let mut at = Some(node);
    while let Some(n) = at {
        if let (Some(key), Some(fact)) = (instance.key(n), fact_of(instance, n)) {
            let items = look(facts, fact).and_then(Json::as_array);
            let item =
                items.into_iter().flatten().enumerate().find(|(i, m)| key_of(m, *i) == key).map(|(_, m)| m.clone());
            return Some((fact.to_string(), key.to_string(), item.unwrap_or_else(|| json!({}))));
        }
        at = instance.tree().parent(n);
    }
    None
}

fn sorted(json: &Json) -> Vec<String> {
    let text = scalar_text(json);
    let mut words: Vec<String> = text.split_whitespace().map(str::to_string).collect();
    words.sort();
    words
}
