//! `POST /v1/sync`: one round. What is pushed is durable before it is acknowledged; then the device hears what is new.

use std::sync::Arc;

use app_core::approvals::Permit;
use app_core::domain::Area;
use app_core::wire;
use app_core::wire::lean::{HOUSEHOLD_BEGINNING, is_lean, make_whole, whole_households, words};
use app_core::wire::message::{Push, SyncAnswer, SyncRequest};
use app_core::wire::record::RECORDS_MAX;
use app_core::wire::sign::{actor_of, public_key, push_hashes, sign_receipt, verify_push};
use app_core::wire::version;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::enrol::check_version;
use super::mark;
use super::policy::InForce;
use super::{App, bearer, body, within_limit};
use crate::delivery::{self, Asked, Delivery};
use crate::error::{Error, Result, Why};
use crate::intake::publications::lacking_named;
use crate::intake::records::{Desk, too_many};
use crate::intake::{Outcome, Proofs, Round, take, take_parked};
use crate::letters;
use crate::officer::{check_token, pushing_as, within_the_day};
use crate::settings;
use crate::store::rows::{DeviceRow, PersonRow};
use crate::store::{Reads, Writes, read, write};
use app_core::document::MAX_CHANGE;

/// A device is noted as seen at most this often, seconds.
const SEEN_EVERY: i64 = 600;

pub(super) async fn sync(State(app): State<Arc<App>>, headers: HeaderMap, request: Request) -> Result<Response> {
    let token = bearer(&headers)?;
    // Who asks comes first: nothing of a stranger's body is taken in.
    let asking = token.clone();
    app.clone().work(move |app| read(&*app.store, |r| check_token(r, &asking).map(|_| ()))).await?;
    let request = within_limit(Bytes::from_request(request, &()).await)?;
    Ok(body(app.work(move |app| round(app, &token, &request)).await?))
}

fn round(app: &App, token: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let (device, person, force, epoch) = read(&*app.store, |r| {
        let (device, person) = check_token(r, token)?;
        Ok((device, person, app.policy.now(r)?, crate::ops::epoch(r)?))
    })?;
    let mut request: SyncRequest = wire::decode(bytes, settings::MESSAGE_MAX)?;
    check_bounds(&request)?;
    let epoch = mark::epoch_now(app, &request.cursor, epoch)?;
    if from_another_epoch(&request, &epoch) {
        // The device does not know yet that the server was restored: it tells first what it holds and who it writes as,
        // of which the backup may never have heard. What it brings, it brings again then.
        request.push.clear();
        request.sig.clear();
        request.records.clear();
    }
    if request.push.iter().any(is_lean) {
        // Putting a lean change back hashes it many times: one larger than any the gate takes has to come whole.
        if request.push.iter().flat_map(|p| &p.changes).any(|c| c.len() > MAX_CHANGE) {
            return Err(to_be_whole());
        }
        read(&*app.store, |r| whole(r, &device, &person, &mut request))?;
    }
    if !verify_push(&request, &device.key) {
        return Err(malformed());
    }
    let limit = match usize::try_from(request.limit).unwrap_or(usize::MAX) {
        0 => settings::ANSWER_DEFAULT,
        n => n.clamp(1024, settings::ANSWER_MAX),
    };
    let now = crate::now();
    let request = Arc::new(request);
    let outcome = if brings(&request, &device, &person, now) {
        let (token, force, request, sign) = (token.to_owned(), force.clone(), request.clone(), app.sign);
        let proofs = Proofs::check(&request.proofs, &public_key(&sign));
        write(&*app.store, move |w| bring(w, &token, &request, &force, (&sign, &proofs), now))?
    } else {
        Outcome::default()
    };
    metrics::counter!("ruhu_changes_taken_total").increment(outcome.taken);
    metrics::counter!("ruhu_changes_refused_total").increment(u64::try_from(outcome.refused.len()).unwrap_or_default());
    // What was published a moment ago is named in this very answer.
    let force = if outcome.records.published { read(&*app.store, |r| app.policy.now(r))? } else { force };
    answer(app, &device, &request, &force, outcome, limit)
}

