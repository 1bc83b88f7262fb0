//! The canvas of a board, and the workshops held on it.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, Millis, PersonView, Reaction, ReactionCount};
use crate::{DocumentId, DotVoteId, canvas::Canvas};

/// `GET /api/v1/boards/{slug}/canvas`: all that is on the canvas of a board, and what one may do there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasView {
    /// Its live document.
    pub document: DocumentId,
    /// The place in the document's log that this reflects.
    pub reflects: i64,
    /// What is on it.
    pub canvas: Canvas,
    /// Who put it there.
    pub makers: Vec<MakerView>,
    /// The ideas on it, and those that notes on it became, as far as the person asking sees them.
    pub ideas: Vec<IdeaCard>,
    /// Which notes became ideas.
    pub promoted: Vec<Promoted>,
    /// The reactions to notes, of those that have any.
    pub reactions: Vec<NoteReactions>,
    /// The workshop going on.
    pub workshop: Workshop,
    /// What the person asking may do.
    pub may: CanvasMay,
}

/// Whose an Automerge actor id is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MakerView {
    /// The actor id, in hexadecimal.
    pub actor: String,
    /// Whose it is.
    pub person: PersonView,
}

/// What somebody may do on a canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasMay {
    /// Put things on it; change and remove one's own; react; set dots.
    pub note: bool,
    /// Move and group what others put there.
    pub arrange: bool,
    /// Overwrite and remove what others put there; lock, and change what is locked.
    pub tidy: bool,
    /// Make an idea of somebody else's note. Of one's own, who may propose may.
    pub promote: bool,
    /// Lead a workshop: the timer, dot votes, bringing everyone to one's view.
    pub facilitate: bool,
    /// Make links by which guests follow it.
    pub invite_guests: bool,
}

/// That a note became an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promoted {
    /// The id of the note.
    pub note: String,
    /// The number of the idea.
    pub number: u32,
}

/// How people reacted to a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteReactions {
    /// The id of the note.
    pub note: String,
    /// How many in each way, without the ways in which nobody did.
    pub reactions: Vec<ReactionCount>,
}

/// The data of a `reaction` event of `canvas:SLUG`, the same for everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteReacted {
    /// The id of the note.
    pub note: String,
    /// In which way.
    pub kind: Reaction,
    /// How many did, now.
    pub count: u32,
}

/// What goes on in the workshop on a canvas, as the person asking sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workshop {
    /// The server's time, by which the others here are told.
    pub now: Millis,
    /// The timer, while it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<TimerView>,
    /// The dot vote that is on, or else the last one that ended and was not put away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<DotVoteView>,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimerView {
    /// How long it was set for, in seconds.
    pub seconds: u32,
    /// When it is over; absent while it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Millis>,
    /// What is left while it is paused, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Millis>,
    /// Who set it.
    pub by: PersonView,
}

/// `PUT /api/v1/boards/{slug}/canvas/timer`: what to do with the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, tag = "act", rename_all = "lowercase")]
pub enum SetTimer {
    /// Start it anew.
    Start {
        /// How long, in seconds.
        seconds: u32,
    },
    /// Stop it for a while.
    Pause,
    /// Let it go on.
    Resume,
    /// Give more time, also to one that is over.
    Extend {
        /// How much more, in seconds.
        seconds: u32,
    },
}

/// A dot vote, as the person asking sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DotVoteView {
    /// Its id.
    pub id: DotVoteId,
    /// What is asked; may be empty.
    pub question: String,
    /// How many dots each person has.
    pub dots: u32,
    /// Whether one may set no more than one dot on one thing.
    pub one_each: bool,
    /// Whether nobody learns who set which dot, not even at the end.
    pub anonymous: bool,
    /// Who began it.
    pub by: PersonView,
    /// Since when.
    pub started_at: Millis,
    /// When it ends by itself; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Millis>,
    /// When it ended; absent while it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Millis>,
    /// The dots the person asking set.
    pub mine: Vec<Dots>,
    /// How many people have set dots.
    pub voters: u32,
    /// What came of it, the most dots first. Nothing while it is on.
    pub results: Vec<DotResult>,
}

/// Dots on something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Dots {
    /// On what: `notes/ID` or `cards/ID`.
    pub item: String,
    /// How many.
    pub dots: u32,
}

/// What one thing got in a dot vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DotResult {
    /// What: `notes/ID` or `cards/ID`.
    pub item: String,
    /// How many dots.
    pub dots: u32,
    /// From whom; nobody where the vote was anonymous.
    pub people: Vec<PersonView>,
}

/// `POST /api/v1/boards/{slug}/canvas/dot-votes`: begin a dot vote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDotVote {
    /// What is asked; may be empty.
    #[serde(default)]
    pub question: String,
    /// How many dots each person has.
    pub dots: u32,
    /// Whether one may set no more than one dot on one thing.
    #[serde(default)]
    pub one_each: bool,
    /// Whether nobody learns who set which dot.
    #[serde(default)]
    pub anonymous: bool,
    /// After how many seconds it ends by itself; absent where somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// `POST /api/v1/boards/{slug}/canvas/guests`: make a link by which guests follow the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGuestLink {
    /// For how many hours it opens the canvas.
    pub hours: u32,
}

/// A link by which guests follow a canvas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestLinkView {
    /// Its id.
    pub id: crate::GuestLinkId,
    /// The path to give to guests, with its secret; only in the answer that makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Who made it.
    pub by: PersonView,
    /// When.
    pub created_at: Millis,
    /// Until when it opens the canvas.
    pub expires_at: Millis,
}
