//! What became of every change on every replica, step by step: kept while a fleet runs, told of one household when
//! something is lost. It only looks; a story runs the same with and without it.

use std::collections::{BTreeMap, BTreeSet};

use app_core::approvals::RefusedWhy;
use app_core::domain::id::HouseholdId;
use app_core::storage::Tx;
use sync_server::store::read;

use crate::phone::Phone;
use crate::township::Township;

type Hash = [u8; 32];

/// How a line begins that is not a step.
const NOTE: &str = "       ";
/// Always told.
const DISK: &str = "the disk dies";

/// One household on one replica: what is in its file, what waits, what was refused, what is parked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct View {
    held: bool,
    leaving: bool,
    heads: Vec<Hash>,
    inside: BTreeSet<Hash>,
    pending: BTreeSet<Hash>,
    refused: BTreeMap<Hash, String>,
}

/// The chronicle.
#[derive(Debug, Default)]
pub struct Chronicle {
    /// replica → household → as last seen
    seen: BTreeMap<String, BTreeMap<HouseholdId, View>>,
    /// what a change is, for the eye
    known: BTreeMap<Hash, String>,
    lines: Vec<(Option<HouseholdId>, String)>,
    step: u32,
}

impl Chronicle {
    /// A step begins.
    pub fn step(&mut self, step: u32, what: &str) {
        self.step = step;
        self.lines.push((None, format!("{step:>4} {what}")));
    }

    /// Something that concerns everybody.
    pub fn note(&mut self, what: &str) {
        self.lines.push((None, format!("{NOTE}{what}")));
    }

    /// The disk dies.
    pub fn disk(&mut self, what: &str) {
        self.note(&format!("{DISK}: {what}"));
    }

    /// Looks at a phone.
    pub fn look(&mut self, phone: &Phone) {
        let before = self.seen.remove(&phone.name).unwrap_or_default();
        let mut now = phone.read(|tx| views(tx, &before)).unwrap();
        for (id, view) in &now {
            let unknown = view.inside.iter().any(|hash| !self.known.contains_key(hash));
            if unknown && view.held && before.get(id).is_none_or(|b| b.heads != view.heads) {
                self.learn(phone, *id);
            }
        }
        now.retain(|_, v| *v != View::default());
        self.compare(&phone.name, &before, &now);
        self.seen.insert(phone.name.clone(), now);
    }

    /// Looks at the server.
    pub fn look_at_server(&mut self, township: &Township) {
        const SERVER: &str = "the server";
        let before = self.seen.remove(SERVER).unwrap_or_default();
        let mut now: BTreeMap<HouseholdId, View> = BTreeMap::new();
        // Also what it does not hold (any more), of which something may be parked.
        let ids: BTreeSet<HouseholdId> = self.seen.values().flat_map(|v| v.keys().copied()).collect();
        for id in ids {
            let view = read(township.store(), |r| {
                let mut view = View { held: r.place(id)?.is_some(), ..View::default() };
                view.inside = r.changes_of(id)?.into_iter().map(|c| c.hash).collect();
                for why in WHYS {
                    view.refused.extend(r.parked(id, why.code(), None, 1_000)?.into_iter().map(|p| (p.hash, p.why)));
                }
                Ok(view)
            });
            now.insert(id, view.unwrap());
        }
        now.retain(|_, v| *v != View::default());
        self.compare(SERVER, &before, &now);
        self.seen.insert(SERVER.to_owned(), now);
    }

    /// The story of one household; what it concerns is marked.
    pub fn tell(&self, id: HouseholdId) -> String {
        let mut told = vec![format!("the story of household {id}:")];
        let mut step: Vec<&String> = Vec::new();
        for (of, line) in &self.lines {
            match of {
                None if line.starts_with(NOTE) => step.push(line),
                None => step = vec![line],
                // A step of which nothing concerns the household is left out, but for what concerns everybody.
                Some(of) if *of == id => {
                    told.extend(step.drain(..).cloned());
                    told.push(line.clone());
                }
                Some(_) => {}
            }
            if line.contains(DISK) {
                told.extend(step.drain(..).cloned());
            }
        }
        told.join("\n")
    }

