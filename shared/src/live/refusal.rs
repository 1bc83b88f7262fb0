//! Refusals in words: the same sentences from the server, in the person's language, and in the browser, in the page's.

use super::message::RejectCode;
use crate::{Locale, limits};

/// What stands at a path of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Title,
    Pitch,
    Body,
    Note,
    Group,
    Card,
    Link,
    Picture,
}

impl Thing {
    fn at(path: &str) -> Option<Self> {
        Some(match path.split('/').next()? {
            "title" => Self::Title,
            "pitch" => Self::Pitch,
            "body" => Self::Body,
            "notes" => Self::Note,
            "groups" => Self::Group,
            "cards" => Self::Card,
            "links" => Self::Link,
            "pictures" => Self::Picture,
            _ => return None,
        })
    }

    /// With its article, at the beginning of a sentence.
    fn name(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::Title, Locale::En) => "The title",
            (Self::Title, Locale::Fr) => "Le titre",
            (Self::Pitch, Locale::En) => "The pitch",
            (Self::Pitch, Locale::Fr) => "L’accroche",
            (Self::Body, Locale::En) => "The description",
            (Self::Body, Locale::Fr) => "La description",
            (Self::Note, Locale::En) => "A note",
            (Self::Note, Locale::Fr) => "Une note",
            (Self::Group, Locale::En) => "The title of a group",
            (Self::Group, Locale::Fr) => "Le titre d’un groupe",
            (Self::Card, Locale::En) => "A card",
            (Self::Card, Locale::Fr) => "Une carte",
            (Self::Link, Locale::En) => "A link",
            (Self::Link, Locale::Fr) => "Un lien",
            (Self::Picture, Locale::En) => "The description of a picture",
            (Self::Picture, Locale::Fr) => "La description d’une image",
        }
    }

    /// As somebody else's, at the beginning of a sentence.
    fn theirs(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::Note, Locale::En) => "This note",
            (Self::Note, Locale::Fr) => "Cette note",
            (Self::Group, Locale::En) => "This group",
            (Self::Group, Locale::Fr) => "Ce groupe",
            (Self::Card, Locale::En) => "This card",
            (Self::Card, Locale::Fr) => "Cette carte",
            (Self::Link, Locale::En) => "This link",
            (Self::Link, Locale::Fr) => "Ce lien",
            (Self::Picture, Locale::En) => "This picture",
            (Self::Picture, Locale::Fr) => "Cette image",
            (_, Locale::En) => "This text",
            (_, Locale::Fr) => "Ce texte",
        }
    }

    fn limit(self) -> Option<usize> {
        match self {
            Self::Title => Some(limits::TITLE),
            Self::Pitch => Some(limits::PITCH),
            Self::Body => Some(limits::BODY),
            Self::Note => Some(limits::NOTE),
            Self::Group => Some(limits::GROUP_TITLE),
            Self::Picture => Some(limits::ALT),
            Self::Card | Self::Link => None,
        }
    }
}

/// A number as people write it: 200,000 or 200 000.
fn number(value: usize, locale: Locale) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(match locale {
                Locale::En => ',',
                Locale::Fr => '\u{202f}',
            });
        }
        out.push(digit);
    }
    out
}

/// Why a change at this path was refused, in a sentence.
#[must_use]
pub fn sentence(code: RejectCode, path: &str, locale: Locale) -> String {
    let thing = Thing::at(path);
    let french = locale == Locale::Fr;
    let plain = |english: &str, in_french: &str| (if french { in_french } else { english }).to_owned();
    match code {
        RejectCode::Forbidden => plain(
            "You may not write here: you are reading along.",
            "Vous ne pouvez pas écrire ici : vous suivez en lecture.",
        ),
        RejectCode::NotYours => {
            let theirs = thing.map_or(plain("This", "Ceci"), |thing| thing.theirs(locale).to_owned());
            if french {
                format!(
                    "{theirs} vient de quelqu’un d’autre : cette personne et la modération seules peuvent y toucher."
                )
            } else {
                format!("{theirs} is somebody else’s: only they and moderators may change or remove it.")
            }
        }
        RejectCode::Schema if path.is_empty() => {
            plain("That is nothing this document can hold.", "Ce document ne peut rien contenir de tel.")
        }
        RejectCode::Schema if french => format!("Ce document ne peut pas contenir cela à « {path} »."),
        RejectCode::Schema => format!("This document cannot hold that at “{path}”."),
        RejectCode::TooLong => match thing.and_then(|thing| Some((thing.name(locale), thing.limit()?))) {
            Some((name, limit)) if french => format!("{name} peut avoir {} caractères au plus.", number(limit, locale)),
            Some((name, limit)) => format!("{name} may have {} characters at most.", number(limit, locale)),
            None => plain("The text would be too long.", "Le texte serait trop long."),
        },
        RejectCode::Locked if path.ends_with("/locked") => {
            plain("Only moderators lock and unlock.", "La modération seule verrouille et déverrouille.")
        }
        RejectCode::Locked => {
            let theirs = thing.map_or(plain("This", "Ceci"), |thing| thing.theirs(locale).to_owned());
            let words = if french {
                "est sous verrou : la modération seule peut y toucher."
            } else {
                "is locked: only moderators may change it."
            };
            format!("{theirs} {words}")
        }
        RejectCode::Taken => plain("It is there already.", "C’est déjà là."),
        RejectCode::ForeignActor => plain(
            "It was written under a mark that belongs to somebody else.",
            "C’était écrit sous une marque qui appartient à quelqu’un d’autre.",
        ),
        RejectCode::Malformed => plain(
            "The change does not fit the document it was made for.",
            "La modification ne s’accorde pas avec le document pour lequel elle a été faite.",
        ),
        RejectCode::Orphan => plain(
            "It builds on a change that was not taken.",
            "Ceci s’appuie sur une modification qui n’a pas été prise.",
        ),
        RejectCode::Quarantined => plain(
            "This cannot be written in just now: a moderator has to look at it first.",
            "On ne peut pas écrire ici pour l’instant : la modération doit d’abord y regarder.",
        ),
        RejectCode::Share => plain(
            "You have put here as much as one person can. Remove something of yours, or ask a moderator.",
            "Vous avez mis ici autant qu’une personne le peut. Retirez quelque chose, ou demandez à la modération.",
        ),
        RejectCode::TooLarge => plain(
            "The document is full: it can take no more changes.",
            "Le document est plein : il ne peut plus recevoir de modifications.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_as_people_write_it() {
        assert_eq!(
            sentence(RejectCode::TooLong, "body", Locale::En),
            "The description may have 200,000 characters at most."
        );
        assert_eq!(
            sentence(RejectCode::TooLong, "notes/n1/text", Locale::Fr),
            "Une note peut avoir 2\u{202f}000 caractères au plus."
        );
        assert_eq!(
            sentence(RejectCode::NotYours, "groups/g1", Locale::En),
            "This group is somebody else’s: only they and moderators may change or remove it."
        );
    }

    #[test]
    fn every_code_has_a_sentence_of_its_own_in_each_language() {
        for locale in [Locale::En, Locale::Fr] {
            let mut sentences: Vec<_> = RejectCode::ALL.iter().map(|code| sentence(*code, "title", locale)).collect();
            assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
            for mark in [" :", " ;", "« ", " »", "'"] {
                assert!(locale == Locale::En || sentences.iter().all(|sentence| !sentence.contains(mark)), "{mark}");
            }
            sentences.sort();
            sentences.dedup();
            assert_eq!(sentences.len(), RejectCode::ALL.len());
        }
    }
}
