//! What is going on: whether everything is stored, who is here, and what has changed for the person.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::scene::{Notice, Saving, Scene};
use crate::{
    answer,
    i18n::{t, t_string},
    ui::{avatar, icon::icon},
};

/// Whether everything is stored, and who is here.
pub(super) fn line(scene: Scene) -> AnyView {
    let may = move || scene.may.with(|may| may.note);
    let looks_on = scene.me.with_value(Option::is_none);
    view! {
        <div class="canvas-status">
            <Show when=may>{saving(scene)}</Show>
            {looks_on.then(|| look_on(scene))}
            {here(scene)}
        </div>
    }
    .into_any()
}

/// What has changed for the person, and the words that could not be stored.
pub(super) fn notices(scene: Scene) -> AnyView {
    view! {
        <div class="concept-notice" role="status">{move || scene.notice.get().map(|notice| said(scene, notice))}</div>
        {super::kept::kept(scene)}
    }
    .into_any()
}

/// To who is not signed in: that they look on, and how to do more.
fn look_on(scene: Scene) -> AnyView {
    let back = scene.slug.with_value(|slug| format!("/b/{slug}/canvas"));
    view! {
        <p class="canvas-looks-on">
            <span class="quiet">{t!(scene.i18n, canvas.look_on)}</span> " "
            <a href=answer::sign_in_path(&back)>{t!(scene.i18n, canvas.sign_in)}</a>
        </p>
    }
    .into_any()
}

fn saving(scene: Scene) -> AnyView {
    let saving = move || scene.saving.try_get().unwrap_or(Saving::Saved);
    let words = move || match saving() {
        Saving::Opening => t_string!(scene.i18n, live.opening),
        Saving::Saved => t_string!(scene.i18n, live.saved),
        Saving::Sending => t_string!(scene.i18n, live.saving),
        Saving::Offline => t_string!(scene.i18n, live.offline),
        Saving::OfflineKept => t_string!(scene.i18n, live.offline_kept),
        Saving::OfflineUnsaved => t_string!(scene.i18n, live.offline_unsaved),
    };
    let state = move || match saving() {
        Saving::Opening => "opening",
        Saving::Saved => "saved",
        Saving::Sending => "saving",
        Saving::Offline | Saving::OfflineKept | Saving::OfflineUnsaved => "offline",
    };
    let mark = move || match saving() {
        Saving::Saved => icon("check-circle"),
        Saving::Opening | Saving::Sending => icon("arrows-clockwise"),
        Saving::Offline | Saving::OfflineKept | Saving::OfflineUnsaved => icon("cloud-slash"),
    };
    view! { <p class="saving" role="status" data-state=state>{mark} <span>{words}</span></p> }.into_any()
}

/// The faces of the others, each person once; each leads to where they are.
fn here(scene: Scene) -> AnyView {
    let shown = move || {
        let peers = scene.peers.try_get().unwrap_or_default();
        let me = scene.me.try_get_value().flatten().map(|me| me.id);
        let mut seen = BTreeSet::new();
        let others: Vec<_> =
            peers.into_iter().filter(|peer| Some(peer.person.id) != me && seen.insert(peer.person.id)).collect();
        let guests = scene.guests.try_get().unwrap_or_default();
        if others.is_empty() && guests == 0 {
            return None;
        }
        let face = |peer: &super::scene::Peer| {
            let name = peer.person.name.clone();
            let label = move || t_string!(scene.i18n, live.here_place, name = name.clone());
            let (title, does) = (label.clone(), peer.does.clone());
            let go = move |_| {
                if let Some((x, y)) = does.get_untracked().at {
                    scene.look_at((f64::from(x), f64::from(y)));
                }
            };
            view! {
                <li>
                    <button type="button" class="here-face" title=title on:click=go>
                        {avatar::face_in(&peer.person, peer.colour)} <span class="unseen">{label}</span>
                    </button>
                </li>
            }
        };
        let view = view! {
            <div class="here">
                <span class="here-label">{t!(scene.i18n, live.here)}</span>
                <ul class="here-faces">{others.iter().map(face).collect_view()}</ul>
                {(guests > 0).then(|| view! { <span class="here-label">{t!(scene.i18n, canvas.guests, count = guests)}</span> })}
            </div>
        };
        Some(view.into_any())
    };
    view! { {shown} }.into_any()
}

fn said(scene: Scene, notice: Notice) -> AnyView {
    let words = move || match notice {
        Notice::ReadOnly => t_string!(scene.i18n, canvas.read_only),
        Notice::MayNote => t_string!(scene.i18n, canvas.may_note),
        Notice::Gone => t_string!(scene.i18n, canvas.gone),
        Notice::SignedOut => t_string!(scene.i18n, live.signed_out),
        Notice::Missing => t_string!(scene.i18n, canvas.missing),
    };
    let way = match notice {
        Notice::Missing => Some(view! { <a href="" rel="external">{t!(scene.i18n, wrong.reload)}</a> }.into_any()),
        Notice::SignedOut => {
            Some(view! { <a href="/sign-in" target="_blank">{t!(scene.i18n, nav.sign_in)}</a> }.into_any())
        }
        _ => None,
    };
    view! { <p>{icon("info")} <span>{words} " " {way}</span></p> }.into_any()
}
