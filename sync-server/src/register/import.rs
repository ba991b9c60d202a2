//! Founds a file for every household of a register that has none: all in one transaction, or none.
//! The same register gives the same files, also after a restore: id, actor and time follow from the register and the
//! server's first day, never from the clock.

use app_core::document::HouseholdDoc;
use app_core::domain::Area;
use app_core::domain::id::IMPORT_ACTOR;
use serde::Serialize;

use super::Register;
use crate::error::{Error, Result};
use crate::store::rows::{HouseholdRow, Unsaved};
use crate::store::{Store, Writes, write};

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// households in the register
    pub households: u64,
    /// people in the register
    pub people: u64,
    /// files founded now
    pub founded: u64,
    /// households that had a file already; field work on them stands, nothing was touched
    pub present: u64,
    /// of these, how many the register puts in another grid than the server (see `household move`)
    pub elsewhere: u64,
    /// areas named now
    pub areas: u64,
}

/// Imports a register without errors. `sha256` is that of the workbook, for the record.
pub fn import(store: &dyn Store, register: Register, sha256: [u8; 32], now: i64) -> Result<Imported> {
    if !register.errors.is_empty() {
        return Err(Error::invalid("登记表有错误，没有导入任何内容。 The register has errors; nothing was imported."));
    }
    let people = u64::try_from(register.people()).unwrap_or_default();
    write(store, move |w| {
        let mut done = Imported { people, ..Imported::default() };
        let born = crate::ops::born(w)?;
        for area in &register.areas {
            if let Some(code) = Area::parse(&area.code)
                && w.put_area(&code, &area.name, now)?
            {
                done.areas += 1;
            }
        }
        for household in &register.households {
            done.households += 1;
            match w.place(household.id)? {
                Some(place) => {
                    done.present += 1;
                    done.elsewhere += u64::from(place.unit != household.grid.as_str());
                }
                None => {
                    found(w, household, born, now)?;
                    done.founded += 1;
                }
            }
        }
        w.put_import(&sha256, done.households, done.founded, now)?;
        Ok(done)
    })
}

fn found(w: &mut dyn Writes, household: &super::Registered, born: i64, now: i64) -> Result<()> {
    let doc = HouseholdDoc::found(household.id, &household.founding, IMPORT_ACTOR, born)?;
    let unit = household.grid.as_str();
    let row = HouseholdRow { id: household.id, unit: unit.to_owned(), heads: doc.heads(), snapshot: doc.snapshot() };
    w.found(&row, None, now)?;
    for change in doc.changes() {
        w.append(&Unsaved {
            household: household.id,
            unit,
            hash: change.hash,
            bytes: &change.bytes,
            actor: &IMPORT_ACTOR,
            device: None,
            carrier: None,
            push: None,
            at: now,
        })?;
    }
    Ok(())
}
