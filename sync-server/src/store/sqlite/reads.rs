//! What can be asked, in SQL.

use app_core::domain::{Area, Person, Title};
use app_core::wire::message::PACK_NAME;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::Reads;
use crate::store::people::Entry;
use crate::store::rows::{
    ActorOwner, AreaRow, ChangeRow, DeviceRow, HouseholdRow, LogKind, LogRow, News, PackLine, PackRow, Parked,
    ParkedLine, ParkedWish, PersonRow, Place, RecordRow, TicketRow,
};

/// Most log rows looked at in one round.
const NEWS_MAX: usize = 200_000;

/// A consistent state.
pub(super) struct View<'a>(pub(super) &'a Connection, pub(super) Vec<Entry>);

impl<'a> View<'a> {
    /// Over a connection; the entries for the people log are gathered as they are written.
    pub(super) fn of(conn: &'a Connection) -> Self {
        Self(conn, Vec::new())
    }
}

impl View<'_> {
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.0.prepare_cached(sql)?.query_row(params, map).optional()?)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        Ok(self.0.prepare_cached(sql)?.query_map(params, map)?.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn value<T: FromSql>(&self, sql: &str, params: impl Params) -> Result<Option<T>> {
        self.one(sql, params, |r| r.get(0))
    }

    fn person_of(&self, id: String, name: String, title_code: &str, changed: i64) -> Result<PersonRow> {
        let codes: Vec<String> =
            self.all("SELECT area FROM person_area WHERE person = ? AND ended_at IS NULL ORDER BY area", [&id], |r| {
                r.get(0)
            })?;
        let scope = codes.iter().filter_map(|c| Area::parse(c)).collect();
        Ok(PersonRow { person: Person { id, name, title: title(title_code)?, scope }, changed_seq: number(changed) })
    }
}

