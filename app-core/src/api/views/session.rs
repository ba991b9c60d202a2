//! The session: enrol, unlock, settings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `session.state` → where the app stands; the first call of every screen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SessionView {
    pub stage: SessionStage,
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
    /// privacy notice shown once a visit
    pub privacy_notice: String,
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

/// `session.enrol`: `server` may be empty when `ticket` is a whole ticket line (`ruhu:…`).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EnrolRequest {
    pub server: String,
    pub ticket: String,
    pub pin: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UnlockRequest {
    pub pin: String,
}

/// `settings.set`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SettingsRequest {
    pub language: Option<String>,
    pub text_size: Option<u32>,
}
