//! An idea's facts follow its concept.

use automerge::{ActorId, AutoCommit, Change, transaction::Transactable};
use server::{
    domain::{
        boards,
        ideas::{self, Shown},
        markdown::Renderer,
    },
    store::{
        Db,
        log::{self, NewChange},
    },
};
use shared::{
    PersonId, Role,
    api::{IdeaView, PersonView},
    live::concept::{self, Field, Texts},
    rules::Audience,
};
use tests::on_both_databases;

use crate::workspace::{board, cards, idea, person};

/// Appends a change by `who` that adds to the title, and says its place.
pub async fn append(db: &Db, idea: &IdeaView, who: &PersonView, text: &str, at: i64) -> u64 {
    let mut tx = db.write().await.expect("a transaction");
    let logged = log::changes_after(&mut tx, idea.document, 0, 1000).await.expect("the log");
    let seq = logged.len() as u64 + 1;
    let mut doc = AutoCommit::new_with_encoding(concept::ENCODING);
    doc.apply_changes(logged.into_iter().map(|change| Change::from_bytes(change.bytes).expect("a change")))
        .expect("they apply");
    let actor = PersonId::new().0.into_bytes();
    let mut doc = doc.with_actor(ActorId::from(actor.as_slice()));
    let title = Field::Title.object(&doc).expect("a title");
    doc.splice_text(&title, 0, 0, text).expect("a splice");
    doc.commit();
    let change = doc.get_last_local_change().expect("a change");
    log::claim_actor(&mut tx, &actor, who.id, at).await.expect("an actor");
    let new = NewChange {
        document: idea.document,
        seq,
        hash: change.hash().0,
        actor: actor.to_vec(),
        person: who.id,
        bytes: change.raw_bytes().to_vec().into(),
        stored_at: at,
    };
    log::append(&mut tx, &[&new]).await.expect("an append");
    tx.commit().await.expect("a commit");
    seq
}

fn texts(title: &str) -> Shown {
    shown(&Texts { title: title.to_owned(), pitch: "P".into(), body: "*b*".into() })
}

fn shown(texts: &Texts) -> Shown {
    Shown::of(texts, &mut Renderer::default())
}

on_both_databases! {
    async fn an_idea_reflects_its_concept_and_who_shaped_it(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let proposed = idea(&db, &zoe, &made, "flan").await;
        let at = proposed.card.created_at;
        for (place, who) in [(1, &ali), (2, &owner), (3, &ali), (4, &zoe)] {
            append(&db, &proposed, who, "un ", at + place * 1000).await;
        }
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(log::behind(&mut tx).await.expect("an answer"), [proposed.document]);
        drop(tx);

        let changed = ideas::reflect(&db, proposed.document, 4, texts("un un un flan"), &()).await.expect("an answer");
        let changed = changed.expect("a change").changed;
        assert_eq!((changed.reflects, changed.updated_at), (4, at + 3000));
        let view = ideas::one(&db, None, 1).await.expect("the idea");
        assert_eq!((view.card.title.as_str(), view.card.pitch.as_str(), view.body.as_str()), ("un un un flan", "P", "*b*"));
        assert_eq!((view.body_html.as_str(), view.reflects), ("<p><em>b</em></p>\n", 4));
        let handles = |view: &IdeaView| -> Vec<String> {
            view.card.shaped_by.iter().map(|person| person.handle.clone()).collect()
        };
        assert_eq!(handles(&view), ["zoe", "ali", "owner"], "the proposer first, then who changed most");
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").active_at, at + 3000);

        for seq in [1, 3, 4] {
            let late = ideas::reflect(&db, proposed.document, seq, texts("late"), &()).await.expect("an answer");
            assert_eq!(late, None, "a place already reflected changes nothing");
        }
        ideas::reflect(&db, proposed.document, 5, texts("un un un un flan"), &()).await.expect("an answer").expect("a change");
        let view = ideas::one(&db, None, 1).await.expect("the idea");
        assert_eq!((view.card.shapers, view.card.updated_at), (3, at + 4000));
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(log::behind(&mut tx).await.expect("an answer"), []);
        let unknown = ideas::reflect(&db, shared::DocumentId::new(), 1, texts("x"), &()).await.expect("an answer");
        assert_eq!(unknown, None);
    }

    async fn a_card_names_five_faces_and_counts_the_rest(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let proposed = idea(&db, &owner, &made, "flan").await;
        let mut last = 0;
        for count in 0..7 {
            let who = person(&db, &format!("person-{count}"), Role::Customer).await;
            last = append(&db, &proposed, &who, "x", 0).await;
        }
        ideas::reflect(&db, proposed.document, last, texts("x"), &()).await.expect("an answer");
        let wanted = ideas::Wanted::default();
        let page = cards(ideas::list(&db, None, None, &wanted, ideas::Place::START, 9).await);
        assert_eq!((page[0].shapers, page[0].shaped_by.len(), &page[0].shaped_by[0]), (8, 5, &owner));
    }

    async fn whatever_was_typed_can_be_kept(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let proposed = idea(&db, &owner, &made, "flan").await;
        append(&db, &proposed, &owner, "x", 0).await;
        let typed = Texts { title: " a\n\u{0}b ".repeat(200), pitch: "\n".into(), body: "c\u{0}".into() };
        ideas::reflect(&db, proposed.document, 2, shown(&typed), &()).await.expect("an answer").expect("a change");
        let view = ideas::one(&db, None, 1).await.expect("the idea");
        assert!(view.card.title.starts_with("a \u{fffd}b a \u{fffd}b"));
        assert_eq!(view.card.title.chars().count(), 200);
        assert_eq!((view.card.pitch.as_str(), view.body.as_str()), ("", "c\u{fffd}"));

        append(&db, &proposed, &owner, "x", 0).await;
        ideas::reflect(&db, proposed.document, 3, shown(&Texts::default()), &()).await.expect("an answer").expect("a change");
        let view = ideas::one(&db, None, 1).await.expect("the idea");
        assert_eq!((view.card.title.as_str(), view.card.slug.as_str()), ("", "idea"));
    }

    async fn the_last_place_wins_whatever_the_order(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let proposed = idea(&db, &owner, &made, "flan").await;
        for place in 2..=9 {
            assert_eq!(append(&db, &proposed, &owner, "x", place).await, place.unsigned_abs());
        }
        let tasks: Vec<_> = (2..=9_u64)
            .map(|seq| {
                let (db, document) = (db.clone(), proposed.document);
                tokio::spawn(async move { ideas::reflect(&db, document, seq, texts(&seq.to_string()), &()).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("a task").expect("an answer");
        }
        let view = ideas::one(&db, None, 1).await.expect("the idea");
        assert_eq!((view.card.title.as_str(), view.reflects, view.card.updated_at), ("9", 9, 9));
        let mut tx = db.read().await.expect("a transaction");
        let changes = log::changes_after(&mut tx, proposed.document, 0, 100).await.expect("the log");
        assert_eq!(changes.len(), 9);
    }
}
