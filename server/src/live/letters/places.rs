//! Where letters stand that somebody names, and which letters stand somewhere.

use std::ops::Range;

use shared::{api::LetterId, live::concept::Field};

use super::{Id, Letters, Place, Text};
use crate::domain::credit::STANDS;

impl Letters {
    /// The bytes of a text that stand between two of its letters, they included: none when nothing does any more, nothing
    /// when it has no such letters.
    #[must_use]
    pub fn range(&self, field: Field, first: &LetterId, last: &LetterId) -> Option<Range<usize>> {
        let text = &self.texts[field as usize];
        let place = |letter: &LetterId| text.find(self.id(letter)?);
        let (first, last) = (place(first)?, place(last)?);
        let (start, end) = (text.bytes_before(first), text.bytes_before(text.after(last)));
        Some(start..end.max(start))
    }

    /// The first and the last letter that stand in these bytes of a text.
    #[must_use]
    pub fn ends(&self, field: Field, range: Range<usize>) -> Option<(LetterId, LetterId)> {
        let text = &self.texts[field as usize];
        let named = |at: usize| self.letter(text.id(text.at_byte(at)?)?);
        Some((named(range.start)?, named(range.end.checked_sub(1).filter(|last| *last >= range.start)?)?))
    }

    /// The letters from one to another in a text, they included, and those among them that were removed; nothing when it has
    /// no such letters.
    pub(in crate::live) fn between(&self, field: Field, first: &LetterId, last: &LetterId) -> Option<Vec<Id>> {
        let text = &self.texts[field as usize];
        let place = |letter: &LetterId| text.find(self.id(letter)?);
        let (mut at, last) = (place(first)?, place(last)?);
        let mut found = Vec::new();
        while (at.piece, at.at) <= (last.piece, last.at) {
            found.extend(text.id(at));
            at = text.after(at);
        }
        Some(found)
    }

    fn id(&self, letter: &LetterId) -> Option<Id> {
        let actor = *self.by_actor.get(letter.actor.as_slice())?;
        Some(Id { counter: u32::try_from(letter.counter).ok()?, actor })
    }

    fn letter(&self, id: Id) -> Option<LetterId> {
        let actor = self.actors.get(id.actor as usize)?.to_vec();
        Some(LetterId { counter: u64::from(id.counter), actor })
    }
}

impl Text {
    fn bytes_before(&self, place: Place) -> usize {
        let whole: usize = self.pieces.iter().take(place.piece).map(|piece| piece.bytes).sum();
        let rest = self.pieces.get(place.piece).into_iter().flat_map(|piece| piece.standing(0..place.at));
        whole + rest.map(|letter| self.width(letter)).sum::<usize>()
    }

