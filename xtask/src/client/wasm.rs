//! The wasm: compiled by cargo, split at the lazy routes, bound to JavaScript, and in release made small.

use super::Mode;
use super::stamp::{Fingerprint, Stamps};
use crate::cargo::{WASM, cargo};
use crate::{place, progress};
use anyhow::{Context, Result, anyhow};
use std::path::Path;
use std::process::Command;

/// The name under which the wasm imports the loader of its chunks; `leptos` compiles exactly this one in.
const LINK_NAME: &str = "./__wasm_split.______________________.js";
/// What every browser we support can run.
const WASM_FEATURES: [&str; 6] =
    ["bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals", "reference-types", "multivalue"];

/// Builds `app.js`, `app_bg.wasm`, the chunks and their loader.
pub fn build(mode: Mode, stamps: &mut Stamps) -> Result<()> {
    let compiled = compile(mode)?;
    let output = mode.workshop().join("wasm");
    let fingerprint = Fingerprint::of("wasm 1").path(&compiled)?.finish();
    stamps.step("wasm", fingerprint, &output, || {
        let step = progress::Step::start("Splitting and binding the wasm");
        bind(&compiled, &output, mode)?;
        step.done();
        if mode == Mode::Release {
            optimise(&output)?;
        }
        Ok(())
    })
}

fn compile(mode: Mode) -> Result<std::path::PathBuf> {
    let mut command = cargo("rustc");
    command.args(["--package", "app", "--lib", "--crate-type", "cdylib", "--features", "hydrate", "--target", WASM]);
    let folder = match mode {
        Mode::Quick => "debug",
        Mode::Release => {
            command.args(["--profile", "wasm-release"]);
            "wasm-release"
        }
    };
    progress::run("Compiling the client", &mut command)?;
    Ok(place::target().join(WASM).join(folder).join("app.wasm"))
}

fn bind(compiled: &Path, output: &Path, mode: Mode) -> Result<()> {
    let input = std::fs::read(compiled).with_context(|| format!("reading {}", compiled.display()))?;
    let main = output.with_file_name("app_split.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = output;
    options.main_out_path = &main;
    options.main_module = "./app.js";
    options.link_name = LINK_NAME;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("splitting the wasm: {error:?}"))?;
    let manifest = serde_json::to_vec_pretty(&std::collections::BTreeMap::from_iter(split.prefetch_map))?;
    std::fs::write(output.join("__wasm_split_manifest.json"), manifest)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&main)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .keep_lld_exports(true)
                .demangle(false)
                .remove_producers_section(mode == Mode::Release)
                .out_name("app")
                .generate(output)
        })
        .context("binding the wasm to JavaScript")?;
    std::fs::remove_file(main)?;
    Ok(())
}

fn optimise(output: &Path) -> Result<()> {
    let wasm_opt = place::app().join("node_modules/.bin/wasm-opt");
    for file in super::stamp::files(output)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "wasm")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let small = file.with_extension("small");
        let mut command = Command::new(&wasm_opt);
        command.arg(file).arg("-Oz").arg("-o").arg(&small);
        command.args(WASM_FEATURES.map(|feature| format!("--enable-{feature}")));
        progress::run(&format!("Making {name} small"), &mut command)?;
        std::fs::rename(&small, file)?;
    }
    Ok(())
}
