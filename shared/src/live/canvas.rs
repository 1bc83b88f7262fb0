//! The canvas document: `{schema: 1, cards, notes, groups}`. What each holds is in [`super::schema`].

use automerge::{
    ActorId, AutoCommit, AutomergeError, Change, ObjType, ROOT,
    transaction::{CommitOptions, Transactable},
};

use super::{
    concept::{ENCODING, SCHEMA},
    schema::ItemKind,
};

/// The first change of a canvas, made by `actor` at `time` (seconds since 1970).
///
/// # Errors
/// Those of Automerge; none is expected.
pub fn first_change(actor: ActorId, time: i64) -> Result<Change, AutomergeError> {
    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
    doc.put(ROOT, "schema", SCHEMA)?;
    for kind in ItemKind::ALL {
        doc.put_object(ROOT, kind.key(), ObjType::Map)?;
    }
    doc.commit_with(CommitOptions::default().with_time(time));
    doc.get_last_local_change().ok_or(AutomergeError::Fail)
}
