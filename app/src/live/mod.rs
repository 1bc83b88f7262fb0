//! The browser's half of live co-editing.

mod concept;

pub use concept::Concept;
