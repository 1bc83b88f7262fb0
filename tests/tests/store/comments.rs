//! Discussions: what stands where, and what ideas keep of them.

use std::collections::HashMap;

use rand::{Rng, SeedableRng, rngs::StdRng};
use server::{
    domain::{
        Error,
        comments::{self, Place},
    },
    store::Db,
};
use shared::{
    CommentId, Role,
    api::{CommentKind, CommentView, Deleter, EditComment, NewComment, PersonView, Reaction, Thread},
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, count, idea, person};

async fn say(
    db: &Db,
    who: &PersonView,
    body: &str,
    kind: CommentKind,
    parent: Option<CommentId>,
) -> Result<CommentView, Error> {
    let new = NewComment { body: body.to_owned(), kind, parent, ..NewComment::default() };
    comments::write(db, Some(who), 1, &new, None, None).await.map(|(comment, _)| comment)
}

async fn threads(db: &Db, who: Option<&PersonView>) -> Vec<Thread> {
    comments::list(db, who, 1, Place::START, 100).await.expect("the discussion")
}

fn bodies(threads: &[Thread]) -> Vec<(&str, Vec<&str>)> {
    threads
        .iter()
        .map(|thread| (thread.comment.body.as_str(), thread.replies.iter().map(|reply| reply.body.as_str()).collect()))
        .collect()
}

/// How much is said according to the idea, according to the comments, and whether an answer stands.
async fn counted(db: &Db) -> (i64, i64, bool, bool) {
    const KEPT: &str = "SELECT comments FROM idea WHERE number = 1";
    const SAID: &str = "SELECT count(*) FROM comment WHERE deleted_at IS NULL AND kind <> 'note'";
    const ANSWERED: &str = "SELECT count(answered_at) FROM idea";
    const ANSWERS: &str = "SELECT count(*) FROM comment WHERE deleted_at IS NULL AND kind = 'answer'";
    (count(db, KEPT).await, count(db, SAID).await, count(db, ANSWERED).await > 0, count(db, ANSWERS).await > 0)
}

