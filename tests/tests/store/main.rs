//! The store and the use cases above it, each test on SQLite and on PostgreSQL.

mod anchors;
mod boards;
mod canvases;
mod columns;
mod comments;
mod follow;
mod ideas;
mod import;
mod import_command;
mod log;
mod merges;
mod merging_at_random;
mod open;
mod pictures;
mod pipeline;
mod profiles;
mod schema;
mod search;
mod segment;
mod similar;
mod tags;
mod votes;
mod workshop;
mod workspace;
