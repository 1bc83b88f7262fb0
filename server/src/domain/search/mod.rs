//! Finding ideas, comments, people and boards by words: without accents, in each form of a word, mistyped a little.
//!
//! The databases only say which documents have which terms; what terms are, and in which order things are shown, is
//! decided here, so that both find the same. What somebody may not see is not read at all.

mod index;
mod mark;
mod query;
mod rank;
mod similar;
mod terms;
mod words;

use std::cmp::Ordering;

use shared::{
    api::{
        CommentKind, FieldCode, FieldProblem, Found, FoundBoard, FoundComment, FoundIdea, FoundPerson, Group,
        PersonView, SearchKind,
    },
    limits,
    rules::{Act, may},
};
use uuid::Uuid;

use self::{
    query::Query,
    terms::{Field, Kind},
};
use super::{Error, access, markdown};
use crate::store::{
    Db, StoreError, Tx,
    boards::Sight,
    cards,
    search::{self, First, Match},
};

pub use index::{all as index_all, some as index_some};
pub use similar::similar;

/// How many things of a kind are looked at more closely, by where they match.
const CANDIDATES: u32 = 150;
/// With fewer things found, words are taken for mistyped ones, and then not all words must be met.
const FEW: usize = 3;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// In their words.
    pub words: String,
    /// Only things of this kind.
    pub kind: Option<SearchKind>,
    /// Only what is on the board of this slug, and that board itself: nobody is on a board.
    pub board: Option<String>,
    /// How many of each kind, at most.
    pub limit: u32,
}

/// What a query may be.
fn acceptable(name: &str, words: &str, limit: usize) -> Result<(), Error> {
    if words.chars().count() <= limit {
        return Ok(());
    }
    Err(Error::field(name, FieldProblem::length(FieldCode::TooLong, limit)))
}

/// Finds what somebody asks for, of what they see.
///
/// # Errors
/// When the query is too long.
pub async fn find(db: &Db, who: Option<&PersonView>, asked: &Asked) -> Result<Found, Error> {
    acceptable("q", &asked.words, limits::QUERY)?;
    let mut query = Query::read(&asked.words);
    if query.is_empty() {
        return Ok(Found::default());
    }
    let mut tx = db.read().await?;
    query.weigh(&mut tx).await?;
    let mut finder = Finder {
        sight: access::sight(who),
        notes: access::reads_notes(who),
        people: may(Act::FindPeople, who.map(|who| who.role)).is_ok(),
        asked,
        tx: &mut tx,
    };
    let found = finder.all(&query).await?;
    if is_enough(&found) {
        return Ok(found);
    }
    query.guess(finder.tx).await?;
    let found = finder.all(&query).await?;
    if is_enough(&found) || query.len() == 1 {
        return Ok(found);
    }
    finder.add_near(&query, found).await
}

fn is_enough(found: &Found) -> bool {
    let Found { ideas, comments, people, boards } = found;
    found.count() >= FEW || ideas.more || comments.more || people.more || boards.more
}

/// A search under way.
struct Finder<'a> {
    tx: &'a mut Tx,
    sight: Sight,
    /// Whether notes of the staff may be found.
    notes: bool,
    /// Whether people may be found.
    people: bool,
    asked: &'a Asked,
}

