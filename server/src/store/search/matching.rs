//! What documents are to match, and how each database is asked for it.

use std::fmt::Write as _;

/// A condition on the terms of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// It has this term.
    Term(String),
    /// It has a term that begins so.
    Begins(String),
    /// One of these holds.
    Any(Vec<Match>),
    /// All of these hold.
    All(Vec<Match>),
}

impl Match {
    /// As FTS5 is asked. Nothing where the condition cannot hold.
    pub(super) fn for_sqlite(&self) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out, &Signs { quote: '"', begins: " *", any: " OR ", all: " AND " }).then_some(out)
    }

    /// As a `tsquery`. Nothing where the condition cannot hold.
    pub(super) fn for_postgres(&self) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out, &Signs { quote: '\'', begins: ":*", any: " | ", all: " & " }).then_some(out)
    }

    /// Whether it can hold; what was written counts only then.
    fn write(&self, out: &mut String, signs: &Signs) -> bool {
        match self {
            Self::Term(term) => signs.quote(out, term, ""),
            Self::Begins(term) => signs.quote(out, term, signs.begins),
            Self::Any(parts) => {
                let parts = parts.iter().filter_map(|part| part.alone(signs)).collect::<Vec<_>>();
                let _ = write!(out, "({})", parts.join(signs.any));
                !parts.is_empty()
            }
            Self::All(parts) => {
                let known = parts.iter().map_while(|part| part.alone(signs)).collect::<Vec<_>>();
                let _ = write!(out, "({})", known.join(signs.all));
                !parts.is_empty() && known.len() == parts.len()
            }
        }
    }

    fn alone(&self, signs: &Signs) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out, signs).then_some(out)
    }
}

struct Signs {
    quote: char,
    begins: &'static str,
    any: &'static str,
    all: &'static str,
}

impl Signs {
    /// Terms are letters and digits, which neither database takes for anything else; whatever is not cannot be there.
    fn quote(&self, out: &mut String, term: &str, after: &str) -> bool {
        let _ = write!(out, "{0}{term}{0}{after}", self.quote);
        !term.is_empty() && term.chars().all(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Match {
        Match::Term(text.into())
    }

    #[test]
    fn both_are_asked_the_same() {
        let wish = Match::All(vec![Match::Any(vec![term("ipain"), Match::Begins("ipa".into())]), term("ichaud")]);
        assert_eq!(wish.for_sqlite().as_deref(), Some(r#"(("ipain" OR "ipa" *) AND "ichaud")"#));
        assert_eq!(wish.for_postgres().as_deref(), Some("(('ipain' | 'ipa':*) & 'ichaud')"));
    }

    #[test]
    fn what_cannot_hold_is_not_asked() {
        let quoted = term("a\"' OR b");
        assert_eq!(quoted.for_sqlite(), None);
        assert_eq!(Match::All(vec![term("a"), quoted.clone()]).for_postgres(), None);
        assert_eq!(Match::Any(vec![term("a"), quoted]).for_postgres().as_deref(), Some("('a')"));
        assert_eq!(Match::Any(Vec::new()).for_sqlite(), None);
    }
}
