//! Who shaped an idea, and by how much, from the history that was verified: see `docs/credit.md`.

mod helpful;
mod origin;
mod shares;
mod standing;
mod weights;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use shared::{DocumentId, IdeaId, PersonId, api::Millis, live::concept::Texts};

use crate::store::{
    Db, StoreError, Tx,
    credit::{self, Row},
    follow,
};

pub use crate::store::credit::forget;
pub use helpful::{mark, unmark};
pub use origin::{STRETCH, moved};
pub use shares::{of_idea, of_person, shares};
pub use weights::{set, view};

/// The counter of what removed a letter, while nothing has.
pub const STANDS: u32 = u32::MAX;
/// Letters of a day's work that must stand for it to be an improvement.
pub const IMPROVEMENT: u32 = 40;

const HOUR: Millis = 60 * 60 * 1000;

/// The hour of a time: how many began since 1970, in UTC.
#[must_use]
pub fn hour_of(at: Millis) -> u32 {
    u32::try_from(at.div_euclid(HOUR)).unwrap_or(0)
}

/// A letter that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The letter.
    pub letter: char,
    /// The counter of the operation that wrote it.
    pub counter: u32,
    /// Its actor's place in [`Written::authors`].
    pub actor: u32,
    /// The least counter of the operations that removed it, or [`STANDS`].
    pub gone: u32,
}

impl Letter {
    /// Whether it was written right after this one, in one go.
    fn goes_on_from(self, before: &Self) -> bool {
        self.actor == before.actor && self.counter.checked_sub(before.counter) == Some(1)
    }
}

/// Who wrote in a document: one actor id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The Automerge actor id.
    pub actor: Box<[u8]>,
    /// From which counter on its changes were stored in which hour, in order.
    pub hours: Vec<(u32, u32)>,
    /// The counter with which its last change began.
    pub last: u32,
}

/// Every letter ever written in a document, in the order they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Who wrote.
    pub authors: Vec<Author>,
    /// The letters of the title, the pitch and the body.
    pub texts: [Vec<Letter>; 3],
}

impl Written {
    /// Texts that somebody wrote all at once.
    fn at_once(actor: &[u8], texts: &Texts, at: Millis) -> Self {
        let mut counters = 1..;
        let texts = [&texts.title, &texts.pitch, &texts.body].map(|text| {
            let letters = text.chars().zip(&mut counters);
            letters.map(|(letter, counter)| Letter { letter, counter, actor: 0, gone: STANDS }).collect()
        });
        Self { authors: vec![Author { actor: actor.into(), hours: vec![(0, hour_of(at))], last: 0 }], texts }
    }

    /// Bytes it holds, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let letters: usize = self.texts.iter().map(Vec::capacity).sum();
        let authors = self.authors.iter().map(|author| author.actor.len() + author.hours.capacity() * 8 + 64);
        letters * size_of::<Letter>() + authors.sum::<usize>()
    }

    /// In which hour the change that wrote a letter was stored.
    fn hour(&self, letter: Letter) -> u32 {
        let hours = &self.authors[letter.actor as usize].hours;
        let after = hours.partition_point(|(from, _)| *from <= letter.counter);
        hours.get(after.saturating_sub(1)).map_or(0, |(_, hour)| *hour)
    }
}

/// What of a concept's text each of its authors is credited with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    /// By actor id and day, the days counted since 1970 in UTC.
    parts: BTreeMap<(Box<[u8]>, u32), Part>,
    /// The actor that began the concept: proposing an idea improves none.
    founder: Option<Box<[u8]>>,
    /// Every actor that changed the concept itself, with the counter its last change began with, in order.
    changed: Vec<(Box<[u8]>, u32)>,
    /// The documents merged into this one that were looked at.
    twins: Vec<DocumentId>,
}

/// What stands of an actor's work of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part {
    letters: [u32; 3],
    /// The counter of the last letter, where it was written in the concept itself.
    last: Option<u32>,
}

impl Credit {
    /// The credit for texts that somebody wrote all at once.
    #[must_use]
    pub fn at_once(actor: &[u8], texts: &Texts, at: Millis) -> Self {
        Self::of(&Written::at_once(actor, texts, at), &[])
    }

