//! Whether a visit went on in the file since somebody last looked at it: for forms that are being filled beside the file.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::doc::{Hash, HouseholdDoc};

impl HouseholdDoc {
    /// What tells a visit as it stands from the same visit with anything else in it (SHA-256 as hex); the same on every
    /// replica that holds the same. `None` when the file holds nothing of it.
    pub fn visit_mark(&self, visit: &str) -> Option<String> {
        let lines = self.lines_below(&format!("/visits/{visit}/"));
        if lines.is_empty() {
            return None;
        }
        let mut hasher = Sha256::new();
        super::digest::feed_lines(&mut hasher, &lines);
        Some(hex::encode(hasher.finalize()))
    }

    /// Whether everything written of a visit apart from `change` (which wrote of it too) was written by somebody who had
    /// seen that change, or lies behind it; and something was. Then nothing of `change` goes unseen when the file is taken
    /// as it stands.
    pub fn visit_went_on_from(&self, visit: &str, change: &Hash) -> bool {
        if !self.has(change) {
            return false;
        }
        let (behind, after) = self.around(change);
        let writes = |path: &[String]| path.iter().map(String::as_str).take(2).eq(["visits", visit]);
        let steps = self.history(&|_| None);
        let mut others =
            steps.iter().filter(|s| s.hash != *change && s.values.iter().any(|v| writes(&v.path))).map(|s| s.hash);
        let mut went_on = false;
        let all_seen = others.all(|hash| {
            went_on |= after.contains(&hash);
            after.contains(&hash) || behind.contains(&hash)
        });
        all_seen && went_on
    }

    /// What a change rests on, and what rests on it.
    fn around(&self, change: &Hash) -> (HashSet<Hash>, HashSet<Hash>) {
        let metas = self.links();
        let (mut behind, mut after) = (HashSet::new(), HashSet::new());
        for (hash, deps) in &metas {
            if deps.iter().any(|d| d == change || after.contains(d)) {
                after.insert(*hash);
            }
        }
        for (hash, deps) in metas.iter().rev() {
            if hash == change || behind.contains(hash) {
                behind.extend(deps.iter().copied());
            }
        }
        (behind, after)
    }
}
