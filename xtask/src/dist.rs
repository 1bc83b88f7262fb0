//! `cargo xtask dist`: one release binary that holds everything the browser loads.

use crate::cargo::cargo;
use crate::client::{self, Mode, Site, files};
use crate::progress::{self, Step};
use crate::{place, serve};
use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes as they travel: compressed with Brotli.
pub struct Sizes {
    /// The wasm every page loads.
    pub page_wasm: u64,
    /// The wasm of the lazy routes: the concept editor with Automerge.
    pub live_wasm: u64,
    /// The scripts every page loads.
    pub page_script: u64,
    /// The editor's script, loaded with the live chunk.
    pub editor_script: u64,
    /// The style.
    pub style: u64,
}

/// Makes the binary and says how large it and its parts are.
pub fn run() -> Result<()> {
    let (binary, sizes) = make()?;
    println!("\n{} ({})", binary.display(), shown(std::fs::metadata(&binary)?.len()));
    let Sizes { page_wasm, page_script, style, live_wasm, editor_script } = sizes;
    println!("  first page   wasm {}, script {}, style {}", shown(page_wasm), shown(page_script), shown(style));
    println!("  live chunk   wasm {}, script {}", shown(live_wasm), shown(editor_script));
    println!("Run it from any folder: atelier serve");
    Ok(())
}

/// Builds the client and the server small and fast, and puts the one into the other.
pub fn make() -> Result<(PathBuf, Sizes)> {
    let site = client::build(Mode::Release)?;
    let folder = compress(&site)?;
    let mut command = cargo("build");
    command.args(["--package", "server", "--bin", "atelier", "--release", "--features", "embed"]);
    command.env("ATELIER_EMBED", &folder);
    progress::run("Compiling the server with everything inside", &mut command)?;
    let name = serve::program("atelier");
    let binary = place::target().join("dist").join(&name);
    // A running copy of the old binary keeps its file; only the name moves on.
    let fresh = binary.with_extension("new");
    std::fs::copy(place::target().join("release").join(&name), &fresh)?;
    std::fs::rename(&fresh, &binary)?;
    Ok((binary, Sizes::of(&folder)?))
}

/// Copies the site beside its compressed forms, in a folder named by the build id.
fn compress(site: &Site) -> Result<PathBuf> {
    let base = place::target().join("dist");
    let folder = base.join(format!("site-{}", site.build_id));
    if folder.is_dir() {
        return Ok(folder);
    }
    let step = Step::start("Compressing the client");
    let fresh = base.join("site.new");
    let _ = std::fs::remove_dir_all(&fresh);
    for file in files(&site.folder)? {
        let to = fresh.join(file.strip_prefix(&site.folder)?);
        std::fs::create_dir_all(to.parent().unwrap_or(&fresh))?;
        std::fs::copy(&file, &to)?;
        let bytes = std::fs::read(&file)?;
        for (ending, small) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
            // Fonts are compressed already, and tiny files gain nothing.
            if small.len() + 64 < bytes.len() && !is_internal(&file) {
                std::fs::write(with_ending(&to, ending), small)?;
            }
        }
    }
    for old in
        std::fs::read_dir(&base)?.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("site-"))
    {
        std::fs::remove_dir_all(old.path())?;
    }
    std::fs::rename(&fresh, &folder)?;
    step.done();
    Ok(folder)
}

/// What the server reads itself and no browser asks for.
fn is_internal(file: &Path) -> bool {
    ["build-id", "__wasm_split_manifest.json"].iter().any(|name| file.ends_with(name))
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut small, 64 * 1024, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(small)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

impl Sizes {
    fn of(folder: &Path) -> Result<Self> {
        let mut sizes = Self { page_wasm: 0, live_wasm: 0, page_script: 0, editor_script: 0, style: 0 };
        for file in files(folder)?.iter().filter(|file| !file.components().any(|part| part.as_os_str() == "public")) {
            let small = with_ending(file, "br");
            let travels = if small.is_file() { small } else { file.clone() };
            let size = std::fs::metadata(&travels).with_context(|| travels.display().to_string())?.len();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            match file.extension().and_then(|ending| ending.to_str()) {
                Some("wasm") if name == "app_bg.wasm" => sizes.page_wasm += size,
                Some("wasm") => sizes.live_wasm += size,
                Some("js") if name == "editor.js" => sizes.editor_script += size,
                Some("js") => sizes.page_script += size,
                Some("css") => sizes.style += size,
                _ => {}
            }
        }
        Ok(sizes)
    }
}

fn shown(bytes: u64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} kB", bytes.div_ceil(1000))
    }
}
