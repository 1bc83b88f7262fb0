//! HTML of ours where no page says what its addresses begin with.

/// The HTML with every address whole: those on this site begin with `origin`, those on the page with `page`. It is ours,
/// and so cleaned: in a text there is no `<`, and no `"` in what an attribute says.
#[must_use]
pub fn absolute(html: &str, origin: &str, page: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        rest = whole(tag, &mut out, origin, page);
    }
    out.push_str(rest);
    out
}

/// Writes the tag that the HTML begins with, its addresses whole, and answers with what follows it.
fn whole<'a>(tag: &'a str, out: &mut String, origin: &str, page: &str) -> &'a str {
    let mut rest = tag;
    loop {
        let end = rest.find('>').unwrap_or(rest.len());
        let Some(at) = rest[..end].find("=\"") else {
            let (written, after) = rest.split_at((end + 1).min(rest.len()));
            out.push_str(written);
            return after;
        };
        let (name, value) = rest.split_at(at + 2);
        let (value, after) = value.split_once('"').unwrap_or((value, ""));
        out.push_str(name);
        match name.trim_end_matches("=\"").rsplit(' ').next() {
            Some("href" | "src") => push(out, value, origin, page),
            Some("srcset") => {
                for (at, form) in value.split(", ").enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    push(out, form, origin, page);
                }
            }
            _ => out.push_str(value),
        }
        out.push('"');
        rest = after;
    }
}

fn push(out: &mut String, address: &str, origin: &str, page: &str) {
    if address.starts_with('#') {
        out.push_str(page.split('#').next().unwrap_or(page));
    } else if address.starts_with('/') && !address.starts_with("//") {
        out.push_str(origin);
    } else if !address.contains(':') && !address.starts_with("//") {
        // Beside the page, whose folder has no files.
        out.push_str(origin);
        out.push('/');
    }
    out.push_str(address);
}

#[cfg(test)]
mod tests {
    use super::absolute;
    use crate::domain::markdown::to_html;

    fn whole(html: &str) -> String {
        absolute(html, "https://x.test", "https://x.test/i/1#c-2")
    }

    #[test]
    fn every_address_is_whole() {
        assert_eq!(whole("<a href=\"/i/2\" rel=\"a\">b</a>"), "<a href=\"https://x.test/i/2\" rel=\"a\">b</a>");
        assert_eq!(whole("<a href=\"#c-1\">b</a>"), "<a href=\"https://x.test/i/1#c-1\">b</a>");
        assert_eq!(whole("<a href=\"x.gif\">b</a>"), "<a href=\"https://x.test/x.gif\">b</a>");
        assert_eq!(
            whole("<p><img src=\"/a\" srcset=\"/a/s 1w, /a 2w\" alt=\"src=/b >\"></p>"),
            "<p><img src=\"https://x.test/a\" srcset=\"https://x.test/a/s 1w, https://x.test/a 2w\" alt=\"src=/b >\"></p>"
        );
    }

    #[test]
    fn all_else_stays() {
        for html in [
            "",
            "a href=\"/x\" &lt;a href=\"/y\"&gt;",
            "<a href=\"https://y.test/\">b</a> <a href=\"//y.test\">c</a> <a href=\"mailto:a@b.test\">d</a>",
            "<p title=\"/x\">y</p><br>",
            "<p",
            "<p title=\"",
        ] {
            assert!(whole(html).starts_with(html), "{html}");
        }
        let html = to_html("Du **pain** & [là](https://y.test/?a=1&b=2)\n\n> `<a href=\"/x\">`");
        assert_eq!(whole(&html), html);
    }
}
