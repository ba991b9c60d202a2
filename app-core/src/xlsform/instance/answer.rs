//! What an answer may look like, and how it is stored.

use super::{Instance, NodeId};
use crate::xlsform::expr::functions::dates;
use crate::xlsform::form::{Kind, Question, Shape, range};
use crate::xlsform::num::Num;
use std::cmp::Ordering;

/// Why an answer was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such question, or a group.
    #[error("there is no such question")]
    Unknown,
    /// It cannot be changed now.
    #[error("the question cannot be changed")]
    Readonly,
    /// It is computed and may not be overwritten.
    #[error("the value is computed")]
    Computed,
    /// A range question takes numbers from here to there only.
    #[error("the answer is not between {0} and {1}")]
    OutOfRange(String, String),
    /// The text is not of the question's type.
    #[error("the answer is not {0}")]
    Malformed(&'static str),
}

impl Question {
    /// The stored text of an answer; empty clears. Choices are not checked here.
    pub fn canonical(&self, text: &str) -> Result<String, Refused> {
        let t = text.trim();
        if t.is_empty() {
            // A text of blanks is kept as typed: it is an answer in ODK too.
            return Ok(if self.shape == Shape::Text { text.to_string() } else { String::new() });
        }
        if let (Some((least, most)), Some(n)) = (range::bounds(self), Num::parse(t))
            && (n.compare(least) == Some(Ordering::Less) || n.compare(most) == Some(Ordering::Greater))
        {
            return Err(Refused::OutOfRange(least.to_string(), most.to_string()));
        }
        match self.shape {
            Shape::Integer => match Num::parse(t).and_then(Num::to_i64) {
                Some(i) => Ok(i.to_string()),
                None => Err(Refused::Malformed("a whole number")),
            },
            Shape::Decimal => {
                Num::parse(t).filter(|n| n.is_finite()).map(|n| n.to_string()).ok_or(Refused::Malformed("a number"))
            }
            Shape::Date if dates::is_date(t) => Ok(t.to_string()),
            Shape::Date => Err(Refused::Malformed("a date (YYYY-MM-DD)")),
            Shape::Time if dates::is_time(t) => Ok(t.to_string()),
            Shape::Time => Err(Refused::Malformed("a time (HH:MM)")),
            Shape::DateTime if dates::is_date_time(t) => Ok(t.to_string()),
            Shape::DateTime => Err(Refused::Malformed("a date with time")),
            Shape::Boolean if matches!(t, "true" | "false" | "1" | "0") => Ok(t.to_string()),
            Shape::Boolean => Err(Refused::Malformed("true or false")),
            Shape::Point if is_point(t) => Ok(t.to_string()),
            Shape::Point => Err(Refused::Malformed("a place (latitude longitude altitude accuracy)")),
            Shape::Text if matches!(self.kind, Kind::Geotrace | Kind::Geoshape) => line(self.kind, t),
            Shape::One => Ok(t.to_string()),
            Shape::Many => Ok(once_each(t).join(" ")),
            Shape::Nothing => Err(Refused::Unknown),
            Shape::Text | Shape::Computed => Ok(text.to_string()),
        }
    }

    /// The stored text of what a formula gave: whole numbers cut, day numbers written as dates. What is not of the
    /// question's type is not stored, as in ODK.
    pub(super) fn computed(&self, text: String, number: Option<Num>) -> String {
        let text = match number.or_else(|| (self.shape == Shape::Integer).then(|| Num::parse(&text)).flatten()) {
            // What is not a number is no value; an infinity is one.
            Some(n) if n.is_nan() => String::new(),
            Some(n) if self.shape == Shape::Integer && n.is_finite() => Num::from(n.to_i64_lossy()).to_string(),
            Some(n) if self.shape == Shape::Date && n.is_finite() => {
                dates::day_text(n.to_f64().floor() as i64).unwrap_or_default()
            }
            _ => text,
        };
        let sound = match self.shape {
            Shape::Integer | Shape::Decimal => Num::parse(&text).is_some_and(Num::is_finite),
            Shape::Date => dates::is_date(&text),
            Shape::Time => dates::is_time(&text),
            Shape::DateTime => dates::is_date_time(&text),
            _ => true,
        };
        if sound { text } else { String::new() }
    }
}

