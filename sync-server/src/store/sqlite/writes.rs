//! What can be changed, in SQL. Every row that a device may have to hear of takes its place in the log here.

use app_core::domain::{Area, Person};
use rusqlite::{OptionalExtension, Params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::reads::{View, kind_code};
use crate::error::{Error, Result};
use crate::store::people::Entry;
use crate::store::rows::{HouseholdRow, LogKind, NewDevice, NewRecord, NewTicket, PackRow, Parked, PushRow, Unsaved};
use crate::store::{Reads, Writes};

impl View<'_> {
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.0.prepare_cached(sql)?.execute(params)?)
    }

    /// Takes the next place in the log for a row without bytes.
    fn tell(
        &self,
        unit: &str,
        kind: LogKind,
        household: Option<Uuid>,
        other: Option<&str>,
        device: Option<&str>,
        at: i64,
    ) -> Result<u64> {
        self.run(
            "INSERT INTO log (unit, kind, size, at, household, other, device, mark) VALUES (?, ?, 0, ?, ?, ?, ?, ?)",
            (
                unit,
                kind_code(kind),
                at,
                household.map(|h| h.as_bytes().to_vec()),
                other,
                device,
                self.next_mark(&[unit.as_bytes(), &at.to_be_bytes(), household.unwrap_or_default().as_bytes()])?,
            ),
        )?;
        self.news_of(unit)
    }

    /// The mark of the next row: it hangs on the row before, and so on every row.
    pub(super) fn next_mark(&self, row: &[&[u8]]) -> Result<Vec<u8>> {
        let before: Option<Vec<u8>> = self
            .0
            .prepare_cached("SELECT mark FROM log ORDER BY seq DESC LIMIT 1")?
            .query_row([], |r| r.get(0))
            .optional()?;
        let mut hasher = Sha256::new();
        hasher.update(before.unwrap_or_default());
        for part in row {
            hasher.update(part);
        }
        Ok(hasher.finalize().iter().take(8).copied().collect())
    }

    pub(super) fn news_of(&self, unit: &str) -> Result<u64> {
        let seq = self.0.last_insert_rowid();
        self.run(
            "INSERT INTO unit (code, last_seq) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET last_seq = ?2",
            (unit, seq),
        )?;
        Ok(u64::try_from(seq).unwrap_or_default())
    }
}

