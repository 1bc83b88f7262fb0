//! How a concept came to be, read from its log letter by letter: see `docs/history.md`.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shared::{
    DocumentId, PersonId,
    api::{Gone, History, Millis, PersonView, Run, VersionView},
    live::concept::Field,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    letters::{Deed, Id, Letter, Letters},
    room::{in_background, with_change},
};
use crate::{
    domain::history::{self, MOST, Span, Stroke, Strokes, versions},
    store::{Db, StoreError, log},
};

/// Changes read from the log at a time.
const PAGE: u32 = 5_000;
/// Letters that were taken away again, at most: where there are more, the oldest versions are told as one.
const LETTERS: usize = 1_000_000;
/// So many letters that go at once are a passage, not a slip.
const PASSAGE: usize = 20;
/// Histories worked out at a time, and kept.
const TURNS: usize = 2;
const KEPT: usize = 8;

/// What is known of each letter of a concept: by which change of the log it came, and by which it went.
#[derive(Debug, Default)]
pub struct Lives {
    letters: Letters,
    strokes: Strokes,
    /// For each actor, from which counter on its letters came with which change.
    came: HashMap<u32, Vec<(u32, u32)>>,
    went: HashMap<Id, u32>,
}

/// Tells histories. Two at a time are worked out, and those asked for last are kept: a long log takes a second.
#[derive(Debug)]
pub struct Histories {
    turns: Semaphore,
    kept: Mutex<VecDeque<Arc<Kept>>>,
}

/// A history as it is up to a place in its log, but for who the people are by now.
#[derive(Debug)]
struct Kept {
    end: u64,
    people: Vec<PersonId>,
    history: History,
}

impl Default for Histories {
    fn default() -> Self {
        Self { turns: Semaphore::new(TURNS), kept: Mutex::default() }
    }
}

