//! A person and their own account.

use shared::api::Me;

use super::{
    Error,
    access::{Credential, Signed},
    workspace,
};
use crate::store::{Db, people};

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
    let session = match signed.map(|signed| signed.by) {
        Some(Credential::Session(id)) => Some(id),
        _ => None,
    };
    Ok(match account {
        Some(account) => {
            Me { person: Some(account.person), email: Some(account.email), locale: account.locale, session, workspace }
        }
        None => Me { person: None, email: None, locale: None, session: None, workspace },
    })
}
