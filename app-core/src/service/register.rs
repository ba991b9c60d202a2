//! Lists of households, and the areas to filter them by.

use std::collections::BTreeMap;

use super::App;
use crate::domain::Area;
use crate::error::Result;
use crate::storage::list::{Group, HouseholdLine, Query};

/// Most rows of a page.
pub const PAGE: u32 = 500;

impl App {
    /// A page of households and how many there are in all. A limit of 0 asks for the default of 50.
    pub fn households_page(&self, query: &Query) -> Result<(u32, Vec<HouseholdLine>)> {
        let limit = if query.limit == 0 { 50 } else { query.limit.min(PAGE) };
        let query = Query { limit, ..query.clone() };
        self.read(|tx| tx.households(&query))
    }

    /// Every area that holds a household or is in the scope, with its name: code → name.
    pub fn areas_in_use(&self) -> Result<BTreeMap<String, String>> {
        let scope = self.person()?.scope;
        self.read(|tx| {
            let names = tx.areas()?;
            let mut used: Vec<String> = scope.iter().map(|a| a.as_str().to_owned()).collect();
            for (grid, _) in tx.count_by(Group::Grid, &Query::default())? {
                used.extend([6, 9, 12].iter().filter_map(|n| grid.get(..*n)).map(str::to_owned));
                used.push(grid);
            }
            let reached = |code: &str| Area::parse(code).is_some_and(|a| scope.iter().any(|s| s.contains(&a)));
            let name = |code: String| {
                let name = names.get(&code).cloned().unwrap_or_else(|| code.clone());
                (code, name)
            };
            Ok(used.into_iter().filter(|c| reached(c)).map(name).collect())
        })
    }
}
