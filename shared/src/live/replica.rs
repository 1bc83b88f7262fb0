//! One document as a browser holds it: its local state, and its side of the protocol.
//!
//! It does no input or output and knows no clock: whoever holds it carries its sync messages and asks it again.
//! Positions count UTF-16 code units.

mod anchor;
mod canvas;
mod draft;
mod ease;
mod keep;
#[cfg(test)]
mod keep_tests;
mod line;
mod pace;
mod refuse;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, PoisonError},
};

use automerge::{Change, ChangeHash, Cursor, CursorPosition, ObjId, ReadDoc, transaction::Transactable};

use serde::{Deserialize, Serialize};

pub use canvas::{Act, CanvasReplica, Refusal, Seen, TakenBack, Unsaved, touched};
pub use draft::{Draft, Passage};
pub use ease::Ease;
pub use keep::{Batch, Due, Jot, Keeper, Kept, is_own};
pub use line::{Line, Replicated};
pub use pace::Pace;
pub use refuse::{Refused, Refusing};

use super::{concept::Field, message::RejectCode, permit::Rights};
use crate::DocumentId;

/// A replacement in a text. Several in a row each count from what the one before left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// Where.
    pub at: usize,
    /// How much is removed.
    pub delete: usize,
    /// What stands there instead.
    pub insert: String,
}

/// Something typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// In which text.
    pub field: Field,
    /// What.
    pub splice: Splice,
}

/// What an editor of a field has to do to show what the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The text that changes.
    pub field: Field,
    /// How.
    pub splice: Splice,
}

/// Where the words of a person are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// All of them are stored on the server.
    Saved,
    /// Some are on their way.
    Saving,
    /// There is no connection; what is not stored is only here.
    Offline,
}

/// Why a replica cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplicaError {
    /// The document has not arrived yet, or is no concept.
    #[error("the document is not open")]
    NotOpen,
    /// The positions do not lie within the text, or cut a character in two: the editor shows something else.
    #[error("the positions do not fit the text")]
    Drift,
    /// The server's message cannot be read.
    #[error("the sync message cannot be read")]
    Malformed,
}

/// One concept's local state.
#[derive(Debug)]
pub struct Replica {
    line: Line<Vec<Typed>>,
    fields: Option<[ObjId; 3]>,
    rights: Rights,
    /// Cursors whose letter is known to be one of the text's.
    placed: Mutex<HashSet<(ObjId, Vec<u8>)>>,
}

/// How many cursors are remembered before they are looked at anew.
const PLACED: usize = 1_000;

impl Replica {
    /// A replica that has nothing yet. Every change it makes carries `actor`, which no other living replica uses.
    #[must_use]
    pub fn new(document: DocumentId, actor: &[u8]) -> Self {
        Self {
            line: Line::new(document, actor),
            fields: None,
            rights: Rights { edit: true, ..Rights::default() },
            placed: Mutex::default(),
        }
    }

    /// What the person may do from now on, as the server said.
    pub fn may(&mut self, rights: Rights) {
        self.rights = rights;
    }

