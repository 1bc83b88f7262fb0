//! The whole server in this process, on a database of its own, asked without a network.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{Router, body::Body};
use bytes::Bytes;
use clap::{Args as _, FromArgMatches as _};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde::{Serialize, de::DeserializeOwned};
use server::{
    Atelier,
    config::Config,
    domain::{
        accounts::{self, NewAccount},
        now,
    },
    http::limits::Peer,
    store::{Db, workspace},
};
use shared::{
    Role,
    api::{Code, Me, PersonView, Problem, SignIn},
};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::postgres::{self, Postgres};

/// The password of everybody in tests.
pub const PASSWORD: &str = "une baguette bien cuite";
/// The host of requests in tests.
pub const HOST: &str = "atelier.test";

/// A server.
pub struct App {
    /// What it runs.
    pub atelier: Atelier,
    router: Router,
    people: AtomicU32,
    // Removed, or dropped, when the test ends.
    database: Database,
}

/// A backup of a database, gone when it is dropped.
pub struct Backup {
    /// Its address.
    pub url: String,
    database: Database,
}

impl Backup {
    /// The folder of a backup of SQLite.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.database {
            Database::Folder(folder) => Some(folder.path()),
            Database::Postgres(_) => None,
        }
    }
}

enum Database {
    Folder(TempDir),
    Postgres(Postgres),
}

impl App {
    /// A server on SQLite, with its workspace set up and nobody in it.
    pub async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    /// The same, configured otherwise.
    pub async fn configured(configure: impl FnOnce(&mut Config)) -> Self {
        let app = Self::empty(configure).await;
        app.name_workspace().await;
        app
    }

    /// A server on SQLite that has never been set up.
    pub async fn empty(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = config(&format!("sqlite:{}/atelier.db", folder.path().display()));
        configure(&mut config);
        Self::open(config, Database::Folder(folder)).await
    }

