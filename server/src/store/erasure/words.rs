//! Names that others wrote: a mention, an address, what somebody was called in words of their own.

use uuid::Uuid;

use super::super::{StoreError, Tx, on};

/// What stands where a name was. It is the same in every language.
const NOBODY: &str = "…";

/// What somebody was called, before they left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The word in the address of their page.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

impl Names {
    /// A text that names them nowhere; nothing where it did not.
    #[must_use]
    pub fn forget(&self, text: &str) -> Option<String> {
        let mut now = linked(text, &self.handle);
        now = replaced(&now, &format!("@{}", self.handle), &format!("@{NOBODY}"));
        now = replaced(&now, &self.email, NOBODY);
        // A name of one word may be a word.
        if self.name.split_whitespace().count() > 1 {
            now = replaced(&now, &self.name, NOBODY);
        }
        (now != text).then_some(now)
    }
}

/// The same text, where links to their page are plain words.
fn linked(html: &str, handle: &str) -> String {
    let begin = format!("<a href=\"/people/{handle}\"");
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(&begin) {
        out.push_str(&rest[..at]);
        let link = &rest[at..];
        let Some((open, end)) = link.find('>').zip(link.find("</a>")) else { break };
        out.push_str(&link[open + 1..end]);
        rest = &link[end + "</a>".len()..];
    }
    out.push_str(rest);
    out
}

/// The same text with something else wherever `what` stands as a word of its own, in capitals or not.
fn replaced(text: &str, what: &str, with: &str) -> String {
    let letter = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let sought: Vec<char> = what.chars().flat_map(char::to_lowercase).collect();
    if sought.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let is_begin = !before.is_some_and(|before| letter(before) && letter(next));
        let end = if is_begin { prefix(&text[at..], &sought) } else { None };
        // A hyphen at the end of a mention is no part of it.
        let is_whole = |end: usize| {
            let mut after = text[at + end..].chars();
            match after.next() {
                Some('-') => !after.next().is_some_and(letter),
                other => !other.is_some_and(letter),
            }
        };
        if let Some(end) = end.filter(|end| is_whole(*end)) {
            out.push_str(with);
            before = with.chars().last();
            at += end;
        } else {
            out.push(next);
            before = Some(next);
            at += next.len_utf8();
        }
    }
    out
}

/// How many bytes of a text these letters are that it begins with.
fn prefix(text: &str, sought: &[char]) -> Option<usize> {
    let mut left = sought.iter();
    let mut bytes = 0;
    for c in text.chars() {
        if left.len() == 0 {
            return Some(bytes);
        }
        if !c.to_lowercase().all(|lower| left.next() == Some(&lower)) {
            return None;
        }
        bytes += c.len_utf8();
    }
    (left.len() == 0).then_some(bytes)
}

