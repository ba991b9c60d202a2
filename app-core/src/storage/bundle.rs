//! What travels without a server: envelopes that are carried, parcels that were opened, who else holds a household.

use rusqlite::params;

use super::Tx;
use super::household::household_id;
use super::journal::{Entry, EntryKind, JournalState, OpenVisit};
use crate::domain::Area;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::wire;
use crate::wire::bundle::{Draft, DraftEntry, Parcel, ParcelBody, UNFOLDED_MAX, envelope_hash};
use crate::wire::message::Hash;
use crate::wire::seal::{AreaKey, Sealed};

/// The most bytes of envelopes carried for others.
const CARRIED_BYTES: i64 = 64 << 20;
/// The most envelopes carried.
const CARRIED_COUNT: i64 = 500;
/// The most devices of which a parcel is kept.
const PARCELS: i64 = 64;
/// The most bytes of them.
const PARCEL_BYTES: i64 = 64 << 20;

/// An envelope on its way to the server.
#[derive(Debug, Clone)]
pub struct Carried {
    pub hash: Hash,
    pub sealed: Sealed,
    /// milliseconds since 1970, this device's clock
    pub came_at: i64,
    /// it could be opened here
    pub opened: bool,
}

/// How much is carried for others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carrying {
    /// envelopes that the server has not got
    pub envelopes: u32,
    /// their bytes
    pub bytes: u64,
    /// of them, those that could not be opened here
    pub closed: u32,
}

/// Somebody else's device that holds all of a household that is held here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// name of its person
    pub name: String,
    pub heads: Vec<Hash>,
    /// milliseconds since 1970, that device's clock
    pub at: i64,
}

// Names among the small values (`meta`).
const PARCELS_AGAIN: &str = "parcels_again";
const AREA_KEYS: &str = "area_keys";
/// The most area keys kept: a person's few areas, a few generations of each.
const AREA_KEYS_KEPT: usize = 64;

