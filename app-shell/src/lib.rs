//! The shell: one dispatcher around the core, carried either by a Tauri window or by loopback HTTP. Thin: no rules,
//! no SQL, no views of its own. Start with [`dispatcher`].

pub mod dispatcher;
pub mod platform;
mod serve;
mod window;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

pub use dispatcher::Dispatcher;

/// What the command line says.
#[derive(Debug, Clone, Parser)]
#[command(name = "ruhu-app", version, about = "Ruhu 入户: household visits, with or without signal")]
pub struct Options {
    /// Folder of the device database (default: the platform's place for app data)
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Serve the same screens on loopback instead of opening a window; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    pub serve: Option<std::net::SocketAddr>,
    /// With --serve: the token that the screens must present (default: a fresh random one)
    #[arg(long)]
    pub token: Option<String>,
    /// With --serve: take the screens from this folder instead of the built-in ones
    #[arg(long)]
    pub screens: Option<PathBuf>,
    /// Folder for files that a person takes out, such as exported tables (default: the person's downloads)
    #[arg(long)]
    pub exports: Option<PathBuf>,
    /// Which screens a window opens with: the phone's or the desk's (default: as the enrolled person works)
    #[arg(long, value_enum)]
    pub screen: Option<Screen>,
}

/// The two entrances of the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Screen {
    /// the worker's phone, 412 × 915
    Phone,
    /// the supervisor's desk, 1440 × 900
    Desk,
}

/// Opens the app as the options say; returns when it is closed.
///
/// # Errors
/// When the data folder, the window or the address cannot be had.
pub fn run(options: Options) -> anyhow::Result<()> {
    let log = tracing_subscriber::EnvFilter::try_from_env("RUHU_LOG").unwrap_or_else(|_| "warn".into());
    // A second initialisation (a test) is harmless.
    let _ = tracing_subscriber::fmt().with_env_filter(log).with_writer(std::io::stderr).try_init();
    let data = match &options.data {
        Some(folder) => folder.clone(),
        None => platform::paths::data_folder().context("no place for app data; give --data")?,
    };
    let dispatcher = Dispatcher::open(&data, options.exports.clone().or_else(platform::paths::exports_folder))?;
    match options.serve {
        Some(address) => serve::run(&options, address, dispatcher),
        None => window::run(&options, dispatcher),
    }
}

/// The phone's entry point: no command line there.
#[cfg(mobile)]
#[tauri::mobile_entry_point]
fn mobile() {
    let options =
        Options { data: None, serve: None, token: None, screens: None, exports: None, screen: Some(Screen::Phone) };
    if let Err(error) = run(options) {
        tracing::error!(%error, "the app ended");
    }
}
