//! The columns of a board's pipeline: which ideas stand first in each, how many there are, and since when.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, PersonId, StageId,
    api::{IdeaSort, Involved, Millis},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::nil,
    cards::{Place, Wish, few},
    on, rows,
};

/// The condition that an idea stands, and is of the author and has the tag asked for, where any are.
macro_rules! meant {
    ($only:literal) => {
        concat!(
            "i.board_id = $1 AND i.away IS NULL AND ($3 IS NULL OR i.author_id = $3)
             AND ($4 IS NULL OR EXISTS (SELECT 1 FROM idea_tag o WHERE o.idea_id = i.id AND o.tag_id = $4))",
            $only
        )
    };
}

/// The ideas of somebody or of a tag, which are few, begin from what they have in common; all others at the board.
macro_rules! from_few {
    () => {
        concat!("FROM (", few!("$2", "$3", "$5", "$4"), ") AS few CROSS JOIN idea i WHERE i.id = few.idea_id AND ")
    };
}

/// An idea in its column, and what it is sorted by.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Standing {
    /// Which.
    pub id: Uuid,
    /// The id of the stage.
    pub stage_id: Uuid,
    /// What it is sorted by.
    pub key: i64,
}

/// How many ideas of a wish stand in each stage of its board that has any.
///
/// # Errors
/// When the database fails.
pub async fn counts(
    tx: &mut Tx,
    board: BoardId,
    person: Option<PersonId>,
    wish: &Wish,
) -> Result<HashMap<StageId, u32>, StoreError> {
    macro_rules! count {
        ($from:expr, $only:literal) => {
            concat!("SELECT i.stage_id, count(*) ", $from, meant!($only), " GROUP BY i.stage_id")
        };
    }
    // What is not asked for is not in the statement: the index alone counts a whole board.
    let sql = match (wish.is_narrow(), wish.sort) {
        (false, IdeaSort::Unanswered) => {
            "SELECT stage_id, count(*) FROM idea WHERE board_id = $1 AND away IS NULL AND answered_at IS NULL GROUP BY stage_id"
        }
        (false, IdeaSort::Due) => {
            "SELECT stage_id, count(*) FROM idea
             WHERE board_id = $1 AND away IS NULL AND answered_at IS NULL AND due_at IS NOT NULL GROUP BY stage_id"
        }
        (false, _) => "SELECT stage_id, count(*) FROM idea WHERE board_id = $1 AND away IS NULL GROUP BY stage_id",
        (true, IdeaSort::Unanswered) => count!(from_few!(), " AND i.answered_at IS NULL"),
        (true, IdeaSort::Due) => count!(from_few!(), " AND i.answered_at IS NULL AND i.due_at IS NOT NULL"),
        (true, _) => count!(from_few!(), ""),
    };
    let rows: Vec<(Uuid, i64)> = on!(tx, c => {
        let query = sqlx::query_as(sql).bind(board.0);
        let query = if wish.is_narrow() {
            query
                .bind(nil(person))
                .bind(wish.author.map(|author| author.0))
                .bind(wish.tag.map(|tag| tag.0))
                .bind(wish.involved.map_or("", Involved::as_str))
        } else {
            query
        };
        query.fetch_all(c).await
    })?;
    rows.into_iter().map(|(stage, count)| Ok((StageId(stage), rows::number(count)?))).collect()
}

macro_rules! order {
    ($wish:expr, $statement:ident) => {
        match $wish.sort {
            IdeaSort::Changed => $statement!("i.updated_at", "<", "DESC", ""),
            IdeaSort::Trending => $statement!("i.heat", "<", "DESC", ""),
            IdeaSort::Wanted => $statement!("i.votes", "<", "DESC", ""),
            IdeaSort::Discussed => $statement!("i.comments", "<", "DESC", ""),
            IdeaSort::Recent => $statement!("i.created_at", "<", "DESC", ""),
            IdeaSort::Unanswered => $statement!("i.created_at", ">", "ASC", " AND i.answered_at IS NULL"),
            IdeaSort::Due => {
                $statement!("i.due_at", ">", "ASC", " AND i.answered_at IS NULL AND i.due_at IS NOT NULL")
            }
        }
    };
}

