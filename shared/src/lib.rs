//! What the server and the browser must agree on.
//!
//! This crate knows no runtime, no database and no view library: ids, roles and the rules of who may do what
//! ([`rules`]), the types of the JSON API ([`api`]), and the live protocol with its documents ([`live`]).

pub mod accent;
pub mod api;
pub mod backoff;
pub mod calendar;
pub mod canvas;
pub mod field;
pub mod history;
pub mod id;
pub mod limits;
pub mod live;
pub mod locale;
pub mod outbox;
pub mod passage;
pub mod picture;
pub mod role;
pub mod rules;
pub mod shares;
pub mod slug;

pub use id::{
    BadgeId, BoardId, CommentId, DecisionId, DocumentId, DotVoteId, EntryId, ExportId, FlagId, GuestLinkId,
    HappeningId, IdeaId, ImportId, InviteId, MailId, MergeId, PerkId, PersonId, PictureId, RecognitionId, SessionId,
    StageId, TagId, TokenId,
};
pub use locale::Locale;
pub use role::Role;
