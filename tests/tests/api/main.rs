//! The API over the whole router, without a network.

mod session;
