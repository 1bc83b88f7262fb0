//! What a room cannot read, or cannot store, costs nobody their connection.

use std::time::Duration;

use automerge::{ActorId, AutoCommit, transaction::Transactable as _};
use server::store::{
    Db,
    log::{self, NewChange},
    quarantine,
};
use shared::{
    DocumentId, PersonId, Role,
    api::IdeaView,
    live::concept::{self, Field},
    rules::{Audience, EditingRule},
};
use tests::live::{Client, PATIENCE};
use tokio::time::{Instant, sleep};

use crate::house::House;

async fn execute(db: &Db, statement: &'static str, document: DocumentId) {
    let Db::Sqlite { write, .. } = db else { panic!("this is on SQLite") };
    let done = sqlx::query(statement).bind(document.as_uuid()).execute(write).await.expect("a statement");
    assert_eq!(done.rows_affected(), 1);
}

const SPOIL: &str = "UPDATE change SET bytes = CAST(x'00' || bytes AS BLOB) WHERE document_id = $1 AND seq = 2";
const REPAIR: &str = "UPDATE change SET bytes = substr(bytes, 2) WHERE document_id = $1 AND seq = 2";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_read_sets_the_document_aside_until_it_can() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let moderator = house.town.person(Role::Moderator).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&ada, &board, "corps").await;
    let db = house.atelier.db.clone();
    let before = write(&db, document, ada.person.id, &["un ", "deux ", "trois "]).await;
    execute(&db, SPOIL, document).await;

    let mut one = Client::new(house.address, &ada.token, "one", document);
    one.doc = before;
    assert!(one.connect().await);
    one.until("the document to be set aside", |client| client.write == Some(false)).await;
    let kept = one.splice(Field::Body, 0, 0, "quatre ").await.expect("a change");
    one.until("a refusal", |client| client.rejected.iter().any(|(hash, _)| *hash == kept)).await;
    // Somebody who has nothing gets what can be read: the idea as it was proposed.
    let mut two = Client::new(house.address, &ben.token, "two", document);
    two.open().await;
    assert_eq!((two.texts().body.as_str(), two.write), ("corps", Some(false)));
    let aside = server::domain::ideas::one(&db, Some(&ada.person), number).await.expect("the idea");
    let IdeaView { may_edit, set_aside, .. } = aside;
    assert!(set_aside && !may_edit);

    // A moderator lets it try again: in vain as long as the flaw is there, then at once.
    assert_eq!(release(&house, &moderator.token, document).await, 204);
    let end = Instant::now() + PATIENCE;
    while !quarantine::is_set_aside(&mut db.read().await.expect("a transaction"), document).await.expect("an answer") {
        assert!(Instant::now() < end, "it is not set aside once more");
        sleep(Duration::from_millis(20)).await;
    }
    execute(&db, REPAIR, document).await;
    assert_eq!(release(&house, &moderator.token, document).await, 204);
    one.until("access", |client| client.write == Some(true)).await;
    two.until("access", |client| client.write == Some(true)).await;
    let mut three = Client::new(house.address, &ben.token, "three", document);
    three.open().await;
    assert_eq!(three.texts().body, "trois deux un corps");
    three.splice(Field::Body, 0, 0, "cinq ").await;
    three.saved().await;
    assert!(one.is_connected() && two.is_connected(), "nobody was disconnected");
    house.close().await;
}

/// Writes at the start of the body, before any room is open; answers the document as it is then.
async fn write(db: &Db, document: DocumentId, person: PersonId, texts: &[&str]) -> AutoCommit {
    let mut tx = db.write().await.expect("a transaction");
    let logged = log::changes_after(&mut tx, document, 0, 10).await.expect("the log");
    let actor = PersonId::new().0.into_bytes();
    log::claim_actor(&mut tx, &actor, person, 0).await.expect("an actor");
    let mut doc = AutoCommit::new_with_encoding(concept::ENCODING).with_actor(ActorId::from(actor.as_slice()));
    for change in &logged {
        doc.load_incremental(&change.bytes).expect("it applies");
    }
    let body = Field::Body.object(&doc).expect("a body");
    for (text, seq) in texts.iter().zip(logged.len() as u64 + 1..) {
        doc.splice_text(&body, 0, 0, text).expect("a splice");
        let hash = doc.commit().expect("a change");
        let bytes = doc.get_change_by_hash(&hash).expect("the change").raw_bytes().to_vec().into();
        let (hash, actor) = (hash.0, actor.to_vec());
        let new = NewChange { document, seq, hash, actor, person, bytes, stored_at: 0 };
        log::append(&mut tx, &[&new]).await.expect("an append");
    }
    tx.commit().await.expect("a commit");
    doc
}

async fn release(house: &House, token: &str, document: DocumentId) -> u16 {
    use tower::ServiceExt as _;
    let request = http::Request::put(format!("/api/v1/desk/documents/{document}/release"))
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .expect("a request");
    let Ok(answer) = server::http::router(house.atelier.clone()).oneshot(request).await;
    answer.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_stops_for_a_while_disconnects_nobody() {
    let Some(mut house) = House::on_postgres().await else { return };
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut one = Client::new(house.address, &ada.token, "one", document);
    let mut two = Client::new(house.address, &ben.token, "two", document);
    one.open().await;
    two.open().await;
    one.splice(Field::Body, 0, 0, "un ").await;
    one.saved().await;
    two.splice(Field::Body, 0, 0, "deux ").await;
    two.saved().await;
    let postgres = house.postgres.as_ref().expect("it is on PostgreSQL");
    postgres.stop(true).await;
    one.splice(Field::Body, 0, 0, "trois ").await;
    one.listen(Duration::from_millis(400)).await;
    two.splice(Field::Body, 0, 0, "quatre ").await;
    two.listen(Duration::from_millis(400)).await;
    assert!(!one.unsaved.is_empty() && !two.unsaved.is_empty(), "nothing is stored, and nobody is told so");
    postgres.stop(false).await;
    one.saved().await;
    two.saved().await;
    let heads = two.heads();
    one.until("what the other wrote", |client| client.heads() == heads).await;
    assert!(one.is_connected() && two.is_connected());
    assert!(one.rejected.is_empty() && two.rejected.is_empty());
    house.close().await;
}
