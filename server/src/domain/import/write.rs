//! Writing a batch of ideas.

use std::collections::HashMap;

use super::{
    super::{
        Error,
        ideas::{self, Concept, Proposal},
        names as name_use, now,
    },
    Job,
    draft::{Draft, fold},
    survey,
};
use crate::store::{
    Db, StoreError, Tx, boards,
    imports::{self, Origin},
    names::{self, Author},
    people, tags, votes,
};
use shared::{
    PersonId, TagId,
    api::{Colour, Millis, StageKind, StageView, TagView},
    limits,
};

/// A row as it is written.
pub struct Written {
    pub draft: Draft,
    pub concept: Concept,
}

/// Writes the batches of an import, and remembers what they have in common.
pub struct Writer {
    stages: Vec<StageView>,
    /// By the name as it is compared.
    authors: HashMap<String, Author>,
    tags: HashMap<String, TagId>,
    at: Millis,
}

impl Writer {
    pub async fn new(db: &Db, job: &Job) -> Result<Self, Error> {
        let mut tx = db.read().await?;
        let stages = boards::stages(&mut tx, job.board.id).await?;
        let tags = known_tags(&mut tx, job).await?;
        Ok(Self { stages, authors: HashMap::new(), tags, at: now() })
    }

    /// Writes a batch, and says how many of its rows the board did not have yet.
    pub async fn write(&mut self, db: &Db, job: &Job, batch: &[Written]) -> Result<u32, Error> {
        match self.attempt(db, job, batch).await {
            // Somebody else imported, tagged or signed up at the same time, and was first: now it is known.
            Err(Error::Store(StoreError::Taken(_))) => {
                self.authors.clear();
                self.tags = known_tags(&mut db.read().await?, job).await?;
                self.attempt(db, job, batch).await
            }
            other => other,
        }
    }

    async fn attempt(&mut self, db: &Db, job: &Job, batch: &[Written]) -> Result<u32, Error> {
        let mut tx = db.write().await?;
        let mut made = 0;
        for row in batch {
            if !imports::knows(&mut tx, job.board.id, &row.draft.key).await? {
                self.row(&mut tx, job, row).await?;
                made += 1;
            }
        }
        imports::advance(&mut tx, job.id, made, now()).await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn row(&mut self, tx: &mut Tx, job: &Job, Written { draft, concept }: &Written) -> Result<(), Error> {
        let author = self.author(tx, job, draft.author.as_deref()).await?;
        let at = draft.at.unwrap_or(self.at);
        let named = draft.status.as_deref().and_then(|status| survey::stage(&self.stages, status));
        let stage = named.or(self.stages.first());
        let stage = stage.ok_or_else(|| StoreError::Corrupt(format!("board {} has no stage", job.board.id)))?;
        let proposal = Proposal { board: job.board.id, author: author.person, stage: stage.id, at };
        let answered = (stage.kind != StageKind::New).then_some(self.at);
        let idea = ideas::put(tx, &proposal, concept).await?.id;
        let origin = Origin {
            idea,
            board: job.board.id,
            key: draft.key,
            import: job.id,
            votes: draft.votes,
            comments: draft.comments,
            at: self.at,
            answered,
        };
        imports::note(tx, &origin).await?;
        if let Some(name) = author.name.filter(|name| *name != author.person) {
            names::given(tx, idea, name, at).await?;
        }
        // Nobody tells a name anything, nor whoever imports of all that they bring.
        if draft.author.is_some() && author.name != Some(author.person) {
            votes::take_part(tx, idea, author.person, at).await?;
        }
        if let Some(category) = &draft.category
            && let Some(tag) = self.tag(tx, job, category).await?
        {
            tags::set(tx, idea, &[tag]).await?;
        }
        Ok(())
    }

    async fn author(&mut self, tx: &mut Tx, job: &Job, name: Option<&str>) -> Result<Author, Error> {
        let Some(name) = name else { return Ok(here(job.by.id)) };
        let compared = fold(name);
        if let Some(author) = self.authors.get(&compared) {
            return Ok(*author);
        }
        let author = match names::known(tx, &compared).await? {
            Some(author) => author,
            None => match person(tx, name).await? {
                Some(person) => here(person),
                None => {
                    let id = name_use::make(tx, name.trim_start_matches('@'), &compared).await?;
                    Author { name: Some(id), person: id }
                }
            },
        };
        self.authors.insert(compared, author);
        Ok(author)
    }

    /// The tag of this name, made where there is room for it.
    async fn tag(&mut self, tx: &mut Tx, job: &Job, name: &str) -> Result<Option<TagId>, Error> {
        let compared = fold(name);
        if let Some(tag) = self.tags.get(&compared) {
            return Ok(Some(*tag));
        }
        if self.tags.len() >= limits::TAGS {
            return Ok(None);
        }
        // Slate is for what has no colour.
        let colour = Colour::ALL[1 + self.tags.len() % (Colour::ALL.len() - 1)];
        let tag = TagView { id: TagId::new(), name: name.to_owned(), colour };
        tags::insert(tx, job.board.id, &tag).await?;
        self.tags.insert(compared, tag.id);
        Ok(Some(tag.id))
    }
}

fn here(person: PersonId) -> Author {
    Author { name: None, person }
}

/// The person here whom an author names: `@` and their handle. A name alone is nobody's: many may have it.
async fn person(tx: &mut Tx, author: &str) -> Result<Option<PersonId>, StoreError> {
    let Some(handle) = author.strip_prefix('@') else { return Ok(None) };
    Ok(people::person_by_handle(tx, handle).await?.map(|person| person.id))
}

async fn known_tags(tx: &mut Tx, job: &Job) -> Result<HashMap<String, TagId>, StoreError> {
    Ok(tags::of_board(tx, job.board.id).await?.into_iter().map(|tag| (fold(&tag.name), tag.id)).collect())
}
