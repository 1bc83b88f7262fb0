//! A file of comma-separated values as rows of texts, whatever it is: nothing it says makes us keep more than one row.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use shared::api::{FieldCode, FieldProblem, ImportColumn, RowReason};

use super::super::Error;

/// Columns that a file may have.
const COLUMNS: usize = 64;
/// Bytes of one row: more than the longest texts of an idea.
const ROW: usize = 1 << 20;

/// The text of a file, and whether it was read as Windows-1252 since it is no UTF-8.
///
/// # Errors
/// When it is no text in either.
pub fn text(bytes: &[u8]) -> Result<(Cow<'_, str>, bool), Error> {
    let utf_16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if let Some(bytes) = bytes.strip_prefix("\u{feff}".as_bytes()) {
        return std::str::from_utf8(bytes).map(|text| (text.into(), false)).map_err(|_| not_text());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.into(), false));
    }
    if utf_16 || bytes.contains(&0) {
        return Err(not_text());
    }
    let text = bytes.iter().map(|byte| windows_1252(*byte)).collect::<Option<String>>();
    text.map(|text| (text.into(), true)).ok_or_else(not_text)
}

fn not_text() -> Error {
    let message = "is no text in UTF-8 or Windows-1252; save it as CSV in UTF-8";
    Error::field("file", FieldProblem::new(FieldCode::Encoding, message))
}

/// The character of a byte; five bytes have none.
fn windows_1252(byte: u8) -> Option<char> {
    const UPPER: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => Some(UPPER[usize::from(byte - 0x80)]).filter(|c| *c != '\0'),
        latin_1 => Some(char::from(latin_1)),
    }
}

/// Which field of a row is which.
#[derive(Clone, Debug)]
pub struct Header {
    places: [Option<usize>; ImportColumn::ALL.len()],
    width: usize,
    /// The names of columns that are not read.
    pub ignored: Vec<String>,
}

impl Header {
    fn read(names: &[String]) -> Result<Self, Error> {
        let refuse = |message: String| Error::field("file", FieldProblem::new(FieldCode::Header, message));
        let mut header = Self { places: Default::default(), width: names.len(), ignored: Vec::new() };
        for (place, name) in names.iter().enumerate() {
            let known = ImportColumn::ALL.iter().position(|column| column.as_str() == name.trim().to_lowercase());
            let Some(column) = known else {
                header.ignored.push(name.trim().chars().take(80).collect());
                continue;
            };
            if header.places[column].replace(place).is_some() {
                return Err(refuse(format!("names the column {} twice", ImportColumn::ALL[column].as_str())));
            }
        }
        if header.places[ImportColumn::Title as usize].is_none() {
            return Err(refuse("begins with no line that names its columns, among them title".into()));
        }
        Ok(header)
    }

    /// What a row says in a column, without the space around it; nothing where it says nothing.
    #[must_use]
    pub fn get<'a>(&self, fields: &'a [String], column: ImportColumn) -> Option<&'a str> {
        let field = fields.get(self.places[column as usize]?)?.trim();
        (!field.is_empty()).then_some(field)
    }
}

/// A row, or what is wrong with it: why, and where it has not as many fields as there are columns, how many.
pub type Fields = Result<Vec<String>, (RowReason, Option<usize>)>;

/// The rows of a file, below its header.
pub struct Rows<'a> {
    /// What its first line says.
    pub header: Header,
    records: Records<'a>,
}

impl<'a> Rows<'a> {
    /// Reads the first line of a file.
    ///
    /// # Errors
    /// When it does not name the columns.
    pub fn of(text: &'a str) -> Result<Self, Error> {
        let mut records = Records::of(text);
        let names = match records.next() {
            Some((_, Ok(names))) => names,
            Some((_, Err(_))) => vec![String::new()],
            None => Vec::new(),
        };
        Ok(Self { header: Header::read(&names)?, records })
    }
}

impl Iterator for Rows<'_> {
    /// With the line it begins on.
    type Item = (u32, Fields);

    fn next(&mut self) -> Option<Self::Item> {
        let width = self.header.width;
        self.records.next().map(|(line, fields)| {
            let whole = fields.and_then(|fields| match fields.len() {
                found if found == width => Ok(fields),
                found => Err((RowReason::Fields, Some(found))),
            });
            (line, whole)
        })
    }
}

impl Rows<'_> {
    /// How many fields each row should have.
    #[must_use]
    pub fn width(&self) -> usize {
        self.header.width
    }
}

/// The records of a file, the header among them.
struct Records<'a> {
    reader: Box<Reader>,
    left: &'a [u8],
    line: u64,
    row: Vec<u8>,
}

impl<'a> Records<'a> {
    fn of(text: &'a str) -> Self {
        let reader = Box::new(ReaderBuilder::new().delimiter(separator(text)).build());
        Self { reader, left: text.as_bytes(), line: 1, row: vec![0; ROW] }
    }

    /// Empty lines are no records; the reader would count them to the one that follows.
    fn skip_empty(&mut self) {
        while let [first @ (b'\n' | b'\r'), rest @ ..] = self.left {
            self.line += u64::from(*first == b'\n');
            self.left = rest;
        }
        self.reader.set_line(self.line);
    }
}

