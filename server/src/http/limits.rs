//! From which address a request comes, and how often it may ask for what costs or could be guessed.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use http::{HeaderMap, request::Parts};
use shared::PersonId;
use tokio::time::sleep;

use super::problem::ApiError;
use crate::Atelier;

/// The address at the other end of the connection; the listener puts it on each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The address of the visitor, behind the proxies that are trusted. Requests made in process carry on their visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The part that stands for one visitor: an IPv6 visitor has a whole /64 to choose from.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & 0xffff_ffff_ffff_ffff_0000_0000_0000_0000))
            }
            v4 => v4,
        }
    }
}

impl FromRequestParts<Atelier> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Atelier) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Puts the [`ClientAddress`] on each request.
pub(super) async fn find_address(State(atelier): State<Atelier>, mut request: Request, next: Next) -> Response {
    if let Some(Peer(peer)) = request.extensions().get().copied() {
        let address = behind_proxies(peer, request.headers(), atelier.config.trust_proxy);
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// Each proxy adds, on the right, the address it saw: with `proxies` of them ours is that many from the right.
/// What stands further left was sent by the visitor and proves nothing.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, proxies: usize) -> IpAddr {
    if proxies == 0 {
        return peer;
    }
    let seen: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    seen.len().checked_sub(proxies).and_then(|at| seen[at].parse().ok()).unwrap_or(peer)
}

/// Limits per visitor's address.
#[derive(Debug)]
pub struct PerAddress {
    sign_in: Limit,
    sign_up: Limit,
    setup: Limit,
    preview: Limit,
    feed: Limit,
}

type Limit = DefaultKeyedRateLimiter<IpAddr>;

/// What is limited per address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// Signing in or changing a password, well or not: 100 at once, then one a second. It bounds what hashing costs;
    /// guessing is bounded by [`crate::domain::attempts`].
    SignIn,
    /// Signing up: 20 at once, then one in 20 s.
    SignUp,
    /// Using the set-up link: 10 at once, then one in 30 s.
    Setup,
    /// Looking at an invite: 60 at once, then one a second.
    Preview,
    /// Reading a feed: 120 at once, then one a second. Many a reader asks for all of somebody's feeds together.
    Feed,
}

impl Default for PerAddress {
    fn default() -> Self {
        Self {
            sign_in: limit(100, Duration::from_secs(1)),
            sign_up: limit(20, Duration::from_secs(20)),
            setup: limit(10, Duration::from_secs(30)),
            preview: limit(60, Duration::from_secs(1)),
            feed: limit(120, Duration::from_secs(1)),
        }
    }
}

fn limit<K: Clone + Eq + Hash>(at_once: u32, then_one_in: Duration) -> DefaultKeyedRateLimiter<K> {
    let burst = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(then_one_in).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
    RateLimiter::keyed(quota)
}

impl PerAddress {
    /// Counts one more.
    ///
    /// # Errors
    /// When it was one too many.
    pub fn count(&self, what: Limited, address: ClientAddress) -> Result<(), ApiError> {
        let limit = match what {
            Limited::SignIn => &self.sign_in,
            Limited::SignUp => &self.sign_up,
            Limited::Setup => &self.setup,
            Limited::Preview => &self.preview,
            Limited::Feed => &self.feed,
        };
        limit
            .check_key(&address.network())
            .map_err(|until| ApiError::TooMany(until.wait_time_from(DefaultClock::default().now())))
    }

    /// Forgets, from time to time, the addresses that have been quiet long enough to start afresh.
    pub async fn keep_small(&self) {
        loop {
            sleep(Duration::from_secs(10 * 60)).await;
            for limit in [&self.sign_in, &self.sign_up, &self.setup, &self.preview, &self.feed] {
                limit.retain_recent();
                limit.shrink_to_fit();
            }
        }
    }
}

