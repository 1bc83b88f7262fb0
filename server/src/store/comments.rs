//! What people say about ideas, and what ideas keep of it: how much is said, and when the company answered.

use std::collections::{HashMap, HashSet};

use shared::{
    CommentId, IdeaId, PersonId,
    api::{CommentKind, CommentView, Deleter, IdeaName, Millis, Reaction, ReactionCount, Thread},
    rules::Away,
};
use uuid::Uuid;

use super::{StoreError, Tx, anchors, boards::nil, heat, news, of_ids, on, rows, standing};

/// A place in the discussion of an idea: behind this thread. Answers come before everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// 0 among the answers, 1 behind them.
    pub rank: i64,
    /// When the thread began.
    pub at: Millis,
    /// What it began with.
    pub id: CommentId,
}

impl Place {
    /// Before the first thread.
    pub const START: Self = Self { rank: -1, at: 0, id: CommentId(Uuid::nil()) };

    /// The place behind a thread.
    #[must_use]
    pub fn behind(thread: &Thread) -> Self {
        let first = &thread.comment;
        Self { rank: i64::from(!first.is_pinned()), at: first.created_at, id: first.id }
    }
}

/// Who looks at a discussion.
#[derive(Clone, Copy, Debug)]
pub struct Eye {
    /// Who; nobody for a visitor.
    pub person: Option<PersonId>,
    /// Whether they see the notes of the staff.
    pub notes: bool,
    /// Whether they see what others wrote that is away.
    pub away: bool,
}

#[derive(sqlx::FromRow)]
struct CommentRow {
    id: Uuid,
    parent_id: Option<Uuid>,
    kind: String,
    body: String,
    body_html: String,
    created_at: i64,
    edited_at: Option<i64>,
    deleted_at: Option<i64>,
    deleted_by: Option<Uuid>,
    away: Option<String>,
    idea_id: Uuid,
    asked_at: Option<i64>,
    settled_at: Option<i64>,
    #[sqlx(flatten)]
    anchor: anchors::AnchorRow,
    #[sqlx(flatten)]
    author: rows::PersonRow,
}

impl TryFrom<CommentRow> for CommentView {
    type Error = StoreError;

    fn try_from(row: CommentRow) -> Result<Self, StoreError> {
        let kind = if row.asked_at.is_some() { Some(CommentKind::Question) } else { CommentKind::parse(&row.kind) };
        let author: shared::api::PersonView = row.author.try_into()?;
        let deleted_by = row.deleted_by.map(|by| if by == author.id.0 { Deleter::Author } else { Deleter::Moderator });
        Ok(Self {
            id: CommentId(row.id),
            parent: row.parent_id.map(CommentId),
            author,
            kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of comment `{}`", row.kind)))?,
            anchor: row.anchor.view(row.idea_id)?,
            body: row.body,
            body_html: row.body_html,
            created_at: row.created_at,
            edited_at: row.edited_at,
            deleted_at: row.deleted_at,
            deleted_by,
            reactions: Vec::new(),
            helpful: false,
            helped_me: false,
            may_thank: false,
            waits: row.asked_at.is_some() && row.settled_at.is_none(),
            from: None,
            away: rows::away(row.away.as_deref())?,
            because: None,
            may_edit: false,
            may_delete: false,
        })
    }
}

macro_rules! columns {
    () => {
        "SELECT c.id, c.parent_id, c.kind, c.body, c.body_html, c.created_at, c.edited_at, c.deleted_at, c.deleted_by, c.away,
         c.idea_id, a.field, a.quote, a.span_from, a.idea_id AS anchored_in, q.asked_at, q.settled_at,
         p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM comment c JOIN person p ON p.id = c.author_id LEFT JOIN anchor a ON a.comment_id = c.id
         LEFT JOIN question q ON q.comment_id = c.id "
    };
}

/// The condition that the comment `c` is an answer that stands, and was given about the idea it stands under.
macro_rules! answer_stands {
    () => {
        "c.kind = 'answer' AND c.deleted_at IS NULL AND c.away IS NULL
         AND NOT EXISTS (SELECT 1 FROM merge_comment f JOIN merge g ON g.id = f.merge_id
                         WHERE f.comment_id = c.id AND g.undone_at IS NULL)"
    };
}
pub(super) use answer_stands;

/// Whether an answer stands, which puts it first: see [`CommentView::is_pinned`].
macro_rules! rank {
    () => {
        concat!("CASE WHEN ", answer_stands!(), " THEN 0 ELSE 1 END")
    };
}

