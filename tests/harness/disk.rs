//! A small disk that can be filled. As root a tmpfs of its own (the system says "no space left"); else none.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted disk of so many KiB; unmounted when dropped.
pub struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    /// None where this user may not mount.
    pub fn of_kib(kib: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "ruhu-test"]).arg(dir.path()).output();
        mounted.is_ok_and(|o| o.status.success()).then_some(Self { dir })
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Fills what is left of it, to the last block.
    pub fn fill(&self) {
        let file = self.path().join("filler");
        let mut left = 1 << 20;
        let mut all = std::fs::File::options().create(true).append(true).open(file).unwrap();
        while left > 0 {
            match std::io::Write::write(&mut all, &vec![0; left]) {
                Ok(n) if n > 0 => {}
                _ => left /= 2,
            }
        }
    }

    /// Somebody tidies up.
    pub fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }

    /// A folder on it.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.dir.path()).status();
    }
}
