//! The words of feeds, which the server writes without a page around them.

use leptos_i18n::td_string;
use shared::api::{NewsKind, Outcome, PersonView};

use crate::{i18n::Locale, visit::text_locale};

/// The words of feeds in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(Locale);

/// A title made of what is filled in.
macro_rules! titles {
    ($($(#[doc = $doc:literal])* $name:ident($($part:ident),+);)+) => {$(
        $(#[doc = $doc])*
        #[must_use]
        pub fn $name(self, $($part: &str),+) -> String {
            td_string!(self.0, feed.$name, $($part = $part),+)
        }
    )+};
}

impl Words {
    /// In this language.
    #[must_use]
    pub fn new(language: shared::Locale) -> Self {
        Self(text_locale(language))
    }

    /// What somebody is called.
    #[must_use]
    pub fn name(self, person: &PersonView) -> String {
        crate::words::name_in(self.0, person)
    }

    titles! {
        /// The title of the news of a workspace.
        news(workspace);
        /// That an idea was proposed.
        proposed(idea);
        /// That it moved to a stage.
        moved(idea, stage);
        /// That it was answered.
        answered(idea);
        /// That there is an update of it.
        updated(idea);
        /// That a milestone of it was reached.
        reached(idea, milestone);
        /// That an experiment began.
        tries(idea);
        /// That what was tried is kept.
        kept(idea);
        /// That what was tried is taken back.
        reverted(idea);
        /// That its concept was frozen.
        frozen(idea);
        /// That it no longer is.
        thawed(idea);
        /// That it was launched.
        launched(idea);
        /// That it will not be done.
        declined(idea);
        /// From which stage it moved to which.
        went(from, to);
    }

    /// How far an idea is.
    #[must_use]
    pub fn so_far(self, percent: u8) -> String {
        td_string!(self.0, progress.so_far, n = percent)
    }

    /// Before what was said.
    #[must_use]
    pub fn you_said(self) -> &'static str {
        td_string!(self.0, news.you_said)
    }

    /// Before what was done.
    #[must_use]
    pub fn we_did(self, what: NewsKind) -> &'static str {
        match what {
            NewsKind::Launched => td_string!(self.0, news.we_did),
            NewsKind::Answered | NewsKind::Declined => td_string!(self.0, news.we_answered),
        }
    }

    /// Before how an update begins.
    #[must_use]
    pub fn update(self) -> &'static str {
        td_string!(self.0, progress.update)
    }

    /// Before why what was tried is kept or taken back.
    #[must_use]
    pub fn why(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Kept => td_string!(self.0, progress.why_kept),
            Outcome::Reverted => td_string!(self.0, progress.why_reverted),
        }
    }

    /// Before what an experiment believes, what it does, and by what it is judged.
    #[must_use]
    pub fn experiment(self) -> [&'static str; 3] {
        [
            td_string!(self.0, progress.hypothesis),
            td_string!(self.0, progress.trial),
            td_string!(self.0, progress.measure),
        ]
    }
}
