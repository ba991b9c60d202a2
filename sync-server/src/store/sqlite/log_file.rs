//! The people log as a file: whole lines, appended and on the disk before the commit that they belong to.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::store::people::Entry;

/// The people log of a database.
pub(super) struct LogFile(File);

impl LogFile {
    /// Opens it, only for its owner's eyes.
    pub(super) fn open(database: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(options.open(crate::settings::people_log(database))?))
    }

    /// Appends entries. More than a commit writes is harmless; less would let somebody in again.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        // A line torn by a crash must not spoil the first of these.
        let mut text = String::from("\n");
        for entry in entries {
            let line = serde_json::to_string(entry);
            text.push_str(&line.map_err(|e| {
                Error::internal("登记记录无法写出，没有写入。 The people log cannot be written; nothing was written.")
                    .because(e)
            })?);
            text.push('\n');
        }
        self.0.write_all(text.as_bytes())?;
        Ok(self.0.sync_data()?)
    }
}
