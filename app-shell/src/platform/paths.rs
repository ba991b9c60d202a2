//! Where the device database lives, and where files for people go.

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

/// The person's folder of downloads, where there is one: exported tables go there.
pub fn exports_folder() -> Option<PathBuf> {
    let home = std::env::var_os(if cfg!(target_os = "windows") { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    let named = std::env::var_os("XDG_DOWNLOAD_DIR").map(PathBuf::from);
    let usual = ["Downloads", "下载"].into_iter().filter_map(|name| home.as_ref().map(|h| h.join(name)));
    named.into_iter().chain(usual).find(|folder| folder.is_dir())
}