impl Reads for View<'_> {
    fn setting(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.value("SELECT value FROM setting WHERE key = ?", [key])
    }

    fn pack(&self, hash: &str) -> Result<Option<PackRow>> {
        let sql =
            "SELECT hash, id, version, files FROM pack WHERE hash >= ?1 AND hash < ?1 || 'g' ORDER BY hash LIMIT 1";
        let named = hash.len() >= PACK_NAME && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if !named {
            return Ok(None);
        }
        self.one(sql, [hash], |r| Ok(PackRow { hash: r.get(0)?, id: r.get(1)?, version: r.get(2)?, files: r.get(3)? }))
    }

    fn areas_around(&self, scope: &[Area]) -> Result<Vec<AreaRow>> {
        let mut found = Vec::new();
        for area in scope {
            let (from, to) = span(area);
            found.extend(self.all(
                "SELECT code, name FROM area WHERE (code >= ?1 AND code < ?2) OR code IN (substr(?1, 1, 6), substr(?1, 1, 9), substr(?1, 1, 12)) ORDER BY code",
                [&from, &to],
                area_row,
            )?);
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.dedup();
        Ok(found)
    }

    fn areas(&self) -> Result<Vec<AreaRow>> {
        self.all("SELECT code, name FROM area ORDER BY code", [], area_row)
    }

    fn person(&self, id: &str) -> Result<Option<PersonRow>> {
        self.one("SELECT id, name, title, changed_seq FROM person WHERE id = ?", [id], person_parts)?
            .map(|(id, name, title, changed)| self.person_of(id, name, &title, changed))
            .transpose()
    }

    fn people(&self) -> Result<Vec<PersonRow>> {
        self.all("SELECT id, name, title, changed_seq FROM person ORDER BY created_at, id", [], person_parts)?
            .into_iter()
            .map(|(id, name, title, changed)| self.person_of(id, name, &title, changed))
            .collect()
    }

    fn former_areas(&self, person: &str, since: i64) -> Result<Vec<Area>> {
        let codes: Vec<String> =
            self.all("SELECT area FROM person_area WHERE person = ? AND ended_at >= ?", (person, since), |r| r.get(0))?;
        Ok(codes.iter().filter_map(|c| Area::parse(c)).collect())
    }

    fn left(&self, household: Uuid, seq: u64, late: i64, since: i64) -> Result<Vec<Area>> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let sql = "SELECT DISTINCT unit FROM log INDEXED BY log_by_departure WHERE kind = 3 AND household = ?1 AND at >= ?4 AND (seq > ?2 OR at >= ?3)";
        let codes: Vec<String> = self.all(sql, (household.as_bytes(), seq, late, since), |r| r.get(0))?;
        Ok(codes.iter().filter_map(|c| Area::parse(c)).collect())
    }

    fn ticket(&self, hash: &[u8]) -> Result<Option<TicketRow>> {
        self.one("SELECT person, expires_at, used_at, device FROM ticket WHERE hash = ?", [hash], |r| {
            let used: Option<i64> = r.get(2)?;
            let device: Option<String> = r.get(3)?;
            Ok(TicketRow {
                person: r.get(0)?,
                expires_at: r.get(1)?,
                used: used.map(|at| (at, device.unwrap_or_default())),
            })
        })
    }

    fn device_by_token(&self, hash: &[u8]) -> Result<Option<DeviceRow>> {
        self.one(&format!("{DEVICE} WHERE token_hash = ?"), [hash], device_row)
    }

    fn device(&self, id: &str) -> Result<Option<DeviceRow>> {
        self.one(&format!("{DEVICE} WHERE id = ?"), [id], device_row)
    }

    fn device_by_key(&self, key: &[u8]) -> Result<Option<DeviceRow>> {
        self.one(&format!("{DEVICE} WHERE key = ?"), [key], device_row)
    }

    fn devices(&self) -> Result<Vec<DeviceRow>> {
        self.all(&format!("{DEVICE} ORDER BY enrolled_at, id"), [], device_row)
    }

    fn actors_of(&self, device: &str) -> Result<Vec<[u8; 16]>> {
        self.all("SELECT id FROM actor WHERE device = ? ORDER BY added_at DESC, id", [device], |r| r.get(0))
    }

    fn owner(&self, actor: &[u8]) -> Result<Option<ActorOwner>> {
        let found = self.one(
            "SELECT d.id, d.name, d.key, p.id, p.name, p.title FROM actor a JOIN device d ON d.id = a.device JOIN person p ON p.id = d.person WHERE a.id = ?",
            [actor],
            |r| {
                let owner = ActorOwner {
                    device: r.get(0)?,
                    device_name: r.get(1)?,
                    device_key: r.get(2)?,
                    person: r.get(3)?,
                    person_name: r.get(4)?,
                    title: Title::GridWorker1,
                };
                Ok((owner, r.get::<_, String>(5)?))
            },
        )?;
        found.map(|(owner, code)| Ok(ActorOwner { title: title(&code)?, ..owner })).transpose()
    }

    fn household(&self, id: Uuid) -> Result<Option<HouseholdRow>> {
        self.one("SELECT unit, heads, snapshot FROM household WHERE id = ?", [id.as_bytes()], |r| {
            Ok(HouseholdRow { id, unit: r.get(0)?, heads: hashes(&r.get::<_, Vec<u8>>(1)?), snapshot: r.get(2)? })
        })
    }

    fn place(&self, id: Uuid) -> Result<Option<Place>> {
        self.one("SELECT unit, heads FROM household WHERE id = ?", [id.as_bytes()], |r| {
            Ok(Place { unit: r.get(0)?, heads: hashes(&r.get::<_, Vec<u8>>(1)?) })
        })
    }

    fn household_beginning(&self, beginning: &[u8]) -> Result<Option<Uuid>> {
        let end =
            |filler: u8| -> Vec<u8> { beginning.iter().copied().chain(std::iter::repeat(filler)).take(16).collect() };
        let found: Vec<[u8; 16]> =
            self.all("SELECT id FROM household WHERE id BETWEEN ? AND ? LIMIT 2", (end(0), end(255)), |r| r.get(0))?;
        Ok(match found.as_slice() {
            [one] => Some(Uuid::from_bytes(*one)),
            _ => None,
        })
    }

    fn households_in(&self, area: &Area, after: Option<Uuid>, limit: usize) -> Result<Vec<(Uuid, String, usize)>> {
        // A county is most of a server: walk by id. Anything smaller: gather its own and sort, so that the cost is its own.
        let by = if area.as_str().len() <= 6 { "household_by_id" } else { "household_by_unit" };
        let (from, to) = span(area);
        let after = after.map_or_else(Vec::new, |u| u.as_bytes().to_vec());
        let ids: Vec<(Vec<u8>, String)> = self.all(
            &format!("SELECT id, unit FROM household INDEXED BY {by} WHERE unit >= ?1 AND unit < ?2 AND id > ?3 ORDER BY id LIMIT ?4"),
            (from, to, after, i64::try_from(limit).unwrap_or(i64::MAX)),
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        ids.into_iter()
            .map(|(id, unit)| {
                let size: i64 =
                    self.value("SELECT length(snapshot) FROM household WHERE id = ?", [&id])?.unwrap_or_default();
                Ok((uuid(&id)?, unit, usize::try_from(size).unwrap_or_default()))
            })
            .collect()
    }

    fn count_households(&self) -> Result<u64> {
        Ok(number(self.value("SELECT count(*) FROM household", [])?.unwrap_or_default()))
    }

    fn actors_in(&self, household: Uuid) -> Result<Vec<Vec<u8>>> {
        self.all("SELECT actor FROM household_actor WHERE household = ? ORDER BY actor", [household.as_bytes()], |r| {
            r.get(0)
        })
    }

    fn has_change(&self, household: Uuid, hash: &[u8; 32]) -> Result<bool> {
        Ok(self
            .value::<i64>("SELECT 1 FROM log WHERE household = ? AND hash = ?", (household.as_bytes(), hash))?
            .is_some())
    }

    fn is_parked(&self, household: Uuid, hash: &[u8; 32]) -> Result<bool> {
        Ok(self
            .value::<i64>("SELECT 1 FROM parked WHERE household = ? AND hash = ?", (household.as_bytes(), hash))?
            .is_some())
    }

    fn parked(&self, household: Uuid, why: &str, after: Option<(i64, [u8; 32])>, limit: usize) -> Result<Vec<Parked>> {
        let (at, hash) = after.map_or((i64::MIN, Vec::new()), |(at, hash)| (at, hash.to_vec()));
        self.all(
            &format!("{PARKED} WHERE household = ? AND why = ? AND (at, hash) > (?, ?) ORDER BY at, hash LIMIT ?"),
            (household.as_bytes(), why, at, hash, i64::try_from(limit).unwrap_or(i64::MAX)),
            |r| parked_row(household, r),
        )
    }

    fn parked_change(&self, household: Uuid, hash: &[u8; 32]) -> Result<Option<Parked>> {
        self.one(&format!("{PARKED} WHERE household = ? AND hash = ?"), (household.as_bytes(), hash), |r| {
            parked_row(household, r)
        })
    }

    fn parked_waiting(&self, household: Uuid, on: Option<&[u8; 32]>) -> Result<Vec<[u8; 32]>> {
        self.all(
            "SELECT hash FROM parked WHERE household = ? AND waits = ? AND why = 'dependency' ORDER BY at, hash",
            (household.as_bytes(), on.map_or(&[][..], |on| on)),
            |r| r.get(0),
        )
    }

    fn parked_lines(&self, wish: &ParkedWish) -> Result<Vec<ParkedLine>> {
        let (at, hash) = wish.after.map_or((i64::MIN, Vec::new()), |(at, hash)| (at, hash.to_vec()));
        self.all(
            "SELECT household, hash, device, why, unit, at, size FROM parked
             WHERE (?1 IS NULL OR device = ?1) AND (?2 IS NULL OR household = ?2) AND (?3 IS NULL OR why = ?3)
               AND (at, hash) > (?4, ?5) ORDER BY at, hash LIMIT ?6",
            (
                &wish.device,
                wish.household.map(|h| h.as_bytes().to_vec()),
                &wish.why,
                at,
                hash,
                i64::try_from(wish.limit).unwrap_or(i64::MAX),
            ),
            |r| {
                Ok(ParkedLine {
                    household: Uuid::from_bytes(r.get(0)?),
                    hash: r.get(1)?,
                    device: r.get(2)?,
                    why: r.get(3)?,
                    unit: r.get(4)?,
                    at: r.get(5)?,
                    size: number(r.get(6)?),
                })
            },
        )
    }

    fn households_parked(&self, actor: &[u8; 16]) -> Result<Vec<Uuid>> {
        self.all("SELECT DISTINCT household FROM parked WHERE actor = ? ORDER BY household", [actor], |r| {
            r.get::<_, [u8; 16]>(0).map(Uuid::from_bytes)
        })
    }

    fn parked_of(&self, device: &str) -> Result<(u64, u64)> {
        let sum = self.one("SELECT count(*), coalesce(sum(size), 0) FROM parked WHERE device = ?", [device], |r| {
            Ok((number(r.get(0)?), number(r.get(1)?)))
        })?;
        Ok(sum.unwrap_or_default())
    }

    fn brought(&self, device: &str, day: i64) -> Result<u64> {
        let bytes = self.value("SELECT bytes FROM brought WHERE device = ? AND day = ?", (device, day))?;
        Ok(number(bytes.unwrap_or_default()))
    }

    fn parked_bytes(&self) -> Result<u64> {
        Ok(number(self.value("SELECT coalesce(sum(size), 0) FROM parked", [])?.unwrap_or_default()))
    }

    fn released(&self, device: &str, since: u64) -> Result<Vec<[u8; 32]>> {
        self.all(
            "SELECT hash FROM log WHERE carrier = 'parked' AND device = ? AND seq > ? AND hash IS NOT NULL ORDER BY seq LIMIT 1000",
            (device, i64::try_from(since).unwrap_or(i64::MAX)),
            |r| r.get(0),
        )
    }

    fn changes_of(&self, household: Uuid) -> Result<Vec<ChangeRow>> {
        self.all(
            "SELECT hash, bytes, actor FROM log WHERE household = ? AND hash IS NOT NULL ORDER BY seq",
            [household.as_bytes()],
            |r| Ok(ChangeRow { hash: r.get(0)?, bytes: r.get(1)?, actor: r.get(2)? }),
        )
    }

    fn last_seq(&self) -> Result<u64> {
        Ok(number(self.value::<Option<i64>>("SELECT max(seq) FROM log", [])?.flatten().unwrap_or_default()))
    }

    fn mark(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        self.value("SELECT mark FROM log WHERE seq = ?", [i64::try_from(seq).unwrap_or(i64::MAX)])
    }

    fn news(&self, areas: &[Area], since: u64) -> Result<News> {
        let mut news = News { rows: Vec::new(), upto: self.last_seq()? };
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        let mut units: Vec<String> = Vec::new();
        for area in areas {
            let (from, to) = span(area);
            units.extend(self.all(
                "SELECT code FROM unit WHERE code >= ? AND code < ? AND last_seq > ?",
                (from, to, since),
                |r| r.get::<_, String>(0),
            )?);
        }
        units.sort();
        units.dedup();
        let each = (NEWS_MAX / units.len().max(1)).clamp(100, 20_000);
        for unit in &units {
            let rows: Vec<(i64, i64)> = self.all(
                "SELECT seq, size FROM log WHERE unit = ? AND seq > ? ORDER BY seq LIMIT ?",
                (unit, since, i64::try_from(each).unwrap_or(i64::MAX)),
                |r| Ok((r.get(0)?, r.get(1)?)),
            )?;
            if rows.len() == each
                && let Some((last, _)) = rows.last()
            {
                news.upto = news.upto.min(number(*last));
            }
            news.rows.extend(rows.iter().map(|(s, n)| (number(*s), usize::try_from(*n).unwrap_or_default())));
        }
        news.rows.sort_unstable();
        news.rows.retain(|(seq, _)| *seq <= news.upto);
        Ok(news)
    }

    fn log(&self, seq: u64) -> Result<Option<LogRow>> {
        self.one(
            "SELECT kind, unit, household, other, bytes, actor, device, carrier FROM log WHERE seq = ?",
            [i64::try_from(seq).unwrap_or(i64::MAX)],
            |r| {
                let household: Option<Vec<u8>> = r.get(2)?;
                Ok(LogRow {
                    seq,
                    kind: kind(r.get(0)?),
                    unit: r.get(1)?,
                    household: household.and_then(|h| Uuid::from_slice(&h).ok()),
                    other: r.get(3)?,
                    bytes: r.get(4)?,
                    actor: r.get(5)?,
                    device: r.get(6)?,
                    carrier: r.get(7)?,
                })
            },
        )
    }

    fn record(&self, hash: &[u8; 32]) -> Result<Option<RecordRow>> {
        self.record_by_hash(hash)
    }

    fn record_at(&self, seq: u64) -> Result<Option<RecordRow>> {
        self.record_at_place(seq)
    }

    fn records_of(&self, kinds: &[&str]) -> Result<Vec<RecordRow>> {
        self.records_of_kinds(kinds)
    }

    fn record_places(&self, scope: &[Area], since: u64) -> Result<Vec<(u64, usize)>> {
        self.places_of_records(scope, since)
    }

    fn latest_record(&self) -> Result<i64> {
        self.time_of_latest_record()
    }

    fn packs(&self) -> Result<Vec<PackLine>> {
        self.pack_lines()
    }

    fn named_since(&self, scope: &[Area], since: u64) -> Result<bool> {
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        for area in scope {
            let (from, to) = span(area);
            let named: Option<i64> = self.value(
                "SELECT 1 FROM unit WHERE last_seq > ?3 AND ((code >= 'area/' || ?1 AND code < 'area/' || ?2)
                   OR code IN ('area/' || substr(?1, 1, 6), 'area/' || substr(?1, 1, 9), 'area/' || substr(?1, 1, 12))) LIMIT 1",
                (from, to, since),
            )?;
            if named.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

const PARKED: &str = "SELECT hash, device, why, words, unit, bytes, actor, proven, at FROM parked";

fn parked_row(household: Uuid, r: &Row<'_>) -> rusqlite::Result<Parked> {
    Ok(Parked {
        household,
        hash: r.get(0)?,
        device: r.get(1)?,
        why: r.get(2)?,
        words: r.get(3)?,
        unit: r.get(4)?,
        bytes: r.get(5)?,
        actor: r.get(6)?,
        proven: r.get(7)?,
        at: r.get(8)?,
    })
}

const DEVICE: &str = "SELECT id, person, name, key, enrolled_at, seen_at, scope_seq, heard_at, revoked_at FROM device";

fn title(code: &str) -> Result<Title> {
    Title::parse(code)
        .ok_or_else(|| Error::internal("数据库中有未知的职务。 There is an unknown title in the database."))
}

fn device_row(r: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        id: r.get(0)?,
        person: r.get(1)?,
        name: r.get(2)?,
        key: r.get(3)?,
        enrolled_at: r.get(4)?,
        seen_at: r.get(5)?,
        scope_seq: number(r.get(6)?),
        heard_at: r.get(7)?,
        revoked_at: r.get(8)?,
    })
}

