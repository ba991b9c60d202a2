//! The roster: adding and removing a member outside a visit.

use serde_json::{Map, Value};

use super::App;
use super::facts::{Done, MEMBER, check, scalar, sound_number};
use crate::document::{Edit, HouseholdFile, Scalar, member_edits};
use crate::domain::IdNumber;
use crate::domain::id::{HouseholdId, short_id};
use crate::error::{Error, Result};
use crate::policy::facts::Member;

impl App {
    /// Adds a member with the given facts (`name`, `id_number`, `relation`, `living` …); the new member's id.
    /// Sex and birth are read from the ID number where they are not given.
    pub fn add_member(&self, household: HouseholdId, facts: &Map<String, Value>) -> Result<(String, Done)> {
        let pack = self.pack().ok();
        if let Some(stranger) = facts.keys().find(|f| !MEMBER.contains(&f.as_str()) && *f != "disability") {
            return Err(Error::invalid(format!(
                "名册中没有这一项：{stranger}。 A member has no such fact: {stranger}."
            )));
        }
        let id = short_id();
        let member = member(&id, facts)?;
        let (edited, changes) = self.transact_noting(|tx| {
            let file = tx.file(household)?;
            for (name, value) in facts {
                for code in codes(value) {
                    check(pack.as_deref(), tx, name, &code)?;
                }
                if !value.is_array() {
                    check(pack.as_deref(), tx, name, &scalar(name, value)?)?;
                }
            }
            not_twice(&file, &member)?;
            let order = file.members.iter().map(|m| m.order).max().unwrap_or(0).saturating_add(1);
            tx.edit(household, self.author(tx)?, &member_edits(&member, order))
        })?;
        Ok((id, Done { edited, changes }))
    }

    /// Takes a member off the roster. `living`: how the person left (dead, moved_out, reduced); `None` when the entry was
    /// a mistake. A tombstone stays either way, so that another's edit of the same person remains visible.
    pub fn remove_member(&self, household: HouseholdId, member: &str, living: Option<&str>) -> Result<Done> {
        if living.is_some_and(|l| !matches!(l, "dead" | "moved_out" | "reduced")) {
            return Err(Error::invalid(
                "离开原因应为死亡、转出或减少。 The way of leaving is dead, moved_out or reduced.",
            ));
        }
        let (edited, changes) = self.transact_noting(|tx| {
            let file = tx.file(household)?;
            if !file.members.iter().any(|m| m.fact.id == member && !m.removed) {
                return Err(Error::invalid("名册中没有此人。 There is no such member."));
            }
            let mut edits = vec![Edit::at(["members", member, "removed"], true)];
            edits.extend(living.map(|l| Edit::at(["members", member, "living"], l)));
            tx.edit(household, self.author(tx)?, &edits)
        })?;
        Ok(Done { edited, changes })
    }
}

fn codes(value: &Value) -> Vec<Scalar> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(Scalar::from).collect()
}

fn member(id: &str, facts: &Map<String, Value>) -> Result<Member> {
    let mut all = facts.clone();
    all.insert("id".into(), id.into());
    let mut member: Member = serde_json::from_value(Value::Object(all)).map_err(|e| {
        Error::invalid("成员信息的格式不对。 The member's facts are not of the right shape.").because(e)
    })?;
    if member.name.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(Error::invalid("请填写姓名。 Give the name."));
    }
    // Whoever is put on the roster lives here, unless it is said how he came or went; a roster of which nobody knows who
    // lives in the house can be judged by no rule.
    member.living = member.living.filter(|l| !l.is_empty()).or_else(|| Some("alive".to_owned()));
    complete(&mut member)?;
    Ok(member)
}

/// Normalises the ID number and reads sex and birth from it.
pub(super) fn complete(member: &mut Member) -> Result<()> {
    let Some(number) = member.id_number.as_deref().map(str::trim).filter(|n| !n.is_empty()) else {
        member.id_number = None;
        return Ok(());
    };
    sound_number(number)?;
    let number = IdNumber::new(number);
    member.sex = member.sex.take().or_else(|| number.sex().map(str::to_owned));
    member.birth = member.birth.take().or_else(|| number.birth().map(|d| d.to_string()));
    member.id_number = Some(number.reveal().to_owned());
    Ok(())
}

fn not_twice(file: &HouseholdFile, new: &Member) -> Result<()> {
    let twice = new.id_number.as_ref().is_some_and(|number| {
        file.members
            .iter()
            .any(|m| !m.removed && m.fact.id_number.as_deref().map(IdNumber::new) == Some(IdNumber::new(number)))
    });
    if twice {
        return Err(Error::invalid("此证件号码已在本户名册中。 This ID number is on the roster already."));
    }
    Ok(())
}
