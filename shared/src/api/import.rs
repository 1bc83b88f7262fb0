//! Importing ideas from a file, and the names that come with them.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, StageView};
use crate::ImportId;

/// A column of a file of ideas that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportColumn {
    /// The title; the only one that is needed.
    Title,
    /// The text, Markdown.
    Body,
    /// Who proposed it: a name, or `@` and the handle of somebody here.
    Author,
    /// When it was proposed, ISO 8601; UTC where it says no offset.
    CreatedAt,
    /// How many wanted it where it comes from.
    Votes,
    /// How many comments stood under it where it comes from.
    Comments,
    /// The stage it is in, by its name in either language.
    Status,
    /// The tag it gets.
    Category,
}

impl ImportColumn {
    /// Every column, in the order of the usual header.
    pub const ALL: [Self; 8] = [
        Self::Title,
        Self::Body,
        Self::Author,
        Self::CreatedAt,
        Self::Votes,
        Self::Comments,
        Self::Status,
        Self::Category,
    ];

    /// Its name in the header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Author => "author",
            Self::CreatedAt => "created_at",
            Self::Votes => "votes",
            Self::Comments => "comments",
            Self::Status => "status",
            Self::Category => "category",
        }
    }
}

/// Why a row of a file cannot come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RowReason {
    /// It is needed.
    Required,
    /// It is longer than `limit` characters; it has `found`.
    TooLong,
    /// It holds characters that cannot stand here.
    Characters,
    /// It is no date, or none there is.
    NotADate,
    /// It is a date to come.
    InTheFuture,
    /// It is no whole number from 0 on.
    NotANumber,
    /// It is an e-mail address, which everybody would see.
    AnEmail,
    /// The row has `found` fields, and the header names `limit`.
    Fields,
    /// The row is longer than anything an idea can hold.
    Huge,
    /// A quote that begins here never ends: nothing after it was read.
    Unclosed,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowProblem {
    /// The line of the file on which the row begins, from 1.
    pub line: u32,
    /// The column; absent when it is the row as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ImportColumn>,
    /// What is wrong.
    pub reason: RowReason,
    /// How much there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How much there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u32>,
}

/// A status that the file speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusSeen {
    /// As the file has it.
    pub status: String,
    /// How many rows say so.
    pub rows: u32,
    /// The stage of that name; absent when the board has none, and the ideas go into its first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageView>,
}

/// An author that the file names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorSeen {
    /// As the file has it.
    pub name: String,
    /// How many rows say so.
    pub rows: u32,
}

/// What a file holds, for a board: what would come in, or came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Rows below the header.
    pub rows: u32,
    /// Those that are new to the board and can come in.
    pub new: u32,
    /// Those that an earlier import brought to the board.
    pub known: u32,
    /// Those that say what an earlier row of the file says.
    pub repeated: u32,
    /// Those that cannot come in.
    pub bad: u32,
    /// What is wrong with them, in the order of the file; the first thousand.
    pub problems: Vec<RowProblem>,
    /// Columns that are not read.
    pub ignored: Vec<String>,
    /// Whether it is no UTF-8, and was read as Windows-1252.
    pub windows_1252: bool,
    /// The statuses that new rows speak of; the first hundred.
    pub statuses: Vec<StatusSeen>,
    /// How many authors of new rows nobody here is known by: each becomes a name that a moderator may match.
    pub unknown_authors: u32,
    /// They, those with the most rows first; at most a hundred.
    pub authors: Vec<AuthorSeen>,
    /// New rows without an author: they stand under the name of whoever imports them.
    pub nameless: u32,
    /// New rows without a date: they are as old as the import.
    pub undated: u32,
    /// The tags that the board does not have yet and gets.
    pub new_tags: Vec<String>,
    /// New rows whose category would be one tag too many for the board: they get none.
    pub untagged: u32,
}

/// How an import fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It goes on.
    Running,
    /// It ended well.
    Done,
    /// It ended too early: the batches before are in, and the same file again brings in the rest.
    BrokenOff,
}

/// An import, while it goes on and afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// The slug of the board.
    pub board: String,
    /// The title of the board.
    pub board_title: String,
    /// Who imports.
    pub by: PersonView,
    /// The name of the file; empty where it has none.
    pub file: String,
    /// How it fares.
    pub state: ImportState,
    /// How many ideas are to come in.
    pub new: u32,
    /// How many are in.
    pub made: u32,
    /// How many rows could not come in.
    pub bad: u32,
    /// When it began.
    pub started_at: Millis,
    /// When it ended, or last got on.
    pub moved_at: Millis,
}

/// Where an idea came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OriginView {
    /// When it was imported.
    pub imported_at: Millis,
    /// How many votes it had where it comes from; they count among its votes.
    pub votes: u32,
    /// How many comments it had there; they did not come along.
    pub comments: u32,
}

/// A name that came with an import and that nobody here has claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NameView {
    /// The name.
    pub person: PersonView,
    /// How many ideas stand under it.
    pub ideas: u32,
    /// Whom a moderator matched it to, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_to: Option<PersonView>,
}

/// `PUT /api/v1/names/{handle}/match`: say who a name is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MatchName {
    /// The handle of the person.
    pub handle: String,
}
