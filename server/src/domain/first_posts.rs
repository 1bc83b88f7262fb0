//! The first post of a newcomer, which on some boards waits for a moderator.

use shared::{BoardId, api::PersonView, rules::Away};

use crate::store::{StoreError, Tx, boards, cases};

/// Why what somebody writes on a board does not stand at once, if it does not: the board holds first posts, and nothing of
/// theirs stands anywhere yet. The company's people are no newcomers.
pub(super) async fn hold(tx: &mut Tx, who: &PersonView, board: BoardId) -> Result<Option<Away>, StoreError> {
    let newcomer =
        !who.role.is_staff() && boards::holds_first(tx, board).await? && !cases::is_known(tx, who.id).await?;
    Ok(newcomer.then_some(Away::Held))
}
