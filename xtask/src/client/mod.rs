//! Building what the browser loads: wasm, script, style, fonts and icons, assembled in `target/site`.

mod script;
mod site;
mod sprite;
mod stamp;
mod style;
mod wasm;

use crate::{install, place};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

pub use script::BROWSERS;
pub use site::Site;
pub use stamp::files;

/// What `cargo xtask client` takes.
#[derive(Args)]
pub struct Options {
    /// Build small and optimised instead of quickly.
    #[arg(long)]
    release: bool,
}

impl Options {
    /// The mode the options ask for.
    pub fn mode(&self) -> Mode {
        if self.release { Mode::Release } else { Mode::Quick }
    }
}

/// How the client is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Quick to build, large and slow.
    Quick,
    /// Small to load: link-time optimisation, `wasm-opt`, minified script and style.
    Release,
}

impl Mode {
    /// The folder in which the steps leave their results.
    fn workshop(self) -> PathBuf {
        place::target().join("client").join(match self {
            Self::Quick => "quick",
            Self::Release => "release",
        })
    }
}

/// Builds the client; steps whose inputs are unchanged are left out.
pub fn build(mode: Mode) -> Result<Site> {
    install::wasm_target()?;
    install::npm_packages(&place::app())?;
    let workshop = mode.workshop();
    std::fs::create_dir_all(&workshop)?;
    let mut stamps = stamp::Stamps::open(&workshop);
    wasm::build(mode, &mut stamps)?;
    script::build(mode, &mut stamps)?;
    style::build(mode, &mut stamps)?;
    sprite::build(mode, &mut stamps)?;
    site::assemble(&workshop)
}

/// Checks that the style can be bundled and that the packages carry every font it names.
pub fn check_style() -> Result<()> {
    style::check()
}
