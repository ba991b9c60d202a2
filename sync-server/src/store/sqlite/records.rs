//! Records and the packs they name, in SQL.

use app_core::domain::Area;
use rusqlite::Row;

use super::reads::{View, kind_code, number, span};
use crate::error::Result;
use crate::store::rows::{LogKind, NewRecord, PackLine, RecordRow};

/// Most records looked at for one answer and area.
const LOOKED_AT: i64 = 5_000;

const RECORD: &str = "SELECT seq, hash, kind, area, at, person, bytes, filing FROM record";

fn record_row(r: &Row<'_>) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
        seq: number(r.get(0)?),
        hash: r.get(1)?,
        kind: r.get(2)?,
        area: r.get(3)?,
        at: r.get(4)?,
        person: r.get(5)?,
        bytes: r.get(6)?,
        filing: r.get(7)?,
    })
}

impl View<'_> {
    pub(super) fn record_by_hash(&self, hash: &[u8; 32]) -> Result<Option<RecordRow>> {
        self.one(&format!("{RECORD} WHERE hash = ?"), [hash], record_row)
    }

    pub(super) fn record_at_place(&self, seq: u64) -> Result<Option<RecordRow>> {
        self.one(&format!("{RECORD} WHERE seq = ?"), [i64::try_from(seq).unwrap_or(i64::MAX)], record_row)
    }

    pub(super) fn records_of_kinds(&self, kinds: &[&str]) -> Result<Vec<RecordRow>> {
        let mut all = Vec::new();
        for kind in kinds {
            all.extend(self.all(&format!("{RECORD} WHERE kind = ? ORDER BY at"), [kind], record_row)?);
        }
        all.sort_by_key(|r| (r.at, r.seq));
        Ok(all)
    }

    pub(super) fn places_of_records(&self, scope: &[Area], since: u64) -> Result<Vec<(u64, usize)>> {
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        let mut found: Vec<(u64, usize)> = Vec::new();
        for area in scope {
            let (from, to) = span(area);
            found.extend(self.all(
                "SELECT seq, size FROM record WHERE seq > ?3
                   AND ((area >= ?1 AND area < ?2) OR area IN (substr(?1, 1, 6), substr(?1, 1, 9), substr(?1, 1, 12)))
                 ORDER BY seq LIMIT ?4",
                (from, to, since, LOOKED_AT),
                |r| Ok((number(r.get(0)?), usize::try_from(r.get::<_, i64>(1)?).unwrap_or_default())),
            )?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    pub(super) fn time_of_latest_record(&self) -> Result<i64> {
        Ok(self.value::<Option<i64>>("SELECT max(at) FROM record", [])?.flatten().unwrap_or_default())
    }

    pub(super) fn pack_lines(&self) -> Result<Vec<PackLine>> {
        self.all("SELECT hash, id, version, added_at FROM pack ORDER BY added_at, hash", [], |r| {
            Ok(PackLine { hash: r.get(0)?, id: r.get(1)?, version: r.get(2)?, added_at: r.get(3)? })
        })
    }

    pub(super) fn insert_record(&self, new: &NewRecord<'_>) -> Result<u64> {
        let unit = format!("record/{}", new.area);
        let seconds = new.now;
        let mark = self.next_mark(&[unit.as_bytes(), &seconds.to_be_bytes(), new.hash])?;
        self.run(
            "INSERT INTO log (unit, kind, size, at, mark) VALUES (?, ?, 0, ?, ?)",
            (&unit, kind_code(LogKind::Record), seconds, mark),
        )?;
        let seq = self.news_of(&unit)?;
        self.run(
            "INSERT INTO record (seq, hash, kind, area, at, person, bytes, filing, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                i64::try_from(seq).unwrap_or(i64::MAX),
                new.hash,
                new.kind,
                new.area,
                new.at,
                new.person,
                new.bytes,
                new.filing,
                i64::try_from(new.bytes.len().saturating_add(new.filing.len())).unwrap_or(i64::MAX),
            ),
        )?;
        Ok(seq)
    }
}
