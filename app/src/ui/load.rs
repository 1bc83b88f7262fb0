//! A part of a page that needs something from the API first.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use shared::api::Problem;

use crate::{api, pages::problem};

/// What [`load`] waits for.
pub type Loaded<T> = Resource<Result<T, Problem>>;

/// Asks for the path, again whenever it changes.
pub fn ask<T>(path: impl Fn() -> String + Send + Sync + 'static) -> Loaded<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Resource::new(path, api::get::<T>)
}

/// Shows `draw` of what was loaded; a skeleton before, the problem instead when there is one.
pub fn load<T>(loaded: Loaded<T>, draw: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static) -> AnyView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    view! {
        <Transition fallback=skeleton>
            {move || {
                let draw = draw.clone();
                Suspend::new(async move {
                    match loaded.await {
                        Ok(thing) => draw(thing),
                        Err(problem) => problem::view(problem),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Quiet shapes where the content will be.
pub fn skeleton() -> AnyView {
    view! {
        <div class="skeleton" aria-busy="true">
            <div class="skeleton-line skeleton-title"></div>
            <div class="skeleton-line"></div>
            <div class="skeleton-line"></div>
            <div class="skeleton-line skeleton-short"></div>
        </div>
    }
    .into_any()
}
