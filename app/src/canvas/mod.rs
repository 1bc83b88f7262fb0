//! The canvas of a board: where people put notes and ideas side by side, live.
//!
//! Everybody gets the canvas as an outline and a drawing with the page. In a browser with room for it the drawing becomes
//! the stage (`stage`), drawn item by item from the [`Scene`]; the `canvas` chunk, with Automerge, keeps that true
//! (`session`). Whatever people do goes through [`Scene::act`].

mod bar;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser moves through a canvas"))]
mod camera;
#[cfg(feature = "hydrate")]
mod copy;
mod cursors;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has keys and hands"))]
mod deeds;
mod export;
mod focus;
#[cfg(feature = "hydrate")]
mod follow;
#[cfg(feature = "hydrate")]
mod hand;
mod item;
mod kept;
#[cfg(feature = "hydrate")]
mod keys;
mod links;
mod minimap;
mod names;
mod outline;
#[cfg(feature = "hydrate")]
mod paste;
mod pick;
mod replay;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser changes what is going on"))]
mod scene;
#[cfg(feature = "hydrate")]
mod session;
mod stage;
mod status;
mod templates;
mod tools;
mod vote;
mod wanted;
mod workshop;

#[cfg(feature = "hydrate")]
pub(crate) use kept::put_by as keep_words;
pub(crate) use replay::replay;
#[cfg(feature = "hydrate")]
pub(crate) use replay::show;
pub(crate) use scene::Scene;
pub(crate) use stage::view;
