//! What moderators decide about what people wrote, and about people. Deciding twice, or at the same time as a colleague,
//! changes nothing the second time.

use serde_json::json;
use shared::{
    DecisionId, DocumentId, PersonId,
    api::{
        AuditAct, CommentKind, Decide, Decided, FieldCode, FieldProblem, Millis, NewDecision, Reason, ReportView,
        RulingKind, Subject,
    },
    limits,
    rules::{Act, Away, BoardAct, Refusal, may},
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews, Signed},
    comments, fields, now, promise, suspension,
};
use crate::store::{
    Db, Tx, audit,
    cases::{self, Case, Spot},
    comments as said,
    decisions::{self, Decision},
    ideas, reports, standing, workspace,
};

/// Somebody is warned of the same thing no more often than this.
const AGAIN: Millis = 60 * 60 * 1000;

/// What is told after a decision.
#[derive(Debug, Default)]
pub struct Told {
    /// Who has something new in their inbox.
    pub people: Vec<PersonId>,
    /// The idea of which the pages that show it must be told.
    pub idea: Option<u32>,
    /// What everyone may know of that idea and what is said of it since then.
    pub news: Option<comments::News>,
    /// Who must lose, or may have got, access to a live document; or who came or went.
    changes: Vec<AccessChange>,
    /// Whether followers are to be told something.
    pub happened: bool,
}

impl Told {
    fn document(&mut self, document: DocumentId) {
        self.changes.push(AccessChange::Document(document));
    }
}

/// Decides about something.
///
/// # Errors
/// When the person may not, it is not there, or words are missing.
pub async fn decide(db: &Db, news: &AccessNews, signed: &Signed, new: &NewDecision) -> Result<(Decided, Told), Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let words = words(new)?;
    let mut tx = db.write().await?;
    if new.act == Decide::Suspend {
        // Before anything else, as whoever changes people does.
        workspace::lock(&mut tx).await?;
    }
    let case = open(&mut tx, signed, new.subject).await?;
    let reports = reports::of(&mut tx, new.subject).await?;
    let waits = !reports.is_empty() || case.away == Some(Away::Held);
    let mut told = Told::default();
    if !waits && (new.waiting || is_done(&mut tx, &case, new.act).await?) {
        return Ok((Decided { id: None, may_undo: false }, told));
    }
    let reason = (new.act == Decide::Hide).then(|| new.reason.unwrap_or_else(|| most_named(&reports)));
    let decision = Decision {
        id: DecisionId::new(),
        subject: case.subject,
        person: case.author.id,
        act: new.act,
        reason,
        words,
        was: case.away,
        by: signed.person.id,
        at: now(),
    };
    decisions::add(&mut tx, &decision).await?;
    act(&mut tx, signed, &case, &decision, &mut told).await?;
    let reporters = reports::close(&mut tx, case.subject, decision.id.0).await?;
    tell(&mut tx, &decision, RulingKind::Reported, &reporters, &mut told).await?;
    record(&mut tx, signed, &decision).await?;
    finish(&mut tx, &case, &mut told).await?;
    tx.commit().await?;
    told.changes.iter().for_each(|change| news.tell(*change));
    let may_undo = may_undo(&decision);
    Ok((Decided { id: Some(decision.id), may_undo }, told))
}

/// What is decided about, when the person may: locked, so that a colleague waits.
async fn open(tx: &mut Tx, signed: &Signed, subject: Subject) -> Result<Case, Error> {
    // The idea first, as whoever merges it does.
    if let Subject::Comment(id) = subject
        && let Some(number) = said::place(tx, id).await?
    {
        ideas::lock(tx, &[number]).await?;
    }
    let case = cases::lock(tx, subject).await?.ok_or(Refusal::Unseen)?;
    if let Some(Spot { number, comment, .. }) = &case.spot {
        access::idea(tx, Some(&signed.person), *number, BoardAct::Order).await?;
        if comment.is_some_and(|(_, kind)| kind == CommentKind::Note) {
            access::idea(tx, Some(&signed.person), *number, BoardAct::StaffNote).await?;
        }
    }
    Ok(case)
}

