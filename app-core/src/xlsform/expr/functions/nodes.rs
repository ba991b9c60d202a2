//! Nodes: count, position, once, instance, indexed-repeat, pulldata, …

use super::text::arg;
use super::{ANY, Expr, Function, Here, Scope, Value};
use crate::xlsform::expr::value::NodeRef;
use crate::xlsform::num::Num;
use crate::xlsform::tree::NodeId;
use sha2::{Digest as _, Sha256};

pub const ALL: &[Function] = &[
    // The parser turns current() into a path; this stands for its name and its arguments.
    Function::new("current", 0, 0, |s, _, _| Value::Nodes(vec![s.current])),
    Function::new("count", 1, 1, |s, h, a| Value::Num(Num::from(nodes(s, h, a, 0).len()))),
    Function::new("count-non-empty", 1, 1, count_non_empty),
    Function::new("position", 0, 1, position),
    Function::new("last", 0, 0, |_, h, _| Value::Num(Num::from(h.size))),
    Function::new("name", 0, 1, name),
    Function::new("local-name", 0, 1, name),
    Function::new("once", 1, 1, once),
    Function::new("instance", 1, 1, instance),
    Function::new("indexed-repeat", 3, ANY, indexed_repeat),
    Function::new("pulldata", 4, 4, pulldata),
    Function::new("randomize", 1, 2, randomize),
];

fn nodes<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], i: usize) -> Vec<NodeRef> {
    args.get(i).map(|e| scope.eval_nodes(e, here)).unwrap_or_default()
}

fn count_non_empty<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let filled = nodes(scope, here, args, 0).into_iter().filter(|n| !scope.node_text(*n).is_empty());
    Value::Num(Num::from(filled.count()))
}

/// `position()` in a predicate, or `position(node)`: its place among its siblings of that name.
fn position<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    if args.is_empty() {
        return Value::Num(Num::from(here.position));
    }
    let Some(node) = nodes(scope, here, args, 0).into_iter().next() else { return Value::Num(Num::NAN) };
    let tree = scope.tree_of(node);
    let Some(parent) = tree.parent(node.node) else { return Value::Num(Num::from(1i64)) };
    let name = tree.name(node.node);
    let before = tree.children(parent).iter().take_while(|c| **c != node.node).filter(|c| tree.name(**c) == name);
    Value::Num(Num::from(before.count().saturating_add(1)))
}

fn name<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let node = if args.is_empty() { Some(here.node) } else { nodes(scope, here, args, 0).into_iter().next() };
    Value::text(node.map_or("", |n| scope.tree_of(n).name(n.node)))
}

fn once<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let own = scope.node_text(here.node);
    if own.is_empty() { Value::Text(arg(scope, here, args, 0)) } else { Value::Text(own) }
}

fn instance<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let id = arg(scope, here, args, 0);
    let found = scope.lists.names.iter().position(|n| *n == *id);
    Value::Nodes(found.map(|i| NodeRef { list: i as u32 + 1, node: NodeId::DOCUMENT }).into_iter().collect())
}

/// `indexed-repeat(node, repeat, index, …)`: the node in that instance of the repeat.
fn indexed_repeat<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let mut within: Option<NodeRef> = None;
    for pair in args.get(1..).unwrap_or_default().chunks(2) {
        let [repeat, index] = pair else { return Value::Nodes(Vec::new()) };
        let mut instances = scope.eval_nodes(repeat, here);
        if let Some(outer) = within {
            instances.retain(|n| scope.tree_of(*n).is_below(n.node, outer.node));
        }
        let index = scope.eval_num(index, here).to_i64().and_then(|i| usize::try_from(i).ok()?.checked_sub(1));
        match index.and_then(|i| instances.get(i)) {
            Some(node) => within = Some(*node),
            None => return Value::Nodes(Vec::new()),
        }
    }
    let mut found = nodes(scope, here, args, 0);
    if let Some(outer) = within {
        found.retain(|n| scope.tree_of(*n).is_below(n.node, outer.node));
    }
    Value::Nodes(found)
}

/// `pulldata(table, wanted column, key column, key)` from a table beside the form.
fn pulldata<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let (table, wanted) = (arg(scope, here, args, 0), arg(scope, here, args, 1));
    let (column, key) = (arg(scope, here, args, 2), arg(scope, here, args, 3));
    let stem = table.strip_suffix(".csv").unwrap_or(&table);
    let cell = scope.env.externals.get(stem).and_then(|t| t.lookup(&wanted, &column, &key));
    Value::text(cell.unwrap_or_default())
}

/// Shuffles nodes; with a seed, the same order each time.
fn randomize<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let found = nodes(scope, here, args, 0);
    let seed = match args.get(1) {
        Some(e) => seed(&scope.eval_text(e, here)),
        None => uuid::Uuid::new_v4().as_u64_pair().0 as i64,
    };
    Value::Nodes(shuffle(found, seed))
}

/// A seed as ODK's engines read it: a number without its fraction; words by the first 8 bytes of their SHA-256.
pub fn seed(text: &str) -> i64 {
    if let Some(number) = Num::parse(text.trim()).filter(|n| !n.is_nan()) {
        return number.to_i64_lossy();
    }
    let hash = Sha256::digest(text.as_bytes());
    let first = hash.iter().take(8).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    if text.is_empty() { 0 } else { first.cast_signed() }
}

/// Shuffles by a seed, always the same way: Fisher and Yates, inside out, as the ODK specification names it.
pub fn shuffle<T>(items: Vec<T>, seed: i64) -> Vec<T> {
    let mut state = ParkMiller::new(seed);
    let mut out: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        let j = (state.next() * (out.len() as f64 + 1.0)).floor() as usize;
        let last = out.len();
        out.push(item);
        out.swap(j.min(last), last);
    }
    out
}

/// The generator the ODK specification names for `randomize` with a seed (minimal standard, Park and Miller).
struct ParkMiller(i64);

impl ParkMiller {
    fn new(seed: i64) -> ParkMiller {
        let rest = seed % 2_147_483_647;
        ParkMiller(if rest <= 0 { rest + 2_147_483_646 } else { rest })
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(16_807).rem_euclid(2_147_483_647);
        (self.0 - 1) as f64 / 2_147_483_646.0
    }
}
