//! The roadmap: what is counted is what is listed, on every page, for each who asks.

use rand::{Rng, SeedableRng, rngs::StdRng};
use server::{
    domain::{ideas::Place, roadmap, stages},
    store::{Db, standing},
};
use shared::{
    Role,
    api::{MoveIdea, PersonView, Phase},
    rules::{Audience, Away},
};
use tests::on_both_databases;

use crate::workspace::{board, idea, person};

/// The numbers under a heading, page by page, and how many there are said to be.
async fn under(db: &Db, who: Option<&PersonView>, phase: Phase, limit: u32) -> (Vec<u32>, u32) {
    let (mut numbers, mut place) = (Vec::new(), Place::START);
    loop {
        let found = roadmap::show(db, who, None, Some(phase), place, limit).await.expect("the roadmap");
        let [heading] = &found[..] else { panic!("{found:?}") };
        let Some((_, last)) = heading.cards.last() else { return (numbers, heading.ideas) };
        place = *last;
        numbers.extend(heading.cards.iter().map(|(idea, _)| idea.card.number));
    }
}

on_both_databases! {
    async fn each_idea_is_listed_once_under_its_heading(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let open = board(&db, &owner, "Goûter", Audience::Public).await;
        let closed = board(&db, &owner, "Entre nous", Audience::Staff).await;
        let seed: u64 = rand::rng().random();
        let mut random = StdRng::seed_from_u64(seed);
        // Of each idea its place among the stages, whether everyone sees it, and whether it stands.
        let mut ideas = Vec::new();
        for _ in 0..30 {
            let public = random.random();
            let on = if public { &open } else { &closed };
            let card = idea(&db, &owner, on, "Flan").await.card;
            let stage = random.random_range(0..7);
            let to = MoveIdea { stage: on.stages[stage].id, reason: "Voilà.".into() };
            stages::set(&db, Some(&owner), card.number, &to).await.expect("moved");
            let away = random.random_ratio(1, 5);
            if away {
                let mut tx = db.write().await.expect("a transaction");
                standing::set_idea(&mut tx, card.id, Some(Away::Hidden)).await.expect("set");
                tx.commit().await.expect("a commit");
            }
            ideas.push((card.number, stage, public, !away));
        }
        for (who, all) in [(None, false), (Some(&zoe), false), (Some(&owner), true)] {
            for (phase, place) in Phase::ALL.iter().zip(2..) {
                let expected: Vec<u32> = ideas
                    .iter()
                    .filter(|(_, stage, public, stands)| *stage == place && (all || *public) && *stands)
                    .map(|(number, ..)| *number)
                    .collect();
                for limit in [1, 3, 100] {
                    let (mut found, counted) = under(&db, who, *phase, limit).await;
                    found.sort_unstable();
                    assert_eq!((&found, counted as usize), (&expected, expected.len()), "{phase:?} {limit} seed {seed}");
                }
            }
        }
    }
}
