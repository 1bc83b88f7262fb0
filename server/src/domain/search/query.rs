//! What somebody searches for.

use std::collections::HashSet;

use super::{
    terms::{Field, Kind},
    words::{self, Family},
};
use crate::store::{
    StoreError, Tx,
    search::{self, Match},
};

/// Words of a query that are looked for; further ones are left out.
const WORDS: usize = 12;
/// Letters of a word from which on it may be the beginning of a longer one: among names and boards, and among texts.
const BEGINS: (usize, usize) = (2, 3);
/// Words that may have been meant by one, at most.
const MEANT: usize = 6;
/// Letters from which on a word may be mistyped twice.
const TWO_SLIPS: usize = 8;

/// A word that is searched for.
#[derive(Clone, Debug)]
struct Sought {
    folded: String,
    family: Family,
    /// Whether it may be the beginning of a longer word: it is the last, and may still be being typed.
    begins: bool,
    /// The words that may have been meant by it.
    meant: Vec<(String, Family)>,
    /// Whether it, or a form of it, is anywhere.
    known: bool,
    /// How much it says: the rarer it is, the more.
    weight: f64,
}

/// The words that are searched for.
#[derive(Clone, Debug)]
pub struct Query(Vec<Sought>);

/// How well a word of a text fits one that is sought: 1 for the same.
const SAME: f64 = 1.0;
const FORM: f64 = 0.9;
const BEGUN: f64 = 0.75;
const SLIP: f64 = 0.5;

impl Sought {
    fn fit(&self, folded: &str) -> f64 {
        if folded == self.folded {
            return SAME;
        }
        if self.begins && folded.starts_with(&self.folded) {
            return BEGUN;
        }
        // Forms of a word begin alike: most words of a text need no stemming to be told from it.
        let begin = folded.chars().next();
        let like = |other: &str| other.starts_with(|c| Some(c) == begin);
        if like(&self.folded) && self.family.meets(&Family::of(folded)) {
            return FORM;
        }
        let meant =
            |(word, family): &(String, Family)| like(word) && (word == folded || family.meets(&Family::of(folded)));
        if self.meant.iter().any(meant) { SLIP } else { 0.0 }
    }

    fn matching(&self, kind: Kind, field: Field) -> Match {
        let families = std::iter::once(&self.family).chain(self.meant.iter().map(|(_, family)| family));
        let terms: HashSet<String> = families.flat_map(|family| field.family(family)).collect();
        let mut ways: Vec<Match> = terms.iter().map(|term| Match::Term(kind.term(term))).collect();
        let enough = if matches!(kind, Kind::Person | Kind::Board) { BEGINS.0 } else { BEGINS.1 };
        if self.begins && self.folded.chars().count() >= enough {
            ways.push(Match::Begins(kind.term(&field.word(&self.folded))));
        }
        Match::Any(ways)
    }
}

impl Query {
    /// The words of a text that say something; all of them when none does. The last may be the beginning of a word.
    pub fn read(text: &str) -> Self {
        let mut seen = HashSet::new();
        let mut sought: Vec<Sought> = words::words(text)
            .filter(|word| seen.insert(word.folded.clone()))
            .map(|word| Sought {
                family: Family::of(&word.folded),
                folded: word.folded,
                begins: false,
                meant: Vec::new(),
                known: false,
                weight: 1.0,
            })
            .collect();
        if sought.iter().any(|word| !words::is_small(&word.folded)) {
            sought.retain(|word| !words::is_small(&word.folded));
        }
        sought.truncate(WORDS);
        let last = words::words(text).last().map(|word| word.folded);
        if let Some(word) = sought.last_mut() {
            word.begins = Some(&word.folded) == last.as_ref();
        }
        Self(sought)
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of its words says something by itself.
    pub fn is_telling(&self) -> bool {
        self.0.iter().any(|word| !words::is_small(&word.folded))
    }

    /// How many words are looked for.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Finds out how rare each word is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn weigh(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let terms: Vec<String> = self.0.iter().flat_map(|word| Field::Any.family(&word.family)).collect();
        let counts = search::counts(tx, &terms).await?;
        let all = search::documents(tx).await?;
        let docs =
            |word: &Sought| Field::Any.family(&word.family).iter().filter_map(|term| counts.get(term)).max().copied();
        for word in &mut self.0 {
            let docs = docs(word);
            word.known = docs.is_some();
            word.weight = docs.map_or(0.0, |docs| rarity(docs, all));
        }
        // A word that is nowhere says less than one that is somewhere.
        let known: Vec<f64> = self.0.iter().map(|word| word.weight).filter(|weight| *weight > 0.0).collect();
        let least = if known.is_empty() { 1.0 } else { known.iter().copied().fold(f64::MAX, f64::min) / 2.0 };
        for word in self.0.iter_mut().filter(|word| word.weight <= 0.0) {
            word.weight = least;
        }
        Ok(())
    }

