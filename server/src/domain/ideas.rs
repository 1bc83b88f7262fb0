//! Ideas: proposing them, reading them, and letting their facts follow their concepts.

use automerge::{ActorId, Change};
use shared::{
    BoardId, DocumentId, IdeaId, PersonId, StageId, TagId,
    api::{
        ConceptChanged, Contributions, IdeaCard, IdeaFacts, IdeaName, IdeaSort, IdeaView, Involved, Millis, NewIdea,
        Numbers, PersonView, ProgressView, Subject,
    },
    limits,
    live::{
        concept::{Texts, first_change},
        schema::DocumentKind,
    },
    rules::{Away, BoardAct, Refusal, may_on_board},
};
use uuid::Uuid;

use super::{
    Error, access, comments,
    credit::{self, Credit},
    entries,
    fields::{self, Fields},
    first_posts, inbox,
    markdown::{self, Renderer},
    now,
    passages::{self, Letters},
    pictures, promise, signed, tags as tagging, votes as voting,
};
use crate::store::{
    Db, StoreError, Tx,
    boards::{self, Board},
    cards::{self, Wish},
    changes, decisions,
    erasure::documents::former as former_documents,
    follow, freezes, heat,
    ideas::{self, Follow, Idea, InBoard},
    idempotency::{self, Remembered},
    imports, log, members, merges, numbers, people, progress, stages, standing, tags, votes,
};

pub use crate::store::cards::Place;

/// Which ideas somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In which order.
    pub sort: IdeaSort,
    /// Only those in this stage.
    pub stage: Option<StageId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
    /// Only those proposed by the person of this handle.
    pub author: Option<String>,
    /// Only those that the person asking has this to do with.
    pub involved: Option<Involved>,
}

/// At most `limit` ideas of a board, or of all that somebody sees, from after a place on, each with its own place.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn list(
    db: &Db,
    who: Option<&PersonView>,
    board: Option<&str>,
    wanted: &Wanted,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, Error> {
    let mut tx = db.read().await?;
    let board = match board {
        Some(slug) => Some(access::board(&mut tx, who, slug, BoardAct::Read).await?.0.id),
        None => None,
    };
    let Some(wish) = wish(&mut tx, board, wanted).await? else { return Ok(Vec::new()) };
    Ok(cards::list(&mut tx, &access::sight(who), &wish, from, limit).await?)
}

/// What somebody asks for as the store knows it; nothing when it is for ideas of nobody.
pub(super) async fn wish(tx: &mut Tx, board: Option<BoardId>, wanted: &Wanted) -> Result<Option<Wish>, StoreError> {
    let author = match &wanted.author {
        // Nobody of this handle has proposed anything.
        Some(handle) => match people::person_by_handle(tx, handle).await? {
            Some(person) => Some(person.id),
            None => return Ok(None),
        },
        None => None,
    };
    let Wanted { sort, stage, tag, involved, .. } = *wanted;
    Ok(Some(Wish { sort, board, stage, author, tag, involved }))
}

/// What everyone who sees an idea may know of it in lists.
///
/// # Errors
/// When the database fails.
pub(crate) async fn facts(tx: &mut Tx, number: u32) -> Result<IdeaFacts, StoreError> {
    let idea = ideas::by_number(tx, None, number).await?;
    let Idea { card, .. } = idea.ok_or_else(|| StoreError::Corrupt(format!("idea {number} is gone")))?;
    let IdeaCard { board, votes, comments, stage, percent, clock, .. } = card;
    Ok(IdeaFacts { number, board, votes, comments, stage, percent, clock, came: None })
}

/// At most `limit` moves, answers and pieces of progress of ideas somebody sees, the last first, from before a place on.
///
/// # Errors
/// When the database fails.
pub async fn progress(
    db: &Db,
    who: Option<&PersonView>,
    before: inbox::Place,
    limit: u32,
) -> Result<Vec<ProgressView>, Error> {
    let mut tx = db.read().await?;
    let mut moves = progress::page(&mut tx, &access::sight(who), (before.0, before.1), limit).await?;
    for told in moves.iter_mut().filter(|told| told.kind.is_markdown()) {
        told.words = markdown::beginning(&told.words, inbox::TOLD);
    }
    Ok(moves)
}

/// How the company answers, on the boards somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn numbers(db: &Db, who: Option<&PersonView>) -> Result<Numbers, Error> {
    Ok(numbers::numbers(&mut db.read().await?, &access::sight(who)).await?)
}