fn words(new: &NewDecision) -> Result<String, Error> {
    let words = fields::lines(&new.words, limits::ORDER).map_err(|problem| Error::field("words", problem))?;
    if words.is_empty() && matches!(new.act, Decide::Warn | Decide::Suspend) {
        return Err(Error::field("words", FieldProblem::new(FieldCode::Required, "is needed")));
    }
    if new.act == Decide::Hide && matches!(new.subject, Subject::Person(_)) {
        return Err(Error::field("act", FieldProblem::new(FieldCode::Unknown, "people cannot be hidden")));
    }
    Ok(words)
}

/// Whether there is nothing to do any more, about something that does not wait.
async fn is_done(tx: &mut Tx, case: &Case, act: Decide) -> Result<bool, Error> {
    Ok(match act {
        Decide::Keep => case.away.is_none(),
        Decide::Hide => case.away == Some(Away::Hidden),
        Decide::Warn => decisions::happened(tx, case.subject, Decide::Warn, now() - AGAIN).await?,
        Decide::Suspend => case.suspended,
    })
}

/// The reason that most reports give; of several, the gravest.
fn most_named(reports: &[ReportView]) -> Reason {
    let count = |reason: &Reason| reports.iter().filter(|report| report.reason == *reason).count();
    let gravest = [Reason::Other, Reason::OffTopic, Reason::Spam, Reason::Unkind, Reason::Private];
    gravest.into_iter().max_by_key(count).unwrap_or(Reason::Other)
}

/// Does what was decided, and tells whom it concerns.
async fn act(tx: &mut Tx, signed: &Signed, case: &Case, decision: &Decision, told: &mut Told) -> Result<(), Error> {
    let kind = match decision.act {
        Decide::Keep => match case.away {
            Some(Away::Held) => {
                approve(tx, case, decision.at, told).await?;
                Some(RulingKind::Approved)
            }
            Some(Away::Hidden) => {
                set(tx, case, None, told).await?;
                Some(RulingKind::Shown)
            }
            Some(Away::Merged) | None => None,
        },
        Decide::Hide if case.away == Some(Away::Hidden) => None,
        Decide::Hide => {
            set(tx, case, Some(Away::Hidden), told).await?;
            Some(RulingKind::Hidden)
        }
        Decide::Warn if case.author.id == signed.person.id => return Err(Refusal::Oneself.into()),
        Decide::Warn => Some(RulingKind::Warned),
        Decide::Suspend => {
            suspension::begin(tx, signed, case.author.id, &decision.words, decision.at).await?;
            told.changes.push(AccessChange::Person(case.author.id));
            None
        }
    };
    if let Some(kind) = kind.filter(|_| case.author.id != signed.person.id) {
        tell(tx, decision, kind, &[case.author.id], told).await?;
    }
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    decision: &Decision,
    kind: RulingKind,
    people: &[PersonId],
    told: &mut Told,
) -> Result<(), Error> {
    decisions::tell(tx, decision.id, kind, people, decision.at).await?;
    told.people.extend(people);
    Ok(())
}

/// Lets a first post stand as if it had just been made.
async fn approve(tx: &mut Tx, case: &Case, at: Millis, told: &mut Told) -> Result<(), Error> {
    let Some(spot) = &case.spot else { return Ok(()) };
    match spot.comment {
        None => {
            standing::approve_idea(tx, spot.idea, at).await?;
            promise::begin(tx, spot.idea, at).await?;
            promise::call(tx, spot.idea, case.author.id, at).await?;
            told.happened = true;
            told.document(spot.document);
        }
        Some((id, kind)) => {
            standing::approve_comment(tx, spot.idea, (id, kind), at).await?;
            comments::announce(tx, spot.idea, (id, kind), case.author.id, at).await?;
            told.happened = true;
        }
    }
    Ok(())
}

