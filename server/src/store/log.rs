//! The log of the co-created documents: every change in the order it was stored, who made it, and snapshots.
//!
//! The log is the truth. A snapshot only saves reading it from the start.

use automerge::Change;
use shared::{DocumentId, PersonId, live::schema::DocumentKind};
use sqlx::Row;
use uuid::Uuid;

use super::{
    Db, StoreError, Tx, on,
    segment::{self, Entry},
};

/// How an actor id came to belong to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Lent to a tab of our own client.
    Leased,
    /// Seen first in a change of a signed-in person.
    Claimed,
    /// Made by the server for a person's own act, such as proposing an idea.
    Server,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Self::Leased => "leased",
            Self::Claimed => "claimed",
            Self::Server => "server",
        }
    }
}

/// A change to append.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// The document.
    pub document: DocumentId,
    /// Its place: one more than the last.
    pub seq: u64,
    /// The hash of the change.
    pub hash: [u8; 32],
    /// The Automerge actor id that made it.
    pub actor: Vec<u8>,
    /// The person who sent it.
    pub person: PersonId,
    /// The change chunk, not compressed.
    pub bytes: bytes::Bytes,
    /// When, in milliseconds.
    pub stored_at: i64,
}

/// A change as it stands in the log.
#[derive(Clone, Debug)]
pub struct LoggedChange {
    /// Its place.
    pub seq: u64,
    /// The person who sent it.
    pub person: PersonId,
    /// The change chunk.
    pub bytes: Vec<u8>,
    /// When it was stored, in milliseconds.
    pub stored_at: i64,
}

impl From<Entry> for LoggedChange {
    fn from(entry: Entry) -> Self {
        Self { seq: entry.seq, person: entry.person, bytes: entry.bytes, stored_at: entry.stored_at }
    }
}

/// A document saved whole.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// It holds the changes up to and including this one.
    pub seq: u64,
    /// The Automerge document.
    pub bytes: Vec<u8>,
}

/// The greatest number of rows in one statement; each binds seven values, and SQLite takes 32,766.
const ROWS: usize = 200;

/// The query that appends these changes, for either database.
macro_rules! insert {
    ($changes:expr) => {{
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insertion($changes.len())));
        for change in $changes {
            query = query
                .bind(change.document.as_uuid())
                .bind(to_db(change.seq)?)
                .bind(change.hash.as_slice())
                .bind(change.actor.as_slice())
                .bind(change.person.0)
                .bind(change.bytes.as_ref())
                .bind(change.stored_at);
        }
        query
    }};
}

/// `seq` as the databases keep it.
pub(super) fn to_db(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::Corrupt(format!("sequence number {seq}")))
}

pub(super) fn from_db(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|_| StoreError::Corrupt(format!("sequence number {seq}")))
}

/// Writes a new document with its first change, made by `actor` in the name of `person`.
///
/// # Errors
/// [`StoreError::Taken`] when the document or the actor exists.
pub async fn create_document(
    tx: &mut Tx,
    document: DocumentId,
    kind: DocumentKind,
    person: PersonId,
    first: &Change,
    now: i64,
) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query("INSERT INTO document (id, kind, created_at) VALUES ($1, $2, $3)")
            .bind(document.as_uuid())
            .bind(kind.as_str())
            .bind(now)
            .execute(&mut *c)
            .await
            .map(|_| ())
    })?;
    let actor = first.actor_id().to_bytes().to_vec();
    insert_actor(tx, &actor, person, Origin::Server, now).await?;
    let change = NewChange {
        document,
        seq: 1,
        hash: first.hash().0,
        actor,
        person,
        bytes: first.raw_bytes().to_vec().into(),
        stored_at: now,
    };
    append(tx, &[&change]).await
}

/// The heads of a document after one of its changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// The place of that change; 0 when no heads are kept.
    pub seq: u64,
    /// The changes up to there that nothing up to there builds on, sorted.
    pub heads: Vec<[u8; 32]>,
}

