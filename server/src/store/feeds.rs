//! What the feed of a board tells: its ideas, and what became of them, as far as it is published.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId,
    api::{IdeaName, Millis, PersonView, TimelineEntry},
};
use uuid::Uuid;

use super::{
    StoreError, Tx, cards,
    comments::answer_stands,
    of_ids, on, rows,
    timeline::{Spot, told},
};

/// An idea as feeds tell it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: IdeaId,
    /// What its address needs, and its title.
    pub name: IdeaName,
    /// Its pitch.
    pub pitch: String,
    /// Its body as sanitised HTML.
    pub body_html: String,
    /// Who proposed it.
    pub author: PersonView,
    /// When.
    pub created_at: Millis,
    /// When its texts last changed.
    pub updated_at: Millis,
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    id: Uuid,
    number: i64,
    title: String,
    pitch: String,
    body_html: String,
    created_at: i64,
    updated_at: i64,
    #[sqlx(flatten)]
    author: rows::PersonRow,
}

/// These ideas, by their ids. Whether they stand and who sees them is not asked.
///
/// # Errors
/// When the database fails.
pub async fn ideas(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, Told>, StoreError> {
    let rows: Vec<ToldRow> = of_ids!(
        tx,
        ids,
        "SELECT i.id, i.number, i.title, i.pitch, i.body_html, i.created_at, i.updated_at,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM idea i JOIN person p ON p.id = i.author_id WHERE ",
        "i.id",
        ""
    );
    rows.into_iter()
        .map(|row| {
            let name =
                IdeaName { number: rows::number(row.number)?, slug: cards::address(&row.title), title: row.title };
            let told = Told {
                id: IdeaId(row.id),
                name,
                pitch: row.pitch,
                body_html: row.body_html,
                author: row.author.try_into()?,
                created_at: row.created_at,
                updated_at: row.updated_at,
            };
            Ok((told.id, told))
        })
        .collect()
}

/// Something the feed of a board tells.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id, for good.
    pub id: Uuid,
    /// Of which idea.
    pub idea: Told,
    /// What became of that; nothing where it was proposed.
    pub became: Option<TimelineEntry>,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    #[sqlx(flatten)]
    spot: Spot,
    idea_id: Uuid,
}

/// The last of one kind of thing on a board, read no further than the feed goes: what is told and since when, from where.
macro_rules! last {
    ($kind:expr, $id:literal, $at:literal, $from:expr) => {
        concat!(
            "SELECT * FROM (SELECT ",
            $kind,
            " AS kind, ",
            $id,
            " AS id, i.id AS idea_id, ",
            $at,
            " AS at FROM ",
            $from,
            " AND i.board_id = $1 AND i.away IS NULL ORDER BY ",
            $at,
            " DESC LIMIT $2) AS last"
        )
    };
}

/// At most `limit` ideas of a board that stand and published things that became of them, the last first.
///
/// # Errors
/// When the database fails.
pub async fn of_board(tx: &mut Tx, board: BoardId, limit: u32) -> Result<Vec<Item>, StoreError> {
    let rows: Vec<ItemRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT kind, id, idea_id FROM (",
        last!("'idea'", "i.id", "i.created_at", "idea i WHERE TRUE"),
        " UNION ALL ",
        // Where a stage went with all its ideas nobody was told that they moved.
        last!(
            "'stage'", "m.id", "m.created_at",
            "stage_move m CROSS JOIN idea i WHERE i.id = m.idea_id
             AND NOT EXISTS (SELECT 1 FROM stage f WHERE f.id = m.from_id AND f.removed_at = m.created_at)"
        ),
        " UNION ALL ",
        last!(
            "'answer'", "c.id", "c.created_at",
            concat!("comment c CROSS JOIN idea i WHERE i.id = c.idea_id AND ", answer_stands!())
        ),
        " UNION ALL ",
        last!(
            "e.kind", "e.id", "e.shown_at",
            "entry e CROSS JOIN idea i WHERE i.id = e.idea_id AND e.published_at IS NOT NULL AND e.removed_at IS NULL
             AND e.shown_at IS NOT NULL"
        ),
        ") AS spots ORDER BY at DESC, id DESC LIMIT $2"
    ))
    .bind(board.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let Some(any) = rows.first().map(|row| IdeaId(row.idea_id)) else { return Ok(Vec::new()) };
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.idea_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let ideas = ideas(tx, &ids).await?;
    let spots: Vec<Spot> = rows.iter().map(|row| row.spot.clone()).filter(|spot| spot.kind != "idea").collect();
    let mut became = told(tx, any, &spots).await?;
    let gone = |spot: &Spot| StoreError::Corrupt(format!("{} {} is gone", spot.kind, spot.id));
    rows.into_iter()
        .map(|ItemRow { spot, idea_id }| {
            let idea = ideas.get(&IdeaId(idea_id)).cloned().ok_or_else(|| gone(&spot))?;
            let entry = if spot.kind == "idea" { None } else { Some(became.remove(&spot).ok_or_else(|| gone(&spot))?) };
            Ok(Item { id: spot.id, idea, became: entry })
        })
        .collect()
}
