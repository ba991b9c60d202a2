//! Enrolment by ticket, the PIN, and what the lock screen shows.

use std::sync::Arc;

use super::{App, Opened};
use crate::error::{Error, Kind, Result};
use crate::policy::Pack;
use crate::storage::meta::Settings;
use crate::storage::vault::{Shown, check_pin};
use crate::storage::{Key, Lens, Store, Tx, Vault};
use crate::sync::apply;
use crate::sync::enrol::{self, Ticket};
use crate::sync::progress::Phase;

/// Where the app stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// no ticket used yet
    New,
    /// enrolled, database closed
    Locked,
    /// the PIN was right
    Open,
}

/// What the first screen shows, whatever the stage.
#[derive(Debug, Clone)]
pub struct SessionState {
    pub stage: Stage,
    /// an enrolment was begun and not finished
    pub unfinished: bool,
    pub shown: Shown,
    /// set after a wrong PIN: attempts left before the device locks
    pub attempts_left: Option<u32>,
    /// seconds to wait before the next attempt
    pub wait: u32,
}

impl App {
    /// Where the app stands. Needs no PIN.
    pub fn state(&self) -> Result<SessionState> {
        let vault = Vault::read(&self.dir)?;
        let enrolled = vault.as_ref().is_some_and(Vault::enrolled);
        let stage = match (enrolled, self.opened().is_ok()) {
            (false, _) => Stage::New,
            (true, false) => Stage::Locked,
            (true, true) => Stage::Open,
        };
        let default = || Shown { language: "zh-CN".into(), text_size: 17, ..Shown::default() };
        let now = self.now().timestamp();
        Ok(SessionState {
            stage,
            unfinished: vault.is_some() && !enrolled,
            shown: vault.as_ref().map_or_else(default, |v| v.shown().clone()),
            attempts_left: vault.as_ref().filter(|v| v.has_failed()).map(Vault::attempts_left),
            wait: vault.as_ref().map_or(0, |v| u32::try_from(v.wait(now)).unwrap_or(u32::MAX)),
        })
    }

    /// Uses a ticket: makes the keys, asks the server, opens the database under the PIN. Asked again after a lost answer
    /// with the same ticket and PIN, it presents the same keys.
    pub fn enrol(&self, ticket: &Ticket, pin: &str, device_name: &str) -> Result<()> {
        check_pin(pin)?;
        if Vault::read(&self.dir)?.is_some_and(|v| v.enrolled()) {
            return Err(Error::invalid("本机已登记，无需再次使用登记码。 This device is enrolled already."));
        }
        ticket.check(self.now().timestamp())?;
        let (mut vault, mut store) = self.prepare(pin)?;
        let lens = Lens { pack: None, on: self.today() };
        let (keys, _) = store.transact(&lens, enrol::keys)?;
        let link = (self.setup.connect)(&ticket.address())?;
        let working = self.progress.begin(Phase::Enrolling);
        let now = self.now().timestamp();
        let answer = enrol::ask(link.as_ref(), ticket, &keys, device_name, &self.progress)?;
        store.transact(&lens, |tx| enrol::accept(tx, ticket, &keys, device_name, &answer, now))?;
        notice_put_back(&mut store, &lens)?;
        drop(working);
        let opened = opened(&mut store, &lens)?;
        // The answer names every area within the scope; the person's own are those of the scope.
        let own = answer.areas.iter().filter(|a| opened.person.scope.iter().any(|s| s.as_str() == a.code));
        vault.show(true, shown(&opened, &own.map(|a| a.name.clone()).collect::<Vec<_>>()))?;
        *self.store() = Some(store);
        self.set_opened(Some(opened));
        Ok(())
    }

    /// The database of an enrolment under way: the one of an earlier try if the PIN opens it, else a fresh one (nothing
    /// is in it yet).
    fn prepare(&self, pin: &str) -> Result<(Vault, Store)> {
        if let Some(mut vault) = Vault::read(&self.dir)?
            && let Ok(key) = vault.open(pin, self.now().timestamp())
            && let Ok(store) = Store::open(&self.dir, &key)
        {
            return Ok((vault, store));
        }
        self.set_aside()?;
        let key = Key::random()?;
        let vault = Vault::create(&self.dir, &key, pin, self.setup.cost)?;
        let store = Store::open(&self.dir, &key)?;
        Ok((vault, store))
    }