/// Hides something, or shows it again.
async fn set(tx: &mut Tx, case: &Case, away: Option<Away>, told: &mut Told) -> Result<(), Error> {
    let Some(spot) = &case.spot else { return Ok(()) };
    match spot.comment {
        None => {
            standing::set_idea(tx, spot.idea, away).await?;
            told.document(spot.document);
        }
        Some(comment) => {
            standing::set_comment(tx, spot.idea, comment, case.away, away).await?;
            if away.is_some() {
                promise::settle(tx, spot.idea, Some(comment.0), now()).await?;
            }
        }
    }
    Ok(())
}

/// Writes down what a moderator did. Their words are about somebody: they stand with the decision, not in the record.
async fn record(tx: &mut Tx, signed: &Signed, decision: &Decision) -> Result<(), Error> {
    let act = match (decision.act, decision.was) {
        (Decide::Keep, Some(Away::Held)) => AuditAct::Approve,
        (Decide::Keep, Some(Away::Hidden)) => AuditAct::Show,
        (Decide::Keep, _) => AuditAct::Keep,
        (Decide::Hide, _) => AuditAct::Hide,
        (Decide::Warn, _) => AuditAct::Warn,
        (Decide::Suspend, _) => AuditAct::Suspend,
    };
    let subject = match (act, decision.subject) {
        (AuditAct::Suspend, _) => Subject::Person(decision.person),
        (_, subject) => subject,
    };
    let detail = json!({ "decision": decision.id, "author": decision.person });
    audit::add(tx, signed.person.id, act, &format!("{}:{}", subject.kind(), subject.uuid()), &detail).await?;
    Ok(())
}

/// What the pages that show it are to be told, as things are now.
async fn finish(tx: &mut Tx, case: &Case, told: &mut Told) -> Result<(), Error> {
    let Some(Spot { number, comment, .. }) = &case.spot else { return Ok(()) };
    told.idea = Some(*number);
    if let Some((_, kind)) = comment {
        told.news = Some(comments::news(tx, *number, *kind).await?);
    }
    Ok(())
}

/// Whether a decision can be taken back: what was said to people, or shown to them as new, cannot.
fn may_undo(decision: &Decision) -> bool {
    match decision.act {
        Decide::Keep => decision.was != Some(Away::Held),
        Decide::Hide | Decide::Suspend => true,
        Decide::Warn => false,
    }
}

/// Undoes a decision: everything is as before, what was reported waits again, and who was told is no longer. A second time
/// changes nothing.
///
/// # Errors
/// When the person may not, there is no such decision, or it cannot be undone any more.
pub async fn undo(db: &Db, news: &AccessNews, signed: &Signed, id: DecisionId) -> Result<Told, Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let mut tx = db.write().await?;
    workspace::lock(&mut tx).await?;
    let Some(decision) = decisions::one(&mut tx, id).await? else {
        return if decisions::exists(&mut tx, id).await? { Ok(Told::default()) } else { Err(Refusal::Unseen.into()) };
    };
    let case = open(&mut tx, signed, decision.subject).await?;
    if !may_undo(&decision) || decisions::is_superseded(&mut tx, &decision).await? {
        return Err(Error::Conflict("this can no longer be undone; decide anew".into()));
    }
    let mut told = Told { people: decisions::told(&mut tx, id).await?, ..Told::default() };
    if !decisions::undo(&mut tx, id, now()).await? {
        return Ok(Told::default());
    }
    match decision.act {
        Decide::Suspend => suspension::take_back(&mut tx, signed, decision.person, decision.at).await?,
        Decide::Keep | Decide::Hide if case.away != decision.was => {
            set(&mut tx, &case, decision.was, &mut told).await?;
        }
        Decide::Keep | Decide::Hide | Decide::Warn => {}
    }
    reports::reopen(&mut tx, id.0).await?;
    let subject = format!("{}:{}", decision.subject.kind(), decision.subject.uuid());
    let detail = json!({ "decision": id, "author": decision.person });
    audit::add(&mut tx, signed.person.id, AuditAct::Undo, &subject, &detail).await?;
    finish(&mut tx, &case, &mut told).await?;
    tx.commit().await?;
    told.changes.iter().for_each(|change| news.tell(*change));
    Ok(told)
}
