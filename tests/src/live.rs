//! A client of the live socket: frames by hand, and a document kept in step.

use std::{net::SocketAddr, time::Duration};

use automerge::{ActorId, AutoCommit, Change, ReadDoc as _, transaction::Transactable as _};
use futures_util::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use shared::{
    DocumentId,
    live::{
        codec::{decode_server, encode_client},
        concept::{self, ENCODING, Field, Texts},
        message::{AtelierJoin, FromClient, FromServer, RejectCode},
        sync::{Flags, Hash, Have, SyncMessage, Version},
    },
};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message,
        client::IntoClientRequest as _,
        protocol::{WebSocketConfig, frame::coding::CloseCode},
    },
};

/// How long anything may take in a test on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// The peer id it joined with.
    pub peer: String,
}

/// What comes from the server.
#[derive(Debug)]
pub enum Event {
    /// A message.
    Message(FromServer),
    /// The server closed, with this code and reason.
    Closed(u16, String),
    /// The connection broke.
    Broken,
}

/// How a handshake shows who is asking.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// Not at all.
    None,
    /// `Authorization: Bearer`.
    Token(&'a str),
    /// The WebSocket subprotocol pair.
    Protocol(&'a str),
    /// The session cookie, as `name=value`, from a page of this origin.
    Cookie(&'a str, &'a str),
}

impl Socket {
    /// Shakes hands.
    ///
    /// # Errors
    /// The status of a refusal; 503 when the server goes away meanwhile.
    ///
    /// # Panics
    /// When there is no server.
    pub async fn open(address: SocketAddr, credential: Credential<'_>) -> Result<Self, StatusCode> {
        let stream = TcpStream::connect(address).await.expect("a server");
        Self::open_over(stream, credential).await
    }

    /// Shakes hands over a connection.
    ///
    /// # Errors
    /// As [`Socket::open`].
    ///
    /// # Panics
    /// When it leads nowhere.
    pub async fn open_over(stream: TcpStream, credential: Credential<'_>) -> Result<Self, StatusCode> {
        let address = stream.peer_addr().expect("an address");
        let mut request = format!("ws://{address}/live").into_client_request().expect("a request");
        let mut set = |name: &'static str, value: &str| {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        };
        match credential {
            Credential::None => {}
            Credential::Token(secret) => set("authorization", &format!("Bearer {secret}")),
            Credential::Protocol(secret) => set("sec-websocket-protocol", &format!("atelier.token, {secret}")),
            Credential::Cookie(cookie, origin) => {
                set("cookie", cookie);
                set("origin", origin);
            }
        }
        stream.set_nodelay(true).expect("no delay");
        // The reader clears this much memory before each time it looks.
        let config = WebSocketConfig::default().read_buffer_size(4096);
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((stream, _)) => Ok(Self { stream, peer: String::new() }),
            Err(tungstenite::Error::Http(response)) => Err(response.status()),
            // It went away meanwhile.
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// Sends a frame as it is.
    pub async fn send_raw(&mut self, frame: Vec<u8>) -> bool {
        self.stream.send(Message::Binary(frame.into())).await.is_ok()
    }

    /// Sends a message. False when the connection is gone.
    pub async fn send(&mut self, message: &FromClient) -> bool {
        let frame = encode_client(message, &self.peer, "");
        self.send_raw(frame).await
    }

    /// Says who it is, and waits for the answer.
    pub async fn join(&mut self, peer: &str, atelier: Option<AtelierJoin>) -> Event {
        self.peer = peer.to_owned();
        self.send(&FromClient::Join { sender: peer.to_owned(), versions: vec!["1".into()], atelier }).await;
        self.next().await
    }

    /// The next thing the server says.
    ///
    /// # Panics
    /// When it says nothing for long, or something unreadable.
    pub async fn next(&mut self) -> Event {
        timeout(PATIENCE, self.next_ever()).await.expect("the server says something")
    }

    /// The next thing the server says, if it says something before then.
    pub async fn next_until(&mut self, end: Instant) -> Option<Event> {
        timeout_at(end, self.next_ever()).await.ok()
    }

    async fn next_ever(&mut self) -> Event {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Binary(frame))) => return Event::Message(decode_server(&frame).expect("readable")),
                Some(Ok(Message::Close(Some(close)))) => {
                    return Event::Closed(u16::from(close.code), close.reason.to_string());
                }
                Some(Ok(Message::Close(None))) => return Event::Closed(u16::from(CloseCode::Status), String::new()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Event::Broken,
            }
        }
    }

    /// Waits until the server closes: the code and the reason.
    ///
    /// # Panics
    /// When it does not.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Event::Message(_) => {}
                Event::Closed(code, reason) => return (code, reason),
                Event::Broken => panic!("the connection broke without a reason"),
            }
        }
    }
}

