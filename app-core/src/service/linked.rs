//! Moving a person, splitting a household, merging two: operations of their own, whose files name each other (4-sync.md
//! "Conflicts"). The clerk does them (permit `list`). What two of them do apart and contrary to each other is a card:
//! where a person went and into which file one was merged are fields, and two answers are two values.

use super::App;
use super::conflicts::{files, write};
use super::facts::Done;
use crate::document::{Choice, Chosen, Edit, Founding, HouseholdFile, MemberFile, Source, member_edits, register_path};
use crate::domain::id::{HouseholdId, new_household};
use crate::domain::{Base, IdNumber};
use crate::error::{Error, Kind, Result};
use crate::policy::facts::{Facts, Profile};
use crate::storage::{Edited, Tx};

impl App {
    /// Moves a member to another household; the entry keeps its id there, and each file says where the person went.
    ///
    /// # Errors
    /// `invalid` when either is not here or the person is on the other roster already; `refused` without the permit.
    pub fn move_member(&self, from: HouseholdId, member: &str, to: HouseholdId) -> Result<Done> {
        self.clerk()?;
        let (edited, changes) = self.transact_noting(|tx| {
            let (here, there) = (tx.file(from)?, tx.file(to)?);
            let m = present(&here, member)?;
            if from == to || there.members.iter().any(|t| !t.removed && same(t, m)) {
                return Err(Error::invalid("此人已在该户的名册上。 The person is on that roster already."));
            }
            let order = there.members.iter().map(|t| t.order).filter(|o| *o < i64::MAX).max().unwrap_or(0);
            let mut fact = m.fact.clone();
            // What the person is to the head there nobody has said: the next visit asks.
            fact.relation = None;
            fact.living = Some("moved_in".into());
            let mut arrives = member_edits(&fact, order.saturating_add(1));
            arrives.push(Edit::at(["members", member, "removed"], false));
            arrives.push(went(member, to));
            write(tx, self.author(tx)?, &vec![(from, leaves(member, to)), (to, arrives)])
        })?;
        Ok(Done { edited, changes })
    }

    /// Splits members off into a household of their own, in the same grid; the new one's id. Its file says where they came
    /// from, the old one where each went.
    ///
    /// # Errors
    /// `invalid` when a member is not there, the head is not among them, or nobody would be left; `refused`.
    pub fn split_household(&self, from: HouseholdId, members: &[String], head: &str) -> Result<(HouseholdId, Done)> {
        self.clerk()?;
        let id = new_household();
        let (edited, changes) = self.transact_noting(|tx| {
            let (here, stored) = (tx.file(from)?, tx.stored(from)?.ok_or_else(crate::storage::file::not_held)?);
            let left = here.members.iter().filter(|m| !m.removed && !members.contains(&m.fact.id)).count();
            if left == 0 || !members.iter().any(|m| m == head) {
                return Err(Error::invalid(
                    "请说明新户的户主，原户至少留一人。 Say who heads the new household; somebody stays in the old one.",
                ));
            }
            let founding = apart(from, &here, members, head)?;
            let first: Edited = tx.found(id, &stored.grid, &founding, self.author(tx)?)?;
            let came: Vec<Edit> = members.iter().map(|m| went(m, id)).collect();
            let gone = members.iter().flat_map(|m| leaves(m, id)).collect();
            write(tx, self.author(tx)?, &vec![(id, came), (from, gone)])?;
            Ok(Some(first))
        })?;
        Ok((id, Done { edited, changes }))
    }

    /// Merges a household's file into another's: that one takes over the people whom only this one has, and this one is closed.
    ///
    /// # Errors
    /// `invalid` when either is not here; `refused` without the permit.
    pub fn merge_household(&self, from: HouseholdId, into: HouseholdId) -> Result<Done> {
        self.clerk()?;
        if from == into {
            return Err(Error::invalid("不能并入自己。 A household is not merged into itself."));
        }
        let choice = Choice { key: into.to_string(), what: Chosen::Household(into), by: Vec::new() };
        let (edited, changes) = self.transact_noting(|tx: &Tx<'_>| {
            let writes = files(tx, from, into, &choice)?;
            write(tx, self.author(tx)?, &writes)
        })?;
        Ok(Done { edited, changes })
    }

    fn clerk(&self) -> Result<()> {
        let (pack, person) = (self.pack()?, self.person()?);
        if pack.permits(person.title).is_some_and(|t| t.may("list")) {
            return Ok(());
        }
        Err(Error::new(
            Kind::Refused,
            "户的合并、分立和成员转户由村信息员办理。 Merging, splitting and moving are the village clerk's to do.",
        ))
    }
}

fn present<'f>(file: &'f HouseholdFile, member: &str) -> Result<&'f MemberFile> {
    let found = file.members.iter().find(|m| m.fact.id == member && !m.removed);
    found.ok_or_else(|| Error::invalid("名册中没有此人。 There is no such member."))
}

fn same(a: &MemberFile, b: &MemberFile) -> bool {
    let number = |m: &MemberFile| m.fact.id_number.as_deref().map(IdNumber::new);
    a.fact.id == b.fact.id || number(a).is_some() && number(a) == number(b)
}

/// Where a person belongs, as each file keeps it.
fn went(member: &str, to: HouseholdId) -> Edit {
    Edit { path: register_path(&format!("person/{member}")), value: to.to_string().into() }
}

fn leaves(member: &str, to: HouseholdId) -> Vec<Edit> {
    vec![
        went(member, to),
        Edit::at(["members", member, "removed"], true),
        Edit::at(["members", member, "living"], "moved_out"),
    ]
}

fn apart(from: HouseholdId, here: &HouseholdFile, members: &[String], head: &str) -> Result<Founding> {
    let mut people = Vec::new();
    for id in members {
        let mut fact = present(here, id)?.fact.clone();
        fact.relation = (id == head).then(|| "head".to_owned());
        people.push(fact);
    }
    // What a household is follows from imports and decisions: a lifted one is not founded on the spot.
    let base = here.profile.base.filter(|b| *b == Base::Ordinary);
    let mut profile = Profile { base, ..Profile::default() };
    profile.more.insert("split_from".to_owned(), from.to_string().into());
    Ok(Founding {
        place: here.place.clone(),
        facts: Facts { profile, members: people, ..Facts::default() },
        source: Source::Phone,
    })
}
