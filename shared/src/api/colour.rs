//! The palette of stages and people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// A colour of the palette; the styles say what it looks like in each theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Quiet grey.
    #[default]
    Slate,
    /// Warm yellow.
    Amber,
    /// Orange.
    Coral,
    /// Pink.
    Rose,
    /// Purple.
    Plum,
    /// Blue.
    Sky,
    /// Blue-green.
    Teal,
    /// Green.
    Leaf,
}

impl Colour {
    /// Every colour.
    pub const ALL: [Self; 8] =
        [Self::Slate, Self::Amber, Self::Coral, Self::Rose, Self::Plum, Self::Sky, Self::Teal, Self::Leaf];

    /// The word the API, the store and the styles use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slate => "slate",
            Self::Amber => "amber",
            Self::Coral => "coral",
            Self::Rose => "rose",
            Self::Plum => "plum",
            Self::Sky => "sky",
            Self::Teal => "teal",
            Self::Leaf => "leaf",
        }
    }

    /// The colour of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.as_str() == word)
    }

    /// The colour people's carets and avatars have, the same on every screen, from the bytes of their id.
    #[must_use]
    pub fn of_person(id: PersonId) -> Self {
        // FNV-1a: ids made in the same moment share most of their bytes, and must not share their colour.
        let hash =
            id.0.as_bytes()
                .iter()
                .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let place = (hash >> 16) as usize % (Self::ALL.len() - 1);
        // Slate is for what has no person.
        Self::ALL[1 + place]
    }

    /// The colours of people who are somewhere together: each their own as far as there are enough, and the same for
    /// whoever looks. Who shares a colour with somebody of a lower id gets one that is free.
    #[must_use]
    pub fn of_people(people: impl IntoIterator<Item = PersonId>) -> BTreeMap<PersonId, Self> {
        let mut given: BTreeMap<_, _> = people.into_iter().map(|id| (id, Self::of_person(id))).collect();
        let mut free: Vec<Self> =
            Self::ALL[1..].iter().copied().filter(|colour| !given.values().any(|one| one == colour)).collect();
        let mut taken = Vec::new();
        for colour in given.values_mut() {
            if taken.contains(colour) && !free.is_empty() {
                *colour = free.remove(0);
            }
            taken.push(*colour);
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Colour;
    use crate::PersonId;

    #[test]
    fn people_together_are_told_apart_as_far_as_colours_go() {
        let people: Vec<PersonId> = (0..20).map(|_| PersonId::new()).collect();
        for together in 1..people.len() {
            let colours = Colour::of_people(people[..together].iter().copied());
            let shades: BTreeSet<_> = colours.values().map(|colour| colour.as_str()).collect();
            assert_eq!(colours.len(), together);
            assert_eq!(shades.len(), together.min(Colour::ALL.len() - 1));
            assert_eq!(colours, Colour::of_people(people[..together].iter().rev().copied()));
        }
        assert_eq!(Colour::of_people([people[0]])[&people[0]], Colour::of_person(people[0]));
    }
}
