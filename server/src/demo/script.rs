//! How the demo's ideas are written down, in `server/demo/*.md`.
//!
//! ```text
//! === author | stage | days ago | title
//! moved: who | why it stands in its stage
//! with: co-author, co-author
//! tags: a tag, another
//! pitch: …
//! the body, until the next mark
//! +++ who | hours later | append        their text goes to the end
//! +++ who | hours later | pitch         their text takes the place of the pitch
//! +++ who | hours later | replace       an old text, a line of ---, a new text
//! +++ who | hours later | comment       they say it below: also `answer`, `question`, `note`, or `reply` to the last
//!                                       comment
//! ```

use shared::{
    api::CommentKind,
    live::concept::{Field, Texts},
};

/// An idea, as it was proposed and what others made of it.
#[derive(Debug)]
pub(super) struct Idea {
    pub(super) author: &'static str,
    /// The place of its stage.
    pub(super) stage: usize,
    pub(super) days_ago: i64,
    /// Who moved it to its stage, and why; may be empty.
    pub(super) moved: Option<(&'static str, &'static str)>,
    pub(super) coauthors: Vec<&'static str>,
    pub(super) tags: Vec<&'static str>,
    pub(super) texts: Texts,
    pub(super) edits: Vec<Edit>,
    pub(super) talk: Vec<Said>,
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

/// Something somebody said about it.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) who: &'static str,
    /// After it was proposed.
    pub(super) hours: i64,
    pub(super) kind: CommentKind,
    /// Where it goes.
    pub(super) under: Under,
    pub(super) text: &'static str,
}

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// Below the idea.
    Idea,
    /// Below the comment before it that was no reply.
    Comment,
}

/// The ideas of a file; nothing where it is not written as it should be.
pub(super) fn read(file: &'static str) -> Option<Vec<Idea>> {
    file.split("=== ").skip(1).map(idea).collect()
}

fn idea(text: &'static str) -> Option<Idea> {
    let mut parts = text.split("\n+++ ");
    let (head, mut rest) = parts.next()?.split_once('\n')?;
    let [author, stage, days_ago, title] = head.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    let (mut moved, mut coauthors, mut tags, mut pitch) = (None, Vec::new(), Vec::new(), "");
    while let Some((line, after)) = rest.split_once('\n') {
        if let Some(names) = line.strip_prefix("with: ") {
            coauthors = names.split(", ").collect();
        } else if let Some(words) = line.strip_prefix("tags: ") {
            tags = words.split(", ").collect();
        } else if let Some(by) = line.strip_prefix("moved: ") {
            moved = Some(by.split_once(" | ").unwrap_or((by, "")));
        } else if let Some(text) = line.strip_prefix("pitch: ") {
            pitch = text;
        } else {
            break;
        }
        rest = after;
    }
    let texts = Texts { title: title.to_owned(), pitch: pitch.to_owned(), body: rest.trim().to_owned() };
    let mut body = texts.body.clone();
    let (mut edits, mut talk) = (Vec::new(), Vec::new());
    for part in parts {
        if let Some(said) = said(part) {
            talk.push(said);
        } else {
            edits.push(edit(part, &mut body)?);
        }
    }
    let (stage, days_ago) = (stage.parse().ok()?, days_ago.parse().ok()?);
    Some(Idea { author, stage, days_ago, moved, coauthors, tags, texts, edits, talk })
}

/// What somebody says in this part; nothing where it is an edit.
fn said(part: &'static str) -> Option<Said> {
    let (head, text) = part.split_once('\n')?;
    let [who, hours, word] = head.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    let (kind, under) = match word {
        "reply" => (CommentKind::Comment, Under::Comment),
        word => (CommentKind::parse(word)?, Under::Idea),
    };
    Some(Said { who, hours: hours.parse().ok()?, kind, under, text: text.trim() })
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
