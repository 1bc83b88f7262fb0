//! People and boards for the tests to begin with.

use server::{
    domain::{
        self, Error, boards,
        ideas::{self, Place},
    },
    store::{Db, people},
};
use shared::{
    PersonId, Role,
    api::{BoardView, IdeaCard, IdeaView, NewBoard, NewIdea, PersonView},
    rules::{Audience, EditingRule},
};

/// Adds a person; the handle tells them apart.
pub async fn person(db: &Db, handle: &str, role: Role) -> PersonView {
    let (id, name) = (PersonId::new(), handle.to_uppercase());
    let person = PersonView { id, handle: handle.to_owned(), name, role, unclaimed: false, left: false };
    let account = people::Account {
        person: person.clone(),
        email: format!("{handle}@example.org"),
        password_hash: String::from("none"),
        locale: None,
        created_at: domain::now(),
    };
    let mut tx = db.write().await.expect("a transaction");
    assert!(people::add(&mut tx, &account).await.expect("an answer"), "{handle} should be added");
    tx.commit().await.expect("a commit");
    person
}

/// Makes a board.
pub async fn board(db: &Db, by: &PersonView, title: &str, audience: Audience) -> BoardView {
    let new = NewBoard { title: title.to_owned(), purpose: String::new(), audience, editing: EditingRule::Everyone };
    boards::create(db, Some(by), &new).await.expect("a board")
}

/// An idea that says no more than its title.
pub fn titled(title: &str) -> NewIdea {
    NewIdea { title: title.to_owned(), ..NewIdea::default() }
}

/// Proposes an idea.
pub async fn idea(db: &Db, by: &PersonView, board: &BoardView, title: &str) -> IdeaView {
    ideas::propose(db, Some(by), &board.slug, &titled(title), None).await.expect("an idea")
}

/// The cards of a page of ideas, without their places.
#[track_caller]
pub fn cards(page: Result<Vec<(IdeaCard, Place)>, Error>) -> Vec<IdeaCard> {
    page.expect("a page").into_iter().map(|(card, _)| card).collect()
}

/// What a query counts.
pub async fn count(db: &Db, query: &'static str) -> i64 {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await,
    }
    .expect("a number")
}

/// Runs a statement that no use case offers.
pub async fn execute(db: &Db, statement: &'static str) {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect("a statement");
}
