//! What somebody takes along, part by part, as the database has it. Which columns are in which part is said in
//! [`super::super::erasure::map`].

use serde_json::{Map, Value, json};
use shared::PersonId;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::super::{StoreError, Tx};

/// The parts but for texts and pictures, which are no rows: each with its name and the lists in it, each of those with its
/// name and the statement that reads it for the person bound to `$1`. A column `…_fr` has one `…_en` beside it: the same in
/// the other language, of which the file has one.
pub const PARTS: &[(&str, &[(&str, &str)])] = &[
    ("profile", &[(
        "profile",
        "SELECT name, handle, email, about, role, locale AS language, created_at AS joined_at, suspended_at, suspended_for
         FROM person WHERE id = $1",
    )]),
    ("sessions", &[(
        "sessions",
        "SELECT device, created_at AS began_at, seen_at, expires_at AS ends_at FROM session WHERE person_id = $1 ORDER BY created_at",
    )]),
    ("tokens", &[
        ("tokens", "SELECT name, created_at AS made_at, used_at FROM access_token WHERE person_id = $1 ORDER BY created_at"),
        ("feeds", "SELECT created_at AS made_at, used_at FROM feed_key WHERE person_id = $1"),
    ]),
    ("ideas", &[
        (
            "proposed",
            "SELECT i.number, i.title, i.pitch, b.title AS board, s.name_fr AS stage_fr, s.name_en AS stage_en, i.votes, i.created_at AS proposed_at, i.updated_at AS changed_at
             FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.id = i.stage_id
             WHERE i.author_id = $1 ORDER BY i.number",
        ),
        (
            "coauthor",
            "SELECT i.number, i.title, o.created_at AS since_at FROM coauthor o JOIN idea i ON i.id = o.idea_id
             WHERE o.person_id = $1 AND i.author_id <> $1 ORDER BY i.number",
        ),
    ]),
    ("comments", &[
        (
            "comments",
            "SELECT i.number, i.title AS idea, c.kind, c.body AS words, a.quote AS about, c.created_at AS said_at, c.edited_at, c.deleted_at
             FROM comment c JOIN idea i ON i.id = c.idea_id LEFT JOIN anchor a ON a.comment_id = c.id
             WHERE c.author_id = $1 ORDER BY c.created_at, c.id",
        ),
        (
            "earlier",
            "SELECT i.number, v.body AS words, v.written_at AS said_at FROM comment_version v JOIN comment c ON c.id = v.comment_id
             JOIN idea i ON i.id = c.idea_id WHERE c.author_id = $1 ORDER BY v.written_at",
        ),
    ]),
    ("mentions", &[(
        "mentions",
        "SELECT i.number, i.title AS idea, c.created_at AS said_at FROM mention m JOIN comment c ON c.id = m.comment_id
         JOIN idea i ON i.id = c.idea_id
         WHERE m.person_id = $1 AND c.away IS NULL AND c.deleted_at IS NULL AND c.kind <> 'note' ORDER BY c.created_at",
    )]),
    ("votes", &[(
        "votes",
        "SELECT i.number, i.title AS idea, v.created_at AS voted_at FROM vote v JOIN idea i ON i.id = v.idea_id
         WHERE v.person_id = $1 AND v.merge_id IS NULL ORDER BY v.created_at",
    )]),
    ("follows", &[
        (
            "follows",
            "SELECT i.number, i.title AS idea, f.created_at AS since_at, f.muted_at FROM follow f JOIN idea i ON i.id = f.idea_id
             WHERE f.person_id = $1 AND f.merge_id IS NULL ORDER BY f.created_at",
        ),
        (
            "visits",
            "SELECT i.number, i.title AS idea, s.seen_at, s.before_at FROM visit s JOIN idea i ON i.id = s.idea_id
             WHERE s.person_id = $1 ORDER BY s.seen_at",
        ),
    ]),
    ("reactions", &[
        (
            "comments",
            "SELECT i.number, r.kind, r.created_at AS at FROM reaction r JOIN comment c ON c.id = r.comment_id
             JOIN idea i ON i.id = c.idea_id WHERE r.person_id = $1 ORDER BY r.created_at",
        ),
        (
            "notes",
            "SELECT b.title AS board, r.kind, r.created_at AS at FROM note_reaction r JOIN canvas k ON k.document_id = r.document_id
             JOIN board b ON b.id = k.board_id WHERE r.person_id = $1 ORDER BY r.created_at",
        ),
        (
            "helpful",
            "SELECT i.number, h.created_at AS at FROM helpful h JOIN comment c ON c.id = h.comment_id
             JOIN idea i ON i.id = c.idea_id WHERE h.person_id = $1 ORDER BY h.created_at",
        ),
    ]),
    ("recognition", &[
        (
            "received",
            "SELECT r.kind, w.words, r.points, i.number, i.title AS idea, b.name_fr AS badge_fr, b.name_en AS badge_en, p.title_fr AS perk_fr, p.title_en AS perk_en, k.code, r.created_at AS given_at
             FROM recognition r LEFT JOIN recognition_words w ON w.entry_id = r.id LEFT JOIN idea i ON i.id = r.idea_id
             LEFT JOIN badge b ON b.id = r.badge_id LEFT JOIN perk p ON p.id = r.perk_id
             LEFT JOIN perk_code k ON k.entry_id = r.id WHERE r.person_id = $1 ORDER BY r.created_at, r.id",
        ),
        (
            "given",
            "SELECT r.kind, w.words, r.points, i.number, i.title AS idea, r.created_at AS given_at
             FROM recognition r LEFT JOIN recognition_words w ON w.entry_id = r.id LEFT JOIN idea i ON i.id = r.idea_id
             WHERE r.by_id = $1 AND r.person_id <> $1 ORDER BY r.created_at, r.id",
        ),
        ("balance", "SELECT points FROM recognition_balance WHERE person_id = $1"),
        ("privacy", "SELECT private, unlisted, chosen_at FROM recognition_choice WHERE person_id = $1"),
    ]),
    ("dots", &[(
        "dots",
        "SELECT v.question, b.title AS board, d.item, d.dots, v.started_at FROM dot d JOIN dot_vote v ON v.id = d.vote_id
         JOIN board b ON b.id = v.board_id WHERE d.person_id = $1 ORDER BY v.started_at, d.item",
    )]),
    ("progress", &[
        (
            "updates",
            "SELECT i.number, u.body AS words, u.percent, e.created_at AS written_at, e.published_at, e.removed_at
             FROM entry e JOIN entry_update u ON u.entry_id = e.id JOIN idea i ON i.id = e.idea_id
             WHERE e.person_id = $1 ORDER BY e.created_at",
        ),
        (
            "milestones",
            "SELECT i.number, m.title, m.due_on, m.done_at, e.created_at AS written_at, e.removed_at
             FROM entry e JOIN entry_milestone m ON m.entry_id = e.id JOIN idea i ON i.id = e.idea_id
             WHERE e.person_id = $1 OR m.done_by = $1 ORDER BY e.created_at",
        ),
        (
            "experiments",
            "SELECT i.number, x.hypothesis, x.trial, x.measure, e.created_at AS written_at, e.removed_at
             FROM entry e JOIN entry_experiment x ON x.entry_id = e.id JOIN idea i ON i.id = e.idea_id
             WHERE e.person_id = $1 ORDER BY e.created_at",
        ),
        (
            "conclusions",
            "SELECT i.number, k.outcome, k.result, k.reason, k.created_at AS said_at
             FROM conclusion k JOIN entry e ON e.id = k.entry_id JOIN idea i ON i.id = e.idea_id
             WHERE k.person_id = $1 ORDER BY k.created_at",
        ),
        (
            "freezes",
            "SELECT i.number, f.words, f.created_at AS frozen_at, f.lifted_at FROM frozen_concept f JOIN idea i ON i.id = f.idea_id
             WHERE f.person_id = $1 OR f.lifted_by = $1 ORDER BY f.created_at",
        ),
    ]),
    ("inbox", &[
        (
            "notices",
            "SELECT h.kind, i.number, i.title AS idea, n.created_at AS told_at, n.read_at FROM notice n
             JOIN happening h ON h.id = n.happening_id LEFT JOIN idea i ON i.id = h.idea_id
             WHERE n.person_id = $1 ORDER BY n.created_at",
        ),
        ("unwanted", "SELECT kind FROM notice_off WHERE person_id = $1 ORDER BY kind"),
    ]),
    ("mail", &[
        (
            "choices",
            "SELECT decisions = 1 AS decisions, digest, chosen_at, chosen_in FROM mail_choice WHERE person_id = $1",
        ),
        (
            "consents",
            "SELECT kind, answer, wording, given_in, given_at FROM consent WHERE person_id = $1 ORDER BY given_at, id",
        ),
        (
            "address",
            "SELECT address, asks, asked_at, confirmed_at FROM mail_address WHERE person_id = $1",
        ),
        ("new_address", "SELECT address, asked_at, changed_at FROM new_address WHERE person_id = $1"),
        (
            "mails",
            "SELECT kind, state, subject, created_at AS queued_at, sent_at FROM mail WHERE person_id = $1 ORDER BY created_at",
        ),
    ]),
    ("reports", &[(
        "reports",
        "SELECT kind, reason, words, created_at AS reported_at FROM report WHERE reporter_id = $1 ORDER BY created_at",
    )]),
    ("decisions", &[
        (
            "decisions",
            "SELECT kind, act, reason, words, created_at AS decided_at, undone_at FROM decision
             WHERE person_id = $1 AND act <> 'keep' ORDER BY created_at",
        ),
        ("told", "SELECT kind, created_at AS told_at, read_at FROM ruling WHERE person_id = $1 ORDER BY created_at"),
    ]),
    ("roles", &[
        (
            "boards",
            "SELECT b.title AS board, m.created_at AS since_at FROM board_member m JOIN board b ON b.id = m.board_id
             WHERE m.person_id = $1 ORDER BY m.created_at",
        ),
        (
            "answers_for",
            "SELECT b.title AS board, t.name AS tag, a.created_at AS since_at FROM answerer a JOIN board b ON b.id = a.board_id
             LEFT JOIN tag t ON t.id = a.tag_id WHERE a.person_id = $1 ORDER BY a.created_at",
        ),
        ("boards_made", "SELECT title AS board, created_at AS made_at FROM board WHERE created_by = $1 ORDER BY created_at"),
        ("invites", "SELECT role, created_at AS made_at, expires_at AS ends_at FROM invite WHERE created_by = $1 ORDER BY created_at"),
        (
            "guest_links",
            "SELECT b.title AS board, g.created_at AS made_at, g.expires_at AS ends_at FROM guest_link g JOIN board b ON b.id = g.board_id
             WHERE g.created_by = $1 ORDER BY g.created_at",
        ),
        ("imports", "SELECT file, made, started_at FROM import WHERE person_id = $1 ORDER BY started_at"),
        (
            "moves",
            "SELECT i.number, s.name_fr AS stage_fr, s.name_en AS stage_en, m.reason, m.created_at AS moved_at FROM stage_move m JOIN idea i ON i.id = m.idea_id
             JOIN stage s ON s.id = m.to_id WHERE m.person_id = $1 ORDER BY m.created_at",
        ),
        (
            "merges",
            "SELECT i.number, m.reason, m.created_at AS merged_at, m.undone_at FROM merge m JOIN idea i ON i.id = m.twin_id
             WHERE m.person_id = $1 ORDER BY m.created_at",
        ),
        (
            "promotions",
            "SELECT i.number, p.created_at AS promoted_at FROM promotion p JOIN idea i ON i.id = p.idea_id
             WHERE p.person_id = $1 ORDER BY p.created_at",
        ),
        (
            "dot_votes",
            "SELECT b.title AS board, v.question, v.started_at, v.ended_at FROM dot_vote v JOIN board b ON b.id = v.board_id
             WHERE v.person_id = $1 ORDER BY v.started_at",
        ),
    ]),
    ("record", &[(
        "record",
        "SELECT act, subject, at FROM audit WHERE person_id = $1 ORDER BY at, id",
    )]),
    ("exports", &[(
        "exports",
        "SELECT asked_at, made_at, size FROM export WHERE person_id = $1 ORDER BY asked_at",
    )]),
];

