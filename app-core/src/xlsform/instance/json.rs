//! In and out as JSON: what `ruhu form run` prints, what a draft keeps.

use super::{Instance, NodeId, Refused};
use crate::xlsform::form::{Kind, Question, QuestionId, Shape};
use crate::xlsform::num::Num;
use crate::xlsform::tree::scalar_text;
use serde_json::{Map, Value as Json, json};

impl Instance {
    /// A value as JSON: numbers as numbers, multiple choices as arrays, the rest as text; empty or not relevant is null.
    pub fn value_json(&self, node: NodeId) -> Json {
        let text = self.value(node);
        if text.is_empty() {
            return Json::Null;
        }
        match self.question(node).shape {
            Shape::Many => Json::from(text.split_whitespace().collect::<Vec<_>>()),
            Shape::Integer | Shape::Decimal => number(text),
            Shape::Computed if self.state(node).numeric => number(text),
            _ => Json::from(text),
        }
    }

    /// `{"values", "relevant", "violations", "choices"}`: groups flattened, repeats as arrays under their names.
    pub fn result(&self) -> Json {
        let mut parts = Parts::default();
        self.gather(self.tree.root(), &mut parts);
        let violations: Vec<Json> = self.violations().into_iter().map(|v| json!(v)).collect();
        json!({"values": parts.values, "relevant": parts.relevant, "violations": violations, "choices": parts.choices})
    }

    fn gather(&self, parent: NodeId, parts: &mut Parts) {
        // A repeat without instances is an empty array.
        for child in &self.question(parent).children {
            let question = self.form.question(*child);
            if question.kind == Kind::Repeat {
                for map in [&mut parts.values, &mut parts.relevant, &mut parts.choices] {
                    map.entry(question.name.clone()).or_insert_with(|| Json::Array(Vec::new()));
                }
            }
        }
        for node in self.tree.children(parent) {
            let question = self.question(*node);
            let name = &question.name;
            match question.kind {
                Kind::Repeat => {
                    let mut inside = Parts::default();
                    self.gather(*node, &mut inside);
                    for (map, one) in [
                        (&mut parts.values, inside.values),
                        (&mut parts.relevant, inside.relevant),
                        (&mut parts.choices, inside.choices),
                    ] {
                        if let Some(Json::Array(list)) = map.get_mut(name) {
                            list.push(Json::Object(one));
                        }
                    }
                }
                Kind::Group => {
                    parts.relevant.insert(name.clone(), self.relevant(*node).into());
                    self.gather(*node, parts);
                }
                kind => {
                    parts.relevant.insert(name.clone(), self.relevant(*node).into());
                    parts.values.insert(name.clone(), self.value_json(*node));
                    if kind.has_choices() {
                        parts.choices.insert(name.clone(), self.offered(*node).into());
                    }
                }
            }
        }
    }

    /// Fills in answers by name, in the order of the form, so that an answer finds its question relevant where the
    /// form means it to be. Repeats are arrays of objects; an `id` (or `key`) in an object is the key of the instance,
    /// else the first object goes to the first instance and so on; what a form began a repeat with beyond the objects
    /// given is taken out again. Gives what was not taken, with the name.
    pub fn fill(&mut self, answers: &Json) -> Vec<(String, Refused)> {
        let mut refused = Vec::new();
        let root = self.tree.root();
        let mut given: Vec<&Map<String, Json>> = answers.as_object().into_iter().collect();
        self.strangers(root, &given, &mut refused);
        self.fill_in(root, &mut given, &mut refused);
        refused
    }

    /// Names that are no questions of the form (inside a repeat: of that repeat).
    fn strangers(&self, parent: NodeId, given: &[&Map<String, Json>], refused: &mut Vec<(String, Refused)>) {
        let repeat = self.key(parent).map(|_| self.id(parent)).or(self.question(parent).repeat);
        for name in given.iter().flat_map(|object| object.keys()) {
            let own = |q: &QuestionId| self.form.question(*q).repeat == repeat;
            let known = self.form.by_name.get(name).is_some_and(|q| q.iter().any(own));
            if !known && (repeat.is_none() || (name != "id" && name != "key")) {
                refused.push((name.clone(), Refused::Unknown));
            }
        }
    }

