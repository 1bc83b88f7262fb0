//! A room that breaks, in every way there is: what its peers see of it, over real sockets and a real database.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};

use automerge::{ActorId, AutoCommit, ReadDoc as _, transaction::Transactable as _};
use shared::{
    DocumentId, Locale, PersonId, Role,
    api::{NewBoard, NewIdea, PersonView},
    live::{
        codec::decode_server,
        concept::{self, ENCODING, Field},
        guard,
        message::{FromServer, Known, RejectCode},
        permit::Rights,
        sync::{Hash, SyncMessage, Version},
    },
    rules::{Audience, EditingRule},
};
use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{Footing, Peer, Room, RoomHandle, handle::Ask};
use crate::{
    config::LiveLimits,
    domain::{boards, ideas},
    live::{
        faults::FAILURES,
        hub::{Hub, Key},
        outbound::Outbound,
    },
    metrics::Metrics,
    store::{Db, Durability, log, people},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Makes a room break, as if while working on a message of these.
pub(in crate::live) struct Break(Vec<Key>);

impl Room {
    pub(super) fn break_on_purpose(&mut self, Break(working): Break) {
        self.working = working;
        panic!("on purpose");
    }
}

/// The documents whose rooms break in the middle of what follows their next commit.
static TRAPS: Mutex<Option<HashSet<DocumentId>>> = Mutex::new(None);

pub(super) fn trap(document: DocumentId) {
    let trapped = TRAPS.lock().expect("traps").as_mut().is_some_and(|traps| traps.remove(&document));
    assert!(!trapped, "a trap");
}

/// A document, and what its room stands on.
struct Desk {
    hub: Hub,
    document: DocumentId,
    person: PersonView,
    _folder: TempDir,
}

/// A peer: its connection, and the document as it has it.
struct Tab {
    key: Key,
    room: RoomHandle,
    outbound: Outbound,
    wire: TcpStream,
    unread: Vec<u8>,
    doc: AutoCommit,
    stored: Vec<Hash>,
    rejected: HashMap<Hash, RejectCode>,
    write: Option<bool>,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        let db = Db::open(&url, Durability::Process).await.expect("a database");
        let (handle, name) = ("ada".into(), "Ada".into());
        let person = PersonView { id: PersonId::new(), handle, name, role: Role::Owner, unclaimed: false, left: false };
        let account = people::Account {
            person: person.clone(),
            email: "ada@example.org".into(),
            password_hash: "none".into(),
            locale: None,
            created_at: 0,
        };
        let mut tx = db.write().await.expect("a transaction");
        people::add(&mut tx, &account).await.expect("an answer");
        tx.commit().await.expect("a commit");
        let (audience, editing) = (Audience::Public, EditingRule::Everyone);
        let new = NewBoard { title: "Pains".into(), purpose: String::new(), audience, editing };
        let board = boards::create(&db, Some(&person), &new).await.expect("a board");
        let new = NewIdea { title: "Levain".into(), ..NewIdea::default() };
        let idea = ideas::propose(&db, Some(&person), &board.slug, &new, None).await.expect("an idea");
        let hub = Hub::start(db, LiveLimits::default(), Metrics::default(), CancellationToken::new());
        Self { hub, document: idea.document, person, _folder: folder }
    }

    /// Somebody enters, and has the document.
    async fn tab(&self) -> Tab {
        let actor = uuid::Uuid::new_v4().into_bytes();
        let mut tx = self.hub.db().write().await.expect("a transaction");
        log::claim_actor(&mut tx, &actor, self.person.id, 0).await.expect("an actor");
        tx.commit().await.expect("a commit");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
        let outbound = Outbound::new(self.hub.limits(), self.hub.metrics().clone());
        let (_, writer) = here.expect("connected").into_split();
        writer.writable().await.expect("open");
        outbound.connect(writer);
        let (key, room) = (self.hub.new_key(), self.hub.room(self.document));
        let known = Known { id: self.person.id, name: self.person.name.clone(), role: self.person.role };
        let rights = Rights { edit: true, ..Rights::default() };
        let footing = Footing { person: Some(known), rights, meets: true };
        let peer = Peer::new(key.to_string(), footing, outbound.clone(), true, Locale::En);
        assert_eq!(room.enter(key, peer).await, super::Opened::Yes);
        let mut tab = Tab {
            key,
            room,
            outbound,
            wire: there.expect("accepted").0,
            unread: Vec::new(),
            doc: AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from(actor.as_slice())),
            stored: Vec::new(),
            rejected: HashMap::new(),
            write: None,
        };
        tab.send(&[]).await;
        tab.until("the document", |tab| concept::read(&tab.doc).is_ok()).await;
        tab
    }

    async fn is_set_aside(&self) -> bool {
        let mut tx = self.hub.db().read().await.expect("a transaction");
        crate::store::quarantine::is_set_aside(&mut tx, self.document).await.expect("an answer")
    }

    /// Whether the database refuses whatever would change it.
    async fn refuse_writing(&self, refuse: bool) {
        self.hub.db().refuse_writing(refuse).await.expect("a setting");
    }
}

