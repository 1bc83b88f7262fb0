//! Whether a concept became another than the one somebody voted for: see `docs/material-change.md`.

use std::collections::HashMap;

use shared::live::concept::Texts;

/// Of the telling words of a title, more than one in so many changed.
const TITLE_PART: usize = 3;
/// Words of a title up to this length tell little: articles and the like.
const SHORT: usize = 3;
/// Of all words, more than so many in ten changed.
const TENTHS: usize = 3;
/// And at least so many.
const FEWEST: usize = 5;

/// Whether what a concept says became another: a third of its title's telling words, or three in ten of all its words.
#[must_use]
pub fn is_material(before: &Texts, after: &Texts) -> bool {
    let title = Measure::of(telling(&before.title), telling(&after.title));
    let whole = Measure::of(all(before), all(after));
    let other_title = title.before > 0 && title.after > 0 && title.changed * TITLE_PART > title.most();
    let other_whole = whole.changed >= FEWEST && whole.changed * 10 > whole.most() * TENTHS;
    other_title || other_whole
}

/// How many words there were and are, and how many came or went.
struct Measure {
    before: usize,
    after: usize,
    changed: usize,
}

impl Measure {
    /// Words are counted, wherever they stand: what was only moved has not changed.
    fn of(before: impl Iterator<Item = String>, after: impl Iterator<Item = String>) -> Self {
        let mut counts: HashMap<String, isize> = HashMap::new();
        let (mut were, mut are) = (0, 0);
        for word in before {
            were += 1;
            *counts.entry(word).or_default() -= 1;
        }
        for word in after {
            are += 1;
            *counts.entry(word).or_default() += 1;
        }
        let came: usize = counts.values().filter(|count| **count > 0).map(|count| count.unsigned_abs()).sum();
        let went: usize = counts.values().filter(|count| **count < 0).map(|count| count.unsigned_abs()).sum();
        Self { before: were, after: are, changed: came.max(went) }
    }

    fn most(&self) -> usize {
        self.before.max(self.after)
    }
}

/// The words of a text, whatever stands between them and however they are written.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn telling(title: &str) -> impl Iterator<Item = String> {
    words(title).filter(|word| word.chars().count() > SHORT)
}

fn all(texts: &Texts) -> impl Iterator<Item = String> {
    words(&texts.title).chain(words(&texts.pitch)).chain(words(&texts.body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn concept(title: &str, body: &str) -> Texts {
        Texts { title: title.into(), pitch: String::new(), body: body.into() }
    }

    const BODY: &str =
        "Un pain au levain, tranché à la demande, pour celles et ceux qui ne passent pas tous les jours.";

    #[test]
    fn what_the_document_says_holds() {
        let before = concept("Un pain qui reste frais jusqu’au lundi", BODY);
        for same in [
            concept("Un pain qui reste frais jusqu’au LUNDI !", BODY),
            concept("Un pain qui reste frais jusqu’au mardi", BODY),
            concept("Un pain qui reste frais jusqu’au lundi", &format!("**{BODY}** Vraiment.")),
            concept(
                "Un pain qui reste frais jusqu’au lundi",
                "Pour celles et ceux qui ne passent pas tous les jours, un pain tranché à la demande, au levain.",
            ),
        ] {
            assert!(!is_material(&before, &same), "{same:?}");
        }
        for other in [
            concept("Une brioche qui reste moelleuse jusqu’au lundi", BODY),
            concept("Un pain qui reste frais jusqu’au lundi", "Un pain sans gluten, surgelé, livré le dimanche."),
            concept(
                "Un pain qui reste frais jusqu’au lundi",
                &format!("{BODY} Et aussi des viennoiseries, des gâteaux, du café, du thé et des jus de fruits frais."),
            ),
        ] {
            assert!(is_material(&before, &other), "{other:?}");
        }
    }

    #[test]
    fn a_few_words_of_a_short_idea_are_no_other_idea() {
        assert!(!is_material(&concept("Du seigle", ""), &concept("Du seigle", "Le lundi.")));
        assert!(!is_material(&concept("", ""), &concept("Du seigle", "")), "a title that begins is no other title");
    }

    proptest! {
        #[test]
        fn the_same_is_the_same_and_both_ways_are_alike(a in "[a-e ]{0,60}", b in "[a-e ]{0,60}") {
            let (a, b) = (concept(&a, &b), concept(&b, &a));
            prop_assert!(!is_material(&a, &a));
            prop_assert_eq!(is_material(&a, &b), is_material(&b, &a));
        }
    }
}
