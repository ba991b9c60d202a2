//! Reading one CSV sheet of the pack: columns by name, faults by row and column, everything bounded.

use crate::told;
use crate::told::Told;
use chrono::NaiveDate;

use super::fault::Faults;

/// Most rows of one sheet; the largest real one (codes) has some hundreds.
const MAX_ROWS: usize = 50_000;
/// Most columns of one sheet.
const MAX_COLUMNS: usize = 200;
/// Longest cell in bytes.
const MAX_CELL: usize = 32_000;

/// A sheet in memory: headings and rows of equal length, cells trimmed.
#[derive(Debug, Default)]
pub struct Sheet {
    /// path inside the pack
    pub file: String,
    /// headings
    pub columns: Vec<String>,
    /// row number as a spreadsheet shows it, and the cells
    pub rows: Vec<(u32, Vec<String>)>,
}

impl Sheet {
    /// Reads any table (also one the pack knows nothing about, for `pulldata`).
    pub fn read(file: &str, bytes: &[u8], faults: &mut Faults) -> Sheet {
        let mut sheet = Sheet { file: file.to_owned(), ..Sheet::default() };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut row = 0u32;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(e) => {
                    faults.add(file, row.saturating_add(1), "", told!("not CSV: {}", "不是 CSV：{}。", e.to_string()));
                    break;
                }
            }
            row = row.saturating_add(1);
            if sheet.rows.len() >= MAX_ROWS {
                faults.add(file, row, "", told!("more than {} rows", "超过 {} 行。", MAX_ROWS));
                break;
            }
            let Some(cells) = cells(file, row, &record, faults) else { break };
            sheet.take(row, cells, faults);
        }
        if sheet.columns.is_empty() {
            faults.add(
                file,
                0,
                "",
                told!("the sheet is empty: the first row must name the columns", "工作表是空的，第一行应为列名。"),
            );
        }
        sheet
    }

    fn take(&mut self, row: u32, mut cells: Vec<String>, faults: &mut Faults) {
        if cells.iter().all(String::is_empty) {
            return;
        }
        if self.columns.is_empty() {
            self.columns = headings(&self.file, row, cells, faults);
            return;
        }
        while cells.len() > self.columns.len() && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() > self.columns.len() {
            let (have, want) = (cells.len(), self.columns.len());
            faults.add(
                &self.file,
                row,
                "",
                told!(
                    "{} cells under {} headings; is a cell with a comma not quoted?",
                    "这一行有 {} 格，列名只有 {} 个；有逗号的格是否漏了引号？",
                    have,
                    want
                ),
            );
        }
        cells.resize(self.columns.len(), String::new());
        self.rows.push((row, cells));
    }

    /// Refuses columns that are not known and notes known ones that must be there.
    pub fn expect(&self, known: &[&str], required: &[&str], faults: &mut Faults) {
        for column in &self.columns {
            if !known.contains(&column.as_str()) {
                faults.add(
                    &self.file,
                    1,
                    column,
                    told!("this column is not known; is it misspelt?", "不认识这一列，是不是写错了列名？"),
                );
            }
        }
        for column in required {
            if !self.columns.iter().any(|c| c == column) {
                faults.add(&self.file, 1, column, told!("this column is missing", "缺少这一列。"));
            }
        }
    }

    /// The rows with access by column name.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row { sheet: self, number: *number, cells })
    }
}

fn cells(file: &str, row: u32, record: &csv::ByteRecord, faults: &mut Faults) -> Option<Vec<String>> {
    if record.len() > MAX_COLUMNS {
        faults.add(file, row, "", told!("more than {} columns", "超过 {} 列。", MAX_COLUMNS));
        return None;
    }
    let mut out = Vec::with_capacity(record.len());
    for cell in record {
        match std::str::from_utf8(cell) {
            Ok(text) if text.len() <= MAX_CELL => out.push(text.trim().to_owned()),
            Ok(_) => {
                faults.add(
                    file,
                    row,
                    "",
                    told!("a cell is longer than {} bytes", "有一格的内容太长（超过 {} 字节）。", MAX_CELL),
                );
                return None;
            }
            Err(_) => {
                faults.add(
                    file,
                    row,
                    "",
                    told!("not UTF-8; save the sheet as CSV UTF-8", "编码不对，请另存为“CSV UTF-8”。"),
                );
                return None;
            }
        }
    }
    Some(out)
}

fn headings(file: &str, row: u32, mut cells: Vec<String>, faults: &mut Faults) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    for (i, column) in cells.iter().enumerate() {
        if column.is_empty() {
            faults.add(file, row, "", told!("heading {} is empty", "第 {} 列没有列名。", i.saturating_add(1)));
        } else if cells.iter().take(i).any(|c| c == column) {
            faults.add(file, row, column, told!("this column stands twice", "这一列出现了两次。"));
        }
    }
    cells
}

/// One row; the readers note a fault and go on with an empty value, so that one run shows every fault.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    /// row number as a spreadsheet shows it
    pub number: u32,
    cells: &'a [String],
}

impl<'a> Row<'a> {
    /// The cell, empty when the column is not there.
    pub fn text(&self, column: &str) -> &'a str {
        let at = self.sheet.columns.iter().position(|c| c == column);
        at.and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }

    /// The cell as an owned text.
    pub fn owned(&self, column: &str) -> String {
        self.text(column).to_owned()
    }

    /// A cell that must not be empty.
    pub fn required(&self, column: &str, faults: &mut Faults) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(column, told!("must not be empty", "不能为空。"), faults);
        }
        text.to_owned()
    }

    /// A code: lower-case English letters, digits, `_` and `-`.
    pub fn code(&self, column: &str, faults: &mut Faults) -> String {
        let text = self.required(column, faults);
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            self.fault(
                column,
                told!(
                    "a code is lower-case English letters, digits, _ and -",
                    "代码只能用小写英文字母、数字、_ 和 -。"
                ),
                faults,
            );
        }
        text
    }

    /// An ISO date or nothing.
    pub fn date(&self, column: &str, faults: &mut Faults) -> Option<NaiveDate> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let date = super::facts::day(text);
        if date.is_none() {
            self.fault(column, told!("not a date; write YYYY-MM-DD", "不是日期，应写作 2023-06-01 的样子。"), faults);
        }
        date
    }

    /// A whole number or nothing.
    pub fn whole(&self, column: &str, faults: &mut Faults) -> Option<i64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.fault(column, told!("not a whole number", "不是整数。"), faults);
        }
        number
    }

    /// `yes`, or nothing (or `no`) for no.
    pub fn yes(&self, column: &str, faults: &mut Faults) -> bool {
        match self.text(column) {
            "yes" => true,
            "" | "no" => false,
            _ => {
                self.fault(column, told!("write yes or leave it empty", "应填 yes，或留空。"), faults);
                false
            }
        }
    }

    /// One of these words, or nothing.
    pub fn one_of(&self, column: &str, words: &[&str], faults: &mut Faults) -> String {
        let text = self.text(column);
        if !text.is_empty() && !words.contains(&text) {
            self.fault(column, told!("must be one of: {}", "应为下列之一：{}。", words.join(", ")), faults);
        }
        text.to_owned()
    }

    /// Words separated by blanks.
    pub fn words(&self, column: &str) -> Vec<String> {
        self.text(column).split_whitespace().map(str::to_owned).collect()
    }

    /// Notes a fault in this row.
    pub fn fault(&self, column: &str, message: Told, faults: &mut Faults) {
        faults.add(&self.sheet.file, self.number, column, message);
    }
}
