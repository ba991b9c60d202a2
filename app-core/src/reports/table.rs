//! One table as a workbook (.xlsx): a heading, lines that say what it is, a row of column titles, rows of cells.
//!
//! Every cell of text is written as text: what begins with `=`, `+`, `-` or `@` is shown as it was typed and never run.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::error::{Error, Result};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    /// in characters of the default font
    pub width: u32,
}

/// A cell: words, or a number to count with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Count(u32),
}

/// A table and what is said above it.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// of the sheet's tab
    pub name: String,
    pub title: String,
    /// what was asked for, as of when, by whom
    pub lines: Vec<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// The most characters that Excel takes in a cell.
const CELL_MOST: usize = 32_767;

/// The workbook's bytes.
///
/// # Errors
/// `internal` where the library refuses (more rows than a sheet has, a tab's name that Excel does not take).
pub fn workbook(table: &Table) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    sheet(book.add_worksheet(), table)
        .and_then(|()| book.save_to_buffer())
        .map_err(|e| Error::internal("表格无法写出。 The table could not be written.").because(e.to_string()))
}

fn sheet(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(16);
    let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
    let cell = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    sheet.set_name(&table.name)?.write_string_with_format(0, 0, cut(&table.title), &title)?;
    let mut row = 1_u32;
    for line in &table.lines {
        sheet.write_string(row, 0, cut(line))?;
        row = row.saturating_add(1);
    }
    let heading = row;
    for (column, of) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(heading, column, cut(&of.title), &head)?.set_column_width(column, of.width)?;
    }
    for cells in &table.rows {
        row = row.saturating_add(1);
        for (column, value) in (0_u16..).zip(cells) {
            match value {
                Cell::Count(n) => sheet.write_number_with_format(row, column, *n, &cell)?,
                Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), &cell)?,
            };
        }
    }
    sheet.set_freeze_panes(heading.saturating_add(1), 1)?;
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(heading, 0, row.max(heading), last)?.set_landscape().set_repeat_rows(heading, heading)?;
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars().take(CELL_MOST).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut xml).unwrap();
        xml
    }

    #[test]
    fn what_looks_like_a_formula_stays_what_was_typed() {
        let typed = ["=1+1", "+8613900001234", "-1", "@SUM(A1)", "=HYPERLINK(9)", "\t=2"];
        let table = Table {
            name: "户登记册".into(),
            title: "=cmd".into(),
            lines: vec!["@lines".into()],
            columns: vec![Column { title: "户主".into(), width: 12 }, Column { title: "人口".into(), width: 8 }],
            rows: typed.iter().map(|t| vec![Cell::Text((*t).into()), Cell::Count(97)]).collect(),
        };
        let bytes = workbook(&table).unwrap();
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains("<sheetData>") && !sheet.contains("<f>"), "a formula was written: {sheet}");
        let strings = part(&bytes, "xl/sharedStrings.xml");
        for text in typed.iter().chain(&["=cmd", "@lines", "户主"]) {
            assert!(strings.contains(text), "{text:?} is not there as it was typed: {strings}");
        }
        assert_eq!(sheet.matches("<v>97</v>").count(), typed.len());
    }

    #[test]
    fn a_table_without_rows_is_a_workbook_too() {
        let columns = vec![Column { title: "户主".into(), width: 12 }];
        assert!(workbook(&Table { name: "x".into(), columns, ..Table::default() }).unwrap().starts_with(b"PK"));
    }
}
