//! The desk of the moderators: what waits for them.

use serde_json::json;
use shared::{
    DocumentId,
    api::{AuditAct, CaseView, DeskCount, DocumentAside, IdeaAside, Subject},
    rules::{Act, Away, may},
    slug::slug,
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews, Signed},
    now, suspension,
};
use crate::store::{
    Db, Tx, audit,
    cases::{self, Case, Spot},
    clocks, decisions, quarantine, reports,
};

/// How many cases are shown at once; deciding makes room for others.
const CASES: u32 = 50;
/// How many reports of one thing are shown.
const REPORTS: usize = 10;

/// The documents set aside, the latest first.
///
/// # Errors
/// When the person may not.
pub async fn documents(db: &Db, signed: &Signed) -> Result<Vec<DocumentAside>, Error> {
    may(Act::MendDocuments, Some(signed.role()))?;
    let aside = quarantine::list(&mut db.read().await?).await?;
    Ok(aside.into_iter().map(shown).collect())
}

fn shown(aside: quarantine::Aside) -> DocumentAside {
    let quarantine::Aside { document, idea, board, board_title, since, failures, reason, changes } = aside;
    let idea = idea.map(|(number, title)| IdeaAside { number, slug: slug(&title), title });
    DocumentAside { document, idea, board, board_title, since, failures, reason, changes }
}

/// Lets a document try again. Its room, if it is open, must be told.
///
/// # Errors
/// When the person may not, or it is not set aside.
pub async fn release(db: &Db, news: &AccessNews, signed: &Signed, document: DocumentId) -> Result<(), Error> {
    may(Act::MendDocuments, Some(signed.role()))?;
    let mut tx = db.write().await?;
    if !quarantine::release(&mut tx, document, now()).await? {
        return Err(Error::NotFound("document set aside"));
    }
    let subject = format!("document:{document}");
    audit::add(&mut tx, signed.person.id, AuditAct::ReleaseDocument, &subject, &json!({})).await?;
    tx.commit().await?;
    news.tell(AccessChange::Document(document));
    Ok(())
}

/// How much waits: of what is for moderators, for them alone.
///
/// # Errors
/// When the person may not.
pub async fn count(db: &Db, signed: &Signed) -> Result<DeskCount, Error> {
    may(Act::Answer, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let overdue = clocks::overdue(&mut tx, &access::sight(Some(&signed.person)), now()).await?;
    if may(Act::Moderate, Some(signed.role())).is_err() {
        return Ok(DeskCount { overdue, ..DeskCount::default() });
    }
    Ok(DeskCount {
        overdue,
        reported: reports::waiting_count(&mut tx).await?,
        held: cases::held_count(&mut tx).await?,
        aside: quarantine::count(&mut tx).await?,
    })
}

/// What was reported and waits, the longest waiting first.
///
/// # Errors
/// When the person may not.
pub async fn reported(db: &Db, signed: &Signed) -> Result<Vec<CaseView>, Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let subjects = reports::waiting(&mut tx, CASES).await?;
    views(&mut tx, signed, subjects).await
}

/// First posts that wait to be approved, the longest waiting first.
///
/// # Errors
/// When the person may not.
pub async fn held(db: &Db, signed: &Signed) -> Result<Vec<CaseView>, Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let subjects = cases::held(&mut tx, CASES).await?;
    views(&mut tx, signed, subjects).await
}

async fn views(tx: &mut Tx, signed: &Signed, subjects: Vec<Subject>) -> Result<Vec<CaseView>, Error> {
    let mut views = Vec::with_capacity(subjects.len());
    for subject in subjects {
        if let Some(case) = cases::one(tx, subject).await? {
            views.push(view(tx, signed, case).await?);
        }
    }
    Ok(views)
}

async fn view(tx: &mut Tx, signed: &Signed, case: Case) -> Result<CaseView, Error> {
    let mut reported = reports::of(tx, case.subject).await?;
    let count = u32::try_from(reported.len()).unwrap_or(u32::MAX);
    reported.truncate(REPORTS);
    let whom = suspension::whom_of(signed, &case.author);
    let path = path(&case);
    let (title, board_title) = match case.spot {
        Some(Spot { title, board_title, .. }) => (title, board_title),
        None => (case.author.name.clone(), String::new()),
    };
    Ok(CaseView {
        subject: case.subject,
        path,
        title,
        words: case.words,
        board_title,
        suspended: case.suspended,
        may_suspend: !case.suspended && may(Act::Suspend(whom), Some(signed.role())).is_ok(),
        held: case.away == Some(Away::Held),
        created_at: case.created_at,
        trouble: decisions::trouble(tx, case.author.id).await?,
        author: case.author,
        reports: reported,
        count,
    })
}

/// The page of what is decided about.
pub(super) fn path(case: &Case) -> String {
    match &case.spot {
        Some(Spot { number, title, comment, .. }) => {
            let slug = slug(title);
            let page = if slug.is_empty() { format!("/i/{number}") } else { format!("/i/{number}/{slug}") };
            comment.map_or(page.clone(), |(id, _)| format!("{page}#c-{id}"))
        }
        None => format!("/people/{}", case.author.handle),
    }
}
