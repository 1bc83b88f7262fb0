//! What must hold in the end, of the log and of a second server.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    ActorId, AutoCommit, Change,
    sync::{State, SyncDoc as _},
};
use server::{
    live::room::{Copy, Whole},
    store::{Db, log},
};
use shared::{
    DocumentId, PersonId,
    live::{
        concept::{ENCODING, Texts, read},
        sync::Hash,
    },
};
use tests::{live::Client, process::Server, town::Townsperson};

use super::{sorted, world::Tab, world::World};

/// The log says what everybody has, holds everything acknowledged and nothing refused, and says rightly who wrote what.
///
/// What it came to, in words.
pub async fn log(world: &World, heads: &[Hash], texts: &Texts) -> String {
    let db = &world.town.db;
    let logged = read_log(db, world.document).await;
    let changes: Vec<Change> = logged.iter().map(|(change, _)| change.clone()).collect();
    let mut whole = AutoCommit::new_with_encoding(ENCODING);
    whole.apply_changes(changes.iter().cloned()).expect("the log applies");
    assert_eq!((sorted(whole.get_heads()), &read(&whole).expect("a concept")), (heads.to_vec(), texts), "the log");

    let opened = Whole::load(db, world.document).await.expect("it opens").into_document();
    assert_eq!((sorted(opened.get_heads()), &read(&opened).expect("a concept")), (heads.to_vec(), texts), "snapshots");
    let copy = Copy::load(db, world.document).await.expect("it can be followed");
    assert_eq!(&copy.texts(), texts, "the letters");

    let authors: BTreeMap<Hash, PersonId> = logged.iter().map(|(change, person)| (change.hash().0, *person)).collect();
    assert_eq!(authors.len(), logged.len(), "each change stands in the log once");
    let mut tx = db.read().await.expect("a transaction");
    let actors: BTreeSet<(ActorId, PersonId)> =
        logged.iter().map(|(change, person)| (change.actor_id().clone(), *person)).collect();
    for (actor, person) in actors {
        let owner = log::actor_owner(&mut tx, actor.to_bytes()).await.expect("an answer");
        assert_eq!(owner, Some(person), "an actor id belongs to who wrote by it");
    }
    drop(tx);
    let (mut stored, mut refused) = (0, 0);
    for hash in &world.forged {
        assert!(!authors.contains_key(hash), "a forged change was stored");
    }
    for person in &world.people {
        let Tab::Ours(ours) = &person.client else { continue };
        for hash in &ours.stored {
            assert_eq!(authors.get(hash), Some(&ours.who.person.id), "an acknowledged change is lost");
        }
        for (hash, why) in &ours.refused {
            let kept = authors.contains_key(hash) && !ours.twice.contains(hash);
            assert!(!kept, "a change is stored that was refused: {why}");
        }
        stored += ours.stored.len();
        refused += ours.refused.len();
    }
    for synchronised in by_stock_sync(&changes) {
        let (their_heads, their_texts) = synchronised;
        assert_eq!((&*their_heads, &their_texts), (heads, texts), "Automerge's own sync comes to something else");
    }
    let (changes, forged) = (changes.len(), world.forged.len());
    format!("{changes} changes, {stored} of our own client acknowledged and {refused} refused, {forged} forged")
}

/// A server on another database with the same content gives everybody the same.
pub async fn second_server(url: &str, reader: &Townsperson, document: DocumentId, heads: &[Hash], texts: &Texts) {
    let server = Server::start(url).await;
    let mut client = Client::new(server.address, &reader.token, "reader", document);
    client.open().await;
    client.until("the same heads", |client| client.heads() == heads).await;
    assert_eq!(&client.texts(), texts, "a second server");
}

async fn read_log(db: &Db, document: DocumentId) -> Vec<(Change, PersonId)> {
    let mut tx = db.read().await.expect("a transaction");
    let mut all = Vec::new();
    loop {
        let page = log::changes_after(&mut tx, document, all.len() as u64, 1000).await.expect("the log");
        if page.is_empty() {
            return all;
        }
        for logged in page {
            assert_eq!(logged.seq, all.len() as u64 + 1, "the log has no gap");
            all.push((Change::from_bytes(logged.bytes).expect("a change"), logged.person));
        }
    }
}

/// The same changes, each written into a document of its actor's, all synchronised by Automerge's own sync with one
/// in the middle: what each comes to.
fn by_stock_sync(changes: &[Change]) -> Vec<(Vec<Hash>, Texts)> {
    let mut middle = AutoCommit::new_with_encoding(ENCODING);
    let mut ends: BTreeMap<ActorId, End> = BTreeMap::new();
    let mut made_by = BTreeMap::new();
    for change in changes {
        let actor = change.actor_id();
        let lacks = |end: &mut End| {
            let lacking = change.deps().iter().filter(|dep| end.doc.get_change_by_hash(dep).is_none());
            lacking.copied().collect::<Vec<_>>()
        };
        let lacking = lacks(ends.entry(actor.clone()).or_default());
        for dep in &lacking {
            if let Some(end) = made_by.get(dep).and_then(|actor| ends.get_mut(actor)) {
                end.synchronise(&mut middle);
            }
        }
        let end = ends.entry(actor.clone()).or_default();
        if !lacking.is_empty() {
            end.synchronise(&mut middle);
        }
        assert!(lacks(end).is_empty(), "the log is in order");
        end.doc.apply_changes([change.clone()]).expect("it applies");
        made_by.insert(change.hash(), actor.clone());
    }
    for _ in 0..2 {
        ends.values_mut().for_each(|end| end.synchronise(&mut middle));
    }
    let docs = ends.into_values().map(|end| end.doc).chain([middle]);
    docs.map(|mut doc| (sorted(doc.get_heads()), read(&doc).expect("a concept"))).collect()
}

/// A document that is synchronised with the one in the middle.
struct End {
    doc: AutoCommit,
    here: State,
    there: State,
}

impl Default for End {
    fn default() -> Self {
        Self { doc: AutoCommit::new_with_encoding(ENCODING), here: State::new(), there: State::new() }
    }
}

impl End {
    fn synchronise(&mut self, middle: &mut AutoCommit) {
        loop {
            let to_middle = self.doc.sync().generate_sync_message(&mut self.here);
            let done = to_middle.is_none();
            if let Some(message) = to_middle {
                middle.sync().receive_sync_message(&mut self.there, message).expect("it applies");
            }
            match middle.sync().generate_sync_message(&mut self.there) {
                Some(message) => {
                    self.doc.sync().receive_sync_message(&mut self.here, message).expect("it applies");
                }
                None if done => return,
                None => {}
            }
        }
    }
}
