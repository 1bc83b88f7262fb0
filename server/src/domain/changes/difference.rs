//! What came and went between two texts, as people read it: word by word.

use std::time::Duration;

use shared::api::{Stretch, StretchKind};
use similar::{ChangeTag, TextDiff};

/// Beyond it, the rest of a text is told more coarsely.
const PATIENCE: Duration = Duration::from_millis(300);
/// Letters at either end of a long stretch that stayed the same.
const AROUND: usize = 80;

/// The stretches of a text, from what it was to what it is.
#[must_use]
pub fn difference(before: &str, after: &str) -> Vec<Stretch> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(before, after);
    let mut stretches: Vec<Stretch> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => StretchKind::Same,
            ChangeTag::Insert => StretchKind::Added,
            ChangeTag::Delete => StretchKind::Removed,
        };
        match stretches.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => stretches.push(Stretch { kind, text: change.value().to_owned() }),
        }
    }
    let last = stretches.len().saturating_sub(1);
    for (at, stretch) in stretches.iter_mut().enumerate().filter(|(_, stretch)| stretch.kind == StretchKind::Same) {
        stretch.text = shortened(&stretch.text, at > 0, at < last);
    }
    stretches
}

/// A text without its middle, or without the end that nothing follows.
fn shortened(text: &str, from: bool, to: bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let wanted = AROUND * (usize::from(from) + usize::from(to)).max(1);
    if letters.len() <= wanted + AROUND {
        return text.to_owned();
    }
    // At the edge of a word.
    let begin = if from { edge(letters[..AROUND].iter()) } else { 0 };
    let end = if to { edge(letters[letters.len() - AROUND..].iter().rev()) } else { 0 };
    let head: String = letters[..begin].iter().collect();
    let tail: String = letters[letters.len() - end..].iter().collect();
    match (from, to) {
        (true, _) => format!("{} … {}", head.trim_end(), tail.trim_start()),
        (false, true) => format!("… {}", tail.trim_start()),
        (false, false) => text.chars().take(AROUND).chain(['…']).collect(),
    }
}

/// How many letters there are up to the last space.
fn edge<'a>(letters: impl ExactSizeIterator<Item = &'a char> + DoubleEndedIterator) -> usize {
    let all = letters.len();
    all - letters.rev().position(|c| c.is_whitespace()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(before: &str, after: &str) -> Vec<(StretchKind, String)> {
        difference(before, after).into_iter().map(|stretch| (stretch.kind, stretch.text)).collect()
    }

    #[test]
    fn words_come_and_go() {
        use StretchKind::{Added, Removed, Same};
        let stretches = told("Un pain de seigle", "Un pain de blé");
        assert_eq!(stretches, [(Same, "Un pain de ".into()), (Removed, "seigle".into()), (Added, "blé".into())]);
        assert_eq!(told("", "Neuf"), [(Added, "Neuf".into())]);
        assert_eq!(told("", ""), []);
    }

    #[test]
    fn what_is_long_and_the_same_is_left_out() {
        let long = "mot ".repeat(500);
        let stretches = told(&format!("{long}ancien {long}"), &format!("{long}nouveau {long}"));
        assert_eq!(stretches.len(), 4);
        for (kind, text) in &stretches {
            assert!(text.chars().count() <= 2 * AROUND + 4, "{kind:?} {text}");
        }
        assert!(stretches[0].1.starts_with("… mot") && stretches[3].1.ends_with("mot … "), "{stretches:?}");
    }

    proptest! {
        #[test]
        fn the_pieces_make_both_texts(before in "[a-c\n ]{0,60}", after in "[a-c\n ]{0,60}") {
            let stretches = difference(&before, &after);
            let of = |gone: StretchKind| -> String {
                stretches.iter().filter(|stretch| stretch.kind != gone).map(|stretch| stretch.text.as_str()).collect()
            };
            prop_assert_eq!(of(StretchKind::Added), before);
            prop_assert_eq!(of(StretchKind::Removed), after);
        }
    }
}
