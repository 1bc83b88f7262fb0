//! The scripts: the entries in `app/js`, and what they take from npm, bundled by esbuild.

use super::Mode;
use super::stamp::{Fingerprint, Stamps};
use crate::{place, progress};
use anyhow::Result;
use std::process::Command;

/// What the bundled script may rely on in the browser.
pub const BROWSERS: &str = "es2022,chrome111,firefox114,safari16.4";

/// The scripts that the client loads by name.
const ENTRIES: [&str; 5] = ["js/editor.js", "js/attach.js", "js/disk.js", "js/offline.js", "js/sw.js"];

/// Builds them.
pub fn build(mode: Mode, stamps: &mut Stamps) -> Result<()> {
    let app = place::app();
    let output = mode.workshop().join("script");
    let fingerprint = Fingerprint::of("script 2")
        .word(BROWSERS)
        .path(&app.join("js"))?
        .path(&app.join("package-lock.json"))?
        .finish();
    stamps.step("script", fingerprint, &output, || {
        let mut esbuild = Command::new(app.join("node_modules/.bin/esbuild"));
        esbuild
            .args(ENTRIES)
            .args(["--bundle", "--format=esm", "--log-level=warning", "--legal-comments=none"])
            .arg(format!("--target={BROWSERS}"))
            .arg(format!("--outdir={}", output.display()))
            .current_dir(&app);
        if mode == Mode::Release {
            esbuild.arg("--minify");
        }
        progress::run("Bundling the scripts", &mut esbuild)?;
        Ok(())
    })
}
