//! Texts with what was searched for marked in them.

use shared::api::Piece;

use super::{
    query::Query,
    words::{self, Word},
};

/// Letters of a text that are shown around what was found.
const SHOWN: usize = 180;
/// Letters before the first word found.
const BEFORE: usize = 50;

/// A text, whole.
pub fn whole(text: &str, query: &Query) -> Vec<Piece> {
    pieces(text, hits(text, query).iter())
}

/// The part of a text where most of what was searched for stands. Its beginning when nothing does.
pub fn excerpt(text: &str, query: &Query) -> Vec<Piece> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hits = hits(&text, query);
    let start = densest(&hits).map_or(0, |at| begin(&text, at));
    let end = end(&text, start);
    let inside = hits.iter().filter(|(word, _)| word.at.start >= start && word.at.end <= end);
    let mut pieces = pieces_of(&text[start..end], start, inside);
    if start > 0 {
        pieces.insert(0, Piece { text: "…".into(), hit: false });
    }
    if end < text.len() {
        pieces.push(Piece { text: "…".into(), hit: false });
    }
    pieces
}

/// Whether anything that was searched for is marked.
pub fn is_marked(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| piece.hit)
}

/// The words that meet what is sought, each with which it meets.
fn hits(text: &str, query: &Query) -> Vec<(Word, usize)> {
    words::words(text).filter_map(|word| query.meets(&word.folded).map(|(which, _)| (word, which))).collect()
}

/// Where a stretch of text begins that holds as many different words sought as any.
fn densest(hits: &[(Word, usize)]) -> Option<usize> {
    let held = |from: usize| {
        let near = hits[from..].iter().take_while(|(word, _)| word.at.end <= hits[from].0.at.start + SHOWN - BEFORE);
        let mut which: Vec<usize> = near.map(|(_, which)| *which).collect();
        which.sort_unstable();
        which.dedup();
        which.len()
    };
    // Of equals, the first.
    (0..hits.len()).rev().max_by_key(|from| held(*from)).map(|from| hits[from].0.at.start)
}

/// A little before a place, at the beginning of a word.
fn begin(text: &str, at: usize) -> usize {
    if at <= BEFORE {
        return 0;
    }
    let from = text.ceil_char_boundary(at - BEFORE);
    text[from..at].find(' ').map_or(from, |space| from + space + 1)
}

/// The end of what is shown, at the end of a word.
fn end(text: &str, start: usize) -> usize {
    let Some((length, _)) = text[start..].char_indices().nth(SHOWN) else { return text.len() };
    let shown = &text[start..start + length];
    start + shown.rfind(' ').filter(|space| *space > length / 2).unwrap_or(length)
}

fn pieces<'a>(text: &str, hits: impl Iterator<Item = &'a (Word, usize)>) -> Vec<Piece> {
    pieces_of(text, 0, hits)
}

/// The pieces of a part of a text that begins at `start`.
fn pieces_of<'a>(part: &str, start: usize, hits: impl Iterator<Item = &'a (Word, usize)>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut push = |text: &str, hit: bool| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), hit });
        }
    };
    for (word, _) in hits {
        let (from, to) = (word.at.start - start, word.at.end - start);
        push(&part[done..from], false);
        push(&part[from..to], true);
        done = to;
    }
    push(&part[done..], false);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn what_was_searched_for_is_marked_as_it_is_written() {
        let query = Query::read("eclairage cuis");
        assert_eq!(shown(&whole("Éclairages de la cuisine", &query)), "[Éclairages] de la [cuisine]");
        assert_eq!(shown(&whole("<b>cuisine</b> & co", &query)), "<b>[cuisine]</b> & co");
        assert_eq!(shown(&whole("Rien", &query)), "Rien");
    }

    #[test]
    fn an_excerpt_shows_where_most_was_found() {
        let text = format!("{} la lumière chaude du soir {}", "avant ".repeat(60), "après ".repeat(60));
        let out = shown(&excerpt(&text, &Query::read("soir lumières")));
        assert!(out.starts_with('…') && out.ends_with('…'), "{out}");
        assert!(out.contains("[lumière] chaude du [soir]"), "{out}");
        assert!(out.chars().count() <= SHOWN + 10, "{out}");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in any::<String>(), sought in "[a-zé ]{0,12}") {
            let together: String =
                whole(&text, &Query::read(&sought)).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(together, text);
        }

        #[test]
        fn an_excerpt_is_a_part_of_the_text(text in "[a-zé🥐 \n]{0,600}", sought in "[a-z]{1,3}") {
            let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let part: String = excerpt(&text, &Query::read(&sought)).into_iter().map(|piece| piece.text).collect();
            prop_assert!(whole.contains(part.trim_matches('…')));
            prop_assert!(part.chars().count() <= SHOWN + 2);
        }
    }
}
