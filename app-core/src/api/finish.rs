//! `visit.summary`, `visit.finish`, `visit.put_down`.

use chrono::NaiveDate;

use super::form_view::FormView;
use super::say::Say;
use super::views::{
    ChoiceView, Control, FindingView, FinishRequest, FinishView, FinishedView, FormDue, JudgementLine, OutcomeView,
    PaperEntry, ProblemView, VisitRequest,
};
use super::words::Word;
use super::{control, explain};
use crate::domain::Outcome;
use crate::error::{Error, Result};
use crate::policy::{Finding, FindingKind, Severity};
use crate::service::App;
use crate::service::visit::{Finish, Finished, Paper, Running, Summary};
use crate::xlsform::Violation;

const OUTCOMES: [Outcome; 6] =
    [Outcome::Done, Outcome::NobodyHome, Outcome::Away, Outcome::Refused, Outcome::NotFound, Outcome::Ended];

pub(super) fn summary(app: &App, ask: VisitRequest) -> Result<FinishView> {
    super::with_say(app, |say| {
        let household = app.visit(&ask.visit, |running| Ok(running.open().household))?;
        let open = app.cards(household)?.cards;
        let mut view = app.visit_summary(&ask.visit, |form, summary| page(say, form, summary))?;
        view.undecided = u32::try_from(open.len()).unwrap_or(u32::MAX);
        let touched = |path: &[&str]| open.iter().any(|(card, _)| card.touches(path));
        let rule = |id: &str| say.pack.and_then(|p| p.rules().iter().chain(p.checks()).find(|r| r.id == id));
        for finding in view.findings.iter_mut().chain(&mut view.warnings) {
            finding.provisional = rule(&finding.rule).is_some_and(|r| r.hangs_on(&touched)) && !open.is_empty();
        }
        Ok(view)
    })
}

pub(super) fn finish(app: &App, ask: FinishRequest) -> Result<FinishedView> {
    let day = |text: &str| {
        crate::policy::facts::day(text)
            .ok_or_else(|| Error::invalid("日期应写作 2023-06-01。 A date is written 2023-06-01."))
    };
    let end = Finish {
        outcome: ask.outcome,
        try_again_on: ask.try_again_on.as_deref().filter(|d| !d.is_empty()).map(day).transpose()?,
        leaflets_given: ask.leaflets_given,
        remark: ask.remark.filter(|r| !r.trim().is_empty()),
        paper: ask.paper.map(|p| paper(p, day)).transpose()?,
    };
    let finished = app.finish_visit(&ask.visit, &end)?;
    super::with_say(app, |say| Ok(finished_view(say, &finished)))
}

fn paper(p: PaperEntry, day: impl Fn(&str) -> Result<NaiveDate>) -> Result<Paper> {
    Ok(Paper { date: day(&p.date)?, collector: p.collector })
}

pub(super) fn put_down(app: &App, ask: VisitRequest) -> Result<FinishedView> {
    let finished = app.put_down_visit(&ask.visit)?;
    super::with_say(app, |say| Ok(finished_view(say, &finished)))
}

fn finished_view(say: &Say<'_>, finished: &Finished) -> FinishedView {
    FinishedView {
        household: finished.household.to_string(),
        bytes: finished.edited.map_or(0, |e| u32::try_from(e.bytes).unwrap_or(u32::MAX)),
        next_form: finished.next.as_ref().map(|f| say.form_due(f, None)),
    }
}

pub(super) fn page(say: &Say<'_>, form: &Running, summary: &Summary) -> FinishView {
    let view = FormView { say, form };
    let due = summary.forms.iter().filter(|f| !f.done && f.slug != form.open().form);
    FinishView {
        problems: summary.problems.iter().map(|p| problem(&view, p)).collect(),
        warnings: summary.checks.iter().map(|f| finding(say, f)).collect(),
        judgement: judgement(&view),
        undecided: 0,
        next_forms: due
            .map(|f| FormDue {
                slug: f.slug.clone(),
                title: say.form_title(&f.slug),
                why: say.lang.pick(&f.why, &f.why_en).clone(),
                done: false,
                optional: f.optional,
                draft: None,
            })
            .collect(),
        findings: summary.findings.iter().filter(|f| f.kind != FindingKind::Form).map(|f| finding(say, f)).collect(),
        outcomes: OUTCOMES.iter().map(|o| outcome(say, *o)).collect(),
        leaflets_due: summary
            .leaflets_due
            .iter()
            .map(|l| ChoiceView { label: say.label("leaflet", l), code: l.clone() })
            .collect(),
    }
}