    /// A server on PostgreSQL, with its workspace set up and nobody in it; `None`, said aloud, where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let app = Self::empty_on_postgres().await?;
        app.name_workspace().await;
        Some(app)
    }

    /// A server on PostgreSQL that has never been set up.
    pub async fn empty_on_postgres() -> Option<Self> {
        Self::empty_on_postgres_configured(|_| {}).await
    }

    /// A server on PostgreSQL, configured otherwise, with its workspace set up and nobody in it.
    pub async fn configured_on_postgres(configure: impl FnOnce(&mut Config)) -> Option<Self> {
        let app = Self::empty_on_postgres_configured(configure).await?;
        app.name_workspace().await;
        Some(app)
    }

    async fn empty_on_postgres_configured(configure: impl FnOnce(&mut Config)) -> Option<Self> {
        let database = postgres::fresh().await?;
        let mut config = config(&database.url);
        config.erasures = Some(database.erasures());
        configure(&mut config);
        Some(Self::open(config, Database::Postgres(database)).await)
    }

    async fn open(config: Config, database: Database) -> Self {
        let atelier = Atelier::open(config).await.expect("the workspace opens");
        let router = server::http::router(atelier.clone());
        Self { atelier, router, people: AtomicU32::new(0), database }
    }

    /// How many rows each table of accounts has, to see that nothing was changed.
    pub async fn rows(&self) -> BTreeMap<&'static str, i64> {
        let mut rows = BTreeMap::new();
        for (table, count) in [
            ("access_token", "SELECT COUNT(*) FROM access_token"),
            ("audit", "SELECT COUNT(*) FROM audit"),
            ("board_member", "SELECT COUNT(*) FROM board_member"),
            ("invite", "SELECT CAST(COALESCE(SUM(uses_left), 0) AS BIGINT) FROM invite"),
            ("person", "SELECT COUNT(*) FROM person"),
            ("session", "SELECT COUNT(*) FROM session"),
            ("workspace", "SELECT COUNT(*) FROM workspace"),
        ] {
            rows.insert(table, self.number(count).await);
        }
        rows
    }

    /// A number that no use case tells.
    pub async fn number(&self, query: &'static str) -> i64 {
        match &self.atelier.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_one(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await,
        }
        .expect("a number")
    }

    /// The bytes of a file of the SQLite database: `atelier.db`, or `atelier.db-wal`.
    pub async fn file(&self, name: &str) -> Vec<u8> {
        let Database::Folder(folder) = &self.database else { panic!("this is not on SQLite") };
        tokio::fs::read(folder.path().join(name)).await.expect("a file")
    }

    /// The folder of a SQLite database.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.database {
            Database::Folder(folder) => Some(folder.path()),
            Database::Postgres(_) => None,
        }
    }

    /// A backup of the database as it is now.
    pub async fn backup(&self) -> Backup {
        match (&self.atelier.db, &self.database) {
            (Db::Sqlite { write, .. }, _) => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let path = folder.path().join("backup.db").display().to_string();
                sqlx::query("VACUUM INTO $1").bind(&path).execute(write).await.expect("a backup");
                Backup { url: format!("sqlite:{path}"), database: Database::Folder(folder) }
            }
            (Db::Postgres(_), Database::Postgres(original)) => {
                let copy = postgres::dump(original).await;
                Backup { url: copy.url.clone(), database: Database::Postgres(copy) }
            }
            (Db::Postgres(_), Database::Folder(_)) => panic!("a database is of one kind"),
        }
    }

    /// Runs a statement that no use case offers, such as setting a clock back.
    pub async fn execute(&self, statement: &'static str) {
        self.attempt(statement).await.expect("a statement");
    }

    /// The same, where the database may refuse it.
    ///
    /// # Errors
    /// When it does.
    pub async fn attempt(&self, statement: &'static str) -> sqlx::Result<()> {
        match &self.atelier.db {
            Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
            Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
        }
    }

    async fn name_workspace(&self) {
        let mut tx = self.atelier.db.write().await.expect("a transaction");
        workspace::found(&mut tx, "Le Fournil", self.atelier.config.sign_up.into(), now()).await.expect("a name");
        tx.commit().await.expect("committed");
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        // Each from an address of their own, so that no test runs into another's limits.
        let n = self.people.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Client {
            router: self.router.clone(),
            cookie: None,
            token: None,
            address: [10, n[1], n[2], n[3]].into(),
            origin: Some(format!("http://{HOST}")),
            me: None,
        }
    }

    /// A new account of this role, and its e-mail address.
    pub async fn account(&self, role: Role) -> (PersonView, String) {
        let n = self.people.fetch_add(1, Ordering::Relaxed);
        let email = format!("{}-{n}@example.org", role.as_str());
        let turn = self.atelier.passwords.turn().await.expect("a turn");
        let password_hash = turn.hash(PASSWORD.into()).await.expect("a hash");
        let new = NewAccount { name: format!("{} {n}", role.as_str()), email: email.clone(), password_hash, role };
        let mut tx = self.atelier.db.write().await.expect("a transaction");
        let person = accounts::create(&mut tx, new).await.expect("an account").expect("an address nobody has");
        tx.commit().await.expect("committed");
        (person, email)
    }

    /// A new person of this role, signed in.
    pub async fn person(&self, role: Role) -> Client {
        let (_, email) = self.account(role).await;
        let mut client = self.visitor();
        client.sign_in(&email, PASSWORD).await;
        client
    }

    /// Somebody of this role, signed in, or a visitor.
    pub async fn somebody(&self, role: Option<Role>) -> Client {
        match role {
            Some(role) => self.person(role).await,
            None => self.visitor(),
        }
    }
}

/// The configuration of tests: as it comes, but with passwords that cost little.
#[must_use]
pub fn config(database_url: &str) -> Config {
    let command = Config::augment_args(clap::Command::new("atelier"));
    let arguments = [
        "atelier",
        "--database-url",
        database_url,
        "--password-memory",
        "8",
        "--password-passes",
        "1",
        // Tests write more than people do.
        "--write-limits",
        "1000",
    ];
    let matches = command.try_get_matches_from(arguments).expect("known options");
    Config::from_arg_matches(&matches).expect("a configuration")
}

/// A browser or program that asks the server. Clones are other tabs of the same browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    /// The session cookie, as `name=value`.
    pub cookie: Option<String>,
    /// The access token shown instead.
    pub token: Option<String>,
    /// Where it comes from.
    pub address: IpAddr,
    /// What it says in `Origin`, when it changes something.
    pub origin: Option<String>,
    me: Option<Me>,
}

