//! The live rooms: over real sockets, and on the real program.

mod access;
mod canvas;
mod conformance;
mod crash;
mod credit;
mod flood;
mod fuzz;
mod garbage;
mod guard;
mod guests;
mod history;
mod house;
mod laggards;
mod ledger;
mod mend;
mod metrics;
mod progress;
mod random;
mod rewritten;
mod room;
mod slow;
mod trace;
mod unload;
mod whereabouts;
mod withdrawn;
