//! The pages: one file each, by their address.

pub mod admin;
pub mod board;
pub mod board_form;
pub mod board_list;
pub mod board_settings;
pub mod boards;
pub mod chunk;
pub mod desk;
mod draft;
pub mod gate;
pub mod home;
pub mod idea;
mod idea_facts;
pub mod inbox;
pub mod join;
pub mod problem;
pub mod propose;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod sign_up;
mod talk;
mod talk_comment;
mod talk_write;