/// Makes what is limited per person, each with how much of it is allowed at once, and then one in what time.
macro_rules! writing {
    ($($(#[doc = $doc:literal])* $what:ident: $at_once:literal, then one in $then:expr;)+) => {
        /// What is limited per person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Writing {$(
            $(#[doc = $doc])*
            $what,
        )+}

        impl Writing {
            /// Each.
            pub const ALL: &'static [Self] = &[$(Self::$what),+];

            fn quota(self) -> (u32, Duration) {
                match self { $(Self::$what => ($at_once, $then)),+ }
            }
        }
    };
}

writing! {
    /// Anything that changes something, whatever it is: 300 at once, then five a second.
    Anything: 300, then one in Duration::from_millis(200);
    /// Proposing an idea: 10 at once, then one a minute.
    Idea: 10, then one in Duration::from_secs(60);
    /// Writing or changing a comment: 30 at once, then one in 5 s.
    Comment: 30, then one in Duration::from_secs(5);
    /// Reacting to one: 60 at once, then one a second.
    Reaction: 60, then one in Duration::from_secs(1);
    /// Voting, following and taking that back: 60 at once, then one a second.
    Vote: 60, then one in Duration::from_secs(1);
    /// Reporting something: 10 at once, then one a minute.
    Report: 10, then one in Duration::from_secs(60);
    /// Making what stays until somebody removes it, such as boards, invite links and access tokens: 30 at once, then one
    /// in 20 s.
    Make: 30, then one in Duration::from_secs(20);
    /// Having a file of ideas read, or its ideas brought in: 30 at once, then one in 20 s.
    Import: 30, then one in Duration::from_secs(20);
    /// Adding a picture: 20 at once, then one in 20 s.
    Picture: 20, then one in Duration::from_secs(20);
}

/// Limits per person who writes.
#[derive(Debug)]
pub struct PerPerson(Vec<DefaultKeyedRateLimiter<PersonId>>);

impl PerPerson {
    /// Everybody may write `times` as often as usual.
    #[must_use]
    pub fn new(times: NonZeroU32) -> Self {
        let limit = |what: &Writing| {
            let (at_once, then) = what.quota();
            limit(at_once.saturating_mul(times.get()), then / times.get())
        };
        Self(Writing::ALL.iter().map(limit).collect())
    }

    /// Counts one more.
    ///
    /// # Errors
    /// When it was one too many.
    pub fn count(&self, what: Writing, person: PersonId) -> Result<(), ApiError> {
        self.0[what as usize]
            .check_key(&person)
            .map_err(|until| ApiError::TooMany(until.wait_time_from(DefaultClock::default().now())))
    }

    /// Forgets, from time to time, the people who have been quiet long enough to start afresh.
    pub async fn keep_small(&self) {
        loop {
            sleep(Duration::from_secs(10 * 60)).await;
            for limit in &self.0 {
                limit.retain_recent();
                limit.shrink_to_fit();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
        headers
    }

    #[test]
    fn only_trusted_proxies_say_where_a_visitor_is() {
        let peer: IpAddr = [10, 0, 0, 1].into();
        let forged = headers("1.1.1.1, 2.2.2.2");
        assert_eq!(behind_proxies(peer, &forged, 0), peer);
        assert_eq!(behind_proxies(peer, &forged, 1), IpAddr::from([2, 2, 2, 2]));
        assert_eq!(behind_proxies(peer, &forged, 2), IpAddr::from([1, 1, 1, 1]));
        assert_eq!(behind_proxies(peer, &forged, 3), peer);
        assert_eq!(behind_proxies(peer, &headers("nonsense"), 1), peer);
    }

    #[test]
    fn an_address_is_stopped_and_another_is_not() {
        let limits = PerAddress::default();
        let one = ClientAddress([192, 0, 2, 1].into());
        for _ in 0..10 {
            assert!(limits.count(Limited::Setup, one).is_ok());
        }
        assert!(matches!(limits.count(Limited::Setup, one), Err(ApiError::TooMany(wait)) if wait.as_secs() <= 30));
        assert!(limits.count(Limited::Setup, ClientAddress([192, 0, 2, 2].into())).is_ok());
        assert!(limits.count(Limited::Preview, one).is_ok());
    }

    #[test]
    fn a_person_who_writes_without_end_waits_and_others_do_not() {
        let limits = PerPerson::new(NonZeroU32::MIN);
        let (zoe, ali) = (PersonId::new(), PersonId::new());
        for _ in 0..10 {
            assert!(limits.count(Writing::Report, zoe).is_ok());
        }
        assert!(matches!(limits.count(Writing::Report, zoe), Err(ApiError::TooMany(wait)) if wait.as_secs() <= 60));
        assert!(limits.count(Writing::Report, ali).is_ok());
        assert!(limits.count(Writing::Vote, zoe).is_ok());
    }

    #[test]
    fn one_ipv6_visitor_is_one_network() {
        let a = ClientAddress("2001:db8::1".parse().expect("an address"));
        let b = ClientAddress("2001:db8::ffff:2".parse().expect("an address"));
        let mapped = ClientAddress("::ffff:192.0.2.1".parse().expect("an address"));
        assert_eq!(a.network(), b.network());
        assert_eq!(mapped.network(), IpAddr::from([192, 0, 2, 1]));
    }
}