    /// The change that wrote something whose path holds these words (a visit's or member's id).
    pub fn change_of(&self, what: &str) -> Vec<String> {
        let of = |(hash, words): (&Hash, &String)| format!("{} {words}", short(hash));
        self.known.iter().filter(|(_, words)| !what.is_empty() && words.contains(what)).map(of).collect()
    }

    fn learn(&mut self, phone: &Phone, id: HouseholdId) {
        let doc = phone.read(|tx| tx.need(id)).unwrap();
        let numbers: BTreeMap<Hash, u64> = doc.change_infos().into_iter().map(|c| (c.hash, c.seq)).collect();
        for step in doc.history(&|_| None) {
            let whats: BTreeSet<String> = step.values.iter().map(|v| v.path[..v.path.len().min(2)].join("/")).collect();
            let whats: Vec<String> = whats.into_iter().take(3).collect();
            let words = format!("{}#{} {}", short(&step.actor), numbers[&step.hash], whats.join(" "));
            self.known.insert(step.hash, words);
        }
    }

    fn compare(&mut self, who: &str, before: &BTreeMap<HouseholdId, View>, now: &BTreeMap<HouseholdId, View>) {
        let none = View::default();
        let ids: BTreeSet<HouseholdId> = before.keys().chain(now.keys()).copied().collect();
        for id in ids {
            let (was, is) = (before.get(&id).unwrap_or(&none), now.get(&id).unwrap_or(&none));
            let mut say = |what: String| self.lines.push((Some(id), format!("       {who}: {what}")));
            match (was.held, is.held) {
                (false, true) => say(format!("has it, {} changes", is.inside.len())),
                (true, false) => say("has it no longer".into()),
                _ => {}
            }
            if was.leaving != is.leaving {
                say(format!("leaving {}", is.leaving));
            }
            let known = &self.known;
            let name = |h: &Hash| format!("{} {}", short(h), known.get(h).map_or("", String::as_str));
            let mut said = Vec::new();
            let news = !(was.held ^ is.held) || is.inside.len() + was.inside.len() < 4;
            if news {
                said.extend(is.inside.difference(&was.inside).map(|h| format!("+ {}", name(h))));
                said.extend(was.inside.difference(&is.inside).map(|h| format!("- {}", name(h))));
            }
            said.extend(is.pending.difference(&was.pending).map(|h| format!("waits {}", name(h))));
            said.extend(was.pending.difference(&is.pending).map(|h| format!("waits no longer {}", name(h))));
            let refused = is.refused.iter().filter(|(h, why)| was.refused.get(*h) != Some(why));
            said.extend(refused.map(|(h, why)| format!("refused {why} {}", name(h))));
            let no_longer = was.refused.keys().filter(|h| !is.refused.contains_key(*h));
            said.extend(no_longer.map(|h| format!("refused no longer {}", name(h))));
            for line in said {
                self.lines.push((Some(id), format!("       {who}: {line}")));
            }
        }
    }
}

const WHYS: [RefusedWhy; 7] = [
    RefusedWhy::Scope,
    RefusedWhy::Permit,
    RefusedWhy::NotYours,
    RefusedWhy::Malformed,
    RefusedWhy::Author,
    RefusedWhy::Duplicate,
    RefusedWhy::Dependency,
];

fn views(tx: &Tx<'_>, before: &BTreeMap<HouseholdId, View>) -> app_core::error::Result<BTreeMap<HouseholdId, View>> {
    let mut now: BTreeMap<HouseholdId, View> = BTreeMap::new();
    for (id, heads) in tx.held()? {
        let view = now.entry(id).or_default();
        // Only a file that moved is read.
        view.inside = match before.get(&id).filter(|b| b.heads == heads) {
            Some(same) => same.inside.clone(),
            None => tx.need(id)?.change_infos().into_iter().map(|c| c.hash).collect(),
        };
        (view.held, view.heads) = (true, heads);
    }
    for id in tx.leaving()? {
        now.entry(id).or_default().leaving = true;
    }
    for id in tx.waiting()? {
        now.entry(id).or_default().pending = tx.pending_of(id)?.into_iter().map(|p| p.hash).collect();
    }
    for refused in tx.refused()? {
        now.entry(refused.household).or_default().refused.insert(refused.hash, refused.why);
    }
    Ok(now)
}

fn short(bytes: &[u8]) -> String {
    bytes.iter().take(4).map(|b| format!("{b:02x}")).collect()
}
