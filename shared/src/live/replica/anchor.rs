//! Passages that comments are about, between two letters.

use std::ops::Range;

use automerge::{Cursor, CursorPosition, ObjId, ReadDoc as _};

use super::Replica;
use crate::{api::LetterId, live::concept::Field};

/// Units of what one operation adds, at most, that a passage may end with.
const WIDEST: usize = 64;

impl Replica {
    /// The first and the last letter of what stands between two places of a text; nothing when nothing does.
    #[must_use]
    pub fn ends(&self, field: Field, range: Range<usize>) -> Option<(LetterId, LetterId)> {
        let object = self.object(field).ok()?;
        if range.is_empty() || range.end > self.line.doc.length(&object) {
            return None;
        }
        Some((self.letter_at(&object, range.start)?, self.letter_at(&object, range.end - 1)?))
    }

    /// A range of a text without the white space at its ends: a paragraph that is chosen whole ends with its last letter.
    #[must_use]
    pub fn without_margins(&self, field: Field, range: Range<usize>) -> Range<usize> {
        let text: Vec<u16> = self.text(field).encode_utf16().collect();
        let Some(chosen) = text.get(range.clone()) else { return range };
        let is_space = |unit: &u16| char::from_u32(u32::from(*unit)).is_some_and(char::is_whitespace);
        let before = chosen.iter().take_while(|unit| is_space(unit)).count();
        let behind = chosen[before..].iter().rev().take_while(|unit| is_space(unit)).count();
        range.start + before..range.end - behind
    }

    /// Where what stands between two letters of a text is now, they included: nowhere while they have not arrived, and of
    /// no length once nothing is left of it.
    #[must_use]
    pub fn range(&self, field: Field, first: &LetterId, last: &LetterId) -> Option<Range<usize>> {
        let object = self.object(field).ok()?;
        let position = |letter: &LetterId| {
            let cursor = Cursor::try_from(letter.to_string()).ok()?;
            self.line.doc.get_cursor_position(&object, &cursor, None).ok()
        };
        let (start, mut end) = (position(first)?, position(last)?);
        // A letter that is gone has the place of what stood behind it.
        for _ in 0..WIDEST {
            if self.letter_at(&object, end).as_ref() != Some(last) {
                break;
            }
            end += 1;
        }
        Some(start..end.max(start))
    }

    fn letter_at(&self, object: &ObjId, at: usize) -> Option<LetterId> {
        self.line.doc.get_cursor(object, CursorPosition::Index(at), None).ok()?.to_string().parse().ok()
    }
}
