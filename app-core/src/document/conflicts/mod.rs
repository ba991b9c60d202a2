//! What two people said differently of one household, as cards for whoever knows: values, who, when, how they knew, what is
//! suggested (4-sync.md "Conflicts"). Nothing here settles anything by itself.
//!
//! Start with [`HouseholdDoc::cards`]; `clash.rs` finds what contradicts itself across fields, `settle.rs` says what a choice
//! writes, `trace.rs` knows who wrote what after having seen what. Clashes between two households are the database's to find
//! (`storage/shared.rs`).
//!
//! A choice is an edit like any other: delete and put in one change, so that two contrary choices stay two values. A clash is
//! no field: what was chosen of it stands in a field of its own, `profile/settled/<clash>`, so that two contrary choices are
//! found again.

mod clash;
mod settle;
mod trace;

use std::collections::BTreeSet;

pub use clash::{counted, register_path};
pub use settle::carried;

use self::trace::Trace;
use super::doc::{Actor, Hash, HouseholdDoc};
use super::file::HouseholdFile;
use super::scalar::Scalar;
use crate::domain::id::HouseholdId;

/// Fields of a visit that nobody says and no choice is about.
const OF_THE_RECORD: [&str; 8] = [
    "form_version",
    "earlier_forms",
    "opened_at",
    "finished_at",
    "device",
    "privacy_notice_at",
    "collector",
    "retired",
];

/// Something that two people said differently, until a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// its name within the household: the path of a field, or `settled/<clash>`
    pub id: String,
    pub subject: Subject,
    /// at least two; of a field the value shown until someone decides comes first
    pub choices: Vec<Choice>,
    /// number of the choice that is suggested
    pub suggested: Option<usize>,
    /// the paths whose value hangs on it, each the beginning of one
    pub touches: Vec<Vec<String>>,
}

/// What a card is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// one field, several values
    Field { path: Vec<String> },
    /// one person stands on the roster twice: the same ID number
    SamePerson { members: Vec<String> },
    /// two heads of household 户主
    TwoHeads { members: Vec<String> },
    /// taken off the roster by one, worked on by another who had not seen that
    EditedRemoved { member: String },
    /// one person stands on the rosters of several households
    Elsewhere { member: String, households: Vec<HouseholdId> },
    /// another file was made for the same household
    TwoFiles { other: HouseholdId },
}

/// One way to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// names it within the card, whatever else is written meanwhile
    pub key: String,
    pub what: Chosen,
    /// who said so; several when they agree
    pub by: Vec<Wrote>,
}

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// the field's value
    Value(Scalar),
    /// this member stays (or is the head)
    Member(String),
    /// the member stays off the roster
    Removed,
    /// the member is on the roster again
    Present,
    /// the person belongs to this household; this file is the household's
    Household(HouseholdId),
    /// they are two households: both files stay
    Apart,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrote {
    pub actor: Actor,
    /// seconds since 1970 by the author's clock
    pub time: i64,
    pub hash: Hash,
    /// code of list `method`: how the author knew; only what came with a visit says so
    pub how: Option<String>,
    pub clock: Clock,
}

/// How far the author's clock can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// nothing speaks against it
    Sound,
    /// it says a time before that of something its author had seen
    Behind,
    /// it says a time after that of something that was written on top of it, or one that has not come yet
    Ahead,
}

impl HouseholdDoc {
    /// Everything of this household that waits for a person's decision, as far as its own file shows.
    pub fn cards(&self) -> Vec<Card> {
        self.cards_of(&self.file())
    }

    /// As [`Self::cards`], of the file as it was read from this document.
    pub fn cards_of(&self, file: &HouseholdFile) -> Vec<Card> {
        if !clash::may_have_cards(file) {
            return Vec::new();
        }
        let trace = Trace::of(self, file);
        let clashes = clash::find(self, file, &trace);
        let mut cards = self.field_cards(file, &trace, &clashes);
        cards.extend(clashes);
        cards
    }

    /// Whether this file is closed: another is the household's, and nobody says otherwise.
    pub fn is_closed(&self, file: &HouseholdFile) -> bool {
        let open = |path: &[String]| match path {
            [root, field] => root == "profile" && field == "merged_into",
            [root, settled, kind, _] => root == "profile" && settled == "settled" && kind == "file",
            _ => false,
        };
        file.merged_into.is_some() && !file.conflicts.iter().any(|c| open(&c.path))
    }

    /// Who wrote what stands at a path.
    pub fn writers_of(&self, file: &HouseholdFile, path: &[&str]) -> Vec<Wrote> {
        let path: Vec<String> = path.iter().map(|s| (*s).to_owned()).collect();
        let trace = Trace::of(self, file);
        self.standing(&path).into_iter().map(|(_, actor, hash)| trace.wrote(actor, hash)).collect()
    }

