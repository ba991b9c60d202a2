//! From the file to what rules and forms see.

use chrono::NaiveDate;

use super::file::{HouseholdFile, IN_FORCE, VisitFile};
use crate::policy::facts::{Facts, MeasureFact, VisitFact};

impl HouseholdFile {
    /// The facts. Visits: finished ones, on or after `campaign_from` if given, oldest first. Removed members are left
    /// out. Where values conflict, the shown one counts (and what follows from it is provisional).
    pub fn facts(&self, campaign_from: Option<NaiveDate>) -> Facts {
        let mut profile = self.profile.clone();
        if let Some(head) = &self.head_name {
            profile.more.insert("head_name".to_owned(), head.as_str().into());
        }
        let from = campaign_from.map(|d| d.to_string());
        let mut visits: Vec<(&str, &VisitFile)> = self
            .visits
            .iter()
            .filter(|v| v.finished)
            .map(|v| (v.finished_on().unwrap_or_default(), v))
            .filter(|(on, _)| from.as_deref().is_none_or(|from| *on >= from))
            .collect();
        visits.sort_by_key(|(on, _)| *on);
        Facts {
            profile,
            members: self.members.iter().filter(|m| !m.removed).map(|m| m.fact.clone()).collect(),
            measures: self.measures.iter().filter_map(|(k, v)| measure(k, v)).collect(),
            cases: Vec::new(),
            visits: visits.into_iter().map(|(_, v)| v.fact()).collect(),
        }
    }
}

fn measure(key: &str, since: &str) -> Option<MeasureFact> {
    let (family, item) = key.split_once('.')?;
    let since = (since != IN_FORCE).then(|| since.to_owned());
    Some(MeasureFact { family: family.to_owned(), item: item.to_owned(), since })
}

impl VisitFile {
    /// The day it was finished, ISO.
    pub fn finished_on(&self) -> Option<&str> {
        self.finished_at.as_deref().and_then(|t| t.get(..10))
    }

    /// The visit as rules see it.
    pub fn fact(&self) -> VisitFact {
        VisitFact {
            form: self.form.clone(),
            finished_on: self.finished_on().map(str::to_owned),
            method: self.method.clone(),
            outcome: self.outcome.clone(),
            collector: self.collector_id.clone().or_else(|| self.collector.clone()),
            answers: self.answers.iter().map(|(q, a)| (q.clone(), a.to_json())).collect(),
        }
    }
}
