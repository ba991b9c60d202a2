//! Without a server (4-sync.md): this device's work, and what it carries for others, goes out as a sealed bundle, and bundles
//! come in.

use super::App;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Kind, Result};
use crate::storage::Tx;
use crate::storage::bundle::Carrying;
use crate::sync::bundle::{Exported, Imported, out, take};
use crate::sync::transport::Link;
use crate::wire::bundle::BundleRequest;
use crate::wire::version;

/// Envelopes in memory at once.
const PAGE: u32 = 16;

impl App {
    /// This device's work and what it carries, sealed to the server and to the colleagues of its grids.
    pub fn export_bundle(&self) -> Result<(Vec<u8>, Exported)> {
        let identity = self.identity()?;
        let now = self.now().timestamp_millis();
        self.read(|tx| out::export(tx, &identity, now))
    }

    /// Takes in a bundle: what is for this device is merged, all of it is carried to the server. Each envelope stands or falls
    /// alone; whatever happens, nothing that is here is lost.
    pub fn import_bundle(&self, file: &[u8]) -> Result<Imported> {
        let identity = self.identity()?;
        let mut imported = Imported::default();
        for envelope in take::envelopes(file)? {
            let now = self.now().timestamp_millis();
            let part = self.transact(|tx| take::take_in(tx, &identity, &envelope, now))?;
            imported.add(part);
        }
        Ok(imported)
    }

    /// How much is carried for others.
    pub fn carrying(&self) -> Result<Carrying> {
        self.read(|tx| tx.carrying())
    }

    /// Brings the server what was carried, before this device's own work, which may rest on it. An envelope that the server
    /// will not take stops nothing; a link that breaks off does.
    pub(super) fn bring_envelopes(&self, link: &Link<'_>) -> Result<()> {
        let identity = self.identity()?;
        if self.read(|tx| tx.parcels_again())? {
            let now = self.now().timestamp_millis();
            self.transact(|tx| out::parcels_again(tx, &identity, now))?;
        }
        let mut last = None;
        loop {
            let page = self.read(|tx| tx.carried(last.as_ref(), PAGE))?;
            let Some(end) = page.last().cloned() else { return Ok(()) };
            for carried in page {
                let request = BundleRequest { v: version::CURRENT, sealed: carried.sealed, came_at: carried.came_at };
                let now = self.now().timestamp();
                match link.bundle(&request)? {
                    Ok(answer) => {
                        self.transact(|tx| take::delivered(tx, &identity, &carried.hash, &answer, now))?;
                    }
                    Err(refusal) => match refusal.why.as_str() {
                        // A server of an earlier version knows no bundles: they wait for a later one.
                        "not_found" => return Ok(()),
                        // It stumbled over this one: tried again with the next round, and no other waits for it.
                        "internal" => {}
                        _ => self.transact(|tx| tx.envelope_refused(&carried.hash, &refusal.words))?,
                    },
                }
            }
            last = Some(end);
        }
    }

    /// After a round: what waited in colleagues' parcels for changes that have come now.
    pub(super) fn look_at_parcels(&self) -> Result<()> {
        if self.read(|tx| tx.parcels_waiting())? == 0 {
            return Ok(());
        }
        let identity = self.identity()?;
        let now = self.now().timestamp_millis();
        self.transact(|tx| take::look_again(tx, &identity, now).map(|_| ()))
    }

    /// Names of the colleagues on whose phones all of a household lies that this device has not brought to the server yet.
    pub fn also_held_by(&self, household: HouseholdId) -> Result<Vec<String>> {
        self.read(|tx| also_held_by(tx, household))
    }
}

pub(super) fn also_held_by(tx: &Tx<'_>, household: HouseholdId) -> Result<Vec<String>> {
    let witnesses = tx.witnesses(household)?;
    if witnesses.is_empty() {
        return Ok(Vec::new());
    }
    let doc = match tx.doc(household) {
        Ok(Some(doc)) => doc,
        Ok(None) => return Ok(Vec::new()),
        Err(e) if e.kind == Kind::Damaged => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let pending: Vec<_> = tx.pending_of(household)?.into_iter().map(|p| p.hash).collect();
    let mut names = Vec::new();
    for witness in witnesses {
        let known: Vec<_> = witness.heads.iter().filter(|h| doc.has(h)).copied().collect();
        let lacks = doc.changes_since(&known);
        if !lacks.iter().any(|c| pending.contains(&c.hash)) && !names.contains(&witness.name) {
            names.push(witness.name);
        }
    }
    Ok(names)
}

/// Reads a bundle's file, which may not be larger than one may be.
pub fn read_file(path: &std::path::Path) -> Result<Vec<u8>> {
    let most = u64::try_from(crate::wire::bundle::BUNDLE_MAX).unwrap_or(u64::MAX);
    let cannot = |e: std::io::Error| {
        Error::invalid("文件读不出，没有收进任何内容。 The file cannot be read; nothing was taken in.").because(e)
    };
    if std::fs::metadata(path).map_err(cannot)?.len() > most {
        return Err(Error::invalid(
            "文件过大，不是入户数据包，没有收进任何内容。 The file is too large to be a bundle; nothing was taken in.",
        ));
    }
    std::fs::read(path).map_err(cannot)
}
