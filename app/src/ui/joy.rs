//! Where one is told at once that one was recognised. What is shown comes in a chunk of its own.

use leptos::prelude::*;

use crate::{pages::chunk, ui::bell};

/// The region, empty until there is something to tell.
pub fn region() -> AnyView {
    let fresh = bell::fresh();
    let content = move || fresh.get().then(|| Suspend::new(async move { chunk::joy().await.ok() }));
    view! {
        <div class="joy-place" role="status" aria-live="polite">
            <Transition fallback=|| ()>{content}</Transition>
        </div>
    }
    .into_any()
}
