//! Finds the passages that comments are about, by the letters of their documents.

use std::ops::Range;

use shared::{
    DocumentId,
    api::{FieldCode, FieldProblem, NewAnchor as Wanted, NewPassage},
    field::Field,
    limits,
    live::{concept::Texts, ledger::Index},
    passage::{Span, is_letter},
};

use super::room::{Copy, in_background};
use crate::{
    domain::{
        Error,
        credit::Credit,
        markdown::Visible,
        passages::{Anchor, Letters, NewAnchor, reflected},
    },
    store::{Db, StoreError},
};

/// Finds the passage that somebody chose, as it is at the place in the log that the idea reflects.
///
/// # Errors
/// When it is not there any more, never was, or is too long; and when the database fails.
pub async fn find(db: &Db, document: DocumentId, wanted: &Wanted) -> Result<NewAnchor, Error> {
    let seq = reflected(db, document).await?;
    let field = wanted.field;
    let (first, last) = match &wanted.passage {
        NewPassage::Cursors { first, last } => (first.clone(), last.clone()),
        NewPassage::Shown { seen, span, quote } => {
            let upto = Index::try_from(*seen).ok().filter(|_| (1..=seq).contains(seen)).ok_or_else(lost)?;
            let copy = Copy::load_upto(db, document, upto).await?;
            let (span, quote) = (*span, quote.clone());
            in_background(move || ends(&copy, field, span, &quote)).await?.ok_or_else(lost)?
        }
    };
    let upto = Index::try_from(seq).map_err(|_| StoreError::Corrupt(format!("place {seq}")))?;
    let copy = Copy::load_upto(db, document, upto).await?;
    let anchor = Anchor { field, first, last };
    let sought = anchor.clone();
    let found = in_background(move || {
        let range = copy.range(&sought).filter(|range| !range.is_empty())?;
        let visible = visible(field, &copy.texts());
        let span = visible.span(&range)?;
        Some((span, visible.words(span)?.to_owned()))
    });
    let (span, quote) = found.await?.ok_or_else(lost)?;
    if quote.chars().count() > limits::QUOTE {
        return Err(Error::field("anchor", FieldProblem::length(FieldCode::TooLong, limits::QUOTE)));
    }
    Ok(NewAnchor { anchor, quote, seq, span })
}

fn lost() -> Error {
    Error::field("anchor", FieldProblem::new(FieldCode::Wrong, "is no passage of the concept as it is now"))
}

/// Between which letters these visible letters stand, when they say what was seen there.
fn ends(copy: &Copy, field: Field, span: Span, quote: &str) -> Option<(shared::api::LetterId, shared::api::LetterId)> {
    let visible = visible(field, &copy.texts());
    let same = |text: &str| text.chars().filter(|c| is_letter(*c)).eq(quote.chars().filter(|c| is_letter(*c)));
    visible.words(span).filter(|words| same(words))?;
    copy.ends(field, visible.source(span)?)
}

/// What can be seen of a text. Of a title, what cannot stand in a row is left out at its end only.
pub(super) fn visible(field: Field, texts: &Texts) -> Visible {
    // A row keeps no NUL. Another letter of one byte leaves the others where they are.
    let kept = |text: &str| text.replace('\0', "x");
    match field {
        Field::Title => Visible::plain(&kept(&texts.title)),
        Field::Pitch => Visible::plain(&kept(&texts.pitch)),
        Field::Body => Visible::markdown(&kept(&texts.body)),
    }
}

impl Letters for Copy {
    fn spans(&self, anchors: &[Anchor]) -> Vec<Option<Span>> {
        let texts = self.texts();
        let visible = Field::ALL.map(|field| anchors.iter().any(|a| a.field == field).then(|| visible(field, &texts)));
        let span = |anchor: &Anchor| {
            let range: Range<usize> = self.range(anchor).filter(|range| !range.is_empty())?;
            visible[anchor.field as usize].as_ref()?.span(&range)
        };
        anchors.iter().map(span).collect()
    }

    fn credit(&self) -> Option<&Credit> {
        self.credit()
    }
}
