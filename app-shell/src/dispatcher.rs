//! The one door between screens and core: a named method with JSON in and JSON out.

use std::path::{Path, PathBuf};

use app_core::api;
use app_core::service::{App, Setup};
use serde_json::{Value, json};

/// Holds the core and answers calls; shared by the window and the loopback server.
pub struct Dispatcher {
    app: App,
}

impl Dispatcher {
    /// Opens the core on a data folder, which is made if absent; `exports`: where files for people go.
    ///
    /// # Errors
    /// When the folder cannot be made or the device's files cannot be read.
    pub fn open(data: &Path, exports: Option<PathBuf>) -> anyhow::Result<Self> {
        Ok(Self { app: App::open_with(data, Setup { exports, ..Setup::default() })? })
    }

    /// Answers one call: `{"ok": value}` or `{"error": ErrorView}`. Never panics: the API catches at its door.
    pub fn call(&self, method: &str, params: Value) -> Value {
        match api::dispatch(&self.app, method, params) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error }),
        }
    }

    /// Whether the enrolled person works at the desk; `false` before enrolment.
    pub fn at_desk(&self) -> bool {
        self.call("session.state", Value::Null).pointer("/ok/person/at_desk").and_then(Value::as_bool).unwrap_or(false)
    }
}

/// The built-in screens and window settings, made at compile time from `tauri.conf.json`.
pub(crate) fn context() -> tauri::Context<tauri::Wry> {
    tauri::generate_context!()
}
