//! In which order things found are shown. The same on both databases: they only say what matches.
//!
//! An idea is the higher, the better and the more of what is sought its title says; then its pitch; then its body. What
//! is rare counts more than what is everywhere. Votes decide between ideas that say it alike.

use super::{query::Query, words};

/// What a word counts that stands in the title, in the pitch, or somewhere else.
const TITLE: f64 = 3.0;
const PITCH: f64 = 1.5;
const BODY: f64 = 1.0;
/// What it counts that a title says nothing but what is sought; and that it says it in the same order.
const NOTHING_ELSE: f64 = 1.0;
const IN_ORDER: f64 = 0.5;
/// What each tenfold of votes counts.
const VOTES: f64 = 0.25;

fn folded(text: &str) -> Vec<String> {
    words::words(text).map(|word| word.folded).collect()
}

/// The words that say something, or all when none does.
fn telling(words: &[String]) -> Vec<&String> {
    let telling: Vec<_> = words.iter().filter(|word| !words::is_small(word)).collect();
    if telling.is_empty() { words.iter().collect() } else { telling }
}

/// How high an idea stands that matches.
#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^53 votes")]
pub fn idea(query: &Query, title: &str, pitch: &str, votes: i64) -> f64 {
    let (title, pitch) = (folded(title), folded(pitch));
    let fits = query.fits(&title).into_iter().zip(query.fits(&pitch));
    let (mut sum, mut weights) = (0.0, 0.0);
    for ((in_title, weight), (in_pitch, _)) in fits {
        sum += weight * (TITLE * in_title).max(PITCH * in_pitch).max(BODY);
        weights += weight;
    }
    let met = met(query, &title);
    sum / f64::max(weights, f64::EPSILON)
        + NOTHING_ELSE * met.share * met.precision
        + if met.in_order { IN_ORDER } else { 0.0 }
        + VOTES * (votes.max(0) as f64 + 1.0).log10()
}

/// How much of what is sought an idea must say that does not say all of it.
pub const MOST: f64 = 0.5;

/// How much of what is sought a title and a pitch say.
pub fn share(query: &Query, title: &str, pitch: &str) -> f64 {
    let words: Vec<String> = [title, pitch].into_iter().flat_map(folded).collect();
    weighted(query.fits(&words))
}

fn weighted(fits: Vec<(f64, f64)>) -> f64 {
    let weights: f64 = fits.iter().map(|(_, weight)| weight).sum();
    fits.iter().map(|(fit, weight)| fit * weight).sum::<f64>() / f64::max(weights, f64::EPSILON)
}

/// How much a text that matches says of what is sought.
pub fn text(query: &Query, text: &str) -> f64 {
    let words = folded(text);
    weighted(query.fits(&words)) + if met(query, &words).in_order { IN_ORDER } else { 0.0 }
}

/// How alike a title is to what is sought, which is a title too: 1 for the same words. `pitch` makes up for some of what
/// the title leaves unsaid.
pub fn likeness(query: &Query, title: &str, pitch: &str) -> f64 {
    let (title, pitch) = (folded(title), folded(pitch));
    let met = met(query, &title);
    let (mut sum, mut weights) = (0.0, 0.0);
    for ((in_title, weight), (in_pitch, _)) in query.fits(&title).into_iter().zip(query.fits(&pitch)) {
        sum += weight * in_title.max(in_pitch / 2.0);
        weights += weight;
    }
    0.7 * sum / f64::max(weights, f64::EPSILON) + 0.3 * met.precision
}

/// How a title meets what is sought.
struct Met {
    /// How much of what is sought it says.
    share: f64,
    /// How much of it is what is sought.
    precision: f64,
    /// Whether it says it all, one word after the other.
    in_order: bool,
}

#[expect(clippy::cast_precision_loss, reason = "titles are short")]
fn met(query: &Query, title: &[String]) -> Met {
    let share = weighted(query.fits(title));
    let telling = telling(title);
    let meeting: Vec<Option<usize>> = telling.iter().map(|word| query.meets(word).map(|(which, _)| which)).collect();
    let precision = meeting.iter().filter(|which| which.is_some()).count() as f64 / telling.len().max(1) as f64;
    let run: Vec<Option<usize>> = (0..query.len()).map(Some).collect();
    let in_order = run.len() > 1 && meeting.windows(run.len()).any(|part| part == run);
    Met { share, precision, in_order }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_come_before_pitches_and_pitches_before_bodies() {
        let query = Query::read("pain chaud");
        let of = |title: &str, pitch: &str, votes: i64| idea(&query, title, pitch, votes);
        let order = [
            of("Pain chaud", "", 0),
            of("Du pain chaud le soir", "", 0),
            of("Chaud, le bon pain du soir", "", 0),
            of("Du pain le soir", "Chaud", 0),
            of("Le four", "Le pain chaud", 0),
            of("Le four", "", 0),
        ];
        assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
        assert!(of("Le four", "", 900) > of("Le four", "", 3));
        assert!(of("Le four", "", 900) < of("Pain chaud", "", 0), "votes do not make it say what is sought");
    }

    #[test]
    fn the_same_words_are_most_alike() {
        let query = Query::read("Turn off the lights when I leave");
        let of = |title: &str| likeness(&query, title, "");
        assert!(of("Turn off the lights when I leave!") > 0.95);
        assert!(of("Turning off lights when leaving home") > 0.6);
        assert!(of("Order pizza") < 0.2);
    }
}
