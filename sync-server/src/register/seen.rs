//! What was met so far in a register, and where faults are noted.

use std::collections::{BTreeMap, HashMap};

use app_core::domain::Area;

use super::columns::Column;
use super::labels::Labels;
use super::workbook::{Row, Sheet, cell_name};
use super::{Problem, Register};
use crate::store::rows::AreaRow;

/// What was met so far, over all sheets.
pub(super) struct Seen {
    pub(super) county: Area,
    /// first 18 characters of an ID number → sheet and cell
    pub(super) ids: HashMap<String, (String, String)>,
    /// household numbers of earlier sheets
    pub(super) numbers: HashMap<String, String>,
    names: BTreeMap<String, String>,
    found: BTreeMap<String, String>,
}

impl Seen {
    pub(super) fn new(county: &Area, known: &[AreaRow]) -> Self {
        Self {
            county: county.clone(),
            ids: HashMap::new(),
            numbers: HashMap::new(),
            names: known.iter().map(|a| (a.code.clone(), a.name.clone())).collect(),
            found: BTreeMap::new(),
        }
    }

    /// Names of areas that the register brings and the server does not have.
    pub(super) fn areas(&self) -> Vec<AreaRow> {
        self.found.iter().map(|(code, name)| AreaRow { code: code.clone(), name: name.clone() }).collect()
    }

    pub(super) fn name(&mut self, code: Option<&str>, name: &str) {
        if let Some(code) = code.filter(|c| !self.names.contains_key(*c))
            && !name.is_empty()
        {
            self.found.entry(code.to_owned()).or_insert_with(|| name.to_owned());
        }
    }

    pub(super) fn village_named(&self, name: &str) -> Option<&str> {
        let mut fitting =
            self.names.iter().chain(&self.found).filter(|(code, n)| code.len() == 12 && n.as_str() == name);
        match (fitting.next(), fitting.next()) {
            (Some((code, _)), None) => Some(code),
            _ => None,
        }
    }
}

/// Where a fault is noted.
pub(super) struct At<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) register: &'a mut Register,
}

impl At<'_> {
    pub(super) fn problem(
        &self,
        row: u32,
        column: Option<Column>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Problem {
        let place = column.and_then(|c| self.sheet.columns.get(&c));
        Problem {
            sheet: self.sheet.name.clone(),
            row,
            cell: place.map(|(at, _)| cell_name(*at, row)).unwrap_or_default(),
            heading: place
                .map(|(_, heading)| heading.clone())
                .or_else(|| Some((*column?.aliases().first()?).to_owned()))
                .unwrap_or_default(),
            code,
            message: message.into(),
        }
    }

    pub(super) fn error(&mut self, row: u32, column: Column, code: &'static str, message: impl Into<String>) {
        let problem = self.problem(row, Some(column), code, message);
        self.register.error(problem);
    }

    pub(super) fn warning(&mut self, row: u32, column: Column, code: &'static str, message: impl Into<String>) {
        let problem = self.problem(row, Some(column), code, message);
        self.register.warning(problem);
    }
}

/// What a household's rows say in a column, and in which row.
pub(super) fn said<'a>(rows: &[&'a Row], column: Column) -> Option<(&'a str, u32)> {
    rows.iter().map(|r| (r.text(column), r.number)).find(|(t, _)| !t.is_empty())
}

/// The code of a label; an unknown one is a fault of its cell.
pub(super) fn label(
    text: &str,
    row: &Row,
    column: Column,
    list: &'static str,
    labels: &Labels,
    at: &mut At<'_>,
) -> Option<String> {
    match labels.code(list, text) {
        Some("") => None,
        Some(code) => Some(code.to_owned()),
        None => {
            at.error(row.number, column, "label", "不是可选的项目，请按政策包的选项填写");
            None
        }
    }
}
