//! The list of who left, kept beside the database: a backup that is restored knows nothing of those who left since, and by
//! this they are erased again before anybody is served.
//!
//! It holds ids, choices and times. It is only ever added to, and each line is on the disk before somebody is told that they
//! were forgotten.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use shared::{
    PersonId,
    api::{Fate, Fates, Millis},
};
use tokio::sync::Mutex;

use crate::domain::Error;

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who left.
    pub person: PersonId,
    /// What was to become of what they said.
    pub comments: Fate,
    /// What was to become of what they wrote.
    pub texts: Fate,
    /// When.
    pub at: Millis,
}

impl Line {
    /// What was to become of their words.
    #[must_use]
    pub fn fates(&self) -> Fates {
        Fates { comments: self.comments, texts: self.texts }
    }
}

/// The list; clones are the same. Without a file, nothing is written down.
#[derive(Clone, Debug, Default)]
pub struct List {
    file: Option<Arc<PathBuf>>,
    turn: Arc<Mutex<()>>,
}

impl List {
    /// In this file, which need not be there yet.
    #[must_use]
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file: file.map(Arc::new), turn: Arc::default() }
    }

    /// Adds a line, and answers when it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written: then nobody may be told that they were forgotten.
    pub async fn add(&self, line: Line) -> Result<(), Error> {
        let Some(file) = self.file.clone() else { return Ok(()) };
        let _turn = self.turn.lock().await;
        let written = tokio::task::spawn_blocking(move || append(&file, line)).await;
        let fault = |why: String| Error::Fault(format!("the list of who left cannot be written: {why}"));
        written.map_err(|broke| fault(broke.to_string()))?.map_err(|error| fault(error.to_string()))
    }

    /// All lines.
    ///
    /// # Errors
    /// When there is a list that cannot be read. What a power cut left of a last line is passed over: whoever it was for was
    /// told nothing.
    pub async fn read(&self) -> Result<Vec<Line>, Error> {
        let Some(file) = self.file.clone() else { return Ok(Vec::new()) };
        match tokio::fs::read_to_string(&*file).await {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Error::Fault(format!("the list of who left cannot be read: {error}"))),
        }
    }
}

fn append(file: &Path, line: Line) -> std::io::Result<()> {
    let mut text = serde_json::to_string(&line)?;
    text.push('\n');
    let is_new = !file.exists();
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut list = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
    // Behind what a power cut may have left of a line.
    if !is_new && !std::fs::read(file)?.ends_with(b"\n") && std::fs::metadata(file)?.len() > 0 {
        list.write_all(b"\n")?;
    }
    list.write_all(text.as_bytes())?;
    list.sync_all()?;
    if is_new && let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn parse(text: &str) -> Vec<Line> {
    let read = |line: &str| match serde_json::from_str(line) {
        Ok(line) => Some(line),
        Err(error) => {
            tracing::warn!(%error, "a line of the list of who left cannot be read");
            None
        }
    };
    text.lines().filter(|line| !line.trim().is_empty()).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_down_is_read_again_whatever_a_power_cut_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/er/left");
        let list = List::new(Some(file.clone()));
        assert_eq!(list.read().await.expect("a list"), []);
        let line =
            |n| Line { person: PersonId(uuid::Uuid::from_u128(n)), comments: Fate::Keep, texts: Fate::Remove, at: 7 };
        list.add(line(1)).await.expect("written");
        std::fs::OpenOptions::new().append(true).open(&file).expect("a file").write_all(b"{\"pers").expect("written");
        list.add(line(2)).await.expect("written");
        assert_eq!(List::new(Some(file)).read().await.expect("a list"), [line(1), line(2)]);
        let none = List::default();
        none.add(line(3)).await.expect("nothing to write");
        assert_eq!(none.read().await.expect("a list"), []);
    }
}
