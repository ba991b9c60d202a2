//! Choices: selected, selected-at, count-selected, jr:choice-name, jr:itext.

use super::super::eval::ChoiceLabel;
use super::text::arg;
use super::{Expr, Function, Here, Scope, Value};
use crate::xlsform::form::{Piece, Words};
use crate::xlsform::num::Num;

pub const ALL: &[Function] = &[
    Function::new("selected", 2, 2, selected),
    Function::new("selected-at", 2, 2, selected_at),
    Function::new("count-selected", 1, 1, |s, h, a| Value::Num(Num::from(words(&arg(s, h, a, 0)).count()))),
    Function::new("jr:choice-name", 2, 2, choice_name),
    Function::new("jr:itext", 1, 1, itext),
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\r', '\n']).filter(|w| !w.is_empty())
}

fn selected<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let (list, wanted) = (arg(scope, here, args, 0), arg(scope, here, args, 1));
    let wanted = wanted.trim();
    Value::Bool(words(&list).any(|w| w == wanted))
}

fn selected_at<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let list = arg(scope, here, args, 0);
    let index = args
        .get(1)
        .map(|e| scope.eval_num(e, here))
        .filter(|n| !n.is_nan())
        .map(Num::to_i64_lossy)
        .and_then(|i| usize::try_from(i).ok());
    Value::text(index.and_then(|i| words(&list).nth(i)).unwrap_or_default().to_string())
}

fn choice_name<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let (value, path) = (arg(scope, here, args, 0), arg(scope, here, args, 1));
    let words = match scope.choices.and_then(|c| c.choice_label(path.trim(), &value)) {
        None => return Value::empty(),
        Some(ChoiceLabel::Itself) => return Value::Text(value),
        Some(ChoiceLabel::Words(words)) => words,
    };
    say(scope, here, words)
}

/// `jr:itext(instance('list')/root/item[…]/itextId)`: the label of a choice in the language shown.
fn itext<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let id = arg(scope, here, args, 0);
    scope.choices.and_then(|c| c.itext(id.trim())).map_or_else(Value::empty, |words| say(scope, here, words))
}

fn say<'a>(scope: &Scope<'a>, here: Here, words: &'a Words) -> Value<'a> {
    let piece = |piece: &'a Piece| match piece {
        Piece::Text(text) => text.as_str().into(),
        Piece::Value(formula) => scope.text(&scope.eval(&formula.expr, here)),
    };
    Value::text(words.pieces(&scope.env.language).iter().map(piece).collect::<String>())
}
