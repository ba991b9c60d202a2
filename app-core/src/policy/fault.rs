//! What is wrong with a pack, by file, row and column, in words a county can act on.

use crate::told::Told;
use std::fmt;

use serde::Serialize;

use crate::error::{Error, Kind};

/// One fault. `row` counts as a spreadsheet does (the headings are row 1); 0 = the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// path inside the pack
    pub file: String,
    /// row of the sheet, 0 for the whole file
    pub row: u32,
    /// name of the column, empty for the whole row
    pub column: String,
    /// what is wrong; English in JSON
    pub message: Told,
}

impl Fault {
    /// With its place, in Chinese.
    pub fn zh(&self) -> String {
        let row = if self.row > 0 { format!("第 {} 行", self.row) } else { String::new() };
        let column = if self.column.is_empty() { String::new() } else { format!(" {} 列", self.column) };
        format!("{}{row}{column}：{}", self.file, self.message.zh())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.row > 0 {
            write!(f, " row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, " column {}", self.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything found wrong, at most [`Faults::MOST`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// in the order found
    pub errors: Vec<Fault>,
}

impl Faults {
    /// A hostile pack may hold a fault in every cell; nobody reads more than this.
    pub const MOST: usize = 200;

    /// Notes one fault.
    pub fn add(&mut self, file: &str, row: u32, column: &str, message: Told) {
        if self.errors.len() < Self::MOST {
            self.errors.push(Fault { file: file.into(), row, column: column.into(), message });
        }
    }

    /// Takes over the faults of a part.
    pub fn extend(&mut self, other: Faults) {
        let room = Self::MOST.saturating_sub(self.errors.len());
        self.errors.extend(other.errors.into_iter().take(room));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// `Ok(value)` if nothing is wrong.
    pub fn or<T>(self, value: T) -> Result<T, Faults> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.errors.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        let first = faults.errors.first().map(Fault::to_string).unwrap_or_default();
        let zh = faults.errors.first().map(Fault::zh).unwrap_or_default();
        let more = faults.errors.len().saturating_sub(1);
        let words = if more == 0 {
            format!("政策包有误：{zh} The pack is faulty: {first}")
        } else {
            format!("政策包有误：{zh}（另有 {more} 处。） The pack is faulty: {first} (and {more} more)")
        };
        Error::new(Kind::Form, words).because(faults)
    }
}
