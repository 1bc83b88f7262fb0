//! How many sockets are open, and by whom: nobody may take all the places.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shared::PersonId;

use crate::{config::LiveLimits, metrics::Limit};

/// The places for sockets. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Seats(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    sockets: usize,
    unjoined: usize,
    people: HashMap<PersonId, usize>,
}

/// A place taken, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    person: PersonId,
    joined: bool,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a socket of somebody that has not joined yet.
    ///
    /// # Errors
    /// The limit that says there is none.
    pub fn take(&self, limits: &LiveLimits, person: PersonId) -> Result<Seat, Limit> {
        let mut taken = self.lock();
        if taken.unjoined >= limits.unjoined {
            return Err(Limit::Unjoined);
        }
        if taken.sockets >= limits.sockets || taken.people.get(&person).is_some_and(|own| *own >= limits.sockets / 2) {
            return Err(Limit::Sockets);
        }
        taken.sockets += 1;
        taken.unjoined += 1;
        *taken.people.entry(person).or_default() += 1;
        drop(taken);
        Ok(Seat { seats: self.clone(), person, joined: false })
    }
}

impl Seat {
    /// The socket has joined.
    pub fn join(&mut self) {
        if !std::mem::replace(&mut self.joined, true) {
            self.seats.lock().unjoined -= 1;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.sockets -= 1;
        if !self.joined {
            taken.unjoined -= 1;
        }
        if let Some(own) = taken.people.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                taken.people.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_the_places() {
        let limits = LiveLimits { sockets: 20, unjoined: 16, ..LiveLimits::default() };
        let (seats, ada, ben) = (Seats::default(), PersonId::new(), PersonId::new());
        let mut taken: Vec<Seat> = (0..10).map(|_| seats.take(&limits, ada).expect("a place")).collect();
        assert_eq!(seats.take(&limits, ada).err(), Some(Limit::Sockets), "half of them are for others");
        taken.extend((0..6).map(|_| seats.take(&limits, ben).expect("a place")));
        assert_eq!(seats.take(&limits, ben).err(), Some(Limit::Unjoined));
        taken.iter_mut().for_each(Seat::join);
        taken.extend((0..4).map(|_| seats.take(&limits, ben).expect("a place")));
        assert_eq!(seats.take(&limits, PersonId::new()).err(), Some(Limit::Sockets));
        drop(taken);
        let empty = seats.lock();
        assert_eq!((empty.sockets, empty.unjoined, empty.people.len()), (0, 0, 0));
    }
}
