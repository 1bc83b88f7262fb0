//! The discussion of an idea: comments, the company's answers, and the notes that only its people see.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use shared::{
    CommentId, DocumentId, IdeaId, PersonId,
    api::{
        AuditAct, CommentKind, CommentVersion, CommentView, Deleter, EditComment, FieldCode, FieldProblem, IdeaFacts,
        Millis, NewComment, NoticeKind, PersonView, Reaction, Subject, Thread,
    },
    limits,
    rules::{Away, BoardAct, BoardRules, Refusal, Standing, may_on_board, sees_away},
};

use super::{
    Error, access, fields, first_posts, ideas, markdown, now, now_after, passages::NewAnchor, pictures, promise, signed,
};
use crate::store::{
    Db, StoreError, Tx, anchors, audit,
    comments::{self, Eye, Text},
    decisions, follow,
    ideas::{self as rows, InBoard},
    idempotency::{self, Remembered},
    inbox::{self, Happening},
    people, reports, votes,
};

pub use crate::store::comments::Place;

/// How many people one comment may mention; further ones stay plain text.
const MENTIONS: usize = 20;
/// How many people are offered to be mentioned.
const MEANT: u32 = 6;
/// How many earlier texts of a comment are shown.
const VERSIONS: u32 = 50;

/// What is told after something changed in a discussion.
#[derive(Clone, Debug)]
pub struct News {
    /// The number of the idea.
    pub number: u32,
    /// What everyone may know of the idea since then; nothing where it was a note, which not everyone may know of.
    pub facts: Option<IdeaFacts>,
}

/// The act that saying something in this voice is.
fn act(kind: CommentKind) -> BoardAct {
    match kind {
        CommentKind::Comment => BoardAct::Comment,
        CommentKind::Answer | CommentKind::Question => BoardAct::Answer,
        CommentKind::Note => BoardAct::StaffNote,
    }
}

/// How somebody looks at a discussion.
pub(super) fn eye(who: Option<&PersonView>, standing: Standing, rules: BoardRules) -> Eye {
    let may = |act| may_on_board(act, standing, rules).is_ok();
    Eye { person: who.map(|who| who.id), notes: may(BoardAct::StaffNote), away: may(BoardAct::Hush) }
}

/// Says what the person asking may do with a comment.
fn permit(comment: &mut CommentView, who: Option<&PersonView>, standing: Standing, rules: BoardRules) {
    let may = |act| may_on_board(act, standing, rules).is_ok();
    let stands = comment.deleted_at.is_none();
    let own = who.is_some_and(|who| who.id == comment.author.id);
    comment.may_edit = stands && own && may(act(comment.kind));
    comment.may_thank =
        stands && comment.away.is_none() && comment.kind.may_help() && !own && may(BoardAct::MarkHelpful);
    comment.may_delete = stands && ((own && may(BoardAct::Comment)) || may(BoardAct::Hush));
}

/// Says why a comment is hidden, to who sees it; to others only that replies stand under something that a moderator took
/// away.
async fn explain(
    tx: &mut Tx,
    comment: &mut CommentView,
    who: Option<&PersonView>,
    standing: Standing,
) -> Result<(), StoreError> {
    let Some(away) = comment.away else { return Ok(()) };
    if sees_away(away, who.is_some_and(|who| who.id == comment.author.id), standing.role) {
        if away == Away::Hidden {
            comment.because = decisions::because(tx, Subject::Comment(comment.id)).await?;
        }
        return Ok(());
    }
    comment.body.clear();
    comment.body_html.clear();
    comment.reactions.clear();
    (comment.helpful, comment.helped_me) = (false, false);
    comment.away = None;
    comment.deleted_at = Some(comment.created_at);
    comment.deleted_by = Some(Deleter::Moderator);
    Ok(())
}

/// At most `limit` threads about an idea from a place on: the company's answers first, then the others, the oldest first.
///
/// # Errors
/// When the idea is unseen or unknown.
pub async fn list(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    from: Place,
    limit: u32,
) -> Result<Vec<Thread>, Error> {
    let mut tx = db.read().await?;
    let (place, standing) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let eye = eye(who, standing, place.rules);
    let mut threads = comments::threads(&mut tx, place.idea, eye, from, limit).await?;
    for thread in &mut threads {
        for comment in std::iter::once(&mut thread.comment).chain(&mut thread.replies) {
            explain(&mut tx, comment, who, standing).await?;
            permit(comment, who, standing, place.rules);
        }
    }
    Ok(threads)
}

