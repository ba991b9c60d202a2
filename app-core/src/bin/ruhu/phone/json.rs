//! What the phone's verbs print: one place for the shapes of docs/cli.md.

use app_core::document::{Card, Choice, Chosen, Clock, Subject, VisitFile, Wrote};
use app_core::domain::id::HouseholdId;
use app_core::error::{Error, Result};
use app_core::service::App;
use app_core::service::conflicts::OpenCards;
use app_core::service::facts::Done;
use app_core::service::round::RoundReport;
use app_core::service::status::Status;
use app_core::storage::file::not_held;
use app_core::storage::list::HouseholdLine;
use app_core::storage::project::campaign_from;
use app_core::storage::round::Round;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

/// Seconds since 1970 as RFC 3339.
fn time(at: i64) -> Value {
    DateTime::from_timestamp(at, 0).map_or(Value::Null, |t| t.to_rfc3339_opts(SecondsFormat::Secs, true).into())
}

/// Adds a field.
pub fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
    object
}

pub fn enrolled(app: &App) -> Result<Value> {
    let (identity, person) = (app.identity()?, app.person()?);
    Ok(json!({
        "device": identity.device,
        "server": identity.server,
        "server_name": identity.server_name,
        "person": { "id": person.id, "name": person.name, "title": person.title, "scope": person.scope },
    }))
}

pub fn round(report: &RoundReport) -> Value {
    let r = round_of(&report.round);
    with(with(r, "acked", report.acked.into()), "refused", report.refused.into())
}

fn round_of(r: &Round) -> Value {
    json!({
        "at": time(r.at),
        "ok": r.ok,
        "round_trips": r.round_trips,
        "bytes_up": r.bytes_up,
        "bytes_down": r.bytes_down,
        "changes_up": r.changes_up,
        "changes_down": r.changes_down,
        "households_new": r.households_new,
        "households_forgotten": r.households_forgotten,
    })
}

pub fn done(household: HouseholdId, done: &Done) -> Value {
    json!({
        "household": household,
        "change": done.edited.map(|e| hex::encode(e.hash)),
        "bytes": done.edited.map_or(0, |e| e.bytes),
    })
}

pub fn line(l: &HouseholdLine) -> Value {
    json!({
        "id": l.id,
        "head_name": l.head_name,
        "village": l.village,
        "hamlet": l.hamlet,
        "grid": l.grid,
        "id_tail": l.id_tail,
        "population": l.population,
        "standing": l.standing,
        "list": l.list,
        "priority": l.priority,
        "progress": if l.draft { "draft" } else { &l.progress },
        "forms": l.forms,
        "at_risk": l.at_risk,
        "risks": l.risks,
        "outcome": l.outcome,
        "suggestion": l.suggestion,
        "last_visit": l.last_visit,
        "try_again": l.try_again,
        "leaflets_due": l.leaflets_due,
        "unsynced": l.unsynced,
        "conflicts": l.conflicts,
        "digest": l.digest,
    })
}

/// Everything of one household, in full; the look is logged.
pub fn household(app: &App, id: HouseholdId) -> Result<Value> {
    let conflicts = Value::from(cards_of(&app.cards(id)?));
    let at = app.now().timestamp();
    app.transact(|tx| {
        let file = tx.file(id)?;
        let row = tx.line(id)?.ok_or_else(not_held)?;
        tx.write_audit(at, "show", id, "")?;
        let place = json!({
            "county": file.place.county,
            "township": file.place.township,
            "village": file.place.village,
            "hamlet": file.place.hamlet,
            "address": file.place.address,
        });
        let shown = with(line(&row), "place", place);
        let shown =
            with(shown, "facts", serde_json::to_value(file.facts(campaign_from(tx.lens()))).unwrap_or_default());
        let shown = with(shown, "visits", file.visits.iter().map(visit).collect());
        let stored = tx.stored(id)?.ok_or_else(not_held)?;
        let shown = with(shown, "confirmed_at", stored.confirmed_at.map_or(Value::Null, time));
        Ok(with(shown, "conflict_values", conflicts))
    })
}

fn visit(v: &VisitFile) -> Value {
    json!({
        "id": v.id,
        "form": v.form,
        "form_version": v.form_version,
        "state": if v.finished { "finished" } else { "draft" },
        "outcome": v.outcome,
        "method": v.method,
        "opened_at": v.opened_at,
        "finished_at": v.finished_at,
        "window": [v.window_from, v.window_to],
        "collector": v.collector,
        "collector_id": v.collector_id,
        "device": v.device,
        "answers": v.answers.iter().map(|(q, a)| (q.clone(), a.to_json())).collect::<serde_json::Map<_, _>>(),
        "overrides": v.overrides.iter().map(|(q, a)| (q.clone(), a.to_json())).collect::<serde_json::Map<_, _>>(),
        "retired": v.retired,
        "privacy_notice_at": v.privacy_notice_at,
    })
}

