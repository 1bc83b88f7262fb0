//! Boards, their members, and who sees what.

use automerge::{AutoCommit, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
use server::{
    domain::{
        Error,
        access::{AccessChange, AccessNews, document_access},
        boards, canvases, coauthors, ideas,
        ideas::{Place, Wanted},
        members,
    },
    store::{self, Db, StoreError, Tx, canvases as stored_canvases, log},
};
use shared::{
    BoardId, DocumentId, Role,
    api::{EditBoard, FieldCode, NewBoard},
    live::{concept::ENCODING, permit::Rights, schema::DocumentKind},
    rules::{Audience, BoardRules, EditingRule, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, cards, idea, person};

on_both_databases! {
    async fn a_board_begins_with_its_stages_and_an_address_of_its_own(db: Db) {
        let zoe = person(&db, "zoe", Role::Moderator).await;
        let first = board(&db, &zoe, "Le pain de demain", Audience::Public).await;
        let second = board(&db, &zoe, "Le pain de demain !", Audience::Public).await;
        let third = board(&db, &zoe, "New", Audience::Public).await;
        let fourth = board(&db, &zoe, "日本", Audience::Public).await;
        assert_eq!(first.slug, "le-pain-de-demain");
        assert_eq!(second.slug, "le-pain-de-demain-2");
        assert_eq!(third.slug, "new-2", "/b/new is another page");
        assert_eq!(fourth.slug, "board");
        let names: Vec<_> = first.stages.iter().map(|stage| stage.en.as_str()).collect();
        assert_eq!(names, ["New", "Listening", "Exploring", "Prototyping", "Piloting", "Launched", "Not now"]);
        assert!(first.may_propose && first.may_govern);
        assert_eq!(boards::one(&db, Some(&zoe), &first.slug).await.expect("the board"), first);
        let mut listed = boards::list(&db, Some(&zoe)).await.expect("boards");
        listed.sort_by_key(|board| board.id);
        assert_eq!(listed, [first, second, third, fourth]);
    }

    async fn boards_of_the_same_title_made_at_the_same_time_differ_in_address(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let made = (0..8).map(|_| {
            let (db, zoe) = (db.clone(), zoe.clone());
            tokio::spawn(async move { board(&db, &zoe, "Goûter", Audience::Public).await.slug })
        });
        let mut slugs = Vec::new();
        for task in made.collect::<Vec<_>>() {
            slugs.push(task.await.expect("a board"));
        }
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 8, "{slugs:?}");
    }

    async fn a_taken_address_is_said_to_be_taken(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let there = board(&db, &zoe, "Goûter", Audience::Public).await;
        let mut tx = db.write().await.expect("a transaction");
        let again = store::boards::NewBoard {
            id: BoardId::new(),
            slug: &there.slug,
            title: "x",
            purpose: "",
            rules: BoardRules::default(),
            by: zoe.id,
            at: 0,
        };
        match store::boards::insert(&mut tx, &again).await {
            Err(StoreError::Taken(which)) => assert!(which.contains("slug"), "{which}"),
            other => panic!("{other:?}"),
        }
    }

    async fn what_is_not_acceptable_is_said_field_by_field_and_changes_nothing(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let new = NewBoard {
            title: "  ".into(),
            purpose: "x".repeat(401),
            audience: Audience::Public,
            editing: EditingRule::Staff,
        };
        let Err(Error::Invalid(fields)) = boards::create(&db, Some(&zoe), &new).await else { panic!("refused") };
        let codes: Vec<_> = fields.iter().map(|(name, problem)| (name.as_str(), problem.code)).collect();
        assert_eq!(codes, [("purpose", FieldCode::TooLong), ("title", FieldCode::Required)]);
        assert_eq!(boards::list(&db, Some(&zoe)).await.expect("boards"), []);

        let there = board(&db, &zoe, "Goûter", Audience::Public).await;
        let edit = EditBoard { title: Some("Thé".into()), purpose: Some("a\u{0}b".into()), ..EditBoard::default() };
        let news = AccessNews::default();
        assert!(matches!(boards::edit(&db, &news, Some(&zoe), &there.slug, &edit).await, Err(Error::Invalid(_))));
        assert_eq!(boards::one(&db, Some(&zoe), &there.slug).await.expect("the board"), there);
    }

    async fn a_transaction_that_is_not_committed_leaves_nothing(db: Db) {
        let zoe = person(&db, "zoe", Role::Owner).await;
        let kept = board(&db, &zoe, "Goûter", Audience::Public).await;
        let mut tx = db.write().await.expect("a transaction");
        let id = BoardId::new();
        let new = store::boards::NewBoard {
            id, slug: "x", title: "x", purpose: "", rules: BoardRules::default(), by: zoe.id, at: 0,
        };
        store::boards::insert(&mut tx, &new).await.expect("a row");
        store::boards::insert_stages(&mut tx, id, &[]).await.expect("rows");
        assert_eq!(store::ideas::next_number(&mut tx).await.expect("a number"), 1);
        drop(tx);
        assert_eq!(boards::list(&db, Some(&zoe)).await.expect("boards"), std::slice::from_ref(&kept));
        assert_eq!(idea(&db, &zoe, &kept, "one").await.card.number, 1, "the number was given back");
    }

    async fn only_what_is_seen_is_listed_and_counted(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let customer = person(&db, "customer", Role::Customer).await;
        let guest = person(&db, "guest", Role::Customer).await;
        let employee = person(&db, "employee", Role::Employee).await;
        let news = AccessNews::default();
        for audience in Audience::ALL {
            let made = board(&db, &owner, audience.as_str(), *audience).await;
            idea(&db, &owner, &made, audience.as_str()).await;
            // Being named changes nothing where the audience is not `invited`.
            members::add(&db, &news, Some(&owner), &made.slug, "guest").await.expect("a member");
        }
        for (who, expected) in [
            (None, vec!["public"]),
            (Some(&customer), vec!["members", "public"]),
            (Some(&guest), vec!["invited", "members", "public"]),
            (Some(&employee), vec!["members", "public", "staff"]),
            (Some(&owner), vec!["invited", "members", "public", "staff"]),
        ] {
            let seen = boards::list(&db, who).await.expect("boards");
            let mut slugs: Vec<_> = seen.iter().map(|board| board.slug.as_str()).collect();
            slugs.sort_unstable();
            assert_eq!(slugs, expected);
            assert!(seen.iter().all(|board| board.ideas == 1 && board.stages.len() == 7));
            let cards = cards(ideas::list(&db, who, None, &Wanted::default(), Place::START, 100).await);
            let mut titles: Vec<_> = cards.iter().map(|card| card.title.as_str()).collect();
            titles.sort_unstable();
            assert_eq!(titles, expected);
            for audience in Audience::ALL {
                let sees = expected.contains(&audience.as_str());
                let shown = [
                    boards::one(&db, who, audience.as_str()).await.err(),
                    ideas::list(&db, who, Some(audience.as_str()), &Wanted::default(), Place::START, 9).await.err(),
                ];
                for error in shown {
                    assert!(match error {
                        None => sees,
                        Some(error) => !sees && matches!(error, Error::Refused(Refusal::Unseen)),
                    });
                }
            }
        }
    }

    async fn a_document_follows_its_board(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let author = person(&db, "author", Role::Customer).await;
        let other = person(&db, "other", Role::Customer).await;
        let staff = person(&db, "staff", Role::Employee).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let proposed = idea(&db, &author, &made, "Chouquettes").await;
        let news = AccessNews::default();
        let mut heard = news.listen();
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(document_access(&mut tx, &owner, DocumentId::new()).await.expect("an answer"), None);
        drop(tx);
        use {Audience as A, EditingRule as E};
        let no = |rule| Some(Err(Refusal::EditingRule(rule)));
        for (audience, editing, of_author, of_other, of_staff) in [
            (A::Public, E::Everyone, Some(Ok(())), Some(Ok(())), Some(Ok(()))),
            (A::Members, E::Coauthors, Some(Ok(())), no(E::Coauthors), Some(Ok(()))),
            (A::Public, E::Staff, no(E::Staff), no(E::Staff), Some(Ok(()))),
            (A::Staff, E::Everyone, None, None, Some(Ok(()))),
            (A::Invited, E::Everyone, None, None, None),
        ] {
            let edit = EditBoard { audience: Some(audience), editing: Some(editing), ..EditBoard::default() };
            boards::edit(&db, &news, Some(&owner), &made.slug, &edit).await.expect("an edit");
            for (who, expected) in [(&author, of_author), (&other, of_other), (&staff, of_staff)] {
                let mut tx = db.read().await.expect("a transaction");
                let access = document_access(&mut tx, who, proposed.document).await.expect("an answer");
                assert_eq!(access.map(|access| access.write), expected, "{audience:?} {editing:?} {}", who.handle);
                let view = ideas::one(&db, Some(who), proposed.card.number).await;
                assert_eq!(view.ok().map(|idea| idea.may_edit), expected.map(|write| write.is_ok()));
            }
        }
        // The first of them changed nothing, and was not told.
        for _ in 0..4 {
            assert_eq!(heard.try_recv(), Ok(AccessChange::Board(made.id)));
        }
        assert!(heard.try_recv().is_err());
    }

    async fn a_canvas_follows_its_board_and_older_boards_get_theirs(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let other = person(&db, "other", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Members).await;
        let news = AccessNews::default();
        for (audience, editing, arranges) in [
            (Audience::Members, EditingRule::Everyone, Some(true)),
            (Audience::Public, EditingRule::Coauthors, Some(false)),
            (Audience::Staff, EditingRule::Everyone, None),
        ] {
            let edit = EditBoard { audience: Some(audience), editing: Some(editing), ..EditBoard::default() };
            boards::edit(&db, &news, Some(&owner), &made.slug, &edit).await.expect("an edit");
            let mut tx = db.read().await.expect("a transaction");
            let access = document_access(&mut tx, &other, made.canvas).await.expect("an answer");
            let expected = arranges.map(|arrange| Rights { note: true, arrange, ..Rights::default() });
            assert_eq!(access.map(|access| access.rights), expected, "{audience:?} {editing:?}");
            let access = document_access(&mut tx, &owner, made.canvas).await.expect("an answer").expect("access");
            assert_eq!(access.rights, Rights { edit: false, note: true, arrange: true, tidy: true });
        }
        // As a board made before there were canvases.
        let statement = "DELETE FROM canvas";
        match &db {
            Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop).expect("deleted"),
            Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop).expect("deleted"),
        }
        for _ in 0..2 {
            canvases::complete(&db).await.expect("given");
        }
        let again = boards::one(&db, Some(&owner), &made.slug).await.expect("the board");
        assert_ne!(again.canvas, made.canvas);
    }

    async fn an_older_canvas_gets_the_maps_it_lacks_once(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Members).await;
        // As it was made when there were cards, notes and groups.
        let mut old = AutoCommit::new_with_encoding(ENCODING);
        old.put(ROOT, "schema", 1).expect("put");
        for key in ["cards", "notes", "groups"] {
            old.put_object(ROOT, key, ObjType::Map).expect("put");
        }
        old.commit();
        let first = old.get_last_local_change().expect("a change");
        let document = DocumentId::new();
        let mut tx = db.write().await.expect("a transaction");
        log::create_document(&mut tx, document, DocumentKind::Canvas, owner.id, &first, 0).await.expect("made");
        let statement = "DELETE FROM canvas";
        match &mut tx {
            Tx::Sqlite(tx) => sqlx::query(statement).execute(&mut **tx).await.map(drop).expect("deleted"),
            Tx::Postgres(tx) => sqlx::query(statement).execute(&mut **tx).await.map(drop).expect("deleted"),
        }
        stored_canvases::insert(&mut tx, made.id, document, 3).await.expect("inserted");
        tx.commit().await.expect("committed");
        for _ in 0..2 {
            canvases::complete(&db).await.expect("completed");
        }
        let mut tx = db.read().await.expect("a transaction");
        let changes = log::changes_after(&mut tx, document, 0, 10).await.expect("the log");
        assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2]);
        drop(tx);
        let whole = server::live::room::Whole::load(&db, document).await.expect("it loads").into_document();
        let mut keys: Vec<String> = whole.keys(ROOT).collect();
        keys.sort();
        assert_eq!(keys, ["cards", "groups", "links", "notes", "pictures", "schema"]);
    }

    async fn members_are_named_once_and_listed_in_order(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Invited).await;
        let news = AccessNews::default();
        let mut people = Vec::new();
        for number in 0..5 {
            let guest = person(&db, &format!("guest-{number}"), Role::Customer).await;
            for _ in 0..2 {
                members::add(&db, &news, Some(&owner), &made.slug, &guest.handle).await.expect("a member");
            }
            people.push(guest);
        }
        let mut listed = Vec::new();
        let mut after = (i64::MIN, uuid::Uuid::nil());
        loop {
            let page = members::list(&db, Some(&owner), &made.slug, after, 2).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = (last.since, last.person.id.0);
            listed.extend(page.into_iter().map(|member| member.person));
        }
        // Those named in the same millisecond stand in the order of their ids, which is that of their birth.
        assert_eq!(listed, people);
        assert!(boards::one(&db, Some(&people[0]), &made.slug).await.is_ok());
        for _ in 0..2 {
            members::remove(&db, &news, Some(&owner), &made.slug, "guest-0").await.expect("removed");
        }
        assert!(boards::one(&db, Some(&people[0]), &made.slug).await.is_err());
        assert!(matches!(
            members::add(&db, &news, Some(&owner), &made.slug, "nobody").await,
            Err(Error::Refused(Refusal::Unseen))
        ));
        assert!(matches!(
            members::list(&db, Some(&people[1]), &made.slug, after, 2).await,
            Err(Error::Refused(Refusal::Role(Role::Moderator)))
        ));
    }

    async fn coauthors_begin_with_the_proposer_who_stays(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &zoe, &made, "Chouquettes").await.card.number;
        let news = AccessNews::default();
        let mut heard = news.listen();
        assert!(matches!(
            coauthors::add(&db, &news, Some(&ali), number, "ali").await,
            Err(Error::Refused(Refusal::Proposer))
        ));
        assert!(matches!(
            coauthors::add(&db, &news, None, number, "ali").await,
            Err(Error::Refused(Refusal::SignIn))
        ));
        assert!(heard.try_recv().is_err());
        coauthors::add(&db, &news, Some(&zoe), number, "ali").await.expect("a co-author");
        coauthors::add(&db, &news, Some(&owner), number, "owner").await.expect("a co-author");
        let view = ideas::one(&db, None, number).await.expect("the idea");
        let handles: Vec<_> = view.coauthors.iter().map(|person| person.handle.as_str()).collect();
        assert_eq!(handles[0], "zoe");
        assert_eq!(handles.len(), 3);
        assert_eq!(heard.try_recv(), Ok(AccessChange::Document(view.document)));
        assert!(matches!(
            coauthors::remove(&db, &news, Some(&ali), number, "owner").await,
            Err(Error::Refused(Refusal::Proposer))
        ));
        coauthors::remove(&db, &news, Some(&ali), number, "ali").await.expect("they may withdraw");
        for who in [&zoe, &owner] {
            assert!(matches!(
                coauthors::remove(&db, &news, Some(who), number, "zoe").await,
                Err(Error::Conflict(_))
            ));
        }
        let view = ideas::one(&db, None, number).await.expect("the idea");
        assert_eq!(view.coauthors, [zoe, owner]);
    }

    async fn an_idea_has_a_bounded_number_of_coauthors(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Chouquettes").await.card.number;
        let news = AccessNews::default();
        for count in 1..=coauthors::MOST {
            let handle = format!("person-{count}");
            person(&db, &handle, Role::Customer).await;
            let added = coauthors::add(&db, &news, Some(&owner), number, &handle).await;
            assert_eq!(added.is_ok(), count < coauthors::MOST, "{count}");
        }
        let view = ideas::one(&db, None, number).await.expect("the idea");
        assert_eq!(view.coauthors.len(), coauthors::MOST);
    }
}
