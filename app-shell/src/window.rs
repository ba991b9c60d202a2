//! The Tauri window: one window, one command.

use std::sync::Arc;

use serde_json::Value;
use tauri::{State, WebviewUrl, WebviewWindowBuilder};

use crate::{Dispatcher, Options, Screen};

/// The one command of the screens; the answer is `{"ok": …}` or `{"error": …}`.
/// Blocking work (SQLite, a round with the server) stays off the window's thread.
#[tauri::command]
async fn call(method: String, params: Value, dispatcher: State<'_, Arc<Dispatcher>>) -> Result<Value, ()> {
    let dispatcher = Arc::clone(&dispatcher);
    tauri::async_runtime::spawn_blocking(move || dispatcher.call(&method, params)).await.map_err(|_| ())
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When the platform has no window to give.
pub fn run(options: &Options, dispatcher: Dispatcher) -> anyhow::Result<()> {
    let screen = options.screen.unwrap_or_else(|| if dispatcher.at_desk() { Screen::Desk } else { Screen::Phone });
    let (page, width, height) = match screen {
        Screen::Phone => ("phone.html", 412.0, 915.0),
        Screen::Desk => ("desk.html", 1440.0, 900.0),
    };
    tauri::Builder::default()
        .manage(Arc::new(dispatcher))
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page.into()));
            #[cfg(desktop)]
            let window = window.title("入户 Ruhu").inner_size(width, height).min_inner_size(360.0, 560.0);
            window.build()?;
            Ok(())
        })
        .run(crate::dispatcher::context())?;
    Ok(())
}
