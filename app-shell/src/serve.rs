//! The same screens in a browser: loopback only, one token. For development, demos and tests in Chromium, which is the
//! engine of Android's WebView.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::{Dispatcher, Options};

/// What a call brings.
#[derive(Deserialize)]
struct Call {
    method: String,
    #[serde(default)]
    params: Value,
}

struct Site {
    dispatcher: Dispatcher,
    token: String,
    folder: Option<PathBuf>,
    built_in: tauri::Context<tauri::Wry>,
}

/// Serves until interrupted. Prints one line `{"url": …}` with the token in the fragment, which browsers never send.
///
/// # Errors
/// When the address is not loopback or is taken.
pub fn run(options: &Options, address: SocketAddr, dispatcher: Dispatcher) -> anyhow::Result<()> {
    ensure!(address.ip().is_loopback(), "--serve listens on loopback only; {address} is not");
    let token = match &options.token {
        Some(token) => token.clone(),
        None => fresh_token()?,
    };
    let site = Arc::new(Site {
        dispatcher,
        token: token.clone(),
        folder: options.screens.clone(),
        built_in: crate::dispatcher::context(),
    });
    let router = Router::new()
        .route("/api/call", post(call))
        .fallback(page)
        .layer(DefaultBodyLimit::max(16 * 1024 * 1024))
        .with_state(site);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(address).await.context("the address is taken")?;
        let bound = listener.local_addr()?;
        #[expect(clippy::print_stdout, reason = "the one line that tells a browser or a test where to go")]
        {
            println!("{}", serde_json::json!({ "url": format!("http://{bound}/#token={token}") }));
        }
        axum::serve(listener, router).with_graceful_shutdown(interrupted()).await?;
        Ok(())
    })
}

fn fresh_token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(hex::encode(bytes))
}

async fn interrupted() {
    let term = async {
        #[cfg(unix)]
        if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            term.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = term => {}
    }
}

async fn call(State(site): State<Arc<Site>>, headers: HeaderMap, Json(call): Json<Call>) -> Response {
    if !allowed(&headers, &site.token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let answer = tokio::task::spawn_blocking(move || site.dispatcher.call(&call.method, call.params)).await;
    match answer {
        Ok(value) => Json(value).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The token, and no page of another origin: a browser names it in `Origin`.
fn allowed(headers: &HeaderMap, token: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let host = text(header::HOST).unwrap_or_default();
    let same_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    let equal = bearer.is_some_and(|given| {
        given.len() == token.len() && given.bytes().zip(token.bytes()).fold(0, |d, (a, b)| d | (a ^ b)) == 0
    });
    same_origin && equal
}

async fn page(State(site): State<Arc<Site>>, request: Request) -> Response {
    let path = match request.uri().path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    if path.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let bytes = match &site.folder {
        Some(folder) => std::fs::read(folder.join(path)).ok(),
        None => site.built_in.assets().get(&path.into()).map(std::borrow::Cow::into_owned),
    };
    match bytes {
        Some(bytes) => {
            ([(header::CONTENT_TYPE, media_type(path)), (header::CACHE_CONTROL, "no-store")], bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}
