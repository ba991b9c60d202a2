//! A household as the register has it.

use super::dice::{Dice, day, id_number, name, phone};
use crate::document::{Founding, HouseholdDoc, Place, Source};
use crate::domain::id::{HouseholdId, IMPORT_ACTOR, household_of_register, short_id_of};
use crate::domain::{Base, MonitoredKind};
use crate::policy::facts::{Facts, Member, Profile};

/// The household's number `n` as the register has it.
pub fn household(n: u64) -> HouseholdId {
    household_of_register("999999", &format!("{n:06}"))
}

/// An imported household of one to six members.
pub fn founding(n: u64, dice: &mut Dice) -> Founding {
    let id = household(n);
    let village = ["上岭村", "下岭村", "竹园村", "石桥村", "古榕村", "新塘村"];
    let hamlet = ["上屯", "下屯", "大寨屯", "水井屯", "岭脚屯", "桥头屯"];
    let relations = ["head", "spouse", "son", "daughter", "father", "mother"];
    let members: Vec<Member> = (0..1 + dice.below(6))
        .map(|row| Member {
            id: short_id_of(id, &row.to_string()),
            name: Some(name(dice)),
            id_number: Some(id_number(dice)),
            relation: relations.get(usize::try_from(row).unwrap_or(0)).map(|r| (*r).to_owned()),
            living: Some("alive".into()),
            education: Some(dice.of(&["primary", "junior", "senior", "illiterate", "college"]).into()),
            schooling: dice.chance(20).then(|| dice.of(&["primary", "grade7", "grade8", "senior1"]).into()),
            health: vec![dice.of(&["healthy", "healthy", "healthy", "chronic", "disabled", "major_illness"]).into()],
            work: Some(dice.of(&["ordinary", "ordinary", "skilled", "weak", "lost", "none"]).into()),
            ..Member::default()
        })
        .collect();
    let monitored = dice.chance(12);
    let profile = Profile {
        base: Some(if dice.chance(30) { Base::Lifted } else { Base::Ordinary }),
        monitored_kind: monitored.then_some(MonitoredKind::Marginal),
        registered_risks: if monitored {
            vec![dice.of(&["illness", "schooling", "disability", "labour"]).into()]
        } else {
            Vec::new()
        },
        identified_on: monitored.then(|| day(dice)),
        phone: Some(phone(dice)),
        more: [("head_name".to_owned(), members.first().and_then(|m| m.name.clone()).unwrap_or_default().into())]
            .into(),
        ..Profile::default()
    };
    Founding {
        place: Place {
            county: "九九县".into(),
            township: "甲乙镇".into(),
            village: dice.of(&village).into(),
            grid: "999999101203-04".into(),
            hamlet: dice.of(&hamlet).into(),
            address: String::new(),
        },
        facts: Facts { profile, members, ..Facts::default() },
        source: Source::Import,
    }
}

/// When the register was imported: one moment for all.
pub const IMPORTED: i64 = 1_683_680_400;

/// The household's file as imported.
pub fn imported(n: u64, dice: &mut Dice) -> HouseholdDoc {
    let founding = founding(n, dice);
    HouseholdDoc::found(household(n), &founding, IMPORT_ACTOR, IMPORTED).unwrap_or_else(|e| unreachable!("{e}"))
}
