//! The columns of a board's pipeline.

use server::{
    domain::{
        Error,
        columns::{self, Column},
        ideas::{Place, Wanted},
        stages, tags, votes,
    },
    store::Db,
};
use shared::{
    Role,
    api::{BoardView, Colour, IdeaSort, Involved, MoveIdea, PersonView, SetTag, SetTags},
    rules::{Audience, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, execute, idea, person};

async fn columns(db: &Db, who: Option<&PersonView>, board: &BoardView, wanted: &Wanted) -> Vec<Column> {
    columns::list(db, who, &board.slug, wanted, Place::start(wanted.sort), 20).await.expect("columns").0
}

fn trending() -> Wanted {
    Wanted { sort: IdeaSort::Trending, ..Wanted::default() }
}

/// How many ideas each column has, and which.
fn told(columns: &[Column]) -> Vec<(u32, Vec<u32>)> {
    columns
        .iter()
        .map(|column| (column.ideas, column.cards.iter().map(|(shown, _)| shown.card.number).collect()))
        .collect()
}

async fn move_to(db: &Db, who: &PersonView, board: &BoardView, number: u32, stage: usize) {
    let to = MoveIdea { stage: board.stages[stage].id, reason: "Parce que.".into() };
    stages::set(db, Some(who), number, &to).await.expect("moved");
}

on_both_databases! {
    async fn ideas_stand_in_the_column_of_their_stage(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let other = board(&db, &owner, "Ailleurs", Audience::Public).await;
        for at in 0..25 {
            idea(&db, &owner, &made, &format!("Flan {at}")).await;
        }
        idea(&db, &owner, &other, "Autre").await;
        move_to(&db, &owner, &made, 3, 2).await;
        move_to(&db, &owner, &made, 4, 6).await;
        execute(&db, "UPDATE idea SET away = 'hidden' WHERE number = 5").await;
        let found = columns(&db, None, &made, &trending()).await;
        assert_eq!(found.iter().map(|column| column.ideas).collect::<Vec<_>>(), [22, 0, 1, 0, 0, 0, 1]);
        assert_eq!(found[0].cards.len(), 20, "no more than was asked for");
        let ranks: Vec<i64> = found[0].cards.iter().map(|(shown, _)| shown.rank).collect();
        assert!(ranks.is_sorted_by(|one, next| one >= next), "{ranks:?}");
        let moved = &found[6].cards[0].0;
        assert_eq!((moved.card.number, moved.reason.as_str()), (4, "Parce que."));
        assert!(moved.since >= moved.card.created_at);
        let never = &found[0].cards[0].0;
        assert_eq!((never.since, never.reason.as_str()), (never.card.created_at, ""));
    }

    async fn the_last_move_says_since_when(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Flan").await.card.number;
        for stage in [6, 1] {
            move_to(&db, &owner, &made, number, stage).await;
        }
        execute(&db, "UPDATE stage_move SET created_at = 1000, reason = 'D''abord' WHERE to_id IN (SELECT id FROM stage WHERE kind = 'declined')").await;
        let found = columns(&db, None, &made, &trending()).await;
        assert_eq!(told(&found)[1], (1, vec![number]));
        assert_eq!(found[1].cards[0].0.reason, "Parce que.");
    }

    async fn filters_hold_for_counts_as_for_cards(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let tag = SetTag { name: "Rapide".into(), colour: Colour::Leaf };
        let tagged = tags::add(&db, Some(&owner), &made.slug, &tag).await.expect("a tag").tags[0].id;
        for (who, title) in [(&owner, "Un"), (&zoe, "Deux"), (&zoe, "Trois"), (&owner, "Quatre")] {
            idea(&db, who, &made, title).await;
        }
        for number in [2, 4] {
            tags::set(&db, Some(&owner), number, &SetTags { tags: vec![tagged] }).await.expect("tagged");
        }
        votes::vote(&db, Some(&zoe), 1).await.expect("a vote");
        move_to(&db, &owner, &made, 3, 1).await;
        move_to(&db, &owner, &made, 4, 1).await;
        let recent = || Wanted { sort: IdeaSort::Recent, ..Wanted::default() };
        let cases = [
            (recent(), [vec![2, 1], vec![4, 3]]),
            (Wanted { tag: Some(tagged), ..recent() }, [vec![2], vec![4]]),
            (Wanted { author: Some("zoe".into()), ..recent() }, [vec![2], vec![3]]),
            (Wanted { author: Some("nobody".into()), ..recent() }, [vec![], vec![]]),
            (Wanted { tag: Some(tagged), author: Some("owner".into()), ..recent() }, [vec![], vec![4]]),
            (Wanted { involved: Some(Involved::Voted), ..recent() }, [vec![1], vec![]]),
            (Wanted { involved: Some(Involved::Mine), tag: Some(tagged), ..recent() }, [vec![2], vec![]]),
            (Wanted { stage: Some(made.stages[1].id), ..recent() }, [vec![4, 3], vec![]]),
            (Wanted { sort: IdeaSort::Unanswered, ..recent() }, [vec![1, 2], vec![]]),
            (Wanted { sort: IdeaSort::Unanswered, author: Some("zoe".into()), ..recent() }, [vec![2], vec![]]),
        ];
        for (wanted, expected) in cases {
            let found = told(&columns(&db, Some(&zoe), &made, &wanted).await);
            let expected = expected.map(|numbers| (u32::try_from(numbers.len()).expect("few"), numbers));
            assert!(found.iter().chain(&[(0, vec![]), (0, vec![])]).take(2).eq(&expected), "{wanted:?}: {found:?}");
        }
    }

    async fn a_column_goes_on_after_a_place_in_either_way_of_asking(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        for at in 0..7 {
            idea(&db, &owner, &made, &format!("Flan {at}")).await;
        }
        for author in [None, Some("owner".to_owned())] {
            for sort in [IdeaSort::Trending, IdeaSort::Wanted, IdeaSort::Unanswered] {
                let wanted = Wanted { sort, author: author.clone(), stage: Some(made.stages[0].id), ..Wanted::default() };
                let (mut place, mut all) = (Place::start(sort), Vec::new());
                loop {
                    let found = columns::list(&db, None, &made.slug, &wanted, place, 3).await.expect("a column").0;
                    assert_eq!(found[0].ideas, 7);
                    let Some(last) = found[0].cards.last() else { break };
                    place = last.1;
                    all.extend(found[0].cards.iter().map(|(shown, _)| shown.card.number));
                }
                all.sort_unstable();
                assert_eq!(all, (1..=7).collect::<Vec<_>>(), "{sort:?} of {author:?}");
            }
        }
    }

    async fn who_does_not_see_the_board_sees_no_pipeline(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Staff).await;
        let asked = columns::list(&db, Some(&zoe), &made.slug, &trending(), Place::START, 20).await;
        assert!(matches!(asked, Err(Error::Refused(Refusal::Unseen))));
        assert!(columns::list(&db, Some(&owner), &made.slug, &trending(), Place::START, 20).await.expect("columns").1);
    }
}
