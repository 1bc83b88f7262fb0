//! When ideas last became news: kept in the transactions that make or unmake it, and the same as worked out from nothing.

use rand::{Rng, SeedableRng, rngs::StdRng};
use server::{
    domain::{comments, news, pipeline, stages},
    store::{Db, cards::Place, standing},
};
use shared::{
    CommentId, Role,
    api::{
        BoardView, CommentKind, EditComment, MoveIdea, MovedOn, NewComment, NewsKind, PersonView, SetStages, StageKind,
        WantedStage,
    },
    rules::{Audience, Away},
};
use tests::on_both_databases;

use crate::{
    merges::{merge, undo},
    workspace::{board, count, execute, idea, person},
};

/// What the migration works out from nothing.
const FROM_NOTHING: &str = include_str!("../../../migrations/sqlite/0043_news.sql");

async fn answer(db: &Db, who: &PersonView, number: u32) -> CommentId {
    let new = NewComment { body: "Oui.".into(), kind: CommentKind::Answer, ..NewComment::default() };
    comments::write(db, Some(who), number, &new, None, None).await.expect("an answer").0.id
}

async fn move_to(db: &Db, who: &PersonView, board: &BoardView, number: u32, stage: usize) {
    let to = MoveIdea { stage: board.stages[stage].id, reason: "Voilà.".into() };
    stages::set(db, Some(who), number, &to).await.expect("moved");
}

/// When the idea of number 1 last became news.
async fn news_at(db: &Db) -> i64 {
    count(db, "SELECT coalesce(max(news_at), 0) FROM idea WHERE number = 1").await
}

/// The numbers of the ideas that are news.
async fn listed(db: &Db, what: Option<NewsKind>) -> Vec<u32> {
    let mut numbers = Vec::new();
    let mut place = Place::START;
    loop {
        let page = news::page(db, None, what, place, 2).await.expect("a page");
        let Some((_, last)) = page.last() else { return numbers };
        place = *last;
        numbers.extend(page.into_iter().map(|(story, _)| story.card.number));
    }
}

/// That what is kept is what the migration would work out.
async fn agrees(db: &Db) {
    execute(db, "CREATE TABLE kept_news AS SELECT id, news_at FROM idea").await;
    let start = FROM_NOTHING.find("UPDATE idea").expect("a statement");
    let end = start + FROM_NOTHING[start..].find(';').expect("its end");
    execute(db, &FROM_NOTHING[start..end]).await;
    let apart = "SELECT count(*) FROM idea i JOIN kept_news k ON k.id = i.id WHERE coalesce(i.news_at, 0) <> coalesce(k.news_at, 0)";
    assert_eq!(count(db, apart).await, 0);
    execute(db, "DROP TABLE kept_news").await;
}

