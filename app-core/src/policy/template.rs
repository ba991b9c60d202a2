//! The words of a finding: a text with `{name}` for the numbers that made it true.

use serde_json::{Map, Value};

use crate::xlsform::Num;

/// A text with slots.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Slot(String),
}

impl Template {
    /// Reads a text; `{` without `}` is plain text.
    pub fn new(text: &str) -> Template {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else { break };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Slot(name.trim().to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Template { parts }
    }

    /// The names of the slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|p| match p {
            Part::Slot(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The slots that stand for money: in the Chinese words the unit 元 follows at once.
    pub fn money(&self) -> Vec<&str> {
        let with_next = self.parts.iter().zip(self.parts.iter().skip(1));
        let amounts = with_next.filter_map(|(part, next)| match (part, next) {
            (Part::Slot(name), Part::Text(text)) if text.starts_with('元') => Some(name.as_str()),
            _ => None,
        });
        amounts.collect()
    }

    /// The words as a heading over many households: without the names in front, each slot an ellipsis.
    pub fn heading(&self) -> String {
        let said = |p: &Part| match p {
            Part::Text(text) => text.clone(),
            Part::Slot(_) => "…".to_owned(),
        };
        let whole: String = self.parts.iter().map(said).collect();
        whole.trim_start_matches('…').trim_start_matches(['：', ':', ' ']).to_owned()
    }

    /// Fills the slots; a name without a value is shown as a dash.
    pub fn fill(&self, numbers: &Numbers) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot(name) => out.push_str(numbers.shown(name)),
            }
        }
        out
    }
}

/// The named numbers (and texts) of one finding, with the way each is shown.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    named: Vec<(String, Number, String)>,
}

/// One value.
#[derive(Debug, Clone)]
pub enum Number {
    /// a number
    Num(Num),
    /// a text (source of a number, names)
    Text(String),
}

impl Numbers {
    /// Money is shown to the fen, other numbers without trailing zeros; where that would make two different numbers look the
    /// same (a household one fen under the line), every number is shown with as many decimals as it takes.
    pub fn new(values: Vec<(String, Number)>, money: &[&str]) -> Numbers {
        let decimals = (2..=28).find(|d| !hides(&values, *d)).unwrap_or(28);
        let show = |name: &str, n: &Number| match n {
            Number::Num(n) if money.contains(&name) => to_the_fen(shown(*n, decimals)),
            Number::Num(n) => shown(*n, decimals),
            Number::Text(t) => t.clone(),
        };
        let named = values.into_iter().map(|(name, n)| {
            let shown = show(&name, &n);
            (name, n, shown)
        });
        Numbers { named: named.collect() }
    }

    fn shown(&self, name: &str) -> &str {
        self.named.iter().find(|(n, ..)| n == name).map_or("—", |(.., text)| text)
    }

    /// As JSON: numbers as numbers (unrounded), texts as texts; what is not finite is left out.
    pub fn json(&self) -> Map<String, Value> {
        let value = |n: &Number| match n {
            Number::Num(n) => {
                n.to_i64().map(Value::from).or_else(|| serde_json::Number::from_f64(n.to_f64()).map(Value::Number))
            }
            Number::Text(t) => Some(Value::String(t.clone())),
        };
        self.named.iter().filter_map(|(name, n, _)| value(n).map(|v| (name.clone(), v))).collect()
    }
}

fn hides(values: &[(String, Number)], decimals: u32) -> bool {
    let nums: Vec<Num> = values
        .iter()
        .filter_map(|(_, n)| match n {
            Number::Num(n) if n.is_finite() => Some(*n),
            _ => None,
        })
        .collect();
    nums.iter().enumerate().any(|(i, a)| {
        nums.iter().skip(i.saturating_add(1)).any(|b| a != b && shown(*a, decimals) == shown(*b, decimals))
    })
}

/// `0.5` → `0.50`; what has more decimals keeps them.
fn to_the_fen(mut figures: String) -> String {
    if !figures.ends_with(|c: char| c.is_ascii_digit()) {
        return figures;
    }
    let decimals = figures.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals == 0 {
        figures.push('.');
    }
    figures.extend(std::iter::repeat_n('0', 2_usize.saturating_sub(decimals)));
    figures
}

fn shown(n: Num, decimals: u32) -> String {
    match n {
        Num::Dec(d) => {
            let way = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
            Num::Dec(d.round_dp_with_strategy(decimals, way)).to_string()
        }
        Num::Float(f) if f.is_finite() => n.to_string(),
        Num::Float(_) => "—".to_owned(),
    }
}
