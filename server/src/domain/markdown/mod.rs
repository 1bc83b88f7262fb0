//! From the Markdown of a concept to HTML that may stand in anybody's page.
//!
//! Two walls: HTML in the Markdown is shown as the text it is, and what comes out still passes a sanitiser that knows
//! only the elements written here. Headings begin at the second level, since the page's first is the idea's title, and
//! leave none out, so that whoever moves from heading to heading hears a true outline.

mod absolute;
mod clean;
mod letters;
mod mentions;
mod pictures;

pub use absolute::absolute;
pub use letters::Visible;
pub use mentions::mentioned;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use self::clean::cleaned;

/// How deep quotes, lists and emphasis may nest; what is deeper is shown without its mark.
/// Nobody writes so, and a browser's parser takes quadratic time for it.
const DEPTH: usize = 24;

/// The HTML of a body in Markdown.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    Renderer::default().to_html(markdown)
}

/// The HTML of a comment in Markdown. Its headings begin at the third level; who `is_known` by their handle is linked.
#[must_use]
pub fn comment_to_html(markdown: &str, is_known: impl Fn(&str) -> bool) -> String {
    let events = mentions::link(parse(markdown), is_known);
    Renderer::default().render(events, HeadingLevel::H3, markdown.len())
}

/// The words of a text in Markdown, without its marks, on one line.
#[must_use]
pub fn to_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in parse(markdown) {
        match event {
            Event::Text(said) | Event::Code(said) | Event::Html(said) | Event::InlineHtml(said) => text.push_str(&said),
            // What stands in another block or cell is another word.
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(_) if !is_within_a_word(&event) => {
                text.push(' ');
            }
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a text in Markdown begins: its words, at most `most` characters of them, and an ellipsis where there are more.
#[must_use]
pub fn beginning(markdown: &str, most: usize) -> String {
    let text = to_text(markdown);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// Whether it is the end of a mark that may stand in the middle of a word.
fn is_within_a_word(event: &Event<'_>) -> bool {
    matches!(event, Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link))
}

const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH.union(Options::ENABLE_TABLES).union(Options::ENABLE_TASKLISTS);

fn parse(markdown: &str) -> Vec<Event<'_>> {
    Parser::new_ext(markdown, OPTIONS).collect()
}

/// What stands for the box of a task.
fn marker(done: bool) -> &'static str {
    if done { "☑ " } else { "☐ " }
}

/// One in so many blocks ends a piece, by what it says: so a word put in anywhere leaves the pieces behind it as they are.
const BLOCKS: u64 = 8;
/// Bytes after which a piece ends whatever it says.
const PIECE: usize = 16 * 1024;

/// Makes HTML of a body again and again while people write in it. Cleaning takes far longer than all else, so what was
/// clean the last time is not cleaned again.
#[derive(Debug, Default)]
pub struct Renderer {
    /// The pieces of the last body before they were cleaned, and after if that changed anything.
    pieces: HashMap<String, Option<String>>,
}

impl Renderer {
    /// Bytes it holds, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let pieces =
            self.pieces.iter().map(|(piece, clean)| piece.capacity() + clean.as_ref().map_or(0, String::capacity));
        self.pieces.capacity() * size_of::<(String, Option<String>)>() + pieces.sum::<usize>()
    }

    /// As [`to_html`].
    #[must_use]
    pub fn to_html(&mut self, markdown: &str) -> String {
        self.render(parse(markdown), HeadingLevel::H2, markdown.len())
    }

    /// The HTML of a text of this many bytes, whose highest headings become of the level `top`.
    fn render(&mut self, events: Vec<Event<'_>>, top: HeadingLevel, bytes: usize) -> String {
        let highest = events.iter().filter_map(level).min().unwrap_or(HeadingLevel::H1);
        let above = HeadingLevel::try_from(top as usize - 1).unwrap_or(HeadingLevel::H1);
        let mut tamed = Tamed { events: events.into_iter(), open: Vec::new(), top, highest, last: above };
        let mut before = std::mem::take(&mut self.pieces);
        let mut out = String::with_capacity(bytes * 3 / 2);
        let (mut piece, mut block) = (String::new(), Vec::new());
        loop {
            let event = tamed.next();
            let ended = event.is_none();
            block.extend(event);
            if !ended && !tamed.open.is_empty() {
                continue;
            }
            let at = piece.len();
            html::push_html(&mut piece, block.drain(..));
            if !ended && piece.len() < PIECE && !ends_piece(&piece[at..]) {
                continue;
            }
            let piece = std::mem::take(&mut piece);
            let (piece, cleaned) = before
                .remove_entry(&piece)
                .or_else(|| self.pieces.remove_entry(&piece))
                .unwrap_or_else(|| cleaned(piece));
            out.push_str(cleaned.as_ref().unwrap_or(&piece));
            self.pieces.insert(piece, cleaned);
            if ended {
                return out;
            }
        }
    }
}