impl<'a> Finder<'a> {
    /// The board on which alone is looked.
    fn on(&self) -> Option<&'a str> {
        self.asked.board.as_deref()
    }

    fn wants(&self, kind: SearchKind) -> bool {
        self.asked.kind.is_none_or(|wanted| wanted == kind)
    }

    /// What meets every word.
    async fn all(&mut self, query: &Query) -> Result<Found, StoreError> {
        let mut found = Found::default();
        if self.wants(SearchKind::Idea) {
            let wish = [query.all(Kind::Idea, Field::Title), query.all(Kind::Idea, Field::Any)];
            found.ideas = self.ideas(query, &wish, 0.0).await?;
        }
        if self.wants(SearchKind::Comment) {
            found.comments = self.comments(query).await?;
        }
        if self.wants(SearchKind::Person) && self.people {
            found.people = self.people(query).await?;
        }
        if self.wants(SearchKind::Board) {
            found.boards = self.boards(query).await?;
        }
        Ok(found)
    }

    /// With the ideas that meet most of what is sought, where those that meet all of it are few.
    async fn add_near(&mut self, query: &Query, mut found: Found) -> Result<Found, Error> {
        if self.wants(SearchKind::Idea) {
            let near = self.ideas(query, &[query.two(Kind::Idea, Field::Any)], rank::MOST).await?;
            let known: Vec<_> = found.ideas.items.iter().map(|idea| idea.card.id).collect();
            found.ideas.items.extend(near.items.into_iter().filter(|idea| !known.contains(&idea.card.id)));
            found.ideas.more |= near.more;
        }
        Ok(found)
    }

    /// The ideas that meet one of these wishes and stand higher than `least`.
    async fn ideas(&mut self, query: &Query, wishes: &[Match], least: f64) -> Result<Group<FoundIdea>, StoreError> {
        let mut ids: Vec<Uuid> = Vec::new();
        for wish in wishes {
            ids.extend(search::candidates(self.tx, &self.sight, wish, First::Heaviest, self.on(), CANDIDATES).await?);
        }
        ids.sort_unstable();
        ids.dedup();
        let ranked = search::ideas(self.tx, &self.sight, &ids).await?.into_iter().map(|idea| {
            let share = rank::share(query, &idea.title, &idea.pitch);
            (rank::idea(query, &idea.title, &idea.pitch, idea.votes), share, idea.id)
        });
        let ranked = ranked.filter(|(_, share, _)| *share >= least).map(|(score, _, id)| (score, id)).collect();
        let (ids, more) = best(ranked, self.asked.limit);
        let mut bodies = search::bodies(self.tx, &self.sight, &ids).await?;
        let cards = in_order(cards::of(self.tx, &self.sight, &ids).await?, &ids, |card| card.id.0);
        let items = cards.into_iter().map(|card| {
            let title = mark::whole(&card.title, query);
            let pitch = mark::excerpt(&card.pitch, query);
            let text = if mark::is_marked(&pitch) {
                pitch
            } else {
                let body = markdown::to_text(&bodies.remove(&card.id).unwrap_or_default());
                Some(mark::excerpt(&body, query))
                    .filter(|body| mark::is_marked(body) || card.pitch.is_empty())
                    .unwrap_or(pitch)
            };
            FoundIdea { title, text, card }
        });
        Ok(Group { items: items.collect(), more })
    }

    async fn comments(&mut self, query: &Query) -> Result<Group<FoundComment>, StoreError> {
        let mut wish = query.all(Kind::Comment, Field::Any);
        if self.notes {
            wish = Match::Any(vec![wish, query.all(Kind::Note, Field::Any)]);
        }
        let ids = search::candidates(self.tx, &self.sight, &wish, First::Newest, self.on(), CANDIDATES).await?;
        let found = search::comments(self.tx, &self.sight, &ids).await?;
        let found = found.into_iter().filter(|comment| self.notes || comment.kind != CommentKind::Note);
        let found: Vec<_> = found.map(|comment| (markdown::to_text(&comment.body), comment)).collect();
        let ranked = found.iter().map(|(text, comment)| (rank::text(query, text), comment.id.0)).collect();
        let (ids, more) = best(ranked, self.asked.limit);
        let items =
            in_order(found, &ids, |(_, comment)| comment.id.0).into_iter().map(|(text, comment)| FoundComment {
                text: mark::excerpt(&text, query),
                id: comment.id,
                kind: comment.kind,
                author: comment.author,
                created_at: comment.created_at,
                number: comment.number,
                title: comment.title,
                board_title: comment.board_title,
            });
        Ok(Group { items: items.collect(), more })
    }

    async fn people(&mut self, query: &Query) -> Result<Group<FoundPerson>, StoreError> {
        let wish = query.all(Kind::Person, Field::Any);
        let ids = search::candidates(self.tx, &self.sight, &wish, First::Newest, self.on(), CANDIDATES).await?;
        let found = search::people(self.tx, &ids).await?;
        let ranked = found.iter().map(|person| (rank::text(query, &person.name), person.id.0)).collect();
        let (ids, more) = best(ranked, self.asked.limit);
        let items = in_order(found, &ids, |person| person.id.0)
            .into_iter()
            .map(|person| FoundPerson { name: mark::whole(&person.name, query), person });
        Ok(Group { items: items.collect(), more })
    }

    async fn boards(&mut self, query: &Query) -> Result<Group<FoundBoard>, StoreError> {
        let wish = query.all(Kind::Board, Field::Any);
        let ids = search::candidates(self.tx, &self.sight, &wish, First::Newest, self.on(), CANDIDATES).await?;
        let found = search::boards(self.tx, &self.sight, &ids).await?;
        let ranked = found.iter().map(|board| (rank::idea(query, &board.title, &board.purpose, 0), board.id)).collect();
        let (ids, more) = best(ranked, self.asked.limit);
        let items = in_order(found, &ids, |board| board.id).into_iter().map(|board| FoundBoard {
            title: mark::whole(&board.title, query),
            text: mark::excerpt(&board.purpose, query),
            slug: board.slug,
        });
        Ok(Group { items: items.collect(), more })
    }
}

/// The best of these, the newest of equals first, and whether there are more than `limit`.
fn best(mut ranked: Vec<(f64, Uuid)>, limit: u32) -> (Vec<Uuid>, bool) {
    let limit = limit as usize;
    ranked.sort_by(|(a, left), (b, right)| match b.total_cmp(a) {
        Ordering::Equal => right.cmp(left),
        other => other,
    });
    let more = ranked.len() > limit;
    ranked.truncate(limit);
    (ranked.into_iter().map(|(_, id)| id).collect(), more)
}

/// Those of these things that are named, in the order they are named in.
fn in_order<T>(mut things: Vec<T>, ids: &[Uuid], id: impl Fn(&T) -> Uuid) -> Vec<T> {
    let place = |thing: &T| ids.iter().position(|wanted| *wanted == id(thing));
    things.retain(|thing| place(thing).is_some());
    things.sort_by_key(place);
    things
}
