//! The rules of this house that no compiler knows.

use crate::client::files;
use crate::place;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Names that are identifiers rather than addresses, though they look like one.
const NAMESPACES: [&str; 3] = ["http://www.w3.org/", "https://ogp.me/ns", "https://schema.org"];

/// Checks every rule and names what breaks one.
pub fn check() -> Result<()> {
    let mut broken = Vec::new();
    broken.extend(files_without_a_first_sentence()?);
    broken.extend(addresses_of_other_origins()?);
    broken.extend(layers_that_know_too_much()?);
    broken.extend(unpaired_migrations()?);
    broken.extend(crates_without_our_lints()?);
    if broken.is_empty() {
        return Ok(());
    }
    bail!("\n  {}", broken.join("\n  "))
}

/// The files with one of these endings below the folders, except what npm installed.
pub fn files_of(folders: &[&str], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        let within = files(&place::root().join(folder))?;
        found.extend(within.into_iter().filter(|file| {
            let ending = file.extension().unwrap_or_default();
            endings.iter().any(|wanted| ending == *wanted) && !file.iter().any(|part| part == "node_modules")
        }));
    }
    Ok(found)
}

/// Every source file says in its first line what it is for. (A component's style stands beside it, under its name.)
fn files_without_a_first_sentence() -> Result<Vec<String>> {
    let rust = files_of(&["shared", "app", "server", "tests/src", "tests/tests", "xtask"], &["rs"])?;
    let other =
        files_of(&["app/js", "app/style", "tests/browser", "tests/bench", "migrations"], &["js", "mjs", "css", "sql"])?;
    let mut silent = Vec::new();
    for file in rust.into_iter().chain(other) {
        let text = read(&file)?;
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!")).unwrap_or_default();
        let wanted: &[&str] = match file.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => &["//!"],
            Some("sql") => &["--"],
            Some("css") => &["/*"],
            _ => &["//", "/*"],
        };
        if !wanted.iter().any(|mark| first.starts_with(mark)) {
            silent.push(format!("{}: its first line does not say what the file is for", shown(&file)));
        }
    }
    Ok(silent)
}

/// A page loads nothing from another origin, so its sources name none.
fn addresses_of_other_origins() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files_of(&["app/src", "app/style", "app/js", "app/public"], &["rs", "css", "js", "svg", "html"])? {
        // Tests try addresses that no page may name.
        let text = read(&file)?;
        for (number, line) in text.lines().take_while(|line| *line != "#[cfg(test)]").enumerate() {
            let comment = line.trim_start().starts_with("//");
            let addresses = ["http://", "https://"].iter().flat_map(|scheme| line.match_indices(scheme));
            let foreign = addresses.map(|(at, _)| &line[at..]).any(|address| {
                let host = address.split("://").nth(1).unwrap_or_default();
                host.starts_with(|first: char| first.is_ascii_alphanumeric())
                    && !NAMESPACES.iter().any(|name| address.starts_with(name))
            });
            if foreign && !comment {
                found.push(format!("{}:{}: an address of another origin", shown(&file), number + 1));
            }
        }
    }
    Ok(found)
}

/// Only the store speaks SQL; only what faces the network knows axum.
fn layers_that_know_too_much() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files_of(&["server/src"], &["rs"])? {
        let name = shown(&file);
        let text = read(&file)?;
        let names = |word: &str| text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word));
        if names("sqlx::") && !name.starts_with("server/src/store") {
            found.push(format!("{name}: names sqlx outside the store"));
        }
        if names("axum::") && !name.starts_with("server/src/http") && name != "server/src/live/socket.rs" {
            found.push(format!("{name}: names axum outside http"));
        }
    }
    Ok(found)
}

/// Every migration exists for both databases under the same name.
fn unpaired_migrations() -> Result<Vec<String>> {
    let names = |database: &str| -> Result<BTreeSet<String>> {
        let found = files(&place::root().join("migrations").join(database))?;
        Ok(found.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())).collect())
    };
    let (sqlite, postgres) = (names("sqlite")?, names("postgres")?);
    Ok(sqlite
        .symmetric_difference(&postgres)
        .map(|name| format!("migrations: {name} exists for one database only"))
        .collect())
}

/// A crate that forgets the workspace's lints may hold unsafe code.
fn crates_without_our_lints() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for package in ["shared", "app", "server", "tests", "xtask"] {
        let manifest = place::root().join(package).join("Cargo.toml");
        if !read(&manifest)?.contains("[lints]\nworkspace = true") {
            found.push(format!("{package}: does not take the workspace's lints"));
        }
    }
    Ok(found)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

fn shown(file: &Path) -> String {
    file.strip_prefix(place::root()).unwrap_or(file).display().to_string()
}
