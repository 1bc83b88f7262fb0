//! Workshops under many hands at once: dots never exceed what each has, a note becomes one idea, and time adds up.

use std::collections::BTreeMap;

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use server::{
    domain::{
        Error,
        canvases::{self, Canvases},
        ideas::{self, Place, Wanted},
        workshop,
    },
    store::Db,
};
use shared::{
    Role,
    api::{BoardView, DotVoteView, Dots, NewDotVote, PersonView, SetTimer},
    rules::Audience,
};
use tests::{
    canvas::{draw, note},
    on_both_databases,
};
use tokio::task::JoinSet;

use crate::workspace::{board, cards, execute, person};

/// A board with three notes on its canvas, its owner, and so many customers.
async fn scene(db: &Db, customers: usize) -> (PersonView, BoardView, Vec<PersonView>) {
    let owner = person(db, "owner", Role::Owner).await;
    let made = board(db, &owner, "Goûter", Audience::Public).await;
    draw(db, made.canvas, owner.id, |doc| ["n0", "n1", "n2"].iter().for_each(|id| note(doc, id, "Du pain"))).await;
    let mut people = Vec::new();
    for place in 0..customers {
        people.push(person(db, &format!("p{place}"), Role::Customer).await);
    }
    (owner, made, people)
}

async fn begin(db: &Db, owner: &PersonView, board: &BoardView, new: NewDotVote) -> DotVoteView {
    workshop::begin(db, Some(owner), &board.slug, &new).await.expect("a vote")
}

