//! Who is where on a board, as open pages are told.

use serde::{Deserialize, Serialize};

use crate::{PersonId, Role};

/// The event `here` of the topic `board:SLUG`: where on the board somebody is just now. Told to who is signed in and sees the
/// board, when they begin to listen and then within a second of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The places where somebody is, the canvas first, then the ideas by their numbers.
    pub places: Vec<PlaceHere>,
}

/// A place, and who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHere {
    /// The number of the idea; absent for the board's canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idea: Option<u32>,
    /// Who is there, each once however many pages they have open, whoever came first: five at most.
    pub people: Vec<PersonHere>,
    /// How many others are.
    #[serde(default)]
    pub others: u32,
}

/// Somebody who is somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHere {
    /// Who.
    pub id: PersonId,
    /// The name they are shown by.
    pub name: String,
    /// Their role.
    pub role: Role,
}
