//! People who leave and are forgotten: what becomes of each table is said in [`map`], and done here.

pub mod documents;
pub mod map;
mod words;

use std::collections::BTreeSet;

use shared::{
    CommentId, DocumentId, IdeaId, PersonId,
    api::{Fate, Fates, Millis},
};
use uuid::Uuid;

use super::{StoreError, Tx, heat, on, rows, standing};

pub use words::{Names, forget_names};

/// Somebody who left, as long as something of it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Who.
    pub person: PersonId,
    /// What is to become of their words.
    pub fates: Fates,
}

/// Makes the row of a person an empty shell, by which they are somebody who left from then on. False when they had left
/// before, or there is nobody of this id.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut Tx, person: PersonId, fates: Fates, at: Millis) -> Result<bool, StoreError> {
    if !empty(tx, person, at).await? {
        return Ok(false);
    }
    on!(tx, c => sqlx::query(
        "INSERT INTO erasure (person_id, comments, texts, asked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(person.0)
    .bind(fates.comments.as_str())
    .bind(fates.texts.as_str())
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(true)
}

async fn empty(tx: &mut Tx, person: PersonId, at: Millis) -> Result<bool, StoreError> {
    let shell = rows::handle_of_left(person);
    // As nobody who is suspended does, they neither sign in nor are told, found or mentioned.
    Ok(on!(tx, c => sqlx::query(
        "UPDATE person SET handle = $2, name = '', email = $2, password_hash = '', role = 'customer', locale = NULL,
                about = '', suspended_at = $3, suspended_for = NULL, unclaimed_at = NULL, erased_at = $3
         WHERE id = $1 AND erased_at IS NULL",
    )
    .bind(person.0)
    .bind(shell)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() == 1))?)
}

/// Whether somebody has left.
///
/// # Errors
/// When the database fails.
pub async fn has_left(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM person WHERE id = $1 AND erased_at IS NOT NULL)")
        .bind(person.0).fetch_one(c).await)?)
}

/// What of a person is deleted, the row of which says by `$1` whose it is.
const DELETED: [&str; 28] = [
    "DELETE FROM session WHERE person_id = $1",
    "DELETE FROM access_token WHERE person_id = $1",
    "DELETE FROM feed_key WHERE person_id = $1",
    "DELETE FROM invite WHERE created_by = $1",
    "DELETE FROM guest_link WHERE created_by = $1",
    "DELETE FROM idempotency WHERE person_id = $1",
    "DELETE FROM board_member WHERE person_id = $1",
    "DELETE FROM answerer WHERE person_id = $1",
    "DELETE FROM coauthor WHERE person_id = $1",
    "DELETE FROM follow WHERE person_id = $1",
    "DELETE FROM visit WHERE person_id = $1",
    "DELETE FROM reaction WHERE person_id = $1",
    "DELETE FROM note_reaction WHERE person_id = $1",
    "DELETE FROM dot WHERE person_id = $1",
    "DELETE FROM mention WHERE person_id = $1",
    "DELETE FROM notice WHERE person_id = $1",
    "DELETE FROM notice_off WHERE person_id = $1",
    "DELETE FROM ruling WHERE person_id = $1",
    "DELETE FROM mail WHERE person_id = $1",
    "DELETE FROM mail_choice WHERE person_id = $1",
    "DELETE FROM mail_address WHERE person_id = $1",
    "DELETE FROM mail_link WHERE person_id = $1",
    "DELETE FROM new_address WHERE person_id = $1",
    "DELETE FROM consent WHERE person_id = $1",
    // What they were told of it alone; the ledger stays, of somebody who left.
    "DELETE FROM happening WHERE person_id = $1",
    "DELETE FROM recognition_words WHERE entry_id IN (SELECT id FROM recognition WHERE person_id = $1)",
    "DELETE FROM recognition_told WHERE person_id = $1",
    "DELETE FROM recognition_choice WHERE person_id = $1",
];

/// Words about a person, or of theirs to moderators, that are taken out of rows that stay.
const BLANKED: [&str; 4] = [
    "UPDATE report SET words = '' WHERE reporter_id = $1 OR subject_id = $1
     OR subject_id IN (SELECT id FROM idea WHERE author_id = $1)
     OR subject_id IN (SELECT id FROM comment WHERE author_id = $1)",
    "UPDATE decision SET words = '' WHERE person_id = $1",
    "UPDATE import SET file = '' WHERE person_id = $1",
    // Mails to others that tell what they did name them.
    "UPDATE mail SET subject = NULL, text = NULL, html = NULL WHERE state <> 'sending'
     AND happening_id IN (SELECT id FROM happening WHERE actor_id = $1)",
];

