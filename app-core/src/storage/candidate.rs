//! The forms and policy that this desk is trying: kept here, in force nowhere.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use serde_bytes::ByteBuf;

use super::Tx;
use super::people::PACK_LIMIT;
use crate::error::Result;
use crate::wire;
use crate::wire::message::PackFiles;

/// The last workbook that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// of the file
    pub name: String,
    /// seconds since 1970
    pub at: i64,
    /// name of who uploaded it
    pub person: String,
    /// slug where the workbook held one form, or empty
    pub form: String,
    /// JSON of the service
    pub report: String,
    /// path → bytes; `None` when it is faulty
    pub files: Option<BTreeMap<String, Vec<u8>>>,
    /// its files cannot be read any more
    pub damaged: bool,
}

impl Tx<'_> {
    /// Keeps it in place of the one before.
    pub fn write_candidate(&self, kept: &Kept) -> Result<()> {
        let files = match &kept.files {
            Some(files) => {
                let files = files.iter().map(|(path, bytes)| (path.clone(), ByteBuf::from(bytes.clone()))).collect();
                wire::encode(&PackFiles { files })?
            }
            None => Vec::new(),
        };
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO candidate (one, name, at, person, form, report, files) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![kept.name, kept.at, kept.person, kept.form, kept.report, files])?;
        Ok(())
    }

    /// The one that is kept.
    pub fn candidate(&self) -> Result<Option<Kept>> {
        let row = self
            .conn
            .prepare_cached("SELECT name, at, person, form, report, files FROM candidate")?
            .query_row([], |r| {
                let kept = Kept {
                    name: r.get(0)?,
                    at: r.get(1)?,
                    person: r.get(2)?,
                    form: r.get(3)?,
                    report: r.get(4)?,
                    files: None,
                    damaged: false,
                };
                Ok((kept, r.get::<_, Vec<u8>>(5)?))
            })
            .optional()?;
        let Some((kept, bytes)) = row else { return Ok(None) };
        if bytes.is_empty() {
            return Ok(Some(kept));
        }
        // What was only tried must not lock the screen from which it can be thrown away.
        let Ok(pack) = wire::decode::<PackFiles>(&bytes, PACK_LIMIT) else {
            return Ok(Some(Kept { damaged: true, ..kept }));
        };
        let files = pack.files.into_iter().map(|(path, bytes)| (path, bytes.into_vec())).collect();
        Ok(Some(Kept { files: Some(files), ..kept }))
    }

    /// Its files as a bad disk leaves them.
    #[cfg(test)]
    pub fn tear_candidate(&self) -> Result<()> {
        self.conn.prepare_cached("UPDATE candidate SET files = X'01020304'")?.execute([])?;
        Ok(())
    }

    /// Throws it away.
    pub fn drop_candidate(&self) -> Result<()> {
        self.conn.prepare_cached("DELETE FROM candidate")?.execute([])?;
        Ok(())
    }

    /// When the pack of this hash came here, seconds since 1970.
    pub fn pack_came(&self, hash: &str) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT fetched_at FROM pack WHERE hash = ?1")?
            .query_row([hash], |r| r.get(0))
            .optional()?)
    }
}
