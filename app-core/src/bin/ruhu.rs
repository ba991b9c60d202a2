//! `ruhu`: the core from a terminal — forms, policy packs, a phone without a screen. Its JSON is a contract
//! (docs/cli.md). Each noun has its file under `ruhu/`; a line in [`Verb`] and one in `main` add a noun.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[path = "ruhu/form.rs"]
mod form;
#[path = "ruhu/pack.rs"]
mod pack;
#[path = "ruhu/phone.rs"]
mod phone;

#[derive(Debug, Parser)]
#[command(name = "ruhu", version, about = "Ruhu 入户 without a screen")]
struct Ruhu {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Forms: check one, run one over answers
    Form {
        #[command(subcommand)]
        verb: form::Verb,
    },
    /// Policy packs: judge a household, check a pack
    Pack {
        #[command(subcommand)]
        verb: pack::Verb,
    },
    /// A phone without a screen: enrol, sync, visit, correct
    Phone(phone::Phone),
}

fn main() -> ExitCode {
    match Ruhu::parse().verb {
        Verb::Form { verb } => form::run(&verb),
        Verb::Pack { verb } => pack::run(&verb),
        Verb::Phone(phone) => phone::run(&phone),
    }
}
