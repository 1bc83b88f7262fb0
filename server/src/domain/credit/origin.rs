//! Whose letters a text is made of: the rule of `docs/credit.md`.
//!
//! A letter belongs to whoever first wrote it. Where a stretch of [`STRETCH`] letters equals one that stood in the
//! document before, its letters are those: so cutting and pasting, retyping, undoing and doubling give nothing to
//! anybody. What stood before is found in the order of Lamport time, (counter, actor), which is the same for everyone
//! whatever the order in which changes arrived: L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed
//! System, CACM 21(7), 1978.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
    ops::Range,
};

use super::{Author, Letter, STANDS, Written, standing::Standing};

/// How many letters one behind the other must equal earlier ones to be those. Spaces do not count, nor does case.
pub const STRETCH: usize = 12;
/// How many letters of a stretch must be others for it to be another, where what is other reaches an end of it.
const HALF: usize = STRETCH / 2;
/// What a space is in [`Found::signs`]: it is no letter.
const SPACE: u32 = 0;
/// The factor of the rolling hash, an odd number; that of L'Ecuyer's multiplicative generator for 2^64.
const FACTOR: u64 = 2_862_933_555_777_941_757;

/// How many letters that stand were first written by an actor in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// In the title, the pitch and the body.
    pub letters: [u32; 3],
    /// The greatest counter of one of them.
    pub last: u32,
}

/// Whose letter it was first: the document, 0 being the one asked about, the actor's place in its authors, and the hour.
pub type Origin = (usize, u32, u32);

/// Whose the letters are that stand in a document. A letter that stands more than once counts once. The text of `twins`,
/// the documents merged into it, is its own too, and the older where it was written in the same hour.
#[must_use]
pub fn origins(own: &Written, twins: &[&Written]) -> HashMap<Origin, Part> {
    let documents: Vec<&Written> = std::iter::once(own).chain(twins.iter().copied()).collect();
    let mut found = Found::default();
    let texts: Vec<[Range<usize>; 3]> = documents.iter().map(|document| found.add(document)).collect();
    let mut from: Vec<u32> = (0..found.len()).collect();
    let strips = Strips::of(&found, &texts[0]);
    let seen = strips.take_over(&found, &mut from);
    for (document, texts) in texts.iter().enumerate().skip(1) {
        let twin = Strips::of(&found, texts);
        twin.take_over(&found, &mut from);
        take_from_twin(&documents, document, &found, &Meeting { own: &strips, seen: &seen, twin: &twin }, &mut from);
    }
    count(&documents, &found, &texts[0], &mut from)
}

/// The letters that were put into the document anew across a line between people, by their counters and their actors' places
/// in its authors: those that others put there though somebody of `these` first wrote them, `least` or more in one go, and
/// those that `these` put there though somebody else first wrote them. The spaces between them too.
#[must_use]
pub fn moved(own: &Written, these: impl Fn(&Author) -> bool, least: usize) -> HashSet<(u32, u32)> {
    let theirs: Vec<bool> = own.authors.iter().map(these).collect();
    let mut found = Found::default();
    let texts = found.add(own);
    let mut from: Vec<u32> = (0..found.len()).collect();
    Strips::of(&found, &texts).take_over(&found, &mut from);
    let mut moved = HashSet::new();
    for text in texts {
        // Letters put there one behind the other, as far as they were moved.
        let mut run: Vec<Letter> = Vec::new();
        let mut end = |run: &mut Vec<Letter>| {
            let least = if run.first().is_some_and(|letter| theirs[letter.actor as usize]) { 1 } else { least };
            let letters = run.iter().filter(|letter| sign(letter.letter) != SPACE).count();
            let run = std::mem::take(run);
            if letters >= least {
                moved.extend(run.into_iter().map(|letter| (letter.counter, letter.actor)));
            }
        };
        for at in text {
            let letter = found.letters[at];
            let goes_on = run.last().is_some_and(|last| letter.goes_on_from(last));
            if !goes_on {
                end(&mut run);
            }
            let origin = found.letters[root(&mut from, place(at)) as usize].actor as usize;
            if found.signs[at] == SPACE || theirs[letter.actor as usize] != theirs[origin] {
                run.push(letter);
            } else {
                end(&mut run);
            }
        }
        end(&mut run);
    }
    moved
}

/// What stood in a document and in one merged into it.
struct Meeting<'a> {
    own: &'a Strips,
    seen: &'a Seen,
    twin: &'a Strips,
}

