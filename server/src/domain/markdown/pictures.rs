//! Pictures in a text: with their size, so that nothing jumps when they arrive, and only once somebody gets there.

use pulldown_cmark::Event;
use shared::picture::Address;

/// How wide a picture is shown, for the browser to choose a form by: texts are no wider than this.
const SHOWN: &str = "(width < 760px) 100vw, 680px";

/// The picture as it stands in a page.
pub(super) fn shown<'a>(address: Address, alt: &str, title: &str) -> Event<'a> {
    let Address { width, height, .. } = address;
    let forms = address.small_width().map_or_else(String::new, |small| {
        format!(" srcset=\"{} {small}w, {address} {width}w\" sizes=\"{}\"", address.small(), escaped(SHOWN))
    });
    let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(title)) };
    let html = format!(
        "<img src=\"{address}\"{forms} width=\"{width}\" height=\"{height}\" alt=\"{}\"{title} loading=\"lazy\" decoding=\"async\">",
        escaped(alt)
    );
    Event::InlineHtml(html.into())
}

/// What a picture shows, in words: what is written up to its end, without marks.
pub(super) fn alt<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> String {
    let (mut words, mut open) = (String::new(), 0_usize);
    for event in events {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) if open == 0 => break,
            Event::End(_) => open -= 1,
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) | Event::Html(text) => {
                words.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

/// The text as it may stand in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
