//! What is going on: whether the words are saved, who is here, and what has changed for the person.

use leptos::prelude::*;
use shared::field::Field;

use super::desk::{Desk, Here, Mode, Notice, Saving};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{avatar, icon::icon},
};

/// The line above the concept.
pub(super) fn status(desk: Desk) -> AnyView {
    let i18n = use_i18n();
    // A page that is left may be drawn once more, when what it shows is gone already.
    let saving = move || desk.saving.try_get().unwrap_or(Saving::Saved);
    let words = move || match saving() {
        Saving::Opening => t_string!(i18n, live.opening),
        Saving::Saved => t_string!(i18n, live.saved),
        Saving::Sending => t_string!(i18n, live.saving),
        Saving::Offline => t_string!(i18n, live.offline),
        Saving::OfflineKept => t_string!(i18n, live.offline_kept),
        Saving::OfflineUnsaved => t_string!(i18n, live.offline_unsaved),
    };
    let (state, mark) = (
        move || match saving() {
            Saving::Opening => "opening",
            Saving::Saved => "saved",
            Saving::Sending => "saving",
            Saving::Offline | Saving::OfflineKept | Saving::OfflineUnsaved => "offline",
        },
        move || match saving() {
            Saving::Saved => icon("check-circle"),
            Saving::Opening | Saving::Sending => icon("arrows-clockwise"),
            Saving::Offline | Saving::OfflineKept | Saving::OfflineUnsaved => icon("cloud-slash"),
        },
    );
    let no_room = move || desk.no_room.try_get() == Some(true) && saving() != Saving::Saved;
    view! {
        <div class="concept-status" class:is-asleep=move || desk.mode.try_get() == Some(Mode::Reading)>
            <p class="saving" role="status" data-state=state>
                {mark}
                <span>{words} {move || no_room().then(|| view! { <strong>{t!(i18n, live.no_room)}</strong> })}</span>
            </p>
            {turns(desk)}
            {move || present(desk, &desk.here.try_get().unwrap_or_default())}
        </div>
    }
    .into_any()
}

/// The means to take back what one wrote, and to do it again.
fn turns(desk: Desk) -> AnyView {
    let i18n = use_i18n();
    let button = move |again: bool| {
        let label = move || if again { t_string!(i18n, canvas.redo) } else { t_string!(i18n, canvas.undo) };
        let possible = move || {
            let (back, forth) = desk.turns.try_get().unwrap_or_default();
            if again { forth } else { back }
        };
        view! {
            <button
                type="button"
                class="turn"
                title=label
                aria-label=label
                aria-keyshortcuts=if again { "Control+Y Meta+Shift+Z" } else { "Control+Z Meta+Z" }
                disabled=move || !possible()
                // The caret stays where it is until the step is taken.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| desk.turn.set(Some(again))
            >
                {icon(if again { "arrow-clockwise" } else { "arrow-counter-clockwise" })}
            </button>
        }
    };
    view! {
        <div class="turns" role="group" aria-label=move || t_string!(i18n, live.turns) hidden=move || desk.mode.try_get() != Some(Mode::Editing)>
            {button(false)} {button(true)}
        </div>
    }
    .into_any()
}

/// The faces of those who have the concept open, each person once; whose caret is in it leads to it.
fn present(desk: Desk, here: &[Here]) -> Option<AnyView> {
    let i18n = use_i18n();
    let others: Vec<_> = here.iter().filter(|one| !one.is_me).collect();
    if others.is_empty() {
        return None;
    }
    let one = |Here { person, colour, writes, .. }: &Here| {
        let (id, name) = (person.id, person.name.clone());
        let face = avatar::face_in(person, *colour);
        let Some(field) = *writes else {
            let title = name.clone();
            return view! { <li title=title>{face} <span class="unseen">{name}</span></li> }.into_any();
        };
        let said = move || match field {
            Field::Title => t_string!(i18n, live.here_title, name = name.clone()),
            Field::Pitch => t_string!(i18n, live.here_pitch, name = name.clone()),
            Field::Body => t_string!(i18n, live.here_body, name = name.clone()),
        };
        let title = said.clone();
        let find = move |_| {
            // Asked for once more, it leads there once more.
            desk.find.set(None);
            desk.find.set(Some(id));
        };
        view! {
            <li>
                <button type="button" class="here-face" title=title on:click=find>
                    {face} <span class="unseen">{said}</span>
                </button>
            </li>
        }
        .into_any()
    };
    Some(
        view! {
            <div class="here">
                <span class="here-label">{t!(i18n, live.here)}</span>
                <ul class="here-faces">{others.into_iter().map(one).collect_view()}</ul>
            </div>
        }
        .into_any(),
    )
}

/// A sentence about what has changed.
pub(super) fn notice(desk: Desk) -> AnyView {
    let i18n = use_i18n();
    view! {
        <div class="concept-notice" role="status">
            {move || {
                desk.notice
                    .get()
                    .map(|notice| {
                        let words = match notice {
                            Notice::ReadOnly if desk.access.get().set_aside => t_string!(i18n, live.set_aside),
                            Notice::ReadOnly => t_string!(i18n, live.read_only),
                            Notice::MayEdit => t_string!(i18n, live.may_edit),
                            Notice::Gone => t_string!(i18n, live.gone),
                            Notice::SignedOut => t_string!(i18n, live.signed_out),
                            Notice::NoEditor => t_string!(i18n, live.no_editor),
                            Notice::Restored => t_string!(i18n, history.restored),
                            Notice::NotRestored => t_string!(i18n, history.not_restored),
                        };
                        let way = match notice {
                            Notice::NoEditor => {
                                Some(view! { <a href="" rel="external">{t!(i18n, wrong.reload)}</a> }.into_any())
                            }
                            Notice::SignedOut => {
                                Some(view! { <a href="/sign-in" target="_blank">{t!(i18n, nav.sign_in)}</a> }.into_any())
                            }
                            _ => None,
                        };
                        view! { <p>{icon("info")} <span>{words} " " {way}</span></p> }
                    })
            }}
        </div>
    }
    .into_any()
}
