//! Ideas that come from files: what is said beforehand, what comes in, and who the names are that come with it.

use std::time::Instant;

use bytes::Bytes;
use server::{
    domain::{
        Error,
        access::{AccessNews, Credential, Signed},
        boards, coauthors,
        ideas::{self, Place, Wanted},
        import, names, stages,
    },
    store::{Db, people},
};
use shared::{
    Role, SessionId,
    api::{BoardView, IdeaSort, ImportColumn, ImportReport, ImportState, MoveIdea, PersonView, RowReason},
    live::concept,
    rules::{Audience, Refusal},
};
use tests::{on_both_databases, real_ideas};
use tokio_util::sync::CancellationToken;

use crate::workspace::{board, cards, person};

fn signed(person: &PersonView) -> Signed {
    Signed { person: person.clone(), by: Credential::Session(SessionId::new()) }
}

async fn survey(db: &Db, by: &PersonView, board: &BoardView, file: &str) -> ImportReport {
    let file = Bytes::copy_from_slice(file.as_bytes());
    import::survey(db, Some(by), &board.slug, file).await.expect("a report")
}

/// Brings in a file, and says what was said beforehand and how many ideas came in.
async fn bring(db: &Db, by: &PersonView, board: &BoardView, file: impl Into<Bytes>) -> (ImportReport, u32) {
    let begun = import::begin(db, Some(by), &board.slug, "ideas.csv", file.into()).await;
    let (_, report, job) = begun.expect("it begins");
    let made = job.run(db, &CancellationToken::new(), |_| {}).await.expect("it comes in");
    (report, made)
}

const FILE: &str = "\
title;body;author;created_at;votes;comments;status;category;url
Pain de nuit;\"Pour qui rentre tard.

- à 22 h\";Zoé D.;2015-12-25T02:35:06Z;960;51;exploration;Pains;x
Flan ;;zoé  d.;2015-12-26;0;0;LAUNCHED;pains;x
Baguette;Croustillante;@marie;2016-01-01;;;;;x
Éclair;;;;3;;trashed;Pâtisserie;x
;sans titre;;;;;;;x
Éclair;;;;9;;;;x
Tarte;;a@b.fr;demain;-1;;;;x
";

