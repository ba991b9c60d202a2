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
    let asked = match Ruhu::try_parse() {
        Ok(asked) => asked,
        Err(e) => return unreadable(&e),
    };
    match asked.verb {
        Verb::Form { verb } => form::run(&verb),
        Verb::Pack { verb } => pack::run(&verb),
        Verb::Phone(phone) => phone::run(&phone),
    }
}

/// Help and version end well; a command line that cannot be read ends with 2, and as JSON where a phone was asked for it.
fn unreadable(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.exit_code() == 0 {
        return ExitCode::SUCCESS;
    }
    let words: Vec<_> = std::env::args_os().collect();
    let json = words.get(1).is_some_and(|w| w == "phone") && words.iter().any(|w| w == "--json");
    if json { phone::unreadable(&error.render().to_string()) } else { ExitCode::from(2) }
}
