//! App.

pub mod live;
