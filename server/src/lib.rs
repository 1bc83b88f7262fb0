//! The Atelier server.
//!
//! `http` and `live` speak to the outside and call `domain`; only `domain` and `live` call `store`; only `store` names sqlx.

pub mod config;
pub mod demo;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod live;
pub mod mailer;
pub mod metrics;
mod panic;
pub mod store;

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    domain::{
        access::AccessNews, attempts::Attempts, canvases::Canvases, erasure::list::List, password::Passwords,
        pictures::Darkroom, proof::Proof,
    },
    http::{
        assets::Assets,
        limits::{PerAddress, PerPerson},
        metrics::Counted,
    },
    mailer::Post,
    metrics::Metrics,
    store::{Db, StoreError},
};

/// One running workspace: what every request, room and job shares. Clones are the same workspace.
#[derive(Clone, Debug)]
pub struct Atelier(Arc<Inner>);

/// What an [`Atelier`] holds.
#[derive(Debug)]
pub struct Inner {
    /// How it is configured.
    pub config: Config,
    /// The facts, and the log of the documents.
    pub db: Db,
    /// Tells open sockets that somebody's access changed.
    pub access_news: AccessNews,
    /// What is counted and measured.
    pub metrics: Metrics,
    /// When what is stored was last counted for them.
    pub storage_counted: Counted,
    /// The rooms of the documents, and who is in them.
    pub hub: live::Hub,
    /// Who left, written down beside the database.
    pub left: List,
    /// Wakes who takes the words of those who leave out of documents.
    pub leaving: Arc<Notify>,
    /// Wakes who makes the files that people take along.
    pub exporting: Arc<Notify>,
    /// Wakes who tells people what happened to ideas.
    pub happened: Arc<Notify>,
    /// The files the browser loads.
    pub assets: Arc<Assets>,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Reads what lies on canvases.
    pub canvases: Canvases,
    /// Tells how concepts came to be.
    pub histories: live::history::Histories,
    /// Develops pictures.
    pub darkroom: Darkroom,
    /// How often signing in failed.
    pub attempts: Attempts,
    /// How often an address may ask for what costs.
    pub limits: PerAddress,
    /// How often a person may write.
    pub writing: PerPerson,
    /// One file of ideas at a time is read, and one brought in.
    pub imports: ImportTurns,
    /// Cancelled when the server stops: sockets close, jobs end.
    pub stop: CancellationToken,
}

/// Whose turn it is to import.
#[derive(Debug)]
pub struct ImportTurns {
    /// To have a file read: it may take all the memory that one file may.
    pub read: Semaphore,
    /// To have its ideas brought in.
    pub run: Arc<Semaphore>,
}

impl Default for ImportTurns {
    fn default() -> Self {
        Self { read: Semaphore::new(1), run: Arc::new(Semaphore::new(1)) }
    }
}

/// Why a workspace could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its database could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Who left since the backup was made that it comes from could not be erased again.
    #[error("who left could not be erased again")]
    Left(#[source] domain::Error),
    /// Argon2 does not accept the configured cost.
    #[error("passwords cannot be hashed: {0}")]
    Passwords(#[source] domain::Error),
    /// The folder that should hold the browser's files does not.
    #[error("the browser's files cannot be read")]
    Assets(#[source] std::io::Error),
}

impl Deref for Atelier {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Atelier {
    /// What it takes to have somebody prove from this address who they are.
    #[must_use]
    pub fn proof(&self, network: IpAddr) -> Proof<'_> {
        Proof { passwords: &self.passwords, attempts: &self.attempts, network }
    }

    /// Opens the workspace in the configured database.
    ///
    /// # Errors
    /// When the database or the browser's files cannot be opened.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let assets = Arc::new(Assets::open(config.assets.as_deref()).map_err(OpenError::Assets)?);
        let db = Db::open(&config.database_url, config.durability.into()).await?;
        domain::canvases::complete(&db).await?;
        domain::workspace::settle_sign_up(&db, config.sign_up.into()).await?;
        let left = List::new(config.erasure_list());
        let again = domain::erasure::again(&db, &left).await.map_err(OpenError::Left)?;
        if again > 0 {
            tracing::warn!(again, "this database is older than its list of who left: they are erased again");
        }
        jobs::erase::before_serving(&db).await?;
        let passwords =
            Passwords::new(config.password_cost.memory, config.password_cost.passes).map_err(OpenError::Passwords)?;
        let writing = PerPerson::new(config.write_limits);
        let stop = CancellationToken::new();
        let metrics = Metrics::default();
        let hub = live::Hub::start(db.clone(), config.live, metrics.clone(), stop.clone());
        let (kept, stopped) = (metrics.clone(), stop.clone());
        tokio::spawn(async move { stopped.run_until_cancelled(kept.keep_small()).await });
        hub.spawn(jobs::follow::run(hub.clone()));
        hub.spawn(jobs::compact::run(hub.clone()));
        let canvases = Canvases::new(db.clone());
        hub.spawn(jobs::unload::run(hub.clone(), canvases.clone()));
        hub.spawn(jobs::search::run(hub.clone()));
        hub.spawn(jobs::sweep::run(hub.clone(), canvases.clone()));
        hub.spawn(jobs::workshop::run(hub.clone()));
        let (access_news, leaving) = (AccessNews::default(), Arc::new(Notify::new()));
        hub.spawn(jobs::erase::run(hub.clone(), canvases.clone(), access_news.clone(), leaving.clone()));
        let exporting = Arc::new(Notify::new());
        hub.spawn(jobs::exports::run(hub.clone(), canvases.clone(), exporting.clone()));
        let happened = Arc::new(Notify::new());
        hub.spawn(jobs::inbox::run(hub.clone(), happened.clone()));
        hub.spawn(jobs::promise::run(hub.clone(), happened.clone()));
        let post = Post::of(&config);
        hub.spawn(jobs::digests::run(hub.clone(), post.delivery()));
        hub.spawn(jobs::mail::run(hub.clone(), post));
        hub.spawn(jobs::judge::run(hub.clone(), happened.clone(), Duration::from_secs(config.rest.into())));
        Ok(Self(Arc::new(Inner {
            config,
            db,
            assets,
            passwords,
            canvases,
            histories: live::history::Histories::default(),
            darkroom: Darkroom::default(),
            attempts: Attempts::default(),
            access_news,
            left,
            leaving,
            exporting,
            metrics,
            storage_counted: Counted::default(),
            happened,
            hub,
            limits: PerAddress::default(),
            writing,
            imports: ImportTurns::default(),
            stop,
        })))
    }

    /// Stops what runs beside requests, and closes the database once its work is done.
    pub async fn close(&self) {
        self.stop.cancel();
        self.hub.drain().await;
        self.db.close().await;
    }
}
