//! The office's register becomes household files: one row a member, headings as offices write them.
//!
//! Here live the [`columns`] and their aliases, the [`workbook`] reader, [`labels`] → codes, the [`household`] check (with [`profile`]) that
//! names every fault by sheet, row and cell, and the [`import`] that founds all files or none.
//! What may not live here: HTTP, SQL. Start with [`read`].

pub mod columns;
mod dates;
mod household;
pub mod import;
mod labels;
mod profile;
mod seen;
mod workbook;

use std::path::Path;

use app_core::document::Founding;
use app_core::domain::Area;
use app_core::policy::Pack;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Result;
use crate::store::rows::AreaRow;

/// Something wrong in the register, where, and what to do. `message` never repeats a name, a number or a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// name of the sheet
    pub sheet: String,
    /// row as the spreadsheet counts, 0 for the whole sheet
    pub row: u32,
    /// cell as the spreadsheet names it, empty for a whole row or sheet
    pub cell: String,
    /// heading of the column
    pub heading: String,
    /// stable code of the fault, e.g. `id_number`
    pub code: &'static str,
    /// what is wrong, Chinese
    pub message: String,
}

/// A household as the register gives it.
#[derive(Debug, Clone)]
pub struct Registered {
    /// made from the county and the register's number
    pub id: Uuid,
    /// its grid
    pub grid: Area,
    /// what its file is made from
    pub founding: Founding,
}

/// A register, read. It may be imported only without `errors`.
#[derive(Debug, Default)]
pub struct Register {
    /// in the order of the register
    pub households: Vec<Registered>,
    /// names of areas found in it
    pub areas: Vec<AreaRow>,
    /// what must be mended first
    pub errors: Vec<Problem>,
    /// what should be looked at
    pub warnings: Vec<Problem>,
}

impl Register {
    /// A hostile or hopeless workbook may have a fault in every cell; nobody reads more than this.
    pub const MOST: usize = 2_000;

    fn error(&mut self, problem: Problem) {
        if self.errors.len() < Self::MOST {
            self.errors.push(problem);
        }
    }

    fn warning(&mut self, problem: Problem) {
        if self.warnings.len() < Self::MOST {
            self.warnings.push(problem);
        }
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.households.iter().map(|h| h.founding.facts.members.len()).sum()
    }
}

/// Reads a workbook (xlsx, xls, ods). `known`: areas named on this server; `map`: heading → column code, for headings
/// that no alias knows. An unreadable workbook is an error; what is wrong inside a readable one stands in the register.
pub fn read(file: &Path, map: &columns::Map, county: &Area, known: &[AreaRow], pack: &Pack) -> Result<Register> {
    let mut register = Register::default();
    let sheets = workbook::open(file, map)?;
    if sheets.is_empty() {
        register.error(Problem {
            sheet: String::new(),
            row: 0,
            cell: String::new(),
            heading: String::new(),
            code: "headings",
            message: "没有找到表头：需要户编号、姓名、证件号码、与户主关系、网格等列".into(),
        });
    }
    let labels = labels::Labels::new(pack);
    let mut met = seen::Seen::new(county, known);
    for sheet in &sheets {
        household::read_sheet(sheet, &labels, &mut met, &mut register);
    }
    register.areas = met.areas();
    Ok(register)
}