/// Lets letters of the document belong to its twin, where they stood there first.
fn take_from_twin(documents: &[&Written], document: usize, found: &Found, meeting: &Meeting<'_>, from: &mut [u32]) {
    let Meeting { own, seen, twin } = meeting;
    let mut first = First::default();
    first.note(twin, found, |hash| seen.once(hash));
    let mut earliest: HashMap<u32, u32> = HashMap::new();
    first.repeats(own, twin, found, |letter, there| {
        let known = earliest.entry(letter).or_insert(there);
        if found.order(there, *known) == Ordering::Less {
            *known = there;
        }
    });
    let mut letters: Vec<(u32, u32)> = earliest.into_iter().collect();
    letters.sort_unstable();
    for (letter, there) in letters {
        let here = root(from, letter);
        let (at_home, abroad) = (found.letters[here as usize], found.letters[there as usize]);
        if found.document(here) == 0 && documents[document].hour(abroad) <= documents[0].hour(at_home) {
            from[here as usize] = root(from, there);
        }
    }
}

/// The letter that one is, through all that it repeats.
fn root(from: &mut [u32], letter: u32) -> u32 {
    let mut at = letter;
    while from[at as usize] != at {
        from[at as usize] = from[from[at as usize] as usize];
        at = from[at as usize];
    }
    at
}

fn count(documents: &[&Written], found: &Found, texts: &[Range<usize>; 3], from: &mut [u32]) -> HashMap<Origin, Part> {
    let mut counted = vec![false; from.len()];
    let mut parts: HashMap<Origin, Part> = HashMap::new();
    for (field, text) in texts.iter().enumerate() {
        for at in text.clone() {
            if found.letters[at].gone != STANDS || found.signs[at] == SPACE {
                continue;
            }
            let origin = root(from, place(at));
            if std::mem::replace(&mut counted[origin as usize], true) {
                continue;
            }
            let document = found.document(origin);
            let letter = found.letters[origin as usize];
            let part = parts.entry((document, letter.actor, documents[document].hour(letter))).or_default();
            part.letters[field] += 1;
            part.last = part.last.max(letter.counter);
        }
    }
    parts
}

/// The place of each actor among them in the order of their ids.
fn ranks(authors: &[Author]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..authors.len()).collect();
    order.sort_by(|one, other| authors[*one].actor.cmp(&authors[*other].actor));
    let mut ranks = vec![0; authors.len()];
    for (rank, at) in (0..).zip(order) {
        ranks[at] = rank;
    }
    ranks
}

/// All letters of all documents.
#[derive(Default)]
struct Found {
    letters: Vec<Letter>,
    /// What each is compared by: the letter in lower case, or [`SPACE`].
    signs: Vec<u32>,
    /// The place of its actor in the order of ids.
    ranks: Vec<u32>,
    /// Where each document ends.
    documents: Vec<usize>,
}

impl Found {
    fn add(&mut self, document: &Written) -> [Range<usize>; 3] {
        let ranks = ranks(&document.authors);
        let ranges = document.texts.each_ref().map(|text| {
            let start = self.letters.len();
            self.letters.extend(text);
            self.signs.extend(text.iter().map(|letter| sign(letter.letter)));
            self.ranks.extend(text.iter().map(|letter| ranks[letter.actor as usize]));
            start..self.letters.len()
        });
        self.documents.push(self.letters.len());
        ranges
    }

    fn len(&self) -> u32 {
        u32::try_from(self.letters.len()).unwrap_or(u32::MAX)
    }

    /// Which document a letter is of.
    fn document(&self, letter: u32) -> usize {
        self.documents.partition_point(|end| *end <= letter as usize)
    }

    fn order(&self, one: u32, other: u32) -> Ordering {
        let key = |letter: u32| (self.letters[letter as usize].counter, self.ranks[letter as usize]);
        key(one).cmp(&key(other))
    }
}

fn sign(letter: char) -> u32 {
    if letter.is_whitespace() { SPACE } else { letter.to_lowercase().next().map_or(SPACE, u32::from) }
}

/// Every stretch of letters that ever stood one behind the other in a document, by their places in [`Found`].
#[derive(Default)]
struct Strips {
    letters: Vec<u32>,
    /// Where each strip ends, and the counter of what ended it; [`STANDS`] while nothing has.
    ends: Vec<(usize, u32)>,
}