/// The lists of a part, each by its name, of a person.
///
/// # Errors
/// When the database fails.
pub async fn read(
    tx: &mut Tx,
    person: PersonId,
    lists: &'static [(&'static str, &'static str)],
) -> Result<Value, StoreError> {
    let mut part = Map::new();
    for (name, sql) in lists {
        let rows: Vec<Value> = match tx {
            Tx::Sqlite(tx) => {
                let rows = sqlx::query(*sql).bind(person.0).fetch_all(&mut **tx).await?;
                rows.iter().map(of_sqlite).collect::<Result<_, _>>()?
            }
            Tx::Postgres(tx) => {
                let rows = sqlx::query(*sql).bind(person.0).fetch_all(&mut **tx).await?;
                rows.iter().map(of_postgres).collect::<Result<_, _>>()?
            }
        };
        part.insert((*name).to_owned(), Value::Array(rows));
    }
    Ok(Value::Object(part))
}

/// A moment, as everybody writes it, where a number is one.
fn number(name: &str, value: i64) -> Value {
    match name {
        "at" => moment(value),
        name if name.ends_with("_at") => moment(value),
        // Both databases have their own way to say yes.
        "decisions" | "private" | "unlisted" => json!(value == 1),
        _ => json!(value),
    }
}

/// A moment as everybody writes it.
#[must_use]
pub fn moment(at: i64) -> Value {
    jiff::Timestamp::from_millisecond(at).map_or(json!(at), |at| json!(at.to_string()))
}

