//! Telling the moderators of something.

use shared::{
    api::{FieldCode, FieldProblem, NewReport, PersonView, Reason, Subject},
    limits,
    rules::{Act, BoardAct, Refusal, may},
};

use super::{Error, access, access::Signed, comments, fields, now, suspension};
use crate::store::{Db, Tx, cases, people, reports};

/// Reports something to the moderators; false when this person reported it before.
///
/// # Errors
/// When it is unseen or unknown, is the person's own, or the words are not acceptable.
pub async fn report(db: &Db, signed: &Signed, new: &NewReport) -> Result<bool, Error> {
    let words = fields::lines(&new.words, limits::ORDER).map_err(|problem| Error::field("words", problem))?;
    let mut tx = db.write().await?;
    let author = author(&mut tx, signed, new.subject).await?;
    if author == signed.person {
        return Err(Refusal::Oneself.into());
    }
    if new.reason == Reason::Other && words.is_empty() {
        return Err(Error::field("words", FieldProblem::new(FieldCode::Required, "is needed to say what is wrong")));
    }
    let report =
        reports::NewReport { subject: new.subject, by: signed.person.id, reason: new.reason, words: &words, at: now() };
    let is_new = reports::add(&mut tx, &report).await?;
    tx.commit().await?;
    Ok(is_new)
}

/// Whose the thing is, when this person may report it.
async fn author(tx: &mut Tx, signed: &Signed, subject: Subject) -> Result<PersonView, Error> {
    match subject {
        Subject::Idea(_) => {
            let case = cases::one(tx, subject).await?.ok_or(Refusal::Unseen)?;
            let number = case.spot.map(|spot| spot.number).ok_or(Refusal::Unseen)?;
            access::idea(tx, Some(&signed.person), number, BoardAct::Report).await?;
            Ok(case.author)
        }
        Subject::Comment(id) => {
            let (comment, ..) = comments::find(tx, Some(&signed.person), id, BoardAct::Report).await?;
            if comment.deleted_at.is_some() {
                return Err(Refusal::Unseen.into());
            }
            Ok(comment.author)
        }
        Subject::Person(id) => {
            let whom = people::person(tx, id).await?.ok_or(Refusal::Unseen)?;
            may(Act::ReportPerson(suspension::whom_of(signed, &whom)), Some(signed.role()))?;
            Ok(whom)
        }
    }
}
