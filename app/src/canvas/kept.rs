//! Words that could not be put on the canvas: shown until the person puts them back or lets them go, and kept in this
//! browser as long.

use leptos::prelude::*;

use super::scene::Scene;
use crate::{
    i18n::{t, t_string},
    ui::icon::icon,
};

/// The panels of kept words.
pub(super) fn kept(scene: Scene) -> AnyView {
    let drop = move |at: usize| {
        let gone = scene.kept.try_update(|kept| (at < kept.len()).then(|| kept.remove(at))).flatten();
        #[cfg(feature = "hydrate")]
        if let Some(words) = gone {
            in_browser::forget(&in_browser::key(scene), &words);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = gone;
    };
    let one = move |(at, words): (usize, String)| {
        let again = words.clone();
        view! {
            <section class="kept">
                <p class="kept-reason">{icon("note-pencil")} <span>{t!(scene.i18n, canvas.kept)}</span></p>
                <pre class="kept-words" tabindex="0" aria-label=move || t_string!(scene.i18n, live.kept_words)>{words.clone()}</pre>
                <div class="kept-acts">
                    <Show when=move || scene.may.with(|may| may.note)>
                        <button
                            type="button"
                            class="button"
                            on:click={
                                let again = again.clone();
                                move |_| {
                                    if super::deeds::new_note(scene, None, &again).is_some() {
                                        drop(at);
                                    }
                                }
                            }
                        >
                            {t!(scene.i18n, canvas.note_again)}
                        </button>
                    </Show>
                    <button type="button" class="button-plain" on:click=move |_| drop(at)>
                        {t!(scene.i18n, live.discard)}
                    </button>
                </div>
            </section>
        }
    };
    view! { {move || scene.kept.get().into_iter().enumerate().map(one).collect_view()} }.into_any()
}

#[cfg(feature = "hydrate")]
pub(crate) use in_browser::put_by;
#[cfg(feature = "hydrate")]
pub(super) use in_browser::{key, load, store};

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::prelude::*;

    use crate::{canvas::scene::Scene, live::local};

    /// Under which they are kept: of one person, on one canvas.
    pub(in crate::canvas) fn key(scene: Scene) -> String {
        local::key_of("canvas-kept", scene.me, scene.document)
    }

    /// Shows what was kept before.
    pub(in crate::canvas) fn load(scene: Scene) {
        let kept: Vec<String> = local::get(&key(scene)).unwrap_or_default();
        if !kept.is_empty() {
            scene.kept.try_set(kept);
        }
    }

    /// Keeps these, and shows them where the canvas is still on the screen.
    pub(in crate::canvas) fn store(scene: Scene, key: &str, words: Vec<String>) {
        let words = put_by(key, words);
        if !words.is_empty() {
            scene.kept.try_update(|kept| kept.extend(words));
        }
    }

    /// Keeps these for when the canvas is opened again. Answers them without those that say nothing.
    pub(crate) fn put_by(key: &str, words: Vec<String>) -> Vec<String> {
        let words: Vec<String> = words.into_iter().filter(|words| !words.trim().is_empty()).collect();
        if !words.is_empty() {
            let mut all: Vec<String> = local::get(key).unwrap_or_default();
            all.extend(words.iter().cloned());
            local::put(key, &all);
        }
        words
    }

    pub(super) fn forget(key: &str, words: &str) {
        let mut all: Vec<String> = local::get(key).unwrap_or_default();
        if let Some(at) = all.iter().position(|one| one == words) {
            all.remove(at);
        }
        if all.is_empty() {
            local::forget(key);
        } else {
            local::put(key, &all);
        }
    }
}
