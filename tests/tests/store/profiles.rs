//! People's pages: what somebody did, as far as each may see it.

use server::{
    domain::{
        Error, boards, comments,
        ideas::{self, Shown},
        markdown::Renderer,
        profiles::{self, Deed, Place, SaidPlace},
    },
    store::Db,
};
use shared::{
    Role,
    api::{CommentKind, NewComment, PersonView},
    live::concept::Texts,
    rules::Audience,
};
use tests::on_both_databases;

use crate::{
    follow::append,
    workspace::{board, idea, person},
};

async fn counts(db: &Db, who: Option<&PersonView>, named: &str) -> (u32, u32, u32) {
    let profile = profiles::one(db, who, named).await.expect("a person");
    let titles = async |deed| profiles::ideas(db, who, named, deed, Place::START, 99).await.expect("ideas").len();
    let said = profiles::said(db, who, named, SaidPlace::START, 99).await.expect("comments").len();
    let listed = (titles(Deed::Proposed).await, titles(Deed::Improved).await, said);
    let told = (profile.proposed, profile.improved, profile.comments);
    assert_eq!((told.0 as usize, told.1 as usize, told.2 as usize), listed, "the numbers are those of the lists");
    told
}

async fn say(db: &Db, who: &PersonView, number: u32, body: &str, kind: CommentKind) {
    let new = NewComment { body: body.into(), kind, ..NewComment::default() };
    comments::write(db, Some(who), number, &new, None, None).await.expect("a comment");
}

async fn run(db: &Db, statement: &'static str) {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect("a statement");
}

on_both_databases! {
    async fn a_page_shows_what_stands_and_the_one_who_looks_may_see(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let ben = person(&db, "ben", Role::Employee).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let open = board(&db, &owner, "Goûter", Audience::Public).await;
        let closed = board(&db, &owner, "Coulisses", Audience::Staff).await;
        let first = idea(&db, &ben, &open, "Flan").await;
        idea(&db, &ben, &open, "Caché").await;
        idea(&db, &ben, &closed, "Secret").await;
        let other = idea(&db, &zoe, &open, "Tarte").await;
        let seq = append(&db, &other, &ben, "x", 1).await;
        append(&db, &first, &ben, "x", 1).await;
        let shown = Shown::of(&Texts { title: "x".into(), ..Texts::default() }, &mut Renderer::default());
        ideas::reflect(&db, other.document, seq, shown, &()).await.expect("an answer").expect("a change");
        say(&db, &ben, 1, "Un **mot**\n\n- long", CommentKind::Comment).await;
        say(&db, &ben, 1, "Oui", CommentKind::Answer).await;
        say(&db, &ben, 1, "Entre nous", CommentKind::Note).await;
        say(&db, &ben, 3, "Chut", CommentKind::Comment).await;
        assert_eq!(counts(&db, None, "ben").await, (2, 1, 2));
        assert_eq!(counts(&db, Some(&zoe), "Ben").await, (2, 1, 2));
        assert_eq!(counts(&db, Some(&owner), &ben.id.to_string()).await, (3, 1, 3));
        run(&db, "UPDATE idea SET away = 'hidden' WHERE number = 2").await;
        run(&db, "UPDATE comment SET away = 'held' WHERE kind = 'answer'").await;
        assert_eq!(counts(&db, None, "ben").await, (1, 1, 1));
        let said = profiles::said(&db, None, "ben", SaidPlace::START, 9).await.expect("comments");
        assert_eq!((said[0].words.as_str(), said[0].number, said[0].title.as_str()), ("Un mot\nlong", 1, "Flan"));
        assert_eq!(counts(&db, None, "zoe").await, (1, 0, 0));
        for unknown in ["nobody", "", "00000000-0000-0000-0000-000000000000"] {
            assert!(matches!(profiles::one(&db, None, unknown).await, Err(Error::NotFound(_))), "{unknown}");
        }
        assert_eq!(boards::list(&db, None).await.expect("boards").len(), 1);
    }

    async fn pages_follow_one_another(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let open = board(&db, &owner, "Goûter", Audience::Public).await;
        for count in 0..5 {
            idea(&db, &owner, &open, &format!("Idée {count}")).await;
            say(&db, &owner, 1, &format!("Mot {count}"), CommentKind::Comment).await;
        }
        let (mut from, mut titles) = (Place::START, Vec::new());
        loop {
            let page = profiles::ideas(&db, None, "owner", Deed::Proposed, from, 2).await.expect("ideas");
            let Some((_, place)) = page.last() else { break };
            from = *place;
            titles.extend(page.into_iter().map(|(card, _)| card.title));
        }
        assert_eq!(titles, ["Idée 4", "Idée 3", "Idée 2", "Idée 1", "Idée 0"]);
        let (mut from, mut words) = (SaidPlace::START, Vec::new());
        loop {
            let page = profiles::said(&db, None, "owner", from, 2).await.expect("comments");
            let Some(last) = page.last() else { break };
            from = SaidPlace { at: last.created_at, id: last.comment };
            words.extend(page.into_iter().map(|said| said.words));
        }
        assert_eq!(words, ["Mot 4", "Mot 3", "Mot 2", "Mot 1", "Mot 0"]);
    }

    async fn who_may_not_come_in_is_told_to_moderators_alone(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        run(&db, "UPDATE person SET suspended_at = 7, unclaimed_at = 8 WHERE handle = 'zoe'").await;
        let seen = profiles::one(&db, Some(&owner), "zoe").await.expect("a person");
        assert_eq!((seen.suspended_at, seen.person.unclaimed), (Some(7), true));
        for who in [None, Some(&zoe)] {
            assert_eq!(profiles::one(&db, who, "zoe").await.expect("a person").suspended_at, None);
        }
    }
}
