//! Health, readiness, figures.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{App, bearer};
use crate::store::read;

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// The store answers.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    match app.work(|app| read(&*app.store, |r| r.last_seq())).await {
        Ok(_) => "ok".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response(),
    }
}

/// Figures without personal data: from this machine, or with the token of `--metrics-token`.
/// Behind a proxy every caller seems to be this machine, so a forwarded request needs the token.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let with_token = bearer(&headers)
        .ok()
        .zip(app.metrics_token)
        .is_some_and(|(given, hash)| crate::officer::sha256(given.as_bytes()) == hash);
    if with_token || (peer.ip().to_canonical().is_loopback() && !forwarded) {
        return recorder().map(PrometheusHandle::render).unwrap_or_default().into_response();
    }
    StatusCode::FORBIDDEN.into_response()
}

/// The process's one recorder; none when somebody else installed another.
pub(crate) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}
