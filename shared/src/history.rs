//! Versions of a text, and what lies between any two of them, read from the runs of its history.
//!
//! A version is named by how many there are up to it: 0 is before the first.

use crate::{
    api::{Millis, Run, VersionView},
    passage::escape,
};

/// Letters ever written in a block, from which on it ends with its line.
const SMALL: usize = 80;
/// Letters ever written in a block, at most.
const LARGE: usize = 2_000;
/// Blocks on either side of what changed that are shown with it.
const AROUND: usize = 1;

/// What is looked at: a version, alone or as what became of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The version.
    pub at: u32,
    /// The one it is compared with.
    pub since: Option<u32>,
}

/// What a passage is in what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It stands.
    Stands,
    /// It stood before, too.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
}

impl View {
    /// What a run is here, and who made it so; nothing where it is not here.
    #[must_use]
    pub fn mark(self, run: &Run) -> Option<(Mark, u32)> {
        let stands = |version: u32| version.checked_sub(1).is_some_and(|last| run.stands(last));
        let Some(since) = self.since else { return stands(self.at).then_some((Mark::Stands, run.by)) };
        let gone = run.gone.map_or(run.by, |gone| gone.by);
        match (stands(since.min(self.at)), stands(since.max(self.at))) {
            (true, true) => Some((Mark::Same, run.by)),
            (false, true) => Some((Mark::Added, run.by)),
            (true, false) => Some((Mark::Removed, gone)),
            (false, false) => None,
        }
    }
}

/// The last version that began by a moment: the first, where that is before all.
#[must_use]
pub fn begun_by(versions: &[VersionView], at: Millis) -> u32 {
    count(versions.partition_point(|version| version.began_at <= at).max(1))
}

/// The last version that was whole at a moment; 0 where that is before all.
#[must_use]
pub fn whole_by(versions: &[VersionView], at: Millis) -> u32 {
    count(versions.partition_point(|version| version.ended_at <= at))
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A text as it was in a version.
#[must_use]
pub fn text(runs: &[Run], version: u32) -> String {
    let view = View { at: version, since: None };
    runs.iter().filter(|run| view.mark(run).is_some()).map(|run| run.text.as_str()).collect()
}

/// What makes the last version of a text, `now`, an earlier one again: where, how many UTF-16 units go, and what stands there
/// instead; each counts from what the one before left. Nothing that stands in both is touched.
#[must_use]
pub fn back(runs: &[Run], now: u32, version: u32) -> Vec<(usize, usize, String)> {
    let mut splices: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0;
    // Where the last splice ends.
    let mut end = None;
    let (now, then) = (View { at: now, since: None }, View { at: version, since: None });
    for run in runs {
        let units = run.text.encode_utf16().count();
        let (stands, stood) = (now.mark(run).is_some(), then.mark(run).is_some());
        if stands == stood {
            at += if stands { units } else { 0 };
            continue;
        }
        if end != Some(at) {
            splices.push((at, 0, String::new()));
        }
        if let Some((_, delete, insert)) = splices.last_mut() {
            if stood {
                insert.push_str(&run.text);
                at += units;
            } else {
                *delete += units;
            }
        }
        end = Some(at);
    }
    splices
}

/// How a block is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing of it is shown.
    Hidden,
    /// It is whole lines.
    Lines,
    /// It goes on in the line of the block before, or the next goes on in its.
    Inline,
    /// It stands for itself and those after it that did not change.
    Fold,
}

impl Shape {
    /// The word the styles use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Lines => "lines",
            Self::Inline => "inline",
            Self::Fold => "fold",
        }
    }
}

/// A part of a text, of all versions: the same letters, whichever is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    runs: Vec<Run>,
}

/// Parts a text into blocks. What changes between two versions changes some of them, and the others stay what they are.
#[must_use]
pub fn blocks(runs: &[Run]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut block = Block { runs: Vec::new() };
    let mut letters = 0;
    for run in runs {
        for line in run.text.split_inclusive('\n') {
            for text in pieces(line) {
                letters += text.chars().count();
                block.runs.push(Run { text: text.to_owned(), ..*run });
                if letters >= LARGE || (letters >= SMALL && text.ends_with('\n')) {
                    blocks.push(std::mem::replace(&mut block, Block { runs: Vec::new() }));
                    letters = 0;
                }
            }
        }
    }
    if !block.runs.is_empty() {
        blocks.push(block);
    }
    blocks
}

