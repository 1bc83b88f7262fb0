//! The dependencies: where they come from, under which licences, and whether somebody warned about them.

use crate::cargo::cargo;
use crate::progress::{self, Step};
use crate::{place, progress::ToolFailed};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Licences that may be part of a program under the AGPL-3.0-or-later.
const LICENCES: [&str; 18] = [
    "0BSD",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "OpenSSL",
];
/// Where every dependency comes from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    license: Option<String>,
}

/// Refuses unknown licences and sources, and says which dependencies come in several versions.
pub fn check() -> Result<()> {
    let output =
        cargo("metadata").args(["--format-version=1", "--locked"]).output().context("could not start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let mut refused = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        let Package { name, version, source, license } = package;
        versions.entry(name).or_default().push(version);
        if source.as_deref().is_some_and(|source| source != REGISTRY) {
            refused.push(format!("{name} {version} does not come from crates.io"));
        }
        if !license.as_deref().is_some_and(allowed) {
            refused.push(format!("{name} {version}: licence {}", license.as_deref().unwrap_or("not stated")));
        }
    }
    let several = versions.values().filter(|versions| versions.len() > 1).count();
    eprintln!("  {} packages, {several} of them in more than one version", versions.len());
    if refused.is_empty() {
        return Ok(());
    }
    bail!("\n  {}", refused.join("\n  "))
}

/// Whether a licence expression can be met with the licences we accept: one side of each `OR`, every side of an `AND`.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut words: Vec<String> = Vec::new();
    for word in expression.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        words.push(word.to_owned());
    }
    let mut rest = words.as_slice();
    either(&mut rest) && rest.is_empty()
}

fn either(rest: &mut &[String]) -> bool {
    let mut met = both(rest);
    while rest.first().is_some_and(|word| word == "OR") {
        *rest = &rest[1..];
        met |= both(rest);
    }
    met
}

fn both(rest: &mut &[String]) -> bool {
    let mut met = one(rest);
    while rest.first().is_some_and(|word| word == "AND") {
        *rest = &rest[1..];
        met &= one(rest);
    }
    met
}

fn one(rest: &mut &[String]) -> bool {
    let Some((word, after)) = rest.split_first() else { return false };
    *rest = after;
    if word == "(" {
        let met = either(rest);
        *rest = rest.get(1..).unwrap_or_default();
        return met;
    }
    if rest.first().is_some_and(|word| word == "WITH") {
        // An exception only ever allows more than the licence it stands with.
        *rest = rest.get(2..).unwrap_or_default();
    }
    LICENCES.contains(&word.as_str())
}

/// Asks the RustSec and npm advisory databases, where they can be reached; names what could not be asked.
pub fn advisories() -> Result<()> {
    let rust = if place::on_path("cargo-deny").is_some() {
        ask("Asking for advisories on crates (cargo-deny)", cargo("deny").args(["check", "advisories"]))
    } else if place::on_path("cargo-audit").is_some() {
        ask("Asking for advisories on crates (cargo-audit)", &mut cargo("audit"))
    } else {
        Step::start("Asking for advisories on crates").skipped("neither cargo-deny nor cargo-audit is installed");
        Ok(())
    };
    let mut npm = std::process::Command::new("npm");
    npm.args(["audit", "--audit-level=high"]).current_dir(place::app());
    rust.and(ask("Asking for advisories on npm packages", &mut npm))
}

/// A database that cannot be reached is no finding.
fn ask(title: &str, command: &mut std::process::Command) -> Result<()> {
    const UNREACHABLE: [&str; 5] =
        ["couldn't fetch", "failed to fetch", "endpoint returned an error", "ENOTFOUND", "audit request"];
    let mut step = Step::start(title);
    let Err(error) = progress::run_within(&mut step, command, Duration::MAX) else {
        step.done();
        return Ok(());
    };
    let said = error.downcast_ref::<ToolFailed>().map(|failed| failed.everything.as_str()).unwrap_or_default();
    if UNREACHABLE.iter().any(|words| said.contains(words)) {
        step.skipped("the advisory database cannot be reached");
        return Ok(());
    }
    step.failed();
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn a_choice_needs_one_licence_and_a_sum_all() {
        assert!(allowed("MIT OR Apache-2.0"));
        assert!(allowed("MIT/GPL-2.0"));
        assert!(allowed("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
        assert!(!allowed("MIT AND SSPL-1.0"));
        assert!(!allowed("GPL-2.0"));
        assert!(!allowed(""));
    }
}