    /// Whether the document has arrived and is a concept.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.fields.is_some()
    }

    /// A text, as an editor of it shows it. Empty before the document has arrived.
    #[must_use]
    pub fn text(&self, field: Field) -> String {
        self.fields.as_ref().and_then(|fields| self.line.doc.text(&fields[field as usize]).ok()).unwrap_or_default()
    }

    /// Something typed. It stays in the open transaction until [`commit`](Self::commit).
    ///
    /// # Errors
    /// When the document is not open, or the positions do not fit: then the editor must show [`text`](Self::text) again.
    pub fn splice(&mut self, field: Field, splice: &Splice) -> Result<(), ReplicaError> {
        let object = self.object(field)?;
        let before = self.line.doc.length(&object);
        let Some(kept) = splice.at.checked_add(splice.delete).and_then(|end| before.checked_sub(end)) else {
            return Err(ReplicaError::Drift);
        };
        let delete = isize::try_from(splice.delete).map_err(|_| ReplicaError::Drift)?;
        self.line.doc.splice_text(&object, splice.at, delete, &splice.insert).map_err(|_| ReplicaError::Drift)?;
        note(self.line.opened(), field, splice);
        let expected = splice.at + units(&splice.insert) + kept;
        if self.line.doc.length(&object) == expected { Ok(()) } else { Err(ReplicaError::Drift) }
    }

    /// Applies everything received. What was typed meanwhile becomes a change of its own first;
    /// [`Integrated::send`] carries it.
    ///
    /// # Errors
    /// When what was received cannot be applied; the connection should then begin anew.
    pub fn integrate(&mut self) -> Result<Integrated, ReplicaError> {
        let Some(chunks) = self.line.take_inbox() else {
            return Ok(Integrated::default());
        };
        let send = self.commit();
        let shown = Field::ALL.map(|field| (self.object(field).ok(), self.length(field)));
        self.line.doc.update_diff_cursor();
        let applied = self.line.doc.load_incremental(&chunks);
        let came = self.line.adopt_early();
        self.find_fields();
        let changed = self.line.doc.diff_incremental();
        self.line.heads = self.line.doc.get_heads();
        let mut patches = draft::text_patches(&changed, &self.fields);
        for (field, (object, length)) in Field::ALL.into_iter().zip(shown) {
            let delta = draft::delta(patches.iter().filter(|patch| patch.field == field).map(|patch| &patch.splice));
            let same = object.is_some() && object == self.object(field).ok();
            // A text that was replaced, or holds something that is no character: show it whole.
            if !same || length.checked_add_signed(delta) != Some(self.length(field)) {
                patches.retain(|patch| patch.field != field);
                let whole = Splice { at: 0, delete: length, insert: self.text(field) };
                if whole.delete > 0 || !whole.insert.is_empty() {
                    patches.push(Patch { field, splice: whole });
                }
            }
        }
        match applied {
            Ok(_) if self.line.doc.get_missing_deps(&[]).is_empty() => Ok(Integrated { patches, send, behind: came }),
            Ok(_) => Ok(Integrated { patches, send, behind: true }),
            Err(_) if patches.is_empty() && send.is_none() => Err(ReplicaError::Malformed),
            Err(_) => Ok(Integrated { patches, send, behind: true }),
        }
    }

    /// The words that are not stored on the server: to be kept where the tab cannot be trusted to live on.
    pub fn unsaved(&mut self) -> Draft {
        self.seal();
        let pending = mem::take(&mut self.line.pending);
        let words = self.words_of(&pending);
        self.line.pending = pending;
        words
    }

    /// Whether what a draft holds is in the document after all: it was stored, and only the word of it was lost.
    #[must_use]
    pub fn holds(&mut self, draft: &Draft) -> bool {
        !draft.changes.is_empty()
            && draft.changes.iter().all(|hash| self.line.doc.get_change_by_hash(&ChangeHash(*hash)).is_some())
    }

    /// How an editor would type the words of a draft again, where they belonged.
    #[must_use]
    pub fn put_back(&self, draft: &Draft) -> Vec<Patch> {
        draft.placed(|field, anchor| self.resolve_own(field, anchor), |field| self.text(field))
    }

    /// A place in a text that keeps its meaning while others write.
    #[must_use]
    pub fn cursor(&self, field: Field, at: usize) -> Option<Vec<u8>> {
        self.cursor_at(field, at, None)
    }

    /// Where a place is now that somebody else told; nowhere when it lies in words that have not arrived, or in no words of
    /// this text.
    #[must_use]
    pub fn resolve(&self, field: Field, cursor: &[u8]) -> Option<usize> {
        let (object, parsed) = (self.object(field).ok()?, parse(cursor)?);
        if matches!(parsed, Cursor::Op(_)) && !self.is_placed(&object, &parsed, cursor) {
            return None;
        }
        self.line.doc.get_cursor_position(&object, &parsed, None).ok()
    }

    /// Where a place of this text is now.
    fn resolve_own(&self, field: Field, cursor: &[u8]) -> Option<usize> {
        self.line.doc.get_cursor_position(self.object(field).ok()?, &parse(cursor)?, None).ok()
    }

    /// Whether the letter of a cursor is one of this text: where it is not, Automerge asserts in the newest state, and says
    /// so in a past one. A letter never leaves its text, so each cursor is looked at once.
    fn is_placed(&self, object: &ObjId, cursor: &Cursor, bytes: &[u8]) -> bool {
        let key = (object.clone(), bytes.to_vec());
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        if placed.contains(&key) {
            return true;
        }
        // A hash of nothing makes these heads a past state, however new they are.
        let past: Vec<_> = self.line.heads.iter().copied().chain([ChangeHash([0; 32])]).collect();
        let found = self.line.doc.get_cursor_position(object, cursor, Some(&past)).is_ok();
        if found {
            if placed.len() >= PLACED {
                placed.clear();
            }
            placed.insert(key);
        }
        found
    }

    fn cursor_at(&self, field: Field, at: usize, heads: Option<&[ChangeHash]>) -> Option<Vec<u8>> {
        let object = self.object(field).ok()?;
        let length =
            heads.map_or_else(|| self.line.doc.length(&object), |heads| self.line.doc.length_at(&object, heads));
        let position = if at >= length { CursorPosition::End } else { CursorPosition::Index(at) };
        self.line.doc.get_cursor(&object, position, heads).ok().map(|cursor| cursor.to_bytes())
    }

    fn object(&self, field: Field) -> Result<ObjId, ReplicaError> {
        self.fields.as_ref().map(|fields| fields[field as usize].clone()).ok_or(ReplicaError::NotOpen)
    }

    fn length(&self, field: Field) -> usize {
        self.object(field).map_or(0, |object| self.line.doc.length(object))
    }

    fn find_fields(&mut self) {
        let found: Result<Vec<_>, _> = Field::ALL.into_iter().map(|field| field.object(&self.line.doc)).collect();
        self.fields = found.ok().and_then(|found| found.try_into().ok());
    }
}

