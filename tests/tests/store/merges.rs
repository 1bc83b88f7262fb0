//! Merging twins, and taking that back: what is carried, what stays, and who may.

use server::{
    domain::{
        Error,
        access::{self, AccessNews},
        boards, coauthors, comments, ideas, merges, stages,
        votes::{self, Following},
    },
    store::Db,
};
use shared::{
    CommentId, Role,
    api::{CommentKind, EditBoard, FieldCode, IdeaView, MergeIdea, MoveIdea, NewComment, PersonView, Thread},
    rules::{Audience, Away, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, idea, person};

pub async fn merge(db: &Db, who: &PersonView, number: u32, into: u32) -> Result<IdeaView, Error> {
    let request = MergeIdea { into, reason: "La même idée.".into() };
    merges::merge(db, &AccessNews::default(), Some(who), number, &request).await.map(|(target, _)| target)
}

pub async fn undo(db: &Db, who: &PersonView, number: u32) -> Result<IdeaView, Error> {
    merges::undo(db, &AccessNews::default(), Some(who), number).await.map(|(idea, _)| idea)
}

pub async fn say(
    db: &Db,
    who: &PersonView,
    number: u32,
    kind: CommentKind,
    parent: Option<CommentId>,
) -> Result<CommentId, Error> {
    let new = NewComment { body: "un mot".into(), kind, parent, ..NewComment::default() };
    comments::write(db, Some(who), number, &new, None, None).await.map(|(comment, _)| comment.id)
}

async fn see(db: &Db, who: &PersonView, number: u32) -> IdeaView {
    ideas::one(db, Some(who), number).await.expect("the idea")
}

async fn threads(db: &Db, number: u32) -> Vec<Thread> {
    comments::list(db, None, number, comments::Place::START, 100).await.expect("the discussion")
}

/// The field that stood against a merge, and why.
fn against(refused: Result<IdeaView, Error>) -> (String, FieldCode) {
    match refused {
        Err(Error::Invalid(fields)) => {
            let (name, problem) = fields.into_iter().next().expect("a field");
            (name, problem.code)
        }
        other => panic!("{other:?}"),
    }
}

/// An owner, two customers and a board.
async fn scene(db: &Db) -> (PersonView, PersonView, PersonView, shared::api::BoardView) {
    let owner = person(db, "owner", Role::Owner).await;
    let zoe = person(db, "zoe", Role::Customer).await;
    let ali = person(db, "ali", Role::Customer).await;
    let made = board(db, &owner, "Goûter", Audience::Public).await;
    (owner, zoe, ali, made)
}

on_both_databases! {
    async fn what_a_twin_has_goes_to_the_target_once(db: Db) {
        let (owner, zoe, ali, made) = scene(&db).await;
        let twin = idea(&db, &zoe, &made, "Un pain pour deux").await.card.number;
        let target = idea(&db, &owner, &made, "Demi-pain").await.card.number;
        for (who, number) in [(&zoe, twin), (&ali, twin), (&ali, target)] {
            votes::vote(&db, Some(who), number).await.expect("a vote");
        }
        let first = say(&db, &ali, twin, CommentKind::Comment, None).await.expect("a comment");
        say(&db, &zoe, twin, CommentKind::Comment, Some(first)).await.expect("a reply");
        say(&db, &owner, twin, CommentKind::Answer, None).await.expect("an answer");
        let before = merges::preview(&db, Some(&owner), twin, target).await.expect("a preview");
        assert_eq!((before.votes, before.votes_shared, before.votes_then, before.comments), (1, 1, 2, 3));
        assert_eq!((before.followers, before.coauthors), (1, 1));

        let merged = merge(&db, &owner, twin, target).await.expect("merged");
        assert_eq!((merged.card.number, merged.card.votes, merged.card.comments), (target, 2, 3));
        assert_eq!(merged.card.answered_at, Some(merged.card.created_at.max(merged.card.answered_at.expect("answered"))));
        assert!(merged.coauthors.iter().any(|person| person.id == zoe.id));
        assert!(merged.card.shaped_by.iter().any(|person| person.id == zoe.id));
        assert_eq!((merged.twins.len(), merged.twins[0].idea.number, merged.twins[0].reason.as_str()), (1, twin, "La même idée."));
        assert!(see(&db, &zoe, target).await.card.followed && see(&db, &zoe, target).await.card.voted);
        let said = threads(&db, target).await;
        // An answer to the twin is none to the target: it stands where its time puts it, and says where it is from.
        assert_eq!((said.len(), said[0].comment.id, said[0].replies.len()), (2, first, 1));
        assert_eq!(said[1].comment.from.as_ref().map(|from| from.number), Some(twin));

        let gone = see(&db, &zoe, twin).await;
        assert_eq!((gone.card.away, gone.merged_into.expect("where").number), (Some(Away::Merged), target));
        let listed = ideas::list(&db, Some(&zoe), None, &ideas::Wanted::default(), ideas::Place::START, 9).await.expect("a list");
        assert_eq!(listed.iter().map(|(card, _)| card.number).collect::<Vec<_>>(), [target]);
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").ideas, 1);
        assert_eq!(ideas::numbers(&db, None).await.expect("numbers").ideas, 1);
        for refused in [
            votes::vote(&db, Some(&owner), twin).await.err(),
            say(&db, &owner, twin, CommentKind::Comment, None).await.err(),
            merge(&db, &owner, twin, target).await.err(),
        ] {
            assert!(matches!(refused, Some(Error::Refused(Refusal::Away(Away::Merged)))), "{refused:?}");
        }
        let mut tx = db.read().await.expect("a transaction");
        let access = access::document_access(&mut tx, &zoe, gone.document).await.expect("an answer").expect("readable");
        assert_eq!((access.write, access.rights.any()), (Err(Refusal::Away(Away::Merged)), false));
    }

    async fn undoing_gives_everything_back(db: Db) {
        let (owner, zoe, ali, made) = scene(&db).await;
        let twin = idea(&db, &zoe, &made, "Un pain pour deux").await.card.number;
        let target = idea(&db, &owner, &made, "Demi-pain").await.card.number;
        votes::vote(&db, Some(&ali), twin).await.expect("a vote");
        votes::follow(&db, Some(&owner), twin, Following::No).await.expect("muted");
        say(&db, &ali, twin, CommentKind::Answer, None).await.expect_err("not theirs");
        let first = say(&db, &ali, twin, CommentKind::Comment, None).await.expect("a comment");
        say(&db, &owner, twin, CommentKind::Answer, None).await.expect("an answer");
        let before = (see(&db, &ali, twin).await, see(&db, &ali, target).await, threads(&db, twin).await);
        merge(&db, &owner, twin, target).await.expect("merged");
        let after = undo(&db, &owner, twin).await.expect("undone");
        assert_eq!((after.card.away, after.merged_into), (None, None));
        assert_eq!((see(&db, &ali, twin).await, see(&db, &ali, target).await, threads(&db, twin).await), before);
        assert!(matches!(undo(&db, &owner, twin).await, Err(Error::Conflict(_))), "once");

        // And what people did since stays.
        merge(&db, &owner, twin, target).await.expect("merged");
        votes::vote(&db, Some(&zoe), target).await.expect("a vote");
        votes::withdraw(&db, Some(&ali), target).await.expect("taken back");
        let reply = say(&db, &zoe, target, CommentKind::Comment, Some(first)).await.expect("a reply");
        let new = say(&db, &zoe, target, CommentKind::Comment, None).await.expect("a comment");
        coauthors::add(&db, &AccessNews::default(), Some(&owner), target, "zoe").await.expect("named");
        undo(&db, &owner, twin).await.expect("undone");
        let (one, other) = (see(&db, &zoe, twin).await, see(&db, &zoe, target).await);
        assert_eq!((one.card.votes, other.card.votes, other.card.voted), (0, 1, true), "withdrawn stays withdrawn");
        assert_eq!((one.card.comments, other.card.comments), (3, 1));
        assert_eq!(threads(&db, target).await[0].comment.id, new);
        assert_eq!(threads(&db, twin).await[1].replies[0].id, reply, "a reply goes with what it replies to");
        assert!(other.coauthors.iter().any(|person| person.id == zoe.id), "named since");
    }

    async fn who_was_quiet_stays_quiet_and_who_leaves_leaves_in_one(db: Db) {
        let (owner, zoe, ali, made) = scene(&db).await;
        let twin = idea(&db, &owner, &made, "Un pain pour deux").await.card.number;
        let target = idea(&db, &owner, &made, "Demi-pain").await.card.number;
        for who in [&zoe, &ali] {
            votes::vote(&db, Some(who), twin).await.expect("a vote");
        }
        votes::follow(&db, Some(&ali), twin, Following::No).await.expect("muted");
        merge(&db, &owner, twin, target).await.expect("merged");
        assert!(see(&db, &zoe, target).await.card.followed && !see(&db, &ali, target).await.card.followed);
        say(&db, &ali, target, CommentKind::Comment, None).await.expect("a comment");
        assert!(!see(&db, &ali, target).await.card.followed, "they said no");
        let (left, _) = votes::leave(&db, Some(&zoe), target).await.expect("left");
        assert_eq!((left.votes, left.voted), (1, false));
        let seen = see(&db, &zoe, target).await.card;
        assert!(!seen.voted && !seen.followed);
        undo(&db, &owner, twin).await.expect("undone");
        let back = see(&db, &zoe, twin).await.card;
        assert_eq!((back.votes, back.voted, back.followed), (1, false, false), "what they left they have left");
    }

    async fn merges_follow_each_other_and_are_undone_from_the_end(db: Db) {
        let (owner, zoe, ali, made) = scene(&db).await;
        let mut numbers = Vec::new();
        for title in ["Un", "Deux", "Trois"] {
            numbers.push(idea(&db, &owner, &made, title).await.card.number);
        }
        let [a, b, c] = numbers[..] else { panic!("three") };
        votes::vote(&db, Some(&zoe), a).await.expect("a vote");
        votes::vote(&db, Some(&ali), b).await.expect("a vote");
        let comment = say(&db, &zoe, a, CommentKind::Comment, None).await.expect("a comment");
        assert_eq!(against(merge(&db, &owner, a, a).await), ("into".into(), FieldCode::Itself));
        merge(&db, &owner, a, b).await.expect("merged");
        assert_eq!(against(merge(&db, &owner, b, a).await), ("into".into(), FieldCode::Away), "no circle");
        assert_eq!(against(merge(&db, &owner, c, a).await), ("into".into(), FieldCode::Away));
        let end = merge(&db, &owner, b, c).await.expect("merged");
        assert_eq!((end.card.votes, end.card.comments, end.twins.len()), (2, 1, 2));
        assert_eq!(see(&db, &zoe, a).await.merged_into.expect("where").number, c, "to the end");
        assert_eq!(threads(&db, c).await[0].comment.id, comment);
        assert!(matches!(undo(&db, &owner, a).await, Err(Error::MergedOn)));
        undo(&db, &owner, b).await.expect("undone");
        let (of_b, of_c) = (see(&db, &zoe, b).await.card, see(&db, &zoe, c).await.card);
        assert_eq!((of_b.votes, of_b.comments, of_c.votes, of_c.comments), (2, 1, 0, 0));
        undo(&db, &owner, a).await.expect("undone");
        let (of_a, of_b) = (see(&db, &zoe, a).await.card, see(&db, &zoe, b).await.card);
        assert_eq!((of_a.votes, of_a.comments, of_b.votes, of_b.comments), (1, 1, 1, 0));
        // Who came by two merges stays when one of them is undone.
        votes::vote(&db, Some(&zoe), b).await.expect("a vote");
        for twin in [a, b] {
            merge(&db, &owner, twin, c).await.expect("merged");
        }
        assert_eq!(see(&db, &zoe, c).await.card.votes, 2);
        undo(&db, &owner, a).await.expect("undone");
        let left = see(&db, &zoe, c).await.card;
        assert_eq!((left.votes, left.voted), (2, true));
    }

    async fn nothing_is_shown_to_others_by_merging(db: Db) {
        let (owner, zoe, _, open) = scene(&db).await;
        let staff = board(&db, &owner, "Coulisses", Audience::Staff).await;
        let also_open = board(&db, &owner, "Ailleurs", Audience::Public).await;
        let (some, others) = (board(&db, &owner, "Cercle", Audience::Invited).await, board(&db, &owner, "Autre cercle", Audience::Invited).await);
        let mut at = Vec::new();
        for place in [&open, &staff, &also_open, &some, &others, &some] {
            at.push(idea(&db, &owner, place, "Flan").await.card.number);
        }
        for (twin, target) in [(at[1], at[0]), (at[0], at[1]), (at[3], at[4])] {
            assert_eq!(against(merge(&db, &owner, twin, target).await), ("into".into(), FieldCode::Audience));
        }
        merge(&db, &owner, at[3], at[5]).await.expect("on one board");
        merge(&db, &owner, at[0], at[2]).await.expect("seen by the same people");
        assert_eq!(against(merge(&db, &owner, at[2], 999).await), ("into".into(), FieldCode::Unknown));
        // What can be read of the twin leads nobody where they may not go.
        let news = AccessNews::default();
        let closed = EditBoard { audience: Some(Audience::Staff), ..EditBoard::default() };
        boards::edit(&db, &news, Some(&owner), &also_open.slug, &closed).await.expect("closed");
        assert!(matches!(ideas::one(&db, Some(&zoe), at[0]).await, Err(Error::Refused(Refusal::Unseen))));
    }

    async fn only_moderators_merge(db: Db) {
        let (owner, zoe, _, made) = scene(&db).await;
        let staff = person(&db, "rita", Role::Researcher).await;
        let moderator = person(&db, "momo", Role::Moderator).await;
        let twin = idea(&db, &zoe, &made, "Un").await.card.number;
        let target = idea(&db, &zoe, &made, "Deux").await.card.number;
        for who in [&zoe, &staff] {
            assert!(matches!(merge(&db, who, twin, target).await, Err(Error::Refused(Refusal::Role(Role::Moderator)))));
            assert!(!see(&db, who, twin).await.may_merge);
        }
        assert!(matches!(merges::preview(&db, None, twin, target).await, Err(Error::Refused(Refusal::SignIn))));
        merge(&db, &moderator, twin, target).await.expect("merged");
        for who in [&zoe, &staff] {
            assert!(matches!(undo(&db, who, twin).await, Err(Error::Refused(Refusal::Role(Role::Moderator)))));
        }
        undo(&db, &owner, twin).await.expect("undone");
    }

    async fn votes_and_merges_at_the_same_time_are_all_counted(db: Db) {
        let (owner, _, _, made) = scene(&db).await;
        let mut numbers = Vec::new();
        for title in ["Un", "Deux", "Trois"] {
            numbers.push(idea(&db, &owner, &made, title).await.card.number);
        }
        let (twin, target, other) = (numbers[0], numbers[1], numbers[2]);
        let mut people = Vec::new();
        for place in 0..6 {
            people.push(person(&db, &format!("p{place}"), Role::Customer).await);
        }
        for round in 0..4 {
            let mut tasks = tokio::task::JoinSet::new();
            for (place, who) in people.iter().enumerate() {
                for number in [twin, target] {
                    let (db, who) = (db.clone(), who.clone());
                    tasks.spawn(async move {
                        let done = if (place + round) % 3 == 0 {
                            votes::withdraw(&db, Some(&who), number).await.map(drop)
                        } else {
                            votes::vote(&db, Some(&who), number).await.map(drop)
                        };
                        let spoken = say(&db, &who, number, CommentKind::Comment, None).await.map(drop);
                        [done, spoken]
                    });
                }
            }
            for (from, to) in [(twin, target), (twin, other), (target, other)] {
                let (db, owner) = (db.clone(), owner.clone());
                tasks.spawn(async move {
                    let merged = merge(&db, &owner, from, to).await.map(drop);
                    [merged, undo(&db, &owner, from).await.map(drop)]
                });
            }
            for done in tasks.join_all().await.into_iter().flatten() {
                let fine = match &done {
                    Ok(()) | Err(Error::Refused(Refusal::Away(_)) | Error::Conflict(_) | Error::MergedOn | Error::Invalid(_)) => true,
                    Err(_) => false,
                };
                assert!(fine, "{done:?}");
            }
            crate::merging_at_random::all_is_counted(&db).await;
        }
    }

    async fn a_move_since_is_an_answer_of_its_own(db: Db) {
        let (owner, zoe, _, made) = scene(&db).await;
        let twin = idea(&db, &zoe, &made, "Un").await.card.number;
        let target = idea(&db, &zoe, &made, "Deux").await.card.number;
        say(&db, &owner, twin, CommentKind::Answer, None).await.expect("an answer");
        merge(&db, &owner, twin, target).await.expect("merged");
        let to = MoveIdea { stage: made.stages[1].id, reason: String::new() };
        stages::set(&db, Some(&owner), target, &to).await.expect("moved");
        undo(&db, &owner, twin).await.expect("undone");
        let after = see(&db, &zoe, target).await;
        assert_eq!(after.card.answered_at, Some(after.moves[0].at));
        assert!(see(&db, &zoe, twin).await.card.answered_at.is_some());
    }
}
