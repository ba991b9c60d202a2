//! What goes over the wire.

use serde_bytes::ByteBuf;

use super::dice::Dice;
use super::household::imported;
use super::visit::{Worker, visit};
use crate::document::HouseholdDoc;
use crate::domain::id::{HouseholdId, short_id_of};
use crate::wire::message::{Cursor, Push, SyncRequest};

/// A household's file and the change of one visit made on it.
pub fn visited(n: u64, worker: &Worker, form: &str, facts: usize, dice: &mut Dice) -> (HouseholdDoc, Vec<u8>) {
    let mut doc = imported(n, dice);
    let at = 1_684_200_000 + i64::try_from(dice.below(1_500_000)).unwrap_or(0);
    let edits = visit(&doc, worker, form, facts, at, dice);
    let written = doc.edit(worker.actor, at, &edits).unwrap_or_else(|e| unreachable!("{e}"));
    (doc, written.map(|w| w.bytes).unwrap_or_default())
}

/// A push of these changes by this worker's device, as a phone sends it (unsigned).
pub fn request(changes: &[(HouseholdId, Vec<u8>)], dice: &mut Dice) -> SyncRequest {
    SyncRequest {
        v: crate::wire::version::CURRENT,
        cursor: Cursor {
            epoch: short_id_of(HouseholdId::from_bytes(dice.bytes()), "epoch"),
            seq: dice.below(60_000),
            mark: ByteBuf::from(dice.bytes::<8>()),
            areas: vec!["999999101203-04".into()],
            growing: None,
        },
        push: changes
            .iter()
            .map(|(id, bytes)| Push {
                household: ByteBuf::from(id.as_bytes().to_vec()),
                grid: None,
                changes: vec![ByteBuf::from(bytes.clone())],
            })
            .collect(),
        pack: hex::encode(dice.bytes::<8>()),
        ..SyncRequest::default()
    }
}