impl Writes for View<'_> {
    fn set(&mut self, key: &str, value: &[u8]) -> Result<()> {
        self.run(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            (key, value),
        )?;
        Ok(())
    }

    fn put_pack(&mut self, pack: &PackRow, at: i64) -> Result<()> {
        self.run(
            "INSERT INTO pack (hash, id, version, added_at, files) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
            (&pack.hash, &pack.id, &pack.version, at, &pack.files),
        )?;
        Ok(())
    }

    fn put_area(&mut self, area: &Area, name: &str, at: i64) -> Result<bool> {
        let changed = self.run(
            "INSERT INTO area (code, name) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET name = ?2 WHERE name <> ?2",
            (area.as_str(), name),
        )? > 0;
        if changed {
            self.tell(&format!("area/{}", area.as_str()), LogKind::Area, None, None, None, at)?;
        }
        Ok(changed)
    }

    fn put_person(&mut self, person: &Person, at: i64) -> Result<()> {
        let seq = self.tell(&format!("person/{}", person.id), LogKind::Person, None, None, None, at)?;
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        self.run(
            "INSERT INTO person (id, name, title, changed_seq, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = ?2, title = ?3, changed_seq = ?4",
            (&person.id, &person.name, person.title.code(), seq, at),
        )?;
        self.1.push(Entry::person(person, at));
        let kept: Vec<&str> = person.scope.iter().map(Area::as_str).collect();
        if let Some(before) = self.person(&person.id)? {
            for gone in before.person.scope.iter().filter(|a| !kept.contains(&a.as_str())) {
                self.run(
                    "UPDATE person_area SET ended_at = ? WHERE person = ? AND area = ?",
                    (at, &person.id, gone.as_str()),
                )?;
            }
        }
        for code in kept {
            self.run(
                "INSERT INTO person_area (person, area, ended_at) VALUES (?1, ?2, NULL) ON CONFLICT (person, area) DO UPDATE SET ended_at = NULL",
                (&person.id, code),
            )?;
        }
        Ok(())
    }

    fn end_area(&mut self, person: &str, area: &Area, at: i64) -> Result<bool> {
        let changed = self.run(
            "INSERT INTO person_area (person, area, ended_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (person, area) DO UPDATE SET ended_at = ?3 WHERE ended_at < ?3",
            (person, area.as_str(), at),
        )?;
        Ok(changed > 0)
    }

    fn put_ticket(&mut self, t: &NewTicket) -> Result<()> {
        self.run(
            "INSERT INTO ticket (hash, person, created_at, expires_at) VALUES (?, ?, ?, ?)",
            (&t.hash, &t.person, t.created_at, t.expires_at),
        )?;
        self.1.push(Entry::ticket(t));
        Ok(())
    }

    fn use_ticket(&mut self, hash: &[u8], device: &str, at: i64) -> Result<()> {
        match self
            .run("UPDATE ticket SET used_at = ?, device = ? WHERE hash = ? AND used_at IS NULL", (at, device, hash))?
        {
            1 => {
                self.1.push(Entry::Used { hash: hex::encode(hash), device: device.to_owned(), at });
                Ok(())
            }
            _ => Err(Error::new(
                crate::error::Why::TicketUsed,
                "这个登记码已经用过，没有登记。一个登记码只能登记一台设备，请向发码人要一个新的。 This ticket was used already; nothing was enrolled. A ticket enrols one device: ask for a new one.",
            )),
        }
    }

    fn renew_token(&mut self, device: &str, token_hash: &[u8]) -> Result<()> {
        self.run("UPDATE device SET token_hash = ? WHERE id = ?", (token_hash, device))?;
        self.1.push(Entry::Token { device: device.to_owned(), token_hash: hex::encode(token_hash) });
        Ok(())
    }

    fn put_device(&mut self, d: &NewDevice) -> Result<()> {
        self.run(
            "INSERT INTO device (id, person, name, key, token_hash, enrolled_at, seen_at, scope_seq, heard_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?6)",
            (&d.id, &d.person, &d.name, &d.key, &d.token_hash, d.at, i64::try_from(d.scope_seq).unwrap_or(i64::MAX)),
        )?;
        self.1.push(Entry::device(d));
        Ok(())
    }

    fn seen(&mut self, device: &str, at: i64, scope_seq: u64) -> Result<()> {
        self.run(
            "UPDATE device SET seen_at = max(seen_at, ?1), heard_at = iif(scope_seq < ?2, ?1, heard_at), scope_seq = max(scope_seq, ?2)
             WHERE id = ?3",
            (at, i64::try_from(scope_seq).unwrap_or(i64::MAX), device),
        )?;
        Ok(())
    }

    fn add_brought(&mut self, device: &str, day: i64, bytes: u64) -> Result<()> {
        self.run(
            "INSERT INTO brought (device, day, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (device) DO UPDATE SET bytes = excluded.bytes + iif(day = excluded.day, bytes, 0), day = excluded.day",
            (device, day, i64::try_from(bytes).unwrap_or(i64::MAX)),
        )?;
        Ok(())
    }

    fn revoke(&mut self, device: &str, at: i64) -> Result<bool> {
        let done = self.run("UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (at, device))? > 0;
        if done {
            self.1.push(Entry::Revoked { device: device.to_owned(), at });
        }
        Ok(done)
    }

    fn put_actor(&mut self, actor: &[u8], device: &str, at: i64) -> Result<bool> {
        if let Some(owner) = self.owner(actor)? {
            return Ok(owner.device == device);
        }
        self.run("INSERT INTO actor (id, device, added_at) VALUES (?, ?, ?)", (actor, device, at))?;
        self.1.push(Entry::Actor { id: hex::encode(actor), device: device.to_owned(), at });
        Ok(true)
    }

    fn found(&mut self, h: &HouseholdRow, device: Option<&str>, at: i64) -> Result<()> {
        self.run(
            "INSERT INTO household (id, unit, heads, snapshot) VALUES (?, ?, ?, ?)",
            (h.id.as_bytes(), &h.unit, h.heads.as_flattened(), &h.snapshot),
        )?;
        self.tell(&h.unit, LogKind::Arrive, Some(h.id), None, device, at)?;
        Ok(())
    }

    fn move_household(&mut self, id: Uuid, to: &str, at: i64) -> Result<()> {
        let Some(place) = self.place(id)? else {
            return Err(Error::new(crate::error::Why::NotFound, "没有这一户。 There is no such household."));
        };
        if place.unit == to {
            return Ok(());
        }
        self.run("UPDATE household SET unit = ? WHERE id = ?", (to, id.as_bytes()))?;
        self.tell(&place.unit, LogKind::Leave, Some(id), Some(to), None, at)?;
        self.tell(to, LogKind::Arrive, Some(id), Some(&place.unit), None, at)?;
        self.1.push(Entry::Moved { household: id.to_string(), grid: to.to_owned(), at });
        Ok(())
    }

    fn save(&mut self, id: Uuid, heads: &[[u8; 32]], snapshot: &[u8]) -> Result<()> {
        self.run(
            "UPDATE household SET heads = ?, snapshot = ? WHERE id = ?",
            (heads.as_flattened(), snapshot, id.as_bytes()),
        )?;
        Ok(())
    }

    fn append(&mut self, c: &Unsaved<'_>) -> Result<u64> {
        self.run(
            "INSERT INTO log (unit, kind, size, at, household, hash, bytes, actor, device, carrier, push, mark) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                c.unit,
                i64::try_from(c.bytes.len()).unwrap_or(i64::MAX),
                c.at,
                c.household.as_bytes(),
                &c.hash,
                c.bytes,
                c.actor,
                c.device,
                c.carrier,
                c.push,
                self.next_mark(&[c.unit.as_bytes(), &c.at.to_be_bytes(), c.household.as_bytes(), &c.hash])?,
            ),
        )?;
        let seq = self.news_of(c.unit)?;
        if c.device.is_some() {
            self.run(
                "INSERT INTO household_actor (household, actor) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (c.household.as_bytes(), c.actor),
            )?;
        }
        self.run(
            "UPDATE parked SET waits = x'' WHERE household = ? AND waits = ? AND why = 'dependency'",
            (c.household.as_bytes(), &c.hash),
        )?;
        Ok(seq)
    }

    fn file_record(&mut self, record: &NewRecord<'_>) -> Result<u64> {
        self.insert_record(record)
    }

    fn put_push(&mut self, p: &PushRow<'_>) -> Result<i64> {
        self.run(
            "INSERT INTO push (device, at, hashes, sig) VALUES (?, ?, ?, ?)",
            (p.device, p.at, p.hashes.as_flattened(), p.sig),
        )?;
        Ok(self.0.last_insert_rowid())
    }

    fn park(&mut self, p: &Parked) -> Result<()> {
        self.run(
            "INSERT INTO parked (household, hash, device, at, why, words, unit, bytes, size, actor, proven)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (household, hash) DO UPDATE SET why = excluded.why, words = excluded.words, proven = max(proven, excluded.proven), waits = x''",
            (
                p.household.as_bytes(),
                &p.hash,
                &p.device,
                p.at,
                &p.why,
                &p.words,
                &p.unit,
                &p.bytes,
                i64::try_from(p.bytes.len()).unwrap_or(i64::MAX),
                &p.actor,
                p.proven,
            ),
        )?;
        Ok(())
    }

    fn set_waits(&mut self, household: Uuid, hash: &[u8; 32], on: &[u8; 32]) -> Result<()> {
        self.run(
            "UPDATE parked SET waits = ? WHERE household = ? AND hash = ?",
            (on.as_slice(), household.as_bytes(), hash),
        )?;
        Ok(())
    }

    fn unpark(&mut self, household: Uuid, hash: &[u8; 32]) -> Result<()> {
        self.run("DELETE FROM parked WHERE household = ? AND hash = ?", (household.as_bytes(), hash))?;
        Ok(())
    }

    fn put_import(&mut self, sha256: &[u8], households: u64, founded: u64, at: i64) -> Result<()> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.run(
            "INSERT INTO import (at, sha256, households, founded) VALUES (?, ?, ?, ?)",
            (at, sha256, count(households), count(founded)),
        )?;
        Ok(())
    }
}