/// A line in pieces of [`LARGE`] letters at most.
fn pieces(mut line: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let end = line.char_indices().nth(LARGE).map_or(line.len(), |(at, _)| at);
        let (piece, rest) = line.split_at(end);
        line = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// What a passage is put between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Before.
    pub open: String,
    /// Behind.
    pub close: &'static str,
}

impl Block {
    /// What of it is here, as a number that is another when that is otherwise.
    #[must_use]
    pub fn sign(&self, view: View) -> u64 {
        let marks = self.runs.iter().map(|run| match view.mark(run) {
            None => 0,
            Some((mark, by)) => 1 + mark as u64 + 4 * u64::from(by),
        });
        // FNV-1a.
        marks.fold(0xcbf2_9ce4_8422_2325, |sign, mark| (sign ^ mark).wrapping_mul(0x0100_0000_01b3))
    }

    /// Its passages as HTML, each within what `tag` says for it.
    #[must_use]
    pub fn html(&self, view: View, mut tag: impl FnMut(Mark, u32) -> Option<Tag>) -> String {
        let mut html = String::new();
        let mut open: Option<((Mark, u32), Option<Tag>)> = None;
        for run in &self.runs {
            let Some(mark) = view.mark(run) else { continue };
            if open.as_ref().is_none_or(|(last, _)| *last != mark) {
                let next = tag(mark.0, mark.1);
                if let Some((_, Some(last))) = open.take() {
                    html.push_str(last.close);
                }
                if let Some(next) = &next {
                    html.push_str(&next.open);
                }
                open = Some((mark, next));
            }
            html.push_str(&escape(&run.text));
        }
        if let Some((_, Some(last))) = open {
            html.push_str(last.close);
        }
        html
    }

    /// Whether what is here of it ends a line; nothing where nothing is.
    fn ends_line(&self, view: View) -> Option<bool> {
        let last = self.runs.iter().rev().find(|run| view.mark(run).is_some())?;
        Some(last.text.ends_with('\n'))
    }

    fn changes(&self, view: View) -> bool {
        self.runs.iter().any(|run| matches!(view.mark(run), Some((Mark::Added | Mark::Removed, _))))
    }
}

