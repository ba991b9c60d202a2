//! Numbers: sum, min, max, round, int, pow, trigonometry, …

use super::{ANY, Expr, Function, Here, Scope, Value};
use crate::xlsform::expr::eval::text_number;
use crate::xlsform::num::Num;
use rust_decimal::{Decimal, RoundingStrategy};

pub const ALL: &[Function] = &[
    Function::new("number", 0, 1, number),
    Function::new("int", 1, 1, |s, h, a| exact(s, h, a, |d| d.trunc(), f64::trunc)),
    Function::new("floor", 1, 1, |s, h, a| exact(s, h, a, |d| d.floor(), f64::floor)),
    Function::new("ceiling", 1, 1, |s, h, a| exact(s, h, a, |d| d.ceil(), f64::ceil)),
    Function::new("abs", 1, 1, |s, h, a| exact(s, h, a, |d| d.abs(), f64::abs)),
    Function::new("round", 1, 2, round),
    Function::new("sum", 1, ANY, sum),
    Function::new("min", 0, ANY, |s, h, a| extreme(s, h, a, true)),
    Function::new("max", 0, ANY, |s, h, a| extreme(s, h, a, false)),
    Function::new("pow", 2, 2, pow),
    Function::new("sqrt", 1, 1, |s, h, a| float(s, h, a, f64::sqrt)),
    Function::new("exp", 1, 1, |s, h, a| float(s, h, a, f64::exp)),
    Function::new("exp10", 1, 1, |s, h, a| float(s, h, a, |x| 10f64.powf(x))),
    Function::new("log", 1, 1, |s, h, a| float(s, h, a, f64::ln)),
    Function::new("log10", 1, 1, |s, h, a| float(s, h, a, f64::log10)),
    Function::new("sin", 1, 1, |s, h, a| float(s, h, a, f64::sin)),
    Function::new("cos", 1, 1, |s, h, a| float(s, h, a, f64::cos)),
    Function::new("tan", 1, 1, |s, h, a| float(s, h, a, f64::tan)),
    Function::new("asin", 1, 1, |s, h, a| float(s, h, a, f64::asin)),
    Function::new("acos", 1, 1, |s, h, a| float(s, h, a, f64::acos)),
    Function::new("atan", 1, 1, |s, h, a| float(s, h, a, f64::atan)),
    Function::new("atan2", 2, 2, atan2),
    Function::new("pi", 0, 0, |_, _, _| Value::Num(Num::from_f64(std::f64::consts::PI))),
    Function::new("random", 0, 0, |_, _, _| Value::Num(Num::from_f64(random()))),
];

fn arg<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], i: usize) -> Num {
    args.get(i).map_or(Num::NAN, |e| scope.eval_num(e, here))
}

fn number<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Num(match args.first() {
        Some(e) => scope.eval_num(e, here),
        None => text_number(&scope.node_text(here.node)),
    })
}

fn exact<'a>(
    scope: &Scope<'a>,
    here: Here,
    args: &'a [Expr],
    d: fn(Decimal) -> Decimal,
    f: fn(f64) -> f64,
) -> Value<'a> {
    Value::Num(match arg(scope, here, args, 0) {
        Num::Dec(x) => Num::Dec(d(x)),
        Num::Float(x) => Num::from_f64(f(x)),
    })
}

fn float<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], f: fn(f64) -> f64) -> Value<'a> {
    Value::Num(Num::from_f64(f(arg(scope, here, args, 0).to_f64())))
}

/// `round(x)` or `round(x, places)`; halves go away from zero, negative places round to tens.
fn round<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let x = arg(scope, here, args, 0);
    let places = if args.len() > 1 { arg(scope, here, args, 1) } else { Num::ZERO };
    if places.is_nan() {
        return Value::Num(Num::NAN);
    }
    let places = places.to_i64_lossy().clamp(-28, 28);
    let Num::Dec(d) = x else { return Value::Num(x) };
    let away = RoundingStrategy::MidpointAwayFromZero;
    if places >= 0 {
        return Value::Num(Num::Dec(d.round_dp_with_strategy(places as u32, away)));
    }
    let unit = (0..places.unsigned_abs()).try_fold(Decimal::ONE, |u, _| u.checked_mul(Decimal::TEN));
    let rounded = unit.and_then(|u| d.checked_div(u)?.round_dp_with_strategy(0, away).checked_mul(u));
    Value::Num(rounded.map_or(Num::ZERO, Num::Dec))
}

fn numbers<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Vec<Num> {
    let mut out = Vec::new();
    for e in args {
        match scope.eval(e, here) {
            Value::Nodes(nodes) => out.extend(nodes.into_iter().map(|n| text_number(&scope.node_text(n)))),
            other => out.push(scope.number(&other)),
        }
    }
    out
}

fn sum<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Num(numbers(scope, here, args).into_iter().fold(Num::ZERO, Num::plus))
}

/// The least or greatest; NaN if there is none or any is not a number.
fn extreme<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr], least: bool) -> Value<'a> {
    let mut best: Option<Num> = None;
    for n in numbers(scope, here, args) {
        if n.is_nan() {
            return Value::Num(Num::NAN);
        }
        let better = best.is_none_or(|b| n.compare(b).is_some_and(|o| if least { o.is_lt() } else { o.is_gt() }));
        if better {
            best = Some(n);
        }
    }
    Value::Num(best.unwrap_or(Num::NAN))
}

/// Exact for small whole exponents, else binary.
fn pow<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let (x, y) = (arg(scope, here, args, 0), arg(scope, here, args, 1));
    if let (Num::Dec(base), Some(times @ 0..=64)) = (x, y.to_i64()) {
        let product = (0..times).try_fold(Decimal::ONE, |p, _| p.checked_mul(base));
        if let Some(p) = product {
            return Value::Num(Num::Dec(p));
        }
    }
    Value::Num(Num::from_f64(x.to_f64().powf(y.to_f64())))
}

fn atan2<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    Value::Num(Num::from_f64(arg(scope, here, args, 0).to_f64().atan2(arg(scope, here, args, 1).to_f64())))
}

/// A number in [0, 1) from the bits of a fresh random UUID.
fn random() -> f64 {
    let (bits, _) = uuid::Uuid::new_v4().as_u64_pair();
    // 48 random bits lie above the version nibble.
    (bits >> 16) as f64 / (1u64 << 48) as f64
}