/// An idea, whole.
///
/// # Errors
/// When it is unseen or unknown.
pub async fn one(db: &Db, who: Option<&PersonView>, number: u32) -> Result<IdeaView, Error> {
    let mut tx = db.read().await?;
    whole(&mut tx, who, number).await
}

pub(super) async fn whole(tx: &mut Tx, who: Option<&PersonView>, number: u32) -> Result<IdeaView, Error> {
    let (place, standing) = access::idea(tx, who, number, BoardAct::Read).await?;
    let Idea { card, document, body, body_html, seq } = ideas::by_number(tx, who.map(|who| who.id), number)
        .await?
        .ok_or_else(|| StoreError::Corrupt(format!("idea {number} is gone")))?;
    let because = match place.away {
        Some(Away::Hidden) => decisions::because(tx, Subject::Idea(place.idea)).await?,
        _ => None,
    };
    let may = |act| may_on_board(act, standing, place.rules).is_ok();
    let (may_edit, may_merge) = (may(BoardAct::EditConcept), may(BoardAct::Merge));
    let tags = if may(BoardAct::Tag) { tags::of_board(tx, place.board).await? } else { Vec::new() };
    let stages = if may(BoardAct::SetStage) { boards::stages(tx, place.board).await? } else { Vec::new() };
    let merged_into = lives_on(tx, who, &place).await?;
    let (mut votes_left, mut changed) = (None, false);
    if let Some(who) = who {
        votes_left = voting::left(tx, who, place.board, now()).await?;
        let seen = changes::seen(tx, place.idea, who.id).await?;
        changed = seen.is_some_and(|seen| seen.told_seq > seen.concept_seq);
    }
    Ok(IdeaView {
        card,
        body,
        body_html,
        document,
        former: former_documents(tx, place.idea).await?,
        reflects: seq,
        audience: place.rules.audience,
        editing: place.rules.editing,
        may_edit: !place.set_aside && may_edit,
        set_aside: place.set_aside,
        coauthors: members::coauthors(tx, place.idea).await?,
        origin: imports::origin(tx, place.idea).await?,
        stages,
        moves: stages::moves(tx, place.idea).await?,
        because,
        tags,
        may_merge,
        merged_into,
        twins: merges::twins(tx, place.idea).await?,
        votes_left,
        changed,
        passages: passages::marked(tx, &place, comments::eye(who, standing, place.rules)).await?,
        milestones: entries::milestones(tx, who, &place, standing).await?,
        freeze: freezes::of(tx, place.idea).await?,
        may_publish: may(BoardAct::Publish),
    })
}

/// The idea in which a merged one lives on. It leads nobody to what they may not see.
pub(super) async fn lives_on(
    tx: &mut Tx,
    who: Option<&PersonView>,
    place: &InBoard,
) -> Result<Option<IdeaName>, Error> {
    if place.away != Some(Away::Merged) {
        return Ok(None);
    }
    let end = merges::end(tx, place.idea).await?.ok_or(Refusal::Unseen)?;
    access::idea(tx, who, end.number, BoardAct::Read).await?;
    Ok(Some(end))
}

/// Proposes an idea. The same `key` again, with the same request, answers with the idea it made the first time.
///
/// # Errors
/// When the board is unseen, nobody is signed in, a field is not acceptable, or the key came with another request.
pub async fn propose(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    new: &NewIdea,
    key: Option<&str>,
) -> Result<IdeaView, Error> {
    access::board(&mut db.read().await?, who, slug, BoardAct::Propose).await?;
    let who = signed(who)?;
    // Made before the transaction: rendering a long body must not keep other writers waiting.
    let concept = Concept::new(acceptable(new)?);
    let asked = Asked { concept: &concept, tags: &new.tags };
    match attempt(db, who, slug, &asked, key).await {
        // The same request came twice at the same time, and the other was first: now the key is known.
        Err(Error::Store(StoreError::Taken(_))) if key.is_some() => attempt(db, who, slug, &asked, key).await,
        other => other,
    }
}

/// The texts of an idea, and the body as HTML.
pub(crate) struct Concept {
    texts: Texts,
    body_html: String,
}

impl Concept {
    pub(crate) fn new(texts: Texts) -> Self {
        Self { body_html: markdown::to_html(&texts.body), texts }
    }
}

/// What somebody proposes.
struct Asked<'a> {
    concept: &'a Concept,
    tags: &'a [TagId],
}

