//! What one puts on the canvas, and how one moves through it.

use leptos::prelude::*;

use super::{deeds, export, pick, scene::Scene, templates};
use crate::{
    i18n::{t, t_string},
    ui::icon::icon,
};

/// The tools: at the left edge what one adds, at the foot how one looks.
pub(super) fn tools(scene: Scene, room: RwSignal<bool>, outlined: RwSignal<bool>) -> AnyView {
    let may = move || scene.may.with(|may| may.note);
    let ready = move || room.get();
    let picture = NodeRef::<leptos::html::Input>::new();
    view! {
        <Show when=ready>
            <Show when=may>
                <div class="canvas-tools" role="toolbar" aria-orientation="vertical" aria-label=move || t_string!(scene.i18n, canvas.tools)>
                    {tool("note", "N", move || t_string!(scene.i18n, canvas.new_note), move || { deeds::new_note(scene, None, ""); })}
                    {tool("bounding-box", "G", move || t_string!(scene.i18n, canvas.new_group), move || deeds::group(scene))}
                    {tool("line-segment", "L", move || t_string!(scene.i18n, canvas.do_link), move || deeds::link(scene))}
                    {tool("lightbulb", "I", move || t_string!(scene.i18n, canvas.add_idea), move || pick::open(scene))}
                    {tool("image", "", move || t_string!(scene.i18n, canvas.add_picture), move || {
                        #[cfg(feature = "hydrate")]
                        if let Some(input) = picture.get_untracked() {
                            input.click();
                        }
                    })}
                    {templates::tool(scene)}
                    <input
                        class="unseen"
                        type="file"
                        accept="image/jpeg,image/png,image/webp,image/gif"
                        tabindex="-1"
                        aria-hidden="true"
                        node_ref=picture
                        on:change=move |_| {
                            #[cfg(feature = "hydrate")]
                            if let Some(input) = picture.get_untracked() {
                                super::paste::chosen(scene, &input);
                            }
                        }
                    />
                </div>
            </Show>
            <div class="canvas-looks" role="toolbar" aria-label=move || t_string!(scene.i18n, canvas.looks)>
                <Show when=may>
                    {turn(scene, false, "arrow-counter-clockwise", move || t_string!(scene.i18n, canvas.undo))}
                    {turn(scene, true, "arrow-clockwise", move || t_string!(scene.i18n, canvas.redo))}
                    <span class="canvas-looks-gap"></span>
                </Show>
                <button
                    type="button"
                    class="canvas-look"
                    aria-pressed=move || outlined.get().to_string()
                    title=move || t_string!(scene.i18n, canvas.outline)
                    on:click=move |_| outlined.update(|on| *on = !*on)
                >
                    {icon("list-bullets")} <span class="unseen">{t!(scene.i18n, canvas.outline)}</span>
                </button>
                {export::menu(scene)}
                <span class="canvas-looks-gap"></span>
                {look("minus", move || t_string!(scene.i18n, canvas.smaller), move || by(scene, 0.8))}
                <output class="canvas-zoom">{move || format!("{:.0}%", scene.camera.get().zoom * 100.0)}</output>
                {look("plus", move || t_string!(scene.i18n, canvas.larger), move || by(scene, 1.25))}
                {look("corners-out", move || t_string!(scene.i18n, canvas.fit), move || scene.fit())}
            </div>
        </Show>
        {pick::dialog(scene)}
    }
    .into_any()
}

/// Takes one's last gesture back, or does it again.
fn turn(
    scene: Scene,
    again: bool,
    mark: &'static str,
    word: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
) -> AnyView {
    let can = move || if again { scene.turns.get().1 } else { scene.turns.get().0 };
    view! {
        <button type="button" class="canvas-look" title=word disabled=move || !can() on:click=move |_| scene.turn(again)>
            {icon(mark)} <span class="unseen">{word}</span>
        </button>
    }
    .into_any()
}

fn by(scene: Scene, by: f64) {
    #[cfg(feature = "hydrate")]
    super::keys::zoom(scene, by);
    #[cfg(not(feature = "hydrate"))]
    let _ = (scene, by);
}

fn tool(
    mark: &'static str,
    key: &'static str,
    word: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    does: impl Fn() + 'static,
) -> AnyView {
    let title = move || if key.is_empty() { word().to_owned() } else { format!("{} ({key})", word()) };
    view! {
        <button type="button" class="canvas-tool" title=title aria-keyshortcuts=(!key.is_empty()).then_some(key) on:click=move |_| does()>
            {icon(mark)} <span class="canvas-tool-word">{word}</span>
        </button>
    }
    .into_any()
}

fn look(
    mark: &'static str,
    word: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    does: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button type="button" class="canvas-look" title=word on:click=move |_| does()>
            {icon(mark)} <span class="unseen">{word}</span>
        </button>
    }
    .into_any()
}
