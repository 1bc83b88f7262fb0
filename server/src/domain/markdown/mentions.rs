//! People mentioned in a text: `@handle`.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

/// The handles that a text mentions, each once, in the order of the text. Whether anybody has them is not known.
#[must_use]
pub fn mentioned(markdown: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut prose = Prose::default();
    for event in super::parse(markdown) {
        let Some(text) = prose.text(&event) else { continue };
        for (_, handle) in handles(text, prose.before) {
            if !found.iter().any(|known| known == handle) {
                found.push(handle.to_owned());
            }
        }
        prose.before = text.chars().last();
    }
    found
}

/// The same text, where the handles of those known are links to them.
pub(super) fn link<'a>(events: Vec<Event<'a>>, is_known: impl Fn(&str) -> bool) -> Vec<Event<'a>> {
    let mut out = Vec::with_capacity(events.len());
    let mut prose = Prose::default();
    for event in events {
        let Some(text) = prose.text(&event) else {
            out.push(event);
            continue;
        };
        let known: Vec<(usize, &str)> =
            handles(text, prose.before).into_iter().filter(|(_, handle)| is_known(handle)).collect();
        let before = text.chars().last();
        if known.is_empty() {
            prose.before = before;
            out.push(event);
            continue;
        }
        let owned = |text: &str| Event::Text(CowStr::from(text.to_owned()));
        let mut done = 0;
        for (at, handle) in known {
            let end = at + 1 + handle.len();
            out.push(owned(&text[done..at]));
            out.push(Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url: CowStr::from(format!("/people/{handle}")),
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }));
            out.push(owned(&text[at..end]));
            out.push(Event::End(TagEnd::Link));
            done = end;
        }
        out.push(owned(&text[done..]));
        prose.before = before;
    }
    out
}

/// Where in a text people can be mentioned: in no link, and in no code.
#[derive(Default)]
struct Prose {
    inside: usize,
    before: Option<char>,
}

impl Prose {
    /// The text of an event, where it is prose.
    fn text<'e>(&mut self, event: &'e Event<'_>) -> Option<&'e str> {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => self.inside += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => self.inside = self.inside.saturating_sub(1),
            Event::Text(text) if self.inside == 0 => return Some(text),
            _ => {}
        }
        self.before = None;
        None
    }
}

/// Where handles stand in a piece of text, `before` being what comes before it.
fn handles(text: &str, before: Option<char>) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut last = before;
    for (at, c) in text.char_indices() {
        if c == '@' && !last.is_some_and(|last| last.is_alphanumeric() || matches!(last, '@' | '/' | '.' | '-' | '_')) {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            let handle = rest[..end.unwrap_or(rest.len())].trim_end_matches('-');
            if !handle.is_empty() {
                found.push((at, handle));
            }
        }
        last = Some(c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::comment_to_html, mentioned};

    #[test]
    fn people_are_mentioned_in_prose_only() {
        assert_eq!(mentioned("@zoe et @ali-2, @zoe. (@bob)"), ["zoe", "ali-2", "bob"]);
        for none in ["a@b.fr", "`@zoe`", "```\n@zoe\n```", "[@zoe](/x)", "@", "@@zoe", "@Zoe"] {
            assert_eq!(mentioned(none), Vec::<String>::new(), "{none}");
        }
    }

    #[test]
    fn those_known_are_linked() {
        assert_eq!(
            comment_to_html("Merci @zoe- et @nul **@zoe**", |handle| handle == "zoe"),
            "<p>Merci <a href=\"/people/zoe\" rel=\"nofollow ugc noopener\">@zoe</a>- et @nul \
             <strong><a href=\"/people/zoe\" rel=\"nofollow ugc noopener\">@zoe</a></strong></p>\n"
        );
        assert_eq!(comment_to_html("# a\n### b", |_| true), "<h3>a</h3>\n<h4>b</h4>\n");
    }
}
