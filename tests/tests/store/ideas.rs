//! Proposing ideas, and listing them.

use std::collections::BTreeSet;

use server::{
    domain::{
        Error, boards,
        ideas::{self, Place, Wanted},
    },
    store::{follow, ideas as rows, log},
};
use shared::{
    Role,
    api::{FieldCode, IdeaCard, IdeaView, NewIdea},
    live::concept::{self, Texts},
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, cards, idea, person, titled};

on_both_databases! {
    async fn a_proposed_idea_is_there_with_its_document(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let new = NewIdea {
            title: "  Des   chouquettes\tà 16 h ".into(),
            pitch: " Chaudes.\r\nVraiment. ".into(),
            body: "# Pourquoi\n\n- la **faim**".into(),
            ..NewIdea::default()
        };
        let view = ideas::propose(&db, Some(&zoe), &made.slug, &new, None).await.expect("an idea");
        assert_eq!(view.card.title, "Des chouquettes à 16 h");
        assert_eq!(view.card.pitch, "Chaudes.\nVraiment.");
        assert_eq!(view.card.slug, "des-chouquettes-a-16-h");
        assert_eq!(view.body_html, "<h2>Pourquoi</h2>\n<ul>\n<li>la <strong>faim</strong></li>\n</ul>\n");
        assert_eq!((view.card.number, view.card.stage.en.as_str(), view.reflects), (1, "New", 1));
        assert_eq!((view.card.shapers, &view.card.shaped_by), (1, &vec![zoe.clone()]));
        assert_eq!((view.coauthors.as_slice(), view.may_edit), ([zoe.clone()].as_slice(), true));

        let mut tx = db.read().await.expect("a transaction");
        let changes = log::changes_after(&mut tx, view.document, 0, 10).await.expect("the log");
        assert_eq!(changes.len(), 1);
        let change = automerge::Change::from_bytes(changes[0].bytes.clone()).expect("a change");
        let owner_of_actor = log::actor_owner(&mut tx, change.actor_id().to_bytes()).await.expect("an answer");
        assert_eq!(owner_of_actor, Some(zoe.id));
        let mut doc = automerge::AutoCommit::new_with_encoding(concept::ENCODING);
        doc.apply_changes([change]).expect("it applies");
        let texts = concept::read(&doc).expect("a concept");
        assert_eq!(texts, Texts { title: view.card.title.clone(), pitch: view.card.pitch.clone(), body: view.body.clone() });
        drop(tx);

        let board = boards::one(&db, None, &made.slug).await.expect("the board");
        assert_eq!((board.ideas, board.active_at), (1, view.card.created_at));
        let visitor = ideas::one(&db, None, 1).await.expect("the idea");
        let card = IdeaCard { followed: false, ..view.card.clone() };
        assert_eq!(visitor, IdeaView { card, may_edit: false, stages: Vec::new(), ..view });
    }

    async fn what_is_not_acceptable_makes_no_idea(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        let new = NewIdea { title: "é".repeat(201), pitch: "é".repeat(601), body: "a\u{0}b".into(), ..NewIdea::default() };
        let Err(Error::Invalid(fields)) = ideas::propose(&db, Some(&zoe), &made.slug, &new, None).await else {
            panic!("refused")
        };
        let codes: Vec<_> = fields.iter().map(|(name, problem)| (name.as_str(), problem.code)).collect();
        let (long, characters) = (FieldCode::TooLong, FieldCode::Characters);
        assert_eq!(codes, [("body", characters), ("pitch", long), ("title", long)]);
        let refused = ideas::propose(&db, None, &made.slug, &new, None).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::SignIn))), "who is asking comes before what is asked");
        assert_eq!(cards(ideas::list(&db, Some(&zoe), None, &Wanted::default(), Place::START, 9).await), []);
        let at_the_limit = NewIdea { title: "é".repeat(200), pitch: "é".repeat(600), body: "é".repeat(200_000), ..NewIdea::default() };
        let view = ideas::propose(&db, Some(&zoe), &made.slug, &at_the_limit, None).await.expect("an idea");
        assert_eq!(view.card.number, 1, "no number was lost");
    }

    async fn a_retry_answers_with_the_idea_of_the_first_time(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let ali = person(&db, "ali", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        let propose = async |who, title: &str, key| ideas::propose(&db, Some(who), &made.slug, &titled(title), key).await;
        let first = propose(&zoe, "Flan", Some("k1")).await.expect("an idea");
        let again = propose(&zoe, "Flan", Some("k1")).await.expect("an idea");
        assert_eq!(first, again);
        assert!(matches!(propose(&zoe, "Tarte", Some("k1")).await, Err(Error::IdempotencyKey)));
        for (who, key) in [(&zoe, Some("k2")), (&ali, Some("k1")), (&zoe, None)] {
            let other = propose(who, "Flan", key).await.expect("an idea");
            assert_ne!(other.card.number, first.card.number);
        }
    }

    async fn the_same_request_twice_at_once_makes_one_idea(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (db, zoe, slug) = (db.clone(), zoe.clone(), made.slug.clone());
                tokio::spawn(async move {
                    ideas::propose(&db, Some(&zoe), &slug, &titled("Flan"), Some("k")).await.map(|idea| idea.card.number)
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.expect("a task").expect("an idea"), 1);
        }
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").ideas, 1);
    }

    async fn ideas_proposed_at_the_same_time_get_numbers_of_their_own(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        let tasks: Vec<_> = (0..12)
            .map(|count| {
                let (db, zoe, made) = (db.clone(), zoe.clone(), made.clone());
                tokio::spawn(async move { idea(&db, &zoe, &made, &format!("Idée {count}")).await.card.number })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for task in tasks {
            numbers.insert(task.await.expect("an idea"));
        }
        assert_eq!(numbers, (1..=12).collect());
    }

    async fn pages_hold_each_idea_once_even_those_of_the_same_moment(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let left = board(&db, &zoe, "Left", Audience::Public).await;
        let right = board(&db, &zoe, "Right", Audience::Public).await;
        for number in 1..=30_u32 {
            let on = if number.is_multiple_of(3) { &right } else { &left };
            let made = idea(&db, &zoe, on, "Même instant").await;
            let mut tx = db.write().await.expect("a transaction");
            let texts = rows::Follow {
                title: "x", pitch: "", body: "", body_html: "", seq: 1, at: i64::from(1_000 + number / 10),
            };
            follow::update(&mut tx, made.card.id, &texts).await.expect("an update");
            tx.commit().await.expect("a commit");
        }
        for length in [1, 7, 10, 29, 30, 100] {
            let (mut all, mut some) = (Vec::new(), Vec::new());
            let mut place = Place::START;
            loop {
                let page = ideas::list(&db, None, None, &Wanted::default(), place, length).await.expect("a page");
                let Some(last) = page.last() else { break };
                place = last.1;
                all.extend(page.into_iter().map(|(card, _)| card.number));
            }
            let mut place = Place::START;
            loop {
                let wanted = Wanted::default();
                let page = ideas::list(&db, None, Some(&right.slug), &wanted, place, length).await.expect("a page");
                let Some(last) = page.last() else { break };
                place = last.1;
                some.extend(page.into_iter().map(|(card, _)| card.number));
            }
            assert_eq!(all, (1..=30).rev().collect::<Vec<_>>(), "pages of {length}");
            assert_eq!(some, (1..=30).rev().filter(|number| number % 3 == 0).collect::<Vec<_>>(), "pages of {length}");
        }
    }
}
