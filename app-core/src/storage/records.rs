//! Records: what this device signed and what came from others, each with where it stands; and the packs that proposals name.

use rusqlite::{OptionalExtension, Row, params};

use super::Tx;
use crate::domain::Area;
use crate::error::{Error, Result};
use crate::wire;
use crate::wire::message::{Hash, PackFiles, PackRef};
use crate::wire::record::{Carried, Filing, Record, STORED_MAX, meets};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// to go up
    Pending,
    /// the server has filed it
    Filed,
    /// a restored server may have lost it
    Again,
    /// the server would not take it
    Refused,
}

impl RecordState {
    fn read(code: &str) -> Self {
        match code {
            "filed" => Self::Filed,
            "again" => Self::Again,
            "refused" => Self::Refused,
            _ => Self::Pending,
        }
    }
}

/// A record on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub hash: Hash,
    pub record: Record,
    /// the server's word, once it is filed
    pub filing: Option<Filing>,
    pub state: RecordState,
    /// code of the refusal
    pub why: String,
    /// its words
    pub words: String,
}

const RECORD: &str = "SELECT hash, bytes, filing, state, why, words FROM record";

type Columns = (Hash, Vec<u8>, Vec<u8>, String, String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn stored((hash, bytes, filing, state, why, words): Columns) -> Result<StoredRecord> {
    let filing = if filing.is_empty() { None } else { Some(wire::decode(&filing, STORED_MAX)?) };
    let record = wire::decode(&bytes, STORED_MAX)?;
    Ok(StoredRecord { hash, record, filing, state: RecordState::read(&state), why, words })
}

impl Tx<'_> {
    /// Keeps a record that this device has signed; it goes up with the next round.
    pub fn write_record(&self, record: &Record) -> Result<Hash> {
        let hash = record.hash();
        self.insert_record(&hash, record, None, "pending")?;
        Ok(hash)
    }

    fn insert_record(&self, hash: &Hash, record: &Record, filing: Option<&Filing>, state: &str) -> Result<()> {
        let word = filing.map_or(Ok(Vec::new()), wire::encode)?;
        let at = filing.map_or(record.at, |f| f.at);
        self.conn
            .prepare_cached(
                "INSERT INTO record (hash, kind, area, at, bytes, filing, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![hash.as_slice(), record.kind, record.area, at, wire::encode(record)?, word, state])?;
        self.note(|c| c.records = true);
        Ok(())
    }

    /// Takes in a record that came with the server's word; whether it is new here.
    pub fn take_record(&self, hash: &Hash, record: &Record, filing: &Filing) -> Result<bool> {
        if self.file_record(hash, filing)? {
            return Ok(false);
        }
        self.insert_record(hash, record, Some(filing), "filed")?;
        Ok(true)
    }

    /// The server has filed a record; whether it is here.
    pub fn file_record(&self, hash: &Hash, filing: &Filing) -> Result<bool> {
        let changed = self
            .conn
            .prepare_cached(
                "UPDATE record SET state = 'filed', filing = ?2, at = ?3, why = '', words = '' WHERE hash = ?1",
            )?
            .execute(params![hash.as_slice(), wire::encode(filing)?, filing.at])?;
        self.note(|c| c.records |= changed > 0);
        Ok(changed > 0)
    }

    /// The server would not take a record: it stays here with the reason.
    pub fn refuse_record(&self, hash: &Hash, why: &str, words: &str) -> Result<()> {
        self.conn
            .prepare_cached(
                "UPDATE record SET state = 'refused', why = ?2, words = ?3 WHERE hash = ?1 AND state IN ('pending', 'again')",
            )?
            .execute(params![hash.as_slice(), why, words])?;
        self.note(|c| c.records = true);
        Ok(())
    }

    /// Records of some kinds in the order of the server, those not filed yet last.
    pub fn records_of(&self, kinds: &[&str]) -> Result<Vec<StoredRecord>> {
        let mut all = Vec::new();
        for kind in kinds {
            let mut statement = self.conn.prepare_cached(&format!("{RECORD} WHERE kind = ?1 ORDER BY at, num"))?;
            let rows = statement.query_map([kind], columns)?;
            all.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        let mut all = all.into_iter().map(stored).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|r| (r.filing.is_none(), r.filing.as_ref().map_or(r.record.at, |f| f.at)));
        Ok(all)
    }

    /// Records that are to go up, the oldest first; those that a restored server may have lost only once it has said which
    /// ones it has (`again`).
    pub fn records_to_push(&self, count: usize, bytes: usize, again: bool) -> Result<Vec<(Hash, Carried)>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{RECORD} WHERE state = 'pending' OR (?1 AND state = 'again') ORDER BY filing = x'', at, num"
        ))?;
        let mut rows = statement.query([again])?;
        let (mut found, mut size) = (Vec::new(), 0_usize);
        while let Some(row) = rows.next()? {
            let columns = columns(row)?;
            size = size.saturating_add(columns.1.len());
            if !found.is_empty() && (found.len() >= count || size > bytes) {
                break;
            }
            let record = stored(columns)?;
            found.push((record.hash, Carried { record: record.record, filing: record.filing }));
        }
        Ok(found)
    }

    /// How many records the server has not got, and how many it would not take.
    pub fn record_counts(&self) -> Result<(u32, u32)> {
        let count = |state: &str| -> Result<u32> {
            let mut statement = self.conn.prepare_cached("SELECT count(*) FROM record WHERE state = ?1")?;
            Ok(statement.query_row([state], |r| r.get(0))?)
        };
        Ok((count("pending")?.saturating_add(count("again")?), count("refused")?))
    }

    /// The server was restored: it says again which records it has; the others are given back to it.
    pub fn doubt_records(&self) -> Result<()> {
        let doubted =
            self.conn.prepare_cached("UPDATE record SET state = 'again' WHERE state = 'filed'")?.execute([])?;
        self.conn.prepare_cached("UPDATE pack_kept SET uploaded = 0")?.execute([])?;
        if doubted > 0 { self.set_records_from(Some(0)) } else { Ok(()) }
    }

    /// The person's areas changed: records of areas that are theirs no longer go, those of new ones are fetched.
    pub(super) fn records_for(&self, scope: &[Area]) -> Result<()> {
        let areas: Vec<String> = {
            let mut statement = self.conn.prepare_cached("SELECT DISTINCT area FROM record WHERE state = 'filed'")?;
            statement.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?
        };
        for code in areas {
            if !Area::parse(&code).is_some_and(|area| meets(&area, scope)) {
                self.conn.prepare_cached("DELETE FROM record WHERE area = ?1 AND state = 'filed'")?.execute([&code])?;
            }
        }
        self.set_records_from(Some(0))
    }

    // ---- packs that proposals name -----------------------------------------------------------------------------

    /// Keeps a pack's files for a proposal, whatever is in force. `uploaded`: they came from the server. `at`: seconds since
    /// 1970; once in force it counts as fetched then.
    pub fn keep_pack(&self, pack: &PackRef, files: &PackFiles, uploaded: bool, at: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO pack (hash, id, version, files, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (hash) DO NOTHING",
            )?
            .execute(params![pack.hash, pack.id, pack.version, wire::encode(files)?, at])?;
        self.conn
            .prepare_cached(
                "INSERT INTO pack_kept (hash, uploaded) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET uploaded = max(uploaded, ?2)",
            )?
            .execute(params![pack.hash, uploaded])?;
        Ok(())
    }

    /// The server lacks a pack that is here; `false` when it is not.
    pub fn offer_pack(&self, hash: &str) -> Result<bool> {
        let here = self.pack_is_here(hash)?;
        if here {
            self.conn
                .prepare_cached(
                    "INSERT INTO pack_kept (hash, uploaded) VALUES (?1, 0) ON CONFLICT (hash) DO UPDATE SET uploaded = 0",
                )?
                .execute([hash])?;
        }
        Ok(here)
    }

    /// Hashes of packs whose files are to go up: kept for a proposal, and the server has not got them.
    pub fn packs_to_upload(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash FROM pack_kept WHERE uploaded = 0 AND hash IN (SELECT hash FROM pack) ORDER BY hash",
        )?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The server has a pack's files.
    pub fn pack_uploaded(&self, hash: &str) -> Result<()> {
        self.conn.prepare_cached("UPDATE pack_kept SET uploaded = 1 WHERE hash = ?1")?.execute([hash])?;
        Ok(())
    }

    /// A pack is no proposal's any more.
    pub fn release_pack(&self, hash: &str) -> Result<()> {
        self.conn.prepare_cached("DELETE FROM pack_kept WHERE hash = ?1")?.execute([hash])?;
        Ok(())
    }

    /// Packs kept for proposals.
    pub fn packs_kept(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached("SELECT hash FROM pack_kept ORDER BY hash")?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a pack's files are here.
    pub fn pack_is_here(&self, hash: &str) -> Result<bool> {
        let found: Option<i64> = self
            .conn
            .prepare_cached("SELECT 1 FROM pack WHERE hash = ?1")?
            .query_row([hash], |r| r.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    /// A pack's files as they are sent.
    pub fn pack_as_sent(&self, hash: &str) -> Result<PackFiles> {
        let files = self.pack_files(hash)?.ok_or_else(|| {
            Error::invalid("本机没有这个政策包的文件。 The files of this pack are not on this device.")
        })?;
        Ok(PackFiles { files: files.into_iter().map(|(path, b)| (path, b.into())).collect() })
    }
}
