//! Turns the texts under `locales/` into the `i18n` module, so that a missing key does not compile.

use std::{error::Error, path::PathBuf};

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos, options::CodegenOptions};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    let parse = ParseOptions::new().interpolate_display(true);
    let texts = TranslationsInfos::parse(Config::new("en")?.add_locale("fr")?.parse_options(parse))?;
    texts.emit_diagnostics();
    texts.rerun_if_locales_changed();
    let options =
        CodegenOptions::default().top_level_attributes(Some("#![allow(missing_docs)]".parse()?)).gen_docs(false);
    texts.generate_i18n_module_with_options(out, options)?;
    Ok(())
}
