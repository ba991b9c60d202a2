//! Small values by name: what this device is, where it stands, how it is set. Each name is written here
//! once (those of what travels without a server in `bundle.rs`).

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::Tx;
use crate::domain::Person;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::wire::message::{ActorName, Cursor, Letter, PackRef};

/// What the device is to the server; written once at enrolment. Secrets lie here and nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    /// the server's id of the device
    pub device: String,
    pub device_name: String,
    /// base address, `https://host:port`
    pub server: String,
    pub server_name: String,
    /// SHA-256 of the server's certificate, hex; `None` where a public authority vouches for it
    pub fingerprint: Option<String>,
    /// plain `http://` beyond this machine was allowed by hand
    pub insecure: bool,
    /// bearer token
    pub token: String,
    /// Ed25519 secret key, hex
    pub secret: String,
    /// the server's Ed25519 public key for receipts, hex
    pub server_key: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("device", &self.device).finish_non_exhaustive()
    }
}

/// Keys made before the ticket is used, so that an enrolment whose answer was lost can be asked for again.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolling {
    /// Ed25519 secret key, hex
    pub secret: String,
    /// of the first actor: 8 bytes, hex
    pub nonce: String,
}

/// An actor of this device: made of its public key and the nonce (`wire::sign::actor_of`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnActor {
    pub actor: [u8; 16],
    pub nonce: [u8; 8],
}

/// How the screens are set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// zh-CN or en
    pub language: String,
    /// px: 17, 20, 23
    pub text_size: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: "zh-CN".into(), text_size: 17 }
    }
}

const IDENTITY: &str = "identity";
const ENROLLING: &str = "enrolling";
const ACTORS: &str = "actors";
const PERSON: &str = "person";
const CURSOR: &str = "cursor";
const PACK: &str = "pack";
const PACK_USED: &str = "pack_used";
const PACKS_WANTED: &str = "packs_wanted";
const SETTINGS: &str = "settings";
const TROUBLE: &str = "trouble";
const TOLD_ACTORS: &str = "told_actors";
const COMPARING: &str = "comparing";
const LEAVING: &str = "leaving";
const BRINGING: &str = "bringing";
const UNREAD: &str = "unread";
const FILE: &str = "file";
const LETTER: &str = "letter";
const RECORDS_FROM: &str = "records_from";
const PROJECTED: &str = "projected_with";

