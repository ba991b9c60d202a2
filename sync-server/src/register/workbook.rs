//! A workbook as rows of text under known columns. The only door to calamine here.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto};

use super::columns::{Column, Map};
use crate::error::{Error, Result};

/// Largest workbook read, bytes.
const FILE_MAX: u64 = 128 * 1024 * 1024;
/// The headings stand within the first rows.
const HEADING_ROWS: usize = 10;

/// A sheet of a register.
pub(super) struct Sheet {
    /// its name
    pub(super) name: String,
    /// row of the headings as the spreadsheet counts
    pub(super) heading_row: u32,
    /// where each column stands (0-based) and its heading as written
    pub(super) columns: BTreeMap<Column, (u32, String)>,
    /// the rows below, empty ones left out
    pub(super) rows: Vec<Row>,
}

/// One row.
pub(super) struct Row {
    /// as the spreadsheet counts
    pub(super) number: u32,
    cells: BTreeMap<Column, Cell>,
}

/// A cell's text, and whether it was kept as a number (long ones have lost their last digits).
#[derive(Clone)]
struct Cell {
    text: String,
    number: bool,
}

impl Row {
    /// The text of a cell, trimmed; empty when there is none.
    pub(super) fn text(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", |c| c.text.as_str())
    }

    /// Whether the spreadsheet kept the cell as a number.
    pub(super) fn is_number(&self, column: Column) -> bool {
        self.cells.get(&column).is_some_and(|c| c.number)
    }
}

/// Opens a workbook and finds its register sheets: those with at least three known headings in one row.
pub(super) fn open(file: &Path, map: &Map) -> Result<Vec<Sheet>> {
    let unreadable = || {
        Error::invalid(
            "文件打不开：不是完整的 Excel 工作簿（可能没有下载完），没有导入任何内容，请重新导出后再试。 The workbook is damaged or cut off; nothing was imported. Export it again.",
        )
    };
    let size = std::fs::metadata(file)
        .map_err(|e| {
            Error::invalid(
                "找不到或读不了登记表文件，没有导入任何内容。 The register cannot be read; nothing was imported.",
            )
            .because(e)
        })?
        .len();
    if size > FILE_MAX {
        return Err(Error::invalid(
            "登记表过大（超过 128 MiB），没有导入任何内容。 The register is too large (over 128 MiB); nothing was imported.",
        ));
    }
    let mut book = open_workbook_auto(file).map_err(|e| unreadable().because(e))?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|e| unreadable().because(e))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let rows: Vec<&[Data]> = range.rows().collect();
        let Some((at, columns)) = headings(&rows, map, first_column) else { continue };
        let number = |i: usize| first_row.saturating_add(u32::try_from(i).unwrap_or(u32::MAX)).saturating_add(1);
        let rows = (at.saturating_add(1)..rows.len())
            .filter_map(|i| Some((i, *rows.get(i)?)))
            .map(|(i, cells)| row(number(i), cells, &columns, first_column))
            .filter(|r| r.cells.values().any(|c| !c.text.is_empty()))
            .collect();
        sheets.push(Sheet { name, heading_row: number(at), columns, rows });
    }
    Ok(sheets)
}

type Columns = BTreeMap<Column, (u32, String)>;

fn headings(rows: &[&[Data]], map: &Map, first_column: u32) -> Option<(usize, Columns)> {
    rows.iter().take(HEADING_ROWS).enumerate().find_map(|(at, cells)| {
        let mut columns = Columns::new();
        for (i, cell) in (first_column..).zip(cells.iter()) {
            let heading = text(cell).text;
            if let Some(column) = Column::of_heading(&heading, map) {
                columns.entry(column).or_insert((i, heading));
            }
        }
        (columns.len() >= 3).then_some((at, columns))
    })
}

fn row(number: u32, cells: &[Data], columns: &Columns, first_column: u32) -> Row {
    let cells = columns
        .iter()
        .filter_map(|(column, (at, _))| {
            let cell = cells.get(usize::try_from(at.checked_sub(first_column)?).ok()?)?;
            Some((*column, text(cell)))
        })
        .collect();
    Row { number, cells }
}

fn text(cell: &Data) -> Cell {
    let (text, number) = match cell {
        Data::String(s) => (s.trim().to_owned(), false),
        Data::Int(n) => (n.to_string(), true),
        Data::Float(f) if f.fract() == 0.0 && f.abs() < 1e18 => (format!("{f:.0}"), true),
        Data::Float(f) => (f.to_string(), true),
        Data::Bool(b) => (if *b { "是" } else { "否" }.to_owned(), false),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), false)
        }
        Data::DateTimeIso(s) => (s.clone(), false),
        Data::DurationIso(_) | Data::Error(_) | Data::Empty => (String::new(), false),
    };
    Cell { text, number }
}

/// `C12`: a cell as the spreadsheet names it.
pub(super) fn cell_name(column: u32, row: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column.saturating_add(1);
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A'.saturating_add(u8::try_from(left % 26).unwrap_or_default())));
        left /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn cells_are_named_as_the_spreadsheet_does() {
        for (column, name) in [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")] {
            assert_eq!(super::cell_name(column, 1), name);
        }
    }
}
