//! .xlsx by calamine, cell by cell (a dense range of a hostile sheet would be gigabytes), after a look at what the
//! archive says it holds.

use super::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, Workbook};
use crate::told;
use crate::xlsform::problem::{Problem, Problems};
use calamine::{DataRef, Reader, Xlsx};
use std::io::{Cursor, Read};
use std::path::Path;

/// The most that the parts of an archive may unpack to, together.
const MAX_UNPACKED: u64 = 128 << 20;

pub fn read(path: &Path, name: &str) -> Result<Workbook, Problems> {
    let bytes =
        std::fs::read(path).map_err(|_| Problem::whole(name, told!("the file cannot be read", "文件无法读取。")))?;
    read_bytes(&bytes, name)
}

/// As [`read`], of a file that came over a screen; `name` is what problems call it.
pub fn read_bytes(bytes: &[u8], name: &str) -> Result<Workbook, Problems> {
    check_unpacked(bytes, name)?;
    // calamine is careful, but not proven against every hostile byte: a panic there is a broken file here.
    let result = std::panic::catch_unwind(|| read_sheets(bytes, name));
    match result {
        Ok(read) => Ok(read?),
        Err(_) => Err(broken(name).into()),
    }
}

fn broken(name: &str) -> Problem {
    Problem::whole(
        name,
        told!("the file is damaged or is not an Excel workbook (.xlsx)", "文件已损坏，或不是 Excel 工作簿（.xlsx）。"),
    )
}

/// Unpacks every part into nothing, counting, so that a small file cannot become a huge one later.
fn check_unpacked(bytes: &[u8], name: &str) -> Result<(), Problem> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken(name))?;
    let mut left = MAX_UNPACKED;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|_| broken(name))?;
        let size =
            std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink()).map_err(|_| broken(name))?;
        left = match left.checked_sub(size) {
            Some(left) => left,
            None => {
                return Err(Problem::whole(
                    name,
                    told!("the workbook unpacks to more than {} MB", "工作簿解开后超过 {} MB。", MAX_UNPACKED >> 20),
                ));
            }
        };
    }
    Ok(())
}

fn read_sheets(bytes: &[u8], name: &str) -> Result<Workbook, Problem> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken(name))?;
    let mut out = Workbook::default();
    let mut left = MAX_CELLS;
    for sheet in book.sheet_names().to_vec() {
        let rows = read_rows(&mut book, &sheet, &mut left)?;
        out.sheets.push(Sheet::from_rows(&sheet, rows)?);
    }
    Ok(out)
}

type Rows = Vec<(u32, Vec<String>)>;

fn read_rows(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, left: &mut usize) -> Result<Rows, Problem> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|_| broken(sheet))?;
    let mut rows: Rows = Vec::new();
    loop {
        let cell = match reader.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(rows),
            Err(_) => return Err(broken(sheet)),
        };
        let text = text_of(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (number, column) = (row.saturating_add(1), column as usize);
        *left = left.checked_sub(1).ok_or_else(|| {
            Problem::row(sheet, number, told!("more than {} filled cells", "有内容的单元格超过 {} 个。", MAX_CELLS))
        })?;
        if column >= MAX_COLUMNS {
            return Err(Problem::row(sheet, number, told!("more than {} columns", "超过 {} 列。", MAX_COLUMNS)));
        }
        if rows.last().is_none_or(|(n, _)| *n != number) {
            if rows.len() > MAX_ROWS {
                return Err(Problem::row(sheet, number, told!("more than {} rows", "超过 {} 行。", MAX_ROWS)));
            }
            rows.push((number, Vec::new()));
        }
        if let Some((_, cells)) = rows.last_mut() {
            if cells.len() <= column {
                cells.resize(column.saturating_add(1), String::new());
            }
            if let Some(slot) = cells.get_mut(column) {
                *slot = text;
            }
        }
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(i) => i.to_string(),
        DataRef::Float(f) => crate::xlsform::num::Num::from_f64(*f).to_string(),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_string(),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.into(),
        DataRef::DateTime(d) => date_text(d.as_f64()),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        _ => String::new(),
    }
}

/// Excel's serial day as ISO text: a date, with the time only if there is one.
fn date_text(serial: f64) -> String {
    // Day 25569 of Excel is 1970-01-01.
    let days = serial.floor();
    let seconds = ((serial - days) * 86_400.0).round() as i64;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if days == 0.0 {
        // No day at all: a time of day.
        return clock;
    }
    // Day 60 is a 29 February 1900 that never was: the days before it count from one later.
    let lag = if days < 60.0 { 25_568 } else { 25_569 };
    let date = crate::xlsform::expr::functions::dates::day_text(days as i64 - lag).unwrap_or_default();
    if seconds == 0 { date } else { format!("{date}T{clock}") }
}