fn of_sqlite(row: &SqliteRow) -> Result<Value, StoreError> {
    let mut out = Map::new();
    for column in row.columns() {
        let (at, name) = (column.ordinal(), column.name());
        let raw = row.try_get_raw(at)?;
        let value = match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" | "BOOLEAN" => number(name, row.try_get(at)?),
            "TEXT" => json!(row.try_get::<String, _>(at)?),
            "BLOB" => json!(row.try_get::<Uuid, _>(at)?),
            other => return Err(StoreError::Corrupt(format!("a column of type {other}"))),
        };
        out.insert(name.to_owned(), value);
    }
    Ok(Value::Object(out))
}

fn of_postgres(row: &PgRow) -> Result<Value, StoreError> {
    let mut out = Map::new();
    for column in row.columns() {
        let (at, name) = (column.ordinal(), column.name());
        let raw = row.try_get_raw(at)?;
        let value = match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INT8" => number(name, row.try_get(at)?),
            "BOOL" => json!(row.try_get::<bool, _>(at)?),
            "TEXT" => json!(row.try_get::<String, _>(at)?),
            "UUID" => json!(row.try_get::<Uuid, _>(at)?),
            other => return Err(StoreError::Corrupt(format!("a column of type {other}"))),
        };
        out.insert(name.to_owned(), value);
    }
    Ok(Value::Object(out))
}

/// A picture somebody added.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnPicture {
    /// Its id.
    pub id: Uuid,
    /// What its bytes are.
    pub media_type: String,
    /// When it was added.
    pub created_at: i64,
    /// The title of the board it was added to.
    pub board: Option<String>,
}

/// The pictures somebody added, the first first.
///
/// # Errors
/// When the database fails.
pub async fn pictures(tx: &mut Tx, person: PersonId) -> Result<Vec<OwnPicture>, StoreError> {
    Ok(super::on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.media_type, p.created_at, b.title AS board FROM picture p LEFT JOIN board b ON b.id = p.board_id
         WHERE p.person_id = $1 ORDER BY p.created_at, p.id",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?)
}

/// The bytes of a picture.
///
/// # Errors
/// When the database fails.
pub async fn picture(tx: &mut Tx, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(
        super::on!(tx, c => sqlx::query_scalar("SELECT large FROM picture WHERE id = $1").bind(id).fetch_optional(c).await)?,
    )
}
