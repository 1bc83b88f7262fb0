//! That somebody is who they say: they know their password.

use std::net::IpAddr;

use shared::{
    PersonId,
    api::{FieldCode, FieldProblem},
    rules::Refusal,
};

use super::{
    Error,
    attempts::Attempts,
    password::{Passwords, Turn},
};
use crate::store::{Db, people};

/// What it takes to have somebody prove who they are.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// Verifies passwords.
    pub passwords: &'a Passwords,
    /// How often that failed.
    pub attempts: &'a Attempts,
    /// Where it is tried from.
    pub network: IpAddr,
}

impl Proof<'_> {
    /// Whether this, which came in a field of this name, is the person's present password. Answers with the turn it took,
    /// for whoever hashes another.
    ///
    /// # Errors
    /// When it is another, or was tried too often.
    pub async fn check(&self, db: &Db, person: PersonId, field: &str, password: String) -> Result<Turn, Error> {
        let Self { passwords, attempts, network } = *self;
        let account = people::account(&mut db.read().await?, person).await?.ok_or(Refusal::SignIn)?;
        attempts.check(&account.email, network)?;
        let turn = passwords.turn().await?;
        attempts.check(&account.email, network)?;
        if !turn.verify(password, Some(account.password_hash)).await? {
            attempts.failed(&account.email, network);
            return Err(Error::field(field, FieldProblem::new(FieldCode::Wrong, "is not the present password")));
        }
        attempts.succeeded(&account.email);
        Ok(turn)
    }
}
