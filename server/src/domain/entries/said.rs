//! What pieces of progress say: brought into one form, or refused.

use std::collections::BTreeMap;

use shared::{
    api::{Conclude, FieldCode, FieldProblem, TimelineEntry, WrittenExperiment, WrittenMilestone, WrittenUpdate},
    calendar, limits,
};

use super::super::{
    Error,
    fields::{self, Fields},
    markdown,
};
use crate::store::entries::{EntryKind, EntryTexts};

/// What somebody wants an entry to say.
#[derive(Clone, Debug)]
pub struct Said {
    pub(super) what: What,
    /// Whether only the company's people are to see it.
    pub(super) staff: bool,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Update { body: String, html: String, percent: Option<u8> },
    Milestone { title: String, due_on: Option<String>, done: bool },
    Experiment { hypothesis: String, trial: String, measure: String },
}

impl TryFrom<&WrittenUpdate> for Said {
    type Error = Error;

    fn try_from(written: &WrittenUpdate) -> Result<Self, Error> {
        let mut problems = Fields::default();
        let body = problems.check("body", fields::needed_lines(&written.body, limits::UPDATE));
        if let Some(percent) = written.percent {
            problems.check("percent", fields::number(u32::from(percent), 0, 100));
        }
        problems.done()?;
        let body = body.unwrap_or_default();
        let html = markdown::comment_to_html(&body, |_| false);
        Ok(Self { what: What::Update { body, html, percent: written.percent }, staff: written.staff })
    }
}

impl TryFrom<&WrittenMilestone> for Said {
    type Error = Error;

    fn try_from(written: &WrittenMilestone) -> Result<Self, Error> {
        let mut problems = Fields::default();
        let title = problems.check("title", fields::line(&written.title, limits::MILESTONE));
        let due_on = written.due_on.as_deref().map(str::trim).filter(|day| !day.is_empty());
        let due_on = due_on.and_then(|day| problems.check("due_on", self::day(day)));
        problems.done()?;
        let title = title.unwrap_or_default();
        Ok(Self { what: What::Milestone { title, due_on, done: written.done }, staff: written.staff })
    }
}

/// A day of the calendar, as in `2027-03-31`.
fn day(text: &str) -> Result<String, FieldProblem> {
    let numbers: Vec<i64> = text.split('-').filter_map(|part| part.parse().ok()).collect();
    let known = match numbers[..] {
        [year @ 1..=9999, month @ 1..=12, day @ 1..=31] => {
            calendar::day(year, month, day).is_some().then_some((year, month, day))
        }
        _ => None,
    };
    let known = known.map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let written = known.filter(|known| known == text);
    written.ok_or_else(|| FieldProblem::new(FieldCode::Unknown, "must be a day, as in 2027-03-31"))
}

impl TryFrom<&WrittenExperiment> for Said {
    type Error = Error;

    fn try_from(written: &WrittenExperiment) -> Result<Self, Error> {
        let mut problems = Fields::default();
        let mut text = |name, text: &str| problems.check(name, fields::needed_lines(text, limits::EXPERIMENT));
        let hypothesis = text("hypothesis", &written.hypothesis);
        let trial = text("trial", &written.trial);
        let measure = text("measure", &written.measure);
        problems.done()?;
        let what = What::Experiment {
            hypothesis: hypothesis.unwrap_or_default(),
            trial: trial.unwrap_or_default(),
            measure: measure.unwrap_or_default(),
        };
        Ok(Self { what, staff: written.staff })
    }
}

impl Said {
    pub(super) fn kind(&self) -> EntryKind {
        match self.what {
            What::Update { .. } => EntryKind::Update,
            What::Milestone { .. } => EntryKind::Milestone,
            What::Experiment { .. } => EntryKind::Experiment,
        }
    }

