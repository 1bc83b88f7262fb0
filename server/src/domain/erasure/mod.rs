//! Leaving, and being forgotten: see `docs/decisions/0018`.
//!
//! First, in one transaction, everything that is only somebody's own goes, and they are somebody who left from then on. Then,
//! document by document, the words they take along: see [`crate::live::rewrite`].

pub mod list;

use serde_json::json;
use shared::{
    Locale, PersonId, Role,
    api::{AuditAct, ErasePerson, Fate, Fates, FieldCode, FieldProblem, IdeaFacts, Leave, Millis},
    rules::{Act, may},
};

use self::list::{Line, List};
use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    fields::{self, Fields},
    now, promise,
    proof::Proof,
    suspension::whom_of,
};
use crate::store::{
    Db, StoreError, Tx, audit,
    erasure::{self, Names},
    people, workspace,
};

pub use crate::store::erasure::Leaving;

/// The words by one of which somebody says that they mean it.
const WORDS: [&str; 2] = ["forget", "oublier"];

/// What is told after somebody left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The ideas whose pages show something else now.
    pub ideas: Vec<u32>,
    /// What everyone may know of them.
    pub facts: Vec<IdeaFacts>,
}

/// Leaves. There is no way back.
///
/// # Errors
/// When the password is wrong, the word missing, an access token asks, or it is the last owner.
pub async fn leave(
    db: &Db,
    list: &List,
    news: &AccessNews,
    proof: Proof<'_>,
    signed: &Signed,
    request: Leave,
) -> Result<Told, Error> {
    signed.session().ok_or(Error::NeedsSession)?;
    may(Act::OwnData, Some(signed.role()))?;
    let mut fields = Fields::default();
    fields.check("password", fields::present_password(&request.password));
    if !WORDS.contains(&request.word.trim().to_lowercase().as_str()) {
        let problem = FieldProblem::new(FieldCode::Wrong, "must be `forget` or `oublier`");
        fields.check::<()>("word", Err(problem));
    }
    fields.done()?;
    proof.check(db, signed.person.id, "password", request.password).await?;
    let fates = Fates { comments: request.comments, texts: request.texts };
    let mut tx = db.write().await?;
    workspace::lock(&mut tx).await?;
    let told = begin(&mut tx, signed.person.id, fates, now()).await?;
    let subject = format!("person:{}", signed.person.id);
    audit::add(&mut tx, signed.person.id, AuditAct::EraseOneself, &subject, &json!({})).await?;
    commit(tx, list, news, signed.person.id, fates).await?;
    Ok(told)
}

/// Erases somebody, as an owner.
///
/// # Errors
/// When the person may not, there is nobody of this id, or it is the last owner.
pub async fn erase(
    db: &Db,
    list: &List,
    news: &AccessNews,
    signed: &Signed,
    id: PersonId,
    request: ErasePerson,
) -> Result<Told, Error> {
    may(Act::ManagePeople, Some(signed.role()))?;
    let mut tx = db.write().await?;
    // Of two owners who erase each other at the same time, the first wins.
    workspace::lock(&mut tx).await?;
    let whom = people::person(&mut tx, id).await?.filter(|whom| !whom.left).ok_or(Error::NotFound("person"))?;
    let asking = people::person(&mut tx, signed.person.id).await?.filter(|asking| !asking.left);
    may(Act::ErasePerson(whom_of(signed, &whom)), asking.map(|asking| asking.role))?;
    let fates = Fates { comments: request.comments, texts: request.texts };
    let told = begin(&mut tx, id, fates, now()).await?;
    let detail = json!({ "reason": request.reason });
    audit::add(&mut tx, signed.person.id, AuditAct::ErasePerson, &format!("person:{id}"), &detail).await?;
    commit(tx, list, news, id, fates).await?;
    Ok(told)
}

async fn commit(tx: Tx, list: &List, news: &AccessNews, person: PersonId, fates: Fates) -> Result<(), Error> {
    // Before, so that nobody is told they were forgotten of whom a restored backup would know again. When what follows
    // fails, they are forgotten at the next start: they asked for it.
    list.add(Line { person, comments: fates.comments, texts: fates.texts, at: now() }).await?;
    tx.commit().await?;
    news.tell(AccessChange::Person(person));
    Ok(())
}

/// Everything that is only the person's own goes, and what they said as they chose.
async fn begin(tx: &mut Tx, person: PersonId, fates: Fates, at: Millis) -> Result<Told, Error> {
    let account = people::account(tx, person).await?.ok_or(Error::NotFound("person"))?;
    if account.person.role == Role::Owner && people::owners(tx).await? < 2 {
        let why = "the last owner cannot leave; make somebody else owner first, or close the workspace";
        return Err(Error::Conflict(why.into()));
    }
    let names = Names { handle: account.person.handle, name: account.person.name, email: account.email };
    let ideas = erasure::touched(tx, person).await?;
    erasure::delete_own(tx, person).await?;
    erasure::forget_imported(tx, person, fates, at).await?;
    erasure::take_votes_back(tx, person).await?;
    for (idea, comment) in erasure::open_questions(tx, person).await? {
        promise::settle(tx, idea, Some(comment), at).await?;
    }
    if fates.comments == Fate::Remove {
        erasure::remove_comments(tx, person, at).await?;
    }
    erasure::forget_names(tx, &names).await?;
    erasure::begin(tx, person, fates, at).await?;
    let mut facts = Vec::with_capacity(ideas.len());
    for number in &ideas {
        facts.push(super::ideas::facts(tx, *number).await?);
    }
    Ok(Told { ideas, facts })
}

/// Erases again who left since the backup was made that this database came from. Answers how many.
///
/// # Errors
/// When the list cannot be read, or the database fails: then nobody may be served.
pub async fn again(db: &Db, list: &List) -> Result<usize, Error> {
    let mut count = 0;
    for line in list.read().await? {
        let mut tx = db.write().await?;
        if people::account(&mut tx, line.person).await?.is_none() {
            continue;
        }
        // The owners of then may be others than those who are left to be one.
        match begin(&mut tx, line.person, line.fates(), now()).await {
            Ok(_) => {
                tx.commit().await?;
                count += 1;
            }
            Err(Error::Conflict(_)) => {
                tracing::error!(person = %line.person, "the last owner had left; make somebody else owner, and erase them");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Those who left and of whom something is still to be done.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &Db) -> Result<Vec<Leaving>, StoreError> {
    erasure::waiting(&mut db.read().await?).await
}

/// What stands for the title of an idea whose title went with who wrote it; its number in place of `{}`.
///
/// # Errors
/// When the database fails.
pub async fn untitled(db: &Db) -> Result<&'static str, StoreError> {
    let settings = workspace::settings(&mut db.read().await?).await?;
    Ok(match settings.and_then(|settings| settings.languages.first().copied()).unwrap_or_default() {
        Locale::En => "Idea {}",
        Locale::Fr => "Idée {}",
    })
}
