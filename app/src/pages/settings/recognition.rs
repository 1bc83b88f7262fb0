//! What one wants of recognition.

use leptos::prelude::*;
use shared::api::{OwnRecognition, RecognitionChoices};

use super::panel;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{load, toast},
    visit::here,
    words,
};

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let own = load::ask::<OwnRecognition>(|| "/me/recognition".to_owned());
    panel(
        "recognition",
        t!(i18n, recognition.settings).into_any(),
        Some(t!(i18n, recognition.settings_hint).into_any()),
        load::load(own, |own| choose(own.choices)),
    )
}

fn choose(now: RecognitionChoices) -> AnyView {
    let i18n = use_i18n();
    let chosen = RwSignal::new(now);
    let tick = move |get: fn(&RecognitionChoices) -> bool,
                     set: fn(&mut RecognitionChoices, bool),
                     text: AnyView,
                     hint: AnyView| {
        let flip = move |event| {
            let before = chosen.get_untracked();
            let wanted = event_target_checked(&event);
            chosen.update(|chosen| set(chosen, wanted));
            let choices = chosen.get_untracked();
            leptos::task::spawn_local(async move {
                match api::put_with::<RecognitionChoices>("/me/recognition/choices", &choices).await {
                    Ok(_) => toast::say(t_string!(i18n, recognition.chosen)),
                    Err(problem) => {
                        let _ = chosen.try_set(before);
                        toast::warn(words::problem(i18n, &problem));
                    }
                }
            });
        };
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    checked=get(&now)
                    prop:checked=move || chosen.with(get)
                    disabled=move || !here().awake.get()
                    on:change=flip
                />
                <span>{text} <small class="quiet give-hint">{hint}</small></span>
            </label>
        }
    };
    view! {
        <div class="ticks">
            {tick(
                |choices| choices.private,
                |choices, wanted| choices.private = wanted,
                t!(i18n, recognition.keep_private).into_any(),
                t!(i18n, recognition.keep_private_hint).into_any(),
            )}
            {tick(
                |choices| choices.unlisted,
                |choices, wanted| choices.unlisted = wanted,
                t!(i18n, recognition.unlist).into_any(),
                t!(i18n, recognition.unlist_hint).into_any(),
            )}
        </div>
    }
    .into_any()
}