/// How each block is laid out. With `fold`, those far from what changed stand together for `…`, where something did.
#[must_use]
pub fn shapes(blocks: &[Block], view: View, fold: bool) -> Vec<Shape> {
    let ends: Vec<Option<bool>> = blocks.iter().map(|block| block.ends_line(view)).collect();
    let last = ends.iter().rposition(Option::is_some);
    let mut begins = true;
    let mut shapes: Vec<Shape> = ends
        .iter()
        .enumerate()
        .map(|(at, end)| match end {
            None => Shape::Hidden,
            Some(end) => {
                let whole = begins && (*end || Some(at) == last);
                begins = *end;
                if whole { Shape::Lines } else { Shape::Inline }
            }
        })
        .collect();
    if !fold || view.since.is_none() {
        return shapes;
    }
    let seen: Vec<usize> = (0..blocks.len()).filter(|at| ends[*at].is_some()).collect();
    let changed: Vec<bool> = seen.iter().map(|at| blocks[*at].changes(view)).collect();
    if !changed.contains(&true) {
        return shapes;
    }
    let near = |place: usize| {
        let upto = (place + AROUND + 1).min(changed.len());
        changed[place.saturating_sub(AROUND)..upto].contains(&true)
    };
    let mut folded = false;
    for (place, at) in seen.iter().enumerate() {
        // Half a line is not left out.
        let out = !near(place) && shapes[*at] == Shape::Lines;
        if out {
            shapes[*at] = if folded { Shape::Hidden } else { Shape::Fold };
        }
        folded = out;
    }
    shapes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::{Extent, Gone};

    fn run(text: &str, by: u32, born: u32, gone: Option<u32>) -> Run {
        Run { text: text.into(), by, born, gone: gone.map(|at| Gone { at, by: 9 }) }
    }

    fn version(began_at: Millis, ended_at: Millis) -> VersionView {
        let none = Extent::default();
        VersionView { by: vec![0], began_at, ended_at, changes: 1, place: 1, title: none, pitch: none, body: none }
    }

    fn tag(mark: Mark, by: u32) -> Option<Tag> {
        let open = |name: &str| format!("<{name} {by}>");
        match mark {
            Mark::Same => None,
            Mark::Stands => Some(Tag { open: open("b"), close: "</b>" }),
            Mark::Added => Some(Tag { open: open("ins"), close: "</ins>" }),
            Mark::Removed => Some(Tag { open: open("del"), close: "</del>" }),
        }
    }

    #[test]
    fn a_moment_names_a_version() {
        let versions = [version(10, 20), version(20, 40), version(50, 60)];
        let found: Vec<_> = [0, 10, 19, 20, 45, 50, 90].iter().map(|at| begun_by(&versions, *at)).collect();
        assert_eq!(found, [1, 1, 1, 2, 2, 3, 3]);
        let found: Vec<_> = [0, 10, 20, 45, 55, 60].iter().map(|at| whole_by(&versions, *at)).collect();
        assert_eq!(found, [0, 0, 1, 2, 2, 3]);
    }

    #[test]
    fn passages_say_what_came_and_went_and_by_whom() {
        let runs = [run("Pain ", 0, 0, None), run("de seigle", 0, 0, Some(1)), run("d’<orge>", 1, 1, None)];
        let [block] = &blocks(&runs)[..] else { panic!("one block") };
        assert_eq!(block.html(View { at: 2, since: None }, tag), "<b 0>Pain </b><b 1>d’&lt;orge&gt;</b>");
        let html = "Pain <del 9>de seigle</del><ins 1>d’&lt;orge&gt;</ins>";
        assert_eq!(block.html(View { at: 2, since: Some(1) }, tag), html);
        assert_eq!(block.html(View { at: 1, since: Some(2) }, tag), html, "the later is what became of the earlier");
        assert_eq!(block.html(View { at: 1, since: Some(0) }, tag), "<ins 0>Pain de seigle</ins>");
    }

    #[test]
    fn what_is_far_from_a_change_is_folded() {
        let line = format!("{}\n", "mot ".repeat(30));
        let mut runs: Vec<Run> = (0..9).map(|_| run(&line, 0, 0, None)).collect();
        runs.insert(4, run(&line, 1, 1, None));
        let shapes = shapes(&blocks(&runs), View { at: 2, since: Some(1) }, true);
        use Shape::{Fold, Hidden, Lines};
        assert_eq!(shapes, [Fold, Hidden, Hidden, Lines, Lines, Lines, Fold, Hidden, Hidden, Hidden]);
    }

    fn runs() -> impl Strategy<Value = Vec<Run>> {
        let one = ("[ab🍞\n]{1,120}", 0_u32..3, 0_u32..6, proptest::option::of(1_u32..6));
        let one = one.prop_map(|(text, by, born, life)| run(&text, by, born, life.map(|life| born + life)));
        proptest::collection::vec(one, 0..30)
    }

    proptest! {
        #[test]
        fn blocks_hold_each_version_and_what_lies_between_two(runs in runs(), at in 0_u32..8, since in 0_u32..8) {
            let blocks = blocks(&runs);
            let plain = |view: View, without: Mark| -> String {
                let kept = |mark: Mark| (mark != without).then_some(()).is_some();
                blocks.iter().flat_map(|block| &block.runs).filter(|run| view.mark(run).is_some_and(|(mark, _)| kept(mark)))
                    .map(|run| run.text.as_str()).collect()
            };
            prop_assert_eq!(plain(View { at, since: None }, Mark::Removed), text(&runs, at));
            let view = View { at, since: Some(since) };
            prop_assert_eq!(plain(view, Mark::Removed), text(&runs, at.max(since)));
            prop_assert_eq!(plain(view, Mark::Added), text(&runs, at.min(since)));
            for (block, other) in blocks.iter().zip(&blocks) {
                if block.sign(view) == other.sign(View { at: since, since: Some(at) }) {
                    prop_assert_eq!(block.html(view, tag), other.html(View { at: since, since: Some(at) }, tag));
                }
            }
        }

        #[test]
        fn going_back_touches_nothing_that_stays(runs in runs(), version in 0_u32..8) {
            let now = 12;
            let splices = back(&runs, now, version);
            let mut units: Vec<u16> = text(&runs, now).encode_utf16().collect();
            for (at, delete, insert) in &splices {
                units.splice(*at..*at + *delete, insert.encode_utf16());
            }
            prop_assert_eq!(String::from_utf16(&units).expect("whole letters"), text(&runs, version));
            let of = |here: u32, not: u32| -> usize {
                let is = |run: &&Run, at| View { at, since: None }.mark(run).is_some();
                runs.iter().filter(|run| is(run, here) && !is(run, not)).map(|run| run.text.encode_utf16().count()).sum()
            };
            prop_assert_eq!(splices.iter().map(|(_, delete, _)| delete).sum::<usize>(), of(now, version));
            let inserted = splices.iter().map(|(_, _, insert)| insert.encode_utf16().count()).sum::<usize>();
            prop_assert_eq!(inserted, of(version, now));
        }
    }
}