impl Strips {
    /// What stands in these texts, what was there just before letters were removed, and, where letters were put between
    /// others, just before that. So every stretch that ever stood is in one of them: it stands, or something ended it.
    fn of(found: &Found, texts: &[Range<usize>; 3]) -> Self {
        let mut strips = Self::default();
        for text in texts {
            let standing = |at: &usize| found.letters[*at].gone == STANDS && found.signs[*at] != SPACE;
            strips.letters.extend(text.clone().filter(standing).map(place));
            strips.end(STANDS);
        }
        for text in texts {
            strips.add_former(found, text);
        }
        strips
    }

    /// Goes through the time of a text.
    fn add_former(&mut self, found: &Found, text: &Range<usize>) {
        let letters = &found.letters[text.clone()];
        let mut events: Vec<Event> = Vec::with_capacity(letters.len());
        for (at, letter) in letters.iter().enumerate() {
            let Letter { counter, gone, .. } = *letter;
            let before = at.checked_sub(1).map(|before| letters[before]);
            let goes_on = before.is_some_and(|one| letter.goes_on_from(&one));
            events.push(Event { counter, at: place(at), ends: if goes_on { 0 } else { place(at) + 1 }, puts: true });
            if gone == STANDS {
                continue;
            }
            // Letters removed one behind the other in one go end what stood once.
            let goes_on = before.is_some_and(|one| gone.checked_sub(one.gone) == Some(1));
            let ends = if goes_on {
                0
            } else {
                let one_by_one =
                    letters[at..].windows(2).take_while(|two| two[1].gone.checked_sub(two[0].gone) == Some(1));
                place(at + 1 + one_by_one.count()) + 1
            };
            events.push(Event { counter: gone, at: place(at), ends, puts: false });
        }
        events.sort_unstable_by_key(|event| (event.counter, event.at, event.puts));
        let mut standing = Standing::none_of(letters.len());
        for together in events.chunk_by(|one, other| one.counter == other.counter) {
            for event in together {
                if let Some(end) = event.ends.checked_sub(1) {
                    self.add_around(&standing, text.start, event.at as usize..end as usize, event.counter);
                }
            }
            for event in together {
                if event.puts && found.signs[text.start + event.at as usize] != SPACE {
                    standing.insert(event.at as usize);
                } else if !event.puts {
                    standing.remove(event.at as usize);
                }
            }
        }
    }

    /// Adds the letters that stand around `middle`, and those in it, as they do until the operation of this counter.
    fn add_around(&mut self, standing: &Standing, start: usize, middle: Range<usize>, until: u32) {
        let begin = self.letters.len();
        let before = standing.before(middle.start).take(STRETCH - 1);
        self.letters.extend(before.map(|at| place(start + at)));
        self.letters[begin..].reverse();
        let inside = standing.onward(middle.start).take_while(|at| *at < middle.end);
        self.letters.extend(inside.map(|at| place(start + at)));
        let after = standing.onward(middle.end).take(STRETCH - 1);
        self.letters.extend(after.map(|at| place(start + at)));
        self.end(until);
    }

    /// Ends a strip; one that is too short for a stretch is forgotten.
    fn end(&mut self, by: u32) {
        let start = self.ends.last().map_or(0, |(end, _)| *end);
        if self.letters.len() - start < STRETCH {
            self.letters.truncate(start);
        } else {
            self.ends.push((self.letters.len(), by));
        }
    }

    /// Lets each letter be the earliest that it repeats: `from` says which that is. Answers what stood here.
    fn take_over(&self, found: &Found, from: &mut [u32]) -> Seen {
        let mut seen = Seen::of(self.letters.len());
        self.each(found, |_, _, hash| seen.note(hash));
        let mut first = First::default();
        first.note(self, found, |hash| seen.twice(hash));
        first.repeats(self, self, found, |letter, there| {
            let known = &mut from[letter as usize];
            if found.order(there, *known) == Ordering::Less {
                *known = there;
            }
        });
        seen
    }

    fn stretch(&self, at: u32) -> &[u32] {
        &self.letters[at as usize..][..STRETCH]
    }