fn person_parts(r: &Row<'_>) -> rusqlite::Result<(String, String, String, i64)> {
    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
}

fn area_row(r: &Row<'_>) -> rusqlite::Result<AreaRow> {
    Ok(AreaRow { code: r.get(0)?, name: r.get(1)? })
}

fn kind(code: i64) -> LogKind {
    match code {
        1 => LogKind::Change,
        2 => LogKind::Arrive,
        3 => LogKind::Leave,
        4 => LogKind::Person,
        6 => LogKind::Record,
        _ => LogKind::Area,
    }
}

/// The code of a kind in the table.
pub(super) fn kind_code(kind: LogKind) -> i64 {
    match kind {
        LogKind::Change => 1,
        LogKind::Arrive => 2,
        LogKind::Leave => 3,
        LogKind::Person => 4,
        LogKind::Area => 5,
        LogKind::Record => 6,
    }
}

/// Codes from (included) to (excluded) that lie in the area: `:` comes after the digits and after `-`.
pub(super) fn span(area: &Area) -> (String, String) {
    let code = area.as_str();
    (code.to_owned(), format!("{code}:"))
}

pub(super) fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

fn uuid(bytes: &[u8]) -> Result<Uuid> {
    Uuid::from_slice(bytes)
        .map_err(|e| Error::internal("数据库中的户编号损坏。 A household id in the database is damaged.").because(e))
}

fn hashes(bytes: &[u8]) -> Vec<[u8; 32]> {
    bytes.chunks_exact(32).filter_map(|c| c.try_into().ok()).collect()
}
