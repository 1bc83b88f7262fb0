//! Why a use case did not happen: the person is told (a [`Problem`]), or it is our own fault (a [`StoreError`]).

use std::collections::BTreeMap;

use shared::{
    api::{Code, FieldCode, FieldProblem, Problem},
    rules::Refusal,
};

use crate::store::StoreError;

/// Why a use case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// For the person who asked.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// For us; the person learns only that it is our fault.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Unseen => Code::NotFound,
            Refusal::SignIn => Code::SignIn,
            Refusal::Role(_) | Refusal::Proposer => Code::Role,
            Refusal::EditingRule(_) => Code::EditingRule,
        };
        Problem::new(code, refusal.to_string()).into()
    }
}

impl Error {
    /// There is no such thing, or not for this person: the two are never told apart.
    #[must_use]
    pub fn not_found() -> Self {
        Refusal::Unseen.into()
    }

    /// One field is not acceptable.
    #[must_use]
    pub fn field(name: &str, problem: FieldProblem) -> Self {
        Problem::invalid(BTreeMap::from([(name.to_owned(), problem)])).into()
    }
}

/// Collects what is wrong with the fields of one request, so that a form shows everything at once.
#[derive(Debug, Default)]
pub struct Fields(BTreeMap<String, FieldProblem>);

impl Fields {
    /// Says what is wrong with a field.
    pub fn refuse(&mut self, name: &str, problem: FieldProblem) {
        self.0.insert(name.to_owned(), problem);
    }

    /// A text on one line: runs of white space become one space. Refused when shorter than `min` or longer
    /// than `max` characters, or with control characters in it.
    pub fn line(&mut self, name: &str, text: &str, min: usize, max: usize) -> String {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.check(name, &text, min, max);
        text
    }

    /// A text on many lines, trimmed, with `\n` between them. Refused as in [`Fields::line`].
    pub fn lines(&mut self, name: &str, text: &str, min: usize, max: usize) -> String {
        let text = text.trim().replace("\r\n", "\n");
        self.check(name, &text, min, max);
        text
    }

    fn check(&mut self, name: &str, text: &str, min: usize, max: usize) {
        let length = text.chars().count();
        if length == 0 && min > 0 {
            self.refuse(name, FieldProblem::new(FieldCode::Required, "is needed"));
        } else if length < min {
            self.refuse(name, FieldProblem::length(FieldCode::TooShort, min));
        } else if length > max {
            self.refuse(name, FieldProblem::length(FieldCode::TooLong, max));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.refuse(name, FieldProblem::new(FieldCode::Characters, "holds control characters"));
        }
    }

    /// Goes on when every field was acceptable.
    ///
    /// # Errors
    /// The problem that names each refused field.
    pub fn done(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0).into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refused_field_is_named() {
        let mut fields = Fields::default();
        assert_eq!(fields.line("title", "  Pain \n d’épices ", 1, 20), "Pain d’épices");
        fields.line("pitch", "é\u{0}", 0, 5);
        fields.lines("body", "abcdef", 0, 5);
        fields.line("name", " \t ", 1, 5);
        let Err(Error::Problem(problem)) = fields.done() else { panic!("a problem is expected") };
        let codes: Vec<_> = problem.fields.iter().map(|(name, field)| (name.as_str(), field.code)).collect();
        assert_eq!(
            codes,
            [("body", FieldCode::TooLong), ("name", FieldCode::Required), ("pitch", FieldCode::Characters)]
        );
    }
}