impl Replicated for Replica {
    type Made = Vec<Typed>;

    fn line(&self) -> &Line<Vec<Typed>> {
        &self.line
    }

    fn line_mut(&mut self) -> &mut Line<Vec<Typed>> {
        &mut self.line
    }

    /// What became a change says itself what it did.
    fn remembered(_: Vec<Typed>) -> Vec<Typed> {
        Vec::new()
    }

    fn do_again(&mut self, made: &Vec<Typed>) -> bool {
        self.find_fields();
        made.iter().all(|Typed { field, splice }| self.splice(*field, splice).is_ok())
    }

    fn words_of_made(made: &Vec<Typed>) -> Vec<String> {
        made.iter().map(|typed| typed.splice.insert.clone()).filter(|words| !words.trim().is_empty()).collect()
    }

    fn look_again(&mut self) {
        self.find_fields();
    }

    /// It is the same judgement as the server's.
    fn examine(&self, made: &Change) -> Result<(), (RejectCode, String)> {
        self.judge(made)
    }
}

/// What [`Replica::integrate`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integrated {
    /// What the editors have to do, one after the other.
    pub patches: Vec<Patch>,
    /// A sync message to send: what was typed meanwhile.
    pub send: Option<Vec<u8>>,
    /// Something is missing that the server did not send, or waits that was not said yet: say [`Replicated::hello`] again.
    pub behind: bool,
}

/// Adds to what was typed; what goes on where the last ended is one with it.
fn note(typed: &mut Vec<Typed>, field: Field, splice: &Splice) {
    if let Some(last) = typed.last_mut().filter(|last| last.field == field && splice.delete == 0)
        && last.splice.at + units(&last.splice.insert) == splice.at
    {
        last.splice.insert.push_str(&splice.insert);
    } else {
        typed.push(Typed { field, splice: splice.clone() });
    }
}

/// A cursor in the form in which it travels and is kept.
fn parse(cursor: &[u8]) -> Option<Cursor> {
    // The form has a version, a kind, an actor and a counter: never more.
    if cursor.first() != Some(&1) || cursor.len() > 64 {
        return None;
    }
    Cursor::try_from(cursor).ok()
}

/// How long a text is, in UTF-16 code units.
fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
