//! The workshop on a canvas: who leads it, its timer and its dot vote, in a strip above the stage.

mod ballot;
mod guests;
mod timer;

use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use shared::api::Problem;

use super::scene::Scene;
use crate::{
    api,
    i18n::{t, t_string},
    ui::{icon::icon, toast},
    words,
};

/// The strip: what goes on, and for who leads the means to begin it.
pub(super) fn strip(scene: Scene) -> AnyView {
    let may = move || scene.may.with(|may| may.facilitate);
    let begin = ballot::dialog(scene);
    view! {
        {following(scene)}
        {timer::shown(scene)}
        {ballot::shown(scene)}
        <Show when=may>
            <div class="workshop-acts" role="toolbar" aria-label=move || t_string!(scene.i18n, workshop.lead)>
                {timer::menu(scene)}
                {ballot::button(scene)}
                {lead(scene)}
                {guests::button(scene)}
            </div>
        </Show>
        {begin}
    }
    .into_any()
}

/// Brings everyone to one's view, for as long as it is on.
fn lead(scene: Scene) -> AnyView {
    let press = move |_| {
        scene.leading.update(|leading| *leading = !*leading);
        let said = if scene.leading.get_untracked() {
            t_string!(scene.i18n, workshop.leading)
        } else {
            t_string!(scene.i18n, workshop.led)
        };
        scene.say(said);
        scene.stir();
    };
    let here = move || scene.peers.with(|peers| !peers.is_empty()) || scene.guests.get() > 0;
    view! {
        <button
            type="button"
            class="button button-small"
            aria-pressed=move || scene.leading.get().to_string()
            disabled=move || !here() && !scene.leading.get()
            title=move || t_string!(scene.i18n, workshop.bring_hint)
            on:click=press
        >
            {icon("presentation")} {t!(scene.i18n, workshop.bring)}
        </button>
    }
    .into_any()
}

/// Whose view this one follows.
fn following(scene: Scene) -> AnyView {
    let name = move |peer: Option<String>| {
        let peer = peer?;
        scene.peers.with(|peers| peers.iter().find(|one| one.peer == peer).map(|one| one.person.name.clone()))
    };
    let follows = Memo::new(move |_| name(scene.following.get()));
    let stays = Memo::new(move |_| name(scene.declined.get()));
    view! {
        {move || {
            follows
                .get()
                .map(|name| {
                    view! {
                        <p class="workshop-follow" role="status">
                            {icon("presentation")} <span>{t!(scene.i18n, workshop.following, name = name.clone())}</span>
                            <button type="button" class="button-plain" on:click=move |_| scene.leave_view()>
                                {t!(scene.i18n, workshop.stay)}
                            </button>
                        </p>
                    }
                })
        }}
        {move || {
            stays
                .get()
                .map(|name| {
                    view! {
                        <p class="workshop-follow is-quiet">
                            <span>{t!(scene.i18n, workshop.stays, name = name.clone())}</span>
                            <button type="button" class="button-plain" on:click=move |_| {
                                scene.declined.set(None);
                                if let Some(painter) = scene.painter() {
                                    painter.look();
                                }
                            }>
                                {t!(scene.i18n, workshop.follow)}
                            </button>
                        </p>
                    }
                })
        }}
    }
    .into_any()
}

/// How a word of who leads is sent.
#[derive(Clone, Copy)]
enum Way {
    Put,
    Post,
    Delete,
}

/// Sends a word of who leads; what came of it is told to everyone, this one included.
fn send(scene: Scene, way: Way, path: &str, body: impl Serialize + 'static) {
    let path = format!("/boards/{}/canvas/{path}", scene.slug.get_value());
    spawn_local(async move {
        let done: Result<(), Problem> = match way {
            Way::Put => api::put_with::<serde_json::Value>(&path, &body).await.map(drop),
            Way::Post => api::post::<serde_json::Value>(&path, &body).await.map(drop),
            Way::Delete => api::delete(&path).await,
        };
        match done {
            Ok(()) => {
                #[cfg(feature = "hydrate")]
                super::follow::ask_workshop(scene);
            }
            Err(problem) => toast::warn(words::problem(scene.i18n, &problem)),
        }
    });
}
