//! Fuzzing of what reads foreign bytes: workbooks, expressions, and forms that fill themselves. `docs/fuzzing.md` says
//! how to run it and what was run.
//!
//! A parent starts a child and watches it: the case at hand, how long it lasts, how much memory it holds. A child that
//! panics, hangs, grows or dies leaves one finding; the parent goes on with the next case. Every case has its own seed
//! (`--seed` + number), so that `--only NUMBER` runs one again alone.
//!
//! `cargo run -p app-core --example fuzz_forms -- --seed 1 --seconds 3600 --corpus tests/oracles/xforms/forms`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program, not the product"
)]

mod cases;
mod mutate;
mod watch;

use clap::Parser;
use std::path::PathBuf;

/// How a run is bounded.
#[derive(Debug, Parser)]
pub struct Settings {
    /// the first seed; case N has seed + N
    #[arg(long, default_value_t = 20_230_515)]
    seed: u64,
    /// how long
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// folders with forms to begin from (.md, or folders of CSV sheets)
    #[arg(long, required = true)]
    corpus: Vec<PathBuf>,
    /// seconds after which one case counts as hanging
    #[arg(long, default_value_t = 60)]
    hang: u64,
    /// megabytes of memory after which a run counts as unbounded
    #[arg(long, default_value_t = 1024)]
    memory: u64,
    /// only this case
    #[arg(long)]
    only: Option<u64>,
    /// where the child notes the case at hand (set by the parent)
    #[arg(long, hide = true)]
    note: Option<PathBuf>,
    /// the case a child begins with
    #[arg(long, hide = true, default_value_t = 0)]
    from: u64,
}

fn main() -> std::process::ExitCode {
    let settings = Settings::parse();
    if settings.note.is_some() || settings.only.is_some() { watch::child(&settings) } else { watch::parent(&settings) }
}