/// Deletes what of a person is theirs alone, and takes out the words about them.
///
/// # Errors
/// When the database fails.
pub async fn delete_own(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    for sql in DELETED.into_iter().chain(BLANKED) {
        on!(tx, c => sqlx::query(sql).bind(person.0).execute(c).await.map(drop))?;
    }
    on!(tx, c => sqlx::query("DELETE FROM export WHERE person_id = $1").bind(person.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Empties the names of imports that were matched to a person: they are what they were called elsewhere.
///
/// # Errors
/// When the database fails.
pub async fn forget_imported(tx: &mut Tx, person: PersonId, fates: Fates, at: Millis) -> Result<(), StoreError> {
    let names: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT name_id FROM name_match WHERE person_id = $1")
        .bind(person.0).fetch_all(c).await)?;
    for name in names {
        begin(tx, PersonId(name), fates, at).await?;
        for sql in [
            "DELETE FROM imported_name WHERE person_id = $1",
            "DELETE FROM matched_idea WHERE name_id = $1",
            "DELETE FROM name_match WHERE name_id = $1",
        ] {
            on!(tx, c => sqlx::query(sql).bind(name).execute(c).await.map(drop))?;
        }
    }
    Ok(())
}

/// The numbers of the ideas of which somebody can see that this person was there: by a vote, by what they said, or because
/// they proposed or shaped them.
///
/// # Errors
/// When the database fails.
pub async fn touched(tx: &mut Tx, person: PersonId) -> Result<Vec<u32>, StoreError> {
    let numbers: Vec<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT number FROM idea WHERE author_id = $1
         UNION SELECT i.number FROM vote v JOIN idea i ON i.id = v.idea_id WHERE v.person_id = $1
         UNION SELECT i.number FROM comment m JOIN idea i ON i.id = m.idea_id WHERE m.author_id = $1
         UNION SELECT i.number FROM mention n JOIN comment m ON m.id = n.comment_id JOIN idea i ON i.id = m.idea_id
               WHERE n.person_id = $1
         UNION SELECT i.number FROM shaper h JOIN idea i ON i.id = h.idea_id WHERE h.person_id = $1
         UNION SELECT i.number FROM coauthor o JOIN idea i ON i.id = o.idea_id WHERE o.person_id = $1
         ORDER BY 1",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    numbers.into_iter().map(rows::number).collect()
}

/// Takes a person's votes back, those that merges carried too.
///
/// # Errors
/// When the database fails.
pub async fn take_votes_back(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    let ideas: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT DISTINCT idea_id FROM vote WHERE person_id = $1")
        .bind(person.0).fetch_all(c).await)?;
    on!(tx, c => sqlx::query("DELETE FROM vote WHERE person_id = $1").bind(person.0).execute(c).await.map(drop))?;
    for idea in ideas {
        on!(tx, c => sqlx::query(
            "UPDATE idea SET votes = votes_before + (SELECT count(*) FROM vote v WHERE v.idea_id = idea.id) WHERE id = $1",
        )
        .bind(idea)
        .execute(c)
        .await
        .map(drop))?;
        heat::refresh(tx, IdeaId(idea)).await?;
    }
    Ok(())
}

/// What the comments are that go when somebody removes what they said: answers were given in the company's name, and stay.
macro_rules! own {
    ($rest:literal) => {
        concat!($rest, " (SELECT id FROM comment WHERE author_id = $1 AND kind <> 'answer')")
    };
}

/// Removes what a person said, as if they had deleted each of it: threads stay whole.
///
/// # Errors
/// When the database fails.
pub async fn remove_comments(tx: &mut Tx, person: PersonId, at: Millis) -> Result<(), StoreError> {
    let ideas: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT idea_id FROM comment WHERE author_id = $1 AND kind <> 'answer' AND deleted_at IS NULL",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    for sql in [
        own!("DELETE FROM comment_version WHERE comment_id IN"),
        own!("DELETE FROM reaction WHERE comment_id IN"),
        own!("DELETE FROM happening WHERE comment_id IN"),
        own!("DELETE FROM anchor WHERE comment_id IN"),
        own!("DELETE FROM mention WHERE comment_id IN"),
        own!("DELETE FROM comment_picture WHERE comment_id IN"),
    ] {
        on!(tx, c => sqlx::query(sql).bind(person.0).execute(c).await.map(drop))?;
    }
    on!(tx, c => sqlx::query(
        "UPDATE comment SET deleted_at = $2, deleted_by = author_id, body = '', body_html = ''
         WHERE author_id = $1 AND kind <> 'answer' AND deleted_at IS NULL",
    )
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    for idea in ideas {
        on!(tx, c => sqlx::query(
            "UPDATE idea SET comments = (SELECT count(*) FROM comment m WHERE m.idea_id = idea.id
                 AND m.deleted_at IS NULL AND m.away IS NULL AND m.kind <> 'note') WHERE id = $1",
        )
        .bind(idea)
        .execute(c)
        .await
        .map(drop))?;
        heat::refresh(tx, IdeaId(idea)).await?;
        standing::answered(tx, IdeaId(idea)).await?;
    }
    Ok(())
}

