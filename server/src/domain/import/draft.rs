//! A row of a file as an idea to be, or all that is wrong with it.

use sha2::{Digest, Sha256};
use shared::{
    api::{FieldCode, FieldProblem, ImportColumn as Column, Millis, RowProblem, RowReason},
    limits,
    live::concept::Texts,
};

use super::{
    super::{fields, ideas::one_line},
    date,
    table::{Fields, Header},
};

/// What a row is known by when it comes again: a hash of what makes it this idea.
pub type Key = [u8; 32];

/// How far a clock may be ahead of ours.
const AHEAD: Millis = 24 * 60 * 60 * 1000;

/// An idea to be.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the row is known by.
    pub key: Key,
    /// What its concept says.
    pub texts: Texts,
    /// Who proposed it.
    pub author: Option<String>,
    /// When.
    pub at: Option<Millis>,
    /// How many wanted it.
    pub votes: u32,
    /// How many comments stood under it.
    pub comments: u32,
    /// The name of the stage it is in.
    pub status: Option<String>,
    /// The name of the tag it gets.
    pub category: Option<String>,
}

/// What is wrong with a column of a row.
type Wrong = (RowReason, Option<usize>, Option<usize>);

/// Gathers what is wrong with a row.
struct Check<'a> {
    line: u32,
    header: &'a Header,
    fields: &'a [String],
    problems: Vec<RowProblem>,
}

impl<'a> Check<'a> {
    /// What a column says, read; nothing where it says nothing, or nothing that can be read.
    fn column<T>(&mut self, column: Column, read: impl FnOnce(&'a str) -> Result<T, Wrong>) -> Option<T> {
        let text = self.header.get(self.fields, column)?;
        read(text).map_err(|wrong| self.wrong(Some(column), wrong)).ok()
    }

    fn wrong(&mut self, column: Option<Column>, (reason, limit, found): Wrong) {
        let number = |count: Option<usize>| count.and_then(|count| u32::try_from(count).ok());
        let (limit, found) = (number(limit), number(found));
        self.problems.push(RowProblem { line: self.line, column, reason, limit, found });
    }
}

impl Draft {
    /// Reads a row that begins on this line of the file.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(line: u32, header: &Header, width: usize, row: Fields, now: Millis) -> Result<Self, Vec<RowProblem>> {
        let (fields, torn) = match row {
            Ok(fields) => (fields, None),
            Err((reason, found)) => (Vec::new(), Some((reason, (reason == RowReason::Fields).then_some(width), found))),
        };
        let mut check = Check { line, header, fields: &fields, problems: Vec::new() };
        if let Some(wrong) = torn {
            check.wrong(None, wrong);
            return Err(check.problems);
        }
        let title = check.column(Column::Title, |text| line_of(text, limits::TITLE));
        if title.is_none() && check.problems.is_empty() {
            check.wrong(Some(Column::Title), (RowReason::Required, None, None));
        }
        let body = check.column(Column::Body, |text| told(text, limits::BODY, fields::lines(text, limits::BODY)));
        let author = check.column(Column::Author, author);
        let at = check.column(Column::CreatedAt, |text| match date::read(text) {
            Some(at) if at > now + AHEAD => Err((RowReason::InTheFuture, None, None)),
            Some(at) if at >= 0 => Ok(at),
            _ => Err((RowReason::NotADate, None, None)),
        });
        let votes = check.column(Column::Votes, count).unwrap_or_default();
        let comments = check.column(Column::Comments, count).unwrap_or_default();
        let status = check.column(Column::Status, |text| line_of(text, limits::STATUS));
        let category = check.column(Column::Category, |text| line_of(text, limits::TAG));
        if !check.problems.is_empty() {
            return Err(check.problems);
        }
        let (title, body) = (title.unwrap_or_default(), body.unwrap_or_default());
        let key = key(&title, &body, author.as_deref(), at);
        let (pitch, body) = lead(&body);
        let texts = Texts { title, pitch: pitch.to_owned(), body: body.to_owned() };
        Ok(Self { key, texts, author, at, votes, comments, status, category })
    }
}

/// A name as names are compared.
#[must_use]
pub fn fold(name: &str) -> String {
    one_line(name).to_lowercase()
}

fn line_of(text: &str, limit: usize) -> Result<String, Wrong> {
    let text = one_line(text);
    told(&text, limit, fields::line(&text, limit))
}

fn told(text: &str, limit: usize, read: Result<String, FieldProblem>) -> Result<String, Wrong> {
    read.map_err(|problem| match problem.code {
        FieldCode::TooLong => (RowReason::TooLong, Some(limit), Some(text.chars().count())),
        _ => (RowReason::Characters, None, None),
    })
}

