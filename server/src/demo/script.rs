//! How the demo's ideas are written down, in `server/demo/*.md`.
//!
//! ```text
//! === author | stage | days ago | title
//! with: co-author, co-author
//! pitch: …
//! the body, until the next mark
//! +++ who | hours later | append        their text goes to the end
//! +++ who | hours later | pitch         their text takes the place of the pitch
//! +++ who | hours later | replace       an old text, a line of ---, a new text
//! ```

use shared::live::concept::{Field, Texts};

/// An idea, as it was proposed and what others made of it.
#[derive(Debug)]
pub(super) struct Idea {
    pub(super) author: &'static str,
    /// The place of its stage.
    pub(super) stage: usize,
    pub(super) days_ago: i64,
    pub(super) coauthors: Vec<&'static str>,
    pub(super) texts: Texts,
    pub(super) edits: Vec<Edit>,
}

/// A change somebody made to the texts.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) who: &'static str,
    /// After it was proposed.
    pub(super) hours: i64,
    pub(super) field: Field,
    /// What the field says from then on.
    pub(super) text: String,
}

/// The ideas of a file; nothing where it is not written as it should be.
pub(super) fn read(file: &'static str) -> Option<Vec<Idea>> {
    file.split("=== ").skip(1).map(idea).collect()
}

fn idea(text: &'static str) -> Option<Idea> {
    let mut parts = text.split("\n+++ ");
    let (head, mut rest) = parts.next()?.split_once('\n')?;
    let [author, stage, days_ago, title] = head.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    let mut coauthors = Vec::new();
    let mut pitch = "";
    while let Some((line, after)) = rest.split_once('\n') {
        if let Some(names) = line.strip_prefix("with: ") {
            coauthors = names.split(", ").collect();
        } else if let Some(text) = line.strip_prefix("pitch: ") {
            pitch = text;
        } else {
            break;
        }
        rest = after;
    }
    let texts = Texts { title: title.to_owned(), pitch: pitch.to_owned(), body: rest.trim().to_owned() };
    let mut body = texts.body.clone();
    let edits = parts.map(|part| edit(part, &mut body)).collect::<Option<_>>()?;
    Some(Idea { author, stage: stage.parse().ok()?, days_ago: days_ago.parse().ok()?, coauthors, texts, edits })
}

fn edit(part: &'static str, body: &mut String) -> Option<Edit> {
    let (head, text) = part.split_once('\n')?;
    let [who, hours, kind] = head.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    let hours = hours.parse().ok()?;
    if kind == "pitch" {
        return Some(Edit { who, hours, field: Field::Pitch, text: text.trim().to_owned() });
    }
    match kind {
        "append" => *body = format!("{body}\n\n{}", text.trim()),
        "replace" => {
            let (old, new) = text.split_once("\n---\n")?;
            let (before, after) = body.split_once(old)?;
            *body = format!("{before}{}{after}", new.trim_end());
        }
        _ => return None,
    }
    Some(Edit { who, hours, field: Field::Body, text: body.clone() })
}
