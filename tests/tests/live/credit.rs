//! Credit goes to whoever first wrote what stands: see `docs/credit.md`.

use std::collections::HashMap;

use automerge::{ActorId, AutoCommit, transaction::Transactable as _};
use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use server::domain::credit::Credit;
use shared::live::concept::{self, ENCODING, Field, Texts, first_change};
use tests::{
    authors::{Stored, by_actor, changes_of, credit, plainly, survivors, take, written},
    traces,
};

const HOUR: i64 = 3_600_000;

/// Several people who write in one concept, each with a copy of their own.
struct Table {
    docs: Vec<AutoCommit>,
    changes: Vec<Stored>,
    /// Counts the words written, so that nobody writes one twice by chance.
    words: usize,
}

impl Table {
    /// The first change is the first person's.
    fn set(people: u8, texts: &Texts) -> Self {
        let first = first_change(ActorId::from([1; 16].as_slice()), 0, texts).expect("a first change");
        let doc = |at: u8| {
            let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor([at; 16].as_slice().into());
            doc.apply_changes([first.clone()]).expect("applies");
            doc
        };
        Self { docs: (1..=people).map(doc).collect(), changes: vec![(first, 0)], words: 0 }
    }

    fn text(&self, who: usize, field: Field) -> Vec<char> {
        let texts = concept::read(&self.docs[who]).expect("a concept");
        match field {
            Field::Title => texts.title,
            Field::Pitch => texts.pitch,
            Field::Body => texts.body,
        }
        .chars()
        .collect()
    }

    /// Letters here are of one unit each.
    fn splice(&mut self, who: usize, field: Field, at: usize, delete: usize, insert: &str) {
        let doc = &mut self.docs[who];
        let object = field.object(doc).expect("a text");
        doc.splice_text(&object, at, isize::try_from(delete).expect("short"), insert).expect("spliced");
        doc.commit();
        if delete > 0 || !insert.is_empty() {
            let change = doc.get_last_local_change().expect("a change");
            let at = i64::try_from(self.changes.len()).expect("few") * HOUR / 7;
            self.changes.push((change, at));
        }
    }

    fn type_slowly(&mut self, who: usize, field: Field, at: usize, text: &str) {
        for (behind, letter) in text.chars().enumerate() {
            self.splice(who, field, at + behind, 0, &letter.to_string());
        }
    }

    fn meet(&mut self) {
        let mut all = self.docs[0].clone();
        self.docs.iter_mut().for_each(|doc| drop(all.merge(doc).expect("merges")));
        self.docs.iter_mut().for_each(|doc| drop(doc.merge(&mut all).expect("merges")));
    }

    fn word(&mut self, rng: &mut StdRng) -> String {
        self.words += 1;
        let letters: String = (0..rng.random_range(3..9)).map(|_| rng.random_range('a'..='z')).collect();
        format!("{letters}{} ", self.words)
    }

    fn sentence(&mut self, rng: &mut StdRng) -> String {
        (0..rng.random_range(1..9)).map(|_| self.word(rng)).collect()
    }

    fn letters(&self) -> HashMap<Vec<u8>, u32> {
        by_actor(&credit(&self.changes))
    }
}

fn actor(who: u8) -> Vec<u8> {
    vec![who; 16]
}

/// What a random step does.
fn step(table: &mut Table, rng: &mut StdRng) {
    let who = rng.random_range(0..table.docs.len());
    let field = Field::ALL[rng.random_range(0..3)];
    let text = table.text(who, field);
    let at = rng.random_range(0..=text.len());
    let stretch = rng.random_range(0..=(text.len() - at).min(60));
    match rng.random_range(0..10) {
        0..4 => {
            let sentence = table.sentence(rng);
            table.splice(who, field, at, 0, &sentence);
        }
        4 => {
            let word = table.word(rng);
            table.type_slowly(who, field, at, &word);
        }
        5 => table.splice(who, field, at, stretch, ""),
        6 => {
            let word = table.word(rng);
            table.splice(who, field, at, stretch.min(5), &word);
        }
        7 => {
            // Cut here, pasted in some text.
            let passage: String = text[at..at + stretch].iter().collect();
            table.splice(who, field, at, stretch, "");
            let field = Field::ALL[rng.random_range(0..3)];
            let to = rng.random_range(0..=table.text(who, field).len());
            table.splice(who, field, to, 0, &passage);
        }
        8 => {
            let passage: String = text[at..at + stretch].iter().collect();
            table.splice(who, field, text.len(), 0, &passage.to_uppercase());
        }
        _ => table.meet(),
    }
}

