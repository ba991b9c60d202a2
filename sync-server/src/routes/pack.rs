//! `GET /v1/pack/{hash}`: a pack's files, to an enrolled device.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{App, bearer, body};
use crate::error::{Error, Result, Why};
use crate::officer::check_token;
use crate::store::read;

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
