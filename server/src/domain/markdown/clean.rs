//! The second wall: a sanitiser that knows only the elements written here.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use shared::picture::{Address, SMALL};

pub(super) static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from([
            "a",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "img",
            "li",
            "ol",
            "p",
            "pre",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .add_tag_attributes("img", ["srcset", "sizes", "loading", "decoding"])
        .generic_attributes(HashSet::from(["title"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") if !is_picture(value) => None,
            ("img", "srcset") if !value.split(", ").all(|form| form.split(' ').next().is_some_and(is_picture)) => None,
            _ => Some(Cow::Borrowed(value)),
        })
        .link_rel(Some("nofollow ugc noopener"));
    builder
});

/// Whether an address is that of a picture of ours, in one of its forms.
fn is_picture(address: &str) -> bool {
    let large = |address: &str| address.parse::<Address>().is_ok();
    large(address) || address.strip_suffix(SMALL).is_some_and(|start| large(&format!("{start}1x1")))
}

/// The HTML as it is, and cleaned where that changes it.
pub(super) fn cleaned(html: String) -> (String, Option<String>) {
    let cleaned = uncover(&SANITISER.clean(&cover(&html)).to_string());
    let changed = cleaned != html;
    (html, changed.then_some(cleaned))
}

/// Where [`cover`] puts characters: each at its own number in this block, which is nobody's.
const COVER: u32 = 0xe000;

/// Hides ampersands and the characters from U+0080 to U+00BF (no-break spaces, « ») from the sanitiser, which writes a
/// text full of them in quadratic time. Standing for themselves, they mean nothing in HTML.
pub(super) fn cover(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let (covered, length) = match c {
            '&' if rest.starts_with("&amp;") => (covered('&'), "&amp;".len()),
            '\u{80}'..='\u{bf}' => (covered(c), c.len_utf8()),
            c if uncovered(c).is_some() => ('\u{fffd}', c.len_utf8()),
            c => (c, c.len_utf8()),
        };
        out.push(covered);
        rest = &rest[length..];
    }
    out
}

fn covered(c: char) -> char {
    char::from_u32(COVER + u32::from(c)).unwrap_or(c)
}

fn uncovered(c: char) -> Option<char> {
    u32::from(c).checked_sub(COVER).filter(|own| *own < 0x100).and_then(char::from_u32)
}

fn uncover(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for c in html.chars() {
        match uncovered(c) {
            Some('&') => out.push_str("&amp;"),
            Some(own @ '\u{80}'..='\u{bf}') => out.push(own),
            Some(_) => out.push('\u{fffd}'),
            None => out.push(c),
        }
    }
    out
}
