//! What can be done while the server is out of reach, how it is sent, and what counts as an answer to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Answer, Made};
use crate::{
    CommentId,
    api::{Code, CommentView, EditComment, NewComment, Problem, Reaction, VoteView},
};

/// Something somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// They gave their vote, or took it back.
    Vote {
        /// The number of the idea.
        idea: u32,
        /// Whether they want it.
        on: bool,
    },
    /// They follow an idea, or no longer.
    Follow {
        /// The number of the idea.
        idea: u32,
        /// Whether they do.
        on: bool,
    },
    /// They reacted to a comment, or took that back.
    React {
        /// The number of the idea.
        idea: u32,
        /// The comment.
        comment: CommentId,
        /// In which way.
        kind: Reaction,
        /// Whether they do.
        on: bool,
    },
    /// They said something.
    Comment {
        /// The number of the idea.
        idea: u32,
        /// What.
        new: NewComment,
    },
    /// They said otherwise what they had said before the server's answer came.
    Edit {
        /// The number of the idea.
        idea: u32,
        /// The comment.
        comment: CommentId,
        /// What it is to say.
        body: String,
    },
}

/// What is one way or the other, so that the last word about it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// The vote for an idea.
    Vote(u32),
    /// Whether an idea is followed.
    Follow(u32),
    /// A reaction to a comment.
    React(CommentId, Reaction),
}

/// A request of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its method.
    pub method: &'static str,
    /// Its path, after `/api/v1`.
    pub path: String,
    /// Its body, JSON.
    pub body: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// After how many seconds to come again, if it says so.
    pub retry_after: Option<u64>,
}

impl Deed {
    /// The number of the idea it is about.
    #[must_use]
    pub fn idea(&self) -> u32 {
        match self {
            Self::Vote { idea, .. }
            | Self::Follow { idea, .. }
            | Self::React { idea, .. }
            | Self::Comment { idea, .. }
            | Self::Edit { idea, .. } => *idea,
        }
    }

    /// The thing it is about and which way that is to be, where there are two.
    #[must_use]
    pub fn toggle(&self) -> Option<(Thing, bool)> {
        match self {
            Self::Vote { idea, on } => Some((Thing::Vote(*idea), *on)),
            Self::Follow { idea, on } => Some((Thing::Follow(*idea), *on)),
            Self::React { comment, kind, on, .. } => Some((Thing::React(*comment, *kind), *on)),
            Self::Comment { .. } | Self::Edit { .. } => None,
        }
    }

    /// How it is sent.
    #[must_use]
    pub fn request(&self) -> Request {
        let (method, path, body) = match self {
            Self::Vote { idea, on } => (put_or_delete(*on), format!("/ideas/{idea}/vote"), None),
            Self::Follow { idea, on } => (put_or_delete(*on), format!("/ideas/{idea}/follow"), None),
            Self::React { comment, kind, on, .. } => {
                (put_or_delete(*on), format!("/comments/{comment}/reactions/{}", kind.as_str()), None)
            }
            Self::Comment { idea, new } => ("POST", format!("/ideas/{idea}/comments"), serde_json::to_string(new).ok()),
            Self::Edit { comment, body, .. } => {
                let edit = EditComment { body: body.clone() };
                ("PATCH", format!("/comments/{comment}"), serde_json::to_string(&edit).ok())
            }
        };
        Request { method, path, body }
    }

    /// What a reply means, or that there was none. Only what the API itself says is an answer: whatever stands between may
    /// say anything, such as the page by which one pays for a network.
    #[must_use]
    pub fn judge(&self, reply: Option<&Reply>) -> Answer {
        let Some(reply) = reply else { return Answer::Later(None) };
        let problem = || serde_json::from_str::<Problem>(&reply.body).ok();
        match reply.status {
            200..=299 => self.made(reply).map_or(Answer::Later(None), Answer::Done),
            408 | 425 | 429 | 503 => Answer::Later(reply.retry_after.map(Duration::from_secs)),
            400..=499 => problem().map_or(Answer::Later(None), |problem| match problem.code {
                Code::SignIn => Answer::SignIn,
                _ => Answer::Refused(problem),
            }),
            500..=599 if problem().is_some() => Answer::Aside,
            _ => Answer::Later(None),
        }
    }

    fn made(&self, reply: &Reply) -> Option<Made> {
        match self {
            Self::Vote { .. } => serde_json::from_str::<VoteView>(&reply.body).ok().map(Made::Vote),
            Self::Follow { .. } | Self::React { .. } => (reply.status == 204).then_some(Made::Nothing),
            Self::Comment { .. } | Self::Edit { .. } => {
                serde_json::from_str::<CommentView>(&reply.body).ok().map(|said| Made::Comment(said.id))
            }
        }
    }
}

fn put_or_delete(on: bool) -> &'static str {
    if on { "PUT" } else { "DELETE" }
}