on_both_databases! {
    async fn whoever_sets_what_when_nobody_has_more_dots_than_they_have(db: Db) {
        let (owner, made, people) = scene(&db, 3).await;
        let all = Canvases::new(db.clone());
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        for round in 0..6 {
            let (one_each, anonymous) = (round % 2 == 1, round % 3 == 2);
            let vote = begin(&db, &owner, &made, NewDotVote { dots: 4, one_each, anonymous, ..NewDotVote::default() }).await;
            let acts = prop::collection::vec((0_usize..3, 0_u32..3, 0_u32..6), 40..41);
            let acts = acts.new_tree(&mut runner).expect("a plan").current();
            let ends_after = prop::num::usize::ANY.new_tree(&mut runner).expect("a place").current() % 60;
            let mut tasks = JoinSet::new();
            for (place, (who, item, dots)) in acts.into_iter().enumerate() {
                let (db, all, slug, who) = (db.clone(), all.clone(), made.slug.clone(), people[who].clone());
                let lead = (place == ends_after).then(|| owner.clone());
                tasks.spawn(async move {
                    if let Some(lead) = lead {
                        workshop::end(&db, Some(&lead), &slug, vote.id).await.expect("ended");
                    }
                    let wanted = Dots { item: format!("notes/n{item}"), dots };
                    match workshop::set_dots(&db, &all, Some(&who), (&slug, vote.id), &wanted).await {
                        Ok((view, _)) => {
                            assert!(view.mine.iter().map(|set| set.dots).sum::<u32>() <= 4, "{view:?}");
                            assert!(!one_each || view.mine.iter().all(|set| set.dots == 1), "{view:?}");
                            assert!(view.results.is_empty() && view.mine.iter().filter(|set| set.item == wanted.item).all(|set| set.dots == dots));
                        }
                        Err(Error::VoteEnded | Error::NoDotsLeft | Error::Invalid(_)) => {}
                        Err(other) => panic!("{other}"),
                    }
                });
            }
            while let Some(done) = tasks.join_next().await {
                done.expect("no panic");
            }
            let mut own: BTreeMap<String, (u32, usize)> = BTreeMap::new();
            let mut voters = 0;
            if ends_after >= 40 {
                for who in &people {
                    let tx = &mut db.read().await.expect("a transaction");
                    let shown = workshop::view(tx, Some(who), made.id).await.expect("a workshop").vote.expect("a vote");
                    voters += u32::from(!shown.mine.is_empty());
                    for set in shown.mine {
                        let sum = own.entry(set.item).or_default();
                        *sum = (sum.0 + set.dots, sum.1 + 1);
                    }
                }
            }
            let ended = workshop::end(&db, Some(&owner), &made.slug, vote.id).await.expect("ended");
            let total: u32 = ended.results.iter().map(|result| result.dots).sum();
            assert!(total <= 12 && ended.voters <= 3, "{ended:?}");
            assert!(!anonymous || ended.results.iter().all(|result| result.people.is_empty()));
            if ends_after >= 40 {
                let got: BTreeMap<_, _> = ended.results.iter().map(|result| (result.item.clone(), result.dots)).collect();
                assert_eq!(got, own.iter().map(|(item, (dots, _))| (item.clone(), *dots)).collect());
                assert_eq!(ended.voters, voters);
                let people: Vec<usize> = ended.results.iter().map(|result| result.people.len()).collect();
                let expected = ended.results.iter().map(|result| if anonymous { 0 } else { own[&result.item].1 });
                assert_eq!(people, expected.collect::<Vec<_>>());
            }
        }
    }

    async fn a_note_becomes_one_idea_however_many_ask(db: Db) {
        let (owner, made, people) = scene(&db, 1).await;
        let all = Canvases::new(db.clone());
        draw(&db, made.canvas, people[0].id, |doc| note(doc, "mine", "Du levain\nVieux de cent ans")).await;
        let mut tasks = JoinSet::new();
        for place in 0..8 {
            let who = if place % 2 == 0 { people[0].clone() } else { owner.clone() };
            let (db, all, slug) = (db.clone(), all.clone(), made.slug.clone());
            tasks.spawn(async move { canvases::promote(&db, &all, Some(&who), &slug, "mine").await.expect("an idea") });
        }
        let mut made_anew = 0;
        while let Some(done) = tasks.join_next().await {
            let made = done.expect("no panic");
            assert_eq!((made.idea.card.number, made.idea.card.author.id), (1, people[0].id));
            made_anew += u32::from(made.new);
        }
        assert_eq!(made_anew, 1);
        assert_eq!(cards(ideas::list(&db, None, None, &Wanted::default(), Place::START, 9).await).len(), 1);
    }

    async fn time_given_at_the_same_time_adds_up(db: Db) {
        let (owner, made, _) = scene(&db, 0).await;
        let act = async |act| workshop::set_timer(&db, Some(&owner), &made.slug, act).await.expect("a timer");
        act(SetTimer::Start { seconds: 60 }).await;
        let before = act(SetTimer::Pause).await.timer.and_then(|timer| timer.left).expect("what is left");
        let mut tasks = JoinSet::new();
        for place in 0..20 {
            let (db, owner, slug) = (db.clone(), owner.clone(), made.slug.clone());
            // Pausing what is paused changes nothing, in between too.
            let act = if place % 2 == 0 { SetTimer::Extend { seconds: 30 } } else { SetTimer::Pause };
            tasks.spawn(async move { workshop::set_timer(&db, Some(&owner), &slug, act).await.expect("a timer") });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("no panic");
        }
        let timer = act(SetTimer::Pause).await.timer.expect("a timer");
        assert_eq!((timer.seconds, timer.left), (360, Some(before + 300_000)));
    }

    async fn one_vote_is_on_however_many_begin_one(db: Db) {
        let (owner, made, _) = scene(&db, 0).await;
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let (db, owner, slug) = (db.clone(), owner.clone(), made.slug.clone());
            let new = NewDotVote { dots: 1, seconds: Some(60), ..NewDotVote::default() };
            tasks.spawn(async move { workshop::begin(&db, Some(&owner), &slug, &new).await });
        }
        let mut begun = 0;
        while let Some(done) = tasks.join_next().await {
            match done.expect("no panic") {
                Ok(_) => begun += 1,
                Err(Error::VoteOn) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(begun, 1);
        // It ends once, whoever looks for it.
        execute(&db, "UPDATE dot_vote SET ends_at = 1").await;
        let (one, two) = tokio::join!(workshop::end_due(&db), workshop::end_due(&db));
        let ended = [one.expect("ended"), two.expect("ended")].concat();
        assert_eq!(ended, std::slice::from_ref(&made.slug));
        assert_eq!(workshop::end_due(&db).await.expect("nothing is due"), Vec::<String>::new());
    }

    async fn a_canvas_is_read_on_from_where_it_was_read_before(db: Db) {
        let (owner, made, people) = scene(&db, 1).await;
        let all = Canvases::new(db.clone());
        let read = async || all.read(made.canvas).await.expect("a canvas");
        let first = read().await;
        assert_eq!((first.seq, first.canvas.notes.len()), (2, 3));
        assert!(std::sync::Arc::ptr_eq(&first, &read().await), "nothing new, nothing done");
        draw(&db, made.canvas, people[0].id, |doc| note(doc, "n3", "Du beurre")).await;
        let second = read().await;
        assert_eq!((second.seq, second.canvas.notes.len()), (3, 4));
        let actor = tests::canvas::actor(people[0].id);
        assert_eq!((first.has_written(&actor), second.has_written(&actor)), (false, true));
        // As read anew.
        let anew = Canvases::new(db.clone()).read(made.canvas).await.expect("a canvas");
        assert_eq!((anew.seq, &anew.canvas), (3, &second.canvas));
        let mut tasks = JoinSet::new();
        for _ in 0..10 {
            let (all, canvas) = (all.clone(), made.canvas);
            tasks.spawn(async move { all.read(canvas).await.expect("a canvas").seq });
        }
        draw(&db, made.canvas, owner.id, |doc| note(doc, "n4", "Du sel")).await;
        while let Some(seq) = tasks.join_next().await {
            assert!((3..=4).contains(&seq.expect("no panic")));
        }
        assert_eq!((read().await.seq, all.kept()), (4, 1));
        for place in 0..70 {
            all.read(board(&db, &owner, &format!("T{place}"), Audience::Public).await.canvas).await.expect("a canvas");
        }
        assert!(all.kept() <= 64);
    }
}
