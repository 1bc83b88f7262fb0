//! `cargo xtask fuzz`: looks for bytes from strangers that break what reads them. Only this wants a nightly compiler.

use crate::{cargo::cargo, place, progress};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// The targets, in `tests/fuzz/fuzz_targets`.
const TARGETS: [&str; 3] = ["frames", "sync", "validator"];
/// Bytes of an input, seconds for one, and megabytes of memory, at most.
const BOUNDS: [&str; 3] = ["-max_len=4096", "-timeout=25", "-rss_limit_mb=2048"];

/// What `cargo xtask fuzz` takes.
#[derive(Args)]
pub struct Options {
    /// Only this target: frames, sync or validator (default: each in turn).
    #[arg(value_parser = TARGETS)]
    target: Option<String>,

    /// How long each target is tried.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    minutes: u32,

    /// Afterwards, keep what reached new code in the corpus, as small as can be.
    #[arg(long)]
    keep: bool,
}

/// Tries the targets; the first finding ends it, and is named.
pub fn run(options: &Options) -> Result<()> {
    install()?;
    for target in TARGETS.into_iter().filter(|target| options.target.as_deref().is_none_or(|wanted| wanted == *target))
    {
        eprintln!("· Fuzzing {target} for {} minutes", options.minutes);
        // What is found goes to the first folder; the corpus is only read.
        let (found, corpus) = (folder().join("found").join(target), folder().join("corpus").join(target));
        std::fs::create_dir_all(&found)?;
        let mut command = fuzz("run");
        command.arg(target).args([&found, &corpus]).arg("--").args(BOUNDS);
        command.arg(format!("-max_total_time={}", u64::from(options.minutes) * 60));
        if !command.status().context("cargo fuzz could not be run")?.success() {
            bail!(
                "{target}: there is a finding, in tests/fuzz/artifacts/{target}; copy it to tests/fuzz/corpus/{target}"
            );
        }
        if options.keep {
            let mut command = fuzz("run");
            command.arg(target).args([&corpus, &found]).args(["--", "-merge=1", "-max_len=1024"]);
            progress::run(&format!("Keeping what reached new code in {target}"), &mut command)?;
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    place::root().join("tests/fuzz")
}

fn fuzz(subcommand: &str) -> Command {
    let mut command = Command::new("rustup");
    // Nothing of ours is unsafe, so the sanitizers would only take time from trying more.
    command.args(["run", "nightly", "cargo", "fuzz", subcommand, "--sanitizer=none", "--fuzz-dir"]).arg(folder());
    command.current_dir(folder());
    command
}

fn install() -> Result<()> {
    if place::on_path("rustup").is_none() {
        bail!("fuzzing needs rustup, for a nightly compiler: https://rustup.rs");
    }
    let nightly = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]).output()?;
    if !nightly.status.success() {
        let mut command = Command::new("rustup");
        command.args(["toolchain", "install", "nightly", "--profile=minimal"]);
        progress::run("Installing a nightly compiler with rustup", &mut command)?;
    }
    if place::on_path("cargo-fuzz").is_none() {
        progress::run("Installing cargo-fuzz", cargo("install").args(["cargo-fuzz", "--locked"]))?;
    }
    Ok(())
}
