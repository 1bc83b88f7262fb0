//! The outbox: what somebody did while the server could not be reached, kept in their browser until the server answers.
//!
//! Here is what it decides, without a disk, a network or a clock: each function answers with what is to be written to the
//! disk ([`Change`]). See `docs/decisions/0021-the-outbox.md`.

mod deed;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    CommentId,
    api::{Millis, NewComment, Problem, VoteView},
    calendar::DAY,
};

pub use deed::{Deed, Reply, Request, Thing};

/// For how long the server remembers an `Idempotency-Key`, in milliseconds.
pub const REMEMBERED: Millis = 90 * DAY;
/// After so long nothing is sent without asking its person again: well before the server forgets the keys, whatever the
/// clocks say.
pub const OLD: Millis = 60 * DAY;
/// The header by which a request says from whom it is, and a page for whom.
pub const ON_BEHALF: &str = "atelier-person";

/// Something in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name on the disk, and what the server knows the request by.
    pub key: String,
    /// When it was done; each later than the one before it.
    pub at: Millis,
    /// What was done.
    pub deed: Deed,
    /// The title of the idea it is about.
    pub about: String,
    /// How the thing stood before, of which the deed is one of two ways.
    #[serde(default)]
    pub was: bool,
    /// Whether the thing may stand otherwise on the server by now: another word about it was sent, and its fate is unknown.
    #[serde(default)]
    pub unsure: bool,
    /// Whether it was sent before, so that the server may have acted on it.
    #[serde(default)]
    pub tried: bool,
    /// What a comment is to say instead, since it was changed after it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Why the server refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Problem>,
}

impl Entry {
    /// A deed that was not sent yet.
    #[must_use]
    pub fn new(key: String, deed: Deed, about: String) -> Self {
        Self { key, at: 0, deed, about, was: false, unsure: false, tried: false, words: None, refused: None }
    }

    /// Whether it is sent as soon as that is possible.
    #[must_use]
    pub fn waits(&self, now: Millis) -> bool {
        self.refused.is_none() && !self.is_old(now)
    }

    /// Whether it is so old that its person is asked before it is sent.
    #[must_use]
    pub fn is_old(&self, now: Millis) -> bool {
        self.refused.is_none() && now - self.at > OLD
    }

    /// What a comment says, as its person wrote it last.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.words.as_deref().or(match &self.deed {
            Deed::Comment { new, .. } => Some(&new.body),
            Deed::Edit { body, .. } => Some(body),
            _ => None,
        })
    }

    fn says(&self) -> Option<(Thing, bool)> {
        self.deed.toggle()
    }

    fn is_about(&self, thing: Thing) -> bool {
        self.says().is_some_and(|(of, _)| of == thing)
    }
}

/// What is to be written to the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there are a few at a time, and none is kept")]
pub enum Change {
    /// Put there under its key.
    Put(Entry),
    /// Removed, by its key.
    Remove(String),
}

/// What came of sending something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The server did it.
    Done(Made),
    /// The server will not, and says why.
    Refused(Problem),
    /// Its person is to sign in first.
    SignIn,
    /// Something is wrong with this one: others first.
    Aside,
    /// Not now: after this long, if the server says how long.
    Later(Option<Duration>),
}

/// What the server made of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// What was asked, and there is nothing more to say.
    Nothing,
    /// How the votes stand.
    Vote(VoteView),
    /// A comment.
    Comment(CommentId),
}

/// What somebody did, in that order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox(Vec<Entry>);