on_both_databases! {
    async fn a_file_is_told_before_it_comes_in_and_then_is_as_told(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        let told = survey(&db, &marie, &pains, FILE).await;
        assert_eq!((told.rows, told.new, told.known, told.repeated, told.bad), (7, 4, 0, 1, 2));
        assert_eq!((told.unknown_authors, told.authors[0].name.as_str(), told.authors[0].rows), (1, "Zoé D.", 2));
        assert_eq!((told.nameless, told.undated), (1, 1));
        assert_eq!(told.ignored, ["url"]);
        assert_eq!(told.new_tags, ["Pains", "Pâtisserie"]);
        let stages: Vec<_> = told.statuses.iter().map(|s| (s.status.as_str(), s.stage.as_ref().map(|s| &*s.en))).collect();
        assert_eq!(stages, [("LAUNCHED", Some("Launched")), ("exploration", Some("Exploring")), ("trashed", None)]);
        let problems: Vec<_> = told.problems.iter().map(|p| (p.line, p.column, p.reason)).collect();
        assert_eq!(problems, [
            (8, Some(ImportColumn::Title), RowReason::Required),
            (10, Some(ImportColumn::Author), RowReason::AnEmail),
            (10, Some(ImportColumn::CreatedAt), RowReason::NotADate),
            (10, Some(ImportColumn::Votes), RowReason::NotANumber),
        ]);
        assert_eq!(boards::one(&db, None, &pains.slug).await.expect("the board").ideas, 0, "nothing came in yet");

        let (again, made) = bring(&db, &marie, &pains, FILE).await;
        assert_eq!((again, made), (told, 4));
        let idea = ideas::one(&db, None, 1).await.expect("the first");
        assert_eq!((idea.card.title.as_str(), idea.card.pitch.as_str()), ("Pain de nuit", "Pour qui rentre tard."));
        assert_eq!((idea.body.as_str(), idea.body_html.as_str()), ("- à 22 h", "<ul>\n<li>à 22 h</li>\n</ul>\n"));
        assert_eq!((idea.card.created_at, idea.card.votes, idea.card.comments), (1_451_010_906_000, 960, 0));
        assert_eq!((idea.card.author.name.as_str(), idea.card.author.unclaimed), ("Zoé D.", true));
        assert_eq!((idea.card.stage.en.as_str(), idea.card.answered_at.is_some()), ("Exploring", true));
        let origin = idea.origin.expect("it came from somewhere");
        assert_eq!((origin.votes, origin.comments), (960, 51));
        let second = ideas::one(&db, None, 2).await.expect("the second").card;
        assert_eq!((second.author, second.stage.en.as_str()), (idea.card.author, "Launched"));
        let third = ideas::one(&db, Some(&marie), 3).await.expect("the third");
        assert_eq!((&third.card.author, third.card.followed), (&marie, true), "a handle is somebody's here");
        let fourth = ideas::one(&db, Some(&marie), 4).await.expect("the fourth").card;
        assert_eq!((&fourth.author, fourth.followed, fourth.stage.en.as_str()), (&marie, false, "New"));
        assert!(fourth.created_at > 1_700_000_000_000, "without a date, it is of today");

        let trending = Wanted { sort: IdeaSort::Trending, ..Wanted::default() };
        let warm = cards(ideas::list(&db, None, Some(&pains.slug), &trending, Place::START, 9).await);
        let titles: Vec<_> = warm.iter().map(|card| card.title.as_str()).collect();
        assert_eq!(titles, ["Éclair", "Pain de nuit", "Baguette", "Flan"], "old votes are as old as the idea");
        let numbers = ideas::numbers(&db, None).await.expect("numbers");
        assert_eq!((numbers.ideas, numbers.answered, numbers.median_wait), (4, 2, None));

        let mut tx = db.read().await.expect("a transaction");
        let changes = server::store::log::changes_after(&mut tx, idea.document, 0, 9).await.expect("the log");
        let change = automerge::Change::from_bytes(changes[0].bytes.clone()).expect("a change");
        assert_eq!((changes.len(), changes[0].person, change.timestamp()), (1, second_author(&db).await, 1_451_010_906));
        let mut doc = automerge::AutoCommit::new_with_encoding(concept::ENCODING);
        doc.apply_changes([change]).expect("it applies");
        assert_eq!(concept::read(&doc).expect("a concept").body, "- à 22 h");
    }

    async fn the_same_file_again_brings_nothing_and_a_later_one_what_is_new(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        assert_eq!(bring(&db, &marie, &pains, FILE).await.1, 4);
        let (report, made) = bring(&db, &marie, &pains, FILE).await;
        assert_eq!((report.new, report.known, report.repeated, made), (0, 5, 0, 0));
        assert_eq!((report.unknown_authors, report.new_tags.len()), (0, 0));
        let later = format!("{};;;;;;;;\n", FILE.replace(";960;51;exploration", ";999;60;").replace("\nFlan", "\nFlans"));
        let (report, made) = bring(&db, &marie, &pains, later).await;
        assert_eq!((report.new, report.known, report.bad, made), (1, 4, 3, 1), "counts may have changed since");
        let other = board(&db, &marie, "Gâteaux", Audience::Public).await;
        assert_eq!(bring(&db, &marie, &other, FILE).await.1, 4, "another board knows nothing of it");
        let all = import::list(&db, &signed(&marie)).await.expect("imports");
        assert!(all.iter().all(|one| one.state == ImportState::Done && one.by == marie && one.file == "ideas.csv"));
        assert_eq!(all.iter().map(|one| (one.made, one.bad)).collect::<Vec<_>>(), [(4, 2), (1, 3), (0, 2), (4, 2)]);
    }

    async fn two_imports_at_once_bring_nothing_twice(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        let rows: String = (0..700).map(|n| format!("Idée {n},auteur {},{}\n", n % 90, n % 7)).collect();
        let file = format!("title,author,category\n{rows}");
        let ((_, one), (_, other)) =
            tokio::join!(bring(&db, &marie, &pains, file.clone()), bring(&db, &marie, &pains, file));
        assert_eq!(one + other, 700);
        assert_eq!(boards::one(&db, None, &pains.slug).await.expect("the board").ideas, 700);
        let names = names::list(&db, &signed(&marie), "", None, None).await.expect("names");
        assert_eq!((names.items.len(), names.items[0].ideas), (90, 8));
        let found = names::list(&db, &signed(&marie), "EUR 8", None, None).await.expect("names");
        assert_eq!(found.items.len(), 11);
        assert!(names::list(&db, &signed(&marie), "%", None, None).await.expect("names").items.is_empty());
    }

    async fn what_broke_off_is_taken_up_where_it_was(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        let rows: String = (0..import::BATCH * 3).map(|n| format!("Idée {n}\n")).collect();
        let file = Bytes::from(format!("title\n{rows}"));
        let (view, _, job) =
            import::begin(&db, Some(&marie), &pains.slug, "", file.clone()).await.expect("it begins");
        let stop = CancellationToken::new();
        let mut steps = Vec::new();
        let ended = job.run(&db, &stop, |made| { steps.push(made); stop.cancel(); }).await;
        assert!(ended.is_err());
        assert_eq!(steps, [200], "a batch, whole");
        let broken = import::one(&db, &signed(&marie), view.id).await.expect("the import");
        assert_eq!((broken.state, broken.made, broken.new), (ImportState::BrokenOff, 200, 600));
        assert_eq!(bring(&db, &marie, &pains, file).await.1, 400);
    }

    async fn only_moderators_of_a_board_they_see_import(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let ali = person(&db, "ali", Role::Researcher).await;
        let hidden = board(&db, &marie, "Secret", Audience::Invited).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        let file = Bytes::from_static(b"title\nx");
        for (who, slug, refusal) in [
            (None, &hidden.slug, Refusal::Unseen),
            (Some(&ali), &hidden.slug, Refusal::Unseen),
            (None, &pains.slug, Refusal::SignIn),
            (Some(&ali), &pains.slug, Refusal::Role(Role::Moderator)),
        ] {
            let told = import::survey(&db, who, slug, file.clone()).await;
            assert!(matches!(told, Err(Error::Refused(why)) if why == refusal), "{told:?}");
            let begun = import::begin(&db, who, slug, "", file.clone()).await.map(|_| ());
            assert!(matches!(begun, Err(Error::Refused(why)) if why == refusal), "{begun:?}");
        }
        assert!(matches!(import::list(&db, &signed(&ali)).await, Err(Error::Refused(Refusal::Role(_)))));
        assert!(matches!(names::list(&db, &signed(&ali), "", None, None).await, Err(Error::Refused(Refusal::Role(_)))));
        let refused = names::match_to(&db, &AccessNews::default(), &signed(&ali), "x", "ali").await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Role(_)))));
    }

    async fn a_name_is_matched_to_somebody_and_given_back(db: Db) {
        let marie = person(&db, "marie", Role::Moderator).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        bring(&db, &marie, &pains, FILE).await;
        let before = (ideas::one(&db, None, 1).await.expect("one"), ideas::one(&db, None, 2).await.expect("two"));
        let news = AccessNews::default();
        // Zoé helped with one of them already, and voted for it.
        coauthors::add(&db, &news, Some(&marie), 1, "zoe").await.expect("a co-author");

        let by = signed(&marie);
        let matched = names::match_to(&db, &news, &by, "zoe-d", "@zoe").await.expect("a match");
        assert_eq!((matched.ideas, matched.matched_to.as_ref()), (2, Some(&zoe)));
        for number in [1, 2] {
            let idea = ideas::one(&db, Some(&zoe), number).await.expect("the idea");
            assert_eq!((&idea.card.author, &idea.coauthors[..]), (&zoe, &[zoe.clone()][..]));
            assert_eq!((&idea.card.shaped_by[..], idea.card.shapers), (&[zoe.clone()][..], 1));
            assert!(idea.card.followed);
        }
        // A later file by that name is hers too.
        bring(&db, &marie, &pains, "title,author\nBrioche,ZOÉ D.\n").await;
        assert_eq!(ideas::one(&db, None, 5).await.expect("the idea").card.author, zoe);
        let again = names::match_to(&db, &news, &by, "zoe-d", "marie").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        let free = names::undo(&db, &news, &by, "zoe-d").await.expect("undone");
        assert_eq!((free.ideas, free.matched_to.as_ref()), (3, None));
        let one = ideas::one(&db, None, 1).await.expect("one");
        assert_eq!(one.card, before.0.card);
        assert_eq!(one.coauthors, [before.0.card.author.clone(), zoe.clone()], "she was one before");
        assert_eq!(ideas::one(&db, None, 2).await.expect("two"), before.1);
        assert!(!ideas::one(&db, Some(&zoe), 2).await.expect("two").card.followed);
        assert_eq!(ideas::one(&db, None, 5).await.expect("five").card.author, before.0.card.author);
        assert!(matches!(names::undo(&db, &news, &by, "zoe-d").await, Err(Error::Conflict(_))));
    }

    async fn nothing_is_taken_from_who_is_here_nor_given_to_who_is_not(db: Db) {
        let marie = person(&db, "marie", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let pains = board(&db, &marie, "Pains", Audience::Public).await;
        bring(&db, &marie, &pains, "title,author\nA,zoe\nB,Ali\n").await;
        assert!(ideas::one(&db, None, 1).await.expect("A").card.author.unclaimed, "a name alone is nobody's");
        let (by, news) = (signed(&marie), AccessNews::default());
        let stolen = names::match_to(&db, &news, &by, "zoe", "marie").await;
        assert!(matches!(stolen, Err(Error::Refused(Refusal::Unseen))), "zoe is here: {stolen:?}");
        for handle in ["ali", "zoe-2", "nobody"] {
            let given = names::match_to(&db, &news, &by, "ali", handle).await;
            assert!(matches!(given, Err(Error::Invalid(_))), "{handle}: {given:?}");
        }
        // A name is given no role, is on no list of people, is named nowhere, and has no address to sign in with.
        let mut tx = db.read().await.expect("a transaction");
        let ali = people::person_by_handle(&mut tx, "ali").await.expect("an answer").expect("Ali's name");
        let account = people::account(&mut tx, ali.id).await.expect("an answer").expect("a row");
        assert!(server::domain::fields::email(&account.email).is_err() && account.password_hash.is_empty());
        let listed = people::list(&mut tx, &server::domain::people::Sought::default(), None, 100).await.expect("people");
        let listed: Vec<_> = listed.into_iter().map(|record| record.person).collect();
        assert_eq!(listed, [marie.clone(), zoe.clone()]);
        drop(tx);
        let named = coauthors::add(&db, &news, Some(&marie), 1, "ali").await;
        assert!(matches!(named, Err(Error::Refused(Refusal::Unseen))));
        let role = shared::api::EditPerson { role: Role::Owner };
        let raised = server::domain::people::edit(&db, &news, &by, ali.id, role).await;
        assert!(matches!(raised, Err(Error::NotFound(_))), "{raised:?}");
        // Their idea may move, and nobody is told in their place.
        let stage = pains.stages[1].id;
        stages::set(&db, Some(&marie), 2, &MoveIdea { stage, reason: String::new() }).await.expect("it moves");
    }

    async fn real_ideas_come_in_whole_and_once(db: Db) {
        let Some(files) = real_ideas::files() else { return };
        let marie = person(&db, "marie", Role::Moderator).await;
        for (file, rows, bad) in files.iter().zip([(2_966, 0), (666, 1)]).map(|(file, (rows, bad))| (file, rows, bad)) {
            let pains = board(&db, &marie, &file.file_stem().expect("a name").to_string_lossy(), Audience::Public).await;
            let bytes = Bytes::from(std::fs::read(file).expect("a file"));
            let began = Instant::now();
            let (report, made) = bring(&db, &marie, &pains, bytes.clone()).await;
            let took = began.elapsed().as_secs_f64();
            println!("{}: {made} ideas, {:.0} a second", file.display(), f64::from(made) / took);
            assert_eq!((report.rows, report.bad, report.new + report.repeated), (rows, bad, rows - bad));
            assert_eq!(boards::one(&db, None, &pains.slug).await.expect("the board").ideas, report.new);
            assert_eq!(made, report.new);
            // The one that cannot come in has a title that is too long.
            assert!(report.problems.iter().all(|problem| problem.reason == RowReason::TooLong));
            let (again, made) = bring(&db, &marie, &pains, bytes).await;
            assert_eq!((again.new, made), (0, 0));
        }
    }
}

async fn second_author(db: &Db) -> shared::PersonId {
    ideas::one(db, None, 2).await.expect("the second").card.author.id
}
