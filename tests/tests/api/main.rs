//! The API over the whole router, without a network.

mod accounts;
mod bad_input;
mod boards;
mod comments;
mod demo;
mod desk;
mod headers;
mod imports;
mod inbox;
mod invites;
mod listener;
mod log;
mod me;
mod metrics;
mod openapi;
mod origin;
mod pages;
mod people;
mod progress;
mod rights;
mod session;
mod setup;
mod tokens;
