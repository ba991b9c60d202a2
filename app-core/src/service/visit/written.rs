//! Answers → edits of the household file: which value goes where when a bound question was changed.

use crate::document::{Edit, IN_FORCE, Scalar, measure_key};

/// Facts that are decided elsewhere or derived: a visit never writes them, whatever a form binds.
const DECIDED: [&str; 9] = [
    "profile/standing",
    "profile/base",
    "profile/cleared",
    "profile/cleared_on",
    "profile/monitored_kind",
    "profile/registered_risks",
    "profile/safety_net",
    "profile/screened_this_campaign",
    "profile/screened_risks",
];

/// Facts that are yes or no in the file.
const YES_NO: [&str; 11] = [
    "priority",
    "whole",
    "only_home",
    "quantity",
    "quality",
    "reliability",
    "convenience",
    "insured",
    "pension",
    "willing",
    "removed",
];

/// How an answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// text, dates, decimals, one choice
    Text,
    /// a whole number
    Whole,
    /// several choices, each a yes or no of its own
    Several,
}

/// The edits that make `fact` say `new` where it said `old`; nothing when they are the same or decided elsewhere.
/// `member` stands for `*`; `own` are the question's codes (a measure question unticks only its own).
pub fn fact(fact: &str, member: Option<&str>, kept: Kept, own: &[String], old: &str, new: &str) -> Vec<Edit> {
    if old == new || DECIDED.contains(&fact) {
        return Vec::new();
    }
    let path: Vec<String> = fact.split('/').map(|p| if p == "*" { member.unwrap_or(p) } else { p }.to_owned()).collect();
    match (path.as_slice(), kept) {
        ([root, family], Kept::Several) if root == "measures" => measures(family, own, old, new),
        (_, Kept::Several) => several(&path, old, new),
        _ => vec![Edit { value: one(path.last().map_or("", String::as_str), kept, new), path }],
    }
}

/// The edits that make the choices at `path` those of `new`.
pub fn several(path: &[String], old: &str, new: &str) -> Vec<Edit> {
    let (before, now): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let ticked = now.iter().filter(|c| !before.contains(c)).map(|c| (*c, true));
    let unticked = before.iter().filter(|c| !now.contains(c)).map(|c| (*c, false));
    ticked.chain(unticked).map(|(code, yes)| Edit::at(path.iter().cloned().chain([code.to_owned()]), yes)).collect()
}

/// One value.
pub fn one(name: &str, kept: Kept, text: &str) -> Scalar {
    match (kept, text) {
        (_, "yes") if YES_NO.contains(&name) => Scalar::Bool(true),
        (_, "no") if YES_NO.contains(&name) => Scalar::Bool(false),
        (Kept::Whole, _) => text.parse().map_or_else(|_| Scalar::from(text), Scalar::Int),
        _ => Scalar::from(text),
    }
}

fn measures(family: &str, own: &[String], old: &str, new: &str) -> Vec<Edit> {
    let has = |list: &str, code: &String| list.split_whitespace().any(|c| c == code);
    own.iter()
        .filter(|code| has(old, code) != has(new, code))
        // The form asks what was done since enrolment, never on which day.
        .map(|code| Edit::at(["measures", &measure_key(family, code)], if has(new, code) { IN_FORCE } else { "" }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(edits: &[Edit]) -> Vec<String> {
        edits.iter().map(|e| format!("{}={}", e.path.join("/"), e.value.to_json())).collect()
    }

    #[test]
    fn only_what_changed_is_written_and_nothing_that_is_decided_elsewhere() {
        let none: [String; 0] = [];
        assert!(fact("profile/phone", None, Kept::Text, &none, "1", "1").is_empty());
        assert!(fact("profile/registered_risks", None, Kept::Several, &none, "", "illness").is_empty());
        let health = fact("members/*/health", Some("m1"), Kept::Several, &none, "healthy", "chronic disabled");
        assert_eq!(
            paths(&health),
            ["members/m1/health/chronic=true", "members/m1/health/disabled=true", "members/m1/health/healthy=false"]
        );
        assert_eq!(paths(&fact("profile/priority", None, Kept::Text, &none, "", "yes")), ["profile/priority=true"]);
        assert_eq!(
            paths(&fact("members/*/employed_months", Some("m1"), Kept::Whole, &none, "", "7")),
            ["members/m1/employed_months=7"]
        );
    }

    #[test]
    fn unticking_a_measure_leaves_the_nested_list_alone() {
        let own = ["crops".to_owned(), "other".to_owned()];
        let edits = fact("measures/venture", None, Kept::Several, &own, "crops other", "other");
        assert_eq!(paths(&edits), ["measures/venture.crops=\"\""]);
    }
}