/// Why a change was refused, as the server says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: RejectCode,
    /// Where in the document.
    pub path: String,
    /// The sentence.
    pub reason: String,
}

/// How a client shows who it is.
#[derive(Debug)]
enum Shows {
    Token(String),
    Cookie(String),
    Nothing,
}

/// A client with one document, as Atelier's own: leases its actor id, keeps what is not stored, sends it again.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    shows: Shows,
    /// Its peer id.
    pub peer: String,
    /// The document's id.
    pub document: DocumentId,
    /// The document.
    pub doc: AutoCommit,
    actor: Option<Vec<u8>>,
    socket: Option<Socket>,
    /// Changes that have come and are not applied yet.
    inbox: Vec<u8>,
    /// Changes not stored yet.
    pub unsaved: Vec<Change>,
    /// Changes the server said are stored.
    pub stored: Vec<Hash>,
    /// Refusals: the change and why.
    pub rejected: Vec<(Hash, Refusal)>,
    /// Whether the server says that changes are taken.
    pub write: Option<bool>,
    /// Other messages, in order.
    pub other: Vec<FromServer>,
    /// Why the server closed the last connection.
    pub closed: Option<(u16, String)>,
    /// Bytes the network may keep for it while it does not read.
    takes: Option<u32>,
}

/// Connects; the network keeps no more than about so many bytes for who does not read.
///
/// # Errors
/// When nobody answers.
pub async fn dial(address: SocketAddr, takes: Option<u32>) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(takes) = takes {
        socket.set_recv_buffer_size(takes)?;
    }
    socket.connect(address).await
}

impl Client {
    /// A client that has nothing yet.
    #[must_use]
    pub fn new(address: SocketAddr, token: &str, peer: &str, document: DocumentId) -> Self {
        Self {
            address,
            shows: Shows::Token(token.to_owned()),
            peer: peer.to_owned(),
            document,
            doc: AutoCommit::new_with_encoding(ENCODING),
            actor: None,
            socket: None,
            inbox: Vec::new(),
            unsaved: Vec::new(),
            stored: Vec::new(),
            rejected: Vec::new(),
            write: None,
            other: Vec::new(),
            closed: None,
            takes: None,
        }
    }

    /// A client of nobody known, who shows this cookie, if any, from a page of the server.
    #[must_use]
    pub fn guest(address: SocketAddr, cookie: Option<&str>, peer: &str, document: DocumentId) -> Self {
        let shows = cookie.map_or(Shows::Nothing, |cookie| Shows::Cookie(cookie.to_owned()));
        Self { shows, ..Self::new(address, "", peer, document) }
    }

    /// From now on the network keeps no more than about so many bytes for it while it does not read.
    pub fn takes_only(&mut self, bytes: u32) {
        self.takes = Some(bytes);
    }

    /// From now on it connects there.
    pub fn move_to(&mut self, address: SocketAddr) {
        self.address = address;
    }

    /// Whether it is connected, as far as it knows.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// The socket, when connected.
    pub fn socket(&mut self) -> Option<&mut Socket> {
        self.socket.as_mut()
    }

    /// Connects, joins, and says what it has. False when it does not come that far.
    pub async fn connect(&mut self) -> bool {
        self.closed = None;
        let Ok(stream) = dial(self.address, self.takes).await else { return false };
        let origin = format!("http://{}", self.address);
        let credential = match &self.shows {
            Shows::Token(token) => Credential::Token(token),
            Shows::Cookie(cookie) => Credential::Cookie(cookie, &origin),
            Shows::Nothing => Credential::None,
        };
        let Ok(mut socket) = Socket::open_over(stream, credential).await else { return false };
        let join = AtelierJoin { actor: self.actor.clone() };
        let answer = socket.join(&self.peer, Some(join)).await;
        let Event::Message(FromServer::Peer { atelier: Some(ours), .. }) = answer else { return false };
        if self.actor.as_ref() != Some(&ours.actor) {
            self.doc.set_actor(ActorId::from(ours.actor.as_slice()));
            self.actor = Some(ours.actor);
        }
        self.socket = Some(socket);
        let unsaved = self.unsaved.clone();
        self.send_changes(&unsaved).await
    }

