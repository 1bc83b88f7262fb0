//! The servers that are measured side by side, each with light clients of its own protocol.
//!
//! Those of others run on Node.js from the packages in the folder `ATELIER_PEERS` names, and keep everything in memory;
//! Atelier keeps it on disk, and says so before anybody sees it.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use automerge::{ActorId, AutoCommit, ReadDoc as _, transaction::Transactable as _};
use server::store::log::{self, NewChange};
use shared::{
    DocumentId, Role,
    live::concept::{ENCODING, Field, Texts, first_change},
    rules::{Audience, EditingRule},
};
use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

use crate::{
    light::Light,
    load::{Sent, Tally, Writing, pinned},
    process::{self, Server},
    town::{Town, Townsperson},
    yjs::{Framing, Yjs},
};

/// How long a peer may take to listen.
const READY: Duration = Duration::from_secs(20);
/// What each change of a prepared document adds.
const WORDS: &str = "neuf sig ";

/// A system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// This one: SQLite, every edit durable before it is acknowledged or passed on.
    Atelier,
    /// The server of automerge-repo, without storage.
    AutomergeRepo,
    /// Hocuspocus, without a database.
    Hocuspocus,
    /// y-websocket, without persistence.
    YWebsocket,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Atelier, Self::AutomergeRepo, Self::Hocuspocus, Self::YWebsocket];

    /// Its name in figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Atelier => "atelier",
            Self::AutomergeRepo => "automerge-repo",
            Self::Hocuspocus => "hocuspocus",
            Self::YWebsocket => "y-websocket",
        }
    }

    /// Starts its server, on a core of its own.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(self) -> Result<Running> {
        let script = match self {
            Self::Atelier => return start_atelier().await,
            Self::AutomergeRepo => "automerge_repo.mjs",
            Self::Hocuspocus => "hocuspocus.mjs",
            Self::YWebsocket => "y_websocket.mjs",
        };
        let folder = std::env::var_os("ATELIER_PEERS").map(PathBuf::from).context("ATELIER_PEERS is not set")?;
        let address = process::free_address();
        let child = pinned("node")
            .arg(script)
            .current_dir(folder)
            .env("PORT", address.port().to_string())
            .env("NODE_ENV", "production")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("node could not be started")?;
        let mut running = Running { system: self, address, kind: Kind::Node(Node(child)) };
        let began = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            ensure!(running.is_alive(), "its server ended");
            ensure!(began.elapsed() < READY, "its server does not listen");
            sleep(Duration::from_millis(20)).await;
        }
        Ok(running)
    }
}

async fn start_atelier() -> Result<Running> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
    let mut town = Town::settle(&url).await;
    let writer = town.person(Role::Customer).await;
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let server = Server::start_at(process::free_address(), &url, &mut pinned(process::binary())).await;
    let address = server.address;
    let kind = Kind::Atelier(Box::new(Own { server, town, writer, board, _folder: folder }));
    Ok(Running { system: System::Atelier, address, kind })
}

/// A running server.
pub struct Running {
    system: System,
    address: SocketAddr,
    kind: Kind,
}

enum Kind {
    Atelier(Box<Own>),
    Node(Node),
}

struct Own {
    server: Server,
    town: Town,
    writer: Townsperson,
    board: String,
    _folder: TempDir,
}

/// A process that ends with this value.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A document there.
#[derive(Clone, Debug)]
pub enum Document {
    /// Known by an id; what a stock client that joins late has of it already, to spare the load client reading it.
    Id(DocumentId, Box<AutoCommit>),
    /// Known by a name.
    Name(String),
}

/// A client of whichever system.
#[derive(Debug)]
pub enum LightClient {
    /// Speaks Automerge.
    Automerge(Box<Light>),
    /// Speaks Yjs.
    Yjs(Box<Yjs>),
}

impl LightClient {
    /// Writes and listens until a second after the end.
    ///
    /// # Errors
    /// When the server refuses or goes away.
    pub async fn run(self, writing: Option<Writing>, sent: Sent, end: Instant) -> Result<Tally> {
        match self {
            Self::Automerge(light) => light.run(writing, sent, end).await,
            Self::Yjs(yjs) => yjs.run(writing, sent, end).await,
        }
    }

    /// Stays connected and reads nothing, until then.
    pub async fn stall(self, until: Instant) {
        match self {
            Self::Automerge(light) => light.stall(until).await,
            Self::Yjs(yjs) => yjs.stall(until).await,
        }
    }
}

