//! A county's desk after an old backup: everything goes up again on the server's own receipts, which name thousands of
//! households each. No request is larger than the server takes, and every change comes to its turn.

use serde_bytes::ByteBuf;

use super::*;
use crate::document::HouseholdDoc;
use crate::domain::id::{HouseholdId, IMPORT_ACTOR, new_household};
use crate::storage::tests::founding;
use crate::sync::round::{SoFar, collect};
use crate::wire;
use crate::wire::message::Ack;

/// Households a receipt names, as a desk's answers of a county do.
const NAMED: usize = 3_000;
/// What a server takes.
const BODY_MAX: usize = 4 * 1024 * 1024;

fn ack(id: HouseholdId, heads: &[[u8; 32]]) -> Ack {
    Ack {
        household: ByteBuf::from(id.as_bytes().as_slice()),
        heads: heads.iter().map(|h| ByteBuf::from(h.as_slice())).collect(),
    }
}

/// Bytes that do not fold.
fn noise(n: usize) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(n.to_be_bytes()).into()
}

#[test]
fn what_proves_a_countys_work_is_spread_over_requests() {
    let village = Village::new();
    let mut ids = Vec::new();
    for n in 0..60 {
        let id = new_household();
        let facts = founding((&format!("韦秀英{n}"), ""), &[], "上韦屯");
        village.import(HouseholdDoc::found(id, &facts, IMPORT_ACTOR, 1_683_000_000).unwrap());
        ids.push(id);
    }
    let desk = Phone::enrolled(&village, "K7QF3MXD");
    desk.app
        .transact(|tx| {
            for (n, id) in ids.iter().enumerate() {
                // Each household was last signed for in an answer of its own, among all the county's.
                let mut held = vec![ack(*id, &tx.stored(*id)?.unwrap().heads)];
                held.extend((0..NAMED).map(|k| ack(new_household(), &[noise(n * NAMED + k)])));
                let receipt = tx.write_receipt(1_700_000_000_000, &wire::encode(&held)?, &[7; 64])?;
                tx.receipt_names(*id, receipt)?;
                tx.offer_again(*id, 1_700_000_000)?;
            }
            Ok(())
        })
        .unwrap();
    let identity = desk.app.identity().unwrap();
    let mut requests = 0;
    let mut pushed = std::collections::BTreeSet::new();
    while desk.app.read(|tx| tx.pending_count(None)).unwrap() > 0 {
        let sent = desk.app.read(|tx| collect(tx, &identity, &SoFar::default())).unwrap();
        let size = wire::encode(&sent.request).unwrap().len();
        assert!(size < BODY_MAX, "{size} bytes in one request");
        assert!(!sent.pushed.is_empty(), "each request brings something");
        for push in &sent.request.push {
            let named = |a: &Ack| a.household == push.household;
            assert!(
                sent.request.proofs.iter().any(|p| p.held.iter().any(named)),
                "what goes up goes up with its proof"
            );
        }
        desk.app
            .transact(|tx| {
                for (household, hash) in &sent.pushed {
                    pushed.insert(*household);
                    tx.drop_change(hash)?;
                }
                Ok(())
            })
            .unwrap();
        requests += 1;
    }
    assert_eq!(pushed.len(), ids.len(), "every household came to its turn");
    assert!((5..=60).contains(&requests), "{requests} requests");
}
