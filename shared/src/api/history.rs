//! The histories of documents: in which versions they came to be, and by whom.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, MakerView, Millis, PersonView};
use crate::{
    DocumentId,
    canvas::{Canvas, ItemRef},
    field::Field,
};

/// `GET /api/v1/ideas/{number}/history`: how a concept came to be. Every version and what lies between any two of them can be
/// read from it: a run is there from the version that wrote it up to the one that took it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// The live document of the concept.
    pub document: DocumentId,
    /// The place in the document's log up to which this tells.
    pub reflects: i64,
    /// Whoever wrote in it. Versions and runs name people by their place here, from 0.
    pub people: Vec<PersonView>,
    /// The versions, the first first. Runs name them by their place here, from 0.
    pub versions: Vec<VersionView>,
    /// The title.
    pub title: Vec<Run>,
    /// The pitch.
    pub pitch: Vec<Run>,
    /// The body, in Markdown.
    pub body: Vec<Run>,
}

impl History {
    /// The runs of a text.
    #[must_use]
    pub fn runs(&self, field: Field) -> &[Run] {
        match field {
            Field::Title => &self.title,
            Field::Pitch => &self.pitch,
            Field::Body => &self.body,
        }
    }
}

/// A version of a concept: what one person wrote in one go, or several at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionView {
    /// Who wrote, whoever began first.
    pub by: Vec<u32>,
    /// When its first change was stored.
    pub began_at: Millis,
    /// When its last change was stored. No two versions end at the same time.
    pub ended_at: Millis,
    /// How many changes it holds.
    pub changes: u32,
    /// The place of its last change in the document's log.
    pub place: i64,
    /// What it did to the title.
    pub title: Extent,
    /// What it did to the pitch.
    pub pitch: Extent,
    /// What it did to the body.
    pub body: Extent,
}

impl VersionView {
    /// What it did to all texts together.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let parts = [self.title, self.pitch, self.body];
        parts.iter().fold(Extent::default(), |all, part| Extent {
            added: all.added.saturating_add(part.added),
            removed: all.removed.saturating_add(part.removed),
        })
    }

    /// What it did to a text.
    pub fn extent_of(&mut self, field: Field) -> &mut Extent {
        match field {
            Field::Title => &mut self.title,
            Field::Pitch => &mut self.pitch,
            Field::Body => &mut self.body,
        }
    }
}

/// How many letters came and went. What a version both wrote and took away counts for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Extent {
    /// Letters that came.
    pub added: u32,
    /// Letters that went.
    pub removed: u32,
}

/// Letters that stand one behind the other, were written by one person in one version, and went in one version, if they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// The letters.
    pub text: String,
    /// Who wrote them.
    pub by: u32,
    /// The version that wrote them.
    pub born: u32,
    /// The version that took them away, and who did; absent while they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
}

/// How letters went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gone {
    /// In which version.
    pub at: u32,
    /// By whom.
    pub by: u32,
}

impl Run {
    /// Whether it stands after a version.
    #[must_use]
    pub fn stands(&self, version: u32) -> bool {
        self.born <= version && self.gone.is_none_or(|gone| gone.at > version)
    }
}

/// `GET /api/v1/boards/{slug}/canvas/history`: how a canvas came to be. What lay on it after a version is what its versions
/// up to there put and took away, one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasHistory {
    /// The live document of the canvas.
    pub document: DocumentId,
    /// The place in the document's log up to which this tells.
    pub reflects: i64,
    /// Whoever changed something on it. Versions name people by their place here, from 0.
    pub people: Vec<PersonView>,
    /// The versions in which something on it changed, the first first.
    pub versions: Vec<CanvasVersion>,
    /// Who put things there.
    pub makers: Vec<MakerView>,
    /// The ideas that lay on it at any time, as far as the person asking sees them.
    pub ideas: Vec<IdeaCard>,
}

/// A version of a canvas: what one person did in one go, or several at the same time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasVersion {
    /// Who did it, whoever began first.
    pub by: Vec<u32>,
    /// When its first change was stored.
    pub began_at: Millis,
    /// When its last change was stored. No two versions end at the same time.
    pub ended_at: Millis,
    /// How many changes it holds.
    pub changes: u32,
    /// The place of its last change in the document's log.
    pub place: i64,
    /// What is new or otherwise, as it is then.
    pub put: Canvas,
    /// What is not there any more, such as `notes/n1`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub gone: Vec<ItemRef>,
}

impl CanvasVersion {
    /// How many things it changed.
    #[must_use]
    pub fn things(&self) -> u32 {
        u32::try_from(self.put.len() + self.gone.len()).unwrap_or(u32::MAX)
    }
}
