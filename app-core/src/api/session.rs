//! `session.*` and `settings.set`.

use super::say::Say;
use super::views::{
    AreaView, CampaignView, ChoiceView, CodesRequest, EnrolRequest, Nothing, NoticeView, PersonView, SessionStage,
    SessionView, SettingsRequest, TicketRequest, TicketView, UnlockRequest,
};
use super::words::Lang;
use crate::domain::area::Level;
use crate::domain::{Area, Person};
use crate::error::Result;
use crate::policy::NoticePoint;
use crate::service::App;
use crate::service::session::Stage;
use crate::storage::meta::Settings;
use crate::sync::enrol::Ticket;

pub(super) fn state(app: &App, _: Nothing) -> Result<SessionView> {
    let state = app.state()?;
    let lang = Lang::of(&state.shown.language);
    let pack = app.pack().ok();
    let say = Say { lang, pack: pack.as_deref(), today: app.today(), me: "" };
    let campaign = pack.as_ref().map(|p| CampaignView {
        name: lang.pick(&p.manifest().title, &p.manifest().title_en).clone(),
        phases: say.phases(),
        privacy_notice: p.notice(PRIVACY).map(|point| notice(point, lang)).collect(),
    });
    Ok(SessionView {
        stage: match state.stage {
            Stage::New => SessionStage::New,
            Stage::Locked => SessionStage::Locked,
            Stage::Open => SessionStage::Open,
        },
        unfinished: state.unfinished,
        person: state.shown.person.as_ref().map(|p| person(p, &state.shown.areas, &say)),
        campaign,
        language: lang.code().to_owned(),
        text_size: state.shown.text_size,
        pin_attempts_left: state.attempts_left,
        pin_wait_seconds: state.wait,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack_version: pack.as_ref().map(|p| p.manifest().version.clone()),
    })
}

/// The pack's text that is read out before the first question.
const PRIVACY: &str = "privacy";

fn notice(point: &NoticePoint, lang: Lang) -> NoticeView {
    NoticeView {
        heading: point.heading_in(lang.code()).to_owned(),
        text: point.text_in(lang.code()).to_owned(),
        source: point.source.clone(),
    }
}

fn person(p: &Person, areas: &[String], say: &Say<'_>) -> PersonView {
    let title = say.pack.and_then(|pack| pack.permits(p.title)).map(|t| say.lang.pick(&t.label, &t.label_en).clone());
    PersonView {
        id: p.id.clone(),
        name: p.name.clone(),
        title: title.unwrap_or_else(|| p.title.label().to_owned()),
        at_desk: p.title.at_desk(),
        areas: areas.to_vec(),
    }
}

/// Looks at a ticket before a PIN is chosen for it. Nothing is sent.
pub(super) fn ticket(app: &App, ask: TicketRequest) -> Result<TicketView> {
    let ticket = Ticket::parse(&ask.ticket, &ask.server)?;
    ticket.check(app.now().timestamp())?;
    Ok(TicketView { server: ticket.server })
}

/// What a device is called when nobody says: a list of devices then shows at least which of a person's it is.
const DEVICE: &str = if cfg!(any(target_os = "android", target_os = "ios")) { "手机" } else { "电脑" };

pub(super) fn enrol(app: &App, ask: EnrolRequest) -> Result<SessionView> {
    let device = ask.device.as_deref().map(str::trim).filter(|d| !d.is_empty()).unwrap_or(DEVICE);
    app.enrol(&Ticket::parse(&ask.ticket, &ask.server)?, &ask.pin, device)?;
    if let Some(language) = ask.language {
        let now = app.settings()?;
        app.set_settings(&Settings { language: Lang::of(&language).code().to_owned(), ..now })?;
    }
    state(app, Nothing {})
}

pub(super) fn unlock(app: &App, ask: UnlockRequest) -> Result<SessionView> {
    app.unlock(&ask.pin)?;
    state(app, Nothing {})
}

pub(super) fn lock(app: &App, _: Nothing) -> Result<SessionView> {
    app.lock();
    state(app, Nothing {})
}

pub(super) fn settings(app: &App, ask: SettingsRequest) -> Result<SessionView> {
    let now = app.settings()?;
    app.set_settings(&Settings {
        language: ask.language.unwrap_or(now.language),
        text_size: ask.text_size.unwrap_or(now.text_size),
    })?;
    state(app, Nothing {})
}

pub(super) fn areas(app: &App, _: Nothing) -> Result<Vec<AreaView>> {
    let level = |code: &str| match Area::parse(code).map(|a| a.level()) {
        Some(Level::County) => "county",
        Some(Level::Township) => "township",
        Some(Level::Village) => "village",
        Some(Level::Grid) | None => "grid",
    };
    let areas = app.areas_in_use()?;
    Ok(areas.into_iter().map(|(code, name)| AreaView { level: level(&code).to_owned(), code, name }).collect())
}

pub(super) fn codes(app: &App, ask: CodesRequest) -> Result<Vec<ChoiceView>> {
    super::with_say(app, |say| Ok(say.choices(&ask.list)))
}
