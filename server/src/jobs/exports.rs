//! The files that people asked for of what they gave and did are made, one after the other, and removed after a while. What a
//! crash broke off is begun again.

use std::{io::Write as _, sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use shared::api::{Millis, PersonView};
use tokio::sync::Notify;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    domain::{Error, canvases::Canvases, exports as own, exports::Sees, now},
    live::{Hub, written::written},
    store::{
        Db, StoreError, erasure,
        exports::{self, Due, parts},
        log, people, workspace,
    },
};

/// How often it looks, if nobody wakes it.
const PERIOD: Duration = Duration::from_secs(30);
/// For how long one that is being made is waited for after its last sign of life.
const LEASE: Millis = 5 * 60 * 1000;
/// How often one is tried.
const TRIES: u32 = 3;

/// Runs until the server stops; at once when it is woken.
pub async fn run(hub: Hub, canvases: Canvases, asked: Arc<Notify>) {
    loop {
        if let Err(error) = all(&hub, &canvases).await {
            tracing::error!(%error, "files of what people gave and did could not be made");
        }
        tokio::select! {
            () = hub.stop().cancelled() => return,
            () = asked.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Makes each that is to be made, and removes those that were kept long enough.
///
/// # Errors
/// When the database fails.
pub async fn all(hub: &Hub, canvases: &Canvases) -> Result<(), StoreError> {
    let db = hub.db();
    let mut tx = db.write().await?;
    let swept = exports::sweep(&mut tx, now() - own::KEPT).await?;
    tx.commit().await?;
    if swept > 0 {
        tracing::info!(swept, "files that people took along are gone");
    }
    while !hub.stop().is_cancelled() && exports::is_any(&mut db.read().await?, now()).await? {
        let mut tx = db.write().await?;
        let due = exports::take(&mut tx, now(), now() + LEASE).await?;
        tx.commit().await?;
        let Some(due) = due else { return Ok(()) };
        match make(hub, canvases, &due).await {
            Ok(Some(file)) => {
                let mut tx = db.write().await?;
                exports::made(&mut tx, due.id, &file, now()).await?;
                tx.commit().await?;
            }
            // They left meanwhile, or want it no more.
            Ok(None) => continue,
            Err(error) => {
                tracing::error!(%error, export = %due.id, "a file of what somebody gave and did could not be made");
                if due.attempts + 1 < TRIES {
                    continue;
                }
                let mut tx = db.write().await?;
                exports::failed(&mut tx, due.id, now()).await?;
                tx.commit().await?;
            }
        }
        tell(hub, &due);
    }
    Ok(())
}

/// Their pages ask how far it is.
fn tell(hub: &Hub, due: &Due) {
    hub.publish(&format!("person:{}", due.person), "export", || Some("null".to_owned()));
}

/// So many parts are done. False when nobody wants it any more.
async fn went_on(hub: &Hub, due: &Due, done: u32) -> Result<bool, StoreError> {
    let mut tx = hub.db().write().await?;
    let wanted = exports::went_on(&mut tx, due.id, done, now() + LEASE).await?;
    tx.commit().await?;
    tell(hub, due);
    Ok(wanted)
}

/// The file; nothing where nobody wants it any more.
async fn make(hub: &Hub, canvases: &Canvases, due: &Due) -> Result<Option<Vec<u8>>, Error> {
    let db = hub.db();
    let mut tx = db.read().await?;
    let Some(account) = people::account(&mut tx, due.person).await? else { return Ok(None) };
    let person = account.person;
    let sees = Sees::of(&mut tx, &person).await?;
    let workspace = workspace::settings(&mut tx).await?.map(|settings| settings.name).unwrap_or_default();
    drop(tx);
    let mut all = Map::new();
    let mut done = 0;
    for (name, lists) in parts::PARTS {
        let part = own::part(&mut db.read().await?, &person, &sees, due.language, lists).await?;
        all.insert((*name).to_owned(), part);
        done += 1;
        if !went_on(hub, due, done).await? {
            return Ok(None);
        }
    }
    all.insert(own::TEXTS.to_owned(), texts(db, canvases, &person).await?);
    if !went_on(hub, due, done + 1).await? {
        return Ok(None);
    }
    let pictures = parts::pictures(&mut db.read().await?, due.person).await?;
    let name = |picture: &parts::OwnPicture| {
        let kind = if picture.media_type == "image/png" { "png" } else { "jpg" };
        format!("pictures/{}.{kind}", picture.id)
    };
    let list = |picture: &parts::OwnPicture| json!({ "picture": name(picture), "added_at": parts::moment(picture.created_at) });
    all.insert(own::PICTURES.to_owned(), json!({ "pictures": pictures.iter().map(list).collect::<Vec<_>>() }));
    let at = parts::moment(now());
    let page = app::taken::page(due.language, &workspace, &person.name, at.as_str().unwrap_or_default(), &all);
    let data = json!({
        "format": own::FORM,
        "version": own::VERSION,
        "workspace": workspace,
        "person": person.id,
        "made_at": at,
        "parts": all,
    });
    let fault = |error: &dyn std::fmt::Display| Error::Fault(format!("a file could not be written: {error}"));
    let data = serde_json::to_vec_pretty(&data).map_err(|error| fault(&error))?;
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut put = |name: &str, bytes: &[u8], options| -> Result<(), Error> {
        zip.start_file(name, options).map_err(|error| fault(&error))?;
        zip.write_all(bytes).map_err(|error| fault(&error))
    };
    put("index.html", page.as_bytes(), deflated)?;
    put("data.json", &data, deflated)?;
    for picture in &pictures {
        if let Some(bytes) = parts::picture(&mut db.read().await?, picture.id).await? {
            put(&name(picture), &bytes, stored)?;
        }
    }
    Ok(Some(zip.finish().map_err(|error| fault(&error))?.into_inner()))
}

/// What somebody wrote in concepts, and what lies on canvases of theirs.
async fn texts(db: &Db, canvases: &Canvases, person: &PersonView) -> Result<Value, Error> {
    let (mut concepts, mut notes) = (Vec::new(), Vec::new());
    for document in erasure::documents(&mut db.read().await?, person.id).await? {
        if let Some((number, said)) = written(db, document, person.id).await? {
            let mut idea = Map::from_iter([("number".to_owned(), json!(number))]);
            if own::reads(&mut db.read().await?, person, number).await?
                && let Some(found) = crate::store::ideas::by_number(&mut db.read().await?, None, number).await?
            {
                idea.insert("idea".to_owned(), json!(found.card.title));
            }
            idea.extend(said.as_object().cloned().unwrap_or_default());
            concepts.push(Value::Object(idea));
            continue;
        }
        let Some(reading) = canvas(db, canvases, document).await? else { continue };
        for note in reading.canvas.notes.values() {
            let maker = note.maker.parse::<automerge::ActorId>().ok();
            let Some(maker) = maker else { continue };
            let owner = log::actor_owner(&mut db.read().await?, maker.to_bytes()).await?;
            if owner == Some(person.id) {
                notes.push(json!({ "words": note.text }));
            }
        }
    }
    Ok(json!({ "concepts": concepts, "made_notes": notes }))
}

async fn canvas(
    db: &Db,
    canvases: &Canvases,
    document: shared::DocumentId,
) -> Result<Option<Arc<crate::domain::canvases::Reading>>, StoreError> {
    let of = erasure::documents::of(&mut db.read().await?, document).await?;
    match of {
        Some(erasure::documents::Of::Canvas) => canvases.read(document).await.map(Some),
        _ => Ok(None),
    }
}
