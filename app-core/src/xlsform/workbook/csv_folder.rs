//! One CSV per sheet in a folder.

use super::{MAX_BYTES, Sheet, Workbook};
use crate::told;
use crate::xlsform::problem::{Problem, Problems};
use std::path::Path;

pub fn read(folder: &Path) -> Result<Workbook, Problems> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entries = std::fs::read_dir(folder)
        .map_err(|_| Problem::whole(&name, told!("the folder cannot be read", "文件夹无法读取。")))?;
    let mut files: Vec<_> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "csv")).collect();
    files.sort();
    let mut book = Workbook::default();
    for file in files.iter().take(100) {
        book.sheets.push(read_sheet(file)?);
    }
    if book.sheets.is_empty() {
        return Err(Problem::whole(&name, told!("the folder holds no CSV sheet", "文件夹里没有 CSV 表。")).into());
    }
    Ok(book)
}

fn read_sheet(file: &Path) -> Result<Sheet, Problem> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let small = std::fs::metadata(file).is_ok_and(|m| m.len() <= MAX_BYTES);
    if !small {
        return Err(Problem::whole(
            stem,
            told!("the file is larger than {} MB", "文件太大，最多 {} MB。", MAX_BYTES >> 20),
        ));
    }
    let bytes =
        std::fs::read(file).map_err(|_| Problem::whole(&stem, told!("the file cannot be read", "文件无法读取。")))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        let line = bytes.iter().take(e.valid_up_to()).filter(|b| **b == b'\n').count();
        Problem::row(
            &stem,
            u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1),
            told!("the file is not UTF-8 text", "文件不是 UTF-8 编码的文本。"),
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // Rows are counted as a spreadsheet does, so that a cell with line breaks is still one row; blank lines are
    // rows there, and the reader skips them, so they are counted from the lines in between.
    let mut number = 0u32;
    let mut record = csv::StringRecord::new();
    loop {
        let before = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                return Err(Problem::row(
                    &stem,
                    number.saturating_add(1),
                    told!("the CSV is broken: {}", "CSV 格式有误：{}。", e.to_string()),
                ));
            }
        }
        let read = reader.position().line().saturating_sub(before);
        let own = record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>().saturating_add(1);
        let blank = u32::try_from(read.saturating_sub(own)).unwrap_or(0);
        number = number.saturating_add(blank).saturating_add(1);
        rows.push((number, record.iter().map(str::to_string).collect()));
    }
    Sheet::from_rows(&stem, rows)
}
