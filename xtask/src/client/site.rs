//! Assembling the steps' results in `target/site`, under a build id that is the hash of their contents.

use super::stamp::{Fingerprint, files};
use crate::{place, progress};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// The assembled files.
pub struct Site {
    /// The folder they are in.
    pub folder: PathBuf,
    /// The hash of their contents; part of the address they are served under, so it changes when any of them does.
    pub build_id: String,
}

/// The file that holds the build id.
const BUILD_ID: &str = "build-id";

/// Copies the results of all steps into `target/site`, with the pictures in `app/images` and what `app/public` holds for
/// the root of the site.
pub fn assemble(workshop: &Path) -> Result<Site> {
    let folder = place::site();
    let sources = ["wasm", "script", "style", "icons"].map(|step| workshop.join(step));
    let app = place::app();
    let mut whole = Vec::new();
    for source in &sources {
        whole.extend(relative(source, source)?);
    }
    whole.extend(relative(&app.join("images"), &app.join("images"))?);
    whole.extend(relative(&app.join("public"), &app)?);
    let mut fingerprint = Fingerprint::of("site 1");
    for (file, name) in &whole {
        fingerprint = fingerprint.word(&name.to_string_lossy()).word(&content_hash(file)?);
    }
    let mut build_id = fingerprint.finish();
    build_id.truncate(16);
    if std::fs::read_to_string(folder.join(BUILD_ID)).is_ok_and(|known| known == build_id) {
        return Ok(Site { folder, build_id });
    }
    let step = progress::Step::start("Assembling the site");
    let fresh = folder.with_extension("new");
    let _ = std::fs::remove_dir_all(&fresh);
    for (file, name) in &whole {
        let to = fresh.join(name);
        std::fs::create_dir_all(to.parent().unwrap_or(&fresh))?;
        std::fs::copy(file, to)?;
    }
    std::fs::write(fresh.join(BUILD_ID), &build_id)?;
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::rename(&fresh, &folder)?;
    step.done();
    Ok(Site { folder, build_id })
}

fn relative(folder: &Path, base: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let named = files(folder)?.into_iter().filter_map(|file| {
        let name = file.strip_prefix(base).ok()?.to_path_buf();
        Some((file, name))
    });
    Ok(named.collect())
}

fn content_hash(file: &Path) -> Result<String> {
    use sha2::{Digest, Sha256};
    Ok(format!("{:x}", Sha256::digest(std::fs::read(file)?)))
}
