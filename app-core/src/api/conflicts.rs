//! `conflicts.list`, `conflict.settle`; the cards of `household.view`.

use std::collections::BTreeSet;

use super::labels;
use super::say::Say;
use super::views::{
    ConflictKind, ConflictValue, ConflictView, ConflictsRequest, ConflictsView, HouseholdRequest, HouseholdView,
    SettleRequest, WroteView,
};
use super::visit::household_id;
use super::words::Word;
use crate::document::{Card, Choice, Chosen, Clock, Scalar, Subject, Wrote};
use crate::domain::{Area, IdNumber};
use crate::error::{Error, Result};
use crate::service::App;
use crate::service::conflicts::OpenCards;

/// Most digits of a number that are shown beyond the usual ones, so that two can be told apart.
const MORE_DIGITS: usize = 4;

pub(super) fn list(app: &App, ask: ConflictsRequest) -> Result<ConflictsView> {
    let area = ask.area.unwrap_or_default();
    if !area.is_empty() && Area::parse(&area).is_none() {
        return Err(Error::invalid("区划代码不对。 This is not an area's code."));
    }
    let (households, found) = app.all_cards(&area)?;
    super::with_say(app, |say| {
        let mut pairs = BTreeSet::new();
        let mut view = ConflictsView { households, cards: Vec::new() };
        for open in &found {
            for ((card, _), said) in open.cards.iter().zip(cards(say, open)) {
                // Two files of one household: a pair is shown once.
                let again = matches!(card.subject, Subject::TwoFiles { other }
                    if !pairs.insert((open.household.min(other), open.household.max(other))));
                if !again {
                    view.cards.push(said);
                }
            }
        }
        Ok(view)
    })
}

pub(super) fn settle(app: &App, ask: SettleRequest) -> Result<HouseholdView> {
    let id = household_id(&ask.household)?;
    app.settle(id, &ask.id, &ask.choice, Some(&ask.mark).filter(|m| !m.is_empty()).map(String::as_str))?;
    // The file may have been closed by it: then the other one is shown.
    let into = app.household(id)?.merged_into.filter(|_| app.cards(id).is_ok_and(|open| open.cards.is_empty()));
    super::household::view(app, HouseholdRequest { id: into.unwrap_or(ask.household) })
}

/// The cards of one household.
pub(super) fn cards(say: &Say<'_>, open: &OpenCards) -> Vec<ConflictView> {
    open.cards.iter().map(|(card, may)| Speaking { say, open, card }.card(*may)).collect()
}

struct Speaking<'a> {
    say: &'a Say<'a>,
    open: &'a OpenCards,
    card: &'a Card,
}

