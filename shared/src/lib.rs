//! What the server and the browser must agree on.
//!
//! This crate knows no runtime, no database and no view library: ids, roles and the rules of who may do what
//! ([`rules`]), the types of the JSON API ([`api`]), and the live protocol with its documents ([`live`]).

pub mod accent;
pub mod api;
pub mod calendar;
pub mod canvas;
pub mod field;
pub mod id;
pub mod limits;
pub mod live;
pub mod locale;
pub mod passage;
pub mod picture;
pub mod role;
pub mod rules;
pub mod slug;

pub use id::{
    BoardId, CommentId, DecisionId, DocumentId, DotVoteId, EntryId, ExportId, GuestLinkId, HappeningId, IdeaId,
    ImportId, InviteId, MailId, MergeId, PersonId, PictureId, SessionId, StageId, TagId, TokenId,
};
pub use locale::Locale;
pub use role::Role;