on_both_databases! {
    async fn an_answer_that_goes_leaves_the_one_before(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        idea(&db, &owner, &made, "Flan").await;
        assert_eq!((news_at(&db).await, listed(&db, None).await), (0, vec![]));
        let first = answer(&db, &owner, 1).await;
        let since = news_at(&db).await;
        assert!(since > 0);
        execute(&db, "UPDATE comment SET created_at = created_at - 1000").await;
        let second = answer(&db, &owner, 1).await;
        assert!(news_at(&db).await >= since);
        let edit = EditComment { body: "Oui, et plus.".into() };
        comments::edit(&db, Some(&owner), second, &edit).await.expect("edited");
        comments::delete(&db, Some(&owner), second).await.expect("deleted");
        assert_eq!(news_at(&db).await, since - 1000);
        comments::delete(&db, Some(&owner), first).await.expect("deleted");
        assert_eq!((news_at(&db).await, listed(&db, None).await), (0, vec![]));
        agrees(&db).await;
    }

    async fn a_move_is_news_where_it_launches_or_declines_as_long_as_that_is_so(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        idea(&db, &owner, &made, "Flan").await;
        for (stage, kind) in [(2, None), (5, Some(NewsKind::Launched)), (3, None), (6, Some(NewsKind::Declined)), (4, None)] {
            move_to(&db, &owner, &made, 1, stage).await;
            assert_eq!(news_at(&db).await > 0, kind.is_some(), "{stage}");
            for what in NewsKind::ALL {
                assert_eq!(listed(&db, Some(*what)).await.len(), usize::from(kind == Some(*what)), "{stage} {what:?}");
            }
            agrees(&db).await;
        }
        // What a stage says of its ideas may change under them.
        let wanted = |launched: usize| -> Vec<WantedStage> {
            let stage = |(at, stage): (usize, &shared::api::StageView)| WantedStage {
                id: Some(stage.id),
                fr: stage.fr.clone(),
                en: stage.en.clone(),
                colour: stage.colour,
                kind: if at == launched { StageKind::Launched } else { stage.kind },
                phase: None,
            };
            made.stages.iter().enumerate().map(stage).collect()
        };
        for (launched, is_news) in [(4, true), (5, false)] {
            let request = SetStages { stages: wanted(launched), ..SetStages::default() };
            pipeline::set(&db, Some(&owner), &made.slug, &request).await.expect("set");
            assert_eq!(listed(&db, None).await.len(), usize::from(is_news));
            agrees(&db).await;
        }
        // And they may be carried to another, all together.
        let mut rest = wanted(5);
        rest.remove(4);
        let moved = vec![MovedOn { from: made.stages[4].id, to: made.stages[5].id }];
        let request = SetStages { stages: rest, moved, known: None };
        pipeline::set(&db, Some(&owner), &made.slug, &request).await.expect("set");
        assert_eq!(listed(&db, Some(NewsKind::Launched)).await, [1]);
        agrees(&db).await;
    }

    async fn what_is_kept_is_what_is_whatever_happens(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        for title in ["Un", "Deux", "Trois", "Quatre"] {
            idea(&db, &owner, &made, title).await;
        }
        let seed = rand::rng().random();
        let mut random = StdRng::seed_from_u64(seed);
        let mut said: Vec<CommentId> = Vec::new();
        for _ in 0..60 {
            let (number, other) = (random.random_range(1..=4), random.random_range(1..=4));
            match random.random_range(0..8) {
                0 | 1 => {
                    let new = NewComment { body: "Oui.".into(), kind: CommentKind::Answer, ..NewComment::default() };
                    if let Ok((made, _)) = comments::write(&db, Some(&owner), number, &new, None, None).await {
                        said.push(made.id);
                    }
                }
                2 if !said.is_empty() => {
                    let id = said.swap_remove(random.random_range(0..said.len()));
                    let _ = comments::delete(&db, Some(&owner), id).await;
                }
                3 | 4 => {
                    let to = MoveIdea { stage: made.stages[random.random_range(0..7)].id, reason: "Voilà.".into() };
                    let _ = stages::set(&db, Some(&owner), number, &to).await;
                }
                5 => drop(merge(&db, &owner, number, other).await),
                6 => drop(undo(&db, &owner, number).await),
                _ => {
                    let id = shared::IdeaId(uuid_of(&db, number).await);
                    let mut tx = db.write().await.expect("a transaction");
                    let away = if random.random() { Some(Away::Hidden) } else { None };
                    if count(&db, "SELECT count(*) FROM idea WHERE away = 'merged'").await == 0 {
                        standing::set_idea(&mut tx, id, away).await.expect("set");
                    }
                    tx.commit().await.expect("a commit");
                }
            }
        }
        agrees(&db).await;
        let stands = count(&db, "SELECT count(*) FROM idea WHERE news_at IS NOT NULL AND away IS NULL").await;
        assert_eq!(i64::try_from(listed(&db, None).await.len()).ok(), Some(stands), "seed {seed}");
    }
}

async fn uuid_of(db: &Db, number: u32) -> uuid::Uuid {
    let mut tx = db.read().await.expect("a transaction");
    let found = server::store::ideas::place_of_number(&mut tx, None, number).await.expect("an answer");
    found.expect("an idea").idea.0
}
