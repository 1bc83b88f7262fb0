//! A server in this process, on a port of its own, with a town in its database.

use std::{net::SocketAddr, time::Duration};

use server::{Atelier, config::Config, http};
use tempfile::TempDir;
use tests::{
    app,
    live::{Client, PATIENCE},
    postgres::{self, Postgres},
    town::{Town, Townsperson},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Instant, sleep},
};

/// A server and its town.
pub struct House {
    pub atelier: Atelier,
    pub address: SocketAddr,
    pub town: Town,
    serving: JoinHandle<()>,
    // Gone when the test ends.
    _folder: Option<TempDir>,
    /// The database, where it is on PostgreSQL.
    pub postgres: Option<Postgres>,
}

impl House {
    /// On SQLite.
    pub async fn open() -> Self {
        Self::configured(|_| {}).await
    }

    /// With an idea that everyone may co-edit. Its proposer, a customer, has it open, under this peer id.
    pub async fn with_idea(body: &str, peer: &str) -> (Self, Townsperson, Client) {
        let mut house = Self::open().await;
        let (proposer, document) = house.town.proposal(body).await;
        let mut client = Client::new(house.address, &proposer.token, peer, document);
        client.open().await;
        (house, proposer, client)
    }

    /// On SQLite, configured otherwise.
    pub async fn configured(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        let mut config = app::config(&url);
        configure(&mut config);
        Self { _folder: Some(folder), ..Self::at(config).await }
    }

    /// On PostgreSQL; `None`, said aloud, where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let postgres = postgres::fresh().await?;
        let mut config = app::config(&postgres.url);
        config.erasures = Some(postgres.erasures());
        Some(Self { postgres: Some(postgres), ..Self::at(config).await })
    }

    async fn at(config: Config) -> Self {
        let town = Town::settle(&config.database_url).await;
        let atelier = Atelier::open(config).await.expect("it opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = http::router(atelier.clone());
        let serving = tokio::spawn(http::serve::serve(listener, router, atelier.clone()));
        Self { atelier, address, town, serving, _folder: None, postgres: None }
    }

    /// Asks the API over the network, by an access token, and says with which status it answers.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).await.expect("a server");
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    /// What a metric says, by its name and labels.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = self.atelier.metrics.render();
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Waits until a metric is so.
    pub async fn until_metric(&self, name: &str, so: impl Fn(f64) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !self.metric(name).is_some_and(&so) {
            assert!(Instant::now() < end, "{name} is {:?}", self.metric(name));
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stops it, as SIGTERM would.
    pub async fn close(self) {
        self.atelier.stop.cancel();
        self.serving.await.expect("it ends");
        self.atelier.close().await;
    }
}
