//! Choosing an idea of the board to put on the canvas.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use shared::api::{Found, IdeaCard, Page, Problem};

use super::{deeds, scene::Scene};
use crate::{
    answer, api,
    i18n::{t, t_string},
    pages::board_list::Wish,
    ui::{icon::icon, pill},
};

/// Ideas that are asked for.
const SHOWN: usize = 60;
/// Ideas that are found by their words.
const FOUND: usize = 50;
/// After so many milliseconds without a letter, what is typed is looked for.
const PAUSE: u64 = 200;

/// The first ideas of the board that somebody wishes to see.
async fn all(slug: &str, wish: &Wish) -> Result<Vec<IdeaCard>, Problem> {
    let path = format!("/boards/{slug}/ideas?{}&limit={SHOWN}", wish.whole());
    Ok(api::get::<Page<IdeaCard>>(path).await?.items)
}

/// Those of the board that say this.
async fn find(slug: &str, words: &str) -> Result<Vec<IdeaCard>, Problem> {
    let found: Found =
        api::get(format!("/search?q={}&kind=idea&board={slug}&limit={FOUND}", answer::encode(words))).await?;
    Ok(found.ideas.items.into_iter().map(|found| found.card).collect())
}

/// Opens the dialog.
pub(super) fn open(scene: Scene) {
    scene.asks_idea.open();
    scene.asks_idea_again.notify();
}

/// The dialog: the ideas of the board, narrowed by its filters and by what is typed.
pub(super) fn dialog(scene: Scene) -> AnyView {
    let dialog = scene.asks_idea;
    let ideas = RwSignal::new(Vec::<IdeaCard>::new());
    let typed = RwSignal::new(String::new());
    // Answers may come in another order than they were asked for in.
    let asked = StoredValue::new(0_u32);
    let ask = move |words: String| {
        let turn = asked.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        let Some(slug) = scene.slug.try_get_value() else { return };
        let wish = scene.wish.get_untracked();
        spawn_local(async move {
            let found = match words.trim() {
                "" => all(&slug, &wish).await,
                words => find(&slug, words).await,
            };
            if let (Ok(found), true) = (found, asked.try_get_value() == turn) {
                let _ = ideas.try_set(found);
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        scene.asks_idea_again.track();
        if before.is_some() {
            typed.set(String::new());
            ask(String::new());
        }
    });
    let waits = StoredValue::new(None::<TimeoutHandle>);
    let type_in = move |event| {
        let words: String = event_target_value(&event);
        typed.set(words.clone());
        let later = set_timeout_with_handle(move || ask(words), Duration::from_millis(PAUSE)).ok();
        if let Some(before) = waits.try_update_value(|timer| std::mem::replace(timer, later)).flatten() {
            before.clear();
        }
    };
    let narrowed = move || typed.with(|typed| typed.trim().is_empty()) && scene.wish.with(Wish::is_narrowed);
    let missing = move || {
        scene.version.track();
        let there =
            |idea: &IdeaCard| scene.with(|canvas| canvas.cards.contains_key(&idea.id.to_string())) == Some(true);
        ideas.with(|ideas| ideas.iter().filter(|idea| !there(idea)).count())
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
                    on:input=type_in
                />
            </label>
            <Show when=narrowed>
                <p class="quiet">{t!(scene.i18n, canvas.as_filtered)}</p>
            </Show>
            <Show when=move || ideas.with(Vec::is_empty)>
                <p class="quiet">{t!(scene.i18n, canvas.none_found)}</p>
            </Show>
            <ul class="canvas-picks">
                <For each=move || ideas.get() key=|idea| idea.id let:idea>
                    {row(idea)}
                </For>
            </ul>
            <div class="row row-end">
                <Show when=move || { missing() > 1 }>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            dialog.close();
                            deeds::add_ideas(scene, &ideas.get_untracked());
                        }
                    >
                        {move || t_string!(scene.i18n, canvas.put_all, count = missing())}
                    </button>
                </Show>
                <button type="button" class="button" on:click=move |_| dialog.close()>
                    {t!(scene.i18n, ui.close)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}
