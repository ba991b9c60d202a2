//! What a choice writes: one change of the file, delete and put where several values stand (`doc.rs`).

use sha2::{Digest, Sha256};

use super::clash::register_path;
use super::trace::Trace;
use super::{Card, Choice, Chosen, Subject};
use crate::document::doc::{Hash, HouseholdDoc};
use crate::document::file::{HouseholdFile, MemberFile};
use crate::document::founding::member_edits;
use crate::document::scalar::{Edit, Scalar};
use crate::domain::IdNumber;

impl HouseholdDoc {
    /// The edits of a choice, to be written as one change. Of clashes between households: nothing (the service writes both).
    pub fn settling(&self, card: &Card, choice: &Choice) -> Vec<Edit> {
        let file = self.file();
        let mut edits = match (&card.subject, &choice.what) {
            (Subject::Field { path }, Chosen::Value(value)) => field(&file, path, value),
            (Subject::SamePerson { members }, Chosen::Member(kept)) => one_person(&file, members, kept),
            (Subject::TwoHeads { members }, Chosen::Member(kept)) => one_head(members, kept),
            (Subject::EditedRemoved { member }, Chosen::Removed) => self.stays_removed(&file, card, member),
            (Subject::EditedRemoved { member }, Chosen::Present) => self.stands_again(&file, card, member),
            _ => return Vec::new(),
        };
        if let Some(clash) = card.id.strip_prefix("settled/") {
            let stamp = match &card.subject {
                Subject::EditedRemoved { .. } => format!(" {}", covered(card)),
                _ => String::new(),
            };
            edits.push(Edit { path: register_path(clash), value: format!("{}{stamp}", choice.key).into() });
        }
        edits
    }

    /// Off the roster as whoever took the person off said.
    fn stays_removed(&self, file: &HouseholdFile, card: &Card, member: &str) -> Vec<Edit> {
        let mut edits = vec![Edit::at(["members", member, "removed"], true)];
        let trace = Trace::of(self, file);
        let path = ["members", member, "living"];
        edits.extend(
            removals(card).find_map(|h| trace.value_in(&h, &path)).map(|(said, _)| Edit::at(path, said.clone())),
        );
        edits
    }

    /// On the roster again; a way of leaving that came with the removal is taken back.
    fn stands_again(&self, file: &HouseholdFile, card: &Card, member: &str) -> Vec<Edit> {
        let mut edits = vec![Edit::at(["members", member, "removed"], false)];
        let trace = Trace::of(self, file);
        let path = ["members", member, "living"];
        let now = file.members.iter().find(|m| m.fact.id == member).and_then(|m| m.fact.living.as_deref());
        let left = removals(card).filter_map(|h| trace.value_in(&h, &path)).find(|(said, _)| said.as_text() == now);
        if let Some((_, before)) = left {
            let was = before.first().cloned().unwrap_or_else(|| Scalar::from("alive"));
            edits.push(Edit::at(path, was));
        }
        edits
    }
}

/// The changes that took the person off, as the card names them.
fn removals(card: &Card) -> impl Iterator<Item = Hash> {
    let of = card.choices.iter().filter(|c| c.what == Chosen::Removed);
    of.flat_map(|c| c.by.iter().map(|w| w.hash))
}

/// A name of what the choice was made over: the same choice over later work is another one.
fn covered(card: &Card) -> String {
    let mut hashes: Vec<Hash> = card.choices.iter().flat_map(|c| c.by.iter().map(|w| w.hash)).collect();
    hashes.sort_unstable();
    let mut hasher = Sha256::new();
    for hash in hashes {
        hasher.update(hash);
    }
    hex::encode(hasher.finalize()).get(..8).unwrap_or_default().to_owned()
}

/// A field; with an ID number what it says of sex and birth, where that stands in the file.
fn field(file: &HouseholdFile, path: &[String], value: &Scalar) -> Vec<Edit> {
    let mut edits = vec![Edit { path: path.to_vec(), value: value.clone() }];
    let [root, id, name] = path else { return edits };
    if root != "members" || name != "id_number" {
        return edits;
    }
    let stand = |name: &str| {
        file.conflicts.iter().any(|c| matches!(c.path.as_slice(), [r, m, f] if r == "members" && m == id && f == name))
    };
    let number = value.as_text().map(IdNumber::new).filter(|n| n.fault().is_none());
    if let Some(number) = number {
        edits.extend(number.sex().filter(|_| stand("sex")).map(|sex| Edit::at(["members", id, "sex"], sex)));
        let birth = number.birth().filter(|_| stand("birth"));
        edits.extend(birth.map(|day| Edit::at(["members", id, "birth"], day.to_string())));
    }
    edits
}

/// One entry stays and takes over what only the others know; they leave the roster.
fn one_person(file: &HouseholdFile, members: &[String], kept: &str) -> Vec<Edit> {
    let find = |id: &str| file.members.iter().find(|m| m.fact.id == id);
    let Some(stays) = find(kept) else { return Vec::new() };
    // Said outright, so that somebody who takes just this entry off meanwhile contradicts it.
    let mut edits = vec![Edit::at(["members", kept, "removed"], false)];
    for other in members.iter().filter(|id| *id != kept) {
        if let Some(other) = find(other) {
            edits.extend(carried(other, stays));
        }
        edits.push(Edit::at(["members", other, "removed"], true));
    }
    edits
}

/// What is known of one entry and not of another, as edits of the other; and that it is the head.
pub fn carried(from: &MemberFile, to: &MemberFile) -> Vec<Edit> {
    let (known, mut moved) = (member_edits(&to.fact, to.order), from.fact.clone());
    moved.id.clone_from(&to.fact.id);
    let heads = from.fact.relation.as_deref() == Some("head");
    let news = |e: &Edit| {
        let is_relation = e.path.get(2).is_some_and(|f| f == "relation");
        let same_group = |k: &Edit| k.path.iter().zip(&e.path).take(3).all(|(a, b)| a == b);
        e.path.get(2).is_none_or(|f| f != "order") && (!known.iter().any(same_group) || is_relation && heads)
    };
    member_edits(&moved, to.order).into_iter().filter(news).collect()
}

fn one_head(members: &[String], kept: &str) -> Vec<Edit> {
    let others = members.iter().filter(|id| *id != kept);
    let mut edits = vec![Edit::at(["members", kept, "relation"], "head")];
    // What the other is to the head nobody has said: the next visit asks.
    edits.extend(others.map(|id| Edit::at(["members", id, "relation"], "")));
    edits
}
