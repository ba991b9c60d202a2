//! A household's history in words: who wrote what, when, on which device, in which kind of act.

use super::labels;
use super::older;
use super::say::Say;
use super::views::HistoryView;
use super::words::Word;
use crate::document::{Scalar, Step, StepValue};
use crate::domain::id::IMPORT_ACTOR;
use crate::service::household_view::Household;

/// Fields of a visit that tell nothing to a person who reads the history.
const OF_THE_RECORD: [&str; 10] = [
    "form",
    "form_version",
    "state",
    "opened_at",
    "finished_at",
    "collector",
    "collector_id",
    "device",
    "privacy_notice_at",
    "method",
];

/// Newest first.
pub(super) fn of(say: &Say<'_>, page: &Household) -> Vec<HistoryView> {
    page.steps.iter().map(|s| step(say, page, s)).collect()
}

fn step(say: &Say<'_>, page: &Household, step: &Step) -> HistoryView {
    let writer = page.writers.get(&step.actor);
    let imported = step.actor == IMPORT_ACTOR;
    let founding = step.values.iter().any(|v| v.path.first().is_some_and(|p| p == "meta"));
    HistoryView {
        at: super::lists::moment(step.time),
        who: writer.map(|w| w.name.clone()).unwrap_or_default(),
        device: writer.map(|w| w.device.clone()).unwrap_or_default(),
        what: match (founding, imported, visit(step)) {
            (true, true, _) => say.word(Word::Founding),
            (true, false, _) => say.word(Word::FoundedHere),
            (false, _, Some(visit)) => made(say, page, step, visit),
            (false, _, None) => say.word(Word::Correction),
        },
        // The first change is the whole file: it would only repeat the page.
        changes: if founding { Vec::new() } else { step.values.iter().filter_map(|v| change(say, page, v)).collect() },
    }
}

/// The visit a change is about.
fn visit(step: &Step) -> Option<&str> {
    step.values.iter().find_map(|v| match v.path.as_slice() {
        [root, id, ..] if root == "visits" => Some(id.as_str()),
        _ => None,
    })
}

fn made(say: &Say<'_>, page: &Household, step: &Step, visit: &str) -> String {
    let form = page.file.visits.iter().find(|v| v.id == visit).map(|v| say.form_title(&v.form)).unwrap_or_default();
    let at = |name: &str| step.values.iter().find(|v| v.path.get(2).is_some_and(|p| p == name));
    let finished = at("state").is_some_and(|v| v.after == Scalar::from("finished"));
    let word = match (finished, at("state").is_some()) {
        (true, _) => Word::VisitMade,
        (false, true) => Word::VisitDraft,
        (false, false) => Word::Correction,
    };
    format!("{}：{form}", word.say(say.lang))
}

fn change(say: &Say<'_>, page: &Household, value: &StepValue) -> Option<(String, String, String)> {
    let parts: Vec<&str> = value.path.iter().map(String::as_str).collect();
    let name = value.path.last().map_or("", String::as_str);
    let (label, list) = match parts.as_slice() {
        ["visits", _, field] if OF_THE_RECORD.contains(field) => return None,
        ["visits", _, "overrides", ..] => return None,
        // What was chosen of a clash: its effect stands beside it.
        ["profile", "settled", ..] => {
            return Some((say.word(Word::Decided), String::new(), decided(say, page, &value.after)));
        }
        ["visits", id, "answers", question, choice @ ..] => {
            let words = Words { say, page, visit: id, question };
            let label = words.label();
            let after = match (choice, &value.after) {
                ([], Scalar::Text(code)) => words.answer(code),
                ([], other) => labels::value(say, question, "", other),
                (_, yes) => labels::value(say, "", "", yes),
            };
            let before = before(value, |s| match (choice, s) {
                ([], Scalar::Text(code)) => words.answer(code),
                (_, other) => labels::value(say, question, "", other),
            });
            let choice: Vec<String> = choice.iter().map(|c| words.answer(c)).collect();
            let label = if choice.is_empty() { label } else { format!("{label}：{}", choice.concat()) };
            return Some((label, before, after));
        }
        ["visits", id, "retired", .., key] => {
            let question = key.split('~').next().unwrap_or(key);
            let words = Words { say, page, visit: id, question };
            let text = |s: &Scalar| match s {
                Scalar::Text(text) => words.answer(text),
                other => labels::value(say, question, "", other),
            };
            let label = Word::NoLongerAsked.fill(say.lang, &[&words.label()]);
            return Some((label, before(value, text), text(&value.after)));
        }
        ["visits", _, "outcome"] => (say.word(Word::Outcome), "outcome"),
        ["visits", _, "remark"] => (say.word(Word::Remark), ""),
        ["visits", _, "try_again_on"] => (say.word(Word::TryAgain), ""),
        ["visits", _, ..] => return None,
        _ => labels::of_path(say, &page.file, &value.path),
    };
    let after = labels::value(say, name, list, &value.after);
    Some((label, before(value, |s| labels::value(say, name, list, s)), after))
}

fn decided(say: &Say<'_>, page: &Household, chosen: &Scalar) -> String {
    let key = chosen.as_text().and_then(|t| t.split(' ').next()).unwrap_or_default();
    match key {
        "removed" => say.word(Word::StaysOff),
        "present" => say.word(Word::StandsAgain),
        "apart" => say.word(Word::TwoHouseholds),
        id if id == page.line.id.to_string() => say.word(Word::ThisHousehold),
        id => {
            let member = page.file.members.iter().find(|m| m.fact.id == id);
            member.and_then(|m| m.fact.name.clone()).unwrap_or_else(|| say.word(Word::OtherHousehold))
        }
    }
}

/// A question of a visit in the words of the form it was asked in; where that is not at hand, of the form in force.
struct Words<'a> {
    say: &'a Say<'a>,
    page: &'a Household,
    visit: &'a str,
    question: &'a str,
}

impl Words<'_> {
    fn forms(&self) -> &[std::sync::Arc<crate::xlsform::Form>] {
        self.page.forms.get(self.visit).map_or(&[], Vec::as_slice)
    }

    fn form(&self) -> &str {
        self.page.file.visits.iter().find(|v| v.id == self.visit).map(|v| v.form.as_str()).unwrap_or_default()
    }

    fn label(&self) -> String {
        let then = older::label(self.forms(), self.question, self.say.lang.pick("", "en"));
        then.unwrap_or_else(|| self.say.question(self.form(), self.question))
    }

    fn answer(&self, text: &str) -> String {
        let (language, between) = self.say.lang.pick(("", "、"), ("en", ", "));
        let then = older::value(self.forms(), self.question, text, language, between);
        then.unwrap_or_else(|| self.say.answer(self.form(), self.question, text))
    }
}

/// What stood there for the author; several values were a conflict that this change decided.
fn before(value: &StepValue, say: impl Fn(&Scalar) -> String) -> String {
    let words: Vec<String> = value.before.iter().map(say).collect();
    words.join(" / ")
}
