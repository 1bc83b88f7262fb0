//! Choosing an idea of the board to put on the canvas.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{IdeaCard, Page};

use super::{deeds, scene::Scene};
use crate::{
    api,
    i18n::t,
    ui::{icon::icon, pill},
};

/// Ideas that are asked for.
const SHOWN: usize = 60;

/// Opens the dialog.
pub(super) fn open(scene: Scene) {
    scene.asks_idea.open();
    scene.asks_idea_again.notify();
}

/// The dialog: the ideas of the board, narrowed by what is typed.
pub(super) fn dialog(scene: Scene) -> AnyView {
    let dialog = scene.asks_idea;
    let ideas = RwSignal::new(Vec::<IdeaCard>::new());
    let typed = RwSignal::new(String::new());
    Effect::new(move |before: Option<()>| {
        scene.asks_idea_again.track();
        if before.is_some() {
            typed.set(String::new());
            spawn_local(async move {
                let path = format!("/boards/{}/ideas?sort=trending&limit={SHOWN}", scene.slug.get_value());
                if let Ok(page) = api::get::<Page<IdeaCard>>(path).await {
                    let _ = ideas.try_set(page.items);
                }
            });
        }
    });
    let shown = move || {
        let typed = typed.get().to_lowercase();
        let ideas = ideas.get();
        ideas.into_iter().filter(|idea| idea.title.to_lowercase().contains(&typed)).collect::<Vec<_>>()
    };
    let row = move |idea: IdeaCard| {
        let there = {
            let id = idea.id.to_string();
            move || {
                scene.version.track();
                scene.with(|canvas| canvas.cards.contains_key(&id)).unwrap_or(false)
            }
        };
        let (title, stage) = (idea.title.clone(), pill::stage(&idea.stage));
        view! {
            <li>
                <button
                    type="button"
                    class="canvas-pick"
                    on:click=move |_| {
                        dialog.close();
                        deeds::add_idea(scene, &idea);
                    }
                >
                    <span class="canvas-pick-title">{title}</span>
                    {stage}
                    <Show when=there.clone()>
                        <span class="quiet">{icon("check")} {t!(scene.i18n, canvas.is_there)}</span>
                    </Show>
                </button>
            </li>
        }
    };
    view! {
        <dialog class="dialog dialog-wide" aria-labelledby="pick-title" node_ref=dialog.node()>
            <p class="dialog-title" id="pick-title">{t!(scene.i18n, canvas.add_idea)}</p>
            <label class="field">
                <span class="field-label">{t!(scene.i18n, canvas.find_idea)}</span>
                <input
                    class="input"
                    type="search"
                    autofocus=""
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
            <ul class="canvas-picks">
                <For each=shown key=|idea| idea.id let:idea>
                    {row(idea)}
                </For>
            </ul>
            <div class="row row-end">
                <button type="button" class="button" on:click=move |_| dialog.close()>
                    {t!(scene.i18n, ui.close)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}
