//! Markdown tables as pyxform takes them:
//!
//! ```text
//! | survey |      |      |       |
//! |        | type | name | label |
//! |        | text | a    | A     |
//! ```

use super::{Sheet, Workbook};
use crate::told;
use crate::xlsform::problem::{Problem, Problems};

/// Rows with their numbers.
type Rows = Vec<(u32, Vec<String>)>;

/// Reads tables: a row with something in its first cell opens a sheet, the others belong to it.
pub fn read(text: &str) -> Result<Workbook, Problems> {
    let mut sheets: Vec<(String, Rows)> = Vec::new();
    for line in text.lines() {
        let Some(cells) = cells(line) else { continue };
        let Some((first, rest)) = cells.split_first() else { continue };
        if !first.is_empty() {
            sheets.push((first.clone(), Vec::new()));
        }
        match sheets.last_mut() {
            Some((_, rows)) if rest.iter().any(|c| !c.is_empty()) => {
                let number = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(1);
                rows.push((number, rest.to_vec()));
            }
            Some(_) => {}
            None => {
                return Err(Problem::whole(
                    "markdown",
                    told!("the first table row does not name a sheet", "表格第一行没有写工作表名称。"),
                )
                .into());
            }
        }
    }
    if sheets.is_empty() {
        return Err(Problem::whole("markdown", told!("there is no table", "文件里没有表格。")).into());
    }
    let sheets: Result<Vec<Sheet>, Problem> =
        sheets.into_iter().map(|(name, rows)| Sheet::from_rows(&name, rows)).collect();
    Ok(Workbook { sheets: sheets? })
}

/// The cells between bars; `\|` is a bar in a cell; a line of dashes is decoration.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?;
    if !inner.is_empty() && inner.chars().all(|c| matches!(c, '-' | '|' | ':' | ' ')) && inner.contains('-') {
        return None;
    }
    let mut out = vec![String::new()];
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                chars.next();
                push(&mut out, '|');
            }
            '|' => out.push(String::new()),
            other => push(&mut out, other),
        }
    }
    // What follows the last bar is not a cell.
    if out.last().is_some_and(|c| c.trim().is_empty()) {
        out.pop();
    }
    Some(out.into_iter().map(|c| c.trim().to_string()).collect())
}

fn push(cells: &mut [String], c: char) {
    if let Some(last) = cells.last_mut() {
        last.push(c);
    }
}