    pub(super) fn texts(&self) -> EntryTexts<'_> {
        match &self.what {
            What::Update { body, html, percent } => EntryTexts::Update { body, html, percent: *percent },
            What::Milestone { title, due_on, .. } => EntryTexts::Milestone { title, due_on: due_on.as_deref() },
            What::Experiment { hypothesis, trial, measure } => EntryTexts::Experiment { hypothesis, trial, measure },
        }
    }

    /// Its texts, by the names of the API.
    pub(super) fn parts(&self) -> BTreeMap<String, String> {
        match &self.what {
            What::Update { body, percent, .. } => update(body, *percent),
            What::Milestone { title, due_on, .. } => milestone(title, due_on.as_deref()),
            What::Experiment { hypothesis, trial, measure } => experiment(hypothesis, trial, measure),
        }
    }

    /// Where pictures may be.
    pub(super) fn body(&self) -> &str {
        match &self.what {
            What::Update { body, .. } => body,
            What::Milestone { .. } | What::Experiment { .. } => "",
        }
    }
}

/// The texts of an entry as it stands, by the names of the API.
pub(super) fn parts(entry: &TimelineEntry) -> BTreeMap<String, String> {
    match entry {
        TimelineEntry::Update(update) => self::update(&update.body, update.percent),
        TimelineEntry::Milestone(milestone) => self::milestone(&milestone.title, milestone.due_on.as_deref()),
        TimelineEntry::Experiment(one) => experiment(&one.hypothesis, &one.trial, &one.measure),
        TimelineEntry::Stage { .. }
        | TimelineEntry::Answer { .. }
        | TimelineEntry::Frozen { .. }
        | TimelineEntry::Thawed { .. } => BTreeMap::new(),
    }
}

fn named<const N: usize>(parts: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    parts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))).collect()
}

fn update(body: &str, percent: Option<u8>) -> BTreeMap<String, String> {
    named([("body", Some(body.to_owned())), ("percent", percent.map(|percent| percent.to_string()))])
}

fn milestone(title: &str, due_on: Option<&str>) -> BTreeMap<String, String> {
    named([("title", Some(title.to_owned())), ("due_on", due_on.map(str::to_owned))])
}

fn experiment(hypothesis: &str, trial: &str, measure: &str) -> BTreeMap<String, String> {
    let text = |text: &str| Some(text.to_owned());
    named([("hypothesis", text(hypothesis)), ("trial", text(trial)), ("measure", text(measure))])
}

/// How an experiment ended, in the form in which it is kept.
pub(super) struct Ended {
    pub(super) result: String,
    pub(super) html: String,
    pub(super) reason: String,
}

impl TryFrom<&Conclude> for Ended {
    type Error = Error;

    fn try_from(said: &Conclude) -> Result<Self, Error> {
        let mut problems = Fields::default();
        let result = problems.check("result", fields::needed_lines(&said.result, limits::RESULT));
        let reason = problems.check("reason", fields::needed_lines(&said.reason, limits::EXPERIMENT));
        problems.done()?;
        let result = result.unwrap_or_default();
        Ok(Self { html: markdown::comment_to_html(&result, |_| false), result, reason: reason.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert_eq!(day("2028-02-29").expect("a day"), "2028-02-29");
        for wrong in [
            "2027-02-29",
            "2027-2-9",
            "27-02-09",
            "tomorrow",
            "2027-13-01",
            "2027-01-01-01",
            "-2027-01-01",
            "2027-9223372036854775807-01",
        ] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused_field_by_field() {
        let problems = |result: Result<Said, Error>| match result {
            Err(Error::Invalid(fields)) => fields.into_keys().collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let update = WrittenUpdate { body: " ".into(), percent: Some(101), staff: false };
        assert_eq!(problems(Said::try_from(&update)), ["body", "percent"]);
        let milestone = WrittenMilestone { due_on: Some("soon".into()), ..WrittenMilestone::default() };
        assert_eq!(problems(Said::try_from(&milestone)), ["due_on", "title"]);
        assert_eq!(problems(Said::try_from(&WrittenExperiment::default())), ["hypothesis", "measure", "trial"]);
    }
}