/// The heads kept of a document, which may be of before its last changes; nothing when there is no such document.
///
/// # Errors
/// When the database fails.
pub async fn tip(tx: &mut Tx, document: DocumentId) -> Result<Option<Tip>, StoreError> {
    let row: Option<(i64, Vec<u8>)> = on!(tx, c => {
        sqlx::query_as("SELECT tip_seq, tip_heads FROM document WHERE id = $1")
            .bind(document.as_uuid())
            .fetch_optional(c)
            .await
    })?;
    let Some((seq, heads)) = row else { return Ok(None) };
    let (heads, rest) = heads.as_chunks::<32>();
    if !rest.is_empty() || (seq > 0) == heads.is_empty() {
        return Err(StoreError::Corrupt("the heads of a document".into()));
    }
    Ok(Some(Tip { seq: from_db(seq)?, heads: heads.to_vec() }))
}

/// Keeps the heads of a document, unless those of a later change are kept.
///
/// # Errors
/// When the database fails.
pub async fn save_tip(tx: &mut Tx, document: DocumentId, tip: &Tip) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query("UPDATE document SET tip_seq = $2, tip_heads = $3 WHERE id = $1 AND tip_seq < $2")
            .bind(document.as_uuid())
            .bind(to_db(tip.seq)?)
            .bind(tip.heads.concat())
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Appends changes of any documents. Each one's place must be free and its hash new.
///
/// # Errors
/// [`StoreError::Taken`] when a place or a hash is taken; then nothing of the transaction may be kept.
pub async fn append(tx: &mut Tx, changes: &[&NewChange]) -> Result<(), StoreError> {
    for batch in changes.chunks(ROWS) {
        on!(tx, c => insert!(batch).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// As [`append`], all or nothing, and on disk when it returns.
///
/// # Errors
/// As [`append`]; then nothing was appended.
pub async fn store(db: &Db, changes: &[&NewChange]) -> Result<(), StoreError> {
    if changes.len() > ROWS {
        let mut tx = db.write().await?;
        append(&mut tx, changes).await?;
        return tx.commit().await;
    }
    // One statement is a transaction by itself, and spares the two that begin and end one.
    match db {
        Db::Sqlite { write, .. } => insert!(changes).execute(write).await.map(drop)?,
        Db::Postgres(pool) => insert!(changes).execute(pool).await.map(drop)?,
    }
    Ok(())
}

/// The statement that appends so many changes.
fn insertion(rows: usize) -> String {
    use std::fmt::Write as _;
    let mut sql =
        String::from("INSERT INTO change (document_id, seq, hash, actor_id, person_id, bytes, stored_at) VALUES ");
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let [a, b, c, d, e, f, g]: [usize; 7] = std::array::from_fn(|column| row * 7 + column + 1);
        let _ = write!(sql, "{comma}(${a}, ${b}, ${c}, ${d}, ${e}, ${f}, ${g})");
    }
    sql
}

/// The place of the last change of a document; 0 when there is none. The last changes of a log are never packed.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, document: DocumentId) -> Result<u64, StoreError> {
    let seq: Option<i64> = on!(tx, c => {
        sqlx::query_scalar("SELECT MAX(seq) FROM change WHERE document_id = $1")
            .bind(document.as_uuid())
            .fetch_one(c)
            .await
    })?;
    from_db(seq.unwrap_or(0))
}

/// Bytes of changes that are read at once: a log is long, not wide, until somebody pastes a book again and again.
const AT_ONCE: usize = 1 << 20;

/// The changes of a document after the place `after`, in order, at most `limit` and about a mebibyte of them; none only at
/// the end of the log.
///
/// # Errors
/// When the database fails.
pub async fn changes_after(
    tx: &mut Tx,
    document: DocumentId,
    after: u64,
    limit: u32,
) -> Result<Vec<LoggedChange>, StoreError> {
    changes_between(tx, document, after, i64::MAX.unsigned_abs(), limit).await
}

/// The changes of a document after the place `after` and up to `upto`, in order, as many as [`changes_after`] gives.
///
/// # Errors
/// When the database fails.
pub async fn changes_between(
    tx: &mut Tx,
    document: DocumentId,
    after: u64,
    upto: u64,
    limit: u32,
) -> Result<Vec<LoggedChange>, StoreError> {
    let (mut at, limit) = (after, limit as usize);
    let mut changes: Vec<LoggedChange> = Vec::new();
    let mut room = AT_ONCE;
    // The older part is packed, the rest is not.
    while changes.len() < limit
        && room > 0
        && at < upto
        && let Some(entries) = segment::first_after(tx, document, at, upto).await?
    {
        let from = std::mem::replace(&mut at, entries.last().map_or(upto, |entry| entry.seq));
        let wanted = entries.into_iter().filter(|entry| entry.seq > from && entry.seq <= upto);
        for entry in wanted.take(limit - changes.len()) {
            room = room.saturating_sub(entry.bytes.len());
            changes.push(entry.into());
        }
    }
    if changes.len() == limit || room == 0 || at >= upto {
        return Ok(changes);
    }
    let rows: Vec<(i64, Uuid, Vec<u8>, i64)> = on!(tx, c => {
        sqlx::query_as(
            "SELECT seq, person_id, bytes, stored_at FROM change WHERE document_id = $1 AND seq > $2 AND seq <= COALESCE(
                (SELECT MIN(seq) FROM
                    (SELECT seq, SUM(size) OVER (ORDER BY seq) AS total FROM
                        (SELECT seq, LENGTH(bytes) AS size FROM change
                         WHERE document_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) AS next) AS summed
                 WHERE total >= $5), $3)
             ORDER BY seq LIMIT $4",
        )
        .bind(document.as_uuid())
        .bind(to_db(at)?)
        .bind(to_db(upto)?)
        .bind(i64::try_from(limit - changes.len()).unwrap_or(i64::MAX))
        .bind(i64::try_from(room).unwrap_or(i64::MAX))
        .fetch_all(c)
        .await
    })?;
    for (seq, person, bytes, stored_at) in rows {
        changes.push(LoggedChange { seq: from_db(seq)?, person: PersonId(person), bytes, stored_at });
    }
    Ok(changes)
}

