//! What two people said differently: the cards of a household and of an area, and deciding one (4-sync.md "Conflicts").
//! One tap, one transaction, without a network; the decision is an edit with an author, held against the same permits.

use std::collections::{BTreeMap, HashMap};

use super::App;
use super::facts::Done;
use crate::document::{
    Card, Choice, Chosen, Clock, Edit, HouseholdDoc, HouseholdFile, MemberFile, Subject, carried, member_edits,
    register_path,
};
use crate::domain::IdNumber;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::storage::list::HouseholdLine;
use crate::storage::people::Writer;
use crate::storage::shared::Shared;
use crate::storage::{Author, Edited, Tx};

/// Most households of a list of cards.
pub const PAGE: u32 = 200;
/// Clocks that differ by less say nothing (seconds).
const TOLERANCE: i64 = 600;

/// The cards of one household, and what is needed to say them.
#[derive(Debug, Clone)]
pub struct OpenCards {
    pub household: HouseholdId,
    pub line: HouseholdLine,
    pub file: HouseholdFile,
    /// each with whether this person may decide it
    pub cards: Vec<(Card, bool)>,
    /// who writes under an actor, where the server has said
    pub writers: HashMap<[u8; 16], Writer>,
    /// the households that cards of this one speak of
    pub others: HashMap<HouseholdId, HouseholdLine>,
}

impl App {
    /// The cards of a household.
    pub fn cards(&self, id: HouseholdId) -> Result<OpenCards> {
        let now = self.now().timestamp();
        self.read(|tx| open_cards(tx, id, now))
    }

    /// Everything that waits for a decision within an area (empty = all): how many households, and the first [`PAGE`] of them.
    pub fn all_cards(&self, area: &str) -> Result<(u32, Vec<OpenCards>)> {
        let now = self.now().timestamp();
        self.read(|tx| {
            let (total, ids) = tx.households_with_cards(area, PAGE)?;
            Ok((total, ids.into_iter().map(|id| open_cards(tx, id, now)).collect::<Result<_>>()?))
        })
    }

    /// Whether a case of this household may pass on its file: not while anything waits for a decision.
    pub fn may_rest_on(&self, id: HouseholdId) -> Result<bool> {
        self.read(|tx| Ok(crate::document::may_rest_on(&cards_of(tx, id, &tx.need(id)?)?)))
    }

    /// Decides a card. `choice`: key of one of its choices. `seen`: the card's mark as it was shown; another value that came
    /// in meanwhile is then looked at first.
    ///
    /// # Errors
    /// `invalid` when there is no such card or choice (any more), or it has changed; `refused` without the permit.
    pub fn settle(&self, household: HouseholdId, card: &str, choice: &str, seen: Option<&str>) -> Result<Done> {
        let (edited, changes) = self.transact_noting(|tx| {
            let doc = tx.need(household)?;
            let cards = cards_of(tx, household, &doc)?;
            let card = cards.iter().find(|c| c.id == card).ok_or_else(gone)?;
            if seen.is_some_and(|mark| mark != card.mark()) {
                return Err(Error::invalid(
                    "刚又收到新的内容，请再看一遍后选择。 Something new has come in meanwhile: look again, then choose.",
                ));
            }
            let choice = card.choices.iter().find(|c| c.key == choice).ok_or_else(gone)?;
            let written = writes(tx, household, &doc, card, choice)?;
            write(tx, self.author(tx)?, &written)
        })?;
        Ok(Done { edited, changes })
    }
}

fn gone() -> Error {
    Error::invalid("这一处已经没有分歧，或没有这个选项。 There is nothing to decide here any more, or no such choice.")
}

/// What a choice writes, by household.
pub(super) type Writes = Vec<(HouseholdId, Vec<Edit>)>;

pub(super) fn write(tx: &Tx<'_>, author: Author, writes: &Writes) -> Result<Option<Edited>> {
    let mut first = None;
    for (household, edits) in writes {
        let edited = tx.edit(*household, author, edits)?;
        first = first.or(edited);
    }
    Ok(first)
}