/// At most `limit` threads of an idea from a place on: the answers first, then the others, the oldest first. What was
/// deleted, or hidden from who looks, is there only where replies stand under it.
///
/// # Errors
/// When the database fails.
pub async fn threads(tx: &mut Tx, idea: IdeaId, eye: Eye, from: Place, limit: u32) -> Result<Vec<Thread>, StoreError> {
    let first: Vec<CommentRow> = on!(tx, c => sqlx::query_as(concat!(
        columns!(), "WHERE c.idea_id = $1 AND c.parent_id IS NULL AND ($2 OR c.kind <> 'note')
         AND (c.deleted_at IS NULL OR EXISTS (
             SELECT 1 FROM comment r WHERE r.parent_id = c.id AND r.deleted_at IS NULL AND ($2 OR r.kind <> 'note')
             AND (r.away IS NULL OR $8 OR r.author_id = $7)
         )) AND (c.away IS NULL OR $8 OR c.author_id = $7 OR (c.away = 'hidden' AND EXISTS (
             SELECT 1 FROM comment r WHERE r.parent_id = c.id AND r.deleted_at IS NULL AND r.away IS NULL
             AND ($2 OR r.kind <> 'note')
         ))) AND (", rank!(), ", c.created_at, c.id) > ($3, $4, $5)
         ORDER BY ", rank!(), ", c.created_at, c.id LIMIT $6"
    ))
    .bind(idea.0)
    .bind(eye.notes)
    .bind(from.rank)
    .bind(from.at)
    .bind(from.id.0)
    .bind(i64::from(limit))
    .bind(nil(eye.person))
    .bind(eye.away)
    .fetch_all(c)
    .await)?;
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = first.iter().map(|row| row.id).collect();
    let replies: Vec<CommentRow> = of_ids!(
        tx,
        ids,
        columns!(),
        "WHERE ($2 OR c.kind <> 'note') AND c.deleted_at IS NULL AND (c.away IS NULL OR $4 OR c.author_id = $3)
         AND c.parent_id",
        " ORDER BY c.created_at, c.id",
        eye.notes,
        nil(eye.person),
        eye.away
    );
    let mut all = first.into_iter().map(CommentView::try_from).collect::<Result<Vec<_>, _>>()?;
    let threads = all.len();
    for reply in replies {
        all.push(reply.try_into()?);
    }
    add_reactions(tx, eye, &mut all).await?;
    add_helpful(tx, eye, &mut all).await?;
    add_origins(tx, &mut all).await?;
    let mut by_thread: HashMap<CommentId, Vec<CommentView>> = HashMap::new();
    for reply in all.split_off(threads) {
        by_thread.entry(reply.parent.unwrap_or(reply.id)).or_default().push(reply);
    }
    Ok(all
        .into_iter()
        .map(|comment| Thread { replies: by_thread.remove(&comment.id).unwrap_or_default(), comment })
        .collect())
}

/// Says of what merges carried about which idea it was said first.
async fn add_origins(tx: &mut Tx, comments: &mut [CommentView]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = comments.iter().map(|comment| comment.id.0).collect();
    let rows: Vec<(Uuid, i64, String)> = of_ids!(
        tx,
        ids,
        "SELECT f.comment_id, i.number, i.title FROM merge_comment f JOIN merge g ON g.id = f.merge_id
         JOIN idea i ON i.id = g.twin_id WHERE g.undone_at IS NULL AND ",
        "f.comment_id",
        " ORDER BY g.created_at DESC, g.id DESC"
    );
    // The last is of the merge that carried it first.
    let mut found: HashMap<CommentId, IdeaName> = HashMap::new();
    for (comment, number, title) in rows {
        let idea = IdeaName { number: rows::number(number)?, slug: shared::slug::slug(&title), title };
        found.insert(CommentId(comment), idea);
    }
    for comment in comments {
        comment.from = found.remove(&comment.id);
    }
    Ok(())
}

