//! A person and their own account.

use shared::{
    Locale, PersonId,
    api::{ChangePassword, EditMe, FieldCode, FieldProblem, Me},
    limits,
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    fields::{self, Fields},
    proof::Proof,
    workspace,
};
use crate::store::{Db, people, profiles, sessions};

/// What the screens need to know about where they are and for whom.
///
/// # Errors
/// When the database fails.
pub async fn show(db: &Db, signed: Option<&Signed>) -> Result<Me, Error> {
    let workspace = workspace::view(db).await?;
    let account = match signed {
        Some(signed) => people::account(&mut db.read().await?, signed.person.id).await?,
        None => None,
    };
    Ok(match account {
        Some(account) => Me {
            about: Some(profiles::facts(&mut db.read().await?, account.person.id).await?.about),
            person: Some(account.person),
            email: Some(account.email),
            locale: account.locale,
            session: signed.and_then(Signed::session),
            workspace,
        },
        None => Me { person: None, email: None, about: None, locale: None, session: None, workspace },
    })
}

/// The language a person chose in their account.
///
/// # Errors
/// When the database fails.
pub async fn locale(db: &Db, person: PersonId) -> Result<Option<Locale>, Error> {
    Ok(people::account(&mut db.read().await?, person).await?.and_then(|account| account.locale))
}

/// Changes what a person says about themself.
///
/// # Errors
/// When a field is not acceptable.
pub async fn edit(db: &Db, signed: &Signed, request: EditMe) -> Result<(), Error> {
    let mut fields = Fields::default();
    let name = request.name.and_then(|name| fields.check("name", fields::line(&name, limits::NAME)));
    if let Some(locale) = request.locale
        && !workspace::view(db).await?.languages.contains(&locale)
    {
        fields.check::<()>("locale", Err(FieldProblem::new(FieldCode::Unknown, "is no language of this workspace")));
    }
    let about = request.about.and_then(|about| fields.check("about", fields::lines(&about, limits::ABOUT)));
    fields.done()?;
    let mut tx = db.write().await?;
    if let Some(about) = about {
        profiles::set_about(&mut tx, signed.person.id, &about).await?;
    }
    if let Some(name) = name {
        people::set_name(&mut tx, signed.person.id, &name).await?;
    }
    if let Some(locale) = request.locale {
        people::set_locale(&mut tx, signed.person.id, locale).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Changes a password, and ends every other session: whoever knew the old one is out.
///
/// # Errors
/// When the present password is wrong, the new one not acceptable, or an access token asks.
pub async fn change_password(
    db: &Db,
    news: &AccessNews,
    proof: Proof<'_>,
    signed: &Signed,
    request: ChangePassword,
) -> Result<(), Error> {
    let session = signed.session().ok_or(Error::NeedsSession)?;
    let mut fields = Fields::default();
    fields.check("current", fields::present_password(&request.current));
    fields.check("new", fields::new_password(&request.new));
    fields.done()?;

    let turn = proof.check(db, signed.person.id, "current", request.current).await?;
    let hash = turn.hash(request.new).await?;
    drop(turn);

    let mut tx = db.write().await?;
    people::set_password(&mut tx, signed.person.id, &hash).await?;
    let ended = sessions::end_others(&mut tx, signed.person.id, session).await?;
    tx.commit().await?;
    for id in ended {
        news.tell(AccessChange::Session(id));
    }
    Ok(())
}
