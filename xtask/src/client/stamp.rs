//! Remembering what each step was made from, so that it runs again only when that has changed.

use anyhow::Result;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The fingerprints of the inputs each step last ran with.
pub struct Stamps {
    file: PathBuf,
    known: BTreeMap<String, String>,
}

impl Stamps {
    /// Opens the stamps of a workshop folder.
    pub fn open(workshop: &Path) -> Self {
        let file = workshop.join("stamps.json");
        let known = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { file, known }
    }

    /// Runs `make` into `output` unless it was made from the same fingerprint before and is still there. `output` is
    /// emptied first, so nothing stale stays.
    pub fn step(
        &mut self,
        name: &str,
        fingerprint: String,
        output: &Path,
        make: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        if output.exists() && self.known.get(name) == Some(&fingerprint) {
            return Ok(());
        }
        self.known.remove(name);
        let _ = std::fs::remove_dir_all(output);
        std::fs::create_dir_all(output)?;
        make()?;
        self.known.insert(name.to_owned(), fingerprint);
        std::fs::write(&self.file, serde_json::to_vec_pretty(&self.known)?)?;
        Ok(())
    }
}

/// A fingerprint over files, folders (recursively) and words.
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Starts with the step's own version: raise it when the step does something new with the same inputs.
    pub fn of(step: &str) -> Self {
        Self(Sha256::new()).word(step)
    }

    /// Adds a word.
    pub fn word(mut self, word: &str) -> Self {
        self.0.update(word.as_bytes());
        self.0.update([0]);
        self
    }

    /// Adds a file's contents, or those of every file in a folder. What is absent counts as absent.
    pub fn path(mut self, path: &Path) -> Result<Self> {
        for file in files(path)? {
            self = self.word(&file.to_string_lossy());
            self.0.update(Sha256::digest(std::fs::read(&file)?));
        }
        Ok(self)
    }

    /// The fingerprint in hexadecimal.
    pub fn finish(self) -> String {
        format!("{:x}", self.0.finalize())
    }
}

/// The file itself, or all files below a folder, sorted.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            found.extend(files(&entry?.path())?);
        }
    }
    found.sort();
    Ok(found)
}
