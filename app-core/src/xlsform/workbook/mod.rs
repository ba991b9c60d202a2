//! Reading: a folder of CSV sheets, an .xlsx file or Markdown tables → [`Workbook`], cells with their places.
//!
//! Nothing here knows what a column means; that is `form/`. Whatever the bytes, the answer is a workbook or problems,
//! within bounded memory.

mod csv_folder;
mod markdown;
mod xlsx;

use super::problem::{Problem, Problems};
use crate::told;
use std::path::Path;

pub use markdown::read as read_markdown;
pub use xlsx::read_bytes as read_xlsx;

#[cfg(test)]
mod tests;

/// The largest file read, in bytes.
pub const MAX_BYTES: u64 = 32 << 20;
/// The most rows of a sheet.
pub const MAX_ROWS: usize = 100_000;
/// The most columns of a sheet.
pub const MAX_COLUMNS: usize = 500;
/// The most cells of a workbook with something in them.
pub const MAX_CELLS: usize = 2_000_000;

/// Sheets of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workbook {
    /// In the order of the file.
    pub sheets: Vec<Sheet>,
}

/// One sheet: headings and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The name, lower case.
    pub name: String,
    /// The headings as written, trimmed.
    pub columns: Vec<String>,
    /// The rows below them that hold anything.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: the headings are row 1.
    pub number: u32,
    /// Trimmed cells; may be shorter than the headings.
    pub cells: Vec<String>,
}

impl Workbook {
    /// The sheet of this name.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|s| s.name == name)
    }
}

impl Sheet {
    /// From raw rows; the first that holds anything gives the headings.
    fn from_rows(name: &str, rows: impl IntoIterator<Item = (u32, Vec<String>)>) -> Result<Sheet, Problem> {
        let name = name.trim().to_lowercase();
        let mut sheet = Sheet { name, ..Sheet::default() };
        for (number, cells) in rows {
            let mut cells: Vec<String> = cells.iter().map(|c| c.trim().to_string()).collect();
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            if cells.is_empty() {
                continue;
            }
            if cells.len() > MAX_COLUMNS {
                return Err(Problem::row(
                    &sheet.name,
                    number,
                    told!("more than {} columns", "超过 {} 列。", MAX_COLUMNS),
                ));
            }
            if sheet.columns.is_empty() {
                sheet.columns = cells;
            } else {
                sheet.rows.push(Row { number, cells });
            }
            if sheet.rows.len() > MAX_ROWS {
                return Err(Problem::row(&sheet.name, number, told!("more than {} rows", "超过 {} 行。", MAX_ROWS)));
            }
        }
        Ok(sheet)
    }
}

/// Reads a workbook by what the path is: a folder, `.xlsx`/`.xlsm`, or `.md`.
pub fn read(path: &Path) -> Result<Workbook, Problems> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let meta = std::fs::metadata(path)
        .map_err(|_| Problem::whole(&name, told!("there is no such file or folder", "没有这个文件或文件夹。")))?;
    if meta.is_dir() {
        return csv_folder::read(path);
    }
    if meta.len() > MAX_BYTES {
        return Err(Problem::whole(
            &name,
            told!("the file is larger than {} MB", "文件太大，最多 {} MB。", MAX_BYTES >> 20),
        )
        .into());
    }
    match path.extension().map(|e| e.to_string_lossy().to_lowercase()).as_deref() {
        Some("xlsx" | "xlsm") => xlsx::read(path, &name),
        Some("md") => {
            let text = std::fs::read_to_string(path).map_err(|_| {
                Problem::whole(&name, told!("the file is not UTF-8 text", "文件不是 UTF-8 编码的文本。"))
            })?;
            markdown::read(&text)
        }
        _ => Err(Problem::whole(
            &name,
            told!(
                "a form is a folder of CSV sheets, an .xlsx workbook or an .md file",
                "表单应为 Excel 工作簿（.xlsx）、CSV 文件夹或 .md 文件。"
            ),
        )
        .into()),
    }
}