/// In an order in which they may arrive.
fn shuffled(changes: &[Stored], rng: &mut StdRng) -> Vec<Stored> {
    let mut waiting: Vec<&Stored> = changes.iter().collect();
    waiting.shuffle(rng);
    let mut arrived: Vec<Stored> = Vec::new();
    while !waiting.is_empty() {
        let known: Vec<_> = arrived.iter().map(|(change, _)| change.hash()).collect();
        let next = waiting.iter().position(|(change, _)| change.deps().iter().all(|dep| known.contains(dep)));
        arrived.push(waiting.remove(next.expect("one builds on those before")).clone());
    }
    arrived
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever people do, together and apart: the credit is that of the plainest reading of the rule, whatever the order
    /// in which it arrived, after each change as after all, and read again from a saved document.
    #[test]
    fn the_rule_is_followed_whatever_people_do(seed in any::<u64>(), steps in 1..40_usize) {
        let mut rng = StdRng::seed_from_u64(seed);
        let texts = Texts { title: "Pain".into(), pitch: "Un pain de garde".into(), body: "De la farine.".into() };
        let mut table = Table::set(3, &texts);
        for _ in 0..steps {
            step(&mut table, &mut rng);
        }
        let whole = credit(&table.changes);
        prop_assert_eq!(by_actor(&whole), plainly(&table.changes));
        prop_assert_eq!(&credit(&shuffled(&table.changes, &mut rng)), &whole);
        table.meet();
        let saved = AutoCommit::load(&table.docs[0].save()).expect("loads").get_changes(&[]).into_iter();
        let times: HashMap<_, _> = table.changes.iter().map(|(change, at)| (change.hash(), *at)).collect();
        let back: Vec<Stored> = saved.map(|change| (change.clone(), times[&change.hash()])).collect();
        prop_assert_eq!(&credit(&back), &whole);
        // Nobody is credited with more than stands.
        let standing: u32 = survivors(&table.changes).values().sum();
        prop_assert!(by_actor(&whole).values().sum::<u32>() <= standing);
    }

    /// A thief cuts and pastes, copies, retypes by hand and by turns, and takes parts of that away again.
    #[test]
    fn a_thief_gains_nothing(seed in any::<u64>(), steps in 1..25_usize) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut table = Table::set(2, &Texts::default());
        let body: String = (0..40).map(|_| table.word(&mut rng)).collect();
        table.splice(0, Field::Body, 0, 0, &body);
        table.meet();
        let honest = table.letters()[&actor(1)];
        for _ in 0..steps {
            let field = Field::ALL[rng.random_range(0..3)];
            let text = table.text(1, field);
            let at = rng.random_range(0..=text.len());
            // With its spaces it has more letters than a stretch; words are of four letters at least.
            let stretch = rng.random_range(0..=(text.len() - at).min(90));
            let passage: String = text[at..at + stretch].iter().collect();
            let counts = passage.chars().filter(|c| !c.is_whitespace()).count() >= 12;
            let to = Field::ALL[rng.random_range(0..3)];
            match rng.random_range(0..5) {
                0 if counts => {
                    table.splice(1, field, at, stretch, "");
                    let end = table.text(1, to).len();
                    let place = rng.random_range(0..=end);
                    table.splice(1, to, place, 0, &passage);
                }
                1 if counts => table.splice(1, to, 0, 0, &passage.to_uppercase()),
                2 if counts => {
                    table.splice(1, field, at, stretch, "");
                    table.type_slowly(1, field, at, &passage);
                }
                3 => table.splice(1, field, at, stretch.min(7), ""),
                4 if counts => table.splice(1, field, at, stretch, &passage.replace(' ', "\n")),
                _ => {}
            }
        }
        let letters = table.letters();
        prop_assert_eq!(letters.get(&actor(2)), None);
        prop_assert!(letters.get(&actor(1)).copied().unwrap_or(0) <= honest);
    }

    /// Typing and deleting, and writing the same again and again, give no more than writing it once.
    #[test]
    fn nothing_is_farmed(seed in any::<u64>(), times in 1..12_usize) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut table = Table::set(2, &Texts { body: "Un pain de garde au levain.".into(), ..Texts::default() });
        let before = table.letters();
        let sentence: String = (0..6).map(|_| table.word(&mut rng)).collect();
        for _ in 0..times {
            table.type_slowly(1, Field::Body, 3, &sentence);
            table.splice(1, Field::Body, 3, sentence.len(), "");
        }
        prop_assert_eq!(&table.letters(), &before);
        for _ in 0..times {
            table.splice(1, Field::Body, 3, 0, &sentence);
        }
        let once = u32::try_from(sentence.chars().filter(|c| !c.is_whitespace()).count()).expect("short");
        prop_assert_eq!(table.letters()[&actor(2)], once);
        table.splice(1, Field::Body, 0, 0, &"la".repeat(50 * times));
        prop_assert!(table.letters()[&actor(2)] <= once + 13, "a phrase over and over is one phrase");
    }
}