impl Tab {
    async fn send(&mut self, changes: &[&[u8]]) {
        let mut heads: Vec<Hash> = self.doc.get_heads().iter().map(|head| head.0).collect();
        heads.sort_unstable();
        let (need, have) = (Vec::new(), Vec::new());
        let message =
            SyncMessage { version: Version::V1, heads, need, have, changes: changes.to_vec(), flags: None }.encode();
        let mut inbound = guard::read(&message).expect("a message");
        inbound.changes.iter_mut().for_each(|change| change.own = true);
        assert!(self.room.sync(self.key, inbound).await, "the room is there");
    }

    /// Types at the start of the body, and sends the change.
    async fn write(&mut self, text: &str) -> Hash {
        let body = Field::Body.object(&self.doc).expect("a body");
        self.doc.splice_text(&body, 0, 0, text).expect("a splice");
        let hash = self.doc.commit().expect("a change");
        let change = self.doc.get_change_by_hash(&hash).expect("the change");
        self.send(&[change.raw_bytes()]).await;
        hash.0
    }

    async fn breaks(&self, working: Vec<Key>) {
        assert!(self.room.asks.send(Ask::Break(Break(working))).await.is_ok(), "the room is there");
    }

    /// Listens until something is so.
    async fn until(&mut self, what: &str, so: impl Fn(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(self) {
            let mut bytes = vec![0; 65_536];
            let read = timeout_at(end, self.wire.read(&mut bytes)).await;
            let read = read.unwrap_or_else(|_| panic!("waited too long for {what}")).expect("it reads");
            assert!(read > 0, "the connection is closed while waiting for {what}");
            self.unread.extend_from_slice(&bytes[..read]);
            while let Some(frame) = take_frame(&mut self.unread) {
                self.hear(decode_server(&frame).expect("a message"));
            }
        }
    }

    fn hear(&mut self, message: FromServer) {
        match message {
            FromServer::Sync { data, .. } => {
                for blob in SyncMessage::decode(&data).expect("a sync message").changes {
                    self.doc.load_incremental(blob).expect("it applies");
                }
            }
            FromServer::Stored { hashes, .. } => self.stored.extend(hashes),
            FromServer::Rejected { hash, code, .. } => drop(self.rejected.insert(hash, code)),
            FromServer::Access { write, .. } => self.write = Some(write),
            _ => {}
        }
    }

    async fn stores(&mut self, hash: Hash) {
        self.until("its change to be stored", |tab| tab.stored.contains(&hash)).await;
    }

    async fn gets(&mut self, hash: Hash) {
        let hash = automerge::ChangeHash(hash);
        self.until("a change", |tab| tab.doc.get_change_by_hash(&hash).is_some()).await;
    }
}

/// The message of the first whole frame; a server's frames are not masked.
fn take_frame(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let frame = bytes.get(start..start + length)?.to_vec();
    bytes.drain(..start + length);
    Some(frame)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_breaks_the_room_costs_its_sender_alone() {
    let desk = Desk::open().await;
    let (mut ada, mut ben, clumsy) = (desk.tab().await, desk.tab().await, desk.tab().await);
    let first = ada.write("un ").await;
    ben.gets(first).await;
    ada.breaks(vec![clumsy.key]).await;
    let second = ada.write("deux ").await;
    let third = ben.write("trois ").await;
    ada.stores(second).await;
    ben.stores(third).await;
    ada.gets(third).await;
    ben.gets(second).await;
    assert!(clumsy.outbound.is_closed(), "who broke it is hung up on");
    assert!(!ada.outbound.is_closed() && !ben.outbound.is_closed(), "and nobody else");
    let mut late = desk.tab().await;
    for hash in [first, second, third] {
        late.gets(hash).await;
    }
    assert!(!desk.is_set_aside().await, "once is no reason to set a document aside");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_when_the_room_broke_is_acknowledged_and_passed_on() {
    let desk = Desk::open().await;
    let (mut ada, mut ben) = (desk.tab().await, desk.tab().await);
    TRAPS.lock().expect("traps").get_or_insert_default().insert(desk.document);
    let hash = ada.write("un ").await;
    ada.stores(hash).await;
    ben.gets(hash).await;
    assert!(!TRAPS.lock().expect("traps").as_ref().is_some_and(|traps| traps.contains(&desk.document)), "it broke");
    assert!(!ada.outbound.is_closed() && !ben.outbound.is_closed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_on_its_way_when_the_room_broke_is_stored_once() {
    let desk = Desk::open().await;
    let (mut ada, mut ben) = (desk.tab().await, desk.tab().await);
    // Nothing can be stored as long as this transaction has the database.
    let tx = desk.hub.db().write().await.expect("a transaction");
    let mut hashes = Vec::new();
    for text in ["un ", "deux ", "trois "] {
        hashes.push(ada.write(text).await);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    ada.breaks(Vec::new()).await;
    hashes.push(ben.write("quatre ").await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(ada.stored.is_empty());
    drop(tx);
    for (at, hash) in hashes.into_iter().enumerate() {
        let (writer, reader) = if at < 3 { (&mut ada, &mut ben) } else { (&mut ben, &mut ada) };
        writer.stores(hash).await;
        reader.gets(hash).await;
    }
    assert!(!ada.outbound.is_closed() && !ben.outbound.is_closed());
    let mut tx = desk.hub.db().read().await.expect("a transaction");
    assert_eq!(log::changes_after(&mut tx, desk.document, 0, 100).await.expect("the log").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_for_a_while_disconnects_nobody() {
    let desk = Desk::open().await;
    let (mut ada, mut ben) = (desk.tab().await, desk.tab().await);
    desk.refuse_writing(true).await;
    let first = ada.write("un ").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = ben.write("deux ").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    desk.refuse_writing(false).await;
    ada.stores(first).await;
    ben.stores(second).await;
    ada.gets(second).await;
    ben.gets(first).await;
    assert!(!ada.outbound.is_closed() && !ben.outbound.is_closed());
    assert!(!desk.is_set_aside().await, "it was not the document's fault");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_breaks_again_and_again_is_set_aside_until_it_may_try_again() {
    let desk = Desk::open().await;
    let (mut ada, mut ben) = (desk.tab().await, desk.tab().await);
    let before = ada.write("avant ").await;
    ada.stores(before).await;
    for _ in 0..FAILURES {
        ada.breaks(Vec::new()).await;
        // A room that is being made anew breaks again, too.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ada.until("access to be withdrawn", |tab| tab.write == Some(false)).await;
    ben.until("access to be withdrawn", |tab| tab.write == Some(false)).await;
    assert!(desk.is_set_aside().await);
    let refused = ada.write("trop tard ").await;
    ada.until("a refusal", |tab| tab.rejected.get(&refused) == Some(&RejectCode::Quarantined)).await;
    // What is stored is stored, also when it is sent again.
    let change = ada.doc.get_change_by_hash(&automerge::ChangeHash(before)).expect("the change");
    ada.stored.clear();
    ada.send(&[change.raw_bytes()]).await;
    ada.stores(before).await;
    let mut late = desk.tab().await;
    late.gets(before).await;
    assert_eq!(late.write, Some(false), "who enters reads on");
    let mut tx = desk.hub.db().write().await.expect("a transaction");
    assert!(crate::store::quarantine::release(&mut tx, desk.document, 1).await.expect("an answer"));
    tx.commit().await.expect("a commit");
    desk.hub.reload(desk.document).await;
    for tab in [&mut ada, &mut ben, &mut late] {
        tab.until("access", |tab| tab.write == Some(true)).await;
    }
    let after = late.write("après ").await;
    late.stores(after).await;
    ben.gets(after).await;
    assert!(!ada.outbound.is_closed() && !ben.outbound.is_closed(), "nobody was hung up on");
}
