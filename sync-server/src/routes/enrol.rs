//! `POST /v1/enrol`: a one-time ticket and the device's new keys against a token.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use app_core::wire;
use app_core::wire::message::{EnrolAnswer, EnrolRequest};
use app_core::wire::sign::{actor_of, verify_enrol};
use app_core::wire::version;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_bytes::ByteBuf;

use super::{App, body, within_limit};
use crate::error::{Error, Result, Why};
use crate::intake::author_known;
use crate::letters;
use crate::officer::{check_ticket, enrolled_before, random, ticket_hash, token_hash};
use crate::store::rows::{DeviceRow, NewDevice, PersonRow};
use crate::store::{Writes, write};

/// Longest name of a device, characters.
const NAME_MAX: usize = 60;
/// An enrolment is small.
pub(super) const ENROL_MAX: usize = 4096;

pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    request: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let request = within_limit(request)?;
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    let client = app.clients.of(peer.ip(), forwarded);
    let answer = app.work(move |app| enrol_now(app, client, &request)).await?;
    Ok(body(answer))
}

fn enrol_now(app: &App, source: Option<IpAddr>, bytes: &[u8]) -> Result<Vec<u8>> {
    app.attempts.allow(source)?;
    let request: EnrolRequest = wire::decode(bytes, ENROL_MAX)?;
    check_version(request.v)?;
    if request.key.len() != 32 || request.nonce.len() != 8 || !verify_enrol(&request) {
        return Err(Error::new(
            Why::Malformed,
            "登记请求有误，没有登记，请再试一次。 The enrolment is malformed; nothing was enrolled. Try again.",
        ));
    }
    let (sign, now) = (app.sign, crate::now());
    let done = write(&*app.store, move |w| enrol_device(w, &request, &sign, now));
    match &done {
        Err(e) if matches!(e.why, Why::TicketUnknown | Why::TicketUsed | Why::TicketExpired) => {
            app.attempts.failed(source);
            metrics::counter!("ruhu_enrolments_refused_total").increment(1);
        }
        _ => {}
    }
    let mut answer = done?;
    answer.pack = crate::store::read(&*app.store, |r| Ok(app.policy.now(r)?.reference.clone()))?;
    Ok(wire::encode(&answer)?)
}

fn enrol_device(w: &mut dyn Writes, request: &EnrolRequest, sign: &[u8; 32], now: i64) -> Result<EnrolAnswer> {
    let token = hex::encode(random::<32>()?);
    let before = match &request.letter {
        Some(letter) => Some(letters::let_in_again(w, request, letter, sign, now)?),
        None => enrolled_before(&*w, &request.code, &request.key, now)?,
    };
    let (person, device) = match before {
        Some((person, device)) => {
            w.renew_token(&device, &token_hash(&token))?;
            (person, device)
        }
        None => new_device(w, request, &token, now)?,
    };
    let actor = actor_of(&request.key, &request.nonce);
    if !w.put_actor(&actor, &device, now)? {
        return Err(Error::new(Why::Malformed, "设备编号重复，请再试一次。 The actor id is taken: try again."));
    }
    // After a restore a colleague may have brought its work before it was known whose that is.
    author_known(w, &actor)?;
    let setting =
        |key| -> Result<String> { Ok(w.setting(key)?.and_then(|v| String::from_utf8(v).ok()).unwrap_or_default()) };
    let row = w
        .device(&device)?
        .ok_or_else(|| Error::internal("设备没有登记成，请再试一次。 The device was not enrolled: try again."))?;
    let letter = letters::letter(&row, &person.person, now, sign);
    Ok(EnrolAnswer {
        device,
        letter: Some(letter),
        token,
        server_key: ByteBuf::from(wire::sign::public_key(sign)),
        server_name: setting(crate::ops::NAME)?,
        epoch: setting(crate::ops::EPOCH)?,
        pack: wire::message::PackRef { hash: String::new(), id: String::new(), version: String::new() },
        areas: crate::delivery::names(&*w, &person.person.scope)?,
        keys: letters::area_keys(&*w, &person.person.scope, sign)?,
        person: person.person,
    })
}

fn new_device(w: &mut dyn Writes, request: &EnrolRequest, token: &str, now: i64) -> Result<(PersonRow, String)> {
    let person = check_ticket(&*w, &request.code, now)?;
    if let Some(known) = w.device_by_key(&request.key)? {
        return known_device(w, known, person, request, token, now);
    }
    let device = NewDevice {
        id: app_core::domain::id::short_id(),
        person: person.person.id.clone(),
        name: request.device_name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect(),
        key: request.key.to_vec(),
        token_hash: token_hash(token),
        at: now,
        scope_seq: person.changed_seq,
    };
    w.put_device(&device)?;
    w.use_ticket(&ticket_hash(&request.code), &device.id, now)?;
    Ok((person, device.id))
}

/// The answer to an earlier enrolment was lost, and this is another ticket: still the same device.
fn known_device(
    w: &mut dyn Writes,
    known: DeviceRow,
    person: PersonRow,
    request: &EnrolRequest,
    token: &str,
    now: i64,
) -> Result<(PersonRow, String)> {
    if known.revoked_at.is_some() {
        return Err(crate::officer::revoked());
    }
    if known.person != person.person.id {
        return Err(Error::new(
            Why::Malformed,
            "本机曾用另一人的登记码登记，没有登记；登记码没有失效。请管理员告知如何重新安装后再登记。 This device was enrolled with another person's ticket before; nothing was enrolled, and the ticket stays good. Ask the administrator: it has to be set up anew.",
        ));
    }
    w.renew_token(&known.id, &token_hash(token))?;
    w.use_ticket(&ticket_hash(&request.code), &known.id, now)?;
    Ok((person, known.id))
}

/// Whether this protocol version is served.
pub(super) fn check_version(v: u32) -> Result<()> {
    if (version::OLDEST..=version::CURRENT).contains(&v) {
        return Ok(());
    }
    let words = if v < version::OLDEST {
        "本机程序版本过旧，请先升级；内容仍保存在本机。 This app is too old: update it first; everything is kept here."
    } else {
        "服务器版本较旧，请联系管理员升级；内容仍保存在本机。 The server is older than this app: ask the administrator to update it; everything is kept here."
    };
    Err(Error::new(Why::Version, words))
}
