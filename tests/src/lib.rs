//! What the tests share.

pub mod app;
pub mod atom;
pub mod authors;
pub mod canvas;
pub mod crowd;
pub mod database;
pub mod light;
pub mod live;
pub mod load;
pub mod mail;
pub mod peers;
pub mod postgres;
pub mod process;
pub mod real_ideas;
pub mod town;
pub mod traces;
pub mod yjs;