on_both_databases! {
    async fn threads_are_two_levels_deep_and_answers_come_first(db: Db) {
        let staff = person(&db, "staff", Role::Employee).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &person(&db, "owner", Role::Owner).await, "Goûter", Audience::Public).await;
        idea(&db, &zoe, &made, "Flan").await;
        let first = say(&db, &zoe, "un", CommentKind::Comment, None).await.expect("a comment");
        let reply = say(&db, &staff, "deux", CommentKind::Comment, Some(first.id)).await.expect("a reply");
        let deeper = say(&db, &zoe, "trois", CommentKind::Comment, Some(reply.id)).await.expect("a reply");
        assert_eq!(deeper.parent, Some(first.id));
        let answer = say(&db, &staff, "oui", CommentKind::Answer, None).await.expect("an answer");
        say(&db, &zoe, "merci", CommentKind::Comment, Some(answer.id)).await.expect("a reply");
        let seen = threads(&db, None).await;
        assert_eq!(bodies(&seen), [("oui", vec!["merci"]), ("un", vec!["deux", "trois"])]);
        let page = comments::list(&db, None, 1, Place::START, 1).await.expect("a page");
        let rest = comments::list(&db, None, 1, Place::behind(&page[0]), 9).await.expect("a page");
        assert_eq!([page, rest].concat(), seen);
        for (parent, kind) in [(first.id, CommentKind::Answer), (CommentId::new(), CommentKind::Comment)] {
            assert!(matches!(say(&db, &staff, "x", kind, Some(parent)).await, Err(Error::Invalid(_))));
        }
    }

    async fn notes_are_for_the_staff_alone(db: Db) {
        let staff = person(&db, "staff", Role::Employee).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &staff_board(&db).await, "Goûter", Audience::Public).await;
        idea(&db, &zoe, &made, "Flan").await;
        let note = say(&db, &staff, "entre nous @zoe @staff", CommentKind::Note, None).await.expect("a note");
        assert!(note.body_html.contains("/people/staff") && !note.body_html.contains("/people/zoe"));
        let first = say(&db, &zoe, "un", CommentKind::Comment, None).await.expect("a comment");
        let under = say(&db, &staff, "tiens", CommentKind::Note, Some(first.id)).await.expect("a note");
        assert_eq!(bodies(&threads(&db, Some(&staff)).await).len(), 2);
        for who in [None, Some(&zoe)] {
            assert_eq!(bodies(&threads(&db, who).await), [("un", vec![])]);
            for hidden in [note.id, under.id] {
                assert!(matches!(comments::versions(&db, who, hidden).await, Err(Error::Refused(Refusal::Unseen))));
            }
        }
        assert!(matches!(say(&db, &zoe, "x", CommentKind::Note, None).await, Err(Error::Refused(Refusal::Role(_)))));
        assert!(matches!(say(&db, &zoe, "x", CommentKind::Comment, Some(note.id)).await, Err(Error::Invalid(_))));
        assert!(matches!(say(&db, &staff, "x", CommentKind::Comment, Some(note.id)).await, Err(Error::Invalid(_))));
        let unseen = comments::react(&db, Some(&zoe), note.id, Reaction::Agree, true).await;
        assert!(matches!(unseen, Err(Error::Refused(Refusal::Unseen))));
        // A comment with no reply but a note leaves no trace for those who do not see the note.
        comments::delete(&db, Some(&zoe), first.id).await.expect("deleted");
        assert_eq!(threads(&db, Some(&zoe)).await, []);
        assert_eq!(threads(&db, Some(&staff)).await.len(), 2);
    }

    async fn what_was_said_before_is_kept_and_what_is_deleted_goes(db: Db) {
        let boss = staff_board(&db).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let made = board(&db, &boss, "Goûter", Audience::Public).await;
        idea(&db, &zoe, &made, "Flan").await;
        let first = say(&db, &zoe, "un", CommentKind::Comment, None).await.expect("a comment");
        say(&db, &ali, "réponse", CommentKind::Comment, Some(first.id)).await.expect("a reply");
        for body in ["deux", "deux", "trois"] {
            comments::edit(&db, Some(&zoe), first.id, &EditComment { body: body.into() }).await.expect("an edit");
        }
        let versions = comments::versions(&db, None, first.id).await.expect("versions");
        assert_eq!(versions.iter().map(|version| version.body.as_str()).collect::<Vec<_>>(), ["trois", "deux", "un"]);
        assert!(versions[0].written_at > versions[1].written_at);
        let other = comments::edit(&db, Some(&boss), first.id, &EditComment { body: "x".into() }).await;
        assert!(matches!(other, Err(Error::Refused(Refusal::Author))));
        assert!(matches!(comments::delete(&db, Some(&ali), first.id).await, Err(Error::Refused(Refusal::Role(_)))));
        comments::react(&db, Some(&ali), first.id, Reaction::Love, true).await.expect("a reaction");
        comments::react(&db, Some(&ali), first.id, Reaction::Love, true).await.expect("a reaction");
        let seen = threads(&db, Some(&ali)).await;
        let [love] = seen[0].comment.reactions[..] else { panic!("one reaction") };
        assert_eq!((love.kind, love.count, love.mine), (Reaction::Love, 1, true));
        comments::delete(&db, Some(&boss), first.id).await.expect("deleted");
        comments::delete(&db, Some(&boss), first.id).await.expect("a second time changes nothing");
        let seen = threads(&db, None).await;
        let trace = &seen[0].comment;
        assert_eq!((trace.body.as_str(), trace.deleted_by, trace.reactions.len()), ("", Some(Deleter::Moderator), 0));
        assert_eq!(seen[0].replies.len(), 1);
        assert!(comments::versions(&db, None, first.id).await.is_err());
        comments::delete(&db, Some(&ali), seen[0].replies[0].id).await.expect("deleted");
        assert_eq!(threads(&db, None).await, [], "nothing is left to hang from it");
    }

    async fn the_idea_counts_what_stands(db: Db) {
        let boss = staff_board(&db).await;
        let made = board(&db, &boss, "Goûter", Audience::Public).await;
        idea(&db, &boss, &made, "Flan").await;
        let mut random = StdRng::seed_from_u64(3);
        let mut standing: HashMap<CommentId, ()> = HashMap::new();
        for step in 0..60 {
            let any = standing.keys().min().copied();
            if random.random_range(0..3) == 0
                && let Some(gone) = any
            {
                standing.remove(&gone);
                comments::delete(&db, Some(&boss), gone).await.expect("deleted");
            } else {
                let kind = CommentKind::ALL[random.random_range(0..3)];
                let made = say(&db, &boss, &format!("mot {step}"), kind, None).await.expect("a comment");
                standing.insert(made.id, ());
            }
            let (kept, said, answered, answers) = counted(&db).await;
            assert_eq!((kept, answered), (said, answers), "step {step}");
        }
        let tasks: Vec<_> = (0..8)
            .map(|count| {
                let (db, boss) = (db.clone(), boss.clone());
                tokio::spawn(async move { say(&db, &boss, &format!("à la fois {count}"), CommentKind::Comment, None).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("a task").expect("a comment");
        }
        let (kept, said, ..) = counted(&db).await;
        assert_eq!(kept, said);
    }
}

async fn staff_board(db: &Db) -> PersonView {
    person(db, "owner", Role::Owner).await
}