fn card(open: &OpenCards, card: &Card, may: bool) -> Value {
    let values: Vec<Value> = card.choices.iter().map(|c| choice(open, c)).collect();
    let (kind, path) = match &card.subject {
        Subject::Field { path } => ("field", path.join("/")),
        Subject::SamePerson { .. } => ("same_person", String::new()),
        Subject::TwoHeads { .. } => ("two_heads", String::new()),
        Subject::EditedRemoved { .. } => ("edited_removed", String::new()),
        Subject::Elsewhere { .. } => ("elsewhere", String::new()),
        Subject::TwoFiles { .. } => ("two_files", String::new()),
    };
    let suggested = card.suggested.and_then(|n| card.choices.get(n)).map(|c| c.key.clone());
    json!({
        "id": format!("{}:{}", open.household, card.id),
        "household": open.household,
        "kind": kind,
        "path": path,
        "values": values,
        "suggested": suggested,
        "may": may,
        "mark": card.mark(),
    })
}

fn choice(open: &OpenCards, c: &Choice) -> Value {
    let value = match &c.what {
        Chosen::Value(value) => value.to_json(),
        Chosen::Member(id) => id.as_str().into(),
        Chosen::Removed => "removed".into(),
        Chosen::Present => "present".into(),
        Chosen::Household(id) => id.to_string().into(),
        Chosen::Apart => "apart".into(),
    };
    let by: Vec<Value> = c.by.iter().map(|w| wrote(open, w)).collect();
    let shown = by.first().cloned().unwrap_or_else(|| json!({}));
    with(with(with(shown, "key", c.key.as_str().into()), "value", value), "by", by.into())
}

fn wrote(open: &OpenCards, w: &Wrote) -> Value {
    let writer = open.writers.get(&w.actor);
    json!({
        "who": writer.map(|w| w.name.clone()),
        "device": writer.map(|w| w.device.clone()),
        "actor": hex::encode(w.actor),
        "at": time(w.time),
        "how": w.how,
        "clock": match w.clock {
            Clock::Sound => "sound",
            Clock::Behind => "behind",
            Clock::Ahead => "ahead",
        },
    })
}

fn cards_of(open: &OpenCards) -> Vec<Value> {
    open.cards.iter().map(|(c, may)| card(open, c, *may)).collect()
}

pub fn conflicts(app: &App) -> Result<Value> {
    let (households, found) = app.all_cards("")?;
    let all: Vec<Value> = found.iter().flat_map(cards_of).collect();
    Ok(json!({ "conflicts": all, "households": households }))
}

/// Decides: `household:card`, and the key of a choice or its value.
pub fn resolve(app: &App, conflict: &str, choose: &str) -> Result<Value> {
    let unreadable = || {
        Error::invalid(
            "冲突的编号写作 户:卡片，见 conflicts 的 id。 A conflict is named household:card, as `conflicts` prints it.",
        )
    };
    let (household, id) = conflict.split_once(':').ok_or_else(unreadable)?;
    let household: HouseholdId = household.parse().map_err(|_| unreadable())?;
    let open = app.cards(household)?;
    let choices = open.cards.iter().find(|(c, _)| c.id == id).map(|(c, _)| c.choices.clone()).unwrap_or_default();
    let written = |v: Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let said = |c: &Choice| matches!(&c.what, Chosen::Value(v) if written(v.to_json()) == choose);
    let key = choices.iter().find(|c| c.key == choose).or_else(|| choices.iter().find(|c| said(c)));
    let key = key.map_or(choose, |c| c.key.as_str());
    app.settle(household, id, key, None).map(|d| done(household, &d))
}

pub fn status(s: &Status) -> Value {
    let refused: Vec<Value> = s
        .refused
        .iter()
        .map(|r| json!({ "household": r.household, "change": hex::encode(r.hash), "why": r.why, "words": r.words, "at": time(r.at) }))
        .collect();
    let drafts: Vec<Value> =
        s.drafts.iter().map(|d| json!({ "visit": d.visit, "household": d.household, "form": d.form })).collect();
    json!({
        "person": { "id": s.person.id, "name": s.person.name, "title": s.person.title, "scope": s.person.scope },
        "server": s.server,
        "server_name": s.server_name,
        "pack": s.pack,
        "households": s.households,
        "waiting": s.waiting,
        "waiting_changes": s.waiting_changes,
        "waiting_records": s.waiting_records,
        "refused_records": s.refused_records,
        "drafts": drafts,
        "refused": refused,
        "conflicts": s.conflicts,
        "last_round": s.last_round.as_ref().map(round_of),
        "last_synced": s.last_good_round.as_ref().map_or(Value::Null, |r| time(r.at)),
        "trouble": s.trouble,
    })
}

pub fn digest(app: &App) -> Result<Value> {
    let all: serde_json::Map<String, Value> =
        app.digests()?.into_iter().map(|(id, digest)| (id.to_string(), digest.into())).collect();
    Ok(json!({ "households": all }))
}
