//! The page in the file that somebody takes along: everything in it, to be read in their language without a network.
//!
//! It asks nothing of whoever shows it: no script, nothing to fetch but the pictures beside it.

mod names;

use leptos_i18n::td_string;
use serde_json::{Map, Value};
use shared::{Locale as Language, passage::escape};

use crate::{i18n::Locale, visit::text_locale};

/// How it looks: on paper too, and in the dark.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#22201c;--quiet:#655f55;--sheet:#fffdf8;--line:#ddd6c8}\
@media (prefers-color-scheme:dark){:root{--ink:#ece7dd;--quiet:#aaa294;--sheet:#1d1b18;--line:#3d3932}}\
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:46rem;background:var(--sheet);color:var(--ink);\
font:1rem/1.55 system-ui,sans-serif}\
h1{font-size:1.75rem;line-height:1.2}h2{margin:3rem 0 .5rem;padding-top:1rem;border-top:2px solid var(--line);font-size:1.3rem}\
h3{margin:1.5rem 0 .25rem;font-size:1rem}p,nav{color:var(--quiet)}nav ul{columns:2;padding-left:1.2rem}a{color:inherit}\
ol.things{margin:0;padding:0;list-style:none}ol.things>li{padding:.75rem 0;border-bottom:1px solid var(--line);break-inside:avoid}\
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.15rem 1rem;margin:0}dt{color:var(--quiet)}\
dd{margin:0;min-width:0;overflow-wrap:anywhere;white-space:pre-wrap}dd ol.things>li:last-child{border:0}img{max-width:100%;height:auto}\
@media (max-width:30rem){dl{grid-template-columns:1fr}nav ul{columns:1}dd{margin-bottom:.4rem}}\
@media print{body{max-width:none;padding:0;font-size:.85rem}nav{display:none}}";

/// Writes the page of what is in the file: an object of parts, each an object of lists of objects. `at`: when it was made.
#[must_use]
pub fn page(language: Language, workspace: &str, name: &str, at: &str, parts: &Map<String, Value>) -> String {
    let locale = text_locale(language);
    let title = escape(&td_string!(locale, taken.title, name = name, workspace = workspace).to_string());
    let made = escape(&td_string!(locale, taken.made, at = date(at)).to_string());
    let entry = |key: &String| format!("<li><a href=\"#{key}\">{}</a></li>", escape(part(locale, key)));
    let contents: String = parts.keys().map(entry).collect();
    let sections: String = parts.iter().map(|(key, lists)| section(locale, key, lists)).collect();
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{made}</p>\
         <nav aria-label=\"{label}\"><ul>{contents}</ul></nav>{sections}</main></body></html>",
        lang = language.tag(),
        label = escape(td_string!(locale, taken.contents)),
    )
}

fn part(locale: Locale, key: &str) -> &str {
    names::part(locale, key).unwrap_or(key)
}

fn section(locale: Locale, key: &str, lists: &Value) -> String {
    let mut out = format!("<section id=\"{key}\"><h2>{}</h2>", escape(part(locale, key)));
    let lists = lists.as_object();
    let mut empty = true;
    for (name, things) in lists.into_iter().flatten() {
        let things = things.as_array().map(Vec::as_slice).unwrap_or_default();
        if things.is_empty() {
            continue;
        }
        empty = false;
        if name != key
            && let Some(title) = names::list(locale, name)
        {
            out.push_str(&format!("<h3>{}</h3>", escape(title)));
        }
        out.push_str(&all(locale, things));
    }
    if empty {
        out.push_str(&format!("<p>{}</p>", escape(td_string!(locale, taken.nothing))));
    }
    out + "</section>"
}

fn all(locale: Locale, things: &[Value]) -> String {
    let thing = |thing: &Value| format!("<li>{}</li>", said(locale, "", thing));
    format!("<ol class=\"things\">{}</ol>", things.iter().map(thing).collect::<String>())
}

/// A value, as HTML.
fn said(locale: Locale, key: &str, value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                if value.is_null() || *value == Value::String(String::new()) || *value == Value::Array(Vec::new()) {
                    return String::new();
                }
                let name = names::field(locale, key).unwrap_or(key);
                format!("<dt>{}</dt><dd>{}</dd>", escape(name), said(locale, key, value))
            };
            format!("<dl>{}</dl>", fields.iter().map(field).collect::<String>())
        }
        Value::Array(things) => all(locale, things),
        Value::String(file) if key == "picture" => format!("<img src=\"{0}\" alt=\"{0}\">", escape(file)),
        Value::String(text) if key == "at" || key.ends_with("_at") => escape(&date(text)),
        Value::String(text) => escape(text),
        other => escape(&other.to_string()),
    }
}

/// A moment, to the minute: in the order in which it can be sorted, which is everybody's.
fn date(at: &str) -> String {
    match at.split_once('T') {
        Some((day, time)) => format!("{day} {}", time.get(..5).unwrap_or(time)),
        None => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_it_is_markup_but_what_it_writes_itself() {
        let hostile = "<script>alert(1)</script>\"'&";
        let parts = json!({ "comments": { "comments": [{ "words": hostile, "said_at": "2026-01-02T03:04:05Z" }] } });
        let page = page(Language::Fr, hostile, hostile, "2026-01-02T03:04:05Z", parts.as_object().expect("parts"));
        assert!(!page.contains("<script") && !page.contains("\"'&"), "{page}");
        assert!(page.contains("2026-01-02 03:04") && page.contains("Ce que vous avez dit"));
        assert!(!page.contains("http://") && !page.contains("https://"), "it fetches nothing");
    }
}