    /// Works out the credit for what stands in a concept. `twins` are the concepts merged into it, the first first.
    #[must_use]
    pub fn of(own: &Written, twins: &[(DocumentId, &Written)]) -> Self {
        let texts: Vec<&Written> = twins.iter().map(|(_, written)| *written).collect();
        let mut parts: BTreeMap<(Box<[u8]>, u32), Part> = BTreeMap::new();
        for ((document, actor, hour), found) in origin::origins(own, &texts) {
            let written = document.checked_sub(1).map_or(own, |twin| texts[twin]);
            let actor = written.authors[actor as usize].actor.clone();
            let part = parts.entry((actor, hour / 24)).or_default();
            part.letters.iter_mut().zip(found.letters).for_each(|(all, more)| *all += more);
            if document == 0 {
                part.last = part.last.max(Some(found.last));
            }
        }
        let mut changed: Vec<_> = own.authors.iter().map(|author| (author.actor.clone(), author.last)).collect();
        changed.sort_unstable();
        let founder = own.authors.first().map(|author| author.actor.clone());
        Self { parts, founder, changed, twins: twins.iter().map(|(document, _)| *document).collect() }
    }

    /// How many letters each actor is credited with, in the title, the pitch and the body.
    #[must_use]
    pub fn letters(&self) -> BTreeMap<&[u8], [u32; 3]> {
        let mut letters: BTreeMap<&[u8], [u32; 3]> = BTreeMap::new();
        for ((actor, _), part) in &self.parts {
            let all = letters.entry(actor).or_default();
            all.iter_mut().zip(part.letters).for_each(|(all, more)| *all += more);
        }
        letters
    }

    /// The rows that are kept of it, with whose the actors are.
    fn rows(&self, people: &HashMap<Vec<u8>, PersonId>) -> Vec<Row> {
        let person = |actor: &[u8]| people.get(actor).copied();
        // What somebody improved on a day, with whatever actors, was kept if somebody else went on with the text after that.
        let mut days: HashMap<(Option<PersonId>, u32), (u32, u32)> = HashMap::new();
        for ((actor, day), part) in &self.parts {
            if let Some(last) = part.last.filter(|_| self.founder.as_ref() != Some(actor)) {
                let (letters, latest) = days.entry((person(actor), *day)).or_default();
                *letters += part.letters.iter().sum::<u32>();
                *latest = last.max(*latest);
            }
        }
        days.retain(|(who, _), (letters, latest)| {
            let went_on = |(actor, last): &(Box<[u8]>, u32)| person(actor) != *who && last > latest;
            who.is_some() && *letters >= IMPROVEMENT && self.changed.iter().any(went_on)
        });
        self.parts
            .iter()
            .map(|((actor, day), part)| Row {
                actor: actor.to_vec(),
                day: *day,
                letters: part.letters,
                // Counted once, for the first of that day's actors.
                kept: part.last.is_some() && days.remove(&(person(actor), *day)).is_some(),
            })
            .collect()
    }
}

/// Keeps the credit for what its proposer wrote, of an idea that is new in this transaction.
pub(super) async fn begin(tx: &mut Tx, idea: IdeaId, credit: &Credit) -> Result<(), StoreError> {
    // Proposing improves nothing, whoever does it.
    credit::keep(tx, idea, 1, &credit.rows(&HashMap::new())).await.map(drop)
}

/// Keeps the credit for a concept as of a place in its log; nothing when the document is no idea's.
///
/// # Errors
/// When the database fails.
pub async fn keep(db: &Db, document: DocumentId, seq: u64, credit: &Credit) -> Result<(), StoreError> {
    let seq = i64::try_from(seq).map_err(|_| StoreError::Corrupt(format!("place {seq}")))?;
    let mut tx = db.write().await?;
    if let Some(idea) = follow::lock(&mut tx, document).await? {
        follow(&mut tx, idea.idea, seq, credit).await?;
    }
    tx.commit().await
}

/// Keeps the credit for an idea's concept as of a place in its log, unless it is kept as of a later one. Where what was
/// merged into the idea is not what was looked at, it is worked out anew. The idea's row is this transaction's.
///
/// Says whether any of it changed.
pub(super) async fn follow(tx: &mut Tx, idea: IdeaId, seq: i64, credit: &Credit) -> Result<bool, StoreError> {
    if credit::seq(tx, idea).await? > seq || credit::twins(tx, idea).await? != credit.twins {
        return Ok(false);
    }
    let actors = credit.parts.keys().map(|(actor, _)| actor).chain(credit.changed.iter().map(|(actor, _)| actor));
    let actors: BTreeSet<&Box<[u8]>> = actors.collect();
    let people = credit::people(tx, &actors.into_iter().map(|actor| actor.to_vec()).collect::<Vec<_>>()).await?;
    credit::keep(tx, idea, seq, &credit.rows(&people)).await
}
