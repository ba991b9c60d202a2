//! What the screens get: stories through the dispatcher alone, with the real pack.

mod changed;
mod filling;
mod hostile;
mod pages;

use serde_json::{Value, json};

use super::{dispatch, methods};
use crate::domain::id::HouseholdId;
use crate::error::Kind;
use crate::service::App;
use crate::service::tests::Phone;
use crate::service::tests::village::Village;
use crate::service::visit::tests::{guihua, number, ordinary, priority, with, xiuying};

fn call(app: &App, method: &str, params: Value) -> Value {
    dispatch(app, method, params).unwrap_or_else(|e| panic!("{method}: {:?} {}", e.kind, e.words))
}

/// Every question of a view (or patch), in order.
fn questions(view: &Value) -> Vec<&Value> {
    fn walk<'a>(node: &'a Value, out: &mut Vec<&'a Value>) {
        match node {
            Value::Object(map) if map.contains_key("control") && map.contains_key("violation") => out.push(node),
            Value::Object(map) => map.values().for_each(|v| walk(v, out)),
            Value::Array(items) => items.iter().for_each(|v| walk(v, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(view, &mut out);
    out
}

fn question<'a>(view: &'a Value, name: &str) -> &'a Value {
    questions(view).into_iter().find(|q| q["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn answer(app: &App, visit: &Value, name: &str, value: Value) -> Value {
    let view = call(app, "visit.view", json!({ "visit": visit["id"] }));
    let path = question(&view, name)["path"].clone();
    call(app, "visit.answer", json!({ "visit": visit["id"], "path": path, "value": value }))
}

fn opened(app: &App, id: HouseholdId, form: &str) -> Value {
    call(app, "visit.open", json!({ "household": id, "form": form, "anyway": true }))
}
