//! `GET /v1/pack/{hash}`: a pack's files, to an enrolled device. `POST /v1/pack`: a pack that is to be proposed.

use std::sync::Arc;

use app_core::approvals::Permit;
use app_core::policy::{Pack, pack_hash};
use app_core::wire;
use app_core::wire::message::{PackFiles, PackRef};
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::policy::InForce;
use super::{App, bearer, body, within_limit};
use crate::error::{Error, Result, Why};
use crate::intake::publications::{is_lacking, put_in_force};
use crate::officer::{check_token, within_the_day};
use crate::ops::init::pack_row;
use crate::settings;
use crate::store::rows::PersonRow;
use crate::store::{Reads, read, write};

/// Largest pack, bytes after decompression: what a device keeps.
const PACK_MAX: usize = 16 << 20;

pub(super) async fn pack(
    State(app): State<Arc<App>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let token = bearer(&headers)?;
    let files = app
        .work(move |app| {
            read(&*app.store, |r| {
                check_token(r, &token)?;
                let none = || Error::new(Why::NotFound, "没有这个政策包。 There is no such pack.");
                r.pack(&hash)?.map(|p| p.files).ok_or_else(none)
            })
        })
        .await?;
    Ok(body(files))
}

/// `POST /v1/pack`: a pack's files, from whoever may publish; or from whoever has them, where a filed record names a pack that
/// was lost here (a restore). Kept, and not in force by it.
pub(super) async fn bring(State(app): State<Arc<App>>, headers: HeaderMap, request: Request) -> Result<Response> {
    let token = bearer(&headers)?;
    // Who asks comes first: nothing of a stranger's body is taken in.
    let asking = token.clone();
    app.clone().work(move |app| read(&*app.store, |r| check_token(r, &asking).map(|_| ()))).await?;
    let request = within_limit(Bytes::from_request(request, &()).await)?;
    Ok(body(app.work(move |app| bring_now(app, &token, &request)).await?))
}

fn bring_now(app: &App, token: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let files: PackFiles = wire::decode(bytes, PACK_MAX)?;
    let files = files.files.into_iter().map(|(path, b)| (path, b.into_vec())).collect();
    let hash = pack_hash(&files);
    let publishes = read(&*app.store, |r| {
        let (_, person) = check_token(r, token)?;
        if let Some(here) = r.pack(&hex::encode(hash))? {
            return Ok(Err(here));
        }
        let publishes = may_publish(&*app.policy.now(r)?, r, &person)?;
        if publishes || is_lacking(r, &hash)? { Ok(Ok(publishes)) } else { Err(not_yours()) }
    })?;
    let publishes = match publishes {
        Ok(publishes) => publishes,
        // Brought before, perhaps by another: nothing is read of it, and it counts for nobody's day.
        Err(here) => return Ok(wire::encode(&PackRef { hash: here.hash, id: here.id, version: here.version })?),
    };
    let pack = Pack::from_files(files).map_err(app_core::Error::from)?;
    if publishes {
        pack.inspect().or(()).map_err(app_core::Error::from)?;
    }
    let row = pack_row(&pack)?;
    let reference = PackRef { hash: row.hash.clone(), id: row.id.clone(), version: row.version.clone() };
    let (token, now) = (token.to_owned(), crate::now());
    write(&*app.store, move |w| {
        // Asked again inside the transaction: a device revoked a moment ago brings nothing.
        let (device, _) = check_token(&*w, &token)?;
        if w.pack(&row.hash)?.is_some() {
            return Ok(());
        }
        let day = settings::day_of(now);
        within_the_day(&*w, &device.id, day)?;
        w.add_brought(&device.id, day, u64::try_from(row.files.len()).unwrap_or(u64::MAX))?;
        w.put_pack(&row, now)?;
        // After a restore the record that published it may have come back before its files.
        put_in_force(w).map(|_| ())
    })?;
    Ok(wire::encode(&reference)?)
}

fn may_publish(force: &InForce, r: &dyn Reads, person: &PersonRow) -> Result<bool> {
    let county = crate::ops::county(r)?;
    Ok(force.permits.holds(person.person.title, Permit::Publish) && person.person.reaches(&county))
}

fn not_yours() -> Error {
    Error::new(
        Why::Permit,
        "您的岗位不能上传政策包，没有写入。 Your title may not bring a policy pack; nothing was written.",
    )
}