fn check_bounds(request: &SyncRequest) -> Result<()> {
    check_version(request.v)?;
    let changes: usize = request.push.iter().map(|p| p.changes.len()).sum();
    if changes > settings::PUSH_CHANGES_MAX
        || request.actors.len() > settings::ACTORS_MAX
        || request.want.len() > settings::WANTED_MAX
        || request.proofs.len() > settings::PROOFS_MAX
        || request.vouched.len() > settings::VOUCHED_MAX
    {
        return Err(Error::new(
            Why::TooLarge,
            "一次上传的修改过多，没有写入；本机内容都在，请再同步一次。 Too many changes in one push; nothing was written, everything here is safe. Sync again.",
        ));
    }
    if request.records.len() > RECORDS_MAX {
        return Err(too_many());
    }
    let pushed = |p: &Push| p.household.len() == 16 || is_lean(p) && p.household.len() == HOUSEHOLD_BEGINNING;
    let sound = request.push.iter().all(pushed)
        && request.held.iter().map(|h| &h.household).chain(&request.want).all(|h| h.len() == 16)
        && request.actors.iter().all(|a| a.len() == 8);
    if sound { Ok(()) } else { Err(malformed()) }
}

fn malformed() -> Error {
    Error::new(
        Why::Malformed,
        "上传内容或签名有误，没有写入；本机内容都在。 The push or its signature is malformed; nothing was written, everything here is safe.",
    )
}

/// Puts back what lean changes left out: the household, the device's actor, its person's words, and the change they rest
/// on, first among the heads held of the household, then among all its changes.
fn whole(r: &dyn Reads, device: &DeviceRow, person: &PersonRow, request: &mut SyncRequest) -> Result<()> {
    let mut actors: Vec<[u8; 16]> = request.actors.iter().map(|nonce| actor_of(&device.key, nonce)).collect();
    actors.extend(r.actors_of(&device.id)?);
    actors.truncate(settings::ACTORS_MAX);
    let words = words(&person.person.name, &person.person.id, &device.id);
    let mut failed = None;
    let found = whole_households(request, &mut |beginning| {
        r.household_beginning(beginning).map(|id| id.map(Uuid::into_bytes)).unwrap_or_else(|e| {
            failed = Some(e);
            None
        })
    });
    if let Some(e) = failed.take() {
        return Err(e);
    }
    if !found {
        return Err(to_be_whole());
    }
    let mut looked_up = |push: &Push, look: &dyn Fn(Uuid) -> Result<Vec<[u8; 32]>>| {
        let found = Uuid::from_slice(&push.household).map_err(|_| malformed()).and_then(look);
        found.unwrap_or_else(|e| {
            failed = Some(e);
            Vec::new()
        })
    };
    let heads = |id| Ok(r.place(id)?.map(|p| p.heads).unwrap_or_default());
    let all = |id| Ok(r.changes_of(id)?.into_iter().rev().map(|c| c.hash).collect());
    let done = make_whole(request, &actors, &words, &mut |push| looked_up(push, &heads))
        || make_whole(request, &actors, &words, &mut |push| looked_up(push, &all));
    match failed {
        Some(e) => Err(e),
        None if done => Ok(()),
        None => Err(to_be_whole()),
    }
}

fn to_be_whole() -> Error {
    Error::new(Why::Whole, "请上传完整的修改。 Push the changes whole.")
}

fn from_another_epoch(request: &SyncRequest, epoch: &str) -> bool {
    request.held.is_empty() && !request.cursor.epoch.is_empty() && request.cursor.epoch != epoch
}

/// Whether what the device brings may have been written after it heard of the last change of its person's scope: its cursor
/// lies behind that, and it does not say that it still brings from before. It could as well hold its cursor back.
fn has_heard(request: &SyncRequest, epoch: &str, person: &PersonRow) -> bool {
    request.cursor.epoch == epoch && request.cursor.seq >= person.changed_seq && !request.before
}