impl Outbox {
    /// What is on the disk.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut entries: Vec<Entry> = entries.into_iter().collect();
        entries.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        Self(entries)
    }

    /// Everything, in the order in which it was done.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entry of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// What its person said last about a thing, and is not told to the server yet.
    #[must_use]
    pub fn word(&self, thing: Thing) -> Option<&Entry> {
        self.0.iter().rev().find(|entry| entry.is_about(thing))
    }

    /// Takes a deed in. Of a thing that is one way or the other only the last word counts; back to how it stood, where the
    /// server cannot know otherwise, leaves nothing.
    pub fn add(&mut self, mut entry: Entry, now: Millis) -> Vec<Change> {
        entry.at = self.0.last().map_or(now, |last| now.max(last.at + 1));
        let Some((thing, on)) = entry.says() else { return self.push(entry) };
        let mut changes = Vec::new();
        let refused = self.0.iter().filter(|before| before.is_about(thing) && before.refused.is_some());
        // The refusal is answered by another word.
        for before in refused.cloned().collect::<Vec<_>>() {
            (entry.was, entry.unsure) = (before.was, entry.unsure || before.unsure);
            changes.extend(self.remove(&before.key));
        }
        match self.word(thing).cloned() {
            Some(before) if before.says() == Some((thing, on)) => {
                let tried = before.tried || entry.tried;
                changes.extend(self.put(Entry { tried, at: entry.at, ..before }));
            }
            Some(before) if !before.tried && !entry.tried => {
                changes.extend(self.remove(&before.key));
                if before.unsure {
                    changes.extend(self.push(Entry { was: !on, unsure: true, ..entry }));
                }
            }
            Some(_) => changes.extend(self.push(Entry { was: !on, unsure: true, ..entry })),
            None if entry.was == on && !entry.tried && !entry.unsure => {}
            None => changes.extend(self.push(entry)),
        }
        changes
    }

    /// What is to be sent next, without what was put `aside` for now.
    #[must_use]
    pub fn next(&self, now: Millis, aside: &[String]) -> Option<&Entry> {
        let waiting = self.0.iter().filter(|entry| entry.waits(now) && !aside.contains(&entry.key));
        waiting.into_iter().find(|entry| {
            entry.says().is_none_or(|(thing, _)| self.word(thing).is_some_and(|last| last.key == entry.key))
        })
    }

    /// It is about to be sent: from now on the server may know of it. What was said before about the same thing is past.
    pub fn begin(&mut self, key: &str) -> Vec<Change> {
        let Some(entry) = self.get(key).cloned() else { return Vec::new() };
        let mut changes = Vec::new();
        if let Some((thing, _)) = entry.says() {
            let before = self.0.iter().filter(|before| before.is_about(thing) && before.key != key);
            for before in before.map(|before| before.key.clone()).collect::<Vec<_>>() {
                changes.extend(self.remove(&before));
            }
        }
        changes.extend(self.put(Entry { tried: true, unsure: entry.unsure || entry.tried, ..entry }));
        changes
    }

    /// It was answered.
    pub fn answered(&mut self, key: &str, answer: &Answer) -> Vec<Change> {
        // Its person may have discarded it meanwhile.
        let Some(entry) = self.get(key).cloned() else { return Vec::new() };
        match answer {
            Answer::Done(made) => {
                let mut changes = self.remove(key);
                if let (Made::Comment(comment), Some(body)) = (*made, entry.words) {
                    let deed = Deed::Edit { idea: entry.deed.idea(), comment, body };
                    changes.extend(
                        self.put(Entry { at: entry.at, ..Entry::new(format!("{key}.words"), deed, entry.about) }),
                    );
                }
                changes
            }
            Answer::Refused(problem) => {
                let later =
                    entry.says().and_then(|(thing, _)| self.word(thing)).filter(|last| last.key != key).cloned();
                match later {
                    // Another word came meanwhile, and is what counts; how the thing stands now, only the server knows.
                    Some(later) => {
                        let mut changes = self.remove(key);
                        changes.extend(self.put(Entry { unsure: true, ..later }));
                        changes
                    }
                    None => self.put(Entry { refused: Some(problem.clone()), ..entry }),
                }
            }
            Answer::SignIn | Answer::Aside | Answer::Later(_) => Vec::new(),
        }
    }

    /// A comment is to say something else. Once it was sent, the server is told so after it has the first words: they are
    /// what it knows the key by.
    pub fn rewrite(&mut self, key: &str, body: String) -> Vec<Change> {
        let Some(mut entry) = self.get(key).cloned() else { return Vec::new() };
        let sent = entry.tried && entry.refused.is_none();
        match &mut entry.deed {
            Deed::Comment { .. } | Deed::Edit { .. } if sent => entry.words = Some(body),
            Deed::Comment { new: NewComment { body: before, .. }, .. } | Deed::Edit { body: before, .. } => {
                *before = body;
                entry.words = None;
            }
            Deed::Vote { .. } | Deed::Follow { .. } | Deed::React { .. } => return Vec::new(),
        }
        entry.refused = None;
        self.put(entry)
    }

    /// What was refused, or is old, is to be sent again.
    pub fn retry(&mut self, key: &str, now: Millis) -> Vec<Change> {
        let Some(entry) = self.get(key).cloned() else { return Vec::new() };
        let at = self.0.last().map_or(now, |last| now.max(last.at + 1));
        self.put(Entry { refused: None, at, ..entry })
    }

    /// It is not to be sent.
    pub fn remove(&mut self, key: &str) -> Vec<Change> {
        self.0.retain(|entry| entry.key != key);
        vec![Change::Remove(key.to_owned())]
    }

    fn push(&mut self, entry: Entry) -> Vec<Change> {
        self.0.push(entry.clone());
        vec![Change::Put(entry)]
    }

    fn put(&mut self, entry: Entry) -> Vec<Change> {
        self.0.retain(|before| before.key != entry.key);
        let behind = self.0.partition_point(|before| (before.at, &before.key) < (entry.at, &entry.key));
        self.0.insert(behind, entry.clone());
        vec![Change::Put(entry)]
    }
}