    /// Connects, and waits until the document is here.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn open(&mut self) {
        assert!(self.connect().await, "the client connects");
        let end = Instant::now() + PATIENCE;
        while self.doc.get_heads().is_empty() {
            assert!(Instant::now() < end && self.socket.is_some(), "the document comes: {:?}", self.closed);
            self.listen(Duration::from_millis(50)).await;
        }
    }

    /// Drops the connection without a word.
    pub fn disconnect(&mut self) {
        self.socket = None;
    }

    /// Says goodbye and waits for the server to close.
    pub async fn leave(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            socket.send(&FromClient::Leave).await;
            let _ = timeout(PATIENCE, async { while let Event::Message(_) = socket.next_ever().await {} }).await;
        }
    }

    async fn send_changes(&mut self, changes: &[Change]) -> bool {
        let message = SyncMessage {
            version: Version::V1,
            heads: self.heads(),
            need: Vec::new(),
            have: vec![Have::default()],
            changes: changes.iter().map(Change::raw_bytes).collect(),
            flags: Some(Flags::default()),
        };
        let data = message.encode();
        let Some(socket) = &mut self.socket else { return false };
        let sent = socket.send(&FromClient::Sync { document: self.document, data }).await;
        if !sent {
            self.socket = None;
        }
        sent
    }

    /// Edits the document and sends the change: its hash, when it changed anything.
    pub async fn edit(&mut self, edit: impl FnOnce(&mut AutoCommit)) -> Option<Hash> {
        edit(&mut self.doc);
        let hash = self.doc.commit()?;
        let change = self.doc.get_change_by_hash(&hash)?;
        self.unsaved.push(change.clone());
        if self.socket.is_some() {
            self.send_changes(std::slice::from_ref(&change)).await;
        }
        Some(hash.0)
    }

    /// Replaces `delete` characters of a text at `at`.
    pub async fn splice(&mut self, field: Field, at: usize, delete: isize, insert: &str) -> Option<Hash> {
        let object = field.object(&self.doc).ok()?;
        self.edit(|doc| doc.splice_text(&object, at, delete, insert).expect("within the text")).await
    }

    /// Takes what the server says, for so long. False when the connection is gone.
    pub async fn listen(&mut self, time: Duration) -> bool {
        self.listen_until(Instant::now() + time).await
    }

    /// Takes what the server says, until then. False when the connection is gone.
    pub async fn listen_until(&mut self, end: Instant) -> bool {
        while self.hear(end).await {}
        self.apply();
        self.socket.is_some()
    }

    /// Takes the next thing the server says within this time, and what has come with it.
    pub async fn listen_once(&mut self, time: Duration) {
        if self.hear(Instant::now() + time).await {
            while self.hear(Instant::now()).await {}
        }
        self.apply();
    }

    /// Takes one message. False when none came, or the connection is gone.
    async fn hear(&mut self, end: Instant) -> bool {
        let Some(socket) = &mut self.socket else { return false };
        match socket.next_until(end).await {
            None => return false,
            Some(Event::Message(message)) => {
                self.take(message);
                return true;
            }
            Some(Event::Closed(code, reason)) => self.closed = Some((code, reason)),
            Some(Event::Broken) => {}
        }
        self.socket = None;
        false
    }

    /// Applies what has come, all at once.
    fn apply(&mut self) {
        if !self.inbox.is_empty() {
            self.doc.load_incremental(&std::mem::take(&mut self.inbox)).expect("it applies");
        }
    }

    fn take(&mut self, message: FromServer) {
        match message {
            FromServer::Sync { data, .. } => {
                let message = SyncMessage::decode(&data).expect("a sync message");
                message.changes.iter().for_each(|blob| self.inbox.extend_from_slice(blob));
            }
            FromServer::Stored { hashes, .. } => {
                self.unsaved.retain(|change| !hashes.contains(&change.hash().0));
                self.stored.extend(hashes);
            }
            FromServer::Rejected { hash, code, path, reason, .. } => {
                self.unsaved.retain(|change| change.hash().0 != hash);
                self.rejected.push((hash, Refusal { code, path, reason }));
            }
            FromServer::Access { write, .. } => self.write = Some(write),
            other => self.other.push(other),
        }
    }

    /// Listens until something is so.
    ///
    /// # Panics
    /// When it does not become so, or the connection is lost.
    pub async fn until(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(
                self.socket.is_some(),
                "{}: the connection is lost while waiting for {what}: {:?}",
                self.peer,
                self.closed
            );
            assert!(Instant::now() < end, "{}: waited too long for {what}", self.peer);
            self.listen(Duration::from_millis(10)).await;
        }
    }

    /// Listens until everything it made is stored or refused.
    ///
    /// # Panics
    /// When that does not come.
    pub async fn saved(&mut self) {
        self.until("its changes to be stored", |client| client.unsaved.is_empty()).await;
    }

    /// Its heads, sorted.
    pub fn heads(&mut self) -> Vec<Hash> {
        let mut heads: Vec<Hash> = self.doc.get_heads().iter().map(|head| head.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Its texts.
    ///
    /// # Panics
    /// When the document is not here.
    #[must_use]
    pub fn texts(&self) -> Texts {
        concept::read(&self.doc).expect("a concept")
    }

    /// Whether it has a change.
    pub fn has(&mut self, hash: &Hash) -> bool {
        self.doc.get_change_by_hash(&automerge::ChangeHash(*hash)).is_some()
    }
}
