//! Which form is for whom (附件1-2（四）（五）), which of the four lists a household stands on, and the facts that
//! forms read but nobody stores.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::facts::Facts;
use super::judge::FormFor;
use super::pack::Pack;
use crate::domain::{ListKind, Standing};

/// The two forms that look for a risk before the priority form does (附件2-1, 2-3).
const SCREENS: [&str; 2] = ["screening-lifted", "screening-ordinary"];

/// The forms that apply to the household, in order, by the `form` rows of `rules.csv`; those already done this
/// campaign are marked, and stay in the list.
pub fn forms_for(pack: &Pack, facts: &Facts, on: NaiveDate) -> Vec<FormFor> {
    super::judge::forms(pack, facts, on)
}

/// Which of the four lists of 排查工作 the household stands on. Un-cleared monitored households stand on theirs
/// whatever else is so; then the priority list (the mark, or a risk found by 2-1 or 2-3 this campaign); then 脱贫户及
/// 已消除; everybody else (also where nothing is known) is an ordinary household.
pub fn list_of(facts: &Facts) -> ListKind {
    let standing = facts.standing();
    if standing == Some(Standing::Monitored) {
        return ListKind::Monitored;
    }
    if facts.profile.priority == Some(true) || found_risk(facts) {
        return ListKind::Priority;
    }
    match standing {
        Some(Standing::Lifted | Standing::Cleared) => ListKind::Lifted,
        Some(Standing::Ordinary | Standing::Monitored) | None => ListKind::Ordinary,
    }
}

/// Whether the latest 2-1 or 2-3 visit of this campaign found a risk.
fn found_risk(facts: &Facts) -> bool {
    screened(facts).and_then(|v| v.answers.get("has_risk")).is_some_and(|a| a == "yes" || a == &Value::Bool(true))
}

fn screened(facts: &Facts) -> Option<&super::facts::VisitFact> {
    let done = |v: &&super::facts::VisitFact| {
        SCREENS.contains(&v.form.as_str()) && v.outcome.as_deref().is_none_or(|o| o == "done" || o.is_empty())
    };
    // max_by_key takes the last of equals, as the rules do.
    facts.visits.iter().filter(done).max_by_key(|v| v.finished_on.clone().unwrap_or_default())
}

/// Facts that forms read and nobody stores: `profile/standing`, `profile/screened_this_campaign` (yes / no),
/// `profile/screened_risks` (of the latest 2-1 or 2-3 visit), `profile/income_from`, `profile/income_to` (first and
/// last day of the income window of a visit on that day).
pub fn derived(pack: &Pack, facts: &Facts, on: NaiveDate) -> Value {
    let screened = screened(facts);
    let risks = screened.and_then(|v| v.answers.get("risks")).cloned().unwrap_or_else(|| json!([]));
    let window = pack.income_window(on);
    json!({"profile": {
        "standing": facts.standing().map(Standing::code),
        "screened_this_campaign": if screened.is_some() { "yes" } else { "no" },
        "screened_risks": risks,
        "income_from": window.map(|(from, _)| from.to_string()),
        "income_to": window.map(|(_, to)| to.to_string()),
    }})
}

/// The facts as a form's binding takes them: the household's own with [`derived`] merged in.
pub fn facts_for_form(pack: &Pack, facts: &Facts, on: NaiveDate) -> Value {
    let mut all = super::judge::json(facts);
    let derived = derived(pack, facts, on);
    if let (Some(Value::Object(profile)), Some(Value::Object(more))) = (all.get_mut("profile"), derived.get("profile"))
    {
        profile.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
    }
    all
}
