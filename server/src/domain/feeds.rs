//! Feeds: the news, what became of the ideas of a board, and of one idea. They tell what stands and is published, whoever
//! asks: notes and drafts of the company's people, and what is away, are in none.

use sha2::{Digest as _, Sha256};
use shared::{
    BoardId, Locale,
    api::{EntryHead, IdeaName, Millis, NewsStory, PersonView, TimelineEntry},
    rules::{BoardAct, Refusal},
};
use uuid::{Builder, Uuid};

use super::{Error, access, ideas::Place, news};
use crate::store::{
    Db, Tx, boards,
    feeds::{self, Item as Row, Told},
    timeline, workspace,
};

/// How much a feed tells at most.
const MOST: u32 = 50;

/// Which feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The news.
    News,
    /// Of the board of this slug.
    Board(String),
    /// Of the idea of this number.
    Idea(u32),
}

/// What a feed is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// The news of the workspace.
    News,
    /// A board.
    Board {
        /// The word in its address.
        slug: String,
        /// Its title.
        title: String,
    },
    /// An idea.
    Idea(IdeaName),
}

/// A feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its id, for good: another for each who reads it by a key, as they may see something else.
    pub id: Uuid,
    /// What it is about.
    pub of: Of,
    /// The name of the workspace.
    pub workspace: String,
    /// The languages of the workspace.
    pub languages: Vec<Locale>,
    /// When anything in it last changed.
    pub updated: Millis,
    /// What it tells, the last first.
    pub entries: Vec<Entry>,
}

/// Something a feed tells.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id, for good, the same in every feed.
    pub id: Uuid,
    /// The idea it is about.
    pub idea: IdeaName,
    /// Whose work it is.
    pub by: PersonView,
    /// When it was published.
    pub published: Millis,
    /// When it last changed.
    pub updated: Millis,
    /// What is told.
    pub what: What,
}

/// What is told.
#[derive(Clone, Debug)]
pub enum What {
    /// An idea was proposed.
    Proposed {
        /// Its pitch.
        pitch: String,
        /// Its body as sanitised HTML.
        body_html: String,
    },
    /// Something became of it.
    Became(Box<TimelineEntry>),
    /// What was said, and what was done.
    Story(Box<NewsStory>),
}

