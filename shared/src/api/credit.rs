//! Who shaped ideas, and by how much.

use serde::{Deserialize, Serialize};

use super::{IdeaName, PersonView};
use crate::{rules::words, shares::split};

/// A way to shape an idea that is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContributionKind {
    /// Letters of the title that stand.
    Title,
    /// Letters of the pitch that stand.
    Pitch,
    /// Letters of the body that stand.
    Body,
    /// A day's work on the concept that was kept when others went on with it.
    Improvement,
    /// A note that somebody else made this idea of.
    Note,
    /// An idea that was merged into this one.
    Twin,
    /// A comment or question that helped.
    Helpful,
    /// An experiment that was run and concluded.
    Experiment,
}

words!(ContributionKind: Title = "title", Pitch = "pitch", Body = "body", Improvement = "improvement", Note = "note",
    Twin = "twin", Helpful = "helpful", Experiment = "experiment");

impl ContributionKind {
    /// Whether it is letters of a text, which weigh by the hundred.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Title | Self::Pitch | Self::Body)
    }

    /// What the weight of one is counted by: the points of so many are `amount * weight * this`, in hundredths.
    fn hundredths(self) -> u64 {
        if self.is_text() { 1 } else { 100 }
    }
}

/// What each kind of contribution weighs: points for each, and for a hundred letters of a text. 0 to [`Weights::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A hundred letters of the title that stand.
    pub title: u32,
    /// A hundred letters of the pitch.
    pub pitch: u32,
    /// A hundred letters of the body.
    pub body: u32,
    /// A day's work that was kept when others went on.
    pub improvement: u32,
    /// A note that somebody else made this idea of.
    pub note: u32,
    /// An idea that was merged into this one.
    pub twin: u32,
    /// A comment or question that helped.
    pub helpful: u32,
    /// An experiment that was run and concluded.
    pub experiment: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { title: 40, pitch: 20, body: 10, improvement: 5, note: 20, twin: 20, helpful: 10, experiment: 25 }
    }
}

impl Weights {
    /// The greatest weight.
    pub const MOST: u32 = 1000;

    /// All, in the order of [`ContributionKind::ALL`].
    #[must_use]
    pub fn all(&self) -> [u32; ContributionKind::ALL.len()] {
        let Self { title, pitch, body, improvement, note, twin, helpful, experiment } = *self;
        [title, pitch, body, improvement, note, twin, helpful, experiment]
    }

    /// That of a kind.
    #[must_use]
    pub fn of(&self, kind: ContributionKind) -> u32 {
        self.all()[kind as usize]
    }

    /// Sets that of a kind.
    pub fn set(&mut self, kind: ContributionKind, points: u32) {
        *match kind {
            ContributionKind::Title => &mut self.title,
            ContributionKind::Pitch => &mut self.pitch,
            ContributionKind::Body => &mut self.body,
            ContributionKind::Improvement => &mut self.improvement,
            ContributionKind::Note => &mut self.note,
            ContributionKind::Twin => &mut self.twin,
            ContributionKind::Helpful => &mut self.helpful,
            ContributionKind::Experiment => &mut self.experiment,
        } = points;
    }

    /// What somebody gave and what that weighs; only the kinds of which they gave something.
    #[must_use]
    pub fn given(&self, amounts: &[u32; ContributionKind::ALL.len()]) -> Vec<Given> {
        let kinds = ContributionKind::ALL.iter().zip(self.all()).zip(amounts);
        kinds
            .filter(|(_, amount)| **amount > 0)
            .map(|((kind, weight), amount)| {
                let points = u64::from(*amount) * u64::from(weight) * kind.hundredths();
                Given { kind: *kind, amount: *amount, points: u32::try_from(points).unwrap_or(u32::MAX) }
            })
            .collect()
    }
}

/// Something that somebody gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Given {
    /// What they gave.
    pub kind: ContributionKind,
    /// How much or how many of it.
    pub amount: u32,
    /// What that weighs, in hundredths of a point.
    pub points: u32,
}