fn writes(tx: &Tx<'_>, id: HouseholdId, doc: &HouseholdDoc, card: &Card, choice: &Choice) -> Result<Writes> {
    match &card.subject {
        Subject::Elsewhere { member, households } => person(tx, id, member, households, choice),
        Subject::TwoFiles { other } => files(tx, id, *other, choice),
        Subject::Field { .. }
        | Subject::SamePerson { .. }
        | Subject::TwoHeads { .. }
        | Subject::EditedRemoved { .. } => Ok(vec![(id, doc.settling(card, choice))]),
    }
}

fn open_cards(tx: &Tx<'_>, id: HouseholdId, now: i64) -> Result<OpenCards> {
    let doc = tx.need(id)?;
    let line = tx.line(id)?.map_or_else(|| tx.closed_line(id), |line| Ok(Some(line)))?;
    let line = line.ok_or_else(crate::storage::file::not_held)?;
    let (mut cards, mut writers, mut others) = (Vec::new(), HashMap::new(), HashMap::new());
    for mut card in cards_of(tx, id, &doc)? {
        for wrote in card.choices.iter_mut().flat_map(|c| &mut c.by) {
            if wrote.time > now.saturating_add(TOLERANCE) {
                wrote.clock = Clock::Ahead;
            }
            if let Some(writer) = tx.writer(&wrote.actor)? {
                writers.insert(wrote.actor, writer);
            }
        }
        for other in spoken_of(&card) {
            if let Some(line) = tx.line(other)? {
                others.insert(other, line);
            }
        }
        let may = may_settle(tx, id, &doc, &card)?;
        cards.push((card, may));
    }
    Ok(OpenCards { household: id, line, file: doc.file(), cards, writers, others })
}

fn spoken_of(card: &Card) -> impl Iterator<Item = HouseholdId> {
    card.choices.iter().filter_map(|c| match &c.what {
        Chosen::Household(id) => Some(*id),
        Chosen::Value(_) | Chosen::Member(_) | Chosen::Removed | Chosen::Present | Chosen::Apart => None,
    })
}

