//! SQLite's troubles in words: what happened, what is safe, what to do.

use rusqlite::ErrorCode;

use crate::error::{Error, Kind};

/// Words for a disk that is full or cannot be written.
pub const DISK: &str = "存储空间已满或无法写入：刚才这一项没有保存，此前保存的内容都在。请清理空间后再试。\
 \x20The disk is full or cannot be written: the last entry was not saved; everything saved before is safe. Free some space and try again.";

const DAMAGED: &str = "本机数据文件无法打开（密钥不符或文件损坏）。已同步的内容在服务器上是安全的；请联系管理员。\
 \x20The data file cannot be opened (wrong key or damaged). What was synced is safe on the server; ask your administrator.";

const BUSY: &str = "另一个程序正在使用本机数据，请关闭后再试；内容没有改变。\
 \x20Another program is using this device's data. Close it and try again; nothing was changed.";

impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Self {
        let (kind, words) = match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                (Kind::Disk, DISK)
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (Kind::Damaged, DAMAGED),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (Kind::Invalid, BUSY),
            _ => (
                Kind::Internal,
                "内部错误（数据库），刚才的操作没有生效。 Internal error (database); nothing was changed.",
            ),
        };
        // The cause of a failed statement names tables and columns, never values: parameters are bound, not written in.
        Self::new(kind, words).because(cause)
    }
}

/// A file that could not be written (vault, journal of the disk) as the same trouble.
pub fn disk(cause: std::io::Error) -> Error {
    Error::new(Kind::Disk, DISK).because(cause)
}