impl Given {
    /// What these weigh together, in hundredths of a point.
    #[must_use]
    pub fn sum(given: &[Self]) -> u32 {
        given.iter().fold(0, |sum, one| sum.saturating_add(one.points))
    }
}

/// Somebody's share in an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// Who.
    pub person: PersonView,
    /// Their share, in percent. Those of an idea sum to 100.
    pub percent: u32,
    /// What they gave, in hundredths of a point.
    pub points: u32,
    /// Why.
    pub given: Vec<Given>,
}

/// `GET /api/v1/ideas/{number}/contributions`: who shaped an idea, and by how much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contributions {
    /// The shares, the largest first.
    pub shares: Vec<Share>,
    /// What all gave, in hundredths of a point.
    pub points: u32,
}

impl Contributions {
    /// The shares of these people in what they gave together.
    #[must_use]
    pub fn of(given: Vec<(PersonView, Vec<Given>)>) -> Self {
        let mut shares: Vec<Share> = given
            .into_iter()
            .map(|(person, given)| Share { person, percent: 0, points: Given::sum(&given), given })
            .filter(|share| share.points > 0)
            .collect();
        shares.sort_by(|one, other| other.points.cmp(&one.points).then_with(|| one.person.id.cmp(&other.person.id)));
        let parts: Vec<u32> = shares.iter().map(|share| share.points).collect();
        for (share, percent) in shares.iter_mut().zip(split(100, &parts)) {
            share.percent = percent;
        }
        let points = parts.into_iter().fold(0_u32, u32::saturating_add);
        Self { shares, points }
    }
}

/// What somebody gave to an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonShare {
    /// The idea.
    pub idea: IdeaName,
    /// Whether they proposed it.
    pub proposed: bool,
    /// Their share in it, in percent.
    pub percent: u32,
    /// What they gave to it, in hundredths of a point.
    pub points: u32,
}

/// `GET /api/v1/people/{handle}/contributions`: what somebody gave to the ideas that the person asking sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonContributions {
    /// In how many ideas they have a share.
    pub ideas: u32,
    /// What they gave to all of them.
    pub given: Vec<Given>,
    /// What that weighs, in hundredths of a point.
    pub points: u32,
    /// The ideas they gave most to, at most twelve, the first first.
    pub most: Vec<PersonShare>,
}

/// `GET /api/v1/credit`: how credit is computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditRule {
    /// What each kind of contribution weighs.
    pub weights: Weights,
    /// How many letters in a row that stood before belong to who wrote them then.
    pub stretch: u32,
    /// How many letters of a day's work must stand for it to be an improvement.
    pub improvement: u32,
    /// Whether the person asking may change the weights.
    pub may_set: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights_are_found_by_kind() {
        let mut weights = Weights::default();
        for (kind, points) in ContributionKind::ALL.iter().zip(1..) {
            weights.set(*kind, points);
        }
        for (kind, points) in ContributionKind::ALL.iter().zip(1..) {
            assert_eq!(weights.of(*kind), points, "{kind:?}");
        }
        assert_eq!(weights.all(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn letters_weigh_by_the_hundred() {
        let given = Weights::default().given(&[50, 0, 1000, 0, 0, 0, 2, 0]);
        let points: Vec<_> = given.iter().map(|given| (given.kind, given.points)).collect();
        use ContributionKind::{Body, Helpful, Title};
        assert_eq!(points, [(Title, 2000), (Body, 10_000), (Helpful, 2000)]);
    }

    proptest! {
        #[test]
        fn percents_sum_to_a_hundred(parts in prop::collection::vec(prop_oneof![Just(0_u32), 0..50_u32, any::<u32>()], 0..40)) {
            let percents = split(100, &parts);
            let sum: u64 = parts.iter().map(|part| u64::from(*part)).sum();
            prop_assert_eq!(percents.iter().sum::<u32>(), if sum == 0 { 0 } else { 100 });
            for (part, percent) in parts.iter().zip(&percents) {
                let exact = if sum == 0 { 0.0 } else { f64::from(*part) * 100.0 / sum as f64 };
                prop_assert!((f64::from(*percent) - exact).abs() < 1.0, "{part} of {sum} is not {percent} %");
            }
        }
    }
}