/// The hashes of a document's changes, as far as they can be read.
///
/// # Errors
/// When the database fails.
pub async fn hashes(tx: &mut Tx, document: DocumentId) -> Result<Vec<[u8; 32]>, StoreError> {
    let rows: Vec<Vec<u8>> = on!(tx, c => {
        sqlx::query_scalar("SELECT hash FROM change WHERE document_id = $1")
            .bind(document.as_uuid())
            .fetch_all(c)
            .await
    })?;
    let mut hashes: Vec<[u8; 32]> = rows.into_iter().filter_map(|hash| hash.try_into().ok()).collect();
    for entries in segment::all_readable(tx, document).await? {
        hashes.extend(entries.into_iter().map(|entry| entry.hash));
    }
    Ok(hashes)
}

/// Whether a person made a change of this document that is packed.
///
/// # Errors
/// When the database fails.
pub async fn wrote(tx: &mut Tx, document: DocumentId, person: PersonId) -> Result<bool, StoreError> {
    let packed = segment::all_readable(tx, document).await?;
    Ok(packed.iter().flatten().any(|entry| entry.person == person))
}

/// Every change of a document after a place, with all that is kept of each, in order and at most `limit`; none only at the
/// end of the log.
///
/// # Errors
/// When the database fails.
pub async fn entries_after(
    tx: &mut Tx,
    document: DocumentId,
    after: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    if let Some(mut packed) = segment::first_after(tx, document, after, i64::MAX.unsigned_abs()).await? {
        packed.retain(|entry| entry.seq > after);
        return Ok(packed);
    }
    segment::unpacked_after(tx, document, after, limit).await
}

