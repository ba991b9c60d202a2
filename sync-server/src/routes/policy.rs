//! The pack in force, its permits kept ready.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use app_core::approvals::Permits;
use app_core::domain::Title;
use app_core::policy::Pack;
use app_core::wire;
use app_core::wire::message::{PackFiles, PackRef};

use crate::error::{Error, Result};
use crate::store::Reads;
use crate::store::rows::PackRow;

/// What follows from the pack in force.
pub struct InForce {
    /// as the wire names it
    pub reference: PackRef,
    /// what each title may do
    pub permits: Permits,
}

/// The last pack seen in force.
#[derive(Default)]
pub struct Policy(Mutex<Option<Arc<InForce>>>);

impl Policy {
    /// The pack in force now; another process may have published a new one.
    pub fn now(&self, r: &dyn Reads) -> Result<Arc<InForce>> {
        let none = || {
            Error::internal("服务器没有政策包，请告知管理员。 The server has no pack in force: tell the administrator.")
        };
        let hash = r.setting(crate::ops::PACK)?.and_then(|h| String::from_utf8(h).ok()).ok_or_else(none)?;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|p| p.reference.hash == hash) {
            return Ok(known.clone());
        }
        let row = r.pack(&hash)?.ok_or_else(none)?;
        let pack = load(&row)?;
        let reference = PackRef { hash, id: row.id, version: row.version };
        let fresh = Arc::new(InForce { reference, permits: permits(&pack) });
        *last = Some(fresh.clone());
        Ok(fresh)
    }
}

/// A stored pack, loaded.
pub fn load(row: &PackRow) -> Result<Pack> {
    let files: PackFiles = wire::decode(&row.files, crate::settings::MESSAGE_MAX)?;
    let files: BTreeMap<String, Vec<u8>> = files.files.into_iter().map(|(path, b)| (path, b.into_vec())).collect();
    Pack::from_files(files).map_err(|e| {
        Error::internal("服务器上的政策包损坏，请告知管理员。 The server's pack is damaged: tell the administrator.")
            .because(e)
    })
}

/// What each title may do.
pub(crate) fn permits(pack: &Pack) -> Permits {
    Permits::from_rows(
        Title::ALL
            .into_iter()
            .filter_map(|t| pack.permits(t))
            .map(|p| (p.title.code(), p.permits.iter().map(String::as_str))),
    )
}
