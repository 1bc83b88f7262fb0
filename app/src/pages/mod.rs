//! The pages: one file each, by their address.

pub mod home;
pub mod problem;
