//! Texts as words without accents and case, and the word families of French and English.
//!
//! Everything that is compared is made of the folded word, so that with and without its accents a word finds the same.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Letters of a word that count; two words that differ only later are one.
const LETTERS: usize = 40;

static FRENCH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::French));
static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
static SMALL: LazyLock<HashSet<&str>> = LazyLock::new(|| SMALL_WORDS.split_whitespace().collect());

/// Words that say little by themselves, in both languages, folded.
const SMALL_WORDS: &str = "
    a ai ainsi afin alors apres as au aucun aussi autre autres aux avant avec avoir beaucoup bien c ca car ce cela ces
    cet cette ceux chaque chez ci comme comment d dans de des deux devrait dire doit donc dont du elle elles en encore
    entre es est et etait etc ete etre eu eux fait faire faut il ils j je jusqu l la le les leur leurs lors lorsque lui
    m ma mais me meme memes mes moi mon n ne ni nos notre nous on ont ou par parce pas pendant peu peut plus pour
    pourquoi pouvoir puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait ses si soit son
    sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une vers voir vos votre vous y
    about after all also am an and any are at be because been before being but by can could did do does doing don for
    from had has have having he her here hers him his how i if in into is it its just let like me more most my need no
    nor not of only or other our out over own please re same she should so some such than that the their them then
    there these they this those through to too under until up us ve very want was we were what when where which while
    who whom why will with would you your
";

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// What it is without accents and case.
    pub folded: String,
}

/// The words of a text: letters and digits that stand together.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + text[rest..].find(belongs)?;
            let end = text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length);
            rest = end;
            let folded = fold(&text[start..end]);
            if !folded.is_empty() {
                return Some(Word { at: start..end, folded });
            }
        }
    })
}

/// An accent that stands behind its letter is part of the word.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.bytes().take(LETTERS).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            // What some letters become when they are taken apart or made small is no letter.
            c if c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    if let Some((end, _)) = folded.char_indices().nth(LETTERS) {
        folded.truncate(end);
    }
    folded
}

/// Whether a word says little by itself.
pub fn is_small(folded: &str) -> bool {
    (folded.len() == 1 && !folded.as_bytes()[0].is_ascii_digit()) || SMALL.contains(folded)
}

/// Whether a word is one slip of the hand away from one that says little by itself.
pub fn is_nearly_small(folded: &str) -> bool {
    let letters = folded.chars().count();
    MISTYPED.contains(&letters) && SMALL.iter().any(|small| small.len() >= letters && distance(folded, small) == 1)
}

/// What the forms of a word have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Family {
    /// In French.
    pub french: String,
    /// In English.
    pub english: String,
}

impl Family {
    /// The families of a folded word. One that is not written in plain letters is alone in its own.
    pub fn of(folded: &str) -> Self {
        if !folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Self { french: folded.to_owned(), english: folded.to_owned() };
        }
        Self { french: FRENCH.stem(&feminine(folded)).into_owned(), english: ENGLISH.stem(folded).into_owned() }
    }

    /// Whether a word of the other family is a form of the same word.
    pub fn meets(&self, other: &Self) -> bool {
        self.french == other.french || self.english == other.english
    }
}

/// The stemmer knows `ée` and `ées` only by their accents.
fn feminine(folded: &str) -> String {
    let stem = folded.strip_suffix("ees").or_else(|| folded.strip_suffix("ee"));
    stem.map_or_else(|| folded.to_owned(), |stem| format!("{stem}e"))
}

/// A word whole and with each letter missing in turn; nothing for one too short or too long to be mistyped.
pub fn slips(folded: &str) -> HashSet<String> {
    let letters: Vec<char> = folded.chars().collect();
    if !(MISTYPED.contains(&letters.len()) && letters.iter().all(|c| c.is_alphabetic())) {
        return HashSet::new();
    }
    let without = |gap: usize| letters.iter().enumerate().filter(|(at, _)| *at != gap).map(|(_, c)| c).collect();
    (0..=letters.len()).map(without).collect()
}

/// How long a word is that may be mistyped: in shorter ones each letter is another word.
const MISTYPED: std::ops::RangeInclusive<usize> = 4..=24;

/// How many slips of the hand lie between two words: letters missing, put in, changed, or changed for their neighbour.
pub fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i; right.len() + 1];
        for j in 1..=right.len() {
            let changed = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    fn same(left: &str, right: &str) -> bool {
        Family::of(&fold(left)).meets(&Family::of(&fold(right)))
    }

    #[test]
    fn accents_case_and_ligatures_do_not_count() {
        assert_eq!(folded("L’Œuf à la coque, ÉTÉ 2015 !"), ["l", "oeuf", "a", "la", "coque", "ete", "2015"]);
        assert_eq!(folded("e\u{301}te\u{301} ﬁn İstanbul Straße"), ["ete", "fin", "istanbul", "strasse"]);
        assert_eq!(folded("wi-fi_x \u{0}🥐 \u{301} 日本"), ["wi", "fi", "x", "日本"]);
    }

    #[test]
    fn forms_of_a_word_meet_in_both_languages() {
        for (left, right) in [
            ("éclairage", "ECLAIRAGES"),
            ("proposée", "proposer"),
            ("proposées", "propose"),
            ("donnée", "données"),
            ("numérique", "numériques"),
            ("journal", "journaux"),
            ("idée", "idees"),
            ("voter", "votes"),
            ("lights", "light"),
            ("turning", "turned"),
            ("batteries", "battery"),
        ] {
            assert!(same(left, right), "{left} {right}: {:?} {:?}", Family::of(&fold(left)), Family::of(&fold(right)));
        }
        for (left, right) in [("pain", "main"), ("lumière", "cuisine"), ("door", "dog")] {
            assert!(!same(left, right), "{left} {right}");
        }
    }

    #[test]
    fn a_slip_of_the_hand_is_one() {
        assert_eq!(distance("lumiere", "lumiere"), 0);
        for mistyped in ["lumere", "lumieree", "lumjere", "lumeire"] {
            assert_eq!(distance("lumiere", mistyped), 1, "{mistyped}");
            assert!(!slips("lumiere").is_disjoint(&slips(mistyped)), "{mistyped}");
        }
        assert_eq!(distance("", "abc"), 3);
        assert!(slips("sel").is_empty() && slips("2015").is_empty());
    }

    proptest! {
        #[test]
        fn words_are_found_again_where_they_stand(text in any::<String>()) {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.at.start >= end);
                end = word.at.end;
                prop_assert_eq!(fold(&text[word.at.clone()]), word.folded.clone());
                prop_assert_eq!(fold(&word.folded), word.folded.clone(), "folding twice changes nothing");
                prop_assert!(word.folded.chars().all(char::is_alphanumeric));
                let _ = (Family::of(&word.folded), slips(&word.folded));
            }
        }

        #[test]
        fn with_and_without_accents_words_are_the_same(text in "[a-zA-Zéèàùçêîôûëïüœ' -]{0,60}") {
            let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
            prop_assert_eq!(folded(&text), folded(&plain));
        }

        #[test]
        fn who_slips_once_shares_a_slip(word in "[a-z]{5,12}", at in 0_usize..5, letter in "[a-z]") {
            let mut changed = word.clone();
            changed.replace_range(at..=at, &letter);
            prop_assert!(distance(&word, &changed) <= 1);
            prop_assert!(!slips(&word).is_disjoint(&slips(&changed)));
        }
    }
}
