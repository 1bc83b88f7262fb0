//! The store and the use cases above it, each test on SQLite and on PostgreSQL.

mod boards;
mod comments;
mod follow;
mod ideas;
mod import;
mod import_command;
mod log;
mod open;
mod schema;
mod segment;
mod votes;
mod workspace;