impl Tx<'_> {
    /// Whether a restored server may have lost what colleagues' parcels brought it.
    pub fn parcels_again(&self) -> Result<bool> {
        Ok(self.get(PARCELS_AGAIN)?.unwrap_or(false))
    }

    /// Colleagues' parcels go up again with the next round, or have gone.
    pub fn set_parcels_again(&self, on: bool) -> Result<()> {
        if self.parcels_again()? == on { Ok(()) } else { self.set(PARCELS_AGAIN, &on) }
    }

    /// The keys of this person's areas, the newest generation last; with when each came (seconds since 1970).
    pub fn area_keys(&self) -> Result<Vec<(AreaKey, i64)>> {
        Ok(self.get(AREA_KEYS)?.unwrap_or_default())
    }

    /// Adds keys that came from the server; of each area the latest few generations stay, to open what was sealed before.
    pub fn add_area_keys(&self, keys: &[AreaKey], at: i64) -> Result<()> {
        let mut all = self.area_keys()?;
        let before = all.len();
        for key in keys {
            if !all.iter().any(|(known, _)| known == key) {
                all.push((key.clone(), at));
            }
        }
        if all.len() == before {
            return Ok(());
        }
        all.sort_by_key(|(key, _)| key.generation);
        let over = all.len().saturating_sub(AREA_KEYS_KEPT);
        all.drain(..over);
        self.set(AREA_KEYS, &all)
    }

    /// Keeps an envelope to carry it; `false` when it was here before.
    ///
    /// # Errors
    /// Words when no more can be carried.
    pub fn carry(&self, sealed: &Sealed, opened: bool, came_at: i64) -> Result<bool> {
        let hash = envelope_hash(sealed);
        let known = self
            .conn
            .prepare_cached("UPDATE envelope SET opened = max(opened, ?2) WHERE hash = ?1")?
            .execute(params![hash.as_slice(), opened])?;
        if known > 0 {
            return Ok(false);
        }
        let bytes = wire::encode(sealed)?;
        let (count, held): (i64, i64) = self
            .conn
            .prepare_cached("SELECT count(*), coalesce(sum(length(sealed)), 0) FROM envelope WHERE state = 'carried'")?
            .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if count >= CARRIED_COUNT || held.saturating_add(size) > CARRIED_BYTES {
            return Err(Error::invalid(
                "本机替他人带的数据已满，请先到有网络的地方同步一次，再收进。 This phone carries as much for others as it can: sync once where there is signal, then take this in.",
            ));
        }
        self.conn
            .prepare_cached(
                "INSERT INTO envelope (hash, sealed, came_at, opened, state) VALUES (?1, ?2, ?3, ?4, 'carried')",
            )?
            .execute(params![hash.as_slice(), bytes, came_at, opened])?;
        Ok(true)
    }

    /// The envelopes that the server has not got, the oldest first, from behind one on, at most `count`.
    pub fn carried(&self, after: Option<&Carried>, count: u32) -> Result<Vec<Carried>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, sealed, came_at, opened FROM envelope WHERE state = 'carried' AND (came_at, hash) > (?1, ?2)
             ORDER BY came_at, hash LIMIT ?3",
        )?;
        let (came_at, hash) = after.map_or((i64::MIN, Hash::default()), |c| (c.came_at, c.hash));
        let rows = statement.query_map(params![came_at, hash.as_slice(), count], |r| {
            Ok((r.get::<_, Hash>(0)?, r.get::<_, Vec<u8>>(1)?, r.get(2)?, r.get(3)?))
        })?;
        let mut all = Vec::new();
        for row in rows {
            let (hash, bytes, came_at, opened) = row?;
            all.push(Carried { hash, sealed: wire::decode(&bytes, LIMIT)?, came_at, opened });
        }
        Ok(all)
    }

    /// The server has an envelope.
    pub fn envelope_delivered(&self, hash: &Hash) -> Result<()> {
        self.settle_envelope(hash, "delivered", "")
    }

    /// The server would not take an envelope.
    pub fn envelope_refused(&self, hash: &Hash, words: &str) -> Result<()> {
        self.settle_envelope(hash, "refused", words)
    }

    fn settle_envelope(&self, hash: &Hash, state: &str, words: &str) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE envelope SET state = ?2, words = ?3, sealed = x'' WHERE hash = ?1")?
            .execute(params![hash.as_slice(), state, words])?;
        Ok(())
    }

    /// How much is carried for others.
    pub fn carrying(&self) -> Result<Carrying> {
        let one = |r: &rusqlite::Row<'_>| {
            Ok(Carrying {
                envelopes: r.get(0)?,
                bytes: u64::try_from(r.get::<_, i64>(1)?).unwrap_or_default(),
                closed: r.get(2)?,
            })
        };
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*), coalesce(sum(length(sealed)), 0), coalesce(sum(1 - opened), 0) FROM envelope WHERE state = 'carried'",
            )?
            .query_row([], one)?)
    }

    /// Keeps the latest parcel of a device; `false` when one as late is here, or there is no room.
    pub fn keep_parcel(&self, parcel: &Parcel, body: &ParcelBody) -> Result<bool> {
        let bytes = wire::encode(parcel)?;
        let (count, held): (i64, i64) = self
            .conn
            .prepare_cached("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM parcel WHERE device <> ?1")?
            .query_row([body.letter.key.as_slice()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        if count >= PARCELS || held.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX)) > PARCEL_BYTES {
            return Ok(false);
        }
        let person = &body.letter.person;
        let changed = self
            .conn
            .prepare_cached(
                "INSERT INTO parcel (device, person, name, at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (device) DO UPDATE SET person = excluded.person, name = excluded.name, at = excluded.at,
                   bytes = excluded.bytes WHERE excluded.at > parcel.at",
            )?
            .execute(params![body.letter.key.as_slice(), person.id, person.name, body.at, bytes])?;
        Ok(changed > 0)
    }

    /// The latest parcels of others that were opened here.
    pub fn parcels(&self) -> Result<Vec<Parcel>> {
        let mut statement = self.conn.prepare_cached("SELECT bytes FROM parcel ORDER BY at DESC, device")?;
        let rows = statement.query_map([], |r| r.get::<_, Vec<u8>>(0))?;
        let mut all = Vec::new();
        for row in rows {
            all.push(wire::decode(&row?, LIMIT)?);
        }
        Ok(all)
    }

    /// Something of this parcel waits for changes that are not here; looked at again after a round.
    pub fn parcel_waits(&self, device: &[u8], household: HouseholdId) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO parcel_waits (device, household) SELECT device, ?2 FROM parcel WHERE device = ?1 ON CONFLICT DO NOTHING",
            )?
            .execute(params![device, household.to_string()])?;
        Ok(())
    }

    /// Takes out the parcels of which something waited, to be looked at again.
    pub fn take_waiting_parcels(&self) -> Result<Vec<Parcel>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT bytes FROM parcel WHERE device IN (SELECT device FROM parcel_waits) ORDER BY at")?;
        let rows: Vec<Vec<u8>> = statement.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        self.conn.prepare_cached("DELETE FROM parcel_waits")?.execute([])?;
        rows.iter().map(|bytes| wire::decode(bytes, LIMIT)).collect()
    }

    /// The households in which this device has written something that stands in the file, those with something to push first,
    /// then the latest.
    pub fn written_here(&self) -> Result<Vec<HouseholdId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT household FROM change WHERE state IN ('pending', 'acked') GROUP BY household
             ORDER BY max(state = 'pending') DESC, max(seq) DESC",
        )?;
        let rows = statement.query_map([], |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The grids of the households held.
    pub fn grids(&self) -> Result<Vec<Area>> {
        let mut statement = self.conn.prepare_cached("SELECT DISTINCT grid FROM household ORDER BY grid")?;
        let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
        let codes: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(codes.iter().filter_map(|code| Area::parse(code)).collect())
    }

    /// How many households have something in a parcel that waits for what is not here.
    pub fn parcels_waiting(&self) -> Result<u32> {
        let mut statement = self.conn.prepare_cached("SELECT count(DISTINCT household) FROM parcel_waits")?;
        Ok(statement.query_row([], |r| r.get(0))?)
    }

    /// Another device says that it holds a household with these heads.
    pub fn write_witness(&self, household: HouseholdId, device: &[u8], witness: &Witness) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO witness (household, device, name, heads, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (household, device) DO UPDATE SET name = excluded.name, heads = excluded.heads, at = excluded.at
                 WHERE excluded.at > witness.at",
            )?
            .execute(params![household.to_string(), device, witness.name, witness.heads.concat(), witness.at])?;
        self.touched(household);
        Ok(())
    }

    /// Who else holds a household, the latest word first.
    pub fn witnesses(&self, household: HouseholdId) -> Result<Vec<Witness>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT name, heads, at FROM witness WHERE household = ?1 ORDER BY at DESC, device")?;
        let rows = statement.query_map([household.to_string()], |r| {
            let heads: Vec<u8> = r.get(1)?;
            let heads = heads.chunks_exact(32).filter_map(|c| c.try_into().ok()).collect();
            Ok(Witness { name: r.get(0)?, heads, at: r.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The households of which another device spoke.
    pub fn witnessed(&self) -> Result<Vec<HouseholdId>> {
        let mut statement = self.conn.prepare_cached("SELECT DISTINCT household FROM witness ORDER BY household")?;
        let rows = statement.query_map([], |r| household_id(r, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// This device's open visits, as they travel.
    pub fn drafts_to_send(&self) -> Result<Vec<Draft>> {
        let mut all = Vec::new();
        for row in self.open_visits(None)? {
            let entries = self.entries(&row.visit)?;
            all.push(Draft {
                household: serde_bytes::ByteBuf::from(row.household.as_bytes().as_slice()),
                form: row.form,
                form_version: row.form_version,
                pack: row.pack,
                opened_at: row.opened_at,
                touched_at: row.touched_at,
                privacy_at: row.privacy_at,
                more: row.more.to_string(),
                entries: entries.into_iter().map(travelling).collect(),
                visit: row.visit,
            });
        }
        Ok(all)
    }

    /// Takes up an open visit of this person's other phone, unless as late a state of it is here; whether it did.
    pub fn take_up_draft(&self, household: HouseholdId, draft: &Draft) -> Result<bool> {
        if self.open_visit(&draft.visit)?.is_some_and(|here| here.touched_at >= draft.touched_at) {
            return Ok(false);
        }
        let json = |text: &str| serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
        self.close_visit(&draft.visit)?;
        self.write_visit(&OpenVisit {
            visit: draft.visit.clone(),
            household,
            form: draft.form.clone(),
            form_version: draft.form_version.clone(),
            pack: draft.pack.clone(),
            state: JournalState::PutDown,
            opened_at: draft.opened_at,
            touched_at: draft.touched_at,
            privacy_at: draft.privacy_at,
            more: json(&draft.more),
        })?;
        for entry in &draft.entries {
            let kind = EntryKind::parse(&entry.kind);
            self.write_entry(
                &draft.visit,
                &Entry { path: entry.path.clone(), value: json(&entry.value), kind, at: entry.at },
            )?;
        }
        Ok(true)
    }
}

fn travelling(entry: Entry) -> DraftEntry {
    DraftEntry { value: entry.value.to_string(), kind: entry.kind.code().to_owned(), at: entry.at, path: entry.path }
}

/// More than any envelope or parcel, unfolded.
const LIMIT: usize = UNFOLDED_MAX;
