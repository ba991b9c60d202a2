//! Bounds and paths of a server. Bounds are the same for everyone, so that one device cannot starve the others.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The database in a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("ruhu-server.sqlite")
}

/// The folder within a data folder in which a restore works until it is whole.
pub const RESTORING: &str = "restoring";

/// The people log beside a database (`store::people`).
pub fn people_log(database: &Path) -> PathBuf {
    database.with_extension("people.jsonl")
}

/// Largest body taken, in bytes as sent (compressed).
pub const BODY_MAX: usize = 4 * 1024 * 1024;
/// Largest message after decompression, in bytes.
pub const MESSAGE_MAX: usize = 32 * 1024 * 1024;
/// What an answer may weigh when the device names no limit, in bytes as sent.
pub const ANSWER_DEFAULT: usize = 256 * 1024;
/// The most an answer may weigh, in bytes as sent.
pub const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// What an answer may weigh before compression: the devices decode up to this and a little more.
pub const ANSWER_RAW_MAX: usize = 8 * 1024 * 1024;
/// Most changes in one push; a device with more sends them in several rounds.
pub const PUSH_CHANGES_MAX: usize = 5_000;
/// Most actor ids named in one round.
pub const ACTORS_MAX: usize = 16;
/// Most changes parked of one device.
pub const PARKED_COUNT: u64 = 5_000;
/// Most bytes parked of one device.
pub const PARKED_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes parked of all devices beyond which nothing more is parked.
pub const PARKED_TOTAL: u64 = 1024 * 1024 * 1024;
/// Most bytes of new changes taken from one device in a day, what the server has signed for before apart: a desk that types
/// all day brings less than one. (The request that passes the bound still goes in.)
pub const BROUGHT_A_DAY: u64 = 64 * 1024 * 1024;
/// Steps of publications judged in one request: each is held against everything filed. What is over waits for the next.
pub const STEPS_AT_ONCE: usize = 10;
/// Most actors of one device.
pub const DEVICE_ACTORS_MAX: usize = 4_096;
/// Most proofs in one round.
pub const PROOFS_MAX: usize = 4_000;
/// Most files asked for again in one round.
pub const WANTED_MAX: usize = 64;
/// Most actors of whom our own word is shown to us in one round, after a restore.
pub const VOUCHED_MAX: usize = 5_000;
/// Rounds worked on at once.
pub const ROUNDS_AT_ONCE: usize = 8;
/// Rounds that may wait for their turn; one more is told to come back.
pub const ROUNDS_WAITING: usize = 512;
/// Seconds for which work done in a former area is still taken from a device that has not heard of the change.
pub const FORMER_AREA_GRACE: i64 = 30 * 24 * 3600;
/// Seconds after a device has heard of the change in which what it still had to bring is taken (in several rounds).
pub const HEARD_GRACE: i64 = 3600;
/// Seconds after a restore in which a device may bring back a household that is unknown here without naming its grid.
pub const RECOVERY: i64 = 30 * 24 * 3600;

/// The day of a time (seconds since 1970), in days since 1970 in China.
pub fn day_of(time: i64) -> i64 {
    time.saturating_add(8 * 3600).div_euclid(24 * 3600)
}

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// where to listen; port 0 takes a free one
    pub listen: SocketAddr,
    /// with the server's own certificate; `false` behind a proxy that does TLS
    pub tls: bool,
    /// bearer token that opens `/metrics` from elsewhere
    pub metrics_token: Option<String>,
    /// proxies whose word about the address of a client is believed
    pub proxies: Vec<std::net::IpAddr>,
}
