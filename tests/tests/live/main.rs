//! The live rooms: over real sockets, and on the real program.

mod access;
mod canvas;
mod conformance;
mod crash;
mod guard;
mod house;
mod ledger;
mod mend;
mod metrics;
mod random;
mod room;
mod trace;
mod unload;
