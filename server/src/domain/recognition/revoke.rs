//! Taking back what was given, by an entry that says so and why.

use serde_json::json;
use shared::{
    PersonId, RecognitionId,
    api::{AuditAct, RecognitionKind, Revoke},
    calendar::month_of,
    rules::{Act, may},
};
use uuid::Uuid;

use super::{
    super::{Error, access::Signed, fields::Fields, now, suspension::whom_of},
    again_if_taken, key, words,
};
use crate::store::{
    Db, Tx, audit, idempotency, inbox, people,
    recognition::{self, Entry, NewEntry, badges, perks, told},
};

/// Takes back what an entry gave, and tells the person. Answers who they are.
///
/// # Errors
/// When the person asking may not, there is no such entry, it was taken back before, or its points were spent.
pub async fn revoke(db: &Db, signed: &Signed, id: RecognitionId, request: &Revoke) -> Result<PersonId, Error> {
    again_if_taken!(attempt(db, signed, id, request))
}

async fn attempt(db: &Db, signed: &Signed, id: RecognitionId, request: &Revoke) -> Result<PersonId, Error> {
    let mut tx = db.write().await?;
    let found = recognition::one(&mut tx, id).await?.filter(|entry| entry.kind != RecognitionKind::Revocation);
    let whom = match &found {
        Some(entry) => people::person(&mut tx, entry.person).await?,
        None => None,
    };
    let (Some(entry), Some(whom)) = (found, whom) else {
        // Who may not learns nothing of what there is.
        may(Act::Moderate, Some(signed.role()))?;
        return Err(Error::NotFound("recognition"));
    };
    may(Act::Recognise(whom_of(signed, &whom)), Some(signed.role()))?;
    let mut fields = Fields::default();
    let words = fields.check("words", words(&request.words)).unwrap_or_default();
    fields.done()?;
    if entry.revoked {
        return Err(Error::Revoked);
    }
    let by = signed.person.id;
    let act = recognition::Act {
        id: Uuid::now_v7(),
        by,
        key: key(None),
        request: idempotency::digest(["revoke", &id.to_string()]),
        at: now(),
    };
    recognition::begin(&mut tx, &act).await?;
    undo(&mut tx, &entry).await?;
    let revocation = NewEntry {
        kind: RecognitionKind::Revocation,
        person: entry.person,
        board: entry.board,
        idea: entry.idea,
        private: entry.private,
        points: -entry.points,
        badge: entry.badge,
        perk: entry.perk,
        revokes: Some(id),
        words: &words,
    };
    recognition::add(&mut tx, &act, &revocation).await?;
    told::add(&mut tx, act.id, entry.person, act.at).await?;
    inbox::recognised(&mut tx, act.id, entry.person, by, entry.idea, act.at).await?;
    let subject = entry.idea.map_or_else(|| format!("person:{}", entry.person), |idea| format!("idea:{idea}"));
    let detail = json!({ "person": entry.person, "entry": id });
    audit::add(&mut tx, by, AuditAct::Revoke, &subject, &detail).await?;
    tx.commit().await?;
    Ok(entry.person)
}

/// Lets what an entry did be undone, in the order in which it was done: the board's month, the points, the perk.
async fn undo(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    if let Some(board) = entry.board.filter(|_| entry.points > 0) {
        recognition::give_back(tx, board, month_of(entry.at), entry.points).await?;
    }
    if entry.points != 0 && !recognition::change_points(tx, entry.person, -entry.points).await? {
        return Err(Error::PointsSpent { left: recognition::points(tx, entry.person).await? });
    }
    if entry.kind == RecognitionKind::Badge {
        badges::take(tx, entry.id).await?;
    }
    if let Some(perk) = entry.perk {
        perks::put_back(tx, perk, entry.id).await?;
    }
    Ok(())
}