fn once_each(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

/// Points separated by `;`: a trace has two or more, a shape three or more and ends where it began.
fn line(kind: Kind, text: &str) -> Result<String, Refused> {
    let points: Vec<&str> = text.split(';').map(str::trim).filter(|p| !p.is_empty()).collect();
    let ends = |p: &&str| p.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>();
    let sound = points.iter().all(|p| is_point(p));
    match kind {
        Kind::Geoshape if !sound || points.len() < 4 || points.first().map(ends) != points.last().map(ends) => {
            Err(Refused::Malformed("a shape (three places or more, the first again at the end; separated by ;)"))
        }
        Kind::Geotrace if !sound || points.len() < 2 => {
            Err(Refused::Malformed("a trace (two places or more, separated by ;)"))
        }
        _ => Ok(text.to_string()),
    }
}

fn is_point(text: &str) -> bool {
    let numbers: Vec<Option<f64>> = text.split_whitespace().map(|w| w.parse().ok()).collect();
    let within = |i: usize, limit: f64| numbers.get(i).copied().flatten().is_some_and(|x| x.abs() <= limit);
    (2..=4).contains(&numbers.len()) && numbers.iter().all(Option::is_some) && within(0, 90.0) && within(1, 180.0)
}

impl Instance {
    /// What of a kept answer is offered now, in the order of the choices (rank keeps the person's order).
    pub(super) fn offered_part(&self, node: NodeId, kept: &str) -> String {
        let question = self.question(node);
        if question.drawn.is_some() {
            let drawn = &self.state(node).drawn;
            let mut wanted: Vec<(usize, &str)> = chosen(question.kind, kept)
                .into_iter()
                .filter_map(|word| drawn.iter().position(|d| d == word).map(|at| (at, word)))
                .collect();
            if question.kind == Kind::SelectMultiple {
                wanted.sort_by_key(|(at, _)| *at);
            }
            return wanted.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(" ");
        }
        let Some(tree) = question.list.and_then(|i| self.lists.trees.get(i)) else { return kept.to_string() };
        if kept.is_empty() {
            return String::new();
        }
        let items = tree.children(tree.root());
        // A table that is not at hand offers nothing, but that is no reason to hide what was answered.
        if items.is_empty() && question.file.is_some() {
            return kept.to_string();
        }
        let mut wanted: Vec<(usize, &str)> = Vec::new();
        for word in chosen(question.kind, kept) {
            if let Some(at) = self.offered_index(node, question, word) {
                wanted.push((at, word));
            }
        }
        if question.kind == Kind::SelectMultiple {
            wanted.sort_by_key(|(at, _)| *at);
        }
        wanted.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }

    /// The index of a value among the choices that a node offers.
    fn offered_index(&self, node: NodeId, question: &Question, value: &str) -> Option<usize> {
        let first = self.choice_index(question, value)?;
        let Some(offered) = &self.state(node).offered else { return Some(first) };
        if offered.contains(&(first as u32)) {
            return Some(first);
        }
        // Where a list may hold a value twice (a town of the same name in each county), another of them is offered.
        let list = self.form.lists.get(question.list?)?;
        let same = |i: &&u32| list.choices.get(**i as usize).is_some_and(|c| c.name == value);
        offered.iter().find(same).map(|i| *i as usize)
    }

    /// What of a kept answer is no choice of the question at all (its form had another list when it was answered); not what
    /// a filter hides just now.
    pub fn strange(&self, node: NodeId) -> Vec<String> {
        let question = self.question(node);
        let Some(list) = question.list.and_then(|at| self.lists.trees.get(at)) else { return Vec::new() };
        // A table that is not at hand says nothing of a choice.
        let at_hand = question.file.is_none() || !list.children(list.root()).is_empty();
        if !question.kind.has_choices() || question.drawn.is_some() || !at_hand {
            return Vec::new();
        }
        let words = chosen(question.kind, self.kept(node)).into_iter();
        words.filter(|w| self.choice_index(question, w).is_none()).map(str::to_owned).collect()
    }

    /// The index of a value among all choices of a question.
    fn choice_index(&self, question: &Question, value: &str) -> Option<usize> {
        let at = question.list?;
        if let Some(list) = self.form.lists.get(at) {
            return list.index.get(value).map(|i| *i as usize);
        }
        let tree = self.lists.trees.get(at)?;
        let key = value_column(question);
        tree.children(tree.root()).iter().position(|item| tree.child(*item, key).is_some_and(|n| tree.text(n) == value))
    }
}

/// What a kept answer names: one choice whatever it holds, or words.
pub(super) fn chosen(kind: Kind, kept: &str) -> Vec<&str> {
    if kind == Kind::SelectOne {
        vec![kept].into_iter().filter(|k| !k.is_empty()).collect()
    } else {
        kept.split_whitespace().collect()
    }
}

/// The column of a table that holds a choice's value.
pub(super) fn value_column(question: &Question) -> &str {
    question.parameters.get("value").map_or("name", String::as_str)
}

/// The column of a table that holds a choice's label.
pub(super) fn label_column(question: &Question) -> &str {
    question.parameters.get("label").map_or("label", String::as_str)
}