/// An id that is always the same for the same use of the same thing.
fn derived(what: &str, of: &[u8]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update([0]);
    hash.update(of);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of the feed about something, as somebody reads it.
fn feed_id(of: &[u8], who: Option<&PersonView>) -> Uuid {
    let reader = who.map_or_else(Uuid::nil, |who| who.id.0);
    derived("feed", &[of, reader.as_bytes()].concat())
}

/// A feed, as somebody may read it.
///
/// # Errors
/// When what it is about is unseen, unknown or away.
pub async fn read(db: &Db, who: Option<&PersonView>, which: &Which) -> Result<Feed, Error> {
    let mut tx = db.read().await?;
    let settings = workspace::settings(&mut tx).await?.ok_or(Refusal::Unseen)?;
    let (id, of, since, entries) = match which {
        Which::News => {
            let since = workspace::created_at(&mut tx).await?.unwrap_or_default();
            let found = news::stories(&mut tx, who, None, Place::START, MOST).await?;
            let entries = found.into_iter().map(|(story, _)| of_story(story)).collect();
            (feed_id(&since.to_be_bytes(), who), Of::News, since, entries)
        }
        Which::Board(slug) => {
            let (board, _) = access::board(&mut tx, who, slug, BoardAct::Read).await?;
            let since = boards::created_at(&mut tx, board.id).await?;
            let entries = of_board(&mut tx, board.id).await?;
            let of = Of::Board { slug: board.slug, title: board.title };
            (feed_id(board.id.0.as_bytes(), who), of, since, entries)
        }
        Which::Idea(number) => {
            let (place, _) = access::idea(&mut tx, who, *number, BoardAct::Read).await?;
            if place.away.is_some() {
                return Err(Refusal::Unseen.into());
            }
            let told = feeds::ideas(&mut tx, &[place.idea.0]).await?.remove(&place.idea).ok_or(Refusal::Unseen)?;
            let (name, since) = (told.name.clone(), told.created_at);
            (feed_id(place.idea.0.as_bytes(), who), Of::Idea(name), since, of_idea(&mut tx, told).await?)
        }
    };
    let entries: Vec<Entry> = entries;
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(since);
    Ok(Feed { id, of, workspace: settings.name, languages: settings.languages, updated, entries })
}

fn of_story(story: NewsStory) -> Entry {
    let card = &story.card;
    let idea = IdeaName { number: card.number, slug: card.slug.clone(), title: card.title.clone() };
    let latest = story.progress.as_ref().map_or(story.at, |progress| progress.at.max(story.at));
    let by = match (&story.came, &story.answer) {
        (Some(came), Some(answer)) if came.at < answer.at => &answer.by,
        (Some(came), _) => &came.by,
        (None, Some(answer)) => &answer.by,
        (None, None) => &card.author,
    };
    Entry {
        id: derived("story", card.id.0.as_bytes()),
        idea,
        by: by.clone(),
        published: story.at,
        updated: latest,
        what: What::Story(Box::new(story)),
    }
}

async fn of_board(tx: &mut Tx, board: BoardId) -> Result<Vec<Entry>, Error> {
    let found = feeds::of_board(tx, board, MOST).await?;
    Ok(found
        .into_iter()
        .map(|Row { id, idea, became }| match became {
            Some(entry) => of_timeline(id, idea.name, entry),
            None => proposed(idea),
        })
        .collect())
}

async fn of_idea(tx: &mut Tx, idea: Told) -> Result<Vec<Entry>, Error> {
    let found = timeline::page(tx, idea.id, false, timeline::START, MOST - 1).await?;
    let mut entries: Vec<Entry> =
        found.into_iter().map(|(entry, (_, id))| of_timeline(id, idea.name.clone(), entry)).collect();
    entries.push(proposed(idea));
    Ok(entries)
}

fn proposed(idea: Told) -> Entry {
    Entry {
        id: idea.id.0,
        idea: idea.name,
        by: idea.author,
        published: idea.created_at,
        updated: idea.updated_at,
        what: What::Proposed { pitch: idea.pitch, body_html: idea.body_html },
    }
}

fn of_timeline(id: Uuid, idea: IdeaName, entry: TimelineEntry) -> Entry {
    let at = entry.at();
    // A thaw has no id of its own.
    let id = if matches!(entry, TimelineEntry::Thawed { .. }) { derived("thawed", id.as_bytes()) } else { id };
    let changed = |head: &EntryHead| head.edited_at.map_or(at, |edited| edited.max(at));
    let (by, published, updated) = match &entry {
        TimelineEntry::Stage { by, .. }
        | TimelineEntry::Answer { by, .. }
        | TimelineEntry::Frozen { by, .. }
        | TimelineEntry::Thawed { by, .. } => (by, at, at),
        TimelineEntry::Update(update) => (&update.head.by, at, changed(&update.head)),
        TimelineEntry::Milestone(milestone) => (&milestone.head.by, at, changed(&milestone.head)),
        TimelineEntry::Experiment(one) => {
            let by = one.conclusion.as_ref().map_or(&one.head.by, |conclusion| &conclusion.by);
            (by, one.head.published_at.unwrap_or(at), changed(&one.head))
        }
    };
    Entry { id, idea, by: by.clone(), published, updated, what: What::Became(Box::new(entry)) }
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn an_id_lasts_and_is_another_for_each_use() {
        let one = derived("story", &[1; 16]);
        assert_eq!(one, derived("story", &[1; 16]));
        assert_ne!(one, derived("feed", &[1; 16]));
        assert_ne!(one, derived("story", &[2; 16]));
        assert_eq!(one.get_version_num(), 8);
    }
}
