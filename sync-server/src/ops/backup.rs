//! Backup while it runs; restore as a new epoch.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, Writes, people, write};

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

/// What a restore did.
#[derive(Debug, Serialize)]
pub struct Restored {
    /// the new epoch
    pub epoch: String,
    /// what changed since the backup about people, tickets and devices, carried over from the people log; none when there
    /// was no log: revocations since the backup are undone then
    pub carried: Option<u64>,
}

/// Makes a data folder from a backup. The epoch is new: every device compares what it holds with what is here, and
/// brings back what the backup did not have yet. `people`: the people log of the server that is replaced (file or its
/// data folder); without it, the one that lies in the new folder.
pub fn restore(data: &Path, from: &Path, people: Option<&Path>, now: i64) -> Result<Restored> {
    let file = crate::settings::database(data);
    if file.exists() {
        return Err(Error::invalid(
            "数据目录已有服务器，没有恢复，请先移走。 A server is there already; nothing was restored. Move it away first.",
        ));
    }
    std::fs::create_dir_all(data)?;
    let own = crate::settings::people_log(&file);
    let log = match people {
        Some(path) => {
            let path = if path.is_dir() {
                crate::settings::people_log(&crate::settings::database(path))
            } else {
                path.to_owned()
            };
            let read = std::fs::read_to_string(&path);
            Some(read.map_err(|e| {
                Error::invalid("登记记录读不了，没有恢复。 The people log cannot be read; nothing was restored.")
                    .because(e)
            })?)
        }
        None => std::fs::read_to_string(&own).ok().filter(|log| !log.trim().is_empty()),
    };
    let made = copy_and_open(from, &file, log.as_deref(), now);
    if made.is_err() {
        let _ = std::fs::remove_file(&file);
    }
    made
}

fn copy_and_open(from: &Path, file: &Path, log: Option<&str>, now: i64) -> Result<Restored> {
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
    if let Some(log) = log {
        keep_log(&crate::settings::people_log(file), log)?;
    }
    let log = log.map(str::to_owned);
    write(&store, move |w| {
        let carried = log.map(|log| people::replay(w, &log)).transpose()?;
        begin_again(w, now)?;
        Ok(Restored { epoch: super::epoch(&*w)?, carried })
    })
}

/// The log goes on where it stood: the next restore may be from a backup that is older still.
fn keep_log(own: &Path, log: &str) -> Result<()> {
    if std::fs::read_to_string(own).is_ok_and(|there| there.starts_with(log)) {
        return Ok(());
    }
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).open(own)?;
    file.write_all(log.as_bytes())?;
    Ok(file.sync_all()?)
}

/// A new epoch, because the data is older than what devices have seen.
pub fn begin_again(w: &mut dyn Writes, now: i64) -> Result<()> {
    super::init::new_epoch(w)?;
    w.set(super::RESTORED_AT, now.to_string().as_bytes())
}
