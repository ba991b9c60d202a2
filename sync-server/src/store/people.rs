//! The people log: a file beside the database to which everything about who may come in is appended before it is committed
//! (people and areas, tickets and their use, devices, tokens, actors, revocations, households moved). The one thing a restore must not take
//! back: a phone revoked on Tuesday is not let in again by Monday's backup. Keep copies of it elsewhere, as of backups.
//!
//! One JSON line an entry; [`replay`] is idempotent, and a torn last line is passed over.

use std::collections::BTreeMap;

use app_core::domain::{Area, Person, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Writes;
use super::rows::{NewDevice, NewTicket};
use crate::error::Result;

/// Something about who may come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// a person, with the areas from then on
    Person { id: String, name: String, title: String, areas: Vec<String>, at: i64 },
    /// a ticket was made
    Ticket { hash: String, person: String, created_at: i64, expires_at: i64 },
    /// a ticket was used
    Used { hash: String, device: String, at: i64 },
    /// a device was enrolled
    Device { id: String, person: String, name: String, key: String, token_hash: String, at: i64 },
    /// a device has another token
    Token { device: String, token_hash: String },
    /// a device writes under an actor
    Actor { id: String, device: String, at: i64 },
    /// a device was revoked
    Revoked { device: String, at: i64 },
    /// the office put a household into another grid: who works there decides who may come in to it
    Moved { household: String, grid: String, at: i64 },
}

impl Entry {
    /// A person as an entry.
    pub fn person(p: &Person, at: i64) -> Self {
        Self::Person {
            id: p.id.clone(),
            name: p.name.clone(),
            title: p.title.code().to_owned(),
            areas: p.scope.iter().map(|a| a.as_str().to_owned()).collect(),
            at,
        }
    }

    /// A ticket as an entry.
    pub fn ticket(t: &NewTicket) -> Self {
        let (created_at, expires_at) = (t.created_at, t.expires_at);
        Self::Ticket { hash: hex::encode(t.hash), person: t.person.clone(), created_at, expires_at }
    }

    /// A device as an entry.
    pub fn device(d: &NewDevice) -> Self {
        Self::Device {
            id: d.id.clone(),
            person: d.person.clone(),
            name: d.name.clone(),
            key: hex::encode(&d.key),
            token_hash: hex::encode(d.token_hash),
            at: d.at,
        }
    }
}

/// Brings a restored database to where the log says it was; how many entries changed something.
pub fn replay(w: &mut dyn Writes, log: &str) -> Result<u64> {
    let entries: Vec<Entry> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut changed = replay_people(w, &entries)?;
    // An enrolment whose commit failed stands in the log as well; the phone asked again with the same key: its last one counts.
    let mut last = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        if let Entry::Device { key, .. } = entry {
            last.insert(key.clone(), n);
        }
    }
    // Of a household only where it came to in the end.
    let mut moved = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        if let Entry::Moved { household, .. } = entry {
            moved.insert(household.clone(), n);
        }
    }
    for (n, entry) in entries.into_iter().enumerate() {
        let given_up = matches!(&entry, Entry::Device { key, .. } if last.get(key).is_some_and(|at| *at > n))
            || matches!(&entry, Entry::Moved { household, .. } if moved.get(household).is_some_and(|at| *at > n));
        if !given_up {
            changed += u64::from(apply(w, entry)?);
        }
    }
    Ok(changed)
}

/// People: the last word counts, with the time at which it was spoken, and which areas ended on the way to it: else an old
/// letter would give them back.
fn replay_people(w: &mut dyn Writes, entries: &[Entry]) -> Result<u64> {
    let mut latest: BTreeMap<&str, (Person, i64)> = BTreeMap::new();
    let mut ended: BTreeMap<&str, Vec<(Area, i64)>> = BTreeMap::new();
    for entry in entries {
        if let Entry::Person { id, name, title, areas, at } = entry
            && let Some(title) = Title::parse(title)
        {
            let scope: Vec<Area> = areas.iter().filter_map(|a| Area::parse(a)).collect();
            if let Some((before, _)) = latest.get(id.as_str()) {
                let gone = before.scope.iter().filter(|a| !scope.contains(a));
                ended.entry(id).or_default().extend(gone.map(|a| (a.clone(), *at)));
            }
            latest.insert(id, (Person { id: id.clone(), name: name.clone(), title, scope }, *at));
        }
    }
    let mut changed = 0;
    for (id, (person, at)) in latest {
        let mut news = w.person(id)?.is_none_or(|p| p.person != person);
        if news {
            w.put_person(&person, at)?;
        }
        let mut former = false;
        for (area, at) in ended.remove(id).unwrap_or_default() {
            former |= !person.scope.contains(&area) && w.end_area(id, &area, at)?;
        }
        if former && !news {
            // Devices have not heard of it from here: what they still bring from there is taken, as before.
            w.put_person(&person, at)?;
            news = true;
        }
        changed += u64::from(news);
    }
    Ok(changed)
}

fn apply(w: &mut dyn Writes, entry: Entry) -> Result<bool> {
    let hash = |text: &str| -> Option<[u8; 32]> { hex::decode(text).ok()?.try_into().ok() };
    match entry {
        Entry::Person { .. } => Ok(false),
        Entry::Ticket { hash: code, person, created_at, expires_at } => {
            let Some(hash) = hash(&code) else { return Ok(false) };
            let news = w.ticket(&hash)?.is_none() && w.person(&person)?.is_some();
            if news {
                w.put_ticket(&NewTicket { hash, person, created_at, expires_at })?;
            }
            Ok(news)
        }
        Entry::Device { id, person, name, key, token_hash, at } => {
            let (Some(token_hash), Ok(key)) = (hash(&token_hash), hex::decode(key)) else { return Ok(false) };
            let news = w.device(&id)?.is_none() && w.device_by_key(&key)?.is_none() && w.person(&person)?.is_some();
            if news {
                // What it has heard of its area is not known any more: work done there before is taken.
                w.put_device(&NewDevice { id, person, name, key, token_hash, at, scope_seq: 0 })?;
            }
            Ok(news)
        }
        Entry::Used { hash: code, device, at } => {
            let Some(hash) = hash(&code) else { return Ok(false) };
            let news = w.ticket(&hash)?.is_some_and(|t| t.used.is_none()) && w.device(&device)?.is_some();
            if news {
                w.use_ticket(&hash, &device, at)?;
            }
            Ok(news)
        }
        Entry::Token { device, token_hash } => {
            let Some(token_hash) = hash(&token_hash) else { return Ok(false) };
            let news = w.device(&device)?.is_some();
            if news {
                w.renew_token(&device, &token_hash)?;
            }
            Ok(news)
        }
        Entry::Actor { id, device, at } => {
            let Ok(id) = hex::decode(id) else { return Ok(false) };
            let news = w.owner(&id)?.is_none() && w.device(&device)?.is_some();
            if news {
                w.put_actor(&id, &device, at)?;
            }
            Ok(news)
        }
        Entry::Revoked { device, at } => w.revoke(&device, at),
        Entry::Moved { household, grid, at } => {
            let Some(id) = household.parse::<Uuid>().ok().filter(|_| grid.len() == 15) else { return Ok(false) };
            // One that the backup does not know comes back with whoever holds it.
            let news = w.place(id)?.is_some_and(|p| p.unit != grid);
            if news {
                w.move_household(id, &grid, at)?;
            }
            Ok(news)
        }
    }
}
