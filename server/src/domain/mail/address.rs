//! Another address: it takes the place of the old one when its person follows the link that is sent there, and the old one is
//! told. Where no mail goes out, nobody is asked.

use std::time::Duration;

use shared::{
    api::{ChangeAddress, FieldCode, FieldProblem},
    rules::{Act, may},
};

use super::{Delivery, again};
use crate::{
    domain::{
        Error,
        access::Signed,
        fields::{self, Fields},
        now,
        proof::Proof,
    },
    store::{
        Db, StoreError, Tx,
        mail::{
            self,
            address::{self, NewAddress},
        },
        people,
    },
};

/// Asks for another address. The answer does not tell whether somebody has it: where mail goes out, only its owner learns
/// of it.
///
/// # Errors
/// When the password is wrong, the address is none, or one was asked for not long ago.
pub async fn ask(
    db: &Db,
    delivery: Delivery,
    proof: Proof<'_>,
    signed: &Signed,
    request: ChangeAddress,
) -> Result<(), Error> {
    signed.session().ok_or(Error::NeedsSession)?;
    may(Act::OwnData, Some(signed.role()))?;
    let mut fields = Fields::default();
    fields.check("password", fields::present_password(&request.password));
    let address = fields.check("email", fields::email(&request.email));
    fields.done()?;
    let Some(address) = address else { return Err(Error::Fault("a refused field had no problem".into())) };
    let person = signed.person.id;
    proof.check(db, person, "password", request.password).await?;
    let now = now();
    let mut tx = db.write().await?;
    let account = people::account(&mut tx, person).await?.ok_or(Error::NotFound("person"))?;
    if account.email == address {
        return Err(Error::field("email", FieldProblem::new(FieldCode::Itself, "is the address you have")));
    }
    if let Some(before) = address::of(&mut tx, person).await?
        && delivery == Delivery::Sent
    {
        let wait = before.asked_at + again(before.asks) - now;
        // The first may have been mistyped.
        if let Ok(wait) = u64::try_from(wait)
            && wait > 0
            && before.asks > 2
        {
            return Err(Error::TooMany { retry_after: Duration::from_millis(wait) });
        }
    }
    let asks = address::ask(&mut tx, person, &address, &account.email, now).await?;
    match delivery {
        Delivery::Sent => mail::ask_new(&mut tx, person, asks, now).await?,
        Delivery::Kept => {
            let new = address::of(&mut tx, person).await?.ok_or(Error::NotFound("address"))?;
            give(&mut tx, &new, delivery).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Gives a person the address they want, and has the old one told.
pub(super) async fn give(tx: &mut Tx, new: &NewAddress, delivery: Delivery) -> Result<(), Error> {
    let now = now();
    match address::change(tx, new, delivery == Delivery::Sent, now).await {
        Err(StoreError::Taken(_)) if delivery == Delivery::Kept => {
            Err(Error::field("email", FieldProblem::new(FieldCode::Taken, "belongs to somebody here")))
        }
        // Who has it was told nothing, and neither is who wanted it.
        Err(StoreError::Taken(_)) => Err(Error::LinkExpired),
        other => Ok(other?),
    }?;
    if delivery == Delivery::Sent {
        mail::tell_old(tx, new.person, new.asks, now).await?;
    }
    Ok(())
}
