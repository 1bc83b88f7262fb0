//! Texts people type into forms: brought into one form, or refused with a problem per field.

use std::collections::BTreeMap;

use shared::{
    api::{FieldCode, FieldProblem},
    limits,
};

use super::Error;

/// Gathers what is wrong with the fields of one request, so that a person sees all of it at once.
#[derive(Debug, Default)]
pub struct Fields(BTreeMap<String, FieldProblem>);

impl Fields {
    /// Keeps the problem of the field `name`, and goes on with nothing in its place.
    pub fn check<T>(&mut self, name: &str, result: Result<T, FieldProblem>) -> Option<T> {
        result.map_err(|problem| self.0.insert(name.to_owned(), problem)).ok()
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// When there was a problem.
    pub fn done(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// One line of at most `limit` characters, trimmed: a name or a title.
///
/// # Errors
/// When it is empty, too long, or holds control characters or such as turn the direction of what stands beside it.
pub fn line(text: &str, limit: usize) -> Result<String, FieldProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldProblem::new(FieldCode::Required, "is needed"));
    }
    optional_line(text, limit)
}

/// The same, but it may be empty.
///
/// # Errors
/// As [`line()`], save that.
pub fn optional_line(text: &str, limit: usize) -> Result<String, FieldProblem> {
    let text = text.trim();
    if text.chars().count() > limit {
        return Err(FieldProblem::length(FieldCode::TooLong, limit));
    }
    if text.chars().any(|c| c.is_control() || turns_text(c)) {
        return Err(FieldProblem::new(FieldCode::Characters, "holds characters that cannot stand here"));
    }
    Ok(text.to_owned())
}

/// A text as [`lines()`] takes it that says something.
///
/// # Errors
/// As there, and when it is empty.
pub fn needed_lines(text: &str, limit: usize) -> Result<String, FieldProblem> {
    let text = lines(text, limit)?;
    if text.is_empty() { Err(FieldProblem::new(FieldCode::Required, "is needed")) } else { Ok(text) }
}

/// A text of any number of lines and at most `limit` characters, trimmed, with `\n` between the lines. It may be empty.
///
/// # Errors
/// When it is too long, or holds control characters.
pub fn lines(text: &str, limit: usize) -> Result<String, FieldProblem> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().count() > limit {
        return Err(FieldProblem::length(FieldCode::TooLong, limit));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(FieldProblem::new(FieldCode::Characters, "holds characters that cannot stand here"));
    }
    Ok(text)
}

/// A number from `least` to `most`.
///
/// # Errors
/// When it is another.
pub fn number(value: u32, least: u32, most: u32) -> Result<u32, FieldProblem> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(FieldProblem::limited(FieldCode::Unknown, most, format!("must be {least} to {most}")))
}

/// Line separators and bidirectional controls: with them a name can disguise the text around it.
pub(super) fn turns_text(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// An e-mail address, trimmed and in lower case: two people never differ by case alone.
///
/// # Errors
/// When it is missing, too long or no address. Whether anybody reads mail there is not known.
pub fn email(text: &str) -> Result<String, FieldProblem> {
    let text = line(text, limits::EMAIL)?.to_lowercase();
    let address = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let local_ok =
            (1..=64).contains(&local.len()) && !local.contains(['@', '"', '<', '>', '(', ')', ',', ';', ':']);
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        local_ok && domain_ok && !text.contains(char::is_whitespace)
    });
    if address { Ok(text) } else { Err(FieldProblem::new(FieldCode::NotAnEmail, "is no e-mail address")) }
}

/// A password to be set.
///
/// # Errors
/// When it is too short or too long.
pub fn new_password(text: &str) -> Result<&str, FieldProblem> {
    match text.chars().count() {
        0 => Err(FieldProblem::new(FieldCode::Required, "is needed")),
        n if n < limits::PASSWORD_MIN => Err(FieldProblem::length(FieldCode::TooShort, limits::PASSWORD_MIN)),
        n if n > limits::PASSWORD_MAX => Err(FieldProblem::length(FieldCode::TooLong, limits::PASSWORD_MAX)),
        _ => Ok(text),
    }
}

/// A password that was set some time, under limits that may have changed: anything but nothing, or more than could be.
///
/// # Errors
/// When it is missing or too long.
pub fn present_password(text: &str) -> Result<&str, FieldProblem> {
    match text.chars().count() {
        0 => Err(FieldProblem::new(FieldCode::Required, "is needed")),
        n if n > limits::PASSWORD_MAX => Err(FieldProblem::length(FieldCode::TooLong, limits::PASSWORD_MAX)),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        assert_eq!(email("  Marie.Dupont+bread@Example.ORG ").as_deref(), Ok("marie.dupont+bread@example.org"));
        assert!(email("josé@boulangerie-élan.fr").is_ok());
        for wrong in
            ["marie", "@b.fr", "a@", "a@b", "a b@c.fr", "a@b..fr", "a@-b.fr", "a@@b.fr", "a@b.fr,c@d.fr", "<a@b.fr>"]
        {
            assert_eq!(email(wrong).map_err(|problem| problem.code), Err(FieldCode::NotAnEmail), "{wrong}");
        }
        assert_eq!(email(" ").map_err(|problem| problem.code), Err(FieldCode::Required));
        let long = format!("{}@example.org", "a".repeat(300));
        assert_eq!(email(&long).map_err(|problem| problem.code), Err(FieldCode::TooLong));
    }

    #[test]
    fn a_line_holds_nothing_invisible_that_misleads() {
        assert_eq!(line("  Zoé 🥐 ", 80).as_deref(), Ok("Zoé 🥐"));
        for wrong in ["a\nb", "a\u{0}b", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b"] {
            assert_eq!(line(wrong, 80).map_err(|problem| problem.code), Err(FieldCode::Characters), "{wrong:?}");
        }
        assert_eq!(line("é".repeat(81).as_str(), 80).map_err(|problem| problem.code), Err(FieldCode::TooLong));
        assert!(line("é".repeat(80).as_str(), 80).is_ok());
    }
}
