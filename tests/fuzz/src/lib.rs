//! Runs a fuzz target where panics that are caught on purpose are no findings.

pub mod targets;

use std::{
    panic::{catch_unwind, set_hook, take_hook},
    sync::Once,
};

/// Runs a target; a panic that leaves it ends the process, as libFuzzer expects.
pub fn run(target: fn(&[u8]), data: &[u8]) {
    static QUIET: Once = Once::new();
    // libFuzzer's own hook would end the process with every panic, also those of Automerge's readers, which the guard
    // catches.
    QUIET.call_once(|| {
        drop(take_hook());
        set_hook(Box::new(|_| {}));
    });
    if let Err(panic) = catch_unwind(|| target(data)) {
        let said = panic.downcast_ref::<String>().cloned();
        eprintln!(
            "{}",
            said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned())).unwrap_or_default()
        );
        std::process::abort();
    }
}
