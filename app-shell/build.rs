//! Tauri's build step. The screens are embedded from `ui/dist`; where they are not built yet (a Rust-only check),
//! a page that says so stands in, so that the crate still compiles.

use std::{fs, path::Path};

fn main() -> std::io::Result<()> {
    let dist = Path::new("../ui/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist)?;
        fs::write(
            dist.join("index.html"),
            "<!doctype html><meta charset=utf-8><title>Ruhu</title><p>The screens are not built: run script/bootstrap.",
        )?;
    }
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build();
    Ok(())
}
