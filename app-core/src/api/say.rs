//! Codes → words: one place that knows the session's language, the pack and today. Rows of lists are said here.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::views::{
    ChoiceView, Count, FormDue, HouseholdProgress, HouseholdRow, ListKind, ListProgress, PhaseView, VisitRow,
};
use super::words::{Lang, Word};
use crate::domain::{IdNumber, Outcome, Standing, VisitState};
use crate::policy::Pack;
use crate::service::today::ListCount;
use crate::storage::list::{FormState, HouseholdLine};
use crate::storage::visits::VisitLine;
use crate::xlsform::{Form, Question, QuestionId};

/// What turns codes into words.
#[derive(Clone, Copy)]
pub(super) struct Say<'a> {
    pub(super) lang: Lang,
    pub(super) pack: Option<&'a Pack>,
    pub(super) today: NaiveDate,
    /// id of the person at the device
    pub(super) me: &'a str,
}

/// Reads a code of one of our enums.
pub(super) fn code<T: DeserializeOwned>(code: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
}

/// Text or nothing.
pub(super) fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `138****5678`; shorter numbers keep their last two.
pub(super) fn masked_phone(phone: &str) -> String {
    let n = phone.chars().count();
    let (head, tail) = if n >= 11 { (3, 4) } else { (0, 2) };
    phone.chars().enumerate().map(|(i, c)| if i < head || i + tail >= n { c } else { '*' }).collect()
}

