//! What waits on this device to be sent: sent when there is a network, and asked about before somebody signs out.

use std::{rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use shared::{PersonId, live::replica::is_own};

use super::{
    edit, local,
    shelf::{self, Subject},
};
use crate::{
    disk::{Disk, Fault, Store},
    i18n::t_string,
    ui::toast,
    words::Texts,
};

/// Between the page's coming alive and the first look, so that the page itself comes first.
const FIRST_LOOK: Duration = Duration::from_secs(3);

/// Sends what waits, now and whenever there is a network again.
pub(crate) fn start(person: PersonId, i18n: Texts) {
    set_timeout(move || send(person, i18n), FIRST_LOOK);
    let online = window_event_listener_untyped("online", move |_| set_timeout(move || send(person, i18n), FIRST_LOOK));
    on_cleanup(move || online.remove());
}

fn send(person: PersonId, i18n: Texts) {
    if !window().navigator().on_line() {
        return;
    }
    spawn_local(async move {
        let Ok(true) = anything(person).await else { return };
        let told = Rc::new(move |subject| {
            let said = match subject {
                Subject::Concept(number) => t_string!(i18n, live.sent_idea, number = number),
                Subject::Canvas(_) => t_string!(i18n, live.sent_canvas).to_owned(),
            };
            toast::say(said);
        });
        // What could not be fetched is fetched the next time.
        let _ = edit::carry(person, told).await;
    });
}

/// Whether something done in a document waits on this device.
async fn anything(person: PersonId) -> Result<bool, Fault> {
    let keys = Disk::open(person).await?.keys(Store::Chunk, &[]).await?;
    Ok(keys.iter().any(|key| is_own(key)))
}

/// Whether words that were refused, or were too many for the database, wait on this device to be put back.
pub(crate) fn words(person: PersonId) -> bool {
    let kinds = ["words", "canvas", "canvas-kept"];
    kinds.iter().any(|kind| !local::keys_of(&format!("atelier.{kind}.{person}.")).is_empty())
}

/// What waits on this device, by what it is about.
pub(crate) async fn subjects(person: PersonId) -> Vec<Subject> {
    let Ok(disk) = Disk::open(person).await else { return Vec::new() };
    let documents = shelf::documents(&disk).await.unwrap_or_default();
    documents.into_iter().filter(|(_, _, waits)| *waits).map(|(_, about, _)| about.subject).collect()
}

/// Forgets everything that a person keeps in this browser: documents, deeds, words and pages.
pub(crate) async fn forget(person: PersonId) {
    local::forget_all(person);
    // What cannot be forgotten cannot be opened either, by anybody but them.
    let _ = Disk::forget(person).await;
    let _ = Disk::forget_pages(person).await;
}
