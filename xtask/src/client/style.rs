//! The style: `app/style/main.css` and what it imports, bundled by lightningcss, with the fonts it names.

use super::Mode;
use super::stamp::{Fingerprint, Stamps, files};
use crate::{place, progress};
use anyhow::{Context, Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Builds `app.css` and `fonts/`.
pub fn build(mode: Mode, stamps: &mut Stamps) -> Result<()> {
    let app = place::app();
    let output = mode.workshop().join("style");
    let mut fingerprint = Fingerprint::of("style 1").path(&app.join("package-lock.json"))?;
    for sheet in sheets()? {
        fingerprint = fingerprint.path(&sheet)?;
    }
    stamps.step("style", fingerprint.finish(), &output, || {
        let step = progress::Step::start("Bundling the style");
        let css = bundle(&app.join("style/main.css"), mode == Mode::Release)?;
        copy_fonts(&css, &output.join("fonts"))?;
        std::fs::write(output.join("app.css"), css)?;
        step.done();
        Ok(())
    })
}

/// Bundles the style for its errors only.
pub fn check() -> Result<()> {
    let css = bundle(&place::app().join("style/main.css"), false)?;
    copy_fonts(&css, tempfile::tempdir()?.path())
}

/// Every style sheet of the app: those in `app/style` and those beside their component.
fn sheets() -> Result<Vec<PathBuf>> {
    let mut found = files(&place::app().join("style"))?;
    found.extend(files(&place::app().join("src"))?);
    found.retain(|file| file.extension().is_some_and(|kind| kind == "css"));
    Ok(found)
}

/// Bundles a style sheet with its imports for the browsers we support.
fn bundle(entry: &Path, minify: bool) -> Result<String> {
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("{error}"))?;
    let targets = Targets::from(Browsers {
        chrome: Some(version(111, 0)),
        edge: Some(version(111, 0)),
        firefox: Some(version(114, 0)),
        safari: Some(version(16, 4)),
        ios_saf: Some(version(16, 4)),
        ..Browsers::default()
    });
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{}: {error}", entry.display()))?;
    let printed = sheet.to_css(PrinterOptions { targets, minify, ..PrinterOptions::default() });
    Ok(printed.with_context(|| format!("printing {}", entry.display()))?.code)
}

/// A browser's version as lightningcss writes it.
const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

/// Copies the font files the style names (`url(fonts/NAME.woff2)`) from the packages that carry them.
fn copy_fonts(css: &str, output: &Path) -> Result<()> {
    std::fs::create_dir_all(output)?;
    let packages = place::app().join("node_modules/@fontsource-variable");
    let carried = files(&packages)?;
    for name in font_names(css) {
        let Some(file) = carried.iter().find(|file| file.file_name().is_some_and(|found| found == name)) else {
            bail!("the style names the font file {name}, which no package in {} carries", packages.display());
        };
        std::fs::copy(file, output.join(name))?;
    }
    Ok(())
}

fn font_names(css: &str) -> BTreeSet<&str> {
    css.split("fonts/").skip(1).filter_map(|rest| rest.find(".woff2").map(|end| &rest[..end + 6])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_named_by_the_style_are_found_once() {
        let css = r#"@font-face{src:url(fonts/a-latin.woff2)format("woff2")}@font-face{src:url("./fonts/b.woff2"),url('fonts/a-latin.woff2')}"#;
        assert_eq!(font_names(css), BTreeSet::from(["a-latin.woff2", "b.woff2"]));
    }
}
