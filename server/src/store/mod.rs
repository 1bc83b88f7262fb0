//! The store: the only module that names sqlx.
//!
//! One source serves both databases: each query is written once and compiled against both drivers by [`on!`];
//! SQL that truly differs lives in `dialect`. A [`Tx`] is a transaction of either; every use case runs in one.

pub mod anchors;
pub mod answerers;
pub mod audit;
pub mod boards;
pub mod canvases;
pub mod cards;
pub mod cases;
pub mod changes;
pub mod clocks;
pub mod columns;
pub mod comments;
pub mod credit;
pub mod decisions;
pub mod dots;
pub mod entries;
pub mod erasure;
pub mod exports;
pub mod feed_keys;
pub mod feeds;
pub mod follow;
pub mod freezes;
pub mod guests;
pub mod heat;
pub mod ideas;
pub mod idempotency;
pub mod imports;
pub mod inbox;
pub mod invites;
pub mod log;
pub mod mail;
pub mod members;
pub mod merges;
pub mod names;
pub mod news;
pub mod notes;
pub mod numbers;
pub mod people;
pub mod pictures;
pub mod profiles;
pub mod progress;
pub mod quarantine;
pub mod recognition;
pub mod reports;
pub mod roadmap;
mod rows;
pub mod search;
pub mod segment;
pub mod sessions;
pub mod since;
pub mod stages;
pub mod standing;
pub mod storage;
pub mod suspension;
pub mod tags;
pub mod timeline;
pub mod timers;
pub mod votes;
pub mod workspace;

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt as _, str::FromStr, time::Duration};

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// Runs one query on either database: `on!(tx, c => sqlx::query("…").execute(c).await)`.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Runs a query whose `$1` is a list of ids: what stands before the column they are of, the column, what stands after it, and
/// what is bound to `$2` and on.
macro_rules! of_ids {
    ($tx:expr, $ids:expr, $before:expr, $column:literal, $after:literal $(, $bind:expr)*) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let ids: Vec<String> = $ids.iter().map(|id| id.simple().to_string()).collect();
                sqlx::query_as(concat!($before, $column, " IN (SELECT unhex(value) FROM json_each($1))", $after))
                    .bind(sqlx::types::Json(ids))
                    $(.bind($bind))*
                    .fetch_all(&mut **tx)
                    .await?
            }
            $crate::store::Tx::Postgres(tx) => sqlx::query_as(concat!($before, $column, " = ANY ($1)", $after))
                .bind(&$ids)
                $(.bind($bind))*
                .fetch_all(&mut **tx)
                .await?,
        }
    };
}
pub(crate) use of_ids;

/// As [`of_ids`], of the Automerge actor ids that are in a list.
macro_rules! of_actors {
    ($tx:expr, $actors:expr, $before:literal, $after:literal) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let actors = $actors.iter().map(|actor| automerge::ActorId::from(actor.as_slice()).to_hex_string());
                sqlx::query_as(concat!($before, " IN (SELECT unhex(value) FROM json_each($1))", $after))
                    .bind(sqlx::types::Json(actors.collect::<Vec<String>>()))
                    .fetch_all(&mut **tx)
                    .await?
            }
            $crate::store::Tx::Postgres(tx) => {
                sqlx::query_as(concat!($before, " = ANY ($1)", $after)).bind(&$actors).fetch_all(&mut **tx).await?
            }
        }
    };
}
pub(crate) use of_actors;

/// A connected database.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite: one writer, several readers.
    Sqlite {
        /// For reading.
        read: SqlitePool,
        /// For writing; one connection, so that writers queue here and never meet a busy database.
        write: SqlitePool,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it changes nothing.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness rule was met: something else has this value. Names the constraint or column as the database does.
    #[error("already taken: {0}")]
    Taken(String),
    /// The database address is not one we know.
    #[error("ATELIER_DATABASE_URL must begin with sqlite: or postgres:, not `{0}`")]
    Address(String),
    /// The database cannot be reached, or has no connection free.
    #[error("the database cannot be reached: {0}")]
    Unreachable(sqlx::Error),
    /// The database refused.
    #[error(transparent)]
    Database(sqlx::Error),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A stored value that cannot be.
    #[error("the database holds a value that cannot be: {0}")]
    Corrupt(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => {
                Self::Taken(db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned))
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unreachable(error)
            }
            _ => Self::Database(error),
        }
    }
}

/// How safely SQLite commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Survives a power cut: each commit reaches the disk.
    #[default]
    Full,
    /// Survives a crash of the process; a power cut may take the last commits.
    Process,
}

impl Db {
    /// Connects to `sqlite:PATH`, `sqlite::memory:` or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// When the address is unknown, the database cannot be reached, or its schema is newer than this program's.
    pub async fn open(url: &str, durability: Durability) -> Result<Self, StoreError> {
        let db = if url.starts_with("sqlite:") {
            Self::open_sqlite(url, durability).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool =
                PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
            Self::Postgres(pool)
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(StoreError::Address(format!("{scheme}:")));
        };
        match &db {
            Self::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write).await?,
            Self::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run(pool).await?,
        }
        Ok(db)
    }

    async fn open_sqlite(url: &str, durability: Durability) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?;
        if let Some(folder) = options.get_filename().parent().filter(|folder| !folder.as_os_str().is_empty()) {
            // It will hold people's addresses: nobody else on the machine needs to look in.
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|error| StoreError::Unreachable(sqlx::Error::Io(error)))?;
        }
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            // What is deleted is overwritten.
            .pragma("secure_delete", "ON")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Process => SqliteSynchronous::Normal,
            })
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // A file does not hang up.
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        // A database in memory belongs to its connection.
        let read = if url.contains(":memory:") {
            write.clone()
        } else {
            SqlitePoolOptions::new()
                .max_connections(4)
                .test_before_acquire(false)
                // Each has a cache of its own, of half the usual size; the system keeps the file in memory besides.
                .connect_with(options.pragma("query_only", "ON").pragma("cache_size", "-1000"))
                .await?
        };
        Ok(Self::Sqlite { read, write })
    }

    /// Begins a transaction that only reads, and sees one moment throughout.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Lets nothing of what was deleted be found in the files of a SQLite database: not in its index of words, nor in what is
    /// on its way to the file. False when somebody still reads what was there before. On PostgreSQL that is the server's own
    /// to do: see `docs/operating.md`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        let Self::Sqlite { write, .. } = self else { return Ok(true) };
        sqlx::query("INSERT INTO search_index (search_index) VALUES ('optimize')").execute(write).await?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(write).await?;
        Ok(busy == 0)
    }

    /// Lets SQLite refuse, or no longer, whatever would change the database.
    #[cfg(test)]
    pub(crate) async fn refuse_writing(&self, refuse: bool) -> Result<(), StoreError> {
        if let Self::Sqlite { write, .. } = self {
            let pragma = if refuse { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" };
            sqlx::query(pragma).execute(write).await?;
        }
        Ok(())
    }

    /// Closes every connection once its work is done.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes it last.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached; then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
