//! Text: string, concat, substr, contains, regex, join, …

use super::{ANY, Expr, Function, Here, Scope, Value, texts};
use crate::xlsform::num::Num;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Mutex;

pub const ALL: &[Function] = &[
    Function::new("string", 0, 1, string),
    Function::new("concat", 0, ANY, concat),
    Function::new("join", 1, ANY, join),
    Function::new("substr", 2, 3, substr),
    Function::new("substring", 2, 3, substring),
    Function::new("substring-before", 2, 2, substring_before),
    Function::new("substring-after", 2, 2, substring_after),
    Function::new("contains", 2, 2, |s, h, a| pair(s, h, a, |x, y| x.contains(y))),
    Function::new("starts-with", 2, 2, |s, h, a| pair(s, h, a, |x, y| x.starts_with(y))),
    Function::new("ends-with", 2, 2, |s, h, a| pair(s, h, a, |x, y| x.ends_with(y))),
    Function::new("string-length", 0, 1, string_length),
    Function::new("normalize-space", 0, 1, normalize_space),
    Function::new("translate", 3, 3, translate),
    Function::new("regex", 2, 2, regex),
    Function::new("coalesce", 2, ANY, coalesce),
    Function::new("uuid", 0, 1, uuid),
];

/// The text of argument `i`; a missing one is empty.
pub(super) fn arg<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], i: usize) -> Cow<'a, str> {
    args.get(i).map_or(Cow::Borrowed(""), |e| scope.eval_text(e, here))
}

/// The text of the only argument, or of the context node.
fn arg_or_here<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Cow<'a, str> {
    match args.first() {
        Some(e) => scope.eval_text(e, here),
        None => scope.node_text(here.node),
    }
}

fn pair<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], test: fn(&str, &str) -> bool) -> Value<'a> {
    Value::Bool(test(&arg(scope, here, args, 0), &arg(scope, here, args, 1)))
}

fn string<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Text(arg_or_here(scope, here, args))
}

fn concat<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::text(texts(scope, here, args).concat())
}

fn join<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let glue = arg(scope, here, args, 0);
    Value::text(texts(scope, here, args.get(1..).unwrap_or_default()).join(&*glue))
}

/// Characters `from..to` of a text, counted in characters.
fn slice(text: &str, from: usize, to: usize) -> String {
    text.chars().skip(from).take(to.saturating_sub(from)).collect()
}

fn substr<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    let length = text.chars().count() as i64;
    let number = |i: usize| args.get(i).map(|e| scope.eval_num(e, here));
    if number(1).is_some_and(Num::is_nan) || number(2).is_some_and(Num::is_nan) {
        return Value::empty();
    }
    let place = |i: usize| {
        let n = number(i)?.to_i64_lossy();
        Some((if n < 0 { length.saturating_add(n) } else { n }).clamp(0, length) as usize)
    };
    let from = place(1).unwrap_or(0);
    let to = place(2).unwrap_or(length as usize);
    Value::text(slice(&text, from, to))
}

fn substring<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    let round = |i: usize| args.get(i).map(|e| (scope.eval_num(e, here).to_f64() + 0.5).floor());
    let start = round(1).unwrap_or(f64::NAN);
    let end = round(2).map_or(f64::INFINITY, |length| start + length);
    let kept = text.chars().zip(1u32..).filter(|(_, i)| f64::from(*i) >= start && f64::from(*i) < end);
    Value::text(kept.map(|(c, _)| c).collect::<String>())
}

fn substring_before<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    Value::text(text.split_once(&*arg(scope, here, args, 1)).map_or(String::new(), |(before, _)| before.into()))
}

fn substring_after<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    Value::text(text.split_once(&*arg(scope, here, args, 1)).map_or(String::new(), |(_, after)| after.into()))
}

fn string_length<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Num(Num::from(arg_or_here(scope, here, args).chars().count()))
}

fn normalize_space<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg_or_here(scope, here, args);
    Value::text(text.split([' ', '\t', '\r', '\n']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "))
}

fn translate<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let (text, from, to) = (arg(scope, here, args, 0), arg(scope, here, args, 1), arg(scope, here, args, 2));
    let to: Vec<char> = to.chars().collect();
    let mapped = text.chars().filter_map(|c| match from.chars().position(|f| f == c) {
        None => Some(c),
        Some(i) => to.get(i).copied(),
    });
    Value::text(mapped.collect::<String>())
}

/// Compiled patterns. Forms hold few, and compiling one costs far more than a match.
static PATTERNS: Mutex<Option<HashMap<String, Option<regex::Regex>>>> = Mutex::new(None);

/// A pattern for `regex()`; compiled size is bounded, so a hostile one is refused instead of eating memory.
pub fn pattern(text: &str) -> Option<regex::Regex> {
    let Ok(mut cache) = PATTERNS.lock() else { return None };
    let cache = cache.get_or_insert_with(HashMap::new);
    if let Some(known) = cache.get(text) {
        return known.clone();
    }
    if cache.len() > 256 {
        cache.clear();
    }
    let made = regex::RegexBuilder::new(text).size_limit(1 << 20).build().ok();
    cache.insert(text.to_string(), made.clone());
    made
}

fn regex<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    Value::Bool(pattern(&arg(scope, here, args, 1)).is_some_and(|p| p.is_match(&text)))
}

/// The first argument that is not empty. It keeps its type, so that a number stays one.
fn coalesce<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let mut last = Value::empty();
    for e in args {
        last = scope.eval(e, here);
        if !scope.text(&last).is_empty() {
            break;
        }
    }
    last
}

fn uuid<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let mut text = uuid::Uuid::new_v4().to_string();
    if let Some(e) = args.first() {
        let length = scope.eval_num(e, here).to_i64_lossy().clamp(0, 4096) as usize;
        while text.len() < length {
            text.push_str(&uuid::Uuid::new_v4().to_string());
        }
        text.truncate(length);
    }
    Value::text(text)
}
