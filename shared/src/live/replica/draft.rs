//! Words that could not be stored, and where they belonged.

use automerge::{ObjId, Patch as DocPatch, PatchAction};
use serde::{Deserialize, Serialize};

use super::{Field, Patch, Splice, units};

/// Words a person wrote that are not in the document, kept for them to see, copy, put back or discard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// In reading order.
    pub passages: Vec<Passage>,
    /// The hashes of the changes that would have stored them.
    pub changes: Vec<[u8; 32]>,
}

/// One place where something was written or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The text it belongs to.
    pub field: Field,
    /// The place, as [`Replica::cursor`](super::Replica::cursor) makes it.
    pub anchor: Vec<u8>,
    /// What stood there.
    pub removed: String,
    /// What was written instead.
    pub inserted: String,
}

impl Draft {
    /// Words of which is not known any more where they stood: they go to the end of the body.
    #[must_use]
    pub fn of_words(words: Vec<String>) -> Self {
        let passage = |inserted| Passage { field: Field::Body, anchor: Vec::new(), removed: String::new(), inserted };
        Self { passages: words.into_iter().map(passage).collect(), changes: Vec::new() }
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    /// The words written in a text, passage by passage.
    pub fn words(&self, field: Field) -> impl Iterator<Item = &str> {
        let of_field = self.passages.iter().filter(move |passage| passage.field == field);
        of_field.map(|passage| passage.inserted.as_str()).filter(|words| !words.is_empty())
    }

    /// The splices that write the passages again, from the last to the first, so that none moves another.
    pub(super) fn placed(
        &self,
        resolve: impl Fn(Field, &[u8]) -> Option<usize>,
        text: impl Fn(Field) -> String,
    ) -> Vec<Patch> {
        let mut patches = Vec::new();
        for field in Field::ALL {
            let text = text(field);
            let of_field = self.passages.iter().filter(|passage| passage.field == field);
            let mut places: Vec<_> = of_field
                .map(|passage| {
                    let at = resolve(field, &passage.anchor).unwrap_or_else(|| units(&text));
                    let untouched = text[bytes(&text, at)..].starts_with(&passage.removed);
                    let delete = if untouched { units(&passage.removed) } else { 0 };
                    Splice { at, delete, insert: passage.inserted.clone() }
                })
                .collect();
            places.sort_by_key(|place| place.at);
            // Passages whose places have run together must not delete each other's surroundings.
            for next in 1..places.len() {
                if places[next - 1].at + places[next - 1].delete > places[next].at {
                    places[next - 1].delete = 0;
                }
            }
            patches.extend(places.into_iter().rev().map(|splice| Patch { field, splice }));
        }
        patches
    }
}

/// What these patches did to the texts they started from.
pub(super) fn passages(
    patches: &[Patch],
    before: impl Fn(Field) -> Option<String>,
    anchor: impl Fn(Field, usize) -> Option<Vec<u8>>,
) -> Vec<Passage> {
    let mut passages = Vec::new();
    for field in Field::ALL {
        let Some(text) = before(field) else { continue };
        let splices = patches.iter().filter(|patch| patch.field == field).map(|patch| &patch.splice);
        for hunk in hunks(units(&text), splices) {
            let range = bytes(&text, hunk.at)..bytes(&text, hunk.at + hunk.delete);
            let anchor = anchor(field, hunk.at).unwrap_or_default();
            passages.push(Passage { field, anchor, removed: text[range].to_owned(), inserted: hunk.insert });
        }
    }
    passages
}

/// The text edits among a document's patches.
pub(super) fn text_patches(changed: &[DocPatch], fields: &Option<[ObjId; 3]>) -> Vec<Patch> {
    let Some(fields) = fields else { return Vec::new() };
    let edits = changed.iter().filter_map(|patch| {
        let field = Field::ALL.into_iter().find(|field| fields[*field as usize] == patch.obj)?;
        let splice = match &patch.action {
            PatchAction::SpliceText { index, value, .. } => {
                Splice { at: *index, delete: 0, insert: value.make_string() }
            }
            PatchAction::DeleteSeq { index, length } => Splice { at: *index, delete: *length, insert: String::new() },
            _ => return None,
        };
        Some(Patch { field, splice })
    });
    edits.collect()
}

/// By how much splices make a text longer.
pub(super) fn delta<'a>(splices: impl Iterator<Item = &'a Splice>) -> isize {
    splices.map(|splice| units(&splice.insert).cast_signed() - splice.delete.cast_signed()).sum()
}

