//! The messages of the live protocol. Their CBOR form is in `docs/protocol.md`.
//!
//! A peer id is text chosen by the peer; the server binds it to the session it came with.
//! Fields that a stock peer may leave out, or send as `undefined`, are optional.

use super::permit::Rights;
use crate::{DocumentId, PersonId, Role};

/// What a client sends.
#[derive(Clone, Debug, PartialEq)]
pub enum FromClient {
    /// The first message of a connection.
    Join {
        /// The peer id the client chose.
        sender: String,
        /// The protocol versions it speaks.
        versions: Vec<String>,
        /// Present when it is Atelier's own client.
        atelier: Option<AtelierJoin>,
    },
    /// Opens a document (`request`), or carries on its synchronisation (`sync`); both mean the same to this server.
    Sync {
        /// The document.
        document: DocumentId,
        /// An encoded Automerge sync message.
        data: Vec<u8>,
    },
    /// Something fleeting for the other peers of a document, such as a caret.
    Ephemeral {
        /// The document.
        document: DocumentId,
        /// Rises with each message of a session.
        count: u64,
        /// Changes with each start of the peer.
        session: String,
        /// Nested CBOR, relayed as it is.
        data: Vec<u8>,
    },
    /// No longer interested in a document. Atelier's own.
    Close {
        /// The document.
        document: DocumentId,
    },
    /// Asks for the events of these topics, in place of those asked for before. Atelier's own.
    Subscribe {
        /// `idea:NUMBER` for its concept, `facts:NUMBER`, `board:SLUG`, or `person:ID` of oneself.
        topics: Vec<String>,
    },
    /// The peer leaves. From Atelier's own client it also says that nothing unsent is left,
    /// so that its actor id may be leased again.
    Leave,
    /// A message of a type this server does not act on, such as `remote-subscription-change`.
    Other,
}

/// What Atelier's own client adds when it joins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtelierJoin {
    /// The actor id leased to this tab before, to keep it across a reconnect.
    pub actor: Option<Vec<u8>>,
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq)]
pub enum FromServer {
    /// The answer to `join`.
    Peer {
        /// The server's peer id.
        sender: String,
        /// The client's peer id.
        target: String,
        /// For Atelier's own client: the lease.
        atelier: Option<AtelierPeer>,
    },
    /// An encoded Automerge sync message.
    Sync {
        /// The server's peer id.
        sender: String,
        /// The client's peer id, or an empty text in a frame made once for many peers.
        target: String,
        /// The document.
        document: DocumentId,
        /// The message.
        data: Vec<u8>,
    },
    /// The document does not exist, or not for this person.
    Unavailable {
        /// The server's peer id.
        sender: String,
        /// The client's peer id.
        target: String,
        /// The document.
        document: DocumentId,
    },
    /// Something fleeting from another peer.
    Ephemeral {
        /// The peer it comes from.
        sender: String,
        /// The client's peer id, or an empty text.
        target: String,
        /// The document.
        document: DocumentId,
        /// As the sender sent it.
        count: u64,
        /// As the sender sent it.
        session: String,
        /// As the sender sent it.
        data: Vec<u8>,
        /// Who it is from, stamped by the server. Only in frames to Atelier's own clients.
        from: Option<Who>,
    },
    /// The connection ends, for this reason. Stock peers log it.
    Error {
        /// The server's peer id.
        sender: String,
        /// The client's peer id.
        target: String,
        /// In English.
        message: String,
    },
    /// These changes are committed to disk. To Atelier's own clients.
    Stored {
        /// The document.
        document: DocumentId,
        /// The hashes of the changes.
        hashes: Vec<[u8; 32]>,
    },
    /// This change was refused, and with it every change that depends on it. To Atelier's own clients.
    Rejected {
        /// The document.
        document: DocumentId,
        /// The change's hash.
        hash: [u8; 32],
        /// A stable word: see [`RejectCode`].
        code: RejectCode,
        /// Where in the document, such as `title` or `notes/n1/text`; empty when it is no place in it.
        path: String,
        /// A sentence in the person's language.
        reason: String,
    },
    /// Who is in a document now; sent whenever that changes. To Atelier's own clients.
    Present {
        /// The document.
        document: DocumentId,
        /// Each connected peer, the receiver included; of those who are nobody known, not more than some.
        peers: Vec<Who>,
    },
    /// Facts changed. To Atelier's own clients that subscribed to the topic.
    Event {
        /// As it was asked for.
        topic: String,
        /// `concept`: the data is a [`ConceptChanged`](crate::api::ConceptChanged).
        /// `facts`: the data is an [`IdeaFacts`](crate::api::IdeaFacts).
        /// `inbox`: the number of things unread may have changed.
        /// `gone`: the topic no longer exists for this person.
        kind: String,
        /// JSON.
        data: String,
    },
    /// Whether the person may change this document; sent when it is opened and whenever that changes.
    /// To Atelier's own clients.
    Access {
        /// The document.
        document: DocumentId,
        /// Whether changes by this person are taken.
        write: bool,
        /// On a canvas: whether they may move and group what others put there.
        arrange: bool,
        /// On a canvas: whether they may overwrite and remove it.
        tidy: bool,
    },
}

/// What the server tells Atelier's own client when it joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtelierPeer {
    /// The actor id leased to this tab: every change it makes carries it. One of nobody's is no lease: nothing they make is
    /// taken.
    pub actor: Vec<u8>,
    /// Who it is.
    pub who: Who,
}

/// A connected peer, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The peer id.
    pub peer: String,
    /// Who is there; nobody known where a visitor, or a guest by a link, follows a canvas. To visitors nobody is named.
    pub person: Option<Known>,
    /// What they may change in the document, in [`FromServer::Present`]; nothing elsewhere.
    pub rights: Rights,
}

/// A person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The person.
    pub id: PersonId,
    /// The name they are shown by.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// Why a change was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectCode {
    /// The person may not change this document.
    Forbidden,
    /// It changes what somebody else put there, which only they and moderators may.
    NotYours,
    /// The document cannot hold what it makes: an unknown key, a value of the wrong type, another schema number.
    Schema,
    /// A text would be longer than it may be.
    TooLong,
    /// A moderator locked it, or only a moderator locks and unlocks.
    Locked,
    /// It makes what is there already.
    Taken,
    /// The change's actor id belongs to somebody else.
    ForeignActor,
    /// The change cannot be read, or does not fit the document it builds on.
    Malformed,
    /// It builds on a refused or unknown change.
    Orphan,
    /// The document or the change would be too large.
    TooLarge,
    /// The person has put in as much as one may who does not moderate.
    Share,
    /// The document is set aside: it broke again and again, and takes no changes until a moderator lets it try again.
    Quarantined,
}

impl RejectCode {
    /// Every code.
    pub const ALL: &'static [Self] = &[
        Self::Forbidden,
        Self::NotYours,
        Self::Schema,
        Self::TooLong,
        Self::Taken,
        Self::Locked,
        Self::ForeignActor,
        Self::Malformed,
        Self::Orphan,
        Self::TooLarge,
        Self::Share,
        Self::Quarantined,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NotYours => "not-yours",
            Self::Schema => "schema",
            Self::TooLong => "too-long",
            Self::Taken => "taken",
            Self::Locked => "locked",
            Self::ForeignActor => "foreign-actor",
            Self::Malformed => "malformed",
            Self::Orphan => "orphan",
            Self::TooLarge => "too-large",
            Self::Share => "share",
            Self::Quarantined => "quarantined",
        }
    }

    /// The code of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}
