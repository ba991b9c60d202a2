//! The visit as it stands in the household file, and the edits that bring the file there: only what differs, and what
//! was taken back is emptied, never deleted.

use std::collections::BTreeMap;

use crate::document::{Answer, Edit, Scalar, VisitFile};

/// What a visit says, ready to be written. Times are ISO text.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// field of the visit → text; empty = not said
    pub fields: BTreeMap<&'static str, String>,
    /// question → answer
    pub answers: BTreeMap<String, Answer>,
    /// question → what the system would have said
    pub overrides: BTreeMap<String, Answer>,
    /// (repeat, instance, question) → answer
    pub rosters: BTreeMap<(String, String, String), Answer>,
    /// key of the file (`VisitFile::retired`) → what the form has no place for
    pub retired: BTreeMap<String, String>,
}

impl Record {
    /// Notes an answer without a place in the form; several of one question are told apart by a number.
    pub fn retire(&mut self, key: &str, text: &str) {
        let question = key.split_once('~').map_or(key, |(question, _)| question).to_owned();
        if self.retired_texts(&question).any(|there| there == text) {
            return;
        }
        let mut key = key.to_owned();
        let mut n = 0_u32;
        while self.retired.contains_key(&key) {
            n = n.saturating_add(1);
            key = format!("{question}~{n}");
        }
        self.retired.insert(key, text.to_owned());
    }

    /// What is noted of a question.
    pub fn retired_texts<'a>(&'a self, question: &'a str) -> impl Iterator<Item = &'a str> {
        let of =
            move |key: &str| key.strip_prefix(question).is_some_and(|rest| rest.is_empty() || rest.starts_with('~'));
        self.retired.iter().filter(move |(key, _)| of(key)).map(|(_, text)| text.as_str())
    }

    /// The edits from `before` (what the file holds of this visit, if anything) to this.
    pub fn edits(&self, visit: &str, before: Option<&VisitFile>) -> Vec<Edit> {
        let nothing = VisitFile::default();
        let before = before.unwrap_or(&nothing);
        let at = |parts: &[&str]| -> Vec<String> {
            ["visits", visit].iter().chain(parts).map(|p| (*p).to_owned()).collect()
        };
        let mut out = Vec::new();
        for (name, text) in &self.fields {
            out.push(Edit { path: at(&[name]), value: Scalar::from(text.as_str()) });
        }
        differences(&mut out, &at(&["answers"]), &before.answers, &self.answers);
        differences(&mut out, &at(&["overrides"]), &before.overrides, &self.overrides);
        for ((repeat, instance), now) in self.rows() {
            let old = before.rosters.get(repeat).and_then(|r| r.get(instance));
            differences(&mut out, &at(&["rosters", repeat, instance]), old.unwrap_or(&BTreeMap::new()), &now);
        }
        for (repeat, instance, old) in rows_of(before) {
            if !self.rosters.keys().any(|(r, i, _)| r == repeat && i == instance) {
                differences(&mut out, &at(&["rosters", repeat, instance]), old, &BTreeMap::new());
            }
        }
        let retired = |key: &str| at(&["retired"]).into_iter().chain(key.split('/').map(str::to_owned)).collect();
        for (key, text) in &self.retired {
            out.push(Edit { path: retired(key), value: Scalar::from(text.as_str()) });
        }
        for key in before.retired.keys().filter(|key| !self.retired.contains_key(*key)) {
            out.push(Edit { path: retired(key), value: Scalar::from("") });
        }
        out
    }

    fn rows(&self) -> BTreeMap<(&str, &str), BTreeMap<String, Answer>> {
        let mut rows: BTreeMap<(&str, &str), BTreeMap<String, Answer>> = BTreeMap::new();
        for ((repeat, instance, question), answer) in &self.rosters {
            rows.entry((repeat, instance)).or_default().insert(question.clone(), answer.clone());
        }
        rows
    }
}

fn rows_of(visit: &VisitFile) -> impl Iterator<Item = (&str, &str, &BTreeMap<String, Answer>)> {
    visit.rosters.iter().flat_map(|(repeat, rows)| rows.iter().map(move |(i, a)| (repeat.as_str(), i.as_str(), a)))
}

fn differences(out: &mut Vec<Edit>, at: &[String], before: &BTreeMap<String, Answer>, now: &BTreeMap<String, Answer>) {
    let path = |question: &str, choice: Option<&str>| -> Vec<String> {
        at.iter().map(String::as_str).chain([question]).chain(choice).map(str::to_owned).collect()
    };
    for (question, answer) in now {
        match answer {
            Answer::One(value) => out.push(Edit { path: path(question, None), value: value.clone() }),
            Answer::Many(codes) => {
                for code in codes {
                    out.push(Edit { path: path(question, Some(code)), value: Scalar::Bool(true) });
                }
            }
        }
    }
    for (question, answer) in before {
        match (answer, now.get(question)) {
            (Answer::One(_), Some(Answer::One(_))) => {}
            (Answer::One(_), _) => out.push(Edit { path: path(question, None), value: Scalar::from("") }),
            (Answer::Many(codes), now) => {
                let kept = match now {
                    Some(Answer::Many(kept)) => kept.as_slice(),
                    Some(Answer::One(_)) | None => &[],
                };
                for code in codes.iter().filter(|c| !kept.contains(c)) {
                    out.push(Edit { path: path(question, Some(code)), value: Scalar::Bool(false) });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(codes: &[&str]) -> Answer {
        Answer::Many(codes.iter().map(|c| (*c).to_owned()).collect())
    }

    fn said(edits: &[Edit]) -> Vec<String> {
        edits.iter().map(|e| format!("{}={}", e.path[2..].join("/"), e.value.to_json())).collect()
    }

    #[test]
    fn a_correction_empties_what_was_taken_back_and_keeps_the_rest() {
        let before = VisitFile {
            answers: BTreeMap::from([
                ("remarks".into(), Answer::One("旧".into())),
                ("risks".into(), answer(&["illness", "labour"])),
                ("has_risk".into(), Answer::One("yes".into())),
            ]),
            rosters: BTreeMap::from([(
                "plot".to_owned(),
                BTreeMap::from([("k1".to_owned(), BTreeMap::from([("size".to_owned(), Answer::One(3.into()))]))]),
            )]),
            ..VisitFile::default()
        };
        let now = Record {
            fields: BTreeMap::from([("state", "finished".to_owned())]),
            answers: BTreeMap::from([
                ("risks".into(), answer(&["labour"])),
                ("has_risk".into(), Answer::One("yes".into())),
            ]),
            ..Record::default()
        };
        assert_eq!(
            said(&now.edits("v1", Some(&before))),
            [
                "state=\"finished\"",
                "answers/has_risk=\"yes\"",
                "answers/risks/labour=true",
                "answers/remarks=\"\"",
                "answers/risks/illness=false",
                "rosters/plot/k1/size=\"\"",
            ]
        );
    }
}