/// The splice that does to `now` what makes `mine` of `base`; both were made of `base` at the same time. Nothing of what
/// `now` has besides is removed.
pub(super) fn rebase(base: &str, mine: &str, now: &str) -> Option<Splice> {
    let own = difference(base, mine)?;
    let Some(theirs) = difference(base, now) else { return Some(own) };
    let (own_end, their_end) = (own.at + own.delete, theirs.at + theirs.delete);
    let after = |at: usize| at - theirs.delete + units(&theirs.insert);
    let (at, delete) = if own_end <= theirs.at {
        (own.at, own.delete)
    } else if own.at >= their_end {
        (after(own.at), own.delete)
    } else if own.at < theirs.at {
        (own.at, theirs.at - own.at)
    } else {
        (after(their_end), own_end.saturating_sub(their_end))
    };
    Some(Splice { at, delete, insert: own.insert })
}

/// The one splice that makes `after` of `before`.
pub(super) fn difference(before: &str, after: &str) -> Option<Splice> {
    if before == after {
        return None;
    }
    let head: usize = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (&before[head..], &after[head..]);
    let tail: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    Some(Splice {
        at: units(&before[..head]),
        delete: units(&old[..old.len() - tail]),
        insert: new[..new.len() - tail].to_owned(),
    })
}

/// What splices did to a text of this length, each place once and counted in that text.
fn hunks<'a>(length: usize, splices: impl Iterator<Item = &'a Splice>) -> Vec<Splice> {
    // Each unit with where it came from.
    let mut now: Vec<(u16, Option<usize>)> = (0..length).map(|at| (0, Some(at))).collect();
    for splice in splices {
        let range = splice.at.min(now.len())..(splice.at + splice.delete).min(now.len());
        now.splice(range, splice.insert.encode_utf16().map(|unit| (unit, None)));
    }
    let mut hunks = Vec::new();
    let (mut passed, mut written) = (0, Vec::new());
    for (unit, origin) in now.into_iter().chain([(0, Some(length))]) {
        let Some(at) = origin else {
            written.push(unit);
            continue;
        };
        if at > passed || !written.is_empty() {
            let insert = String::from_utf16_lossy(&std::mem::take(&mut written));
            hunks.push(Splice { at: passed, delete: at - passed, insert });
        }
        passed = at + 1;
    }
    hunks
}

/// The byte at which so many UTF-16 code units are over; the end, when there are fewer.
fn bytes(text: &str, at: usize) -> usize {
    let mut passed = 0;
    let over = text.char_indices().find(|(_, c)| {
        let over = passed >= at;
        passed += c.len_utf16();
        over
    });
    over.map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::units, bytes, rebase};

    fn spliced(base: &str, mine: &str, now: &str) -> String {
        let Some(splice) = rebase(base, mine, now) else { return now.to_owned() };
        let (from, to) = (bytes(now, splice.at), bytes(now, splice.at + splice.delete));
        format!("{}{}{}", &now[..from], splice.insert, &now[to..])
    }

    #[test]
    fn what_two_wrote_at_the_same_time_stands() {
        for (base, mine, now, both) in [
            ("Du pain", "Du bon pain", "Du pain frais", "Du bon pain frais"),
            ("Du pain", "Du pain frais", "Tout Du pain", "Tout Du pain frais"),
            ("Du pain", "Du pain", "Du pain noir", "Du pain noir"),
            ("Du pain noir", "Du noir", "Du pain très noir", "Du très noir"),
            ("Du pain noir", "Du", "Du pain 🥖 noir", "Du🥖 noir"),
            ("abc", "", "aXc", "Xc"),
        ] {
            assert_eq!(spliced(base, mine, now), both, "{base} {mine} {now}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_came_meanwhile_goes(base in "[ab]{0,6}", mine in "[ab1-3]{0,6}", now in "[abx-z]{0,6}") {
            let both = spliced(&base, &mine, &now);
            let count = |text: &str, of: &str| text.chars().filter(|c| of.contains(*c)).count();
            prop_assert_eq!(count(&both, "xyz"), count(&now, "xyz"));
            prop_assert_eq!(count(&both, "123"), count(&mine, "123"));
            if let Some(splice) = rebase(&base, &mine, &now) {
                prop_assert!(splice.at + splice.delete <= units(&now));
            }
        }
    }
}
