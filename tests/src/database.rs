//! A database of its own for a test, of either kind, gone when the test ends.

use server::store::{Db, Durability};
use tempfile::TempDir;

use crate::postgres::{self, Postgres};

/// An empty database, brought up to date.
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// Its address.
    pub url: String,
    // Removed when dropped, after the database above.
    folder: Option<TempDir>,
    on_server: Option<Postgres>,
}

impl TestDb {
    /// On SQLite, in a folder of its own.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        let db = Db::open(&url, Durability::Process).await.expect("SQLite should open");
        Self { db, url, folder: Some(folder), on_server: None }
    }

    /// Another database with what is on disk. Nobody may have this one open.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub async fn copy(&self) -> Self {
        self.db.close().await;
        if let Some(original) = &self.on_server {
            let copy = postgres::copy(original).await;
            let url = copy.url.clone();
            let db = Db::open(&url, Durability::Process).await.expect("PostgreSQL should open");
            return Self { db, url, folder: None, on_server: Some(copy) };
        }
        let folder = tempfile::tempdir().expect("a folder");
        let original = self.folder.as_ref().expect("SQLite is in a folder").path();
        for entry in std::fs::read_dir(original).expect("its files") {
            let entry = entry.expect("a file");
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("it is copied");
        }
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        let db = Db::open(&url, Durability::Process).await.expect("SQLite should open");
        Self { db, url, folder: Some(folder), on_server: None }
    }

    /// On PostgreSQL; `None`, and a line that says so, where no server is at hand.
    ///
    /// # Panics
    /// When the server that should be there cannot be used.
    pub async fn postgres() -> Option<Self> {
        let database = postgres::fresh().await?;
        let url = database.url.clone();
        let db = Db::open(&url, Durability::Process).await.expect("PostgreSQL should open");
        Some(Self { db, url, folder: None, on_server: Some(database) })
    }
}

/// Makes of each `async fn name(db: Db)` two tests: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {$(
        $(#[$meta])*
        async fn $name($db: server::store::Db) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let test = $crate::database::TestDb::sqlite().await;
                super::$name(test.db.clone()).await;
                test.db.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(test) = $crate::database::TestDb::postgres().await {
                    super::$name(test.db.clone()).await;
                    test.db.close().await;
                }
            }
        }
    )*};
}
