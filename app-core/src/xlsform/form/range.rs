//! A range question: from where to where, and whether its steps are whole numbers. The defaults are XLSForm's.

use super::model::Question;
use super::types::Kind;
use crate::told;
use crate::told::Told;
use crate::xlsform::num::Num;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const DEFAULTS: [(&str, &str); 3] = [("start", "1"), ("end", "10"), ("step", "1")];

fn number(parameters: &BTreeMap<String, String>, key: &str, default: &str) -> Option<Num> {
    Num::parse(parameters.get(key).map_or(default, String::as_str)).filter(|n| n.is_finite())
}

/// Whether start, end and step are whole numbers: then its answers are.
pub fn is_whole(parameters: &BTreeMap<String, String>) -> bool {
    DEFAULTS.iter().all(|(key, default)| number(parameters, key, default).is_some_and(|n| n.to_i64().is_some()))
}

/// The least and the most that a range question takes; none for other questions.
pub fn bounds(question: &Question) -> Option<(Num, Num)> {
    if question.kind != Kind::Range {
        return None;
    }
    let [start, end] = [DEFAULTS.first()?, DEFAULTS.get(1)?].map(|(k, d)| number(&question.parameters, k, d));
    let (start, end) = (start?, end?);
    Some(if end.compare(start) == Some(Ordering::Less) { (end, start) } else { (start, end) })
}

/// What is wrong with the parameters of a range question, as pyxform sees it.
pub fn check(question: &Question) -> Result<(), Told> {
    if question.kind != Kind::Range {
        return Ok(());
    }
    for (key, default) in DEFAULTS {
        if number(&question.parameters, key, default).is_none() {
            return Err(told!("“{}” of a range is a number", "range 题的“{}”应为数字。", key));
        }
    }
    let step = number(&question.parameters, "step", "1").unwrap_or(Num::ZERO);
    let width = bounds(question).map_or(Num::ZERO, |(least, most)| most.minus(least));
    if step == Num::ZERO || step.compare(width) == Some(Ordering::Greater) {
        return Err(told!(
            "the step of a range is neither 0 nor wider than the range",
            "range 题的步长（step）不能为 0，也不能大于整个范围。"
        ));
    }
    Ok(())
}
