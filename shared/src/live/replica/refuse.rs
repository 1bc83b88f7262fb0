//! Refusals, from the server and foreseen: back to what may stand, with the person's words kept.

use automerge::{Change, ReadDoc as _};

use super::{Draft, Patch, Replica, Replicated as _, Typed, draft, line::Pending};
use crate::live::{
    change,
    chunk::chunks,
    concept::Field,
    guard::CHANGE,
    message::RejectCode,
    permit::{Whose, fits, permit},
    schema::{Deed, Shape, TextKind, deed},
};

/// What a refusal took back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// What the editors have to do to show what stands.
    pub patches: Vec<Patch>,
    /// The refused words, to be kept for the person.
    pub words: Draft,
}

/// A change that the server would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusing {
    /// Its hash.
    pub hash: [u8; 32],
    /// Why.
    pub code: RejectCode,
    /// Where in the document.
    pub path: String,
}

impl Replica {
    /// This change was refused, and with it every change that builds on it: goes back to what the server has, and makes
    /// again, as a new change, what was written in texts that the refusal is not about.
    /// Nothing, when it is not one of ours that wait.
    pub fn rejected(&mut self, hash: [u8; 32], code: RejectCode, path: &str) -> Option<Refused> {
        self.seal();
        let refused = self.line.take(hash)?;
        let shown = Field::ALL.map(|field| self.text(field));
        let mut words = self.words_of(&refused);
        self.line.go_back(&refused);
        self.find_fields();
        // Only a text's length is about that text alone.
        let about = Field::parse(path).filter(|_| code == RejectCode::TooLong);
        if let Some(about) = about {
            let (kept, again) = words.passages.into_iter().partition(|passage| passage.field == about);
            self.make_again(&Draft { passages: again, changes: Vec::new() });
            words.passages = kept;
        }
        let patches = Field::ALL.into_iter().zip(shown).filter_map(|(field, before)| {
            draft::difference(&before, &self.text(field)).map(|splice| Patch { field, splice })
        });
        Some(Refused { patches: patches.collect(), words })
    }

    fn make_again(&mut self, words: &Draft) {
        for Patch { field, splice } in self.put_back(words) {
            let written = self.splice(field, &splice);
            debug_assert_eq!(written, Ok(()), "what stood there fits there");
        }
        self.seal();
    }

    /// Whether the server would take a change made here just now, as far as can be told: it is the same judgement.
    pub(super) fn judge(&self, made: &Change) -> Result<(), (RejectCode, String)> {
        let malformed = || (RejectCode::Malformed, String::new());
        let chunk = chunks(made.raw_bytes(), CHANGE).next().and_then(Result::ok).ok_or_else(malformed)?;
        let read = change::Change::parse(&chunk).map_err(|_| malformed())?;
        let mut grown = [0_i64; 3];
        for op in read.operations() {
            let op = op.map_err(|_| malformed())?;
            let field = self.field_of(&read, &op).ok_or((RejectCode::Schema, String::new()))?;
            let refused = |code| (code, field.key().to_owned());
            let done = deed(Shape::Text(TextKind::Field(field)), &op).map_err(refused)?;
            permit(done, Whose::All, self.rights).map_err(refused)?;
            grown[field as usize] += match done {
                Deed::Write(_, chars) => i64::from(chars),
                _ => -1,
            };
        }
        for field in Field::ALL.into_iter().filter(|field| grown[*field as usize] > 0) {
            // There are no more characters than code units, which are quickly counted.
            let limit = TextKind::Field(field).limit();
            let after = if self.length(field) > limit { self.text(field).chars().count() as u64 } else { 0 };
            let before = after.saturating_sub(grown[field as usize].unsigned_abs());
            fits(TextKind::Field(field), before, after).map_err(|code| (code, field.key().to_owned()))?;
        }
        Ok(())
    }

    /// The text that an operation of a change acts on.
    fn field_of(&self, made: &change::Change<'_>, op: &change::Op<'_>) -> Option<Field> {
        let object = op.object?;
        let actor = made.actors.get(object.actor)?;
        let fields = self.fields.as_ref()?;
        Field::ALL.into_iter().find(|field| {
            matches!(&fields[*field as usize], automerge::ObjId::Id(counter, maker, _)
                if *counter == object.counter && maker.to_bytes() == *actor)
        })
    }

    /// What these changes, the last ones made here, did to the texts.
    pub(super) fn words_of(&mut self, changes: &[Pending<Vec<Typed>>]) -> Draft {
        if changes.is_empty() {
            return Draft::default();
        }
        let (base, now) = (self.line.before(changes), self.line.doc.get_heads());
        let changed = self.line.doc.diff(&base, &now);
        let patches = draft::text_patches(&changed, &self.fields);
        let before = |field| self.object(field).ok().and_then(|object| self.line.doc.text_at(object, &base).ok());
        let passages = draft::passages(&patches, before, |field, at| self.cursor_at(field, at, Some(&base)));
        Draft { passages, changes: changes.iter().map(|change| change.hash.0).collect() }
    }
}
