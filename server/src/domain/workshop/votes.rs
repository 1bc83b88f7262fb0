//! Dot votes. While one is on nobody learns more than their own dots and how many people set some; of an anonymous one,
//! nobody ever does.

use serde_json::json;
use shared::{
    BoardId, DotVoteId,
    api::{AuditAct, DotVoteView, Dots, FieldCode, FieldProblem, NewDotVote, PersonView},
    canvas::{ItemKind, ItemRef},
    limits,
    rules::BoardAct,
};

use super::seconds;
use crate::{
    domain::{
        Error, access,
        canvases::Canvases,
        fields::{self, Fields},
        now, signed,
    },
    store::{
        Db, StoreError, Tx, audit,
        boards::Board,
        canvases,
        dots::{self, DotVote},
    },
};

pub(super) async fn current(
    tx: &mut Tx,
    who: Option<&PersonView>,
    board: BoardId,
) -> Result<Option<DotVoteView>, StoreError> {
    match dots::current(tx, board).await? {
        Some(vote) => Ok(Some(shown(tx, who, vote).await?)),
        None => Ok(None),
    }
}

/// A vote as somebody sees it.
async fn shown(tx: &mut Tx, who: Option<&PersonView>, vote: DotVote) -> Result<DotVoteView, StoreError> {
    let mine = match who {
        Some(who) => dots::of_person(tx, vote.id, who.id).await?,
        None => Vec::new(),
    };
    let voters = match vote.voters {
        Some(voters) => voters,
        None => dots::voters(tx, vote.id).await?,
    };
    let results = if vote.ended_at.is_some() { dots::results(tx, vote.id).await? } else { Vec::new() };
    let DotVote { id, question, dots, one_each, anonymous, by, started_at, ends_at, ended_at, .. } = vote;
    Ok(DotVoteView {
        id,
        question,
        dots,
        one_each,
        anonymous,
        by,
        started_at,
        ends_at,
        ended_at,
        mine,
        voters,
        results,
    })
}

/// The board of this slug for somebody who leads workshops there; nobody else changes its votes until the transaction ends.
/// A vote that is over by its time has ended then.
async fn lead(tx: &mut Tx, who: Option<&PersonView>, slug: &str, act: BoardAct) -> Result<Board, Error> {
    let (board, _) = access::board(tx, who, slug, act).await?;
    canvases::lock(tx, board.id).await?;
    end_in_time(tx, board.id).await?;
    Ok(board)
}

/// Ends the vote of a board if its time is over; false when it is not.
async fn end_in_time(tx: &mut Tx, board: BoardId) -> Result<bool, StoreError> {
    let Some(vote) = dots::current(tx, board).await? else { return Ok(false) };
    match vote.ends_at {
        Some(at) if vote.ended_at.is_none() && !vote.is_on(now()) => dots::end(tx, &vote, at).await,
        _ => Ok(false),
    }
}

/// Ends every vote whose time is over, and says on which boards, by the words in their addresses.
///
/// # Errors
/// When the database fails.
pub async fn end_due(db: &Db) -> Result<Vec<String>, StoreError> {
    let due = dots::due(&mut db.read().await?, now()).await?;
    let mut ended = Vec::new();
    for (board, slug) in due {
        let mut tx = db.write().await?;
        canvases::lock(&mut tx, board).await?;
        if end_in_time(&mut tx, board).await? {
            tx.commit().await?;
            ended.push(slug);
        }
    }
    Ok(ended)
}

/// Begins a dot vote on a board's canvas.
///
/// # Errors
/// When the board is unseen, the person may not, a field is not acceptable, or a vote is on.
pub async fn begin(db: &Db, who: Option<&PersonView>, slug: &str, new: &NewDotVote) -> Result<DotVoteView, Error> {
    let mut tx = db.write().await?;
    let board = lead(&mut tx, who, slug, BoardAct::Facilitate).await?;
    let by = signed(who)?.clone();
    let mut problems = Fields::default();
    let question = problems.check("question", fields::optional_line(&new.question, limits::QUESTION));
    let dots = problems.check("dots", fields::number(new.dots, 1, limits::DOTS));
    let time = new.seconds.and_then(|time| problems.check("seconds", seconds(time)));
    problems.done()?;
    if dots::current(&mut tx, board.id).await?.is_some_and(|vote| vote.ended_at.is_none()) {
        return Err(Error::VoteOn);
    }
    let started_at = now();
    let vote = DotVote {
        id: DotVoteId::new(),
        question: question.unwrap_or_default(),
        dots: dots.unwrap_or_default(),
        one_each: new.one_each,
        anonymous: new.anonymous,
        started_at,
        ends_at: time.map(|seconds| started_at + i64::from(seconds) * 1000),
        ended_at: None,
        voters: None,
        by,
    };
    dots::insert(&mut tx, board.id, &vote).await?;
    record(&mut tx, &vote.by, AuditAct::BeginVote, &board, vote.id).await?;
    let made = shown(&mut tx, who, vote).await?;
    tx.commit().await?;
    Ok(made)
}

