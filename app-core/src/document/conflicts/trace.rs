//! Who wrote what, after having seen what, by which kind of visit, by which clock.

use std::collections::{BTreeMap, HashMap, HashSet};

use automerge::{ObjId, ROOT, ReadDoc};

use super::{Clock, Wrote};
use crate::document::doc::{Actor, Hash, HouseholdDoc, actor_bytes, from_value};
use crate::document::file::HouseholdFile;
use crate::document::history::Step;
use crate::document::layout::{self, Child};
use crate::document::scalar::Scalar;

/// Two clocks that differ by less say nothing (seconds).
const TOLERANCE: i64 = 600;

/// The history of one file, ready for questions.
pub(super) struct Trace<'a> {
    steps: Vec<Step>,
    /// number of the step
    at: HashMap<Hash, usize>,
    links: Vec<(Hash, Vec<Hash>)>,
    clocks: HashMap<Hash, Clock>,
    methods: BTreeMap<&'a str, &'a str>,
}

impl<'a> Trace<'a> {
    pub(super) fn of(doc: &HouseholdDoc, file: &'a HouseholdFile) -> Self {
        let steps = doc.history(&|_| None);
        let at = steps.iter().enumerate().map(|(n, s)| (s.hash, n)).collect();
        let links = doc.links();
        let clocks = clocks(&steps, &links);
        let methods = file.visits.iter().filter_map(|v| Some((v.id.as_str(), v.method.as_deref()?))).collect();
        Self { steps, at, links, clocks, methods }
    }

    /// Who wrote a change.
    pub(super) fn wrote(&self, actor: Actor, hash: Hash) -> Wrote {
        let step = self.step(&hash);
        Wrote {
            actor,
            time: step.map_or(0, |s| s.time),
            hash,
            how: step.and_then(|s| self.how(s)),
            clock: self.clocks.get(&hash).copied().unwrap_or(Clock::Sound),
        }
    }

    fn step(&self, hash: &Hash) -> Option<&Step> {
        self.at.get(hash).and_then(|n| self.steps.get(*n))
    }

    /// The method of the visit that came in the same change.
    fn how(&self, step: &Step) -> Option<String> {
        let visits = step.values.iter().filter(|v| v.path.first().is_some_and(|root| root == "visits"));
        let mut ids = visits.filter_map(|v| v.path.get(1));
        ids.find_map(|id| self.methods.get(id.as_str())).map(|m| (*m).to_owned())
    }

    /// The steps that wrote something of a member that people say, the roster's own marks left out.
    pub(super) fn edits_of_member(&self, member: &str) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |s| {
            s.values.iter().any(|v| match v.path.as_slice() {
                [root, id, field, ..] => root == "members" && id == member && field != "removed" && field != "order",
                _ => false,
            })
        })
    }

    /// What a step wrote at a path, and what its author saw there before.
    pub(super) fn value_in(&self, hash: &Hash, path: &[&str]) -> Option<(&Scalar, &[Scalar])> {
        let values = &self.step(hash)?.values;
        let found = values.iter().find(|v| v.path.iter().map(String::as_str).eq(path.iter().copied()))?;
        Some((&found.after, &found.before))
    }

    /// These changes and everything their authors had seen.
    pub(super) fn behind(&self, changes: impl IntoIterator<Item = Hash>) -> HashSet<Hash> {
        let mut seen: HashSet<Hash> = changes.into_iter().collect();
        for (hash, deps) in self.links.iter().rev() {
            if seen.contains(hash) {
                seen.extend(deps.iter().copied());
            }
        }
        seen
    }

    /// What was written by people who had seen one of these changes.
    pub(super) fn after(&self, changes: &[Hash]) -> HashSet<Hash> {
        let mut found: HashSet<Hash> = HashSet::new();
        for (hash, deps) in &self.links {
            if deps.iter().any(|d| changes.contains(d) || found.contains(d)) {
                found.insert(*hash);
            }
        }
        found
    }
}

/// A clock stands against those of the changes under and above it.
fn clocks(steps: &[Step], links: &[(Hash, Vec<Hash>)]) -> HashMap<Hash, Clock> {
    let times: HashMap<Hash, i64> = steps.iter().map(|s| (s.hash, s.time)).collect();
    let time = |h: &Hash| times.get(h).copied().unwrap_or(0);
    let mut latest_under: HashMap<Hash, i64> = HashMap::new();
    for (hash, deps) in links {
        let under = deps.iter().map(|d| time(d).max(latest_under.get(d).copied().unwrap_or(0))).max();
        latest_under.insert(*hash, under.unwrap_or(0));
    }
    let mut earliest_above: HashMap<Hash, i64> = HashMap::new();
    for (hash, deps) in links.iter().rev() {
        let above = time(hash).min(earliest_above.get(hash).copied().unwrap_or(i64::MAX));
        for dep in deps {
            let known = earliest_above.entry(*dep).or_insert(i64::MAX);
            *known = above.min(*known);
        }
    }
    let judged = |hash: &Hash| {
        let at = time(hash);
        if at.saturating_add(TOLERANCE) < latest_under.get(hash).copied().unwrap_or(0) {
            Clock::Behind
        } else if earliest_above.get(hash).is_some_and(|above| above.saturating_add(TOLERANCE) < at) {
            Clock::Ahead
        } else {
            Clock::Sound
        }
    };
    links.iter().map(|(hash, _)| (*hash, judged(hash))).collect()
}

impl HouseholdDoc {
    /// Every value that stands at a path with its author and change, the one shown first; equal ones too.
    pub(super) fn standing(&self, path: &[String]) -> Vec<(Scalar, Actor, Hash)> {
        let Some((obj, key)) = self.place_of(path) else { return Vec::new() };
        let all = self.doc.get_all(&obj, key.as_str()).unwrap_or_default();
        let read = |(value, id): &(automerge::Value<'_>, ObjId)| {
            let actor = match id {
                ObjId::Id(_, actor, _) => actor_bytes(actor),
                ObjId::Root => Actor::default(),
            };
            let hash = self.doc.hash_for_opid(id).map_or([0; 32], |h| h.0);
            from_value(value).map(|value| (value, actor, hash))
        };
        // automerge lists the winner last.
        all.iter().rev().filter_map(read).collect()
    }

    /// The map and key that hold a path.
    fn place_of(&self, path: &[String]) -> Option<(ObjId, String)> {
        let mut obj = ROOT;
        for (depth, segment) in path.iter().enumerate() {
            match layout::child(&self.doc, &obj, segment).ok()? {
                Child::Map(inner) => obj = inner,
                Child::Value | Child::Nothing => {
                    return (depth > 0).then(|| (obj, path.get(depth..).unwrap_or_default().join("/")));
                }
            }
        }
        None
    }
}
