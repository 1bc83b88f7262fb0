//! The cards of ideas, and the lists they stand in.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, PersonId, StageId, TagId,
    api::{IdeaCard, IdeaSort, Involved, PersonView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, nil, seen},
    clocks, entries, on, rows,
    search::of_ids,
    tags,
};

/// How many of those who shaped an idea its card names.
const FACES: i64 = 5;

#[derive(sqlx::FromRow)]
pub(super) struct CardRow {
    id: Uuid,
    number: i64,
    title: String,
    pitch: String,
    created_at: i64,
    updated_at: i64,
    votes: i64,
    voted: bool,
    comments: i64,
    followed: bool,
    answered_at: Option<i64>,
    percent: Option<i64>,
    #[sqlx(flatten)]
    clock: clocks::ClockRow,
    away: Option<String>,
    board_slug: String,
    board_title: String,
    #[sqlx(flatten)]
    stage: rows::StageRow,
    #[sqlx(flatten)]
    author: rows::PersonRow,
}

impl TryFrom<CardRow> for IdeaCard {
    type Error = StoreError;

    fn try_from(row: CardRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: IdeaId(row.id),
            number: rows::number(row.number)?,
            slug: address(&row.title),
            title: row.title,
            pitch: row.pitch,
            board: row.board_slug,
            board_title: row.board_title,
            stage: row.stage.try_into()?,
            tags: Vec::new(),
            author: row.author.try_into()?,
            shaped_by: Vec::new(),
            shapers: 0,
            votes: rows::number(row.votes)?,
            voted: row.voted,
            comments: rows::number(row.comments)?,
            followed: row.followed,
            percent: row.percent.map(entries::percent).transpose()?,
            clock: row.clock.view(row.answered_at),
            answered_at: row.answered_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            away: rows::away(row.away.as_deref())?,
        })
    }
}

/// The readable piece of an idea's address: never empty.
pub(super) fn address(title: &str) -> String {
    let slug = shared::slug::slug(title);
    if slug.is_empty() { "idea".to_owned() } else { slug }
}

/// The columns of a card, as the person bound to `$person` sees it.
macro_rules! card_columns {
    ($person:literal) => {
        concat!(
            "i.id, i.number, i.title, i.pitch, i.created_at, i.updated_at, i.votes, i.comments, i.answered_at, i.away, i.percent, i.due_at, i.paused_at,
             EXISTS (SELECT 1 FROM vote v WHERE v.idea_id = i.id AND v.person_id = ",
            $person,
            ") AS voted, EXISTS (SELECT 1 FROM follow f WHERE f.idea_id = i.id AND f.muted_at IS NULL AND f.person_id = ",
            $person,
            ") AS followed, b.slug AS board_slug, b.title AS board_title,
             s.id AS stage_id, s.name_fr, s.name_en, s.colour, s.kind, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed"
        )
    };
}
pub(super) use card_columns;

/// A place in a list of ideas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What the last idea before it is sorted by.
    pub key: i64,
    /// The number of that idea.
    pub number: u32,
}

impl Place {
    /// Before the first idea of a list whose highest keys come first.
    pub const START: Self = Self { key: i64::MAX, number: u32::MAX };

    /// Before the first idea of a list whose lowest keys come first.
    pub const FIRST: Self = Self { key: i64::MIN, number: 0 };

    /// Where a list of this order begins.
    #[must_use]
    pub fn start(sort: IdeaSort) -> Self {
        match sort {
            IdeaSort::Unanswered | IdeaSort::Due => Self::FIRST,
            _ => Self::START,
        }
    }
}

/// Which ideas are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// In which order.
    pub sort: IdeaSort,
    /// Only those of this board.
    pub board: Option<BoardId>,
    /// Only those in this stage.
    pub stage: Option<StageId>,
    /// Only those this person proposed.
    pub author: Option<PersonId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
    /// Only those the person asking has this to do with.
    pub involved: Option<Involved>,
}

impl Wish {
    /// Whether it is for ideas of somebody or of a tag.
    pub(super) fn is_narrow(&self) -> bool {
        self.involved.is_some() || self.author.is_some() || self.tag.is_some()
    }
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    card: CardRow,
    key: i64,
}

