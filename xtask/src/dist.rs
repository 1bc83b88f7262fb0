//! `cargo xtask dist`: one release binary that holds everything the browser loads.

use crate::cargo::cargo;
use crate::client::{self, Mode, Site, files};
use crate::progress::{self, Step};
use crate::{install, place, serve};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The chunk of an idea, and the one of those who write in it.
const IDEA: &str = "read";
const LIVE: &str = "edit";
/// The script that loads chunks.
const LOADER: &str = "__wasm_split.______________________.js";

/// Bytes as they travel: compressed with Brotli.
pub struct Sizes {
    /// The wasm every page loads.
    pub page_wasm: u64,
    /// The wasm the pages of each chunk load besides, by the chunk's name.
    pub chunks: BTreeMap<String, u64>,
    /// The wasm an idea loads besides those for whoever may write: Automerge and the editor.
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
    let Sizes { page_wasm, page_script, style, live_wasm, editor_script, chunks } = sizes;
    println!("  first page   wasm {}, script {}, style {}", shown(page_wasm), shown(page_script), shown(style));
    for (chunk, size) in chunks {
        println!("  {chunk:<11}  wasm {}", shown(size));
    }
    println!("  live chunk   wasm {}, script {}", shown(live_wasm), shown(editor_script));
    println!("Run it from any folder: atelier serve");
    Ok(())
}

/// Builds the client and the server small and fast, and puts the one into the other.
pub fn make() -> Result<(PathBuf, Sizes)> {
    let site = client::build(Mode::Release)?;
    let folder = compress(&site)?;
    install::make()?;
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
        let travels = |name: &str| {
            let file = folder.join(name);
            let small = with_ending(&file, "br");
            let travels = if small.is_file() { small } else { file };
            Ok::<_, anyhow::Error>(std::fs::metadata(&travels).with_context(|| travels.display().to_string())?.len())
        };
        let manifest = std::fs::read(folder.join("__wasm_split_manifest.json"))?;
        let mut files: BTreeMap<String, BTreeSet<String>> = serde_json::from_slice(&manifest)?;
        let sum = |files: &mut dyn Iterator<Item = &String>| -> Result<u64> {
            files.map(|file| travels(&format!("{file}.wasm"))).sum()
        };
        let live = files.remove(LIVE).unwrap_or_default();
        let idea = files.get(IDEA).cloned().unwrap_or_default();
        let chunks = files.iter().map(|(chunk, files)| Ok((chunk.clone(), sum(&mut files.iter())?)));
        Ok(Self {
            page_wasm: travels("app_bg.wasm")?,
            chunks: chunks.collect::<Result<_>>()?,
            live_wasm: sum(&mut live.difference(&idea))?,
            page_script: travels("app.js")? + travels(LOADER)?,
            editor_script: travels("editor.js")?,
            style: travels("app.css")?,
        })
    }
}

fn shown(bytes: u64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} kB", bytes.div_ceil(1000))
    }
}