/// Whoever may write what the first choice writes may decide.
fn may_settle(tx: &Tx<'_>, id: HouseholdId, doc: &HouseholdDoc, card: &Card) -> Result<bool> {
    let Some(first) = card.choices.first() else { return Ok(false) };
    let written = match writes(tx, id, doc, card, first) {
        Ok(written) => written,
        Err(e) if e.kind == crate::error::Kind::Invalid => return Ok(false),
        Err(e) => return Err(e),
    };
    for (household, edits) in &written {
        if !tx.may_edit(*household, edits)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The cards of a household: of its own file, and those between it and others on this device.
pub(super) fn cards_of(tx: &Tx<'_>, id: HouseholdId, doc: &HouseholdDoc) -> Result<Vec<Card>> {
    let file = doc.file();
    let mut cards = doc.cards_of(&file);
    if doc.is_closed(&file) {
        return Ok(cards);
    }
    for card in between(tx, id, doc, &file)? {
        if cards.iter().all(|c| c.id != card.id) {
            cards.push(card);
        }
    }
    Ok(cards)
}

fn between(tx: &Tx<'_>, id: HouseholdId, doc: &HouseholdDoc, file: &HouseholdFile) -> Result<Vec<Card>> {
    let shared = tx.shared_people(id)?;
    let mut by_household: BTreeMap<HouseholdId, Vec<&Shared>> = BTreeMap::new();
    for one in &shared {
        by_household.entry(one.household).or_default().push(one);
    }
    let mut cards = Vec::new();
    let mut people: BTreeMap<&str, Vec<HouseholdId>> = BTreeMap::new();
    for (other, list) in &by_household {
        let apart = file.settled.get(&format!("file/{other}")).and_then(|v| v.as_text()) == Some("apart");
        if !apart && (list.len() > 1 || of_the_head(tx, *other, file, list)?) {
            cards.push(two_files(tx, id, *other, doc, file)?);
            continue;
        }
        for one in list {
            people.entry(&one.member).or_default().push(*other);
        }
    }
    for (member, households) in people {
        cards.push(elsewhere(tx, id, member, households, doc, file)?);
    }
    Ok(cards)
}

/// Whether the head of either household is among the people they share.
fn of_the_head(tx: &Tx<'_>, other: HouseholdId, file: &HouseholdFile, shared: &[&Shared]) -> Result<bool> {
    let is_head = |file: &HouseholdFile, member: &str| {
        file.members.iter().any(|m| m.fact.id == member && m.fact.relation.as_deref() == Some("head"))
    };
    let there = tx.file(other)?;
    Ok(shared.iter().any(|s| is_head(file, &s.member) && is_head(&there, &s.there)))
}

fn touches_members() -> Vec<Vec<String>> {
    vec![vec!["members".to_owned()]]
}

/// Another file was made for the same household.
fn two_files(
    tx: &Tx<'_>,
    id: HouseholdId,
    other: HouseholdId,
    doc: &HouseholdDoc,
    file: &HouseholdFile,
) -> Result<Card> {
    let there = tx.need(other)?;
    let made = |doc: &HouseholdDoc, file: &HouseholdFile| doc.writers_of(file, &["meta", "source"]);
    let of = |id: HouseholdId, by| Choice { key: id.to_string(), what: Chosen::Household(id), by };
    Ok(Card {
        id: format!("settled/file/{other}"),
        subject: Subject::TwoFiles { other },
        choices: vec![
            of(id, made(doc, file)),
            of(other, made(&there, &there.file())),
            Choice { key: "apart".into(), what: Chosen::Apart, by: Vec::new() },
        ],
        suggested: None,
        touches: touches_members(),
    })
}

/// One person on the rosters of several households.
fn elsewhere(
    tx: &Tx<'_>,
    id: HouseholdId,
    member: &str,
    households: Vec<HouseholdId>,
    doc: &HouseholdDoc,
    file: &HouseholdFile,
) -> Result<Card> {
    let number = number_of(file, member);
    let by = doc.writers_of(file, &["members", member, "id_number"]);
    let mut choices = vec![Choice { key: id.to_string(), what: Chosen::Household(id), by }];
    for other in &households {
        let there = tx.need(*other)?;
        let file = there.file();
        let by = match entry(&file, number.as_ref()) {
            Some(m) => there.writers_of(&file, &["members", &m.fact.id, "id_number"]),
            None => Vec::new(),
        };
        choices.push(Choice { key: other.to_string(), what: Chosen::Household(*other), by });
    }
    Ok(Card {
        id: format!("settled/person/{member}"),
        subject: Subject::Elsewhere { member: member.to_owned(), households },
        choices,
        suggested: None,
        touches: touches_members(),
    })
}

fn number_of(file: &HouseholdFile, member: &str) -> Option<IdNumber> {
    let found = file.members.iter().find(|m| m.fact.id == member)?;
    found.fact.id_number.as_deref().map(IdNumber::new)
}

/// The entry with this number; one who is on the roster first.
fn entry<'f>(file: &'f HouseholdFile, number: Option<&IdNumber>) -> Option<&'f MemberFile> {
    let number = number?;
    let with =
        || file.members.iter().filter(|m| m.fact.id_number.as_deref().map(IdNumber::new).as_ref() == Some(number));
    with().find(|m| !m.removed).or_else(|| with().next())
}

