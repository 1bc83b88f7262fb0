//! Ideas.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, StageView};
use crate::{
    DocumentId, IdeaId,
    rules::{Audience, EditingRule},
};

/// An idea in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaCard {
    /// Its id.
    pub id: IdeaId,
    /// The number in its address.
    pub number: u32,
    /// The readable piece of its address.
    pub slug: String,
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    pub pitch: String,
    /// The slug of its board.
    pub board: String,
    /// The title of its board.
    pub board_title: String,
    /// Where it stands.
    pub stage: StageView,
    /// Who proposed it.
    pub author: PersonView,
    /// Who shaped the concept, the proposer first; at most five.
    pub shaped_by: Vec<PersonView>,
    /// How many shaped the concept.
    pub shapers: u32,
    /// When it was proposed.
    pub created_at: Millis,
    /// When its concept last changed.
    pub updated_at: Millis,
}

/// An idea, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaView {
    /// What its card shows.
    pub card: IdeaCard,
    /// The concept's body, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// The live document of the concept.
    pub document: DocumentId,
    /// The place in the document's log that these texts reflect.
    pub reflects: i64,
    /// The board's audience.
    pub audience: Audience,
    /// The board's editing rule.
    pub editing: EditingRule,
    /// Whether the person asking may change the concept.
    pub may_edit: bool,
    /// Whether the concept is set aside: it broke again and again, and nobody may change it until a moderator has looked.
    pub set_aside: bool,
    /// Co-authors, the proposer first.
    pub coauthors: Vec<PersonView>,
}

/// What an open page is told when a concept has changed: the data of a `concept` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConceptChanged {
    /// The number of the idea.
    pub number: u32,
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    pub pitch: String,
    /// The concept's body as sanitised HTML.
    pub body_html: String,
    /// The place in the document's log that these texts reflect.
    pub reflects: i64,
    /// When it changed.
    pub updated_at: Millis,
}

/// `POST /api/v1/boards/{slug}/ideas`: propose an idea.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewIdea {
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    #[serde(default)]
    pub pitch: String,
    /// The concept's body, Markdown.
    #[serde(default)]
    pub body: String,
}
