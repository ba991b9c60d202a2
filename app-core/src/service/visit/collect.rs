//! The running form → the one change of the file: the visit's record, the facts that changed, the roster, leaflets.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::open::{asked, text};
use super::placed::retired_key;
use super::record::Record;
use super::running::{Running, Touched};
use super::written;
use crate::document::{Answer, Edit, Scalar, VisitFile};
use crate::domain::{IdNumber, Outcome};
use crate::xlsform::{Kind, NodeId, Question, Shape, binding};

/// Who makes the visit, where, and when it ends.
pub(super) struct Making<'a> {
    pub(super) person_id: &'a str,
    pub(super) person_name: &'a str,
    pub(super) device: &'a str,
    /// now, in China
    pub(super) now: DateTime<FixedOffset>,
    /// `None`: put down
    pub(super) end: Option<&'a super::finish::Finish>,
}

/// A moment as visits keep it: China's civil time, to the second.
pub(super) fn moment(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

impl Running {
    /// Every edit of the one change.
    pub(super) fn edits(&self, making: &Making<'_>) -> Vec<Edit> {
        let mut edits = self.record(making).edits(&self.open.visit, self.before());
        if let Some(end) = making.end {
            edits.extend(self.fact_edits());
            for kind in &end.leaflets_given {
                let day = making.now.date_naive().to_string();
                edits.push(Edit::at(["leaflets", kind, "given_on"], day));
                edits.push(Edit::at(["leaflets", kind, "by"], making.person_name));
            }
        }
        edits
    }

    /// What the visit says.
    pub(super) fn record(&self, making: &Making<'_>) -> Record {
        let mut record = Record { fields: self.fields(making), ..Record::default() };
        let draft = making.end.is_none();
        for node in self.instance.walk() {
            self.record_answer(&mut record, node, draft);
        }
        for retired in &self.retired {
            record.retire(&retired_key(&retired.path), &retired.text);
        }
        self.carry_over(&mut record);
        record
    }

    fn record_answer(&self, record: &mut Record, node: NodeId, draft: bool) {
        let question = self.instance.question(node);
        let touched = self.touched(node) == Touched::Yes;
        if question.kind.is_container() || !question.kind.is_visible() || question.kind == Kind::Note {
            return;
        }
        let strange = self.instance.strange(node);
        if touched && !strange.is_empty() {
            record.retire(&retired_key(&self.instance.path(node)), &strange.join(" "));
        }
        let relevant = self.instance.relevant(node);
        // What is not asked any more, or not offered just now, a draft keeps, and a finished visit does not say. Where the form
        // changed under it, that was not the doing of who answered: it stays as retired.
        let changed = self.versions.moves || !self.open.lineage().before.is_empty();
        let kept = self.kept_choices(node, &strange);
        let said = if relevant { self.instance.value(node).to_owned() } else { String::new() };
        let text = match (draft && touched, relevant) {
            (true, _) => kept,
            (false, true) => {
                let hidden = self.hidden_part(node, &kept, &said);
                if touched && changed && !hidden.is_empty() {
                    record.retire(&retired_key(&self.instance.path(node)), &hidden);
                }
                said
            }
            (false, false) => {
                if touched && changed && !kept.is_empty() {
                    record.retire(&retired_key(&self.instance.path(node)), &kept);
                }
                return;
            }
        };
        let bound = binding::fact_of(&self.instance, node).is_some();
        // What is only known was not said today; in the roster what is said is the fact itself.
        if text.is_empty() || (bound && !touched) {
            return;
        }
        let answer = answer(question.shape, question.kind, &text);
        match self.roster_place(node) {
            Some((repeat, key)) if !bound || draft => {
                record.rosters.insert((repeat, key, question.name.clone()), answer);
            }
            Some(_) => {}
            None => {
                self.record_override(record, node, &text);
                record.answers.insert(question.name.clone(), answer);
            }
        }
    }

    /// What of a kept answer is not said, because it is not offered.
    fn hidden_part(&self, node: NodeId, kept: &str, said: &str) -> String {
        if self.instance.question(node).kind != Kind::SelectMultiple {
            return if said.is_empty() { kept.to_owned() } else { String::new() };
        }
        let hidden = kept.split_whitespace().filter(|w| !said.split_whitespace().any(|s| s == *w));
        hidden.collect::<Vec<_>>().join(" ")
    }

    /// What was answered, offered and asked now or not, without choices that the question does not have.
    fn kept_choices(&self, node: NodeId, strange: &[String]) -> String {
        let kept = self.instance.kept(node);
        if strange.is_empty() {
            return kept.to_owned();
        }
        if self.instance.question(node).kind == Kind::SelectOne {
            return String::new();
        }
        let left = kept.split_whitespace().filter(|w| !strange.iter().any(|s| s == w));
        left.collect::<Vec<_>>().join(" ")
    }

    /// What the system would have said, where a person said otherwise; `false` where it had nothing to say.
    fn record_override(&self, record: &mut Record, node: NodeId, text: &str) {
        let question = self.instance.question(node);
        if !self.instance.is_overridden(node) {
            return;
        }
        let system = match self.instance.system_value(node).unwrap_or_default() {
            "" => Answer::One(Scalar::Bool(false)),
            system if system == text => return,
            system => answer(question.shape, question.kind, system),
        };
        record.overrides.insert(question.name.clone(), system);
    }

    /// The repeat and the key (nested ones joined with a dot) of a node in a repeat.
    fn roster_place(&self, node: NodeId) -> Option<(String, String)> {
        let nearest = self.instance_around(node)?;
        let repeat = self.instance.question(nearest).name.clone();
        let mut keys = Vec::new();
        let mut at = Some(nearest);
        while let Some(instance) = at {
            keys.push(self.instance.key(instance).unwrap_or_default().to_owned());
            at = self.instance.tree().parent(instance).and_then(|above| self.instance_around(above));
        }
        keys.reverse();
        Some((repeat, keys.join(".")))
    }

    /// A correction does not unsay a fact that was said on the day and not touched since.
    fn carry_over(&self, record: &mut Record) {
        let Some(before) = self.before().filter(|v| v.finished) else { return };
        for (name, answer) in &before.answers {
            let Some(question) = asked(&self.form, name, false) else {
                // Nobody's answer but the former form's own: it was said that day all the same.
                if record.retired_texts(name).next().is_none() {
                    record.retire(name, &text(answer));
                }
                continue;
            };
            if !question.place.is_some_and(|node| self.is_untouched_fact(node)) {
                continue;
            }
            match record.answers.get(&question.name) {
                None => {
                    record.answers.insert(question.name.clone(), answer.clone());
                }
                Some(there) if text(there) == text(answer) => {}
                Some(_) => record.retire(name, &text(answer)),
            }
        }
        for (repeat, key, name, answer) in rows_of(before) {
            let is_fact = asked(&self.form, name, true).is_some_and(Question::is_bound);
            let node = self.locate(&format!("{repeat}[{key}]/{name}"));
            if is_fact && node.is_none_or(|node| self.is_untouched_fact(node)) && !text(answer).is_empty() {
                let place = (repeat.to_owned(), key.to_owned(), name.to_owned());
                record.rosters.entry(place).or_insert_with(|| answer.clone());
            }
        }
    }

    fn is_untouched_fact(&self, node: NodeId) -> bool {
        binding::fact_of(&self.instance, node).is_some() && self.touched(node) == Touched::No
    }

    fn fields(&self, making: &Making<'_>) -> BTreeMap<&'static str, String> {
        let secs = |at: i64| DateTime::from_timestamp(at, 0).unwrap_or_default().with_timezone(making.now.offset());
        let before = self.before();
        let opened = before.and_then(|v| v.opened_at.clone()).unwrap_or_else(|| moment(secs(self.open.opened_at)));
        let mut fields = BTreeMap::from([
            ("form", self.open.form.clone()),
            ("form_version", self.version()),
            ("state", if making.end.is_some() { "finished" } else { "draft" }.to_owned()),
            ("opened_at", opened),
            ("collector", making.person_name.to_owned()),
            ("collector_id", making.person_id.to_owned()),
            ("device", making.device.to_owned()),
        ]);
        let earlier = self.moved_on().lineage().before;
        if !earlier.is_empty() {
            fields.insert("earlier_forms", earlier.join(" "));
        }
        if let Some(method) = self.instance.find("method").map(|n| self.instance.value(n)).filter(|m| !m.is_empty()) {
            fields.insert("method", method.to_owned());
        }
        if let Some((from, to)) = self.window() {
            fields.insert("window_from", from);
            fields.insert("window_to", to);
        }
        if let Some(at) = self.open.privacy_at.filter(|_| before.is_none_or(|v| v.privacy_notice_at.is_none())) {
            fields.insert("privacy_notice_at", moment(secs(at)));
        }
        if let Some(end) = making.end {
            // A corrected visit keeps the day it was made on.
            let made = before.filter(|v| v.finished).and_then(|v| v.finished_at.clone());
            fields.insert("finished_at", made.unwrap_or_else(|| moment(making.now)));
            end_fields(&mut fields, end, making);
        }
        fields
    }

    /// The facts that this visit changes: bound questions, members who came and went.
    fn fact_edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for change in binding::changes(&self.instance, &self.facts) {
            edits.extend(written::edits(&change));
        }
        edits.extend(self.new_members());
        for (id, living) in &self.removed {
            edits.push(Edit::at(["members", id, "removed"], true));
            if !living.is_empty() {
                edits.push(Edit::at(["members", id, "living"], living.as_str()));
            }
        }
        edits
    }

    /// Order and living status of new members; sex and birth of those whose ID number is new.
    fn new_members(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut order = self.file.members.iter().map(|m| m.order).filter(|o| *o < i64::MAX).max().unwrap_or(0);
        for node in self.instance.walk() {
            let Some(id) = self.instance.key(node).filter(|_| self.is_roster(self.instance.id(node))) else { continue };
            let known = self.file.members.iter().find(|m| m.fact.id == id);
            if known.is_none() {
                order = order.saturating_add(1);
                edits.push(Edit::at(["members", id, "order"], order));
                if self.child(node, "members/*/living").is_none_or(|l| l.is_empty()) {
                    // The short roster of 2-3 does not ask: who is added there lives there.
                    edits.push(Edit::at(["members", id, "living"], "alive"));
                }
            }
            let before = known.and_then(|m| m.fact.id_number.as_deref()).unwrap_or_default();
            let Some(number) = self.child(node, "members/*/id_number").filter(|n| !n.is_empty() && n != before) else {
                continue;
            };
            let number = IdNumber::new(&number);
            if number.fault().is_none() {
                edits.extend(number.sex().map(|sex| Edit::at(["members", id, "sex"], sex)));
                edits.extend(number.birth().map(|day| Edit::at(["members", id, "birth"], day.to_string())));
            }
        }
        edits
    }

    /// The value of the question bound to `fact` in an instance; `None` when the form has none.
    fn child(&self, instance: NodeId, fact: &str) -> Option<String> {
        let inside = self.instance.tree().descendants(instance);
        let found = inside.into_iter().find(|n| binding::fact_of(&self.instance, *n) == Some(fact))?;
        Some(self.instance.value(found).to_owned())
    }
}

fn end_fields(fields: &mut BTreeMap<&'static str, String>, end: &super::finish::Finish, making: &Making<'_>) {
    fields.insert("outcome", end.outcome.code().to_owned());
    // Emptied when a correction takes them back; nothing where nothing stands.
    let again = end.try_again_on.filter(|_| end.outcome == Outcome::NobodyHome);
    fields.insert("try_again_on", again.map(|d| d.to_string()).unwrap_or_default());
    fields.insert("remark", end.remark.clone().unwrap_or_default());
    if let Some(paper) = &end.paper {
        fields.insert("collector", paper.collector.clone());
        fields.insert("paper_typist", making.person_name.to_owned());
        fields.insert("paper_date", paper.date.to_string());
    }
}

/// Repeat, key, question and answer of what was said in repeats.
fn rows_of(visit: &VisitFile) -> impl Iterator<Item = (&str, &str, &str, &Answer)> {
    visit.rosters.iter().flat_map(|(repeat, rows)| {
        rows.iter().flat_map(move |(key, row)| {
            row.iter().map(move |(name, answer)| (repeat.as_str(), key.as_str(), name.as_str(), answer))
        })
    })
}

/// An answer as the file keeps it.
fn answer(shape: Shape, kind: Kind, text: &str) -> Answer {
    match shape {
        // The order of a ranking would be lost in a map of choices.
        Shape::Many if kind != Kind::Rank => Answer::Many(text.split_whitespace().map(str::to_owned).collect()),
        Shape::Integer => Answer::One(text.parse().map_or_else(|_| Scalar::from(text), Scalar::Int)),
        _ => Answer::One(Scalar::from(text)),
    }
}
