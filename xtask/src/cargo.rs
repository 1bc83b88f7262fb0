//! Cargo, called so that every command here, and cargo called by hand, share what they have built.

use crate::place;
use std::process::Command;

/// The target the browser's code is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// `cargo SUBCOMMAND` at the root of the checkout, with the flags of `.cargo/config.toml` and no others: the server and
/// the browser must be compiled with the same. What cargo tells `cargo xtask` about xtask itself is not passed on: build
/// scripts would otherwise see it and run again.
pub fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(subcommand).current_dir(place::root());
    for flags in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS"] {
        command.env_remove(flags);
    }
    for (name, _) in std::env::vars_os() {
        let told =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if told {
            command.env_remove(name);
        }
    }
    command
}
