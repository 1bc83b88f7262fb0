//! The time within which a board answers, how it keeps to it, and who answers.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, TagView};
use crate::TagId;

/// The clock of an idea that waits for an answer which its board promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockView {
    /// The last moment at which an answer comes in time; while the clock stands still, as it was when it stopped.
    pub due_at: Millis,
    /// Since when it stands still, because the author was asked something; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Millis>,
}

impl ClockView {
    /// Whether the time is over: what was late when the author was asked something stays late.
    #[must_use]
    pub fn is_late(&self, now: Millis) -> bool {
        self.paused_at.unwrap_or(now) > self.due_at
    }
}

/// That a board promises an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromiseView {
    /// Within how many days.
    pub days: u32,
    /// Since when.
    pub since: Millis,
}

/// How a board kept its promise in the last 90 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromiseRecord {
    /// Ideas that were answered in time.
    pub kept: u32,
    /// Ideas whose time passed before they were answered, or without an answer to this day.
    pub missed: u32,
    /// Of these, how many still wait.
    pub overdue: u32,
    /// Half of the answers took at most so many milliseconds, without the time for which the author was asked something;
    /// absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_wait: Option<Millis>,
}

/// Somebody who answers the ideas of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswererView {
    /// Who.
    pub person: PersonView,
    /// The tag whose ideas they answer; absent where they answer whatever the tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagView>,
    /// Whether they are told only once half of the promised time is over.
    pub reserve: bool,
}

/// `PUT /api/v1/boards/{slug}/answerers/{handle}`: let somebody be told of the ideas of a board, to answer them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAnswerer {
    /// The tag whose ideas they answer; absent for whatever the tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagId>,
    /// Whether they are told only once half of the promised time is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reserve: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_stops_the_clock_and_hides_no_delay() {
        let clock = |paused_at| ClockView { due_at: 100, paused_at };
        assert!(!clock(None).is_late(100));
        assert!(clock(None).is_late(101));
        assert!(!clock(Some(90)).is_late(500));
        assert!(clock(Some(110)).is_late(500));
    }
}