/// A name is shown to everybody, and an address is nobody's name.
fn author(text: &str) -> Result<String, Wrong> {
    if fields::email(text).is_ok() {
        return Err((RowReason::AnEmail, None, None));
    }
    line_of(text, limits::NAME)
}

fn count(text: &str) -> Result<u32, Wrong> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    // Two of them still fit where counts are kept.
    number.filter(|count| *count <= u32::MAX / 2).ok_or((RowReason::NotANumber, None, None))
}

/// Counts and the stage may have changed since, so that a later list of the same ideas brings none of them again.
fn key(title: &str, body: &str, author: Option<&str>, at: Option<Millis>) -> Key {
    let mut hash = Sha256::new();
    let at = at.map(|at| at.to_string());
    for part in [title, body, &author.map(fold).unwrap_or_default(), at.as_deref().unwrap_or_default()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Divides a text into its pitch and its body: its first paragraph is the pitch where that is a line of plain prose.
/// Nothing is added, left out or said twice.
fn lead(body: &str) -> (&str, &str) {
    let (first, rest) = body.split_once("\n\n").unwrap_or((body, ""));
    let first = first.trim();
    let begins = first.starts_with(|c: char| c.is_alphabetic() || "«“\"'‘’¿¡".contains(c));
    let plain = !first.contains(|c: char| "\n`*_[]<>#|~\\".contains(c)) && !first.contains("://");
    if begins && plain && !first.ends_with(':') && first.chars().count() <= limits::PITCH {
        (first, rest.trim())
    } else {
        ("", body)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::table::Rows, *};

    const NOW: Millis = 1_800_000_000_000;

    fn read(text: &str) -> Vec<Result<Draft, Vec<RowProblem>>> {
        let rows = Rows::of(text).expect("a header");
        let (header, width) = (rows.header.clone(), rows.width());
        rows.map(|(line, row)| Draft::read(line, &header, width, row, NOW)).collect()
    }

    fn one(text: &str) -> Draft {
        read(text).pop().expect("a row").expect("a draft")
    }

    #[test]
    fn each_thing_wrong_with_a_row_is_named() {
        let long = "é".repeat(201);
        let rows = read(&format!(
            "title,author,created_at,votes\n,zoe@example.org,12/2015,-1\n{long},,2101-01-01,many\na\n\"a\u{0}\",,,"
        ));
        let told: Vec<Vec<_>> = rows
            .into_iter()
            .map(|row| row.expect_err("bad").into_iter().map(|p| (p.line, p.column, p.reason, p.found)).collect())
            .collect();
        use {Column as C, RowReason as R};
        assert_eq!(
            told,
            [
                vec![
                    (2, Some(C::Title), R::Required, None),
                    (2, Some(C::Author), R::AnEmail, None),
                    (2, Some(C::CreatedAt), R::NotADate, None),
                    (2, Some(C::Votes), R::NotANumber, None)
                ],
                vec![
                    (3, Some(C::Title), R::TooLong, Some(201)),
                    (3, Some(C::CreatedAt), R::InTheFuture, None),
                    (3, Some(C::Votes), R::NotANumber, None)
                ],
                vec![(4, None, R::Fields, Some(1))],
                vec![(5, Some(C::Title), R::Characters, None)],
            ]
        );
    }

    #[test]
    fn a_row_is_known_by_what_makes_it_this_idea() {
        let row = one("title,body,author,created_at,votes,status\nA,B,Zoé,2020-01-01,3,New");
        assert_eq!(row.key, one("status,title,body,author,created_at\nDone,A,B,zoé,2020-01-01T00:00Z").key);
        for other in ["title,body\nA,B", "title,body,author\nA,B,Zoé", "title,body\nAB,", "title,body\n,AB\nx,"] {
            let other = read(other).into_iter().find_map(Result::ok).expect("a draft");
            assert_ne!(row.key, other.key);
        }
        assert_ne!(one("title,body\nA,B").key, one("title,body\nAB,").key);
    }

    #[test]
    fn the_first_paragraph_is_the_pitch_where_it_is_prose() {
        for (body, pitch, rest) in [
            ("One line.", "One line.", ""),
            ("« Un » paragraphe.\n\nUn autre.\n\nEncore.", "« Un » paragraphe.", "Un autre.\n\nEncore."),
            ("As follows:\n\n- a\n- b", "", "As follows:\n\n- a\n- b"),
            ("# Why\n\nBecause.", "", "# Why\n\nBecause."),
            ("A *word*.\n\nMore.", "", "A *word*.\n\nMore."),
            ("One\ntwo\n\nthree", "", "One\ntwo\n\nthree"),
            ("", "", ""),
        ] {
            assert_eq!(lead(body), (pitch, rest), "{body:?}");
        }
        let long = "a".repeat(601);
        assert_eq!(lead(&long), ("", long.as_str()));
    }
}
