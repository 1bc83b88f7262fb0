//! Writes feeds as Atom (RFC 4287).

use std::io;

use jiff::Timestamp;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use shared::api::Millis;
use uuid::Uuid;

use crate::http::problem::ApiError;

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";

/// A feed, in words.
#[derive(Debug)]
pub(super) struct Document {
    pub id: Uuid,
    pub language: &'static str,
    pub title: String,
    /// The addresses of the feed itself, and of the page that says the same.
    pub own: String,
    pub page: String,
    pub updated: Millis,
    /// Whose feed it is.
    pub author: Author,
    pub entries: Vec<Piece>,
}

/// Something a feed tells, in words.
#[derive(Debug)]
pub(super) struct Piece {
    pub id: Uuid,
    pub title: String,
    pub page: String,
    pub published: Millis,
    pub updated: Millis,
    pub author: Author,
    /// HTML that may stand in anybody's page, every address in it whole.
    pub html: String,
}

/// Who wrote something.
#[derive(Debug)]
pub(super) struct Author {
    pub name: String,
    pub page: String,
}

/// The document.
///
/// # Errors
/// When it cannot be written, which is our fault.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ApiError> {
    let mut writer = Writer::new(Vec::new());
    written(&mut writer, document).map_err(|error| ApiError::Fault(format!("a feed could not be written: {error}")))?;
    Ok(writer.into_inner())
}

type Out = Writer<Vec<u8>>;

fn written(out: &mut Out, document: &Document) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let feed = BytesStart::new("feed").with_attributes([("xmlns", NAMESPACE), ("xml:lang", document.language)]);
    out.write_event(Event::Start(feed))?;
    text(out, "id", &urn(document.id))?;
    text(out, "title", &document.title)?;
    text(out, "updated", &time(document.updated)?)?;
    link(out, "self", "application/atom+xml", &document.own)?;
    link(out, "alternate", "text/html", &document.page)?;
    author(out, &document.author)?;
    text(out, "generator", "Atelier")?;
    for piece in &document.entries {
        out.write_event(Event::Start(BytesStart::new("entry")))?;
        text(out, "id", &urn(piece.id))?;
        text(out, "title", &piece.title)?;
        text(out, "published", &time(piece.published)?)?;
        text(out, "updated", &time(piece.updated)?)?;
        link(out, "alternate", "text/html", &piece.page)?;
        author(out, &piece.author)?;
        out.write_event(Event::Start(BytesStart::new("content").with_attributes([("type", "html")])))?;
        out.write_event(Event::Text(BytesText::new(&allowed(&piece.html))))?;
        out.write_event(Event::End(BytesEnd::new("content")))?;
        out.write_event(Event::End(BytesEnd::new("entry")))?;
    }
    out.write_event(Event::End(BytesEnd::new("feed")))
}

fn text(out: &mut Out, name: &str, said: &str) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new(name)))?;
    out.write_event(Event::Text(BytesText::new(&allowed(said))))?;
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn link(out: &mut Out, rel: &str, kind: &str, to: &str) -> io::Result<()> {
    let link = BytesStart::new("link").with_attributes([("rel", rel), ("type", kind), ("href", to)]);
    out.write_event(Event::Empty(link))
}

fn author(out: &mut Out, author: &Author) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new("author")))?;
    text(out, "name", &author.name)?;
    text(out, "uri", &author.page)?;
    out.write_event(Event::End(BytesEnd::new("author")))
}

fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

fn time(at: Millis) -> io::Result<String> {
    Timestamp::from_millisecond(at).map(|at| at.to_string()).map_err(io::Error::other)
}

/// The text without the characters that XML has no way to write.
fn allowed(said: &str) -> String {
    let may_stand =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    said.chars().map(|c| if may_stand(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_marked() {
        assert_eq!(allowed("a\u{0}b\u{b}c\u{ffff}\té🍞"), "a\u{fffd}b\u{fffd}c\u{fffd}\té🍞");
    }

    #[test]
    fn times_are_those_of_atom() {
        assert_eq!(time(1_763_769_600_000).expect("a time"), "2025-11-22T00:00:00Z");
        assert_eq!(time(1_763_769_600_123).expect("a time"), "2025-11-22T00:00:00.123Z");
    }
}
