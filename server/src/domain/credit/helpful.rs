//! What people said that helped, as those who work on the idea say.

use shared::{
    CommentId,
    api::{Contributions, PersonView},
    rules::{BoardAct, Refusal},
};

use super::shares;
use crate::{
    domain::{
        Error,
        comments::{self, News},
        now, signed,
    },
    store::{Db, credit},
};

/// Says that a comment or question helped, and who shaped the idea now. A second time changes nothing.
///
/// # Errors
/// When it is unseen, gone or away, the person may not or wrote it themself, or it speaks for the company.
pub async fn mark(db: &Db, who: Option<&PersonView>, id: CommentId) -> Result<(News, Contributions), Error> {
    set(db, who, id, true).await
}

/// Takes that back. A second time changes nothing.
///
/// # Errors
/// As [`mark`].
pub async fn unmark(db: &Db, who: Option<&PersonView>, id: CommentId) -> Result<(News, Contributions), Error> {
    set(db, who, id, false).await
}

async fn set(db: &Db, who: Option<&PersonView>, id: CommentId, helped: bool) -> Result<(News, Contributions), Error> {
    let mut tx = db.write().await?;
    let (comment, place) = comments::find_standing(&mut tx, who, id, BoardAct::MarkHelpful).await?;
    let who = signed(who)?;
    if comment.author.id == who.id {
        return Err(Refusal::Oneself.into());
    }
    if !comment.kind.may_help() {
        return Err(Error::Conflict("this is said in the company's name, or to its people".to_owned()));
    }
    if helped {
        credit::mark_helpful(&mut tx, id, who.id, now()).await?;
    } else {
        credit::unmark_helpful(&mut tx, id, who.id).await?;
    }
    let shares = shares(&mut tx, place.idea).await?;
    let news = comments::news_of(&mut tx, place.number, &comment).await?;
    tx.commit().await?;
    Ok((news, shares))
}