impl Speaking<'_> {
    fn card(&self, may: bool) -> ConflictView {
        let (say, card) = (self.say, self.card);
        let (kind, label, hint) = self.about();
        let texts = self.texts();
        let by_clerk = matches!(card.subject, Subject::TwoFiles { .. });
        ConflictView {
            id: card.id.clone(),
            household: self.open.household.to_string(),
            head_name: self.open.line.head_name.clone(),
            hamlet: self.open.line.hamlet.clone(),
            kind,
            path: match &card.subject {
                Subject::Field { path } => path.join("/"),
                _ => String::new(),
            },
            label,
            hint: say.word(hint),
            values: card.choices.iter().zip(texts).enumerate().map(|(n, (c, text))| self.value(n, c, text)).collect(),
            suggestion: card.suggested.map(|n| self.why(n)).unwrap_or_default(),
            may,
            who_may: if may {
                String::new()
            } else {
                say.word(if by_clerk { Word::ClerkMay } else { Word::OthersMay })
            },
            mark: card.mark(),
        }
    }

    fn about(&self) -> (ConflictKind, String, Word) {
        let say = self.say;
        match &self.card.subject {
            Subject::Field { path } => (ConflictKind::Field, self.label(path), Word::HintField),
            Subject::SamePerson { members } => {
                let name = members.first().map(|id| self.name(id)).unwrap_or_default();
                (ConflictKind::SamePerson, Word::SamePerson.fill(say.lang, &[&name]), Word::HintSamePerson)
            }
            Subject::TwoHeads { .. } => (ConflictKind::TwoHeads, say.word(Word::TwoHeads), Word::HintTwoHeads),
            Subject::EditedRemoved { member } => (
                ConflictKind::EditedRemoved,
                Word::EditedRemoved.fill(say.lang, &[&self.name(member)]),
                Word::HintEditedRemoved,
            ),
            Subject::Elsewhere { member, .. } => {
                (ConflictKind::Elsewhere, Word::Elsewhere.fill(say.lang, &[&self.name(member)]), Word::HintElsewhere)
            }
            Subject::TwoFiles { .. } => (ConflictKind::TwoFiles, say.word(Word::TwoFiles), Word::HintTwoFiles),
        }
    }

    fn label(&self, path: &[String]) -> String {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["visits", id, rest @ ..] = parts.as_slice() else {
            return labels::of_path(self.say, &self.open.file, path).0;
        };
        let form = self.open.file.visits.iter().find(|v| v.id == *id).map(|v| v.form.as_str()).unwrap_or_default();
        let title = self.say.form_title(form);
        let said = match rest {
            ["answers" | "overrides", question] => self.say.question(form, question),
            ["answers" | "overrides", question, choice] => {
                format!("{}：{}", self.say.question(form, question), self.say.answer(form, question, choice))
            }
            ["outcome"] => self.say.word(Word::Outcome),
            ["remark"] => self.say.word(Word::Remark),
            ["try_again_on"] => self.say.word(Word::TryAgain),
            ["method"] => self.say.question(form, "method"),
            ["state"] => self.say.word(Word::VisitState),
            other => other.join("/"),
        };
        format!("{title} · {said}")
    }

    fn name(&self, member: &str) -> String {
        let found = self.open.file.members.iter().find(|m| m.fact.id == member);
        found.and_then(|m| m.fact.name.clone()).unwrap_or_default()
    }

    fn value(&self, n: usize, choice: &Choice, value: String) -> ConflictValue {
        ConflictValue {
            key: choice.key.clone(),
            value,
            shown: n == 0 && matches!(self.card.subject, Subject::Field { .. }),
            suggested: self.card.suggested == Some(n),
            by: choice.by.iter().map(|w| self.wrote(w)).collect(),
        }
    }

    fn wrote(&self, w: &Wrote) -> WroteView {
        let known = self.open.writers.get(&w.actor).map(|w| w.name.clone());
        let who = known.unwrap_or_else(|| {
            self.say.word(if w.actor == crate::domain::id::IMPORT_ACTOR { Word::ByRegister } else { Word::Somebody })
        });
        WroteView {
            who,
            at: super::lists::moment(w.time),
            how: w.how.as_deref().map(|m| self.say.label("method", m)).unwrap_or_default(),
            clock: match w.clock {
                Clock::Sound => String::new(),
                Clock::Behind => self.say.word(Word::ClockBehind),
                Clock::Ahead => self.say.word(Word::ClockAhead),
            },
        }
    }

    /// What each choice is, in words.
    fn texts(&self) -> Vec<String> {
        if let Subject::Field { path } = &self.card.subject {
            return self.field_texts(path);
        }
        self.card.choices.iter().map(|c| self.text(&c.what)).collect()
    }

    fn text(&self, what: &Chosen) -> String {
        let say = self.say;
        match what {
            Chosen::Value(value) => labels::value(say, "", "", value),
            Chosen::Member(id) => self.member(id),
            Chosen::Removed => say.word(Word::StaysOff),
            Chosen::Present => say.word(Word::StandsAgain),
            Chosen::Apart => say.word(Word::TwoHouseholds),
            Chosen::Household(id) => {
                let (here, line) = if *id == self.open.household {
                    (true, Some(&self.open.line))
                } else {
                    (false, self.open.others.get(id))
                };
                let Some(line) = line else { return say.word(Word::AnotherHousehold) };
                let which = say.word(if here { Word::ThisHousehold } else { Word::OtherHousehold });
                let visit = super::say::some(&line.last_visit)
                    .map_or_else(|| say.word(Word::NotVisited), |day| Word::VisitedOn.fill(say.lang, &[&day]));
                let people = Word::People.fill(say.lang, &[&line.population]);
                format!("{which}{}{} · {} · {people} · {visit}", say.lang.pick("：", ": "), line.head_name, line.hamlet)
            }
        }
    }

    /// A member, so far described that two entries can be told apart.
    fn member(&self, id: &str) -> String {
        let Some(m) = self.open.file.members.iter().find(|m| m.fact.id == id) else { return String::new() };
        let f = &m.fact;
        let said = |name: &str, value: &Option<String>| {
            let list = labels::of_member(name, self.say.lang).list;
            value.as_deref().map(|v| labels::text_value(self.say, name, list, v)).unwrap_or_default()
        };
        let parts = [
            f.name.clone().unwrap_or_default(),
            said("relation", &f.relation),
            said("sex", &f.sex),
            f.birth.clone().unwrap_or_default(),
            said("work", &f.work),
        ];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn field_texts(&self, path: &[String]) -> Vec<String> {
        let name = path.last().map_or("", String::as_str);
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let form = match parts.as_slice() {
            ["visits", id, ..] => self.open.file.visits.iter().find(|v| v.id == *id).map(|v| v.form.as_str()),
            _ => None,
        };
        let values: Vec<&Scalar> = self
            .card
            .choices
            .iter()
            .filter_map(|c| match &c.what {
                Chosen::Value(value) => Some(value),
                _ => None,
            })
            .collect();
        if labels::is_personal(name) {
            let texts: Vec<&str> = values.iter().map(|v| v.as_text().unwrap_or_default()).collect();
            return told_apart(name, &texts);
        }
        let list = labels::of_path(self.say, &self.open.file, path).1;
        let said = |value: &Scalar| match (parts.as_slice(), form, value) {
            (_, _, v) if v.is_empty() => self.say.word(Word::Emptied),
            (["profile", "merged_into"], _, Scalar::Text(id)) => self.household_name(id),
            (["visits", _, "state"], _, Scalar::Text(t)) => {
                self.say.word(if t == "finished" { Word::VisitFinished } else { Word::VisitPutDown })
            }
            (["visits", _, "outcome"], _, Scalar::Text(t)) => self.say.label("outcome", t),
            (["visits", _, "answers" | "overrides", question], Some(form), Scalar::Text(t)) => {
                self.say.answer(form, question, t)
            }
            _ => labels::value(self.say, name, list, value),
        };
        values.into_iter().map(said).collect()
    }

    fn household_name(&self, id: &str) -> String {
        let found = crate::domain::id::HouseholdId::parse_str(id).ok().and_then(|id| self.open.others.get(&id));
        found.map_or_else(|| self.say.word(Word::AnotherHousehold), |l| format!("{} · {}", l.head_name, l.hamlet))
    }

    fn why(&self, suggested: usize) -> String {
        let tick = self.card.choices.get(suggested).is_some_and(|c| c.what == Chosen::Value(Scalar::Bool(true)));
        self.say.word(if tick { Word::SuggestUnion } else { Word::SuggestInPerson })
    }
}

