//! What the documents take up in the database.

use super::{StoreError, Tx, on};

/// Rows and bytes of the log and of the snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// Changes in the log, packed or not.
    pub changes: i64,
    /// Their bytes, without what the database adds.
    pub change_bytes: i64,
    /// Snapshots.
    pub snapshots: i64,
    /// Their bytes.
    pub snapshot_bytes: i64,
}

/// Counts. It reads the length of every change, which takes about a second for each million.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx) -> Result<Storage, StoreError> {
    let (changes, change_bytes): (i64, i64) = on!(tx, c => {
        sqlx::query_as("SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) FROM change").fetch_one(c).await
    })?;
    let (packed, segment_bytes): (i64, i64) = on!(tx, c => {
        sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(last_seq - first_seq + 1), 0) AS BIGINT),
             CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) FROM segment",
        )
        .fetch_one(c)
        .await
    })?;
    let (snapshots, snapshot_bytes): (i64, i64) = on!(tx, c => {
        sqlx::query_as("SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) FROM snapshot")
            .fetch_one(c)
            .await
    })?;
    let (changes, change_bytes) = (changes + packed, change_bytes + segment_bytes);
    Ok(Storage { changes, change_bytes, snapshots, snapshot_bytes })
}