async fn record(tx: &mut Tx, by: &PersonView, act: AuditAct, board: &Board, vote: DotVoteId) -> Result<(), StoreError> {
    audit::add(tx, by.id, act, &format!("board:{}", board.id), &json!({ "vote": vote })).await
}

/// The thing that dots can lie on, by these words.
fn item(words: &str) -> Result<ItemRef, Error> {
    let item = words.parse::<ItemRef>().ok().filter(|item| matches!(item.kind, ItemKind::Note | ItemKind::Card));
    item.ok_or_else(|| Error::unknown_field("item", "is neither `notes/ID` nor `cards/ID`"))
}

/// Sets how many of a person's dots lie on a note or a card; 0 takes them away, also from what is gone. Answers with the
/// vote, and whether other people set dots now than before.
///
/// # Errors
/// When the board is unseen, nobody is signed in, there is no such vote or thing, the vote has ended, or the person has
/// fewer dots left.
pub async fn set_dots(
    db: &Db,
    all: &Canvases,
    who: Option<&PersonView>,
    (slug, id): (&str, DotVoteId),
    wanted: &Dots,
) -> Result<(DotVoteView, bool), Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Note).await?;
    drop(tx);
    let item = item(&wanted.item)?;
    let stands = all.read(board.canvas).await?.canvas.has(&item);
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Note).await?;
    let by = signed(who)?;
    canvases::lock(&mut tx, board.id).await?;
    let vote = dots::one(&mut tx, board.id, id).await?.ok_or(Error::NotFound("dot vote"))?;
    if !vote.is_on(now()) {
        return Err(Error::VoteEnded);
    }
    if !stands && wanted.dots > 0 {
        return Err(Error::unknown_field("item", "does not lie on this canvas"));
    }
    let most = if vote.one_each { 1 } else { vote.dots };
    if wanted.dots > most {
        let problem = FieldProblem::limited(FieldCode::Unknown, most, format!("must be 0 to {most}"));
        return Err(Error::field("dots", problem));
    }
    let wanted = Dots { item: item.to_string(), dots: wanted.dots };
    let elsewhere = dots::of_person(&mut tx, id, by.id).await?.into_iter().filter(|set| set.item != wanted.item);
    let elsewhere: u32 = elsewhere.map(|set| set.dots).sum();
    if wanted.dots > 0 && elsewhere + wanted.dots > vote.dots {
        return Err(Error::NoDotsLeft);
    }
    let before = dots::voters(&mut tx, id).await?;
    dots::set(&mut tx, id, by.id, &wanted).await?;
    let after = shown(&mut tx, who, vote).await?;
    tx.commit().await?;
    let others = before != after.voters;
    Ok((after, others))
}

/// Ends a dot vote. A second time changes nothing.
///
/// # Errors
/// When the board is unseen, the person may not, or there is no such vote.
pub async fn end(db: &Db, who: Option<&PersonView>, slug: &str, id: DotVoteId) -> Result<DotVoteView, Error> {
    let mut tx = db.write().await?;
    let board = lead(&mut tx, who, slug, BoardAct::Facilitate).await?;
    let unknown = || Error::NotFound("dot vote");
    let vote = dots::one(&mut tx, board.id, id).await?.ok_or_else(unknown)?;
    if dots::end(&mut tx, &vote, now()).await? {
        record(&mut tx, signed(who)?, AuditAct::EndVote, &board, id).await?;
    }
    let ended = dots::one(&mut tx, board.id, id).await?.ok_or_else(unknown)?;
    let ended = shown(&mut tx, who, ended).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Puts a dot vote that ended away, with what came of it.
///
/// # Errors
/// When the board is unseen, the person may not, there is no such vote, or it is on.
pub async fn clear(db: &Db, who: Option<&PersonView>, slug: &str, id: DotVoteId) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let board = lead(&mut tx, who, slug, BoardAct::Facilitate).await?;
    let vote = dots::one(&mut tx, board.id, id).await?.ok_or(Error::NotFound("dot vote"))?;
    if vote.ended_at.is_none() {
        return Err(Error::VoteOn);
    }
    dots::clear(&mut tx, id, now()).await?;
    record(&mut tx, signed(who)?, AuditAct::ClearVote, &board, id).await?;
    Ok(tx.commit().await?)
}
