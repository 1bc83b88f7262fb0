//! Reads an Atom feed as strictly as RFC 4287 says: whatever it does not allow is a panic that names it.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::{Reader, XmlVersion, escape::resolve_xml_entity, events::Event};

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";

/// A feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// In which language it says it is.
    pub language: String,
    /// Its title.
    pub title: String,
    /// When anything in it changed.
    pub updated: String,
    /// Where it says that it is.
    pub own: String,
    /// The page that says the same.
    pub page: String,
    /// What it tells.
    pub entries: Vec<Entry>,
}

/// Something a feed tells.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it changed.
    pub updated: String,
    /// The page that says more.
    pub page: String,
    /// Who wrote it.
    pub author: String,
    /// The HTML.
    pub html: String,
}

impl Feed {
    /// The titles of what it tells, in its order.
    #[must_use]
    pub fn titles(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.title.as_str()).collect()
    }
}

/// An element and what is in it.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
    text: String,
}

impl Node {
    fn all<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        self.children.iter().filter(|child| child.name == name).collect()
    }

    #[track_caller]
    fn one(&self, name: &str) -> &Self {
        self.at_most_one(name).unwrap_or_else(|| panic!("<{}> has no <{name}>", self.name))
    }

    #[track_caller]
    fn at_most_one(&self, name: &str) -> Option<&Self> {
        let found = self.all(name);
        assert!(found.len() < 2, "<{}> has {} <{name}>", self.name, found.len());
        found.first().copied()
    }

    /// The text of an element that holds nothing else.
    #[track_caller]
    fn plain(&self) -> &str {
        assert!(self.children.is_empty(), "<{}> holds elements", self.name);
        assert!(!self.text.trim().is_empty(), "<{}> is empty", self.name);
        &self.text
    }

    #[track_caller]
    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("<{}> does not say {name}", self.name))
    }

    #[track_caller]
    fn only(&self, known: &[&str]) {
        for child in &self.children {
            assert!(known.contains(&child.name.as_str()), "<{}> in <{}>", child.name, self.name);
        }
        assert!(self.text.trim().is_empty(), "<{}> holds text: {}", self.name, self.text);
    }
}

/// Reads a document.
///
/// # Panics
/// When it is not well-formed XML, or anything in it is not as RFC 4287 says.
#[track_caller]
#[must_use]
pub fn read(document: &[u8]) -> Feed {
    let text = std::str::from_utf8(document).expect("UTF-8");
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{}", &text[..80.min(text.len())]);
    let may_stand = |c: char| c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}' || matches!(c, '\t' | '\n' | '\r');
    assert!(text.chars().all(may_stand), "a character that XML does not allow");
    let root = parse(text);
    assert_eq!((root.name.as_str(), root.attribute("xmlns")), ("feed", NAMESPACE));
    root.only(&[
        "id",
        "title",
        "subtitle",
        "updated",
        "link",
        "author",
        "generator",
        "icon",
        "logo",
        "rights",
        "entry",
    ]);
    assert!(!root.all("author").is_empty(), "nobody wrote the feed");
    root.all("author").into_iter().for_each(|author| drop(person(author)));
    let (own, page) = (link(&root, "self"), link(&root, "alternate"));
    assert_eq!(own.attribute("type"), "application/atom+xml");
    let entries: Vec<Entry> = root.all("entry").into_iter().map(entry).collect();
    let id = iri(root.one("id").plain());
    let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).chain([id.as_str()]).collect();
    assert_eq!(ids.len(), entries.len() + 1, "an id stands for two things");
    let updated = time(root.one("updated"));
    assert!(entries.iter().all(|entry| entry.updated <= updated), "an entry is newer than its feed");
    Feed {
        id,
        language: root.attribute("xml:lang").to_owned(),
        title: root.one("title").plain().to_owned(),
        updated,
        own: iri(own.attribute("href")),
        page: iri(page.attribute("href")),
        entries,
    }
}

#[track_caller]
fn entry(node: &Node) -> Entry {
    node.only(&["id", "title", "updated", "published", "link", "author", "content", "category", "summary", "rights"]);
    let updated = time(node.one("updated"));
    if let Some(published) = node.at_most_one("published") {
        assert!(time(published) <= updated, "changed before it was published");
    }
    let content = node.one("content");
    assert_eq!(content.attribute("type"), "html");
    assert!(content.children.is_empty(), "HTML stands in the content as text");
    whole(&content.text);
    Entry {
        id: iri(node.one("id").plain()),
        title: node.one("title").plain().to_owned(),
        updated,
        page: iri(link(node, "alternate").attribute("href")),
        author: person(node.one("author")),
        html: content.text.clone(),
    }
}

#[track_caller]
fn person(node: &Node) -> String {
    node.only(&["name", "uri", "email"]);
    if let Some(page) = node.at_most_one("uri") {
        iri(page.plain());
    }
    node.one("name").plain().to_owned()
}

