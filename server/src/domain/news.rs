//! News: what people said, and what was done, on the boards that somebody sees.

use shared::api::{IdeaCard, NewsKind, NewsStory, PersonView, StageKind};

use super::{Error, access, ideas::Place, markdown};
use crate::store::{Db, Tx, news};

/// How much of an answer or a piece of progress a story tells, in characters.
const TOLD: usize = 400;

/// At most `limit` stories, the last first, from before a place on, each with its own place; of one kind, where one is
/// asked for.
///
/// # Errors
/// When the database fails.
pub async fn page(
    db: &Db,
    who: Option<&PersonView>,
    what: Option<NewsKind>,
    before: Place,
    limit: u32,
) -> Result<Vec<(NewsStory, Place)>, Error> {
    let mut tx = db.read().await?;
    stories(&mut tx, who, what, before, limit).await
}

/// As [`page`], in a transaction.
pub(super) async fn stories(
    tx: &mut Tx,
    who: Option<&PersonView>,
    what: Option<NewsKind>,
    before: Place,
    limit: u32,
) -> Result<Vec<(NewsStory, Place)>, Error> {
    let found = news::page(tx, &access::sight(who), what, before, limit).await?;
    let ids: Vec<_> = found.iter().map(|(card, _)| card.id.0).collect();
    let mut answers = news::answers(tx, &ids).await?;
    let mut came = news::came(tx, &ids).await?;
    let mut progress = news::progress(tx, &ids).await?;
    let told = |(card, place): (IdeaCard, Place)| {
        let what = kind(card.stage.kind);
        let mut answer = answers.remove(&card.id);
        if let Some(answer) = &mut answer {
            answer.words = markdown::beginning(&answer.words, TOLD);
        }
        let mut progress = progress.remove(&card.id);
        if let Some(progress) = &mut progress {
            progress.words = markdown::beginning(&progress.words, TOLD);
        }
        let came = came.remove(&card.id).filter(|_| what != NewsKind::Answered);
        (NewsStory { what, at: place.key, answer, came, progress, card }, place)
    };
    Ok(found.into_iter().map(told).collect())
}

/// What kind of story an idea is that stands in a stage of this kind.
fn kind(stage: StageKind) -> NewsKind {
    match stage {
        StageKind::Launched => NewsKind::Launched,
        StageKind::Declined => NewsKind::Declined,
        StageKind::New | StageKind::Open => NewsKind::Answered,
    }
}