/// Where people may be named in words: what is read, its two ways, and what it is written back by. Each reads an id, a
/// second key and a text that holds `$1` or `$2`, and writes `$3` in its place.
const TEXTS: [(&str, &str); 14] = [
    (
        "SELECT id, CAST(0 AS BIGINT), body FROM comment WHERE lower(body) LIKE $1 OR lower(body) LIKE $2 OR lower(body) LIKE $3",
        "UPDATE comment SET body = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), body_html FROM comment WHERE lower(body_html) LIKE $1 OR lower(body_html) LIKE $2 OR lower(body_html) LIKE $3",
        "UPDATE comment SET body_html = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT comment_id, written_at, body FROM comment_version WHERE lower(body) LIKE $1 OR lower(body) LIKE $2 OR lower(body) LIKE $3",
        "UPDATE comment_version SET body = $3 WHERE comment_id = $1 AND written_at = $2",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), words FROM happening WHERE lower(words) LIKE $1 OR lower(words) LIKE $2 OR lower(words) LIKE $3",
        "UPDATE happening SET words = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), reason FROM stage_move WHERE lower(reason) LIKE $1 OR lower(reason) LIKE $2 OR lower(reason) LIKE $3",
        "UPDATE stage_move SET reason = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), reason FROM merge WHERE lower(reason) LIKE $1 OR lower(reason) LIKE $2 OR lower(reason) LIKE $3",
        "UPDATE merge SET reason = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), words FROM decision WHERE lower(words) LIKE $1 OR lower(words) LIKE $2 OR lower(words) LIKE $3",
        "UPDATE decision SET words = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), words FROM report WHERE lower(words) LIKE $1 OR lower(words) LIKE $2 OR lower(words) LIKE $3",
        "UPDATE report SET words = $3 WHERE id = $1 AND $2 = 0",
    ),
    (
        "SELECT entry_id, CAST(0 AS BIGINT), body FROM entry_update WHERE lower(body) LIKE $1 OR lower(body) LIKE $2 OR lower(body) LIKE $3",
        "UPDATE entry_update SET body = $3 WHERE entry_id = $1 AND $2 = 0",
    ),
    (
        "SELECT entry_id, CAST(0 AS BIGINT), body_html FROM entry_update WHERE lower(body_html) LIKE $1 OR lower(body_html) LIKE $2 OR lower(body_html) LIKE $3",
        "UPDATE entry_update SET body_html = $3 WHERE entry_id = $1 AND $2 = 0",
    ),
    (
        "SELECT entry_id, created_at, result FROM conclusion WHERE lower(result) LIKE $1 OR lower(result) LIKE $2 OR lower(result) LIKE $3",
        "UPDATE conclusion SET result = $3 WHERE entry_id = $1 AND created_at = $2",
    ),
    (
        "SELECT entry_id, created_at, result_html FROM conclusion WHERE lower(result_html) LIKE $1 OR lower(result_html) LIKE $2 OR lower(result_html) LIKE $3",
        "UPDATE conclusion SET result_html = $3 WHERE entry_id = $1 AND created_at = $2",
    ),
    (
        "SELECT entry_id, written_at, said FROM entry_version WHERE lower(said) LIKE $1 OR lower(said) LIKE $2 OR lower(said) LIKE $3",
        "UPDATE entry_version SET said = $3 WHERE entry_id = $1 AND written_at = $2",
    ),
    (
        "SELECT id, CAST(0 AS BIGINT), words FROM frozen_concept WHERE lower(words) LIKE $1 OR lower(words) LIKE $2 OR lower(words) LIKE $3",
        "UPDATE frozen_concept SET words = $3 WHERE id = $1 AND $2 = 0",
    ),
];

/// Takes a person's names out of what was said, by them and by others, and out of mails that others were sent.
///
/// # Errors
/// When the database fails.
pub async fn forget_names(tx: &mut Tx, names: &Names) -> Result<(), StoreError> {
    let anywhere = |word: &str| {
        // Databases differ in which letters beyond those of English they know small and large.
        let word: String =
            word.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        format!("%{word}%")
    };
    let (handle, email) = (anywhere(&format!("@{}", names.handle)), anywhere(&names.email));
    let name = anywhere(&names.name);
    for (read, write) in TEXTS {
        let found: Vec<(Uuid, i64, String)> = on!(tx, c => sqlx::query_as(read)
            .bind(&handle).bind(&email).bind(&name).fetch_all(c).await)?;
        for (id, key, text) in found {
            if let Some(now) = names.forget(&text) {
                on!(tx, c => sqlx::query(write).bind(id).bind(key).bind(now).execute(c).await.map(drop))?;
            }
        }
    }
    // What a mail said cannot be said otherwise afterwards.
    on!(tx, c => sqlx::query(
        "UPDATE mail SET subject = NULL, text = NULL, html = NULL WHERE state <> 'sending'
         AND (lower(text) LIKE $1 OR lower(text) LIKE $2 OR lower(html) LIKE $1 OR lower(html) LIKE $2
              OR lower(subject) LIKE $1 OR lower(subject) LIKE $2)",
    )
    .bind(&name)
    .bind(&email)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn names() -> Names {
        let text = |text: &str| text.to_owned();
        Names { handle: text("zoe-martin"), name: text("Zoé Martin"), email: text("zoe@example.org") }
    }

    #[test]
    fn who_left_is_named_nowhere() {
        for (text, now) in [
            ("Merci @zoe-martin, vraiment", "Merci @…, vraiment"),
            ("(@zoe-martin-)", "(@…-)"),
            ("Écris à ZOE@example.org.", "Écris à …."),
            ("Signé ZOÉ MARTIN", "Signé …"),
            ("<p>Merci <a href=\"/people/zoe-martin\" rel=\"nofollow\">@zoe-martin</a> !</p>", "<p>Merci @… !</p>"),
        ] {
            assert_eq!(names().forget(text).as_deref(), Some(now), "{text}");
        }
    }

    #[test]
    fn others_stay_who_they_are() {
        for text in ["@zoe-martin-2 et @zoe", "Zoé Martinez", "lazoe@example.org", "Zoé", "a@zoe-martins"] {
            assert_eq!(names().forget(text), None, "{text}");
        }
        let one = Names { name: "Pain".to_owned(), ..names() };
        assert_eq!(one.forget("Le pain est bon"), None, "a name of one word may be a word");
    }
}
