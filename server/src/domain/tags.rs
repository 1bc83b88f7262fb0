//! The tags of boards, and of their ideas.

use serde_json::json;
use shared::{
    BoardId, TagId,
    api::{AuditAct, BoardView, FieldCode, FieldProblem, IdeaView, PersonView, SetTag, SetTags, TagView},
    limits,
    rules::BoardAct,
    slug::slug,
};

use super::{Error, access, boards, fields, ideas, now, promise, signed};
use crate::store::{Db, StoreError, Tx, audit, tags};

/// Adds a tag to a board.
///
/// # Errors
/// When the board is unseen, the person may not, its name is not acceptable, or the board has too many.
pub async fn add(db: &Db, who: Option<&PersonView>, slug: &str, new: &SetTag) -> Result<BoardView, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let tag = TagView { id: TagId::new(), name: name(new)?, colour: new.colour };
    is_new(&mut tx, board.id, &tag).await?;
    tags::insert(&mut tx, board.id, &tag).await.map_err(taken)?;
    if tags::of_board(&mut tx, board.id).await?.len() > limits::TAGS {
        return Err(Error::field("name", FieldProblem::too_many(limits::TAGS)));
    }
    finish(tx, who, slug, board.id, AuditAct::AddTag, &tag).await
}

/// Gives a tag another name and colour.
///
/// # Errors
/// When the board is unseen or has no such tag, the person may not, or its name is not acceptable.
pub async fn edit(db: &Db, who: Option<&PersonView>, slug: &str, id: TagId, edit: &SetTag) -> Result<BoardView, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let tag = TagView { id, name: name(edit)?, colour: edit.colour };
    is_new(&mut tx, board.id, &tag).await?;
    if !tags::update(&mut tx, board.id, &tag).await.map_err(taken)? {
        return Err(Error::NotFound("tag"));
    }
    finish(tx, who, slug, board.id, AuditAct::EditTag, &tag).await
}

/// Removes a tag from a board and its ideas.
///
/// # Errors
/// When the board is unseen or has no such tag, or the person may not.
pub async fn remove(db: &Db, who: Option<&PersonView>, slug: &str, id: TagId) -> Result<BoardView, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let found = tags::of_board(&mut tx, board.id).await?.into_iter().find(|tag| tag.id == id);
    let tag = found.ok_or(Error::NotFound("tag"))?;
    tags::delete(&mut tx, board.id, id).await?;
    finish(tx, who, slug, board.id, AuditAct::RemoveTag, &tag).await
}

async fn finish(
    mut tx: Tx,
    who: Option<&PersonView>,
    slug: &str,
    board: BoardId,
    act: AuditAct,
    tag: &TagView,
) -> Result<BoardView, Error> {
    audit::add(&mut tx, signed(who)?.id, act, &format!("board:{board}"), &json!(tag)).await?;
    let after = boards::whole(&mut tx, who, slug).await?;
    tx.commit().await?;
    Ok(after)
}

/// Another tag of the board may not have the same name but for accents and capitals: nobody would know which to choose.
async fn is_new(tx: &mut Tx, board: BoardId, tag: &TagView) -> Result<(), Error> {
    let key = slug(&tag.name);
    let known = tags::of_board(tx, board).await?;
    let twin = known.iter().any(|other| other.id != tag.id && !key.is_empty() && slug(&other.name) == key);
    if twin { Err(is_taken()) } else { Ok(()) }
}

fn name(tag: &SetTag) -> Result<String, Error> {
    fields::line(&tag.name, limits::TAG).map_err(|problem| Error::field("name", problem))
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken(_) => is_taken(),
        other => other.into(),
    }
}

fn is_taken() -> Error {
    Error::field("name", FieldProblem::new(FieldCode::Taken, "is another tag's"))
}

/// These tags, each once, when the board has them and an idea may have so many.
pub(super) async fn chosen(tx: &mut Tx, board: BoardId, wanted: &[TagId]) -> Result<Vec<TagId>, Error> {
    let mut chosen = wanted.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.len() > limits::TAGS_OF_IDEA {
        return Err(Error::field("tags", FieldProblem::too_many(limits::TAGS_OF_IDEA)));
    }
    if chosen.is_empty() {
        return Ok(chosen);
    }
    let known = tags::of_board(tx, board).await?;
    if chosen.iter().all(|id| known.iter().any(|tag| tag.id == *id)) {
        Ok(chosen)
    } else {
        Err(Error::unknown_field("tags", "names a tag that the board does not have"))
    }
}

/// Sets the tags of an idea.
///
/// # Errors
/// When the idea is unseen, the person may not, or a tag is none of its board's.
pub async fn set(db: &Db, who: Option<&PersonView>, number: u32, wanted: &SetTags) -> Result<IdeaView, Error> {
    let mut tx = db.write().await?;
    let (place, standing) = access::idea_to_change(&mut tx, who, number, BoardAct::Tag).await?;
    let chosen = chosen(&mut tx, place.board, &wanted.tags).await?;
    tags::set(&mut tx, place.idea, &chosen).await?;
    promise::call(&mut tx, place.idea, signed(who)?.id, now()).await?;
    if !standing.proposer && !standing.coauthor {
        let detail = json!({ "tags": chosen });
        audit::add(&mut tx, signed(who)?.id, AuditAct::TagIdea, &format!("idea:{}", place.idea), &detail).await?;
    }
    let view = ideas::whole(&mut tx, who, number).await?;
    tx.commit().await?;
    Ok(view)
}
