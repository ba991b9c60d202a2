//! `visit.*` while the form is being filled.

use uuid::Uuid;

use super::changes;
use super::form_view::FormView;
use super::say::Say;
use super::views::{
    AddInstanceRequest, AnswerRequest, FactView, KeepRequest, OpenVisitRequest, RemoveInstanceRequest, ReopenRequest,
    RepeatView, VisitPatch, VisitRequest, VisitView,
};
use super::words::Word;
use crate::domain::VisitState;
use crate::error::{Error, Result};
use crate::service::App;
use crate::service::visit::Running;
use crate::xlsform::{Change, Kind, NodeId};

/// A household's id as a screen sends it.
pub(super) fn household_id(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| Error::invalid("没有这户。 There is no such household."))
}

pub(super) fn open(app: &App, ask: OpenVisitRequest) -> Result<VisitView> {
    let household = household_id(&ask.household)?;
    if let Some(form) = ask.form.as_deref().filter(|_| !ask.anyway) {
        app.belongs(household, form)?;
    }
    let visit = app.open_visit(household, ask.form.as_deref())?;
    view(app, VisitRequest { visit })
}

pub(super) fn reopen(app: &App, ask: ReopenRequest) -> Result<VisitView> {
    let visit = app.reopen_visit(household_id(&ask.household)?, &ask.visit)?;
    view(app, VisitRequest { visit })
}

pub(super) fn keep(app: &App, ask: KeepRequest) -> Result<VisitView> {
    app.keep_visit(&ask.visit, ask.mine)?;
    view(app, VisitRequest { visit: ask.visit })
}

pub(super) fn changes_seen(app: &App, ask: VisitRequest) -> Result<VisitView> {
    app.changes_seen(&ask.visit)?;
    view(app, ask)
}

pub(super) fn privacy_shown(app: &App, ask: VisitRequest) -> Result<VisitView> {
    app.privacy_shown(&ask.visit)?;
    view(app, ask)
}

pub(super) fn view(app: &App, ask: VisitRequest) -> Result<VisitView> {
    super::with_say(app, |say| app.look_at_visit(&ask.visit, |form| Ok(whole(say, form))))
}

pub(super) fn answer(app: &App, ask: AnswerRequest) -> Result<VisitPatch> {
    let now = moment(app);
    super::with_say(app, |say| {
        app.answer(&ask.visit, &ask.path, &ask.value, |form, changes| patch(say, form, changes, &now))
    })
}

pub(super) fn add_instance(app: &App, ask: AddInstanceRequest) -> Result<VisitPatch> {
    let now = moment(app);
    super::with_say(app, |say| app.add_instance(&ask.visit, &ask.path, |form, changes| patch(say, form, changes, &now)))
}

pub(super) fn remove_instance(app: &App, ask: RemoveInstanceRequest) -> Result<VisitPatch> {
    let (now, living) = (moment(app), ask.living.unwrap_or_default());
    super::with_say(app, |say| {
        app.remove_instance(&ask.visit, &ask.path, &living, |form, changes| patch(say, form, changes, &now))
    })
}

pub(super) fn moment(app: &App) -> String {
    super::lists::moment(app.now().timestamp())
}

/// The whole form as it stands.
pub(super) fn whole(say: &Say<'_>, form: &Running) -> VisitView {
    let view = FormView { say, form };
    let (answered, asked) = view.progress();
    let reading = form.recorded().is_some();
    let before = form.before();
    let finished = before.is_some_and(|v| v.finished);
    VisitView {
        id: form.open().visit.clone(),
        household: form.open().household.to_string(),
        head_name: head_name(form),
        form: form.open().form.clone(),
        form_title: say.form_title(&form.open().form),
        state: if reading && finished { VisitState::Finished } else { VisitState::Draft },
        privacy_shown: form.open().privacy_at.is_some() || before.is_some_and(|v| v.privacy_notice_at.is_some()),
        window: match before.filter(|_| reading) {
            Some(v) => v.window_from.clone().zip(v.window_to.clone()),
            None => form.window(),
        },
        correcting: form.correcting(),
        went_on: form.went_on(),
        elsewhere: elsewhere(form, &view),
        notices: if reading { of_its_form(say, form) } else { notices(say, form) },
        retired: changes::all_retired(form, &view),
        changes: changes::of(&view),
        answered,
        asked,
        sections: view.sections(),
    }
}

fn head_name(form: &Running) -> String {
    let mut present = form.file().members.iter().filter(|m| !m.removed);
    let head = present.clone().find(|m| m.fact.relation.as_deref() == Some("head")).or_else(|| present.next());
    head.and_then(|m| m.fact.name.clone()).or_else(|| form.file().head_name.clone()).unwrap_or_default()
}

