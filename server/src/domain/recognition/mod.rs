//! Recognition: thanks, badges, points and perks, given with a reason by moderators, kept in a ledger that is only added to.
//!
//! `docs/recognition.md` says how it works and what holds whatever happens at the same time.

pub mod catalogue;
mod claim;
pub mod contributors;
pub mod desk;
mod flags;
mod give;
pub mod ledger;
mod proposal;
mod revoke;
mod seen;

pub use claim::claim;
pub use give::give;
pub use proposal::proposal;
pub use revoke::revoke;
pub use seen::{badges, choose, fresh, mine, of_idea, own, recent, see, thanks};

use shared::api::{FieldCode, FieldProblem};
use uuid::Uuid;

use super::{Error, fields};
use crate::store::{Tx, recognition};

/// What a request is known by: the key that came with it, or one that nothing else has.
fn key(given: Option<&str>) -> String {
    given.map_or_else(|| format!("own {}", Uuid::now_v7()), str::to_owned)
}

/// The act that this key began before, with the same request.
async fn before(tx: &mut Tx, by: shared::PersonId, key: &str, request: &[u8]) -> Result<Option<Uuid>, Error> {
    match recognition::recall(tx, by, key).await? {
        Some((_, known)) if known != request => Err(Error::IdempotencyKey),
        Some((act, _)) => Ok(Some(act)),
        None => Ok(None),
    }
}

/// Why: needed, in plain words.
fn words(text: &str) -> Result<String, FieldProblem> {
    fields::needed_lines(text, shared::limits::WORDS)
}

/// That somebody named in a request cannot be recognised.
fn not_them(message: &str) -> Error {
    Error::field("to", FieldProblem::new(FieldCode::NotThem, message))
}

/// Runs once more what met somebody else's row, which is there by now.
macro_rules! again_if_taken {
    ($attempt:expr) => {
        match $attempt.await {
            Err(Error::Store($crate::store::StoreError::Taken(_))) => $attempt.await,
            other => other,
        }
    };
}
use again_if_taken;
