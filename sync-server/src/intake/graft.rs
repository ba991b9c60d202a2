//! After a restore: work, also of others, whose numbers have been taken since (their author's phone was put back and went on
//! from there) is written again under an actor made from the old one, which is registered to the same device.

use std::collections::HashSet;

use app_core::document::{Admitted, Graft, Hash, HouseholdDoc, actor_of, change_hash};
use app_core::domain::Area;

use super::judge::{Bringer, Judge};
use super::push::{Household, Taken, taken_of};
use crate::error::Result;
use app_core::approvals::RefusedWhy;

/// A change that did not get in, and why.
pub(super) type NotIn<'b> = (Hash, &'b [u8], RefusedWhy);

impl Household<'_> {
    /// Takes what can be written again out of `refused`; gives what came in by it. The originals count as here then.
    pub(super) fn graft(
        &mut self,
        doc: &mut HouseholdDoc,
        refused: &mut Vec<NotIn<'_>>,
        unit: Option<&Area>,
    ) -> Result<Vec<Taken>> {
        let mut taken = Vec::new();
        // What is the device's own alone it writes again itself, as at any other time.
        let others = refused.iter().any(|(_, bytes, _)| self.is_of_another(bytes));
        if !others || !refused.iter().any(|(_, _, why)| *why == RefusedWhy::Duplicate) {
            return Ok(taken);
        }
        let mut graft = Graft::default();
        let mut left = Vec::new();
        for (hash, bytes, why) in refused.drain(..) {
            let wanted = why == RefusedWhy::Duplicate || why == RefusedWhy::Dependency && graft.bears(bytes);
            // Only what the server has signed for: it had this work once, whoever brings it now.
            let wanted = wanted && self.proven.contains(&hash);
            if wanted && self.graft_one(doc, &mut graft, bytes, unit, &mut taken)? {
                self.w.unpark(self.id, &hash)?;
            } else {
                left.push((hash, bytes, why));
            }
        }
        *refused = left;
        Ok(taken)
    }

    fn is_of_another(&self, bytes: &[u8]) -> bool {
        let owner = actor_of(bytes).and_then(|actor| self.w.owner(&actor).ok().flatten());
        owner.is_some_and(|o| o.device != self.round.device)
    }

    fn graft_one(
        &mut self,
        doc: &mut HouseholdDoc,
        graft: &mut Graft,
        bytes: &[u8],
        unit: Option<&Area>,
        taken: &mut Vec<Taken>,
    ) -> Result<bool> {
        let Some(again) = graft.write_again(bytes) else { return Ok(false) };
        let Some(owner) = self.w.owner(&again.author)? else { return Ok(false) };
        if !self.w.put_actor(&again.actor, &owner.device, self.round.now)? {
            return Ok(false);
        }
        let proven: HashSet<Hash> = change_hash(&again.bytes).into_iter().collect();
        let (device, person) = (self.round.device, self.round.person);
        let bringer = Bringer { device, person, vouched: false, proven: &proven };
        let mut judge = Judge::new(&*self.w, &bringer, self.round.permits, unit.cloned());
        let outcome = doc.admit(&again.bytes, None, &mut |a| judge.judge(a));
        if let Some(e) = judge.failed.take() {
            return Err(e);
        }
        match outcome {
            Ok(Admitted::New { hash, actor, .. }) => {
                let Ok(author) = judge.author(actor, &hash) else { return Ok(false) };
                taken.push(taken_of(author, hash, actor, &again.bytes, device));
                Ok(true)
            }
            Ok(Admitted::AlreadyHere { .. }) => Ok(true),
            Err(_) => Ok(false),
        }
    }
}