/// What to know before starting.
fn notices(say: &Say<'_>, form: &Running) -> Vec<String> {
    let mut out = Vec::new();
    let lang = say.lang;
    if form.went_on() {
        let finished = form.before().is_some_and(|v| v.finished);
        out.push(say.word(if finished { Word::FinishedOnAnother } else { Word::WentOnOnAnother }));
    } else if form.correcting() {
        out.push(say.word(Word::Correcting));
    }
    let from = form.pack().phases().iter().filter_map(|p| p.from).min().map(|d| d.to_string()).unwrap_or_default();
    let others = form.file().visits.iter().filter(|v| v.form == form.open().form && v.id != form.open().visit);
    for visit in others {
        let who = visit.collector.clone().unwrap_or_default();
        let mine = visit.collector_id.as_deref() == Some(say.me);
        match visit.finished_on() {
            Some(day) if visit.finished && visit.outcome.as_deref() == Some("done") && *day >= *from => {
                out.push(Word::SecondVisit.fill(lang, &[&who, &day]));
            }
            _ if !visit.finished && !mine => out.push(Word::DraftElsewhere.fill(lang, &[&who])),
            _ => {}
        }
    }
    out
}

/// In which form a visit is shown that is only read.
fn of_its_form(say: &Say<'_>, form: &Running) -> Vec<String> {
    let version = &form.open().form_version;
    let in_force = say.pack.is_some_and(|p| p.hash() == form.pack().hash());
    match (form.versions().changed(), in_force) {
        (true, _) => vec![Word::FormNotHere.fill(say.lang, &[version])],
        (false, false) => vec![Word::FormOfThen.fill(say.lang, &[version])],
        (false, true) => Vec::new(),
    }
}

/// What the other phone's version says otherwise.
fn elsewhere(form: &Running, view: &FormView<'_>) -> Vec<FactView> {
    let fact = |(node, text): (NodeId, String)| FactView {
        path: form.instance().path(node),
        label: form.instance().question(node).label.plain(view.language()),
        value: view.say_value(node, &text),
        masked: false,
        conflict: true,
        control: None,
        choices: Vec::new(),
    };
    form.differing().into_iter().map(fact).collect()
}

/// What an answer changed.
pub(super) fn patch(say: &Say<'_>, form: &Running, changes: &[Change], now: &str) -> VisitPatch {
    let view = FormView { say, form };
    let instance = form.instance();
    // An instance that was taken out is no longer found at its path.
    let here: Vec<&Change> = changes.iter().filter(|c| instance.find(&instance.path(c.node)) == Some(c.node)).collect();
    let (repeats, within) = repeats(&view, &here);
    let mut patch = VisitPatch {
        questions: Vec::new(),
        groups: Vec::new(),
        repeats,
        instances: instances(&view),
        answered: 0,
        asked: 0,
        form_changed: form.migrated(),
        saved_at: now.to_owned(),
    };
    for change in here {
        let question = instance.question(change.node);
        match question.kind {
            Kind::Repeat => {}
            kind if kind.is_container() => {
                if change.what.relevance && kind != Kind::Form {
                    patch.groups.push((instance.path(change.node), instance.relevant(change.node)));
                }
            }
            kind if !kind.is_visible() => {}
            _ => {
                let path = instance.path(change.node);
                // Repeats whose instances changed come whole.
                if !within.iter().any(|repeat| path.starts_with(repeat.as_str())) {
                    patch.questions.push(view.question(change.node));
                }
            }
        }
    }
    (patch.answered, patch.asked) = view.progress();
    patch
}

/// The repeats whose instances came, went, or became relevant; and the beginnings of the paths in them.
fn repeats(view: &FormView<'_>, changes: &[&Change]) -> (Vec<RepeatView>, Vec<String>) {
    let instance = view.form.instance();
    let mut parents: Vec<NodeId> = Vec::new();
    for change in changes {
        let repeat = instance.question(change.node).kind == Kind::Repeat;
        let parent = match (repeat && change.what.relevance, change.what.instances) {
            (true, _) => instance.tree().parent(change.node),
            (false, true) => Some(change.node),
            (false, false) => None,
        };
        parents.extend(parent.filter(|p| !parents.contains(p)));
    }
    let mut views = Vec::new();
    for parent in parents {
        for child in &instance.question(parent).children {
            if view.form.form().question(*child).kind == Kind::Repeat {
                views.push(view.repeat(parent, *child));
            }
        }
    }
    let within = views.iter().map(|r| format!("{}[", r.path)).collect();
    (views, within)
}

/// Title and completeness of every instance: a name or an answer inside may have changed them.
fn instances(view: &FormView<'_>) -> Vec<(String, String, bool)> {
    let instance = view.form.instance();
    let mut index = std::collections::HashMap::new();
    let mut out = Vec::new();
    for node in instance.walk() {
        if instance.key(node).is_none() {
            continue;
        }
        let place = index.entry(instance.tree().parent(node)).or_insert(0_usize);
        out.push((instance.path(node), view.instance_title(node, *place), view.complete(node)));
        *place += 1;
    }
    out
}
