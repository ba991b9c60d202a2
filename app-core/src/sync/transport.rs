//! A link to a server: routes in, bytes out, counted.

use std::cell::Cell;

use super::progress::Progress;
use crate::error::{Error, Kind, Result};
use crate::wire;
use crate::wire::bundle::{BundleAnswer, BundleRequest};
use crate::wire::lean::Own;
use crate::wire::message::{EnrolAnswer, EnrolRequest, PackFiles, PackRef, Refusal, SyncAnswer, SyncRequest};

pub use super::http::connect as http_connect;

/// Where a server is, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `https://host:port`, no path
    pub server: String,
    /// SHA-256 of the server's certificate, hex; `None` where a public authority vouches for it
    pub fingerprint: Option<String>,
    /// plain `http://` beyond this machine was allowed by hand
    pub insecure: bool,
}

/// Makes a link to an address.
pub type Connect = dyn Fn(&Address) -> Result<Box<dyn Transport>> + Send + Sync;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    /// `POST /v1/enrol`
    Enrol,
    /// `POST /v1/sync`
    Sync,
    /// `GET /v1/pack/{hash}`
    Pack(&'a str),
    /// `POST /v1/pack`
    NewPack,
    /// `POST /v1/bundle`
    Bundle,
}

impl Route<'_> {
    /// The path of the URL.
    pub fn path(self) -> String {
        match self {
            Self::Enrol => "/v1/enrol".into(),
            Self::Sync => "/v1/sync".into(),
            Self::Pack(hash) => format!("/v1/pack/{hash}"),
            Self::NewPack => "/v1/pack".into(),
            Self::Bundle => "/v1/bundle".into(),
        }
    }
}

/// An answer: HTTP status and body.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

/// A link. `body` is framed already; `None` for a GET. A server that cannot be reached, or an answer cut off, is
/// [`Kind::Offline`].
pub trait Transport: Send + Sync {
    /// Sends and waits for the answer; the body of the answer is at most `most` bytes.
    fn send(&self, route: Route<'_>, token: Option<&str>, body: Option<&[u8]>, most: usize) -> Result<Reply>;

    /// As [`Transport::send`]; `heard` is told how many bytes of the answer have come so far. A link that gets its answers
    /// in one piece has nothing to tell.
    fn send_heard(
        &self,
        route: Route<'_>,
        token: Option<&str>,
        body: Option<&[u8]>,
        most: usize,
        heard: &dyn Fn(usize),
    ) -> Result<Reply> {
        let _ = heard;
        self.send(route, token, body, most)
    }
}

/// The most bytes of a compressed answer; what it unfolds to is bounded apart.
const MOST: usize = 8 << 20;
const UNFOLDED: usize = 64 << 20;

/// A link with its bookkeeping. Asked to stop, it makes no further request.
pub struct Link<'a> {
    transport: &'a dyn Transport,
    token: Option<&'a str>,
    progress: &'a Progress,
    up: Cell<u32>,
    down: Cell<u32>,
    trips: Cell<u32>,
    stranger: Cell<bool>,
}

impl<'a> Link<'a> {
    /// Starts counting.
    pub fn new(transport: &'a dyn Transport, token: Option<&'a str>, progress: &'a Progress) -> Self {
        let zero = || Cell::new(0);
        Self { transport, token, progress, up: zero(), down: zero(), trips: zero(), stranger: Cell::new(false) }
    }

    /// Bytes of bodies up and down, and requests, so far.
    pub fn counted(&self) -> (u32, u32, u32) {
        (self.up.get(), self.down.get(), self.trips.get())
    }

    /// Whether the server said that it does not know this device.
    pub fn is_stranger(&self) -> bool {
        self.stranger.get()
    }

    /// Presents a ticket.
    pub fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer> {
        self.ask(Route::Enrol, Some(wire::encode(request)?))
    }

    /// One round: the changes go up lean (`wire::lean`), and whole if the server lacks what that takes. `own`: who
    /// this device writes as now.
    pub fn sync(&self, request: &SyncRequest, own: &Own<'_>) -> Result<SyncAnswer> {
        let mut lean = request.clone();
        wire::lean::make_lean(&mut lean, own);
        match self.exchange(Route::Sync, Some(wire::encode(&lean)?))? {
            Ok(answer) => Ok(answer),
            Err(refused) if refused.asks_for_whole() => self.ask(Route::Sync, Some(wire::encode(request)?)),
            Err(refused) => Err(refused.into_error()),
        }
    }

