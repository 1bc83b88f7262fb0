//! What search finds things by: documents of terms, the same on both databases, in the index that each has for texts.
//!
//! Triggers note what changed in `search_pending`; `index` writes the documents, `find` asks for them. What is found is
//! read from the rows themselves, so that the index decides nothing about who sees what.

mod find;
mod index;
mod matching;

pub(super) use find::of_ids;
pub use find::*;
pub use index::*;
pub use matching::Match;
