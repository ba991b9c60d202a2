//! Parking what was refused: whole, with the reason, and bounded, so that no device fills the disk. What finds no place is
//! refused all the same, and the words say that only the device has it.

use std::collections::HashSet;

use app_core::approvals::RefusedWhy;
use app_core::document::Hash;
use app_core::wire::chunk::change_author;
use uuid::Uuid;

use crate::error::Result;
use crate::settings;
use crate::store::Writes;
use crate::store::rows::Parked;

/// Added to the reason when the server keeps no copy.
const ONLY_HERE: &str = "服务器暂存区已满，这次修改只保存在本机，请联系管理员。";

/// What is parked of a device, counted once a round and only if something is to be parked.
#[derive(Debug, Default)]
pub(super) struct Space {
    counted: Option<(u64, u64)>,
}

/// A change to park.
pub(super) struct Parking<'a> {
    pub(super) household: Uuid,
    pub(super) hash: Hash,
    pub(super) bytes: &'a [u8],
    pub(super) why: RefusedWhy,
    pub(super) grid: Option<&'a str>,
    pub(super) proven: &'a HashSet<Hash>,
}

impl Space {
    /// Parks a change; the words for its author. Whether it lies here now.
    pub(super) fn park(
        &mut self,
        w: &mut dyn Writes,
        device: &str,
        change: &Parking<'_>,
        now: i64,
    ) -> Result<(bool, String)> {
        let words = change.why.words().to_owned();
        let size = u64::try_from(change.bytes.len()).unwrap_or(u64::MAX);
        if !w.is_parked(change.household, &change.hash)? && !self.fits(w, device, size)? {
            return Ok((false, format!("{words}{ONLY_HERE}")));
        }
        let parked = Parked {
            household: change.household,
            hash: change.hash,
            device: device.to_owned(),
            why: change.why.code().to_owned(),
            words: words.clone(),
            unit: change.grid.map(str::to_owned),
            bytes: change.bytes.to_vec(),
            actor: change_author(change.bytes).map(|a| a.to_vec()).unwrap_or_default(),
            proven: change.proven.contains(&change.hash),
            at: now,
        };
        w.park(&parked)?;
        Ok((true, words))
    }

    fn fits(&mut self, w: &dyn Writes, device: &str, size: u64) -> Result<bool> {
        let (count, bytes) = match self.counted {
            Some(counted) => counted,
            // A full server takes no more from anyone.
            None if w.parked_bytes()? > settings::PARKED_TOTAL => (u64::MAX, u64::MAX),
            None => w.parked_of(device)?,
        };
        let after = (count.saturating_add(1), bytes.saturating_add(size));
        let fits = after.0 <= settings::PARKED_COUNT && after.1 <= settings::PARKED_BYTES;
        self.counted = Some(if fits { after } else { (count, bytes) });
        Ok(fits)
    }
}