/// A comment that the person asking sees and may do `act` with, where it stands, and what they are there.
pub(super) async fn find(
    tx: &mut Tx,
    who: Option<&PersonView>,
    id: CommentId,
    act: BoardAct,
) -> Result<(CommentView, InBoard, Standing), Error> {
    let eye = Eye { person: who.map(|who| who.id), notes: true, away: true };
    let (number, mut comment) = comments::one(tx, eye, id).await?.ok_or(Refusal::Unseen)?;
    let (place, standing) = access::idea(tx, who, number, BoardAct::Read).await?;
    let own = who.is_some_and(|who| who.id == comment.author.id);
    let gone = comment.away.is_some_and(|away| !sees_away(away, own, standing.role));
    let note = comment.kind == CommentKind::Note && may_on_board(BoardAct::StaffNote, standing, place.rules).is_err();
    if gone || note {
        return Err(Refusal::Unseen.into());
    }
    may_on_board(act, standing, place.rules)?;
    explain(tx, &mut comment, who, standing).await?;
    permit(&mut comment, who, standing, place.rules);
    Ok((comment, place, standing))
}

/// Whether a comment stands that the person asking sees.
///
/// # Errors
/// When it is unseen or deleted.
pub(super) async fn stands(tx: &mut Tx, who: Option<&PersonView>, id: CommentId) -> Result<(), Error> {
    let (comment, ..) = find(tx, who, id, BoardAct::Read).await?;
    if comment.deleted_at.is_some() { Err(Error::NotFound("comment")) } else { Ok(()) }
}

/// As [`find`], of what stands for everybody.
///
/// # Errors
/// When it is unseen, deleted or away, or the person may not.
pub(super) async fn find_standing(
    tx: &mut Tx,
    who: Option<&PersonView>,
    id: CommentId,
    act: BoardAct,
) -> Result<(CommentView, InBoard), Error> {
    let (comment, place, _) = find(tx, who, id, act).await?;
    if comment.deleted_at.is_some() {
        return Err(Error::NotFound("comment"));
    }
    match comment.away {
        Some(away) => Err(Refusal::Away(away).into()),
        None => Ok((comment, place)),
    }
}

/// A text as it will be kept: Markdown, HTML, and whom it mentions.
struct Said {
    body: String,
    html: String,
    mentions: HashSet<PersonId>,
}