async fn attempt(
    db: &Db,
    who: &PersonView,
    slug: &str,
    asked: &Asked<'_>,
    key: Option<&str>,
) -> Result<IdeaView, Error> {
    let at = now();
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, Some(who), slug, BoardAct::Propose).await?;
    let request = digest(&board, asked);
    let chosen = tagging::chosen(&mut tx, board.id, asked.tags).await?;
    if let Some(key) = key
        && let Some(before) = idempotency::recall(&mut tx, who.id, key, at).await?
    {
        if before.request != request {
            return Err(Error::IdempotencyKey);
        }
        let number = before.made.parse().map_err(|_| StoreError::Corrupt(format!("idea `{}`", before.made)))?;
        return whole(&mut tx, Some(who), number).await;
    }
    let away = first_posts::hold(&mut tx, who, board.id).await?;
    let Written { id, number, .. } = write(&mut tx, &board, who, asked.concept, at).await?;
    tags::set(&mut tx, id, &chosen).await?;
    match away {
        Some(away) => standing::set_idea(&mut tx, id, Some(away)).await?,
        None => promise::call(&mut tx, id, who.id, at).await?,
    }
    if let Some(key) = key {
        let made = Remembered { request, made: number.to_string() };
        idempotency::remember(&mut tx, who.id, key, &made, at).await?;
    }
    let made = whole(&mut tx, Some(who), number).await?;
    tx.commit().await?;
    Ok(made)
}

fn acceptable(new: &NewIdea) -> Result<Texts, Error> {
    let mut problems = Fields::default();
    let title = problems.check("title", fields::line(&one_line(&new.title), limits::TITLE));
    let pitch = problems.check("pitch", fields::lines(&new.pitch, limits::PITCH));
    let body = problems.check("body", fields::lines(&new.body, limits::BODY));
    problems.done()?;
    Ok(Texts { title: title.unwrap_or_default(), pitch: pitch.unwrap_or_default(), body: body.unwrap_or_default() })
}

fn digest(board: &Board, asked: &Asked<'_>) -> Vec<u8> {
    let texts = &asked.concept.texts;
    let parts =
        [board.id.0.as_bytes().as_slice(), texts.title.as_bytes(), texts.pitch.as_bytes(), texts.body.as_bytes()];
    idempotency::digest(parts.into_iter().chain(asked.tags.iter().map(|tag| tag.0.as_bytes().as_slice())))
}

/// An idea that was just written.
pub(crate) struct Written {
    pub(crate) id: IdeaId,
    pub(crate) number: u32,
    pub(crate) document: DocumentId,
    pub(crate) first: Change,
}

/// Writes an idea with its document, whose first change is the proposer's, in the board's first stage.
pub(crate) async fn write(
    tx: &mut Tx,
    board: &Board,
    who: &PersonView,
    concept: &Concept,
    at: Millis,
) -> Result<Written, Error> {
    let stage = stages::first(tx, board.id).await?;
    let stage = stage.ok_or_else(|| StoreError::Corrupt(format!("board {} has no stage", board.id)))?;
    let written = put(tx, &Proposal { board: board.id, author: who.id, stage, at }, concept).await?;
    votes::take_part(tx, written.id, who.id, at).await?;
    promise::begin(tx, written.id, at).await?;
    Ok(written)
}

/// An idea to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposal {
    pub(crate) board: BoardId,
    pub(crate) author: PersonId,
    pub(crate) stage: StageId,
    pub(crate) at: Millis,
}

/// Writes an idea with its document, whose first change is its author's. Nobody follows it yet.
pub(crate) async fn put(tx: &mut Tx, proposal: &Proposal, concept: &Concept) -> Result<Written, Error> {
    let Proposal { board, author, stage, at } = *proposal;
    let (id, document) = (IdeaId::new(), DocumentId::new());
    let Concept { texts, body_html } = concept;
    let actor = ActorId::from(Uuid::now_v7().into_bytes().as_slice());
    let first = first_change(actor, at / 1000, texts).map_err(|error| Error::Fault(error.to_string()))?;
    log::create_document(tx, document, DocumentKind::Concept, author, &first, at).await?;
    let number = ideas::next_number(tx).await?;
    let credit = Credit::at_once(first.actor_id().to_bytes(), texts, at);
    let texts = Follow { title: &texts.title, pitch: &texts.pitch, body: &texts.body, body_html, seq: 1, at };
    ideas::insert(tx, &ideas::NewIdea { id, number, board, document, author, stage, texts }).await?;
    credit::begin(tx, id, &credit).await?;
    pictures::put_in_idea(tx, id, &concept.texts.body).await?;
    boards::touch(tx, board, at).await?;
    Ok(Written { id, number, document, first })
}