/// The ideas the person has that to do with, of that author, or with that tag: whichever is asked for first.
macro_rules! few {
    ($person:literal, $author:literal, $involved:literal, $tag:literal) => {
        concat!(
            "SELECT o.idea_id FROM coauthor o WHERE ",
            $involved,
            " = 'mine' AND o.person_id = ",
            $person,
            " UNION ALL SELECT o.idea_id FROM vote o WHERE ",
            $involved,
            " = 'voted' AND o.person_id = ",
            $person,
            " UNION ALL SELECT o.idea_id FROM follow o WHERE ",
            $involved,
            " = 'followed' AND o.person_id = ",
            $person,
            " AND o.muted_at IS NULL UNION ALL SELECT o.id FROM idea o WHERE ",
            $involved,
            " = '' AND o.author_id = ",
            $author,
            " UNION ALL SELECT o.idea_id FROM idea_tag o WHERE ",
            $involved,
            " = '' AND ",
            $author,
            " IS NULL AND o.tag_id = ",
            $tag
        )
    };
}
pub(super) use few;

/// Where a list begins: at every idea, in the order of the list; or at those of somebody or of a tag, which are few:
/// to read and sort them is less than to look for them among all.
macro_rules! begin {
    // CROSS JOIN keeps SQLite from starting at the boards and sorting every idea.
    (wide) => {
        "FROM idea i CROSS JOIN board b JOIN stage s ON s.id = i.stage_id JOIN person p ON p.id = i.author_id WHERE $9 = ''"
    };
    (narrow) => {
        concat!(
            "FROM (",
            few!("$3", "$8", "$9", "$11"),
            ") AS few CROSS JOIN idea i CROSS JOIN board b JOIN stage s ON s.id = i.stage_id
             JOIN person p ON p.id = i.author_id WHERE i.id = few.idea_id"
        )
    };
}

/// The list of ideas sorted by a column. One statement for each order, for one board or all, and for each beginning:
/// what stands in the index of that order is read no further than the page goes.
macro_rules! list {
    (all $from:ident: $key:literal, $than:literal, $way:literal, $only:literal) => {
        list!($from, " AND b.id = i.board_id AND $6 IS NULL", $key, $than, $way, $only)
    };
    (board $from:ident: $key:literal, $than:literal, $way:literal, $only:literal) => {
        list!($from, " AND b.id = i.board_id AND i.board_id = $6", $key, $than, $way, $only)
    };
    ($from:ident, $in:literal, $key:literal, $than:literal, $way:literal, $only:literal) => {
        concat!(
            "SELECT ",
            card_columns!("$3"),
            ", ",
            $key,
            " AS key ",
            begin!($from),
            $in,
            $only,
            " AND i.away IS NULL AND ",
            seen!(),
            " AND (",
            $key,
            ", i.number) ",
            $than,
            " ($4, $5)
             AND ($7 IS NULL OR i.stage_id = $7) AND ($8 IS NULL OR i.author_id = $8)
             AND ($11 IS NULL OR EXISTS (SELECT 1 FROM idea_tag o WHERE o.idea_id = i.id AND o.tag_id = $11))
             ORDER BY ",
            $key,
            " ",
            $way,
            ", i.number ",
            $way,
            " LIMIT $10"
        )
    };
}

/// The statement for either place and beginning, by the order.
macro_rules! statement {
    ($wish:expr, $($sort:ident: $key:literal, $than:literal, $way:literal, $only:literal;)+) => {
        match ($wish.sort, $wish.board, $wish.is_narrow()) {
            $(
                (IdeaSort::$sort, None, false) => list!(all wide: $key, $than, $way, $only),
                (IdeaSort::$sort, None, true) => list!(all narrow: $key, $than, $way, $only),
                (IdeaSort::$sort, Some(_), false) => list!(board wide: $key, $than, $way, $only),
                (IdeaSort::$sort, Some(_), true) => list!(board narrow: $key, $than, $way, $only),
            )+
        }
    };
}

/// At most `limit` ideas that stand and somebody sees, from after a place on, each with its own place.
///
/// # Errors
/// When the database fails.
pub async fn list(
    tx: &mut Tx,
    sight: &Sight,
    wish: &Wish,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, StoreError> {
    let sql = statement! { wish,
        Changed: "i.updated_at", "<", "DESC", "";
        Trending: "i.heat", "<", "DESC", "";
        Wanted: "i.votes", "<", "DESC", "";
        Discussed: "i.comments", "<", "DESC", "";
        Recent: "i.created_at", "<", "DESC", "";
        Unanswered: "i.created_at", ">", "ASC", " AND i.answered_at IS NULL";
        Due: "i.due_at", ">", "ASC", " AND i.answered_at IS NULL AND i.due_at IS NOT NULL";
    };
    let rows: Vec<ListedRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(&sight.audiences)
        .bind(&sight.as_member)
        .bind(sight.person)
        .bind(from.key)
        .bind(i64::from(from.number))
        .bind(wish.board.map(|board| board.0))
        .bind(wish.stage.map(|stage| stage.0))
        .bind(wish.author.map(|author| author.0))
        .bind(wish.involved.map_or("", Involved::as_str))
        .bind(i64::from(limit))
        .bind(wish.tag.map(|tag| tag.0))
        .fetch_all(c)
        .await)?;
    let (rows, keys): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.card, row.key)).unzip();
    let cards = dressed(tx, rows).await?;
    Ok(cards
        .into_iter()
        .zip(keys)
        .map(|(card, key)| (Place { key, number: card.number }, card))
        .map(|(place, card)| (card, place))
        .collect())
}