impl Said {
    fn text(&self) -> Text<'_> {
        Text { body: &self.body, html: &self.html, mentions: &self.mentions }
    }

    /// Reads whom the text mentions: people who may read it. Notes reach nobody else either.
    async fn new(db: &Db, number: u32, kind: CommentKind, body: &str) -> Result<Self, Error> {
        let body = fields::needed_lines(body, limits::COMMENT).map_err(|problem| Error::field("body", problem))?;
        let reads = if kind == CommentKind::Note { BoardAct::StaffNote } else { BoardAct::Read };
        let mut known: HashMap<String, PersonId> = HashMap::new();
        let mut tx = db.read().await?;
        for handle in markdown::mentioned(&body).into_iter().take(MENTIONS) {
            let Some(person) = people::person_by_handle(&mut tx, &handle).await? else { continue };
            if person.unclaimed {
                continue;
            }
            match access::idea(&mut tx, Some(&person), number, reads).await {
                Ok(_) => {
                    known.insert(handle, person.id);
                }
                Err(Error::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        drop(tx);
        let html = markdown::comment_to_html(&body, |handle| known.contains_key(handle));
        Ok(Self { html, mentions: known.into_values().collect(), body })
    }
}

/// Says something about an idea, or `about` a passage of its concept. The same `key` again, with the same request, answers with what it made the first time.
/// Who takes part follows the idea, unless they said not to.
///
/// # Errors
/// When the idea is unseen, the person may not, a field is not acceptable, or the concept moved on from where the passage
/// was found.
pub async fn write(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    new: &NewComment,
    about: Option<&NewAnchor>,
    key: Option<&str>,
) -> Result<(CommentView, News), Error> {
    access::idea(&mut db.read().await?, who, number, act(new.kind)).await?;
    let who = signed(who)?;
    let said = Said::new(db, number, new.kind, &new.body).await?;
    let said = Saying { new, said, about };
    match attempt(db, who, number, &said, key).await {
        // The same request came twice at the same time, and the other was first: now the key is known.
        Err(Error::Store(StoreError::Taken(_))) if key.is_some() => attempt(db, who, number, &said, key).await,
        other => other,
    }
}

/// The document of the idea about a passage of which somebody says something, when they may.
///
/// # Errors
/// When the idea is unseen, the person may not, or it is a reply.
pub async fn document(db: &Db, who: Option<&PersonView>, number: u32, new: &NewComment) -> Result<DocumentId, Error> {
    let (place, _) = access::idea(&mut db.read().await?, who, number, act(new.kind)).await?;
    if new.parent.is_some() {
        return Err(Error::field("anchor", FieldProblem::new(FieldCode::Wrong, "a reply is about what it replies to")));
    }
    Ok(place.document)
}

/// What somebody asked for, ready to be kept.
struct Saying<'a> {
    new: &'a NewComment,
    said: Said,
    about: Option<&'a NewAnchor>,
}

async fn attempt(
    db: &Db,
    who: &PersonView,
    number: u32,
    saying: &Saying<'_>,
    key: Option<&str>,
) -> Result<(CommentView, News), Error> {
    let Saying { new, said, about } = saying;
    let at = now();
    let mut tx = db.write().await?;
    let (place, standing) = access::idea_to_change(&mut tx, Some(who), number, act(new.kind)).await?;
    let eye = eye(Some(who), standing, place.rules);
    let request = digest(place.idea, new, &said.body);
    if let Some(key) = key
        && let Some(before) = made(&mut tx, who, number, &request, key).await?
    {
        return Ok(before);
    }
    let parent = match new.parent {
        Some(parent) => Some(thread(&mut tx, number, eye, parent, new.kind).await?),
        None => None,
    };
    let id = CommentId::new();
    let away = first_posts::hold(&mut tx, who, place.board).await?;
    let kept = comments::NewComment { id, parent, author: who.id, kind: new.kind, text: said.text(), away };
    comments::insert(&mut tx, place.idea, &kept, at).await?;
    pictures::put_in_comment(&mut tx, id, &said.body).await?;
    if let Some(about) = about {
        // From here on the passage follows with the texts.
        if follow::lock(&mut tx, place.document).await?.is_none_or(|idea| idea.seq != about.seq) {
            return Err(Error::MovedOn);
        }
        anchors::insert(&mut tx, place.idea, id, about).await?;
    }
    if new.kind == CommentKind::Question {
        askable(&mut tx, who, number).await?;
        promise::ask(&mut tx, place.idea, id, at).await?;
    } else if standing.proposer && new.kind != CommentKind::Note {
        promise::settle(&mut tx, place.idea, None, at).await?;
    }
    votes::take_part(&mut tx, place.idea, who.id, at).await?;
    if away.is_none() {
        announce(&mut tx, place.idea, (id, new.kind), who.id, at).await?;
    }
    if let Some(key) = key {
        idempotency::remember(&mut tx, who.id, key, &Remembered { request, made: id.to_string() }, at).await?;
    }
    let (comment, ..) = find(&mut tx, Some(who), id, BoardAct::Read).await?;
    let news = news_of(&mut tx, number, &comment).await?;
    tx.commit().await?;
    Ok((comment, news))
}

/// What a request made that came with this key before; nothing where none did.
pub(super) async fn made(
    tx: &mut Tx,
    who: &PersonView,
    number: u32,
    request: &[u8],
    key: &str,
) -> Result<Option<(CommentView, News)>, Error> {
    let Some(before) = idempotency::recall(tx, who.id, key, now()).await? else { return Ok(None) };
    if before.request != request {
        return Err(Error::IdempotencyKey);
    }
    let id = before.made.parse().map_err(|_| StoreError::Corrupt(format!("comment `{}`", before.made)))?;
    let (comment, ..) = find(tx, Some(who), id, BoardAct::Read).await?;
    let news = news_of(tx, number, &comment).await?;
    Ok(Some((comment, news)))
}

/// Lets those be told who are to know of a comment that stands now: who follows the idea, and whom it names.
pub(super) async fn announce(
    tx: &mut Tx,
    idea: IdeaId,
    (id, kind): (CommentId, CommentKind),
    by: PersonId,
    at: Millis,
) -> Result<(), Error> {
    let followers = match kind {
        CommentKind::Comment => Some(NoticeKind::Comment),
        CommentKind::Answer => Some(NoticeKind::Answer),
        CommentKind::Question => Some(NoticeKind::Question),
        CommentKind::Note => None,
    };
    let named = comments::names_somebody(tx, id).await?.then_some(NoticeKind::Mention);
    for kind in followers.into_iter().chain(named) {
        let told = Happening { idea, kind, by, stage: None, comment: Some(id.0), words: "", at };
        inbox::happen(tx, &told).await?;
    }
    if kind == CommentKind::Answer {
        audit::add(tx, by, AuditAct::Answer, &format!("comment:{id}"), &json!({})).await?;
    }
    Ok(())
}

/// People whom somebody who comments may mean with these letters: who may read the idea, those who took part in it first.
///
/// # Errors
/// When the idea is unseen, or the person may not comment.
pub async fn mentionable(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    letters: &str,
) -> Result<Vec<PersonView>, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Comment).await?;
    let letters: String = letters.trim().to_lowercase().chars().take(limits::NAME).collect();
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let readers = access::readers(place.board, place.rules);
    Ok(people::beginning(&mut tx, &readers, place.idea, &letters, MEANT).await?)
}

