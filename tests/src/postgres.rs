//! A database of its own on the PostgreSQL server that `ATELIER_TEST_POSTGRES` names.

use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A database that lasts as long as this value.
#[derive(Debug)]
pub struct Postgres {
    server: String,
    name: String,
    folder: TempDir,
    /// Its address.
    pub url: String,
}

/// A new, empty database; `None`, said aloud, where there is no server.
///
/// # Panics
/// When there is a server and it makes no database.
pub async fn fresh() -> Option<Postgres> {
    let Ok(server) = std::env::var("ATELIER_TEST_POSTGRES") else {
        eprintln!("skipped: PostgreSQL (ATELIER_TEST_POSTGRES is not set)");
        return None;
    };
    let mut connection = PgConnection::connect(&server).await.expect("the PostgreSQL server answers");
    Some(create(&mut connection, server, "").await)
}

/// A copy of a database, whose sessions end.
///
/// # Panics
/// When it cannot be made.
pub async fn copy(original: &Postgres) -> Postgres {
    let mut connection = PgConnection::connect(&original.server).await.expect("the PostgreSQL server answers");
    let name = &original.name;
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    connection.execute(AssertSqlSafe(end)).await.expect("its sessions end");
    create(&mut connection, original.server.clone(), &format!("TEMPLATE {name}")).await
}

/// A copy of a database that is in use, whose sessions end and may begin again.
///
/// # Panics
/// When it cannot be made.
pub async fn dump(original: &Postgres) -> Postgres {
    original.stop(true).await;
    let made = copy(original).await;
    original.stop(false).await;
    made
}

async fn create(connection: &mut PgConnection, server: String, of: &str) -> Postgres {
    let name = format!("atelier_test_{}", Uuid::now_v7().simple());
    let create = format!("CREATE DATABASE {name} {of}");
    connection.execute(AssertSqlSafe(create)).await.expect("a database is made");
    let root = server.rsplit_once('/').map_or(server.as_str(), |(root, _)| root);
    let folder = tempfile::tempdir().expect("a folder");
    Postgres { url: format!("{root}/{name}"), name, server, folder }
}

impl Postgres {
    /// Where a server on it may keep the list of who left: each test has its own, as it has its database.
    #[must_use]
    pub fn erasures(&self) -> PathBuf {
        self.folder.path().join("left")
    }

    /// Cuts every connection and takes no new ones, as if the server had stopped; or takes them again.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn stop(&self, stopped: bool) {
        let mut connection = PgConnection::connect(&self.server).await.expect("the PostgreSQL server answers");
        let name = &self.name;
        let allow = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {}", !stopped);
        connection.execute(AssertSqlSafe(allow)).await.expect("a setting");
        if stopped {
            let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            connection.execute(AssertSqlSafe(cut)).await.expect("they are cut");
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // In a thread of its own: the runtime of the test may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await.map_err(std::io::Error::other)?;
                let drop = format!("DROP DATABASE {name} WITH (FORCE)");
                connection.execute(AssertSqlSafe(drop)).await.map_err(std::io::Error::other)
            })
        });
        if !matches!(dropped.join(), Ok(Ok(_))) {
            eprintln!("the test database {} could not be dropped", self.name);
        }
    }
}