    fn field_cards(&self, file: &HouseholdFile, trace: &Trace<'_>, clashes: &[Card]) -> Vec<Card> {
        let folded: BTreeSet<Vec<String>> = clashes.iter().flat_map(clash::folds).collect();
        let numbers: BTreeSet<&str> = file.conflicts.iter().filter_map(|c| number_of(&c.path)).collect();
        let mut cards = Vec::new();
        for conflict in &file.conflicts {
            let with_the_number = match conflict.path.as_slice() {
                [root, id, field] => {
                    root == "members" && (field == "sex" || field == "birth") && numbers.contains(id.as_str())
                }
                _ => false,
            };
            if with_the_number
                || is_register(&conflict.path)
                || of_the_record(&conflict.path)
                || folded.contains(&conflict.path)
            {
                continue;
            }
            cards.push(self.field_card(&conflict.path, trace));
        }
        cards
    }

    fn field_card(&self, path: &[String], trace: &Trace<'_>) -> Card {
        let mut choices: Vec<Choice> = Vec::new();
        for (value, wrote) in self.standing(path).into_iter().map(|(v, actor, hash)| (v, trace.wrote(actor, hash))) {
            match choices.iter_mut().find(|c| c.what == Chosen::Value(value.clone())) {
                Some(same) => same.by.push(wrote),
                None => choices.push(Choice { key: key_of(&value), what: Chosen::Value(value), by: vec![wrote] }),
            }
        }
        Card {
            id: path.join("/"),
            suggested: suggested(path, &choices),
            choices,
            touches: vec![path.to_vec()],
            subject: Subject::Field { path: path.to_vec() },
        }
    }
}

impl Card {
    /// What tells this card from the same one with another value on it: who decides names what was seen.
    pub fn mark(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut keys: Vec<&str> = self.choices.iter().map(|c| c.key.as_str()).collect();
        keys.sort_unstable();
        let mut writers: Vec<Hash> = self.choices.iter().flat_map(|c| c.by.iter().map(|w| w.hash)).collect();
        writers.sort_unstable();
        let mut hasher = Sha256::new_with_prefix(self.id.as_bytes());
        for key in keys {
            hasher.update([0]);
            hasher.update(key.as_bytes());
        }
        for hash in writers {
            hasher.update(hash);
        }
        hex::encode(hasher.finalize()).get(..16).unwrap_or_default().to_owned()
    }

    /// Whether the value at a path hangs on this card. `*` in the path stands for any segment.
    pub fn touches(&self, path: &[&str]) -> bool {
        self.touches.iter().any(|open| open.iter().zip(path).all(|(a, b)| *b == "*" || a == b))
    }
}

/// Whether a decision about the household may rest on its file: not while anything waits for a person (4-sync.md: everything
/// computed from it is provisional, and a case cannot pass on it).
pub fn may_rest_on(cards: &[Card]) -> bool {
    cards.is_empty()
}

fn number_of(path: &[String]) -> Option<&str> {
    match path {
        [root, id, field] if root == "members" && field == "id_number" => Some(id),
        _ => None,
    }
}

/// What was chosen of a clash is part of that clash.
fn is_register(path: &[String]) -> bool {
    matches!(path, [root, group, ..] if root == "profile" && group == "settled")
}

fn of_the_record(path: &[String]) -> bool {
    matches!(path, [root, _, field, ..] if root == "visits" && OF_THE_RECORD.contains(&field.as_str()))
}

/// A short name of a value.
fn key_of(value: &Scalar) -> String {
    use sha2::{Digest, Sha256};
    let text = match value {
        Scalar::Text(t) => format!("t{t}"),
        Scalar::Int(n) => format!("i{n}"),
        Scalar::Bool(b) => format!("b{b}"),
    };
    hex::encode(Sha256::digest(text)).get(..8).unwrap_or_default().to_owned()
}

/// 4-sync.md: risk kinds and multiple choices unite; a newer phone number that came with a visit to the house; nothing else,
/// and money least of all.
fn suggested(path: &[String], choices: &[Choice]) -> Option<usize> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let one_of_many = matches!(
        parts.as_slice(),
        ["members", _, "health", _]
            | ["profile", "registered_risks", _]
            | ["profile", "plan", "items", _]
            | ["visits", _, "answers", _, _]
            | ["visits", _, "rosters", _, _, _, _]
    );
    if one_of_many {
        return choices.iter().position(|c| c.what == Chosen::Value(Scalar::Bool(true)));
    }
    if parts.last().is_some_and(|last| last.ends_with("phone")) {
        return newest_in_person(choices);
    }
    None
}

fn newest_in_person(choices: &[Choice]) -> Option<usize> {
    let sound = choices.iter().all(|c| c.by.iter().all(|w| w.clock == Clock::Sound));
    let newest = |c: &Choice| c.by.iter().map(|w| w.time).max().unwrap_or(0);
    let (at, first) = choices.iter().enumerate().max_by_key(|(_, c)| newest(c))?;
    let alone = choices.iter().filter(|c| newest(c) == newest(first)).count() == 1;
    let in_person = first.by.iter().any(|w| w.time == newest(first) && w.how.as_deref() == Some("home"));
    let says_one = !matches!(&first.what, Chosen::Value(v) if v.is_empty());
    (sound && alone && in_person && says_one).then_some(at)
}