impl Tx<'_> {
    /// What this device is; `None` before enrolment.
    pub fn identity(&self) -> Result<Option<Identity>> {
        self.get(IDENTITY)
    }

    /// Writes what this device is.
    pub fn set_identity(&self, identity: &Identity) -> Result<()> {
        self.set(IDENTITY, identity)
    }

    /// The keys of an enrolment under way.
    pub fn enrolling(&self) -> Result<Option<Enrolling>> {
        self.get(ENROLLING)
    }

    /// Keeps the keys of an enrolment under way; `None` when it is done.
    pub fn set_enrolling(&self, keys: Option<&Enrolling>) -> Result<()> {
        match keys {
            Some(keys) => self.set(ENROLLING, keys),
            None => self.unset(ENROLLING),
        }
    }

    /// The actor this device writes with now.
    pub fn own_actor(&self) -> Result<[u8; 16]> {
        self.own_actors()?
            .last()
            .copied()
            .ok_or_else(|| Error::internal("本机没有写入身份。 This device has no actor."))
    }

    /// Every actor this device has written with, oldest first.
    pub fn own_actors(&self) -> Result<Vec<[u8; 16]>> {
        Ok(self.own_actors_whole()?.into_iter().map(|own| own.actor).collect())
    }

    /// The same, with what shows the server that they are this device's.
    pub fn own_actors_whole(&self) -> Result<Vec<OwnActor>> {
        let texts: Vec<String> = self.get(ACTORS)?.unwrap_or_default();
        let read = |text: &String| {
            let (actor, nonce) = text.split_once('.')?;
            let (actor, nonce) = (hex::decode(actor).ok()?, hex::decode(nonce).ok()?);
            Some(OwnActor { actor: actor.try_into().ok()?, nonce: nonce.try_into().ok()? })
        };
        texts
            .iter()
            .map(read)
            .collect::<Option<_>>()
            .ok_or_else(|| Error::damaged("本机写入身份损坏。 This device's actor is damaged."))
    }

    /// From now on this device writes with `actor`.
    pub fn add_own_actor(&self, own: OwnActor) -> Result<()> {
        let OwnActor { actor, nonce } = own;
        let mut texts: Vec<String> = self.get(ACTORS)?.unwrap_or_default();
        texts.push(format!("{}.{}", hex::encode(actor), hex::encode(nonce)));
        self.set(ACTORS, &texts)?;
        // The server names only others; conflicts and history show one's own name too.
        let (Some(person), Some(identity)) = (self.person()?, self.identity()?) else { return Ok(()) };
        self.write_actor(&ActorName {
            actor: ByteBuf::from(actor),
            person: person.id,
            name: person.name,
            device: identity.device_name,
            warrant: None,
        })
    }

    /// What told this database's file from a copy of it when it was last opened.
    pub fn file_mark(&self) -> Result<Option<String>> {
        self.get(FILE)
    }

    /// Keeps what tells this database's file from a copy of it.
    pub fn set_file_mark(&self, mark: &str) -> Result<()> {
        self.set(FILE, &mark)
    }

    /// The server's word about this device, for a server that has forgotten it.
    pub fn letter(&self) -> Result<Option<Letter>> {
        self.get(LETTER)
    }

    /// Keeps the server's word about this device.
    pub fn set_letter(&self, letter: &Letter) -> Result<()> {
        self.set(LETTER, letter)
    }

    /// Whose device this is.
    pub fn person(&self) -> Result<Option<Person>> {
        self.get(PERSON)
    }

    /// Writes whose device this is, and the scope.
    pub fn set_person(&self, person: &Person) -> Result<()> {
        self.note(|c| c.person = true);
        self.set(PERSON, person)
    }

    /// Where the device stands in the server's log.
    pub fn cursor(&self) -> Result<Cursor> {
        Ok(self.get(CURSOR)?.unwrap_or_default())
    }

    /// Moves the cursor; in the same transaction as what it stands for.
    pub fn set_cursor(&self, cursor: &Cursor) -> Result<()> {
        self.set(CURSOR, cursor)
    }

    /// How many of this device's actors the server has been told.
    pub fn told_actors(&self) -> Result<usize> {
        Ok(self.get(TOLD_ACTORS)?.unwrap_or(0))
    }

    /// The server has been told this many actors.
    pub fn set_told_actors(&self, count: usize) -> Result<()> {
        if self.told_actors()? == count { Ok(()) } else { self.set(TOLD_ACTORS, &count) }
    }

    /// Whether the next request says what is held, for a server that was restored.
    pub fn comparing(&self) -> Result<bool> {
        Ok(self.get(COMPARING)?.unwrap_or(false))
    }

    /// The next request says what is held, or no longer.
    pub fn set_comparing(&self, on: bool) -> Result<()> {
        if self.comparing()? == on { Ok(()) } else { self.set(COMPARING, &on) }
    }

    /// Records are here up to this place of the server's log only; `None`: as far as the cursor says.
    pub fn records_from(&self) -> Result<Option<u64>> {
        self.get(RECORDS_FROM)
    }

    /// Records are here up to this place only.
    pub fn set_records_from(&self, place: Option<u64>) -> Result<()> {
        match place {
            Some(place) => self.set(RECORDS_FROM, &place),
            None if self.records_from()?.is_some() => self.unset(RECORDS_FROM),
            None => Ok(()),
        }
    }

    /// Households that left the scope and still have something to push.
    pub fn leaving(&self) -> Result<Vec<HouseholdId>> {
        Ok(self.get(LEAVING)?.unwrap_or_default())
    }

    /// A household left the scope.
    pub fn leave(&self, id: HouseholdId) -> Result<()> {
        let mut list = self.leaving()?;
        if list.contains(&id) {
            return Ok(());
        }
        list.push(id);
        self.set(LEAVING, &list)
    }

    /// A household is in the scope again, or gone from here.
    pub fn keep(&self, id: HouseholdId) -> Result<()> {
        let mut list = self.leaving()?;
        if list.contains(&id) {
            list.retain(|l| *l != id);
            self.set(LEAVING, &list)?;
        }
        Ok(())
    }

    /// Households that left the person's areas while something of them waited here, until all of that is up.
    pub(super) fn bringing(&self) -> Result<Vec<HouseholdId>> {
        Ok(self.get(BRINGING)?.unwrap_or_default())
    }

    pub(super) fn set_bringing(&self, list: &[HouseholdId]) -> Result<()> {
        self.set(BRINGING, &list)
    }

    /// Households whose file could not be read, here or as it came: the server is asked for them whole.
    pub fn unread(&self) -> Result<Vec<HouseholdId>> {
        Ok(self.get(UNREAD)?.unwrap_or_default())
    }

    /// A household's file could not be read; whether that is news.
    pub fn set_unread(&self, id: HouseholdId) -> Result<bool> {
        let mut list = self.unread()?;
        if list.contains(&id) {
            return Ok(false);
        }
        list.push(id);
        self.set(UNREAD, &list)?;
        Ok(true)
    }

    /// A household's file can be read again, or is no longer held.
    pub fn clear_unread(&self, id: HouseholdId) -> Result<()> {
        let mut list = self.unread()?;
        if list.contains(&id) {
            list.retain(|l| *l != id);
            self.set(UNREAD, &list)?;
        }
        Ok(())
    }

    /// The pack in force by the server's word (its files may still be on the way).
    pub fn pack_ref(&self) -> Result<Option<PackRef>> {
        self.get(PACK)
    }

    /// Writes which pack is in force.
    pub fn set_pack_ref(&self, pack: &PackRef) -> Result<()> {
        self.set(PACK, pack)
    }

    /// The hash of the pack that was last in force here with its files.
    pub fn pack_used(&self) -> Result<Option<String>> {
        self.get(PACK_USED)
    }

    /// Notes that a pack is in force here with its files.
    pub fn set_pack_used(&self, hash: &str) -> Result<()> {
        if self.pack_used()?.as_deref() == Some(hash) { Ok(()) } else { self.set(PACK_USED, &hash) }
    }

    /// Packs that visits on this device were made with and that are not here: beginning of the hash → when the server was
    /// last asked (seconds since 1970; 0 = not yet).
    pub fn packs_wanted(&self) -> Result<BTreeMap<String, i64>> {
        Ok(self.get(PACKS_WANTED)?.unwrap_or_default())
    }

    /// Writes which packs are wanted.
    pub fn set_packs_wanted(&self, wanted: &BTreeMap<String, i64>) -> Result<()> {
        self.set(PACKS_WANTED, wanted)
    }

    /// How the screens are set.
    pub fn settings(&self) -> Result<Settings> {
        Ok(self.get(SETTINGS)?.unwrap_or_default())
    }

    /// Sets the screens.
    pub fn set_settings(&self, settings: &Settings) -> Result<()> {
        self.set(SETTINGS, settings)
    }

    /// Why the last round failed, in words; `None` after a good one.
    pub fn trouble(&self) -> Result<Option<String>> {
        self.get(TROUBLE)
    }

    /// Notes why the last round failed.
    pub fn set_trouble(&self, words: Option<&str>) -> Result<()> {
        match words {
            Some(words) => self.set(TROUBLE, &words),
            None => self.unset(TROUBLE),
        }
    }

    /// With which pack and version of the projection the rows were made.
    pub(super) fn projected_with(&self) -> Result<Option<String>> {
        self.get(PROJECTED)
    }

    pub(super) fn set_projected_with(&self, mark: &str) -> Result<()> {
        self.set(PROJECTED, &mark)
    }

    pub(super) fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text: Option<String> = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
            .query_row([name], |r| r.get(0))
            .optional()?;
        text.map(|t| serde_json::from_str(&t))
            .transpose()
            .map_err(|e| Error::damaged("本机设置损坏。 This device's settings are damaged.").because(e))
    }

    pub(super) fn set(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value)
            .map_err(|e| Error::internal("设置无法保存。 The setting could not be written.").because(e))?;
        self.conn
            .prepare_cached("INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?
            .execute([name, &text])?;
        Ok(())
    }

    fn unset(&self, name: &str) -> Result<()> {
        self.conn.prepare_cached("DELETE FROM meta WHERE name = ?1")?.execute([name])?;
        Ok(())
    }
}
