//! `ruhu phone pack …`: a pack is put in force by two people (docs/cli.md).

use std::path::PathBuf;

use app_core::approvals::StepRefused;
use app_core::error::Result;
use app_core::policy::workbook;
use app_core::service::App;
use app_core::service::policy::{ProposalLine, ProposalState, Publication};
use app_core::wire::record::Filing;
use chrono::{DateTime, SecondsFormat};
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Propose a pack, from its folder or workbook; it goes up with the next sync
    Propose {
        pack: PathBuf,
        /// why
        #[arg(long)]
        note: String,
    },
    /// What is proposed, what became of it, and what was put in force
    Proposals,
    /// Publish what another person has proposed; in force once the server has it
    Publish {
        /// id of the proposal, or its first 6 digits or more
        proposal: String,
    },
    /// Take a proposal back, or turn another's down
    Withdraw {
        proposal: String,
        /// why
        #[arg(long)]
        note: String,
    },
}

/// Does it.
pub fn answer(app: &App, verb: &Verb) -> Result<Value> {
    let record = match verb {
        Verb::Proposals => return proposals(app),
        Verb::Propose { pack, note } => app.pack_propose(workbook::load(pack)?.files(), note)?,
        Verb::Publish { proposal } => app.pack_publish(&app.pack_proposal_named(proposal)?)?,
        Verb::Withdraw { proposal, note } => app.pack_withdraw(&app.pack_proposal_named(proposal)?, note)?,
    };
    Ok(json!({ "record": hex::encode(record) }))
}

fn proposals(app: &App) -> Result<Value> {
    let all = app.pack_proposals()?;
    Ok(json!({
        "in_force": all.in_force.as_ref().map(|p| json!({ "hash": p.hash, "id": p.id, "version": p.version })),
        "may_propose": may(all.may_propose),
        "proposals": all.lines.iter().map(line).collect::<Vec<_>>(),
        "published": all.published.iter().map(publication).collect::<Vec<_>>(),
    }))
}

fn line(l: &ProposalLine) -> Value {
    let (p, made) = (&l.proposal, &l.proposal.made);
    json!({
        "id": hex::encode(p.id),
        "pack": { "hash": hex::encode(&made.pack), "id": made.id, "version": made.version },
        "base": hex::encode(&made.base),
        "note": made.note,
        "summary": made.summary.iter().map(|(zh, _)| zh).collect::<Vec<_>>(),
        "more": made.more,
        "at": time(p.at),
        "by": p.filing.as_ref().map(by),
        "state": state(l.state),
        "end": p.end.as_ref().map(|e| json!({ "at": time(e.at), "by": e.filing.as_ref().map(by), "note": e.note })),
        "refused": l.refused,
        "files_here": l.files_here,
        "may_publish": may(l.may_publish),
        "may_withdraw": may(l.may_withdraw),
    })
}

fn by(f: &Filing) -> Value {
    json!({ "person": f.person, "name": f.name, "title": f.title })
}

/// `yes`, or the code of why not.
fn may(may: std::result::Result<(), StepRefused>) -> &'static str {
    may.err().map_or("yes", StepRefused::code)
}

fn state(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Waiting => "waiting",
        ProposalState::Open => "open",
        ProposalState::Published => "published",
        ProposalState::Withdrawn => "withdrawn",
        ProposalState::Stale => "stale",
        ProposalState::Refused => "refused",
    }
}

fn publication(p: &Publication) -> Value {
    json!({
        "pack": { "hash": p.pack, "id": p.id, "version": p.version },
        "at": time(p.at),
        "by": p.by,
        "proposed_by": p.proposed_by,
    })
}

/// Milliseconds since 1970 as RFC 3339.
fn time(at: i64) -> Value {
    DateTime::from_timestamp_millis(at).map_or(Value::Null, |t| t.to_rfc3339_opts(SecondsFormat::Millis, true).into())
}