/// Whether there is somebody else who proposed an idea, to be asked something.
async fn askable(tx: &mut Tx, who: &PersonView, number: u32) -> Result<(), Error> {
    let idea = rows::by_number(tx, None, number).await?;
    let author = idea.ok_or_else(|| StoreError::Corrupt(format!("idea {number} is gone")))?.card.author;
    let message = match (author.id == who.id, author.unclaimed) {
        (true, _) => "the idea is your own: there is nobody else to ask",
        (_, true) => "who proposed the idea is not here to be asked",
        _ => return Ok(()),
    };
    Err(Error::field("kind", FieldProblem::new(FieldCode::Wrong, message)))
}

/// The thread that a reply to this comment goes under.
async fn thread(tx: &mut Tx, number: u32, eye: Eye, parent: CommentId, kind: CommentKind) -> Result<CommentId, Error> {
    let unknown = || Error::unknown_field("parent", "is no comment on this idea");
    let (of, replied) = comments::one(tx, eye, parent).await?.ok_or_else(unknown)?;
    let unseen = replied.kind == CommentKind::Note && !eye.notes;
    if of != number || unseen || replied.deleted_at.is_some() || replied.away.is_some() {
        return Err(unknown());
    }
    let first = match replied.parent {
        Some(first) => comments::one(tx, eye, first).await?.ok_or_else(unknown)?.1,
        None => replied,
    };
    let wrong = |message| Error::field("kind", FieldProblem::new(FieldCode::Wrong, message));
    if matches!(kind, CommentKind::Answer | CommentKind::Question) {
        return Err(wrong("an answer or a question stands by itself, under no comment"));
    }
    if first.kind == CommentKind::Note && kind != CommentKind::Note {
        return Err(wrong("only notes go under a note"));
    }
    Ok(first.id)
}

/// What is told of a comment: where it is not for everyone, no more than that something was said.
pub(super) async fn news_of(tx: &mut Tx, number: u32, comment: &CommentView) -> Result<News, Error> {
    if comment.away.is_some() { Ok(News { number, facts: None }) } else { news(tx, number, comment.kind).await }
}

pub(super) async fn news(tx: &mut Tx, number: u32, kind: CommentKind) -> Result<News, Error> {
    let facts = if kind == CommentKind::Note { None } else { Some(ideas::facts(tx, number).await?) };
    Ok(News { number, facts })
}

pub(super) fn digest(idea: IdeaId, new: &NewComment, body: &str) -> Vec<u8> {
    let parent = new.parent.map(|parent| parent.to_string()).unwrap_or_default();
    let anchor = new.anchor.as_ref().map(|anchor| format!("{anchor:?}")).unwrap_or_default();
    idempotency::digest(["comment", &idea.to_string(), new.kind.as_str(), &parent, body, &anchor])
}

