//! Who is where on the boards: in which idea, or on the canvas.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::{
    api::{PersonHere, PlaceHere, Whereabouts},
    live::message::Known,
};

use super::hub::{Hub, Key};

/// How long who comes and goes is gathered before it is told.
const GATHER: Duration = Duration::from_millis(500);
/// People who are named in one place.
const NAMED: usize = 5;

/// A place on a board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The slug of the board.
    pub board: String,
    /// The number of the idea; nothing for the board's canvas.
    pub idea: Option<u32>,
}

/// Who is where, by boards.
#[derive(Debug, Default)]
pub(super) struct Everywhere(Mutex<HashMap<String, Board>>);

#[derive(Debug, Default)]
struct Board {
    places: BTreeMap<Option<u32>, BTreeMap<Key, Known>>,
    /// It will be told.
    is_due: bool,
}

/// While it lives, a connection counts as being in a place.
#[derive(Debug)]
pub(super) struct Stay {
    hub: Hub,
    place: Place,
    key: Key,
}

impl Drop for Stay {
    fn drop(&mut self) {
        let (hub, key) = (self.hub.clone(), self.key);
        hub.everywhere().went(&self.place, key);
        hub.tell_whereabouts(&self.place.board);
    }
}

impl Everywhere {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Board>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came(&self, place: &Place, key: Key, who: Known) {
        let mut boards = self.lock();
        let board = boards.entry(place.board.clone()).or_default();
        board.places.entry(place.idea).or_default().insert(key, who);
    }

    fn went(&self, place: &Place, key: Key) {
        let mut boards = self.lock();
        let Some(board) = boards.get_mut(&place.board) else { return };
        if let Some(here) = board.places.get_mut(&place.idea) {
            here.remove(&key);
            if here.is_empty() {
                board.places.remove(&place.idea);
            }
        }
        if board.places.is_empty() && !board.is_due {
            boards.remove(&place.board);
        }
    }

    /// Whether somebody has to see to it that a board is told; nobody has to when somebody does.
    fn becomes_due(&self, board: &str) -> bool {
        let mut boards = self.lock();
        let board = boards.entry(board.to_owned()).or_default();
        !std::mem::replace(&mut board.is_due, true)
    }

    fn is_told(&self, board: &str) {
        let mut boards = self.lock();
        let Some(found) = boards.get_mut(board) else { return };
        found.is_due = false;
        if found.places.is_empty() {
            boards.remove(board);
        }
    }

    /// Where on a board somebody is.
    pub fn of(&self, board: &str) -> Whereabouts {
        let boards = self.lock();
        let places = boards.get(board).into_iter().flat_map(|board| &board.places);
        let told = |(idea, here): (&Option<u32>, &BTreeMap<Key, Known>)| {
            let mut people: Vec<PersonHere> = Vec::new();
            let mut others = HashSet::new();
            for Known { id, name, role } in here.values() {
                if people.iter().any(|one| one.id == *id) {
                    continue;
                }
                if people.len() < NAMED {
                    people.push(PersonHere { id: *id, name: name.clone(), role: *role });
                } else {
                    others.insert(*id);
                }
            }
            PlaceHere { idea: *idea, people, others: u32::try_from(others.len()).unwrap_or(u32::MAX) }
        };
        Whereabouts { places: places.map(told).collect() }
    }
}

impl Hub {
    /// Somebody is in a place from now on, until what this answers is dropped.
    pub(super) fn stay(&self, place: Place, key: Key, who: Known) -> Stay {
        self.everywhere().came(&place, key, who);
        self.tell_whereabouts(&place.board);
        Stay { hub: self.clone(), place, key }
    }

    /// Tells those who look at a board soon who is where.
    fn tell_whereabouts(&self, board: &str) {
        if !self.everywhere().becomes_due(board) {
            return;
        }
        let (hub, board) = (self.clone(), board.to_owned());
        self.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = hub.stop().cancelled() => return,
            }
            hub.everywhere().is_told(&board);
            let told = || serde_json::to_string(&hub.everywhere().of(&board)).ok();
            hub.publish(&format!("board:{board}"), "here", told);
        });
    }
}

#[cfg(test)]
mod tests {
    use shared::{PersonId, Role};

    use super::*;

    fn known(name: &str) -> Known {
        Known { id: PersonId::new(), name: name.to_owned(), role: Role::Customer }
    }

    fn place(idea: Option<u32>) -> Place {
        Place { board: "pains".into(), idea }
    }

    #[test]
    fn each_is_named_once_in_a_place_and_many_are_counted() {
        let everywhere = Everywhere::default();
        let zoe = known("Zoé");
        everywhere.came(&place(Some(7)), 1, zoe.clone());
        everywhere.came(&place(Some(7)), 2, zoe.clone());
        everywhere.came(&place(None), 3, zoe);
        for key in 4..12 {
            everywhere.came(&place(Some(7)), key, known("Ali"));
        }
        let told = everywhere.of("pains");
        let found: Vec<_> = told.places.iter().map(|place| (place.idea, place.people.len(), place.others)).collect();
        assert_eq!(found, [(None, 1, 0), (Some(7), 5, 4)]);
        assert_eq!(told.places[1].people[0].name, "Zoé", "whoever came first");
        assert_eq!(everywhere.of("brioches"), Whereabouts::default());
    }

    #[test]
    fn who_went_is_nowhere_and_nothing_is_kept_of_them() {
        let everywhere = Everywhere::default();
        everywhere.came(&place(Some(7)), 1, known("Zoé"));
        assert!(everywhere.becomes_due("pains"));
        assert!(!everywhere.becomes_due("pains"), "somebody sees to it");
        everywhere.went(&place(Some(7)), 1);
        assert_eq!(everywhere.of("pains"), Whereabouts::default());
        everywhere.is_told("pains");
        assert!(everywhere.lock().is_empty());
        everywhere.went(&place(Some(7)), 1);
        assert!(everywhere.lock().is_empty());
    }
}
