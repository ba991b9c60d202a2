//! HTTP: one file a route. Here bodies become messages and errors become [`Refusal`]s; work that blocks runs beside the
//! runtime, a bounded number at once. What may not live here: SQL, judgement.
//!
//! | route | in | out |
//! |---|---|---|
//! | `POST /v1/enrol` | `EnrolRequest` | `EnrolAnswer` |
//! | `POST /v1/sync` | `SyncRequest`, bearer token | `SyncAnswer` |
//! | `GET /v1/pack/{hash}` | bearer token | `PackFiles` |
//! | `POST /v1/pack` | `PackFiles`, bearer token | `PackRef`; kept, not in force |
//! | `GET /healthz` `GET /readyz` | – | `ok` |
//! | `GET /metrics` | from this machine, or bearer token | Prometheus text |

mod bundle;
mod enrol;
pub(crate) mod health;
mod mark;
mod pack;
pub mod policy;
mod sync;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app_core::wire;
use app_core::wire::message::Refusal;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::error::{Error, Result, Why};
use crate::officer::Attempts;
use crate::settings::{BODY_MAX, ROUNDS_AT_ONCE, ROUNDS_WAITING, ServeOptions};
use crate::store::Store;

/// Everything a route needs.
pub struct App {
    /// the store
    pub store: Arc<dyn Store>,
    /// secret key for receipts
    sign: [u8; 32],
    attempts: Attempts,
    policy: policy::Policy,
    turns: Semaphore,
    waiting: AtomicUsize,
    metrics_token: Option<[u8; 32]>,
    clients: crate::officer::Clients,
}

impl App {
    /// Over a store that has been initialised.
    pub fn new(store: Arc<dyn Store>, options: &ServeOptions) -> Result<Self> {
        let sign = crate::store::read(&*store, crate::keys::signing)?.to_bytes();
        Ok(Self {
            store,
            sign,
            attempts: Attempts::default(),
            clients: crate::officer::Clients { direct: options.tls, proxies: options.proxies.clone() },
            policy: policy::Policy::default(),
            turns: Semaphore::new(ROUNDS_AT_ONCE),
            waiting: AtomicUsize::new(0),
            metrics_token: options.metrics_token.as_deref().map(|t| crate::officer::sha256(t.as_bytes())),
        })
    }

    /// Runs blocking work beside the runtime when its turn comes.
    async fn work<T: Send + 'static>(
        self: Arc<Self>,
        job: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let busy = || {
            Error::new(
                Why::Busy,
                "服务器正忙，请过一会儿再同步；本机内容都在。 The server is busy: sync again in a while; everything here is safe.",
            )
        };
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= ROUNDS_WAITING {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(busy());
        }
        let counted = Counted(self.clone());
        let app = self.clone();
        let _turn = app.turns.acquire().await.map_err(|e| busy().because(e))?;
        let done = tokio::task::spawn_blocking(move || {
            let _counted = counted;
            job(&self)
        });
        done.await.map_err(|e| Error::internal("服务器处理时出错，没有写入；本机内容都在。 The server stumbled and wrote nothing; everything here is safe.").because(e))?
    }
}

/// One round that waits or is worked on.
struct Counted(Arc<App>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/enrol", post(enrol::enrol).layer(DefaultBodyLimit::max(enrol::ENROL_MAX)))
        .route("/v1/sync", post(sync::sync))
        .route("/v1/pack/{hash}", get(pack::pack))
        .route("/v1/pack", post(pack::bring))
        .route("/v1/bundle", post(bundle::bundle))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .layer(from_fn(observe))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(20)))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(120)))
        .with_state(app)
}

/// One log line and one count a request: route, status, time, sizes. Never a person, device or address.
async fn observe(request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "-".to_owned(), |p| p.as_str().to_owned());
    let response = next.run(request).await;
    let (took, status) = (started.elapsed(), response.status().as_u16());
    metrics::counter!("ruhu_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("ruhu_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
    tracing::info!(route, status, ms = took.as_secs_f64() * 1000.0, "request");
    response
}

/// The bearer token of a request.
fn bearer(headers: &HeaderMap) -> Result<String> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .filter(|t| t.len() <= 128)
        .map(str::to_owned)
        .ok_or_else(|| Error::new(Why::Token, "缺少设备凭证；本机内容都在，请联系管理员。 The device's token is missing; everything here is safe. Ask the administrator."))
}

/// A message as a body.
fn body(encoded: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], encoded).into_response()
}

/// A body that could be read within its limit.
fn within_limit(body: Result<Bytes, axum::extract::rejection::BytesRejection>) -> Result<Bytes> {
    body.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(Why::TooLarge, "一次上传的内容过大，没有写入；本机内容都在。 The push is too large; nothing was written, everything here is safe."),
        _ => Error::new(Why::Malformed, "上传中断，没有写入；本机内容都在，请再试一次。 The push broke off; nothing was written, everything here is safe. Try again."),
    })
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if self.why == Why::Internal {
            tracing::error!(words = %self.words, cause = ?std::error::Error::source(&self).map(ToString::to_string), "internal error");
        }
        let status = StatusCode::from_u16(self.why.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let refusal = Refusal { why: self.why.code().to_owned(), words: self.words };
        match wire::encode(&refusal) {
            Ok(encoded) => (status, [(header::CONTENT_TYPE, "application/octet-stream")], encoded).into_response(),
            Err(_) => status.into_response(),
        }
    }
}
