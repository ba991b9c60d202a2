//! `POST /v1/bundle`: an envelope that a device has carried (wire/bundle.rs). Each parcel in it is taken as if its author's device
//! had come: under the author, by the author's areas and title, with the author's own signature. Who carried it matters only for
//! how much a day, and for the word when it came where the author's device has been shut out since.

use std::sync::Arc;

use app_core::approvals::RefusedWhy;
use app_core::domain::Area;
use app_core::wire;
use app_core::wire::bundle::{BundleAnswer, BundleRequest, Parcel, ParcelBody, parcels};
use app_core::wire::message::Refused;
use app_core::wire::sign::{public_key, push_hashes, verify_letter, verify_push};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use uuid::Uuid;

use super::enrol::check_version;
use super::policy::InForce;
use super::sync::{check_bounds, name_actors};
use super::{App, bearer, body, within_limit};
use crate::error::Result;
use crate::intake::records::Desk;
use crate::intake::{Outcome, Proofs, Round, take, take_parked};
use crate::letters;
use crate::officer::{check_token, pushing_as, within_the_day};
use crate::settings;
use crate::store::rows::{DeviceRow, PersonRow};
use crate::store::{Reads, Writes, read, write};

pub(super) async fn bundle(State(app): State<Arc<App>>, headers: HeaderMap, request: Request) -> Result<Response> {
    let token = bearer(&headers)?;
    // Who asks comes first: nothing of a stranger's body is taken in.
    let asking = token.clone();
    app.clone().work(move |app| read(&*app.store, |r| check_token(r, &asking).map(|_| ()))).await?;
    let request = within_limit(Bytes::from_request(request, &()).await)?;
    Ok(body(app.work(move |app| bring(app, &token, &request)).await?))
}

fn bring(app: &App, token: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let request: BundleRequest = wire::decode(bytes, settings::MESSAGE_MAX)?;
    check_version(request.v)?;
    let sign = app.sign;
    let opened = request.sealed.open_as_server(&sign).and_then(|opened| parcels(&opened).ok());
    let Some(found) = opened else { return Ok(wire::encode(&BundleAnswer::default())?) };
    // What costs time and needs no transaction: signatures, bounds.
    let sound: Vec<ParcelBody> = found.iter().filter_map(|parcel| sound(parcel, &public_key(&sign))).collect();
    let force = read(&*app.store, |r| app.policy.now(r))?;
    let (token, now, came_at) = (token.to_owned(), crate::now(), request.came_at / 1000);
    let answer = write(&*app.store, move |w| {
        // Asked again inside the transaction: a device revoked a moment ago brings nothing.
        let carrier = check_token(&*w, &token)?;
        let day = settings::day_of(now);
        within_the_day(&*w, &carrier.0.id, day)?;
        let mut answer = BundleAnswer { opened: true, ..BundleAnswer::default() };
        let mut bytes = 0_u64;
        for parcel in &sound {
            let outcome = Brought { carrier: &carrier, came_at, force: &force, sign: &sign, now }.take(w, parcel)?;
            answer.taken = answer.taken.saturating_add(outcome.taken);
            bytes = bytes.saturating_add(outcome.bytes).saturating_add(outcome.records.bytes);
            for refused in outcome.refused {
                if may_hear(&*w, &carrier.1, &refused)? {
                    answer.refused.push(refused);
                }
            }
        }
        if bytes > 0 {
            w.add_brought(&carrier.0.id, day, bytes)?;
        }
        Ok(answer)
    })?;
    metrics::counter!("ruhu_changes_carried_total").increment(answer.taken);
    Ok(wire::encode(&answer)?)
}

/// Whether the carrier may know of it: a stranger only carries.
fn may_hear(r: &dyn Reads, carrier: &PersonRow, refused: &Refused) -> Result<bool> {
    let place = Uuid::from_slice(&refused.household).ok().map(|id| r.place(id)).transpose()?.flatten();
    Ok(place.and_then(|p| Area::parse(&p.unit)).is_some_and(|unit| carrier.person.reaches(&unit)))
}

/// What a parcel says, if its device signed it, we said whose that device is, and it keeps within the bounds of a round.
fn sound(parcel: &Parcel, server_key: &[u8]) -> Option<ParcelBody> {
    let mut body = parcel.read()?;
    let actors = std::mem::take(&mut body.round.actors);
    check_bounds(&body.round).ok()?;
    body.round.actors = actors;
    body.round.actors.truncate(settings::DEVICE_ACTORS_MAX);
    let named = body.round.actors.iter().all(|nonce| nonce.len() == 8);
    (named
        && body.is_bounded()
        && verify_letter(&body.letter, server_key)
        && verify_push(&body.round, &body.letter.key))
    .then_some(body)
}

struct Brought<'a> {
    carrier: &'a (DeviceRow, PersonRow),
    /// seconds, the carrier's word
    came_at: i64,
    force: &'a InForce,
    sign: &'a [u8; 32],
    now: i64,
}

impl Brought<'_> {
    fn take(&self, w: &mut dyn Writes, parcel: &ParcelBody) -> Result<Outcome> {
        let recovery = crate::ops::in_recovery(&*w, self.now)?;
        let device = match w.device_by_key(&parcel.letter.key)? {
            Some(known) => Some(known),
            None if recovery => letters::put_back_by_letter(w, &parcel.letter, self.now)?,
            None => None,
        };
        let Some(device) = device else { return Ok(Outcome::default()) };
        let Some(person) = w.person(&device.person)? else { return Ok(Outcome::default()) };
        let fresh = name_actors(w, &device, &parcel.round, self.now)?;
        let wide = pushing_as(&*w, &person, &device, false, self.now)?;
        let stands_back = self.stands_back(&device, &person);
        let hashes = push_hashes(&parcel.round).unwrap_or_default();
        let none = Proofs::default();
        let round = Round {
            device: &device.id,
            person: &wide,
            permits: &self.force.permits,
            heard: 0,
            recovery,
            proofs: &none,
            push: &parcel.round.push,
            hashes: &hashes,
            sig: &parcel.round.sig,
            now: self.now,
            parked_as: stands_back.then_some(RefusedWhy::Revoked),
        };
        let mut outcome = take(w, &round)?;
        if !stands_back {
            let permits = &self.force.permits;
            let desk = Desk { permits, sign: self.sign, now: self.now, device: &device.id, wide: &wide };
            outcome.records = desk.take(w, &parcel.round.records)?;
        }
        for actor in &fresh {
            outcome.taken = outcome.taken.saturating_add(take_parked(w, &self.force.permits, actor, self.now)?);
        }
        Ok(outcome)
    }

    /// Whether a person has to look at it first: the device has been shut out, and nobody else's word says that this was written
    /// before. Its own person's next phone may bring it, and a colleague to whom it had come by then.
    fn stands_back(&self, device: &DeviceRow, person: &PersonRow) -> bool {
        let Some(shut_out) = device.revoked_at else { return false };
        let (carrier, carrying) = self.carrier;
        let before = carrying.person.id == person.person.id || self.came_at < shut_out;
        carrier.id == device.id || !before
    }
}
