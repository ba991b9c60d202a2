//! The session: enrol, unlock, settings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `session.state` → where the app stands; the first call of every screen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SessionView {
    pub stage: SessionStage,
    /// an enrolment was begun and not finished: it goes on with the same ticket and PIN
    pub unfinished: bool,
    /// who is enrolled on this device (shown while locked too)
    pub person: Option<PersonView>,
    pub campaign: Option<CampaignView>,
    /// zh-CN or en
    pub language: String,
    /// px of body text: 17, 20, 23
    pub text_size: u32,
    /// PIN attempts: how many are left before the device locks, and how long to wait before the next (seconds)
    pub pin_attempts_left: Option<u32>,
    pub pin_wait_seconds: u32,
    /// version of the app and of the pack in force
    pub app_version: String,
    pub pack_version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionStage {
    /// no ticket used yet
    New,
    /// enrolled, database closed
    Locked,
    Open,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PersonView {
    pub id: String,
    pub name: String,
    /// official Chinese (or English) title
    pub title: String,
    pub at_desk: bool,
    /// names of the areas
    pub areas: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CampaignView {
    pub name: String,
    pub phases: Vec<PhaseView>,
    /// the privacy notice, shown and read out once a visit; empty until the pack is here
    pub privacy_notice: Vec<NoticeView>,
}

/// One point of a text that is read out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NoticeView {
    pub heading: String,
    pub text: String,
    /// the law or line it rests on, Chinese
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PhaseView {
    pub id: String,
    pub name: String,
    pub from: String,
    pub to: String,
    /// today lies in it
    pub current: bool,
    /// days from today to `to`; negative when past
    pub days_left: i32,
    /// a note where the notice disagrees with itself
    pub note: Option<String>,
}

/// `session.ticket`: is this a ticket? `server` may be empty when `ticket` is a whole ticket line.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct TicketRequest {
    pub server: String,
    pub ticket: String,
    /// zh-CN or en: the language of the first page
    pub language: Option<String>,
}

/// `session.ticket` → whose ticket it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TicketView {
    /// the server's address
    pub server: String,
}

/// `session.enrol`: `server` may be empty when `ticket` is a whole ticket line (`ruhu:…`).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct EnrolRequest {
    pub server: String,
    pub ticket: String,
    pub pin: String,
    /// zh-CN or en: the language that was chosen on the first page; kept when the enrolment is done
    pub language: Option<String>,
    /// what people call this device; where nobody says, the kind of device
    #[ts(optional)]
    pub device: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct UnlockRequest {
    #[ts(as = "String")]
    pub pin: String,
    /// of the lock screen: a wrong PIN is said in it (the dispatcher reads it); it is not kept
    pub language: Option<String>,
}

/// `settings.set`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SettingsRequest {
    pub language: Option<String>,
    pub text_size: Option<u32>,
}