    /// `given`: the objects that may hold an answer, the innermost last. Names are flat, but an object under a group's
    /// name is understood too.
    fn fill_in<'a>(
        &mut self,
        parent: NodeId,
        given: &mut Vec<&'a Map<String, Json>>,
        refused: &mut Vec<(String, Refused)>,
    ) {
        let form = self.form.clone();
        for child in &form.question(self.id(parent)).children {
            let question = form.question(*child);
            let answer: Option<&'a Json> = given.iter().rev().find_map(|object| object.get(&question.name));
            if question.kind == Kind::Group {
                if let Some(group) = self.tree.child(parent, &question.name) {
                    let inner = answer.and_then(Json::as_object);
                    self.strangers(group, inner.as_slice(), refused);
                    given.extend(inner);
                    self.fill_in(group, given, refused);
                    given.truncate(given.len().saturating_sub(usize::from(inner.is_some())));
                }
                continue;
            }
            let Some(answer) = answer else { continue };
            if question.kind == Kind::Repeat {
                self.fill_repeat(parent, *child, answer, refused);
            } else if let Some(node) = self.tree.child(parent, &question.name)
                && let Err(why) = answer_text(question, answer).and_then(|text| self.prefill(node, &text))
            {
                refused.push((question.name.clone(), why));
            }
        }
    }

    fn fill_repeat(&mut self, parent: NodeId, repeat: QuestionId, answer: &Json, refused: &mut Vec<(String, Refused)>) {
        let name = self.form.question(repeat).name.clone();
        let Json::Array(items) = answer else {
            refused.push((name, Refused::Malformed("a list of objects")));
            return;
        };
        let mut used: Vec<NodeId> = Vec::new();
        for item in items {
            let Some(object) = item.as_object() else {
                refused.push((name.clone(), Refused::Malformed("a list of objects")));
                continue;
            };
            let key = item.get("id").or_else(|| item.get("key")).map(scalar_text).filter(|k| !k.is_empty());
            let there = match &key {
                None => self.instances(parent, repeat).into_iter().find(|n| !used.contains(n)),
                Some(_) => None,
            };
            let node = match there {
                Some(node) => Ok(node),
                None => self.add(parent, repeat, key.as_deref()).map(|(node, _)| node),
            };
            match node {
                Ok(node) => {
                    used.push(node);
                    self.strangers(node, &[object], refused);
                    self.fill_in(node, &mut vec![object], refused);
                }
                Err(why) => refused.push((name.clone(), why)),
            }
        }
        let question = self.form.question(repeat);
        if question.repeat_count.is_none() && !question.attributes.iter().any(|(k, _)| k.ends_with(":fact")) {
            for spare in self.instances(parent, repeat).into_iter().filter(|n| !used.contains(n)) {
                let _ = self.remove(spare);
            }
        }
    }

    /// What a draft keeps: every answer by path (also those not relevant now), and the keys of repeats in order.
    pub fn answers(&self) -> Json {
        let mut answers = Map::new();
        let mut instances: Map<String, Json> = Map::new();
        let root = self.tree.root();
        for node in std::iter::once(root).chain(self.walk()) {
            let question = self.question(node);
            let path = if node == root { String::new() } else { self.path(node) };
            // A repeat that was emptied is kept as empty: a form may begin it with an instance.
            for child in question.children.iter().map(|c| self.form.question(*c)).filter(|c| c.kind == Kind::Repeat) {
                instances.entry(format!("{path}/{}", child.name)).or_insert_with(|| Json::Array(Vec::new()));
            }
            if node == root {
                continue;
            }
            if let Some(key) = self.key(node) {
                let repeat = path.strip_suffix(&format!("[{key}]")).unwrap_or(&path).to_string();
                let keys = instances.entry(repeat).or_insert_with(|| Json::Array(Vec::new()));
                if let Json::Array(keys) = keys {
                    keys.push(key.into());
                }
                continue;
            }
            let computed = question.calculation.is_some() && !(question.overridable && self.state(node).given);
            if question.kind.is_container() || computed {
                continue;
            }
            let kept = self.kept(node);
            if !kept.is_empty() || self.state(node).given {
                answers.insert(path, kept.into());
            }
        }
        json!({"answers": answers, "instances": instances})
    }

    /// Puts back what [`Instance::answers`] gave. Gives the paths that have no place in this form any more.
    pub fn restore(&mut self, saved: &Json) -> Vec<String> {
        let mut lost = Vec::new();
        let repeats = saved.get("instances").and_then(Json::as_object);
        for (path, keys) in repeats.into_iter().flatten() {
            let Some((parent, repeat)) = self.repeat_at(path) else {
                lost.push(path.clone());
                continue;
            };
            let keys: Vec<&str> = keys.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            for there in self.instances(parent, repeat) {
                if !self.key(there).is_some_and(|k| keys.contains(&k)) {
                    let _ = self.remove(there);
                }
            }
            for key in keys {
                // An instance beyond what a repeat may hold cannot have been saved.
                let _ = self.add(parent, repeat, Some(key));
                self.next_key = self.next_key.max(key.parse::<u64>().unwrap_or(0).saturating_add(1));
            }
        }
        let answers = saved.get("answers").and_then(Json::as_object);
        for (path, text) in answers.into_iter().flatten() {
            let Some(node) = self.find(path).filter(|n| !self.question(*n).kind.is_container()) else {
                lost.push(path.clone());
                continue;
            };
            if let Some(state) = self.state_mut(node) {
                state.given = true;
            }
            self.put(node, text.as_str().unwrap_or_default().to_string());
        }
        // What becomes relevant on the way back triggers nothing: what it once set is among the answers.
        self.work();
        self.triggered.clear();
        self.finish_round();
        lost
    }
}

/// An answer in JSON as the question keeps it. A list is an answer to a question with several choices only, and an
/// object is none at all.
fn answer_text(question: &Question, answer: &Json) -> Result<String, Refused> {
    let computed = question.calculation.is_some() && !question.overridable;
    match (answer, question.shape) {
        (_, _) if computed => Err(Refused::Computed),
        (Json::Object(_), _) => Err(Refused::Malformed("a single value")),
        (Json::Array(items), Shape::Many) if items.iter().all(|i| !i.is_array() && !i.is_object()) => {
            Ok(scalar_text(answer))
        }
        (Json::Array(_), Shape::Many) => Err(Refused::Malformed("a list of choices")),
        (Json::Array(_), _) => Err(Refused::Malformed("a single value")),
        (Json::Bool(true), _) if question.kind == Kind::Acknowledge => Ok("OK".to_string()),
        (Json::Bool(b), Shape::Boolean) => Ok(b.to_string()),
        _ => Ok(scalar_text(answer)),
    }
}

#[derive(Default)]
struct Parts {
    values: Map<String, Json>,
    relevant: Map<String, Json>,
    choices: Map<String, Json>,
}

/// A number as JSON: whole ones exactly, others as the nearest binary float (which prints the same digits).
fn number(text: &str) -> Json {
    match Num::parse(text) {
        Some(n) => n.to_i64().map(Json::from).unwrap_or_else(|| Json::from(n.to_f64())),
        None => Json::from(text),
    }
}
