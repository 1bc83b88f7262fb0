//! Boards: making them, setting their rules, seeing them.

use serde_json::json;
use shared::{
    BoardId, StageId,
    api::{
        AuditAct, BoardView, Colour, EditBoard, FieldCode, FieldProblem, NewBoard, PersonView, Phase, StageKind,
        StageView, TagView,
    },
    limits,
    rules::{Act, BoardAct, BoardRules, Standing, may, may_on_board},
    slug::slug,
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews, Watcher},
    canvases,
    fields::{self, Fields},
    now, promise, signed, votes as voting,
};
use crate::store::{
    Db, StoreError, Tx, audit,
    boards::{self, Board, Changes},
    stages::Step,
    tags,
};

/// The stages a board begins with, and under which heading of the roadmap their ideas are shown.
const STAGES: [(&str, &str, Colour, StageKind, Option<Phase>); 7] = [
    ("Nouveau", "New", Colour::Sky, StageKind::New, None),
    ("À l’écoute", "Listening", Colour::Amber, StageKind::Open, None),
    ("Exploration", "Exploring", Colour::Plum, StageKind::Open, Some(Phase::Explored)),
    ("Prototypage", "Prototyping", Colour::Coral, StageKind::Open, Some(Phase::Built)),
    ("Pilote", "Piloting", Colour::Teal, StageKind::Open, Some(Phase::Piloted)),
    ("Lancé", "Launched", Colour::Leaf, StageKind::Launched, Some(Phase::Launched)),
    ("Pas maintenant", "Not now", Colour::Slate, StageKind::Declined, None),
];

/// Words in addresses under `/b/` that are no board's.
const RESERVED: [&str; 1] = ["new"];

/// The boards somebody sees, the most recently active first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Db, who: Option<&PersonView>) -> Result<Vec<BoardView>, Error> {
    let sight = access::sight(who);
    let mut tx = db.read().await?;
    let boards = boards::list(&mut tx, &sight).await?;
    let mut stages = boards::stages_seen(&mut tx, &sight).await?;
    let mut tags = tags::seen(&mut tx, &sight).await?;
    Ok(boards
        .into_iter()
        .map(|board| {
            let stages = stages.extract_if(.., |(of, _)| *of == board.id).map(|(_, stage)| stage).collect();
            let tags = tags.extract_if(.., |(of, _)| *of == board.id).map(|(_, tag)| tag).collect();
            let standing = Standing { role: who.map(|who| who.role), member: board.member, ..Standing::default() };
            view(board, standing, Words { stages, tags }, None)
        })
        .collect())
}

