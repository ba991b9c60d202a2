//! Changed facts → edits of the household file: which value goes where.

use serde_json::Value;

use crate::document::{Edit, IN_FORCE, Scalar, measure_key};
use crate::xlsform::binding::FactChange;
use crate::xlsform::tree::scalar_text;

/// Facts that are decided elsewhere or derived: a visit never writes them, whatever a form binds.
const DECIDED: [&str; 11] = [
    "profile/standing",
    "profile/base",
    "profile/cleared",
    "profile/cleared_on",
    "profile/clearance_way",
    "profile/monitored_kind",
    "profile/registered_risks",
    "profile/safety_net",
    "profile/identified_on",
    "profile/screened_this_campaign",
    "profile/screened_risks",
];

/// Facts that are yes or no in the file.
const YES_NO: [&str; 10] = [
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
];

/// The edits that make the file say what was answered; nothing for what is decided elsewhere.
pub(super) fn edits(change: &FactChange) -> Vec<Edit> {
    if DECIDED.contains(&change.path.as_str()) {
        return Vec::new();
    }
    let path: Vec<String> = change.path.split('/').map(str::to_owned).collect();
    let several = change.value.is_array() || change.before.is_array();
    match path.as_slice() {
        [root, family] if root == "measures" => measures(family, &change.before, &change.value),
        // Disability is one fact of two parts for forms and rules, two keys in the file.
        [root, id, group, part] if root == "members" && group == "disability" => {
            let key = format!("disability_{part}");
            vec![Edit::at(["members", id, &key], scalar(&key, &change.value))]
        }
        _ if several => ticks(&path, &change.before, &change.value),
        _ => vec![Edit { value: scalar(path.last().map_or("", String::as_str), &change.value), path }],
    }
}

fn codes(value: &Value) -> Vec<String> {
    scalar_text(value).split_whitespace().map(str::to_owned).collect()
}

/// What was ticked and what was unticked.
fn differences(before: &Value, now: &Value) -> impl Iterator<Item = (String, bool)> {
    let (before, now) = (codes(before), codes(now));
    let ticked: Vec<_> = now.iter().filter(|c| !before.contains(c)).map(|c| (c.clone(), true)).collect();
    let unticked: Vec<_> = before.iter().filter(|c| !now.contains(c)).map(|c| (c.clone(), false)).collect();
    ticked.into_iter().chain(unticked)
}

fn ticks(path: &[String], before: &Value, now: &Value) -> Vec<Edit> {
    differences(before, now).map(|(code, yes)| Edit::at(path.iter().cloned().chain([code]), yes)).collect()
}

/// The form asks what was done since enrolment, never on which day. `before` holds only codes of the question's own list.
fn measures(family: &str, before: &Value, now: &Value) -> Vec<Edit> {
    let edit = |(code, yes): (String, bool)| {
        Edit::at(["measures", &measure_key(family, &code)], if yes { IN_FORCE } else { "" })
    };
    differences(before, now).map(edit).collect()
}

fn scalar(name: &str, value: &Value) -> Scalar {
    match (value, scalar_text(value).as_str()) {
        (_, "yes") if YES_NO.contains(&name) => Scalar::Bool(true),
        (_, "no") if YES_NO.contains(&name) => Scalar::Bool(false),
        (Value::Number(n), text) => n.as_i64().map_or_else(|| Scalar::from(text), Scalar::Int),
        (_, text) => Scalar::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(path: &str, before: Value, value: Value) -> Vec<String> {
        let edits = edits(&FactChange { path: path.into(), value, before });
        edits.iter().map(|e| format!("{}={}", e.path.join("/"), e.value.to_json())).collect()
    }

    #[test]
    fn each_fact_is_written_as_the_file_keeps_it_and_nothing_decided_elsewhere() {
        assert_eq!(said("profile/phone", json!("1"), json!(null)), ["profile/phone=\"\""]);
        assert_eq!(said("profile/priority", json!(null), json!("yes")), ["profile/priority=true"]);
        assert_eq!(said("members/m1/employed_months", json!(null), json!(7)), ["members/m1/employed_months=7"]);
        assert_eq!(said("members/m1/disability/kind", json!(null), json!(4)), ["members/m1/disability_kind=4"]);
        assert_eq!(
            said("members/m1/health", json!(["healthy"]), json!(["chronic", "disabled"])),
            ["members/m1/health/chronic=true", "members/m1/health/disabled=true", "members/m1/health/healthy=false"]
        );
        assert!(said("profile/registered_risks", json!([]), json!(["illness"])).is_empty());
    }

    #[test]
    fn unticking_a_measure_ends_it_and_leaves_the_others_alone() {
        let edits = said("measures/venture", json!(["crops", "other"]), json!(["other", "livestock"]));
        assert_eq!(edits, ["measures/venture.livestock=\"yes\"", "measures/venture.crops=\"\""]);
    }
}
