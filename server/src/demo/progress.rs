//! What became of the demo's ideas, as `server/demo/progress.md` writes it down.
//!
//! ```text
//! === title of the idea
//! +++ who | days ago | update | 40        their text; the percentage may be missing
//! +++ who | days ago | staff              an update that only the company's people see
//! +++ who | days ago | milestone | 21     reached then; the day it was planned for, in how many days from now, or -
//! +++ who | days ago | planned | 21       a milestone that is not reached yet
//! +++ who | days ago | experiment         hypothesis, a line of ---, trial, a line of ---, measure
//! +++ who | days ago | kept               the end of the last experiment, also `reverted`: result, a line of ---, reason
//! +++ who | days ago | frozen             what is said of it
//! ```

use std::collections::HashMap;

use shared::{
    EntryId, IdeaId,
    api::{Millis, NoticeKind, Outcome, PersonView},
    calendar::civil,
};

use super::{DemoError, HOUR};
use crate::{
    domain::markdown,
    store::{
        Tx,
        entries::{self, EntryTexts, NewConclusion, NewEntry},
        freezes,
        inbox::{self, Cause, Happening},
    },
};

const FILE: &str = include_str!("../../demo/progress.md");

/// Something that became of an idea.
struct Part {
    title: &'static str,
    who: &'static str,
    days_ago: i64,
    kind: &'static str,
    /// The percentage of an update, the day of a milestone.
    number: Option<i64>,
    text: &'static str,
}

fn read() -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for idea in FILE.split("=== ").skip(1) {
        let (title, rest) = idea.split_once('\n')?;
        for part in rest.split("+++ ").skip(1) {
            let (head, text) = part.split_once('\n')?;
            let mut words = head.split(" | ");
            let (who, days_ago, kind) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
            let number = words.next().and_then(|number| number.parse().ok());
            parts.push(Part { title, who, days_ago, kind, number, text: text.trim() });
        }
    }
    Some(parts)
}

/// Writes down what became of ideas, and lets it be told.
pub(super) async fn publish(
    tx: &mut Tx,
    ideas: &HashMap<&str, IdeaId>,
    everybody: &HashMap<&str, PersonView>,
    now: Millis,
) -> Result<(), DemoError> {
    let mut running: HashMap<&str, EntryId> = HashMap::new();
    let mut parts = read().ok_or(DemoError::Script("what became of ideas"))?;
    parts.sort_by_key(|part| -part.days_ago);
    for (place, part) in (0_i64..).zip(&parts) {
        let idea = *ideas.get(part.title).ok_or(DemoError::Script("there is no such idea"))?;
        let by = everybody.get(part.who).ok_or(DemoError::Script("nobody has this handle"))?.id;
        let at = now - part.days_ago * 24 * HOUR - place * 17 % 50 * 60_000;
        let happening = |kind| Happening { idea, kind, by, stage: None, comment: None, words: "", at };
        let told = match part.kind {
            "frozen" => {
                freezes::freeze(tx, idea, by, part.text, at).await?;
                inbox::happen(tx, &Happening { words: part.text, ..happening(NoticeKind::Frozen) }).await?;
                continue;
            }
            "kept" | "reverted" => {
                let id = running.remove(part.title).ok_or(DemoError::Script("no experiment runs"))?;
                let [result, reason] = cut(part.text)?;
                let outcome = if part.kind == "kept" { Outcome::Kept } else { Outcome::Reverted };
                let html = markdown::comment_to_html(result, |_| false);
                entries::conclude(tx, id, &NewConclusion { outcome, result, html: &html, reason, by, at }).await?;
                (id, NoticeKind::Result)
            }
            _ => {
                let id = EntryId::new();
                let (html, due_on);
                let (texts, kind) = match part.kind {
                    "update" | "staff" => {
                        html = markdown::comment_to_html(part.text, |_| false);
                        let percent = part.number.and_then(|percent| u8::try_from(percent).ok());
                        (EntryTexts::Update { body: part.text, html: &html, percent }, NoticeKind::Update)
                    }
                    "milestone" | "planned" => {
                        due_on = part.number.map(|days| day(now + days * 24 * HOUR));
                        (EntryTexts::Milestone { title: part.text, due_on: due_on.as_deref() }, NoticeKind::Milestone)
                    }
                    "experiment" => {
                        let [hypothesis, trial, measure] = cut(part.text)?;
                        running.insert(part.title, id);
                        (EntryTexts::Experiment { hypothesis, trial, measure }, NoticeKind::Experiment)
                    }
                    _ => return Err(DemoError::Script("there is no such progress")),
                };
                let published = part.kind != "staff";
                entries::insert(tx, &NewEntry { id, idea, by, texts, published, at }).await?;
                if part.kind == "milestone" {
                    entries::set_done(tx, id, Some((at, by))).await?;
                }
                if part.kind == "planned" {
                    continue;
                }
                (id, kind)
            }
        };
        let (entry, kind) = told;
        inbox::happen_by(tx, &happening(kind), Cause { entry: Some(entry), ..Cause::default() }).await?;
    }
    for idea in parts.iter().filter_map(|part| ideas.get(part.title)) {
        entries::refresh(tx, *idea).await?;
    }
    Ok(())
}

fn cut<const N: usize>(text: &'static str) -> Result<[&'static str; N], DemoError> {
    let texts: Vec<_> = text.split("\n---\n").map(str::trim).collect();
    texts.try_into().map_err(|_| DemoError::Script("a text is missing, or there is one too many"))
}

fn day(at: Millis) -> String {
    let (year, month, day) = civil(at);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use shared::{
        Role, limits,
        rules::{BoardAct, Standing, may_on_board},
    };

    use super::{
        super::{BOARDS, PEOPLE, script},
        *,
    };

    #[test]
    fn what_became_of_ideas_keeps_to_the_rules_and_the_calendar() {
        for part in read().expect("progress") {
            let board = BOARDS.iter().find_map(|board| {
                let ideas = script::read(board.ideas).expect(board.slug);
                ideas.into_iter().find(|idea| idea.texts.title == part.title).map(|idea| (board.rules, idea.days_ago))
            });
            let (rules, proposed) = board.expect(part.title);
            assert!((1..proposed).contains(&part.days_ago), "{}: {} days ago", part.title, part.days_ago);
            let role = PEOPLE.iter().find(|person| person.0 == part.who).map(|person| person.2);
            assert!(role >= Some(Role::Researcher), "{}", part.who);
            let who = Standing { role, ..Standing::default() };
            assert_eq!(may_on_board(BoardAct::Publish, who, rules), Ok(()), "{}: {}", part.title, part.who);
            let length = part.text.chars().count();
            assert!((1..=limits::EXPERIMENT).contains(&length), "{}: {length}", part.title);
        }
    }
}