/// Removes a document with its log.
///
/// # Errors
/// When the database fails, or something is still made of it.
pub async fn remove_document(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM document WHERE id = $1")
        .bind(document.as_uuid()).execute(c).await.map(drop))?;
    Ok(())
}

/// Lets nobody add to the log of a document until this transaction ends; after it, nobody can when it is gone. False when
/// there is no such document.
///
/// # Errors
/// When the database fails.
pub async fn lock_document(tx: &mut Tx, document: DocumentId) -> Result<bool, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT 1 FROM document WHERE id = $1",
        // Whoever adds a change to it holds its row meanwhile.
        Tx::Postgres(_) => "SELECT 1 FROM document WHERE id = $1 FOR UPDATE",
    };
    let found: Option<i32> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(document.as_uuid()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Writes a new document with the whole of its log.
///
/// # Errors
/// [`StoreError::Taken`] when the document or an actor exists.
pub async fn write_document(
    tx: &mut Tx,
    document: DocumentId,
    kind: DocumentKind,
    changes: &[NewChange],
    now: i64,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO document (id, kind, created_at) VALUES ($1, $2, $3)")
        .bind(document.as_uuid()).bind(kind.as_str()).bind(now).execute(c).await.map(drop))?;
    let mut known = std::collections::HashSet::new();
    for change in changes {
        if known.insert(&change.actor) {
            insert_actor(tx, &change.actor, change.person, Origin::Server, now).await?;
        }
    }
    append(tx, &changes.iter().collect::<Vec<_>>()).await
}

/// The documents whose idea does not yet reflect the end of their log. Those set aside are left alone.
///
/// # Errors
/// When the database fails.
pub async fn behind(tx: &mut Tx) -> Result<Vec<DocumentId>, StoreError> {
    let rows: Vec<(Uuid,)> = on!(tx, c => {
        sqlx::query_as(
            "SELECT document_id FROM idea WHERE concept_seq < \
             (SELECT MAX(seq) FROM change WHERE change.document_id = idea.document_id) \
             AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.document_id = idea.document_id \
             AND released_at IS NULL)",
        )
        .fetch_all(c)
        .await
    })?;
    Ok(rows.into_iter().map(|(id,)| DocumentId::from_uuid(id)).collect())
}

/// The snapshot of a document.
///
/// # Errors
/// When the database fails.
pub async fn snapshot(tx: &mut Tx, document: DocumentId) -> Result<Option<Snapshot>, StoreError> {
    let row: Option<(i64, Vec<u8>)> = on!(tx, c => {
        sqlx::query_as("SELECT seq, bytes FROM snapshot WHERE document_id = $1")
            .bind(document.as_uuid())
            .fetch_optional(c)
            .await
    })?;
    row.map(|(seq, bytes)| Ok(Snapshot { seq: from_db(seq)?, bytes })).transpose()
}

/// Up to which place the snapshot of a document goes; 0 without one.
///
/// # Errors
/// When the database fails.
pub async fn snapshot_seq(tx: &mut Tx, document: DocumentId) -> Result<u64, StoreError> {
    let seq: Option<i64> = on!(tx, c => {
        sqlx::query_scalar("SELECT seq FROM snapshot WHERE document_id = $1")
            .bind(document.as_uuid())
            .fetch_optional(c)
            .await
    })?;
    from_db(seq.unwrap_or(0))
}

/// Keeps a snapshot in place of an older one; a newer one stays.
///
/// # Errors
/// When the database fails.
pub async fn save_snapshot(tx: &mut Tx, document: DocumentId, snapshot: &Snapshot, now: i64) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query(
            "INSERT INTO snapshot (document_id, seq, bytes, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (document_id) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes, \
             created_at = excluded.created_at WHERE snapshot.seq < excluded.seq",
        )
        .bind(document.as_uuid())
        .bind(to_db(snapshot.seq)?)
        .bind(snapshot.bytes.as_slice())
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())
    })?;
    Ok(())
}

