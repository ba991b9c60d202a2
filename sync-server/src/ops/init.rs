//! Setting a server up, and publishing a pack.

use std::path::{Path, PathBuf};

use app_core::domain::Area;
use app_core::domain::id::short_id;
use app_core::policy::Pack;
use app_core::wire;
use app_core::wire::message::PackFiles;
use app_core::wire::record::packs::{PUBLISHED, PackPublished};
use app_core::wire::record::{Record, to_body};
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::{BORN, COUNTY, EPOCH, NAME, PACK, PACK_AT, URL};
use crate::error::{Error, Result};
use crate::intake::records::file_as_operator;
use crate::store::rows::PackRow;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, Writes, read, write};

/// How to set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// the server's name, shown on phones
    pub name: String,
    /// the county's code
    pub county: Area,
    /// names and addresses under which devices reach it
    pub hosts: Vec<String>,
    /// the address that tickets carry
    pub url: Option<String>,
}

/// A server that was set up.
#[derive(Debug, Serialize)]
pub struct Made {
    /// its epoch
    pub epoch: String,
    /// SHA-256 of its certificate
    pub fingerprint: String,
    /// hash of the pack in force
    pub pack: String,
}

/// Sets up a data folder: epoch, keys, certificate, pack.
pub fn init(data: &Path, setup: Setup, pack: &Pack, now: i64) -> Result<Made> {
    std::fs::create_dir_all(data)?;
    private(data)?;
    let store = SqliteStore::open(&crate::settings::database(data), true)?;
    let row = pack_row(pack)?;
    write(&store, move |w| {
        let day = now.saturating_sub(now.rem_euclid(86_400));
        w.set(NAME, setup.name.as_bytes())?;
        w.set(COUNTY, setup.county.as_str().as_bytes())?;
        w.set(BORN, day.to_string().as_bytes())?;
        if let Some(url) = &setup.url {
            w.set(URL, url.as_bytes())?;
        }
        new_epoch(w)?;
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        hosts.extend(setup.hosts);
        hosts.dedup();
        crate::keys::make(w, &hosts)?;
        w.put_pack(&row, now)?;
        w.set(PACK_AT, now.saturating_mul(1000).to_string().as_bytes())?;
        w.set(PACK, row.hash.as_bytes())
    })?;
    read(&store, |r| {
        Ok(Made {
            epoch: super::epoch(r)?,
            fingerprint: crate::keys::fingerprint(r)?,
            pack: super::text(r, PACK)?.unwrap_or_default(),
        })
    })
}

/// The operator puts a pack in force, without a second person: the exception to the rule, recorded as what it is and signed
/// by the server. Devices take it at their next round.
pub fn publish_pack(store: &dyn Store, pack: &Pack, now: i64) -> Result<String> {
    let row = pack_row(pack)?;
    let hash = row.hash.clone();
    write(store, move |w| {
        w.put_pack(&row, now)?;
        if super::text(&*w, PACK)?.as_deref() == Some(&row.hash) {
            return Ok(());
        }
        let county = super::county(&*w)?;
        let sign = crate::keys::signing(&*w)?.to_bytes();
        let hash = hex::decode(&row.hash).unwrap_or_default();
        let body = PackPublished {
            proposal: ByteBuf::new(),
            pack: ByteBuf::from(hash.clone()),
            id: row.id.clone(),
            version: row.version.clone(),
        };
        let body = to_body(&body).ok_or_else(|| Error::internal("记录写不出。 The record cannot be written."))?;
        let (nonce, at) = (app_core::domain::id::nonce(), now.saturating_mul(1000));
        let record = Record::signed(nonce, PUBLISHED, &county, at, &[&hash], body, &sign);
        file_as_operator(w, &record, &sign, now)
    })?;
    Ok(hash)
}

/// A pack as it is kept.
pub fn pack_row(pack: &Pack) -> Result<PackRow> {
    let files = pack.files().iter().map(|(path, b)| (path.clone(), ByteBuf::from(b.clone()))).collect();
    let manifest = pack.manifest();
    Ok(PackRow {
        hash: hex::encode(pack.hash()),
        id: manifest.id.clone(),
        version: manifest.version.clone(),
        files: wire::encode(&PackFiles { files })?,
    })
}

/// A new epoch: devices compare what they hold with what is here.
pub(super) fn new_epoch(w: &mut dyn Writes) -> Result<()> {
    // Six characters are 30 random bits, and go up with every round.
    let epoch: String = short_id().chars().take(6).collect();
    w.set(EPOCH, epoch.as_bytes())
}

/// Loads a pack; without a path, the shipped one: under the working folder, or next to the program.
pub fn load_pack(path: Option<PathBuf>) -> Result<Pack> {
    let path = match path {
        Some(path) => path,
        None => shipped()
            .ok_or_else(|| Error::invalid("找不到政策包，请用 --pack 指定。 No pack was found: give --pack DIR."))?,
    };
    Pack::load_dir(&path).map_err(|e| Error::invalid(format!("政策包有误。 The pack is faulty:\n{e}")).because(e))
}

fn shipped() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent).map(|d| d.join("packs/guangxi-2023"));
    [Some(PathBuf::from("app-core/packs/guangxi-2023")), beside]
        .into_iter()
        .flatten()
        .find(|d| d.join("pack.toml").is_file())
}

/// The pack with its dates moved so that `today` falls in the middle of the field phase (a demo, a delayed campaign).
pub fn shift_to_field_phase(pack: Pack, today: chrono::NaiveDate) -> Result<Pack> {
    let field = pack.phases().iter().find(|p| p.id == "field").and_then(|p| p.from.zip(p.to));
    let (from, to) =
        field.ok_or_else(|| Error::invalid("政策包没有开展排查阶段的起止日期。 The pack has no dated field phase."))?;
    let middle = from.checked_add_signed((to - from) / 2).unwrap_or(from);
    let days = (today - middle).num_days();
    let shifted = pack.phases_shifted(days);
    pack.with_phases(shifted).map_err(|e| Error::invalid("政策包日期平移失败。 The phases cannot be moved.").because(e))
}

/// The folder is its owner's alone: the database holds keys and households.
fn private(data: &Path) -> Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(data, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    #[cfg(not(unix))]
    let _ = data;
    Ok(())
}
