//! The workspace itself, and how its first owner comes in.

use shared::api::WorkspaceView;

use super::{Error, now, secret::Secret};
use crate::store::{Db, StoreError, people, workspace};

/// What the workspace is called until its owner names it.
const UNNAMED: &str = "Atelier";

/// The workspace as everybody sees it.
///
/// # Errors
/// When the database fails.
pub async fn view(db: &Db) -> Result<WorkspaceView, StoreError> {
    let tx = &mut db.read().await?;
    let name = workspace::name(tx).await?;
    Ok(WorkspaceView {
        waits_for_owner: people::owners(tx).await? == 0,
        name: name.unwrap_or_else(|| UNNAMED.to_owned()),
    })
}

/// A new set-up link for a workspace without an owner; earlier ones no longer open anything. `None` when it has one.
///
/// # Errors
/// When the database fails.
pub async fn offer_setup(db: &Db) -> Result<Option<Secret>, Error> {
    let mut tx = db.write().await?;
    if people::owners(&mut tx).await? > 0 {
        return Ok(None);
    }
    let secret = Secret::new()?;
    workspace::replace_setup_link(&mut tx, secret.hash(), now()).await?;
    tx.commit().await?;
    Ok(Some(secret))
}
