//! What a use case answers when it does not do what was asked.

use std::{collections::BTreeMap, time::Duration};

use shared::{
    api::{FieldCode, FieldProblem},
    rules::Refusal,
};

use super::pictures::develop::Unfit;
use crate::store::StoreError;

/// Why a use case did nothing. Whatever it says, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such thing, or not for this person. Names the kind of thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Fields are not acceptable, by their names in the request.
    #[error("fields are not acceptable")]
    Invalid(BTreeMap<String, FieldProblem>),
    /// The state of things stands against it. Says what.
    #[error("{0}")]
    Conflict(String),
    /// The concept changed at this very moment.
    #[error("the text changed at this very moment; try again")]
    MovedOn,
    /// The person has no vote left on this board this month.
    #[error("no votes are left on this board this month; take one back to give it to another idea")]
    NoVotesLeft,
    /// The idea that another was merged into was itself merged since.
    #[error("the idea it was merged into was merged into another since; undo that first")]
    MergedOn,
    /// A dot vote is on.
    #[error("a dot vote is on; end it first")]
    VoteOn,
    /// The dot vote has ended.
    #[error("this dot vote has ended")]
    VoteEnded,
    /// The person has fewer dots left.
    #[error("not as many dots are left; take some from something else")]
    NoDotsLeft,
    /// The note says nothing.
    #[error("this note says nothing of which an idea could be made")]
    NoWords,
    /// The stages of the board are not those that were to be changed.
    #[error("other stages stand on this board by now; ask for them again")]
    StagesChanged,
    /// The experiment was concluded.
    #[error("this experiment was concluded; what it was stays as it was said")]
    Concluded,
    /// The person has not as many points.
    #[error("there are not enough points: {left} are left")]
    NoPointsLeft {
        /// How many they have.
        left: u32,
    },
    /// The points that were given were spent.
    #[error("these points were spent in part or in whole: {left} are left to take back")]
    PointsSpent {
        /// How many the person has.
        left: u32,
    },
    /// None is left of the perk.
    #[error("none of this perk is left")]
    PerkGone,
    /// It was taken back.
    #[error("this was taken back before")]
    Revoked,
    /// Something else was done to it in the same moment.
    #[error("it was moved just now; try again")]
    Moved,
    /// The idempotency key came before with another request.
    #[error("this idempotency key was used for another request")]
    IdempotencyKey,
    /// The link was used up, revoked or is too old; or never was one.
    #[error("the link was used, revoked or is too old")]
    LinkExpired,
    /// Whoever is asked for left, for good.
    #[error("whoever this was left, and asked to be forgotten")]
    Left,
    /// E-mail and password do not go together.
    #[error("this e-mail and password do not go together")]
    BadCredentials,
    /// The account is suspended. Says why, in the words of who did it.
    #[error("this account is suspended")]
    Suspended(String),
    /// This needs a signed-in browser, where an access token was shown.
    #[error("this needs a browser that is signed in; an access token is not enough")]
    NeedsSession,
    /// What was sent does not become a picture.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Too many attempts.
    #[error("too many attempts; try again later")]
    TooMany {
        /// When another attempt may be made.
        retry_after: Duration,
    },
    /// More is asked than can be done just now.
    #[error("too busy just now; try again")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours. The text is for the log.
    #[error("{0}")]
    Fault(String),
}

impl Error {
    /// The error that one field is not acceptable.
    #[must_use]
    pub fn field(name: &str, problem: FieldProblem) -> Self {
        Self::Invalid(BTreeMap::from([(name.to_owned(), problem)]))
    }

    /// The error that one field names something that does not exist.
    #[must_use]
    pub fn unknown_field(name: &str, message: &str) -> Self {
        Self::field(name, FieldProblem::new(FieldCode::Unknown, message))
    }
}
