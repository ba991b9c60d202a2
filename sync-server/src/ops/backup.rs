//! Backup while it runs; restore as a new epoch.

use std::path::Path;

use crate::error::{Error, Result};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, write};

/// Writes a consistent copy of everything: households, people, devices, keys. Keep it as safe as the server.
pub fn backup(data: &Path, to: &Path) -> Result<u64> {
    let store = SqliteStore::open(&crate::settings::database(data), false)?;
    if let Err(e) = store.backup(to) {
        if e.why != crate::error::Why::Invalid {
            // Half a backup must not be taken for one.
            let _ = std::fs::remove_file(to);
        }
        return Err(e);
    }
    Ok(std::fs::metadata(to)?.len())
}

/// Makes a data folder from a backup. The epoch is new: every device compares what it holds with what is here, and
/// brings back what the backup did not have yet.
pub fn restore(data: &Path, from: &Path, now: i64) -> Result<String> {
    let file = crate::settings::database(data);
    if file.exists() {
        return Err(Error::invalid(
            "数据目录已有服务器，没有恢复，请先移走。 A server is there already; nothing was restored. Move it away first.",
        ));
    }
    std::fs::create_dir_all(data)?;
    let made = copy_and_open(from, &file, now);
    if made.is_err() {
        let _ = std::fs::remove_file(&file);
    }
    made
}

fn copy_and_open(from: &Path, file: &Path, now: i64) -> Result<String> {
    std::fs::copy(from, file).map_err(|e| {
        Error::invalid("备份文件读不了，没有恢复。 The backup cannot be read; nothing was restored.").because(e)
    })?;
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let damaged =
        |e: Error| Error::invalid("备份文件已损坏，没有恢复。 The backup is damaged; nothing was restored.").because(e);
    let store = SqliteStore::open(file, false).map_err(damaged)?;
    let found = store.integrity().map_err(damaged)?;
    if let Some(first) = found.first() {
        return Err(damaged(Error::internal(first.clone())));
    }
    write(&store, move |w| {
        super::init::new_epoch(w)?;
        w.set(super::RESTORED_AT, now.to_string().as_bytes())?;
        super::epoch(&*w)
    })
}