    /// The letter that has this byte.
    fn at_byte(&self, byte: usize) -> Option<Place> {
        let mut before = 0;
        for (piece, letters) in self.pieces.iter().enumerate() {
            if byte >= before + letters.bytes {
                before += letters.bytes;
                continue;
            }
            for (at, (letter, gone)) in letters.letters.iter().zip(&letters.gone).enumerate() {
                before += if *gone == STANDS { self.width(*letter) } else { 0 };
                if byte < before {
                    return Some(Place { piece, at });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, Change as Stored, transaction::Transactable as _};
    use proptest::prelude::*;
    use shared::{
        DocumentId,
        live::{
            change::Change,
            chunk::chunks,
            concept::{self, ENCODING, Texts, first_change},
            replica::{Replica, Replicated as _},
            sync::{Flags, SyncMessage, Version},
        },
    };

    use super::*;

    /// The passage, whose letters nobody else writes.
    const PASSAGE: &str = "①🍞③é⑤";

    /// Something one of two people does: writes and removes, or takes in what the other did.
    #[derive(Clone, Debug)]
    enum Step {
        Edit { place: f64, delete: usize, insert: &'static str },
        Merge,
    }

    fn step() -> impl Strategy<Value = Step> {
        let insert = prop_oneof![Just(""), Just("x"), Just("ab 🥖")];
        prop_oneof![
            4 => (0.0..1.0, 0..4usize, insert).prop_map(|(place, delete, insert)| Step::Edit { place, delete, insert }),
            1 => Just(Step::Merge),
        ]
    }

    fn take(letters: &mut Letters, change: &Stored) {
        let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        letters.apply(&Change::parse(&chunk).expect("readable"), 0).expect("applies");
    }

    fn replica(doc: &mut AutoCommit) -> Replica {
        let changes: Vec<Vec<u8>> = doc.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
        let message = SyncMessage {
            version: Version::V1,
            heads: doc.get_heads().into_iter().map(|hash| hash.0).collect(),
            need: Vec::new(),
            have: Vec::new(),
            changes: changes.iter().map(Vec::as_slice).collect(),
            flags: Some(Flags::default()),
        };
        let mut replica = Replica::new(DocumentId([0; 16]), &[77; 16]);
        replica.receive(&message.encode()).expect("readable");
        replica.integrate().expect("applies");
        replica
    }

    fn lives(text: &str) -> String {
        text.chars().filter(|c| PASSAGE.contains(*c)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        /// Whatever two people do, together and apart: the passage is all of its letters that live, and nothing written
        /// outside of it; the server and the browsers see the same; and it is gone once nothing stands between its ends.
        #[test]
        fn a_passage_follows_its_letters(plan in prop::collection::vec((0..2usize, step()), 1..40)) {
            let body = format!("Un pain. {PASSAGE} Et du sel.");
            let texts = Texts { body: body.clone(), ..Texts::default() };
            let first = first_change(ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change");
            let mut letters = Letters::default();
            take(&mut letters, &first);
            let start = body.find(PASSAGE).expect("it is there");
            let (from, to) = letters.ends(Field::Body, start..start + PASSAGE.len()).expect("two letters");
            let mut docs: Vec<AutoCommit> = (0..2)
                .map(|at| {
                    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([at; 16].as_slice()));
                    doc.apply_changes([first.clone()]).expect("applies");
                    doc
                })
                .collect();
            let units = |text: &str| text.encode_utf16().count();
            let before = units("Un pain. ");
            prop_assert_eq!(
                replica(&mut docs[0]).ends(Field::Body, before..before + units(PASSAGE)),
                Some((from.clone(), to.clone()))
            );
            for (who, step) in plan {
                let Step::Edit { place, delete, insert } = step else {
                    let mut other = docs[1 - who].clone();
                    docs[who].merge(&mut other).expect("merges");
                    continue;
                };
                let doc = &mut docs[who];
                let text: Vec<char> = concept::read(doc).expect("a concept").body.chars().collect();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short text")]
                let at = (place * text.len() as f64) as usize;
                let width = |part: &[char]| part.iter().map(|c| c.len_utf16()).sum::<usize>();
                let gone = isize::try_from(width(&text[at..(at + delete).min(text.len())])).expect("short");
                let object = Field::Body.object(doc).expect("a body");
                doc.splice_text(&object, width(&text[..at]), gone, insert).expect("spliced");
                doc.commit();
                if let Some(change) = doc.get_last_local_change()
                    && (gone > 0 || !insert.is_empty())
                {
                    take(&mut letters, &change);
                }
            }
            let mut other = docs[1].clone();
            docs[0].merge(&mut other).expect("merges");
            let texts = letters.texts();
            prop_assert_eq!(&texts, &concept::read(&docs[0]).expect("a concept"));
            let range = letters.range(Field::Body, &from, &to).expect("it has these letters");
            let passage = &texts.body[range.clone()];
            prop_assert_eq!(lives(passage), lives(&texts.body));
            let seen = replica(&mut docs[0]).range(Field::Body, &from, &to).expect("it has these letters");
            prop_assert_eq!(seen.start, units(&texts.body[..range.start]));
            prop_assert_eq!(seen.end, units(&texts.body[..range.end]));
        }
    }

    #[test]
    fn what_was_never_written_is_nowhere() {
        let first =
            first_change(ActorId::from([9; 16].as_slice()), 0, &Texts { body: "pain".into(), ..Texts::default() });
        let mut letters = Letters::default();
        take(&mut letters, &first.expect("a first change"));
        let (from, to) = letters.ends(Field::Body, 1..3).expect("two letters");
        assert_eq!(letters.range(Field::Body, &from, &to), Some(1..3));
        assert_eq!(letters.range(Field::Body, &to, &from), Some(2..2), "the wrong way round nothing stands there");
        assert_eq!(letters.range(Field::Title, &from, &to), None);
        for wrong in [LetterId { counter: 99, ..from.clone() }, LetterId { actor: vec![1], ..from.clone() }] {
            assert_eq!(letters.range(Field::Body, &wrong, &to), None);
        }
        for range in [0..0, 3..5, 9..12] {
            assert_eq!(letters.ends(Field::Body, range), None);
        }
    }
}
