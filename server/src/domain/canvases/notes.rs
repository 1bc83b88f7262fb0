//! What is done with the notes of a canvas: reacting to them, and making ideas of them.

use serde_json::json;
use shared::{
    DocumentId,
    api::{AuditAct, IdeaView, NoteReacted, NoticeKind, PersonView, Promoted, Reaction},
    canvas::Note,
    rules::{BoardAct, Refusal},
};

use super::{
    Canvases,
    view::{actor, promoted, sees},
    words,
};
use crate::{
    domain::{
        Error, access, first_posts,
        ideas::{self, Concept, Written},
        now, promise, signed,
    },
    store::{
        Db, StoreError, Tx, audit, canvases as rows,
        inbox::{self, Happening},
        log, notes, people, standing,
    },
};

/// A note that stands on the canvas of this document.
async fn find(canvases: &Canvases, document: DocumentId, note: &str) -> Result<Note, Error> {
    let reading = canvases.read(document).await?;
    reading.canvas.notes.get(note).cloned().ok_or(Error::NotFound("note"))
}

/// Reacts to a note, or takes the reaction back (`wanted` false). Answers what everyone is told when that changed anything.
///
/// # Errors
/// When the board is unseen, nobody is signed in, or no such note stands.
pub async fn react(
    db: &Db,
    canvases: &Canvases,
    who: Option<&PersonView>,
    (slug, note): (&str, &str),
    kind: Reaction,
    wanted: bool,
) -> Result<Option<NoteReacted>, Error> {
    let (board, _) = access::board(&mut db.read().await?, who, slug, BoardAct::Note).await?;
    find(canvases, board.canvas, note).await?;
    let mut tx = db.write().await?;
    access::board(&mut tx, who, slug, BoardAct::Note).await?;
    let on = (board.canvas, note);
    let changed = notes::react(&mut tx, on, signed(who)?.id, kind, wanted.then(now)).await?;
    let count = notes::count(&mut tx, on, kind).await?;
    tx.commit().await?;
    Ok(changed.then(|| NoteReacted { note: note.to_owned(), kind, count }))
}

/// What came of making an idea of a note.
#[derive(Clone, Debug)]
pub struct Made {
    /// The idea.
    pub idea: IdeaView,
    /// Whether it was made now, rather than before.
    pub new: bool,
    /// What everyone who sees the canvas may know of it: of one that waits for a moderator nothing.
    pub told: Option<Promoted>,
}

/// Makes an idea of a note, in the name of who made the note: its words are theirs, whoever asks, and whatever has become
/// of them since. A second time answers with the same idea.
///
/// # Errors
/// When the board is unseen, the person may not, no such note stands, it says nothing, or the idea it became is not there
/// for them.
pub async fn promote(
    db: &Db,
    canvases: &Canvases,
    who: Option<&PersonView>,
    slug: &str,
    id: &str,
) -> Result<Made, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Read).await?;
    drop(tx);
    let by = signed(who)?;
    let note = find(canvases, board.canvas, id).await?;
    let author = author(&mut db.read().await?, &note).await?;
    let own = author.id == by.id;
    let act = if own { BoardAct::Propose } else { BoardAct::Promote };
    access::board(&mut db.read().await?, who, slug, act).await?;
    // Made before the transaction: rendering must not keep other writers waiting.
    let concept = words::texts(&note.text).map(Concept::new);

    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, act).await?;
    rows::lock(&mut tx, board.id).await?;
    if let Some(before) = notes::promotion(&mut tx, board.canvas, id).await? {
        if !sees(&before, who) {
            return Err(Error::Conflict("this note became an idea before".into()));
        }
        return Ok(Made { idea: ideas::whole(&mut tx, who, before.number).await?, new: false, told: None });
    }
    let concept = concept.ok_or(Error::NoWords)?;
    let at = now();
    // Somebody of the company has looked at what others wrote.
    let away = if own { first_posts::hold(&mut tx, by, board.id).await? } else { None };
    let Written { id: idea, number, .. } = ideas::write(&mut tx, &board, &author, &concept, at).await?;
    if away.is_some() {
        standing::set_idea(&mut tx, idea, away).await?;
    }
    notes::promote(&mut tx, (board.canvas, id), idea, by.id, at).await?;
    if away.is_none() {
        promise::call(&mut tx, idea, by.id, at).await?;
    }
    if !own {
        let kind = NoticeKind::Promoted;
        let told = Happening { idea, kind, by: by.id, stage: None, comment: None, words: "", at };
        inbox::happen(&mut tx, &told).await?;
        let detail = json!({ "author": author.id, "note": id });
        audit::add(&mut tx, by.id, AuditAct::PromoteNote, &format!("idea:{idea}"), &detail).await?;
    }
    let made = notes::promotion(&mut tx, board.canvas, id).await?;
    let view = ideas::whole(&mut tx, who, number).await?;
    tx.commit().await?;
    Ok(Made { idea: view, new: true, told: made.filter(|made| made.away.is_none()).as_ref().map(promoted) })
}

/// Who made a note.
async fn author(tx: &mut Tx, note: &Note) -> Result<PersonView, Error> {
    let nobody = || StoreError::Corrupt(format!("a note of nobody: `{}`", note.maker));
    let actor = actor(&note.maker).ok_or_else(nobody)?;
    let owner = log::actor_owner(tx, actor.to_bytes()).await?.ok_or_else(nobody)?;
    Ok(people::person(tx, owner).await?.ok_or(Refusal::Unseen)?)
}
