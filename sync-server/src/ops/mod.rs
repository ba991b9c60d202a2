//! What an operator does: set up, people and tickets, publish a pack, back up, restore, check. One file a verb.
//! Here lives what the commands do; how they are typed and printed is `main.rs`.

pub mod backup;
pub mod check;
pub mod init;
pub mod packs;
pub mod parked;
pub mod people;
pub mod qr;

use app_core::domain::Area;

use crate::error::{Error, Result};
use crate::store::Reads;

/// Setting: the server's name.
pub const NAME: &str = "name";
/// Setting: the county's code.
pub const COUNTY: &str = "county";
/// Setting: the epoch; a restore makes a new one.
pub const EPOCH: &str = "epoch";
/// Setting: hash of the pack in force.
pub const PACK: &str = "pack";
/// Setting: since when it is in force, milliseconds.
pub const PACK_AT: &str = "pack_at";
/// Setting: the server's first day, seconds; imported files are dated so.
pub const BORN: &str = "born";
/// Setting: when it was restored, seconds.
pub const RESTORED_AT: &str = "restored_at";
/// When the backup was made that was restored without a people log: nobody here knows who was shut out, moved or enrolled
/// after it; empty = they were carried over.
pub const FORGOT_SINCE: &str = "forgot_since";
/// Setting: the address that tickets carry.
pub const URL: &str = "url";
/// Setting: where it last listened; for tickets when no address is set.
pub const LAST_URL: &str = "last_url";

/// Setting: `own` certificate or `proxy`, as last served; a ticket pins the certificate only when it is ours.
pub const TLS: &str = "tls";

/// A setting as text.
pub fn text(r: &dyn Reads, key: &str) -> Result<Option<String>> {
    Ok(r.setting(key)?.and_then(|v| String::from_utf8(v).ok()))
}

/// Since when the pack in force is that, milliseconds; 0 = of before this was noted.
pub fn in_force_since(r: &dyn Reads) -> Result<i64> {
    Ok(seconds(r, PACK_AT)?.unwrap_or_default())
}

fn seconds(r: &dyn Reads, key: &str) -> Result<Option<i64>> {
    Ok(text(r, key)?.and_then(|t| t.parse().ok()))
}

/// The epoch.
pub fn epoch(r: &dyn Reads) -> Result<String> {
    text(r, EPOCH)?.ok_or_else(|| {
        Error::internal("服务器设置不全，请先运行 init。 The server is not initialised: run init first.")
    })
}

/// The server's first day, seconds.
pub fn born(r: &dyn Reads) -> Result<i64> {
    Ok(seconds(r, BORN)?.unwrap_or_default())
}

/// The county.
pub fn county(r: &dyn Reads) -> Result<Area> {
    text(r, COUNTY)?.and_then(|c| Area::parse(&c)).ok_or_else(|| {
        Error::internal("服务器设置不全，请先运行 init。 The server is not initialised: run init first.")
    })
}

/// Whether a restore was so recent that devices may still bring back what was lost.
pub fn in_recovery(r: &dyn Reads, now: i64) -> Result<bool> {
    Ok(seconds(r, RESTORED_AT)?.is_some_and(|at| now.saturating_sub(at) < crate::settings::RECOVERY))
}

/// By when everything was filed that was filed before the last restore, milliseconds: what is filed since is as late or later.
pub fn restored_by(r: &dyn Reads) -> Result<i64> {
    Ok(seconds(r, RESTORED_AT)?.map_or(0, |at| at.saturating_add(1).saturating_mul(1000)))
}

/// The pack in force, loaded.
pub fn pack(r: &dyn Reads) -> Result<app_core::policy::Pack> {
    let none = || Error::internal("服务器没有政策包。 No pack is in force.");
    let hash = text(r, PACK)?.ok_or_else(none)?;
    crate::routes::policy::load(&r.pack(&hash)?.ok_or_else(none)?)
}