/// Lets one's own comment say something else; what it said is kept. Saying the same again changes nothing.
///
/// # Errors
/// When the comment is unseen, another's or deleted, or the text is not acceptable.
pub async fn edit(
    db: &Db,
    who: Option<&PersonView>,
    id: CommentId,
    edit: &EditComment,
) -> Result<(CommentView, News), Error> {
    let (comment, place, _) = find(&mut db.read().await?, who, id, BoardAct::Comment).await?;
    mine(&comment, who)?;
    let said = Said::new(db, place.number, comment.kind, &edit.body).await?;
    let mut tx = db.write().await?;
    let (comment, place, standing) = find(&mut tx, who, id, BoardAct::Comment).await?;
    mine(&comment, who)?;
    may_on_board(act(comment.kind), standing, place.rules)?;
    if said.body != comment.body {
        let at = now_after(comment.edited_at.unwrap_or(comment.created_at));
        if !comments::edit(&mut tx, id, &said.text(), at).await? {
            return Err(Error::NotFound("comment"));
        }
        pictures::put_in_comment(&mut tx, id, &said.body).await?;
    }
    let (comment, ..) = find(&mut tx, who, id, BoardAct::Comment).await?;
    let news = news_of(&mut tx, place.number, &comment).await?;
    tx.commit().await?;
    Ok((comment, news))
}

fn mine(comment: &CommentView, who: Option<&PersonView>) -> Result<(), Error> {
    if signed(who)?.id != comment.author.id {
        return Err(Refusal::Author.into());
    }
    if comment.deleted_at.is_some() {
        return Err(Error::NotFound("comment"));
    }
    Ok(())
}

/// Deletes one's own comment, or as a moderator another's. A second time changes nothing.
///
/// # Errors
/// When the comment is unseen, or the person may not.
pub async fn delete(db: &Db, who: Option<&PersonView>, id: CommentId) -> Result<News, Error> {
    let mut tx = db.write().await?;
    let number = comments::place(&mut tx, id).await?.ok_or(Refusal::Unseen)?;
    rows::lock(&mut tx, &[number]).await?;
    let (comment, place, standing) = find(&mut tx, who, id, BoardAct::Comment).await?;
    if place.number != number {
        return Err(Error::Moved);
    }
    let who = signed(who)?;
    let own = who.id == comment.author.id;
    if !own {
        may_on_board(BoardAct::Hush, standing, place.rules)?;
    }
    let deleted = comments::delete(&mut tx, place.idea, &comment, who.id, now()).await?;
    if deleted {
        promise::settle(&mut tx, place.idea, Some(id), now()).await?;
        reports::forget(&mut tx, Subject::Comment(id)).await?;
    }
    if deleted && !own {
        let detail = json!({ "author": comment.author.id, "idea": place.idea });
        audit::add(&mut tx, who.id, AuditAct::DeleteComment, &format!("comment:{id}"), &detail).await?;
    }
    let news = news_of(&mut tx, place.number, &comment).await?;
    tx.commit().await?;
    Ok(news)
}

/// What a comment says and said, the last first.
///
/// # Errors
/// When the comment is unseen or deleted.
pub async fn versions(db: &Db, who: Option<&PersonView>, id: CommentId) -> Result<Vec<CommentVersion>, Error> {
    let mut tx = db.read().await?;
    let (comment, ..) = find(&mut tx, who, id, BoardAct::Read).await?;
    if comment.deleted_at.is_some() {
        return Err(Error::NotFound("comment"));
    }
    let before = comments::versions(&mut tx, id, VERSIONS).await?;
    drop(tx);
    let now = CommentVersion {
        written_at: comment.edited_at.unwrap_or(comment.created_at),
        body: comment.body,
        body_html: comment.body_html,
    };
    let version = |(written_at, body): (Millis, String)| CommentVersion {
        written_at,
        body_html: markdown::comment_to_html(&body, |_| false),
        body,
    };
    Ok(std::iter::once(now).chain(before.into_iter().map(version)).collect())
}

/// Reacts to a comment, or takes the reaction back (`wanted` false). A second time changes nothing.
///
/// # Errors
/// When the comment is unseen or deleted, or nobody is signed in.
pub async fn react(
    db: &Db,
    who: Option<&PersonView>,
    id: CommentId,
    kind: Reaction,
    wanted: bool,
) -> Result<News, Error> {
    let mut tx = db.write().await?;
    let (comment, place) = find_standing(&mut tx, who, id, BoardAct::Comment).await?;
    comments::react(&mut tx, id, signed(who)?.id, kind, wanted.then(now)).await?;
    let news = news_of(&mut tx, place.number, &comment).await?;
    tx.commit().await?;
    Ok(news)
}
