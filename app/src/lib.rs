//! The front end: pages, components, texts and styles, rendered on the server and taken over by the browser.
//!
//! Start at [`App`] for the pages, at [`api`] for how they speak with the server, at `ui` for what they are made of.
#![recursion_limit = "256"]
#![allow(clippy::result_large_err, reason = "problems are rare, and shown as they came")]

pub mod answer;
pub mod api;
pub mod live;
mod pages;
mod shell;
mod ui;
pub mod visit;
mod words;

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));

pub use shell::{App, shell};

/// The browser's entry: takes over the page the server drew.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(App);
}