/// The cards of those of these ideas that stand and somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, sight: &Sight, ids: &[Uuid]) -> Result<Vec<IdeaCard>, StoreError> {
    let rows: Vec<CardRow> = of_ids!(
        tx,
        sight,
        ids,
        concat!(
            "SELECT ",
            card_columns!("$3"),
            " FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.id = i.stage_id
              JOIN person p ON p.id = i.author_id WHERE i.away IS NULL AND ",
            seen!()
        ),
        "i.id"
    );
    dressed(tx, rows).await
}

macro_rules! of_board {
    ($ids:literal) => {
        concat!(
            "SELECT ",
            card_columns!("$1"),
            " FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.id = i.stage_id
              JOIN person p ON p.id = i.author_id WHERE i.away IS NULL AND i.board_id = $2 AND i.id ",
            $ids,
            " ORDER BY i.number"
        )
    };
}

/// The cards of those of these ideas that stand on a board, with the marks of the person asking. Whether they see the board
/// is not asked.
///
/// # Errors
/// When the database fails.
pub async fn of_board(
    tx: &mut Tx,
    person: Option<PersonId>,
    board: BoardId,
    ids: &[Uuid],
) -> Result<Vec<IdeaCard>, StoreError> {
    let rows: Vec<CardRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            sqlx::query_as(of_board!("IN (SELECT unhex(value) FROM json_each($3))"))
                .bind(nil(person))
                .bind(board.0)
                .bind(sqlx::types::Json(ids))
                .fetch_all(&mut **tx)
                .await?
        }
        Tx::Postgres(tx) => {
            sqlx::query_as(of_board!("= ANY ($3)"))
                .bind(nil(person))
                .bind(board.0)
                .bind(ids)
                .fetch_all(&mut **tx)
                .await?
        }
    };
    dressed(tx, rows).await
}

#[derive(sqlx::FromRow)]
struct ShaperRow {
    idea_id: Uuid,
    shapers: i64,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

macro_rules! shapers {
    ($ids:literal) => {
        concat!(
            "SELECT idea_id, shapers, person_id, handle, name, role, unclaimed FROM (
                SELECT h.idea_id, h.person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
                       count(*) OVER (PARTITION BY h.idea_id) AS shapers,
                       row_number() OVER (
                           PARTITION BY h.idea_id
                           ORDER BY CASE WHEN h.person_id = i.author_id THEN 0 ELSE 1 END, h.changes DESC, h.person_id
                       ) AS place
                FROM shaper h JOIN idea i ON i.id = h.idea_id JOIN person p ON p.id = h.person_id
                WHERE h.idea_id ",
            $ids,
            ") AS ranked WHERE place <= $2 ORDER BY idea_id, place"
        )
    };
}

/// The cards of these rows, with who shaped the ideas and their tags.
pub(super) async fn dressed(tx: &mut Tx, rows: Vec<CardRow>) -> Result<Vec<IdeaCard>, StoreError> {
    let mut cards = rows.into_iter().map(IdeaCard::try_from).collect::<Result<Vec<_>, _>>()?;
    if cards.is_empty() {
        return Ok(cards);
    }
    let ids: Vec<Uuid> = cards.iter().map(|card| card.id.0).collect();
    let rows: Vec<ShaperRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            sqlx::query_as(shapers!("IN (SELECT unhex(value) FROM json_each($1))"))
                .bind(sqlx::types::Json(ids))
                .bind(FACES)
                .fetch_all(&mut **tx)
                .await?
        }
        Tx::Postgres(tx) => sqlx::query_as(shapers!("= ANY ($1)")).bind(&ids).bind(FACES).fetch_all(&mut **tx).await?,
    };
    let mut by_idea: HashMap<IdeaId, (u32, Vec<PersonView>)> = HashMap::new();
    for row in rows {
        let entry = by_idea.entry(IdeaId(row.idea_id)).or_default();
        entry.0 = rows::number(row.shapers)?;
        entry.1.push(row.person.try_into()?);
    }
    for card in &mut cards {
        (card.shapers, card.shaped_by) = by_idea.remove(&card.id).unwrap_or_default();
    }
    tags::dress(tx, &mut cards).await?;
    Ok(cards)
}
