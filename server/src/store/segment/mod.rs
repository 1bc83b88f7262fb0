//! The older part of logs, packed: see `docs/decisions/0009`.

mod form;

use shared::{DocumentId, PersonId};
use uuid::Uuid;

use super::{
    Db, StoreError, Tx,
    log::{from_db, to_db},
    on,
};
pub use form::{Entry, pack, unpack};

/// Changes in a segment. Packing as many keeps the database's one writer for some milliseconds.
pub const SIZE: u32 = 1000;
/// So many of the last changes stay as they are: those who were away for a while lack some of these.
pub const KEEP: u32 = 1000;

/// A change's row.
type Row = (i64, Vec<u8>, Vec<u8>, Uuid, Vec<u8>, i64);

/// The documents of which something can be packed: it is in the snapshot, and the facts reflect it.
///
/// # Errors
/// When the database fails.
pub async fn packable(tx: &mut Tx) -> Result<Vec<DocumentId>, StoreError> {
    let rows: Vec<(Uuid,)> = on!(tx, c => {
        sqlx::query_as(
            "SELECT s.document_id FROM snapshot s LEFT JOIN idea i ON i.document_id = s.document_id
             WHERE (SELECT MIN(seq) FROM change c WHERE c.document_id = s.document_id) + $1 <= s.seq
             AND (i.id IS NULL OR
                  (SELECT MIN(seq) FROM change c WHERE c.document_id = s.document_id) + $1 <= i.concept_seq)
             AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.document_id = s.document_id AND q.released_at IS NULL)",
        )
        .bind(i64::from(SIZE + KEEP))
        .fetch_all(c)
        .await
    })?;
    Ok(rows.into_iter().map(|(id,)| DocumentId::from_uuid(id)).collect())
}

/// Packs the oldest [`SIZE`] changes of a document that [`packable`] named. In one transaction, and a short one: what takes
/// long is done before it. False when they cannot be packed.
///
/// # Errors
/// When the database fails, or they are packed by somebody else meanwhile; then nothing is changed.
pub async fn pack_oldest(db: &Db, document: DocumentId) -> Result<bool, StoreError> {
    let mut tx = db.read().await?;
    let rows: Vec<Row> = on!(&mut tx, c => {
        sqlx::query_as(
            "SELECT seq, hash, actor_id, person_id, bytes, stored_at FROM change WHERE document_id = $1
             ORDER BY seq LIMIT $2",
        )
        .bind(document.as_uuid())
        .bind(i64::from(SIZE))
        .fetch_all(c)
        .await
    })?;
    drop(tx);
    let entries: Vec<Entry> = rows.into_iter().map(entry).collect::<Result<_, _>>()?;
    let (Some(first), Some(last)) = (entries.first().map(|entry| entry.seq), entries.last().map(|entry| entry.seq))
    else {
        return Ok(false);
    };
    if last - first + 1 != u64::from(SIZE) || entries.len() != SIZE as usize {
        return Err(StoreError::Corrupt("a log with a gap".into()));
    }
    let Some(packed) = aside(move || pack(&entries)).await? else { return Ok(false) };
    let mut tx = db.write().await?;
    let removed = on!(&mut tx, c => {
        sqlx::query("INSERT INTO segment (document_id, first_seq, last_seq, bytes) VALUES ($1, $2, $3, $4)")
            .bind(document.as_uuid())
            .bind(to_db(first)?)
            .bind(to_db(last)?)
            .bind(packed)
            .execute(&mut *c)
            .await?;
        sqlx::query("DELETE FROM change WHERE document_id = $1 AND seq >= $2 AND seq <= $3")
            .bind(document.as_uuid())
            .bind(to_db(first)?)
            .bind(to_db(last)?)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    if removed != u64::from(SIZE) {
        return Err(StoreError::Corrupt("a log that changed while it was packed".into()));
    }
    tx.commit().await?;
    Ok(true)
}

fn entry((seq, hash, actor, person, bytes, stored_at): Row) -> Result<Entry, StoreError> {
    let hash = hash.try_into().map_err(|_| StoreError::Corrupt("a hash".into()))?;
    Ok(Entry { seq: from_db(seq)?, hash, actor, person: PersonId(person), bytes, stored_at })
}

/// The packed changes of the first segment that holds any after the place `after` and up to `upto`; all it holds.
pub(super) async fn first_after(
    tx: &mut Tx,
    document: DocumentId,
    after: u64,
    upto: u64,
) -> Result<Option<Vec<Entry>>, StoreError> {
    let row: Option<(i64, Vec<u8>)> = on!(tx, c => {
        sqlx::query_as(
            "SELECT first_seq, bytes FROM segment WHERE document_id = $1 AND last_seq > $2 AND first_seq <= $3
             ORDER BY last_seq LIMIT 1",
        )
        .bind(document.as_uuid())
        .bind(to_db(after)?)
        .bind(to_db(upto)?)
        .fetch_optional(c)
        .await
    })?;
    let Some((first, packed)) = row else { return Ok(None) };
    let first = from_db(first)?;
    aside(move || unpack(first, &packed)).await?.map(Some)
}

/// The changes of a document after a place that are not packed, in order and at most `limit`, with all that is kept of each.
pub(super) async fn unpacked_after(
    tx: &mut Tx,
    document: DocumentId,
    after: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => {
        sqlx::query_as(
            "SELECT seq, hash, actor_id, person_id, bytes, stored_at FROM change WHERE document_id = $1 AND seq > $2
             ORDER BY seq LIMIT $3",
        )
        .bind(document.as_uuid())
        .bind(to_db(after)?)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await
    })?;
    rows.into_iter().map(entry).collect()
}

/// Every segment of a document that can be read.
pub(super) async fn all_readable(tx: &mut Tx, document: DocumentId) -> Result<Vec<Vec<Entry>>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = on!(tx, c => {
        sqlx::query_as("SELECT first_seq, bytes FROM segment WHERE document_id = $1")
            .bind(document.as_uuid())
            .fetch_all(c)
            .await
    })?;
    aside(move || rows.into_iter().filter_map(|(first, packed)| unpack(from_db(first).ok()?, &packed).ok()).collect())
        .await
}

/// Runs what takes milliseconds where it holds up nothing.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let broke = |error| StoreError::Corrupt(format!("a segment that cannot be worked on: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(broke)
}
