//! Which changes of a log make one version: see `docs/history.md`.

use std::{collections::HashMap, ops::Range};

use shared::{PersonId, api::Millis};

/// Who pauses for so long begins another version.
pub const PAUSE: Millis = 2 * 60 * 1000;
/// Who writes on and on begins another version after so long.
pub const LONGEST: Millis = 5 * 60 * 1000;
/// Versions of a document, at most: beyond, both of the above count double, until it is no more.
pub const MOST: usize = 1000;

/// A change: who made it, as whoever asks names people, and when it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stroke {
    /// Who.
    pub by: u32,
    /// When. A clock that went back did not.
    pub at: Millis,
    /// The last of the changes whose letters it took away, where those are not to go unseen.
    pub takes: Option<usize>,
}

/// The changes of a log as they come, and who made them.
#[derive(Debug, Default)]
pub struct Strokes {
    all: Vec<Stroke>,
    people: Vec<PersonId>,
    known: HashMap<PersonId, u32>,
}

impl Strokes {
    /// How a person is named by the changes: their place among [`people`](Self::people).
    pub fn name(&mut self, person: PersonId) -> u32 {
        *self.known.entry(person).or_insert_with(|| {
            self.people.push(person);
            u32::try_from(self.people.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Adds a change. A clock that goes back tells nothing.
    pub fn push(&mut self, by: u32, stored_at: Millis, takes: Option<usize>) {
        let at = self.all.last().map_or(stored_at, |last| last.at.max(stored_at));
        self.all.push(Stroke { by, at, takes });
    }

    /// The changes.
    #[must_use]
    pub fn all(&self) -> &[Stroke] {
        &self.all
    }

    /// Who made them, whoever began first.
    #[must_use]
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }
}

/// By whom a version is, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Who wrote, whoever began first.
    pub by: Vec<u32>,
    /// When its first change was stored.
    pub began_at: Millis,
    /// When its last change was stored.
    pub ended_at: Millis,
    /// How many changes it holds.
    pub changes: u32,
    /// The place of its last change in the log.
    pub place: i64,
}

impl Span {
    /// That of these changes of a log.
    #[must_use]
    pub fn of(log: &[Stroke], range: &Range<usize>) -> Self {
        let strokes = &log[range.clone()];
        let mut by: Vec<u32> = Vec::new();
        for stroke in strokes {
            if !by.contains(&stroke.by) {
                by.push(stroke.by);
            }
        }
        Self {
            by,
            began_at: strokes.first().map_or(0, |stroke| stroke.at),
            ended_at: strokes.last().map_or(0, |stroke| stroke.at),
            changes: u32::try_from(strokes.len()).unwrap_or(u32::MAX),
            place: i64::try_from(range.end).unwrap_or(i64::MAX),
        }
    }
}

/// The versions of a log, in order: each change is in one of them.
#[must_use]
pub fn versions(log: &[Stroke], most: usize) -> Vec<Range<usize>> {
    let mut times = 1;
    loop {
        let found = parted(log, times);
        if found.len() <= most.max(1) {
            return found;
        }
        times *= 2;
    }
}

/// Parted where somebody paused, went on for too long, left it to somebody else, or took away what was just written. With
/// pauses of so many times the usual, and then whoever goes on and whatever they take away.
fn parted(log: &[Stroke], times: Millis) -> Vec<Range<usize>> {
    let (pause, longest) = (PAUSE.saturating_mul(times), LONGEST.saturating_mul(times));
    let again = again(log);
    let mut found = Vec::new();
    let mut began = 0;
    // Who writes in the version, each with the last of their changes.
    let mut writers: Vec<(u32, usize)> = Vec::new();
    for (at, stroke) in log.iter().enumerate() {
        if at > began {
            let (last, first) = (log[at - 1].at, log[began].at);
            // What is stored in one moment is one version, whoever wrote it: no two end at the same time.
            let later = stroke.at > last;
            let comes_back =
                |(_, last): &(u32, usize)| again[*last].is_some_and(|next| log[next].at - stroke.at < pause);
            let hands_over = !writers.iter().any(|(by, _)| *by == stroke.by) && !writers.iter().any(comes_back);
            // Within one version, it would have come and gone.
            let takes = stroke.takes.is_some_and(|of| of >= began);
            let parts = times == 1 && (hands_over || takes);
            if later && (stroke.at - last >= pause || stroke.at - first >= longest || parts) {
                found.push(began..at);
                began = at;
                writers.clear();
            }
        }
        match writers.iter_mut().find(|(by, _)| *by == stroke.by) {
            Some((_, last)) => *last = at,
            None => writers.push((stroke.by, at)),
        }
    }
    if began < log.len() {
        found.push(began..log.len());
    }
    found
}

/// The place of each writer's next change, by the place of each change.
fn again(log: &[Stroke]) -> Vec<Option<usize>> {
    let mut next = HashMap::new();
    let mut again: Vec<Option<usize>> =
        log.iter().enumerate().rev().map(|(at, stroke)| next.insert(stroke.by, at)).collect();
    again.reverse();
    again
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Millis = 60_000;

    fn log(strokes: &[(u32, Millis)]) -> Vec<Stroke> {
        strokes.iter().map(|(by, at)| Stroke { by: *by, at: *at, takes: None }).collect()
    }

    #[test]
    fn who_pauses_begins_another_version() {
        let log = log(&[(0, 0), (0, MINUTE), (0, 3 * MINUTE), (0, 3 * MINUTE + 1)]);
        assert_eq!(versions(&log, MOST), [0..2, 2..4]);
    }

    #[test]
    fn who_takes_over_begins_another_version() {
        let log = log(&[(0, 0), (0, 10), (1, 20), (1, 30), (0, 20 + PAUSE)]);
        assert_eq!(versions(&log, MOST), [0..2, 2..4, 4..5]);
    }

    #[test]
    fn who_write_at_the_same_time_share_a_version() {
        let log = log(&[(0, 0), (1, 10), (0, 20), (1, 30), (2, 40), (2, 50)]);
        assert_eq!(versions(&log, MOST), [0..4, 4..6]);
    }

    #[test]
    fn what_is_taken_away_was_there_before() {
        let mut log = log(&[(0, 0), (0, 10), (1, 20), (0, 30), (0, 40)]);
        assert_eq!(versions(&log, MOST).len(), 1);
        log[3].takes = Some(2);
        assert_eq!(versions(&log, MOST), [0..3, 3..5]);
        log[4].takes = Some(2);
        assert_eq!(versions(&log, MOST), [0..3, 3..5], "it was there in the version before");
    }

    #[test]
    fn a_long_session_is_parted() {
        let log: Vec<Stroke> = (0..20).map(|at| Stroke { by: 0, at: at * MINUTE, takes: None }).collect();
        assert_eq!(versions(&log, MOST), [0..5, 5..10, 10..15, 15..20]);
    }

    #[test]
    fn what_is_stored_in_one_moment_is_one_version() {
        assert_eq!(versions(&log(&[(0, 5), (1, 5), (2, 5)]), MOST).len(), 1);
        assert_eq!(versions(&[], MOST), Vec::<Range<usize>>::new());
    }

    proptest! {
        #[test]
        fn each_change_is_in_one_version_and_they_end_one_after_the_other(
            steps in proptest::collection::vec((0_u32..4, 0_i64..200_000), 0..200),
            most in 1_usize..40,
        ) {
            let mut now = 0;
            let strokes: Vec<Stroke> = steps.into_iter().map(|(by, step)| { now += step; Stroke { by, at: now, takes: None } }).collect();
            for most in [most, MOST] {
                let found = versions(&strokes, most);
                prop_assert!(found.len() <= most);
                prop_assert_eq!(found.iter().cloned().flatten().collect::<Vec<_>>(), (0..strokes.len()).collect::<Vec<_>>());
                let ends: Vec<Millis> = found.iter().map(|version| strokes[version.end - 1].at).collect();
                prop_assert!(found.iter().all(|version| !version.is_empty()));
                prop_assert!(ends.windows(2).all(|two| two[0] < two[1]), "{:?}", ends);
            }
        }
    }
}
