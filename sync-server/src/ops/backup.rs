//! Backup while it runs; restore as a new epoch.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::sqlite::{self, SqliteStore};
use crate::store::{Store, Writes, people, write};

/// Writes a consistent copy of everything: households, people, devices, keys. Keep it as safe as the server. Beside it goes
/// the people log as it stands then (`OUT` with the ending `people.jsonl`): with the one of the latest backup an older one
/// can be restored without forgetting who was shut out in between.
pub fn backup(data: &Path, to: &Path) -> Result<u64> {
    let store = SqliteStore::open(&crate::settings::database(data), false)?;
    let log = crate::settings::people_log(to);
    if log.exists() {
        return Err(Error::invalid(
            "备份旁边已有登记记录文件（.people.jsonl），没有写入；请换一个文件名。 A people log lies beside that name already; nothing was written: choose another name.",
        ));
    }
    if let Err(e) = store.backup(to) {
        if e.why != crate::error::Why::Invalid {
            // Half a backup must not be taken for one.
            let _ = std::fs::remove_file(to);
        }
        return Err(e);
    }
    // After the database: the log may say more than it, never less.
    if let Err(e) = copy_log(&crate::settings::people_log(&crate::settings::database(data)), &log) {
        let _ = (std::fs::remove_file(to), std::fs::remove_file(&log));
        return Err(e);
    }
    Ok(std::fs::metadata(to)?.len())
}

/// A copy of the people log, for its owner's eyes.
fn copy_log(from: &Path, to: &Path) -> Result<()> {
    let Some(entries) = read_log(from)? else { return Ok(()) };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to)?;
    std::io::Write::write_all(&mut file, &entries)?;
    Ok(file.sync_all()?)
}

/// The longest people log beside a backup that says more than the one written with it: of a later backup of the same server.
fn later_log(from: &Path) -> Option<String> {
    let own = std::fs::read(crate::settings::people_log(from)).ok()?;
    let folder =
        std::fs::read_dir(from.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))).ok()?;
    let logs = folder.flatten().map(|f| f.path()).filter(|p| p.to_string_lossy().ends_with(".people.jsonl"));
    let later = logs.filter_map(|p| Some((std::fs::read(&p).ok()?, p.file_name()?.to_string_lossy().into_owned())));
    let later = later.filter(|(log, _)| log.len() > own.len() && log.starts_with(&own));
    later.max_by_key(|(log, _)| log.len()).map(|(_, name)| name)
}

/// What a restore did.
#[derive(Debug, Serialize)]
pub struct Restored {
    /// the new epoch
    pub epoch: String,
    /// what changed since the backup about people, tickets and devices, carried over from the people log; none when there
    /// was no log: revocations since the backup are undone then
    pub carried: Option<u64>,
    /// without a log: the file beside the backup that says what was forgotten, if there is one
    pub later_log: Option<String>,
}

/// Makes a data folder from a backup. The epoch is new: every device compares what it holds with what is here, and
/// brings back what the backup did not have yet. `people`: the people log of the server that is replaced (file or its
/// data folder); without it, the one that lies in the new folder.
///
/// All is done in a folder of its own and put in place at the very end: what was cut short is no server.
pub fn restore(data: &Path, from: &Path, people: Option<&Path>, now: i64) -> Result<Restored> {
    let file = crate::settings::database(data);
    refuse_occupied(&file)?;
    if sqlite::beside(from).iter().any(|p| std::fs::metadata(p).is_ok_and(|m| m.len() > 0 && !is_index(p))) {
        return Err(Error::invalid(
            "这不是 backup 命令写出的备份：旁边还有未并入的日志（-wal 或 -journal），只恢复主文件会丢掉最后的内容。没有恢复。 This is no backup as written by `backup`: a log (-wal or -journal) lies beside it, and without it the last commits would be lost. Nothing was restored.",
        ));
    }
    std::fs::create_dir_all(data)?;
    let own = read_log(&crate::settings::people_log(&file))?;
    let given = match people {
        Some(path) if path.is_dir() => Some(crate::settings::people_log(&crate::settings::database(path))),
        Some(path) => Some(path.to_owned()),
        None => None,
    };
    let given = match given {
        Some(path) => Some(read_log(&path)?.ok_or_else(log_unread)?),
        None => own.clone().filter(|log| !log.trim_ascii().is_empty()),
    };
    let work = data.join(crate::settings::RESTORING);
    let made = fresh(&work)
        .and_then(|()| make(&work, from, own.unwrap_or_default(), given, now))
        .and_then(|made| put_in_place(&work, &file).map(|()| made));
    let _ = std::fs::remove_dir_all(&work);
    made
}