fn ends_piece(block: &str) -> bool {
    let mut hasher = DefaultHasher::new();
    block.hash(&mut hasher);
    hasher.finish().is_multiple_of(BLOCKS)
}

/// The events of the parser, with what has no place in a page made into something that has.
struct Tamed<'a, I: Iterator<Item = Event<'a>>> {
    events: I,
    /// For each mark that is open, whether it is shown, and what closes it.
    open: Vec<Option<TagEnd>>,
    /// What the highest level becomes.
    top: HeadingLevel,
    /// The highest level that the text uses.
    highest: HeadingLevel,
    /// The level of the heading before, as shown.
    last: HeadingLevel,
}

impl<'a, I: Iterator<Item = Event<'a>>> Tamed<'a, I> {
    fn tame(&mut self, tag: Tag<'a>) -> Option<Tag<'a>> {
        match tag {
            Tag::Heading { level, .. } => {
                let wanted = self.top as usize + level as usize - self.highest as usize;
                let shown = wanted.min(self.last as usize + 1);
                self.last = HeadingLevel::try_from(shown).unwrap_or(HeadingLevel::H6);
                Some(Tag::Heading { level: self.last, id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            // A picture from elsewhere tells that site who reads; a link tells it only of those who follow it.
            Tag::Image { link_type, dest_url, title, id } => Some(Tag::Link { link_type, dest_url, title, id }),
            Tag::HtmlBlock => Some(Tag::Paragraph),
            other => Some(other),
        }
    }
}

fn level(event: &Event<'_>) -> Option<HeadingLevel> {
    match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level),
        _ => None,
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for Tamed<'a, I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            return Some(match self.events.next()? {
                Event::Start(Tag::Image { dest_url, title, .. }) if let Ok(address) = dest_url.parse() => {
                    pictures::shown(address, &pictures::alt(&mut self.events), &title)
                }
                Event::Start(tag) => {
                    let shown = if self.open.len() < DEPTH { self.tame(tag) } else { None };
                    self.open.push(shown.as_ref().map(Tag::to_end));
                    match shown {
                        Some(tag) => Event::Start(tag),
                        None => continue,
                    }
                }
                Event::End(_) => match self.open.pop() {
                    Some(Some(end)) => Event::End(end),
                    _ => continue,
                },
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                Event::TaskListMarker(done) => Event::Text(CowStr::Borrowed(marker(done))),
                other => other,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        DEPTH, Renderer, beginning,
        clean::{SANITISER, cover},
        to_html, to_text,
    };

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(
            to_html("# Pourquoi\n\nDu **pain** & du ~~sel~~."),
            "<h2>Pourquoi</h2>\n<p>Du <strong>pain</strong> &amp; du <del>sel</del>.</p>\n"
        );
        assert_eq!(
            to_html("## a\n#### b\n###### c\n## d\n### e"),
            "<h2>a</h2>\n<h3>b</h3>\n<h4>c</h4>\n<h2>d</h2>\n<h3>e</h3>\n"
        );
        let deep = to_html("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6");
        assert!(deep.contains("<h6>5</h6>\n<h6>6</h6>") && !deep.contains("<h1>"), "{deep}");
        assert_eq!(to_html("- [x] levain\n- [ ] four"), "<ul>\n<li>☑ levain</li>\n<li>☐ four</li>\n</ul>\n");
        assert!(to_html("| a | b |\n|---|--:|\n| 1 | 2 |").contains("<td>1</td>"));
        assert_eq!(to_html("```rust\nlet x;\n```"), "<pre><code>let x;\n</code></pre>\n");
    }

    #[test]
    fn the_text_is_what_is_read() {
        let text = to_text(
            "# Pain *chaud*\n\n- un **go**ût\n- [ici](https://example.org/x)\n\n| a | b |\n|-|-|\n| c | <b>d |",
        );
        assert_eq!(text, "Pain chaud un goût ici a b c <b>d");
        assert_eq!(beginning("Du **pain**\n\n- chaud", 20), "Du pain chaud");
        assert_eq!(beginning("Du **pain** chaud", 8), "Du pain…");
        assert_eq!(beginning("é🍞é", 2), "é🍞…");
    }

    #[test]
    fn every_character_comes_out_as_it_went_in() {
        assert_eq!(
            to_html("« 3 kg\u{a0}» &amp; [d&b](/?a&b=\u{b5}) &lt;b> &copy; é €"),
            "<p>« 3 kg\u{a0}» &amp; <a href=\"/?a&amp;b=%C2%B5\" rel=\"nofollow ugc noopener\">d&amp;b</a> &lt;b&gt; © é €</p>\n"
        );
        assert!(cover("a &amp; « b").chars().all(|c| c != '&' && !('\u{80}'..='\u{bf}').contains(&c)));
        // The characters that stand in for others while the page is made come from nobody else.
        assert_eq!(to_html("a\u{e026}b\u{e03c}c"), "<p>a\u{fffd}b\u{fffd}c</p>\n");
    }

    #[test]
    fn rendering_again_gives_the_same_and_cleans_what_changed_only() {
        let paragraph = |at: usize| format!("Le **pain** n° {at} [lève](/i/{at}).\n\n- sel\n- eau\n\n");
        let mut text: String = (0..300).map(paragraph).collect();
        let mut renderer = Renderer::default();
        assert_eq!(renderer.to_html(&text), to_html(&text));
        for (at, put) in [(0, "# "), (4000, "<b>`"), (9000, "\n\n> "), (9003, "x")] {
            let at = (at..).find(|at| text.is_char_boundary(*at)).expect("an end");
            text.insert_str(at, put);
            let before: Vec<String> = renderer.pieces.keys().cloned().collect();
            assert_eq!(renderer.to_html(&text), to_html(&text));
            let kept = before.iter().filter(|piece| renderer.pieces.contains_key(*piece)).count();
            assert!(put == "# " || before.len() - kept <= 3, "{put}: {kept} of {}", before.len());
        }
    }

    #[test]
    fn links_are_marked_as_written_by_people() {
        assert_eq!(
            to_html("[ici](https://example.org/?a=1&b=2)"),
            "<p><a href=\"https://example.org/?a=1&amp;b=2\" rel=\"nofollow ugc noopener\">ici</a></p>\n"
        );
    }

    #[test]
    fn pictures_come_from_here_only() {
        let id = "0b5c41ee-7a0f-4b4e-9d3a-3f0d6c9f5a21";
        assert_eq!(
            to_html(&format!("![du *pain* \"chaud\" &\n`four` <b>](/pictures/{id}/1600x900 \"le <four>\")")),
            format!(
                "<p><img src=\"/pictures/{id}/1600x900\" srcset=\"/pictures/{id}/small 640w, /pictures/{id}/1600x900 1600w\" \
                 sizes=\"(width &lt; 760px) 100vw, 680px\" width=\"1600\" height=\"900\" \
                 alt=\"du pain &quot;chaud&quot; &amp; four &lt;b&gt;\" title=\"le &lt;four&gt;\" loading=\"lazy\" decoding=\"async\"></p>\n"
            )
        );
        assert_eq!(
            to_html(&format!("a ![](/pictures/{id}/64x32) b")),
            format!(
                "<p>a <img src=\"/pictures/{id}/64x32\" width=\"64\" height=\"32\" alt=\"\" loading=\"lazy\" \
                 decoding=\"async\"> b</p>\n"
            )
        );
        for away in [
            "/files/1.webp",
            "/api/v1/me",
            "/pictures/../secret",
            "/pictures/0b5c41ee-7a0f-4b4e-9d3a-3f0d6c9f5a21/small",
            "https://example.org/x.gif",
            "//example.org/x.gif",
            "/\\example.org/x.gif",
            "x.gif",
            "data:image/png;base64,AA",
        ] {
            assert!(!to_html(&format!("![pixel]({away})")).contains("<img"), "{away}");
        }
    }

    #[test]
    fn nothing_runs_or_poses_as_part_of_the_page() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "text <svg/onload=alert(1)> text",
            "<div id=\"app\" class=\"toast\">x</div>",
            "<!-- <script> -->",
            "<style>*{display:none}</style>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](vbscript:x)",
            "<javascript:alert(1)>",
            "![x](javascript:alert(1))",
            "![\"onerror=alert(1)](/a)",
            "[x](/a \"onclick=alert(1)\")",
            "# h {#app .toast onclick=alert(1)}",
            "```\"><script>alert(1)</script>\nx\n```",
            "a<iframe src=//example.org></iframe>",
            "<a href=\"/\" target=\"_blank\" style=\"position:fixed\">x</a>",
            "<form action=/x><input name=password></form>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "![\"onerror=alert(1)](/pictures/0b5c41ee-7a0f-4b4e-9d3a-3f0d6c9f5a21/9x9 \"\\\"onload=alert(1)\")",
            "![<script>alert(1)</script>](/pictures/0b5c41ee-7a0f-4b4e-9d3a-3f0d6c9f5a21/1600x900)",
            "![x](/pictures/0b5c41ee-7a0f-4b4e-9d3a-3f0d6c9f5a21/9x9\"onerror=alert(1))",
        ] {
            assert_harmless(hostile);
        }
    }

    #[test]
    fn no_mixture_of_marks_and_markup_gets_through() {
        const PIECES: [&str; 36] = [
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=javascript:alert(1)>",
            "\"",
            "'",
            "`",
            "```",
            "\n",
            "\n\n",
            "[x](",
            "![x](",
            ")",
            "javascript:alert(1)",
            "https://a.example/?q=\"&b",
            "data:text/html,<b>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "&lt;script&gt;",
            "&#x3c;",
            "&#60",
            "\u{e03c}",
            "\u{e026}lt;",
            "> ",
            "- ",
            "# ",
            "| a |",
            "|---|",
            "**",
            "~~",
            "\\",
            "<svg><style>",
            " onclick=alert(1) ",
            "\u{0}",
        ];
        use rand::{Rng, SeedableRng, rngs::StdRng};
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..2000 {
            let pieces = random.random_range(1..14);
            let text: String = (0..pieces).map(|_| PIECES[random.random_range(0..PIECES.len())]).collect();
            assert_harmless(&text);
        }
    }

    /// Every tag that the HTML of this Markdown has is one of ours, with attributes of ours and addresses that run nothing.
    fn assert_harmless(markdown: &str) {
        let html = to_html(markdown);
        for piece in html.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("{markdown:?}: an open tag in {html}"));
            assert!(!text.contains('>'), "{markdown:?}: {html}");
            let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
            let own = name.trim_start_matches('/');
            assert!(SANITISER.clone_tags().contains(own), "{markdown:?}: <{own}> in {html}");
            while let Some((attribute, after)) = rest.split_once("=\"") {
                let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("{markdown:?}: {html}"));
                match (own, attribute) {
                    ("a", "href") => {
                        let scheme = value.split(['/', '?', '#']).next().unwrap_or_default();
                        let known =
                            ["http:", "https:", "mailto:", "tel:"].iter().any(|known| scheme.starts_with(known));
                        assert!(known || !scheme.contains(':'), "{markdown:?}: {html}");
                    }
                    ("img", "src") => assert!(value.starts_with("/pictures/"), "{markdown:?}: {html}"),
                    ("a", "rel") | ("a" | "img", "title") | ("ol", "start") => {}
                    ("img", "alt" | "srcset" | "sizes" | "width" | "height" | "loading" | "decoding") => {}
                    _ => panic!("{markdown:?}: {attribute} in {html}"),
                }
                rest = after.trim_start();
            }
            assert!(rest.is_empty() || rest == "/", "{markdown:?}: {html}");
        }
    }

    #[test]
    fn a_body_of_marks_alone_is_neither_deep_nor_huge() {
        let longest = shared::limits::BODY;
        for mark in [
            ">", "> ", "*", "**a ", "- ", "[", "![", "[a](", "`", "<", "_*", "~~", "|", "1. ", "\t", "<a>", "&", "\\",
            "# ",
        ] {
            let body: String = mark.chars().cycle().take(longest).collect();
            let html = to_html(&body);
            // What quadratic time would come from: marks within marks without end.
            let (mut open, mut deepest) = (0_usize, 0_usize);
            for tag in html.split('<').skip(1).filter(|tag| !["br", "hr", "img"].iter().any(|own| tag.starts_with(own)))
            {
                open = if tag.starts_with('/') { open.saturating_sub(1) } else { open + 1 };
                deepest = deepest.max(open);
            }
            assert!(deepest <= DEPTH + 1, "{mark}: {deepest}");
            assert!(html.len() < longest * 12, "{mark}: {}", html.len());
        }
    }
}
