//! Similar ideas, on a few texts and on real ones.

use std::collections::HashMap;

use server::{
    domain::{
        ideas,
        search::{self, Asked},
    },
    store::Db,
};
use shared::{
    Role,
    api::{NewIdea, PersonView, SearchKind},
    limits,
    rules::Audience,
};
use tests::{on_both_databases, real_ideas};

use crate::workspace::{board, execute, idea, person};

async fn similar(db: &Db, who: Option<&PersonView>, title: &str) -> Vec<String> {
    search::index_all(db).await.expect("indexed");
    let found = search::similar(db, who, title, None).await.expect("an answer");
    found.into_iter().map(|card| card.title).collect()
}

on_both_databases! {
    async fn twins_are_found_in_both_languages(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Maison", Audience::Public).await;
        for title in [
            "Turn off the lights when I leave",
            "Éteindre la lumière en partant",
            "Un rabais pour les étudiants",
            "Order pizza by voice",
            "🥐",
        ] {
            idea(&db, &zoe, &made, title).await;
        }
        for (title, twin) in [
            ("turn off the lights when i leave!", "Turn off the lights when I leave"),
            ("Turning the lights off when leaving", "Turn off the lights when I leave"),
            ("eteindre la lumiere en partant", "Éteindre la lumière en partant"),
            ("Éteindre les lumières quand on part", "Éteindre la lumière en partant"),
            ("Rabais étudiant", "Un rabais pour les étudiants"),
            ("Order a pizza", "Order pizza by voice"),
            (" 🥐 ", "🥐"),
        ] {
            assert_eq!(similar(&db, None, title).await, [twin], "{title}");
        }
        for title in ["A quieter washing machine", "Une cour pour les vélos", "", "🍞", "les", "\u{0}\"'"] {
            assert_eq!(similar(&db, None, title).await, Vec::<String>::new(), "{title}");
        }
        let long = search::similar(&db, None, &"é".repeat(limits::TITLE + 1), None).await;
        assert!(matches!(long, Err(server::domain::Error::Invalid(_))));
    }

    async fn twins_are_of_what_one_sees_and_here_before_elsewhere(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let open = board(&db, &zoe, "Ouvert", Audience::Public).await;
        let staff = board(&db, &zoe, "Équipe", Audience::Staff).await;
        let other = board(&db, &zoe, "Autre", Audience::Public).await;
        for on in [&open, &staff, &other] {
            idea(&db, &zoe, on, "Du pain chaud le soir").await;
        }
        search::index_all(&db).await.expect("indexed");
        let boards = async |who, here| {
            let found = search::similar(&db, who, "du pain chaud le soir", here).await.expect("an answer");
            found.into_iter().map(|card| card.board).collect::<Vec<_>>()
        };
        assert_eq!(boards(None, Some("ouvert")).await, ["ouvert", "autre"]);
        assert_eq!(boards(None, Some("autre")).await, ["autre", "ouvert"]);
        assert_eq!(boards(Some(&zoe), Some("equipe")).await[0], "equipe");
        execute(&db, "UPDATE idea SET away = 'hidden' WHERE number = 1").await;
        assert_eq!(boards(None, Some("ouvert")).await, ["autre"]);
    }

    async fn in_real_texts_identical_titles_are_similar_and_accents_do_not_count(db: Db) {
        let texts = real_ideas::texts();
        if texts.is_empty() {
            return;
        }
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Tout", Audience::Public).await;
        let mut titles: HashMap<String, usize> = HashMap::new();
        for (title, body) in texts {
            let new = NewIdea { title: title.chars().take(limits::TITLE).collect(), body, ..NewIdea::default() };
            let made = ideas::propose(&db, Some(&zoe), &made.slug, &new, None).await.expect("an idea");
            *titles.entry(made.card.title).or_default() += 1;
        }
        search::index_all(&db).await.expect("indexed");
        let twins: Vec<_> = titles.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twins.len() > 20, "only {} titles are there twice", twins.len());
        for (title, count) in twins {
            let found = search::similar(&db, None, title, None).await.expect("an answer");
            let same = found.iter().filter(|card| card.title == *title).count();
            assert_eq!(same, (*count).min(3), "{title}: {found:#?}");
        }
        for (with, without) in [
            ("données", "donnees"), ("école", "ecole"), ("numérique", "numerique"), ("sécurité", "securite"),
            ("éducation à l’école", "education a l ecole"), ("vie privée", "vie privee"), ("accès à internet", "acces a internet"),
        ] {
            let found = async |words: &str| {
                let asked = Asked { words: words.into(), kind: Some(SearchKind::Idea), board: None, limit: 50 };
                let found = search::find(&db, None, &asked).await.expect("an answer").ideas.items;
                found.into_iter().map(|idea| idea.card.number).collect::<Vec<_>>()
            };
            let numbers = found(with).await;
            assert!(!numbers.is_empty(), "{with}");
            assert_eq!(numbers, found(without).await, "{with}");
        }
    }
}
