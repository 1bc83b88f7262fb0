//! What somebody wrote in documents that belong to several: what stands of it, and each of their changes.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use shared::{DocumentId, PersonId, live::concept::Field};

use super::{
    letters::{Deed, Letter, Letters},
    rewrite::read_all,
    room::{in_background, with_change},
};
use crate::store::{Db, StoreError, erasure::documents::Of, exports::parts::moment, segment::Entry};

/// What somebody wrote in a document, and of which idea it is the concept; nothing where they wrote none of it, and of
/// canvases nothing: what lies on them is told by what it is.
///
/// # Errors
/// When the database fails, or the log cannot be read.
pub async fn written(db: &Db, document: DocumentId, person: PersonId) -> Result<Option<(u32, Value)>, StoreError> {
    let (of, entries) = read_all(&mut db.read().await?, document).await?;
    let Some(Of::Concept(_, number)) = of else { return Ok(None) };
    let said = in_background(move || said(&entries, person)).await??;
    Ok(said.map(|said| (number, said)))
}

fn said(entries: &[Entry], person: PersonId) -> Result<Option<Value>, StoreError> {
    let mut letters = Letters::default();
    let mut own = HashSet::new();
    let mut changes = Vec::new();
    for entry in entries {
        let theirs = entry.person == person;
        let mut added: [String; 3] = Default::default();
        let mut removed = [0_u64; 3];
        with_change(&entry.bytes, |change| {
            letters.follow(change, |field, deed| match deed {
                Deed::Adds { letter, word, .. } if theirs => {
                    own.insert(letter);
                    added[field as usize].push_str(word);
                }
                Deed::Removes { .. } if theirs => removed[field as usize] += 1,
                _ => {}
            })
        })
        .and_then(Result::ok)
        .ok_or_else(|| StoreError::Corrupt("a change that cannot be applied".into()))?;
        for field in Field::ALL {
            let (added, removed) = (&added[field as usize], removed[field as usize]);
            if !added.is_empty() || removed > 0 {
                let at = moment(entry.stored_at);
                changes.push(json!({ "at": at, "field": field.key(), "added": added, "removed": removed }));
            }
        }
    }
    if changes.is_empty() {
        return Ok(None);
    }
    let mut standing = Map::new();
    for field in Field::ALL {
        let text = passages(&letters, field, |id| own.contains(id));
        standing.insert(field.key().to_owned(), json!(text));
    }
    Ok(Some(json!({ "standing": standing, "changes": changes })))
}

/// What stands of somebody in a text: a passage a line, parted where others wrote between.
fn passages(letters: &Letters, field: Field, own: impl Fn(&super::letters::Id) -> bool) -> String {
    let mut text = String::new();
    let mut others = false;
    for (id, letter) in letters.all(field) {
        let Some(letter) = letter else { continue };
        if !own(&id) {
            others = true;
            continue;
        }
        if std::mem::take(&mut others) && !text.is_empty() {
            text.push_str("\n…\n");
        }
        match letter {
            Letter::Char(letter) => text.push(letter),
            Letter::Word(word) => text.push_str(word),
        }
    }
    text
}
