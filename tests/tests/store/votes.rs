//! Votes: counted once, taken back, limited; and what they, talk and improvements do to the order of ideas.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use server::{
    domain::{
        Error,
        access::AccessNews,
        boards,
        ideas::{self, Place, Wanted},
        stages,
        votes::{self, Following},
    },
    store::Db,
};
use shared::{
    Role,
    api::{EditBoard, FieldCode, IdeaCard, IdeaSort, Involved, MoveIdea, PersonView, StageKind},
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, cards, idea, person};

/// The numbers of the ideas in a list.
async fn listed(db: &Db, who: &PersonView, wanted: &Wanted) -> Vec<u32> {
    let mut numbers = Vec::new();
    let mut place = Place::start(wanted.sort);
    loop {
        let page = ideas::list(db, Some(who), None, wanted, place, 2).await.expect("a page");
        let Some(last) = page.last() else { return numbers };
        place = last.1;
        numbers.extend(page.into_iter().map(|(card, _)| card.number));
    }
}

fn sorted(sort: IdeaSort) -> Wanted {
    Wanted { sort, ..Wanted::default() }
}

on_both_databases! {
    async fn any_votes_in_any_order_are_counted_once(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let mut people = Vec::new();
        for place in 0..4 {
            people.push(person(&db, &format!("p{place}"), Role::Customer).await);
        }
        for title in ["Un", "Deux", "Trois"] {
            idea(&db, &owner, &made, title).await;
        }
        let mut standing: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let acts = prop::collection::vec((0_usize..4, 1_u32..4, any::<bool>()), 60..61);
        let acts = acts.new_tree(&mut runner).expect("a plan").current();
        for (who, number, wants) in acts {
            let told = if wants {
                standing.entry(number).or_default().insert(who);
                votes::vote(&db, Some(&people[who]), number).await
            } else {
                standing.entry(number).or_default().remove(&who);
                votes::withdraw(&db, Some(&people[who]), number).await
            };
            let (view, facts) = told.expect("a vote");
            let expected = standing[&number].len();
            assert_eq!((view.votes as usize, view.voted, view.left), (expected, wants, None));
            assert_eq!((facts.number, facts.votes), (number, view.votes));
        }
        for (place, who) in people.iter().enumerate() {
            for card in cards(ideas::list(&db, Some(who), None, &Wanted::default(), Place::START, 9).await) {
                let voters = standing.get(&card.number).cloned().unwrap_or_default();
                assert_eq!((card.votes as usize, card.voted), (voters.len(), voters.contains(&place)), "{}", card.number);
            }
        }
    }

    async fn votes_at_the_same_time_are_all_counted(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Un").await.card.number;
        let mut tasks = tokio::task::JoinSet::new();
        for place in 0..6 {
            let who = person(&db, &format!("p{place}"), Role::Customer).await;
            for _ in 0..3 {
                let (db, who) = (db.clone(), who.clone());
                tasks.spawn(async move { votes::vote(&db, Some(&who), number).await.map(drop) });
            }
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("no panic").expect("a vote");
        }
        assert_eq!(ideas::one(&db, None, number).await.expect("the idea").card.votes, 6);
    }

    async fn a_board_may_limit_votes_and_a_vote_taken_back_is_free_again(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let elsewhere = board(&db, &owner, "Ailleurs", Audience::Public).await;
        let limit = |votes| EditBoard { votes_per_month: Some(votes), ..EditBoard::default() };
        let news = AccessNews::default();
        let too_many = boards::edit(&db, &news, Some(&owner), &made.slug, &limit(1_001)).await;
        assert!(matches!(too_many, Err(Error::Invalid(fields)) if fields.contains_key("votes_per_month")));
        let after = boards::edit(&db, &news, Some(&owner), &made.slug, &limit(2)).await.expect("a limit");
        assert_eq!(after.votes_per_month, Some(2));
        for title in ["Un", "Deux", "Trois"] {
            idea(&db, &owner, &made, title).await;
        }
        let other = idea(&db, &owner, &elsewhere, "Autre").await.card.number;
        assert_eq!(votes::vote(&db, Some(&zoe), 1).await.expect("a vote").0.left, Some(1));
        assert_eq!(votes::vote(&db, Some(&zoe), 2).await.expect("a vote").0.left, Some(0));
        assert_eq!(votes::vote(&db, Some(&zoe), 2).await.expect("the same vote").0.left, Some(0));
        assert!(matches!(votes::vote(&db, Some(&zoe), 3).await, Err(Error::NoVotesLeft)));
        let refused = ideas::one(&db, Some(&zoe), 3).await.expect("the idea").card;
        assert_eq!((refused.votes, refused.voted, refused.followed), (0, false, false), "nothing was half done");
        assert_eq!(votes::vote(&db, Some(&zoe), other).await.expect("no limit there").0.left, None);
        assert_eq!(votes::withdraw(&db, Some(&zoe), 1).await.expect("taken back").0.left, Some(1));
        assert_eq!(votes::vote(&db, Some(&zoe), 3).await.expect("a vote").0.left, Some(0));
        let free = boards::edit(&db, &news, Some(&owner), &made.slug, &limit(0)).await.expect("no limit");
        assert_eq!(free.votes_per_month, None);
        assert_eq!(votes::vote(&db, Some(&zoe), 1).await.expect("a vote").0.left, None);
    }

    async fn two_votes_at_once_are_not_both_the_last(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let news = AccessNews::default();
        let limit = EditBoard { votes_per_month: Some(1), ..EditBoard::default() };
        boards::edit(&db, &news, Some(&owner), &made.slug, &limit).await.expect("a limit");
        let mut tasks = tokio::task::JoinSet::new();
        for title in ["Un", "Deux", "Trois", "Quatre"] {
            let number = idea(&db, &owner, &made, title).await.card.number;
            let (db, zoe) = (db.clone(), zoe.clone());
            tasks.spawn(async move { votes::vote(&db, Some(&zoe), number).await.is_ok() });
        }
        let counted = tasks.join_all().await.into_iter().filter(|counted| *counted).count();
        assert_eq!(counted, 1);
    }

    async fn who_takes_part_follows_unless_they_said_no(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Un").await.card.number;
        let follows = async |who| ideas::one(&db, Some(who), number).await.expect("the idea").card.followed;
        assert!(follows(&owner).await && !follows(&zoe).await);
        votes::vote(&db, Some(&zoe), number).await.expect("a vote");
        assert!(follows(&zoe).await);
        votes::follow(&db, Some(&zoe), number, Following::No).await.expect("no more");
        votes::withdraw(&db, Some(&zoe), number).await.expect("taken back");
        votes::vote(&db, Some(&zoe), number).await.expect("a vote");
        assert!(!follows(&zoe).await, "they said no");
        votes::follow(&db, Some(&zoe), number, Following::Yes).await.expect("again");
        assert!(follows(&zoe).await);
    }

    async fn who_may_not_changes_nothing(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let theo = person(&db, "theo", Role::Employee).await;
        let made = board(&db, &owner, "Coulisses", Audience::Staff).await;
        let open = board(&db, &owner, "Goûter", Audience::Public).await;
        let hidden = idea(&db, &owner, &made, "Un").await;
        let seen = idea(&db, &owner, &open, "Deux").await;
        for number in [hidden.card.number, 999] {
            let refused = [
                votes::vote(&db, Some(&zoe), number).await.err(),
                votes::withdraw(&db, Some(&zoe), number).await.err(),
                votes::follow(&db, Some(&zoe), number, Following::Yes).await.err(),
                votes::vote(&db, None, number).await.err(),
            ];
            for error in refused {
                assert!(matches!(error, Some(Error::Refused(Refusal::Unseen))), "{error:?}");
            }
        }
        let visitor = votes::vote(&db, None, seen.card.number).await;
        assert!(matches!(visitor, Err(Error::Refused(Refusal::SignIn))));
        let to = MoveIdea { stage: open.stages[1].id, reason: String::new() };
        for (who, refusal) in
            [(None, Refusal::SignIn), (Some(&zoe), Refusal::Role(Role::Researcher)), (Some(&theo), Refusal::Role(Role::Researcher))]
        {
            let refused = stages::set(&db, who, seen.card.number, &to).await;
            assert!(matches!(refused, Err(Error::Refused(why)) if why == refusal), "{who:?}");
        }
        let after = ideas::one(&db, Some(&owner), seen.card.number).await.expect("the idea");
        assert_eq!((after.card.votes, after.moves.len(), after.card.stage.kind), (0, 0, StageKind::New));
    }

    async fn an_idea_moves_with_its_reason_and_is_answered_by_it(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let hugo = person(&db, "hugo", Role::Researcher).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let other = board(&db, &owner, "Ailleurs", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Un").await.card.number;
        let mut to = MoveIdea { stage: made.stages[6].id, reason: " \n ".into() };
        assert_eq!(made.stages[6].kind, StageKind::Declined);
        let Err(Error::Invalid(fields)) = stages::set(&db, Some(&hugo), number, &to).await else { panic!("refused") };
        assert_eq!(fields["reason"].code, FieldCode::Required);
        to.stage = other.stages[1].id;
        let Err(Error::Invalid(fields)) = stages::set(&db, Some(&hugo), number, &to).await else { panic!("refused") };
        assert_eq!(fields["stage"].code, FieldCode::Unknown);
        let before = ideas::one(&db, Some(&hugo), number).await.expect("the idea");
        assert_eq!((before.card.answered_at, before.moves.len(), before.stages.len()), (None, 0, 7));
        to = MoveIdea { stage: made.stages[6].id, reason: " Le four est plein. ".into() };
        let (view, told) = stages::set(&db, Some(&hugo), number, &to).await.expect("moved");
        assert_eq!(told.expect("news").stage, made.stages[6]);
        let last = &view.moves[0];
        assert_eq!((last.reason.as_str(), &last.by, &last.from, &last.to), ("Le four est plein.", &hugo, &made.stages[0], &made.stages[6]));
        assert_eq!(view.card.answered_at, Some(last.at));
        let (same, told) = stages::set(&db, Some(&hugo), number, &to).await.expect("the same");
        assert_eq!((same.moves.len(), told), (1, None));
        to = MoveIdea { stage: made.stages[2].id, reason: String::new() };
        let (view, _) = stages::set(&db, Some(&hugo), number, &to).await.expect("moved");
        assert_eq!((view.moves.len(), view.card.answered_at), (2, Some(view.moves[1].at)));
        let visitor = ideas::one(&db, None, number).await.expect("the idea");
        assert_eq!((visitor.moves, visitor.stages), (view.moves, Vec::new()), "all read why; who may not is offered nothing");
    }

    async fn each_order_and_filter_lists_what_it_says(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let ali = person(&db, "ali", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        for (title, by) in [("Un", &zoe), ("Deux", &owner), ("Trois", &owner), ("Quatre", &zoe), ("Cinq", &ali)] {
            idea(&db, by, &made, title).await;
        }
        for (who, number) in [(&zoe, 3), (&ali, 3), (&owner, 3), (&ali, 1)] {
            votes::vote(&db, Some(who), number).await.expect("a vote");
        }
        let to = MoveIdea { stage: made.stages[1].id, reason: String::new() };
        stages::set(&db, Some(&owner), 2, &to).await.expect("moved");
        assert_eq!(listed(&db, &zoe, &sorted(IdeaSort::Wanted)).await, [3, 1, 5, 4, 2]);
        assert_eq!(listed(&db, &zoe, &sorted(IdeaSort::Trending)).await, [3, 1, 5, 4, 2]);
        assert_eq!(listed(&db, &zoe, &sorted(IdeaSort::Recent)).await, [5, 4, 3, 2, 1]);
        assert_eq!(listed(&db, &zoe, &sorted(IdeaSort::Unanswered)).await, [1, 3, 4, 5]);
        let involved = |involved| Wanted { involved: Some(involved), ..sorted(IdeaSort::Recent) };
        assert_eq!(listed(&db, &zoe, &involved(Involved::Mine)).await, [4, 1]);
        assert_eq!(listed(&db, &zoe, &involved(Involved::Voted)).await, [3]);
        assert_eq!(listed(&db, &zoe, &involved(Involved::Followed)).await, [4, 3, 1]);
        let by = |handle: &str| Wanted { author: Some(handle.into()), ..sorted(IdeaSort::Recent) };
        assert_eq!(listed(&db, &zoe, &by("owner")).await, [3, 2]);
        assert_eq!(listed(&db, &zoe, &by("nobody")).await, Vec::<u32>::new());
        let stage = Wanted { stage: Some(made.stages[1].id), ..sorted(IdeaSort::Recent) };
        assert_eq!(listed(&db, &zoe, &stage).await, [2]);
        let visitor: Vec<IdeaCard> =
            cards(ideas::list(&db, None, None, &involved(Involved::Voted), Place::START, 9).await);
        assert_eq!(visitor, [], "a visitor has nothing to do with any");
    }

    async fn the_numbers_count_what_each_may_see(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let none = ideas::numbers(&db, None).await.expect("numbers");
        assert_eq!((none.ideas, none.answered, none.median_wait), (0, 0, None));
        let open = board(&db, &owner, "Goûter", Audience::Public).await;
        let staff = board(&db, &owner, "Coulisses", Audience::Staff).await;
        let mut waits = Vec::new();
        for title in ["Un", "Deux", "Trois", "Quatre"] {
            let number = idea(&db, &owner, &open, title).await.card.number;
            if number < 4 {
                let to = MoveIdea { stage: open.stages[1].id, reason: String::new() };
                let (view, _) = stages::set(&db, Some(&owner), number, &to).await.expect("moved");
                waits.push(view.card.answered_at.expect("answered") - view.card.created_at);
            }
        }
        idea(&db, &owner, &staff, "Cinq").await;
        waits.sort_unstable();
        for who in [None, Some(&zoe)] {
            let seen = ideas::numbers(&db, who).await.expect("numbers");
            assert_eq!((seen.ideas, seen.answered, seen.median_wait), (4, 3, Some(waits[1])));
        }
        assert_eq!(ideas::numbers(&db, Some(&owner)).await.expect("numbers").ideas, 5);
    }
}
