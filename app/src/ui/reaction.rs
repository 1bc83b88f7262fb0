//! The ways in which people react: a word and a symbol each.

use shared::api::Reaction;

use crate::{i18n::t_string, words::Texts};

/// The word for it.
pub fn word(i18n: Texts, kind: Reaction) -> &'static str {
    match kind {
        Reaction::Agree => t_string!(i18n, talk.agree),
        Reaction::Love => t_string!(i18n, talk.love),
        Reaction::Insight => t_string!(i18n, talk.insight),
        Reaction::Thanks => t_string!(i18n, talk.thanks),
        Reaction::Smile => t_string!(i18n, talk.smile),
    }
}

/// Its icon.
pub fn symbol(kind: Reaction) -> &'static str {
    match kind {
        Reaction::Agree => "thumbs-up",
        Reaction::Love => "heart",
        Reaction::Insight => "lightbulb",
        Reaction::Thanks => "hand-heart",
        Reaction::Smile => "smiley",
    }
}