/// Whether there is anything to write.
fn brings(request: &SyncRequest, device: &DeviceRow, person: &PersonRow, now: i64) -> bool {
    !request.push.is_empty()
        || !request.records.is_empty()
        || !request.vouched.is_empty()
        || request.letter.is_some()
        || !request.actors.is_empty()
        || now.saturating_sub(device.seen_at) >= SEEN_EVERY
        || (device.scope_seq < person.changed_seq && request.cursor.seq >= person.changed_seq && !request.before)
}

/// Registers what the device says it writes under, as far as there is room; those that are new here.
fn name_actors(w: &mut dyn Writes, device: &DeviceRow, request: &SyncRequest, now: i64) -> Result<Vec<[u8; 16]>> {
    let mut fresh = Vec::new();
    if request.actors.is_empty() || w.actors_of(&device.id)?.len() >= settings::DEVICE_ACTORS_MAX {
        return Ok(fresh);
    }
    for nonce in &request.actors {
        let actor = actor_of(&device.key, nonce);
        if w.owner(&actor)?.is_none() && w.put_actor(&actor, &device.id, now)? {
            fresh.push(actor);
        }
    }
    Ok(fresh)
}

fn bring(
    w: &mut dyn Writes,
    token: &str,
    request: &SyncRequest,
    force: &InForce,
    (sign, proofs): (&[u8; 32], &Proofs),
    now: i64,
) -> Result<Outcome> {
    // Asked again inside the transaction: a device revoked a moment ago brings nothing.
    let (mut device, mut person) = check_token(&*w, token)?;
    let epoch = crate::ops::epoch(&*w)?;
    let recovery = crate::ops::in_recovery(&*w, now)?;
    if let Some(letter) = request.letter.as_ref().filter(|_| recovery) {
        person = letters::areas_again(w, &device, person, letter, sign, now)?;
    }
    let heard = has_heard(request, &epoch, &person);
    if heard && device.scope_seq < person.changed_seq {
        (device.scope_seq, device.heard_at) = (person.changed_seq, now);
    }
    w.seen(&device.id, now, device.scope_seq)?;
    // Before anybody claims an actor: what we once said about it counts.
    let mut fresh = if recovery { letters::know_again(w, &request.vouched, sign, now)? } else { Vec::new() };
    fresh.extend(name_actors(w, &device, request, now)?);
    let wide = pushing_as(&*w, &person, &device, heard, now)?;
    let hashes = push_hashes(request).unwrap_or_default();
    let round = Round {
        device: &device.id,
        person: &wide,
        permits: &force.permits,
        heard: if request.before || request.cursor.epoch != epoch { 0 } else { request.cursor.seq },
        recovery,
        proofs,
        push: &request.push,
        hashes: &hashes,
        sig: &request.sig,
        now,
    };
    let day = settings::day_of(now);
    let brings = !request.push.is_empty() || !request.records.is_empty();
    if brings {
        within_the_day(&*w, &device.id, day)?;
    }
    let mut outcome = take(w, &round)?;
    outcome.records =
        Desk { permits: &force.permits, sign, now, device: &device.id, wide: &wide }.take(w, &request.records)?;
    let bytes = outcome.bytes.saturating_add(outcome.records.bytes);
    if bytes > 0 {
        w.add_brought(&device.id, day, bytes)?;
    }
    for actor in &fresh {
        outcome.taken += take_parked(w, &force.permits, actor, now)?;
    }
    Ok(outcome)
}

