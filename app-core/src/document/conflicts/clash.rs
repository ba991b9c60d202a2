//! What contradicts itself although every field has one value: one person twice, two heads, work on somebody who was taken
//! off the roster meanwhile; and choices that contradict each other.

use std::collections::{BTreeMap, BTreeSet};

use super::trace::Trace;
use super::{Card, Choice, Chosen, Subject, Wrote};
use crate::document::doc::{Hash, HouseholdDoc};
use crate::document::file::{HouseholdFile, MemberFile};
use crate::domain::IdNumber;
use crate::domain::id::HouseholdId;
use crate::policy::facts::Member;

/// Living statuses of people who may not stand on two rosters.
const LIVING: [&str; 2] = ["alive", "moved_in"];
/// The most members one clash is about: its name is a key of the file.
const MOST: usize = 10;

/// Whether a person lives here as far as is known.
pub fn counted(member: &Member) -> bool {
    member.living.as_deref().is_none_or(|l| l.is_empty() || LIVING.contains(&l))
}

/// Where the file keeps what was chosen of a clash.
pub fn register_path(clash: &str) -> Vec<String> {
    ["profile", "settled"].into_iter().chain(clash.split('/')).map(str::to_owned).collect()
}

/// Whether the history need be read at all.
pub(super) fn may_have_cards(file: &HouseholdFile) -> bool {
    let removed = file.members.iter().any(|m| m.removed);
    !file.conflicts.is_empty() || removed || !twice(file).is_empty() || heads(file).len() > 1
}

pub(super) fn find(doc: &HouseholdDoc, file: &HouseholdFile, trace: &Trace<'_>) -> Vec<Card> {
    let look = Look { doc, file, trace };
    let mut cards = Vec::new();
    let mut groups: BTreeSet<(&str, Vec<String>)> = BTreeSet::new();
    groups.extend(twice(file).into_iter().map(|ids| ("same", ids)));
    let heads = heads(file);
    if heads.len() > 1 {
        groups.insert(("head", heads));
    }
    // Two choices that contradict each other: what they did to the roster may have left nothing else to see.
    for conflict in &file.conflicts {
        if let [_, settled, kind, ids] = conflict.path.as_slice()
            && settled == "settled"
            && let Some(kind) = ["same", "head"].into_iter().find(|k| k == kind)
            && look.contradicted(&format!("{kind}/{ids}"))
        {
            groups.insert((kind, ids.split('.').map(str::to_owned).collect()));
        }
    }
    cards.extend(groups.into_iter().filter_map(|(kind, ids)| look.among_members(kind, &ids)));
    cards.extend(file.conflicts.iter().filter_map(|c| look.among_households(&c.path)));
    let of_a_group: BTreeSet<String> = cards.iter().flat_map(same_person).cloned().collect();
    let alone = file.members.iter().filter(|m| !of_a_group.contains(&m.fact.id));
    cards.extend(alone.filter_map(|m| look.edited_removed(m)));
    cards
}

fn same_person(card: &Card) -> &[String] {
    match &card.subject {
        Subject::SamePerson { members } => members,
        Subject::Elsewhere { member, .. } => std::slice::from_ref(member),
        Subject::Field { .. } | Subject::TwoHeads { .. } | Subject::EditedRemoved { .. } | Subject::TwoFiles { .. } => {
            &[]
        }
    }
}

/// The fields that a clash decides with it.
pub(super) fn folds(card: &Card) -> Vec<Vec<String>> {
    let field = |id: &String, name: &str| vec!["members".to_owned(), id.clone(), name.to_owned()];
    match &card.subject {
        Subject::SamePerson { members } => members.iter().map(|id| field(id, "removed")).collect(),
        Subject::TwoHeads { members } => members.iter().map(|id| field(id, "relation")).collect(),
        Subject::EditedRemoved { member } | Subject::Elsewhere { member, .. } => vec![field(member, "removed")],
        Subject::TwoFiles { other } => {
            let from = vec!["profile".to_owned(), "merged_from".to_owned(), other.to_string()];
            vec![vec!["profile".to_owned(), "merged_into".to_owned()], from]
        }
        Subject::Field { .. } => Vec::new(),
    }
}

/// The members who are on the roster with one and the same ID number, in groups.
fn twice(file: &HouseholdFile) -> Vec<Vec<String>> {
    let mut by_number: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for m in file.members.iter().filter(|m| !m.removed) {
        if let Some(number) = m.fact.id_number.as_deref().filter(|n| !n.trim().is_empty()) {
            by_number.entry(resident(number)).or_default().push(m.fact.id.clone());
        }
    }
    let groups = by_number.into_values().filter(|ids| ids.len() > 1);
    groups
        .map(|mut ids| {
            ids.sort();
            ids.truncate(MOST);
            ids
        })
        .collect()
}

/// A disability certificate begins with the resident number of the same person.
fn resident(number: &str) -> String {
    IdNumber::new(number).reveal().chars().take(18).collect()
}

fn heads(file: &HouseholdFile) -> Vec<String> {
    let is_head = |m: &&MemberFile| !m.removed && counted(&m.fact) && m.fact.relation.as_deref() == Some("head");
    let mut ids: Vec<String> = file.members.iter().filter(is_head).map(|m| m.fact.id.clone()).collect();
    ids.sort();
    ids.truncate(MOST);
    ids
}

struct Look<'a> {
    doc: &'a HouseholdDoc,
    file: &'a HouseholdFile,
    trace: &'a Trace<'a>,
}

