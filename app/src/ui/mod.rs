//! What the pages are made of: one file per component, its styles beside it.

pub mod attach;
pub mod avatar;
pub mod badge;
pub mod bar;
pub mod bell;
pub mod card;
pub mod chrome;
pub mod clock;
pub mod colour;
pub mod copy;
pub mod date;
pub mod dialog;
pub mod empty;
pub mod feed;
pub mod field;
pub mod finder;
pub mod form;
pub mod head;
pub mod here;
pub mod icon;
pub mod joy;
#[cfg(feature = "hydrate")]
mod keys;
pub mod load;
pub mod more;
pub mod named;
pub mod order;
pub mod pill;
pub mod place;
pub mod reaction;
pub mod shares;
#[cfg(feature = "hydrate")]
pub mod sight;
mod sign_out;
pub mod tag;
pub mod toast;
pub mod vote;
