//! Ideas that come from a file: first what would come in, then the ideas themselves, in batches.
//!
//! A batch is [`BATCH`] rows in one transaction: all of them come in, or none. Rows that cannot come in are said and left
//! out beforehand. An idea's row in the table `origin` keeps what its row of the file is known by, so that the same file
//! again, after the last of it or after it broke off, brings in what is missing and nothing twice.

mod date;
mod draft;
mod survey;
mod table;
mod write;

use std::collections::HashSet;

use bytes::Bytes;
use serde_json::json;
use shared::{
    ImportId,
    api::{AuditAct, ImportReport, ImportView, PersonView},
    limits,
    rules::{self, Act, BoardAct, Refusal},
};
use tokio::{sync::mpsc, task::spawn_blocking};
use tokio_util::sync::CancellationToken;

use self::{
    draft::{Draft, fold},
    survey::Known,
    write::{Writer, Written},
};
use super::{
    Error,
    access::{self, Signed},
    fields,
    ideas::Concept,
    now, signed,
};
use crate::store::{
    Db, StoreError, audit, boards,
    boards::Board,
    imports::{self, End, NewImport},
    names, people, tags,
};

/// Rows of one transaction: while it lasts, what others write waits.
pub const BATCH: usize = 200;
/// Imports that are listed.
const LISTED: u32 = 20;

/// Who imports to a board, when they may.
///
/// # Errors
/// When the board is unseen, or they may not.
pub async fn may<'a>(db: &Db, who: Option<&'a PersonView>, slug: &str) -> Result<&'a PersonView, Error> {
    access::board(&mut db.read().await?, who, slug, BoardAct::Govern).await?;
    Ok(signed(who)?)
}

/// What a file would bring to a board. Nothing is changed.
///
/// # Errors
/// When the board is unseen, the person may not, or it is no such file.
pub async fn survey(db: &Db, who: Option<&PersonView>, slug: &str, file: Bytes) -> Result<ImportReport, Error> {
    Ok(look(db, who, slug, file).await?.1)
}

async fn look(db: &Db, who: Option<&PersonView>, slug: &str, file: Bytes) -> Result<(Board, ImportReport), Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let known = Known {
        keys: imports::keys(&mut tx, board.id).await?,
        names: names::all_known(&mut tx).await?.into_iter().collect(),
        stages: boards::stages(&mut tx, board.id).await?,
        tags: tags::of_board(&mut tx, board.id).await?.into_iter().map(|tag| fold(&tag.name)).collect(),
    };
    drop(tx);
    let (mut report, handles) = off(move || survey::survey(&file, &known, now())).await??;
    let mut tx = db.read().await?;
    let mut here = HashSet::new();
    for handle in handles {
        if people::person_by_handle(&mut tx, &handle).await?.is_some() {
            here.insert(handle);
        }
    }
    survey::settle(&mut report, &here);
    Ok((board, report))
}

/// An import that has begun.
pub struct Job {
    id: ImportId,
    board: Board,
    by: PersonView,
    file: Bytes,
}

/// Begins an import: says what will come in, and gives what [`Job::run`] does. `name` is that of the file.
///
/// # Errors
/// As [`survey()`].
pub async fn begin(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    name: &str,
    file: Bytes,
) -> Result<(ImportView, ImportReport, Job), Error> {
    let name = fields::optional_line(name, limits::TITLE).map_err(|problem| Error::field("name", problem))?;
    let (board, report) = look(db, who, slug, file.clone()).await?;
    let by = signed(who)?.clone();
    let (id, at) = (ImportId::new(), now());
    let mut tx = db.write().await?;
    let begun = NewImport { id, board: board.id, by: by.id, file: &name, new: report.new, bad: report.bad, at };
    imports::begin(&mut tx, &begun).await?;
    let detail = json!({ "import": id, "new": report.new, "bad": report.bad });
    audit::add(&mut tx, by.id, AuditAct::Import, &format!("board:{}", board.id), &detail).await?;
    let view =
        imports::one(&mut tx, id, at).await?.ok_or_else(|| StoreError::Corrupt(format!("import {id} is gone")))?;
    tx.commit().await?;
    Ok((view, report, Job { id, board, by, file }))
}

impl Job {
    /// The id of its import.
    #[must_use]
    pub fn id(&self) -> ImportId {
        self.id
    }

    /// Brings in what is new, batch by batch, and tells after each how many ideas are in; says how many came in.
    ///
    /// # Errors
    /// When the database fails or `stop` is cancelled; the batches before are in.
    pub async fn run(self, db: &Db, stop: &CancellationToken, mut told: impl FnMut(u32)) -> Result<u32, Error> {
        let ended = self.batches(db, stop, &mut told).await;
        let mut tx = db.write().await?;
        imports::end(&mut tx, self.id, if ended.is_ok() { End::Well } else { End::Early }, now()).await?;
        tx.commit().await?;
        ended
    }

    async fn batches(&self, db: &Db, stop: &CancellationToken, told: &mut impl FnMut(u32)) -> Result<u32, Error> {
        // One batch is made while the one before is written.
        let (give, mut take) = mpsc::channel(1);
        let file = self.file.clone();
        let reading = spawn_blocking(move || read(&file, &give));
        let mut writer = Writer::new(db, self).await?;
        let mut made = 0;
        while let Some(batch) = take.recv().await {
            if stop.is_cancelled() {
                return Err(Error::Busy);
            }
            made += writer.write(db, self, &batch).await?;
            told(made);
        }
        reading.await.map_err(|error| Error::Fault(error.to_string()))??;
        Ok(made)
    }
}

/// Reads the rows that can come in, and gives them on in batches, as far as anybody takes them.
fn read(file: &[u8], give: &mpsc::Sender<Vec<Written>>) -> Result<(), Error> {
    let (text, _) = table::text(file)?;
    let rows = table::Rows::of(&text)?;
    let (header, width, at) = (rows.header.clone(), rows.width(), now());
    let good = rows.filter_map(|(line, row)| Draft::read(line, &header, width, row, at).ok());
    let mut made = good.map(|draft| Written { concept: Concept::new(draft.texts.clone()), draft });
    loop {
        let batch: Vec<Written> = made.by_ref().take(BATCH).collect();
        if batch.is_empty() || give.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
}

/// Runs what takes long where nobody waits behind it.
async fn off<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    spawn_blocking(work).await.map_err(|error| Error::Fault(error.to_string()))
}

/// The last imports, the latest first.
///
/// # Errors
/// When the person may not.
pub async fn list(db: &Db, signed: &Signed) -> Result<Vec<ImportView>, Error> {
    rules::may(Act::FollowImports, Some(signed.role()))?;
    Ok(imports::last(&mut db.read().await?, LISTED, now()).await?)
}

/// An import.
///
/// # Errors
/// When the person may not, or there is none of this id.
pub async fn one(db: &Db, signed: &Signed, id: ImportId) -> Result<ImportView, Error> {
    rules::may(Act::FollowImports, Some(signed.role()))?;
    Ok(imports::one(&mut db.read().await?, id, now()).await?.ok_or(Refusal::Unseen)?)
}
