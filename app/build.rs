//! Turns the texts under `locales/` into typed keys, so that a missing one does not compile.
//!
//! `leptos_i18n_build` does the same and, for dates and plurals we do not use, brings all of ICU's data tools into the
//! build; these are the two crates of the library that it calls for the keys themselves.

use std::{error::Error, path::PathBuf};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let parse = ParseOptions::new().interpolate_display(true);
    let texts = parse_locales(None, Config::new("en")?.add_locale("fr")?.parse_options(parse))?;
    for file in texts.tracked_files.iter().flatten() {
        println!("cargo::rerun-if-changed={file}");
    }
    for warning in texts.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    for error in texts.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let attributes = "#![allow(dead_code, missing_docs, unused_imports)]".parse()?;
    let keys = leptos_i18n_codegen::gen_code(&texts, None, false, Some(&attributes), false)?;
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("i18n.rs"), keys.to_string())?;
    Ok(())
}
