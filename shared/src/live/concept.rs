//! The concept document: `{schema: 1, title: Text, pitch: Text, body: Text}`.
//!
//! Positions count UTF-16 code units, as browsers' editors do.

use automerge::{
    ActorId, AutoCommit, AutomergeError, Change, ObjId, ObjType, ROOT, ReadDoc, TextEncoding,
    transaction::CommitOptions, transaction::Transactable,
};

pub use crate::field::Field;

/// The number under `schema`.
pub const SCHEMA: i64 = 1;

/// How positions are counted in every Atelier document.
pub const ENCODING: TextEncoding = TextEncoding::Utf16CodeUnit;

impl Field {
    /// The text object that holds it.
    ///
    /// # Errors
    /// When the document is not a concept.
    pub fn object(self, doc: &impl ReadDoc) -> Result<ObjId, NotAConcept> {
        match doc.get(ROOT, self.key()) {
            Ok(Some((automerge::Value::Object(ObjType::Text), id))) => Ok(id),
            _ => Err(NotAConcept(self.key())),
        }
    }
}

/// A document that has no text where a concept has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document has no text under `{0}`")]
pub struct NotAConcept(pub &'static str);

/// The texts of a concept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// What it is, in a line.
    pub title: String,
    /// Why, in two.
    pub pitch: String,
    /// How, in Markdown.
    pub body: String,
}

/// The first change of a concept, made by `actor` at `time` (seconds since 1970).
///
/// # Errors
/// Those of Automerge; none is expected.
pub fn first_change(actor: ActorId, time: i64, texts: &Texts) -> Result<Change, AutomergeError> {
    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
    doc.put(ROOT, "schema", SCHEMA)?;
    for (field, text) in [(Field::Title, &texts.title), (Field::Pitch, &texts.pitch), (Field::Body, &texts.body)] {
        let object = doc.put_object(ROOT, field.key(), ObjType::Text)?;
        doc.splice_text(&object, 0, 0, text)?;
    }
    doc.commit_with(CommitOptions::default().with_time(time));
    doc.get_last_local_change().ok_or(AutomergeError::Fail)
}

/// The texts of a document.
///
/// # Errors
/// When it is not a concept.
pub fn read(doc: &impl ReadDoc) -> Result<Texts, NotAConcept> {
    let text = |field: Field| -> Result<String, NotAConcept> {
        doc.text(field.object(doc)?).map_err(|_| NotAConcept(field.key()))
    };
    Ok(Texts { title: text(Field::Title)?, pitch: text(Field::Pitch)?, body: text(Field::Body)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concept_reads_back() {
        let texts = Texts { title: "Pain d’épices 🍞".into(), pitch: String::new(), body: "# Pourquoi".into() };
        let change = first_change(ActorId::from([1; 16].as_slice()), 0, &texts).expect("a change");
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.apply_changes([change]).expect("applies");
        assert_eq!(read(&doc), Ok(texts));
    }

    #[test]
    fn another_document_is_no_concept() {
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.put(ROOT, "title", "a plain string").expect("put");
        assert_eq!(read(&doc), Err(NotAConcept("title")));
    }
}