impl Look<'_> {
    /// The choices that stand for a clash: what was chosen, and in which change.
    fn chosen(&self, clash: &str) -> Vec<(String, Wrote)> {
        let standing = self.doc.standing(&register_path(clash));
        let read = |(value, actor, hash): (crate::document::Scalar, _, _)| {
            let text = value.as_text()?.split(' ').next()?.to_owned();
            Some((text, self.trace.wrote(actor, hash)))
        };
        standing.into_iter().filter_map(read).collect()
    }

    fn contradicted(&self, clash: &str) -> bool {
        let different: BTreeSet<String> = self.chosen(clash).into_iter().map(|(choice, _)| choice).collect();
        different.len() > 1
    }

    fn among_members(&self, kind: &str, ids: &[String]) -> Option<Card> {
        let clash = format!("{kind}/{}", ids.join("."));
        let decided = self.chosen(&clash);
        let field = if kind == "same" { "id_number" } else { "relation" };
        let by = |id: &String| {
            let of_this: Vec<Wrote> = decided.iter().filter(|(c, _)| c == id).map(|(_, w)| w.clone()).collect();
            if of_this.is_empty() { self.writers(&["members", id, field]) } else { of_this }
        };
        let known: Vec<&String> = ids.iter().filter(|id| self.file.members.iter().any(|m| m.fact.id == **id)).collect();
        if known.len() < 2 {
            return None;
        }
        let choices = known
            .iter()
            .map(|id| Choice { key: (*id).clone(), what: Chosen::Member((*id).clone()), by: by(id) })
            .collect();
        let members: Vec<String> = known.into_iter().cloned().collect();
        let subject = if kind == "same" { Subject::SamePerson { members } } else { Subject::TwoHeads { members } };
        let touches = if kind == "same" { vec![vec!["members".to_owned()]] } else { relations(ids) };
        Some(Card { id: format!("settled/{clash}"), subject, choices, suggested: None, touches })
    }

    /// Choices between households that contradict each other: whatever they did to the rosters, they are asked again.
    fn among_households(&self, path: &[String]) -> Option<Card> {
        let [_, settled, kind, id] = path else { return None };
        let clash = format!("{kind}/{id}");
        if settled != "settled" || !matches!(kind.as_str(), "person" | "file") || !self.contradicted(&clash) {
            return None;
        }
        let mut by: BTreeMap<String, Vec<Wrote>> = BTreeMap::new();
        for (choice, wrote) in self.chosen(&clash) {
            by.entry(choice).or_default().push(wrote);
        }
        let parse = |key: &str| HouseholdId::parse_str(key).ok();
        let others: Vec<HouseholdId> = by.keys().filter_map(|k| parse(k)).filter(|h| *h != self.doc.id()).collect();
        let subject = if kind == "person" {
            Subject::Elsewhere { member: id.clone(), households: others }
        } else {
            Subject::TwoFiles { other: parse(id)? }
        };
        let choice = |(key, by): (String, Vec<Wrote>)| {
            let what = parse(&key).map_or(Chosen::Apart, Chosen::Household);
            Choice { key, what, by }
        };
        if kind == "file" {
            by.entry("apart".to_owned()).or_default();
        }
        let choices = by.into_iter().map(choice).collect();
        let touches = vec![vec!["members".to_owned()]];
        Some(Card { id: format!("settled/{clash}"), subject, choices, suggested: None, touches })
    }

    fn writers(&self, path: &[&str]) -> Vec<Wrote> {
        let path: Vec<String> = path.iter().map(|s| (*s).to_owned()).collect();
        self.doc.standing(&path).into_iter().map(|(_, actor, hash)| self.trace.wrote(actor, hash)).collect()
    }

    /// Taken off the roster by one who had not seen that another worked on this person (or the other way round).
    fn edited_removed(&self, member: &MemberFile) -> Option<Card> {
        let id = &member.fact.id;
        let clash = format!("removed/{id}");
        let chosen = self.chosen(&clash);
        let removals = self.writers(&["members", id, "removed"]);
        let marks: Vec<Hash> = removals.iter().map(|w| w.hash).collect();
        let decisions = chosen.iter().map(|(_, w)| w.hash);
        let (seen, after) = (self.trace.behind(marks.iter().copied().chain(decisions)), self.trace.after(&marks));
        let unseen: Vec<Wrote> = self
            .trace
            .edits_of_member(id)
            .filter(|s| !seen.contains(&s.hash) && !after.contains(&s.hash))
            .map(|s| self.trace.wrote(s.actor, s.hash))
            .collect();
        let contradicted = self.contradicted(&clash);
        if !contradicted && (!member.removed || unseen.is_empty()) {
            return None;
        }
        let of = |choice: &str| -> Vec<Wrote> {
            chosen.iter().filter(|(c, _)| contradicted && c == choice).map(|(_, w)| w.clone()).collect()
        };
        let or = |first: Vec<Wrote>, then: Vec<Wrote>| if first.is_empty() { then } else { first };
        let choices = vec![
            Choice { key: "removed".into(), what: Chosen::Removed, by: or(of("removed"), removals) },
            Choice { key: "present".into(), what: Chosen::Present, by: or(of("present"), unseen) },
        ];
        Some(Card {
            id: format!("settled/{clash}"),
            subject: Subject::EditedRemoved { member: id.clone() },
            choices,
            suggested: None,
            touches: vec![vec!["members".to_owned()]],
        })
    }
}

fn relations(ids: &[String]) -> Vec<Vec<String>> {
    ids.iter().map(|id| vec!["members".to_owned(), id.clone(), "relation".to_owned()]).collect()
}