impl Running {
    /// Its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        match &self.kind {
            Kind::Atelier(own) => own.server.id(),
            Kind::Node(node) => node.0.id(),
        }
    }

    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> bool {
        match &mut self.kind {
            Kind::Atelier(_) => true,
            Kind::Node(node) => matches!(node.0.try_wait(), Ok(None)),
        }
    }

    /// A document to which one person has added nine characters so many times.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn document(&self, changes: usize) -> Result<Document> {
        match &self.kind {
            Kind::Atelier(own) => {
                let id = stored(&own.town, &own.writer, &own.board, changes).await?;
                Ok(Document::Id(id, Box::default()))
            }
            Kind::Node(_) if self.system == System::AutomergeRepo => {
                let mut doc = written(changes)?;
                let id = DocumentId::new();
                Light::open_stock(self.address, &format!("maker of {id}"), id, &mut doc).await?;
                Ok(Document::Id(id, Box::new(doc)))
            }
            Kind::Node(_) => {
                let name = format!("document-{}", uuid::Uuid::now_v7().simple());
                let mut maker = Yjs::open(self.address, self.framing(), &name, u16::MAX - 1).await?;
                maker.fill(&WORDS.repeat(changes)).await?;
                // Until it is taken in; one that is empty once its last client left may be gone.
                sleep(Duration::from_millis(if changes > 100 { 300 } else { 0 })).await;
                drop(maker);
                Ok(Document::Name(name))
            }
        }
    }

    /// A client in a document. Each of a server has another number.
    ///
    /// # Errors
    /// When it does not come that far.
    pub async fn open(&self, document: &Document, number: u16, writes: bool) -> Result<LightClient> {
        let peer = format!("client {number}");
        Ok(match (document, &self.kind) {
            (Document::Name(name), _) => {
                LightClient::Yjs(Box::new(Yjs::open(self.address, self.framing(), name, number).await?))
            }
            (Document::Id(id, _), Kind::Atelier(own)) => {
                LightClient::Automerge(Box::new(Light::open(self.address, &own.writer, &peer, *id, writes).await?))
            }
            (Document::Id(id, doc), Kind::Node(_)) => {
                let mut doc = doc.clone();
                LightClient::Automerge(Box::new(Light::open_stock(self.address, &peer, *id, &mut doc).await?))
            }
        })
    }

    fn framing(&self) -> Framing {
        if self.system == System::Hocuspocus { Framing::Named } else { Framing::Plain }
    }
}

/// A concept whose body was written in so many changes.
fn written(changes: usize) -> Result<AutoCommit> {
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes([first_change(ActorId::random(), 0, &Texts::default())?])?;
    write(&mut doc, changes, |_, _| Ok(()))?;
    Ok(doc)
}

fn write(
    doc: &mut AutoCommit,
    changes: usize,
    mut each: impl FnMut(usize, &automerge::Change) -> Result<()>,
) -> Result<()> {
    let body = Field::Body.object(doc)?;
    for at in 1..changes {
        doc.splice_text(&body, doc.length(&body), 0, WORDS)?;
        let change = doc.commit().and_then(|hash| doc.get_change_by_hash(&hash)).context("a change")?;
        each(at, &change)?;
    }
    Ok(())
}

/// The same in the log of a town, with the snapshot that the server would have made by now.
///
/// # Errors
/// When the database fails.
pub async fn stored(town: &Town, who: &Townsperson, board: &str, changes: usize) -> Result<DocumentId> {
    let (_, document) = town.idea(who, board, "").await;
    if changes < 2 {
        return Ok(document);
    }
    let first = log::changes_after(&mut town.db.read().await?, document, 0, 1).await?;
    let actor = uuid::Uuid::new_v4();
    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from(actor.as_bytes().as_slice()));
    doc.load_incremental(&first.first().context("a first change")?.bytes)?;
    let mut rows = Vec::with_capacity(changes);
    write(&mut doc, changes, |at, change| {
        rows.push(NewChange {
            document,
            seq: at as u64 + 1,
            hash: change.hash().0,
            actor: actor.as_bytes().to_vec(),
            person: who.person.id,
            bytes: change.raw_bytes().to_vec().into(),
            stored_at: 0,
        });
        Ok(())
    })?;
    let snapshot = log::Snapshot { seq: changes as u64, bytes: doc.save() };
    let mut tx = town.db.write().await?;
    log::claim_actor(&mut tx, actor.as_bytes(), who.person.id, 0).await?;
    log::append(&mut tx, &rows.iter().collect::<Vec<_>>()).await?;
    log::save_snapshot(&mut tx, document, &snapshot, 0).await?;
    tx.commit().await?;
    Ok(document)
}