    /// A database that no PIN opens is moved aside, never deleted: its vault may turn up in a backup.
    fn set_aside(&self) -> Result<()> {
        for suffix in ["", "-wal", "-shm"] {
            let path = self.dir.join(format!("{}{suffix}", crate::storage::store::FILE));
            let aside = self.dir.join(format!("{}.old{suffix}", crate::storage::store::FILE));
            match std::fs::rename(path, aside) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(crate::storage::fault::disk(e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Opens the database. A wrong PIN is [`Kind::Pin`] with the attempts left in its words.
    pub fn unlock(&self, pin: &str) -> Result<()> {
        let mut vault = Vault::read(&self.dir)?.filter(Vault::enrolled).ok_or_else(|| {
            Error::new(Kind::Locked, "本机尚未登记，请先使用登记码。 This device is not enrolled: use a ticket first.")
        })?;
        let key = vault.open(pin, self.now().timestamp())?;
        let mut store = Store::open(&self.dir, &key)?;
        let lens = Lens { pack: None, on: self.today() };
        notice_put_back(&mut store, &lens)?;
        let opened = opened(&mut store, &lens)?;
        *self.store() = Some(store);
        self.set_opened(Some(opened));
        self.freshen()
    }

    /// Closes the database; the PIN is needed again.
    pub fn lock(&self) {
        self.visits.clear();
        self.previews.clear();
        self.set_opened(None);
        *self.store() = None;
    }

    /// Sets language and text size.
    pub fn set_settings(&self, settings: &Settings) -> Result<()> {
        if !matches!(settings.language.as_str(), "zh-CN" | "en") || !matches!(settings.text_size, 17 | 20 | 23) {
            return Err(Error::invalid("没有这种设置。 There is no such setting."));
        }
        self.transact(|tx| tx.set_settings(settings))?;
        self.look_again()
    }

    /// Reads again what is known while open (after a round or a setting), and what the lock screen shows.
    pub(crate) fn look_again(&self) -> Result<()> {
        let (opened, areas) = {
            let lens = Lens { pack: None, on: self.today() };
            let mut store = self.store();
            let store = store.as_mut().ok_or_else(super::locked)?;
            let opened = opened(store, &lens)?;
            let areas = store.read(&lens, |tx| tx.areas())?;
            (opened, areas)
        };
        let names: Vec<String> = opened.person.scope.iter().filter_map(|a| areas.get(a.as_str()).cloned()).collect();
        if let Some(mut vault) = Vault::read(&self.dir)? {
            vault.show(true, shown(&opened, &names))?;
        }
        self.set_opened(Some(opened));
        Ok(())
    }
}

fn shown(opened: &Opened, areas: &[String]) -> Shown {
    Shown {
        person: Some(opened.person.clone()),
        areas: areas.to_vec(),
        language: opened.settings.language.clone(),
        text_size: opened.settings.text_size,
    }
}

fn notice_put_back(store: &mut Store, lens: &Lens) -> Result<()> {
    let mark = store.mark()?;
    store.transact(lens, |tx| apply::notice_put_back(tx, &mark)).map(|_| ())
}

fn opened(store: &mut Store, lens: &Lens) -> Result<Opened> {
    store.read(lens, |tx| {
        let damaged = || Error::damaged("本机登记信息缺失。 This device's enrolment is missing.");
        Ok(Opened {
            identity: Arc::new(tx.identity()?.ok_or_else(damaged)?),
            person: tx.person()?.ok_or_else(damaged)?,
            pack: pack_in_force(tx)?,
            settings: tx.settings()?,
        })
    })
}

/// The pack in force; until its files are here the one before it, and on a new device none (lists then follow the standing
/// alone).
fn pack_in_force(tx: &Tx<'_>) -> Result<Option<Arc<Pack>>> {
    let Some(hash) = tx.pack_to_use()? else { return Ok(None) };
    let Some(files) = tx.pack_files(&hash)? else { return Ok(None) };
    Pack::from_files(files).map(|p| Some(Arc::new(p))).map_err(|faults| {
        Error::new(Kind::Form, "政策包有误，无法使用。 The policy pack is faulty.").because(faults.to_string())
    })
}
