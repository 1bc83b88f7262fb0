//! Installing what a machine lacks: the wasm target, npm and Python packages and, on Debian as root, make, Chromium and PostgreSQL.

use crate::{cargo::WASM, place, progress};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes sure that code can be compiled for the browser.
pub fn wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    let added = progress::run(
        "Installing the wasm target with rustup",
        Command::new("rustup").args(["target", "add", WASM]).current_dir(place::root()),
    );
    added.with_context(|| {
        format!(
            "the Rust target {WASM} is missing and could not be installed.\n\
             With rustup and a network: rustup target add {WASM}\n\
             Without rustup: install the standard library for {WASM} with your system's Rust packages"
        )
    })?;
    Ok(())
}

fn has_wasm_target() -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .current_dir(place::root())
        .output()
        .context("could not ask `rustc` for its targets")?;
    Ok(output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Installs the npm packages a folder's lockfile names, unless they are there already.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let wanted = format!("{:x}", Sha256::digest(&lock));
    let marker = folder.join("node_modules/.atelier-lock");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if place::on_path("npm").is_none() {
        bail!("Node.js with npm is needed (version 20 or later): https://nodejs.org or your system's packages");
    }
    let shown = folder.strip_prefix(place::root()).unwrap_or(folder).display().to_string();
    progress::run(
        &format!("Installing npm packages for {shown}"),
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder),
    )
    .with_context(|| format!("npm could not install the packages of {shown}; is the npm registry reachable?"))?;
    std::fs::write(marker, wanted)?;
    Ok(())
}

/// Chromium: the one in `CHROMIUM`, the one on `PATH`, or Debian's package where it may be installed.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if path.is_file() {
            return Ok(path);
        }
        bail!("CHROMIUM names {}, which is not there", path.display());
    }
    let found = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(place::on_path);
    if let Some(path) = found() {
        return Ok(path);
    }
    apt(&["chromium"])?;
    found().context("Chromium was installed but is not on PATH")
}

/// The folder of PostgreSQL's programs (`initdb`, `postgres`), installed from Debian's package where that is possible.
pub fn postgresql() -> Result<PathBuf> {
    if let Some(folder) = find_postgresql() {
        return Ok(folder);
    }
    apt(&["postgresql"])?;
    find_postgresql().context("PostgreSQL was installed but `initdb` is not where Debian puts it")
}

fn find_postgresql() -> Option<PathBuf> {
    let whole = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).filter(whole).collect();
    debian.sort();
    debian.pop().or_else(|| {
        let on_path = place::on_path("initdb")?;
        let real = std::fs::canonicalize(on_path).ok()?;
        Some(real.parent()?.to_path_buf()).filter(whole)
    })
}

/// Make, with which the server's allocator is built.
pub fn make() -> Result<()> {
    if ["make", "gmake"].into_iter().find_map(place::on_path).is_some() {
        return Ok(());
    }
    apt(&["make"])
}

/// The folder of the programs of a package from the Python package index, of this version, in a virtual environment of its
/// own under `target/` unless it is there.
pub fn python_package(name: &str, version: &str) -> Result<PathBuf> {
    let wanted = format!("{name}=={version}");
    let folder = place::target().join(name);
    let (programs, marker) = (folder.join("bin"), folder.join(".version"));
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) && programs.join("python").exists() {
        return Ok(programs);
    }
    let Some(python) = place::on_path("python3") else {
        bail!("Python 3.10 or later is needed for {name}: https://python.org");
    };
    let title = format!("Installing {wanted}");
    progress::run(&title, Command::new(python).args(["-m", "venv"]).arg(&folder))
        .context("Python could not make a virtual environment; on Debian: apt install python3-venv")?;
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", &wanted]);
    progress::run(&title, &mut pip)
        .with_context(|| format!("{name} could not be installed; is the Python package index reachable?"))?;
    std::fs::write(marker, wanted)?;
    Ok(programs)
}

fn apt(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if place::on_path("apt-get").is_none() || !is_root() {
        bail!("{names} is needed; on Debian or Ubuntu: sudo apt-get install {names}");
    }
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    progress::run("Reading Debian's package lists", apt_get().args(["update", "-qq"]))
        .context("apt-get update failed; is a Debian mirror reachable?")?;
    progress::run(
        &format!("Installing {names} with apt-get"),
        apt_get().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages),
    )
    .with_context(|| format!("apt-get could not install {names}"))?;
    Ok(())
}

/// Whether this process may act as another user.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