impl Say<'_> {
    pub(super) fn word(&self, word: Word) -> String {
        word.say(self.lang).to_owned()
    }

    /// The pack's label of a code, or the code itself: a code of a newer pack stays readable.
    pub(super) fn label(&self, list: &str, code: &str) -> String {
        self.pack.and_then(|p| p.label(list, code, self.lang.code())).unwrap_or(code).to_owned()
    }

    pub(super) fn choices(&self, list: &str) -> Vec<ChoiceView> {
        let codes = self.pack.map(|p| p.codes(list)).unwrap_or_default();
        let open = codes.iter().filter(|c| c.open_on(self.today));
        open.map(|c| ChoiceView { code: c.code.clone(), label: c.label_in(self.lang.code()).to_owned() }).collect()
    }

    pub(super) fn form_title(&self, slug: &str) -> String {
        if let Some(title) = self.pack.and_then(|p| p.form_title(slug, self.lang.code())) {
            return title.to_owned();
        }
        let form = self.pack.and_then(|p| p.form(slug));
        form.map_or_else(|| slug.to_owned(), |f| f.title.clone())
    }

    pub(super) fn yes_no(&self, yes: bool) -> String {
        self.word(if yes { Word::Yes } else { Word::No })
    }

    /// The language as the forms' columns name it.
    fn form_language(&self) -> &'static str {
        self.lang.pick("", "en")
    }

    /// What a form calls a question.
    pub(super) fn question(&self, form: &str, name: &str) -> String {
        let form = self.pack.and_then(|p| p.form(form));
        let label = form.and_then(|f| Some(f.question(f.find(name)?).label.plain(self.form_language())));
        label.filter(|l| !l.is_empty()).unwrap_or_else(|| name.to_owned())
    }

    /// What a form calls an answer; numbers that identify a person are masked.
    pub(super) fn answer(&self, form: &str, question: &str, code: &str) -> String {
        let form = self.pack.and_then(|p| p.form(form));
        let label = form.and_then(|f| choice(&f, f.find(question)?, code, self.form_language()));
        label.unwrap_or_else(|| super::labels::text_value(self, question, "", code))
    }

    /// What the pack's forms call an item of a measure family.
    pub(super) fn measure_item(&self, family: &str, item: &str) -> String {
        let fact = format!("measures/{family}");
        let bound = |q: &Question| q.attributes.iter().any(|(k, v)| k.ends_with(":fact") && *v == fact);
        let forms = self.pack.into_iter().flat_map(|p| p.slugs().iter().filter_map(|s| p.form(s)));
        for form in forms {
            let found =
                form.iter().filter(|(_, q)| bound(q)).find_map(|(id, _)| choice(&form, id, item, self.form_language()));
            if let Some(label) = found {
                return label;
            }
        }
        item.to_owned()
    }

    /// Counts of answers to a question, with the labels of the form that asks it.
    pub(super) fn answers(&self, question: &str, tally: Vec<(String, u32)>) -> Vec<Count> {
        let slugs = self.pack.map(|p| p.slugs().to_vec()).unwrap_or_default();
        let label = |code: &str| {
            let said = slugs.iter().map(|s| self.answer(s, question, code)).find(|l| l != code);
            said.unwrap_or_else(|| code.to_owned())
        };
        tally.into_iter().map(|(code, count)| Count { label: label(&code), code, count }).collect()
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> String {
        self.label("outcome", outcome.code())
    }

    pub(super) fn list_label(&self, list: ListKind) -> String {
        self.word(match list {
            ListKind::Ordinary => Word::ListOrdinary,
            ListKind::Priority => Word::ListPriority,
            ListKind::Lifted => Word::ListLifted,
            ListKind::Monitored => Word::ListMonitored,
        })
    }

    pub(super) fn household(&self, line: &HouseholdLine) -> HouseholdRow {
        let standing = code(&line.standing).unwrap_or(Standing::Ordinary);
        let progress = progress(line);
        HouseholdRow {
            id: line.id.to_string(),
            head_name: line.head_name.clone(),
            village: line.village.clone(),
            hamlet: line.hamlet.clone(),
            grid: line.grid.clone(),
            population: line.population,
            standing,
            standing_label: self.label("standing", standing.code()),
            list: code(&line.list).unwrap_or(ListKind::Ordinary),
            priority: line.priority,
            progress,
            progress_label: self.progress_label(line, progress),
            id_tail: line.id_tail.clone(),
            phone_masked: masked_phone(&line.phone),
            risks: line.risks.iter().map(|c| self.label("risk", c)).collect(),
            last_visit: some(&line.last_visit),
            unsynced: line.unsynced,
            conflicts: line.conflicts,
            provisional: line.conflicts > 0,
        }
    }

    fn progress_label(&self, line: &HouseholdLine, progress: HouseholdProgress) -> String {
        match progress {
            HouseholdProgress::Left => self.word(Word::Left),
            HouseholdProgress::Draft => self.word(Word::HasDraft),
            HouseholdProgress::Done => self.word(Word::DoneWord),
            HouseholdProgress::Attempted => match Outcome::parse(&line.outcome) {
                Some(outcome) => Word::AttemptedAs.fill(self.lang, &[&self.outcome(outcome)]),
                None => self.word(Word::Attempted),
            },
            HouseholdProgress::Partly => {
                let due = line.forms.iter().find(|f| !f.done && !f.optional);
                let title = due.map(|f| self.form_title(&f.slug)).unwrap_or_default();
                Word::StillDue.fill(self.lang, &[&title])
            }
        }
    }

    /// A form that is due; `draft` is the open visit with it on this device.
    pub(super) fn form_due(&self, form: &FormState, draft: Option<String>) -> FormDue {
        FormDue {
            slug: form.slug.clone(),
            title: self.form_title(&form.slug),
            why: self.lang.pick(&form.why, &form.why_en).clone(),
            done: form.done,
            optional: form.optional,
            draft,
        }
    }

    pub(super) fn visit(&self, line: &VisitLine) -> VisitRow {
        let state = if line.state == "finished" { VisitState::Finished } else { VisitState::Draft };
        let outcome = Outcome::parse(&line.outcome);
        VisitRow {
            id: line.visit.clone(),
            household: line.household.to_string(),
            head_name: line.head_name.clone(),
            hamlet: line.hamlet.clone(),
            form: line.form.clone(),
            form_title: self.form_title(&line.form),
            state,
            outcome,
            outcome_label: outcome.map(|o| self.outcome(o)),
            date: line.date.chars().take(10).collect(),
            collector: line.collector.clone(),
            device: String::new(),
            answered: 0,
            returned_for: None,
            second: false,
            mine: !self.me.is_empty() && line.collector_id == self.me,
        }
    }

    pub(super) fn lists(&self, counts: &[ListCount]) -> Vec<ListProgress> {
        let known = |l: &ListCount| code(&l.list).map(|list| (list, l.total, l.done));
        let mut lists: Vec<ListProgress> = counts
            .iter()
            .filter_map(known)
            .map(|(list, total, done)| ListProgress {
                list,
                label: self.list_label(list),
                total,
                done,
                left: total.saturating_sub(done),
            })
            .collect();
        lists.sort_by_key(|l| l.list);
        lists
    }

    /// Counts with the labels of a code list.
    pub(super) fn counts(&self, list: &str, tally: Vec<(String, u32)>) -> Vec<Count> {
        tally.into_iter().map(|(code, count)| Count { label: self.label(list, &code), code, count }).collect()
    }

    pub(super) fn phases(&self) -> Vec<PhaseView> {
        let phases = self.pack.map(Pack::phases).unwrap_or_default();
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        phases
            .iter()
            .map(|p| PhaseView {
                id: p.id.clone(),
                name: p.label_in(self.lang.code()).to_owned(),
                from: day(p.from),
                to: day(p.to),
                current: p.holds(self.today),
                days_left: p.to.map_or(0, |to| i32::try_from((to - self.today).num_days()).unwrap_or(i32::MAX)),
                note: (!p.flag.is_empty()).then(|| self.lang.pick(&p.note, &p.note_en).clone()),
            })
            .collect()
    }

    /// The phase today lies in: the one that ends first.
    pub(super) fn phase_now(&self) -> Option<PhaseView> {
        let ended = |p: &PhaseView| p.to.is_empty();
        let mut current: Vec<PhaseView> =
            self.phases().into_iter().filter(|p| p.current && !p.from.is_empty()).collect();
        if current.is_empty() {
            current = self.phases().into_iter().filter(|p| p.current).collect();
        }
        current.into_iter().min_by_key(|p| (ended(p), p.to.clone()))
    }
}

/// The label of a choice of a question.
fn choice(form: &Form, question: QuestionId, code: &str, language: &str) -> Option<String> {
    let list = form.lists.get(form.question(question).list?)?;
    let label = list.choices.get(*list.index.get(code)? as usize)?.label.plain(language);
    Some(super::form_view::without_note(&label).to_owned())
}

/// The household's progress, a draft here first.
pub(super) fn progress(line: &HouseholdLine) -> HouseholdProgress {
    if line.draft {
        return HouseholdProgress::Draft;
    }
    code(&line.progress).unwrap_or(HouseholdProgress::Left)
}

/// An ID number for a list or a page: masked.
pub(super) fn masked_id(number: &str) -> String {
    if number.is_empty() { String::new() } else { IdNumber::new(number).masked() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_for_lists() {
        assert_eq!(masked_phone("13800005678"), "138****5678");
        assert_eq!(masked_phone("68881234"), "******34");
        assert_eq!(masked_phone(""), "");
        assert_eq!(masked_id("999999198001010011"), "999999********0011");
        assert_eq!(masked_id(""), "");
    }
}
