//! Packs other than the one in force: the forms that drafts were begun with and that old visits were made with. What is
//! not here is noted as wanted, and a later round fetches it by its hash.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::App;
use crate::error::{Kind, Result};
use crate::policy::Pack;
use crate::sync::transport::Link;
use crate::wire::message::{PACK_NAME, PackRef};

/// Earlier packs kept loaded.
const KEPT: usize = 4;
/// The most packs noted as wanted.
const WANTED: usize = 64;
/// Packs fetched for reading in one round.
const A_ROUND: usize = 8;
/// Seconds before a server that did not have a pack is asked again.
const AGAIN: i64 = 24 * 3600;

/// Packs loaded from the database, the latest used last.
#[derive(Default)]
pub(super) struct Loaded(Mutex<Vec<Arc<Pack>>>);

/// `2023051501@1a2b3c4d5e6f` → (`2023051501`, `1a2b3c4d5e6f`)
pub(crate) fn version_and_pack(form_version: &str) -> (&str, &str) {
    form_version.split_once('@').unwrap_or((form_version, ""))
}

/// Whether a visit can name a pack so: the beginning of a hash, or all of it, in hex.
fn is_name(name: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    matches!(name.len(), PACK_NAME | 64) && name.bytes().all(digit)
}

/// Whether one more may be wanted. In a full list the one that was asked for the longest time ago, in vain, makes room: no
/// name that a damaged or crafted visit gives jams it.
fn make_room(wanted: &mut BTreeMap<String, i64>) -> bool {
    if wanted.len() < WANTED {
        return true;
    }
    let asked = wanted.iter().filter(|(_, at)| **at > 0).min_by_key(|(_, at)| **at);
    let Some(longest) = asked.map(|(name, _)| name.clone()) else { return false };
    wanted.remove(&longest).is_some()
}

impl App {
    /// The pack whose hash begins so, if its files are here.
    pub(crate) fn pack_called(&self, name: &str) -> Result<Option<Arc<Pack>>> {
        if name.len() < PACK_NAME {
            return Ok(None);
        }
        if let Ok(pack) = self.pack()
            && hex::encode(pack.hash()).starts_with(name)
        {
            return Ok(Some(pack));
        }
        let mut loaded = self.packs.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = loaded.iter().position(|p| hex::encode(p.hash()).starts_with(name)) {
            let pack = loaded.remove(at);
            loaded.push(pack.clone());
            return Ok(Some(pack));
        }
        let files = self.read(|tx| match tx.pack_beginning(name)? {
            Some(hash) => tx.pack_files(&hash),
            None => Ok(None),
        })?;
        // A pack that this version of the app cannot read is as good as absent.
        let Some(pack) = files.and_then(|f| Pack::from_files(f).ok()).map(Arc::new) else { return Ok(None) };
        if loaded.len() >= KEPT {
            loaded.remove(0);
        }
        loaded.push(pack.clone());
        Ok(Some(pack))
    }

    /// As [`App::pack_called`]; what is not here is fetched with a later round.
    pub(crate) fn pack_or_want(&self, name: &str) -> Result<Option<Arc<Pack>>> {
        let found = self.pack_called(name)?;
        if found.is_none() && is_name(name) {
            let mut wanted = self.read(|tx| tx.packs_wanted())?;
            if !wanted.contains_key(name) && make_room(&mut wanted) {
                wanted.insert(name.to_owned(), 0);
                self.transact(|tx| tx.set_packs_wanted(&wanted))?;
            }
        }
        Ok(found)
    }

    /// Fetches what is wanted for reading. A server that does not have a pack is no trouble: it is asked again another day.
    pub(super) fn fetch_wanted(&self, link: &Link<'_>) -> Result<()> {
        let wanted = self.read(|tx| tx.packs_wanted())?;
        let now = self.now().timestamp();
        let due = |asked: i64| asked == 0 || now.saturating_sub(asked) >= AGAIN;
        let names: Vec<String> =
            wanted.iter().filter(|(_, at)| due(**at)).map(|(n, _)| n.clone()).take(A_ROUND).collect();
        let mut left: BTreeMap<String, i64> = wanted;
        for name in &names {
            match self.fetch_by_name(link, name) {
                Ok(()) => {
                    left.remove(name);
                }
                Err(e) if e.kind == Kind::Offline => break,
                Err(_) => {
                    left.insert(name.clone(), now.max(1));
                }
            }
        }
        if names.is_empty() { Ok(()) } else { self.transact(|tx| tx.set_packs_wanted(&left)) }
    }

    fn fetch_by_name(&self, link: &Link<'_>, name: &str) -> Result<()> {
        if self.pack_called(name)?.is_some() {
            return Ok(());
        }
        let files = link.pack(name)?;
        let pack = Pack::from_files(files.files.iter().map(|(p, b)| (p.clone(), b.to_vec())).collect())?;
        let (hash, manifest) = (hex::encode(pack.hash()), pack.manifest());
        if !hash.starts_with(name) {
            return Err(super::round::not_the_pack());
        }
        let reference = PackRef { hash, id: manifest.id.clone(), version: manifest.version.clone() };
        // Fetched for reading: of all packs the first to go.
        self.transact(|tx| tx.write_pack(&reference, &files, 0))
    }
}
