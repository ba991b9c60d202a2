//! What is wrong with a workbook, said by sheet, row and column.

use crate::told::Told;
use serde::Serialize;
use std::fmt;

/// One problem. Rows are counted as a spreadsheet shows them: the headings are row 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The sheet (`survey`, `choices`, …), or the file's name when no sheet could be read.
    pub sheet: String,
    /// The row, if one is to blame.
    pub row: Option<u32>,
    /// The heading of the column, if one is to blame.
    pub column: Option<String>,
    /// What is wrong, in a sentence a form's author understands; English in JSON.
    pub message: Told,
}

impl Problem {
    /// A problem of a whole sheet or file.
    pub fn whole(sheet: impl Into<String>, message: Told) -> Problem {
        Problem { sheet: sheet.into(), row: None, column: None, message }
    }

    /// A problem of one cell.
    pub fn cell(sheet: &str, row: u32, column: &str, message: Told) -> Problem {
        Problem { sheet: sheet.into(), row: Some(row), column: Some(column.into()), message }
    }

    /// A problem of a whole row.
    pub fn row(sheet: &str, row: u32, message: Told) -> Problem {
        Problem { sheet: sheet.into(), row: Some(row), column: None, message }
    }
}

impl Problem {
    /// With its place, in Chinese.
    pub fn zh(&self) -> String {
        let row = self.row.map(|row| format!("第 {row} 行")).unwrap_or_default();
        let column = self.column.as_ref().map(|column| format!(" {column} 列")).unwrap_or_default();
        format!("{}{row}{column}：{}", self.sheet, self.message.zh())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sheet)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// All problems found; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// In the order of the workbook.
    pub errors: Vec<Problem>,
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems { errors: vec![problem] }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.errors.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problems> for crate::error::Error {
    fn from(problems: Problems) -> crate::error::Error {
        let zh = problems.errors.first().map(Problem::zh).unwrap_or_default();
        let zh = zh.trim_end_matches('。');
        crate::error::Error::new(crate::error::Kind::Form, format!("表单有误：{zh}。 The form is faulty: {problems}"))
    }
}
