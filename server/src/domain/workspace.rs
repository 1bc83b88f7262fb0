//! The workspace itself, and how its first owner comes in.

use serde_json::json;
use shared::{
    Role,
    api::{AuditAct, Setup, WorkspaceView},
    limits,
};

use super::{
    Error,
    access::{Credential, Signed},
    accounts::{self, NewAccount},
    fields::{self, Fields},
    now,
    password::Passwords,
    secret::{Secret, SecretHash},
    session::{self, Begun, Visitor},
};
use crate::store::{Db, StoreError, audit, workspace};

/// What the workspace is called until its owner names it.
const UNNAMED: &str = "Atelier";

/// The workspace as everybody sees it.
///
/// # Errors
/// When the database fails.
pub async fn view(db: &Db) -> Result<WorkspaceView, StoreError> {
    let tx = &mut db.read().await?;
    let name = workspace::name(tx).await?;
    Ok(WorkspaceView { waits_for_owner: name.is_none(), name: name.unwrap_or_else(|| UNNAMED.to_owned()) })
}

/// A new set-up link for a workspace that has no owner; earlier ones no longer open anything. `None` when it has one.
///
/// # Errors
/// When the database fails.
pub async fn offer_setup(db: &Db) -> Result<Option<Secret>, Error> {
    let mut tx = db.write().await?;
    if workspace::name(&mut tx).await?.is_some() {
        return Ok(None);
    }
    let secret = Secret::new()?;
    workspace::replace_setup_link(&mut tx, secret.hash(), now()).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Uses the set-up link: the workspace gets its name, and its first owner, who is signed in.
///
/// # Errors
/// [`Error::LinkExpired`] when the link was used; when fields are not acceptable.
pub async fn set_up(db: &Db, passwords: &Passwords, visitor: &Visitor, request: Setup) -> Result<Begun, Error> {
    let link = SecretHash::parse(&request.token).ok_or(Error::LinkExpired)?;
    let mut fields = Fields::default();
    let named = fields.check("workspace", fields::line(&request.workspace, limits::WORKSPACE));
    let name = fields.check("name", fields::line(&request.name, limits::NAME));
    let email = fields.check("email", fields::email(&request.email));
    fields.check("password", fields::new_password(&request.password));
    fields.done()?;
    let (Some(named), Some(name), Some(email)) = (named, name, email) else {
        return Err(Error::Fault("a refused field had no problem".into()));
    };
    let password_hash = passwords.turn().await?.hash(request.password).await?;

    let mut tx = db.write().await?;
    let now = now();
    if !workspace::use_setup_link(&mut tx, link, now).await? {
        return Err(Error::LinkExpired);
    }
    workspace::set_name(&mut tx, &named, now).await?;
    let account = NewAccount { name, email, password_hash, role: Role::Owner };
    let Some(person) = accounts::create(&mut tx, account).await? else {
        return Err(Error::Conflict("this e-mail address has an account".into()));
    };
    audit::add(&mut tx, person.id, AuditAct::SetUp, "workspace:1", &json!({ "name": named })).await?;
    let (id, secret) = session::begin(&mut tx, person.id, visitor).await?;
    tx.commit().await?;
    Ok(Begun { signed: Signed { person, by: Credential::Session(id) }, secret })
}
