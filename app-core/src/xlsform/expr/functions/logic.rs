//! Conditions: if, not, true, false, boolean, checklist, …

use super::text::arg;
use super::{ANY, Expr, Function, Here, Scope, Value};
use crate::xlsform::num::Num;

pub const ALL: &[Function] = &[
    Function::new("if", 3, 3, choose),
    Function::new("not", 1, 1, |s, h, a| Value::Bool(!a.iter().any(|e| s.eval_bool(e, h)))),
    Function::new("true", 0, 0, |_, _, _| Value::Bool(true)),
    Function::new("false", 0, 0, |_, _, _| Value::Bool(false)),
    Function::new("boolean", 0, 1, boolean),
    Function::new("boolean-from-string", 1, 1, |s, h, a| Value::Bool(matches!(&*arg(s, h, a, 0), "true" | "1"))),
    Function::new("checklist", 2, ANY, checklist),
    Function::new("weighted-checklist", 2, ANY, weighted_checklist),
];

fn choose<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let [condition, yes, no] = args else { return Value::empty() };
    scope.eval(if scope.eval_bool(condition, here) { yes } else { no }, here)
}

fn boolean<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Bool(args.first().is_none_or(|e| scope.eval_bool(e, here)))
}

/// Whether `reached` lies between the bounds; a maximum of -1 is none.
fn within(reached: Num, min: Num, max: Num) -> bool {
    let at_least = reached.compare(min).is_some_and(|o| o.is_ge());
    let none = max == Num::from(-1i64);
    at_least && (none || reached.compare(max).is_some_and(|o| o.is_le()))
}

/// Whether a node of a checklist counts as ticked: its text says so.
fn ticks<'a>(scope: &Scope<'a>, here: Here, expr: &'a Expr) -> Vec<bool> {
    match scope.eval(expr, here) {
        Value::Nodes(nodes) => nodes.into_iter().map(|n| !scope.node_text(n).is_empty()).collect(),
        other => vec![scope.boolean(&other)],
    }
}

fn checklist<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let [min, max, items @ ..] = args else { return Value::Bool(false) };
    let count = items.iter().flat_map(|e| ticks(scope, here, e)).filter(|t| *t).count();
    Value::Bool(within(Num::from(count), scope.eval_num(min, here), scope.eval_num(max, here)))
}

fn weighted_checklist<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let [min, max, items @ ..] = args else { return Value::Bool(false) };
    let mut sum = Num::ZERO;
    for pair in items.chunks(2) {
        let [item, weight] = pair else { return Value::Bool(false) };
        let weights = match scope.eval(weight, here) {
            Value::Nodes(nodes) => {
                nodes.into_iter().map(|n| super::super::eval::text_number(&scope.node_text(n))).collect()
            }
            other => vec![scope.number(&other)],
        };
        for (ticked, weight) in ticks(scope, here, item).into_iter().zip(weights) {
            if ticked {
                sum = sum.plus(weight);
            }
        }
    }
    Value::Bool(within(sum, scope.eval_num(min, here), scope.eval_num(max, here)))
}
