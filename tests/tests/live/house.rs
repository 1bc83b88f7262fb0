//! A server in this process, on a port of its own, with a town in its database.

use std::net::SocketAddr;

use server::{Atelier, http};
use tempfile::TempDir;
use tests::{app, town::Town};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server and its town.
pub struct House {
    pub atelier: Atelier,
    pub address: SocketAddr,
    pub town: Town,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl House {
    /// On SQLite.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        let town = Town::settle(&url).await;
        let atelier = Atelier::open(app::config(&url)).await.expect("it opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = http::router(atelier.clone());
        let serving = tokio::spawn(http::serve::serve(listener, router, atelier.stop.clone()));
        Self { atelier, address, town, serving, _folder: folder }
    }

    /// Stops it, as SIGTERM would.
    pub async fn close(self) {
        self.atelier.stop.cancel();
        self.serving.await.expect("it ends");
        self.atelier.close().await;
    }
}
