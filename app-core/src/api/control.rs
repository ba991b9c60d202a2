//! From question to control: the one rule. What a form's author writes decides; no question is known by name alone
//! except ID numbers and phones, which have a keypad and a mask of their own.

use super::views::Control;
use crate::xlsform::{Form, Kind, Question};

/// The control of a question.
pub(super) fn of(question: &Question, form: &Form) -> Control {
    let has = |word: &str| question.appearance.split_whitespace().any(|a| a == word);
    if question.calculation.is_some() && !question.overridable {
        return Control::Computed;
    }
    match question.kind {
        Kind::Text if is_about(question, "id_number") => Control::IdNumber,
        Kind::Text if is_about(question, "phone") => Control::Phone,
        Kind::Text if has("multiline") => Control::Multiline,
        Kind::Integer => Control::Integer,
        Kind::Decimal if is_money(question) => Control::Money,
        Kind::Decimal => Control::Decimal,
        Kind::Range => Control::Range,
        Kind::Date if has("month-year") => Control::YearMonth,
        Kind::Date => Control::Date,
        Kind::Time => Control::Time,
        Kind::DateTime => Control::DateTime,
        Kind::SelectOne if is_yes_no(question, form) => Control::YesNo,
        Kind::SelectOne => Control::SelectOne,
        Kind::SelectMultiple => Control::SelectMultiple,
        Kind::Rank => Control::Rank,
        Kind::Note => Control::Note,
        Kind::Acknowledge => Control::Acknowledge,
        Kind::Geopoint | Kind::Geotrace | Kind::Geoshape => Control::Position,
        Kind::Image => Control::Picture,
        Kind::Audio | Kind::Video | Kind::File => Control::File,
        Kind::Barcode => Control::Barcode,
        Kind::Text
        | Kind::Form
        | Kind::Group
        | Kind::Repeat
        | Kind::Calculate
        | Kind::Hidden
        | Kind::Start
        | Kind::End
        | Kind::Today
        | Kind::DeviceId
        | Kind::Username
        | Kind::Email
        | Kind::PhoneNumber
        | Kind::SimSerial
        | Kind::SubscriberId
        | Kind::StartGeopoint
        | Kind::BackgroundAudio
        | Kind::Audit => Control::Text,
    }
}

/// Bound to that fact, or named so (`head_id_number`).
fn is_about(question: &Question, what: &str) -> bool {
    let fact = question.attributes.iter().find(|(k, _)| k.ends_with(":fact")).map(|(_, v)| v.as_str());
    match fact {
        Some(fact) => fact.rsplit('/').next() == Some(what),
        None => question.name == what || question.name.ends_with(&format!("_{what}")),
    }
}

/// An amount in yuan: the unit 元 stands in the Chinese label.
pub(super) fn is_money(question: &Question) -> bool {
    question.label.plain("").contains('元')
}

/// A choice between exactly `yes` and `no`.
fn is_yes_no(question: &Question, form: &Form) -> bool {
    let list = question.list.and_then(|at| form.lists.get(at));
    let codes: Vec<&str> = list.map(|l| l.choices.iter().map(|c| c.name.as_str()).collect()).unwrap_or_default();
    codes == ["yes", "no"]
}

/// `range`: start, end, step.
pub(super) fn range(question: &Question) -> Option<(String, String, String)> {
    if question.kind != Kind::Range {
        return None;
    }
    let parameter =
        |name: &str, otherwise: &str| question.parameters.get(name).map_or(otherwise, String::as_str).to_owned();
    Some((parameter("start", "1"), parameter("end", "10"), parameter("step", "1")))
}
