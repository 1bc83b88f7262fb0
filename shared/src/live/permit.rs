//! Who may do what in a document, deed by deed: asked by the room for every change, and by the browser before one leaves.

use super::{
    message::RejectCode,
    schema::{Deed, DocumentKind, Part, TextKind},
};
use crate::rules::{BoardAct, BoardRules, Standing, may_on_board};

/// What a person may do in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Change the texts of a concept.
    pub edit: bool,
    /// Put items on a canvas; change and remove one's own.
    pub note: bool,
    /// Move and group others' items.
    pub arrange: bool,
    /// Overwrite and remove others' items.
    pub tidy: bool,
}

impl Rights {
    /// Those of somebody who is this to a board, in a document of this kind on it.
    #[must_use]
    pub fn of(kind: DocumentKind, who: Standing, rules: BoardRules) -> Self {
        let may = |act| may_on_board(act, who, rules).is_ok();
        match kind {
            DocumentKind::Concept => Self { edit: may(BoardAct::EditConcept), ..Self::default() },
            DocumentKind::Canvas => Self {
                edit: false,
                note: may(BoardAct::Note),
                arrange: may(BoardAct::Arrange),
                tidy: may(BoardAct::Tidy),
            },
        }
    }

    /// Whether there is anything they may change.
    #[must_use]
    pub fn any(self) -> bool {
        self.edit || self.note || self.arrange || self.tidy
    }
}

/// Whose the thing is that a deed is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Nobody's: it belongs to all, as the texts of a concept do.
    All,
    /// The doer's: they made it, perhaps in this very change.
    Own,
    /// Somebody else's.
    Other,
    /// Whoever made it, a moderator locked it.
    Locked,
}

/// Whether somebody with these rights may do that.
///
/// # Errors
/// [`RejectCode::Forbidden`] when nothing here is theirs to change, [`RejectCode::NotYours`] when this is not,
/// [`RejectCode::Locked`] when a moderator locked it, or would have to.
pub fn permit(deed: Deed, whose: Whose, rights: Rights) -> Result<(), RejectCode> {
    let allowed = match (deed, whose) {
        (Deed::Write(TextKind::Field(_), _) | Deed::Erase(TextKind::Field(_)), _) => rights.edit,
        (_, Whose::All) => false,
        (Deed::Put(Part::Locked | Part::By), _) | (_, Whose::Locked) => rights.tidy,
        (_, Whose::Own) => rights.note,
        (Deed::Put(part), Whose::Other) if part.is_place() => rights.arrange || rights.tidy,
        (_, Whose::Other) => rights.tidy,
    };
    match allowed {
        true => Ok(()),
        false if rights.any() && (whose == Whose::Locked || deed == Deed::Put(Part::Locked)) => Err(RejectCode::Locked),
        false if whose == Whose::Other && rights.any() => Err(RejectCode::NotYours),
        false => Err(RejectCode::Forbidden),
    }
}

/// Whether a text may go from one length to another, in characters. One that is too long already may shrink.
///
/// # Errors
/// [`RejectCode::TooLong`].
pub fn fits(text: TextKind, before: u64, after: u64) -> Result<(), RejectCode> {
    if after > before && after > text.limit() as u64 { Err(RejectCode::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Role,
        live::{concept::Field, schema::ItemKind},
        rules::{Audience, EditingRule},
    };

    fn row(kind: DocumentKind, deed: Deed, whose: Whose, editing: EditingRule) -> String {
        let rules = BoardRules { audience: Audience::Public, editing };
        let cells = Role::ANYONE.map(|role| {
            let rights = Rights::of(kind, Standing { role, ..Standing::default() }, rules);
            match permit(deed, whose, rights) {
                Ok(()) => 'y',
                Err(RejectCode::NotYours) => 'o',
                Err(RejectCode::Locked) => 'l',
                Err(_) => 'n',
            }
        });
        cells.iter().collect()
    }

    #[test]
    fn each_cell_of_the_table_holds() {
        use {Deed as D, DocumentKind as K, EditingRule as E, Whose as W};
        // Columns: visitor, customer, employee, researcher, moderator, owner.
        // y may, o may not because it is another's, l because it is locked, n may not.
        for (kind, deed, whose, editing, expected) in [
            (K::Concept, D::Write(TextKind::Field(Field::Body), 1), W::All, E::Everyone, "nyyyyy"),
            (K::Concept, D::Erase(TextKind::Field(Field::Title)), W::All, E::Everyone, "nyyyyy"),
            (K::Concept, D::Write(TextKind::Field(Field::Pitch), 1), W::All, E::Staff, "nnyyyy"),
            (K::Concept, D::Add(ItemKind::Note), W::Own, E::Everyone, "nnnnnn"),
            (K::Canvas, D::Write(TextKind::Field(Field::Body), 1), W::All, E::Everyone, "nnnnnn"),
            (K::Canvas, D::Add(ItemKind::Note), W::Own, E::Everyone, "nyyyyy"),
            (K::Canvas, D::Add(ItemKind::Group), W::Own, E::Staff, "nyyyyy"),
            (K::Canvas, D::Write(TextKind::Note, 1), W::Own, E::Staff, "nyyyyy"),
            (K::Canvas, D::Write(TextKind::Note, 1), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Erase(TextKind::GroupTitle), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Put(Part::X), W::Other, E::Everyone, "nyyyyy"),
            (K::Canvas, D::Put(Part::Group), W::Other, E::Everyone, "nyyyyy"),
            (K::Canvas, D::Put(Part::X), W::Other, E::Coauthors, "noyyyy"),
            (K::Canvas, D::Put(Part::X), W::Other, E::Staff, "noyyyy"),
            (K::Canvas, D::Put(Part::X), W::Own, E::Staff, "nyyyyy"),
            (K::Canvas, D::Put(Part::Colour), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Remove(ItemKind::Card), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Remove(ItemKind::Note), W::Own, E::Everyone, "nyyyyy"),
            (K::Canvas, D::Add(ItemKind::Link), W::Own, E::Staff, "nyyyyy"),
            (K::Canvas, D::Remove(ItemKind::Link), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Write(TextKind::Alt, 1), W::Other, E::Everyone, "noooyy"),
            (K::Canvas, D::Put(Part::Z), W::Other, E::Everyone, "nyyyyy"),
            (K::Canvas, D::Put(Part::Locked), W::Own, E::Everyone, "nlllyy"),
            (K::Canvas, D::Put(Part::Locked), W::Other, E::Everyone, "nlllyy"),
            (K::Canvas, D::Put(Part::By), W::Own, E::Everyone, "nnnnyy"),
            (K::Canvas, D::Put(Part::X), W::Locked, E::Everyone, "nlllyy"),
            (K::Canvas, D::Write(TextKind::Note, 1), W::Locked, E::Everyone, "nlllyy"),
            (K::Canvas, D::Remove(ItemKind::Group), W::Locked, E::Staff, "nlllyy"),
        ] {
            assert_eq!(row(kind, deed, whose, editing), expected, "{kind:?} {deed:?} {whose:?} {editing:?}");
        }
    }

    #[test]
    fn a_text_may_fill_its_limit_and_shrink_from_beyond_it() {
        let title = TextKind::Field(Field::Title);
        assert_eq!(fits(title, 0, 200), Ok(()));
        assert_eq!(fits(title, 200, 201), Err(RejectCode::TooLong));
        assert_eq!(fits(title, 300, 250), Ok(()));
        assert_eq!(fits(TextKind::Note, 0, 2_001), Err(RejectCode::TooLong));
    }
}
