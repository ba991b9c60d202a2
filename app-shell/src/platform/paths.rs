//! Where the device database lives.

use std::path::PathBuf;

/// The folder for app data; `None` where the platform names none.
pub fn data_folder() -> Option<PathBuf> {
    if cfg!(target_os = "android") {
        return Some(PathBuf::from("/data/data/org.ruhu.app/files"));
    }
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let base = if cfg!(target_os = "windows") {
        from("LOCALAPPDATA")
    } else {
        from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|folder| folder.join("ruhu"))
}