/// The questions that are not waited for any more: those that who left asked, and those that they were asked as the
/// proposer of an idea.
///
/// # Errors
/// When the database fails.
pub async fn open_questions(tx: &mut Tx, person: PersonId) -> Result<Vec<(IdeaId, CommentId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT q.idea_id, q.comment_id FROM question q JOIN comment m ON m.id = q.comment_id
         JOIN idea i ON i.id = q.idea_id
         WHERE q.settled_at IS NULL AND (m.author_id = $1 OR i.author_id = $1)",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(idea, comment)| (IdeaId(idea), CommentId(comment))).collect())
}

/// The documents with a change of this person in their logs, concepts first. Those of which all that is left of them is
/// taken out are not among them.
///
/// # Errors
/// When the database fails.
pub async fn documents(tx: &mut Tx, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
    let mut found: BTreeSet<(bool, Uuid)> = BTreeSet::new();
    let rows: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(
        "SELECT d.id, d.kind FROM document d
         WHERE EXISTS (SELECT 1 FROM change g WHERE g.document_id = d.id AND g.person_id = $1)",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    found.extend(rows.into_iter().map(|(id, kind)| (kind == "canvas", id)));
    // The older part of a log is packed, and says only when it is unpacked whose it is.
    let packed: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(
        "SELECT d.id, d.kind FROM document d WHERE EXISTS (SELECT 1 FROM segment s WHERE s.document_id = d.id)",
    )
    .fetch_all(c)
    .await)?;
    for (id, kind) in packed {
        let known = (kind == "canvas", id);
        if !found.contains(&known) && super::log::wrote(tx, DocumentId::from_uuid(id), person).await? {
            found.insert(known);
        }
    }
    Ok(found.into_iter().map(|(_, id)| DocumentId::from_uuid(id)).collect())
}

/// Those who left and of whom something is still to be done, the first first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Leaving>, StoreError> {
    let rows: Vec<(Uuid, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT person_id, comments, texts FROM erasure WHERE done_at IS NULL ORDER BY asked_at, person_id",
    )
    .fetch_all(c)
    .await)?;
    let fate = |word: &str| Fate::parse(word).ok_or_else(|| StoreError::Corrupt(format!("fate `{word}`")));
    let of = |(person, comments, texts): (Uuid, String, String)| {
        Ok(Leaving { person: PersonId(person), fates: Fates { comments: fate(&comments)?, texts: fate(&texts)? } })
    };
    rows.into_iter().map(of).collect()
}

/// All of it is done.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &mut Tx, person: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE erasure SET done_at = $2 WHERE person_id = $1")
        .bind(person.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes the pictures of a person that stand in nothing any more: not in the concept or the canvas of `boards` they were
/// added to, and in no comment, piece of progress or sign of the workspace. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn remove_pictures(tx: &mut Tx, person: PersonId, still: &[Uuid]) -> Result<u64, StoreError> {
    let own: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT p.id FROM picture p WHERE p.person_id = $1
         AND NOT EXISTS (SELECT 1 FROM workspace w WHERE w.logo_id = p.id)
         AND NOT EXISTS (SELECT 1 FROM entry_picture e WHERE e.picture_id = p.id)
         AND NOT EXISTS (SELECT 1 FROM comment_picture k JOIN comment m ON m.id = k.comment_id
                         WHERE k.picture_id = p.id AND m.deleted_at IS NULL)",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    let mut removed = 0;
    for id in own.into_iter().filter(|id| !still.contains(id)) {
        let stands: bool = on!(tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM idea_picture g JOIN idea i ON i.id = g.idea_id
             WHERE g.picture_id = $1 AND i.body LIKE '%' || $2 || '%')",
        )
        .bind(id)
        .bind(id.to_string())
        .fetch_one(c)
        .await)?;
        if !stands {
            removed += on!(tx, c => sqlx::query("DELETE FROM picture WHERE id = $1").bind(id).execute(c).await
                .map(|done| done.rows_affected()))?;
        }
    }
    Ok(removed)
}

/// The documents of canvases that hold, or held, a picture of this person.
///
/// # Errors
/// When the database fails.
pub async fn canvases_with_pictures(tx: &mut Tx, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT k.document_id FROM canvas_picture k JOIN picture p ON p.id = k.picture_id WHERE p.person_id = $1",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    Ok(found.into_iter().map(DocumentId::from_uuid).collect())
}
