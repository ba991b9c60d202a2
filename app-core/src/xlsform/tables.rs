//! Tables beside a form: the CSV, GeoJSON and XML files of a folder, by stem, as they stand on a day.

use super::env::Table;
use super::problem::{Problem, Problems};
use super::workbook::MAX_BYTES;
use crate::told;
use crate::told::Told;
use chrono::NaiveDate;
use std::collections::HashMap;
use std::path::Path;

/// Reads every CSV, GeoJSON and XML file directly in a folder; a CSV wins over others of its stem. In a table with the columns `from` and `to`, only rows in force on the day
/// count, the latest `from` first, so that a lookup finds the value of the day.
pub fn load(folder: &Path, day: NaiveDate) -> Result<HashMap<String, Table>, Problems> {
    let mut out = HashMap::new();
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entries = std::fs::read_dir(folder)
        .map_err(|_| Problem::whole(name, told!("the folder cannot be read", "文件夹无法读取。")))?;
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).filter(|p| kind(p).is_some()).collect();
    // csv < geojson < xml: read backwards, so that the CSV is what stays.
    paths.sort_by_key(|p| std::cmp::Reverse(p.extension().map(std::ffi::OsStr::to_owned)));
    for path in paths {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let fault = |message: Told| Problem::whole(&stem, message);
        if !std::fs::metadata(&path).is_ok_and(|m| m.len() <= MAX_BYTES) {
            return Err(fault(told!("the table is too large", "数据表太大。")).into());
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|_| fault(told!("the table is not UTF-8 text", "数据表不是 UTF-8 编码的文本。")))?;
        let table = match kind(&path) {
            Some("geojson") => super::features::geojson(&text),
            // An .xml that is no table (a form written out, a drawing) is somebody else's.
            Some("xml") => match super::features::xml(&text) {
                Ok(table) => Ok(table),
                Err(_) => continue,
            },
            _ => parse(&text, day),
        };
        out.insert(stem.clone(), table.map_err(fault)?);
    }
    Ok(out)
}

fn kind(path: &Path) -> Option<&str> {
    path.extension()?.to_str().filter(|e| matches!(*e, "csv" | "geojson" | "xml"))
}

fn broken(cause: &csv::Error) -> Told {
    told!("the CSV is broken: {}", "CSV 格式有误：{}。", cause.to_string())
}

/// One table from CSV text.
pub fn parse(text: &str, day: NaiveDate) -> Result<Table, Told> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().map_err(|e| broken(&e))?.iter().map(|c| c.trim().to_string()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(record.map_err(|e| broken(&e))?.iter().map(str::to_string).collect());
    }
    Ok(Table::new(columns.clone(), in_force(&columns, rows, day)))
}

fn in_force(columns: &[String], mut rows: Vec<Vec<String>>, day: NaiveDate) -> Vec<Vec<String>> {
    let at = |name: &str| columns.iter().position(|c| c == name);
    let (Some(from), Some(to)) = (at("from"), at("to")) else { return rows };
    let day = day.to_string();
    // ISO dates compare as text; an empty end is open.
    let cell = |row: &Vec<String>, i: usize| row.get(i).map(|c| c.trim().to_string()).unwrap_or_default();
    rows.retain(|row| cell(row, from) <= day && (cell(row, to).is_empty() || cell(row, to) >= day));
    rows.sort_by_key(|row| std::cmp::Reverse(cell(row, from)));
    rows
}