/// At most `limit` ideas of a wish in each of these stages of its board, in its order, from after a place on.
///
/// # Errors
/// When the database fails.
pub async fn first(
    tx: &mut Tx,
    board: BoardId,
    person: Option<PersonId>,
    wish: &Wish,
    stages: &[StageId],
    from: Place,
    limit: u32,
) -> Result<Vec<Standing>, StoreError> {
    let stages: Vec<Uuid> = stages.iter().map(|stage| stage.0).collect();
    if wish.is_narrow() {
        return first_of_few(tx, board, person, wish, &stages, from, limit).await;
    }
    // With one stage at hand, what stands in the index is read no further than its column goes.
    macro_rules! column {
        ($stage:literal, $key:literal, $than:literal, $way:literal, $only:literal) => {
            concat!(
                "SELECT i.id, i.stage_id, i.number, ",
                $key,
                " AS key FROM idea i WHERE i.board_id = $1 AND i.stage_id = ",
                $stage,
                " AND i.away IS NULL",
                $only,
                " AND (",
                $key,
                ", i.number) ",
                $than,
                " ($3, $4) ORDER BY ",
                $key,
                " ",
                $way,
                ", i.number ",
                $way,
                " LIMIT $5"
            )
        };
    }
    macro_rules! one {
        ($($order:literal),+) => { column!("$2", $($order),+) };
    }
    // Elsewhere each statement is a way to the server and back.
    macro_rules! each {
        ($key:literal, $than:literal, $way:literal, $only:literal) => {
            concat!(
                "SELECT o.id, o.stage_id, o.key FROM unnest($2::uuid[]) AS s (id) CROSS JOIN LATERAL (",
                column!("s.id", $key, $than, $way, $only),
                ") AS o ORDER BY o.key ",
                $way,
                ", o.number ",
                $way
            )
        };
    }
    let (key, number, limit) = (from.key, i64::from(from.number), i64::from(limit));
    match tx {
        Tx::Sqlite(tx) => {
            let mut found = Vec::new();
            for stage in stages {
                let query = sqlx::query_as(order!(wish, one)).bind(board.0).bind(stage);
                let column: Vec<Standing> = query.bind(key).bind(number).bind(limit).fetch_all(&mut **tx).await?;
                found.extend(column);
            }
            Ok(found)
        }
        Tx::Postgres(tx) => {
            let query = sqlx::query_as(order!(wish, each)).bind(board.0).bind(stages);
            Ok(query.bind(key).bind(number).bind(limit).fetch_all(&mut **tx).await?)
        }
    }
}

/// The same of somebody's ideas or those of a tag: read once, as for each stage again would be as many times the work.
async fn first_of_few(
    tx: &mut Tx,
    board: BoardId,
    person: Option<PersonId>,
    wish: &Wish,
    stages: &[Uuid],
    from: Place,
    limit: u32,
) -> Result<Vec<Standing>, StoreError> {
    macro_rules! narrow {
        ($key:literal, $than:literal, $way:literal, $only:literal) => {
            concat!(
                "SELECT id, stage_id, key FROM (SELECT i.id, i.stage_id, i.number, ",
                $key,
                " AS key, row_number() OVER (PARTITION BY i.stage_id ORDER BY ",
                $key,
                " ",
                $way,
                ", i.number ",
                $way,
                ") AS place ",
                from_few!(),
                meant!($only),
                " AND (",
                $key,
                ", i.number) ",
                $than,
                " ($6, $7) AND ($8 IS NULL OR i.stage_id = $8)) AS placed WHERE place <= $9 ORDER BY stage_id, place"
            )
        };
    }
    let only = if let [only] = stages { Some(*only) } else { None };
    Ok(on!(tx, c => sqlx::query_as(order!(wish, narrow))
        .bind(board.0)
        .bind(nil(person))
        .bind(wish.author.map(|author| author.0))
        .bind(wish.tag.map(|tag| tag.0))
        .bind(wish.involved.map_or("", Involved::as_str))
        .bind(from.key)
        .bind(i64::from(from.number))
        .bind(only)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)?)
}

#[derive(sqlx::FromRow)]
struct CameRow {
    idea_id: Uuid,
    created_at: i64,
    reason: String,
}

/// When each of these ideas that ever moved came to where it stands, and why.
///
/// # Errors
/// When the database fails.
pub async fn came(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, (Millis, String)>, StoreError> {
    macro_rules! last {
        ($ids:literal) => {
            concat!(
                "SELECT idea_id, created_at, reason FROM (
                    SELECT m.idea_id, m.created_at, m.reason,
                           row_number() OVER (PARTITION BY m.idea_id ORDER BY m.created_at DESC, m.id DESC) AS place
                    FROM stage_move m WHERE m.idea_id ",
                $ids,
                ") AS placed WHERE place = 1"
            )
        };
    }
    let rows: Vec<CameRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            sqlx::query_as(last!("IN (SELECT unhex(value) FROM json_each($1))"))
                .bind(sqlx::types::Json(ids))
                .fetch_all(&mut **tx)
                .await?
        }
        Tx::Postgres(tx) => sqlx::query_as(last!("= ANY ($1)")).bind(ids).fetch_all(&mut **tx).await?,
    };
    Ok(rows.into_iter().map(|row| (IdeaId(row.idea_id), (row.created_at, row.reason))).collect())
}