impl Iterator for Records<'_> {
    type Item = (u32, Fields);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_empty();
        if self.left.is_empty() {
            return None;
        }
        let line = u32::try_from(self.line).unwrap_or(u32::MAX);
        let mut ends = [0; COLUMNS];
        let (mut bytes, mut fields, mut wrong, mut ended) = (0, 0, None, false);
        loop {
            // At the end, one more line end tells a record that ends there from a quote that does not.
            let input = if ended { b"\n" } else { self.left };
            let (result, read, written, found) =
                self.reader.read_record(input, &mut self.row[bytes..], &mut ends[fields..]);
            if !ended {
                self.left = &self.left[read..];
            }
            (bytes, fields) = (bytes + written, fields + found);
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::InputEmpty | ReadRecordResult::End if ended => {
                    return Some((line, Err((RowReason::Unclosed, None))));
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => ended = true,
                ReadRecordResult::OutputFull => {
                    (bytes, wrong) = (0, Some((RowReason::Huge, None)));
                }
                ReadRecordResult::OutputEndsFull => {
                    (fields, wrong) = (0, Some((RowReason::Fields, None)));
                }
            }
        }
        self.line = self.reader.line();
        Some((line, wrong.map_or_else(|| Ok(split(&self.row[..bytes], &ends[..fields])), Err)))
    }
}

fn split(row: &[u8], ends: &[usize]) -> Vec<String> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    // The file is text, and separators and quotes are characters of their own.
    starts.zip(ends).map(|(start, end)| String::from_utf8_lossy(&row[start..*end]).into_owned()).collect()
}

/// What stands between the fields: of comma, semicolon and tab, what the first line has most of outside of quotes.
fn separator(text: &str) -> u8 {
    let (mut counts, mut quoted) = ([0_u32; 3], false);
    const CHOICE: [u8; 3] = [b',', b';', b'\t'];
    for byte in text.bytes().skip_while(u8::is_ascii_whitespace) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            byte => {
                if let Some(at) = CHOICE.iter().position(|choice| *choice == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    counts.iter().position(|count| *count == most).map_or(b',', |at| CHOICE[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Fields)> {
        Rows::of(text).expect("a header").collect()
    }

    fn ok(fields: &[&str]) -> Fields {
        Ok(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn rows_know_the_line_they_begin_on() {
        let text = "title,body\r\n\r\na,\"b\r\n\"\"c\"\"\"\r\n\n\nd,e";
        assert_eq!(rows(text), [(3, ok(&["a", "b\r\n\"c\""])), (7, ok(&["d", "e"]))]);
        assert_eq!(rows("title\n"), []);
    }

    #[test]
    fn the_separator_is_found() {
        for text in ["title;body\na,b;c", "title\tbody\na,b\tc", "\"title\";\"body\"\n\"a,b\";c"] {
            assert_eq!(rows(text), [(2, ok(&["a,b", "c"]))], "{text:?}");
        }
        assert_eq!(rows("\"ti;t;le\",title\na;b,c"), [(2, ok(&["a;b", "c"]))]);
    }

    #[test]
    fn a_header_needs_a_title_and_each_column_once() {
        for (text, says) in [("", "title"), ("body\n", "title"), ("title,Title\n", "twice"), ("\"title", "title")] {
            let Err(Error::Invalid(fields)) = Rows::of(text).map(|_| ()) else { panic!("{text:?} was taken") };
            assert!(fields["file"].message.contains(says), "{:?}", fields["file"]);
        }
        let wide = format!("title{}\n", ",x".repeat(1_000_000));
        assert!(Rows::of(&wide).is_err());
        let rows = Rows::of("URL, Votes ,TITLE\nx,3,y\n").expect("a header");
        assert_eq!(rows.header.ignored, ["URL"]);
        let fields: Vec<String> = ["x", " 3 ", "y"].map(str::to_owned).into();
        assert_eq!(rows.header.get(&fields, ImportColumn::Votes), Some("3"));
        assert_eq!(rows.header.get(&fields, ImportColumn::Body), None);
    }

    #[test]
    fn what_is_no_row_is_said_and_the_next_one_is_read() {
        let wide = format!("title\n{}\nb", ",".repeat(1_000_000));
        assert_eq!(rows(&wide), [(2, Err((RowReason::Fields, None))), (3, ok(&["b"]))]);
        let long = format!("title\n{}\nb", "a".repeat(3 << 20));
        assert_eq!(rows(&long), [(2, Err((RowReason::Huge, None))), (3, ok(&["b"]))]);
        assert_eq!(rows("title,body\na\nb,c"), [(2, Err((RowReason::Fields, Some(1)))), (3, ok(&["b", "c"]))]);
        let open = format!("title\na\n\"b\n{}", "c\n".repeat(3 << 20));
        assert_eq!(rows(&open), [(2, ok(&["a"])), (3, Err((RowReason::Unclosed, None)))]);
        assert_eq!(rows("title\n\"a\""), [(2, ok(&["a"]))]);
    }

    #[test]
    fn a_file_is_utf_8_or_windows_1252_or_refused() {
        assert_eq!(text("\u{feff}é".as_bytes()).expect("text"), ("é".into(), false));
        assert_eq!(text(b"d\x92\xe9t\xe9 \x80").expect("text"), ("d’été €".into(), true));
        for wrong in [&b"\xff\xfet\0"[..], b"a\0\xe9", b"\x81\xe9", b"\xef\xbb\xbf\xe9"] {
            assert!(text(wrong).is_err(), "{wrong:?}");
        }
    }
}
