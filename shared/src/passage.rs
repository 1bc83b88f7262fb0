//! Passages of a text, and of the page made of it.
//!
//! Both have the same visible letters in the same order, however they are set: passages are counted in those.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Some visible letters of a text, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// How many stand before them.
    pub from: u32,
    /// How many stand before what follows them: greater than `from`.
    pub to: u32,
}

/// Whether a character is a visible letter: anything but white space.
#[must_use]
pub fn is_letter(c: char) -> bool {
    !c.is_whitespace()
}

/// The visible letters of a text.
#[must_use]
pub fn letters(text: &str) -> u32 {
    u32::try_from(text.chars().filter(|c| is_letter(*c)).count()).unwrap_or(u32::MAX)
}

/// A passage to be marked in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its letters.
    pub span: Span,
    /// The address of its mark in the page, `p-` and more.
    pub id: String,
    /// Where its mark leads.
    pub href: String,
    /// The number that its mark shows.
    pub count: u32,
    /// What its mark is called.
    pub label: String,
}

/// A text as HTML.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// HTML as the server cleaned it, in which these passages are marked, each with a link behind it.
#[must_use]
pub fn mark(html: &str, marks: &[Mark]) -> String {
    if marks.is_empty() {
        return html.to_owned();
    }
    let out = String::with_capacity(html.len() * 2);
    let mut pen = Pen { out, marks, at: 0, next: 0, covered: false, open: false, links: 0, due: Vec::new() };
    pen.turn();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let length = if c == '<' { tag(rest) } else { character(rest, c) };
        let (piece, after) = rest.split_at(length);
        match c {
            '<' => pen.tag(piece),
            c if is_letter(c) && piece != "&nbsp;" => pen.letter(piece),
            _ => pen.out.push_str(piece),
        }
        rest = after;
    }
    pen.close();
    pen.out
}

/// Bytes of the tag that a text begins with.
fn tag(html: &str) -> usize {
    let mut quoted = false;
    let end = html.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    });
    end.map_or(html.len(), |end| end + 1)
}

/// Bytes of the character that a text begins with, `c` or one written by its name.
fn character(html: &str, c: char) -> usize {
    let named = (c == '&').then(|| html.bytes().take(10).position(|byte| byte == b';')).flatten();
    named.map_or(c.len_utf8(), |end| end + 1)
}

/// Writes the page, with the marks.
struct Pen<'a> {
    out: String,
    marks: &'a [Mark],
    /// The letters that are written.
    at: u32,
    /// After so many, a passage begins or ends.
    next: u32,
    /// Whether a passage goes on there.
    covered: bool,
    /// Whether a mark is open.
    open: bool,
    /// The links that are open: none stands in another.
    links: usize,
    /// Whose link is to be written, once it may stand there.
    due: Vec<&'a Mark>,
}

impl Pen<'_> {
    fn tag(&mut self, tag: &str) {
        self.close();
        self.out.push_str(tag);
        if tag.starts_with("<a ") {
            self.links += 1;
        } else if tag == "</a>" {
            self.links = self.links.saturating_sub(1);
            self.write_links();
        }
    }

    fn letter(&mut self, letter: &str) {
        if self.covered && !std::mem::replace(&mut self.open, true) {
            self.out.push_str("<mark class=\"passage\">");
        }
        self.out.push_str(letter);
        self.at += 1;
        if self.at == self.next {
            self.turn();
        }
    }

    /// Ends what ends here, and looks what goes on.
    fn turn(&mut self) {
        let at = self.at;
        let spans = || self.marks.iter().map(|mark| mark.span);
        self.covered = spans().any(|span| (span.from..span.to).contains(&at));
        self.next = spans().flat_map(|span| [span.from, span.to]).filter(|end| *end > at).min().unwrap_or(u32::MAX);
        let ended = self.marks.iter().filter(|mark| mark.span.to == at && mark.span.from < at);
        let before = self.due.len();
        self.due.extend(ended);
        if self.due.len() > before || !self.covered {
            self.close();
            self.write_links();
        }
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.out.push_str("</mark>");
        }
    }

    fn write_links(&mut self) {
        if self.links > 0 {
            return;
        }
        for Mark { id, href, count, label, .. } in self.due.drain(..) {
            let (id, href, label) = (escape(id), escape(href), escape(label));
            // Writing into memory cannot fail.
            let _ = write!(
                self.out,
                "<a class=\"passage-count\" id=\"{id}\" href=\"{href}\" rel=\"external\" data-count=\"{count}\" \
                 aria-label=\"{label}\"></a>"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(from: u32, to: u32) -> Mark {
        Mark { span: Span { from, to }, id: format!("p-{from}"), href: "#c".into(), count: 1, label: "\"1\"".into() }
    }

    /// The page without what the links are made of.
    fn marked(html: &str, marks: &[Mark]) -> String {
        let page = mark(html, marks);
        let mut out = String::new();
        let mut rest = page.as_str();
        while let Some((before, link)) = rest.split_once("<a class=\"passage-count\"") {
            out.push_str(before);
            out.push('*');
            rest = link.split_once("</a>").expect("an end").1;
        }
        out + rest
    }

    #[test]
    fn a_passage_is_marked_across_what_sets_it() {
        let html = "<h2>Du pain</h2>\n<p>Le <strong>bon</strong> p&amp;in\nfrais</p>";
        assert_eq!(marked(html, &[]), html);
        assert_eq!(
            marked(html, &[some(2, 10)]),
            "<h2>Du <mark class=\"passage\">pain</mark></h2>\n<p><mark class=\"passage\">Le </mark><strong>\
             <mark class=\"passage\">bo</mark>*n</strong> p&amp;in\nfrais</p>"
        );
        assert_eq!(marked("<p>p&amp;in</p>", &[some(1, 2)]), "<p>p<mark class=\"passage\">&amp;</mark>*in</p>");
    }

    #[test]
    fn passages_may_cross_and_repeat() {
        let html = "<p>abcdef</p>";
        assert_eq!(
            marked(html, &[some(0, 3), some(2, 5), some(2, 5)]),
            "<p><mark class=\"passage\">abc</mark>*<mark class=\"passage\">de</mark>**f</p>"
        );
        assert_eq!(marked(html, &[some(9, 12), some(4, 99)]), "<p>abcd<mark class=\"passage\">ef</mark></p>");
    }

    #[test]
    fn no_link_stands_in_a_link() {
        let html = "<p><a href=\"/x\" title=\"a>b\">ici</a> là</p>";
        assert_eq!(
            marked(html, &[some(1, 2)]),
            "<p><a href=\"/x\" title=\"a>b\">i<mark class=\"passage\">c</mark>i</a>* là</p>"
        );
    }

    #[test]
    fn what_a_link_is_called_is_no_markup() {
        assert!(mark("a", &[some(0, 1)]).contains("aria-label=\"&quot;1&quot;\""));
        assert_eq!(escape("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }

    #[test]
    fn what_cannot_be_seen_is_no_letter() {
        assert_eq!(letters(" a\u{a0}b\n🍞 "), 3);
        assert_eq!(marked("a&nbsp;b", &[some(1, 2)]), "a&nbsp;<mark class=\"passage\">b</mark>*");
    }
}