/// The person belongs to one of the households; in the others the entry leaves the roster. What was chosen stands in each
/// file, so that a contrary choice made apart is found in each.
fn person(tx: &Tx<'_>, id: HouseholdId, member: &str, others: &[HouseholdId], choice: &Choice) -> Result<Writes> {
    let Chosen::Household(kept) = &choice.what else { return Err(gone()) };
    let number = number_of(&tx.file(id)?, member);
    let mut out = Vec::new();
    for household in std::iter::once(&id).chain(others) {
        let file = tx.file(*household).map_err(|_| not_here())?;
        let of = if *household == id {
            Some(member.to_owned())
        } else {
            entry(&file, number.as_ref())
                .or_else(|| file.members.iter().find(|m| m.fact.id == member))
                .map(|m| m.fact.id.clone())
        };
        let Some(of) = of else { continue };
        let chosen = register_path(&format!("person/{of}"));
        out.push((
            *household,
            vec![
                Edit { path: chosen, value: kept.to_string().into() },
                Edit::at(["members", of.as_str(), "removed"], household != kept),
            ],
        ));
    }
    Ok(out)
}

fn not_here() -> Error {
    Error::invalid(
        "另一户不在本机，请由村信息员处理。 The other household is not on this device: the village clerk can decide.",
    )
}

/// One file is the household's and takes over the people whom only the other has; the other is closed and linked.
pub(super) fn files(tx: &Tx<'_>, id: HouseholdId, other: HouseholdId, choice: &Choice) -> Result<Writes> {
    let register = |about: HouseholdId, chosen: &str| Edit {
        path: register_path(&format!("file/{about}")),
        value: chosen.to_owned().into(),
    };
    let Chosen::Household(kept) = &choice.what else {
        let apart = |of: HouseholdId, about: HouseholdId| -> Result<(HouseholdId, Vec<Edit>)> {
            let mut edits = vec![register(about, "apart")];
            // A merger that somebody else chose meanwhile is taken back.
            if tx.file(of)?.merged_into.is_some() {
                edits.push(Edit::new("profile/merged_into", ""));
            }
            Ok((of, edits))
        };
        return Ok(vec![apart(id, other)?, apart(other, id)?]);
    };
    let dropped = if *kept == id { other } else { id };
    let (stays, goes) = (tx.file(*kept).map_err(|_| not_here())?, tx.file(dropped).map_err(|_| not_here())?);
    let mut edits = vec![
        register(dropped, &kept.to_string()),
        Edit::new("profile/merged_into", ""),
        Edit::at(["profile", "merged_from", &dropped.to_string()], true),
    ];
    edits.extend(people_of(&goes, &stays));
    let closing = vec![
        register(*kept, &kept.to_string()),
        Edit::new("profile/merged_into", kept.to_string()),
        Edit::at(["profile", "merged_from", &kept.to_string()], false),
    ];
    Ok(vec![(*kept, edits), (dropped, closing)])
}

/// The people of one file whom the other does not have, under their own ids; and what is known only here of those it has.
fn people_of(from: &HouseholdFile, to: &HouseholdFile) -> Vec<Edit> {
    let mut order = to.members.iter().map(|m| m.order).filter(|o| *o < i64::MAX).max().unwrap_or(0);
    let mut edits = Vec::new();
    for m in from.members.iter().filter(|m| !m.removed) {
        let number = m.fact.id_number.as_deref().map(IdNumber::new);
        let same = match &number {
            Some(_) => entry(to, number.as_ref()),
            None => to.members.iter().find(|t| !t.removed && t.fact.name == m.fact.name),
        };
        match same.or_else(|| to.members.iter().find(|t| t.fact.id == m.fact.id)) {
            Some(there) => {
                edits.extend(carried(m, there).into_iter().filter(|e| e.path.get(2).is_none_or(|f| f != "relation")));
            }
            None => {
                order = order.saturating_add(1);
                let mut fact = m.fact.clone();
                if fact.relation.as_deref() == Some("head") {
                    // Whose head he was is another file: the next visit asks what he is here.
                    fact.relation = None;
                }
                edits.extend(member_edits(&fact, order));
            }
        }
    }
    edits
}
