//! The front end: pages, components, texts and styles, rendered on the server and taken over by the browser.
//!
//! Start at [`App`] for the pages, at [`api`] for how they speak with the server, at `ui` for what they are made of.
#![recursion_limit = "256"]
#![allow(clippy::result_large_err, reason = "problems are rare, and shown as they came")]

pub mod answer;
pub mod api;
mod canvas;
#[cfg(feature = "hydrate")]
mod disk;
#[cfg(feature = "ssr")]
pub mod feed;
pub mod i18n;
pub mod live;
#[cfg(feature = "ssr")]
pub mod mail;
mod outbox;
mod pages;
#[cfg(feature = "hydrate")]
mod script;
mod shell;
#[cfg(feature = "ssr")]
pub mod taken;
mod ui;
pub mod visit;
mod words;

pub use shell::{App, Chunks, shell};

/// The browser's entry: takes over the page the server drew, once the chunk it comes in is here.
///
/// # Errors
/// That chunk did not load. The page stays as the server drew it, and its links lead to others.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() -> Result<(), wasm_bindgen::JsValue> {
    console_error_panic_hook::set_once();
    let path = leptos::prelude::window().location().pathname()?;
    if let Some(chunk) = pages::chunk::Chunk::of(&path) {
        chunk.fetch().await.map_err(|_| wasm_bindgen::JsValue::from_str("the chunk of this page did not load"))?;
    }
    leptos::mount::hydrate_lazy(App);
    Ok(())
}