    /// Finds out which words may have been meant by those sought.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guess(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        for word in &mut self.0 {
            let mut slips = words::slips(&word.folded);
            if slips.is_empty() {
                continue;
            }
            let allowed = if word.folded.chars().count() < TWO_SLIPS { 1 } else { 2 };
            if allowed > 1 {
                slips.extend(slips.iter().flat_map(|slip| words::slips(slip)).collect::<Vec<_>>());
            }
            let slips: Vec<String> = slips.into_iter().collect();
            let mut near: Vec<(usize, String)> = search::meant(tx, &slips, 40)
                .await?
                .into_iter()
                .filter(|meant| !words::is_small(meant))
                .map(|meant| (words::distance(&word.folded, &meant), meant))
                .filter(|(slips, _)| (1..=allowed).contains(slips))
                .collect();
            // The store has put the frequent ones first; of those, the nearest.
            near.sort_by_key(|(slips, _)| *slips);
            near.truncate(MEANT);
            word.meant = near.into_iter().map(|(_, meant)| (meant.clone(), Family::of(&meant))).collect();
        }
        // A mistyped small word says as little as the word itself.
        let says = |word: &Sought| word.known || !word.meant.is_empty() || !words::is_nearly_small(&word.folded);
        if self.0.iter().any(says) {
            self.0.retain(says);
        }
        Ok(())
    }

    /// Has every word in this field.
    pub fn all(&self, kind: Kind, field: Field) -> Match {
        Match::All(self.0.iter().map(|word| word.matching(kind, field)).collect())
    }

    /// Has two of the rarest words in this field, or the only one there is.
    pub fn two(&self, kind: Kind, field: Field) -> Match {
        let mut rarest: Vec<&Sought> = self.0.iter().collect();
        rarest.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        rarest.truncate(5);
        let ways: Vec<Match> = rarest.iter().map(|word| word.matching(kind, field)).collect();
        if ways.len() < 2 {
            return Match::Any(ways);
        }
        let pairs = ways
            .iter()
            .enumerate()
            .flat_map(|(at, one)| ways[at + 1..].iter().map(move |other| Match::All(vec![one.clone(), other.clone()])));
        Match::Any(pairs.collect())
    }

    /// How well each word is met by these, and what it weighs.
    pub fn fits(&self, text: &[String]) -> Vec<(f64, f64)> {
        let best = |word: &Sought| text.iter().map(|folded| word.fit(folded)).fold(0.0, f64::max);
        self.0.iter().map(|word| (best(word), word.weight)).collect()
    }

    /// How well a word of a text meets any that is sought, and which.
    pub fn meets(&self, folded: &str) -> Option<(usize, f64)> {
        let fits = self.0.iter().map(|word| word.fit(folded)).enumerate();
        fits.filter(|(_, fit)| *fit > 0.0).max_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

/// How much a word says that is in so many documents of all there are: hardly anything, if it is in each.
#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^53 documents")]
fn rarity(docs: i64, all: i64) -> f64 {
    (all.max(docs) as f64 / docs.max(1) as f64).ln() + 0.2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(text: &str) -> Vec<(String, bool)> {
        Query::read(text).0.into_iter().map(|word| (word.folded, word.begins)).collect()
    }

    #[test]
    fn small_words_are_left_out_unless_there_is_nothing_else() {
        assert_eq!(sought("la lumière de la cuisi"), [("lumiere".into(), false), ("cuisi".into(), true)]);
        assert_eq!(sought("lumière de la"), [("lumiere".into(), false)]);
        assert_eq!(sought("The"), [("the".into(), true)]);
        assert_eq!(sought("\u{0} \"' OR ( 🥐"), [("or".into(), true)]);
        assert!(Query::read("🥐 ?!").is_empty());
        let long: Vec<String> = (0..40).map(|n| format!("mot{n}")).collect();
        assert_eq!(Query::read(&long.join(" ")).len(), WORDS);
    }

    #[test]
    fn a_word_fits_itself_best_then_its_forms() {
        let query = Query::read("lumière chaude");
        let fit = |word: &str| query.meets(word).map_or(0.0, |(_, fit)| fit);
        assert!(fit("lumiere") > fit("lumieres") && fit("lumieres") > 0.0);
        assert!(fit("chaudement") > 0.0, "the last word may be a beginning");
        assert!(fit("chau") <= 0.0 && fit("lumi") <= 0.0);
    }
}
