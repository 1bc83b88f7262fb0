//! Searching: what is found, by whom, and that the index follows what changes.

use server::{
    domain::{
        comments, ideas,
        search::{self, Asked},
    },
    store::Db,
};
use shared::{
    Role,
    api::{CommentKind, EditBoard, EditComment, Found, NewComment, NewIdea, PersonView, Piece, SearchKind},
    rules::Audience,
};
use tests::on_both_databases;

use crate::workspace::{board, execute, idea, person};

/// What somebody finds, once everything is indexed.
pub async fn find(db: &Db, who: Option<&PersonView>, words: &str) -> Found {
    search::index_all(db).await.expect("indexed");
    let asked = Asked { words: words.to_owned(), kind: None, board: None, limit: 20 };
    search::find(db, who, &asked).await.expect("an answer")
}

/// The titles of the ideas somebody finds.
async fn titles(db: &Db, who: Option<&PersonView>, words: &str) -> Vec<String> {
    find(db, who, words).await.ideas.items.into_iter().map(|idea| idea.card.title).collect()
}

async fn said(db: &Db, who: Option<&PersonView>, words: &str) -> Vec<String> {
    let found = find(db, who, words).await.comments.items;
    found.into_iter().map(|comment| comment.text.into_iter().map(|piece| piece.text).collect()).collect()
}

async fn comment(db: &Db, who: &PersonView, number: u32, body: &str, kind: CommentKind) -> shared::api::CommentView {
    let new = NewComment { body: body.to_owned(), kind, ..NewComment::default() };
    comments::write(db, Some(who), number, &new, None, None).await.expect("a comment").0
}

fn marked(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
}

