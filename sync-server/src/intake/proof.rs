//! What the server has signed for: its receipts name heads that it held, and every change behind a head. Whoever brings such
//! a change back after a restore need not be believed; without one, only a device's own changes are taken from it.

use std::collections::{HashMap, HashSet};

use app_core::document::Hash;
use app_core::wire::chunk::change_deps;
use app_core::wire::message::Proof;
use app_core::wire::sign::verify_held;
use uuid::Uuid;

/// Heads the server has signed for, by household.
#[derive(Debug, Default)]
pub struct Proofs(HashMap<Uuid, HashSet<Hash>>);

impl Proofs {
    /// Keeps what the server's own signature covers; anything else proves nothing.
    pub fn check(proofs: &[Proof], server_key: &[u8]) -> Self {
        let mut held: HashMap<Uuid, HashSet<Hash>> = HashMap::new();
        for proof in proofs.iter().filter(|p| verify_held(p.time, &p.held, &p.sig, server_key)) {
            for one in &proof.held {
                let Ok(id) = Uuid::from_slice(&one.household) else { continue };
                let heads = one.heads.iter().filter_map(|h| Hash::try_from(h.as_slice()).ok());
                held.entry(id).or_default().extend(heads);
            }
        }
        Self(held)
    }

    /// Which of a household's changes (in causal order) the server has signed for: the heads, and what they rest on.
    pub(super) fn covers(&self, household: Uuid, changes: &[(Hash, &[u8])]) -> HashSet<Hash> {
        let Some(heads) = self.0.get(&household) else { return HashSet::new() };
        let mut proven = heads.clone();
        for (hash, bytes) in changes.iter().rev() {
            if proven.contains(hash) {
                proven.extend(change_deps(bytes).unwrap_or_default());
            }
        }
        proven
    }
}
