//! What the household file already says, as a form's bound questions see it: fact path → text of an answer.
//! Facts that the app derives for forms (docs/pack.md "Forms") are made here and never stored.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::Place;
use crate::error::{Error, Result};
use crate::policy::facts::{Facts, VisitFact};

/// The forms whose finding of a risk sends a household down the priority path (附件2-1, 2-3).
const RISK_FORMS: [&str; 2] = ["screening-lifted", "screening-ordinary"];

/// A household's facts, looked up by the paths of `bind::ruhu:fact`.
#[derive(Debug, Clone, Default)]
pub struct Known {
    root: Value,
    members: BTreeMap<String, Value>,
    order: Vec<String>,
    measures: BTreeMap<String, Vec<String>>,
}

impl Known {
    /// From the facts and the place's names.
    pub fn new(facts: &Facts, place: &Place) -> Result<Self> {
        let json = serde_json::to_value(facts)
            .map_err(|e| Error::internal("档案内容无法读取。 The facts could not be read.").because(e.to_string()))?;
        let mut profile = json.get("profile").and_then(Value::as_object).cloned().unwrap_or_default();
        derive(facts, &mut profile);
        let mut known = Self { root: json!({ "profile": profile, "place": names(place) }), ..Self::default() };
        for member in json.get("members").and_then(Value::as_array).into_iter().flatten() {
            let Some(id) = member.get("id").and_then(Value::as_str) else { continue };
            known.order.push(id.to_owned());
            known.members.insert(id.to_owned(), member.clone());
        }
        for measure in &facts.measures {
            let family = measure.family.strip_prefix("m_").unwrap_or(&measure.family);
            known.measures.entry(family.to_owned()).or_default().push(measure.item.clone());
        }
        Ok(known)
    }

    /// Ids of the members, in roster order.
    pub fn members(&self) -> &[String] {
        &self.order
    }

    /// Whether the roster has this member.
    pub fn has_member(&self, id: &str) -> bool {
        self.members.contains_key(id)
    }

    /// The text of a fact, empty when it is not known. Yes/no facts read `yes`/`no`, lists are codes with blanks between.
    /// `member` is the id that stands for `*`; `choices` the question's own codes (only those of a measure family count).
    pub fn text(&self, fact: &str, member: Option<&str>, choices: &[String]) -> String {
        let mut parts = fact.split('/');
        match (parts.next(), parts.clone().next()) {
            (Some("measures"), Some(family)) => self.family(family, choices),
            (Some("members"), Some("*")) => {
                let found = member.and_then(|id| self.members.get(id));
                found.map(|m| text(walk(m, parts.skip(1)))).unwrap_or_default()
            }
            _ => text(walk(&self.root, fact.split('/'))),
        }
    }

    fn family(&self, family: &str, choices: &[String]) -> String {
        let in_force = self.measures.get(family).map(Vec::as_slice).unwrap_or_default();
        let own: Vec<&str> = choices.iter().filter(|c| in_force.contains(c)).map(String::as_str).collect();
        own.join(" ")
    }
}

/// The latest finished 2-1 or 2-3 visit of this campaign that was really done.
fn screened(facts: &Facts) -> Option<&VisitFact> {
    let done = |v: &&VisitFact| v.outcome.as_deref().is_none_or(|o| o == "done");
    facts.visits.iter().rev().filter(done).find(|v| RISK_FORMS.contains(&v.form.as_str()))
}

fn names(p: &Place) -> Value {
    json!({
        "county": p.county, "township": p.township, "village": p.village, "hamlet": p.hamlet, "address": p.address
    })
}

fn derive(facts: &Facts, profile: &mut Map<String, Value>) {
    if let Some(standing) = facts.standing() {
        profile.insert("standing".into(), standing.code().into());
    }
    if let Some(visit) = screened(facts) {
        profile.insert("screened_this_campaign".into(), "yes".into());
        profile.insert("screened_risks".into(), visit.answers.get("risks").cloned().unwrap_or(Value::Null));
    }
}

fn walk<'a>(from: &'a Value, path: impl Iterator<Item = &'a str>) -> &'a Value {
    let mut at = from;
    for part in path {
        match at.get(part) {
            Some(next) => at = next,
            None => return &Value::Null,
        }
    }
    at
}

/// A value as the text of an answer.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        Value::Array(items) => {
            let codes: Vec<String> = items.iter().map(text).filter(|t| !t.is_empty()).collect();
            codes.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guihua() -> Known {
        let facts: Facts = serde_json::from_value(json!({
            "profile": { "base": "ordinary", "phone": "13800000001", "allowance": { "whole": true } },
            "members": [
                { "id": "m1", "name": "覃桂花", "relation": "head", "health": ["chronic", "disabled"] },
                { "id": "m2", "name": "李建国", "disability": { "kind": 4, "level": 2 } }
            ],
            "measures": [{ "family": "venture", "item": "crops" }, { "family": "venture", "item": "solar" }],
            "visits": [
                { "form": "screening-ordinary", "outcome": "nobody_home", "answers": {} },
                { "form": "screening-ordinary", "outcome": "done", "answers": { "risks": ["illness", "labour"] } }
            ]
        }))
        .unwrap();
        Known::new(&facts, &Place { village: "甘棠村".into(), ..Place::default() }).unwrap()
    }

    #[test]
    fn bound_questions_find_their_facts() {
        let known = guihua();
        assert_eq!(known.members(), ["m1", "m2"]);
        for (fact, member, want) in [
            ("profile/phone", None, "13800000001"),
            ("profile/allowance/whole", None, "yes"),
            ("profile/standing", None, "ordinary"),
            ("profile/nothing/there", None, ""),
            ("place/village", None, "甘棠村"),
            ("members/*/health", Some("m1"), "chronic disabled"),
            ("members/*/disability/kind", Some("m2"), "4"),
            ("members/*/name", Some("stranger"), ""),
            ("profile/screened_this_campaign", None, "yes"),
            ("profile/screened_risks", None, "illness labour"),
        ] {
            assert_eq!(known.text(fact, member, &[]), want, "{fact}");
        }
    }

    #[test]
    fn a_measure_question_sees_only_its_own_choices() {
        let own = ["crops".to_owned(), "livestock".to_owned()];
        assert_eq!(guihua().text("measures/venture", None, &own), "crops");
    }
}
