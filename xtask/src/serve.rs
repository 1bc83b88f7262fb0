//! `cargo xtask serve`: build everything, then become the server.

use crate::cargo::cargo;
use crate::client::{self, Mode};
use crate::{install, place, progress};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// What `cargo xtask serve` takes.
#[derive(Args)]
pub struct Options {
    /// Open a believable workspace, with an account for each role, instead of an empty one.
    #[arg(long)]
    demo: bool,
    /// Build optimised, as it would be installed.
    #[arg(long)]
    release: bool,
    /// Passed on to `atelier serve`, after `--`.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

/// Builds the client and the server, then replaces this process by the server.
pub fn run(options: &Options) -> Result<()> {
    let mode = if options.release { Mode::Release } else { Mode::Quick };
    let site = client::build(mode)?;
    let binary = build_server(options.release)?;
    let mut server = Command::new(&binary);
    server.arg("serve").args(options.demo.then_some("--demo")).args(&options.passed_on);
    server.current_dir(place::root());
    if std::env::var_os("ATELIER_ASSETS").is_none() {
        server.env("ATELIER_ASSETS", &site.folder);
    }
    become_process(&mut server).with_context(|| format!("could not start {}", binary.display()))
}

/// Builds `atelier` and returns where it is.
pub fn build_server(release: bool) -> Result<PathBuf> {
    install::make()?;
    let mut command = cargo("build");
    command.args(["--package", "server", "--bin", "atelier"]).args(release.then_some("--release"));
    progress::run("Compiling the server", &mut command)?;
    Ok(place::target().join(if release { "release" } else { "debug" }).join(program("atelier")))
}

/// A program's file name on this system.
pub fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(unix)]
fn become_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_process(command: &mut Command) -> Result<()> {
    anyhow::ensure!(command.status()?.success(), "the server ended badly");
    Ok(())
}