on_both_databases! {
    async fn words_are_found_in_each_form_and_without_accents(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Maison", Audience::Public).await;
        for title in ["Éclairages du soir", "Turning off the lights", "Des légumes proposés par les voisins", "Le goûter"] {
            idea(&db, &zoe, &made, title).await;
        }
        for (words, found) in [
            ("éclairage", "Éclairages du soir"),
            ("ECLAIRAGE soir", "Éclairages du soir"),
            ("turn light", "Turning off the lights"),
            ("turned off lights", "Turning off the lights"),
            ("légume proposé", "Des légumes proposés par les voisins"),
            ("voisin legume", "Des légumes proposés par les voisins"),
            ("eclai", "Éclairages du soir"),
            ("gouter", "Le goûter"),
        ] {
            assert_eq!(titles(&db, None, words).await, [found], "{words}");
        }
        assert_eq!(titles(&db, None, "pizza").await, Vec::<String>::new());
        let found = find(&db, None, "eclairage").await;
        assert_eq!(marked(&found.ideas.items[0].title), "[Éclairages] du soir");
    }

    async fn a_mistyped_word_finds_what_was_meant(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Maison", Audience::Public).await;
        for title in ["Lumière chaude dans l’entrée", "A quieter washing machine", "Pain de campagne"] {
            idea(&db, &zoe, &made, title).await;
        }
        for (words, found) in [
            ("lumire", "Lumière chaude dans l’entrée"),
            ("lmuière chaude", "Lumière chaude dans l’entrée"),
            ("washnig machine", "A quieter washing machine"),
            ("campagnne", "Pain de campagne"),
            ("campaggnne", "Pain de campagne"),
            ("lumirèe dasn", "Lumière chaude dans l’entrée"),
        ] {
            assert_eq!(titles(&db, None, words).await, [found], "{words}");
        }
        assert_eq!(titles(&db, None, "pxyn").await, Vec::<String>::new());
        // Words of a text that nobody has any more are nobody's guess.
        assert_eq!(titles(&db, None, "quieteer").await, ["A quieter washing machine"]);
        execute(&db, "UPDATE idea SET title = 'Silence' WHERE title LIKE 'A quieter%'").await;
        assert_eq!(titles(&db, None, "quieteer").await, Vec::<String>::new());
    }

    async fn what_meets_most_words_is_found_where_nothing_meets_all(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Maison", Audience::Public).await;
        for title in ["Recharger les vélos électriques", "Une cour pour les vélos", "Du café le matin"] {
            idea(&db, &zoe, &made, title).await;
        }
        assert_eq!(titles(&db, None, "recharger vélo hélicoptère").await, ["Recharger les vélos électriques"]);
    }

    async fn the_best_comes_first(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Maison", Audience::Public).await;
        let texts = [
            ("Le four", "", "On y cuit du **pain chaud** le soir."),
            ("Le soir", "Du pain chaud à six heures", ""),
            ("Du pain bien chaud pour le soir", "", ""),
            ("Pain chaud", "", ""),
        ];
        for (title, pitch, body) in texts {
            let new = NewIdea { title: title.into(), pitch: pitch.into(), body: body.into(), ..NewIdea::default() };
            ideas::propose(&db, Some(&zoe), &made.slug, &new, None).await.expect("an idea");
        }
        let expected: Vec<_> = texts.iter().rev().map(|(title, ..)| *title).collect();
        assert_eq!(titles(&db, None, "pain chaud").await, expected);
        let found = find(&db, None, "pain chaud").await.ideas;
        assert_eq!(marked(&found.items[3].text), "On y cuit du [pain] [chaud] le soir.");
        let asked = Asked { words: "pain".into(), kind: Some(SearchKind::Idea), board: None, limit: 2 };
        let some = search::find(&db, None, &asked).await.expect("an answer").ideas;
        assert_eq!((some.items.len(), some.more), (2, true));
    }

    async fn comments_people_and_boards_are_found(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let ali = person(&db, "ali-bensaid", Role::Customer).await;
        let made = board(&db, &zoe, "Goûters d’été", Audience::Public).await;
        let flan = idea(&db, &ali, &made, "Flan").await;
        comment(&db, &ali, flan.card.number, "Avec de la **vanille** bourbon", CommentKind::Comment).await;
        let found = find(&db, Some(&ali), "vanilles").await;
        assert_eq!(found.count(), 1);
        let comment = &found.comments.items[0];
        assert_eq!(marked(&comment.text), "Avec de la [vanille] bourbon");
        assert_eq!((comment.number, comment.title.as_str(), &comment.author), (1, "Flan", &ali));
        let boards = find(&db, None, "gouter").await.boards.items;
        assert_eq!((boards[0].slug.as_str(), marked(&boards[0].title)), ("gouters-d-ete", "[Goûters] d’été".into()));
        for words in ["ali", "bensaid", "BENSA", "bensiad"] {
            let people = find(&db, Some(&zoe), words).await.people.items;
            assert_eq!(people.iter().map(|found| &found.person).collect::<Vec<_>>(), [&ali], "{words}");
        }
        assert_eq!(titles(&db, None, "bensaid").await, ["Flan"], "an idea is found by who proposed it");
        let only = Asked { words: "flan".into(), kind: Some(SearchKind::Comment), board: None, limit: 5 };
        assert_eq!(search::find(&db, None, &only).await.expect("an answer").count(), 0);
    }

    async fn on_one_board_nothing_of_others_is_found(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let here = board(&db, &zoe, "Matin", Audience::Public).await;
        let hers = board(&db, &zoe, "Coulisses", Audience::Staff).await;
        idea(&db, &zoe, &here, "Pain aux noix").await;
        for at in 0..5 {
            idea(&db, &zoe, &hers, &format!("Noix et noix {at}")).await;
        }
        search::index_all(&db).await.expect("indexed");
        let on = async |who, slug: &str| {
            let asked = Asked { words: "noix".into(), kind: Some(SearchKind::Idea), board: Some(slug.into()), limit: 2 };
            let found = search::find(&db, who, &asked).await.expect("an answer").ideas;
            (found.items.into_iter().map(|idea| idea.card.board).collect::<Vec<_>>(), found.more)
        };
        assert_eq!(on(Some(&zoe), &here.slug).await, (vec![here.slug.clone()], false));
        assert_eq!(on(Some(&zoe), &hers.slug).await, (vec![hers.slug.clone(), hers.slug.clone()], true));
        for who in [None, Some(&ali)] {
            assert_eq!(on(who, &here.slug).await, (vec![here.slug.clone()], false));
            assert_eq!(on(who, &hers.slug).await, (vec![], false), "not seen, so not looked on");
        }
        assert_eq!(on(Some(&zoe), "nowhere").await, (vec![], false));
        let all = async |words: &str| {
            let asked = Asked { words: words.into(), kind: None, board: Some(here.slug.clone()), limit: 5 };
            let found = search::find(&db, Some(&zoe), &asked).await.expect("an answer");
            (found.boards.items.into_iter().map(|found| found.slug).collect::<Vec<_>>(), found.people.items.len())
        };
        assert_eq!(all("matin").await, (vec![here.slug.clone()], 0), "the board itself");
        assert_eq!(all("coulisses").await, (vec![], 0), "no other");
        assert_eq!(all("zoe").await, (vec![], 0), "nobody is on a board");
    }

    async fn people_are_found_by_those_who_are_here(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let gone = person(&db, "camille", Role::Customer).await;
        let people = async |who, words| find(&db, who, words).await.people.items.len();
        assert_eq!((people(None, "camille").await, people(Some(&zoe), "camille").await), (0, 1));
        execute(&db, "UPDATE person SET suspended_at = 1 WHERE handle = 'camille'").await;
        // Whether the index knows it or not.
        let asked = Asked { words: "camille".into(), kind: None, board: None, limit: 5 };
        assert_eq!(search::find(&db, Some(&zoe), &asked).await.expect("an answer").count(), 0);
        assert_eq!(people(Some(&zoe), "camille").await, 0);
        execute(&db, "UPDATE person SET suspended_at = NULL, unclaimed_at = 1 WHERE handle = 'camille'").await;
        assert_eq!(people(Some(&zoe), "camille").await, 0);
        execute(&db, "UPDATE person SET unclaimed_at = NULL WHERE handle = 'camille'").await;
        assert_eq!((people(Some(&zoe), "camille").await, people(Some(&gone), "zoe").await), (1, 1));
    }

    async fn what_somebody_does_not_see_is_not_found(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let employee = person(&db, "employee", Role::Employee).await;
        let customer = person(&db, "customer", Role::Customer).await;
        for audience in [Audience::Public, Audience::Members, Audience::Staff, Audience::Invited] {
            let made = board(&db, &owner, &format!("Brioche {}", audience.as_str()), audience).await;
            let number = idea(&db, &owner, &made, &format!("Brioche {}", audience.as_str())).await.card.number;
            comment(&db, &owner, number, &format!("La brioche {}", audience.as_str()), CommentKind::Comment).await;
            comment(&db, &owner, number, &format!("Note brioche {}", audience.as_str()), CommentKind::Note).await;
        }
        for (who, sees, notes) in [(None, 1, 0), (Some(&customer), 2, 0), (Some(&employee), 3, 3), (Some(&owner), 4, 4)] {
            let found = find(&db, who, "brioche").await;
            let counts = (found.ideas.items.len(), found.boards.items.len(), found.comments.items.len());
            assert_eq!(counts, (sees, sees, sees + notes), "{who:?}");
            let kinds = found.comments.items.iter().filter(|comment| comment.kind == CommentKind::Note);
            assert_eq!(kinds.count(), notes, "{who:?}");
        }
        // A word that is on hidden boards only is no more known than one that is nowhere.
        let secret = board(&db, &owner, "Secret", Audience::Invited).await;
        idea(&db, &owner, &secret, "Kouglof").await;
        let public = boards_of(&db, "Brioche public").await;
        idea(&db, &owner, &public, "Kouglos").await;
        assert_eq!(titles(&db, None, "kouglof").await, ["Kouglos"]);
    }

    async fn the_index_follows_what_changes(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        let flan = idea(&db, &zoe, &made, "Flan").await;
        let first = comment(&db, &zoe, flan.card.number, "Avec des cerises", CommentKind::Comment).await;
        assert_eq!((titles(&db, None, "flan").await.len(), said(&db, None, "cerise").await.len()), (1, 1));

        let edit = EditComment { body: "Avec des mirabelles".into() };
        comments::edit(&db, Some(&zoe), first.id, &edit).await.expect("edited");
        assert_eq!((said(&db, None, "cerise").await.len(), said(&db, None, "mirabelle").await.len()), (0, 1));
        comments::delete(&db, Some(&zoe), first.id).await.expect("deleted");
        assert_eq!(said(&db, None, "mirabelle").await.len(), 0);

        let texts = shared::live::concept::Texts { title: "Clafoutis".into(), pitch: String::new(), body: "Des *poires*".into() };
        let shown = ideas::Shown::of(&texts, &mut server::domain::markdown::Renderer::default());
        ideas::reflect(&db, flan.document, 2, shown, &()).await.expect("reflected");
        for (words, count) in [("flan", 0), ("clafoutis", 1), ("poire", 1)] {
            assert_eq!(titles(&db, None, words).await.len(), count, "{words}");
        }

        for (away, count) in [
            ("UPDATE idea SET away = 'hidden'", 0),
            ("UPDATE idea SET away = 'held'", 0),
            ("UPDATE idea SET away = 'merged'", 0),
            ("UPDATE idea SET away = NULL", 1),
        ] {
            execute(&db, away).await;
            let asked = Asked { words: "clafoutis".into(), kind: None, board: None, limit: 5 };
            let before = search::find(&db, None, &asked).await.expect("an answer").count();
            assert!(before <= count, "{away}: not even before the index knows");
            assert_eq!(titles(&db, None, "clafoutis").await.len(), count, "{away}");
        }
        comment(&db, &zoe, flan.card.number, "Avec de la rhubarbe", CommentKind::Comment).await;
        assert_eq!(said(&db, None, "rhubarbe").await.len(), 1);
        execute(&db, "UPDATE idea SET away = 'hidden'").await;
        assert_eq!(said(&db, None, "rhubarbe").await.len(), 0, "what is said under what is away is away");
        execute(&db, "UPDATE idea SET away = NULL").await;
        execute(&db, "UPDATE comment SET away = 'hidden'").await;
        assert_eq!(said(&db, None, "rhubarbe").await.len(), 0);

        let edit = EditBoard { title: Some("Dîner".into()), audience: Some(Audience::Staff), ..EditBoard::default() };
        server::domain::boards::edit(&db, &Default::default(), Some(&zoe), &made.slug, &edit).await.expect("edited");
        assert_eq!(titles(&db, None, "clafoutis").await.len(), 0, "the audience holds at once");
        assert_eq!(find(&db, Some(&zoe), "diner").await.boards.items.len(), 1);
        assert_eq!(find(&db, Some(&zoe), "gouter").await.boards.items.len(), 0);

        execute(&db, "UPDATE person SET name = 'Séraphine' WHERE handle = 'zoe'").await;
        assert_eq!(titles(&db, Some(&zoe), "seraphine").await.len(), 1, "an idea by the new name of its author");
        assert_eq!(find(&db, Some(&zoe), "seraphine").await.people.items.len(), 1);
    }

    async fn tags_are_found_and_followed(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        idea(&db, &zoe, &made, "Flan").await;
        execute(&db, "INSERT INTO tag (id, board_id, name, colour) SELECT id, id, 'Végétarien', 'leaf' FROM board").await;
        execute(&db, "INSERT INTO idea_tag (idea_id, tag_id) SELECT i.id, t.id FROM idea i, tag t").await;
        assert_eq!(titles(&db, None, "vegetariens").await, ["Flan"]);
        execute(&db, "UPDATE tag SET name = 'Végane'").await;
        assert_eq!((titles(&db, None, "vegetarien").await.len(), titles(&db, None, "vegane").await.len()), (0, 1));
        execute(&db, "DELETE FROM idea_tag").await;
        assert_eq!(titles(&db, None, "vegane").await.len(), 0);
    }

    async fn indexing_again_changes_nothing_and_leaves_nothing_behind(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        for count in 0..30 {
            idea(&db, &zoe, &made, &format!("Flan à la vanille numéro{count}")).await;
        }
        search::index_all(&db).await.expect("indexed");
        let state = async || {
            let counted = number(&db, "SELECT CAST(sum(docs) AS BIGINT) FROM search_term").await;
            (number(&db, "SELECT count(*) FROM search_doc").await, counted, number(&db, "SELECT count(*) FROM search_slip").await)
        };
        let before = state().await;
        assert_eq!(number(&db, "SELECT docs FROM search_term WHERE term = 'wvanille'").await, 30);
        execute(&db, "INSERT INTO search_pending (kind, thing) SELECT 'idea', id FROM idea").await;
        search::index_all(&db).await.expect("indexed");
        assert_eq!(state().await, before);
        assert_eq!(number(&db, "SELECT count(*) FROM search_pending").await, 0);
        execute(&db, "UPDATE idea SET away = 'hidden'").await;
        search::index_all(&db).await.expect("indexed");
        assert_eq!(number(&db, "SELECT count(*) FROM search_term WHERE term LIKE 'wvanille'").await, 0);
        assert_eq!(number(&db, "SELECT count(*) FROM search_slip WHERE word = 'vanille'").await, 0);
    }

    async fn nothing_that_is_typed_breaks_it(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = board(&db, &zoe, "Goûter", Audience::Public).await;
        idea(&db, &zoe, &made, "Un \"flan\" (AND) OR 'tarte': *près* NEAR(l’eau) ~ ^ & | ! <-> 日本語 🥐").await;
        for words in ["\"flan\"", "flan AND OR NOT", "flan*", "'flan':*", "flan & | !", "NEAR(flan tarte)", "flan\u{0}", "{flan}",
            "^flan", "-flan", "flan:tarte", "日本語", "flan 🥐", "flan\\", "fl\u{202e}an flan", "<b>flan</b>"] {
            find(&db, None, words).await;
        }
        for words in ["\"flan\"", "'flan':*", "flan\u{0}", "日本語", "flan 🥐", "flan\\"] {
            assert_eq!(titles(&db, None, words).await.len(), 1, "{words}");
        }
        for words in ["", " ", "🥐", "\u{0}", "!?", "''"] {
            assert_eq!(find(&db, None, words).await.count(), 0, "{words:?}");
        }
        let long = Asked { words: "é".repeat(201), kind: None, board: None, limit: 5 };
        assert!(matches!(search::find(&db, None, &long).await, Err(server::domain::Error::Invalid(_))));
    }
}

async fn boards_of(db: &Db, title: &str) -> shared::api::BoardView {
    let all = server::domain::boards::list(db, None).await.expect("the boards");
    all.into_iter().find(|board| board.title == title).expect("the board")
}

async fn number(db: &Db, query: &'static str) -> i64 {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await,
    }
    .expect("a number")
}
