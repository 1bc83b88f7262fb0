//! Who calls at the socket: somebody, by a session or token, or nobody known, perhaps with a link by which guests follow a
//! canvas.

use std::net::IpAddr;

use shared::{
    api::PersonView,
    rules::{Act, may},
};

use crate::{
    domain::{
        access::{self, Credential, Signed},
        guests::{self, Pass},
        session::{self, Presented},
    },
    store::{Db, StoreError, Tx},
};

/// The secret a connection was opened with, to ask again later whether it still opens anything.
#[derive(Clone)]
pub enum Secret {
    /// A session's.
    Session(String),
    /// An access token's.
    Token(String),
}

impl Secret {
    fn shown(&self) -> Presented<'_> {
        match self {
            Self::Session(secret) => Presented::Session(secret),
            Self::Token(secret) => Presented::Token(secret),
        }
    }
}

/// Who is at the other end.
pub enum Caller {
    /// Somebody, by this secret.
    Person(Signed, Secret),
    /// Nobody known, from this network.
    Nobody(IpAddr),
}

/// The link by which somebody follows a canvas as a guest.
pub struct Guest {
    /// Its secret.
    pub secret: String,
    /// What it opens.
    pub pass: Pass,
}

impl Caller {
    /// Who it is, if that is known.
    pub(super) fn person(&self) -> Option<&PersonView> {
        match self {
            Self::Person(signed, _) => Some(&signed.person),
            Self::Nobody(_) => None,
        }
    }

    pub(super) fn signed_by(&self, credential: Credential) -> bool {
        matches!(self, Self::Person(signed, _) if signed.by == credential)
    }

    /// Looks again who it is; false when what they signed in with opens nothing any more.
    pub(super) async fn calls_still(&mut self, db: &Db) -> Result<bool, StoreError> {
        if let Self::Person(signed, secret) = self {
            let Some(again) = session::authenticate(db, secret.shown()).await? else { return Ok(false) };
            *signed = again;
        }
        Ok(true)
    }
}

impl Guest {
    /// The same link, if it still opens a canvas.
    pub(super) async fn again(self, db: &Db) -> Result<Option<Self>, StoreError> {
        let pass = guests::recognise(db, &self.secret).await?;
        Ok(pass.map(|pass| Self { pass, ..self }))
    }
}

/// Whether somebody may write in what they follow under this name; nothing where it does not exist for them.
pub(super) async fn granted(tx: &mut Tx, person: &PersonView, topic: &str) -> Result<Option<bool>, StoreError> {
    Ok(match topic.split_once(':') {
        Some(("idea" | "facts", number)) => match number.parse() {
            Ok(number) => access::idea_access(tx, person, number).await?,
            Err(_) => None,
        },
        // Of a discussion, whether the staff's notes are for them too.
        Some(("talk", number)) => match number.parse() {
            Ok(number) => access::talk_access(tx, person, number).await?,
            Err(_) => None,
        },
        // In a board nobody writes but in its ideas.
        Some(("board", slug)) => access::sees_board(tx, person, slug).await?.then_some(false),
        // What one is told is one's own.
        Some(("person", id)) => (id == person.id.to_string()).then_some(false),
        // What waits on the desk is for moderators.
        None if topic == "desk" => may(Act::Moderate, Some(person.role)).is_ok().then_some(false),
        _ => None,
    })
}
