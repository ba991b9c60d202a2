//! Lists of households, the areas to filter them by, and the file that a list is taken out in.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use super::App;
use crate::domain::Area;
use crate::error::{Error, Kind, Result};
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

    /// Every household that a query finds, in its order: for a file that a person takes out. The title needs the permit
    /// `export`; that it was done, and over how many, is a row of the audit log.
    ///
    /// # Errors
    /// `refused` without the permit, or without a pack that says who holds it.
    pub fn register_to_export(&self, query: &Query) -> Result<Vec<HouseholdLine>> {
        let title = self.person()?.title;
        if !self.pack()?.permits(title).is_some_and(|t| t.may("export")) {
            return Err(Error::new(
                Kind::Refused,
                "您的岗位没有导出权限，没有导出。 Your title may not export; nothing was exported.",
            ));
        }
        let now = self.now().timestamp();
        let query = Query { offset: 0, limit: u32::MAX, ..query.clone() };
        self.transact(|tx| {
            let (total, lines) = tx.households(&query)?;
            tx.write_audit_of_many(now, "export", &format!("register/{total}"))?;
            Ok(lines)
        })
    }

    /// Writes a file for a person into the folder of exports, never over another: a second one of the same name is
    /// numbered. Where it lies.
    ///
    /// # Errors
    /// `disk` when it cannot be written; nothing of it stays then.
    pub fn write_export(&self, name: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf> {
        let folder = self.setup.exports.clone().unwrap_or_else(|| self.dir.join("exports"));
        std::fs::create_dir_all(&folder).map_err(crate::storage::fault::disk)?;
        for n in 1..1_000 {
            let number = if n == 1 { String::new() } else { format!("-{n}") };
            let path = folder.join(format!("{name}{number}.{ending}"));
            let mut file = match std::fs::File::create_new(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => continue,
                file => file.map_err(crate::storage::fault::disk)?,
            };
            if let Err(e) = file.write_all(bytes).and_then(|()| file.sync_all()) {
                drop(file);
                std::fs::remove_file(&path).ok();
                return Err(crate::storage::fault::disk(e));
            }
            return Ok(path);
        }
        Err(Error::invalid(
            "导出文件夹里同名的文件太多，请先清理。 There are too many files of this name in the folder of exports: clear it first.",
        ))
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
