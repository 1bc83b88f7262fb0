//! Who answers the ideas of a board, or those of one of its tags: they are told of each.

use serde_json::json;
use shared::{
    TagId,
    api::{AnswererView, AuditAct, FieldCode, FieldProblem, PersonView, SetAnswerer},
    limits,
    rules::{BoardAct, Standing, may_on_board},
};

use super::{Error, access, members::person, now, signed};
use crate::store::{Db, Tx, answerers, audit, boards as rows, boards::Board, tags};

/// Who answers the ideas of a board.
///
/// # Errors
/// When the board is unseen, or the person may not know.
pub async fn list(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<Vec<AnswererView>, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::StaffNote).await?;
    Ok(answerers::of_board(&mut tx, board.id).await?)
}

/// Names somebody to answer the ideas of a board, or those of one of its tags.
///
/// # Errors
/// When the board is unseen, the person may not, nobody has the handle, or who has it may not answer there.
pub async fn set(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    handle: &str,
    wanted: &SetAnswerer,
) -> Result<Vec<AnswererView>, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let named = person(&mut tx, handle).await?;
    if !answers(&mut tx, &named, slug).await? {
        let message = "may not answer on this board";
        return Err(Error::field("handle", FieldProblem::new(FieldCode::Wrong, message)));
    }
    if let Some(tag) = wanted.tag {
        is_tag(&mut tx, &board, tag).await?;
    }
    answerers::set(&mut tx, board.id, named.id, wanted.tag, wanted.reserve, now()).await?;
    let after = answerers::of_board(&mut tx, board.id).await?;
    if after.len() > limits::ANSWERERS {
        return Err(Error::field("handle", FieldProblem::too_many(limits::ANSWERERS)));
    }
    let detail = json!({ "person": named.id, "tag": wanted.tag, "reserve": wanted.reserve });
    audit::add(&mut tx, signed(who)?.id, AuditAct::AddAnswerer, &format!("board:{}", board.id), &detail).await?;
    tx.commit().await?;
    Ok(after)
}

/// Lets somebody no longer answer the ideas of a board, or those of one of its tags. A second time changes nothing.
///
/// # Errors
/// When the board is unseen, the person may not, or nobody has the handle.
pub async fn remove(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    handle: &str,
    tag: Option<TagId>,
) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let named = person(&mut tx, handle).await?;
    if answerers::remove(&mut tx, board.id, named.id, tag).await? {
        let detail = json!({ "person": named.id, "tag": tag });
        audit::add(&mut tx, signed(who)?.id, AuditAct::RemoveAnswerer, &format!("board:{}", board.id), &detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether somebody may answer on a board.
async fn answers(tx: &mut Tx, person: &PersonView, slug: &str) -> Result<bool, Error> {
    let board = rows::by_slug(tx, Some(person.id), slug).await?;
    let standing = |board: &Board| Standing { role: Some(person.role), member: board.member, ..Standing::default() };
    Ok(board.is_some_and(|board| may_on_board(BoardAct::Answer, standing(&board), board.rules).is_ok()))
}

async fn is_tag(tx: &mut Tx, board: &Board, tag: TagId) -> Result<(), Error> {
    if tags::of_board(tx, board.id).await?.iter().any(|known| known.id == tag) {
        Ok(())
    } else {
        Err(Error::unknown_field("tag", "is no tag of the board"))
    }
}
