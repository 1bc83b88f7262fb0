//! `cargo xtask check`: what tests do not see. All checks run; what failed is named at the end.

mod dependencies;
mod house;

use crate::cargo::{WASM, cargo};
use crate::client::{BROWSERS, check_style};
use crate::progress::{self, Step};
use crate::{install, place};
use anyhow::{Result, bail};
use std::process::Command;

/// The crates that are compiled for this machine.
const HOST: [&str; 7] = [
    "--package=shared",
    "--package=app",
    "--package=server",
    "--package=tests",
    "--package=xtask",
    "--features=shared/live,shared/openapi,app/ssr,tests/bench",
    "--locked",
];
/// The front end as the browser gets it. Its `hydrate` and `ssr` must never be on together.
const BROWSER: [&str; 5] = ["--package=app", "--lib", "--features=hydrate", "--target", WASM];

type Check = fn() -> Result<()>;

/// Runs every check.
pub fn run() -> Result<()> {
    install::make()?;
    install::wasm_target()?;
    install::npm_packages(&place::app())?;
    install::npm_packages(&place::browser_tests())?;
    let checks: [(&str, Check); 9] = [
        ("format", format),
        ("house rules", || step("Checking the house rules", house::check)),
        ("styles", || step("Checking the styles", check_style)),
        ("scripts", scripts),
        ("dependencies", || step("Checking the dependencies' licences", dependencies::check)),
        ("advisories", dependencies::advisories),
        ("lints", host_lints),
        ("lints of the browser's code", browser_lints),
        ("docs", docs),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        if let Err(error) = check() {
            eprintln!("✗ {name}: {error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("not in order: {}", failed.join(", "))
}

fn step(title: &str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    let step = Step::start(title);
    match check() {
        Ok(()) => {
            step.done();
            Ok(())
        }
        Err(error) => {
            step.failed();
            Err(error)
        }
    }
}

fn format() -> Result<()> {
    progress::run("Checking the format", cargo("fmt").args(["--all", "--check"]))?;
    Ok(())
}

fn host_lints() -> Result<()> {
    let mut command = cargo("clippy");
    command.args(HOST).arg("--all-targets").args(["--", "-D", "warnings"]);
    progress::run("Linting the server, the tests and the tools", &mut command)?;
    Ok(())
}

fn browser_lints() -> Result<()> {
    let mut command = cargo("clippy");
    command.args(BROWSER).arg("--locked").args(["--", "-D", "warnings"]);
    progress::run("Linting the browser's code", &mut command)?;
    Ok(())
}

fn docs() -> Result<()> {
    let mut command = cargo("doc");
    command
        .args(HOST)
        .args(["--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links");
    progress::run("Building the docs", &mut command)?;
    Ok(())
}

fn scripts() -> Result<()> {
    let scripts = house::files_of(&["app/js", "tests/browser", "tests/bench"], &["js", "mjs"])?;
    let mut esbuild = Command::new(place::app().join("node_modules/.bin/esbuild"));
    let unwanted = tempfile::tempdir()?;
    esbuild.args(scripts).arg("--log-level=warning").arg(format!("--outdir={}", unwanted.path().display()));
    esbuild.arg(format!("--target={BROWSERS}")).current_dir(place::root());
    progress::run("Checking the scripts", &mut esbuild)?;
    Ok(())
}
