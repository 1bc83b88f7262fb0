//! The pieces of a mail, as plain text and as HTML.

use shared::accent::Accent;

use super::{Letter, Written};

/// The accent of a workspace that chose none.
const ACCENT: &str = "#b93c24";

/// A piece of a mail.
pub(super) enum Piece {
    /// A paragraph.
    Says(String),
    /// What somebody said.
    Quotes(String),
    /// The link to follow: its words, and where it leads.
    Leads(String, String),
    /// The title of an idea, and where that is.
    Heads(String, String),
    /// One thing that happened to it.
    Lists {
        /// When.
        day: String,
        /// What.
        says: String,
        /// How it begins; may be empty.
        quote: String,
        /// Where it is read.
        path: String,
    },
    /// A sentence below everything.
    Foot(String),
    /// A link there.
    FootLink(String, String),
}

/// Writes a mail of these pieces.
pub(super) fn write(letter: &Letter<'_>, subject: String, pieces: &[Piece]) -> Written {
    let subject = on_one_line(&subject);
    Written { text: text(letter, pieces), html: html(letter, &subject, pieces), subject }
}

/// Without anything that would end a line of a mail's head.
fn on_one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}')
        .map(|part| part.trim_matches(' '))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn text(letter: &Letter<'_>, pieces: &[Piece]) -> String {
    let mut out = String::new();
    let mut foot = false;
    for piece in pieces {
        if !foot && matches!(piece, Piece::Foot(_)) {
            foot = true;
            // What stands below this line, programs take for the end of what is said.
            out.push_str(&format!("-- \n{}\n{}\n\n", letter.workspace, letter.address));
        }
        let piece = match piece {
            Piece::Says(words) => format!("{words}\n\n"),
            Piece::Quotes(words) => {
                let lines: Vec<_> = words.lines().map(|line| format!("> {line}")).collect();
                format!("{}\n\n", lines.join("\n"))
            }
            Piece::Leads(words, path) => format!("{words}\n{path}\n\n"),
            Piece::Heads(title, _) => format!("# {}\n\n", on_one_line(title)),
            Piece::Lists { day, says, quote, path } => {
                let quote = if quote.is_empty() { String::new() } else { format!("  > {}\n", on_one_line(quote)) };
                format!("- {day}, {}\n{quote}  {path}\n\n", on_one_line(says))
            }
            Piece::Foot(words) => format!("{words}\n"),
            Piece::FootLink(words, path) => format!("{words}\n{path}\n"),
        };
        out.push_str(&piece);
    }
    out
}

fn html(letter: &Letter<'_>, subject: &str, pieces: &[Piece]) -> String {
    let light = letter.accent.map(Accent::on_light);
    let dark = letter.accent.map(Accent::on_dark);
    let (accent, on) = light.map_or((ACCENT.to_owned(), "#fffaf5".to_owned()), |(a, on)| (a.into(), on.into()));
    let (deep, on_deep) = dark.map_or(("#ff9178".to_owned(), "#2a0f08".to_owned()), |(a, on)| (a.into(), on.into()));
    let (body, foot): (Vec<_>, Vec<_>) =
        pieces.iter().partition(|piece| !matches!(piece, Piece::Foot(_) | Piece::FootLink(..)));
    let part = |pieces: Vec<&Piece>| pieces.into_iter().map(|piece| markup(piece, &accent, &on)).collect::<String>();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{title}</title>\n<style>\n\
         @media (prefers-color-scheme: dark) {{ body, .paper {{ background: #1b1815 !important; }} \
         .sheet {{ background: #25211d !important; }} .ink {{ color: #f3ebdf !important; }} \
         .quiet {{ color: #b7aa9a !important; }} .accent {{ color: {deep} !important; }} \
         .button {{ background: {deep} !important; color: {on_deep} !important; }} }}\n</style>\n</head>\n\
         <body style=\"margin:0;background:#fbf5ea\">\n\
         <table role=\"presentation\" class=\"paper\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"background:#fbf5ea\"><tr><td align=\"center\" style=\"padding:24px 12px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:560px\">\n\
         <tr><td style=\"padding:0 0 12px;{FONT}\"><a class=\"accent\" href=\"{home}\" \
         style=\"color:{accent};font-size:18px;font-weight:700;text-decoration:none\">{workspace}</a></td></tr>\n\
         <tr><td class=\"sheet\" style=\"background:#fffdf9;border-radius:10px;padding:24px;{FONT}\">\n{body}</td></tr>\n\
         <tr><td style=\"padding:16px 4px;{FONT}\">\n{foot}</td></tr>\n</table>\n</td></tr></table>\n</body>\n</html>\n",
        language = letter.language.tag(),
        title = escaped(subject),
        home = escaped(letter.address),
        workspace = escaped(letter.workspace),
        body = part(body),
        foot = part(foot),
    )
}

const FONT: &str = "font-family:'Segoe UI',system-ui,Helvetica,Arial,sans-serif";
const INK: &str = "color:#231e19;font-size:16px;line-height:1.5";
const QUIET: &str = "color:#655b50;font-size:14px;line-height:1.5";

fn markup(piece: &Piece, accent: &str, on: &str) -> String {
    match piece {
        Piece::Says(words) => format!("<p class=\"ink\" style=\"margin:0 0 16px;{INK}\">{}</p>\n", escaped(words)),
        Piece::Quotes(words) => format!(
            "<blockquote class=\"ink\" style=\"margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid {accent};{INK}\">{}\
             </blockquote>\n",
            escaped(words)
        ),
        Piece::Leads(words, path) => format!(
            "<p style=\"margin:0 0 8px\"><a class=\"button\" href=\"{}\" style=\"display:inline-block;background:{accent};\
             color:{on};padding:10px 18px;border-radius:10px;font-size:16px;font-weight:600;text-decoration:none\">{}</a>\
             </p>\n",
            escaped(path),
            escaped(words)
        ),
        Piece::Heads(title, path) => format!(
            "<h2 style=\"margin:24px 0 8px;font-size:18px;line-height:1.3\"><a class=\"accent\" href=\"{}\" \
             style=\"color:{accent};text-decoration:none\">{}</a></h2>\n",
            escaped(path),
            escaped(title)
        ),
        Piece::Lists { day, says, quote, path } => {
            let quote = if quote.is_empty() {
                String::new()
            } else {
                format!("<br><span class=\"quiet\" style=\"{QUIET}\">{}</span>", escaped(quote))
            };
            format!(
                "<p class=\"ink\" style=\"margin:0 0 12px;{INK}\"><span class=\"quiet\" style=\"{QUIET}\">{}</span> \
                 <a class=\"ink\" href=\"{}\" style=\"{INK}\">{}</a>{quote}</p>\n",
                escaped(day),
                escaped(path),
                escaped(says)
            )
        }
        Piece::Foot(words) => format!("<p class=\"quiet\" style=\"margin:0 0 8px;{QUIET}\">{}</p>\n", escaped(words)),
        Piece::FootLink(words, path) => format!(
            "<p class=\"quiet\" style=\"margin:0 0 4px;{QUIET}\"><a class=\"quiet\" href=\"{}\" style=\"{QUIET}\">{}</a></p>\n",
            escaped(path),
            escaped(words)
        ),
    }
}

/// A text as it stands between tags and in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
