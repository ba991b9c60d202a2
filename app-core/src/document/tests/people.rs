//! Named people, their devices, and an invented household.

use crate::document::{Actor, Admitted, Edit, Founding, HouseholdDoc, Place, Refused, Source, Written};
use crate::domain::Base;
use crate::domain::id::{HouseholdId, IMPORT_ACTOR, household_of_register};
use crate::policy::facts::{Facts, Member, Profile};

/// 韦秀英, grid worker
pub(super) const WEI: Actor = [0x11; 16];
/// 李建国, support cadre
pub(super) const LI: Actor = [0x22; 16];
/// 覃桂花, grid worker of the next hamlet
pub(super) const QIN: Actor = [0x33; 16];

/// 2023-05-16, a Tuesday of the field phase
pub(super) const MAY_16: i64 = 1_684_200_000;

pub(super) fn household() -> HouseholdId {
    household_of_register("999999", "0001")
}

/// 黄大山's household of three.
pub(super) fn founding() -> Founding {
    let member = |id: &str, name: &str, relation: &str, health: &[&str], work: &str| Member {
        id: id.to_owned(),
        name: Some(name.to_owned()),
        relation: Some(relation.to_owned()),
        living: Some("alive".to_owned()),
        health: health.iter().map(|h| (*h).to_owned()).collect(),
        work: Some(work.to_owned()),
        ..Member::default()
    };
    Founding {
        place: Place {
            county: "某县".into(),
            township: "甲镇".into(),
            village: "乙村".into(),
            grid: "999999101203-04".into(),
            hamlet: "丙屯".into(),
            address: String::new(),
        },
        facts: Facts {
            profile: Profile {
                base: Some(Base::Lifted),
                phone: Some("10000000001".into()),
                more: [("head_name".to_owned(), "黄大山".into())].into(),
                ..Profile::default()
            },
            members: vec![
                member("aaaaaaaaaaaa", "黄大山", "head", &["chronic"], "weak"),
                member("bbbbbbbbbbbb", "黄小梅", "spouse", &["healthy"], "ordinary"),
                member("cccccccccccc", "黄小明", "child", &["healthy"], "none"),
            ],
            ..Facts::default()
        },
        source: Source::Import,
    }
}

pub(super) fn imported() -> HouseholdDoc {
    HouseholdDoc::found(household(), &founding(), IMPORT_ACTOR, MAY_16).unwrap()
}

pub(super) fn anything(_: &crate::document::Attempt<'_>) -> Result<(), crate::approvals::RefusedWhy> {
    Ok(())
}

pub(super) fn take(doc: &mut HouseholdDoc, bytes: &[u8]) -> Result<Admitted, Refused> {
    doc.admit(bytes, None, &mut anything)
}

/// Both take everything of the other through the gate, and agree to the last byte of content.
pub(super) fn meet(a: &mut HouseholdDoc, b: &mut HouseholdDoc) {
    for change in b.changes() {
        take(a, &change.bytes).unwrap();
    }
    for change in a.changes() {
        take(b, &change.bytes).unwrap();
    }
    assert_eq!(a.digest(), b.digest());
    assert_eq!(a.heads(), b.heads());
    assert_eq!(a.file(), b.file());
    for doc in [a, b] {
        let again = HouseholdDoc::load(&doc.snapshot()).unwrap();
        assert_eq!(again.heads(), doc.heads());
        assert_eq!(again.digest(), doc.digest());
    }
}

pub(super) fn edit(doc: &mut HouseholdDoc, who: Actor, edits: &[Edit]) -> Written {
    doc.edit(who, MAY_16 + 60, edits).unwrap().unwrap()
}
