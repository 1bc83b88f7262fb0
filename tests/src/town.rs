//! A workspace with people and an idea, made directly in a database before a server opens it.

use server::{
    domain::{
        access::{Credential, Signed},
        accounts::{self, NewAccount},
        boards, ideas, now, tokens,
    },
    store::{Db, Durability, workspace},
};
use shared::{
    DocumentId, Role, SessionId,
    api::{NewBoard, NewIdea, NewToken, PersonView, SignUpRule},
    rules::{Audience, EditingRule},
};

/// Somebody with an access token.
#[derive(Clone, Debug)]
pub struct Townsperson {
    /// Who.
    pub person: PersonView,
    /// The secret of their token.
    pub token: String,
}

/// A database in which a town lives.
#[derive(Debug)]
pub struct Town {
    /// The open database.
    pub db: Db,
    /// Its owner.
    pub owner: Townsperson,
    people: u32,
}

impl Town {
    /// Settles in a database.
    ///
    /// # Panics
    /// When that fails.
    pub async fn settle(url: &str) -> Self {
        let db = Db::open(url, Durability::Process).await.expect("the database opens");
        let mut tx = db.write().await.expect("a transaction");
        workspace::found(&mut tx, "Le Fournil", SignUpRule::Open, now()).await.expect("a name");
        tx.commit().await.expect("committed");
        let owner = person(&db, "Odile", Role::Owner).await;
        Self { db, owner, people: 0 }
    }

    /// Somebody new.
    ///
    /// # Panics
    /// When that fails.
    pub async fn person(&mut self, role: Role) -> Townsperson {
        self.people += 1;
        person(&self.db, &format!("{} {}", role.as_str(), self.people), role).await
    }

    /// A new board of these rules: the word in its address.
    ///
    /// # Panics
    /// When that fails.
    pub async fn board(&self, audience: Audience, editing: EditingRule) -> String {
        let new = NewBoard { title: "Pains".into(), purpose: "Ce que nous cuisons".into(), audience, editing };
        boards::create(&self.db, Some(&self.owner.person), &new).await.expect("a board").slug
    }

    /// A new customer, and the document of an idea of theirs, on a board that everyone may see and co-edit.
    ///
    /// # Panics
    /// When that fails.
    pub async fn proposal(&mut self, body: &str) -> (Townsperson, DocumentId) {
        let board = self.board(Audience::Public, EditingRule::Everyone).await;
        let proposer = self.person(Role::Customer).await;
        let (_, document) = self.idea(&proposer, &board, body).await;
        (proposer, document)
    }

    /// The document of a board's canvas.
    ///
    /// # Panics
    /// When there is no such board.
    pub async fn canvas(&self, board: &str) -> DocumentId {
        boards::one(&self.db, Some(&self.owner.person), board).await.expect("the board").canvas
    }

    /// A new idea of somebody: its number and the document of its concept.
    ///
    /// # Panics
    /// When that fails.
    pub async fn idea(&self, who: &Townsperson, board: &str, body: &str) -> (u32, DocumentId) {
        let (title, pitch) = ("Pain du soir".into(), "Cuit à dix-huit heures".into());
        let new = NewIdea { title, pitch, body: body.into(), tags: Vec::new() };
        let idea = ideas::propose(&self.db, Some(&who.person), board, &new, None).await.expect("an idea");
        (idea.card.number, idea.document)
    }
}

async fn person(db: &Db, name: &str, role: Role) -> Townsperson {
    let email = format!("{}@example.org", name.replace(' ', "-").to_lowercase());
    let new = NewAccount { name: name.into(), email, password_hash: String::from("nobody signs in with this"), role };
    let mut tx = db.write().await.expect("a transaction");
    let person = accounts::create(&mut tx, new).await.expect("an account").expect("an address nobody has");
    tx.commit().await.expect("committed");
    let signed = Signed { person: person.clone(), by: Credential::Session(SessionId::new()) };
    let made = tokens::make(db, &signed, NewToken { name: "test".into() }).await.expect("a token");
    Townsperson { person, token: made.secret }
}
