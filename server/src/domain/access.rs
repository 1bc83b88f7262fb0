//! Who is asking, what they may do with a document, and the news that this has changed.

use shared::{
    BoardId, DocumentId, PersonId, Role, SessionId, TokenId,
    api::PersonView,
    rules::{BoardRules, Refusal},
};
use tokio::sync::broadcast;

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub person: PersonView,
    /// By which credential.
    pub by: Credential,
}

/// What somebody signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The cookie of a session.
    Session(SessionId),
    /// An access token.
    Token(TokenId),
}

/// What a person may do with a document they may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentAccess {
    /// The number of the idea whose concept it is.
    pub idea: u32,
    /// The idea's board.
    pub board: BoardId,
    /// The board's rules.
    pub rules: BoardRules,
    /// Whether they may change it, or why not.
    pub write: Result<(), Refusal>,
}

/// Something that may have taken away or given access. Open sockets look again at what they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// The session ended.
    Session(SessionId),
    /// The token was revoked.
    Token(TokenId),
    /// The person's role or memberships changed.
    Person(PersonId),
    /// The board's audience, editing rule or members changed.
    Board(BoardId),
    /// The co-authors of the document's idea changed.
    Document(DocumentId),
}

/// Carries [`AccessChange`]s from the use cases to the live rooms of this node.
#[derive(Clone, Debug)]
pub struct AccessNews(broadcast::Sender<AccessChange>);

impl Default for AccessNews {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl AccessNews {
    /// Tells every listener. Call it after the commit.
    pub fn tell(&self, change: AccessChange) {
        // Without a listener there is no open socket to correct.
        let _ = self.0.send(change);
    }

    /// Listens from now on. One that lagged must look again at everything.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<AccessChange> {
        self.0.subscribe()
    }
}

impl Signed {
    /// Their role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.person.role
    }
}
