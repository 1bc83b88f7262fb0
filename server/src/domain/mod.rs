//! The use cases: what people do, by the rules, in transactions.

pub mod access;