/// ID numbers and phones: masked, but where the masks hide the difference the first digits that differ are shown.
fn told_apart(name: &str, values: &[&str]) -> Vec<String> {
    let whole: Vec<String> = values
        .iter()
        .map(|v| if name.ends_with("id_number") { IdNumber::new(v).reveal().to_owned() } else { (*v).to_owned() })
        .collect();
    let mask = |v: &String| {
        if name.ends_with("id_number") { super::say::masked_id(v) } else { super::say::masked_phone(v) }
    };
    let mut masked: Vec<Vec<char>> = whole.iter().map(|v| mask(v).chars().collect()).collect();
    let whole: Vec<Vec<char>> = whole.iter().map(|v| v.chars().collect()).collect();
    let same = |masked: &[Vec<char>]| {
        let mut seen = BTreeSet::new();
        !masked.iter().all(|m| seen.insert(m.clone()))
    };
    let length = whole.iter().map(Vec::len).max().unwrap_or(0);
    let mut shown = 0;
    for at in 0..length {
        if shown >= MORE_DIGITS || !same(&masked) {
            break;
        }
        let first = whole.first().and_then(|w| w.get(at));
        if whole.iter().all(|w| w.get(at) == first) {
            continue;
        }
        shown += 1;
        for (m, w) in masked.iter_mut().zip(&whole) {
            if let (Some(to), Some(from)) = (m.get_mut(at), w.get(at)) {
                *to = *from;
            }
        }
    }
    masked.into_iter().map(|m| m.into_iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn two_numbers_are_shown_so_far_that_they_can_be_told_apart() {
        assert_eq!(told_apart("phone", &["13800005678", "13800009999"]), ["138****5678", "138****9999"]);
        assert_eq!(told_apart("phone", &["13812345678", "13812945678"]), ["138**3*5678", "138**9*5678"]);
        let numbers = told_apart("id_number", &["999999198001010011", "999999198102020011"]);
        assert_eq!(numbers, ["999999***0****0011", "999999***1****0011"]);
    }
}
