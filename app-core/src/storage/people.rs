//! Who writes under an actor, what an area is called, and the packs as the server sent them.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::error::Result;
use crate::wire;
use crate::wire::message::{ActorName, AreaName, PACK_NAME, PackFiles, PackRef};

/// The most bytes a stored pack may unfold to.
pub const PACK_LIMIT: usize = 16 << 20;

/// Packs kept beside those of open visits (some 60 KB each).
const PACKS: u32 = 64;

/// The most bytes a warrant may unfold to.
const WARRANT_LIMIT: usize = 64 << 10;

/// A person on a device, by actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// the server's id of the person
    pub person: String,
    pub name: String,
    /// what people call the device
    pub device: String,
}

impl Tx<'_> {
    /// Notes who writes under an actor, with the server's signed word where it came.
    pub fn write_actor(&self, a: &ActorName) -> Result<()> {
        let word = if a.warrant.is_some() { wire::encode(a)? } else { Vec::new() };
        self.conn
            .prepare_cached(
                "INSERT INTO actor (actor, person, name, device, warrant) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (actor) DO UPDATE SET person = excluded.person, name = excluded.name, device = excluded.device,
                   warrant = iif(length(excluded.warrant) > 0, excluded.warrant, warrant)",
            )?
            .execute(params![a.actor.as_slice(), a.person, a.name, a.device, word])?;
        Ok(())
    }

    /// What the server signed about actors, at most `count`: to be shown to it after a restore.
    pub fn vouched(&self, count: usize) -> Result<Vec<ActorName>> {
        let mut statement =
            self.conn.prepare_cached("SELECT warrant FROM actor WHERE length(warrant) > 0 ORDER BY actor LIMIT ?1")?;
        let rows = statement.query_map([i64::try_from(count).unwrap_or(i64::MAX)], |r| r.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| wire::decode(&bytes?, WARRANT_LIMIT)).collect()
    }

    /// Who writes under an actor; `None` when the server has not said.
    pub fn writer(&self, actor: &[u8; 16]) -> Result<Option<Writer>> {
        Ok(self
            .conn
            .prepare_cached("SELECT person, name, device FROM actor WHERE actor = ?1")?
            .query_row([actor.as_slice()], |r| Ok(Writer { person: r.get(0)?, name: r.get(1)?, device: r.get(2)? }))
            .optional()?)
    }

    /// Notes what areas are called.
    pub fn write_areas(&self, areas: &[AreaName]) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO area (code, name) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        )?;
        for area in areas {
            statement.execute([&area.code, &area.name])?;
        }
        Ok(())
    }

    /// Every area known here: code → name.
    pub fn areas(&self) -> Result<BTreeMap<String, String>> {
        let mut statement = self.conn.prepare_cached("SELECT code, name FROM area ORDER BY code")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps a pack's files. The packs fetched before stay: drafts begun with them are moved to the newer form by comparing
    /// both, and old visits are read in the form they were made with. Beyond [`PACKS`] the longest here go, but never one of
    /// an open visit or a proposal; a pack that is wanted again is fetched again by its hash.
    pub fn write_pack(&self, pack: &PackRef, files: &PackFiles, at: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO pack (hash, id, version, files, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (hash) DO UPDATE SET fetched_at = excluded.fetched_at",
            )?
            .execute(params![pack.hash, pack.id, pack.version, wire::encode(files)?, at])?;
        self.conn
            .prepare_cached(
                "DELETE FROM pack WHERE hash NOT IN (SELECT hash FROM pack ORDER BY fetched_at DESC, hash LIMIT ?1)
                   AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.pack <> '' AND substr(pack.hash, 1, length(j.pack)) = j.pack)
                   AND hash <> ?2 AND hash NOT IN (SELECT hash FROM pack_kept)",
            )?
            .execute(params![PACKS, pack.hash])?;
        self.note(|c| c.pack = true);
        Ok(())
    }

    /// The files of a pack by its hash.
    pub fn pack_files(&self, hash: &str) -> Result<Option<BTreeMap<String, Vec<u8>>>> {
        let bytes: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT files FROM pack WHERE hash = ?1")?
            .query_row([hash], |r| r.get(0))
            .optional()?;
        let Some(bytes) = bytes else { return Ok(None) };
        let pack: PackFiles = wire::decode(&bytes, PACK_LIMIT)?;
        Ok(Some(pack.files.into_iter().map(|(path, bytes)| (path, bytes.into_vec())).collect()))
    }

    /// The hash of the pack whose hash begins so (a visit names the first 12 digits), if it is here.
    pub fn pack_beginning(&self, name: &str) -> Result<Option<String>> {
        if name.len() < PACK_NAME || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        Ok(self
            .conn
            .prepare_cached("SELECT hash FROM pack WHERE substr(hash, 1, ?2) = ?1 ORDER BY hash LIMIT 1")?
            .query_row(params![name, i64::try_from(name.len()).unwrap_or(i64::MAX)], |r| r.get(0))
            .optional()?)
    }

    /// The pack to work with: the one in force, or, until its files have come, the one that was in force here before.
    pub fn pack_to_use(&self) -> Result<Option<String>> {
        if let Some(held) = self.pack_held()? {
            return Ok(Some(held));
        }
        match self.pack_used()? {
            Some(used) => self.pack_beginning(&used),
            None => Ok(None),
        }
    }

    /// The hash of the pack in force, if its files are here.
    pub fn pack_held(&self) -> Result<Option<String>> {
        let Some(pack) = self.pack_ref()? else { return Ok(None) };
        let here: bool = self
            .conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pack WHERE hash = ?1)")?
            .query_row([&pack.hash], |r| r.get(0))?;
        Ok(here.then_some(pack.hash))
    }
}