    /// Calls back for each stretch with its place, what ended it, and its hash: M. O. Rabin, Fingerprinting by Random
    /// Polynomials, 1981, as Karp and Rabin roll it along.
    fn each(&self, found: &Found, mut call: impl FnMut(u32, u32, u64)) {
        let leaving = (1..STRETCH).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
        let sign = |at: usize| u64::from(found.signs[self.letters[at] as usize]);
        let mut start = 0;
        for (end, by) in &self.ends {
            let mut hash = 0_u64;
            for at in start..*end {
                if at >= start + STRETCH {
                    hash = hash.wrapping_sub(sign(at - STRETCH).wrapping_mul(leaving));
                }
                hash = hash.wrapping_mul(FACTOR).wrapping_add(sign(at));
                if at + 1 >= start + STRETCH {
                    call(place(at + 1 - STRETCH), *by, hash);
                }
            }
            start = *end;
        }
    }
}

/// A letter is put into a text, or removed from it.
struct Event {
    counter: u32,
    /// Its place.
    at: u32,
    /// One more than the place up to which what stood from there on ends by it; 0 where the one before ended that.
    ends: u32,
    puts: bool,
}

/// Which hashes were met, and which more than once; now and then of one that was not. See B. H. Bloom, Space/Time
/// Trade-offs in Hash Coding with Allowable Errors, CACM 13(7), 1970.
struct Seen {
    once: Vec<u64>,
    twice: Vec<u64>,
}

impl Seen {
    /// Room for about so many.
    fn of(hashes: usize) -> Self {
        let words = (hashes / 8).next_power_of_two();
        Self { once: vec![0; words], twice: vec![0; words] }
    }

    fn bit(&self, hash: u64) -> (usize, u64) {
        let mixed = hash.wrapping_mul(FACTOR);
        let word = usize::try_from(mixed >> 16).unwrap_or(0) & (self.once.len() - 1);
        (word, 1 << (mixed >> 58))
    }

    fn note(&mut self, hash: u64) {
        let (word, bit) = self.bit(hash);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn once(&self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.once[word] & bit != 0
    }

    fn twice(&self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.twice[word] & bit != 0
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where each stretch stood first.
#[derive(Default)]
struct First(HashMap<u64, u32, BuildHasherDefault<Mixed>>);

impl First {
    /// Notes every stretch whose hash is wanted.
    fn note(&mut self, strips: &Strips, found: &Found, wanted: impl Fn(u64) -> bool) {
        strips.each(found, |at, _, hash| {
            if wanted(hash) {
                let known = self.0.entry(hash).or_insert(at);
                if *known != at && earlier(found, strips.stretch(at), strips.stretch(*known)) {
                    *known = at;
                }
            }
        });
    }

    /// Calls back for each letter of `strips` with each letter it repeats of those noted, which are of `noted`: a stretch
    /// repeats another when all of it was written anew, or when letters that were removed were, between others or half of it.
    fn repeats(&self, strips: &Strips, noted: &Strips, found: &Found, mut repeats: impl FnMut(u32, u32)) {
        strips.each(found, |at, ended_by, hash| {
            let Some(known) = self.0.get(&hash) else { return };
            let (here, there) = (strips.stretch(at), noted.stretch(*known));
            if !same(found, here, there) {
                return;
            }
            let others = here.iter().zip(there).filter(|(letter, earlier)| letter != earlier);
            let count = others.clone().count();
            let between = here[0] == there[0] && here[STRETCH - 1] == there[STRETCH - 1];
            for (letter, earlier) in others {
                let replaces = (between || count >= HALF) && found.letters[*earlier as usize].gone < ended_by;
                if count == STRETCH || replaces {
                    repeats(*letter, *earlier);
                }
            }
        });
    }
}

/// Whether a stretch stood before another that it equals: it stood once its last letter was written.
fn earlier(found: &Found, one: &[u32], other: &[u32]) -> bool {
    let last = |stretch: &[u32]| stretch.iter().copied().max_by(|one, other| found.order(*one, *other));
    let (Some(last_one), Some(last_other)) = (last(one), last(other)) else { return false };
    let letters = one.iter().zip(other).map(|(one, other)| found.order(*one, *other));
    let order = letters.fold(found.order(last_one, last_other), Ordering::then);
    order == Ordering::Less && same(found, one, other)
}

fn same(found: &Found, one: &[u32], other: &[u32]) -> bool {
    one.iter().zip(other).all(|(one, other)| found.signs[*one as usize] == found.signs[*other as usize])
}

/// Spreads a hash that is one already over the table.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(FACTOR);
        self.0 = mixed ^ (mixed >> 32);
    }
}
