//! Who is where on the boards: in which idea, or on the canvas.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
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
    /// Ideas where somebody came or went since that was told.
    stirred: BTreeSet<u32>,
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
        board.stirred.extend(place.idea);
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
        board.stirred.extend(place.idea);
    }

    /// Whether somebody has to see to it that a board is told; nobody has to when somebody does.
    fn becomes_due(&self, board: &str) -> bool {
        let mut boards = self.lock();
        let board = boards.entry(board.to_owned()).or_default();
        !std::mem::replace(&mut board.is_due, true)
    }

    /// A board is told. Answers the ideas where somebody came or went since it was before.
    fn is_told(&self, board: &str) -> BTreeSet<u32> {
        let mut boards = self.lock();
        let Some(found) = boards.get_mut(board) else { return BTreeSet::new() };
        found.is_due = false;
        let stirred = std::mem::take(&mut found.stirred);
        if found.places.is_empty() {
            boards.remove(board);
        }
        stirred
    }

    /// Who is where, as this topic tells it; nothing where it is not one of those that tell who is where.
    pub fn by_topic(&self, topic: &str) -> Option<Whereabouts> {
        match topic.split_once(':')? {
            ("board", slug) => Some(self.of(slug)),
            ("idea", number) => Some(self.in_idea(number.parse().ok()?)),
            _ => None,
        }
    }

    /// Where on a board somebody is.
    fn of(&self, board: &str) -> Whereabouts {
        let boards = self.lock();
        let places = boards.get(board).into_iter().flat_map(|board| &board.places);
        Whereabouts { places: places.map(|(idea, here)| told(*idea, here)).collect() }
    }

    /// Who is in an idea: one place, or none.
    fn in_idea(&self, number: u32) -> Whereabouts {
        let (boards, idea) = (self.lock(), Some(number));
        let here = boards.values().find_map(|board| board.places.get(&idea));
        Whereabouts { places: here.map(|here| told(idea, here)).into_iter().collect() }
    }
}

/// A place as it is told: each person once, the first by name.
fn told(idea: Option<u32>, here: &BTreeMap<Key, Known>) -> PlaceHere {
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
    PlaceHere { idea, people, others: u32::try_from(others.len()).unwrap_or(u32::MAX) }
}

impl Hub {
    /// Somebody is in a place from now on, until what this answers is dropped.
    pub(super) fn stay(&self, place: Place, key: Key, who: Known) -> Stay {
        self.everywhere().came(&place, key, who);
        self.tell_whereabouts(&place.board);
        Stay { hub: self.clone(), place, key }
    }

    /// Tells those who look at a board soon who is where, and those who read along in an idea who is in it.
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
            let ideas = hub.everywhere().is_told(&board).into_iter().map(|number| format!("idea:{number}"));
            for topic in std::iter::once(format!("board:{board}")).chain(ideas) {
                let told = || serde_json::to_string(&hub.everywhere().by_topic(&topic)?).ok();
                hub.publish(&topic, "here", told);
            }
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
        assert_eq!(everywhere.in_idea(7).places, told.places[1..]);
        assert_eq!(everywhere.is_told("pains"), BTreeSet::from([7]), "the canvas is of the board alone");
        assert_eq!(everywhere.is_told("pains"), BTreeSet::new());
    }

    #[test]
    fn who_went_is_nowhere_and_nothing_is_kept_of_them() {
        let everywhere = Everywhere::default();
        everywhere.came(&place(Some(7)), 1, known("Zoé"));
        assert!(everywhere.becomes_due("pains"));
        assert!(!everywhere.becomes_due("pains"), "somebody sees to it");
        everywhere.went(&place(Some(7)), 1);
        assert_eq!((everywhere.of("pains"), everywhere.in_idea(7)), Default::default());
        assert_eq!(everywhere.is_told("pains"), BTreeSet::from([7]));
        assert!(everywhere.lock().is_empty());
        everywhere.went(&place(Some(7)), 1);
        assert!(everywhere.lock().is_empty());
    }
}
