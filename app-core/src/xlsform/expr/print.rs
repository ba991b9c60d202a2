//! [`Expr`] → text that parses to the same [`Expr`].

use super::ast::{Axis, Expr, NEGATE_LEVEL, Op, Start, Step, Test};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Number(n) => write!(f, "{n}"),
            Expr::Text(t) if t.contains('\'') => write!(f, "\"{t}\""),
            Expr::Text(t) => write!(f, "'{t}'"),
            Expr::Ref(name) => write!(f, "${{{name}}}"),
            // A bare `/` before `or` or `*` would take them for names.
            Expr::Path(path) if path.start == Start::Document && path.steps.is_empty() => f.write_str("(/)"),
            Expr::Path(path) => {
                let slash = match path.start {
                    Start::Here => false,
                    Start::Document => {
                        // `//x` begins with the double slash of its first step.
                        if !path.steps.first().is_some_and(|s| is_double(s) && path.steps.len() > 1) {
                            f.write_char('/')?;
                        }
                        false
                    }
                    Start::Current => {
                        f.write_str("current()")?;
                        true
                    }
                };
                steps(f, &path.steps, slash)
            }
            Expr::Filter(filter) => {
                match &filter.base {
                    base @ (Expr::Ref(_) | Expr::Call(..)) => write!(f, "{base}")?,
                    base => write!(f, "({base})")?,
                }
                predicates(f, &filter.predicates)?;
                steps(f, &filter.steps, true)
            }
            Expr::Call(function, args) => {
                write!(f, "{}(", function.name)?;
                for (i, arg) in args.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{arg}")?;
                }
                f.write_char(')')
            }
            Expr::Chain(first, rest) => {
                let level = rest.first().map_or(0, |(op, _)| op.level());
                // The same precedence on the left was in parentheses too, or it would be one chain.
                operand(f, first, level)?;
                for (op, e) in rest {
                    match op {
                        Op::Union => f.write_str(" | ")?,
                        _ => write!(f, " {} ", op.symbol())?,
                    }
                    operand(f, e, level)?;
                }
                Ok(())
            }
            Expr::Negate(e) => {
                f.write_char('-')?;
                match &**e {
                    Expr::Chain(_, rest) if rest.iter().all(|(op, _)| op.level() < NEGATE_LEVEL) => write!(f, "({e})"),
                    _ => write!(f, "{e}"),
                }
            }
            Expr::Place(id) => write!(f, "#{}", id.0),
        }
    }
}

fn operand(f: &mut Formatter<'_>, e: &Expr, level: u8) -> fmt::Result {
    let inner = match e {
        Expr::Chain(_, rest) => rest.first().map_or(0, |(op, _)| op.level()),
        Expr::Negate(_) => NEGATE_LEVEL,
        _ => u8::MAX,
    };
    if inner <= level { write!(f, "({e})") } else { write!(f, "{e}") }
}

fn predicates(f: &mut Formatter<'_>, list: &[Expr]) -> fmt::Result {
    list.iter().try_for_each(|p| write!(f, "[{p}]"))
}

fn is_double(step: &Step) -> bool {
    step.axis == Axis::DescendantOrSelf && step.test == Test::Node && step.predicates.is_empty()
}

fn steps(f: &mut Formatter<'_>, steps: &[Step], mut slash: bool) -> fmt::Result {
    for (i, step) in steps.iter().enumerate() {
        if is_double(step) && i + 1 < steps.len() && (slash || i == 0) {
            f.write_str("//")?;
            slash = false;
            continue;
        }
        if slash {
            f.write_char('/')?;
        }
        slash = true;
        match (step.axis, &step.test) {
            (Axis::Itself, Test::Node) => f.write_char('.')?,
            (Axis::Parent, Test::Node) => f.write_str("..")?,
            (axis, test) => {
                if axis != Axis::Child {
                    write!(f, "{}::", axis.name())?;
                }
                match test {
                    Test::Name(n) => f.write_str(n)?,
                    Test::Any => f.write_char('*')?,
                    Test::Node => f.write_str("node()")?,
                }
            }
        }
        predicates(f, &step.predicates)?;
    }
    Ok(())
}