fn answer(
    app: &App,
    device: &DeviceRow,
    request: &SyncRequest,
    force: &InForce,
    outcome: Outcome,
    limit: usize,
) -> Result<Vec<u8>> {
    let brought: Vec<Uuid> = outcome.acks.iter().filter_map(|a| Uuid::from_slice(&a.household).ok()).collect();
    let mut answer = SyncAnswer {
        v: version::CURRENT,
        acks: outcome.acks,
        refused: outcome.refused,
        filed: outcome.records.acks,
        unfiled: outcome.records.refused,
        packs_wanted: outcome.records.wanted,
        time: chrono::Utc::now().timestamp_millis(),
        pack: (!runs(&request.pack, &force.reference.hash)).then(|| force.reference.clone()),
        ..SyncAnswer::default()
    };
    if answer.pack.is_some()
        && let Some(pack) = read(&*app.store, |r| lacking_named(r, &request.pack))?
        && answer.packs_wanted.iter().all(|w| w[..] != pack[..])
    {
        answer.packs_wanted.push(ByteBuf::from(pack));
    }
    // Households compress about five to one; when they do not, a smaller answer is put together.
    let mut budget = limit.saturating_mul(5).min(settings::ANSWER_RAW_MAX);
    loop {
        let told = read(&*app.store, |r| {
            let mut told = deliver(r, device, request, force, &brought, budget)?;
            told.cursor.mark = mark::of(r, &app.sign, &told.cursor)?;
            Ok(told)
        })?;
        let small = told.whole.len() + told.changes.len() + told.records.len() <= 1;
        fill(&mut answer, told, &outcome.lacking);
        letters::vouch(&mut answer.actors, &app.sign);
        answer.letter =
            answer.person.as_ref().map(|person| letters::letter(device, person, answer.time / 1000, &app.sign));
        sign_receipt(&mut answer, &app.sign);
        let encoded = wire::encode(&answer)?;
        if encoded.len() <= limit || small || budget < 1024 {
            metrics::counter!("ruhu_sent_bytes_total").increment(u64::try_from(encoded.len()).unwrap_or_default());
            return Ok(encoded);
        }
        budget = budget / 10 * limit.saturating_mul(9) / encoded.len().max(1);
    }
}

fn deliver(
    r: &dyn Reads,
    device: &DeviceRow,
    request: &SyncRequest,
    force: &InForce,
    brought: &[Uuid],
    budget: usize,
) -> Result<Delivery> {
    let none = || {
        Error::new(
            Why::Token,
            "您已不在人员名册中。未同步的内容仍保存在本机，请联系管理员。 You are no longer on the list of people. What is not synced is kept here; ask the administrator.",
        )
    };
    let person = r.person(&device.person)?.ok_or_else(none)?;
    let may_read = force.permits.holds(person.person.title, Permit::Read);
    let scope: Vec<Area> = if may_read { person.person.scope.clone() } else { Vec::new() };
    delivery::answer(
        r,
        &Asked {
            device: &device.id,
            person: &person,
            scope,
            cursor: &request.cursor,
            held: &request.held,
            want: &request.want,
            brought: brought.to_vec(),
            pushed: push_hashes(request).unwrap_or_default().into_iter().collect(),
            records_from: request.records_from,
            pushed_records: request.records.iter().map(|c| c.record.hash()).collect(),
            epoch: &crate::ops::epoch(r)?,
            budget,
        },
    )
}

fn fill(answer: &mut SyncAnswer, told: Delivery, lacking: &[serde_bytes::ByteBuf]) {
    let mut all_lacking = lacking.to_vec();
    all_lacking.extend(told.lacking.into_iter().filter(|l| !lacking.contains(l)));
    *answer = SyncAnswer {
        cursor: told.cursor,
        more: told.more,
        whole: told.whole,
        changes: told.changes,
        forget: told.forget,
        lacking: all_lacking,
        released: told.released,
        actors: told.actors,
        person: told.person,
        areas: told.areas,
        records: told.records,
        records_to: told.records_to,
        ..std::mem::take(answer)
    };
}

/// Whether the device runs the pack in force: it names at least the first 12 digits of its hash.
fn runs(named: &str, hash: &str) -> bool {
    named.len() >= 12 && hash.starts_with(named)
}