#[track_caller]
fn link<'a>(node: &'a Node, rel: &str) -> &'a Node {
    let found: Vec<_> = node.all("link").into_iter().filter(|link| link.attribute("rel") == rel).collect();
    assert_eq!(found.len(), 1, "<{}> has {} links of the kind {rel}", node.name, found.len());
    found[0]
}

/// An address that needs no other to lead somewhere.
#[track_caller]
fn iri(text: &str) -> String {
    let (scheme, rest) = text.split_once(':').unwrap_or_else(|| panic!("`{text}` is no absolute address"));
    let plain = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    assert!(plain && !rest.is_empty() && !text.contains(char::is_whitespace), "`{text}` is no absolute address");
    text.to_owned()
}

/// A time as in RFC 3339, with capital letters: `2027-03-31T12:00:00.5Z`. Written so, they sort as times where their
/// fractions are cut to the same length.
#[track_caller]
fn time(node: &Node) -> String {
    let text = node.plain();
    let (date, clock) = text.strip_suffix('Z').and_then(|text| text.split_once('T')).expect("a time in UTC");
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = |text: &str, lengths: &[usize], separator: char| {
        let parts: Vec<&str> = text.split(separator).collect();
        parts.iter().map(|part| part.len()).eq(lengths.iter().copied())
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    assert!(digits(date, &[4, 2, 2], '-') && digits(clock, &[2, 2, 2], ':'), "`{text}` is no time");
    assert!(!fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()), "`{text}` is no time");
    format!("{date}T{clock}.{fraction:0<9}Z")
}

/// Every address in the HTML is whole, and nothing in it runs.
#[track_caller]
fn whole(html: &str) {
    assert!(!html.contains("<script"), "{html}");
    for start in [" href=\"", " src=\""] {
        for rest in html.split(start).skip(1) {
            iri(rest.split('"').next().unwrap_or_default());
        }
    }
}

#[track_caller]
fn parse(text: &str) -> Node {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Node::default()];
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("not well-formed: {error}"));
        match event {
            Event::Start(start) => open.push(node(&start)),
            Event::Empty(start) => {
                let node = node(&start);
                open.last_mut().expect("the document").children.push(node);
            }
            Event::End(_) => {
                let node = open.pop().expect("an element that was opened");
                open.last_mut().expect("the document").children.push(node);
            }
            Event::Text(said) => open.last_mut().expect("the document").text.push_str(&said),
            Event::GeneralRef(name) => {
                let one = match name.resolve_char_ref().expect("a character") {
                    Some(one) => one.to_string(),
                    None => resolve_xml_entity(&name).unwrap_or_else(|| panic!("&{};", &*name)).to_owned(),
                };
                open.last_mut().expect("the document").text.push_str(&one);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("a feed has no {other:?}"),
        }
    }
    let [document] = <[Node; 1]>::try_from(open).expect("every element is closed");
    let [root] = <[Node; 1]>::try_from(document.children).expect("one root");
    root
}

#[track_caller]
fn node(start: &quick_xml::events::BytesStart<'_>) -> Node {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).expect("a value");
        (attribute.key.into_inner().to_owned(), value.into_owned())
    });
    Node { name: start.name().into_inner().to_owned(), attributes: attributes.collect(), ..Node::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\
        <id>urn:x:1</id><title>T &amp; U</title><updated>2027-01-01T00:00:01Z</updated>\
        <link rel=\"self\" type=\"application/atom+xml\" href=\"http://x.test/a?b=1&amp;c=2\"/>\
        <link rel=\"alternate\" type=\"text/html\" href=\"http://x.test/\"/><author><name>N</name></author>\
        <entry><id>urn:x:2</id><title>E</title><updated>2027-01-01T00:00:00.5Z</updated>\
        <link rel=\"alternate\" type=\"text/html\" href=\"http://x.test/e\"/><author><name>N</name></author>\
        <content type=\"html\">&lt;a href=\"http://x.test/\"&gt;b&lt;/a&gt;</content></entry></feed>";

    #[test]
    fn a_good_feed_is_read() {
        let feed = read(GOOD.as_bytes());
        assert_eq!((feed.title.as_str(), feed.own.as_str()), ("T & U", "http://x.test/a?b=1&c=2"));
        assert_eq!(feed.entries[0].html, "<a href=\"http://x.test/\">b</a>");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (good, bad) in [
            ("urn:x:2", "urn:x:1"),
            ("<id>urn:x:2</id>", ""),
            ("00:00.5Z", "00:00.5+01:00"),
            ("00:00.5Z", "00:02Z"),
            ("href=\"http://x.test/e\"", "href=\"/e\""),
            ("href=\"http://x.test/\"&gt;b", "href=\"/\"&gt;b"),
            ("</entry>", "<x/></entry>"),
            ("</entry>", ""),
            ("T &amp; U", "T & U"),
            ("rel=\"self\"", "rel=\"other\""),
        ] {
            let text = GOOD.replacen(good, bad, 1);
            assert_ne!(text, GOOD);
            assert!(std::panic::catch_unwind(|| read(text.as_bytes())).is_err(), "{good} -> {bad}");
        }
    }
}
