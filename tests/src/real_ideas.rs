//! Real ideas of real people, as files: read where `ATELIER_IDEAS` says, or beside the project.

use std::path::{Path, PathBuf};

/// The file of ideas in English, and the one in French; nothing, said aloud, where there are none.
#[must_use]
pub fn files() -> Option<[PathBuf; 2]> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/ideas");
    let folder = std::env::var_os("ATELIER_IDEAS").map_or_else(beside, PathBuf::from);
    let files = ["en-smart-home.csv", "fr-republique-numerique.csv"].map(|name| folder.join(name));
    if files.iter().all(|file| file.is_file()) {
        return Some(files);
    }
    eprintln!("skipped: no idea data");
    None
}

/// The titles and texts of all of them; none where there are no files.
///
/// # Panics
/// When a file is not what it should be.
#[must_use]
pub fn texts() -> Vec<(String, String)> {
    let read = |file: PathBuf| csv::Reader::from_path(file).expect("a file of ideas").into_records();
    let rows = files().into_iter().flatten().flat_map(read).map(|row| row.expect("a row"));
    rows.map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}