impl Client {
    /// Signs in, and keeps the cookie.
    pub async fn sign_in(&mut self, email: &str, password: &str) {
        let request = SignIn { email: email.into(), password: password.into() };
        let answer = self.post("/api/v1/session", &request).await;
        self.keep_session(&answer);
        self.me = Some(answer.ok());
    }

    /// Keeps the session cookie of an answer, as a browser would.
    pub fn keep_session(&mut self, answer: &Answer) {
        self.cookie = answer.set_cookie().map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned());
    }

    /// Whether somebody signed in with it.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.me.is_some()
    }

    /// Who is signed in, as it was told when signing in.
    #[must_use]
    pub fn person(&self) -> &PersonView {
        self.me.as_ref().and_then(|me| me.person.as_ref()).expect("somebody who signed in")
    }

    /// The e-mail address of who is signed in.
    #[must_use]
    pub fn email(&self) -> &str {
        self.me.as_ref().and_then(|me| me.email.as_deref()).expect("somebody who signed in")
    }

    /// The same person by an access token.
    #[must_use]
    pub fn with_token(&self, secret: &str) -> Self {
        Self { cookie: None, origin: None, token: Some(secret.to_owned()), ..self.clone() }
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path), Body::empty()).await
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path), Body::empty()).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::POST, path, body).await
    }

    /// `PUT path` with a JSON body.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    /// `PATCH path` with a JSON body.
    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::PATCH, path, body).await
    }

    async fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("JSON");
        self.send(self.request(method, path).header(header::CONTENT_TYPE, "application/json"), Body::from(body)).await
    }

    /// A request as this client would begin it, to add headers to.
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder().method(&method).uri(path).header(header::HOST, HOST);
        if let Some(origin) = self.origin.as_ref().filter(|_| !method.is_safe()) {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
    }

    /// Sends a request with any body.
    pub async fn send(&self, request: http::request::Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.body(body.into()).expect("a request");
        let asked = format!("{} {}", request.method(), request.uri());
        request.extensions_mut().insert(Peer(self.address));
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { asked, status: parts.status, headers: parts.headers, body }
    }
}

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer {
    asked: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    #[must_use]
    pub fn expect<T: DeserializeOwned>(&self, status: StatusCode) -> T {
        self.nothing(status);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// The body of a 200.
    #[track_caller]
    #[must_use]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        self.expect(StatusCode::OK)
    }

    /// The body of a 201.
    #[track_caller]
    #[must_use]
    pub fn created<T: DeserializeOwned>(&self) -> T {
        self.expect(StatusCode::CREATED)
    }

    /// Only the status matters.
    #[track_caller]
    pub fn nothing(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
    }

    /// The problem document of this code.
    #[track_caller]
    pub fn problem(&self, code: Code) -> Problem {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{}: {} {}", self.asked, self.status, self.text());
        let problem: Problem = serde_json::from_slice(&self.body).expect("a problem document");
        assert_eq!(problem.code, code, "{}: {}", self.asked, self.text());
        assert_eq!((problem.status, self.status.as_u16()), (code.status(), code.status()), "{}", self.asked);
        assert!(!problem.detail.is_empty(), "{}: a problem without a word", self.asked);
        problem
    }

    /// The problem that these fields, and no others, are not acceptable.
    #[track_caller]
    pub fn invalid(&self, fields: &[&str]) -> Problem {
        let problem = self.problem(Code::Invalid);
        let named: Vec<_> = problem.fields.keys().map(String::as_str).collect();
        assert_eq!(named, fields, "{}", self.asked);
        problem
    }

    /// The `Set-Cookie` header.
    #[must_use]
    pub fn set_cookie(&self) -> Option<&str> {
        self.headers.get(header::SET_COOKIE)?.to_str().ok()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Declares tests that run on SQLite and on PostgreSQL, with a server whose workspace is set up.
#[macro_export]
macro_rules! on_each_database {
    ($($name:ident($app:ident) $body:block)*) => {
        mod on_sqlite {
            use super::*;
            $(#[tokio::test] async fn $name() { let $app = $crate::app::App::new().await; $body })*
        }

        mod on_postgres {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some($app) = $crate::app::App::on_postgres().await else { return };
                $body
            })*
        }
    };
}
