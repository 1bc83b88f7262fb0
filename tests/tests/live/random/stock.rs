//! A stock automerge-repo client: the crate `samod`, over a WebSocket with an access token.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use automerge::{Automerge, AutomergeError, transaction::Transactable as _};
use futures_util::{SinkExt as _, StreamExt as _, future::BoxFuture};
use samod::{BackoffConfig, DialError, Dialer, DocHandle, PeerId, Repo, Transport};
use shared::{
    DocumentId,
    live::{
        concept::{Field, Texts, read},
        sync::Hash,
    },
};
use tests::town::Townsperson;
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{
    client_async,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};
use tokio_util::sync::CancellationToken;

/// A repository and its one document.
pub struct Stock {
    pub who: Townsperson,
    name: String,
    document: DocumentId,
    repo: Repo,
    line: Arc<Line>,
    handle: Arc<Mutex<Option<DocHandle>>>,
    finding: JoinHandle<()>,
    loads: usize,
}

/// The way to the server.
struct Line {
    address: Mutex<SocketAddr>,
    token: String,
    /// Whether it may connect.
    up: AtomicBool,
    /// Ends the connections there are.
    cut: Mutex<CancellationToken>,
    /// Connections made so far.
    made: AtomicUsize,
}

#[derive(Clone)]
struct Dial(Arc<Line>);

impl Dialer for Dial {
    type Error = io::Error;

    fn url(&self) -> samod::Url {
        samod::Url::parse("ws://atelier.test/live").expect("an address")
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<io::Error>>> {
        let line = self.0.clone();
        Box::pin(async move { line.connect().await.map_err(DialError::transient) })
    }
}

impl Line {
    async fn connect(&self) -> io::Result<Transport> {
        if !self.up.load(Ordering::Acquire) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        let cut = locked(&self.cut).clone();
        let address = *locked(&self.address);
        let mut request = format!("ws://{address}/live").into_client_request().map_err(io::Error::other)?;
        let bearer = format!("Bearer {}", self.token).parse().map_err(io::Error::other)?;
        request.headers_mut().insert("authorization", bearer);
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await.map_err(io::Error::other)?;
        self.made.fetch_add(1, Ordering::Relaxed);
        let (sink, stream) = socket.split();
        let stream = stream.take_until(cut.cancelled_owned()).filter_map(async |message| match message {
            Ok(Message::Binary(frame)) => Some(Ok(frame.to_vec())),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        });
        let sink = sink.with(async |frame: Vec<u8>| Ok::<_, tungstenite::Error>(Message::Binary(frame.into())));
        Ok(Transport::new(Box::pin(stream), Box::pin(sink)))
    }
}

impl Stock {
    pub async fn new(who: Townsperson, name: String, document: DocumentId, address: SocketAddr) -> Self {
        let line = Arc::new(Line {
            address: Mutex::new(address),
            token: who.token.clone(),
            up: AtomicBool::new(true),
            cut: Mutex::default(),
            made: AtomicUsize::new(0),
        });
        let (repo, handle, finding) = open(&name, 0, document, &line).await;
        Self { who, name, document, repo, line, handle, finding, loads: 0 }
    }

    /// Whether it may connect; it does so by itself.
    pub fn is_up(&self) -> bool {
        self.line.up.load(Ordering::Acquire)
    }

    pub fn cut(&self) {
        self.line.up.store(false, Ordering::Release);
        let before = std::mem::take(&mut *locked(&self.line.cut));
        before.cancel();
    }

    pub fn connect(&self) {
        self.line.up.store(true, Ordering::Release);
    }

    /// The connection breaks; it makes another by itself.
    pub fn redial(&self) {
        self.cut();
        self.connect();
    }

    /// Begins anew with nothing: what was refused is only here.
    pub async fn reload(&mut self) {
        let up = self.is_up();
        self.close().await;
        self.loads += 1;
        if up {
            self.connect();
        }
        (self.repo, self.handle, self.finding) = open(&self.name, self.loads, self.document, &self.line).await;
    }

    pub async fn close(&self) {
        self.finding.abort();
        self.cut();
        self.repo.stop().await;
    }

    /// How often it has connected.
    pub fn connections(&self) -> usize {
        self.line.made.load(Ordering::Relaxed)
    }

    pub fn write(&self, field: Field, at: u16, delete: u8, insert: &str) {
        let written = self.with(|doc| {
            let text = field.object(doc).ok()?;
            doc.transact::<_, _, AutomergeError>(|tx| {
                let shown: Vec<char> = automerge::ReadDoc::text(tx, &text)?.chars().collect();
                let (at, delete) = super::place(shown.len(), at, delete);
                tx.splice_text(&text, at, isize::try_from(delete).unwrap_or(0), insert)
            })
            .ok()
        });
        // Nothing, as long as the document is not here.
        drop(written);
    }

    /// What it has; nothing, as long as the document is not here.
    pub fn with<T>(&self, look: impl FnOnce(&mut Automerge) -> T) -> Option<T> {
        let handle = locked(&self.handle).clone()?;
        Some(handle.with_document(look))
    }

    pub fn heads(&self) -> Vec<Hash> {
        self.with(|doc| super::sorted(doc.get_heads())).unwrap_or_default()
    }

    pub fn texts(&self) -> Option<Texts> {
        self.with(|doc| read(doc).ok()).flatten()
    }
}

async fn open(
    name: &str,
    loads: usize,
    document: DocumentId,
    line: &Arc<Line>,
) -> (Repo, Arc<Mutex<Option<DocHandle>>>, JoinHandle<()>) {
    let repo = Repo::build_tokio().with_peer_id(PeerId::from(format!("{name} {loads}"))).load().await;
    let backoff = BackoffConfig {
        initial_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(200),
        max_retries: None,
    };
    drop(repo.dial(backoff, Arc::new(Dial(line.clone()))).expect("a running repository"));
    let found: Arc<Mutex<Option<DocHandle>>> = Arc::default();
    let id: samod::DocumentId = document.to_string().parse().expect("the same form of id");
    let finding = tokio::spawn({
        let (repo, found) = (repo.clone(), found.clone());
        async move {
            while let Ok(handle) = repo.find(id.clone()).await {
                if let Some(handle) = handle {
                    *locked(&found) = Some(handle);
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    });
    (repo, found, finding)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