async fn add_reactions(tx: &mut Tx, eye: Eye, comments: &mut [CommentView]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = comments.iter().map(|comment| comment.id.0).collect();
    let rows: Vec<(Uuid, String, i64, i64)> = of_ids!(
        tx,
        ids,
        "SELECT comment_id, kind, count(*), CAST(sum(CASE WHEN person_id = $2 THEN 1 ELSE 0 END) AS BIGINT)
         FROM reaction WHERE ",
        "comment_id",
        " GROUP BY comment_id, kind",
        nil(eye.person)
    );
    let mut found: HashMap<(CommentId, Reaction), (u32, bool)> = HashMap::new();
    for (comment, kind, count, mine) in rows {
        let kind = Reaction::parse(&kind).ok_or_else(|| StoreError::Corrupt(format!("reaction `{kind}`")))?;
        found.insert((CommentId(comment), kind), (rows::number(count)?, mine > 0));
    }
    for comment in comments {
        let of = |kind: &Reaction| {
            found.get(&(comment.id, *kind)).map(|(count, mine)| ReactionCount {
                kind: *kind,
                count: *count,
                mine: *mine,
            })
        };
        comment.reactions = Reaction::ALL.iter().filter_map(of).collect();
    }
    Ok(())
}

/// Says which of these helped somebody.
async fn add_helpful(tx: &mut Tx, eye: Eye, comments: &mut [CommentView]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = comments.iter().map(|comment| comment.id.0).collect();
    let rows: Vec<(Uuid, i64)> = of_ids!(
        tx,
        ids,
        "SELECT comment_id, CAST(sum(CASE WHEN person_id = $2 THEN 1 ELSE 0 END) AS BIGINT) FROM helpful WHERE ",
        "comment_id",
        " GROUP BY comment_id",
        nil(eye.person)
    );
    let found: HashMap<CommentId, bool> = rows.into_iter().map(|(id, mine)| (CommentId(id), mine > 0)).collect();
    for comment in comments {
        comment.helpful = found.contains_key(&comment.id);
        comment.helped_me = found.get(&comment.id).is_some_and(|mine| *mine);
    }
    Ok(())
}

/// The number of the idea that a comment stands under.
///
/// # Errors
/// When the database fails.
pub async fn place(tx: &mut Tx, id: CommentId) -> Result<Option<u32>, StoreError> {
    let number: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT i.number FROM comment c JOIN idea i ON i.id = c.idea_id WHERE c.id = $1",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    number.map(rows::number).transpose()
}

/// A comment and the number of its idea, whoever may see it.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, eye: Eye, id: CommentId) -> Result<Option<(u32, CommentView)>, StoreError> {
    let Some(number) = place(tx, id).await? else { return Ok(None) };
    let row: CommentRow = on!(tx, c => sqlx::query_as(concat!(columns!(), "WHERE c.id = $1"))
        .bind(id.0).fetch_one(c).await)?;
    let mut found = [CommentView::try_from(row)?];
    add_reactions(tx, eye, &mut found).await?;
    add_helpful(tx, eye, &mut found).await?;
    add_origins(tx, &mut found).await?;
    let [comment] = found;
    Ok(Some((number, comment)))
}

/// Something to be said.
#[derive(Clone, Copy, Debug)]
pub struct NewComment<'a> {
    /// Its id.
    pub id: CommentId,
    /// What thread it goes under.
    pub parent: Option<CommentId>,
    /// Who says it.
    pub author: PersonId,
    /// In which voice.
    pub kind: CommentKind,
    /// What it says.
    pub text: Text<'a>,
    /// Why it does not stand yet, if it does not.
    pub away: Option<Away>,
}

/// What a comment says.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Markdown.
    pub body: &'a str,
    /// The same as sanitised HTML.
    pub html: &'a str,
    /// Whom it mentions.
    pub mentions: &'a HashSet<PersonId>,
}

/// Whether a comment mentions anybody.
///
/// # Errors
/// When the database fails.
pub async fn names_somebody(tx: &mut Tx, id: CommentId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM mention WHERE comment_id = $1)")
        .bind(id.0).fetch_one(c).await)?)
}

/// Adds a comment, and counts it if it stands.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, idea: IdeaId, new: &NewComment<'_>, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO comment (id, idea_id, parent_id, author_id, kind, body, body_html, created_at, away)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id.0)
    .bind(idea.0)
    .bind(new.parent.map(|parent| parent.0))
    .bind(new.author.0)
    // A question is a comment that waits for its reply: see `clocks`.
    .bind(if new.kind == CommentKind::Question { CommentKind::Comment } else { new.kind }.as_str())
    .bind(new.text.body)
    .bind(new.text.html)
    .bind(at)
    .bind(new.away.map(Away::as_str))
    .execute(c)
    .await
    .map(drop))?;
    mention(tx, new.id, new.text.mentions).await?;
    if new.away.is_some() {
        return Ok(());
    }
    if new.kind == CommentKind::Answer {
        on!(tx, c => sqlx::query("UPDATE idea SET answered_at = COALESCE(answered_at, $2) WHERE id = $1")
            .bind(idea.0).bind(at).execute(c).await.map(drop))?;
        news::refresh(tx, idea).await?;
    }
    count(tx, idea, new.kind, 1).await
}