impl Histories {
    /// Waits until fewer than two others are being worked out.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// The history of a concept.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be read.
    pub async fn of_concept(&self, db: &Db, document: DocumentId) -> Result<History, StoreError> {
        let turn = self.turn().await;
        let end = log::end(&mut db.read().await?, document).await?;
        let kept = match self.find(document, end) {
            Some(kept) => kept,
            None => {
                let lives = read(db, document).await?;
                let kept = in_background(move || {
                    let (end, people) = (lives.strokes.all().len() as u64, lives.strokes.people().to_vec());
                    Arc::new(Kept { end, people, history: lives.told(document, Vec::new()) })
                })
                .await?;
                self.keep(kept.clone());
                kept
            }
        };
        drop(turn);
        let people = history::people(db, &kept.people).await?;
        Ok(History { people, ..kept.history.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, document: DocumentId, end: u64) -> Option<Arc<Kept>> {
        self.lock().iter().find(|kept| kept.history.document == document && kept.end == end).cloned()
    }

    fn keep(&self, new: Arc<Kept>) {
        let mut kept = self.lock();
        kept.retain(|kept| kept.history.document != new.history.document);
        kept.push_back(new);
        while kept.len() > KEPT {
            kept.pop_front();
        }
    }
}

async fn read(db: &Db, document: DocumentId) -> Result<Lives, StoreError> {
    let mut lives = Lives::default();
    loop {
        // No connection is held while what came is worked on: there are few of them.
        let page = log::changes_after(&mut db.read().await?, document, lives.strokes.all().len() as u64, PAGE).await?;
        if page.is_empty() {
            return Ok(lives);
        }
        lives = in_background(move || {
            page.iter().try_for_each(|change| lives.take(change.person, &change.bytes, change.stored_at))?;
            Ok::<_, StoreError>(lives)
        })
        .await??;
    }
}

impl Lives {
    /// Takes in the next change of the log.
    ///
    /// # Errors
    /// When it cannot be applied.
    pub fn take(&mut self, person: PersonId, bytes: &[u8], stored_at: Millis) -> Result<(), StoreError> {
        let place = u32::try_from(self.strokes.all().len()).unwrap_or(u32::MAX);
        let by = self.strokes.name(person);
        let Self { letters, came, went, .. } = self;
        let mut taken = Vec::new();
        let told = |_, deed: Deed<'_>| match deed {
            Deed::Adds { letter, .. } => {
                let came = came.entry(letter.actor).or_default();
                if came.last().is_none_or(|(_, last)| *last != place) {
                    came.push((letter.counter, place));
                }
            }
            Deed::Removes { letter } => {
                if let Entry::Vacant(entry) = went.entry(letter) {
                    entry.insert(place);
                    taken.push(letter);
                }
            }
            Deed::Makes => {}
        };
        with_change(bytes, |change| letters.follow(change, stored_at, told))
            .and_then(Result::ok)
            .ok_or_else(|| StoreError::Corrupt("a change that cannot be applied".into()))?;
        let takes = self.takes(by, &taken);
        self.strokes.push(by, stored_at, takes);
        Ok(())
    }

    /// The last of the changes whose letters somebody takes away at once, where they are somebody else's, or a passage.
    fn takes(&self, by: u32, letters: &[Id]) -> Option<usize> {
        let of = letters.iter().map(|letter| self.came(*letter));
        // What it wrote itself stood nowhere.
        let seen =
            |place: &usize| self.strokes.all().get(*place).is_some_and(|one| letters.len() >= PASSAGE || one.by != by);
        of.filter(seen).max()
    }

    /// With which change of the log a letter came.
    fn came(&self, letter: Id) -> usize {
        let changes = self.came.get(&letter.actor).map(Vec::as_slice).unwrap_or_default();
        let after = changes.partition_point(|(from, _)| *from <= letter.counter);
        changes.get(after.saturating_sub(1)).map_or(0, |(_, place)| *place as usize)
    }

    /// The history that these letters had. `people` are those whose ids it names, in that order.
    #[must_use]
    pub fn told(&self, document: DocumentId, people: Vec<PersonView>) -> History {
        let log = self.strokes.all();
        let ranges = self.bounded(versions(log, MOST), LETTERS);
        let mut told = Told::of(log, &ranges);
        let [title, pitch, body] = Field::ALL.map(|field| {
            let mut runs = Vec::new();
            for (id, letter, _) in self.letters.ever(field) {
                if let Some(letter) = letter {
                    let (came, went) = (self.came(id), self.went.get(&id).map(|place| *place as usize));
                    told.letter(field, letter, (came, went), &mut runs);
                }
            }
            runs
        });
        let reflects = i64::try_from(log.len()).unwrap_or(i64::MAX);
        History { document, reflects, people, versions: told.versions, title, pitch, body }
    }

    /// These versions, of which the first ones are one where that is what it takes to tell of few enough letters.
    fn bounded(&self, mut ranges: Vec<Range<usize>>, most: usize) -> Vec<Range<usize>> {
        if self.went.len() <= most {
            return ranges;
        }
        // How many letters each version took away that are told of.
        let of = of(&ranges, self.strokes.all().len());
        let mut taken = vec![0_usize; ranges.len()];
        for (id, place) in &self.went {
            let at = of[*place as usize];
            taken[at as usize] += usize::from(of[self.came(*id)] != at);
        }
        let mut sum = 0;
        let within = taken
            .iter()
            .rev()
            .take_while(|taken| {
                sum += **taken;
                sum <= most
            })
            .count();
        let first = ranges.len() - within;
        if first > 1 {
            let end = ranges[first - 1].end;
            ranges.splice(..first, std::iter::once(0..end));
        }
        ranges
    }
}

/// In which version each change is.
fn of(ranges: &[Range<usize>], changes: usize) -> Vec<u32> {
    let mut of = Vec::with_capacity(changes);
    for (range, version) in ranges.iter().zip(0..) {
        of.extend(range.clone().map(|_| version));
    }
    of
}

/// What is told of versions while the letters are gone through.
struct Told<'a> {
    log: &'a [Stroke],
    of: Vec<u32>,
    versions: Vec<VersionView>,
}

impl<'a> Told<'a> {
    fn of(log: &'a [Stroke], ranges: &[Range<usize>]) -> Self {
        let version = |range: &Range<usize>| {
            let Span { by, began_at, ended_at, changes, place } = Span::of(log, range);
            VersionView {
                by,
                began_at,
                ended_at,
                changes,
                place,
                title: Default::default(),
                pitch: Default::default(),
                body: Default::default(),
            }
        };
        Self { log, of: of(ranges, log.len()), versions: ranges.iter().map(version).collect() }
    }

    /// Adds a letter that came and went with these changes.
    fn letter(&mut self, field: Field, letter: Letter<'_>, (came, went): (usize, Option<usize>), runs: &mut Vec<Run>) {
        let born = self.of[came];
        let gone = went.map(|went| Gone { at: self.of[went], by: self.log[went].by });
        if gone.is_some_and(|gone| gone.at == born) {
            return;
        }
        let chars = match letter {
            Letter::Char(_) => 1,
            Letter::Word(word) => u32::try_from(word.chars().count()).unwrap_or(u32::MAX),
        };
        self.versions[born as usize].extent_of(field).added += chars;
        if let Some(Gone { at, .. }) = gone {
            self.versions[at as usize].extent_of(field).removed += chars;
        }
        let by = self.log[came].by;
        if runs.last().is_none_or(|last| (last.by, last.born, last.gone) != (by, born, gone)) {
            runs.push(Run { text: String::new(), by, born, gone });
        }
        if let Some(run) = runs.last_mut() {
            match letter {
                Letter::Char(letter) => run.text.push(letter),
                Letter::Word(word) => run.text.push_str(word),
            }
        }
    }
}
