//! Households: search, those on no list, conflicts.

use super::App;
use super::facts::{Done, check};
use super::members::complete;
use crate::document::{Conflict, Founding, HouseholdFile, Place, Scalar, Source};
use crate::domain::area::Level;
use crate::domain::id::{HouseholdId, new_household, short_id};
use crate::domain::{Area, Base};
use crate::error::{Error, Kind, Result};
use crate::policy::facts::{Facts, Member, Profile};
use crate::storage::Tx;
use crate::storage::list::{HouseholdLine, Query};

/// A household that is on no list, as found on the spot.
#[derive(Debug, Clone, Default)]
pub struct NewHousehold {
    pub head_name: String,
    /// may be empty when it is not at hand
    pub head_id_number: String,
    /// code of a grid in the person's scope
    pub grid: String,
    pub hamlet: String,
    pub phone: String,
}

impl App {
    /// A page of households, and how many there are in all.
    pub fn search(&self, query: &Query) -> Result<(u32, Vec<HouseholdLine>)> {
        self.read(|tx| tx.households(query))
    }

    /// A household's content.
    pub fn household(&self, id: HouseholdId) -> Result<HouseholdFile> {
        self.read(|tx| tx.file(id))
    }

    /// Founds a household that is on no list (附件1-2: 应排尽排).
    pub fn add_household(&self, new: &NewHousehold) -> Result<(HouseholdId, Done)> {
        let person = self.person()?;
        let pack = self.pack().ok();
        let grid = Area::parse(&new.grid)
            .filter(|a| a.level() == Level::Grid)
            .ok_or_else(|| Error::invalid("请选择网格。 Choose a grid."))?;
        if !person.reaches(&grid) {
            return Err(Error::new(Kind::Refused, "该网格不在您的工作范围内。 This grid is outside your area."));
        }
        let head = head(new)?;
        let id = new_household();
        let (edited, changes) = self.transact_noting(|tx| {
            check(pack.as_deref(), tx, "phone", &Scalar::from(new.phone.trim()))?;
            if let Some(number) = &head.id_number
                && tx.household_of_number(number)?.is_some()
            {
                return Err(Error::invalid("此证件号码已在本机另一户的名册中，请先查找该户。 This ID number is on another household's roster: look for that household first."));
            }
            let founding = Founding { place: place(tx, &grid, new)?, facts: facts(new, head), source: Source::Phone };
            tx.found(id, grid.as_str(), &founding, self.author(tx)?)
        })?;
        Ok((id, Done { edited: Some(edited), changes }))
    }

    /// Every household in which several values stand or something contradicts itself, and where several values stand.
    pub fn conflicts(&self) -> Result<Vec<(HouseholdId, Vec<Conflict>)>> {
        self.read(|tx| {
            let (_, ids) = tx.households_with_cards("", u32::MAX)?;
            ids.into_iter().map(|id| Ok((id, tx.file(id)?.conflicts))).collect()
        })
    }

    /// Drops the projection and makes it again from the household files; how many households.
    pub fn rebuild(&self) -> Result<u32> {
        self.transact(|tx| tx.rebuild())
    }

    /// The hash of each household's content.
    pub fn digests(&self) -> Result<Vec<(HouseholdId, String)>> {
        self.read(|tx| tx.digests())
    }
}

fn head(new: &NewHousehold) -> Result<Member> {
    let name = new.head_name.trim();
    if name.is_empty() || name.chars().count() > 50 {
        return Err(Error::invalid("请填写户主姓名。 Give the name of the head of household."));
    }
    let mut head = Member {
        id: short_id(),
        name: Some(name.to_owned()),
        id_number: Some(new.head_id_number.clone()),
        relation: Some("head".into()),
        living: Some("alive".into()),
        ..Member::default()
    };
    complete(&mut head)?;
    Ok(head)
}

fn facts(new: &NewHousehold, head: Member) -> Facts {
    let phone = new.phone.trim();
    Facts {
        profile: Profile {
            base: Some(Base::Ordinary),
            phone: (!phone.is_empty()).then(|| phone.to_owned()),
            ..Profile::default()
        },
        members: vec![head],
        ..Facts::default()
    }
}

/// Names of county, township and village, by the code's prefixes.
fn place(tx: &Tx<'_>, grid: &Area, new: &NewHousehold) -> Result<Place> {
    let areas = tx.areas()?;
    let name = |digits: usize| grid.as_str().get(..digits).and_then(|c| areas.get(c)).cloned().unwrap_or_default();
    Ok(Place {
        county: name(6),
        township: name(9),
        village: name(12),
        grid: grid.as_str().to_owned(),
        hamlet: new.hamlet.trim().to_owned(),
        address: String::new(),
    })
}
