//! `problems.view`: the checks over everything this device holds.

use super::finish::finding;
use super::views::{CheckCount, ProblemHousehold, ProblemsRequest, ProblemsView, VillageProblems};
use crate::error::{Error, Result};
use crate::policy::Severity;
use crate::service::App;
use crate::service::problems::{CheckTally, ProblemQuery, VillageTally};

pub(super) fn view(app: &App, ask: ProblemsRequest) -> Result<ProblemsView> {
    let severity = match ask.severity.as_deref() {
        None | Some("") => None,
        Some("error") => Some(Severity::Error),
        Some("warning") => Some(Severity::Warning),
        Some(_) => return Err(Error::invalid("没有这种级别。 There is no such severity.")),
    };
    let some = |t: Option<String>| t.filter(|t| !t.is_empty());
    let query =
        ProblemQuery { area: some(ask.area), check: some(ask.check), severity, offset: ask.offset, limit: ask.limit };
    let mut found = app.problems(&query)?;
    found.by_check.sort_by(|a, b| b.households.cmp(&a.households).then_with(|| a.check.cmp(&b.check)));
    super::with_say(app, |say| {
        let check = |t: &CheckTally| CheckCount {
            check: t.check.clone(),
            words: crate::policy::pick(say.lang.code(), &t.heading, &t.heading_en).to_owned(),
            severity: if t.severity == Severity::Error { "error" } else { "warning" }.to_owned(),
            paragraph: t.paragraph.clone(),
            households: t.households,
        };
        let village = |t: &VillageTally| VillageProblems {
            code: t.code.clone(),
            name: found.names.get(&t.code).unwrap_or(&t.code).clone(),
            households: t.households,
            with_errors: t.with_errors,
            with_warnings: t.with_warnings,
        };
        Ok(ProblemsView {
            households: found.households,
            total: found.total,
            checks: found.by_check.iter().map(check).collect(),
            villages: found.by_village.iter().map(village).collect(),
            rows: found
                .page
                .iter()
                .map(|(line, findings)| ProblemHousehold {
                    household: say.household(line),
                    problems: findings.iter().map(|f| finding(say, f)).collect(),
                })
                .collect(),
        })
    })
}