    /// Fetches a pack.
    pub fn pack(&self, hash: &str) -> Result<PackFiles> {
        self.ask(Route::Pack(hash), None)
    }

    /// Brings a pack's files, which are kept and not in force by it. `Err` within: the server's verdict on this pack.
    pub fn bring_pack(&self, files: &PackFiles) -> Result<std::result::Result<(), Refusal>> {
        match self.exchange::<PackRef>(Route::NewPack, Some(wire::encode(files)?))? {
            Ok(_) => Ok(Ok(())),
            Err(refused) => match refused.refusal {
                Some(verdict) if VERDICTS.contains(&verdict.why.as_str()) => Ok(Err(verdict)),
                _ => Err(refused.into_error()),
            },
        }
    }

    /// Brings an envelope that was carried. `Err` within: the server's verdict on this one.
    pub fn bundle(&self, request: &BundleRequest) -> Result<std::result::Result<BundleAnswer, Refusal>> {
        match self.exchange(Route::Bundle, Some(wire::encode(request)?))? {
            Ok(answer) => Ok(Ok(answer)),
            Err(refused) if refused.status == 404 => {
                Ok(Err(Refusal { why: "not_found".to_owned(), words: String::new() }))
            }
            Err(refused) => match refused.refusal {
                Some(verdict) if verdict.why == "internal" || VERDICTS.contains(&verdict.why.as_str()) => {
                    Ok(Err(verdict))
                }
                _ => Err(refused.into_error()),
            },
        }
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, route: Route<'_>, body: Option<Vec<u8>>) -> Result<T> {
        self.exchange(route, body)?.map_err(Refused::into_error)
    }

    fn exchange<T: serde::de::DeserializeOwned>(
        &self,
        route: Route<'_>,
        body: Option<Vec<u8>>,
    ) -> Result<Result<T, Refused>> {
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let up = size(body.as_ref().map_or(0, Vec::len));
        self.progress.may_go_on()?;
        self.trips.set(self.trips.get().saturating_add(1));
        self.up.set(self.up.get().saturating_add(up));
        self.progress.asked(up);
        let heard = |so_far| self.progress.hears(size(so_far));
        let reply = self.transport.send_heard(route, self.token, body.as_deref(), MOST, &heard)?;
        self.progress.heard(size(reply.body.len()));
        self.down.set(self.down.get().saturating_add(size(reply.body.len())));
        if reply.status == 200 {
            return wire::decode(&reply.body, UNFOLDED).map(Ok);
        }
        let refused = Refused { status: reply.status, refusal: wire::decode(&reply.body, 1 << 16).ok() };
        self.stranger.set(self.stranger.get() || refused.knows_us_not());
        Ok(Err(refused))
    }
}

/// Refusals that speak of the pack or of who brings it; any other may pass.
const VERDICTS: [&str; 4] = ["invalid", "too_large", "malformed", "permit"];

/// A refused request, with the server's words where it sent any.
struct Refused {
    status: u16,
    refusal: Option<Refusal>,
}

impl Refused {
    fn asks_for_whole(&self) -> bool {
        self.refusal.as_ref().is_some_and(|r| r.why == "whole")
    }

    fn knows_us_not(&self) -> bool {
        self.refusal.as_ref().is_some_and(|r| r.why == "token")
    }

    fn into_error(self) -> Error {
        let status = self.status;
        let kind = if status >= 500 || status == 429 { Kind::Offline } else { Kind::Refused };
        match self.refusal {
            Some(refusal) => Error::new(kind, refusal.words).because(refusal.why),
            None if kind == Kind::Offline => offline().because(format!("HTTP {status}")),
            None => Error::new(
                kind,
                format!(
                    "服务器没有接受请求（{status}）；本机内容都在。 The server refused the request ({status}); everything here is safe."
                ),
            ),
        }
    }
}

/// Words for a server that cannot be reached, or an answer that was cut off.
pub const UNREACHABLE: &str = "连不上服务器，或中途断了：本机内容都已保存，有信号时再同步。 The server cannot be reached, or the link broke off: everything is saved on this device; sync when there is signal.";

/// The server cannot be reached.
pub fn offline() -> Error {
    Error::new(Kind::Offline, UNREACHABLE)
}