async fn insert_actor(tx: &mut Tx, actor: &[u8], person: PersonId, origin: Origin, now: i64) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query("INSERT INTO actor (id, person_id, origin, created_at) VALUES ($1, $2, $3, $4)")
            .bind(actor)
            .bind(person.0)
            .bind(origin.as_str())
            .bind(now)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Whose an actor id is.
///
/// # Errors
/// When the database fails.
pub async fn actor_owner(tx: &mut Tx, actor: &[u8]) -> Result<Option<PersonId>, StoreError> {
    let row: Option<(Uuid,)> = on!(tx, c => {
        sqlx::query_as("SELECT person_id FROM actor WHERE id = $1").bind(actor).fetch_optional(c).await
    })?;
    Ok(row.map(|(person,)| PersonId(person)))
}

/// Binds an unknown actor id to a person, and says whose it is then: theirs, or of whoever came first.
///
/// # Errors
/// When the database fails.
pub async fn claim_actor(tx: &mut Tx, actor: &[u8], person: PersonId, now: i64) -> Result<PersonId, StoreError> {
    on!(tx, c => {
        sqlx::query(
            "INSERT INTO actor (id, person_id, origin, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        )
        .bind(actor)
        .bind(person.0)
        .bind(Origin::Claimed.as_str())
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())
    })?;
    actor_owner(tx, actor).await?.ok_or_else(|| StoreError::Corrupt("a claimed actor is gone".into()))
}

/// Lends an actor id to a tab of a person: one freed before by a clean leave, or `fresh`.
///
/// # Errors
/// When the database fails, or `fresh` is taken.
pub async fn lease_actor(tx: &mut Tx, person: PersonId, fresh: &[u8], now: i64) -> Result<Vec<u8>, StoreError> {
    let freed: Option<Vec<u8>> = on!(tx, c => {
        sqlx::query(
            "UPDATE actor SET free_since = NULL WHERE id = (SELECT id FROM actor WHERE person_id = $1 \
             AND free_since IS NOT NULL ORDER BY free_since LIMIT 1) AND free_since IS NOT NULL RETURNING id",
        )
        .bind(person.0)
        .fetch_optional(c)
        .await?
        .map(|row| row.try_get(0))
        .transpose()
    })?;
    if let Some(actor) = freed {
        return Ok(actor);
    }
    insert_actor(tx, fresh, person, Origin::Leased, now).await?;
    Ok(fresh.to_vec())
}

/// Takes up again an actor id that a tab of `person` held before. False when it is not theirs to lease.
///
/// # Errors
/// When the database fails.
pub async fn resume_actor(tx: &mut Tx, actor: &[u8], person: PersonId) -> Result<bool, StoreError> {
    let rows = on!(tx, c => {
        sqlx::query("UPDATE actor SET free_since = NULL WHERE id = $1 AND person_id = $2 AND origin = 'leased'")
            .bind(actor)
            .bind(person.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows == 1)
}

/// Whether an actor id is leased to a tab of `person`, and not freed since.
///
/// # Errors
/// When the database fails.
pub async fn is_lent(tx: &mut Tx, actor: &[u8], person: PersonId) -> Result<bool, StoreError> {
    let row: Option<(Vec<u8>,)> = on!(tx, c => {
        sqlx::query_as("SELECT id FROM actor WHERE id = $1 AND person_id = $2 AND origin = 'leased' AND free_since IS NULL")
            .bind(actor)
            .bind(person.0)
            .fetch_optional(c)
            .await
    })?;
    Ok(row.is_some())
}

/// Frees a leased actor id whose tab left with nothing unsent, so that it may be leased again to the same person.
///
/// # Errors
/// When the database fails.
pub async fn free_actor(tx: &mut Tx, actor: &[u8], now: i64) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query("UPDATE actor SET free_since = $2 WHERE id = $1 AND origin = 'leased'")
            .bind(actor)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
