//! The progress of ideas: updates, milestones and experiments, and how far the ideas are.

mod read;
mod write;

pub(super) use read::{experiments_of, milestones_of, percent, updates_of};
pub use read::{head, last_shown, milestones, one, versions};
pub use write::{
    EntryTexts, NewConclusion, NewEntry, conclude, edit, insert, keep_version, publish, refresh, remove, set_done,
};

use shared::{EntryId, IdeaId, PersonId, api::Millis};

use crate::store::StoreError;

/// What kind of progress an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// How things stand.
    Update,
    /// Something to be reached.
    Milestone,
    /// Something tried.
    Experiment,
}

impl EntryKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Milestone => "milestone",
            Self::Experiment => "experiment",
        }
    }

    fn parse(word: &str) -> Result<Self, StoreError> {
        match word {
            "update" => Ok(Self::Update),
            "milestone" => Ok(Self::Milestone),
            "experiment" => Ok(Self::Experiment),
            _ => Err(StoreError::Corrupt(format!("kind of entry `{word}`"))),
        }
    }
}

/// An entry as those who decide about it need to know it.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Which.
    pub id: EntryId,
    /// What kind of progress it is.
    pub kind: EntryKind,
    /// The idea it is about.
    pub idea: IdeaId,
    /// The number of that.
    pub number: u32,
    /// Who wrote it.
    pub by: PersonId,
    /// When it was published; nothing while only the company's people see it.
    pub published_at: Option<Millis>,
    /// When its texts were last changed, or else written.
    pub said_at: Millis,
}
