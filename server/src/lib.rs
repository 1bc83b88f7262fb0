//! The Atelier server.
//!
//! `http` and `live` speak to the outside and call `domain`; only `domain` and `live` call `store`; only `store` names sqlx.

pub mod domain;
pub mod store;
