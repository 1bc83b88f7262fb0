//! What runs by itself beside the requests.

pub mod compact;
pub mod follow;
pub mod unload;
