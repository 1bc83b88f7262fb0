//! The icons: those `app/icons.txt` names, as one SVG sprite.

use super::Mode;
use super::stamp::{Fingerprint, Stamps};
use crate::{place, progress};
use anyhow::{Context, Result, anyhow};
use std::fmt::Write;

/// Builds `icons.svg`, with a `<symbol id="NAME">` for each line of `app/icons.txt`. A line is the name of a Phosphor
/// icon, such as `heart`; `heart-fill` and `heart-bold` are its other weights.
pub fn build(mode: Mode, stamps: &mut Stamps) -> Result<()> {
    let list = place::app().join("icons.txt");
    let output = mode.workshop().join("icons");
    let fingerprint = Fingerprint::of("icons 1").path(&list)?.path(&place::app().join("package-lock.json"))?.finish();
    stamps.step("icons", fingerprint, &output, || {
        let step = progress::Step::start("Collecting the icons");
        let names = std::fs::read_to_string(&list).unwrap_or_default();
        let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">\n");
        for name in names.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let svg = read_icon(name)?;
            writeln!(sprite, "{}", symbol(name, &svg).ok_or_else(|| anyhow!("the icon {name} is not as expected"))?)?;
        }
        sprite.push_str("</svg>\n");
        std::fs::write(output.join("icons.svg"), sprite)?;
        step.done();
        Ok(())
    })
}

fn read_icon(name: &str) -> Result<String> {
    let weights = ["bold", "fill", "light", "thin", "duotone"];
    let weight = weights.into_iter().find(|weight| name.ends_with(&format!("-{weight}"))).unwrap_or("regular");
    let file = place::app().join(format!("node_modules/@phosphor-icons/core/assets/{weight}/{name}.svg"));
    std::fs::read_to_string(&file).with_context(|| format!("app/icons.txt names {name}, which is not a Phosphor icon"))
}

fn symbol(name: &str, svg: &str) -> Option<String> {
    let inner = svg.split_once('>')?.1.rsplit_once("</svg>")?.0;
    Some(format!("<symbol id=\"{name}\" viewBox=\"0 0 256 256\">{inner}</symbol>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_becomes_a_symbol() {
        let svg =
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" fill="currentColor"><path d="M1"/></svg>"#;
        assert_eq!(
            symbol("heart", svg).as_deref(),
            Some(r#"<symbol id="heart" viewBox="0 0 256 256"><path d="M1"/></symbol>"#)
        );
    }
}
