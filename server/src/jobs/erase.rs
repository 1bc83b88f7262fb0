//! The words of those who left are taken out of documents, one document after the other; what a crash left of that, too.

use std::{sync::Arc, time::Duration};

use shared::{DocumentId, PersonId, api::Fate};
use tokio::{sync::Notify, time::sleep};

use super::follow;
use crate::{
    domain::{
        access::{AccessChange, AccessNews},
        canvases::Canvases,
        erasure, now, search,
    },
    live::{
        Hub,
        rewrite::{self, Became},
    },
    store::{Db, StoreError, erasure as rows},
};

/// How often it looks for what is left to do.
const PERIOD: Duration = Duration::from_secs(60);
/// How often, and how long apart, it waits for those who still read what was there before.
const LOOKS: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(50);

/// Runs until the server stops; at once when it is woken.
pub async fn run(hub: Hub, canvases: Canvases, news: AccessNews, leaving: Arc<Notify>) {
    loop {
        if let Err(error) = all(&hub, &canvases, &news).await {
            tracing::error!(%error, "not everything of those who left is gone yet; it is tried again");
        }
        tokio::select! {
            () = hub.stop().cancelled() => return,
            () = leaving.notified() => {}
            () = sleep(PERIOD) => {}
        }
    }
}

/// Does what is left to do for all who left.
///
/// # Errors
/// When the database fails.
pub async fn all(hub: &Hub, canvases: &Canvases, news: &AccessNews) -> Result<(), StoreError> {
    for who in erasure::waiting(hub.db()).await? {
        if who.fates.texts == Fate::Remove {
            let untitled = erasure::untitled(hub.db()).await?;
            for document in documents(hub.db(), who.person).await? {
                if hub.stop().is_cancelled() {
                    return Ok(());
                }
                let became = rewrite::without(hub.db(), document, who.person, untitled).await?;
                tell(hub, news, document, became).await;
            }
            follow::credit_all(hub.db(), || hub.stop().is_cancelled()).await?;
            forget_pictures(hub.db(), Some(canvases), who.person).await?;
        }
        finish(hub.db(), who.person).await?;
    }
    Ok(())
}

/// The same before anybody is served: of a database that was restored from a backup.
///
/// # Errors
/// When the database fails.
pub async fn before_serving(db: &Db) -> Result<(), StoreError> {
    for who in erasure::waiting(db).await? {
        if who.fates.texts == Fate::Remove {
            let untitled = erasure::untitled(db).await?;
            for document in documents(db, who.person).await? {
                rewrite::without(db, document, who.person, untitled).await?;
            }
            forget_pictures(db, None, who.person).await?;
        }
        finish(db, who.person).await?;
    }
    Ok(())
}

async fn documents(db: &Db, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
    rows::documents(&mut db.read().await?, person).await
}

/// Whoever has the document open goes on in the new one.
async fn tell(hub: &Hub, news: &AccessNews, old: DocumentId, became: Became) {
    let (number, kind) = match became {
        Became::Same => return,
        Became::Another(number) => (number, "moved"),
        Became::Gone(number) => (Some(number), "gone"),
    };
    hub.withdraw(old).await;
    news.tell(AccessChange::Document(old));
    if let Some(number) = number {
        for topic in ["idea", "facts", "talk"] {
            hub.publish(&format!("{topic}:{number}"), kind, || Some("null".to_owned()));
        }
    }
}

/// The pictures of who left go where nothing shows them any more.
async fn forget_pictures(db: &Db, canvases: Option<&Canvases>, person: PersonId) -> Result<(), StoreError> {
    let fresh = Canvases::new(db.clone());
    let canvases = canvases.unwrap_or(&fresh);
    let boards = rows::canvases_with_pictures(&mut db.read().await?, person).await?;
    let mut still = Vec::new();
    for document in boards {
        let reading = canvases.read(document).await?;
        let shown = reading.canvas.pictures.values().filter_map(|picture| {
            let address: shared::picture::Address = picture.picture.parse().ok()?;
            Some(address.id.0)
        });
        still.extend(shown);
    }
    let mut tx = db.write().await?;
    rows::remove_pictures(&mut tx, person, &still).await?;
    tx.commit().await
}

/// Nothing is found by their words any more, nor in the files of the database; then it is done.
async fn finish(db: &Db, person: PersonId) -> Result<(), StoreError> {
    search::index_all(db).await?;
    let mut looks = 0;
    while !db.scrub().await? {
        looks += 1;
        if looks == LOOKS {
            tracing::warn!("somebody reads for long; what was deleted leaves the files of the database later");
            return Ok(());
        }
        sleep(BETWEEN).await;
    }
    let mut tx = db.write().await?;
    rows::done(&mut tx, person, now()).await?;
    tx.commit().await?;
    db.scrub().await.map(drop)
}
