//! What things are found by. A term is a word or a stem with a letter before it that says which; in the index, another
//! before that says of what kind of thing it is, so that a search among ideas reads nothing of the comments.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::words::{self, Family};

/// Words of a document that it is found by, each counted once. Longer texts are found by how they begin.
const WORDS: usize = 5_000;

/// The kinds of things, each with its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An idea.
    Idea,
    /// A comment that everyone reads who sees the idea.
    Comment,
    /// A comment for the staff alone.
    Note,
    /// A person.
    Person,
    /// A board.
    Board,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::Idea => 'i',
            Self::Comment => 'c',
            Self::Note => 'n',
            Self::Person => 'p',
            Self::Board => 'b',
        }
    }

    /// A term among things of this kind.
    pub fn term(self, term: &str) -> String {
        format!("{}{term}", self.letter())
    }
}

/// Where a word is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// In the title.
    Title,
    /// Anywhere.
    Any,
}

impl Field {
    /// The term of a word as it is.
    pub fn word(self, folded: &str) -> String {
        format!("{}{folded}", if self == Self::Title { 't' } else { 'w' })
    }

    /// The terms of its families.
    pub fn family(self, family: &Family) -> [String; 2] {
        let (french, english) = if self == Self::Title { ('g', 'h') } else { ('f', 'e') };
        [format!("{french}{}", family.french), format!("{english}{}", family.english)]
    }
}

/// The term of a title as a whole: titles that differ only in accents, case and marks have the same. What has no words
/// is itself.
pub fn whole(title: &str) -> String {
    let words: Vec<String> = words::words(title).map(|word| word.folded).collect();
    let said = if words.is_empty() { title.trim().to_owned() } else { words.join(" ") };
    format!("s{:x}", Sha256::digest(said)).chars().take(24).collect()
}

/// Whether documents that have the term are counted; what is left out says nothing of how rare a word is.
pub fn is_counted(term: &str) -> bool {
    term.starts_with(['w', 'f', 'e'])
}

/// The word that a term is, if it is one as written.
pub fn word_of(term: &str) -> Option<&str> {
    term.strip_prefix('w')
}

/// The terms of a document: of its title, and of the other texts.
pub fn of(kind: Kind, title: &str, texts: &[&str]) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    let mut add = |term: String| {
        terms.insert(kind.term(&term));
    };
    if kind == Kind::Idea {
        add(whole(title));
        for word in words::words(title) {
            add(Field::Title.word(&word.folded));
            Field::Title.family(&Family::of(&word.folded)).into_iter().for_each(&mut add);
        }
    }
    let mut known = BTreeSet::new();
    for word in std::iter::once(title).chain(texts.iter().copied()).flat_map(words::words) {
        if known.len() < WORDS && !known.contains(&word.folded) {
            add(Field::Any.word(&word.folded));
            Field::Any.family(&Family::of(&word.folded)).into_iter().for_each(&mut add);
            known.insert(word.folded);
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_same_whatever_its_marks() {
        assert_eq!(whole("Éclairage du soir !"), whole("eclairage — du  SOIR"));
        assert_ne!(whole("Éclairage du soir"), whole("Éclairage du matin"));
        assert_eq!(whole(" 🥐 "), whole("🥐"));
        assert_ne!(whole("🥐"), whole("🍞"));
    }

    #[test]
    fn terms_say_where_and_of_what_they_are() {
        let terms = of(Kind::Idea, "Lumières", &["", "le soir"]);
        for term in ["iwlumieres", "itlumieres", "iwsoir", "iwle"] {
            assert!(terms.contains(term), "{term}: {terms:?}");
        }
        assert!(!terms.contains("itsoir") && terms.contains(&Kind::Idea.term(&whole("lumieres"))));
        assert!(of(Kind::Person, "Zoé", &["zoe-martin"]).contains("pwmartin"));
        let long: String = (0..9_000).map(|n| format!("mot{n} ")).collect();
        assert!(of(Kind::Comment, "", &[&long]).len() <= 3 * WORDS);
    }
}
