//! What a file holds, for a board that knows some of it already.

use std::collections::{BTreeMap, HashMap, HashSet};

use shared::{
    api::{AuthorSeen, FieldCode, FieldProblem, ImportReport, Millis, RowProblem, StageView, StatusSeen},
    limits,
    slug::slug,
};

use super::{
    super::Error,
    draft::{Draft, Key, fold},
    table::{self, Rows},
};

/// How many problems, and how many of each kind of name, a report tells.
const PROBLEMS: usize = 1_000;
const NAMES: usize = 100;

/// What a board knows before a file comes.
#[derive(Clone, Debug)]
pub struct Known {
    /// The rows that came before.
    pub keys: HashSet<Key>,
    /// The authors that files spoke of before, as they are compared.
    pub names: HashSet<String>,
    /// Its stages, in order.
    pub stages: Vec<StageView>,
    /// Its tags, as they are compared.
    pub tags: HashSet<String>,
}

/// The stage of this name, in either language: case, accents and what stands between the words do not count.
#[must_use]
pub fn stage<'a>(stages: &'a [StageView], status: &str) -> Option<&'a StageView> {
    let wanted = Some(slug(status)).filter(|slug| !slug.is_empty())?;
    stages.iter().find(|stage| slug(&stage.en) == wanted || slug(&stage.fr) == wanted)
}

/// Reads a file through and says what it holds, and the handles that authors are called by, who may be people here:
/// [`settle`] takes those that are.
///
/// # Errors
/// When it is no such file, or has too many rows.
pub fn survey(bytes: &[u8], known: &Known, now: Millis) -> Result<(ImportReport, Vec<String>), Error> {
    let (text, windows_1252) = table::text(bytes)?;
    let rows = Rows::of(&text)?;
    let (header, width) = (rows.header.clone(), rows.width());
    let mut survey = Survey { known, report: ImportReport::default(), seen: Seen::default() };
    survey.report.windows_1252 = windows_1252;
    survey.report.ignored.clone_from(&header.ignored);
    for (line, row) in rows {
        if survey.report.rows == limits::IMPORT_ROWS {
            let message = format!("has more than {} rows; divide it", limits::IMPORT_ROWS);
            let too_long = FieldProblem::limited(FieldCode::TooLong, limits::IMPORT_ROWS, message);
            return Err(Error::field("file", too_long));
        }
        survey.report.rows += 1;
        match Draft::read(line, &header, width, row, now) {
            Ok(draft) => survey.count(&draft),
            Err(problems) => survey.bad(problems),
        }
    }
    Ok(survey.done())
}

#[derive(Default)]
struct Seen {
    keys: HashSet<Key>,
    statuses: BTreeMap<String, u32>,
    /// By the name as it is compared: as the file has it first, and how often.
    authors: HashMap<String, (String, u32)>,
    tags: BTreeMap<String, String>,
}

struct Survey<'a> {
    known: &'a Known,
    report: ImportReport,
    seen: Seen,
}

impl Survey<'_> {
    fn bad(&mut self, problems: Vec<RowProblem>) {
        self.report.bad += 1;
        let room = PROBLEMS - self.report.problems.len();
        self.report.problems.extend(problems.into_iter().take(room));
    }

    fn count(&mut self, draft: &Draft) {
        let report = &mut self.report;
        if self.known.keys.contains(&draft.key) {
            report.known += 1;
            return;
        }
        if !self.seen.keys.insert(draft.key) {
            report.repeated += 1;
            return;
        }
        report.new += 1;
        report.nameless += u32::from(draft.author.is_none());
        report.undated += u32::from(draft.at.is_none());
        if let Some(status) = &draft.status {
            *self.seen.statuses.entry(status.clone()).or_default() += 1;
        }
        if let Some(name) = &draft.author {
            let compared = fold(name);
            if !self.known.names.contains(&compared) {
                self.seen.authors.entry(compared).or_insert_with(|| (name.clone(), 0)).1 += 1;
            }
        }
        if let Some(tag) = &draft.category {
            let compared = fold(tag);
            let full = self.known.tags.len() + self.seen.tags.len() >= limits::TAGS;
            let known = self.known.tags.contains(&compared) || self.seen.tags.contains_key(&compared);
            report.untagged += u32::from(!known && full);
            if !known && !full {
                self.seen.tags.insert(compared, tag.clone());
            }
        }
    }

    fn done(self) -> (ImportReport, Vec<String>) {
        let Self { known, mut report, seen } = self;
        let statuses = seen.statuses.into_iter().take(NAMES);
        report.statuses = statuses
            .map(|(status, rows)| StatusSeen { rows, stage: stage(&known.stages, &status).cloned(), status })
            .collect();
        report.new_tags = seen.tags.into_values().take(NAMES).collect();
        let handles: Vec<String> =
            seen.authors.keys().filter_map(|name| name.strip_prefix('@')).map(str::to_owned).collect();
        report.unknown_authors = u32::try_from(seen.authors.len()).unwrap_or(u32::MAX);
        let mut authors: Vec<_> = seen.authors.into_values().map(|(name, rows)| AuthorSeen { name, rows }).collect();
        authors.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
        report.authors = authors;
        (report, handles)
    }
}

/// Takes the authors who are people here out of those whom nobody knows, and leaves as many as a report tells.
pub fn settle(report: &mut ImportReport, people: &HashSet<String>) {
    report.authors.retain(|author| !author.name.strip_prefix('@').is_some_and(|handle| people.contains(handle)));
    report.unknown_authors = u32::try_from(report.authors.len()).unwrap_or(u32::MAX);
    report.authors.truncate(NAMES);
}
