//! `ruhu phone`: a phone without a screen, for tests, demos and load. Its JSON is a contract (docs/cli.md).
//! Exit 0: done; 2: the input cannot be used; 3: refused, locked or offline; 1: anything else.

#[path = "phone/bundle.rs"]
mod bundle;
#[path = "phone/json.rs"]
mod json;
#[path = "phone/keep.rs"]
mod keep;
#[path = "phone/packs.rs"]
mod packs;
#[path = "phone/what_if.rs"]
mod what_if;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use app_core::domain::id::HouseholdId;
use app_core::error::{Error, Kind, Result};
use app_core::service::households::NewHousehold;
use app_core::service::{App, Fixed, Setup};
use app_core::stdout;
use app_core::storage::Cost;
use app_core::storage::list::{Progress, Query};
use app_core::sync::enrol::Ticket;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

/// The environment variable for the PIN, so that it need not stand on the command line.
const PIN: &str = "RUHU_PIN";

/// A phone and what it is to do.
#[derive(Debug, Args)]
pub struct Phone {
    /// the phone's data folder; made if absent
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// the PIN (or set RUHU_PIN)
    #[arg(long, global = true)]
    pin: Option<String>,
    /// print JSON
    #[arg(long, global = true)]
    json: bool,
    /// the phone's clock stands at this moment (RFC 3339), for tests and demos
    #[arg(long, global = true, hide = true)]
    now: Option<DateTime<Utc>>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Use a one-time ticket; the PIN given here opens the phone from now on
    Enrol(Enrol),
    /// One round with the server
    Sync,
    /// Households, searched and filtered
    Households(Households),
    /// Everything of one household
    Show { household: HouseholdId },
    /// A visit from a file of answers
    Visit(Visit),
    /// A visit that went on on another phone of the same person: what was typed here goes on, or what the other brought
    Keep { visit: String, whose: keep::Whose },
    /// Correct one fact outside a visit, e.g. `profile/phone` or `members/<id>/work`; empty or `null` empties it
    Set { household: HouseholdId, fact: String, value: String },
    /// The roster
    #[command(subcommand)]
    Member(Member),
    /// Households on no list
    #[command(subcommand)]
    Household(Household),
    /// Where several values stand
    Conflicts,
    /// Decide one of `conflicts`, for everybody
    Resolve {
        /// its `id`
        conflict: String,
        /// the `key` of one of its values, or the value itself
        #[arg(long)]
        choose: String,
    },
    /// What waits here, what the server has, what it would not take
    Status,
    /// Make the projection again from the household files
    Rebuild,
    /// A hash of the content of each household file
    Digest,
    /// Without a server: a sealed file out, a sealed file in
    #[command(subcommand)]
    Bundle(bundle::Verb),
    /// A pack is put in force by two people
    #[command(subcommand)]
    Pack(packs::Verb),
    /// What another pack (folder or workbook) would change over the households held; nothing is written
    WhatIf {
        pack: PathBuf,
        /// area code: a prefix of the grid
        #[arg(long)]
        area: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Enrol {
    /// the server's address; not needed with a whole ticket line
    #[arg(long, default_value = "")]
    server: String,
    /// the code, or the whole ticket line `ruhu:…`
    #[arg(long)]
    ticket: String,
    /// SHA-256 of the server's certificate, hex
    #[arg(long)]
    fingerprint: Option<String>,
    /// what people call this device
    #[arg(long, default_value = "ruhu phone")]
    device_name: String,
    /// allow plain http:// to another machine
    #[arg(long)]
    insecure: bool,
}

#[derive(Debug, Args)]
struct Visit {
    household: HouseholdId,
    /// slug of the form
    #[arg(long)]
    form: String,
    /// JSON: question → answer (docs/cli.md)
    #[arg(long)]
    answers: PathBuf,
    /// put the visit down instead of finishing it
    #[arg(long)]
    draft: bool,
    /// fill the form although it is not due for this household
    #[arg(long)]
    anyway: bool,
}

#[derive(Debug, Args)]
struct Households {
    /// name, pinyin, initials, ID number or tail, phone tail, hamlet
    #[arg(long, default_value = "")]
    text: String,
    /// ordinary, priority, lifted, monitored
    #[arg(long)]
    list: Option<String>,
    /// area code: a prefix of the grid
    #[arg(long)]
    area: Option<String>,
    /// left, draft, done, unsynced, leaflet-due, attempted, partly, conflict
    #[arg(long, value_parser = progress)]
    progress: Option<Progress>,
    #[arg(long, default_value_t = 0)]
    offset: u32,
    #[arg(long, default_value_t = 100_000)]
    limit: u32,
}

#[derive(Debug, Subcommand)]
enum Member {
    /// Add a member: facts as `name=韦小明 relation=grandson health=chronic,disabled`
    Add {
        household: HouseholdId,
        #[arg(required = true, value_parser = fact)]
        facts: Vec<(String, Value)>,
    },
    /// Move a member to another household (the clerk's to do)
    Move {
        household: HouseholdId,
        member: String,
        #[arg(long)]
        to: HouseholdId,
    },
    /// Take a member off the roster
    Remove {
        household: HouseholdId,
        member: String,
        /// how the person left: dead, moved_out, reduced; not given = the entry was a mistake
        #[arg(long)]
        living: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Household {
    /// Close a household's file in favour of another's, which takes over its people (the clerk's to do)
    Merge {
        household: HouseholdId,
        #[arg(long)]
        into: HouseholdId,
    },
    /// Split members off into a household of their own (the clerk's to do)
    Split {
        household: HouseholdId,
        /// ids, with commas
        #[arg(long, value_delimiter = ',', required = true)]
        members: Vec<String>,
        /// which of them is the head
        #[arg(long)]
        head: String,
    },
    /// Found a household that is on no list
    Add {
        /// name of the head
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        id_number: String,
        #[arg(long)]
        grid: String,
        #[arg(long, default_value = "")]
        hamlet: String,
        #[arg(long, default_value = "")]
        phone: String,
    },
}

fn progress(text: &str) -> Result<Progress, String> {
    match text {
        "left" => Ok(Progress::Left),
        "draft" => Ok(Progress::Draft),
        "done" => Ok(Progress::Done),
        "unsynced" => Ok(Progress::Unsynced),
        "leaflet-due" => Ok(Progress::LeafletDue),
        "attempted" => Ok(Progress::Attempted),
        "partly" => Ok(Progress::Partly),
        "conflict" => Ok(Progress::Conflict),
        _ => Err("left, draft, done, unsynced, leaflet-due, attempted, partly or conflict".into()),
    }
}

fn fact(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write name=value")?;
    let value = match name {
        "health" => value.split(',').filter(|c| !c.is_empty()).collect(),
        "insured" | "pension" | "willing" => json!(matches!(value, "yes" | "true")),
        "employed_months" => value.parse::<i64>().map_err(|_| "a whole number of months")?.into(),
        _ => value.into(),
    };
    Ok((name.to_owned(), value))
}

/// Runs the verb and prints what it did.
pub fn run(phone: &Phone) -> ExitCode {
    match work(phone) {
        Ok(answer) if phone.json => stdout::answer(&answer.to_string(), ExitCode::SUCCESS),
        Ok(answer) => stdout::answer(&format!("{answer:#}"), ExitCode::SUCCESS),
        Err(error) => {
            stdout::tell(&format!("ruhu phone: {error}"));
            failed(&error, phone.json)
        }
    }
}

/// Says what went wrong, as JSON where that is asked for.
fn failed(error: &Error, as_json: bool) -> ExitCode {
    let done = ExitCode::from(exit_code(error.kind));
    let said = json!({ "error": { "kind": error.kind, "words": error.words } });
    if as_json { stdout::answer(&said.to_string(), done) } else { done }
}

/// A command line that cannot be read: whoever asked for JSON gets JSON. Only the first line of the parser's words,
/// which names the argument; what follows is for a terminal and has gone to standard error.
pub fn unreadable(words: &str) -> ExitCode {
    let first = words.lines().next().unwrap_or_default().trim_start_matches("error: ");
    failed(&Error::invalid(format!("命令写得不对。 The command cannot be read: {first}")), true)
}

fn exit_code(kind: Kind) -> u8 {
    match kind {
        Kind::Invalid | Kind::Form => 2,
        Kind::Refused | Kind::Offline | Kind::Stopped | Kind::Pin | Kind::Locked => 3,
        Kind::Disk | Kind::Damaged | Kind::Internal => 1,
    }
}

fn work(phone: &Phone) -> Result<Value> {
    let data = phone
        .data
        .as_ref()
        .ok_or_else(|| Error::invalid("请用 --data 给出手机的数据文件夹。 Give the phone's data folder by --data."))?;
    let app = App::open_with(data, setup(phone))?;
    let pin = pin(phone)?;
    if let Verb::Enrol(enrol) = &phone.verb {
        let mut ticket = Ticket::parse(&enrol.ticket, &enrol.server)?;
        ticket.fingerprint = enrol.fingerprint.clone().or(ticket.fingerprint);
        ticket.insecure = enrol.insecure;
        app.enrol(&ticket, &pin, &enrol.device_name)?;
        return json::enrolled(&app);
    }
    app.unlock(&pin)?;
    match &phone.verb {
        Verb::Enrol(_) => Ok(Value::Null),
        Verb::Sync => app.sync().map(|report| json::round(&report)),
        Verb::Households(asked) => households(&app, asked),
        Verb::Show { household } => json::household(&app, *household),
        Verb::Visit(asked) => visit(&app, asked),
        Verb::Keep { visit, whose } => keep::answer(&app, visit, *whose),
        Verb::Set { household, fact, value } => {
            app.set_fact(*household, fact, &typed(value)).map(|done| json::done(*household, &done))
        }
        Verb::Member(Member::Add { household, facts }) => {
            let facts: Map<String, Value> = facts.iter().cloned().collect();
            let (member, done) = app.add_member(*household, &facts)?;
            Ok(json::with(json::done(*household, &done), "member", member.into()))
        }
        Verb::Member(Member::Move { household, member, to }) => {
            app.move_member(*household, member, *to).map(|done| json::done(*household, &done))
        }
        Verb::Household(Household::Merge { household, into }) => {
            app.merge_household(*household, *into).map(|done| json::done(*into, &done))
        }
        Verb::Household(Household::Split { household, members, head }) => {
            app.split_household(*household, members, head).map(|(id, done)| json::done(id, &done))
        }
        Verb::Member(Member::Remove { household, member, living }) => {
            app.remove_member(*household, member, living.as_deref()).map(|done| json::done(*household, &done))
        }
        Verb::Household(Household::Add { name, id_number, grid, hamlet, phone }) => {
            let new = NewHousehold {
                head_name: name.clone(),
                head_id_number: id_number.clone(),
                grid: grid.clone(),
                hamlet: hamlet.clone(),
                phone: phone.clone(),
            };
            app.add_household(&new).map(|(id, done)| json::done(id, &done))
        }
        Verb::Conflicts => json::conflicts(&app),
        Verb::Resolve { conflict, choose } => json::resolve(&app, conflict, choose),
        Verb::Status => app.status().map(|status| json::status(&status)),
        Verb::Rebuild => app.rebuild().map(|count| json!({ "households": count })),
        Verb::Digest => json::digest(&app),
        Verb::Bundle(verb) => bundle::answer(&app, verb),
        Verb::Pack(verb) => packs::answer(&app, verb),
        Verb::WhatIf { pack, area } => what_if::answer(&app, pack, area.as_deref()),
    }
}

fn setup(phone: &Phone) -> Setup {
    let mut setup = Setup::default();
    if let Some(now) = phone.now {
        setup.clock = Arc::new(Fixed(now));
    }
    // Development builds only: a released phone never takes a cheap PIN, whatever its environment says.
    if cfg!(debug_assertions) && std::env::var_os("RUHU_TEST_CHEAP_PIN").is_some() {
        setup.cost = Cost::CHEAP;
    }
    setup
}

fn pin(phone: &Phone) -> Result<String> {
    phone
        .pin
        .clone()
        .or_else(|| std::env::var(PIN).ok())
        .ok_or_else(|| Error::invalid("请用 --pin 或环境变量 RUHU_PIN 给出密码。 Give the PIN by --pin or RUHU_PIN."))
}

/// A value from the command line: JSON where it can only be JSON, else text (`13900001234` stays text).
fn typed(text: &str) -> Value {
    match text {
        "null" | "" => Value::Null,
        "true" => true.into(),
        "false" => false.into(),
        list if list.starts_with('[') => serde_json::from_str(list).unwrap_or_else(|_| list.into()),
        text => text.into(),
    }
}

/// More than any form's answers.
const MOST_ANSWERS: u64 = 4 << 20;

fn visit(app: &App, asked: &Visit) -> Result<Value> {
    let unreadable = || Error::invalid("答案文件无法读取，或不是 JSON。 The answers cannot be read, or are not JSON.");
    let size = std::fs::metadata(&asked.answers).map_err(|e| unreadable().because(e))?.len();
    if size > MOST_ANSWERS {
        return Err(Error::invalid("答案文件太大。 The answers are too large."));
    }
    let bytes = std::fs::read(&asked.answers).map_err(|e| unreadable().because(e))?;
    let answers: Value = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    if !asked.anyway {
        app.belongs(asked.household, &asked.form)?;
    }
    let made = app.visit_with_answers(asked.household, &asked.form, &answers, asked.draft)?;
    Ok(json!({
        "household": asked.household,
        "visit": made.visit,
        "form": made.form,
        "state": if made.outcome.is_some() { "finished" } else { "draft" },
        "outcome": made.outcome,
        "bytes": made.bytes,
        "next_form": made.next.map(|f| f.slug),
    }))
}

fn households(app: &App, asked: &Households) -> Result<Value> {
    let query = Query {
        text: asked.text.clone(),
        list: asked.list.clone(),
        area: asked.area.clone(),
        progress: asked.progress,
        offset: asked.offset,
        limit: asked.limit,
        ..Query::default()
    };
    let (total, lines) = app.search(&query)?;
    Ok(json!({ "total": total, "households": lines.iter().map(json::line).collect::<Vec<_>>() }))
}
