//! `ruhu`: the core from a terminal — forms, policy packs, a phone without a screen. Its JSON is a contract
//! (docs/cli.md). Each noun has its file under `ruhu/`; a line in [`Verb`] and one in `main` add a noun.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[path = "ruhu/pack.rs"]
mod pack;

#[derive(Debug, Parser)]
#[command(name = "ruhu", version, about = "Ruhu 入户 without a screen")]
struct Ruhu {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Policy packs: judge a household, check a pack
    Pack {
        #[command(subcommand)]
        verb: pack::Verb,
    },
}

fn main() -> ExitCode {
    match Ruhu::parse().verb {
        Verb::Pack { verb } => pack::run(&verb),
    }
}
