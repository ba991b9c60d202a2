//! `ruhu-app`: the app in a window, or its screens on loopback (`--serve`).

use std::process::ExitCode;

use app_shell::{Options, run};
use clap::Parser;

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ruhu-app: {error:#}");
            ExitCode::FAILURE
        }
    }
}
