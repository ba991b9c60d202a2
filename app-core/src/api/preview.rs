//! `preview.*`: a form filled for trying. The same views as `visit.*`, made by the same code, of something that is never
//! written.

use std::sync::Arc;

use super::finish::{finding, page};
use super::say::Say;
use super::views::{
    AddInstanceRequest, AnswerRequest, FieldCheck, FinishView, PreviewRequest, RemoveInstanceRequest, VisitPatch,
    VisitRequest, VisitView,
};
use super::visit::{household_id, moment, patch, whole};
use super::visit_checks::lines;
use crate::error::Result;
use crate::policy::Pack;
use crate::service::App;
use crate::service::candidate::Which;
use crate::service::visit::{Preview, Whom};
use crate::xlsform::Change;

pub(super) fn open(app: &App, ask: PreviewRequest) -> Result<VisitView> {
    let whom = match ask.household.as_deref().filter(|h| !h.is_empty()) {
        Some(id) => Whom::Household(household_id(id)?),
        None => ask.standing.map_or(Whom::Suited, Whom::Invented),
    };
    let visit = app.open_preview(app.pack_of(&Which::of(ask.pack.as_deref(), Which::Running))?, &ask.form, whom)?;
    view(app, VisitRequest { visit })
}

/// With the words of the pack that is being tried.
fn with<T>(app: &App, visit: &str, work: impl FnOnce(&Say<'_>, &mut Preview) -> Result<T>) -> Result<T> {
    let pack: Arc<Pack> = app.preview(visit, |p| Ok(p.pack()))?;
    super::with_say(app, |say| app.preview(visit, |p| work(&Say { pack: Some(&pack), ..*say }, p)))
}

pub(super) fn view(app: &App, ask: VisitRequest) -> Result<VisitView> {
    with(app, &ask.visit, |say, p| Ok(whole(say, p.running())))
}

pub(super) fn privacy_shown(app: &App, ask: VisitRequest) -> Result<VisitView> {
    let now = app.now().timestamp();
    with(app, &ask.visit, |say, p| {
        p.privacy_shown(now);
        Ok(whole(say, p.running()))
    })
}

pub(super) fn answer(app: &App, ask: AnswerRequest) -> Result<VisitPatch> {
    changed(app, &ask.visit, |p| p.answer(&ask.path, &ask.value))
}

pub(super) fn add_instance(app: &App, ask: AddInstanceRequest) -> Result<VisitPatch> {
    changed(app, &ask.visit, |p| p.add_instance(&ask.path))
}

pub(super) fn remove_instance(app: &App, ask: RemoveInstanceRequest) -> Result<VisitPatch> {
    let living = ask.living.unwrap_or_default();
    changed(app, &ask.visit, |p| p.remove_instance(&ask.path, &living))
}

fn changed(app: &App, visit: &str, work: impl FnOnce(&mut Preview) -> Result<Vec<Change>>) -> Result<VisitPatch> {
    let now = moment(app);
    with(app, visit, |say, p| {
        let changes = work(p)?;
        Ok(patch(say, p.running(), &changes, &now))
    })
}

pub(super) fn checks(app: &App, ask: VisitRequest) -> Result<Vec<FieldCheck>> {
    let pack = app.preview(&ask.visit, |p| Ok(p.pack()))?;
    super::with_say(app, |say| {
        let say = Say { pack: Some(&pack), ..*say };
        app.preview_checks(&ask.visit, |form, findings| {
            let said = findings.iter().map(|f| (f, finding(&say, f))).collect::<Vec<_>>();
            lines(form, &said)
        })
    })
}

pub(super) fn summary(app: &App, ask: VisitRequest) -> Result<FinishView> {
    let pack = app.preview(&ask.visit, |p| Ok(p.pack()))?;
    super::with_say(app, |say| {
        let say = Say { pack: Some(&pack), ..*say };
        app.preview_summary(&ask.visit, |form, summary| page(&say, form, summary))
    })
}