/// What came of letting an idea follow its concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reflected {
    /// The texts it has now.
    pub changed: ConceptChanged,
    /// Whether a passage that comments are about went, or came back.
    pub passages_turned: bool,
    /// Who shaped it now, where that changed.
    pub contributions: Option<Contributions>,
}

/// Gives the idea of a concept the texts this has after the change at `seq` of its log, counts who shaped it, and places
/// what comments are about among these `letters`.
/// Nothing when the idea reflects that place already, or the document is no idea's.
///
/// # Errors
/// When the database fails.
pub async fn reflect(
    db: &Db,
    document: DocumentId,
    seq: u64,
    shown: Shown,
    letters: &impl Letters,
) -> Result<Option<Reflected>, StoreError> {
    let mut tx = db.write().await?;
    let changed = reflect_in(&mut tx, document, seq, shown, letters).await?;
    tx.commit().await?;
    Ok(changed)
}

/// What a row shows of a concept. Live typing knows no fields: the row keeps what a list can show,
/// the document keeps what was written.
#[derive(Debug)]
pub struct Shown {
    title: String,
    pitch: String,
    body: String,
    body_html: String,
}

impl Shown {
    /// Bytes of the body, as text and as HTML.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.body.len() + self.body_html.len()
    }

    /// The title, the pitch, the body, and the body as HTML.
    #[must_use]
    pub fn parts(&self) -> (&str, &str, &str, &str) {
        (&self.title, &self.pitch, &self.body, &self.body_html)
    }

    /// What a row shows of these texts. Takes long for a long body; less, with the renderer that made it the last time.
    #[must_use]
    pub fn of(texts: &Texts, renderer: &mut Renderer) -> Self {
        let body = storable(&texts.body);
        Self {
            title: storable(&one_line(&texts.title)).chars().take(limits::TITLE).collect(),
            pitch: storable(texts.pitch.trim()).chars().take(limits::PITCH).collect(),
            body_html: renderer.to_html(&body),
            body,
        }
    }
}

/// As [`reflect`], in a transaction.
pub(crate) async fn reflect_in(
    tx: &mut Tx,
    document: DocumentId,
    seq: u64,
    shown: Shown,
    letters: &impl Letters,
) -> Result<Option<Reflected>, StoreError> {
    let seq = i64::try_from(seq).map_err(|_| StoreError::Corrupt(format!("place {seq}")))?;
    let Some(idea) = follow::lock(tx, document).await?.filter(|idea| idea.seq < seq) else { return Ok(None) };
    let last = follow::count_shapers(tx, idea.idea, document, idea.seq, seq).await?;
    let at = last.unwrap_or_else(now);
    let Shown { title, pitch, body, body_html } = shown;
    let texts = Follow { title: &title, pitch: &pitch, body: &body, body_html: &body_html, seq, at };
    follow::update(tx, idea.idea, &texts).await?;
    pictures::put_in_idea(tx, idea.idea, &body).await?;
    heat::refresh(tx, idea.idea).await?;
    boards::touch(tx, idea.board, at).await?;
    let passages_turned = passages::follow(tx, idea.idea, letters).await?;
    let contributions = match letters.credit() {
        Some(credit) if credit::follow(tx, idea.idea, seq, credit).await? => Some(credit::shares(tx, idea.idea).await?),
        _ => None,
    };
    let changed = ConceptChanged { number: idea.number, title, pitch, body_html, reflects: seq, updated_at: at };
    Ok(Some(Reflected { changed, passages_turned, contributions }))
}

/// Gives an idea the texts of the document it is in since somebody's words were taken out. Who shaped it stays as it was
/// counted, and when it last changed.
pub(crate) async fn rewritten(
    tx: &mut Tx,
    idea: IdeaId,
    seq: u64,
    shown: &Shown,
    letters: &impl Letters,
) -> Result<(), StoreError> {
    let seq = i64::try_from(seq).map_err(|_| StoreError::Corrupt(format!("place {seq}")))?;
    let at = follow::changed_at(tx, idea).await?;
    let Shown { title, pitch, body, body_html } = shown;
    follow::update(tx, idea, &Follow { title, pitch, body, body_html, seq, at }).await?;
    passages::follow(tx, idea, letters).await?;
    credit::forget(tx, idea).await
}

/// The words of a text, a space between them.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// PostgreSQL keeps no NUL in a text.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