/// A database there, or what belongs to one: SQLite would play a log left behind into the restored file.
fn refuse_occupied(file: &Path) -> Result<()> {
    let there = std::iter::once(file.to_owned()).chain(sqlite::beside(file)).find(|p| p.exists());
    let Some(name) = there.as_deref().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()) else {
        return Ok(());
    };
    Err(Error::invalid(format!(
        "数据目录已有服务器的文件 {name}，没有恢复。请把 ruhu-server.sqlite 连同 -wal、-shm 一起移走（分开会丢失最后的内容）。 A server's {name} is there already; nothing was restored. Move ruhu-server.sqlite away first, together with its -wal and -shm: apart they lose the last commits.",
    )))
}

/// The index of a log (`-shm`) holds nothing of its own.
fn is_index(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with("-shm")
}

fn log_unread() -> Error {
    Error::invalid("登记记录读不了，没有恢复。 The people log cannot be read; nothing was restored.")
}

/// A people log; none when it is not there. Bytes, because a torn line may end within a character.
fn read_log(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(log) => Ok(Some(log)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(log_unread().because(e)),
    }
}

/// An empty folder, for its owner's eyes; what an earlier restore left there goes.
fn fresh(work: &Path) -> Result<()> {
    if work.exists() {
        std::fs::remove_dir_all(work)?;
    }
    let mut folder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    Ok(folder.create(work)?)
}

fn make(work: &Path, from: &Path, own: Vec<u8>, log: Option<Vec<u8>>, now: i64) -> Result<Restored> {
    let file = crate::settings::database(work);
    std::fs::copy(from, &file).map_err(|e| {
        Error::invalid("备份文件读不了，没有恢复。 The backup cannot be read; nothing was restored.").because(e)
    })?;
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let damaged =
        |e: Error| Error::invalid("备份文件已损坏，没有恢复。 The backup is damaged; nothing was restored.").because(e);
    let store = SqliteStore::open(&file, false).map_err(damaged)?;
    let found = store.integrity().map_err(damaged)?;
    if let Some(first) = found.first() {
        return Err(damaged(Error::internal(first.clone())));
    }
    let later_log = if log.is_none() { later_log(from) } else { None };
    let made = written_at(from).unwrap_or(now);
    let log = log.map(|log| String::from_utf8_lossy(&log).into_owned());
    keep_log(&crate::settings::people_log(&file), own, log.as_deref())?;
    write(&store, move |w| {
        let carried = log.map(|log| people::replay(w, &log)).transpose()?;
        begin_again(w, now)?;
        // Said by `check` until a restore that knows: nobody remembers in a month what was not carried over.
        w.set(super::FORGOT_SINCE, if carried.is_none() { made.to_string() } else { String::new() }.as_bytes())?;
        Ok(Restored { epoch: super::epoch(&*w)?, carried, later_log })
    })
}

/// When the backup was written, as its file says.
fn written_at(file: &Path) -> Option<i64> {
    let at = std::fs::metadata(file).ok()?.modified().ok()?;
    i64::try_from(at.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// The log goes on where it stood: the next restore may be from a backup that is older still.
fn keep_log(to: &Path, mut own: Vec<u8>, log: Option<&str>) -> Result<()> {
    if let Some(log) = log.filter(|log| !String::from_utf8_lossy(&own).contains(*log)) {
        // A torn last line of the one must not spoil the first of the other.
        own.push(b'\n');
        own.extend(log.as_bytes());
    }
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).open(to)?;
    file.write_all(&own)?;
    Ok(file.sync_all()?)
}

/// The log of people first, the database last: from that moment on there is a server, and it is whole.
fn put_in_place(work: &Path, file: &Path) -> Result<()> {
    let made = crate::settings::database(work);
    if sqlite::beside(&made).iter().any(|p| p.exists()) {
        return Err(Error::internal(
            "恢复的数据库没有写完整，没有恢复。 The restored database was not written out; nothing was restored.",
        ));
    }
    std::fs::File::open(&made)?.sync_all()?;
    let data = file.parent().unwrap_or(Path::new("."));
    refuse_occupied(file)?;
    std::fs::rename(crate::settings::people_log(&made), crate::settings::people_log(file))?;
    on_disk(data)?;
    std::fs::rename(&made, file)?;
    on_disk(data)
}

/// The names in a folder are on the disk.
fn on_disk(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// A new epoch, because the data is older than what devices have seen.
pub fn begin_again(w: &mut dyn Writes, now: i64) -> Result<()> {
    super::init::new_epoch(w)?;
    w.set(super::RESTORED_AT, now.to_string().as_bytes())
}
