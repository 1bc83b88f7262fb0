//! How many sockets are open, and by whom: nobody may take all the places.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shared::PersonId;

use crate::{config::LiveLimits, metrics::Limit};

/// Who sits there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sitter {
    /// Somebody signed in.
    Person(PersonId),
    /// Nobody known, from this network.
    Nobody(IpAddr),
}

/// All who are nobody known may have one place in so many, and one in so many of those for who has not joined.
const FOR_NOBODIES: usize = 4;
/// Those of one network may have one place in so many.
const FOR_A_NETWORK: usize = 16;

/// The places for sockets. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Seats(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    sockets: usize,
    unjoined: usize,
    /// Of nobody known: places, and those of who has not joined.
    nobodies: usize,
    unjoined_nobodies: usize,
    sitters: HashMap<Sitter, usize>,
}

/// A place taken, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    sitter: Sitter,
    joined: bool,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a socket that has not joined yet.
    ///
    /// # Errors
    /// The limit that says there is none.
    pub fn take(&self, limits: &LiveLimits, sitter: Sitter) -> Result<Seat, Limit> {
        let mut taken = self.lock();
        let (share, nobody) = match sitter {
            Sitter::Person(_) => (limits.sockets / 2, false),
            Sitter::Nobody(_) => ((limits.sockets / FOR_A_NETWORK).max(1), true),
        };
        if taken.unjoined >= limits.unjoined
            || (nobody && taken.unjoined_nobodies >= (limits.unjoined / FOR_NOBODIES).max(1))
        {
            return Err(Limit::Unjoined);
        }
        if taken.sockets >= limits.sockets
            || (nobody && taken.nobodies >= limits.sockets / FOR_NOBODIES)
            || taken.sitters.get(&sitter).is_some_and(|own| *own >= share)
        {
            return Err(Limit::Sockets);
        }
        taken.sockets += 1;
        taken.unjoined += 1;
        taken.nobodies += usize::from(nobody);
        taken.unjoined_nobodies += usize::from(nobody);
        *taken.sitters.entry(sitter).or_default() += 1;
        drop(taken);
        Ok(Seat { seats: self.clone(), sitter, joined: false })
    }
}

impl Seat {
    /// Who sits there.
    #[must_use]
    pub fn sitter(&self) -> Sitter {
        self.sitter
    }

    /// The socket has joined.
    pub fn join(&mut self) {
        if !std::mem::replace(&mut self.joined, true) {
            self.seats.lock().joined(self.sitter);
        }
    }
}

impl Taken {
    fn joined(&mut self, sitter: Sitter) {
        self.unjoined -= 1;
        self.unjoined_nobodies -= usize::from(matches!(sitter, Sitter::Nobody(_)));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.sockets -= 1;
        taken.nobodies -= usize::from(matches!(self.sitter, Sitter::Nobody(_)));
        if !self.joined {
            taken.joined(self.sitter);
        }
        if let Some(own) = taken.sitters.get_mut(&self.sitter) {
            *own -= 1;
            if *own == 0 {
                taken.sitters.remove(&self.sitter);
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
        let (seats, ada, ben) = (Seats::default(), Sitter::Person(PersonId::new()), Sitter::Person(PersonId::new()));
        let mut taken: Vec<Seat> = (0..10).map(|_| seats.take(&limits, ada).expect("a place")).collect();
        assert_eq!(seats.take(&limits, ada).err(), Some(Limit::Sockets), "half of them are for others");
        taken.extend((0..6).map(|_| seats.take(&limits, ben).expect("a place")));
        assert_eq!(seats.take(&limits, ben).err(), Some(Limit::Unjoined));
        taken.iter_mut().for_each(Seat::join);
        taken.extend((0..4).map(|_| seats.take(&limits, ben).expect("a place")));
        assert_eq!(seats.take(&limits, Sitter::Person(PersonId::new())).err(), Some(Limit::Sockets));
        drop(taken);
        let empty = seats.lock();
        assert_eq!((empty.sockets, empty.unjoined, empty.sitters.len()), (0, 0, 0));
    }

    #[test]
    fn a_flood_of_visitors_takes_no_place_of_who_is_signed_in() {
        let limits = LiveLimits { sockets: 64, unjoined: 32, ..LiveLimits::default() };
        let seats = Seats::default();
        let network = |n: u8| Sitter::Nobody([192, 0, 2, n].into());
        let mut taken: Vec<Seat> = (0..4).map(|_| seats.take(&limits, network(0)).expect("a place")).collect();
        assert_eq!(seats.take(&limits, network(0)).err(), Some(Limit::Sockets), "a network has its share");
        taken.extend((1..5).map(|n| seats.take(&limits, network(n)).expect("a place")));
        assert_eq!(seats.take(&limits, network(9)).err(), Some(Limit::Unjoined));
        taken.iter_mut().for_each(Seat::join);
        for n in 10..18 {
            let mut seat = seats.take(&limits, network(n)).expect("a place");
            seat.join();
            taken.push(seat);
        }
        assert_eq!(seats.take(&limits, network(20)).err(), Some(Limit::Sockets), "and so have all of them");
        let people = (0..48).map(|_| {
            let mut seat = seats.take(&limits, Sitter::Person(PersonId::new())).expect("a place");
            seat.join();
            seat
        });
        taken.extend(people);
        assert_eq!(seats.take(&limits, Sitter::Person(PersonId::new())).err(), Some(Limit::Sockets));
        drop(taken);
        let empty = seats.lock();
        assert_eq!((empty.sockets, empty.nobodies, empty.unjoined_nobodies, empty.sitters.len()), (0, 0, 0, 0));
    }
}