fn problem(view: &FormView<'_>, problem: &Violation) -> ProblemView {
    let instance = view.form.instance();
    let label = instance.label(problem.node);
    let label = if label.is_empty() { problem.name.clone() } else { label };
    let who = view.form.instance_around(problem.node).map(|n| view.instance_title(n, 0));
    let section = problem.path.split('/').nth(1).map(|s| s.split('[').next().unwrap_or(s)).unwrap_or_default();
    ProblemView {
        path: problem.path.clone(),
        label: who.map_or_else(|| label.clone(), |w| format!("{w}：{label}")),
        message: problem.message.clone(),
        section: format!("/{section}"),
    }
}

/// The judgement: what the form computes or proposes and explains, other than counts and texts.
fn judgement(view: &FormView<'_>) -> Vec<JudgementLine> {
    let instance = view.form.instance();
    let form = view.form.form();
    let judged = |n: &crate::xlsform::NodeId| {
        let question = instance.question(*n);
        let explained = question.attributes.keys().any(|k| k.ends_with(":explain"));
        let control = control::of(question, form);
        let counted = matches!(
            control,
            Control::Integer
                | Control::Text
                | Control::Multiline
                | Control::IdNumber
                | Control::Date
                | Control::YearMonth
        );
        question.kind.is_visible() && explained && !counted && instance.relevant(*n) && !instance.value(*n).is_empty()
    };
    let line = |n: crate::xlsform::NodeId| JudgementLine {
        path: instance.path(n),
        label: instance.label(n),
        value: view.shown(n),
        why: explain::of(view, n).unwrap_or_default(),
        // where the system says nothing, an answer overrides nothing
        overridden: instance.is_overridden(n) && instance.view(n).system.is_some_and(|s| !s.is_empty()),
    };
    instance.walk().into_iter().filter(judged).map(line).collect()
}

/// A finding in the session's language.
pub(super) fn finding(say: &Say<'_>, f: &Finding) -> FindingView {
    let words = if f.words_en.is_empty() { &f.words } else { say.lang.pick(&f.words, &f.words_en) };
    let severity = match (f.severity, f.kind) {
        (Some(Severity::Error), _) | (None, FindingKind::Block) => "error",
        (Some(Severity::Warning), _)
        | (None, FindingKind::Risk | FindingKind::Must | FindingKind::Due | FindingKind::Problem) => "warning",
        (None, FindingKind::Proposal | FindingKind::May | FindingKind::Form | FindingKind::Watch) => "info",
    };
    FindingView {
        rule: f.rule.clone(),
        paragraph: f.paragraph.clone(),
        words: words.clone(),
        numbers: f.numbers.iter().map(|(k, v)| (k.clone(), crate::xlsform::tree::scalar_text(v))).collect(),
        severity: severity.to_owned(),
        fields: f.fields.clone(),
        provisional: false,
    }
}

fn outcome(say: &Say<'_>, outcome: Outcome) -> OutcomeView {
    let hint = match outcome {
        Outcome::Done => Word::OutcomeDoneHint,
        Outcome::NobodyHome => Word::OutcomeNobodyHomeHint,
        Outcome::Away => Word::OutcomeAwayHint,
        Outcome::Refused => Word::OutcomeRefusedHint,
        Outcome::NotFound => Word::OutcomeNotFoundHint,
        Outcome::Ended => Word::OutcomeEndedHint,
    };
    OutcomeView { code: outcome, label: say.outcome(outcome), hint: say.word(hint) }
}
