//! The pack as files: read from a folder, bounded, hashed. What phone and server store and send is exactly this map.

use crate::told;
use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::fault::Faults;

/// Path inside the pack (`/`-separated) → bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Most files of a pack.
const MAX_FILES: usize = 500;
/// Largest file in bytes.
const MAX_FILE: usize = 8 << 20;
/// Largest pack in bytes.
const MAX_PACK: usize = 32 << 20;

/// Whether a path belongs to a pack: `pack.toml`, `<name>.csv`, `forms/<slug>/<name>.csv`.
fn belongs(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["pack.toml"] => true,
        [name] => plain(name) && name.ends_with(".csv"),
        ["forms", slug, name] => plain(slug) && plain(name) && name.ends_with(".csv"),
        _ => false,
    }
}

/// Reads a folder; what does not belong to a pack (a README) is left out.
pub(super) fn read_dir(dir: &Path) -> Result<Files, Faults> {
    let mut faults = Faults::default();
    let mut files = Files::new();
    read_level(dir, "", &mut files, &mut faults);
    if files.is_empty() && faults.is_empty() {
        faults.add("pack.toml", 0, "", told!("this folder holds no pack", "文件夹里没有政策包。"));
    }
    faults.or(files)
}

fn read_level(dir: &Path, prefix: &str, files: &mut Files, faults: &mut Faults) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => {
            return faults.add(
                prefix,
                0,
                "",
                told!("the folder cannot be read: {}", "文件夹无法读取：{}。", told::why(e.kind())),
            );
        }
    };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            // forms/<slug>/ is as deep as a pack goes.
            if prefix.is_empty() && name == "forms" || prefix == "forms/" {
                read_level(&entry.path(), &format!("{path}/"), files, faults);
            }
        } else if belongs(&path) {
            read_file(&entry.path(), path, files, faults);
        }
    }
}

fn read_file(from: &Path, path: String, files: &mut Files, faults: &mut Faults) {
    let size = std::fs::metadata(from).map_or(0, |m| m.len());
    if usize::try_from(size).unwrap_or(usize::MAX) > MAX_FILE || files.len() >= MAX_FILES {
        return faults.add(&path, 0, "", told!("the pack is too large", "政策包太大。"));
    }
    match std::fs::read(from) {
        Ok(bytes) => {
            files.insert(path, bytes);
        }
        Err(e) => faults.add(&path, 0, "", told!("cannot be read: {}", "无法读取：{}。", told::why(e.kind()))),
    }
}

/// Notes paths that do not belong and sizes out of bounds; bytes from elsewhere are hostile until this has passed.
pub(super) fn inspect(files: &Files) -> Faults {
    let mut faults = Faults::default();
    if files.len() > MAX_FILES {
        faults.add("", 0, "", told!("more than {} files", "文件超过 {} 个。", MAX_FILES));
        return faults;
    }
    let mut total = 0usize;
    for (path, bytes) in files {
        if path.len() > 200 || !belongs(path) {
            let shown: String = path.chars().take(80).collect();
            faults.add(
                &shown,
                0,
                "",
                told!("this file does not belong to a pack", "这张工作表不属于政策包，请删去或改名。"),
            );
        }
        total = total.saturating_add(bytes.len());
        if bytes.len() > MAX_FILE {
            faults.add(path, 0, "", told!("the file is too large", "文件太大。"));
        }
    }
    if total > MAX_PACK {
        faults.add("", 0, "", told!("the pack is too large", "政策包太大。"));
    }
    faults
}

/// SHA-256 over each file in the order of paths: path, 0, length (8 bytes, big endian), bytes.
pub fn hash(files: &Files) -> [u8; 32] {
    let mut sha = Sha256::new();
    for (path, bytes) in files {
        sha.update(path.as_bytes());
        sha.update([0u8]);
        sha.update((bytes.len() as u64).to_be_bytes());
        sha.update(bytes);
    }
    sha.finalize().into()
}
