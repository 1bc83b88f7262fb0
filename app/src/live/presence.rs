//! Who has the document open, and where their carets are.

use std::collections::BTreeMap;

use shared::{
    PersonId,
    api::{Colour, PersonView},
    live::{
        caret::{self, Caret},
        concept::Field,
        message::{Known, Who},
        replica::Replica,
    },
};

use super::{desk::Here, editor::Flag};

/// The peers of a document, this tab left out.
#[derive(Default)]
pub(super) struct Presence {
    peers: BTreeMap<String, (Who, Option<Caret>)>,
    colours: BTreeMap<PersonId, Colour>,
}

impl Presence {
    /// These peers are here. Says whether somebody came who knows no carets yet.
    pub fn set(&mut self, mine: &str, here: &[Who]) -> bool {
        self.colours = Colour::of_people(here.iter().filter_map(|who| who.person.as_ref()).map(|person| person.id));
        let mut before = std::mem::take(&mut self.peers);
        let mut somebody_came = false;
        for who in here.iter().filter(|who| who.peer != mine) {
            let known = before.remove(&who.peer);
            somebody_came |= known.is_none();
            self.peers.insert(who.peer.clone(), (who.clone(), known.and_then(|(_, caret)| caret)));
        }
        somebody_came
    }

    /// Nobody is known to be here.
    pub fn clear(&mut self) {
        self.peers.clear();
    }

    /// Whether anybody else is here.
    pub fn is_watched(&self) -> bool {
        !self.peers.is_empty()
    }

    /// Somebody's caret moved, by a message the server vouches for. Says whether it is in another text.
    pub fn heard(&mut self, from: &Who, data: &[u8]) -> bool {
        let (Some(caret), Some((_, shown))) = (caret::decode(data), self.peers.get_mut(&from.peer)) else {
            return false;
        };
        let field = |caret: &Option<Caret>| caret.as_ref().map(|caret| caret.field);
        let moved = field(shown) != field(&caret);
        *shown = caret;
        moved
    }

    /// Where somebody's caret is, if they have one.
    pub fn caret(&self, person: PersonId, replica: &Replica) -> Option<(Field, usize)> {
        let caret = self.carets(person).next()?;
        Some((caret.field, replica.resolve(caret.field, &caret.head)?))
    }

    /// The carets of somebody, in each of their tabs.
    fn carets(&self, person: PersonId) -> impl Iterator<Item = &Caret> {
        let own = self.peers.values().filter(move |(who, _)| who.person.as_ref().is_some_and(|one| one.id == person));
        own.filter_map(|(_, caret)| caret.as_ref())
    }

    /// The carets in a text. Those in words that have not arrived are left out until they have.
    pub fn flags(&self, replica: &Replica, field: Field) -> Vec<Flag> {
        let in_field = self.peers.values().filter_map(|(who, caret)| Some((who, caret.as_ref()?)));
        in_field
            .filter(|(_, caret)| caret.field == field)
            .filter_map(|(who, caret)| {
                // Who is nobody known writes nothing, and has no caret.
                let person = who.person.as_ref()?;
                Some(Flag {
                    peer: who.peer.clone(),
                    name: person.name.clone(),
                    colour: self.colour(person.id).as_str(),
                    anchor: replica.resolve(field, &caret.anchor)?,
                    head: replica.resolve(field, &caret.head)?,
                })
            })
            .collect()
    }

    fn colour(&self, person: PersonId) -> Colour {
        self.colours.get(&person).copied().unwrap_or_else(|| Colour::of_person(person))
    }

    /// The people here, each once however many tabs they have.
    pub fn people(&self, me: Option<&PersonView>) -> Vec<Here> {
        let mut people: Vec<Here> = Vec::new();
        for Known { id, name, role } in self.peers.values().filter_map(|(who, _)| who.person.as_ref()) {
            if people.iter().all(|one| one.person.id != *id) {
                let person = PersonView::here(*id, name.clone(), *role);
                let is_me = me.is_some_and(|me| me.id == *id);
                let writes = self.carets(*id).next().map(|caret| caret.field);
                people.push(Here { is_me, colour: self.colour(*id), writes, person });
            }
        }
        people
    }
}