/// A board.
///
/// # Errors
/// When it is unseen or unknown.
pub async fn one(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<BoardView, Error> {
    let mut tx = db.read().await?;
    whole(&mut tx, who, slug).await
}

/// Whether there is a board whose canvas anybody may watch.
///
/// # Errors
/// When the database fails.
pub async fn any_to_watch(db: &Db) -> Result<bool, Error> {
    Ok(boards::any_public(&mut db.read().await?).await?)
}

/// A board whose canvas somebody watches.
///
/// # Errors
/// When it is unseen or unknown, and no link opens its canvas.
pub async fn watched(db: &Db, watcher: Watcher<'_>, slug: &str) -> Result<BoardView, Error> {
    let mut tx = db.read().await?;
    let (board, standing) = access::canvas(&mut tx, watcher, slug).await?;
    described(&mut tx, watcher.who, board, standing).await
}

pub(super) async fn whole(tx: &mut Tx, who: Option<&PersonView>, slug: &str) -> Result<BoardView, Error> {
    let (board, standing) = access::board(tx, who, slug, BoardAct::Read).await?;
    described(tx, who, board, standing).await
}

async fn described(
    tx: &mut Tx,
    who: Option<&PersonView>,
    board: Board,
    standing: Standing,
) -> Result<BoardView, Error> {
    let words = Words { stages: boards::stages(tx, board.id).await?, tags: tags::of_board(tx, board.id).await? };
    let left = match who {
        Some(who) => voting::left(tx, who, board.id, now()).await?,
        None => None,
    };
    let record = promise::record(tx, board.id).await?;
    Ok(BoardView { record, ..view(board, standing, words, left) })
}

/// The words by which a board sorts its ideas.
struct Words {
    stages: Vec<StageView>,
    tags: Vec<TagView>,
}

fn view(board: Board, standing: Standing, words: Words, votes_left: Option<u32>) -> BoardView {
    BoardView {
        id: board.id,
        slug: board.slug,
        title: board.title,
        purpose: board.purpose,
        audience: board.rules.audience,
        editing: board.rules.editing,
        stages: words.stages,
        tags: words.tags,
        ideas: board.ideas,
        active_at: board.active_at,
        canvas: board.canvas,
        votes_per_month: board.votes_per_month,
        holds_first: board.holds_first,
        votes_left,
        promise: board.promise,
        record: None,
        may_propose: may_on_board(BoardAct::Propose, standing, board.rules).is_ok(),
        may_govern: may_on_board(BoardAct::Govern, standing, board.rules).is_ok(),
    }
}

/// Makes a board, with the usual stages.
///
/// # Errors
/// When the person may not, or a field is not acceptable.
pub async fn create(db: &Db, who: Option<&PersonView>, new: &NewBoard) -> Result<BoardView, Error> {
    may(Act::CreateBoard, who.map(|who| who.role))?;
    let who = signed(who)?;
    let mut problems = Fields::default();
    let title = problems.check("title", fields::line(&new.title, limits::BOARD_TITLE));
    let purpose = problems.check("purpose", fields::lines(&new.purpose, limits::PURPOSE));
    problems.done()?;
    let (title, purpose) = (title.unwrap_or_default(), purpose.unwrap_or_default());
    let rules = BoardRules { audience: new.audience, editing: new.editing };
    loop {
        let mut tx = db.write().await?;
        let slug = free_slug(&mut tx, &title).await?;
        let row = boards::NewBoard {
            id: BoardId::new(),
            slug: &slug,
            title: &title,
            purpose: &purpose,
            rules,
            by: who.id,
            at: now(),
        };
        match write(&mut tx, &row).await {
            // Another board took the slug just now: its own next one is free.
            Err(StoreError::Taken(_)) => continue,
            other => other?,
        }
        audit::add(&mut tx, who.id, AuditAct::CreateBoard, &format!("board:{}", row.id), &json!(new)).await?;
        let made = whole(&mut tx, Some(who), &slug).await?;
        tx.commit().await?;
        return Ok(made);
    }
}

/// Writes a board with the usual stages.
///
/// # Errors
/// [`StoreError::Taken`] when another board has the slug.
pub(crate) async fn write(tx: &mut Tx, board: &boards::NewBoard<'_>) -> Result<(), StoreError> {
    boards::insert(tx, board).await?;
    let stages = STAGES.map(|(fr, en, colour, kind, phase)| Step {
        view: StageView { id: StageId::new(), fr: fr.to_owned(), en: en.to_owned(), colour, kind },
        phase,
    });
    boards::insert_stages(tx, board.id, &stages).await?;
    canvases::give(tx, board.id, board.by, board.at).await
}

async fn free_slug(tx: &mut Tx, title: &str) -> Result<String, Error> {
    let base = match slug(title) {
        empty if empty.is_empty() => "board".to_owned(),
        base => base,
    };
    let mut candidate = base.clone();
    let mut count = 1;
    while RESERVED.contains(&candidate.as_str()) || boards::slug_exists(tx, &candidate).await? {
        count += 1;
        candidate = format!("{base}-{count}");
    }
    Ok(candidate)
}

/// Changes a board's title, purpose or rules. Its address stays.
///
/// # Errors
/// When it is unseen, the person may not, or a field is not acceptable.
pub async fn edit(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    slug: &str,
    edit: &EditBoard,
) -> Result<BoardView, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let mut problems = Fields::default();
    let title = edit.title.as_deref().and_then(|text| problems.check("title", fields::line(text, limits::BOARD_TITLE)));
    let purpose =
        edit.purpose.as_deref().and_then(|text| problems.check("purpose", fields::lines(text, limits::PURPOSE)));
    if edit.votes_per_month.is_some_and(|votes| votes > limits::VOTES_PER_MONTH) {
        let message = format!("at most {}; 0 for no limit", limits::VOTES_PER_MONTH);
        let problem = FieldProblem::limited(FieldCode::Unknown, limits::VOTES_PER_MONTH, message);
        problems.check::<()>("votes_per_month", Err(problem));
    }
    problems.done()?;
    let changes = Changes {
        title: title.as_deref(),
        purpose: purpose.as_deref(),
        audience: edit.audience,
        editing: edit.editing,
        votes_per_month: edit.votes_per_month,
        holds_first: edit.holds_first,
    };
    boards::update(&mut tx, board.id, &changes).await?;
    if let Some(days) = edit.promise_days {
        promise::set(&mut tx, board.id, days, now()).await?;
    }
    audit::add(&mut tx, signed(who)?.id, AuditAct::EditBoard, &format!("board:{}", board.id), &json!(edit)).await?;
    let after = whole(&mut tx, who, slug).await?;
    tx.commit().await?;
    if (after.audience, after.editing) != (board.rules.audience, board.rules.editing) {
        news.tell(AccessChange::Board(board.id));
    }
    Ok(after)
}
