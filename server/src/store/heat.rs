//! How much moves in an idea now: see `docs/trending.md`.
//!
//! Each sign of life weighs half as much after every [`HALF_LIFE`]. All fade alike, so that the order of two ideas
//! changes only when something happens to one of them: what is stored needs no refreshing. It is stored as a time: the
//! moment at which one vote alone would be as warm.

use shared::{IdeaId, api::Millis};

use super::{StoreError, Tx, on};

/// After so many milliseconds a vote counts half: a week.
const HALF_LIFE: Millis = 7 * 24 * HOUR;
const HOUR: Millis = 60 * 60 * 1000;
/// What is older than so many half-lives than the newest weighs less than a millionth, and is not looked at.
const FADED: Millis = 20 * HALF_LIFE;
/// What an improvement of the concept by somebody else weighs, in votes.
const IMPROVEMENT: i64 = 2;

/// Something that happened: when, and its weight in votes.
type Sign = (Millis, f64);

/// The time at which one vote alone would be as warm as these signs together; the earliest of times for none.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "times are far below 2^53")]
fn heat(signs: &[Sign]) -> Millis {
    let Some(newest) = signs.iter().map(|(at, _)| *at).max() else { return 0 };
    let sum: f64 = signs.iter().map(|(at, weight)| weight * ((at - newest) as f64 / HALF_LIFE as f64).exp2()).sum();
    newest + (sum.log2() * HALF_LIFE as f64).round() as Millis
}

/// Works out anew how warm an idea is, from what happened to it: that it was proposed, and the votes it had before an
/// import, which count as of then; each vote, to the hour; of each person but its author, their last comment and, twice
/// as heavy, their last change of the concept.
///
/// # Errors
/// When the database fails.
pub async fn refresh(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    let rows: Vec<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT created_at, 1 + votes_before FROM idea WHERE id = $1
         UNION ALL
         SELECT v.created_at / $2 * $2, count(*) FROM vote v WHERE v.idea_id = $1
            AND v.created_at > (SELECT max(o.created_at) FROM vote o WHERE o.idea_id = $1) - $3 GROUP BY 1
         UNION ALL
         SELECT max(m.created_at), CAST(1 AS BIGINT) FROM comment m JOIN idea i ON i.id = m.idea_id
            WHERE m.idea_id = $1 AND m.author_id <> i.author_id AND m.deleted_at IS NULL AND m.away IS NULL AND m.kind <> 'note'
            GROUP BY m.author_id
         UNION ALL
         SELECT h.last_at, $4 FROM shaper h JOIN idea i ON i.id = h.idea_id
            WHERE h.idea_id = $1 AND h.person_id <> i.author_id",
    )
    .bind(idea.0)
    .bind(HOUR)
    .bind(FADED)
    .bind(IMPROVEMENT)
    .fetch_all(c)
    .await)?;
    #[expect(clippy::cast_precision_loss, reason = "nobody counts 2^53 votes")]
    let signs: Vec<Sign> = rows.into_iter().map(|(at, weight)| (at, weight as f64)).collect();
    on!(tx, c => sqlx::query("UPDATE idea SET heat = $2 WHERE id = $1")
        .bind(idea.0).bind(heat(&signs)).execute(c).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_vote_is_as_warm_as_its_time_and_two_a_half_life_warmer() {
        assert_eq!(heat(&[(5_000, 1.0)]), 5_000);
        assert_eq!(heat(&[(5_000, 1.0), (5_000, 1.0)]), 5_000 + HALF_LIFE);
        assert_eq!(heat(&[(5_000, 2.0)]), heat(&[(5_000, 1.0), (5_000, 1.0)]));
        // Two votes of last week are worth one of today.
        assert_eq!(heat(&[(0, 2.0)]), heat(&[(HALF_LIFE, 1.0)]));
        assert_eq!(heat(&[]), 0);
    }

    proptest! {
        #[test]
        fn more_is_never_colder_and_order_does_not_matter(
            mut signs in prop::collection::vec((1_700_000_000_000_i64..1_900_000_000_000, 1_u8..40), 1..40),
            later in 1_700_000_000_000_i64..1_900_000_000_000,
        ) {
            let weigh = |signs: &[(i64, u8)]| heat(&signs.iter().map(|(at, n)| (*at, f64::from(*n))).collect::<Vec<_>>());
            let before = weigh(&signs);
            signs.reverse();
            prop_assert!((weigh(&signs) - before).abs() <= 1);
            signs.push((later, 1));
            prop_assert!(weigh(&signs) >= before - 1);
        }
    }
}