async fn count(tx: &mut Tx, idea: IdeaId, kind: CommentKind, more: i64) -> Result<(), StoreError> {
    if kind == CommentKind::Note {
        return Ok(());
    }
    on!(tx, c => sqlx::query("UPDATE idea SET comments = comments + $2 WHERE id = $1")
        .bind(idea.0).bind(more).execute(c).await.map(drop))?;
    heat::refresh(tx, idea).await
}

async fn mention(tx: &mut Tx, comment: CommentId, people: &HashSet<PersonId>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM mention WHERE comment_id = $1")
        .bind(comment.0).execute(c).await.map(drop))?;
    for person in people {
        on!(tx, c => sqlx::query("INSERT INTO mention (comment_id, person_id) VALUES ($1, $2)")
            .bind(comment.0).bind(person.0).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Lets a comment that was not deleted say something else, and keeps what it said. `at` is later than when it said that.
/// Whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn edit(tx: &mut Tx, id: CommentId, text: &Text<'_>, at: Millis) -> Result<bool, StoreError> {
    let kept = on!(tx, c => sqlx::query(
        "INSERT INTO comment_version (comment_id, written_at, body)
         SELECT id, COALESCE(edited_at, created_at), body FROM comment WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(id.0)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    if kept {
        on!(tx, c => sqlx::query("UPDATE comment SET body = $2, body_html = $3, edited_at = $4 WHERE id = $1")
            .bind(id.0).bind(text.body).bind(text.html).bind(at).execute(c).await.map(drop))?;
        mention(tx, id, text.mentions).await?;
    }
    Ok(kept)
}

/// Deletes a comment: what it said goes, that it was there stays. False when it was deleted before.
///
/// # Errors
/// When the database fails.
pub async fn delete(
    tx: &mut Tx,
    idea: IdeaId,
    comment: &CommentView,
    by: PersonId,
    at: Millis,
) -> Result<bool, StoreError> {
    let deleted = on!(tx, c => sqlx::query(
        "UPDATE comment SET deleted_at = $2, deleted_by = $3, body = '', body_html = ''
         WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(comment.id.0)
    .bind(at)
    .bind(by.0)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    if !deleted {
        return Ok(false);
    }
    // Who was told of it was told how it begins.
    for sql in [
        "DELETE FROM comment_version WHERE comment_id = $1",
        "DELETE FROM reaction WHERE comment_id = $1",
        "DELETE FROM helpful WHERE comment_id = $1",
        "DELETE FROM happening WHERE comment_id = $1",
        "DELETE FROM anchor WHERE comment_id = $1",
    ] {
        on!(tx, c => sqlx::query(sql).bind(comment.id.0).execute(c).await.map(drop))?;
    }
    mention(tx, comment.id, &HashSet::new()).await?;
    if comment.away.is_some() {
        return Ok(true);
    }
    count(tx, idea, comment.kind, -1).await?;
    if comment.kind == CommentKind::Answer {
        // The idea's row is this transaction's: nobody answers meanwhile.
        standing::answered(tx, idea).await?;
    }
    Ok(true)
}

/// What a comment said before, the last first, at most `limit` times.
///
/// # Errors
/// When the database fails.
pub async fn versions(tx: &mut Tx, id: CommentId, limit: u32) -> Result<Vec<(Millis, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT written_at, body FROM comment_version WHERE comment_id = $1 ORDER BY written_at DESC LIMIT $2",
    )
    .bind(id.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?)
}

/// Adds a reaction, or takes it away. A second time changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn react(
    tx: &mut Tx,
    id: CommentId,
    person: PersonId,
    kind: Reaction,
    at: Option<Millis>,
) -> Result<(), StoreError> {
    if let Some(at) = at {
        on!(tx, c => sqlx::query(
            "INSERT INTO reaction (comment_id, person_id, kind, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.0)
        .bind(person.0)
        .bind(kind.as_str())
        .bind(at)
        .execute(c)
        .await
        .map(drop))?;
    } else {
        on!(tx, c => sqlx::query("DELETE FROM reaction WHERE comment_id = $1 AND person_id = $2 AND kind = $3")
            .bind(id.0).bind(person.0).bind(kind.as_str()).execute(c).await.map(drop))?;
    }
    Ok(())
}
