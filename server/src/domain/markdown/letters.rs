//! The visible letters of a text, and where in it each stands.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use shared::{
    passage::{Span, is_letter},
    picture::Address,
};

use super::{OPTIONS, marker};

/// What can be seen of a text, and where each visible letter of it comes from.
#[derive(Debug, Default)]
pub struct Visible {
    text: String,
    letters: Vec<Letter>,
}

/// A visible letter.
#[derive(Debug)]
struct Letter {
    /// Its byte in the visible text.
    at: usize,
    /// The bytes it comes from.
    from: usize,
    to: usize,
}

impl Visible {
    /// Of a text that is shown as it is written.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut visible = Self::default();
        visible.push(text, text, 0..text.len());
        visible
    }

    /// Of a body in Markdown: the letters of what [`to_html`](super::to_html) makes of it.
    #[must_use]
    pub fn markdown(markdown: &str) -> Self {
        let mut visible = Self::default();
        // For each mark that is open, whether it is a picture, whose letters are not seen.
        let mut open: Vec<bool> = Vec::new();
        for (event, range) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
            let hidden = open.contains(&true);
            match event {
                Event::Start(tag) => {
                    open.push(matches!(&tag, Tag::Image { dest_url, .. } if dest_url.parse::<Address>().is_ok()));
                    visible.space_unless(is_inline(tag.to_end()));
                }
                Event::End(tag) => {
                    open.pop();
                    visible.space_unless(is_inline(tag));
                }
                _ if hidden => {}
                Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    visible.push(&text, markdown, range);
                }
                Event::TaskListMarker(done) => visible.push(marker(done), markdown, range),
                _ => visible.space_unless(false),
            }
        }
        visible
    }

    fn space_unless(&mut self, inline: bool) {
        if !inline && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Adds what is made of these bytes of the source. What was not taken as it stands, such as an entity, is one with them.
    fn push(&mut self, text: &str, source: &str, range: Range<usize>) {
        let part = source.get(range.clone()).unwrap_or_default();
        let verbatim = match part.starts_with('`') {
            true => part.find(text).map(|at| range.start + at),
            false => (part == text).then_some(range.start),
        };
        for (at, c) in text.char_indices().filter(|(_, c)| is_letter(*c)) {
            let (from, to) = match verbatim {
                Some(start) => (start + at, start + at + c.len_utf8()),
                None => (range.start, range.end),
            };
            self.letters.push(Letter { at: self.text.len() + at, from, to });
        }
        self.text.push_str(text);
    }

    /// The visible letters that these bytes of the source make; nothing when they make none.
    #[must_use]
    pub fn span(&self, source: &Range<usize>) -> Option<Span> {
        let from = self.letters.partition_point(|letter| letter.to <= source.start);
        let to = self.letters.partition_point(|letter| letter.from < source.end);
        let number = |at: usize| u32::try_from(at).ok();
        (from < to).then_some(Span { from: number(from)?, to: number(to)? })
    }

    /// The bytes of the source from the first of these letters to the last; nothing when there are no such letters.
    #[must_use]
    pub fn source(&self, span: Span) -> Option<Range<usize>> {
        let letters = self.of(span)?;
        Some(letters.first()?.from..letters.last()?.to)
    }

    /// What is seen from the first of these letters to the last.
    #[must_use]
    pub fn words(&self, span: Span) -> Option<&str> {
        let letters = self.of(span)?;
        let (first, last) = (letters.first()?.at, letters.last()?.at);
        let width = self.text[last..].chars().next().map_or(0, char::len_utf8);
        self.text.get(first..last + width)
    }

    /// How it begins, in so many characters at most.
    #[must_use]
    pub fn beginning(&self, characters: usize) -> String {
        let text = self.text.trim();
        match text.char_indices().nth(characters) {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text.to_owned(),
        }
    }

    fn of(&self, span: Span) -> Option<&[Letter]> {
        self.letters.get(usize::try_from(span.from).ok()?..usize::try_from(span.to).ok()?)
    }
}

fn is_inline(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::to_html, *};

    /// The visible letters of a page.
    fn seen(html: &str) -> String {
        let mut out = String::new();
        let mut rest = html;
        while let Some((text, tag)) = rest.split_once('<') {
            out.push_str(text);
            // No attribute of ours holds a bracket.
            rest = tag.split_once('>').expect("an end").1;
        }
        out.push_str(rest);
        let plain = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        plain.chars().filter(|c| is_letter(*c)).collect()
    }

    fn letters(visible: &Visible) -> String {
        visible.text.chars().filter(|c| is_letter(*c)).collect()
    }

    #[test]
    fn a_passage_is_found_in_the_page_and_back() {
        let body = "# Du pain\n\nLe **bon** [pain](/i/1) &amp; l'eau, `frais`.\n\n- [x] sel\n- eau";
        let visible = Visible::markdown(body);
        assert_eq!(letters(&visible), seen(&to_html(body)));
        let words = |source: &str| {
            let at = body.find(source).expect("it stands there");
            let span = visible.span(&(at..at + source.len())).unwrap_or_else(|| panic!("{source}: no letters"));
            assert_eq!(visible.span(&visible.source(span).expect("bytes")), Some(span));
            visible.words(span).expect("words").to_owned()
        };
        assert_eq!(words("**bon** [pain](/i/1) &amp; l"), "bon pain & l");
        assert_eq!(words("**bon** [p"), "bon p");
        assert_eq!(words("amp"), "&");
        assert_eq!(words("`frais`."), "frais.");
        assert_eq!(words("pain\n\nLe"), "pain\nLe");
        assert_eq!(words("[x] sel\n- eau"), "☑ sel\neau");
        let marks = body.find("**").expect("a mark");
        assert_eq!(visible.span(&(marks..marks + 2)), None, "marks are no letters");
        assert_eq!((visible.words(Span { from: 3, to: 3 }), visible.source(Span { from: 1, to: 999 })), (None, None));
    }

    #[test]
    fn pictures_have_no_letters() {
        for body in ["a ![four](/files/1.webp) b", "a ![four](https://example.org/1.webp) b"] {
            assert_eq!(letters(&Visible::markdown(body)), seen(&to_html(body)), "{body}");
        }
        let deep = format!("{}![four](/files/1.webp)", ">".repeat(30));
        assert_eq!(letters(&Visible::markdown(&deep)), seen(&to_html(&deep)));
    }

    proptest! {
        /// However strange the Markdown: the text and the page have the same letters.
        #[test]
        fn text_and_page_have_the_same_letters(pieces in prop::collection::vec(prop::sample::select(vec![
            "pain ", "é🍞", "**", "_", "`", "```\n", "# ", "> ", "- ", "1. ", "[x] ", "[a](/b)", "![c](/d)", "![e](http://f)",
            "\n", "\n\n", "    ", "\t", "| a | b |\n", "|---|---|\n", "&amp;", "&lt;b&gt;", "&nbsp;", "<b>", "<!-- c -->", "<div>\n",
            "\\*", "\\\n", "~~", "http://g.h", "<http://i.j>", "\r\n", "\u{a0}", "---\n", "[k]: /l\n", "[k]",
        ]), 0..30)) {
            let body: String = pieces.concat();
            let visible = Visible::markdown(&body);
            prop_assert_eq!(letters(&visible), seen(&to_html(&body)));
            for letter in &visible.letters {
                prop_assert!(body.is_char_boundary(letter.from) && body.is_char_boundary(letter.to));
            }
            prop_assert!(visible.letters.is_sorted_by_key(|letter| letter.from));
        }
    }
}