/// The text of an idea that was merged into this one is its author's, whoever pastes it.
#[test]
fn text_of_a_merged_idea_is_its_authors() {
    let passage = "Une miche d'un kilo qui se garde une semaine sans sécher.";
    let mut rng = StdRng::seed_from_u64(5);
    let mut twin = Table::set(1, &Texts { body: passage.into(), ..Texts::default() });
    let twin_of = shared::DocumentId::new();
    let author = twin.changes[0].0.actor_id().to_bytes().to_vec();
    let twin_written = written(&twin.changes);
    let mut table = Table::set(2, &Texts { body: "Du pain. ".into(), ..Texts::default() });
    let own = table.sentence(&mut rng);
    table.splice(1, Field::Body, 9, 0, &format!("{passage} {own}"));
    let alone = by_actor(&credit(&table.changes));
    let merged = Credit::of(&written(&table.changes), &[(twin_of, &twin_written)]);
    let letters = |text: &str| u32::try_from(text.chars().filter(|c| !c.is_whitespace()).count()).expect("short");
    assert_eq!(alone[&actor(2)], letters(passage) + letters(&own));
    // Both concepts begin with the same actor in this test: what stood there at first, and the passage.
    assert_eq!(author, actor(1));
    assert_eq!(by_actor(&merged)[&author], letters("Du pain.") + letters(passage));
    assert_eq!(by_actor(&merged)[&actor(2)], letters(&own));
    // What was written here before the twin was is of those who wrote it here.
    twin.changes[0].1 = 100 * HOUR;
    let later = written(&twin.changes);
    assert_eq!(by_actor(&Credit::of(&written(&table.changes), &[(twin_of, &later)])), alone);
}

/// Two friends, as they once wrote.
#[test]
fn friends_get_what_is_theirs() {
    let trace = traces::friends_forever().unwrap_or_else(|| {
        eprintln!("skipped: no editing traces; a made-up session of the same size takes their place");
        traces::made_up()
    });
    let changes = changes_of(&trace);
    let mut letters = server::live::letters::Letters::default();
    changes.iter().for_each(|change| take(&mut letters, change));
    assert_eq!(letters.texts().body, trace.end_content);
    let counted = plainly(&changes);
    assert_eq!(by_actor(&Credit::of(&letters.written(), &[])), counted);
    // What people repeat of one another is little.
    let survivors = survivors(&changes);
    let standing: u32 = survivors.values().sum();
    assert_eq!(standing as usize, trace.end_content.chars().filter(|c| !c.is_whitespace()).count());
    let credited: u32 = counted.values().sum();
    println!("{survivors:?} stand, {counted:?} are credited");
    assert!(credited <= standing && credited * 100 >= standing * 90, "{credited} of {standing}");
}
